"""The league of services: who stands outside what chance would do; whoever cannot be told apart shares a place."""

from __future__ import annotations

import streamlit as st

from analysis import page_leader as leader
from analysis.charts import league
from analysis.leaders import league_tables
from analysis.leaders.league import FEWEST
from studies import page_look as look
from studies.words import _

look.heading(
    _("League of services"),
    _("Which services settle more needs than chance would have it; those that cannot be told apart share a place."),
)
if study := look.choose_study():
    ground = leader.standing_on(study)
    one, two = st.columns(2)
    with two:
        condition = leader.choose_condition(ground)
    with one:
        fewest = st.number_input(
            _("Fewest cases to be ranked"), min_value=2, value=FEWEST, key="fewest",
            help=_("A service with fewer cases is named and not ranked: its share says too little."),
        )  # fmt: skip
    found = league_tables.league_of(ground, condition, int(fewest))
    leader.whose(league_tables.whose(ground))
    for line in league_tables.said(found):
        st.markdown(line)
    if league_tables.ranked(found):
        funnel, places = st.tabs([_("Funnel"), _("Places")])
        with funnel:
            words = _("Each service's share by its number of cases, between the limits of chance; see the table.")
            leader.chart(league.funnel, found, key="funnel", alt=words)
        with places:
            words = _("Between which places each service may stand; see the table.")
            leader.chart(league.places, found, key="places", alt=words)
    leader.plain_table(league_tables.table(found), _("League of services"))
    st.caption(_("The same on the command line:"))
    st.code(league_tables.command(study, int(fewest), condition), language="bash")
