"""A load as its page tells it: while it goes, and when it is over."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from journeys.practice.serve import running
from loadtests import underway, wording
from studies.workspace import CHECKOUT, Workspace

COMPLAINT = CHECKOUT / "journeys/library/consumer_protection/make_complaint.yaml"


def asked(**more: object) -> underway.Asked:
    whole = {"variant": "redesigned", "citizens": 3, "seconds": 3.0, "base_url": None, "study": "trial"} | more
    return underway.Asked(COMPLAINT, **whole)  # type: ignore[arg-type]


def test_the_command_that_does_the_same_says_how_they_come() -> None:
    assert "--citizens 3 --for 3s --variant redesigned --study trial" in asked().command()
    told = asked(arrivals=2.5, shape="spike", probe=True).command()
    assert "--arrivals 2.5/s --for 3s --shape spike --probe" in told and "--citizens" not in told


def test_every_shape_that_can_be_chosen_has_a_name() -> None:
    names = [wording.shape_name(shape) for shape in wording.drawn_shapes()]
    assert wording.drawn_shapes()[0] == "constant" and "recorded" not in wording.drawn_shapes()
    assert len(set(names)) == len(names)


def test_while_it_goes_the_time_left_and_the_requests_of_each_step_are_told() -> None:
    load = underway.Load("load-1", asked(arrivals=5.0))
    assert wording.live_steps(load.seen()).empty
    load.hear({"t": 2.0, "citizens": 4, "done": 3, "dropped": 1, "steps": {"open": [7, 1, 0.25]}})
    seen = load.seen()
    assert "1 left" in seen.told
    assert dict(wording.figures(seen))["Turned away"] == "1"
    assert wording.live_steps(seen).iloc[0].tolist() == ["open", 7, 1, 0.25]


@pytest.mark.load
@pytest.mark.slow
def test_when_it_is_over_it_is_told_step_by_step_and_request_by_request(tmp_path: Path) -> None:
    kept: dict[str, object] = {}
    over = threading.Event()

    def keep(study: str, space: Workspace, **facts: object) -> None:
        kept.update(facts, study=study)

    with running() as base_url:
        load = underway.start(asked(base_url=base_url, arrivals=4.0), Workspace(tmp_path), datetime.now(UTC), keep)
        while load.seen().going:
            over.wait(0.2)
    seen = load.seen()
    assert seen.trouble == "" and seen.result is not None and kept["study"] == "trial"
    result = seen.result
    steps = wording.steps_table(result)
    assert steps.iloc[:, 0].tolist() == ["open", "send"] and (steps.iloc[:, 1] == result.arrived).all()
    assert wording.requests_table(result).iloc[0, 0] == "open"
    assert wording.failures_table(result).empty and wording.against(result) == []
    assert "not measurable" in wording.silence_told(result)
    assert wording.curve(seen)
