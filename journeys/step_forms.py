"""A step as a form sees it: which fields its verb has, what stands in them, and the step that they make.

What a form cannot show (a target said more exactly, a condition in a part) is left as it stands in the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import TypeAdapter, ValidationError

from journeys.blueprint.words import action
from journeys.building import Built
from journeys.journey import STEPS, AnyStep, Demand, Journey
from journeys.writing import what_it_does
from studies.words import _

#: the verbs that a form can begin, in the order of the glossary
VERBS: Final = tuple(verb for verb in STEPS if verb != "send")
DEMANDS: Final[tuple[str, ...]] = get_args(Demand)
_STEP: Final[TypeAdapter[Any]] = TypeAdapter(AnyStep)


def told(step: Built, journey: Journey | None) -> str:
    """A step in a list: its number and what the citizen does in it."""
    number = ".".join(str(n + 1) for n in step.place)
    return f"{number} · {_said(step, journey)}"


def _said(step: Built, journey: Journey | None) -> str:
    if step.verb is None:
        return _("not a step yet")
    try:
        if journey is not None and step.verb not in ("steps", "for each"):
            return action(_STEP.validate_python(dict(step.said)), journey)
    except (ValidationError, KeyError, ValueError):
        pass  # what is being written is told by its verb
    named = step.said.get("id")
    return f"{what_it_does(step.verb)} ({named})" if named else what_it_does(step.verb)


def texts(given: Any, languages: Sequence[str]) -> dict[str, str] | None:
    """A text by language, as fields show it; None for what they cannot show."""
    if given is None:
        return dict.fromkeys(languages, "")
    if isinstance(given, str):
        return {code: given if code == languages[0] else "" for code in languages}
    if isinstance(given, Mapping) and set(given) <= set(languages):
        return {code: str(given.get(code) or "") for code in languages}
    return None


def text_of(given: Mapping[str, str]) -> str | dict[str, str]:
    """The text that fields make: one for each language that has one, or a string where only one is filled in."""
    filled = {code: text.strip() for code, text in given.items() if text.strip()}
    return next(iter(filled.values()), "") if len(filled) < 2 else filled


def hole(datum: str) -> str:
    """What stands for the citizen's own datum."""
    return f"{{{{citizen.{datum}}}}}"


def begun(verb: str) -> dict[str, Any]:
    """A new step of a verb, before anything is filled in."""
    first: list[dict[str, Any]] = [{"visit": "/"}]
    empty: dict[str, Any] = {
        "visit": "/",
        "give": {},
        "choose": {},
        "upload": {},
        "submit": True,
        "back": True,
        "leave": True,
        "expect": {"text": ""},
        "call": {"who": "", "script": ""},
        "attend": {"who": "", "script": ""},
    }
    if verb == "for each":
        return {"for each": "citizen.children", "as": "child", "steps": first}
    return {verb: first if verb == "steps" else empty.get(verb, "")}


def with_remarks(
    step: Mapping[str, Any],
    *,
    id_: str,
    only: Sequence[str],
    when: Mapping[str, str] | None,
    demands: Sequence[str],
    think: float,
) -> dict[str, Any]:
    """A step with what it says besides its verb; what is left empty is not written. `when` None leaves it alone."""
    said = dict(step)
    remarks: dict[str, Any] = {
        "id": id_.strip(),
        "only": list(only),
        "demands": list(demands),
        "think": think or None,
    }
    if when is not None:
        remarks["when"] = {"text": text_of(when)} if any(text.strip() for text in when.values()) else None
    for key, value in remarks.items():
        if not value:
            said.pop(key, None)
        elif not (key in said and _same(said[key], value)):
            said[key] = value
    return said


def _same(one: Any, other: Any) -> bool:
    """Does the text say this already, if in other letters (5 and 5.0)?"""
    try:
        return one == other or float(one) == float(other)
    except (TypeError, ValueError):
        return False
