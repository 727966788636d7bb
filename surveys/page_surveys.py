"""The page of the surveys: invite participants, hand them the link, and see what they say."""

from __future__ import annotations

from typing import Any

import streamlit as st

from studies import archive
from studies import page_door as door
from studies import page_look as look
from studies.planning.conditions import condition_name
from studies.store import Store
from studies.troubles import Trouble
from studies.words import _, language, languages
from surveys.instruments import instrument, names
from surveys.invitations import door_link, door_to, invite, link
from surveys.progress import Invited, invited, score_told, scored
from surveys.qr import qr_svg


@st.cache_resource
def opened(url: str) -> Store:
    """The store of this workspace, opened once."""
    return Store(url)


def choose_study(store: Store) -> str | None:
    """The study whose participants are asked: one there is, or a new one."""
    there = sorted({*archive.studies_in(look.space()), *store.studies()})
    return look.choose(
        _("Study"),
        there,
        "study",
        index=0 if there else None,
        accept_new_options=True,
        placeholder=_("Write the name of a study"),
    )


def invitation(store: Store, study: str, asked: str) -> None:
    """Ask one participant, or whoever comes: a link, and its QR code."""
    with st.form("invite"):
        whom, one, two, three = st.columns([2, 2, 2, 1], vertical_alignment="bottom")
        ways = {"": _("one participant"), "j": _("whoever comes"), "k": _("a kiosk in a service centre")}
        way = whom.selectbox(_("Who is asked"), list(ways), key="invite_way", format_func=ways.__getitem__)
        condition = one.selectbox(
            _("What they went through"),
            ["", "as_is", "redesigned"],
            key="invite_condition",
            format_func=lambda name: condition_name(name) or _("nothing in particular"),
        )
        spoken = two.selectbox(
            _("Language"),
            ["", *spoken_in(asked)],
            key="invite_language",
            format_func=lambda code: look.language_name(code) if code else _("the participant chooses"),
        )
        if three.form_submit_button(_("Invite"), type="primary", icon=":material/person_add:"):
            space, under = look.space(), condition or None
            door.note("invite", study=study, questionnaire=asked)
            if way:
                st.session_state["invited"] = (way, door_to(store, study, asked, under, space))
            else:
                token = invite(store, study, asked, condition=under, language=spoken or None, space=space)
                st.session_state["invited"] = (way, token)
    if "invited" in st.session_state:
        way, name = st.session_state["invited"]
        here = look.offered("participants' pages")()
        address = door_link(here, name, way == "k") if way else link(here, name)
        code, words = st.columns([1, 3], gap="medium", vertical_alignment="center")
        code.image(qr_svg(address), width=150)
        with words:
            if way:
                st.write(_("This link lets in whoever comes. It works on this machine."))
            else:
                st.write(_("This link lets one participant in. It works on this machine."))
            st.code(address, language=None)
            st.link_button(_("Open the survey"), address, icon=":material/open_in_new:")


def spoken_in(asked: str) -> list[str]:
    """The languages in which both the pages and the instrument are worded."""
    return [code for code in languages() if code in instrument(asked, look.space()).wording]


def what_they_say(store: Store, study: str, asked: str) -> None:
    """How many were invited, how many answered, and what it comes to; looked up again every few seconds."""

    @look.live(3.0)
    def answers() -> None:
        counts = invited(store, study, asked)
        if not counts.invited:
            st.info(_("Nobody has been invited to this study yet."))
            return
        for column, (title, number) in zip(st.columns(3), told(counts), strict=True):
            column.metric(title, number)
        if not counts.answered:
            return
        found = scored(store, study, asked, look.space())
        if found is None:
            st.info(_("The answers are being counted; what they come to is shown here as soon as that is done."))
        else:
            amount(found)

    answers()


def told(counts: Invited) -> list[tuple[str, int]]:
    """The counts with their names."""
    return [(_("Invited"), counts.invited), (_("Answered"), counts.answered), (_("Declined"), counts.declined)]


def amount(found: dict[str, Any]) -> None:
    """What the answers amount to: never a score without its n, and robots named as robots."""
    if found["rehearsed"]:
        look.robots()
    groups = {"": found, **found["by_condition"]}
    for name, column in zip(groups, st.columns(len(groups)), strict=True):
        score = score_told(groups[name])
        column.metric(condition_name(name) if name else _("All together"), score.value, help=score.meaning)
        column.caption(score.sample)
    for caveat in found["caveats"] if found["n"] else []:
        st.caption(caveat)


look.heading(_("Surveys"), _("What citizens say after they have been through it."))
try:
    store = opened(look.space().database_url)
    if study := choose_study(store):
        asked = st.selectbox(
            _("What is asked"),
            names(look.space()),
            key="instrument",
            format_func=lambda name: instrument(name, look.space()).said_in(language()).title,
        )
        st.subheader(_("Invite a participant"), anchor=False)
        invitation(store, study, asked)
        st.subheader(_("What they say"), anchor=False)
        what_they_say(store, study, asked)
except Trouble as trouble:
    look.trouble(str(trouble))
