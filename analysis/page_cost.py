"""What services cost their citizens: hours and money a year, by service and by step, and what a remedy would save."""

from __future__ import annotations

import streamlit as st

from analysis import page_leader as leader
from analysis.charts import cost
from analysis.leaders import cost_told
from analysis.leaders.cost import Burden
from analysis.leaders.cost_told import Costs
from analysis.sureness import PEOPLE, ROBOTS
from studies import page_look as look
from studies.titles import service_name
from studies.words import _, spoken

SCOREBOARD, FINDINGS = "analysis/page_scoreboard.py", "analysis/page_findings.py"


def services(found: Costs, who: str) -> None:
    """All services at a glance, and what is missing to count hours and money by."""
    st.subheader(_("By service"), anchor=False)
    leader.plain_table(cost_told.services_table(found, who), _("By service"))
    if missing := cost_told.unsaid(found, who):
        st.info(cost_told.unsaid_told(missing))
        look.way(SCOREBOARD, _("Say it on the scoreboard"), ":material/groups_2:", study=found.study)
        st.code(cost_told.volume_command(missing[0]), language="bash")


def steps(found: Costs, mine: list[Burden], who: str) -> None:
    """One service, step by step."""
    st.subheader(_("By step"), anchor=False)
    there = {one.service: one for one in mine}
    name = look.choose(
        _("Service"), list(there), f"cost_{who}", lambda key: service_name(key) or cost_told.named(mine[0])
    )
    if name is None:
        return
    one = there[name]
    leader.chart(
        cost.by_step, one, key=f"steps {who}", alt=_("A case's minutes by step; the table below says the same.")
    )
    leader.plain_table(cost_told.steps_table(one, found.volumes.get(name)), _("By step"))


def remedies(found: Costs, who: str) -> None:
    """What would be saved by mending what was found."""
    savings = found.saved_by(who)
    if not savings:
        return
    st.subheader(_("What a remedy would save"), anchor=False)
    leader.plain_table(cost_told.savings_table(savings), _("What a remedy would save"))
    st.caption(_("Two remedies that mend the same seconds save them once: these do not add up."))
    look.way(FINDINGS, _("See the evidence"), ":material/find_in_page:", study=found.study,
             finding=savings[0].finding.key)  # fmt: skip


def whole(found: Costs, who: str) -> None:
    """Everything of what people, or robots, went through."""
    leader.whose(who)
    if who == ROBOTS:
        st.caption(_("As it would be if citizens fared as the robots did."))
    services(found, who)
    steps(found, found.of(who), who)
    remedies(found, who)


look.heading(
    _("What it costs citizens"),
    _("The hours and the money that services take from those who must use them in a year, and what would save some."),
)
if study := look.choose_study():
    ground = leader.standing_on(study)
    condition = leader.choose_condition(ground)
    found = leader.shortly(
        ("costs", study, spoken(), condition),
        lambda: cost_told.costs_of(ground, look.space(), leader.store(), condition),
    )
    people, robots = (bool(found.of(who)) for who in (PEOPLE, ROBOTS))
    if people:
        whole(found, PEOPLE)
    if robots and people:
        with st.expander(_("What robots met on their walks"), icon=":material/smart_toy:"):
            whole(found, ROBOTS)
    elif robots:
        whole(found, ROBOTS)
    elif not people:
        st.info(_("Nothing was observed yet."))
    st.caption(_("The same on the command line:"))
    st.code(cost_told.command(found), language="bash")
