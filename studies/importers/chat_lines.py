"""Chats as lines of text: WhatsApp's export (iOS and Android, with Arabic digits and marks), and bracketed logs.

    [3/4/26, 2:27:57 PM] Sara: …        3/4/26, 2:27 pm - Sara: …        [12:18] <sara> …

Lines without a speaker are the system's own and are left out; a line that does not begin with a time goes on with the
message before. Which of day and month comes first the file must show, or is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from studies.cases.moments import Clock
from studies.importing import Imported, Tally, mark_of
from studies.turns import conversations
from studies.turns.turn import Conversation, Turn
from studies.words import N_, _

TITLE: Final = N_("a chat as lines: WhatsApp's export, or [time] <name> text")
HEARS: Final = conversations.HEARS
MAPPED: Final = True

_MARKS: Final = str.maketrans("", "", "\u200e\u200f\u202a\u202b\u202c\ufeff")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_DATE: Final = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}[,،]?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:[AaPp]\.?[Mm]\.?|ص|م))?"
_LINE: Final = re.compile(rf"^\[?(?P<when>{_DATE})\]?\s*(?:-\s*|–\s*)?(?:(?P<who>[^:]{{1,80}}?):\s)?(?P<text>.*)$")
_CLOCK: Final = re.compile(r"^\[(?P<when>\d{1,2}:\d{2}(?::\d{2})?)\]\s+<(?P<who>[^>]{1,80})>\s?(?P<text>.*)$")
_SYSTEM: Final = re.compile(r"^(?:===|\[\d{1,2}:\d{2}(?::\d{2})?\]\s+(?:\*|===|-))")
_MOST: Final = 256 << 20
_DAY: Final = 24 * 3600 * 1_000_000


def recognises(path: Path) -> bool:
    """Most of its first lines begin with a time and a name."""
    if path.is_dir():
        return False
    with path.open("rb") as file:
        beginning = file.read(8192)
    if beginning[:1] in (b"{", b"<") or b"\x00" in beginning:
        return False
    lines = [_plain(line) for line in beginning.decode("utf-8", errors="replace").splitlines() if line.strip()][:40]
    hits = [line for line in lines if _LINE.match(line) or _CLOCK.match(line) or _SYSTEM.match(line)]
    return any(_LINE.match(line) or _CLOCK.match(line) for line in hits) and len(hits) * 2 >= len(lines)


def read(path: Path) -> Imported:
    """The chat, where its names say who is who."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The chat; the mapping says who is who (`speakers`), the `zone`, and which of day and month comes first."""
    asked, tally = conversations.asked_of(mapping), Tally()
    clock = conversations.clock_of(mapping)
    body = path.read_bytes()[:_MOST]
    lines = body.decode("utf-8", errors="replace").splitlines()
    plain = [_plain(line) for line in lines]
    clock.look([hit["when"].translate(str.maketrans(",،", "  ")) for line in plain if (hit := _LINE.match(line))])
    turns = list(_turns(plain, clock, tally))
    absolute = any(_LINE.match(line) for line in plain)
    chat = Conversation(path.stem, tuple(turns), channel="chat", absolute=absolute, mark=mark_of(body))
    read_ = conversations.imported([chat], asked, tally, len(turns))
    notes = (*read_.notes, *clock.told()) if absolute else read_.notes
    return Imported(read_.log, read_.left_out, read_.rows, notes, read_.facts)


def _turns(lines: list[str], clock: Clock, tally: Tally) -> Iterator[Turn]:
    held: Turn | None = None
    at = 0  # where lines tell a time of day alone: µs since the day of the first began
    for number, line in enumerate(lines, 1):
        place = _("line {line}").format(line=number)
        if _SYSTEM.match(line):
            continue
        if hit := _LINE.match(line):
            if held:
                yield held
            held = None
            moment = clock.moment(re.sub(r"[,،]\s*", " ", hit["when"]))
            if hit["who"] is None:
                tally.leave(_("the system's own lines"), _("nobody says them"))
            else:
                held = Turn(hit["who"].strip(), hit["text"], moment, None, place)
        elif hit := _CLOCK.match(line):
            if held:
                yield held
            at += (_of_day(hit["when"]) - at + _DAY // 2) % _DAY - _DAY // 2 if held else _of_day(hit["when"])
            held = Turn(hit["who"], hit["text"], at, None, place)
        elif held and line.strip():  # the message goes on
            held = Turn(held.speaker, f"{held.text} {line}", held.begins, None, held.place)
    if held:
        yield held


def _of_day(text: str) -> int:
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return ((hours * 60 + minutes) * 60 + (seconds[0] if seconds else 0)) * 1_000_000


def _plain(line: str) -> str:
    return line.translate(_MARKS).translate(_DIGITS).replace("\u202f", " ").replace("\u00a0", " ")
