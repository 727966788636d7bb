"""The lab against the truth: what agrees, what is missed, and what is invented."""

from __future__ import annotations

import pytest

from analysis.measure import measure
from analysis.proving.agreement import Flaw, Found, Truth, agrees, compared, found_in, worst
from studies.script import parse

WALK = """
session=a1 case=a1 start=2026-03-01T08:00:00Z
 0.0       citizen acts       traffic/renew    step=visit
 0.2       service answers    traffic/renew    step=visit
 0.2       service requests   national_id      step=visit
 1.0       citizen gives      national_id      step=give
 1.2       citizen submits    traffic/renew    step=send
 3.4       service hands_off  insurance        step=send
 3.4       service answers    insurance/policy step=send
 3.4       service requests   national_id      step=send
 3.6       citizen submits    insurance/policy step=pay
 5.4       service answers    done             step=pay
"""


def test_a_walk_tells_what_happened_at_which_step() -> None:
    found = found_in(measure(parse(WALK)))
    assert Found("silent_time", "send", 2.2) in found
    assert Found("silent_time", "pay", 1.8) in found
    assert Found("repeat_questions", "send", 1.0) in found
    assert Found("hand_offs", "send", 1.0) in found
    assert Found("steps", None, 4.0) in found
    assert not [f for f in found if f.step == "visit"]


def test_what_is_planted_and_measured_agrees() -> None:
    truths = [
        Truth("silent_time", "send", 2.0),
        Truth("silent_time", "pay", 1.9),
        Truth("repeat_questions", "send", 1),
        Truth("hand_offs", None, 1),
        Truth("steps", None, 4),
    ]
    flaws = compared("renew", "as_is", truths, found_in(measure(parse(WALK))))
    assert [f for f in flaws if not f.agrees] == []
    assert len(flaws) == len(truths)


def test_what_is_missed_and_what_is_invented_is_told() -> None:
    truths = [Truth("silent_time", "send", 2.6), Truth("silent_time", "visit", 2.0), Truth("steps", None, 5)]
    flaws = compared("renew", None, truths, found_in(measure(parse(WALK))))
    told = {(f.metric, f.step, f.truth, f.measured) for f in flaws if not f.agrees}
    assert told == {
        ("silent_time", "send", 2.6, 2.2),
        ("silent_time", "visit", 2.0, None),
        ("silent_time", "pay", None, 1.8),
        ("repeat_questions", "send", None, 1.0),
        ("hand_offs", None, None, 1.0),
        ("steps", None, 5, 4.0),
    }


def test_two_silences_at_one_step_each_find_their_own() -> None:
    truths = [Truth("silent_time", "send", 2.0), Truth("silent_time", "send", 4.0)]
    found = [Found("silent_time", "send", 4.1), Found("silent_time", "send", 2.1)]
    assert all(f.agrees for f in compared("renew", "as_is", truths, found))


@pytest.mark.parametrize(
    ("metric", "step", "truth", "measured", "expected"),
    [
        ("silent_time", "send", 2.0, 2.25, True),
        ("silent_time", "send", 2.0, 2.26, False),
        ("silent_waits", None, 2.0, 2.1, False),
        ("silent_time", None, 2.0, 2.2, True),
        ("steps", None, 4.0, 4.0, True),
        ("steps", None, 4.0, 4.1, False),
        ("hand_offs", None, 0.0, None, True),
        ("hand_offs", None, 1.0, None, False),
    ],
)
def test_counts_are_exact_and_times_within_a_quarter_second(
    metric: str, step: str | None, truth: float, measured: float | None, expected: bool
) -> None:
    assert agrees(Truth(metric, step, truth), measured) is expected


def test_of_several_walks_the_worst_counts() -> None:
    near = Flaw("renew", "as_is", "silent_time", "send", 2.0, 2.1, True)
    far = Flaw("renew", "as_is", "silent_time", "send", 2.0, 1.5, False)
    lost = Flaw("renew", "as_is", "silent_time", "send", 2.0, None, False)
    assert worst([[near], [far]]) == [far]
    assert worst([[far], [lost], [near]]) == [lost]
