"""How waits are spread: percentiles that are wrong by less than a hundredth, however the times lie, and that add up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.histograms import Histogram, middle

#: From a microsecond to a day, as often short as long.
TIMES = st.lists(st.floats(-6, 4.9).map(lambda power: 10.0**power), min_size=1, max_size=400)
SHARE = st.floats(0.0, 1.0)


def exact(times: Sequence[float], share: float) -> float:
    """The shortest time that at least this share of all did not exceed."""
    return sorted(times)[max(1, math.ceil(share * len(times) - 1e-9)) - 1]


@given(times=TIMES, share=SHARE)
def test_a_percentile_is_wrong_by_less_than_a_hundredth(times: list[float], share: float) -> None:
    found = Histogram(times).percentile(share)
    assert found == pytest.approx(exact(times, share), rel=0.005, abs=0.6e-6)


@given(ours=TIMES, theirs=TIMES, share=SHARE)
def test_what_two_machines_counted_adds_up_to_what_one_would_have(
    ours: list[float], theirs: list[float], share: float
) -> None:
    both, apart = Histogram([*ours, *theirs]), Histogram(ours).merge(Histogram(theirs))
    assert (both.n, both.counts, both.longest, both.shortest) == (apart.n, apart.counts, apart.longest, apart.shortest)
    assert apart.percentile(share) == both.percentile(share)


@given(before=TIMES, after=TIMES, share=SHARE)
def test_what_came_since_is_what_came_since(before: list[float], after: list[float], share: float) -> None:
    waits = Histogram(before)
    earlier = Histogram(before)
    for one in after:
        waits.add(one)
    since = waits.since(earlier)
    assert since.counts == Histogram(after).counts and since.n == len(after)
    assert since.percentile(share) == pytest.approx(exact(after, share), rel=0.005, abs=0.6e-6)


@given(times=TIMES)
def test_it_crosses_to_another_process_without_loss(times: list[float]) -> None:
    here = Histogram(times)
    there = Histogram.of(here.json())
    assert (there.n, there.counts, there.mean()) == (here.n, here.counts, here.mean())
    assert (there.shortest, there.longest) == (here.shortest, here.longest)


@given(us=st.integers(0, 2**40))
def test_every_time_lies_near_the_middle_of_its_bucket(us: int) -> None:
    (key,) = Histogram([us / 1e6]).counts
    assert middle(key) * 1e6 == pytest.approx(us, rel=1 / 256, abs=0.5)


def test_the_extremes_are_the_times_themselves() -> None:
    waits = Histogram([0.1234567, 3.7654321])
    assert (waits.percentile(0.0), waits.percentile(1.0)) == (pytest.approx(0.1234567, rel=0.005), 3.7654321)
    assert Histogram([0.777]).percentile(0.5) == 0.777


def test_of_nothing_there_is_no_percentile() -> None:
    assert Histogram().percentile(0.5) is None and Histogram().mean() is None
    assert Histogram.of(Histogram().json()).percentile(0.5) is None


def test_a_clock_that_went_back_counts_as_no_time() -> None:
    assert Histogram([-0.1]).counts == {0: 1}


def test_however_many_there_were_it_stays_small() -> None:
    waits = Histogram(0.001 * 1.0001**n for n in range(100_000))  # from a millisecond to 22 s
    assert len(waits.counts) < 2_000
    assert waits.over(10.0) == pytest.approx(sum(0.001 * 1.0001**n > 10.0 for n in range(100_000)), rel=0.01)
