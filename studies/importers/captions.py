"""Recorded calls as captions: WebVTT and SubRip (SRT), as Teams, Zoom and Meet export them.

Who speaks stands in a voice tag (`<v Sara>`), or before a colon (`Sara: …`). A caption without a speaker is nobody's,
and is left out. Captions of one speaker that follow within two seconds are one turn.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from studies.importing import Imported, Tally, mark_of
from studies.turns import conversations
from studies.turns.turn import Conversation, Turn, merged
from studies.words import N_, _

TITLE: Final = N_("a call as captions, .vtt or .srt")
HEARS: Final = conversations.HEARS
MAPPED: Final = True

_TIME: Final = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_CUE: Final = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE: Final = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>]+)>")
_TAG: Final = re.compile(r"<[^>]*>")
_NAMED: Final = re.compile(r"^\s*([^\W\d_][\w .'’()-]{0,60}?)\s*[:：]\s+(?=\S)")
_MOST: Final = 64 << 20


def recognises(path: Path) -> bool:
    """WebVTT says so in its first line; SRT begins with a number and a time; an empty file only has its name."""
    if path.is_dir():
        return False
    with path.open("rb") as file:
        beginning = file.read(2048).decode("utf-8", errors="replace").lstrip("\ufeff \r\n")
    if not beginning:
        return path.suffix.lower() in (".vtt", ".srt")
    return beginning.startswith("WEBVTT") or bool(re.match(r"\d+\s*\r?\n\s*\d+:\d{2}:\d{2}[.,]\d+\s*-->", beginning))


def read(path: Path) -> Imported:
    """The call, where its captions say who is who."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The call; the mapping says who is who (`speakers`) and when it began (`start`)."""
    asked, tally = conversations.asked_of(mapping), Tally()
    body = path.read_bytes()[:_MOST]
    text = body.decode("utf-8", errors="replace").lstrip("\ufeff")
    if not text.strip():
        tally.leave(path.name, _("the file is empty"))
    turns = list(_turns(text, tally))
    timed = [turn for turn in turns if turn.begins is not None]
    conversation = Conversation(path.stem, tuple(merged(timed)), mark=mark_of(body))
    return conversations.imported([conversation], asked, tally, len(turns))


def _turns(text: str, tally: Tally) -> Iterator[Turn]:

    for block in re.split(r"\r?\n\s*\r?\n", text):
        lines = [line for line in block.splitlines() if line.strip()]
        place = next((k for k, line in enumerate(lines) if "-->" in line), None)
        if place is None:  # header, note, style
            continue
        cue = _CUE.match(lines[place])
        if cue is None:
            tally.leave(lines[place].strip()[:60], _("its time cannot be read, or is not told"))
            continue
        begins, ends = _micro(cue.groups()[:4]), _micro(cue.groups()[4:])
        said = " ".join(lines[place + 1 :])
        if not said.strip():
            tally.leave(lines[place].strip(), _("nothing is said in it"))
            continue
        for who, words in _spoken(said):
            yield Turn(who, words, begins, ends, lines[place].strip())


def _spoken(said: str) -> Iterator[tuple[str, str]]:
    """Who says what in one caption: voices, else a name before a colon, else nobody who is known."""
    voices = list(_VOICE.finditer(said))
    if voices:
        for voice, following in zip(voices, [*voices[1:], None], strict=True):
            words = said[voice.end() : following.start() if following else None]
            yield html.unescape(voice[1]).strip(), _bare(words)
        return
    bare = _bare(said)
    named = _NAMED.match(bare)
    yield (named[1].strip(), bare[named.end() :]) if named else ("", bare)


def _bare(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()


def _micro(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1_000_000 + int((fraction or "0").ljust(3, "0")) * 1000
