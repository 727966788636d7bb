"""Capacity: planted laws and planted queues are found again, and what was not measured is not said."""

from __future__ import annotations

import heapq
import json
import random
from collections import deque
from dataclasses import fields
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.charts import capacity as charts_capacity
from analysis.charts.dress import svg
from loadtests.capacities import capacity_wording
from loadtests.capacities.capacity import LEVELS, Capacity, before_silence, capacity
from loadtests.capacities.levels import Level
from loadtests.probes.probed import Against
from studies.scalability import throughput_at, usl_fit
from studies.troubles import WrongInput
from studies.words import say_in

FURTHER = (*LEVELS, 48.0)


def planted(alpha: float, beta: float, gamma: float = 10.0, noise: float = 0.0, seed: int = 1) -> list[Level]:
    """The levels of a service that keeps to the law, each measured with some noise."""
    chance = np.random.default_rng(seed)
    x = throughput_at(FURTHER, alpha, beta, gamma) * (1 + chance.normal(0, noise, len(FURTHER)))
    return [Level(float(n), float(y), float(n / y), round(20 * y), 20.0) for n, y in zip(FURTHER, x, strict=True)]


@cache
def queue(servers: int, service: float, think: float, seconds: float = 120.0, seed: int = 3) -> tuple[Level, ...]:
    """The levels of so many servers with one line before them (M/M/c), simulated event by event."""
    return tuple(_queued(round(n), servers, service, think, seconds, random.Random(seed + n)) for n in (*LEVELS, 64.0))


def _queued(citizens: int, servers: int, service: float, think: float, seconds: float, chance: random.Random) -> Level:
    order, free, line = count(), servers, deque[float]()
    events: list[tuple[float, int, float | None]] = [
        (_draw(chance, think), next(order), None) for _each in range(citizens)
    ]
    heapq.heapify(events)
    done, waited, since, now = 0, 0.0, 0.3 * seconds, 0.0
    while now < seconds:
        now, _number, came = heapq.heappop(events)
        if came is None:
            came = now
            line.append(came)
        else:
            free += 1
            if now > since:
                done, waited = done + 1, waited + now - came + think
            heapq.heappush(events, (now + _draw(chance, think), next(order), None))
        while free and line:
            free -= 1
            heapq.heappush(events, (now + _draw(chance, service), next(order), line.popleft()))
    return Level(float(citizens), done / (seconds - since), waited / max(1, done), done, seconds - since)


def _draw(chance: random.Random, mean: float) -> float:
    return chance.expovariate(1 / mean) if mean else 0.0


def found(levels: Any, seed: int = 0) -> Capacity:
    return capacity(levels, np.random.default_rng(seed), times=100)


# --- the law ----------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    st.sampled_from([0.0, 0.001, 0.02, 0.1, 0.5]), st.sampled_from([0.0, 1e-5, 0.001, 0.05]), st.floats(0.01, 10_000)
)
def test_the_law_that_was_planted_is_found(alpha: float, beta: float, gamma: float) -> None:
    loads = [1, 2, 4, 8, 16, 32, 64]
    for relative in (False, True):
        fit = usl_fit(loads, throughput_at(loads, alpha, beta, gamma).tolist(), relative)
        assert fit["gamma"] == pytest.approx(gamma, rel=1e-3)
        assert fit["alpha"] == pytest.approx(alpha, rel=1e-3, abs=1e-4)
        assert fit["beta"] == pytest.approx(beta, rel=1e-3, abs=1e-6)
        if beta > 1e-5:
            assert fit["peak_load"] == pytest.approx(((1 - alpha) / beta) ** 0.5, rel=0.01)


def test_a_law_without_crosstalk_has_no_peak_and_one_without_contention_no_limit() -> None:
    loads = [1, 2, 4, 8, 16, 32]
    assert usl_fit(loads, throughput_at(loads, 0.05, 0.0, 20.0).tolist())["peak_load"] is None
    assert usl_fit(loads, [20.0 * n for n in loads])["amdahl_limit"] is None


@pytest.mark.parametrize(
    ("loads", "throughput"),
    [([], []), ([1, 2, 4], [1, 2, 3]), ([1, 1, 2, 2], [1, 1, 2, 2]), ([0, 1, 2, 3], [1, 2, 3, 4])]
    + [([1, 2, 3, 4], [0, 1, 2, 3]), ([1, 2, 3, 4], [1, 2, 3]), ([1, 2, 3, 4], [1, 2, 3, float("nan")])],
)
def test_what_cannot_be_fitted_says_why(loads: list[float], throughput: list[float]) -> None:
    fit = usl_fit(loads, throughput)
    assert fit["gamma"] is None and fit["reason"]


# --- capacity ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("servers", "service", "think", "knee"),
    [(8, 0.05, 0.0, 8), (8, 0.05, 0.2, 40), (16, 0.2, 0.0, 16), (6, 0.1, 0.3, 24), (1, 0.02, 0.1, 6), (2, 0.1, 0.0, 2)],
)
def test_the_knee_of_a_planted_queue_is_found_within_a_tenth(
    servers: int, service: float, think: float, knee: float
) -> None:
    told = found(queue(servers, service, think))
    assert told.knee is not None and told.hourly is not None
    assert told.knee.value == pytest.approx(knee, rel=0.1)
    assert told.hourly.value == pytest.approx(3600 * servers / service, rel=0.05)
    assert told.knee.low <= told.knee.value <= told.knee.high
    # A queue keeps its pace however many stand in it.
    assert told.peak is None


@pytest.mark.parametrize(("alpha", "beta"), [(0.03, 0.001), (0.0, 0.002), (0.1, 0.001)])
def test_the_peak_of_a_service_that_falls_under_load_is_found(alpha: float, beta: float) -> None:
    told = found(planted(alpha, beta, noise=0.01))
    assert told.peak is not None and not told.hard
    assert told.peak.value == pytest.approx(((1 - alpha) / beta) ** 0.5, rel=0.1)
    assert told.alpha is not None and told.alpha.value == pytest.approx(alpha, abs=0.01)


def test_a_service_that_only_flattens_has_no_peak() -> None:
    told = found(planted(0.05, 0.0, noise=0.01))
    assert told.beta is not None and told.beta.low == 0
    assert told.peak is None
    assert told.json()["peak_seen"] is False


def test_a_peak_that_noise_alone_may_have_made_is_not_one() -> None:
    told = found(planted(0.05, 0.0003, noise=0.06))
    assert told.fit["peak_load"] is not None and told.beta is not None and told.beta.low == 0
    assert told.peak is None


def test_nothing_is_said_beyond_one_and_a_half_times_what_was_measured() -> None:
    told = found(planted(0.03, 0.001))
    assert told.at(72) == pytest.approx(float(throughput_at(72, 0.03, 0.001, 10.0)), rel=0.01)
    with pytest.raises(WrongInput, match=r"73 citizens .* beyond what was measured: up to 72"):
        told.at(73)
    assert max(point["citizens"] for point in told.json()["curve"]) == 72


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (slice(0, 5), "at least 6 levels"),
        (slice(1, None), "begin the levels with 1"),
        (slice(0, 0), "at least 6 levels"),
    ],
)
def test_what_was_not_measured_is_named_and_no_capacity_is_told(kept: slice, why: str) -> None:
    told = found(planted(0.03, 0.001)[kept])
    assert why in " ".join(told.missing)
    assert (told.hourly, told.knee, told.peak) == (None, None, None)
    with pytest.raises(WrongInput):
        told.at(2)
    json.dumps(told.json(), allow_nan=False)


def test_a_load_that_never_reached_the_knee_says_so() -> None:
    light = [Level(float(n), 2.0 * n, 0.5, 40 * n, 20.0) for n in (1, 2, 3, 4, 5, 6, 8)]
    assert "past the knee" in " ".join(found(light).missing)


def test_a_service_that_collapses_is_loaded_enough_and_the_level_that_served_nobody_is_shown() -> None:
    served = [Level(float(n), 2.0 * n, 0.5, 40 * n, 20.0) for n in (1, 2, 4, 8, 12, 16)]
    told = found([*served, Level(32.0, 0.0, None, 0, 20.0, 320)])
    said = told.json()
    assert told.missing == () and told.collapsed == 32.0 and told.uneasy == ()
    assert told.knee is not None and told.knee.value == pytest.approx(16) and told.hourly is not None
    assert told.hourly.value == pytest.approx(3600 * 32) and told.hard
    assert (said["levels"][-1]["citizens"], said["levels"][-1]["throughput"], said["measured_to"]) == (32.0, 0.0, 32.0)
    assert max(point["citizens"] for point in said["curve"]) == 16  # of what lies between nobody knows
    with pytest.raises(WrongInput, match="Nothing is said beyond 16"):
        told.at(24)
    words = capacity_wording.told(json.loads(json.dumps(said, allow_nan=False)))
    assert "With 32 citizens at once nobody was served any more." in words and "No peak" not in words
    assert words.splitlines()[-1].split() == ["32.0", "0", "–", "320"]
    chart = charts_capacity.capacity(said).to_dict()
    rows = [row for rows in chart["datasets"].values() for row in rows]
    assert {"citizens": 32.0, "hourly": 0.0} in rows
    few = found([*served[:4], Level(32.0, 0.0, None, 0, 20.0, 320)])
    assert few.collapsed == 32.0 and "past the knee" not in " ".join(few.missing)
    assert "<svg" in svg(charts_capacity.capacity(few.json()), "capacity", "capacity")


def test_levels_that_break_littles_law_are_named() -> None:
    levels = planted(0.03, 0.001)
    assert found(levels).uneasy == ()
    levels[3] = Level(8.0, levels[3].throughput, 1.2 * levels[3].latency, 100, 20.0)
    told = found(levels)
    assert told.uneasy == (8.0,)
    assert told.json()["little"] == {"largest_deviation": 0.2, "levels_in_doubt": [8.0]}


def test_a_mean_of_less_than_one_citizen_at_once_is_a_level_like_any_other() -> None:
    loads = [0.3, 0.97, 2.0, 4.1, 8.0, 15.9, 32.0, 48.0]
    levels = [Level(n, float(throughput_at(n, 0.03, 0.001, 10.0)), 0.1, 100, 20.0) for n in loads]
    told = found(levels)
    assert told.fit["gamma"] == pytest.approx(10.0, rel=0.01)
    assert told.peak is not None and told.peak.value == pytest.approx(31.1, rel=0.02)


def test_browser_silences_say_from_when_on_it_is_no_longer_quiet() -> None:
    levels = planted(0.03, 0.001)

    def heard(citizens: int, waits: int, silent: int) -> Against:
        known = {"citizens": citizens, "most": citizens + 1, "waits": waits, "silent_waits": silent}
        return Against(**{each.name: known.get(each.name, 0) for each in fields(Against)})  # type: ignore[arg-type]

    told = before_silence(levels, [heard(9, 30, 1), heard(3, 30, 0), heard(17, 30, 12), heard(33, 30, 0)])
    assert told["citizens_at_once"] == 10
    assert told["value"] == pytest.approx(3600 * levels[3].throughput, rel=1e-3)
    assert before_silence(levels, [heard(3, 9, 9)])["value"] == 0
    assert before_silence(levels, [])["state"] == before_silence(levels, [heard(3, 0, 0)])["state"] == "not measurable"


def test_the_order_of_the_levels_says_nothing() -> None:
    levels = planted(0.03, 0.001, noise=0.02)
    assert found(levels[::-1]).json() == found(levels).json()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_chart_shows_what_was_measured_where_that_ends_and_the_knee(language: str) -> None:
    told = found(planted(0.03, 0.001, noise=0.01)).json()
    with say_in(language):
        chart = charts_capacity.capacity(told)
        assert "<svg" in svg(chart, "capacity", "capacity")
        alone = charts_capacity.capacity(found(planted(0.03, 0.001)[:3]).json(), dark=True)
        empty = charts_capacity.capacity(found([]).json())
    rows = [row for rows in chart.to_dict()["datasets"].values() for row in rows]
    assert {"citizens": 0.0, "end": 48.0} in rows
    assert sum(row.get("citizens") == told["knee"]["value"] for row in rows) >= 1
    assert max(row["citizens"] for row in rows) == 72
    for bare in (alone, empty):
        assert "<svg" in svg(bare, "capacity", "capacity")
