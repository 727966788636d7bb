"""A journey walked or loaded, a study reported, and a whole study conducted from start to report.

What the rooms do apart is put together here; `watch(what, share)` hears what is under way and how far it is.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.measure import Measured, measure
from analysis.proving.agreement import Flaw, Truth, compared, found_in, worst
from analysis.telling import told_session
from journeys import checking
from journeys.checking import Checked
from journeys.equipment import PLAIN, Equipment
from journeys.journey import Journey
from journeys.personas import personas_for
from journeys.practice import serve
from journeys.practice.fitting import fit
from journeys.practice.flaws import Flaws
from journeys.practice.reading import read_flaws
from journeys.practice.truth import planted
from journeys.reading import read_journey
from journeys.sealing import sealed
from journeys.shelf import LIBRARY, write_down
from journeys.steps import steps_of
from journeys.walk import walk_of
from loadtests.result import LoadResult
from loadtests.run import load
from loadtests.telling import told_moment
from studies import archive, script
from studies.house import audit
from studies.log import Log
from studies.planning.study import Study, read_study, shipped
from studies.troubles import WrongInput
from studies.words import _, in_a_row, languages
from studies.workspace import Workspace

Watch = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Walked:
    """What the sessions of one journey were like."""

    journey: str
    log: Log
    measured: Measured
    checks: list[Checked] | None = None  # None: nobody looked

    def json(self) -> dict[str, Any]:
        """The sessions in the order they began, each with its script, its metrics and its waits."""
        told = {"journey": self.journey, "sessions": [self._session(name) for name in in_order(self.log)]}
        return told if self.checks is None else {**told, "checks": [checked.json() for checked in self.checks]}

    def told(self) -> str:
        """The same for a person: each session's script, and the numbers it yields."""
        names = in_order(self.log)
        sessions = [f"{self._script(name)}\n{told_session(self.measured, name)}" for name in names]
        if self.checks is not None:
            sessions.append(checking.told(self.checks) or _("The checks of the pages found nothing."))
        return "\n\n".join(sessions)

    def broken(self) -> list[str]:
        """Where the lab itself failed, a line each; the service is not to blame for these sessions."""
        return [
            _("{session}, step {step}: the lab broke ({what}). The other sessions are kept; walk it again.").format(
                session=s.session, step=s.step or "–", what=s.about or "?"
            )
            for s in self.log.said()
            if s.verb == "breaks"
        ]

    def _session(self, name: str) -> dict[str, Any]:
        metrics = {metric: result.json() for metric, result in self.measured.sessions[name].items()}
        return {
            "session": name,
            "outcome": metrics["outcome"].get("value"),
            "script": self._script(name),
            "metrics": metrics,
            "waits": [wait.json() for wait in self.measured.waits.get(name, [])],
        }

    def _script(self, name: str) -> str:
        return script.render(self.log.only([name]))


def walk(
    file: Path,
    space: Workspace,
    *,
    variant: str | None,
    times: int,
    player: str,
    language: str | None,
    base_url: str | None,
    headed: bool,
    study: str | None,
    watch: Watch,
    now: datetime,
    check: bool = False,
    equipment: Equipment = PLAIN,
    beside: int = 1,
    pace: float = 0.0,
) -> Walked:
    """Walk a journey so many times, in turn or some side by side; each walk is sealed as soon as it is over."""
    if check and player != "browser":
        raise WrongInput(_("--check looks at pages as a browser shows them: it needs --player browser."))
    if equipment != PLAIN and player != "browser":
        raise WrongInput(_("A device, a connection, a grid, a replay or a browser is for --player browser."))
    journey = read_journey(file)
    if language and language not in journey.languages:
        there = in_a_row(journey.languages)
        raise WrongInput(
            _("{file} is not written in “{language}”. It has: {there}.").format(
                file=file.name, language=language, there=there
            )
        )
    study = study or f"run_{journey.journey}"
    with standing(journey, variant, base_url) as base:
        names = [walk_name(journey, variant, now) for _nth in range(times)]
        walks = [
            walk_of(
                journey, persona, session=name, language=language, variant=variant, base_url=base,
                study=study, pictures=space.pictures / name, headless=not headed,
                checks=space.checks / f"{name}.json" if check else None, equipment=equipment, pace=pace,
            )
            for name, persona in zip(names, personas_for(journey, times), strict=True)
        ]  # fmt: skip
        logs = list(sealed(walks, player, study, space, watch, beside))
    log = Log.together(logs)
    found = [one for name in names for one in checking.kept(space.checks / f"{name}.json")] if check else None
    return Walked(journey.journey, log, measure(log), found)


def heard(
    site: str | None,
    space: Workspace,
    seat: bool,
    seconds: float | None,
    study: str | None,
    watch: Watch,
    now: datetime,
    replay: bool = False,
) -> Walked:
    """A site that nobody prepared, heard from a seat in the lab, or for so many seconds; sealed when it is over."""
    from journeys.players import browser_seat

    if site is None or not (seat or seconds):
        raise WrongInput(_("Nobody would walk. Name a journey, or a site with --seat (a person) or --for 30s."))
    log = browser_seat.sit_down(site, space, seat, seconds, study, watch, now, replay)
    return Walked(log.heard()[0].study or "", log, measure(log))


def walk_name(journey: Journey, variant: str | None, now: datetime) -> str:
    """A session's name that no other has: journey, variant, the moment, and a random part."""
    words = [journey.journey, variant, f"{now:%Y%m%dT%H%M%S}", secrets.token_hex(6)]
    return "-".join(word for word in words if word)


@contextmanager
def standing(journey: Journey, variant: str | None, base_url: str | None) -> Iterator[str | None]:
    """Where a journey's service stands, if not where it says: as told, or the practice agency, opened when closed."""
    place = journey.variants[variant].base_url if variant in journey.variants else None
    base = base_url or place or journey.base_url
    audit.also(targets=[base] if base else [])
    if base_url is None and base and serve.is_practice(base) and not serve.listens(base):
        with serve.running() as opened:
            yield opened
    else:
        yield base_url


def loaded(
    file: Path, space: Workspace, *, variant: str | None, base_url: str | None, watch: Watch, **asked: Any
) -> LoadResult:
    """Send many citizens through a journey at once (`loadtests.run.load`); what each went through is sealed."""
    journey = read_journey(file)
    variant = variant or next(iter(journey.variants), None)
    with standing(journey, variant, base_url) as base:
        return load(
            file, variant=variant, base_url=base, space=space,
            watch=lambda now: watch(told_moment(now), min(now["t"] / now["seconds"], 1.0)), **asked,
        )  # fmt: skip


def in_order(log: Log) -> list[str]:
    """The sessions' names in the order they began."""
    return [s.session for s in sorted(log.heard(), key=lambda s: (s.started, s.session))]


# --- a whole study ----------------------------------------------------------------------------------------------------

#: About how many seconds each part takes, for the time left: a browser's walk, a load's start, survey, two reports.
WALK, LOAD_START, SURVEY, REPORTS = 8.0, 4.0, 4.0, 10.0


@dataclass(frozen=True, slots=True)
class Conducted:
    """What a study came to: flaws planted and measured, the load, the survey, and where the reports are."""

    seconds: float
    flaws: list[Flaw]
    load: dict[str, Any]
    survey: dict[str, Any]
    reports: dict[str, Path]

    def json(self) -> dict[str, Any]:
        """The study as it is exchanged."""
        return {
            "seconds": round(self.seconds, 1),
            "flaws": [flaw.json() for flaw in self.flaws],
            "load": self.load,
            "survey": self.survey,
            "reports": {language: str(path) for language, path in self.reports.items()},
        }

    def told(self) -> str:
        """The same in a few lines, the reports last."""
        planted = [flaw for flaw in self.flaws if flaw.truth]
        lines = [
            _("{agree} of {planted} planted flaws were measured as planted; {invented} invented.").format(
                agree=sum(flaw.agrees for flaw in planted),
                planted=len(planted),
                invented=sum(flaw.truth is None for flaw in self.flaws),
            ),
            *(_("Report ({language}): {path}").format(language=lang, path=path) for lang, path in self.reports.items()),
        ]
        return "\n".join(lines)


def demo(space: Workspace, flaws: Path | None, watch: Watch, now: datetime) -> Conducted:
    """The shipped study, on a practice agency that has the shipped flaws or others."""
    return conduct(read_study(shipped()["demo"]), read_flaws(flaws), space, watch, now)


def conduct(study: Study, flaws: Flaws, space: Workspace, watch: Watch, now: datetime) -> Conducted:
    """A study on the practice agency held against what was planted there: walks, load, survey, measurement, reports.

    It proves the lab, on whatever flaws it is given, and what an earlier time left is replaced. A study that asks
    something of a service has a protocol, which is frozen, and goes on where it was: `./lab study run`.

    One browser at a time and the load afterwards, never beside it: what the one costs the machine would be measured as
    the other's waiting.
    """
    began = time.monotonic()
    archive.forget(study.study, space)
    parts = parts_of(study)
    # A service whose flaws were changed may need other steps than the shipped journey has.
    tasks = {task: fit(read_journey(task_file(task)), flaws) for task in study.tasks}
    with serve.running(flaws) as base:
        walked = _walk_study(study, list(tasks.values()), base, space, _part(watch, parts, "walks"), now)
        put = _load_study(study, tasks, base, space, _part(watch, parts, "load"))
    asked = _ask_study(study, walked, space, _part(watch, parts, "survey"))
    flawed = worst(_against_truth(flaws, journey, variant, log) for (journey, variant), log in walked)
    done = {"load": put, "survey": asked, "flaws": [flaw.json() for flaw in flawed]}
    reports = _report_study(done, study, space, _part(watch, parts, "reports"))
    watch(_("Done"), 1.0)
    return Conducted(time.monotonic() - began, flawed, put, asked, reports)


Trip = tuple[tuple[Journey, str], Log]


def _walk_study(
    study: Study, tasks: list[Journey], base: str, space: Workspace, watch: Watch, now: datetime
) -> list[Trip]:
    """Every task under every condition, so often as the study says, in a real browser."""
    walks, trips = [], []
    for journey in tasks:
        for condition in study.conditions:
            # The shipped journeys are right: what cannot be found is a finding about the service.
            steps = frozenset(step for step, _step in steps_of(journey, condition))
            for persona in personas_for(journey, study.times):
                name = walk_name(journey, condition, now)
                walks.append(
                    walk_of(
                        journey, persona, session=name, language=study.language, variant=condition, base_url=base,
                        study=study.study, pictures=space.pictures / name, proven=steps,
                    )
                )  # fmt: skip
    for walk, log in zip(walks, sealed(walks, "browser", study.study, space, watch), strict=True):
        trips.append(((walk.journey, walk.variant), log))
    return trips


def _against_truth(flaws: Flaws, journey: Journey, variant: str, log: Log) -> list[Flaw]:
    # A planted silent wait is measured as the silent time of the step that it is planted at.
    known_as = {"silent_wait": "silent_time"}
    truths = [Truth(known_as.get(p.metric, p.metric), p.step, p.truth) for p in planted(flaws, journey, variant)]
    return compared(journey.journey, variant, truths, found_in(measure(log)))


def _load_study(study: Study, tasks: dict[str, Journey], base: str, space: Workspace, watch: Watch) -> dict[str, Any]:
    if study.load is None:
        return {}
    asked = study.load
    file = task_file(asked.task)
    if asked.task in tasks and tasks[asked.task] != read_journey(file):
        file = write_down(tasks[asked.task], space.runs / "fitted")
    return loaded(
        file, space, variant=asked.condition, citizens=asked.citizens, seconds=asked.seconds,
        base_url=base, study=study.study, watch=watch,
    ).json()  # fmt: skip


def _ask_study(study: Study, trips: list[Trip], space: Workspace, watch: Watch) -> dict[str, Any]:
    """The survey rehearsed: after each walk its robot answers the real pages, as a participant's browser would."""
    if study.survey is None:
        return {}
    import intake  # heavy too, as are those of the next function
    from studies.store import Store
    from surveys.answers import scores, write_to_log
    from surveys.rehearsed import About, rehearse

    told, said = study.survey, _("Answering the survey")
    visits = [About(told.instrument, in_order(log)[-1], variant, study.language) for (_journey, variant), log in trips]
    store = Store(space.database_url)
    try:
        store.forget_rehearsed(study.study)
        with intake.serving(space, a_second=0) as pages:
            rehearse(
                store, pages, study.study, visits, told.seed, told.attitudes, space, lambda share: watch(said, share)
            )
        write_to_log(store, study.study, space)
        return scores(store, study.study, told.instrument, space, rehearsed=True)
    finally:
        store.close()


def _report_study(done: dict[str, Any], study: Study, space: Workspace, watch: Watch) -> dict[str, Path]:
    """The reports, in both languages, with what the log alone does not tell."""
    from analysis.report import keep, write
    from analysis.report.satisfaction import scale_facts
    from surveys.instruments import instrument

    kept = {
        "title": study.title,
        "question": study.question or "",
        "journeys": {j.journey: j.title for j in (read_journey(task_file(task)) for task in study.tasks)},
        "load": done["load"] or None,
        "survey": None,
        "planted": done["flaws"],
    }
    if study.survey:
        asked = study.survey.instrument
        kept["survey"] = {
            "instrument": asked, "scale": scale_facts(instrument(asked, space)), "source": "robot",
            "conditions": done["survey"].get("by_condition", {}),
        }  # fmt: skip
    keep(study.study, space, **kept)
    reports: dict[str, Path] = {}
    for tongue in languages():
        watch(_("Writing the reports"), 0.5 * len(reports))
        reports[tongue] = write(study.study, space, tongue)
    return reports


def task_file(task: str) -> Path:
    """The journey that a study's task names: of the library, by agency and name."""
    path = LIBRARY / f"{task}.yaml"
    if path.is_file():
        return path
    there = in_a_row(sorted(str(p.relative_to(LIBRARY).with_suffix("")) for p in LIBRARY.rglob("*.yaml")))
    raise WrongInput(_("There is no journey {task} in the library. There are: {there}.").format(task=task, there=there))


def parts_of(study: Study) -> dict[str, tuple[float, float]]:
    """Where each part of a study begins and how long it is, as shares of the whole."""
    seconds = {
        "walks": WALK * len(study.tasks) * len(study.conditions) * study.times,
        "load": study.load.seconds + LOAD_START if study.load else 0.0,
        "survey": SURVEY if study.survey else 0.0,
        "reports": REPORTS,
    }
    whole, begins, parts = sum(seconds.values()), 0.0, {}
    for part, long in seconds.items():
        parts[part] = (begins / whole, long / whole)
        begins += long
    return parts


def _part(watch: Watch, parts: dict[str, tuple[float, float]], part: str) -> Watch:
    begins, long = parts[part]
    return lambda what, share: watch(what, begins + long * share)
