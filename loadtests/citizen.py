"""One citizen of many: walks the same journey as the robot does, over the wire, and tells how it went."""

from __future__ import annotations

import time
from collections.abc import Sequence
from traceback import print_exc

from journeys.diary import Diary, numbered
from journeys.players.wire import DEAF, Wire
from journeys.walk import Walk, diary_of, found_in, go, walk_of
from loadtests.clients.counting import Counting
from loadtests.recording import Told, microseconds, rows_of
from loadtests.stage import Stage
from studies.events import Sentence
from studies.troubles import Trouble


def journey(stage: Stage, transport: Counting) -> Told:
    """Walk the journey once; the crowd hears how it ended, also when this citizen is stopped on the way."""
    number = stage.crowd.begins()
    walk = walk_for(stage, number)
    diary = transport.diary = diary_of(walk, device="wire", deaf_to=DEAF)
    crowd, stopped = stage.crowd.under_way, True
    try:
        go(walk, Wire(walk, diary, transport, time.sleep), diary)
        stopped = False
    except Trouble:
        stopped = False  # the diary says so; the first walk of all has shown that the script is right
    except Exception as mistake:  # noqa: BLE001 - whatever else breaks here is the lab, never the service
        stopped = False
        diary.write("lab", "breaks", type(mistake).__name__)
        print_exc()
    finally:
        if stopped:
            diary.write("lab", "notes", "load_ended")  # why nothing more is heard of this citizen
        told = told_of(stage, walk, diary, crowd, transport, stopped)
        stage.crowd.ends(told)
    return told


def rehearse(stage: Stage, transport: Counting) -> None:
    """Walk the journey once before anybody else does, and keep nothing of it but which of its targets were found.

    Raises TargetMissing, with the words that were on the page, when the script names what was never there.
    """
    walk = walk_for(stage, 0)
    diary = transport.diary = diary_of(walk, device="wire", deaf_to=DEAF)
    stage.proven = found_in(go(walk, Wire(walk, diary, transport, time.sleep), diary))


def walk_for(stage: Stage, number: int) -> Walk:
    """The walk of the citizen with this number: a persona of their own, a session and a case of their own."""
    plan = stage.plan
    return walk_of(
        stage.journey,
        stage.personas[number % len(stage.personas)],
        session=f"{plan.run}-{number:06d}",
        language=plan.language,
        variant=stage.variant,
        base_url=stage.base_url,
        patience=plan.patience,
        pace=1.0 if plan.think else 0.0,
        source="load",
        proven=stage.proven,
    )


def told_of(stage: Stage, walk: Walk, diary: Diary, crowd: int, transport: Counting, stopped: bool) -> Told:
    """What is told of a walk that is over, or was stopped on the way."""
    said = numbered(diary.said)
    ending, step, why = ending_of(said, diary.step, transport, bool(stage.journey.done), stopped)
    return Told(
        session=walk.session,
        started=microseconds(diary.session.started),
        ended=microseconds(diary.moment()),
        ending=ending,
        step=step,
        why=why,
        persona=walk.persona.id,
        requests=transport.requests,
        said=rows_of(said, crowd),
    )


def ending_of(
    said: Sequence[Sentence], step: str | None, transport: Counting, has_done: bool, stopped: bool
) -> tuple[str, str | None, str | None]:
    """How a journey ended, at which step, and why in words that are the same for all that ended alike.

    The first that holds. `step` is the one that was under way at the end; a refusal is told of the step that met it.
    """
    if stopped:
        return "unfinished", step, None
    if any(s.verb == "concludes" for s in said):
        return "done", None, None
    trouble = transport.trouble
    if broke := next((s for s in said if s.verb == "breaks"), None):
        return "broken", step, str(trouble) if trouble else broke.about
    if trouble:
        return ("left" if trouble.too_long else "failed"), step, str(trouble)
    replies = [s for s in said if s.actor == "service" and s.verb not in ("responds", "forwards", "requests")]
    if replies and replies[-1].verb == "refuses":
        page = f" (status {transport.status})" if transport.status >= 400 else ""
        return "refused", replies[-1].step, f"{replies[-1].about}{page}"
    if any(s.about == "target_missing" for s in said):
        return "lost", step, "target missing"
    if any(s.verb == "leaves" for s in said):
        return "left", step, None
    return ("open", step, "not concluded") if has_done else ("done", None, None)
