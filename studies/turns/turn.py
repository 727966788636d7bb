"""A conversation as its recording tells it: turns of speakers, before anybody says who is the citizen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def micro(told: float, unit: int) -> int | None:
    """A number of units of so many µs in µs; None of what is no number, or infinite."""
    try:
        return round(told * unit)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said at a stretch. Times are µs, from the conversation's start or since 1970; None: not told."""

    speaker: str
    text: str
    begins: int | None
    ends: int | None = None
    place: str = ""  # where it stands in the file, for the report


@dataclass(frozen=True, slots=True)
class Conversation:
    """One call or chat. `roles` are those that the recording itself tells; `told` is what its maker measured.

    `name` is its own in the recording, else its file's, which others may have too: `mark` then tells it from them.
    """

    name: str
    turns: tuple[Turn, ...]
    channel: str = "phone"
    absolute: bool = False  # times are since 1970, else from the start
    roles: Mapping[str, str] = field(default_factory=dict)  # speaker -> citizen or service
    told: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""

    @property
    def session(self) -> str:
        """What its session is called in every study: by what was said, where the recording has no name for it."""
        kind = "chat" if self.channel == "chat" else "call"
        return f"{kind}-{self.mark}" if self.mark else self.name


def merged(turns: list[Turn], within: int = 2_000_000) -> list[Turn]:
    """Turns of one speaker that follow at most two seconds after each other made one: captions cut sentences up."""
    found: list[Turn] = []
    for turn in turns:
        last = found[-1] if found else None
        if (
            last is not None
            and last.speaker == turn.speaker
            and last.ends is not None
            and turn.begins is not None
            and 0 <= turn.begins - last.ends <= within
        ):
            found[-1] = Turn(last.speaker, f"{last.text} {turn.text}", last.begins, turn.ends, last.place)
        else:
            found.append(turn)
    return found
