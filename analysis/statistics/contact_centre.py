"""How long callers wait with so many staff, how many give up, and how many staff it would take."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import integrate

from analysis.statistics import Figures, nothing
from studies.words import _

_QUEUE = ("probability_wait", "service_level", "average_speed_of_answer_seconds", "mean_queue_length")


def erlang_b(*, offered_erlangs: float, servers: int) -> Figures:
    """Which share of callers finds all lines taken and is lost. Erlang 1917, by the recursion B = aB / (k + aB)."""
    if offered_erlangs < 0 or servers < 0:
        return nothing("blocking_probability", because=_("load and staff cannot be below 0"))
    return {"blocking_probability": _blocked(offered_erlangs, servers)}


def erlang_c(
    *, calls: float, interval_seconds: float, handle_time_seconds: float, agents: int, target_wait_seconds: float = 20.0
) -> Figures:
    """How long callers wait when nobody gives up. Erlang 1917. With no more staff than work there are no figures."""
    offered = calls * handle_time_seconds / interval_seconds
    if agents <= offered:
        because = _("the queue grows without end: there is as much work as staff, or more")
        occupancy = offered / agents if agents > 0 else None
        return {**nothing(*_QUEUE, because=because), "offered_erlangs": offered, "occupancy": occupancy}
    blocked = _blocked(offered, agents)
    wait = agents * blocked / (agents - offered * (1 - blocked))
    mean = wait * handle_time_seconds / (agents - offered)
    return {
        "offered_erlangs": offered,
        "probability_wait": wait,
        "service_level": 1 - wait * math.exp(-(agents - offered) * target_wait_seconds / handle_time_seconds),
        "average_speed_of_answer_seconds": mean,
        "occupancy": offered / agents,
        "mean_queue_length": calls / interval_seconds * mean,
    }


def erlang_c_staffing(
    *,
    calls: float,
    interval_seconds: float,
    handle_time_seconds: float,
    target_wait_seconds: float = 20.0,
    service_level_target: float = 0.8,
    max_occupancy: float = 1.0,
    shrinkage: float = 0.0,
) -> Figures:
    """How few staff reach the service level without being busier than may be; scheduled are n / (1 - shrinkage)."""
    names = ("agents", "scheduled_agents", "service_level", "occupancy")
    if not 0 <= shrinkage < 1 or not 0 < max_occupancy <= 1 or not 0 <= service_level_target < 1:
        return nothing(*names, because=_("shares must lie between 0 and 1"))
    offered = calls * handle_time_seconds / interval_seconds
    agents = max(1, math.floor(offered) + 1, math.ceil(offered / max_occupancy - 1e-9))
    shape: dict[str, Any] = {"calls": calls, "interval_seconds": interval_seconds}
    shape |= {"handle_time_seconds": handle_time_seconds, "target_wait_seconds": target_wait_seconds}
    while (found := erlang_c(agents=agents, **shape))["service_level"] < service_level_target:
        agents += 1
    return {
        "agents": agents,
        "scheduled_agents": math.ceil(agents / (1 - shrinkage) - 1e-9),
        "service_level": found["service_level"],
        "occupancy": found["occupancy"],
    }


def erlang_a(
    *,
    arrivals_per_minute: float,
    mean_service_minutes: float,
    mean_patience_minutes: float,
    agents: int,
    target_wait_seconds: float = 20.0,
) -> Figures:
    """How long callers wait when those whose patience ends give up: M/M/n+M. Palm 1957; Mandelbaum & Zeltyn 2007.

    The mean wait is over all who call, and `answered_within_target_of_offered` is the share of all who call, not of
    those who were answered.
    """
    names = ("probability_abandon", "occupancy", "probability_wait", "mean_wait_seconds", "mean_queue_length")
    shares = ("answered_within_target_of_offered", "probability_wait_exceeds_target")
    rate, mu, theta = arrivals_per_minute, 1 / mean_service_minutes, 1 / mean_patience_minutes
    if rate <= 0 or agents < 1:
        return nothing(*names, *shares, because=_("callers and staff are needed"))
    states = _birth_death(rate, mu, theta, agents)
    people = np.arange(len(states))
    queue = float((states * np.maximum(0, people - agents)).sum())
    busy = float((states * np.minimum(people, agents)).sum())
    target = target_wait_seconds / 60

    def offered_wait(v: float) -> float:
        # The density of the wait that somebody with endless patience would have.
        return rate * float(states[agents - 1]) * math.exp(-rate * math.expm1(-theta * v) / theta - agents * mu * v)

    within = integrate.quad(lambda v: math.exp(-theta * v) * offered_wait(v), 0, target, epsabs=1e-13, epsrel=1e-11)[0]
    beyond = float(states[agents:].sum()) - integrate.quad(offered_wait, 0, target, epsabs=1e-13, epsrel=1e-11)[0]
    return {
        "probability_abandon": theta * queue / rate,
        "occupancy": busy / agents,
        "probability_wait": float(states[agents:].sum()),
        "mean_wait_seconds": 60 * queue / rate,
        "mean_queue_length": queue,
        "answered_within_target_of_offered": float(states[:agents].sum()) + within,
        "probability_wait_exceeds_target": max(0.0, beyond) * math.exp(-theta * target),
    }


def littles_law(
    *,
    arrival_rate: float | None = None,
    mean_time_in_system: float | None = None,
    mean_number_in_system: float | None = None,
) -> Figures:
    """How many are there, how long they stay, or how many come: the third from two, L = lambda W. Little 1961."""
    rate, time, number = arrival_rate, mean_time_in_system, mean_number_in_system
    if number is None and rate is not None and time is not None:
        number = rate * time
    elif time is None and rate and number is not None:
        time = number / rate
    elif rate is None and time and number is not None:
        rate = number / time
    found = {"arrival_rate": rate, "mean_time_in_system": time, "mean_number_in_system": number}
    return found if None not in found.values() else {**found, "reason": _("two of the three are needed")}


def _blocked(offered: float, servers: int) -> float:
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked


def _birth_death(rate: float, mu: float, theta: float, agents: int) -> np.ndarray:
    """How likely so many are there, from nobody on; by logarithms, since factorials overflow."""
    logs, j = [0.0], 0
    # Past the peak each further state is less likely by a growing factor; those under 1e-18 of it do not count.
    while True:
        j += 1
        leaving = min(j, agents) * mu + max(0, j - agents) * theta
        logs.append(logs[-1] + math.log(rate / leaving))
        if j > agents and rate < leaving and logs[-1] < max(logs) - 42:
            break
    weights = np.exp(np.array(logs) - max(logs))
    return weights / weights.sum()
