"""When a study may stop: one value a participant, an interval for each condition, scores as well as metrics."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.statistics.times import mean_ci
from commands.study import _workbench
from commands.study._stopping import stopping
from studies import archive, script
from studies.log import Log
from studies.planning.study import Study
from studies.store import Store
from studies.workspace import Workspace
from surveys.answers import write_to_log
from surveys.invitations import invite

#: steps of each person's tasks, by condition: alike within a person and apart between them
TOOK = {"as_is": {"p": (9, 9), "q": (12, 12), "r": (15, 15)}, "redesigned": {"p": (4, 4), "q": (5, 5), "r": (6, 6)}}


def study(**rule: Any) -> Study:
    return Study.model_validate({
        "study": "mine", "title": "Mine", "tasks": ["traffic/renew", "traffic/move"],
        "conditions": ["as_is", "redesigned"], "participants": {"languages": {"en": 20}}, "stopping": rule,
    })  # fmt: skip


def sit(space: Workspace, source: str = "participant") -> None:
    logs = [
        script.parse(
            f"session={who}{condition}{nth} start=2026-03-01T08:00:00Z source={source} condition={condition} "
            f"participant={who} task=renew\n0.0 citizen begins renew\n"
            + "".join(f"{1 + n}.0 citizen acts x{n}\n{1 + n}.5 service answers y{n}\n" for n in range(steps))
            + "60.0 service concludes renew\n"
        )
        for condition, people in TOOK.items()
        for who, both in people.items()
        for nth, steps in enumerate(both)
    ]
    archive.seal(Log.together(logs), "mine", space)


def score(store: Store, who: str, condition: str, given: int) -> None:
    asked = {"session": f"{who}{condition}0", "condition": condition, "participant": who}
    token = invite(store, "mine", "seq", **asked)  # type: ignore[arg-type]
    store.submit(f"key {token}", token, "seq", {"seq_1": given}, "en", True, True)


def test_a_participant_is_one_value_and_each_condition_has_its_interval(space: Workspace) -> None:
    sit(space)
    found = stopping(study(measure="steps", margin=6), space)
    widest = mean_ci(values=[9, 12, 15])
    assert found["reached"] == pytest.approx((widest["ci_high"] - widest["ci_low"]) / 2)
    assert {name: one["n"] for name, one in found["conditions"].items()} == {"as_is": 3, "redesigned": 3}
    assert found["conditions"]["redesigned"]["reached"] < 6 < found["reached"] and not found["stop"]
    assert stopping(study(measure="steps", margin=8), space)["stop"]
    assert not stopping(study(measure="steps", margin=8, at_least=4), space)["stop"]


def test_a_share_is_of_participants(space: Workspace) -> None:
    sit(space)
    found = stopping(study(measure="outcome", margin=0.25), space)
    assert found["conditions"]["as_is"]["n"] == 3 and found["reached"] > 0.25 and not found["stop"]


def test_a_rule_on_an_instrument_is_reckoned_with_as_soon_as_it_is_answered(space: Workspace, store: Store) -> None:
    sit(space)
    rule = study(measure="seq", margin=4)
    for who, given in (("p", 4), ("q", 5), ("r", 6)):
        score(store, who, "redesigned", given)
    nobody_yet = _workbench.stops(rule, space)
    assert nobody_yet["conditions"]["redesigned"]["n"] == 3
    assert nobody_yet["reached"] is None and not nobody_yet["stop"]  # nobody rated the service as it is
    for who, given in (("p", 3), ("q", 4), ("r", 5)):
        score(store, who, "as_is", given)
    found = _workbench.stops(rule, space)
    assert 2 < found["reached"] < 4 and found["stop"]


def test_whoever_only_answered_a_page_took_no_part(space: Workspace, store: Store) -> None:
    sit(space, "robot")
    token = invite(store, "mine", "seq", participant="somebody")
    store.submit("key", token, "seq", {"seq_1": 4}, "en", True, True)
    write_to_log(store, "mine", space)
    found = stopping(study(), space)
    assert (found["of"], found["took_part"]) == ("robots", 3)
