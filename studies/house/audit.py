"""Who did what against which target, when, and how it ended: a line each in the workspace's `audit.jsonl`.

Every line holds the SHA-256 of the line before it, so that a line changed, taken out or put in breaks the chain, and
`broken` says where. A line is on disk when `note` returns; what was begun and never ended is something whose machine
died. Lines cut off the end leave a chain that holds: `head` is the newest link, to be kept elsewhere and asked for.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import orjson

from studies.house.people import acting
from studies.titles import whole
from studies.troubles import Failed
from studies.words import N_, _
from studies.workspace import Workspace

FILE: Final = "audit.jsonl"
BEFORE: Final = "before"
#: what stands in a line as a key -> what people read
WORDS: Final = {
    "begins": N_("begins"), "ends": N_("ends"), "did": N_("done"), "refused": N_("refused"), "torn": N_("half a line"),
    "done": N_("done"), "ran its time": N_("ran its time"), "stopped": N_("stopped by hand"),
    "permission withdrawn": N_("permission withdrawn"), "failed": N_("failed"), "failed: Failed": N_("failed"),
    "failed: WrongInput": N_("failed: what was given cannot be used"),
}  # fmt: skip
_also: ContextVar[dict[str, Any] | None] = ContextVar("also", default=None)


def note(space: Workspace, what: str, run: str, when: datetime, **facts: Any) -> None:
    """Add a line: `what` (begins, ends, refused, did) happened to which run, when; it is on disk when this returns."""
    line = {"when": when.isoformat(), "what": what, "run": run, "who": acting(), "host": socket.gethostname(), **facts}
    path = file_of(space)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # whoever writes beside this one waits: each line needs the one before it
        last, whole = _last(handle)
        body = orjson.dumps({**line, BEFORE: _sum(last)}, option=orjson.OPT_APPEND_NEWLINE)
        os.write(handle, body if whole else b"\n" + body)  # a machine that died left half a line: it stays, on its own
        os.fsync(handle)
    finally:
        os.close(handle)


def did(space: Workspace, doing: str, when: datetime | None = None, **facts: Any) -> None:
    """Note something that is done at once: an export, a role given. Raises Failed where it cannot be noted."""
    with _or_not_at_all(space):
        note(space, "did", _name(doing), when or datetime.now(UTC), doing=doing, **_told(facts))


@contextmanager
def doing(space: Workspace, what: str, **facts: Any) -> Iterator[None]:
    """Note that something begins and how it ends. Raises Failed, before it begins, where that cannot be noted."""
    run, more = _name(what), dict[str, Any]()
    with _or_not_at_all(space):
        note(space, "begins", run, datetime.now(UTC), doing=what, **_told(facts))
    was, ending = _also.set(more), "done"
    try:
        yield
    except BaseException as trouble:
        ending = _ending(trouble)
        raise
    finally:
        _also.reset(was)
        with suppress(OSError):  # a disk that is full must not take the result with it
            note(space, "ends", run, datetime.now(UTC), doing=what, **_told(more), ending=ending)


def also(**facts: Any) -> None:
    """Add to what will be noted of whatever is under way here: a target that only showed itself on the way."""
    more = _also.get()
    if more is not None:
        more.update(facts)


def refused(space: Workspace, what: str, roles: frozenset[str]) -> None:
    """Note that somebody was refused; a trail that cannot be written does not let them in either."""
    with suppress(OSError):
        note(space, "refused", _name(what), datetime.now(UTC), doing=what, roles=sorted(roles))


def lines(space: Workspace) -> Iterator[dict[str, Any]]:
    """All that was noted, in order; half a line that a dying machine left is told as `torn`."""
    path = file_of(space)
    if path.exists():
        for line in path.read_bytes().splitlines():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                yield {"what": "torn"}


def broken(space: Workspace) -> list[int]:
    """The lines, from 1, that are not linked to the line before them: there the trail was changed.

    Lines from before the chain began (an older lab's) are held by the first line that is linked.
    """
    path = file_of(space)
    if not path.exists():
        return []
    found, begun, before = list[int](), False, b""
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        link = _link(line)
        begun = begun or link is not None
        # Half a line has no link, but the line after it holds it.
        unlinked = line.endswith(b"}") if link is None else link != _sum(before)
        if begun and unlinked:
            found.append(number)
        before = line
    return found


def head(space: Workspace) -> str:
    """The newest link of the chain. Noted elsewhere, it shows later that nothing was cut off the end."""
    path = file_of(space)
    kept = path.read_bytes().splitlines() if path.exists() else []
    return _sum(kept[-1] if kept else b"")


def holds(space: Workspace, noted: str) -> bool:
    """Whether a link that was noted at another time is still in the chain."""
    path = file_of(space)
    return any(_sum(line) == noted for line in path.read_bytes().splitlines()) if path.exists() else False


def file_of(space: Workspace) -> Path:
    """Where it is kept."""
    return space.root / FILE


def _last(handle: int) -> tuple[bytes, bool]:
    """The last line without its end, and whether it has one."""
    size = os.fstat(handle).st_size
    tail, at = b"", size
    while at and b"\n" not in tail[:-1]:
        step = min(at, 65_536)
        at -= step
        tail = os.pread(handle, step, at) + tail
    whole = not tail or tail.endswith(b"\n")
    return tail.removesuffix(b"\n").rsplit(b"\n", 1)[-1], whole


def _link(line: bytes) -> str | None:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return told.get(BEFORE) if isinstance(told, dict) else None


def _sum(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _name(what: str) -> str:
    return f"{what.replace(' ', '-')}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they may be kept: what was not said is left out, a path is its name, an address has no secrets."""
    return {name.rstrip("_"): _plain(value) for name, value in facts.items() if value not in (None, False, (), [], "")}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.name
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, str) and "://" in value:
        parts = urlsplit(value)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    if isinstance(value, (str, bool, int, float)):
        return value
    return str(value)


def _ending(trouble: BaseException) -> str:
    if isinstance(trouble, KeyboardInterrupt | SystemExit):
        return "stopped"
    if type(trouble).__name__ == "Exit":  # a command's own way to say how it ended: gates that failed, a void run
        code = getattr(trouble, "exit_code", 1)
        return f"exit {code}" if code else "done"
    return f"failed: {type(trouble).__name__}"  # its message may hold what a file holds; its kind says enough


@contextmanager
def _or_not_at_all(space: Workspace) -> Iterator[None]:
    try:
        yield
    except OSError as cause:
        raise Failed(
            _("The audit trail in {file} cannot be written ({cause}); without it this is not done.").format(
                file=file_of(space), cause=cause.strerror or cause
            )
        ) from cause


def in_words(key: str) -> str:
    """What happened, or how it ended, in the language in force; what only programmers call by its name keeps that."""
    kind, _colon, what = key.partition(": ")
    if key not in WORDS and kind == "failed":
        return _("failed in the lab itself: {what}").format(what=whole(what))
    if key not in WORDS and kind.startswith("exit "):
        return _("ended with exit code {code}").format(code=kind.removeprefix("exit "))
    return _(WORDS.get(key, key))


def told(line: Mapping[str, Any]) -> str:
    """A line of the trail as the terminal prints it: when, who, what, about what, how it ended; no checksums."""
    known = {"when", "what", "run", "who", "host", BEFORE, "doing", "ending"}
    facts = " ".join(f"{name}={value}" for name, value in line.items() if name not in known)
    deed, ending = line.get("doing") or line.get("run", ""), line.get("ending")
    words = (line.get("when", "")[:19], line.get("who", ""), in_words(line["what"]), deed, facts)
    return "  ".join(str(word) for word in (*words, in_words(ending) if ending else "") if word)
