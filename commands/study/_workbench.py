"""What the workbench's pages of studies need of other rooms, put together: what there is to choose, checks, starts.

Each is what a command of this folder does, so that whatever a page can do the command line can do.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from commands.study._protocol import journey_file, materials_of, read_whole, wrong_in
from commands.study._stopping import stopping
from studies import archive
from studies.planning.designing import Problem, study_of
from studies.planning.freezing import Frozen, amend, changed, freeze, frozen, protocol_hash, would_be
from studies.planning.study import Study
from studies.store import Store
from studies.store.written import mark
from studies.troubles import Failed, Trouble
from studies.words import _, language, spoken
from studies.workspace import CHECKOUT, Workspace


def choices(space: Workspace) -> dict[str, dict[str, str]]:
    """What a protocol can name: journeys, measures and questionnaires, each with its title."""
    from analysis.measure import metrics
    from journeys.shelf import shelf
    from surveys.instruments import names
    from surveys.questionnaire.reading import PURPOSES

    return {
        "journeys": {one.key: one.called() for one in shelf(space)},
        "metrics": {name: _(one.TITLE) for name, one in metrics().items()},
        "instruments": {name: _titled(name, space) for name in names(space)},
        "purposes": {name: _(text) for name, text in PURPOSES.items()},
    }


def _titled(name: str, space: Workspace) -> str:
    from surveys.instruments import instrument

    worded = instrument(name, space).wording
    return (worded.get(language()) or next(iter(worded.values()))).title


def variants(tasks: list[str], beside: Path, space: Workspace) -> list[str]:
    """The variants that all of these journeys have, in the order of the first."""
    from journeys.reading import read_journey

    found: list[list[str]] = []
    for task in tasks:
        try:
            found.append(list(read_journey(journey_file(task, beside, space)).variants))
        except Trouble:
            continue
    return [one for one in found[0] if all(one in each for each in found)] if found else []


def wrong(text: str, file: Path, space: Workspace) -> list[Problem]:
    """Every mistake in a study's text."""
    return wrong_in(text, file, space)


def standing(file: Path, space: Workspace) -> dict[str, Any]:
    """A study as it is saved against the protocol that was frozen: hash, amendments, and what was changed since."""
    study, _journeys = read_whole(file, space)
    materials = materials_of(study, file, space)
    old = frozen(study.study, space)
    new = would_be(study, materials, file)
    return {"study": study, "hash": protocol_hash(study, materials), "frozen": old,
            "changed": changed(old, new) if old and old.hash != new.hash else []}  # fmt: skip


def freeze_now(file: Path, space: Workspace, now: Any) -> Frozen:
    """Freeze the protocol as it is saved."""
    study, _journeys = read_whole(file, space)
    return freeze(study, materials_of(study, file, space), file, space, now)


def amend_now(file: Path, space: Workspace, who: str, why: str, now: Any) -> Frozen:
    """Take over what was changed since it was frozen, with its reason."""
    study, _journeys = read_whole(file, space)
    return amend(study, materials_of(study, file, space), file, space, who=who, why=why, now=now)


def planned(text: str) -> dict[str, Any] | None:
    """The sample size of a text: what the planned number gives, what would be needed, the curves; None when wrong."""
    from analysis.study_plan import plan

    study, _found = study_of(text, "study.yaml")
    return plan(study) if study else None


def drawn(found: dict[str, Any], dark: bool) -> Any:
    """The curves of a plan."""
    from analysis.charts.planning import planning

    return planning(found, dark)


def stops(study: Study, space: Workspace) -> dict[str, Any]:
    """The stopping rule and how far it is met; measured anew only when something new was sealed or answered."""
    parts = archive.parts_of(study.study, space) if study.study in archive.studies_in(space) else ()
    return _stops(study.model_dump_json(), space, parts, _answered(space), spoken())


@lru_cache(maxsize=32)
def _stops(told: str, space: Workspace, parts: tuple[str, ...], answers: str, tongue: str) -> dict[str, Any]:
    return stopping(Study.model_validate_json(told), space)


def _answered(space: Workspace) -> str:
    """A mark that changes with whatever is answered: scores stand in the store before they are in the log."""
    store = Store(space.database_url)
    try:
        return mark(store)
    finally:
        store.close()


def start_robots(file: Path, study: str, space: Workspace, player: str, beside: int) -> int:
    """Begin `./lab study run` as a process of its own, which goes on when the workbench is closed; its number."""
    words = [sys.executable, "cli.py", "study", "run", str(file), "--player", player, "--side-by-side", str(beside)]
    log = space.runs / f"study-{study}.txt"
    try:
        with log.open("ab") as told:
            there = {**os.environ, "KHUTWA_WORKSPACE": str(space.root)}
            begun = subprocess.Popen(
                words, cwd=CHECKOUT, env=there, stdout=told, stderr=told, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
    except OSError as cause:
        raise Failed(_("The robots could not be started: {why}.").format(why=cause)) from cause
    return begun.pid


def results(file: Path, space: Workspace) -> list[str]:
    """What was planned to be analysed, as far as it is there, in sentences."""
    study, _journeys = read_whole(file, space)
    if not study.analysis or study.study not in archive.studies_in(space):
        return []
    return list(
        _results(study.model_dump_json(), space, archive.parts_of(study.study, space), _answered(space), spoken())
    )


@lru_cache(maxsize=16)
def _results(told_of: str, space: Workspace, parts: tuple[str, ...], answers: str, tongue: str) -> tuple[str, ...]:
    from analysis.measure import measure
    from analysis.planned import analysed, scores_of, told

    study = Study.model_validate_json(told_of)
    log = archive.read(study.study, space)
    return tuple(told(analysed(study, log, measure(log), scores_of(study, space))))


OFFERED: Final[dict[str, Callable[..., Any]]] = {
    "study: choices": choices, "study: variants": variants, "study: wrong": wrong, "study: standing": standing,
    "study: freeze": freeze_now, "study: amend": amend_now, "study: plan": planned, "study: plan drawn": drawn,
    "study: stopping": stops, "study: robots": start_robots, "study: results": results,
}  # fmt: skip
