"""What every load citizen went through, kept as the same sentences that robots and participants leave.

The generator writes finished journeys to a run file, one line a flush (a crash loses half a second at most); afterwards
the lab reads that file into the one log. A journey's line is a tuple, since names would be most of its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa

from studies.events import ALL_VERBS, Sentence
from studies.log import SENTENCES, SESSIONS, Log

#: How a journey under load can end; the first is the only one that completes it.
ENDINGS: Final = ("done", "refused", "left", "lost", "failed", "broken", "open", "unfinished")

#: What the wire cannot hear: signs that something is under way, and ratings.
HEARS: Final = ALL_VERBS - {"responds", "rates"}

#: The columns of a sentence in the run file; session and case stand once, before its journey's sentences.
SAID: Final = tuple(name for name in SENTENCES.names if name not in ("session", "case"))


@dataclass(frozen=True, slots=True)
class Told:
    """One journey of one load citizen: when, how it ended and at which step, and every sentence of it.

    Times are microseconds since 1970 UTC; `said` holds a row a sentence, in the order of SAID. `why` is the kind of
    failure in a few words that are the same for all that failed alike.
    """

    session: str
    started: int
    ended: int
    ending: str
    step: str | None
    why: str | None
    persona: str
    requests: int
    said: list[list[Any]]

    def seconds(self) -> float:
        """How long the journey took."""
        return (self.ended - self.started) / 1e6


def microseconds(moment: datetime) -> int:
    """A moment as microseconds since 1970 UTC."""
    return round(moment.timestamp() * 1e6)


def rows_of(said: Iterable[Sentence], citizens: int) -> list[list[Any]]:
    """Sentences as the run file keeps them. What opens a wait carries how many citizens were under way then."""
    rows = []
    for s in said:
        crowd = float(citizens) if s.actor == "citizen" and s.verb in ("acts", "asks", "submits") else s.value
        until = None if s.until is None else microseconds(s.until)
        what: list[Any] = [s.actor, s.verb, s.about, s.step, s.channel, s.agency, s.cause, s.sense, crowd]
        rows.append([microseconds(s.when), until, s.seq, *what])
    return rows


class RunFile:
    """Journeys on their way to the disk: `tell` keeps one, `flush` writes all that were kept as one line."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._kept: list[tuple] = []

    def tell(self, told: Told) -> None:
        """Keep a journey until the next flush."""
        self._kept.append(
            (told.session, told.started, told.ended, told.ending, told.step, told.why)
            + (told.persona, told.requests, told.said)
        )

    def flush(self) -> None:
        """Write what was kept since the last flush, so that a crash from here on cannot lose it."""
        if self._kept:
            kept, self._kept = self._kept, []
            self._file.write(orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE))
            self._file.flush()


def read_run(path: Path) -> Iterator[Told]:
    """The journeys of a run file, a line that a crash cut short left out."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield from (Told(*journey) for journey in orjson.loads(line))


def log_of(
    journeys: Iterable[Told], *, study: str, task: str, condition: str | None, language: str | None = None
) -> Log:
    """The journeys of a load as part of the one log, their sessions marked as load."""
    columns: dict[str, list] = {name: [] for name in SENTENCES.names}
    sessions: dict[str, list] = {name: [] for name in SESSIONS.names}
    for told in journeys:
        columns["session"].extend([told.session] * len(told.said))
        columns["case"].extend([told.session] * len(told.said))
        for name, said in zip(SAID, zip(*told.said, strict=True), strict=False):  # nothing said: no columns at all
            columns[name].extend(said)
        facts = {"session": told.session, "started": told.started, "ended": told.ended, "source": "load"}
        facts |= {"study": study, "task": task, "condition": condition, "language": language, "device": "wire"}
        facts |= {"persona": told.persona, "hears": sorted(HEARS)}
        for name, values in sessions.items():
            values.append(facts.get(name))
    return Log.checked(_table(columns, SENTENCES), _table(sessions, SESSIONS))


def _table(columns: dict[str, list], schema: pa.Schema) -> pa.Table:
    arrays = []
    for field in schema:
        moments = pa.types.is_timestamp(field.type)
        array = pa.array(columns[field.name], pa.int64() if moments else field.type)
        arrays.append(array.cast(field.type) if moments else array)
    return pa.table(arrays, schema=schema)


def moment(us: int) -> datetime:
    """Microseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(us / 1e6, UTC)
