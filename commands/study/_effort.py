"""What a study's tasks ask of an expert at the least, and the plan as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from journeys.blueprint.of_journey import efforts_of
from journeys.klm import document
from journeys.personas import personas_for
from journeys.practice import serve
from journeys.reading_met import document as reading
from journeys.reading_met import words_met
from journeys.walk import walk_of
from studies.planning.study import Study
from studies.troubles import Trouble
from studies.words import _


def effort(study: Study, journeys: Mapping[str, Any], words: bool) -> list[dict[str, Any]]:
    """Each task under each condition in each language: hands and head by KLM, and reading where pages were met."""
    found = []
    with ExitStack() as stack:
        home = [one for one in journeys.values() if serve.is_practice(one.base_url or "")]
        base = stack.enter_context(serve.running()) if words and home else None
        for task, journey in journeys.items():
            for condition in study.conditions:
                for language in study.languages:
                    hands = document(efforts_of(journey, condition if journey.variants else None, language))
                    read = None
                    if words:
                        read = _read(journey, condition, language, base if journey in home else None)
                    least = hands["seconds_at_least"] + ((read or {}).get("seconds") or 0.0)
                    found.append(
                        {
                            "task": task, "condition": condition, "language": language,
                            "hands_and_head": hands["seconds_at_least"], "reading": read,
                            "seconds_at_least": round(least, 3), "bound": hands["bound"],
                        }
                    )  # fmt: skip
    return found


def _read(journey: Any, condition: str, language: str, base: str | None) -> dict[str, Any]:
    try:
        walk = walk_of(
            journey, personas_for(journey, 1)[0], session="reading", language=language, variant=condition, base_url=base
        )
        return reading(words_met(walk), language)
    except Trouble as trouble:  # a journey that needs a browser, or a service that is not there
        return {"words": None, "seconds": None, "reason": str(trouble)}


def told(found: Mapping[str, Any]) -> str:
    """The plan on a terminal."""
    planned, needed = found["planned"], found["needed"]
    lines = [
        _("{n} participants ({design}), {sessions} sessions.").format(
            n=found["participants"], design=found["design"], sessions=found["sessions"]
        ),
        _("The share who complete will be known to within {points} points ({needed} needed for {wanted}).").format(
            points=f"{100 * planned['interval']:.0f}",
            needed=needed["interval"]["n"],
            wanted=f"{100 * needed['interval']['margin']:.0f}",
        ),
    ]
    if planned["power"] is not None:
        lines.append(
            _("The difference that must not be missed is seen {share} times in 100.").format(
                share=f"{100 * planned['power']:.0f}"
            )
        )
    lines.append(
        _("Of the problems that one in {one} meets, {share} in 100 are seen.").format(
            one=f"{1 / found['assumed']['problem']:.1f}", share=f"{100 * planned['problems']:.0f}"
        )
    )
    lines += found["warnings"]
    lines += [
        _("{task} ({condition}, {language}): at least {seconds} seconds for an expert").format(
            task=one["task"], condition=one["condition"], language=one["language"],
            seconds=f"{one['seconds_at_least']:.1f}",
        )
        for one in found["effort"]
    ]  # fmt: skip
    return "\n".join(lines)
