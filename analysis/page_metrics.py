"""The page of the metrics: what a study found, as it is against redesigned, and session by session."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from analysis import against, charts, evidence, figures
from analysis.measure import metrics
from analysis.sessions import session_list
from studies import page_look as look
from studies.soon import soon
from studies.troubles import Trouble
from studies.words import _, ngettext, spoken


def compared(study: str) -> None:
    """As it is against redesigned, one journey at a time; robots and people never in one table."""
    st.subheader(_("As it is against redesigned"), anchor=False)
    there = against.journeys(study, look.space())
    if not there:
        st.info(
            _("This study has no session of a journey as it is, or none redesigned: there is nothing to compare yet.")
        )
        return
    key = look.choose(_("Journey"), list(there), "task", lambda one: evidence.journey_name(*there[one]))
    if key is None:
        return
    name = ("against", study, key, spoken())
    made = soon(name, lambda: against.compared(study, key, look.space()))
    if made is None:
        st.info(_("This is being worked out; it is shown here as soon as that is done."))
        look.live(1.0)(look_again)(name, study, key)
        return
    shown, measured = made
    if shown.robots:
        look.robots()
    table, drawn = st.tabs([_("Table"), _("Chart")])
    with table:
        look.table(evidence.comparison_table(shown.rows), "metrics_against")
        st.caption(_("The middle of the cases that have a value, with its 95 % interval where two or more have one."))
        if told := evidence.methods_told(shown.rows):
            with st.expander(_("By which method each was compared, and why")):
                for line in told:
                    st.markdown(look.MARKUP.sub(r"\\\1", line))
                st.caption(_("What stands in this table is one family: each p counts among all of them (Holm)."))
    with drawn:
        look.chart(charts.compared(shown.drawn(), dark=look.dark()), key="compared")
    st.caption(evidence.presets_told(measured))


def look_again(name: Hashable, study: str, key: str) -> None:
    """Draw the whole page anew once the comparison is there."""
    if soon(name, lambda: against.compared(study, key, look.space()), 0.0) is not None:
        st.rerun()


def one_by_one(study: str) -> None:
    """The sessions behind a number, those with the most of it first; each can be looked at."""
    st.subheader(_("Session by session"), anchor=False)
    metric = look.choose(_("The sessions behind"), session_list.sortable(), "sort", session_list.sort_name)
    sort = metric or session_list.LATEST
    found = session_list.listed(study, look.space(), session_list.Asked(sort=sort))
    look.table(session_list.table(found, sort), "metrics_sessions")
    with st.container(horizontal=True):
        look.way(
            "analysis/page_sessions.py",
            _("All of them, and each one closely"),
            ":material/view_timeline:",
            study=study,
            sort=sort,
        )
        for name in found.sessions[:3]:
            look.way("analysis/page_sessions.py", name, ":material/search:", study=study, sort=sort, session=name)


def definitions() -> None:
    """What each metric means."""
    with st.expander(_("What each metric means")):
        for name, told in metrics().items():
            unit = f" · {_(told.UNIT)}" if told.UNIT else ""
            st.markdown(f"**{_(told.TITLE)}** (`{name}`{unit})  \n{_(told.MEANING)}")


look.heading(_("Metrics"), _("Where citizens wait in silence, are asked again, take needless steps or give up."))
if name := look.choose_study():
    try:
        many = against.how_many(name, look.space())
        st.caption(ngettext("{n} session", "{n} sessions", many).format(n=figures.number(many)))
        compared(name)
        one_by_one(name)
        definitions()
    except Trouble as trouble:
        look.trouble(str(trouble))
