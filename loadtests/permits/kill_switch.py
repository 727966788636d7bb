"""The kill switch: a file in the workspace that ends every load under way, from any terminal: `./lab stop`.

Touching `stop_loads` by hand does the same. What was begun after it is not concerned.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

from studies.workspace import Workspace

FILE: Final = "stop_loads"


def switch_of(space: Workspace) -> Path:
    """The file whose moment ends every load that began before it; there may be none."""
    return space.root / FILE


def pull(space: Workspace, now: float | None = None) -> Path:
    """End every load under way now (seconds since 1970); where the switch is."""
    path = switch_of(space)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    moment = time.time() if now is None else now
    os.utime(path, (moment, moment))
    return path


def pulled_since(began: float, space: Workspace) -> bool:
    """Was it pulled since a load began (seconds since 1970)?"""
    try:
        return switch_of(space).stat().st_mtime >= began
    except FileNotFoundError:
        return False
