"""Who is asked what: a rule on the answers given so far, as people write it, read once and answered for each person.

    used = yes and visits > 2 or selected(channels, 'phone')

A name on the left is a question's, with or without ${…} around it; on the right stands an answer, in quotes or without.
Not answered is '' and equals nothing else. A rule is kept as nested lists, which a page's own script can read as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from studies.store.kept import Answer
from studies.troubles import WrongInput
from studies.words import _

_PARTS: Final = re.compile(
    r"\s*(?:(?P<name>\$\{\s*[A-Za-z_][\w.-]*\s*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))"
    r"|(?P<word>[^\W\d][\w.-]*)|(?P<sign><=|>=|!=|=|<|>|\(|\)|,))"
)
_SIGNS: Final = ("<=", ">=", "!=", "=", "<", ">")

Rule = list[Any]


def read_rule(text: str) -> Rule:
    """A rule from its words. Raises WrongInput saying at which place it stops making sense."""
    reading = _Reading(text)
    rule = reading.either()
    if reading.next is not None:
        raise reading.wrong()
    return rule


def holds(rule: Rule, answers: Mapping[str, Answer]) -> bool:
    """Whether a rule holds for somebody with these answers."""
    match rule:
        case ["and", *parts]:
            return all(holds(part, answers) for part in parts)
        case ["or", *parts]:
            return any(holds(part, answers) for part in parts)
        case ["not", part]:
            return not holds(part, answers)
        case ["selected", name, value]:
            return value in _chosen(answers.get(name))
        case [sign, name, value]:
            return _compares(str(sign), answers.get(name), value)
    raise AssertionError(rule)


def names_in(rule: Rule) -> set[str]:
    """The questions that a rule looks at."""
    if rule[0] in ("and", "or", "not"):
        return {name for part in rule[1:] for name in names_in(part)}
    return {rule[1]}


def _compares(sign: str, given: Answer, value: str | float) -> bool:
    if sign == "=":
        return value == "" if given in (None, []) else str(value) in _chosen(given) or _number(given) == value
    if sign == "!=":
        return not _compares("=", given, value)
    left, right = _number(given), _number(value)
    if left is None or right is None:
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def _chosen(given: Answer) -> list[str]:
    if given is None:
        return []
    return list(given) if isinstance(given, list) else [given if isinstance(given, str) else f"{given:g}"]


def _number(given: Answer | str | float) -> float | None:
    try:
        return float(given) if isinstance(given, str | int | float) else None
    except ValueError:
        return None


class _Reading:
    """Reads a rule from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.after = text, 0, 0
        self.next: tuple[str, str] | None = None
        self.step()

    def step(self) -> tuple[str, str] | None:
        was, self.place = self.next, self.after
        found = _PARTS.match(self.text, self.place)
        if found is None:
            self.next = None if not self.text[self.place :].strip() else ("?", self.text[self.place :].strip())
            self.after = len(self.text)
        else:
            self.next, self.after = (str(found.lastgroup), found[found.lastgroup or 0]), found.end()
        return was

    def wrong(self) -> WrongInput:
        at = self.text[self.place :].strip() or "the end"
        return WrongInput(
            _(
                "The rule “{rule}” cannot be understood at “{at}”. Write it like: used = yes and "
                "visits > 2; there are =, !=, <, <=, >, >=, and, or, not(…), selected(question, "
                "'choice')."
            ).format(rule=self.text, at=at)
        )

    def word(self, *wanted: str) -> bool:
        if self.next is not None and self.next[1].lower() in wanted and self.next[0] in ("word", "sign"):
            self.step()
            return True
        return False

    def need(self, sign: str) -> None:
        if not self.word(sign):
            raise self.wrong()

    def either(self) -> Rule:
        parts = [self.all()]
        while self.word("or"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else ["or", *parts]

    def all(self) -> Rule:
        parts = [self.one()]
        while self.word("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else ["and", *parts]

    def one(self) -> Rule:
        if self.word("not"):
            return ["not", self.one()]
        if self.word("("):
            rule = self.either()
            self.need(")")
            return rule
        if self.next is not None and self.next == ("word", "selected"):
            self.step()
            self.need("(")
            name = self.name()
            self.need(",")
            value = self.value()
            self.need(")")
            return ["selected", name, f"{value:g}" if isinstance(value, float) else value]
        name = self.name()
        if self.next is None or self.next[1] not in _SIGNS:
            raise self.wrong()
        sign = str((self.step() or ("", ""))[1])
        return [sign, name, self.value()]

    def name(self) -> str:
        if self.next is None or self.next[0] not in ("name", "word"):
            raise self.wrong()
        return str((self.step() or ("", ""))[1]).strip("${} ")

    def value(self) -> str | float:
        if self.next is None or self.next[0] not in ("text", "word", "number"):
            raise self.wrong()
        kind, text = self.step() or ("", "")
        return float(text) if kind == "number" else text[1:-1] if kind == "text" else text
