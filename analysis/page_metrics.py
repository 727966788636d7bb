"""The page of the metrics: what a study found, as it is against redesigned, and session by session."""

from __future__ import annotations

import streamlit as st

from analysis import charts, evidence
from analysis.measure import metrics
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import _, ngettext


def against(study: evidence.Study) -> None:
    """As it is against redesigned, one journey at a time; robots and people never in one table."""
    st.subheader(_("As it is against redesigned"), anchor=False)
    compared = evidence.by_journey(study)
    if not compared:
        st.info(
            _("This study has no session of a journey as it is, or none redesigned: there is nothing to compare yet.")
        )
        return
    key = look.choose(_("Journey"), list(compared), "task", lambda key: evidence.journey_name(compared[key]))
    if key is None:
        return
    shown = compared[key]
    if shown.robots:
        look.robots()
    table, drawn = st.tabs([_("Table"), _("Chart")])
    with table:
        look.table(evidence.comparison_table(shown.rows), "metrics_against")
        st.caption(_("The middle of the cases that have a value, with its 95 % interval where two or more have one."))
    with drawn:
        st.altair_chart(charts.compared(shown.drawn(), dark=look.dark()), width="content", theme=None, key="compared")


def one_by_one(study: evidence.Study) -> None:
    """Every session with all its metrics; the one pressed can be looked at."""
    st.subheader(_("Session by session"), anchor=False)
    look.table(evidence.sessions_table(study), "metrics_sessions")
    st.caption(evidence.presets_told(study))
    look.way(
        "analysis/page_sessions.py",
        _("Look at one session closely"),
        ":material/view_timeline:",
        study=study.name,
    )


def definitions() -> None:
    """What each metric means."""
    with st.expander(_("What each metric means")):
        for name, told in metrics().items():
            unit = f" · {_(told.UNIT)}" if told.UNIT else ""
            st.markdown(f"**{_(told.TITLE)}** (`{name}`{unit})  \n{_(told.MEANING)}")


look.heading(_("Metrics"), _("Where citizens wait in silence, are asked again, take needless steps or give up."))
if name := look.choose_study():
    try:
        study = evidence.of_study(name, look.space())
    except Trouble as trouble:
        look.trouble(str(trouble))
        st.stop()
    st.caption(ngettext("{n} session", "{n} sessions", len(study.sessions)).format(n=len(study.sessions)))
    against(study)
    one_by_one(study)
    definitions()
