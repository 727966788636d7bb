"""The page on which a study is designed: its protocol by fields or as text, its sample size, frozen when it starts."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from studies import drafts, merging
from studies import page_door as door
from studies import page_look as look
from studies import page_study_parts as parts
from studies.house.people import acting
from studies.page_yaml import merge_told, two_edits, yaml_editor
from studies.planning import designing
from studies.planning.assignment import orders
from studies.planning.conditions import condition_name
from studies.planning.designing import Designing
from studies.planning.study import Study
from studies.troubles import Trouble
from studies.words import _, ngettext

SCHEMA = Study.model_json_schema()


def now() -> datetime:
    """The moment at which something is written."""
    return datetime.now(UTC)


def hold(on: Designing) -> None:
    """Go on with this text; its draft stands in the address, so that a closed browser loses nothing."""
    st.session_state["designing"] = on
    if on.changed:
        st.query_params["draft"] = on.draft
    elif "draft" in st.query_params:
        del st.query_params["draft"]


def anew(on: Designing) -> None:
    """Go on with a text that was not made by the fields: they show it from the start."""
    st.session_state[parts.NEW] = on.version
    hold(on)


def new_study(there: list[designing.Listed]) -> None:
    """Begin a study of one's own."""
    with st.popover(_("New study"), icon=":material/add:"), st.form("new_study", border=False):
        name = st.text_input(_("Its name: small letters, digits, _ and -"), key="new_study_name")
        like = st.selectbox(
            _("Begin with"), [None, *(one.name for one in there)], key="new_study_like",
            format_func=lambda one: _("the text of {study}").format(study=one) if one else _("a small one"),
        )  # fmt: skip
        if not st.form_submit_button(_("Begin")):
            return
        try:
            designing.start_new(look.space(), name.strip(), like, now())
            door.note("study", study=name.strip())
        except Trouble as trouble:
            look.trouble(str(trouble))
            return
        look.go_to("study", name.strip())


def list_of(there: list[designing.Listed]) -> None:
    """Every study and how far it is."""
    with st.expander(ngettext("{n} study", "{n} studies", len(there)).format(n=len(there))):
        look.table(pd.DataFrame({
            _("Study"): [one.name for one in there],
            _("Title"): [one.title for one in there],
            _("State"): [designing.state_name(one.state) for one in there],
            _("Sessions"): [f"{one.done} / {one.planned}" for one in there],
            _("Frozen"): [one.frozen_at.replace("T", " ") for one in there],
            _("Amendments"): [one.amendments for one in there],
        }), "studies_listed")  # fmt: skip


def opened(there: list[designing.Listed]) -> Designing | None:
    """What is being designed: the study that the reader chose, or the draft that the address names."""
    known = {one.name: one for one in there}
    wanted, name = st.query_params.get("study"), None
    if wanted and wanted not in known and wanted != st.session_state.get("written study"):
        st.warning(_("There is no study “{name}” any more. These are.").format(name=wanted))
    name = look.choose(_("Study"), list(known), "study", lambda one: (
        f"{known[one].title} · {one} · {designing.state_name(known[one].state)}"))  # fmt: skip
    if name is None:
        return None
    on: Designing | None = st.session_state.get("designing")
    draft = st.query_params.get("draft")
    if on is None or on.name != name or (draft and draft != on.draft):
        on = designing.opened(look.space(), name, draft)
        anew(on)
        st.session_state.pop("study overtaken", None)
    return on


def keep() -> None:
    """Save, or say that somebody else did meanwhile."""
    on: Designing = st.session_state["designing"]
    try:
        outcome = designing.save(look.space(), on, now())
        if isinstance(outcome, drafts.Overtaken):
            st.session_state["study overtaken"] = outcome
            return
        door.note("study", study=on.name)
    except Trouble as trouble:
        st.session_state["study not saved"] = str(trouble)
        return
    hold(outcome)
    st.session_state.pop("study overtaken", None)
    st.session_state["study saved"] = on.name


def typed() -> None:
    """Take over what was typed in the YAML field."""
    text = st.session_state["study_yaml"].get("text")
    if isinstance(text, str):
        on = designing.typed(look.space(), st.session_state["designing"], text, now())
        st.session_state[parts.NEW] = drafts.digest(text)
        hold(on)


def above(on: Designing) -> None:
    """Whether it is saved, and the buttons that are about the whole text."""
    if wrong := st.session_state.pop("study not saved", None):
        look.trouble(wrong)
    if name := st.session_state.pop("study saved", None):
        st.toast(_("{name} is saved.").format(name=name), icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Save"), key="study_save", type="primary", icon=":material/save:", on_click=keep,
                  disabled=not on.changed or not on.own)  # fmt: skip
        st.download_button(_("Download"), on.text, f"{on.name}.yaml", "text/yaml", key="study_download",
                           icon=":material/download:")  # fmt: skip
        with st.popover(_("Earlier versions"), icon=":material/history:"):
            earlier(on)
        if on.changed and st.button(_("Throw the draft away"), key="study_discard", icon=":material/undo:"):
            drafts.forget_draft(look.space(), designing.KIND, on.draft)
            anew(designing.opened(look.space(), on.name))
            st.rerun()
        st.caption(state(on))


def state(on: Designing) -> str:
    """Where the text stands, in words."""
    if not on.own:
        return _("This study came with the lab. Begin one of your own like it, to change it.")
    return _("Not saved yet; kept as a draft.") if on.changed else _("Saved among your studies.")


def earlier(on: Designing) -> None:
    """Earlier versions, what differs in them, and the way back."""
    found = drafts.earlier(on.path) if on.own else []
    one = st.selectbox(_("Replaced on"), found, format_func=lambda version: look.moment(version.replaced))
    if one is None:
        st.info(_("Nothing was replaced yet."))
        return
    st.code(merging.difference(one.text, on.text, _("then"), _("now")) or " ", language=None)
    if st.button(_("Bring it back"), key="study_restore"):
        anew(designing.rewritten(look.space(), on, one.text, now()))
        st.rerun()


def both(on: Designing, other: drafts.Overtaken) -> None:
    """Two people have edited one study: both versions, what differs, and what can be done; neither is lost."""
    with st.container(border=True):
        two_edits(other)
        chosen = None
        with st.container(horizontal=True):
            if st.button(_("Merge both"), key="study_merge", type="primary", icon=":material/merge:"):
                chosen, made = designing.merge(look.space(), on, other, now())
                st.session_state["study clashes"] = made.clashes
            if st.button(_("Go on with yours"), key="study_mine"):
                chosen = designing.instead(look.space(), on, other.mine, other, now())
            if st.button(_("Go on with theirs"), key="study_theirs"):
                chosen = designing.instead(look.space(), on, other.theirs, other, now())
        if chosen is not None:
            st.session_state.pop("study overtaken", None)
            anew(chosen)
            st.rerun()


def order_of(on: Designing) -> None:
    """Who meets what in which place, language by language: the Latin squares as they will be used."""
    study, _wrong = designing.study_of(on.text, on.path.name)
    if study is None:
        return
    with st.expander(_("Who meets what in which order"), expanded=True):
        for language, tab in zip(study.languages, st.tabs([look.language_name(one) for one in study.languages]),
                                 strict=True):  # fmt: skip
            met = orders(study, language)
            told = pd.DataFrame(
                [
                    [f"{condition_name(condition)} · {task.rpartition('/')[2]}" for task, condition in row]
                    for row in met
                ],
                columns=[str(place) for place in range(1, len(met[0]) + 1)],
            )
            told.insert(0, _("Participant"), list(range(1, len(met) + 1)))
            with tab:
                look.table(told, f"orders {language}")


def sample_size(on: Designing) -> parts.Changes:
    """How many it takes, and what more would bring."""
    told = parts.planning(on)
    found = look.offered("study: plan")(on.text)
    if found is None:
        st.info(_("The sample size can be planned once nothing is wrong in the text."))
        return told
    planned, needed = found["planned"], found["needed"]
    one, two, three, four = st.columns(4)
    one.metric(_("Participants in each condition"), found["per_condition"])
    two.metric(_("Half the width of the interval"), f"{planned['interval']:.1%}",
               help=_("{n} would be needed").format(n=needed["interval"]["n"]))  # fmt: skip
    if planned["power"] is not None:
        three.metric(_("Power to see the difference"), f"{planned['power']:.0%}", help=found["power_by"])
    four.metric(_("Problems that somebody meets"), f"{planned['problems']:.0%}")
    look.chart(look.offered("study: plan drawn")(found, look.dark()), key="planned")
    for warning in [*found["warnings"], *filter(None, (one.get("reason") for one in needed.values()))]:
        st.warning(look.told(warning))
    if found["power_by"]:
        st.caption(_("Power by: {method}").format(method=found["power_by"]))
    st.code(f"./lab study plan {on.name} --json", language=None)
    return told


def protocol(on: Designing) -> None:
    """Frozen or not; what was changed since, amendments, and what each of them changed."""
    if on.changed:
        st.info(_("Save the text first: what is saved is frozen."))
        return
    try:
        found = look.offered("study: standing")(on.path, look.space())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    old = found["frozen"]
    st.markdown(_("Protocol {hash}").format(hash=f"`{found['hash'][:16]}`"))
    if old is None:
        st.write(_("Not frozen yet. It is frozen when the study starts; later changes are amendments with a reason."))
        if st.button(_("Freeze the protocol"), key="study_freeze", type="primary", icon=":material/lock:"):
            _done(on, "study: freeze", on.path, look.space(), now())
        return
    st.success(_("Frozen on {at}.").format(at=old.at[:16].replace("T", " ")), icon=":material/lock:")
    if found["changed"]:
        st.warning(_("Changed since it was frozen: say why, or put it back."))
        _changes([{"what": what, "was": was, "is": is_} for what, was, is_ in found["changed"]], "changed")
        with st.form("amend", border=False):
            who = st.text_input(_("Who decides it"), acting())
            why = st.text_input(_("Why"))
            if st.form_submit_button(_("Amend")):
                _done(on, "study: amend", on.path, look.space(), who, why, now())
    for nth, change in enumerate(reversed(old.changes)):
        st.markdown(f"**{change['at'][:16].replace('T', ' ')} · {change['who']}**")
        st.text(change["why"])
        _changes(change["changed"], f"amendment {nth}")


def _done(on: Designing, what: str, *given: object) -> None:
    try:
        look.offered(what)(*given)
        door.note("study", study=on.name)
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.rerun()


def _changes(changed: list[dict[str, object]], key: str) -> None:
    lines = []
    for one in changed:
        lines += [f"@@ {one['what']}", f"- {one['was']}", f"+ {one['is']}"]
    st.code("\n".join(lines), language=None)


VIEWS = {
    "question": lambda: _("Question"), "tasks": lambda: _("Tasks and conditions"), "people": lambda: _("Participants"),
    "asked": lambda: _("Questionnaires"), "analysis": lambda: _("Stopping and analysis"),
    "planning": lambda: _("Sample size"), "text": lambda: _("As text"), "protocol": lambda: _("Freeze and changes"),
}  # fmt: skip


def as_text(on: Designing, wrong: list[designing.Problem], known: dict[str, dict[str, str]]) -> None:
    """The YAML view."""
    names = {
        "tasks": [{"name": name, "told": title} for name, title in known["journeys"].items()],
        "measure": [{"name": name, "told": title} for name, title in (known["metrics"] | known["instruments"]).items()],
        "after_task": [{"name": name, "told": title} for name, title in known["instruments"].items()],
        "at_end": [{"name": name, "told": title} for name, title in known["instruments"].items()],
    }  # fmt: skip
    yaml_editor(on.text, on.version, wrong, SCHEMA, "study_yaml", label=_("The study, as YAML"), names=names,
                typed=typed, saved=keep)  # fmt: skip


def fields(on: Designing, view: str, known: dict[str, dict[str, str]]) -> None:
    """One part of the protocol by fields; what is changed goes into the text."""
    try:
        match view:
            case "question":
                told = parts.question(on, known)
            case "tasks":
                told = parts.tasks(on, known, look.offered("study: variants"))
            case "people":
                told = parts.people(on, known)
            case "asked":
                told = parts.asked(on, known)
            case "analysis":
                told = parts.analysis(on, known)
            case _:
                told = sample_size(on)
        if not told:
            return
        text = on.text
        for key, value in told.items():
            if value != designing.part(text, key):
                text = designing.with_part(text, key, value)
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    except (ValueError, TypeError, AttributeError, KeyError):  # a part that is not what it should be
        st.info(_("This part cannot be shown as fields while something is wrong in it: see “As text”."))
        return
    hold(designing.rewritten(look.space(), on, text, now()))
    st.rerun()


look.heading(_("Studies"), _("Plan a study that stands up: what is asked, of whom, in which order, and how many."))
there = designing.listed(look.space())
with st.container(horizontal=True):
    new_study(there)
list_of(there)
if on := opened(there):
    above(on)
    if overtaken := st.session_state.get("study overtaken"):
        both(on, overtaken)
    merge_told(st.session_state.pop("study clashes", None))
    known = look.offered("study: choices")(look.space())
    wrong = look.offered("study: wrong")(on.text, on.path, look.space())
    look.heed_address("part", list(VIEWS))
    st.session_state.setdefault("part", "question")
    view = st.segmented_control(_("Part of the protocol"), list(VIEWS), key="part", required=True,
                                format_func=lambda one: VIEWS[one](), label_visibility="collapsed")  # fmt: skip
    look.note_in_address("part", view)
    if view == "text":
        as_text(on, wrong, known)
    elif view == "protocol":
        protocol(on)
    else:
        fields(on, view or "question", known)
        if view == "people":
            order_of(on)
    if view not in ("text", "protocol"):
        for one in wrong:
            look.trouble(one.message)
    look.way("studies/page_board.py", _("Run it, and watch it live"), ":material/monitoring:", study=on.name)
