"""What slowness comes from: causes that were planted are found, with their shares, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from analysis.drivers.explained import EXPLANATIONS, Explained, explained
from studies.measuring.batch import batch_of
from studies.measuring.presets import Presets
from studies.script import parse


def of(text: str, kind: str = "silent_waits", seed: int = 1) -> Explained:
    found = explained(batch_of(parse(text)), Presets(), np.random.default_rng(seed))
    return {one.kind: one for one in found}[kind]


def amounts(found: Explained) -> dict[str, object]:
    return {name: pytest.approx(share.amount) for name, share in found.shares.items() if share.amount}


def session(number: int, lines: str, every: float = 1000.0) -> str:
    """A sitting of its own, so far from the others that no two meet."""
    start = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=number * every)
    return f"session=s{number} agency=traffic start={start.isoformat()}\n{lines}"


@pytest.mark.parametrize("cause", ["fault", "page", "staff", "procedure", "network", "server"])
def test_a_cause_that_was_heard_explains_the_whole_wait(cause: str) -> None:
    found = of(session(1, f"0 citizen submits x\n4 service answers x cause={cause}\n"))
    assert amounts(found) == {cause: 4.0}
    assert found.shares[cause].share == 1
    assert found.shares[cause].low is None, "a single case has no interval"


def test_a_queue_is_load_and_what_nobody_told_is_not_attributed() -> None:
    text = session(1, "0 citizen submits x\n3 service answers x cause=queue\n")
    text += session(2, "0 citizen submits x\n9 service answers x\n")
    assert amounts(of(text)) == {"load": 3.0, "unattributed": 9.0}


def test_waiting_for_a_refusal_of_what_was_given_is_the_applicants() -> None:
    given = "0 citizen gives national_id\n5 citizen submits x\n8 service refuses national_id\n"
    assert amounts(of(session(1, given))) == {"applicant": 3.0}
    assert amounts(of(session(1, given), "refusals")) == {"applicant": 1.0}
    never = given.replace("gives national_id", "gives mobile")
    assert amounts(of(session(1, never))) == {"unattributed": 3.0}, "what was never given is nobody's mistake"
    broken = given.replace("refuses national_id", "refuses national_id cause=fault")
    assert amounts(of(session(1, broken), "refusals")) == {"fault": 1.0}


def test_a_fault_elsewhere_at_that_time_speaks_for_a_wait_of_the_same_agency() -> None:
    waited = session(1, "0 citizen submits x\n7 service answers x\n")
    fault = session(2, "0 citizen submits y\n0.5 service refuses y cause=fault\n", every=500.0)  # at the same moment
    assert amounts(of(waited + fault)) == {"fault": 7.0}
    assert amounts(of(waited + fault.replace("agency=traffic", "agency=health"))) == {"unattributed": 7.0}
    later = session(3, "0 citizen submits y\n0.5 service refuses y cause=fault\n")
    assert amounts(of(waited + later)) == {"unattributed": 7.0}
    broke = session(2, "0 citizen submits y\n0.5 lab breaks cause=fault\n", every=500.0)
    assert amounts(of(waited + broke)) == {"unattributed": 7.0}, "what the lab broke is no fault of the service"


def crowded(draw: Random, slope: float, n: int = 300) -> tuple[str, float, float]:
    """Waits of 2 s and what load adds to them, beside some that a page takes: the text, and the seconds of each."""
    text, load, all_seconds = [], 0.0, 0.0
    for number in range(n):
        citizens = draw.randrange(1, 101)
        page = draw.random() < 0.25
        seconds = round(2.0 + draw.gauss(0, 0.05) + (0 if page else slope * (citizens - 1)), 3)
        cause = "page" if page else "server"
        lines = f"0 lab notes load value={citizens}\n0.1 citizen submits x\n"
        text.append(session(number, lines + f"{0.1 + seconds:.3f} service answers x cause={cause}\n"))
        load += 0 if page else slope * (citizens - 1)
        all_seconds += seconds
    return "".join(text), load, all_seconds


@pytest.mark.parametrize("seed", range(3))
def test_the_share_of_load_that_was_planted_is_found(seed: int) -> None:
    text, load, seconds = crowded(Random(seed), slope=0.05)
    found = of(text)
    share = found.shares["load"]
    assert share.share == pytest.approx(load / seconds, abs=0.02)
    assert share.low is not None and share.high is not None
    assert share.low < load / seconds < share.high
    assert sum(s.share or 0 for s in found.shares.values()) == pytest.approx(1)
    assert set(found.shares) == set(EXPLANATIONS)


@pytest.mark.parametrize("seed", range(3))
def test_where_load_adds_nothing_it_explains_next_to_nothing(seed: int) -> None:
    text, _load, _seconds = crowded(Random(seed), slope=0.0)
    found = of(text)
    assert found.shares["load"].share == pytest.approx(0, abs=0.02)
    assert found.shares["page"].share == pytest.approx(0.25, abs=0.08)


def test_sittings_under_way_stand_for_load_where_nobody_told_it() -> None:
    text = []
    for number in range(60):
        crowd = number % 6 + 1
        for one in range(crowd):
            lines = f"0 citizen submits x\n{1.5 + crowd:.1f} service answers x cause=server\n"
            text.append(session(number, lines).replace(f"session=s{number}", f"session=s{number}-{one}"))
    found = of("".join(text))
    planted = sum((c - 1) * c for c in range(1, 7)) / sum((1.5 + c) * c for c in range(1, 7))
    assert found.shares["load"].share == pytest.approx(planted, abs=0.01)


def test_an_application_without_a_reply_is_late_and_nobody_says_why() -> None:
    text = (
        "session=a case=c channel=post start=2026-03-02T08:00:00Z\n0 citizen submits permit\n"
        "session=b case=c channel=post start=2026-03-12T08:00:00Z\n0 service answers permit cause=procedure\n"
        "session=d case=e channel=post start=2026-03-02T08:00:00Z ended=2026-03-12T08:00:00Z\n"
        "0 citizen submits permit\n"
    )
    assert amounts(of(text, "late_replies")) == {"procedure": 10 * 86400.0, "unattributed": 10 * 86400.0}


def test_a_log_without_trouble_explains_nothing() -> None:
    found = of("0 citizen submits x\n0.4 service answers x\n")
    assert (found.n, found.total) == (0, 0)
    assert {share.share for share in found.shares.values()} == {None}
