"""rrweb session recordings: what a citizen did on a web page and what the page showed, from the recorder that many
session-replay tools are built on.

An array of events or one a line, plain or gzipped, of rrweb 1 and 2. A file is one session, unless its events name
theirs (`session`, `sessionId`, `session_id`). What a recording cannot tell stays unsaid: that the citizen gave up,
that another agency took over. That the need was settled is heard where a heading says so in words known here.
A way back to a page that the browser had kept is heard only by the next thing done there. Values that were typed are
in the recording and never come into the log.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Final

from studies.events import Sentence, Session
from studies.importers.of_rrweb.stream import LATEST, events, first_event, opened
from studies.importers.of_rrweb.telling import Line, tell
from studies.importers.of_rrweb.watching import Watch
from studies.importing import Imported, Tally
from studies.log import Log
from studies.troubles import WrongInput
from studies.words import N_, _

TITLE: Final = N_("an rrweb recording, .json, .ndjson or .gz")
HEARS: Final = frozenset("begins acts gives submits responds answers requests refuses concludes notes breaks".split())

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PHONE: Final = 500  # pixels: a touched window no wider than this is a phone's
MOST_SESSIONS: Final = 1_000  # sessions of one file that are heard side by side
_TOLD_SESSION: Final = ("session", "sessionId", "session_id")


def recognises(path: Path) -> bool:
    """A recording begins with an event: a type of rrweb's, a time, and data."""
    if path.is_dir():
        return False
    event = first_event(path)
    return event is not None and 0 <= event["type"] <= 7 and "data" in event


def read(path: Path) -> Imported:
    """The recording's sessions, as far as the file can be read; what cannot be is listed with its place."""
    tally = Tally()
    watches: dict[str, Watch] = {}
    rows = 0
    for number, event in events(path, tally):
        rows += 1
        told = str(next((event[key] for key in _TOLD_SESSION if isinstance(event.get(key), str | int)), ""))
        if told not in watches and len(watches) >= MOST_SESSIONS:
            tally.leave(_("events of further sessions"), _("one file may hold {most}").format(most=MOST_SESSIONS))
            continue
        watch = watches.setdefault(told, Watch(tally))
        try:
            watch.hear(event)
        except RecursionError:
            tally.leave(_("event {number}").format(number=number), _("it is nested too deeply"))
    if not rows:
        raise WrongInput(
            _("{name} holds no event of an rrweb recording: an array or lines of type, data, timestamp.").format(
                name=path.name
            )
        )
    mark = _mark(path)
    sentences: list[Sentence] = []
    sessions: list[Session] = []
    for told, watch in watches.items():
        name = f"rrweb-{mark}" + (f"-{blake2b(told.encode(), digest_size=4).hexdigest()}" if told else "")
        heard = _session(name, watch)
        sessions.append(heard)
        sentences += _sentences(name, watch, heard.ended)
    return Imported(Log.of(sentences, sessions), tally.told(), rows)


def _session(name: str, watch: Watch) -> Session:
    watch.end()
    begun = min([watch.first or 0.0, *(m.when for m in watch.moments)])
    ended = max([watch.last, *(m.until or m.when for m in watch.moments)])
    return Session(
        name,
        _moment(begun),
        _moment(ended),
        language=watch.language,
        device="phone" if _on_phone(watch) else None,
        hears=HEARS,
    )


def _on_phone(watch: Watch) -> bool:
    return watch.touched and 0 < watch.width <= PHONE


def _sentences(name: str, watch: Watch, ended: datetime | None) -> list[Sentence]:
    if not watch.moments:
        return []
    lines = tell(watch.moments, watch.hears_requests, watch.first or 0.0, watch.last)
    channel = "mobile" if _on_phone(watch) else "web"
    return [_sentence(name, channel, place, line) for place, line in enumerate(lines)]


def _sentence(name: str, channel: str, place: int, line: Line) -> Sentence:
    return Sentence(
        session=name,
        when=_moment(line.when),
        until=None if line.until is None else _moment(max(line.until, line.when)),
        seq=place,
        actor=line.actor,
        verb=line.verb,
        about=line.about,
        channel=channel,
        cause=line.cause,
        sense=line.sense,
    )


def _moment(milliseconds: float) -> datetime:
    return EPOCH + timedelta(milliseconds=min(max(milliseconds, 0.0), LATEST))


def _mark(path: Path) -> str:
    """What tells this recording from every other: the same file brought in twice is the same session."""
    digest = blake2b(digest_size=6)
    with opened(path) as file:
        try:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        except (EOFError, zlib.error):
            pass  # a broken zip is told where it is read
    return digest.hexdigest()
