"""Citizens who come on their own account: when they are due, and from when their waiting counts."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.arrivals import due, from_when_due, rate_of
from loadtests.recording import SAID, Told
from loadtests.shapes import shape
from studies.troubles import WrongInput


def arrivals(name: str, rate: float, seconds: float, seed: int) -> list[float]:
    return list(due(shape(name), rate, seconds, random.Random(seed)))


@pytest.mark.parametrize(
    ("text", "rate"),
    [("20/s", 20.0), ("300/min", 5.0), ("300/m", 5.0), ("7200/h", 2.0), ("2.5", 2.5), (" 3 / s ", 3.0)],
)
def test_a_rate_is_written_as_people_say_it(text: str, rate: float) -> None:
    assert rate_of(text) == rate


@pytest.mark.parametrize("text", ["", "many", "0/s", "-1/s", "20/week", "20/s/s", "1e9/s", "١٠x"])
def test_what_is_no_rate_is_answered_with_one(text: str) -> None:
    with pytest.raises(WrongInput, match="20/s"):
        rate_of(text)


def test_the_same_seed_draws_the_same_moments_and_another_draws_others() -> None:
    assert arrivals("constant", 20, 30, seed=7) == arrivals("constant", 20, 30, seed=7)
    assert arrivals("constant", 20, 30, seed=7) != arrivals("constant", 20, 30, seed=8)


@given(seed=st.integers(0, 10_000))
def test_moments_come_in_order_and_within_the_time(seed: int) -> None:
    found = arrivals("deadline_day", 50, 10, seed)
    assert found == sorted(found) and all(0 <= t < 10 for t in found)


def test_arrivals_are_a_poisson_stream() -> None:
    found = arrivals("constant", 40, 1000, seed=1)
    assert len(found) == pytest.approx(40_000, abs=4 * math.sqrt(40_000))
    gaps = [late - early for early, late in zip(found, found[1:], strict=False)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))
    assert spread / mean == pytest.approx(1.0, abs=0.03)  # exponential: as wide as it is long
    counts = [0] * 1000
    for t in found:
        counts[int(t)] += 1
    mean = sum(counts) / len(counts)
    assert sum((n - mean) ** 2 for n in counts) / len(counts) / mean == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("name", ["ramp", "spike", "steps", "deadline_day"])
def test_their_rate_follows_the_shape(name: str) -> None:
    found = arrivals(name, 200, 400, seed=3)
    form = shape(name)
    for part in range(8):
        since, till = part * 50.0, part * 50.0 + 50.0
        wanted = sum(form(since + (i + 0.5) * 0.05, 200, 400) for i in range(1000)) * 0.05
        assert sum(since <= t < till for t in found) == pytest.approx(wanted, abs=5 * math.sqrt(wanted) + 1)


def told(intended: int | None, *rows: tuple[int, str, str]) -> Told:
    empty = dict.fromkeys(SAID)
    said = [list({**empty, "when": when, "actor": actor, "verb": verb}.values()) for when, actor, verb in rows]
    return Told("s", 1_500, 9_000, "done", None, None, "p", 2, said, "renew", intended)


def test_waiting_counts_from_when_a_citizen_was_due_and_not_from_when_the_generator_let_them_in() -> None:
    late = told(1_000, (1_500, "citizen", "begins"), (1_600, "citizen", "acts"), (4_000, "service", "answers"))
    early = from_when_due(late)
    assert early.started == 1_000
    assert [row[SAID.index("when")] for row in early.said] == [1_000, 1_100, 4_000]  # a tenth of it was their own
    assert [row[SAID.index("when")] for row in late.said] == [1_500, 1_600, 4_000]  # the one that was told is as it was


def test_a_citizen_who_was_due_never_or_later_is_left_alone() -> None:
    for intended in (None, 1_500, 2_000):
        one = told(intended, (1_500, "citizen", "begins"))
        assert from_when_due(one) is one
