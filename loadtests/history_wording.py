"""The history of load tests in words: its list, runs side by side, and the verdict gate by gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from loadtests import wording
from loadtests.comparison import Compared, Row, Value
from loadtests.history import Head
from loadtests.titled import NOTHING, journeys_name, keys_in, step_title, variant_title
from loadtests.verdicts import verdict_wording as gates
from loadtests.verdicts.intervals import Estimate
from loadtests.verdicts.verdict import Judged, Verdict
from studies.words import _, direction, ngettext


def sort_name(sort: str) -> str:
    """What a list of runs is sorted by, in words."""
    names = {
        "when": _("when it ran"), "journey": _("Journey"), "study": _("Study"), "completion": _("Completion"),
        "journeys_per_second": _("Journeys a second"), "journey_p95": _("Journey, 95 % faster (s)"),
        "citizens": _("Citizens at once"), "verdict": _("Verdict"),
    }  # fmt: skip
    return names.get(sort, sort)


def heads_table(heads: Sequence[Head], moments: Sequence[str]) -> pd.DataFrame:
    """The list of runs; `moments` are when they ran, as the reader writes it."""
    return pd.DataFrame(
        {
            _("When"): list(moments),
            _("Journey"): [journeys_name(one.journey) for one in heads],
            _("Variant"): [variant_title(one.variant) for one in heads],
            _("How many"): [_amount(one) for one in heads],
            _("Shape"): [wording.shape_name(one.shape) for one in heads],
            _("Journeys"): [one.journeys for one in heads],
            _("Completion (%)"): [None if one.completion is None else round(100 * one.completion, 1) for one in heads],
            _("Journeys a second"): [round(one.journeys_per_second, 2) for one in heads],
            _("Journey, 95 % faster (s)"): [_two(one.journey_p95) for one in heads],
            _("Verdict"): [wording.verdict_name(one.verdict) for one in heads],
            _("Study"): [one.study for one in heads],
            _("Run"): [one.run for one in heads],
        }
    )


def head_told(one: Head, moment: str) -> str:
    """A run in a list to choose from."""
    journeys, variant = journeys_name(one.journey), variant_title(one.variant) if one.variant else None
    return apart([moment, journeys, variant, _amount(one), wording.verdict_name(one.verdict), one.run[-4:]])


def apart(words: Sequence[str | None]) -> str:
    """Words of either direction in a row, none of which turns its neighbour around."""
    if direction() != "rtl":
        return " · ".join(word for word in words if word)
    return "\u200f" + " · ".join(f"\u2068{word}\u2069" for word in words if word)


def _amount_of(row: Row, value: float, sign: str = "") -> str:
    """A number in the unit of its measure; a pace is told an hour, as a capacity is."""
    return gates.hourly(value, sign) if row.unit == "a second" else gates.amount(value, row.unit, sign)


def _amount(one: Head) -> str:
    if one.mode == "open" and one.arrivals:
        return gates.pace(one.arrivals)
    return ngettext("{n} citizen", "{n} citizens", one.citizens).format(n=one.citizens)


# --- a verdict --------------------------------------------------------------------------------------------------------


def verdict_of(told: dict[str, Any]) -> Verdict:
    """A run's verdict as it was kept (`verdict` in its load.json), to be worded as a fresh one is."""
    judged = tuple(
        Judged(
            one["gate"], one["state"], one["rule"], one["unit"], one["limit"],
            None if one["value"] is None else Estimate(one["value"], one["ci_low"], one["ci_high"], one["n"] or 0),
            one["reason"] or "",
        )
        for one in told["gates"]
    )  # fmt: skip
    return Verdict(told["state"], judged, tuple(told["reasons"]), told["runs"], bool(told.get("unheard")))


def gates_table(verdict: Verdict) -> pd.DataFrame:
    """Each gate with what was measured, its interval, and what decided."""
    return pd.DataFrame(
        {
            _("Gate"): [one.gate for one in verdict.gates],
            _("Came out"): [gates.state(one.state) for one in verdict.gates],
            _("Measured"): [gates.measured(one) for one in verdict.gates],
            _("Interval"): [gates.interval(one) for one in verdict.gates],
            _("Limit"): [gates.limit(one) for one in verdict.gates],
            _("What decided"): [one.reason or gates.rule(one.rule) for one in verdict.gates],
        }
    )


# --- side by side -----------------------------------------------------------------------------------------------------


def asked_name(name: str) -> str:
    """What runs may be asked for differently."""
    names = {
        "journey": _("journey"), "variant": _("variant"), "shape": _("shape"), "mode": _("way of coming"),
        "citizens": _("citizens at once"), "arrivals": _("arrivals a second"), "seconds": _("seconds"),
        "base_url": _("address"),
    }  # fmt: skip
    return names.get(name, name)


def row_name(row: Row, found: Compared) -> str:
    """A measure in words, with its step before it and its level."""
    title = _(row.title)
    if row.level:
        title = _("{measure}, {level} % at most").format(measure=title, level=f"{100 * row.level:g}")
    journeys = [journey for one in found.runs for journey in keys_in(one.journey)]
    return f"{step_title(journeys, row.step)} · {title}" if row.step else title


def difference_name(verdict: str) -> str:
    """How one run compares with the first."""
    names = {
        "first": "", "same": _("the same"), "better": _("better"), "worse": _("worse"),
        "unsure": _("chance may explain it"), "few": _("too few to tell"),
        "small": _("too small to be felt"), "unknown": _("not measurable"),
    }  # fmt: skip
    return names.get(verdict, verdict)


def value_told(row: Row, value: Value) -> str:
    """What was measured, with its interval."""
    found = value.found
    if found is None:
        return NOTHING
    low, high = (NOTHING if one is None else _amount_of(row, one) for one in (found.low, found.high))
    return f"{_amount_of(row, found.value)} ({_('{low} to {high}').format(low=low, high=high)})"


def change_told(row: Row, value: Value) -> str:
    """By how much more it is than in the first run, with its interval, and whether that matters."""
    if value.change is None:
        return difference_name(value.verdict)

    def amount(one: float | None) -> str:
        if one is None:
            return NOTHING
        sign = "−" if one < 0 else "+" if one > 0 else ""
        return _amount_of(row, abs(one), sign)

    told = _("{low} to {high}").format(low=amount(value.change.low), high=amount(value.change.high))
    return f"{amount(value.change.value)} ({told}) · {difference_name(value.verdict)}"


def compared_table(found: Compared) -> pd.DataFrame:
    """Every measure of every run with its interval, and how each further one compares with the first."""
    columns: dict[str, list[str]] = {_("Measure"): [row_name(row, found) for row in found.rows]}
    for number, one in enumerate(found.runs):
        values = [row.values[number] for row in found.rows]
        columns[run_name(number, one)] = [value_told(row, v) for row, v in zip(found.rows, values, strict=True)]
        if number:
            against = _("{run} against the first").format(run=run_name(number, one))
            columns[against] = [change_told(row, v) for row, v in zip(found.rows, values, strict=True)]
    return pd.DataFrame(columns)


def drawn(found: Compared) -> list[dict[str, Any]]:
    """What can be drawn of it: every measure of the whole load, and the slow waits of its steps."""
    names = {one.run: run_name(number, one) for number, one in enumerate(found.runs)}
    return [
        {
            "measure": row_name(row, found), "unit": row.unit, "run": names[value.run], "value": value.found.value,
            "low": value.found.low, "high": value.found.high,
            "matters": value.verdict if value.verdict in ("better", "worse") else "",
        }
        for row in found.rows
        for value in row.values
        if value.found is not None
    ]  # fmt: skip


def run_name(number: int, one: Head) -> str:
    """A run by its letter and the end of its name: A 5e1f."""
    return f"{chr(ord('A') + number % 26)} {one.run[-4:]}"


def matter_told(found: Compared) -> list[str]:
    """The differences that matter, a sentence each."""
    names = {one.run: run_name(number, one) for number, one in enumerate(found.runs)}
    said = _("{measure}: {run} is {verdict}, {change}")
    return [
        said.format(
            measure=row_name(row, found),
            run=names[value.run],
            verdict=difference_name(value.verdict),
            change=change_told(row, value).rpartition(" · ")[0],
        )
        for row, value in found.matter()
    ]


def told(found: Compared) -> str:
    """A comparison for a person at a terminal."""
    lines = [
        f"{run_name(n, one)}  {one.run}  {journeys_name(one.journey)} · {one.study}" for n, one in enumerate(found.runs)
    ]
    lines += [_("Asked differently: {what}").format(what=asked) for asked in asked_told(found)]
    lines += [*found.doubts, ""]
    for row in found.rows:
        lines.append(row_name(row, found))
        for number, (one, value) in enumerate(zip(found.runs, row.values, strict=True)):
            more = f"  {change_told(row, value)}" if number else ""
            lines.append(f"  {run_name(number, one):<8} {value_told(row, value)}{more}")
    lines += ["", _("What matters:"), *(matter_told(found) or [_("No difference is sure and large enough to matter.")])]
    return "\n".join(lines)


def asked_told(found: Compared) -> list[str]:
    """What the runs were asked for differently."""
    titles = {"journey": journeys_name, "variant": variant_title, "shape": wording.shape_name}
    return [
        f"{asked_name(name)}: {' | '.join(map(titles.get(name, str), values))}" for name, values in found.asked.items()
    ]


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
