"""What was measured, as a person reads it on a terminal."""

from __future__ import annotations

from typing import Any, Final

from analysis.measure import Measured, Result, metrics
from studies.measuring.outcomes import outcome_name
from studies.words import _, in_a_row, ngettext

#: From this many sessions on, only the figures over all of them are told.
MANY: Final = 6


def told(measured: Measured) -> str:
    """Every session's metrics where they are few, else the figures over all of them."""
    names = list(measured.sessions)
    if 0 < len(names) < MANY:
        return "\n\n".join(f"{name}\n{told_session(measured, name)}" for name in names)
    return told_summary(measured.summary)


def told_session(measured: Measured, session: str) -> str:
    """One session's metrics, a line each; what is no value says why."""
    return "\n".join(f"  {_(metrics()[m].TITLE):<24} {_value(m, r)}" for m, r in measured.sessions[session].items())


def told_summary(summary: dict[str, Any]) -> str:
    """How many sessions, how they ended, and of each metric n, median and extremes."""
    n = summary["sessions"]
    ended = in_a_row(f"{outcome_name(outcome)} {count}" for outcome, count in summary["outcomes"].items())
    lines = [ngettext("{n} session", "{n} sessions", n).format(n=n) + (f": {ended}" if ended else "")]
    median, least, most = _("median"), _("least"), _("most")
    lines.append(f"  {'':<24} {'n':>6} {median:>10} {least:>10} {most:>10}")
    for metric, row in summary["metrics"].items():
        figures = [f"{row[key]:>10.4g}" if row[key] is not None else f"{'–':>10}" for key in ("median", "min", "max")]
        lines.append(f"  {_(metrics()[metric].TITLE):<24} {row['n']:>6} {' '.join(figures)}")
    return "\n".join(lines)


def _value(metric: str, result: Result) -> str:
    if result.value is None:
        return f"{_(result.state)}: {result.reason}"
    if isinstance(result.value, str):
        return outcome_name(result.value)
    return f"{result.value:g} {_(metrics()[metric].UNIT)}".rstrip()
