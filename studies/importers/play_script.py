"""Play scripts: the log's own notation, so that what a person wrote down can be part of a study."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from studies import script
from studies.events import ALL_VERBS
from studies.importing import Imported, mark_of
from studies.words import N_

TITLE: Final = N_("a play script, .txt")
HEARS: Final = ALL_VERBS  # unless its header says otherwise

_BEGINS: Final = re.compile(
    r"(?:session|case|start|channel|hears)=|-?\d[\d.:TZ+-]*(?:\s*-\s*\d\S*)?\s+(?:citizen|service|lab)\s"
)


def recognises(path: Path) -> bool:
    """A play script begins, after remarks, with a header or with a sentence."""
    if path.is_dir():
        return False
    try:
        with path.open(encoding="utf-8-sig") as file:
            for _number in range(200):
                line = file.readline(2000)
                if not line:
                    return path.suffix == ".txt"
                if (text := line.strip()) and not text.startswith("#"):
                    return bool(_BEGINS.match(text))
    except (UnicodeDecodeError, OSError):
        return False
    return False


def read(path: Path) -> Imported:
    """Every sentence of the script; a session that it does not name is told from those of other scripts.

    Raises WrongInput naming the first line that is none: a script is mended.
    """
    log = script.read(path, unnamed=f"s-{mark_of(path.read_bytes())}-")
    return Imported(log, rows=len(log.sentences))
