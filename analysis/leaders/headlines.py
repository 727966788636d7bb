"""What a leader should take away: the largest differences between as-is and redesigned, each in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from analysis.comparison import Comparison
from analysis.figures import bare, island, measured, number, percent, rounded
from studies.words import _, ngettext

MOST: Final = 5


def headlines(
    rows: Sequence[Comparison],
    title_of: Callable[[str], str],
    load: Mapping[str, Any] | None = None,
    survey: Sequence[tuple[str, float]] | None = None,
    scale: str = "",
) -> list[str]:
    """Three to five sentences, the weightiest first; fewer where little was found. People speak before robots.

    `survey` is scores by condition that people gave: what robots answered is nobody's satisfaction. `scale` names the
    instrument that they were asked by, and between what a score lies.
    """
    who = "people" if any(r.who == "people" and r.difference for r in rows) else "robots"
    mine = [row for row in rows if row.who == who and row.difference]
    found = [_silence_over_all(mine)]
    found += [_largest(mine, metric, title_of) for metric in ("silent_time", "repeat_questions", "hand_offs", "steps")]
    found.insert(2, _satisfaction(survey or [], scale))
    told = [one for one in found if one]
    if len(told) < MOST:
        told += [one for one in (_largest(mine, "time_on_task", title_of), _load(load)) if one]
    return told[:MOST]


def _silence_over_all(rows: Sequence[Comparison]) -> str:
    """The silence of all journeys together, when there are several."""
    silent = [r for r in rows if r.metric == "silent_time"]
    if len(silent) < 2:
        return ""
    before, after = (sum(float(getattr(r, side).value) for r in silent) for side in ("as_is", "redesigned"))
    text = (
        _("Whoever goes through each of these {n} journeys once waits in silence for {after} instead of {before}.")
        if after < before
        else _(
            "Whoever goes through each of these {n} journeys once waits in silence for {after}; as it is, for {before}."
        )
    )
    return text.format(n=number(len(silent)), after=_seconds(after), before=_seconds(before))


def _seconds(value: float) -> str:
    return measured(rounded(value, 1), "s")


def _largest(rows: Sequence[Comparison], metric: str, title_of: Callable[[str], str]) -> str:
    """The journey in which a metric changed most, if it changed anywhere."""
    changed = [r for r in rows if r.metric == metric and r.difference and abs(r.difference.value) > 1e-9]
    if not changed:
        return ""
    row = max(changed, key=lambda r: abs(r.difference.value if r.difference else 0))
    before, after = float(row.as_is.value or 0), float(row.redesigned.value or 0)
    return _with_doubt(_said(metric, title_of(row.journey), before, after), row)


def _with_doubt(text: str, row: Comparison) -> str:
    """The sentence, and how far it may be trusted where that is not far."""
    if not row.difference or row.difference.verdict != "unsure":
        return text
    if max(row.as_is.n, row.redesigned.n) < 2:
        return _("{sentence} (One case each.)").format(sentence=text)
    return _("{sentence} (So few cases: this may be chance.)").format(sentence=text)


def _said(metric: str, journey: str, before: float, after: float) -> str:
    less = after < before
    change = abs(after - before)
    match metric:
        case "silent_time" | "time_on_task":
            texts = {
                ("silent_time", True): _(
                    "“{journey}”: citizens waited in silence {change} less ({after} instead of {before})."
                ),
                ("silent_time", False): _(
                    "“{journey}”: citizens waited in silence {change} longer ({after}; as it is, {before})."
                ),
                ("time_on_task", True): _(
                    "“{journey}” takes {change} less from beginning to end ({after} instead of {before})."
                ),
                ("time_on_task", False): _(
                    "“{journey}” takes {change} longer from beginning to end ({after}; as it is, {before})."
                ),
            }
            text = texts[metric, less]
            return text.format(journey=journey, change=_seconds(change), after=_seconds(after), before=_seconds(before))
        case "repeat_questions":
            text = _("“{journey}”: questions that the citizen had already answered: {after}; as it is, {before}.")
        case "hand_offs":
            text = _("“{journey}”: times that the citizen was sent on to another office: {after}; as it is, {before}.")
        case _ if float(after).is_integer():
            text = ngettext(
                "“{journey}” takes {n} step; as it is, {before}.",
                "“{journey}” takes {n} steps; as it is, {before}.",
                int(after),
            )
        case _:
            text = _("“{journey}”: steps that the citizen takes: {after}; as it is, {before}.")
    return text.format(journey=journey, n=number(after), after=number(after), before=number(before))


def _satisfaction(survey: Sequence[tuple[str, float]], scale: str) -> str:
    scores = dict(survey)
    if "as_is" not in scores or "redesigned" not in scores:
        return ""
    text = _("Satisfaction ({scale}) is {after} with the redesign; as it is, {before}.")
    return text.format(
        scale=scale,
        after=island(bare(rounded(scores["redesigned"], 1))),
        before=island(bare(rounded(scores["as_is"], 1))),
    )


def _load(load: Mapping[str, Any] | None) -> str:
    if not load or load.get("completion") is None:
        return ""
    text = _("With {citizens} citizens at once, {share} of the journeys came through.")
    return text.format(citizens=number(load["citizens"]), share=percent(load["completion"]))
