"""What do the answers amount to? Published scoring rules, each named as the statistic it computes, one file a family.

Every statistic takes keyword arguments and gives a dictionary. Scores are never rounded here: cut-offs apply to the
unrounded value. A missing answer is None and never 0; an answer off the scale is no answer: whoever gave it has no
score. What is undefined is None with a `reason`. A file also names its `RULES`: how one person's answers, and a
group's, are made into figures where an instrument's YAML asks for that rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surveys.scoring._figures import mean_with_interval as mean_with_interval
from surveys.scoring._figures import summary_of
from surveys.scoring._rule import Responses, Rule

if TYPE_CHECKING:
    from surveys.instruments import Instrument


@cache
def families() -> tuple[str, ...]:
    """The files of this folder, each a family of instruments."""
    return tuple(sorted(p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_")))


@cache
def rules() -> dict[str, Rule]:
    """Every scoring rule by name."""
    found: dict[str, Rule] = {}
    for family in families():
        found |= getattr(import_module(f"surveys.scoring.{family}"), "RULES", {})
    return dict(sorted(found.items()))


def person_scores(instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    """One person's figures on an instrument by its own rule, the one that is reported first standing first.

    Whoever left out more items than the instrument allows, or answered off the scale, has None everywhere.
    """
    rule = rules()[instrument.scoring.rule]
    lost = sum(answer is None for answer in responses) > instrument.missing.allowed
    off = len(responses) != len(instrument.items) or any(
        answer is not None and not _stored(instrument, item.id, answer)
        for item, answer in zip(instrument.items, responses, strict=False)
    )
    nothing = [None] * len(instrument.items)
    return dict.fromkeys(rule.person(instrument, nothing)) if lost or off else rule.person(instrument, responses)


def person_score(instrument: Instrument, responses: Responses) -> float | None:
    """One person's score on an instrument, by the instrument's own rules; None when too much is missing."""
    return next(iter(person_scores(instrument, responses).values()))


def group_figures(instrument: Instrument, rows: Sequence[Responses], confidence: float = 0.95) -> dict[str, Any]:
    """What a group's answers amount to beyond the mean of its scores: parts with their n, top boxes, net promoters.

    Only who has a score is counted.
    """
    persons = [person_scores(instrument, row) for row in rows]
    counted = [(row, one) for row, one in zip(rows, persons, strict=True) if next(iter(one.values())) is not None]
    found: dict[str, Any] = {}
    parts = list(persons[0])[1:] if persons else []
    if parts:
        found["parts"] = {
            part: summary_of([one[part] for _row, one in counted], confidence=confidence) for part in parts
        }
    return found | rules()[instrument.scoring.rule].group(instrument, [row for row, _one in counted], confidence)


def standing(instrument: Instrument, mean: float | None) -> dict[str, Any]:
    """What a group's mean amounts to beside published studies; every part None where there is no mean."""
    return rules()[instrument.scoring.rule].standing(mean)


def _stored(instrument: Instrument, item: str, answer: Any) -> bool:
    scale = instrument.scale_of(item)
    return not isinstance(answer, bool) and isinstance(answer, int | float) and scale.low <= answer <= scale.high
