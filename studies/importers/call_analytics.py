"""Calls as Amazon Transcribe Call Analytics and Amazon Connect Contact Lens describe them, .json.

`ParticipantId` is a role in one dialect and a name of no meaning in the other: `Participants` says which is which. The
maker's own figures of silence are kept beside those that are computed from the turns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from studies.importing import Imported, Tally, mark_of
from studies.troubles import WrongInput
from studies.turns import conversations
from studies.turns.turn import Conversation, Turn, micro
from studies.words import N_, _

TITLE: Final = N_("a call as Transcribe Call Analytics or Contact Lens, .json")
HEARS: Final = conversations.HEARS
MAPPED: Final = True

_SIDES: Final = {"AGENT": "service", "CUSTOMER": "citizen", "SYSTEM": "service"}
_MOST: Final = 256 << 20


def recognises(path: Path) -> bool:
    """JSON with a transcript and the characteristics of a conversation."""
    if path.is_dir() or path.stat().st_size > _MOST:
        return False
    with path.open("rb") as file:
        if not file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            return False
        file.seek(0)
        body = file.read()
    return b'"Transcript"' in body and (b'"Participants"' in body or b'"ConversationCharacteristics"' in body)


def read(path: Path) -> Imported:
    """The call by the roles that it tells."""
    return read_by(path, None)


def read_by(path: Path, mapping: Path | None) -> Imported:
    """The call. Raises WrongInput for what is no such JSON."""
    asked, tally = conversations.asked_of(mapping), Tally()
    try:
        body = path.read_bytes()
        told = json.loads(body)
        transcript = told["Transcript"]
        people = told.get("Participants") or []
        named = {
            str(p.get("ParticipantId") or p.get("ParticipantRole")): _side(p.get("ParticipantRole")) for p in people
        }
        turns = tuple(_turn(said, number) for number, said in enumerate(transcript, 1))
        own, figures = told.get("JobName") or told.get("ContactId"), _figures(told.get("ConversationCharacteristics"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise WrongInput(_("{path} is no call analytics: {cause}").format(path=path, cause=cause)) from cause
    roles = {name: side for name, side in named.items() if side} | _SIDES
    call = Conversation(str(own or path.stem), turns, roles=roles, told=figures, mark="" if own else mark_of(body))
    return conversations.imported([call], asked, tally, len(turns))


def _turn(said: dict[str, Any], number: int) -> Turn:
    speaker = str(said.get("ParticipantRole") or said.get("ParticipantId") or "")
    begins, ends = (_micro(said.get(key)) for key in ("BeginOffsetMillis", "EndOffsetMillis"))
    return Turn(speaker, str(said.get("Content") or ""), begins, ends, _("turn {number}").format(number=number))


def _micro(told: Any) -> int | None:
    return micro(told, 1000) if isinstance(told, int | float) and not isinstance(told, bool) else None


def _side(role: Any) -> str | None:
    return _SIDES.get(str(role).upper())


def _figures(told: Any) -> dict[str, Any]:
    """The maker's own silence, interruptions and talk, in seconds and counts."""
    if not isinstance(told, dict):
        return {}
    silence, broken = told.get("NonTalkTime") or {}, told.get("Interruptions") or {}
    return {
        "silence_seconds": (silence.get("TotalTimeMillis") or 0) / 1000,
        "silences": len(silence.get("Instances") or ()),
        "interruptions": broken.get("TotalCount"),
        "seconds": (told.get("TotalConversationDurationMillis") or 0) / 1000,
    }
