"""What a browser beside a load heard, set against how many citizens were under way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.probes.probed import UnderWay, against, heard_in, probed, ranges, stamped
from loadtests.recording import Told
from studies import script
from studies.measuring.presets import Presets

START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


def told(begun: float, ended: float, ending: str = "done") -> Told:
    at, till = START + round(begun * 1e6), START + round(ended * 1e6)
    return Told(f"s-{begun}", at, till, ending, "pay", None, "p", 1, [])


#: One at first, ten from the tenth second to the twentieth, three of whom fail.
CROWD = [told(0, 9), *[told(10 + i / 100, 20 - i / 100, "refused" if i > 6 else "done") for i in range(10)]]

WALKS = """
session=w-1 start=2026-01-01T00:00:01Z
0.0 citizen begins    renew
0.0 citizen acts      /renew            {visit}
0.5 service answers   /renew            {visit}
2.0 citizen submits   traffic/renew     {submit}
3.5 service concludes renewed           {submit}

session=w-2 start=2026-01-01T00:00:11Z
0.0      citizen begins    renew
0.0      citizen acts      /renew        {visit}
0.5- 2.5 service responds                {visit}
3.0      service answers   /renew        {visit}
4.0      citizen submits   traffic/renew {submit}
9.0      service refuses   /renew        {submit}
9.0      citizen leaves
""".replace("{visit}", "step=visit").replace("{submit}", "step=submit")


def test_how_many_were_under_way_is_known_for_any_moment() -> None:
    import numpy as np

    at = UnderWay(CROWD).at(START + np.array([-1, 0, 8.9, 9.5, 10.05, 15, 30]) * 1_000_000)
    assert at.tolist() == [0, 1, 1, 0, 6, 10, 0]


def test_each_wait_counts_with_those_under_way_when_it_opened_and_its_longest_silence() -> None:
    heard = heard_in(script.parse(WALKS), UnderWay(CROWD), Presets())
    assert [(one.session, one.step, one.citizens, one.silent) for one in heard] == [
        ("w-1", "visit", 1, False),
        ("w-1", "submit", 1, True),
        ("w-2", "visit", 10, False),
        ("w-2", "submit", 10, True),
    ]
    assert [one.silence for one in heard] == [0.5, 1.5, 0.5, 5.0]


def test_silence_and_completion_stand_against_the_number_of_citizens() -> None:
    found, heard = probed(script.parse(WALKS), CROWD, Presets(), every=5.0, own_core=True, trouble="")
    assert (found.walks, found.concluded, found.broken, found.waits, found.silent_waits) == (2, 1, 0, 4, 2)
    assert found.silent_time == 6.5 and len(heard) == 4
    assert [(s.step, s.waits, s.silent_waits) for s in found.steps] == [("visit", 2, 0), ("submit", 2, 2)]
    calm, full = found.against[0], found.against[-1]
    assert (calm.completion, calm.walks, calm.walk_completion, calm.waits, calm.silent_waits) == (1.0, 1, 1.0, 2, 1)
    assert (full.walks, full.walk_completion, full.silent_share, full.silent_p95) == (1, 0.0, 0.5, 5.0)
    assert sum(row.journeys for row in found.against) == len(CROWD)


def test_what_opens_a_wait_carries_how_many_were_under_way_and_nothing_else_is_touched() -> None:
    before = script.parse(WALKS)
    after = stamped(before, UnderWay(CROWD))
    assert [s.value for s in after.said() if s.verb in ("acts", "submits")] == [1.0, 1.0, 10.0, 10.0]
    assert [s.value for s in after.said() if s.verb not in ("acts", "submits")] == [
        s.value for s in before.said() if s.verb not in ("acts", "submits")
    ]


def test_a_walk_that_the_lab_broke_says_nothing_about_completion() -> None:
    broke = WALKS + "9.5 lab breaks browser\n"
    found, _heard = probed(script.parse(broke), CROWD, Presets(), every=5.0, own_core=False, trouble="")
    assert (found.walks, found.broken, found.concluded) == (2, 1, 1)
    assert sum(row.walks for row in found.against) == 1


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], []),
        ([20, 20, 19], [(19, 20)]),
        ([1, 2, 3, 8], [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8)]),
        ([0, 40], [(0, 0), (1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 32), (33, 40)]),
        ([2, 17], [(2, 2), (3, 4), (5, 8), (9, 16), (17, 17)]),
    ],
)
def test_ranges_cover_the_numbers(numbers: list[int], expected: list[tuple[int, int]]) -> None:
    assert ranges(numbers) == expected


@given(numbers=st.lists(st.integers(0, 5000), min_size=1, max_size=50))
def test_every_number_lies_in_one_range(numbers: list[int]) -> None:
    found = ranges(numbers)
    assert all(sum(least <= n <= most for least, most in found) == 1 for n in numbers)
    assert len(found) <= 15


def test_of_no_load_and_no_walk_there_is_nothing_to_set_against() -> None:
    assert against([], UnderWay([]), [], [], set()) == []
