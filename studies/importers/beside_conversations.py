"""What lies beside conversations and holds none: annotations of lines, lists of what clerks should do.

Recognised so that a whole folder can be brought in: they are counted, and said to be left out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from studies.events import ALL_VERBS
from studies.importing import Imported, Tally
from studies.log import Log
from studies.words import N_, _

TITLE: Final = N_("annotations and instructions beside conversations, which hold no turns")
HEARS: Final = ALL_VERBS

_ANNOTATION: Final = re.compile(r"^\d+ \d+ -$")
_MOST: Final = 8 << 20


def recognises(path: Path) -> bool:
    """Lines of two numbers and a dash, or JSON that gives each name a list of words."""
    return path.is_file() and path.stat().st_size <= _MOST and _rows(path) is not None


def read(path: Path) -> Imported:
    """How many there are."""
    tally, rows = Tally(), _rows(path) or 0
    tally.leave(path.name, _("it holds no turns of a conversation"), max(rows, 1))
    return Imported(Log.of([], []), tally.told(), rows)


def _rows(path: Path) -> int | None:
    body = path.read_bytes()
    if body.lstrip()[:1] == b"{":
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return None
        words = (
            isinstance(told, dict)
            and told
            and all(isinstance(v, list) and v and all(isinstance(word, str) for word in v) for v in told.values())
        )
        return len(told) if words else None
    lines = body[:_MOST].decode("utf-8", errors="replace").split("\n")
    lines = [line.strip() for line in lines if line.strip()]
    return len(lines) if lines and all(_ANNOTATION.match(line) for line in lines) else None
