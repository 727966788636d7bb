"""Findings: what hurts, where, how many, the moments to open, what would mend it; planted faults, and no others."""

from __future__ import annotations

import json

import pytest

from analysis.finding_rules import rules
from analysis.found import SHOWN, findings, told
from analysis.leaders.agreed import Decision
from analysis.leaders.cost import Volume
from analysis.leaders.scoreboard import Worst
from analysis.leaders.scoreboard_told import finding_told
from analysis.measure import measure, metrics
from studies.script import parse

ONE = """
session={s} case={s} source={source} task=renew condition=as_is
 0.0 citizen begins renew
 0.5 citizen acts renew step=open
 {open} service requests national_id
10.0 citizen gives national_id
11.0 citizen submits details step=send
11.5 service requests national_id
21.5 citizen gives national_id
22.0 citizen submits renew
22.3 service concludes renewed
"""
CLEAN = """
session={s} case={s} source={source} task=renew condition=as_is
 0.0 citizen begins renew
 0.5 citizen acts renew step=open
 0.9 service requests national_id
10.0 citizen gives national_id
11.0 citizen submits renew step=send
11.3 service concludes renewed
"""


def _found(*parts: str, **more):
    log = parse("".join(parts))
    return findings(log, measure(log), **more)


def test_a_rule_says_what_hurts_and_what_would_mend_it() -> None:
    assert {"silent_waits", "repeat_questions", "refusals", "hand_offs", "abandonment"} <= set(rules())
    for rule in rules().values():
        assert rule.TITLE and rule.REMEDY.endswith(".") and 1 <= rule.SEVERITY <= 4
    same = set(rules()) & set(metrics())
    assert {name: rules()[name].NEEDS for name in same} == {name: metrics()[name].NEEDS for name in same}
    assert set(rules()) - same == {"abandonment"}


def test_planted_faults_are_found_where_they_are_and_nothing_else() -> None:
    people = [ONE.format(s=f"p{k}", source="participant", open="4.5") for k in range(6)]
    clean = [CLEAN.format(s=f"c{k}", source="participant") for k in range(4)]
    found = {(f.rule, f.step): f for f in _found(*people, *clean)}
    assert set(found) == {("silent_waits", "open"), ("repeat_questions", "send")}
    again = found["repeat_questions", "send"]
    assert (again.cases, again.looked_at, again.times) == (6, 10, 6)
    assert again.low < 0.6 < again.high
    assert "national_id" in again.what
    assert again.seconds_each == pytest.approx(6 * 10 / 10)
    assert {m.second for m in again.evidence} == {11.5} and len(again.evidence) == SHOWN
    assert found["silent_waits", "open"].seconds_each == pytest.approx(6 * 4 / 10)
    assert found["silent_waits", "open"].evidence[0].second == 0.5


def test_a_clean_service_has_none_and_it_is_said() -> None:
    found = _found(*[CLEAN.format(s=f"c{k}", source="participant") for k in range(3)])
    assert found == []
    assert "found nothing" in told(found)


def test_what_robots_found_is_a_hypothesis_and_stands_behind_people() -> None:
    robots = [ONE.format(s=f"r{k}", source="robot", open="9.5") for k in range(5)]
    people = [ONE.format(s="p", source="participant", open="0.8")]
    found = _found(*robots, *people)
    assert [f.who for f in found] == ["people", "robots", "robots"]
    assert found[0].confidence == "low"
    assert all(f.json()["hypothesis"] for f in found[1:]) and not found[0].json()["hypothesis"]
    load = _found(*[ONE.format(s="l", source="load", open="9.5")])
    assert load == []


def test_the_severer_and_commoner_comes_first_and_hours_need_a_volume() -> None:
    leaving = "session=q case=q source=participant task=renew condition=as_is\n 0.0 citizen begins renew\n"
    leaving += " 0.5 citizen acts renew step=open\n 0.9 service answers renew\n 9.0 citizen leaves\n"
    people = [ONE.format(s=f"p{k}", source="participant", open="4.5") for k in range(6)]
    found = _found(leaving, *people, volumes={"renew": Volume(cases_a_year=7000)})
    assert found[0].rule == "repeat_questions"
    assert [f.weight for f in found] == sorted((f.weight for f in found), reverse=True)
    assert found[0].hours_saved == pytest.approx(6 * 10 / 7 / 3600 * 7000)
    assert found[0].citizens_a_year == pytest.approx(6000)
    assert all(f.hours_saved is None for f in _found(leaving, *people))
    json.dumps([f.json() for f in found], allow_nan=False)


def test_a_journey_of_several_sittings_is_one_citizen() -> None:
    first = ONE.format(s="a", source="participant", open="4.5")
    second = first.replace("session=a", "session=b start=1970-01-01T02:00:00Z")
    found = _found(first, second.replace("case=b", "case=a"))
    silent = next(f for f in found if f.rule == "silent_waits" and f.step == "open")
    assert (silent.cases, silent.looked_at, silent.times) == (1, 1, 2)


def test_only_cases_that_could_be_heard_are_counted() -> None:
    deaf = " hears=begins,acts,gives,submits,answers,requests,concludes\n"
    people = [ONE.format(s=f"p{k}", source="participant", open="4.5") for k in range(3)]
    mixed = [people[0], *(one.replace("condition=as_is\n", f"condition=as_is{deaf}") for one in people[1:])]
    found = {f.rule: f for f in _found(*mixed)}
    silent, again = found["silent_waits"], found["repeat_questions"]
    assert (silent.cases, silent.looked_at, silent.share) == (1, 1, 1.0)
    assert silent.seconds_each == pytest.approx(4)
    assert (again.cases, again.looked_at) == (3, 3), "questions are heard in all of them"
    # A case with one sitting that hears signs is one that could be heard.
    together = mixed[1].replace("case=p1", "case=p0").replace("session=p1", "session=p1 start=1970-01-01T02:00:00Z")
    assert {f.looked_at for f in _found(people[0], together) if f.rule == "silent_waits"} == {1}


def test_what_has_no_time_of_its_own_costs_no_nought() -> None:
    head = "session={s} case={s} source=participant task=renew condition=as_is\n 0.0 citizen begins renew\n"
    leaving = head + " 0.5 citizen acts renew step=open\n 0.7 citizen acts renew step=open\n"
    leaving += " 0.9 service answers renew\n 9.0 citizen leaves\n"
    found = _found(*(leaving.format(s=f"q{k}") for k in range(3)), volumes={"renew": Volume(cases_a_year=7000)})
    assert [f.rule for f in found] == ["abandonment", "impatience"]
    for one in found:
        assert (one.seconds_each, one.hours_saved) == (None, None) and one.citizens_a_year == pytest.approx(7000)
        assert one.json()["seconds_each"] is None
        assert finding_told(Worst(one, Decision(one.key), None)).saved == "the time it costs cannot be heard"


def _seconds(rule: str, script: str) -> dict[str, float | None]:
    """What each thing that a rule caught costs, by what it is about."""
    head = "session=s case=s source=participant task=renew\n 0 citizen begins renew\n"
    return {one.detail: one.seconds_each for one in _found(head + script) if one.rule == rule}


def test_a_hand_off_costs_the_wait_that_it_ended() -> None:
    page = " 1.0 citizen submits renew\n 7.0 service hands_off insurance\n 7.0 service answers insurance\n"
    assert _seconds("hand_offs", page) == {"insurance": 6.0}
    # Nobody waited for it: what it costs is not known.
    assert _seconds("hand_offs", " 1.0 service answers renew\n 7.0 service hands_off insurance\n") == {
        "insurance": None
    }


def test_a_repeat_question_lasts_until_that_very_thing_is_given_again() -> None:
    script = " 1 citizen gives iban\n 2 service requests iban\n 4 citizen gives phone\n{more}"
    assert _seconds("repeat_questions", script.format(more=" 9 citizen gives iban\n")) == {"iban": 7.0}
    assert _seconds("repeat_questions", script.format(more="")) == {"iban": None}


@pytest.mark.parametrize(
    ("script", "cost"),
    [
        # A datum: given again, then sent in; what else is sent in between is not it.
        (
            " 1 citizen gives iban\n 2 citizen submits form\n 3 service refuses iban\n 4 citizen submits search\n"
            " 9 citizen gives iban\n 11 citizen submits form\n",
            {"iban": 8.0},
        ),
        # Never given again: until the citizen leaves, else it cannot be told.
        (
            " 1 citizen gives iban\n 2 citizen submits form\n 3 service refuses iban\n 8 citizen leaves\n",
            {"iban": 5.0},
        ),
        (" 1 citizen gives iban\n 3 service refuses iban\n 4 citizen submits search\n", {"iban": None}),
        # A form goes by its own name, a page by whatever is sent in next.
        (
            " 2 citizen submits form\n 3 service refuses form\n 4 citizen submits search\n 9 citizen submits form\n",
            {"form": 6.0},
        ),
        (" 2 citizen submits form\n 3 service refuses page\n 9 citizen submits form\n", {"page": 6.0}),
    ],
)
def test_a_refusal_lasts_until_what_was_refused_is_sent_in_again(script: str, cost: dict[str, float | None]) -> None:
    assert _seconds("refusals", script) == cost
