"""What a group's answers to one instrument amount to: never a score without its n, nor without what to beware of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from studies.words import _
from surveys.instruments import Instrument
from surveys.reliability import cronbach_alpha, item_total
from surveys.scoring import group_figures, mean_with_interval, person_score, rules, standing
from surveys.scoring._rule import Responses


def amounts(
    asked: Instrument,
    rows: Sequence[Responses],
    confidence: float = 0.95,
    who: Sequence[str | None] | None = None,
) -> dict[str, Any]:
    """A group's score with n, missing, interval and standing, the figures that its rule adds, and its reliability.

    `who` names each row's participant where that is known: several responses of one person count as their mean, or the
    interval would take them for several persons.
    """
    persons: dict[Any, list[float]] = {}
    for place, row in enumerate(rows):
        key = who[place] if who and who[place] is not None else place
        score = person_score(asked, row)
        persons.setdefault(key, []).extend([] if score is None else [score])
    there = [fmean(scores) for scores in persons.values() if scores]
    figures = mean_with_interval(values=there, confidence=confidence)
    return {
        **figures,
        "missing": len(persons) - len(there),
        **standing(asked, figures["mean"]),
        **beyond_the_mean(asked, rows, confidence),
    }


def beyond_the_mean(asked: Instrument, rows: Sequence[Responses], confidence: float = 0.95) -> dict[str, Any]:
    """What a mean cannot tell: parts, top boxes, net promoters, drivers, and how reliable the items are."""
    found = {key: value for key, value in group_figures(asked, rows, confidence).items() if key != "reason"}
    return found | ({"reliability": alpha} if (alpha := reliability(asked, rows, confidence)) else {})


def reliability(asked: Instrument, rows: Sequence[Responses], confidence: float = 0.95) -> dict[str, Any]:
    """Cronbach's alpha with Feldt's interval and the analysis of items, once for each thing that is measured.

    The items are turned to point one way first; who left one of them out is not counted.
    """
    measured = rules()[asked.scoring.rule].consistent
    if measured is None:
        measured = {"": range(1, len(asked.items) + 1)}
    found = {}
    for part, numbers in measured.items():
        if len(numbers) < 2:
            continue
        matrix = [[_turned(asked, number, row) for number in numbers] for row in rows if len(row) == len(asked.items)]
        alpha = cronbach_alpha(item_matrix=matrix, confidence=confidence)
        each = item_total(item_matrix=matrix)
        alpha["item_analysis"] = [
            {"item": asked.items[number - 1].id, "corrected_item_total_correlation": r, "alpha_if_deleted": a}
            for number, r, a in zip(
                numbers, each["corrected_item_total_correlation"], each["alpha_if_deleted"], strict=False
            )
        ]
        found[part] = alpha
    return found.get("", found)


def validated(asked: Instrument, languages: Iterable[str]) -> dict[str, bool]:
    """Whether the wording that each language was asked in is a validated one."""
    there = asked.wording
    return {one: one in there and there[one].validated for one in sorted(set(languages))}


def caveats(asked: Instrument, languages: Iterable[str]) -> list[str]:
    """What whoever reads a score must know beside it."""
    says = []
    spoken = sorted(set(languages))
    for language in spoken:
        if language == "und":
            says.append(
                _("The language of the questions is not told, so whether their wording is validated is not known.")
            )
        elif language not in asked.wording:
            says.append(
                _(
                    "The lab has no wording in “{language}”: whether the one used is validated is not known here."
                ).format(language=language)
            )
        elif not asked.wording[language].validated:
            says.append(_("The wording in “{language}” is not validated.").format(language=language))
    graded = bool(standing(asked, None))
    if graded and any(language != "en" for language in spoken):
        says.append(_("Grade, percentile and adjective come from studies mainly in English."))
    if graded:
        says.append(_("The percentile is interpolated; the adjective is the one with the nearest published mean."))
    if len(spoken) > 1:
        says.append(_("Answers in several languages are taken together; look at each language's figures first."))
    return says


def _turned(asked: Instrument, number: int, row: Responses) -> float | None:
    item, answer = asked.items[number - 1], row[number - 1]
    scale = item.scale or asked.scale
    if answer is None or not scale.low <= answer <= scale.high:
        return None
    return float(scale.low + scale.high - answer if item.reversed else answer)
