"""The tables of the report: what stands in each cell, in words and figures that a minister can read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from analysis import figures, method_told
from analysis.comparison import SHARES, Comparison, Estimate
from analysis.found import Finding
from analysis.measure import metrics
from analysis.proving.shape import caution, shape_of
from studies.planning.conditions import condition_name
from studies.titles import step_name
from studies.topics import known_words
from studies.words import N_, _, direction, language, ngettext

#: the metrics that a reader of two minutes sees
OVERVIEW: Final = ("silent_time", "repeat_questions", "hand_offs", "steps", "time_on_task", "outcome")
#: a datum's key in a sentence: with an underscore, or any Latin word among Arabic ones
KEY: Final = re.compile(r"(?<![\w/])[a-z]+(?:[_/][a-z0-9]+)+(?![\w/])|(?<=[\u0600-\u06ff] )[a-z]+\b(?![\w/])")
#: what others say of themselves in data, and a reader reads here
SAID: Final = (N_("not applicable"), N_("not measurable"), N_("broken"), N_("the wire hears no signs"))


def overview(rows: Sequence[Comparison], title_of: Callable[[str], str]) -> dict[str, Any]:
    """One row a journey: as it is, an arrow the way one reads, redesigned."""
    listed = [m for m in OVERVIEW if any(r.metric == m for r in rows)]
    heads = [next(r for r in rows if r.metric == m) for m in listed]
    columns = [{"title": _title(head), "unit": _unit(head)} for head in heads]
    told = []
    for journey, who in dict.fromkeys((r.journey, r.who) for r in rows):
        mine = {r.metric: r for r in rows if (r.journey, r.who) == (journey, who)}
        n = [max((getattr(r, side).n for r in mine.values()), default=0) for side in ("as_is", "redesigned")]
        cells = [_then(_middle(mine[m].as_is, 1), _middle(mine[m].redesigned, 1)) if m in mine else "" for m in listed]
        told.append({"title": title_of(journey), "who": who, "cells": cells, "n": _then(*map(figures.number, n))})
    everyone = {row["who"] for row in told}
    return {"columns": columns, "rows": told, "who": everyone.pop() if len(everyone) == 1 else None}


def spoken_of(rows: Sequence[Comparison]) -> list[Comparison]:
    """The rows that say something: those of cases only where one of their sides is neither nothing nor zero."""
    return [row for row in rows if row.metric not in _of_cases() or row.as_is.value or row.redesigned.value]


@cache
def _of_cases() -> frozenset[str]:
    return frozenset(name for name, metric in metrics().items() if getattr(metric, "OF_CASES", False))


def metric_rows(rows: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Every metric of one journey: both sides with n and interval, the difference, and what it says."""
    return [
        {
            "metric": row.metric,
            "title": _title(row),
            "unit": _unit(row),
            "as_is": side(row.as_is),
            "redesigned": side(row.redesigned),
            **_difference(row),
        }
        for row in rows
    ]


def side(one: Estimate) -> dict[str, Any]:
    """One side of a comparison: the value, how it was made, and n."""
    if one.value is None:
        # A word, never a zero, for what could not be measured.
        state = next(iter(one.states), "not measurable")
        return {"value": _(state), "detail": _(one.reason), "n": figures.number(0), "has": False}
    missing = [f"{figures.number(count)} {_(state)}" for state, count in one.states.items()]
    detail = _("; ").join(part for part in (_how(one), *missing) if part)
    n = figures.island(f"n = {one.n}") if one.n == 1 else figures.number(one.n)
    value = _("at least {value}").format(value=_middle(one)) if one.least else _middle(one)
    return {"value": value, "detail": detail, "n": n, "has": True}


def _how(one: Estimate) -> str:
    """The kind of middle and its interval, in small letters."""
    if one.n < 2:
        return ""
    if one.alike:
        return _("the same in all")
    kind = {
        "mean": _("mean"),
        "geometric mean": _("geometric mean"),
        "share": _("of {n}").format(n=figures.number(one.n)),
    }
    method = {"mean": "mean_ci", "geometric mean": "geometric_mean_ci"}.get(one.kind, "")
    doubt = caution(method, shape_of(one.values), one.n) if one.low is not None else ""
    parts = [kind[one.kind], *([_interval(one)] if one.low is not None else []), *([doubt] if doubt else [])]
    return _(", ").join(parts)


def _interval(one: Estimate) -> str:
    scale = 100 if one.kind == "share" else 1
    low, high = (figures.rounded(scale * float(bound or 0), 1 if scale == 1 else 0) for bound in (one.low, one.high))
    return figures.span(low, high)


def _middle(one: Estimate, digits: int = 2) -> str:
    if one.value is None:
        return figures.NOTHING
    return figures.percent(one.value) if one.kind == "share" else figures.number(figures.rounded(one.value, digits))


def _difference(row: Comparison) -> dict[str, str]:
    found = row.difference
    if found is None:
        said = _("not enough to say")
        return {"difference": figures.NOTHING, "interval": "", "verdict": "unsure", "says": said, "method": ""}
    scale = 100 if row.metric in SHARES else 1
    digits = 0 if scale == 100 else 2
    interval = ""
    if found.low is not None and found.high is not None:
        interval = figures.span(
            figures.rounded(scale * found.low, digits), figures.rounded(scale * found.high, digits), signed=True
        )
    if found.ratio and found.low is not None and found.high is not None:
        interval = "× " + figures.span(figures.rounded(found.low, 2), figures.rounded(found.high, 2))
    value = figures.number(figures.rounded(scale * found.value, digits), signed=True)
    enough = min(row.as_is.n, row.redesigned.n) > 1
    words = {
        "better": _("better"),
        "worse": _("worse"),
        "alike": _("no difference"),
        "changed": _("changed"),
        "unsure": _("may be chance") if enough else _("one case each"),
    }
    if not enough and found.verdict == "unsure" and max(row.as_is.n, row.redesigned.n) > 1:
        words["unsure"] = _("not enough to say")
    if not enough and found.verdict == "alike":
        words["alike"] = _("no difference in these cases")
    says = words[found.verdict]
    if row.answered is not None and row.answered.says and found.verdict != "alike":
        says = row.answered.says  # too few, and how many would do
    return {
        "difference": value, "interval": interval, "verdict": found.verdict, "says": says,
        "method": by_which_method(row),
    }  # fmt: skip


def by_which_method(row: Comparison) -> str:
    """By which method two sides were compared and why, in one sentence; what may be chance stands last."""
    if row.answered is None or not row.answered.method:
        return ""
    told = [method_told.method(row.answered), method_told.chance(row.answered, row.together)]
    return " · ".join(part for part in told if part)


def _title(row: Comparison) -> str:
    return _("Needs settled") if row.metric == "outcome" else row.title


def _unit(row: Comparison) -> str:
    return _("% of cases") if row.metric in SHARES else figures.unit_name(row.unit)


def _then(before: str, after: str) -> str:
    return f"{before} {'←' if direction() == 'rtl' else '→'} {after}"


def load_part(load: Mapping[str, Any], title_of: Callable[[str], str]) -> dict[str, Any]:
    """What the load said: one sentence, the steps, and what could not be measured."""
    citizens = int(load.get("citizens") or 0)
    journey = title_of(str(load.get("journey") or "")) if load.get("journey") else ""
    n = int(load.get("journeys") or 0)
    said = ngettext(
        "{citizens} citizens at once for {seconds}: {n} journey ended, {rate} a second; {share} came through.",
        "{citizens} citizens at once for {seconds}: {n} journeys ended, {rate} a second; {share} came through.",
        n,
    ).format(
        citizens=figures.number(citizens),
        seconds=figures.measured(figures.rounded(float(load.get("seconds") or 0), 1), "s"),
        n=figures.number(n),
        rate=figures.number(figures.rounded(float(load.get("journeys_per_second") or 0), 1)),
        share=figures.percent(load.get("completion")),
    )
    threshold = load.get("threshold")
    over = _("Waits too long")
    if threshold:
        over = _("Waits over {threshold}").format(threshold=figures.measured(threshold, "s"))
    silence = load.get("silence") or {}
    told, title = "", _("Under load")
    if silence.get("state") == "value":
        probe = load.get("probe") or {}
        told = _("A browser beside the load walked {walks} times; {silent} of its {waits} waits were silent.").format(
            walks=figures.number(probe.get("walks")),
            silent=figures.number(probe.get("silent_waits")),
            waits=figures.number(probe.get("waits")),
        )
    elif silence:
        told = _("Silence: {state}, {reason}.").format(state=_(silence["state"]), reason=_(silence.get("reason", "")))
    if journey:
        condition = condition_or_all(load.get("variant"))
        title = _("{journey}, {condition}, under load").format(journey=journey, condition=condition)
    return {
        "said": said,
        "title": title,
        "over": over,
        "silence": told,
        "steps": [
            {
                "step": step_name(row.get("journey") or load.get("journey"), row["step"]),
                **{key: figures.number(row.get(key)) for key in ("waits", "failures")},
                "over": figures.number(row.get("over_threshold")),
                **{
                    key: figures.number(None if row.get(key) is None else figures.rounded(row[key], 2))
                    for key in ("p50", "p95")
                },
            }
            for row in load.get("steps", [])
        ],
    }


def in_words(text: str) -> str:
    """A text with the keys of data in it told by the words that ask for them; what nobody knows stays a key."""

    def said(found: re.Match[str]) -> str:
        words = known_words(found[0], language())
        return words[0] if words else figures.island(found[0])

    return KEY.sub(said, text)


def of_each_kind(found: Sequence[Finding]) -> list[Finding]:
    """The weightiest finding of each kind first, then the others: three that say three things."""
    first = {one.rule: one for one in reversed(found)}
    return [one for one in found if first[one.rule] is one] + [one for one in found if first[one.rule] is not one]


def finding_rows(found: Sequence[Finding], title_of: Callable[[str], str], most: int = 12) -> list[dict[str, Any]]:
    """The weightiest findings: what, where, how many cases with the interval of their share, remedy, hours saved."""
    return [
        {
            "what": in_words(one.called),
            "where": _(" · ").join(part for part in (title_of(one.service), condition_or_all(one.condition)) if part),
            "step": step_name(one.service, one.step),
            "who": one.who,
            "cases": _("{met} of {of}").format(met=figures.number(one.cases), of=figures.number(one.looked_at)),
            "interval": figures.span(figures.rounded(100 * one.low), figures.rounded(100 * one.high)),
            "remedy": one.remedy,
            "hours": figures.number(None if one.hours_saved is None else figures.rounded(one.hours_saved)),
            "known": one.hours_saved is not None,
            "confidence": _(one.confidence),
        }
        for one in found[:most]
    ]


def planted_part(
    rows: Sequence[Mapping[str, Any]], title_of: Callable[[str], str], name_of: Callable[[str], str]
) -> dict[str, Any]:
    """What was planted and what was measured, one row a flaw; what was measured and not planted is listed too."""
    agreed = figures.number(sum(bool(row["agrees"]) for row in rows))
    said = _("{agreed} of {all} agree. The practice agency’s flaws are declared, so the instrument can be checked.")
    return {
        "said": said.format(agreed=agreed, all=figures.number(len(rows))),
        "rows": [
            {
                "journey": title_of(row["journey"]),
                "variant": condition_or_all(row["variant"]),
                "metric": name_of(row["metric"]),
                "step": step_name(row["journey"], row.get("step")),
                "truth": _value(row.get("truth"), _("not planted")),
                "measured": _value(row.get("measured"), _("not found")),
                "agrees": row["agrees"],
                "said": _("yes") if row["agrees"] else _("no"),
            }
            for row in rows
        ],
    }


def _value(value: Any, none: str) -> str:
    if value is None:
        return none
    return figures.number(figures.rounded(float(value), 3)) if isinstance(value, int | float) else str(value)


def condition_or_all(condition: str | None) -> str:
    """A condition as people call it; where none is named, all of them."""
    return condition_name(condition) or _("all")
