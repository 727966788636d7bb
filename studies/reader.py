"""For whom the first page is: designer, QA engineer or leader, as they said themselves, and how far their tour is.

One small file a person in the workspace, written whole; it names nobody but by a checksum, and nothing rests on it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from studies.house.rights import ADMIN
from studies.workspace import Workspace

READERS: Final = ("designer", "qa", "leader")
OVER: Final = -1  # a tour that was walked to its end, or skipped


@dataclass(frozen=True, slots=True)
class Reader:
    """Who somebody said they are here as (None: not yet), and at which stop of the tour they stand."""

    here_as: str | None = None
    stop: int = 0


def offered_to(roles: Iterable[str]) -> tuple[str, ...]:
    """As whom somebody with these roles can be here; an admin, and whoever has none of the three, as any of them."""
    have = {*roles}
    mine = tuple(one for one in READERS if one in have)
    return READERS if ADMIN in have or not mine else mine


def reader(name: str, space: Workspace) -> Reader:
    """What somebody chose; nothing yet where the file is not there or is none of ours."""
    try:
        told = json.loads(_file(name, space).read_text(encoding="utf-8"))
        here_as, stop = told.get("here_as"), told.get("stop", 0)
        return Reader(here_as if here_as in READERS else None, stop if isinstance(stop, int) else 0)
    except (OSError, ValueError, AttributeError):
        return Reader()


def remember(name: str, space: Workspace, **change: str | int | None) -> Reader:
    """Keep a choice; where the disk does not take it, it holds for as long as the page is open."""
    new = replace(reader(name, space), **change)  # type: ignore[arg-type]
    path = _file(name, space)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(asdict(new)), encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
    return new


def _file(name: str, space: Workspace) -> Path:
    return space.root / "readers" / f"{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}.json"
