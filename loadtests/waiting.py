"""Where load citizens waited, by the lab's one definition of a wait."""

from __future__ import annotations

import numpy as np

from loadtests.summary import Waited
from studies.events import SCREENS
from studies.log import Log
from studies.measuring.batch import CHANNEL, batch_of
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of


def waits_in(log: Log, presets: Presets) -> list[Waited]:
    """Every wait on a screen of a load's log, in the order they opened; calls and visits in person carry no load."""
    batch = batch_of(log)
    waits = waits_of(batch, presets)
    on_screen = np.isin(batch.channel[waits.row], [CHANNEL[channel] for channel in SCREENS])
    step = batch.step[waits.row]
    return [
        Waited(str(batch.steps[place]) if place >= 0 else "", opened, (closed - opened) / 1e6, by < 0, str(name))
        for place, opened, closed, by, name, here in zip(
            step.tolist(),
            waits.opened.tolist(),
            waits.closed.tolist(),
            waits.closed_row.tolist(),
            batch.names[waits.session].tolist(),
            on_screen.tolist(),
            strict=True,
        )
        if here
    ]
