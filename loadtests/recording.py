"""What every load citizen went through, kept as the same sentences that robots and participants leave.

The generator writes finished journeys to a run file, one line a flush (a crash loses half a second at most); afterwards
the lab reads that file into the one log. A journey's line is a tuple, since names would be most of its bytes. What a
page says is written once: a journey only names its legs, each with its moments, and is told in full when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

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


#: A sentence of a leg: which of its moments it was said in, then actor, verb, about, step, channel, agency, cause,
#: sense, value.
Row = tuple[int, str, str, str | None, str | None, str, str | None, str | None, str | None, float | None]


class Sayings:
    """Everything that is said on a leg, numbered, each once; one for the whole process."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[tuple[Row, ...], int], int] = {}
        self._kept: list[tuple[tuple[Row, ...], int]] = []

    def number(self, rows: tuple[Row, ...], moments: int) -> int:
        """The number of these sentences, for each of which a journey keeps so many moments."""
        key = (rows, moments)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._kept)
            self._kept.append(key)
        return number

    def moments(self, number: int) -> int:
        """How many moments a journey keeps for these sentences."""
        return self._kept[number][1]

    def since(self, number: int) -> list[tuple[tuple[Row, ...], int]]:
        """Those from a number on."""
        return self._kept[number:]


SAYINGS: Final = Sayings()


class Told(NamedTuple):
    """One journey of one load citizen: when, how it ended and at which step, and every sentence of it.

    Times are microseconds since 1970 UTC; `said` holds a row a sentence, in the order of SAID. `why` is the kind of
    failure in a few words that are the same for all that failed alike. `task` is the journey, where a load has several;
    `intended` is when this citizen was due, None where citizens begin when they like.

    On its way to the run file `said` may be short: how many citizens were under way, then for each leg the number of
    its sentences and its moments, in microseconds since the start.
    """

    session: str
    started: int
    ended: int
    ending: str
    step: str | None
    why: str | None
    persona: str
    requests: int
    said: list[Any]
    task: str | None = None
    intended: int | None = None

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
        self._kept: list[Any] = []
        self._written = 0  # so many sayings are in the file

    def tell(self, told: Told) -> None:
        """Keep a journey until the next flush."""
        self._kept.append(tuple(told))

    def flush(self) -> None:
        """Write what was kept since the last flush, so that a crash from here on cannot lose it."""
        if not self._kept:
            return
        kept, self._kept = self._kept, []
        if fresh := SAYINGS.since(self._written):
            kept.insert(0, {"from": self._written, "sayings": fresh})
            self._written += len(fresh)
        self._file.write(orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE))
        self._file.flush()


def read_run(path: Path) -> Iterator[Told]:
    """The journeys of a run file, told in full, a line that a crash cut short left out."""
    if not path.exists():
        return
    sayings: dict[int, tuple[list[list[Any]], int]] = {}
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                continue
            for one in orjson.loads(line):
                if isinstance(one, dict):
                    sayings.update(enumerate(map(tuple, one["sayings"]), one["from"]))
                else:
                    told = Told(*one)
                    short = bool(told.said) and not isinstance(told.said[0], list)
                    yield told._replace(said=in_full(told.said, told.started, sayings)) if short else told


def in_full(short: list[Any], started: int, sayings: Mapping[int, tuple[list[list[Any]], int]]) -> list[list[Any]]:
    """What was said on a journey's legs, a row a sentence. What opens a wait carries how many citizens there were."""
    crowd, at = float(short[0]), 1
    rows: list[list[Any]] = []
    while at < len(short):
        said, moments = sayings[short[at]]
        when = short[at + 1 : at + 1 + moments]
        for slot, actor, verb, *about, value in said:
            opens = actor == "citizen" and verb in ("acts", "asks", "submits")
            # A journey that was stopped never came to some moments, nor to what would have been said in them.
            if when[slot] is not None:
                rows.append([started + when[slot], None, len(rows), actor, verb, *about, crowd if opens else value])
        at += 1 + moments
    return rows


def log_of(
    journeys: Iterable[Told],
    *,
    study: str,
    task: str,
    condition: str | None,
    language: str | None = None,
    deaf: Mapping[str, Iterable[str]] | None = None,
) -> Log:
    """The journeys of a load as part of the one log, their sessions marked as load; `deaf`: to what else, by task."""
    hears = {name: sorted(HEARS.difference(verbs)) for name, verbs in (deaf or {}).items()}
    usual = sorted(HEARS)
    columns: dict[str, list] = {name: [] for name in SENTENCES.names}
    sessions: dict[str, list] = {name: [] for name in SESSIONS.names}
    for told in journeys:
        columns["session"].extend([told.session] * len(told.said))
        columns["case"].extend([told.session] * len(told.said))
        for name, said in zip(SAID, zip(*told.said, strict=True), strict=False):  # nothing said: no columns at all
            columns[name].extend(said)
        facts = {"session": told.session, "started": told.started, "ended": told.ended, "source": "load"}
        facts |= {"study": study, "task": told.task or task, "condition": condition, "language": language}
        facts |= {"device": "wire", "persona": told.persona, "hears": hears.get(told.task or task, usual)}
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
