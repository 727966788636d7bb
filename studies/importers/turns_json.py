"""Calls and chats as JSON lists of turns: who, what, and when it began and ended, by the names that are usual.

One list is one conversation; a list of objects with a list of turns each is several. Pairs such as ["agent", "Hello"]
are turns without a time, which cannot be measured and are left out: a time is never invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from studies.cases.moments import Clock
from studies.importing import Imported, Tally, mark_of
from studies.troubles import WrongInput
from studies.turns import conversations
from studies.turns.turn import Conversation, Turn, micro
from studies.words import N_, _

TITLE: Final = N_("a call or chat as turns, .json")
HEARS: Final = conversations.HEARS
MAPPED: Final = True

_SPEAKER: Final = ("speaker_role", "speaker", "role", "participant", "from", "author", "sender", "who", "user")
_TEXT: Final = ("human_transcript", "text", "transcript", "message", "content", "utterance", "body", "said")
#: Begin and end, with the µs that one of it is. `start_ms` of Harper Valley is per channel: `offset_ms` comes first.
_BEGINS: Final = (
    ("offset_ms", 1000), ("begin_ms", 1000), ("start_ms", 1000), ("start", 1_000_000), ("begin", 1_000_000),
    ("start_time", 1_000_000), ("timestamp", 0), ("time", 0), ("created_at", 0), ("sent_at", 0), ("date", 0),
)  # fmt: skip
_ENDS: Final = (("end_ms", 1000), ("end", 1_000_000), ("end_time", 1_000_000))
_LASTS: Final = (("duration_ms", 1000), ("duration", 1_000_000))
_LISTS: Final = (
    "turns",
    "messages",
    "utterances",
    "segments",
    "transcript",
    "conversation",
    "original",
    "dialogue",
    "items",
)
_NAMES: Final = ("convo_id", "conversation_id", "call_id", "chat_id", "session", "session_id", "id")
_MOST: Final = 256 << 20


def recognises(path: Path) -> bool:
    """JSON in which somebody says something, turn by turn."""
    if path.is_dir() or path.stat().st_size > _MOST:
        return False
    with path.open("rb") as file:
        if file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"[", b"{"):
            return False
    try:
        return any(True for _found in _lists(json.loads(path.read_bytes()), path.stem))
    except (ValueError, RecursionError):
        return False


def read(path: Path) -> Imported:
    """The conversations by the roles that they tell."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The conversations; the mapping says who is who, the `zone`, and which of day and month comes first.

    Raises WrongInput for what is no such JSON, or where day and month must be asked about.
    """
    asked, clock, tally = conversations.asked_of(mapping), conversations.clock_of(mapping), Tally()
    try:
        lists = list(_lists(json.loads(path.read_bytes()), path.stem))
    except (ValueError, RecursionError) as cause:
        raise WrongInput(_("{path} is no JSON: {cause}").format(path=path, cause=cause)) from cause
    clock.look(_dates(turn for _name, turns, _mark in lists for turn in turns))
    found = [_conversation(name, _turns(turns, clock), mark) for name, turns, mark in lists]
    read_ = conversations.imported(found, asked, tally, sum(len(one.turns) for one in found))
    return replace(read_, notes=(*read_.notes, *clock.told()))


def _lists(told: Any, name: str) -> Iterator[tuple[str, list[Any], str]]:
    """Each conversation's name and list of turns, with its mark where the name is not its own."""
    if isinstance(told, list) and _are_turns(told):
        yield name, told, _mark(told)
    elif isinstance(told, list):
        for number, each in enumerate(told, 1):
            if isinstance(each, dict):
                yield from _lists(each, f"{name}-{number}")
    elif isinstance(told, dict):
        own = next((str(told[key]) for key in _NAMES if isinstance(told.get(key), str | int)), "")
        turns = next((told[key] for key in _LISTS if isinstance(told.get(key), list) and _are_turns(told[key])), None)
        if turns:
            yield own or name, turns, "" if own else _mark(told)


def _mark(told: Any) -> str:
    return mark_of(json.dumps(told, sort_keys=True).encode())


def _conversation(name: str, turns: list[tuple[Turn, bool]], mark: str) -> Conversation:
    absolute = any(since_1970 for _turn, since_1970 in turns)
    chat = absolute and not any(turn.ends for turn, _since in turns)
    channel = "chat" if chat else "phone"
    return Conversation(name, tuple(turn for turn, _ in turns), channel=channel, absolute=absolute, mark=mark)


def _are_turns(told: list[Any]) -> bool:
    return bool(told) and (_are_pairs(told) or (all(isinstance(t, dict) for t in told) and all(_keys(told))))


def _are_pairs(told: list[Any]) -> bool:
    return all(isinstance(t, list) and len(t) == 2 and all(isinstance(x, str) for x in t) for t in told)


def _keys(told: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """What turns call their speaker, and what was said."""
    speaker = next((key for key in _SPEAKER if any(isinstance(t.get(key), str) for t in told)), None)
    text = next((key for key in _TEXT if any(isinstance(t.get(key), str) for t in told)), None)
    return speaker, text


def _turns(told: list[Any], clock: Clock) -> list[tuple[Turn, bool]]:
    """The turns of a list, each with whether its time is since 1970."""
    if _are_pairs(told):
        places = (_("turn {number}").format(number=number) for number in range(1, len(told) + 1))
        return [(Turn(who, text, None, None, place), False) for (who, text), place in zip(told, places, strict=True)]
    (speaker, text), found = _keys(told), []
    for number, turn in enumerate(told, 1):
        begins, absolute = _moment(turn, _BEGINS, clock)
        ends = _moment(turn, _ENDS, clock)[0]
        if ends is None and begins is not None:
            lasts = _moment(turn, _LASTS, clock)[0]
            ends = None if lasts is None else begins + lasts
        place = _("turn {number}").format(number=number)
        found.append((Turn(str(turn.get(speaker) or ""), str(turn.get(text) or ""), begins, ends, place), absolute))
    return found


def _dates(turns: Iterable[Any]) -> Iterator[str]:
    """The times that are written as words, as far as they are read."""
    for turn in turns:
        for names in (_BEGINS, _ENDS) if isinstance(turn, dict) else ():
            told, _unit = _told(turn, names)
            if isinstance(told, str):
                yield told


def _told(turn: dict[str, Any], names: tuple[tuple[str, int], ...]) -> tuple[str | float | None, int]:
    """The first of these that a turn tells, with its unit."""
    for name, unit in names:
        told = turn.get(name)
        if (isinstance(told, str) and told.strip()) or (isinstance(told, int | float) and not isinstance(told, bool)):
            return told, unit
    return None, 0


def _moment(turn: dict[str, Any], names: tuple[tuple[str, int], ...], clock: Clock) -> tuple[int | None, bool]:
    told, unit = _told(turn, names)
    if told is None:
        return None, False
    if isinstance(told, str):
        if told.replace(".", "", 1).isdecimal() and unit:
            return micro(float(told), unit), False
        moment = clock.moment(told.strip())
        return moment, moment is not None
    if told > 1e12:  # ms since 1970
        return micro(told, 1000), True
    if told > 1e9:  # s since 1970
        return micro(told, 1_000_000), True
    return micro(told, unit or 1_000_000), False
