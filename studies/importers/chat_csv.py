"""Chats and calls as CSV, a message or turn a row: who, what, when (and until when), in which conversation."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from studies.cases.csv_rows import columns_of, rows_of, sheet_of
from studies.cases.moments import Clock
from studies.importing import Imported, Tally, mark_of
from studies.turns import conversations
from studies.turns.turn import Conversation, Turn, micro
from studies.words import N_, _

TITLE: Final = N_("a chat or call as .csv: conversation, speaker, text, time")
HEARS: Final = conversations.HEARS
MAPPED: Final = True

NAMES: Final = {
    "conversation": (
        "conversation", "conversation id", "chat id", "call id", "session", "session id", "thread", "المحادثة",
    ),
    "speaker": ("speaker", "speaker role", "role", "from", "sender", "author", "participant", "المتحدث", "المرسل"),
    "text": ("text", "message", "utterance", "transcript", "content", "body", "said", "الرسالة", "النص"),
    "begins": (
        "begin", "start", "start time", "timestamp", "time", "sent at", "created at", "date", "الوقت", "التاريخ",
    ),
    "ends": ("end", "end time", "until", "النهاية"),
}  # fmt: skip

#: A number of seconds beyond this is since 1970, one beyond a thousand times this is of milliseconds since then.
SINCE_1970: Final = 1e9


def recognises(path: Path) -> bool:
    """Its header names a speaker, a text and a time."""
    sheet = sheet_of(path)
    if sheet is None:
        return False
    there = columns_of(sheet.header, NAMES, {})
    return all(there[key] is not None for key in ("speaker", "text", "begins"))


def read(path: Path) -> Imported:
    """The conversations, where the speakers' names say who is who."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The conversations; the mapping says who is who, the zone, and which of day and month comes first."""
    asked, tally, clock = conversations.asked_of(mapping), Tally(), conversations.clock_of(mapping)
    sheet = sheet_of(path)
    assert sheet is not None
    places = columns_of(sheet.header, NAMES, {})
    speaker, text, begins = (int(places[key] or 0) for key in ("speaker", "text", "begins"))
    whose, ends = places["conversation"], places["ends"]
    rows = list(rows_of(path, sheet, tally))
    told_at = [row[begins] for _line, row in rows if row[begins].strip()]
    clock.look([*told_at, *(row[ends] for _line, row in rows if ends is not None)])
    numbers = all(_number(when) is not None for when in told_at)
    absolute = not numbers or any(SINCE_1970 < float(when) < math.inf for when in told_at)
    turns: dict[str, list[Turn]] = {}
    unnamed = []
    for line, row in rows:
        where = _("line {line}").format(line=line)
        began, ended = (_when(row[k].strip(), clock, numbers) if k is not None else None for k in (begins, ends))
        own = row[whose].strip() if whose is not None else ""
        if not own:
            unnamed.append(row)
        turns.setdefault(own, []).append(Turn(row[speaker].strip(), row[text], began, ended, where))
    channel = "phone" if ends is not None else "chat"
    mark = mark_of(repr(unnamed).encode())
    found = [
        Conversation(own or path.stem, tuple(told), channel, absolute, mark="" if own else mark)
        for own, told in turns.items()
    ]
    read_ = conversations.imported(found, asked, tally, len(rows))
    notes = read_.notes if numbers else (*read_.notes, *clock.told())
    return Imported(read_.log, read_.left_out, read_.rows, notes, read_.facts)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _when(text: str, clock: Clock, numbers: bool) -> int | None:
    if not text:
        return None
    number = _number(text) if numbers else None
    if number is None:
        return clock.moment(text)
    return micro(number, 1000 if number > 1000 * SINCE_1970 else 1_000_000)
