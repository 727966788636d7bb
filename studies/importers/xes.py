"""XES event logs (IEEE 1849), .xes and .xes.gz: what process-mining tools exchange.

Read as a stream, never held in memory. A file that declares entities is refused: no event log needs any, and they are
how a small file becomes a large one. Of an event its activity (`concept:name`), time, group (`org:group`, else
`org:role`) and life-cycle are read; only what is completed happened to the citizen, so that `start` and the like tell
when their activity began; those that nothing completes are left out, and told. In a log of starts alone each start is
what happened.
"""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from studies import how_far
from studies.cases.case_file import clock_of, imported, mapping_from
from studies.cases.events import Gathering
from studies.cases.mapping import Mapping
from studies.cases.moments import Clock
from studies.events import ALL_VERBS
from studies.importing import Imported, Tally, mark_of
from studies.troubles import WrongInput
from studies.words import N_, _

TITLE: Final = N_("an XES event log, .xes or .xes.gz")
HEARS: Final = ALL_VERBS  # what a file tells is what its mapping names
MAPPED: Final = True

#: The beginning of an activity: case, activity, when, group.
_Start = tuple[str, str, int, str | None]

_GZIP: Final = b"\x1f\x8b"
_AT_ONCE: Final = 1 << 18
_BEGINS: Final = frozenset({"start"})
#: Steps of the standard life-cycle at which nothing has happened to the citizen yet, or no more.
_BESIDE: Final = frozenset(
    "schedule assign reassign suspend resume withdraw autoskip manualskip pi_abort ate_abort".split()
)


def recognises(path: Path) -> bool:
    """XML whose first element is a log."""
    if path.is_dir():
        return False
    try:
        with _opened(path) as file:
            beginning = file.read(20_000)
    except (OSError, EOFError):
        return False
    return b"<log" in beginning and beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read(path: Path) -> Imported:
    """The file's cases, read by a shipped mapping that fits or by a proposed one."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The file's cases, as far as it can be read. Raises WrongInput for a file that declares entities."""
    given = mapping_from(mapping)
    tally, clock = Tally(), clock_of(given)
    stream = _Stream(clock, tally)
    parser = expat.ParserCreate()
    parser.buffer_text = parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = stream.handlers()
    parser.EntityDeclHandler = _no_entities
    parser.ExternalEntityRefHandler = _no_entities
    try:
        with _opened(path) as file:
            while part := file.read(_AT_ONCE):
                parser.Parse(part)
            parser.Parse(b"", True)
    except (expat.ExpatError, EOFError, OSError) as cause:
        stream.cut_off()
        where = _("line {line} and what follows").format(line=parser.CurrentLineNumber)
        tally.leave(where, _("this is no XML any more: {why}").format(why=cause))
    notes = stream.told()
    return imported(stream.gathered.events(), given or Mapping(), clock, tally, stream.rows, notes)


def _no_entities(*_told: object) -> int:
    raise WrongInput(_("The file declares entities of its own, which no event log needs. It was not read."))


class _Stream:
    """What is known of the trace and the event that are being read.

    The two handlers are closures over plain variables: they are called for every element of a file of gigabytes.
    """

    def __init__(self, clock: Clock, tally: Tally) -> None:
        self.gathered = Gathering()
        self.rows = 0
        self._clock, self._tally = clock, tally
        self._case: str | None = None
        self._cases = 0
        self._held: list[dict[str, str]] = []  # events of a trace whose name comes behind them
        self._begun: dict[tuple[str, str], deque[_Start]] = {}  # what nothing has completed yet, the earliest first
        self._only_begun: list[_Start] = []  # of the cases so far, while nothing was completed in any

    def handlers(self) -> tuple[Callable[[str, list[str]], None], Callable[[str], None]]:
        """What is done where an element begins (its attributes a list, name and value in turn) and where it ends."""
        depth, in_trace, in_event = 0, False, False
        event: dict[str, str] = {}

        def starts(name: str, told: list[str]) -> None:
            nonlocal depth, in_trace, in_event, event
            if in_event:
                depth += 1
                if depth == 1 and told:  # deeper ones are remarks about an attribute
                    if told[0] == "key" and len(told) == 4:  # nearly always, and in this order
                        event[told[1]] = told[3]
                    else:
                        each = _named(told)
                        event[each.get("key", "")] = each.get("value", "")
            elif in_trace:
                if name == "event" and depth == 0:
                    in_event, event = True, {}
                else:
                    depth += 1
                    if depth == 1 and "concept:name" in told:
                        self._case = _named(told).get("value") or None
            elif name == "trace":
                in_trace, depth = True, 0
                self.begins_trace()

        def ends(_name: str) -> None:
            nonlocal depth, in_trace, in_event
            if depth:
                depth -= 1
            elif in_event:
                in_event = False
                self.took(event)
            elif in_trace:
                in_trace = False
                self.cut_off()

        return starts, ends

    def begins_trace(self) -> None:
        """Another case."""
        self._case = None
        self._cases += 1

    def took(self, event: dict[str, str]) -> None:
        """An event was read whole."""
        self.rows += 1
        if self._case is None:
            self._held.append(event)
        else:
            self._keep(self._case, event)

    def cut_off(self) -> None:
        """Nothing more comes of this trace: one without a name takes its number, and what happened in it."""
        case = self._case or f"trace {self._cases} {mark_of(repr(self._held).encode())}"
        for event in self._held:
            self._keep(case, event)
        self._held = []
        if self._begun:
            self._only_begun += (start for starts in self._begun.values() for start in starts)
            self._begun = {}
        if self._only_begun and self.gathered:
            why = _("nothing completes them; what is only begun has not happened to the citizen yet")
            self._tally.leave(_("starts"), why, len(self._only_begun))
            self._only_begun = []

    def told(self) -> list[str]:
        """How a log of starts alone was read, which only its end shows."""
        for case, activity, when, group in self._only_begun:
            self.gathered.add(case, activity, when, None, group)
        return [_("The log tells only when activities began: each was read as done then.")] if self._only_begun else []

    def _keep(self, case: str, event: dict[str, str]) -> None:
        told = event.get
        activity = told("concept:name", "").strip()
        when = self._clock.moment(told("time:timestamp", "")) if activity else None
        if when is None:
            why = _("its time cannot be read") if activity else _("it names no activity")
            self._tally.leave(_("event {number}").format(number=self.rows), why)
            return
        cycle = told("lifecycle:transition", "").lower()
        group = told("org:group") or told("org:role")
        if cycle in _BESIDE:
            return
        began = None
        if cycle in _BEGINS or self._begun:
            pair = (activity, told("concept:instance", ""))
            if cycle in _BEGINS:
                self._begun.setdefault(pair, deque()).append((case, activity, when, group))
                return
            if starts := self._begun.get(pair):
                began = starts.popleft()[2]
                if not starts:
                    del self._begun[pair]
        if began is None or began > when:
            self.gathered.add(case, activity, when, None, group)
        else:
            self.gathered.add(case, activity, began, when, group)


def _named(told: list[str]) -> dict[str, str]:
    return dict(zip(told[::2], told[1::2], strict=True))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with how_far.opened(path) as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        if packed:
            with gzip.open(raw) as file:
                yield file  # type: ignore[misc]
        else:
            yield raw
