"""How far the recorder can be trusted: what its last calibration came to, for the report of every study to cite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from studies.workspace import CHECKOUT

TABLE: Final = CHECKOUT / "BENCHMARKS.md"
_WRITTEN: Final = re.compile(r"^Written (?P<day>\d{4}-\d{2}-\d{2}): (?P<machine>[^\n]+)\.$", re.M)
_ERROR: Final = re.compile(r"^(?P<which>[a-z ]+): (?P<median>\d+) / (?P<p95>\d+) ms \(.*n = (?P<n>\d+)\)", re.M)
_ROW: Final = re.compile(r"^\| [a-z0-9_]+ \| \d+ \| \d+ \| (?P<missed>\d+) \| (?P<invented>\d+) \|", re.M)


@dataclass(frozen=True, slots=True)
class Error:
    """By how much the recorder's silence differed from the truth: median and 95th percentile in ms, of n."""

    median: int
    p95: int
    n: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The last calibration: when, on what, how many phenomena, what was missed and invented, and the errors."""

    day: str
    machine: str
    phenomena: int
    missed: int
    invented: int
    within_page: Error
    across_loads: Error
    eye: Error


def calibration(table: Path = TABLE) -> Calibration | None:
    """What `./lab calibrate --write` wrote last; None where it wrote nothing."""
    try:
        text = table.read_text(encoding="utf-8").partition("<!-- calibration:")[2]
    except OSError:
        return None
    written, rows = _WRITTEN.search(text), list(_ROW.finditer(text))
    errors = {e["which"]: Error(int(e["median"]), int(e["p95"]), int(e["n"])) for e in _ERROR.finditer(text)}
    parts = [errors.get(which) for which in ("within a page", "across page loads", "against the eye")]
    if written is None or not rows or None in parts:
        return None
    missed, invented = (sum(int(row[name]) for row in rows) for name in ("missed", "invented"))
    return Calibration(written["day"], written["machine"], len(rows), missed, invented, *(p for p in parts if p))
