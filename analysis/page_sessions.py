"""The page of the sessions: find one among many, and see it from its time line down to the sentence and the picture."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analysis import charts, evidence
from analysis import figures as figures_in_words
from analysis.charts.drawn import drawn
from analysis.sessions import replay, session_list, session_moment
from studies import page_door as door
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import _, ngettext


def figures(shown: evidence.Evidence) -> None:
    """What this session came to: the few numbers first, the others on request."""
    for start in (0, 5):
        for column, figure in zip(st.columns(5), shown.headline[start : start + 5], strict=False):
            column.metric(figure.title, figure.value, help=figure.meaning)
    if (every := st.expander(_("All metrics of this session"), key="every_metric", on_change="rerun")).open:
        with every:
            look.table(evidence.figures_table(shown.figures), "session_metrics")


def watched(study: evidence.Study, shown: evidence.Evidence) -> None:
    """The session as it was to be seen, with its silences on the time line."""
    session = shown.session.session
    try:
        found = replay.of_session(study.log, session, look.space(), study.measured.presets, look.dark())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    if found is None:
        st.info(_("No replay was kept of this session. `./lab run … --replay` keeps one."))
        return
    document, height = found
    st.iframe(document, height=height)


def of_waits(study: evidence.Study, shown: evidence.Evidence) -> None:
    """Every wait; the one pressed is shown on the time line."""
    if shown.waits.empty:
        st.info(_("The citizen never had to wait."))
        return
    look.table(shown.waits, "waits")
    moments = session_moment.moments(study, shown.session.session)
    if moments:
        one = st.selectbox(
            _("Show on the time line"), list(moments), index=None, key="moment_chosen", format_func=moments.__getitem__,
            placeholder=_("a wait, a question, a hand-off …"),
        )  # fmt: skip
        if one is not None and one != st.session_state.get("moment"):
            st.session_state["moment"] = one
            look.go_to("at", one)
    st.caption(evidence.presets_told(study))


def at_the_moment(study: evidence.Study, shown: evidence.Evidence, at: float) -> None:
    """What a link to a moment leads to: the sentences around it, and what was to be seen."""
    with st.container(border=True, key="session_moment"):
        st.markdown(_("**At {second} s**").format(second=f"{at:.1f}"))
        around = session_moment.around(study.log, shown.session.session, at)
        st.code(around or " ", language=None)


def written(study: evidence.Study, shown: evidence.Evidence) -> None:
    """Every sentence that was heard, to be taken along as a play script."""
    st.code(shown.script, language=None)
    if not shown.names.empty:
        with st.expander(_("What the keys stand for")):
            look.table(shown.names, "script_names")
    name = f"{shown.session.session}.txt"
    noting = door.noting("export", study=study.name)
    st.download_button(_("Download"), shown.script, name, "text/plain", key="script_download", on_click=noting)


def pictured(study: evidence.Study, shown: evidence.Evidence) -> None:
    """What was to be seen after each step."""
    if not shown.pictures:
        st.info(_("No pictures were taken in this session."))
    for step, picture in shown.pictures.items():
        st.image(str(picture), caption=step, width=640)


def checked(study: evidence.Study, shown: evidence.Evidence) -> None:
    """What was found on the pages besides."""
    if shown.checks.empty:
        st.info(_("Nobody looked at the pages of this session besides. `./lab run … --check` does."))
    else:
        look.table(shown.checks, "checks")


def noted(study: evidence.Study, shown: evidence.Evidence) -> None:
    """What observers remarked, each to be shown on the time line."""
    remarks = session_moment.remarks(study.log, shown.session.session, look.space(), study.name)
    if remarks.empty:
        st.info(_("Nobody remarked anything in this session."))
    else:
        look.table(remarks, "notes")


def closely(study: evidence.Study, session: str, at: float | None) -> None:
    """One session: time line, waits, play script, pictures, replay, notes."""
    shown = evidence.of_session(study, session, look.space())
    if shown.robot:
        look.robots()
    figures(shown)
    st.subheader(_("Time line"), anchor=False)
    spec = drawn(charts.timeline, study.log, session, study.measured.presets, look.dark(), 720, at)
    look.chart(spec, key=f"timeline {session} {at}")
    if at is not None:
        at_the_moment(study, shown, at)
    names = [_("Waits"), _("Replay"), _("Play script"), _("Pictures"), _("Notes"), _("Checks")]
    parts = (of_waits, watched, written, pictured, noted, checked)
    for tab, part in zip(st.tabs(names, key="session_tabs", on_change="rerun"), parts, strict=True):
        if tab.open:  # what is not shown is not loaded
            with tab:
                part(study, shown)


def asked_for(study: str) -> session_list.Asked:
    """What the reader looks for in the list; it stays in the address."""
    known = session_list.choices(study, look.space())
    words = st.text_input(
        _("Search"), key="session_words", type="search", live=True,
        placeholder=_("a session's name, a journey, a participant …"),
    )  # fmt: skip
    one, two, three, four, five = st.columns(5)
    titles = {"task": _("Journey"), "condition": _("Condition"), "source": _("Who"), "outcome": _("Outcome")}
    filters = {}
    for column, name in zip((one, two, three, four), titles, strict=True):
        with column:
            filters[name] = look.choose(
                titles[name], ["", *known[name]], f"only_{name}",
                partial(session_list.filter_name, name),
            )  # fmt: skip
    with five:
        sort = look.choose(_("Sorted by"), session_list.sortable(), "sort", session_list.sort_name)
    first = st.session_state.get("session_page", 1)
    kept = {name: value for name, value in filters.items() if value}
    return session_list.Asked(words, kept, sort or session_list.LATEST, False, int(first))


def pressed() -> None:
    """The session whose row was pressed in the list is the one that is shown."""
    rows = st.session_state["session_list"].selection.rows
    if rows:
        st.session_state["session"] = st.session_state["sessions listed"][rows[0]]
        st.session_state.pop("gone session", None)


def listed(study: str) -> str | None:
    """The list, a page at a time; the session that is chosen in it."""
    found = session_list.listed(study, look.space(), asked_for(study))
    st.caption(ngettext("{n} session", "{n} sessions", found.total).format(n=figures_in_words.number(found.total)))
    if not found.rows:
        st.info(_("No session of this study is like that. Search for fewer words, or take a filter away."))
        return None
    sort = st.session_state.get("sort") or session_list.LATEST
    with st.expander(_("The list"), expanded=not st.query_params.get("session")):
        st.session_state["sessions listed"] = found.sessions
        table = session_list.table(found, sort)
        look.table(table, "session_list", on_select=pressed, selection_mode="single-row")
        if found.pages > 1:
            st.number_input(
                _("Page, of {n}").format(n=found.pages), 1, found.pages, found.page, key="session_page", width=200
            )
    names = {row["session"]: session_list.row_name(row) for row in found.rows}
    wanted = st.query_params.get("session")
    now = st.session_state.get("session")
    for one in (wanted, now):  # a link leads to any session, whichever page of the list is shown
        if one and one not in names and session_list.there(study, one, look.space()):
            names[one] = one
    if lost := look.gone("session", list(names)):
        st.warning(look.told(str(session_list.gone(study, lost))))
    return look.choose(
        _("Session"), list(names), "session", lambda key: names[key], **({"index": None} if lost else {})
    )


look.heading(_("Sessions"), _("One sitting of one citizen: the waits, the silences in them, and every sentence heard."))
if name := look.choose_study():
    try:
        session = listed(name)
        if session:
            at = session_moment.asked(st.query_params.get("at"))
            if session != st.session_state.get("session shown"):
                if st.session_state.get("session shown"):  # another session: a moment of the former says nothing
                    at = session_moment.asked(None)
                    st.query_params.pop("at", None)
                st.session_state["session shown"] = session
            closely(session_list.case_of(name, session, look.space()), session, at)
    except Trouble as trouble:
        look.trouble(str(trouble))
