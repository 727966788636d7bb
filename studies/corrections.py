"""What a designer said that some words ask for, kept with the workspace: the dictionary remembers.

# topics.yaml in the workspace
رقم الملف: application_number
Reference: null          # asks for no datum
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from studies.topics import dictionary, normal
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace, workspace

FILE: Final = "topics.yaml"


@dataclass(frozen=True, slots=True)
class Told:
    """What some words were said to ask for; None: for nothing."""

    datum: str | None


def corrected(text: str) -> Told | None:
    """What was said of these words, None when nobody said anything."""
    path = workspace().root / FILE
    if not path.exists():
        return None
    told = _read(path, path.stat().st_mtime_ns)
    plain = normal(text)
    return Told(told[plain]) if plain in told else None


def correct(text: str, datum: str | None, space: Workspace) -> None:
    """Remember what some words ask for. Raises WrongInput for words that are none, or a datum nobody knows."""
    if not normal(text):
        raise WrongInput(_("Which words? They are empty."))
    if datum is not None and datum not in dictionary():
        raise WrongInput(
            _("There is no datum {datum}. There are: {known}.").format(
                datum=datum, known=in_a_row(sorted(dictionary()))
            )
        )
    path = space.root / FILE
    told = dict(_read(path, path.stat().st_mtime_ns)) if path.exists() else {}
    told[normal(text)] = datum
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8") as file:
        yaml.safe_dump(told, file, allow_unicode=True, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, str | None]:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as cause:
        raise WrongInput(_("{path} cannot be read: {cause}").format(path=path, cause=cause)) from cause
    if not isinstance(told, dict):
        raise WrongInput(_("{path} holds no words with their datum.").format(path=path))
    return {normal(str(words)): datum for words, datum in told.items()}
