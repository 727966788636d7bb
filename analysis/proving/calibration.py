"""All that is tried of the statistics, together: intervals, tests, drivers; and what falls short of its promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from analysis.proving import coverage, levels_kept, recovery
from studies.words import _, in_a_row

#: what recovery must reach at 200 and 2,000 sessions
BIAS: Final = 0.05
BETWEEN: Final = (0.93, 0.97)


def _unwatched(_what: str, _share: float) -> None:
    return None


def calibrate(*, quick: bool, seed: int, watch: Callable[[str, float], None] = _unwatched) -> dict[str, Any]:
    """Everything, seeded. `quick` draws fewer, and takes the error of drawing into account before it blames."""
    draws, tests, studies = (400, 200, 150) if quick else (4000, 2000, 1000)
    rows = list(_watched(coverage.table(draws, seed), _("Intervals"), 156, 0.0, 0.5, watch))
    kept = list(_watched(levels_kept.table(tests, seed + 1), _("Tests"), 129, 0.5, 0.3, watch))
    recovered = []
    for k, (size, count) in enumerate(((40, min(studies, 200)), (200, studies), (2000, max(100, studies)))):
        watch(_("Drivers"), 0.8 + 0.06 * k)
        recovered += list(recovery.recover(size, 60 if quick and size == 2000 else count, seed + 2))
    return {
        "seed": seed,
        "quick": quick,
        "intervals": [row.json() for row in rows],
        "fall_short": [row.json() for row in rows if row.verdict == "falls short"],
        "conservative": sorted({row.interval for row in rows if row.verdict == "conservative"}),
        "tests": [row.json() for row in kept],
        "drivers": [row.json() for row in recovered],
        "failures": list(_failures(rows, kept, recovered, quick)),
    }


def _watched(rows: Iterator[Any], what: str, many: int, start: float, share: float,
             watch: Callable[[str, float], None]) -> Iterator[Any]:  # fmt: skip
    for place, row in enumerate(rows):
        watch(what, start + share * min(1.0, place / many))
        yield row


def _failures(
    rows: list[coverage.Row], kept: list[levels_kept.Kept], recovered: list[recovery.Recovered], quick: bool
) -> Iterator[str]:
    """What breaks a promise: an interval under 93 % without a word, a test over its level, a driver not found."""
    for row in rows:
        if row.coverage is not None and row.coverage + 2 * row.error * quick < coverage.LEAST and not row.says:
            yield f"{row.interval}, {row.shape}, n = {row.n}: {row.coverage:.3f}"
    for test in kept:
        if test.verdict == "over":
            yield f"{test.design}, {test.shape}, n = {test.n}: {test.rate:.3f}"
    for one in recovered:
        if one.sessions < 50:
            if one.warned < 1:
                yield f"{one.sessions}: {_('no warning that it is too few')}"
        elif not quick and (one.bias > BIAS or not BETWEEN[0] <= one.coverage <= BETWEEN[1]):
            yield f"{one.driver}, {one.sessions}: {one.bias:.3f}, {one.coverage:.3f}"


def told(found: dict[str, Any]) -> str:
    """The tables for a person at a terminal."""
    sizes = sorted({row["n"] for row in found["intervals"]})
    lines = [_("Coverage of intervals of 95 %: * under 93 %, + over 97 %, – no interval")]
    lines.append(f"{'':36}{'':18}" + "".join(f"{'n=' + str(n):>9}" for n in sizes))
    cells = {(r["interval"], r["shape"], r["n"]): r for r in found["intervals"]}
    for interval, shape in dict.fromkeys((r["interval"], r["shape"]) for r in found["intervals"]):
        figures = []
        for n in sizes:
            row = cells[interval, shape, n]
            mark = {"falls short": "*", "conservative": "+"}.get(row["verdict"], " ")
            figures.append("–" if row["coverage"] is None else f"{100 * row['coverage']:.1f}{mark}")
        lines.append(f"{interval:36}{_(shape):18}" + "".join(f"{figure:>9}" for figure in figures))
    said = dict.fromkeys(
        f"  {r['interval']}, {_(r['shape'])}, n = {r['n']}: {r['says'] or '?'}" for r in found["fall_short"]
    )
    lines += ["", _("Under 93 %, and what is said there:"), *said, ""]
    lines.append(_("Wider than they need be: {names}").format(names=in_a_row(found["conservative"])))
    lines += ["", _("How often a test at 5 % cries wolf")]
    tests = {(r["design"], r["shape"], r["n"]): r for r in found["tests"]}
    for design, shape in dict.fromkeys((r["design"], r["shape"]) for r in found["tests"]):
        figures = [f"{100 * tests[design, shape, n]['rate']:.1f}" if (design, shape, n) in tests else "" for n in sizes]
        lines.append(f"{design:36}{_(shape):18}" + "".join(f"{figure:>9}" for figure in figures))
    lines += ["", _("Planted drivers found again")]
    for one in found["drivers"]:
        lines.append(
            f"{one['sessions']:>6} {one['driver']:18} {one['planted']:>7.2f} {one['mean']:>8.3f}"
            f" {100 * one['bias']:>6.1f} % {100 * one['coverage']:>6.1f} %"
            + (f"  {_('too few, and said so')}" if one["warned_too_few"] == 1 else "")
        )
    return "\n".join(lines)
