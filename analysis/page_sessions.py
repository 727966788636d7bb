"""The page of the sessions: one sitting of one citizen, from its time line down to the sentence and the picture."""

from __future__ import annotations

import streamlit as st

from analysis import charts, evidence, replay
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import _


def figures(shown: evidence.Evidence) -> None:
    """What this session came to: the few numbers first, the others on request."""
    for start in (0, 5):
        for column, figure in zip(st.columns(5), shown.headline[start : start + 5], strict=False):
            column.metric(figure.title, figure.value, help=figure.meaning)
    with st.expander(_("All metrics of this session")):
        look.table(evidence.figures_table(shown.figures), "session_metrics")


def watched(study: evidence.Study, session: str) -> None:
    """The session as it was to be seen, with its silences on the time line."""
    try:
        shown = replay.of_session(study.log, session, look.space(), study.measured.presets, look.dark())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    if shown is None:
        st.info(_("No replay was kept of this session. ./lab run … --replay keeps one."))
        return
    document, height = shown
    st.iframe(document, height=height)


def closely(study: evidence.Study, session: str) -> None:
    """One session: time line, waits, play script, pictures."""
    shown = evidence.of_session(study, session, look.space())
    if shown.robot:
        look.robots()
    figures(shown)
    st.subheader(_("Time line"), anchor=False)
    drawn = charts.timeline(study.log, session, dark=look.dark(), width=900)
    st.altair_chart(drawn, width="content", theme=None, key=f"timeline {session}")
    waits, watch, script, pictures, checks = st.tabs(
        [_("Waits"), _("Replay"), _("Play script"), _("Pictures"), _("Checks")]
    )
    with waits:
        if shown.waits.empty:
            st.info(_("The citizen never had to wait."))
        else:
            look.table(shown.waits, "waits")
            st.caption(evidence.presets_told(study))
    with watch:
        watched(study, session)
    with script:
        st.code(shown.script, language=None)
        st.download_button(_("Download"), shown.script, f"{session}.txt", "text/plain", key="script_download")
    with pictures:
        if not shown.pictures:
            st.info(_("No pictures were taken in this session."))
        for step, picture in shown.pictures.items():
            st.image(str(picture), caption=step, width=640)
    with checks:
        if shown.checks.empty:
            st.info(_("Nobody looked at the pages of this session besides. ./lab run … --check does."))
        else:
            look.table(shown.checks, "checks")


look.heading(_("Sessions"), _("One sitting of one citizen: the waits, the silences in them, and every sentence heard."))
if name := look.choose_study():
    try:
        study = evidence.of_study(name, look.space())
    except Trouble as trouble:
        look.trouble(str(trouble))
        st.stop()
    names = {s.session: evidence.session_name(s) for s in study.sessions}
    if session := look.choose(_("Session"), list(names), "session", lambda key: names[key]):
        closely(study, session)
