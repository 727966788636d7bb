"""What a citizen does at each step of a journey, in words: for whoever reads of a step and has not written it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from journeys import shelf
from journeys.blueprint.words import action
from journeys.reading import read_journey
from journeys.steps import steps_of
from studies.titles import in_turn
from studies.troubles import Trouble
from studies.words import language, pick, say_in
from studies.workspace import Workspace


def step_names(journey: str, space: Workspace) -> dict[str, str]:
    """The steps of a journey on the shelf by id, as it calls them or by what is done there; none without it."""
    path = shelf.path_of(journey, space)
    return _named(path, path.stat().st_mtime_ns, language()) if path else {}


@lru_cache(maxsize=256)
def _named(path: Path, changed: int, tongue: str) -> dict[str, str]:
    try:
        journey = read_journey(path)
    except (Trouble, OSError):  # it is being written; its steps go by their ids meanwhile
        return {}
    with say_in(tongue):
        called = {name: pick(title) for name, title in journey.called.items()}
        return in_turn({name: called.get(name) or action(step, journey) for name, step in steps_of(journey)})
