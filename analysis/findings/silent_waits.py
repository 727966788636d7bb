"""Citizens wait and nothing tells them that anyone is at work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.findings import Caught
from analysis.measure import Measured
from studies.measuring.waits import waits_of
from studies.words import N_

TITLE: Final = N_("Citizens wait in silence")
SEVERITY: Final = 2
NEEDS: Final = ("acts|asks|submits", "answers", "responds")
REMEDY: Final = N_("Show within a second that the service is at work; then shorten the wait itself.")


def caught(measured: Measured) -> Iterator[Caught]:
    """Each silent wait; what it costs is the silence."""
    batch = measured.batch
    waits = waits_of(batch, measured.presets)
    pieces = zip(waits.silence_wait.tolist(), waits.silence_from.tolist(), waits.silence_to.tolist(),
                 waits.silent.tolist(), strict=True)  # fmt: skip
    for wait, begins, ends, silent in pieces:
        row, session = int(waits.row[wait]), int(waits.session[wait])
        if silent:
            step = str(batch.steps[batch.step[row]]) if batch.step[row] >= 0 else ""
            yield Caught(session, step, begins, (ends - begins) / 1e6)
