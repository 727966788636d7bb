"""A load held to its gates: run, run again where a failure is in doubt, and its verdict kept with the study."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeys.reading import read_journey
from journeys.steps import steps_of
from loadtests.history import judge
from loadtests.mix import Portion
from loadtests.result import LoadResult
from loadtests.verdicts import good_runs
from loadtests.verdicts.demands import Gates
from loadtests.verdicts.gate_file import read_gates
from loadtests.verdicts.junit import junit
from loadtests.verdicts.pull_request import markdown
from loadtests.verdicts.verdict import PASSED, Verdict, decide
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Tried:
    """The last run of a load, and what was said of all of its runs."""

    result: LoadResult
    verdict: Verdict

    def json(self) -> dict[str, Any]:
        """The load as JSON, with its verdict."""
        return {**self.result.json(), "verdict": self.verdict.json()}


def gates_in(file: Path | None, parts: Iterable[Portion]) -> Gates:
    """The gates of a file, none without one. Raises WrongInput when it is wrong, or names a step that is not there."""
    if file is None:
        return Gates()
    gates = read_gates(file)
    gates.fit(step for part in parts for step, _step in steps_of(read_journey(part.journey)))
    return gates


def tried(
    run: Callable[[], LoadResult],
    gates: Gates,
    asked: good_runs.Asked,
    space: Workspace,
    file: Path | None = None,
) -> Tried:
    """Run a load until its verdict stands; one that passed is what the next one is compared with.

    The verdict is kept with each of the runs; `file` is where the gates were read from.
    """
    results: list[LoadResult] = []

    def once() -> Any:
        results.append(run())
        return results[-1].evidence

    good = good_runs.last_good(asked, space) if gates.versus else None
    verdict = decide(gates, once, good.evidence if good else None)
    last = results[-1]
    if verdict.state == PASSED and last.evidence and (gates.gates or gates.versus):
        good_runs.keep(asked, last.run, last.started, last.evidence, space)
    judge([one.run for one in results], verdict, file, space)
    return Tried(last, verdict)


def asked_of(parts: Sequence[Portion], variant: str | None, asked: Mapping[str, Any]) -> good_runs.Asked:
    """What tells this load from others, from what was asked of it: a mix is no measure of one of its journeys alone."""
    names = [read_journey(part.journey).journey for part in parts]
    study = asked.get("study") or f"load_{names[0]}"
    mixed = " + ".join(f"{part.weight:g} {name}" for part, name in zip(parts, names, strict=True))
    levels = ",".join(f"{level:g}" for level in asked.get("levels") or ())
    shape = " ".join(filter(None, (asked.get("shape", "constant"), levels, asked.get("day"))))
    think = "people" if asked.get("people") else f"{asked['think']:g} s" if asked.get("think") else ""
    amount = f"{_amount(asked)}, thinking {think}" if think else _amount(asked)
    return good_runs.Asked(study, names[0] if len(parts) == 1 else mixed, variant, shape, amount)


def as_junit(done: Tried) -> bytes:
    """The verdict for a build server."""
    result = done.result
    facts = {"shape": result.shape, "target": result.base_url, "study": result.study}
    return junit(
        done.verdict,
        result.journey,
        began=result.started,
        seconds=result.seconds,
        host=platform.node(),
        facts=facts,
    )


def as_markdown(done: Tried) -> str:
    """The verdict for a pull request."""
    result = done.result
    amount = _amount({"arrivals": result.arrivals or 0.0, "citizens": result.citizens})
    return markdown(done.verdict, f"{result.journey}, {result.shape}, {amount}, {result.seconds:g} s")


def _amount(asked: Mapping[str, Any]) -> str:
    rate = asked.get("arrivals") or 0.0
    return f"{rate:g}/s" if rate else f"{asked.get('citizens') or 0} citizens"
