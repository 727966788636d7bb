"""The leader's page, read in two minutes: satisfaction, what citizens bear, what changed, what to see to, how sure."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analysis import crosswalk
from analysis import page_leader as leader
from analysis.charts import scoreboard
from analysis.leaders import agreed, scoreboard_tables, scoreboard_told
from analysis.leaders.ground import PERIODS, YEAR, Ground
from analysis.leaders.scoreboard import Scoreboard, Standing, Worst
from analysis.sureness import PEOPLE, ROBOTS
from studies import page_door as door
from studies import page_look as look
from studies.house.people import acting
from studies.titles import service_name
from studies.troubles import Trouble
from studies.words import _, language, spoken
from surveys.instruments import instrument as instrument_named

SURVEYS = "surveys/page_surveys.py"
FINDINGS, LEAGUE, DRIVERS = "analysis/page_findings.py", "analysis/page_league.py", "analysis/page_drivers.py"
COST = "analysis/page_cost.py"


def choices(ground: Ground) -> tuple[str | None, str, str | None]:
    """Condition, period and which answers are satisfaction."""
    one, two, three = st.columns(3)
    with one:
        there = sorted(PERIODS, key=lambda name: name != YEAR)
        period = look.choose(_("Period"), there, "period", scoreboard_told.period_name) or YEAR
    with two:
        asked = ground.answers.instruments()
        instrument = None
        if asked:
            tongue = language()
            instrument = look.choose(
                _("Satisfaction by"), asked, "instrument", lambda n: instrument_named(n).said_in(tongue).title
            )
    with three:
        condition = leader.choose_condition(ground)
    return condition, period, instrument


def satisfaction(board: Scoreboard, standings: list[Standing], who: str) -> None:
    """Satisfaction by service: quarter by quarter, since the last quarter, against its target."""
    st.subheader(_("Satisfaction by service"), anchor=False)
    if board.instrument is None:
        st.info(_("Nobody was asked how satisfied they are. `./lab survey` asks them."))
        look.way(SURVEYS, _("Ask citizens after their visit"), ":material/rate_review:", study=board.study)
        return
    if any(len(one.trend) > 1 for one in standings):
        words = _("Satisfaction quarter by quarter; the table below says the same.")
        leader.chart(scoreboard.trend, standings, board.scale, key=f"trend {who}", alt=words)
    leader.plain_table(scoreboard_tables.satisfaction_table(standings), _("Satisfaction by service"))


def borne(standings: list[Standing], who: str) -> None:
    """What citizens bear in a year, and each need over all channels."""
    st.subheader(_("What citizens bear"), anchor=False)
    if who == ROBOTS:
        st.caption(_("As it would be if citizens fared as the robots did."))
    leader.plain_table(scoreboard_tables.burden_table(standings), _("What citizens bear"))
    if words := scoreboard_tables.nobody_said(standings):
        st.caption(words)
    st.subheader(_("One line a need, over all channels"), anchor=False)
    leader.plain_table(scoreboard_tables.needs_table(standings), _("One line a need, over all channels"))


def worst(board: Scoreboard) -> None:
    """The three findings worth most, each with who sees to it and a way to its evidence."""
    st.subheader(_("The three findings worth most"), anchor=False)
    if not board.worst:
        st.info(_("The rules found nothing that hurts citizens here."))
        return
    for column, row in zip(st.columns(3), board.worst, strict=False):
        with column.container(border=True, height="stretch"):
            one_finding(board.study, row)


def one_finding(study: str, row: Worst) -> None:
    """What hurts, where, how many meet it, its owner and state."""
    found = scoreboard_told.finding_told(row)
    st.markdown(f"**{found.what}**")
    st.caption(found.where)
    st.markdown(f"{found.met}  \n{found.saved}")
    st.markdown(f"{_('Owner')}: {found.owner} · {_('State')}: {found.state}")
    if found.worked:
        st.markdown(found.worked)
    st.caption(found.sure)
    look.way(FINDINGS, _("See the evidence"), ":material/find_in_page:", study=study, finding=row.finding.key)


def since_last_quarter(board: Scoreboard) -> None:
    """What changed: what can be told first; what cannot is said to be so."""
    st.subheader(_("What changed since last quarter"), anchor=False)
    st.caption(scoreboard_told.compared_told(board))
    for line in scoreboard_told.news(board):
        st.markdown(f"- {line}")


def agreements(board: Scoreboard) -> None:
    """Targets and volumes, to be set here; every earlier one stays on record."""
    st.subheader(_("Targets and volumes"), anchor=False)
    names = sorted({one.service for one in board.standings if one.service})
    if not names:
        return
    target, volume = st.columns(2)
    with target.form("target", border=True):
        service = st.selectbox(_("Service"), names, key="target_service", format_func=service_name)
        measure = st.selectbox(
            _("What is to be reached"), list(agreed.MEASURES), key="target_measure",
            format_func=lambda name: _(scoreboard_told.TITLES[name]),
        )  # fmt: skip
        hint = _("Needs settled as a share from 0 to 1; silence in seconds; satisfaction as it is scored.")
        value = st.number_input(_("Target"), min_value=0.0, value=None, key="target_value", help=hint)
        since = st.date_input(_("Since when"), key="target_since")
        if st.form_submit_button(_("Set the target"), icon=":material/flag:"):
            day = since if isinstance(since, date) else None
            keep("target", lambda: agreed.set_target(leader.store(), service, measure, value, acting(), day))
    with volume.form("volume", border=True):
        service_counted = st.selectbox(_("Service"), names, key="volume_service", format_func=service_name)
        cases = st.number_input(_("Cases in a year"), min_value=0.0, value=None, step=1000.0, key="volume_cases")
        tariff = st.number_input(
            _("What an hour of a citizen is worth"), min_value=0.0, value=None, key="volume_tariff"
        )
        currency = st.text_input(_("Currency"), key="volume_currency")
        st.caption(_("What is left empty stays as it was told."))
        if st.form_submit_button(_("Keep the volume"), icon=":material/groups_2:"):
            told = {"cases_a_year": cases, "hourly_tariff": tariff, "currency": currency or None}
            keep("volume", lambda: agreed.set_volume(leader.store(), service_counted, acting(), **told))
    leader.plain_table(scoreboard_tables.volumes_table(leader.store(), names), _("The volumes as they stand"))
    with st.expander(_("Every target so far, with who set it and when")):
        leader.plain_table(scoreboard_tables.targets_table(leader.store(), names), _("Every target so far"))


def keep(doing: str, what: object) -> None:
    """Do what a button says, note it, and show the page anew; what is wrong is said."""
    try:
        assert callable(what)
        what()
        door.note(doing)
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.rerun()


def frameworks(ground: Ground, condition: str | None) -> None:
    """The same study in the words of others' frameworks; worked out only for the one that is chosen."""
    st.subheader(_("In the words of other frameworks"), anchor=False)
    there = crosswalk.frameworks()
    name = look.choose(
        _("Framework"), ["", *there], "framework", lambda key: _(there[key].TITLE) if key else _("none chosen")
    )
    if not name:
        return
    found = crosswalk.crosswalk(ground, agreed.volumes(leader.store()), condition)
    leader.whose(found.who)
    leader.plain_table(crosswalk.table(found, name), _(there[name].TITLE))
    st.caption(_("Definitions read in: {sources}").format(sources=look.whole_names(" · ".join(there[name].SOURCE))))


def on_the_command_line(board: Scoreboard) -> None:
    """The same without this page."""
    st.caption(_("The same on the command line:"))
    st.code(scoreboard_told.command(board), language="bash")


look.heading(_("Scoreboard"), _("How the services stand, how sure that is, and what is worth seeing to first."))
if study := look.choose_study():
    ground = leader.standing_on(study)
    condition, period, instrument = choices(ground)
    board = leader.shortly(
        ("board", study, spoken(), condition, instrument, period),
        lambda: scoreboard_told.board_of(ground, leader.store(), condition, instrument, period),
    )
    st.markdown(scoreboard_told.in_one_sentence(board))
    if undated := scoreboard_told.undated_told(board):
        st.caption(undated)
    people, robots = (scoreboard_told.of(board, who) for who in (PEOPLE, ROBOTS))
    first, who = (people, PEOPLE) if people else (robots, ROBOTS)
    if first:
        leader.whose(who)
        satisfaction(board, first, who)
    worst(board)
    since_last_quarter(board)
    if first:
        borne(first, who)
    if people and robots:
        with st.expander(_("What robots met on their walks"), icon=":material/smart_toy:"):
            leader.whose(ROBOTS)
            satisfaction(board, robots, ROBOTS)
            borne(robots, ROBOTS)
    agreements(board)
    frameworks(ground, condition)
    on_the_command_line(board)
    league, drivers, cost = st.columns(3)
    with league:
        look.way(LEAGUE, _("League of services"), ":material/leaderboard:", study=study)
    with drivers:
        look.way(DRIVERS, _("What drives satisfaction"), ":material/tune:", study=study)
    with cost:
        look.way(COST, _("What it costs citizens"), ":material/payments:", study=study)
