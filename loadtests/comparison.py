"""Two runs or more, side by side: what each measured with its interval, and which differences matter.

The first run is what the others are set against. A difference matters when chance does not explain it (its interval,
widened for how many are looked at: Bonferroni, so that of twenty differences not one is found where there is none) and
when it is large enough to be felt: one point of a share, a tenth of a time or a pace. What one run cannot tell stays
unknown. That two runs differ does not say why: another hour, another machine, another version of the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from loadtests import history
from loadtests.history import Head
from loadtests.verdicts.evidence import Evidence
from loadtests.verdicts.gates import kinds
from loadtests.verdicts.intervals import Estimate, change
from studies.troubles import WrongInput
from studies.words import _, ngettext
from studies.workspace import Workspace

#: What is compared of a whole load: the kind of a gate, and the level where it has one.
WHOLE: Final = (
    ("completion", 0.0), ("errors", 0.0), ("throughput", 0.0), ("journey", 0.5), ("journey", 0.95),
    ("long_waits", 0.0), ("silent_waits", 0.0), ("silent", 0.95),
)  # fmt: skip
#: What is compared of each step.
STEPS: Final = (("wait", 0.95), ("silent", 0.95))
CONFIDENCE: Final = 0.95
FELT: Final = {"share": 0.01, "seconds": 0.1, "a second": 0.1}

#: What tells one way of asking from another, and what it is called.
ASKED: Final = ("journey", "variant", "shape", "mode", "citizens", "arrivals", "seconds", "base_url")


@dataclass(frozen=True, slots=True)
class Value:
    """One measure of one run; `reason` says why there is none. `change` is against the first run, in the same unit.

    `verdict` is `same`, `better`, `worse`, `unsure` (chance may explain it), `small` (sure, and too small to be felt),
    `few` (too few were counted for an interval), `unknown`, or `first`.
    """

    run: str
    found: Estimate | None
    reason: str = ""
    change: Estimate | None = None
    verdict: str = "first"

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return {"run": self.run, **_told(self.found), "reason": self.reason or None, "verdict": self.verdict,
                "change": _told(self.change) if self.change else None}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of all runs: what it is (`wait_p95`, of a step or the whole load), its unit, and more is what."""

    kind: str
    measure: str
    title: str
    step: str
    level: float
    unit: str
    better: str
    values: tuple[Value, ...]

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return {"measure": self.measure, "step": self.step or None, "unit": self.unit, "better": self.better,
                "runs": [value.json() for value in self.values]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """Runs side by side; `asked` names what they were asked for differently, `doubts` why a run says little."""

    runs: tuple[Head, ...]
    rows: tuple[Row, ...]
    asked: Mapping[str, tuple[str, ...]]
    doubts: tuple[str, ...]
    capacities: Mapping[str, dict[str, Any]]

    def matter(self) -> list[tuple[Row, Value]]:
        """The differences that matter, the measures in their order."""
        return [(row, value) for row in self.rows for value in row.values if value.verdict in ("better", "worse")]

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "runs": [run.json() for run in self.runs],
            "asked_differently": {name: list(values) for name, values in self.asked.items()},
            "doubts": list(self.doubts),
            "confidence": CONFIDENCE,
            "measures": [row.json() for row in self.rows],
            "matter": [
                {"measure": row.measure, "step": row.step or None, "run": value.run, "verdict": value.verdict}
                for row, value in self.matter()
            ],
            "capacities": {
                run: {name: told.get(name) for name in ("citizens_per_hour", "knee", "peak", "missing")}
                for run, told in self.capacities.items()
            },
        }


def compared(names: Sequence[str], space: Workspace) -> Compared:
    """The runs of these names side by side. Raises WrongInput for fewer than two, one twice, or one that is gone."""
    if len(names) < 2 or len(set(names)) < len(names):
        raise WrongInput(_("A comparison needs two different runs or more: ./lab compare RUN RUN. See ./lab runs."))
    known = {one.run: one for one in history.heads(space)}
    if missing := [name for name in names if name not in known]:
        raise history.gone(missing[0])
    evidence = {name: history.evidence_of(name, space) for name in names}
    if old := [name for name, found in evidence.items() if found is None]:
        message = _("Run {run} is from before runs could be compared: only its figures were kept. Run it again.")
        raise WrongInput(message.format(run=old[0]))
    results = {name: history.result_of(name, space) for name in names}
    heads = tuple(known[name] for name in names)
    rows = rows_of({name: found for name, found in evidence.items() if found})
    capacities = {name: told["capacity"] for name, told in results.items() if told.get("capacity")}
    return Compared(heads, tuple(rows), _asked(heads), tuple(_doubts(heads)), capacities)


def rows_of(evidence: Mapping[str, Evidence]) -> list[Row]:
    """Every measure that at least one of the runs has, each against the first run."""
    asked = [(kind, "", level) for kind, level in WHOLE]
    steps = dict.fromkeys(step for found in evidence.values() for step in found.waits)
    asked += [(kind, step, level) for step in steps for kind, level in STEPS]
    told = [one for one in (_measured(evidence, *each) for each in asked) if one]
    looked = max(1, len(told) * (len(evidence) - 1))
    return [_against_first(row, evidence, 1 - (1 - CONFIDENCE) / looked) for row in told]


def _measured(evidence: Mapping[str, Evidence], kind: str, step: str, level: float) -> Row | None:
    of = kinds()[kind]
    values = []
    for run, found in evidence.items():
        said = of.measure(found, step, level, CONFIDENCE)
        values.append(Value(run, None, said) if isinstance(said, str) else Value(run, said))
    if all(value.found is None for value in values):
        return None
    name = f"{step + '.' if step else ''}{kind}{f'_p{100 * level:g}' if level else ''}"
    return Row(kind, name, of.TITLE, step, level, of.UNIT, of.BETTER, tuple(values))


def _against_first(row: Row, evidence: Mapping[str, Evidence], sure: float) -> Row:
    """The row with each further run set against the first; `sure` is the confidence that decides."""
    kind = kinds()[row.kind]
    runs = list(evidence.items())

    def wide(found: Evidence) -> Estimate | str:
        return kind.measure(found, row.step, row.level, sure)

    first, values = row.values[0], [row.values[0]]
    for value, (_run, found) in zip(row.values[1:], runs[1:], strict=True):
        now, then = wide(found), wide(runs[0][1])
        if value.found is None or first.found is None or isinstance(now, str) or isinstance(then, str):
            values.append(Value(value.run, value.found, value.reason, None, "unknown"))
            continue
        shown, decides = change(value.found, first.found), change(now, then)
        values.append(Value(value.run, value.found, "", shown, _verdict(row, shown, decides, first.found.value)))
    return replace(row, values=tuple(values))


def _verdict(row: Row, shown: Estimate, decides: Estimate, was: float) -> str:
    if shown.value == 0:
        return "same"
    if decides.low is None and decides.high is None:
        return "few"
    above = decides.low is not None and decides.low > 0
    below = decides.high is not None and decides.high < 0
    if not above and not below:
        return "unsure"
    least = FELT[row.unit] * (1.0 if row.unit == "share" else abs(was))
    if abs(shown.value) < least:
        return "small"
    return "better" if above == (row.better == "more") else "worse"


def _asked(heads: Sequence[Head]) -> dict[str, tuple[str, ...]]:
    """What these runs were asked for differently: a difference may come from that alone."""
    found = {}
    for name in ASKED:
        values = tuple("–" if (value := getattr(one, name)) is None else f"{value}" for one in heads)
        if name == "citizens" and any(one.mode == "open" for one in heads):
            continue  # of an open load it is what was measured, not what was asked
        if name == "seconds":
            values = tuple(f"{one.seconds:.0f}" for one in heads)
        if name == "base_url" and all("127.0.0.1" in value for value in values):
            continue  # the practice agency has another port every time
        if len(set(values)) > 1:
            found[name] = values
    return found


def _doubts(heads: Sequence[Head]) -> Iterator[str]:
    for one in heads:
        if one.verdict == "void":
            yield _("Run {run} is void: it says nothing about the service.").format(run=one.run)
        elif one.ending != "ran its time":
            yield _("Run {run} did not run its time ({ending}).").format(run=one.run, ending=one.ending)
        if one.journeys < 30:
            said = ngettext("Run {run} has only {n} journey.", "Run {run} has only {n} journeys.", one.journeys)
            yield said.format(run=one.run, n=one.journeys)


def _told(found: Estimate | None) -> dict[str, Any]:
    names = {"value": "value", "low": "ci_low", "high": "ci_high", "n": "n"}
    return {told: None if found is None else getattr(found, name) for name, told in names.items()}
