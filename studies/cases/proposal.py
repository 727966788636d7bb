"""A first mapping from the names of a case file's activities, English and Arabic, to be shown before it is relied on.

The words stand in `proposal.yaml`. What fits none of them is internal work that no citizen perceives: `lab notes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from studies.cases.mapping import Mapping, Said
from studies.events import why_not_a_sentence
from studies.topics import normal
from studies.words import _

WORDS: Final = Path(__file__).with_name("proposal.yaml")


def proposed(activities: Iterable[str], beside: Mapping | None = None) -> Mapping:
    """A mapping for these activities; what `beside` says already (columns, zone, some activities) stays."""
    beside = beside or Mapping()
    named, why = dict(beside.activities), dict(beside.why)
    for activity in activities:
        if activity not in named and (found := _fits(activity)):
            named[activity], why[activity] = found[0], _("the name says “{word}”").format(word=found[1])
    return replace(beside, activities=named, why=why)


def _fits(activity: str) -> tuple[Said, str] | None:
    spoken = activity.split(maxsplit=2)
    if len(spoken) >= 2 and why_not_a_sentence(spoken[0], spoken[1]) is None:  # a log that was written here
        return (spoken[0], spoken[1], spoken[2] if len(spoken) > 2 else None), activity
    words = f" {normal(activity)} "
    for said, patterns in _rules():
        for pattern, word in patterns:
            if pattern.search(words):
                return said, word
    return None


@cache
def _rules() -> list[tuple[Said, list[tuple[re.Pattern[str], str]]]]:
    rules: list[tuple[Said, list[tuple[re.Pattern[str], str]]]] = []
    for rule in yaml.safe_load(WORDS.read_text(encoding="utf-8")):
        actor, verb = rule["sentence"].split()
        patterns = [
            (re.compile(r"(?<!\w)" + re.escape(normal(word))), word) for word in (*rule.get("en", ()), *rule["ar"])
        ]
        rules.append(((actor, verb, None), patterns))
    return rules
