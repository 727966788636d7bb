"""One citizen of many: walks the same journey as the robot does, over the wire, and tells how it went.

Walked from what was learned of the journey's pages (loadtests/compiled), or plainly where that cannot be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from traceback import print_exc
from typing import Any

from journeys.diary import Diary, numbered
from journeys.players.exchanging import deaf_to
from journeys.players.wire import DEAF, Wire
from journeys.walk import Walk, diary_of, found_in, go, go_through, walk_of
from loadtests.compiled.ready import Ready, Way, said
from loadtests.line import Line
from loadtests.recording import SAYINGS, Told, microseconds, rows_of
from loadtests.stage import Stage
from studies.events import Sentence
from studies.troubles import Trouble


def journey(stage: Stage, line: Line, intended: int | None = None) -> Told:
    """Walk the journey once; the crowd hears how it ended, also when this citizen is stopped on the way.

    `intended` is when this citizen was due, in microseconds since 1970; None where they begin when they like.
    """
    ready = ready_for(stage)
    return _plainly(stage, line, intended) if ready.why_not else _ready(stage, ready, line, intended)


def ready_for(stage: Stage) -> Ready:
    """The stage's journey, made ready once; it is also where it is known how often which tier knew a page."""
    if stage.ready is None:
        stage.ready = Ready(stage.journey, walk_for(stage, 0), thinks=stage.thinking is not None)
    return stage.ready


def _ready(stage: Stage, ready: Ready, line: Line, intended: int | None) -> Told:
    crowd = stage.crowd
    number = crowd.begins()
    under_way, stopped, personas = crowd.under_way, True, stage.personas
    persona = personas[number % len(personas)]
    thinking = stage.thinking
    way = ready.way()
    try:
        ready.take(persona, line, time.sleep, _as_planned if thinking is None else thinking.seconds, way)
        stopped = False
    except Trouble:
        stopped = False  # the first walk of all has shown that the script is right
    except Exception as mistake:  # noqa: BLE001 - whatever else breaks here is the lab, never the service
        stopped = False
        _at_the_end(way, "breaks", type(mistake).__name__)
        print_exc()
    finally:
        if stopped:
            _at_the_end(way, "notes", "load_ended")  # why nothing more is heard of this citizen
        now = time.time()
        ending, step, why = _ending_of(way, line, bool(stage.journey.done), stopped)
        told = Told(
            f"{stage.plan.run}-{number:06d}",
            round(way.started * 1e6),
            round(now * 1e6),
            ending,
            step,
            why,
            persona.id,
            line.requests,
            [under_way, *way.legs],
            stage.journey.journey,
            intended,
        )
        crowd.ends(told)
    return told


def _as_planned(_step: str, seconds: float) -> float:
    return seconds


def _at_the_end(way: Way, verb: str, about: str) -> None:
    """Say one more thing of a walk that ends here, whatever leg it was on."""
    legs, at = way.legs, 0
    while at < len(legs):
        whole = at + 1 + SAYINGS.moments(legs[at])
        legs += [None] * (whole - len(legs))
        at = whole
    legs += [SAYINGS.number((said(way, "lab", verb, about),), 1), round((time.time() - way.started) * 1e6)]
    way.verbs = (verb, about)


def _ending_of(way: Way, line: Line, has_done: bool, stopped: bool) -> tuple[str, str | None, str | None]:
    """How a journey ended: see `ending_of`, which says the same of a walk that was told in full."""
    if stopped:
        return "unfinished", way.step, None
    if way.concluded:
        return "done", None, None
    trouble = line.trouble
    if "breaks" in way.verbs:
        return "broken", way.step, str(trouble) if trouble else way.verbs[way.verbs.index("breaks") + 1]
    if trouble:
        return ("left" if trouble.too_long else "failed"), way.step, str(trouble)
    if way.last is not None and way.last[0] == "refuses":
        page = f" (status {line.status})" if line.status >= 400 else ""
        return "refused", way.last[1], f"{way.last[2]}{page}"
    if "target_missing" in way.verbs:
        return "lost", way.step, "target missing"
    if "leaves" in way.verbs:
        return "left", way.step, None
    return ("open", way.step, "not concluded") if has_done else ("done", None, None)


# -- walked plainly


def _plainly(stage: Stage, line: Line, intended: int | None) -> Told:
    number = stage.crowd.begins()
    walk = walk_for(stage, number)
    diary = line.diary = diary_of(walk, device="wire", deaf_to=DEAF | deaf_to(walk.journey))
    crowd, stopped = stage.crowd.under_way, True
    try:
        go_through(walk, Wire(walk, diary, line, time.sleep), diary, None, taking_their_time(stage, diary))
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
        told = told_of(stage, walk, diary, crowd, line, stopped, intended)
        stage.crowd.ends(told)
    return told


def taking_their_time(stage: Stage, diary: Diary) -> Callable[[float], None]:
    """How a citizen thinks before a step: as long as planned, or as people were seen to."""
    thinking = stage.thinking
    return time.sleep if thinking is None else lambda planned: time.sleep(thinking.seconds(diary.step or "", planned))


def rehearse(stage: Stage, line: Line) -> None:
    """Walk the journey once before anybody else does, and keep nothing of it but which of its targets were found.

    Raises TargetMissing, with the words that were on the page, when the script names what was never there.
    """
    walk = replace(walk_for(stage, stage.crowd.machine), pace=0.0)  # only to see whether the way is there
    diary = line.diary = diary_of(walk, device="wire", deaf_to=DEAF | deaf_to(walk.journey))
    stage.proven = found_in(go(walk, Wire(walk, diary, line, time.sleep), diary))


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
        pace=1.0 if plan.think or stage.thinking else 0.0,
        source="load",
        proven=stage.proven,
    )


def told_of(
    stage: Stage, walk: Walk, diary: Diary, crowd: int, line: Line, stopped: bool, intended: int | None = None
) -> Told:
    """What is told of a walk that is over, or was stopped on the way."""
    said = numbered(diary.said)
    ending, step, why = ending_of(said, diary.step, line, bool(stage.journey.done), stopped)
    return Told(
        session=walk.session,
        started=microseconds(diary.session.started),
        ended=microseconds(diary.moment()),
        ending=ending,
        step=step,
        why=why,
        persona=walk.persona.id,
        requests=line.requests,
        said=rows_of(said, crowd),
        task=stage.journey.journey,
        intended=intended,
    )


def ending_of(
    said: Sequence[Sentence], step: str | None, line: Any, has_done: bool, stopped: bool
) -> tuple[str, str | None, str | None]:
    """How a journey ended, at which step, and why in words that are the same for all that ended alike.

    The first that holds. `step` is the one that was under way at the end; a refusal is told of the step that met it.
    """
    if stopped:
        return "unfinished", step, None
    if any(s.verb == "concludes" for s in said):
        return "done", None, None
    trouble = line.trouble
    if broke := next((s for s in said if s.verb == "breaks"), None):
        return "broken", step, str(trouble) if trouble else broke.about
    if trouble:
        return ("left" if trouble.too_long else "failed"), step, str(trouble)
    replies = [s for s in said if s.actor == "service" and s.verb not in ("responds", "forwards", "requests")]
    if replies and replies[-1].verb == "refuses":
        page = f" (status {line.status})" if line.status >= 400 else ""
        return "refused", replies[-1].step, f"{replies[-1].about}{page}"
    if any(s.about == "target_missing" for s in said):
        return "lost", step, "target missing"
    if any(s.verb == "leaves" for s in said):
        return "left", step, None
    return ("open", step, "not concluded") if has_done else ("done", None, None)
