"""What a browser beside the load heard, set against how many citizens were under way then: when the silence begins.

Each wait of the browser counts at the number of citizens under way when it opened; each journey, the browser's and
those of the load, at the number when it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from loadtests.histograms import Histogram
from loadtests.recording import Told, microseconds
from studies.events import SCREENS
from studies.log import SENTENCES, Log
from studies.measuring.batch import CHANNEL, batch_of
from studies.measuring.presets import Presets
from studies.measuring.waits import waits_of

#: Into so many ranges the numbers of citizens are cut, unless the largest is more than so many times the least.
RANGES: Final = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """One wait of the browser: at which step, with how many citizens under way, its longest silence (seconds)."""

    session: str
    step: str
    citizens: int
    silence: float
    silent: bool  # longer than the threshold


@dataclass(frozen=True, slots=True)
class SilentStep:
    """The silences of one step."""

    step: str
    waits: int
    silent_waits: int
    silent_p50: float | None
    silent_p95: float | None


@dataclass(frozen=True, slots=True)
class Against:
    """What it was like with so many citizens under way (mean of the range `least` to `most`).

    `completion` is of the load's journeys that began then, `walk_completion` of the browser's; of the browser's `waits`
    so many were silent, and half of their longest silences did not exceed `silent_p50` seconds, 95 % not `silent_p95`.
    None: nobody was there.
    """

    citizens: float
    least: int
    most: int
    journeys: int
    completion: float | None
    walks: int
    walk_completion: float | None
    waits: int
    silent_waits: int
    silent_share: float | None
    silent_p50: float | None
    silent_p95: float | None


@dataclass(frozen=True, slots=True)
class Probed:
    """The browser beside a load: how many walks, how many came through or broke off for the lab's own fault."""

    walks: int
    concluded: int
    broken: int
    waits: int
    silent_waits: int
    silent_time: float
    every: float
    own_core: bool
    trouble: str
    steps: list[SilentStep] = field(default_factory=list)
    against: list[Against] = field(default_factory=list)


class UnderWay:
    """How many citizens were under way at any moment of a load."""

    def __init__(self, journeys: Sequence[Told]) -> None:
        self._begun = np.sort(np.array([told.started for told in journeys], np.int64))
        self._ended = np.sort(np.array([told.ended for told in journeys], np.int64))

    def at(self, moments: np.ndarray) -> np.ndarray:
        """At these moments, in microseconds since 1970."""
        begun = np.searchsorted(self._begun, moments, "right")
        return begun - np.searchsorted(self._ended, moments, "right")


def stamped(log: Log, crowd: UnderWay) -> Log:
    """A walk's log whose acts say how many citizens were under way, as those of the load citizens do."""
    said = log.sentences
    when = said["when"].cast(pa.int64()).to_numpy()
    opens = np.isin(said["verb"].to_numpy(zero_copy_only=False).astype(str), ["acts", "asks", "submits"])
    own = said["value"].to_numpy(zero_copy_only=False).astype(float)
    value = np.where(opens, crowd.at(when), own)
    place = SENTENCES.get_field_index("value")
    column = pa.array(value, pa.float64(), mask=np.isnan(value))
    return Log(said.set_column(place, SENTENCES.field(place), column), log.sessions)


def heard_in(log: Log, crowd: UnderWay, presets: Presets) -> list[Heard]:
    """Every wait on a screen that the browser heard, with its longest silence."""
    batch = batch_of(log)
    waits = waits_of(batch, presets)
    longest = np.zeros(len(waits.row))
    silent = np.zeros(len(waits.row), bool)
    np.maximum.at(longest, waits.silence_wait, (waits.silence_to - waits.silence_from) / 1e6)
    np.logical_or.at(silent, waits.silence_wait, waits.silent)
    on_screen = np.isin(batch.channel[waits.row], [CHANNEL[channel] for channel in SCREENS])
    there = crowd.at(waits.opened)
    return [
        Heard(
            session=str(batch.names[waits.session[i]]),
            step=str(batch.steps[batch.step[waits.row[i]]]) if batch.step[waits.row[i]] >= 0 else "",
            citizens=int(there[i]),
            silence=round(float(longest[i]), 6),
            silent=bool(silent[i]),
        )
        for i in np.flatnonzero(on_screen)
    ]


def probed(
    log: Log, journeys: Sequence[Told], presets: Presets, *, every: float, own_core: bool, trouble: str
) -> tuple[Probed, list[Heard]]:
    """What the browser heard, and each of its waits."""
    crowd = UnderWay(journeys)
    heard = heard_in(log, crowd, presets) if len(log.sentences) else []
    ends = {s.session: "open" for s in log.heard()}
    for sentence in log.said():
        if sentence.verb == "breaks" or (sentence.verb == "concludes" and ends[sentence.session] != "broken"):
            ends[sentence.session] = "broken" if sentence.verb == "breaks" else "concluded"
    walks = [(s.session, int(crowd.at(np.array([microseconds(s.started)]))[0])) for s in log.heard()]
    through = {name for name, ending in ends.items() if ending == "concluded"}
    whole = [(name, there) for name, there in walks if ends[name] != "broken"]
    found = Probed(
        walks=len(walks),
        concluded=len(through),
        broken=len(walks) - len(whole),
        waits=len(heard),
        silent_waits=sum(one.silent for one in heard),
        silent_time=round(sum(one.silence for one in heard if one.silent), 3),
        every=every,
        own_core=own_core,
        trouble=trouble,
        steps=by_step(heard),
        against=against(journeys, crowd, heard, whole, through),
    )
    return found, heard


def by_step(heard: Sequence[Heard]) -> list[SilentStep]:
    """The silences of each step, in the order in which the steps were first taken."""
    found = []
    for step in dict.fromkeys(one.step for one in heard):
        mine = [one for one in heard if one.step == step]
        times = Histogram(one.silence for one in mine)
        half, most = times.percentile(0.5), times.percentile(0.95)
        found.append(SilentStep(step, len(mine), sum(one.silent for one in mine), _rounded(half), _rounded(most)))
    return found


def against(
    journeys: Sequence[Told],
    crowd: UnderWay,
    heard: Sequence[Heard],
    walks: Sequence[tuple[str, int]],
    through: set[str],
) -> list[Against]:
    """Silence and completion against how many were under way, in ranges of citizens that somebody was there in."""
    finished = [told for told in journeys if told.ending != "unfinished"]
    there = crowd.at(np.array([told.started for told in finished], np.int64))
    done = np.array([told.ending == "done" for told in finished], bool)
    found = []
    for least, most in ranges([*there.tolist(), *(one.citizens for one in heard)]):
        here = (there >= least) & (there <= most)
        mine = [one for one in heard if least <= one.citizens <= most]
        own = [name for name, citizens in walks if least <= citizens <= most]
        silences = Histogram(one.silence for one in mine)
        numbers = [*there[here].tolist(), *(one.citizens for one in mine)]
        if not numbers:
            continue
        found.append(
            Against(
                citizens=round(float(np.mean(numbers)), 2),
                least=least,
                most=most,
                journeys=int(here.sum()),
                completion=round(float(done[here].mean()), 6) if here.any() else None,
                walks=len(own),
                walk_completion=round(sum(name in through for name in own) / len(own), 6) if own else None,
                waits=len(mine),
                silent_waits=sum(one.silent for one in mine),
                silent_share=round(sum(one.silent for one in mine) / len(mine), 6) if mine else None,
                silent_p50=_rounded(silences.percentile(0.5)),
                silent_p95=_rounded(silences.percentile(0.95)),
            )
        )
    return found


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges of citizens that cover the numbers: one where they are all but the same, else each as wide as the others.

    Where they reach from few to very many, each range goes to twice the one before: 1, 2, 3 to 4, 5 to 8 …
    """
    if not numbers:
        return []
    low, high = min(numbers), max(numbers)
    if high - low <= max(2, 0.1 * high):
        return [(low, high)]
    if high > RANGES * max(low, 1):
        tops = [0, *(2**power for power in range(high.bit_length() + 1))]
        both = zip([-1, *tops], tops, strict=False)
        return [(below + 1, min(top, high)) for below, top in both if below < high and top >= low]
    wide = max(1, -(-(high - low + 1) // RANGES))
    return [(since, min(since + wide - 1, high)) for since in range(low, high + 1, wide)]


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
