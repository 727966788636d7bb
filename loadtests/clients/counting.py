"""What a load wants to know of a client besides what came back: how many requests it sent, and what was in the way."""

from __future__ import annotations

from typing import Protocol

from journeys.diary import Diary
from journeys.players.transport import NoAnswer, Transport


class Counting(Transport, Protocol):
    """One citizen's client under load. `diary` tells which step a request belongs to."""

    requests: int
    status: int  # of the last answer
    trouble: NoAnswer | None  # why the last request had no answer, if it had none
    diary: Diary | None
