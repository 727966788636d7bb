"""Put a service under load: check that it may be, start the citizens in a process of their own, and say what it did.

The generator (Locust) never runs in this process, since importing it changes how the whole process waits and connects.
"""

from __future__ import annotations

import random
import secrets
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from journeys.journey import Journey
from journeys.players.exchanging import deaf_to
from journeys.reading import read_journey
from journeys.steps import steps_of
from loadtests import history, thinking
from loadtests.arrivals import from_when_due
from loadtests.capacities.capacity import before_silence, capacity
from loadtests.capacities.levels import Level, levels_of
from loadtests.crowd import Plan
from loadtests.design import Design
from loadtests.generated import Reached, Stop, Watch, generated, trouble_of
from loadtests.leftovers import JOURNEYS, run_files, seal_leftovers, under_way
from loadtests.live import Diary
from loadtests.mix import Portion, variant_in
from loadtests.permits.guarded import Guarded, guarded
from loadtests.permits.permission import Target
from loadtests.probes import probing
from loadtests.probes.probe import Asked
from loadtests.probes.probed import Heard, Probed, UnderWay, probed, stamped
from loadtests.recorded_day import day_of
from loadtests.recording import Told, log_of, moment, read_run
from loadtests.result import LoadResult
from loadtests.shapes import shape as shape_of
from loadtests.shapes import stretches
from loadtests.stage import base_of, origins_of
from loadtests.summary import summarise
from loadtests.titled import AND
from loadtests.verdicts.weighed import evidence_of
from loadtests.waiting import waits_in
from studies import archive
from studies.log import Log
from studies.measuring.presets import Presets
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row
from studies.words import language as spoken
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Journeys:
    """The journeys of a load, the first of them the one that a browser walks beside it."""

    parts: Sequence[Portion]
    read: Sequence[Journey]
    variants: Sequence[str | None]

    def steps(self) -> dict[str, list[str]]:
        """The step ids of each, in order."""
        both = zip(self.read, self.variants, strict=True)
        return {one.journey: [step for step, _step in steps_of(one, variant)] for one, variant in both}


def load(
    journey: Path,
    *,
    variant: str | None,
    seconds: float,
    base_url: str | None,
    space: Workspace,
    citizens: int = 0,
    arrivals: float = 0.0,
    cap: int = 1000,
    mix: Sequence[Portion] = (),
    study: str | None = None,
    language: str = "en",
    shape: str = "constant",
    day: str | None = None,
    levels: Sequence[float] = (),
    think: float = 0.0,
    people: bool = False,
    patience: float = 30.0,
    grace: float = 10.0,
    seed: int = 0,
    client: str = "",
    web_ui: int = 0,
    probe: float | None = None,
    watch: Watch | None = None,
    stop: Stop | None = None,
    run: str = "",
    opened: bool = False,
    **more: Any,
) -> LoadResult:
    """Send citizens through a journey for so many seconds; their sentences are sealed in the study's log.

    Open: so many `arrivals` a second come on their own account, `cap` at once at most. Closed: so many `citizens` begin
    anew as soon as they are through. `mix` holds all journeys with their weights when there are several. A citizen
    thinks for `think` seconds before each step, or as `people` do (`thinking`), waits for an answer for `patience`, and
    may still finish for `grace` when the time is over. `probe`: a browser walks the journey too, every so many seconds.

    `watch` is called with a snapshot five times a second (its `state` is rehearsing while one citizen goes first, then
    running, then finishing while those under way may end). The load ends early once `stop` says so, or at Ctrl+C; what
    was measured counts. `run` names it (`run_name`), `opened` says that the service was opened for this load alone, so
    that its address is none to come back to; `more` goes into the plan as it is. Raises WrongInput when the journey is
    wrong, or the target may not be put under load, and Failed when nobody answers there.
    """
    if (citizens < 1) == (arrivals <= 0) or seconds <= 0 or cap < 1:
        raise WrongInput(
            _("A load needs citizens or arrivals, one of them, and more than no time: --citizens 20 --for 20s")
        )
    busy = day_of(day, space) if day else ()
    shape_of(shape, busy, levels)
    script = read_journey(journey)
    variant, base_url = base_of(script, variant, base_url)
    parts = list(mix) or [Portion(journey)]
    seal_leftovers(space)
    run = run or run_name(datetime.now(UTC))
    folder = space.runs / run
    facts: dict[str, Any] = {"study": study or f"load_{script.journey}", "task": script.journey}
    facts |= {"condition": variant, "language": language}
    for_load, for_browser = probing.cores_for_both() if probe is not None else ((), ())
    plan = Plan(
        journey=str(journey.resolve()),
        base_url=base_url,
        variant=variant,
        language=language,
        citizens=citizens,
        arrivals=arrivals,
        cap=cap,
        mix=tuple((str(part.journey.resolve()), part.weight) for part in parts) if len(parts) > 1 else (),
        seconds=seconds,
        shape=shape,
        day=busy,
        levels=tuple(levels),
        think=think,
        patience=patience,
        grace=grace,
        seed=seed,
        thinking=_as_people_do(facts["study"], script.journey, seed, space) if people else {},
        client=client,
        web_ui=web_ui,
        cores=for_load,
        told_in=spoken(),
        run=run,
        run_file=str(folder / JOURNEYS),
        **more,
    )
    whole = _journeys(script, parts, plan)
    facts["deaf"] = {one.journey: sorted(verbs) for one in whole.read if (verbs := deaf_to(one))}
    places = [place for one in whole.read for place in origins_of(one, base_url)]
    design = Design(
        tuple(parts), variant, citizens, arrivals, seconds, shape, tuple(levels), day, think, people, cap, None, probe,
        more.get("workers", 0), seed, client, base_url, facts["study"],
    )  # fmt: skip
    with guarded(plan, places, space) as safe:
        _someone_is_there(safe.targets)
        folder.mkdir(parents=True)
        history.ask(folder, design, opened)
        study, plan = facts["study"], safe.plan
        sent = Asked(
            plan.journey, base_url, variant, language, study, run, str(folder), probe or 0.0, patience, for_browser
        )
        out = probing.sent_out(sent, folder) if probe is not None else nullcontext()
        try:
            with under_way(folder, facts), out as beside:
                watched = _following(beside, safe.follow(watch), _diary(folder, plan, study, whole))
                reached = generated(plan, folder, watched, safe.stop(stop))
                reached.ending = safe.ended(reached.ending)
                walks = beside.come_home() if beside else []
                heard = _Beside(walks, sent, beside.trouble) if beside else None
                result = _result(whole, safe, reached, folder, facts, space, heard)
        except WrongInput:
            shutil.rmtree(folder)  # nothing ran, so there is nothing to keep
            raise
    history.keep(folder, result)
    return result


def run_name(now: datetime) -> str:
    """A run's name that no other has, by when it began."""
    return f"load-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def _diary(folder: Path, plan: Plan, study: str, whole: _Journeys) -> Diary:
    """What keeps the state file of a run, for those who watch."""
    threshold = Presets().silence["web"]
    told = {"run": plan.run, "study": study, "journey": AND.join(whole.steps()), "shape": plan.shape}
    return Diary(folder, {**told, "citizens": plan.citizens, "arrivals": plan.arrivals, "threshold": threshold})


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the browser beside the load brought home."""

    walks: list[Log]
    asked: Asked
    trouble: str


def _journeys(script: Journey, parts: Sequence[Portion], plan: Plan) -> _Journeys:
    read = [script, *(read_journey(part.journey) for part in parts[1:])]
    names = [one.journey for one in read]
    if len(set(names)) < len(names):
        raise WrongInput(_("A mix has each journey once: {names}.").format(names=in_a_row(names)))
    further = [variant_in(plan, str(part.journey)) for part in parts[1:]]
    return _Journeys(parts, read, [plan.variant, *further])


def _as_people_do(study: str, task: str, seed: int, space: Workspace) -> dict[str, Any]:
    """As the study's participants were seen to take their time, else as a distribution assumes."""
    if study in archive.studies_in(space):
        seen = thinking.observed_in(archive.read(study, space), task)
        if seen:
            return {"kind": "observed", "by_step": thinking.told_of(seen, random.Random(seed))}
    return {"kind": "log-normal", "sigma": thinking.SIGMA}


def _someone_is_there(targets: Mapping[str, Target]) -> None:
    for target in targets.values():
        try:
            socket.create_connection((target.addresses[0], target.port), timeout=5).close()
        except OSError as cause:
            raise Failed(
                _("Nobody answers at {origin} ({cause}). Is the service running, and is the port right?").format(
                    origin=target.origin, cause=cause.strerror or cause
                )
            ) from cause


def _following(beside: probing.Probe | None, watch: Watch, diary: Diary) -> Watch:
    def both(snapshot: dict[str, Any]) -> None:
        if beside:
            beside.hear(snapshot["state"])
        diary.hear(snapshot)
        watch(snapshot)

    return both


def _result(
    whole: _Journeys,
    safe: Guarded,
    reached: Reached,
    folder: Path,
    facts: dict[str, Any],
    space: Workspace,
    beside: _Beside | None,
) -> LoadResult:
    """What was measured, sealed and summed up, however the generator ended."""
    plan, last = safe.plan, last_line(folder / "generator.log")
    told = [from_when_due(one) for file in run_files(folder) for one in read_run(file)]
    if reached.begun is None:
        raise Failed(
            _("The load generator did not start: {said} All it said is in {file}").format(
                said=last, file=folder / "generator.log"
            )
        )
    presets = Presets()
    log = log_of(told, **facts)
    found, silences = _heard(beside, told, presets)
    with _kept_if_possible(reached):
        if told:
            archive.seal(log, facts["study"], space)
        for file in run_files(folder):
            file.unlink(missing_ok=True)
        if beside and beside.walks:
            crowd = UnderWay(told)
            archive.seal(stamped(Log.together(beside.walks), crowd), facts["study"], space)
            probing.forget(folder)
    threshold = presets.silence["web"]
    waits = waits_in(log, presets)
    summary = summarise(
        told,
        waits,
        start=reached.begun,
        seconds=reached.seconds,
        steps=whole.steps(),
        threshold=threshold,
        requested=reached.requested,
    )
    most = max((round(moment.citizens) for moment in summary.curve), default=0)
    levels = _levels(told, plan, reached)
    result = LoadResult(
        journey=whole.read[0].journey,
        variant=plan.variant,
        base_url=plan.base_url,
        shape=plan.shape,
        citizens=plan.citizens or most,
        seconds=round(reached.seconds, 3),
        started=moment(reached.begun),
        ending=reached.ending,
        trouble=safe.halt.why if safe.halt else trouble_of(reached, last),
        threshold=threshold,
        cpu=reached.cpu,
        summary=summary,
        study=facts["study"],
        sessions=len(log.sessions),
        mode="open" if plan.arrivals else "closed",
        arrivals=plan.arrivals or None,
        arrived=reached.arrived,
        dropped=reached.dropped,
        lag=_lag(reached),
        think=_think(plan),
        seed=plan.seed,
        client=plan.client,
        run=plan.run,
        levels=levels,
        capacity=_capacity(levels, plan.seed, found) if levels else None,
        tiers=reached.tiers,
        workers=reached.workers,
        permission=safe.told(),
        probe=found,
    )
    return replace(result, evidence=evidence_of(result, told, waits, silences))


def _heard(beside: _Beside | None, told: Sequence[Told], presets: Presets) -> tuple[Probed | None, list[Heard] | None]:
    if beside is None:
        return None, None
    log = Log.together(beside.walks) if beside.walks else log_of([], study="", task="", condition=None)
    own = bool(beside.asked.cores)
    found, heard = probed(log, told, presets, every=beside.asked.every, own_core=own, trouble=beside.trouble)
    return found, heard if found.walks else None


@contextmanager
def _kept_if_possible(reached: Reached) -> Iterator[None]:
    """A disk that is full loses no result: what the run file holds is sealed when the next load begins."""
    try:
        yield
    except (Failed, OSError):
        reached.ending = "disk full"


def _levels(told: Sequence[Told], plan: Plan, reached: Reached) -> list[Level]:
    edges = stretches(plan.shape, plan.arrivals or plan.citizens, plan.seconds, plan.levels)
    there = [(since, till) for since, till in edges if till <= reached.seconds + 1e-6]
    return levels_of(told, there, reached.begun or 0)


def _capacity(levels: Sequence[Level], seed: int, found: Probed | None) -> dict[str, Any]:
    told = capacity(levels, np.random.default_rng(seed)).json()
    return {**told, "before_silence": before_silence(levels, found.against if found else [])}


def _lag(reached: Reached) -> dict[str, Any]:
    late = reached.late
    if late is None or not late.n:
        return {"n": 0, "p50": None, "p99": None, "longest": None}
    middle, most = late.percentile(0.5) or 0.0, late.percentile(0.99) or 0.0
    return {"n": late.n, "p50": round(middle, 6), "p99": round(most, 6), "longest": round(late.longest, 6)}


def _think(plan: Plan) -> dict[str, Any]:
    if plan.thinking:
        told = {name: value for name, value in plan.thinking.items() if name != "by_step"}
        if "by_step" in plan.thinking:
            told["n"] = {step: len(seen) for step, seen in plan.thinking["by_step"].items()}
        return told
    return {"kind": "fixed", "seconds": plan.think} if plan.think else {"kind": "none"}


def last_line(path: Path) -> str:
    """The last thing that a process said before it went."""
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else _("(it said nothing)")
