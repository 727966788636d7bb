"""The moderator's desk: the protocol at hand, the clocks running, and a key for whatever is to be remarked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from studies import desk, notes
from studies import page_look as look
from studies.planning.conditions import condition_name
from studies.store import Store
from studies.store.notes import keep_notes
from studies.troubles import Trouble
from studies.words import _, pick

HERE = Path(__file__).parent


@st.cache_resource
def opened(url: str) -> Store:
    """The store of this workspace, opened once."""
    return Store(url)


def keys() -> Any:
    """The part of the page that runs in the moderator's browser."""
    return st.components.v2.component(
        "khutwa_desk",
        html='<div class="desk"></div>',
        css=(HERE / "desk.css").read_text(encoding="utf-8"),
        js=(HERE / "desk.js").read_text(encoding="utf-8"),
    )


def who(store: Store, study: str, protocol: Any) -> tuple[desk.Sat | None, str]:
    """Who moderates, and who sits before them with which task."""
    one, two, three, four = st.columns(4)
    rater = one.text_input(_("You are (name or initials)"), key="desk_rater", max_chars=100, persist_state="session")
    with two:
        people = desk.participants_of(study, protocol, store, look.space())
        if (named := st.query_params.get("participant")) and named not in people:
            people.append(named)  # a link may bring somebody new
        participant = look.choose(
            _("Participant"), people, "participant", index=0 if people else None, accept_new_options=True,
            placeholder=_("Write a pseudonym"),
        )  # fmt: skip
    turns = desk.turns_of(protocol, participant or "")
    tasks = list(dict.fromkeys([turn.task for turn in turns] or (protocol.tasks if protocol else [])))
    with three:
        task = look.choose(_("Task"), tasks, "task", look.offered("task title"), index=0 if tasks else None)
    under = [turn.condition for turn in turns if turn.task == task] or (protocol.conditions if protocol else [])
    with four:
        condition = look.choose(
            _("Condition"), list(dict.fromkeys(under)), "condition", lambda name: condition_name(name) or name,
            index=0 if under else None,
        )  # fmt: skip
    return (desk.sat(study, participant, task, condition, protocol, store, look.space()) if participant else None), (
        rater or ""
    )


def said(text: str) -> None:
    """Words as they stand: nothing in them is taken for markup."""
    st.markdown(look.MARKUP.sub(r"\\\1", text))


def protocol_at_hand(store: Store, study: str, protocol: Any, sat: desk.Sat) -> None:
    """What is read out, what was agreed to, and the tasks in this participant's order."""
    agreed = desk.consented(store, study, sat.participant)
    tell = {None: st.warning, True: st.success, False: st.error}[agreed]
    tell(desk.said_of_consent(agreed), icon=":material/handshake:")
    if protocol is None:
        st.info(_("This study has no protocol here; tags work all the same."))
        return
    if protocol.question:
        st.markdown(f"**{_('Question')}**")
        said(pick(protocol.question))
    st.markdown(f"**{_('To read out')}**")
    script = protocol.moderator.script if protocol.moderator else None
    said(pick(script) if script else desk.usual_script())
    st.markdown(f"**{_('Tasks in their order')}**")
    for turn in desk.turns_of(protocol, sat.participant):
        mark = ":material/arrow_forward:" if turn.of_person == sat.session else ":material/radio_button_unchecked:"
        st.markdown(f"{mark} {turn.place}. {look.offered('task title')(turn.task)} · {condition_name(turn.condition)}")
    if not desk.turns_of(protocol, sat.participant):
        for task in protocol.tasks:
            st.markdown(f":material/radio_button_unchecked: {look.offered('task title')(task)}")


def at_the_desk(store: Store, study: str, protocol: Any, sat: desk.Sat, rater: str) -> None:
    """The keys: what they send is kept before it is said to be."""

    @look.live(None)
    def board() -> None:
        sent = st.session_state.get("desk_keys") or {}
        pressed = desk.pressed((sent.get("presses") or {}).get("presses"))
        kept: dict[str, int] = {}
        try:
            for name in dict.fromkeys(note.study for note in pressed):
                keep_notes(store, [note for note in pressed if note.study == name])
            kept = {note.key: note.version for note in pressed}
            for note in pressed:
                if note.tag == "session_ends":
                    notes.into_the_log(store, note.study, look.space(), session=note.session)
        except Trouble as trouble:
            look.trouble(str(trouble))
        if not rater.strip():
            st.info(_("Write who you are first: two moderators on one session are told apart by it."))
        asked = sent.get("ping")
        keys()(
            key="desk_keys",
            data={
                "sat": desk.seat_of(study, sat, rater),
                "ready": bool(rater.strip()),
                "keys": desk.keys_of(protocol),
                "clocks": {tag: notes.tag_name(tag) for tag in notes.CLOCKS},
                "words": desk.words_of(),
                "notes": desk.shown(desk.on_the_desk(store, study, sat)),
                "kept": kept,
                "pong": None if asked is None else {"asked": asked, "lab": desk.now_ms(store)},
            },
            on_presses_change=lambda: None,
            on_ping_change=lambda: None,
        )

    board()


def agreement(store: Store, study: str, sat: desk.Sat) -> None:
    """How far two moderators of one session agree."""
    rows = look.offered("moderators' agreement")(desk.on_the_desk(store, study, sat))
    if rows.empty:
        return
    with st.expander(_("Do the moderators agree?")):
        look.table(rows, "desk_agreement")
        st.caption(
            _("A tag counts as the same when both set it within five seconds. Kappa goes by ten-second windows.")
        )
        if st.button(_("Look again"), key="desk_agreement_again"):
            st.rerun()


look.heading(_("Moderator's desk"), _("The protocol at hand, the clocks, and one key for each thing worth remarking."))
store = opened(look.space().database_url)
study = look.choose(
    _("Study"), desk.studies_to_moderate(store, look.space()), "study", accept_new_options=True,
    placeholder=_("Write the name of a study"),
)  # fmt: skip
if study:
    protocol = desk.protocol_of(study, look.space())
    sat, rater = who(store, study, protocol)
    if sat is None:
        st.info(_("Choose a participant, or write a pseudonym."))
    else:
        left, right = st.columns([2, 3], gap="large")
        with right:
            st.caption(_("Session {name}").format(name=sat.session))
            at_the_desk(store, study, protocol, sat, rater)
        with left, st.container(border=True):
            protocol_at_hand(store, study, protocol, sat)
        agreement(store, study, sat)
