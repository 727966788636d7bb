"""Who is the citizen and who the service: as the recording says it, or as whoever brings it does; never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from studies.topics import normal
from studies.troubles import WrongInput
from studies.words import _

SPEECH: Final = Path(__file__).with_name("speech.yaml")
SIDES: Final = ("citizen", "service")


def roles_of(speakers: Iterable[str], told: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Each speaker's side, those left out of whom nobody says it. What was given goes before what the recording says.

    Where one of exactly two speakers is known, the other is the other side.
    """
    everyone = list(dict.fromkeys(speakers))
    found = {}
    for speaker in everyone:
        side = given.get(speaker) or told.get(speaker) or _by_word(speaker)
        if side in SIDES:
            found[speaker] = side
    unknown = [speaker for speaker in everyone if speaker not in found]
    if len(everyone) == 2 and len(unknown) == 1 and unknown[0]:
        (side,) = found.values()
        found[unknown[0]] = SIDES[1 - SIDES.index(side)]
    return found


def read_speakers(path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """Who is who, by a mapping: `speakers: {Sara: service, "+973 3344": citizen}`; and what else it says."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as cause:
        raise WrongInput(_("The mapping {path} cannot be read: {cause}.").format(path=path, cause=cause)) from cause
    if not isinstance(told, dict):
        raise WrongInput(_("{path} is no mapping: it names no speakers.").format(path=path))
    speakers = {str(name): str(side) for name, side in (told.get("speakers") or {}).items()}
    for name, side in speakers.items():
        if side not in (*SIDES, "nobody"):
            why = _("{path}: {name} is “{side}”; a speaker is citizen, service or nobody.")
            raise WrongInput(why.format(path=path, name=name, side=side))
    return speakers, told


@cache
def _words() -> dict[str, str]:
    told = yaml.safe_load(SPEECH.read_text(encoding="utf-8"))["roles"]
    return {normal(word): side for side, words in told.items() for word in words}


def _by_word(speaker: str) -> str | None:
    plain = normal(re.sub(r"[\d_#]+$", "", speaker).replace("_", " "))
    return _words().get(plain)
