"""What is wrong with a journey, in plain words: the model's complaints and those that only the whole journey shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from journeys.conversations import conversation_of, rehearse
from journeys.holes import holes_in, nobody_fills
from journeys.journey import (
    MODIFIERS,
    STEPS,
    VERB_OF,
    Attend,
    Call,
    Conversation,
    Done,
    Expected,
    ForEach,
    Journey,
    Look,
    Part,
    Shown,
    Step,
    Upload,
    Variant,
    verbs_in,
)
from journeys.lines import Lined, Problem
from journeys.outgoing import found_on_the_way
from journeys.personas import read_personas, usual_keys
from journeys.sent import Sent
from journeys.steps import steps_of
from studies import misfits
from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row

Place = tuple[Any, ...]

#: verbs that people reach for, and what a journey says instead
MEANT: Final = {
    "click": "press",
    "tap": "press",
    "open": "visit",
    "goto": "visit",
    "go": "visit",
    "navigate": "visit",
    "fill": "give",
    "type": "give",
    "enter": "give",
    "input": "give",
    "select": "choose",
    "check": "choose",
    "tick": "choose",
    "attach": "upload",
    "wait": "expect",
    "assert": "expect",
    "see": "expect",
    "abandon": "leave",
    "quit": "leave",
    "return": "back",
    "help": "ask",
    "phone": "call",
    "visit_in_person": "attend",
    "repeat": "for each",
    "for": "for each",
    "foreach": "for each",
}
VERBS: Final = [verb for verb in STEPS if verb != "steps"]


def mistakes_in(lined: Lined, folder: Path | None) -> tuple[list[Problem], Journey | None]:
    """Every mistake, and the journey if it could be made at all."""
    found = list(lined.problems)
    if not isinstance(lined.content, dict):
        return [*found, Problem(1, _("a journey begins with keys such as journey:, title: and steps:."))], None
    found += _steps_that_are_none(lined)
    journey = None
    try:
        journey = Journey.model_validate(lined.content)
    except ValidationError as error:
        found += _complaints(error, lined, {p.line for p in found})
    if journey is not None and not found:
        if folder is not None:
            journey.lying_in(folder)
        found += _known_only_together(journey, lined, folder)
    return _once(found), journey


def _once(found: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(found))


def _steps_that_are_none(lined: Lined) -> Iterator[Problem]:
    """Steps without a verb, with an unknown one, or with two."""
    for place, step in _raw_steps(lined.content.get("steps"), ("steps",)):
        line = lined.line(place)
        if not isinstance(step, dict):
            word = str(step or "").partition(" ")[0]
            yield Problem(line, _no_verb(word) if word else _("an empty step. {can}").format(can=_can()))
            continue
        verbs = verbs_in(step)
        strangers = [key for key in step if key not in STEPS and key not in MODIFIERS and key != "as"]
        if not verbs and strangers:
            yield Problem(lined.line((*place, strangers[0])), _no_verb(strangers[0]))
        elif not verbs:
            yield Problem(line, _("a step without a verb. {can}").format(can=_can()))
        elif len(verbs) > 1:
            yield Problem(
                lined.line((*place, verbs[1])),
                _("“{one}” and “{two}” in one step. Make two steps of it: begin the second with “- {two}:”.").format(
                    one=verbs[0], two=verbs[1]
                ),
            )


def _raw_steps(steps: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        yield (*place, index), step
        if isinstance(step, dict) and "steps" in step:
            yield from _raw_steps(step["steps"], (*place, index, "steps"))


def _can() -> str:
    return _("A step can: {verbs}.").format(verbs=in_a_row(VERBS))


def _no_verb(word: str) -> str:
    near = get_close_matches(word.casefold(), [*MEANT, *VERBS, *MODIFIERS], n=1, cutoff=0.5)
    meant = _(" Did you mean {verb}?").format(verb=MEANT.get(near[0], near[0])) if near else ""
    return _("“{word}” is not a verb. {can}").format(word=word, can=_can()) + meant


#: where a part of a journey is described, by the last key that leads to it
PARTS: Final[dict[str, type]] = {
    "when": Shown,
    "expect": Expected,
    "call": Conversation,
    "attend": Conversation,
    "done": Done,
    "variants": Variant,
    "send": Sent,
}


def _complaints(error: ValidationError, lined: Lined, told: set[int]) -> Iterator[Problem]:
    """The model's complaints in plain words, one for each place."""
    seen: set[Place] = set()
    for complaint in error.errors():
        place = tuple(part for part in complaint["loc"] if _is_there(part))
        where = place[:-1] if place and place[-1] == "[key]" else place
        if complaint["type"] in ("union_tag_not_found", "union_tag_invalid") and "steps" in where:
            continue  # told as a step that is none
        line = lined.line(where)
        if complaint["type"] == "extra_forbidden" and _two_verbs(lined, where):
            continue
        if where in seen or (line in told and "steps" in where):
            continue
        seen.add(where)
        yield Problem(line, _plainly(complaint, where, lined))


def _is_there(part: Any) -> bool:
    """Whether a part of a complaint's place is a place in the file, not a kind of the model's."""
    return not (
        isinstance(part, str)
        and (
            part.startswith(("step: ", "a look", "a text", "dict[", "list[", "constrained-", "function-"))
            or part in ("str", "bool")
        )
    )


def _two_verbs(lined: Lined, place: Place) -> bool:
    step: Any = lined.content
    for part in place[:-1]:
        try:
            step = step[part]
        except (KeyError, IndexError, TypeError):
            return False
    return len(verbs_in(step)) > 1 and place[-1] in STEPS


def _plainly(complaint: Any, place: Place, lined: Lined) -> str:
    key = next((part for part in reversed(place) if isinstance(part, str)), "")
    given = complaint["input"]
    match complaint["type"]:
        case "missing":
            return _missing(str(key), place)
        case "extra_forbidden":
            known = _known_keys(place, lined)
            return _("“{key}” is not known here. There is: {known}.{hint}").format(
                key=key, known=in_a_row(known), hint=hint(str(key), known)
            )
        case "value_error":
            return f"{key} {complaint['ctx']['error']!s}."
        case "string_pattern_mismatch" | "string_type" | "dict_type" | "string_too_short" | "too_short":
            return _not_a_text(str(key), place, given)
        case "literal_error" | "enum":
            expected = re.findall(r"'([^']+)'", complaint["ctx"]["expected"])
            if not expected:
                return _("{key} is “true” or not there at all.").format(key=key)
            return _("“{given}” is no {key}. It can be: {known}.{hint}").format(
                given=given, key=key, known=in_a_row(expected), hint=hint(str(given), expected)
            )
        case "list_type":
            return _("{key} is a list: each of its items on a line of its own that begins with “- ”.").format(key=key)
        case "model_type" | "model_attributes_type":
            known = _known_keys((*place, "?"), lined)
            return _("{key} is made of keys: {known}.").format(key=key, known=in_a_row(known))
        case "float_parsing" | "int_parsing" | "float_type" | "int_type" | "int_from_float":
            return _("{key} is a number, not “{given}”.").format(key=key, given=given)
    return f"{key}: {misfits.told(complaint)}."


def _missing(key: str, place: Place) -> str:
    if len(place) == 1:
        return {
            "journey": _("“journey:” is missing: the journey's id, such as renew_vehicle."),
            "title": _("“title:” is missing: what the journey is called, such as {{en: Renew a vehicle}}.")
            .replace("{{", "{")
            .replace("}}", "}"),
            "agency": _("“agency:” is missing: whose service it is."),
            "steps": _("“steps:” is missing: what the citizen does, one step a line that begins with “- ”."),
        }.get(key, _("“{key}:” is missing.").format(key=key))
    if key == "as":
        return _("the loop does not say “as:”, the name for each one, such as child.")
    if key == "steps":
        return _("the loop has no “steps:”: what is done for each one.")
    return _("“{key}:” is missing.").format(key=key)


def _not_a_text(key: str, place: Place, given: Any) -> str:
    needs = {
        "press": _("press needs a label: the words on the button or link."),
        "submit": _("submit needs a label, the words on the button, or true."),
        "ask": _("ask needs a label: the words on what offers help."),
        "visit": _("visit needs an address below the base, such as /traffic/renew."),
        "give": _("give needs what is given: a datum or a label, and its value."),
        "choose": _("choose needs what is chosen: a datum or a label, and the choice."),
        "upload": _("upload needs the document: a datum or a label, and the file."),
        "journey": _("the journey's id has small letters, digits, _ and - only, such as renew_vehicle."),
        "steps": _("steps needs at least one step. {can}").format(can=_can()),
        "id": _("an id has letters, digits, _ . and - only, such as pay_the_fee."),
    }
    empty = given is None or given in ("", {}, [])
    if key in needs and (empty or key in ("journey", "id", "give", "choose", "upload")):
        return needs[key]
    if empty:
        return _("{key} says nothing. Give it a text, or one for each language.").format(key=key)
    if isinstance(given, dict) or (place[-1:] == (key,) and isinstance(given, str)):
        ways = [*Look.model_fields]
        return _("“{key}” is neither a language (en, ar, …) nor a way to look for something ({ways}).{hint}").format(
            key=next(iter(given), key) if isinstance(given, dict) else key, ways=in_a_row(ways), hint=""
        )
    return _("{key} is a text, or one for each language: {{en: …, ar: …}}.").format(key=key)


def _known_keys(place: Place, lined: Lined) -> list[str]:
    """The keys that can stand where this one does."""
    names = [part for part in place[:-1] if isinstance(part, str)]
    last = names[-1] if names else ""
    if not names:
        return [*Journey.model_fields]
    if last == "steps":
        step: Any = lined.content
        for part in place[:-1]:
            step = step[part]
        verbs = verbs_in(step)
        return [*(verbs or VERBS), *MODIFIERS, *(["as", "steps"] if "for each" in verbs else [])]
    if "variants" in names and len(names) == 2:
        last = "variants"
    model: Any = PARTS.get(last) or Look
    return [field.alias or name for name, field in model.model_fields.items()]


def _known_only_together(journey: Journey, lined: Lined, folder: Path | None) -> Iterator[Problem]:
    """What is wrong with parts that are right by themselves."""
    ids = [id_ for id_, _step in steps_of(journey)]
    for variant, said in journey.variants.items():
        for skipped in said.skip:
            if skipped not in ids and skipped not in {s.id for s in journey.every_step()}:
                yield Problem(
                    lined.line(("variants", variant, "skip")),
                    _("there is no step “{id}” to skip. The steps are: {ids}.{hint}").format(
                        id=skipped, ids=in_a_row(ids), hint=hint(skipped, ids)
                    ),
                )
    citizen: Mapping[str, Any] | None = None
    try:
        citizen = _citizen(journey, folder)
    except WrongInput as error:
        yield Problem(lined.line(("personas",)), str(error))
    met: dict[str, int] = {}
    for place, step in _steps(journey.steps, ("steps",)):
        if step.id:
            if step.id in met:
                yield Problem(
                    lined.line((*place, "id")),
                    _("two steps have the id “{id}”; the other is on line {line}.").format(
                        id=step.id, line=met[step.id]
                    ),
                )
            met.setdefault(step.id, lined.line((*place, "id")))
        yield from _variants_of(journey, step, place, lined)
        if isinstance(step, Call | Attend):
            yield from _script_of(step, place, lined)
        if isinstance(step, Upload) and folder is not None:
            for datum, file in step.upload.items():
                if "{{" not in file and not (folder / file).is_file():
                    yield Problem(
                        lined.line((*place, "upload", datum)),
                        _("there is no file {file} beside the journey.").format(file=file),
                    )
    if citizen is not None:
        yield from _open_holes(journey.steps, ("steps",), {"citizen": citizen, **found_on_the_way(journey)}, lined)


def _variants_of(journey: Journey, step: Step, place: Place, lined: Lined) -> Iterator[Problem]:
    known = list(journey.variants)
    for variant in step.only or ():
        if variant not in known:
            yield Problem(
                lined.line((*place, "only")),
                _("there is no variant “{variant}”. The variants are: {known}.{hint}").format(
                    variant=variant, known=in_a_row(known) or "—", hint=hint(variant, known)
                ),
            )


def _script_of(step: Call | Attend, place: Place, lined: Lined) -> Iterator[Problem]:
    script = conversation_of(step).script
    scripts = {(): script} if isinstance(script, str) else {(variant,): s for variant, s in script.items()}
    for which, text in scripts.items():
        inside = (*place, step.verb, "script", *which)
        try:
            rehearse(step, text, "§")
        except WrongInput as error:
            told = re.match(r"line (\d+) of §: (.*)", str(error), re.S)
            first = lined.line_inside(inside)
            if told:
                yield Problem(first + int(told[1]) - 1, told[2])
            else:
                yield Problem(first, str(error).replace("§", _("the conversation")))


def _steps(steps: Sequence[Any], place: Place) -> Iterator[tuple[Place, Step]]:
    for index, step in enumerate(steps):
        yield (*place, index), step
        if isinstance(step, ForEach | Part):
            yield from _steps(step.steps, (*place, index, "steps"))


def _citizen(journey: Journey, folder: Path | None) -> dict[str, Any] | None:
    """What a citizen of this journey has at hand; None when that cannot be known here."""
    if journey.personas is None:
        return {**usual_keys(), **dict.fromkeys(journey.needs, "")}
    if folder is None:
        return None
    personas = read_personas(folder / journey.personas)
    return {**(dict(personas[0]) if personas else {}), **dict.fromkeys(journey.needs, "")}


def _open_holes(steps: Sequence[Any], place: Place, known: Mapping[str, Any], lined: Lined) -> Iterator[Problem]:
    """Holes that nobody could fill, each with the line it is on."""
    for index, step in enumerate(steps):
        here = (*place, index)
        if isinstance(step, ForEach):
            name = step.for_each.partition(".")[2].partition(".")[0]
            if name not in known["citizen"]:
                yield Problem(lined.line((*here, "for each")), nobody_fills(step.for_each, known))
                continue
            told = known["citizen"][name]
            one = told[0] if isinstance(told, list | tuple) and told else None
            yield from _open_holes(step.steps, (*here, "steps"), {**known, step.as_: one}, lined)
        elif isinstance(step, Part):
            yield from _open_holes(step.steps, (*here, "steps"), known, lined)
        else:
            said = step.model_dump(by_alias=True)
            yield from _open(said[VERB_OF[type(step)]], (*here, step.verb), known, lined)


def _open(said: Any, place: Place, known: Mapping[str, Any], lined: Lined) -> Iterator[Problem]:
    if isinstance(said, Mapping):
        for key, value in said.items():
            yield from _open(value, (*place, key), known, lined)
        return
    for name in holes_in(said):
        who, dot, key = name.partition(".")
        if who == "env" and dot:
            continue
        if who not in known or not dot or (isinstance(known[who], Mapping) and key.partition(".")[0] not in known[who]):
            yield Problem(lined.line(place), nobody_fills(name, known))
