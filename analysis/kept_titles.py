"""What the journeys of studies were called when they were conducted, as it was kept beside their reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from studies.titles import Title
from studies.workspace import Workspace


def kept_titles(space: Workspace) -> Mapping[str, Title]:
    """Title by journey, of every study of a workspace; the same mapping as long as nothing is written there."""
    return _titles(space.reports, space.reports.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _titles(folder: Path, written: int) -> dict[str, Title]:
    found: dict[str, Title] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and isinstance(told.get("journeys"), dict):
            found.update(told["journeys"])
    return found
