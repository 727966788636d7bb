"""What a gate can be set on, one file a kind, found by listing this folder: `completion.py` is `completion` in a gate.

A kind says its TITLE, its UNIT (`share`, `seconds`, `a second`), whether more of it is BETTER, of what it is asked (OF:
`load`, `step`, or `either`), whether it needs a LEVEL (`_p95`), and `measure(evidence, step, level, confidence)`, which
gives an Estimate, or says in a sentence why this load cannot tell.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from loadtests.verdicts.evidence import Evidence, Times
from loadtests.verdicts.intervals import Estimate
from studies.words import _


class Kind(Protocol):
    """What every file of this folder offers."""

    TITLE: str
    UNIT: str
    BETTER: str
    OF: str
    LEVEL: bool

    def measure(self, evidence: Evidence, step: str, level: float, confidence: float) -> Estimate | str:
        """What was measured, or why it was not."""
        ...


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by the name it has in a gate."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    return {name: cast(Kind, import_module(f"loadtests.verdicts.gates.{name}")) for name in names}


def of_step(by_step: dict[str, Times], step: str) -> Times | None:
    """The times of a step: by its id, else those of all steps of that verb (`submit`); all of them of no step.

    None when the load knows no such step.
    """
    if step in by_step:
        return by_step[step]
    chosen = [times for name, times in by_step.items() if not step or name.startswith(f"{step}_")]
    whole = Times()
    for times in chosen:
        whole = whole.and_also(times)
    return whole if chosen or not step else None


def silences_of(evidence: Evidence, step: str) -> Times | str:
    """The longest silence of each wait at a step, as the probe heard them; or why nobody knows."""
    if evidence.silences is None:
        return _("silence needs the browser probe, since the wire hears no signs: run with --probe")
    found = of_step(dict(evidence.silences), step)
    if found is None or not found.n:
        return _("the probe met no wait there; let the load run longer")
    return found


def waits_of(evidence: Evidence, step: str) -> Times | str:
    """The waits at a step; or why there are none."""
    found = of_step(dict(evidence.waits), step)
    if found is None or not found.n:
        return _("no citizen waited there; let the load run longer, or see why nobody came so far")
    return found
