"""What a journey leaves open: {{citizen.*}} is filled from a persona, {{env.*}} from the environment, as a secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row, pick

HOLE: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


class Secret(str):
    """A text that must never be seen: players keep it out of files, logs, messages and pictures."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "•••"


def holes_in(given: Any) -> Iterator[str]:
    """The names of the holes in a text, or in the texts of a mapping or list: `citizen.national_id`, `env.PASSWORD`."""
    if isinstance(given, str):
        yield from HOLE.findall(given)
    elif isinstance(given, Mapping):
        for value in given.values():
            yield from holes_in(value)
    elif isinstance(given, list | tuple):
        for value in given:
            yield from holes_in(value)


def look_up(name: str, data: Mapping[str, Any]) -> Any:
    """What a dotted name stands for: `citizen.children`, `citizen.children.0.name`. KeyError if nothing."""
    found: Any = data
    for part in name.split("."):
        if isinstance(found, list | tuple) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, Mapping) and part in found:
            found = found[part]
        else:
            raise KeyError(name)
    return found


def fill(text: str, data: Mapping[str, Any], language: str, environment: Mapping[str, str] | None = None) -> str:
    """The text with its holes filled; a Secret if any of it came from the environment.

    `data` maps `citizen` (and a loop's `as`) to what is known of them. What a persona says in several languages is
    said in the citizen's. Raises WrongInput for what nobody fills.
    """
    secret = False

    def filled(hole: re.Match[str]) -> str:
        nonlocal secret
        name = hole[1]
        if name.startswith("env."):
            secret = True
            return from_environment(name.removeprefix("env."), environment)
        try:
            found = look_up(name, data)
        except KeyError:
            raise WrongInput(nobody_fills(name, data)) from None
        return pick(found, language) if isinstance(found, dict) else str(found)

    full = HOLE.sub(filled, text)
    return Secret(full) if secret else full


def from_environment(name: str, environment: Mapping[str, str] | None = None) -> str:
    """A secret. Raises WrongInput when it is not set."""
    value = (os.environ if environment is None else environment).get(name)
    if value is None:
        raise WrongInput(
            _(
                "The journey needs the secret {name}, and the environment has none. Set it first: export {name}=…"
            ).format(name=name)
        )
    return value


def nobody_fills(name: str, data: Mapping[str, Any]) -> str:
    """The message for a hole that stays open, with the names that are known."""
    who, _dot, key = name.partition(".")
    known = data.get(who)
    if not isinstance(known, Mapping):
        others = in_a_row(f"{{{{{w}.…}}}}" for w in [*data, "env"])
        return _("Nobody can fill {{{{{name}}}}}: “{who}” is nobody here. There is: {others}.{hint}").format(
            name=name, who=who, others=others, hint=hint(who, [*data, "env"])
        )
    return _("Nobody can fill {{{{{name}}}}}. A {who} has: {known}.{hint}").format(
        name=name, who=who, known=in_a_row(known), hint=hint(key, list(known))
    )
