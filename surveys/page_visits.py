"""The page of the field visits: a link for visitors of a service, what they found, and whether two of them agree."""

from __future__ import annotations

import streamlit as st

from studies import archive
from studies import page_door as door
from studies import page_look as look
from studies.planning.conditions import condition_name
from studies.store import Store
from studies.troubles import Trouble
from studies.words import _, pick
from surveys import visited, visits_listed
from surveys.checklists import checklist, kinds
from surveys.qr import qr_svg


@st.cache_resource
def opened(url: str) -> Store:
    """The store of this workspace, opened once."""
    return Store(url)


def link(store: Store, study: str) -> None:
    """Which service is visited with which checklist: a link, and its QR code."""
    there = list(kinds(look.space()))
    with st.form("visit"):
        one, two, three, four = st.columns([2, 2, 2, 1], vertical_alignment="bottom")
        kind = one.selectbox(
            _("Checklist"), there, key="visit_kind", format_func=lambda name: pick(checklist(name, look.space()).title)
        )
        service = two.text_input(_("Service that is visited"), key="visit_service", max_chars=200)
        condition = three.selectbox(
            _("Condition"),
            ["", "as_is", "redesigned"],
            key="visit_condition",
            format_func=lambda name: condition_name(name) or _("nothing in particular"),
        )
        if four.form_submit_button(_("Make a link"), type="primary", icon=":material/qr_code:"):
            try:
                door.note("visit", study=study, service=service, kind=kind)
                made = visits_listed.made(store, study, kind, service, condition or None, look.space())
                st.session_state["visit_made"] = made
            except Trouble as trouble:
                look.trouble(str(trouble))
    if "visit_made" in st.session_state:
        address = visits_listed.link_of(look.offered("participants' pages")(), st.session_state["visit_made"])
        code, words = st.columns([1, 3], gap="medium", vertical_alignment="center")
        code.image(qr_svg(address), width=150)
        with words:
            st.write(_("Open it once with a network; after that it works without. Two visitors use the same link."))
            st.code(address, language=None)
            st.link_button(_("Open the checklist"), address, icon=":material/open_in_new:")


def found(store: Store, study: str) -> None:
    """What was delivered, and whether raters agree; looked up again every few seconds."""

    @look.live(5.0)
    def visits() -> None:
        try:
            visited.into_the_log(store, study, look.space())
        except Trouble as trouble:
            look.trouble(str(trouble))
        those = visited.told_of(store, study)
        if not those:
            st.info(_("Nobody has visited yet."))
            return
        st.subheader(_("Visits"), anchor=False)
        look.table(visits_listed.table(those), "visits")
        sealed = [one for one in those if one.visit.sealed]
        if sealed:
            look.way(
                "analysis/page_sessions.py", _("See the waits of the latest visit"), ":material/view_timeline:",
                study=study, session=sealed[-1].session,
            )  # fmt: skip
        rows = look.offered("raters' agreement")(those)
        if not rows.empty:
            st.subheader(_("Do the raters agree?"), anchor=False)
            look.table(rows, "visits_agreement")
            st.caption(_("Two raters on one visit give it one name. Times differ when they are five seconds apart."))

    visits()


look.heading(_("Field visits"), _("A checklist on a telephone for who visits a service, with or without a network."))
store = opened(look.space().database_url)
study = look.choose(
    _("Study"), sorted({*archive.studies_in(look.space()), *store.studies()}), "study", accept_new_options=True,
    placeholder=_("Write the name of a study"),
)  # fmt: skip
if study:
    link(store, study)
    found(store, study)
