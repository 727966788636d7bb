"""JSON: the answers by participant, and the codebook in the same document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from studies.words import N_
from surveys.exporting import Answers

TITLE: Final = N_("JSON, its codebook within")
SUFFIX: Final = ".json"


def write(answers: Answers, path: Path) -> list[Path]:
    """One document: `study`, `codebook`, `participants`."""
    names = [field.name for field in answers.fields]
    document = {
        "study": answers.study,
        "codebook": [field.json() for field in answers.fields],
        "participants": [dict(zip(names, row, strict=True)) for row in answers.rows],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return [path]
