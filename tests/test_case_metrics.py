"""Metrics of cases over sessions, channels and agencies, each on a case that was thought up with its answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_metrics import OF_CASES
from test_waits import results

from analysis.measure import figure, metrics, metrics_for
from studies.measuring.calendars import COUNTRIES
from studies.measuring.presets import DAYS, Calendar, preset
from studies.script import parse
from studies.troubles import WrongInput

DAY = 24 * 3600


def micro(moment: str) -> int:
    return round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1_000_000)


def hours(calendar: Calendar, begins: str, ends: str) -> float:
    return float(calendar.at_work(np.array([micro(begins)]), np.array([micro(ends)]))[0] / 3.6e9)


@pytest.mark.parametrize(
    ("calendar", "begins", "ends", "worked"),
    [
        # Bahrain (UTC+3) rests on Friday and Saturday: Thursday 10:00 to 14:15, then Sunday 7:00 to 9:00.
        ("bahrain", "2026-02-12 07:00", "2026-02-15 06:00", 6.25),
        # In Ramadan (from 18 February 2026) it opens at 8:00 and closes at 14:00.
        ("bahrain", "2026-02-22 00:00", "2026-02-22 23:00", 6.0),
        # In the Kingdom it closes later in Ramadan than it does otherwise: 10:00 to 15:00.
        ("saudi-arabia", "2026-02-23 00:00", "2026-02-23 20:00", 5.0),
        # The Emirates' Friday stays short in Ramadan: 9:00 to 12:00, after a Thursday of 9:00 to 14:30.
        ("united-arab-emirates", "2026-02-18 20:00", "2026-02-20 20:00", 8.5),
        # 16 and 17 December are the National Day's.
        ("bahrain", "2026-12-15 21:00", "2026-12-17 20:59", 0.0),
        # In the Emirates Friday is short, Saturday and Sunday are free.
        ("united-arab-emirates", "2026-01-08 20:00", "2026-01-11 20:00", 4.5),
        ("saudi-arabia", "2026-09-22 21:00", "2026-09-23 20:59", 0.0),  # the National Day
        ("weekend-sat-sun", "2026-03-06 12:00", "2026-03-09 12:00", 24.0),
        ("every-day", "2026-03-06 12:00", "2026-03-09 12:00", 72.0),
    ],
)
def test_the_clock_of_an_office_stands_still_while_it_is_closed(
    calendar: str, begins: str, ends: str, worked: float
) -> None:
    assert hours(preset(calendar=calendar).calendar, begins, ends) == pytest.approx(worked)


@settings(max_examples=60)
@given(st.sampled_from(sorted(COUNTRIES)), st.lists(st.integers(0, 400 * 24 * 60), min_size=3, max_size=3))
def test_working_time_adds_up_and_never_exceeds_the_clock(country: str, minutes: list[int]) -> None:
    calendar = preset(calendar=country).calendar
    a, b, c = (micro("2025-06-01") + m * 60_000_000 for m in sorted(minutes))
    one, other, both = (int(calendar.at_work(np.array([x]), np.array([y]))[0]) for x, y in ((a, b), (b, c), (a, c)))
    assert one + other == both
    assert 0 <= both <= c - a


def test_a_calendar_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(WrongInput, match="bahrain"):
        preset(calendar="bahrein")
    assert preset(calendar="kuwait").told()["calendar"]["hours"].keys() == set(DAYS) - {"Fri", "Sat"}


def test_a_calendar_of_ones_own_counts_hour_by_hour() -> None:
    own = Calendar("own", works="Mon Tue", hours=((9.0, 12.0), (13.0, 15.0)), holidays=("2026-03-02",))
    hour, worked = datetime(2026, 3, 1, tzinfo=UTC), 0
    while hour < datetime(2026, 3, 18, tzinfo=UTC):
        opens, closes = {0: (9, 12), 1: (13, 15)}.get(hour.weekday(), (0, 0))
        worked += hour.day != 2 and opens <= hour.hour < closes
        hour += timedelta(hours=1)
    assert hours(own, "2026-03-01", "2026-03-18") == worked == 3 * 2 + 2 * 3  # Mondays 9, 16; Tuesdays 3, 10, 17


def test_a_reply_in_another_session_and_channel_is_a_reply() -> None:
    told = results(
        "session=a case=c start=2026-03-02T08:00:00Z channel=post\n0 citizen submits permit\n"
        "session=b case=c start=2026-03-04T08:00:00Z channel=phone\n0 citizen asks permit\n60 service answers permit\n"
        "session=d case=other start=2026-03-02T08:00:00Z\n0 citizen asks x\n"
    )
    assert told["a"]["first_reply"] == 2 * DAY + 60
    assert told["b"]["first_reply"] == "not applicable"
    assert told["d"]["first_reply"] == "not applicable", "what had no reply has none, and not the next case's"


def test_a_conclusion_before_the_beginning_concludes_nothing() -> None:
    text = "0 service concludes renewed\n5 citizen begins renew\n9 service answers x\n"
    assert figure("resolution_time", text) == "not applicable"
    assert figure("resolution_time", text + "20 service concludes renewed\n") == 15


def test_a_long_answer_and_a_refusal_are_no_instant_answers() -> None:
    text = "0 citizen submits a\n0.9 service answers a\n5 citizen submits b\n5.1 service refuses b\n"
    assert figure("instant_answers", text) == 0.5
    assert figure("instant_answers", "0 citizen asks a\n1.2 service answers a\n") == 0
    assert figure("instant_answers", "channel=phone\n0 citizen asks a\n1.2 service answers a\n") == 1


@pytest.mark.parametrize(
    ("path", "returns"),
    [
        ("a b a", 1),
        ("a b a b", 2),
        ("a b c a", 0),
        ("a a b b", 0),
        ("a", 0),
    ],
)
def test_ping_pong_is_from_one_to_another_and_back(path: str, returns: int) -> None:
    carried = "\n".join(f"{t} service answers x agency={agency}" for t, agency in enumerate(path.split()))
    assert figure("ping_pong", carried) == returns
    first, *onward = path.split()
    passed = [f"0 service answers x agency={first}"]
    passed += [f"{t} service forwards {agency} agency=office" for t, agency in enumerate(onward, start=1)]
    within = "\n".join(passed).replace(f"agency={first}", "agency=office")
    assert figure("ping_pong", within) == max(0, returns - 1), "within an office its own name is no further place"


def test_a_survey_by_another_channel_is_no_switch() -> None:
    text = (
        "session=a case=c channel=phone\n0 citizen asks x\n1 service answers x\n"
        "session=b case=c channel=web\n0 citizen rates sus_1 value=4\n"
    )
    assert figure("channel_switches", text) == {"a": 0, "b": 0}
    assert figure("failure_demand", text) == {"a": 0, "b": 0}


def test_who_is_told_to_come_and_comes_makes_one_visit() -> None:
    told = (
        "session=a case=c channel=web\n0 citizen submits x\n1 service hands_off traffic/desk\n1 lab notes in_person\n"
    )
    came = "session=b case=c channel=desk\n0 citizen submits x\n"
    assert figure("forced_visits", told) == 1
    assert sum(figure("forced_visits", told + came).values()) == 1
    unasked = "session=a case=c channel=web\n0 citizen submits x\n" + came
    assert figure("forced_visits", unasked) == {"a": 0, "b": 1}
    assert figure("forced_visits", came) == 0, "who goes to the desk of their own accord was not forced"


@pytest.mark.parametrize(
    ("ended", "caused"),
    [
        ("1 service refuses x", 1),
        ("1 service hands_off y", 1),
        ("1 citizen leaves", 1),
        ("1 service responds", 1),
        ("1 service answers x", 0),
        ("1 service refuses fee\n2 service concludes x", 0),
        ("1 lab breaks", 0),
    ],
)
def test_a_contact_after_a_failure_is_failure_demand(ended: str, caused: int) -> None:
    text = f"session=a case=c\n0 citizen submits x\n{ended}\nsession=b case=c channel=phone\n0 citizen asks x\n"
    assert figure("failure_demand", text) == {"a": 0, "b": caused}
    other = text.replace("session=b case=c", "session=b case=d")
    assert figure("failure_demand", other) == {"a": 0, "b": 0}


def test_what_lies_between_sittings_is_told_where_there_are_several() -> None:
    single = "session=a case=c\n0 citizen submits x\n"
    assert set(OF_CASES) & set(metrics_for(parse(single))) == set()
    every = set(metrics()) - {"success", "lostness"}  # of tasks that people were given
    assert set(metrics_for(parse(single + "session=b case=c\n0 citizen submits x\n"))) == every
    assert set(metrics_for(parse(single.replace("case=c", "case=c channel=post")))) == every
    assert set(metrics_for(parse(single.replace("case=c", "case=c source=participant")))) >= set(metrics()) - every
