"""Moments that stand in for none: where a source does not say when it was, importers count from a day of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from studies.script import EPOCH
from studies.turns.conversations import UNTOLD as UNTOLD

#: a recording without a date is counted from UNTOLD, a play script from EPOCH, case after case
BEFORE: Final = EPOCH.year
DAY: Final = timedelta(days=1)


def untold(when: datetime | None) -> bool:
    """Is no date known of this?"""
    return when is None or when.year <= BEFORE or abs(when - UNTOLD) < DAY
