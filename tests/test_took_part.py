"""What a participant's tasks came to is told over all the sittings in which they did them."""

from __future__ import annotations

import pytest

from commands import _took_part as took_part
from commands._took_part import tasks_told, told
from studies import archive
from studies.script import parse
from studies.store.assignments import Assignment
from studies.workspace import Workspace

#: they strayed, paused for a day, and came back: the later sitting tells neither the path nor the pages again
SAT = """
session=visit start=2026-03-01T08:00:00Z source=participant participant=p1 task=renew condition=as_is
 0 citizen begins   renew value=3
 0 lab     notes    pages_needed value=2
 1 citizen acts     renew step=open
 3 service answers  renew step=open
 5 citizen acts     Fees
 6 service answers  fees
 9 citizen gives    plate step=say

session=visit~2 case=visit start=2026-03-02T08:00:00Z source=participant participant=p1 task=renew condition=as_is
 0 citizen acts     renew step=open
 4 service answers  renew step=open
 6 citizen submits  renew step=send
 7 service answers  done step=send
 8 service concludes done step=send

session=other start=2026-03-02T08:00:00Z source=participant participant=p2 task=renew condition=as_is
 0 citizen acts     renew step=open
 9 service answers  renew step=open
"""


def given(session: str) -> Assignment:
    return Assignment(
        "token", "itinerary", "trial", "p1", session, 1, "tag", "en", "as_is",
        told={"task": "renew", "journey": {"shortest_path": 3}},
    )  # fmt: skip


def test_a_task_done_in_two_sittings_is_told_whole(space: Workspace) -> None:
    archive.seal(parse(SAT), "trial", space)
    (found,) = tasks_told([given("visit")], "trial", space)
    values = {name: found[name].get("value") for name in ("success", "outcome", *took_part.METRICS)}
    assert (values["success"], values["outcome"]) == ("indirect", "concluded")
    assert (values["steps"], values["needless_steps"], values["repeat_questions"]) == (5, 2, 0)
    # renew, fees, renew, done: N = 3 different of S = 4, R = 2 needed
    assert values["lostness"] == pytest.approx(((3 / 4 - 1) ** 2 + (2 / 3 - 1) ** 2) ** 0.5)
    assert values["time_on_task"] == 9 + 8, "the day between is no time on task"
    assert values["silent_time"] < 17
    assert "indirect success; steps 5" in told([found])[0]
    (waiting,) = tasks_told([given("never")], "trial", space)
    assert "success" not in waiting
