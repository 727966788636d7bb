"""A journey as Chrome's recorder writes one: steps that DevTools replays, with our own words for each beside them."""

from __future__ import annotations

from typing import Any, Final

from journeys.holes import HOLE
from journeys.journey import Ask, Choose, Expect, ForEach, Give, Journey, Look, Part, Press, Step, Submit, Visit
from journeys.targets import Way, alternatives, ways
from studies.places import address
from studies.words import pick

OURS: Final = "khutwa."
STANDS_FOR: Final = "standsFor"
WITHIN: Final = 30_000  # milliseconds, the longest that the format allows


def flow_of(journey: Journey) -> dict[str, Any]:
    """A user flow. DevTools passes over what it does not know and plays the rest, in the journey's first language."""
    told = journey.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True, mode="json")
    head = {key: value for key, value in told.items() if key != "steps"}
    head["languages"] = list(journey.languages)
    steps: list[dict[str, Any]] = [{"type": "customStep", "name": f"{OURS}journey", "parameters": head}]
    language = journey.languages[0]
    base = journey.base_url or "http://localhost"
    for step in journey.steps:
        said = step.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True, mode="json")
        played = _played(step, language, base)
        ours = {"type": "customStep", "name": OURS + step.verb.replace(" ", "_"), "parameters": said}
        steps += [ours | ({STANDS_FOR: len(played)} if played else {}), *played]
    return {"title": pick(journey.title, language), "timeout": WITHIN, "steps": steps}


def _played(step: Step, language: str, base: str) -> list[dict[str, Any]]:
    """The steps that other players understand; none where the format has no word for it."""
    if step.when or isinstance(step, ForEach | Part):
        return []  # what depends on the page or on the citizen, a recording cannot say
    match step:
        case Visit():
            return [{"type": "navigate", "url": address(step.visit, base)}]
        case Press(press=target) | Ask(ask=target) | Submit(submit=Look() | str() | dict() as target):
            selectors = [one for way in ways(target, language) for one in _selectors(way)]
            return [{"type": "click", "target": "main", "selectors": selectors, "offsetX": 1, "offsetY": 1}]
        case Submit():
            return [{"type": kind, "target": "main", "key": "Enter"} for kind in ("keyDown", "keyUp")]
        case Give():
            return [_change(key, pick(value, language)) for key, value in step.give.items()]
        case Choose():
            return [
                _change(key, pick(choice, language))
                for key, choice in step.choose.items()
                if not isinstance(choice, bool | list)
            ]
        case Expect() if step.expect.text and not HOLE.search(pick(step.expect.text, language)):
            within = min(max(int(step.expect.within * 1000), 1), WITHIN)
            words = pick(step.expect.text, language)
            return [{"type": "waitForElement", "target": "main", "selectors": [[f"text/{words}"]], "timeout": within}]
    return []


def _change(key: str, value: str) -> dict[str, Any]:
    selectors: list[list[str]] = []
    for one in alternatives(key):
        if one.startswith("css:"):
            selectors.append([one.removeprefix("css:")])
        else:
            quoted = one.replace("\\", "\\\\").replace('"', '\\"')
            selectors += [[f"aria/{one}"], [f'[name="{quoted}"]'], [f'[id="{quoted}"]']]
    return {"type": "change", "target": "main", "selectors": selectors, "value": value}


def _selectors(way: Way) -> list[list[str]]:
    role = f'[role="{way.role}"]' if way.role else ""
    match way.kind:
        case "words" | "label":
            return [[f"aria/{way.text}{role}"], [f"text/{way.text}"]]
        case "name":
            quoted = way.text.replace("\\", "\\\\").replace('"', '\\"')
            return [[f'[name="{quoted}"]'], [f'[id="{quoted}"]']]
        case "css":
            if way.text.startswith("xpath="):
                return [[f"xpath/{way.text.removeprefix('xpath=')}"]]
            return [way.text.split(" >>> ")]
    return [[f"aria/{role}"]]
