"""A text tried before it is saved: walked in memory at once, to see that the script holds together.

A pretended service answers as the script expects; what a real one does, the dry run in a browser shows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from journeys import shelf
from journeys.personas import personas_for
from journeys.players import rehearsal
from journeys.reading import parse_journey
from journeys.walk import TargetMissing, walk_of
from studies import script
from studies.troubles import Trouble
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal said: the sentences as a play script, and what stopped it, if anything did."""

    script: str
    steps: int
    trouble: str = ""


def rehearsed(text: str, name: str, folder: Path, variant: str | None, tongue: str) -> Rehearsed:
    """Walk a journey's text in memory. Raises WrongInput when it is no journey yet."""
    journey = parse_journey(text, name, folder)
    persona = personas_for(journey, 1)[0]
    taken: set[str] = set()
    walk = walk_of(journey, persona, session="rehearsal", language=tongue, variant=variant)
    try:
        log = rehearsal.play(walk, lambda news: taken.add(news.step or ""))
    except TargetMissing as missing:
        return Rehearsed(script.render(missing.log), len(taken), str(missing))
    except Trouble as trouble:
        return Rehearsed("", len(taken), str(trouble))
    return Rehearsed(script.render(log), len(taken))


def put_down(space: Workspace, text: str, journey: shelf.Shelved, now: datetime) -> Path:
    """A file to walk from while the text is not saved, with what lies beside the journey; it may be taken away."""
    folder = space.runs / f"try-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    shelf.bring_beside(journey.path.parent, folder)
    path = folder / journey.path.name
    path.write_text(text, encoding="utf-8")
    return path
