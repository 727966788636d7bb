"""What a service carried at each level of a stepped load."""

from __future__ import annotations

import heapq

import pytest

from loadtests.capacities.levels import levels_of
from loadtests.recording import Told

START = 1_700_000_000_000_000


def told(begun: float, ended: float, ending: str = "done") -> Told:
    at, till = START + round(begun * 1e6), START + round(ended * 1e6)
    return Told(f"s-{begun}-{ended}", at, till, ending, None, None, "p", 1, [])


def served(citizens: int, servers: int, seconds: float, since: float, till: float) -> list[Told]:
    """Citizens who begin anew as soon as they are through, at a service with so many servers: worked out by hand."""
    free = [since] * servers
    due = [(since, n) for n in range(citizens)]
    found = []
    while due:
        begun, who = heapq.heappop(due)
        if begun >= till:
            continue
        ended = max(begun, heapq.heappop(free)) + seconds
        heapq.heappush(free, ended)
        found.append(told(begun, ended))
        heapq.heappush(due, (ended, who))
    return found


@pytest.mark.parametrize("citizens", [1, 2, 4, 8, 16])
def test_a_level_has_the_throughput_that_its_servers_allow_and_agrees_with_littles_law(citizens: int) -> None:
    (level,) = levels_of(served(citizens, servers=4, seconds=0.5, since=0, till=20), [(0.0, 20.0)], START)
    assert level.citizens == pytest.approx(citizens, rel=0.03)
    assert level.throughput == pytest.approx(min(citizens, 4) / 0.5, rel=0.03)
    assert level.latency == pytest.approx(max(citizens, 4) / 4 * 0.5, rel=0.03)
    assert level.citizens == pytest.approx(level.throughput * level.latency, rel=0.05)
    assert (level.seconds, level.journeys > 0) == (14.0, True)


def test_those_who_still_queue_from_the_level_before_are_left_out() -> None:
    crowd = served(40, 4, 0.5, 0, 2) + served(1, 4, 0.5, 6, 12)
    _first, calm = levels_of(crowd, [(0.0, 5.0), (5.0, 12.0)], START)
    assert calm.citizens == pytest.approx(1.0, rel=0.2) and calm.latency == pytest.approx(0.5)


def test_a_level_in_which_nobody_came_through_is_one_that_served_nobody() -> None:
    (level,) = levels_of([told(0, 4, "refused"), told(1, 4.5, "failed")], [(0.0, 5.0)], START)
    assert (level.throughput, level.latency, level.journeys, level.failed) == (0.0, None, 0, 2)
    assert levels_of([], [(0.0, 5.0)], START) == []
    hung = [told(0, 1), told(0, 1), *(told(5, 30, "unfinished") for _each in range(4))]
    assert [(level.throughput, level.citizens) for level in levels_of(hung, [(5.0, 15.0)], START)] == [(0.0, 4.0)]


def test_those_to_whom_nobody_answers_stand_there_until_they_try_anew() -> None:
    refused = [told(at, at + 0.01, "failed") for at in range(10) for _citizen in range(8)]
    (level,) = levels_of(refused, [(0.0, 10.0)], START)
    assert level.citizens == pytest.approx(8, rel=0.05)


def test_a_level_that_was_held_for_less_than_a_journey_takes_shows_nothing() -> None:
    walks = [told(0, 12), told(13, 20, "unfinished"), told(0, 9)]
    assert [level.journeys for level in levels_of(walks, [(0.0, 13.0), (13.0, 20.0)], START)] == [2]
    assert levels_of([told(0, 20)], [(5.0, 15.0)], START) == []  # one who passes through is neither served nor failed


def test_journeys_that_failed_were_under_way_but_carry_no_throughput() -> None:
    (level,) = levels_of([told(0, 10), told(0, 10, "failed"), told(9, 9.5)], [(0.0, 11.0)], START)
    assert level.citizens > 1.5 and level.journeys == 2
