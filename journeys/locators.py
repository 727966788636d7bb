"""How other tools say where something is on a page, said as a journey says it: by words first, a selector last.

A `Locator` is one way in which a recording names an element. Several of one element become one target: the words that
a citizen reads are proposed first, what only programs see stays behind them in its own order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from journeys.fragility import of_css, of_name, of_xpath
from studies.topics import datum_of, dictionary, known_words, normal

Kind = Literal["label", "words", "name", "css", "xpath"]

ROLES: Final = {"button", "link", "checkbox", "radio", "tab", "menuitem"}
FIELDS: Final = {"textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider"}
SAYS_CHOICE: Final = re.compile(
    r"\b(?:select|dropdown|combobox|listbox|radio|option)\b|(?:select|dropdown|radio)\d*$", re.IGNORECASE
)
SAYS_BOX: Final = re.compile(r"type=[\"']?checkbox", re.IGNORECASE)
BY_ID: Final = re.compile(r"#((?:\\.|[\w-]|[^\x00-\x7f])+)$|\[id=[\"']?([^\"'\]]+)[\"']?\]$")
BY_NAME: Final = re.compile(r"(?:[a-z]+)?\[name=[\"']?([^\"'\]]+)[\"']?\]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Locator:
    """One way in which a recording names an element: the accessible label, words, a name or id, a selector."""

    kind: Kind
    text: str
    role: str | None = None

    @property
    def score(self) -> float:
        """How easily it breaks; see journeys/fragility.py."""
        match self.kind:
            case "label":
                return 0.0
            case "words":
                return 0.0 if self.role else 0.2
            case "name":
                return of_name(self.text)
            case "css":
                return of_css(self.text)
        return of_xpath(self.text)


# -- from the selectors of Chrome's recorder


def of_recorder(selectors: Iterable[Any]) -> list[Locator]:
    """The alternatives of a recorded step, in its order; an inner list leads through shadow roots and ancestors."""
    found = []
    for selector in selectors:
        chain = [selector] if isinstance(selector, str) else selector if isinstance(selector, list) else []
        if chain and all(isinstance(one, str) and one for one in chain) and (one := _of_chain(chain)):
            found.append(one)
    return unique(found)


def _of_chain(chain: list[str]) -> Locator | None:
    found = [_of_selector(one) for one in chain]
    last = found[-1]
    if len(found) == 1 or last is None:
        return last
    if last.kind == "label" and not last.text:  # only a role: the words are those of what it stands in
        return next((one for one in reversed(found) if one and one.text and one.kind == "label"), None)
    path = [one for one in found if one is not None]
    if all(one.kind == "css" for one in path) and len(path) == len(found):
        return Locator("css", " >>> ".join(one.text for one in path))
    return last if last.text else None


def _of_selector(selector: str) -> Locator | None:
    prefix, slash, rest = selector.partition("/")
    match prefix if slash else "":
        case "aria":
            role = re.search(r"\[role=[\"']([\w-]+)[\"']\]", rest)
            named = re.search(r"\[name=[\"']([^\"']+)[\"']\]", rest)
            label = named[1] if named else re.sub(r"\[(?:role|name)=[\"'][^\"']*[\"']\]", "", rest)
            return Locator("label", " ".join(label.split()), role[1] if role else None)
        case "text":
            return Locator("words", " ".join(rest.split())) if rest.strip() else None
        case "xpath":
            return Locator("xpath", rest)
        case "pierce":
            return Locator("css", rest)
    return Locator("css", selector)


# -- from the locators of Selenium


def of_selenium(locator: str) -> Locator | None:
    """One locator of Selenium; None for a strategy that it does not have."""
    locator = locator.strip()
    if locator.startswith(("/", "(/")):
        return Locator("xpath", locator)
    strategy, equals, rest = locator.partition("=")
    rest = rest.strip()
    if not equals or not rest:
        return None
    match strategy.strip().casefold():
        case "id" | "identifier":
            return Locator("css", f"#{rest}" if re.fullmatch(r"-?[A-Za-z_][\w-]*", rest) else f'[id="{rest}"]')
        case "name":
            return Locator("css", f'[name="{rest}"]')
        case "css":
            return Locator("css", rest)
        case "xpath":
            return Locator("xpath", rest)
        case "link" | "linktext" | "partiallinktext":
            return Locator("words", rest.removeprefix("exact:"), "link")
        case "class" | "classname":
            return Locator("css", f".{rest}")
        case "tag" | "tagname":
            return Locator("css", rest)
    return None


# -- XPath, as far as CSS can say the same

STEP: Final = re.compile(r"(//?)([\w*-]+)((?:\[(?:[^\[\]'\"]|'[^']*'|\"[^\"]*\")*\])*)")
PREDICATE: Final = re.compile(r"\[((?:[^\[\]'\"]|'[^']*'|\"[^\"]*\")*)\]")
EQUAL: Final = re.compile(r"@([\w:-]+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\")$")
CONTAINS: Final = re.compile(r"(contains|starts-with)\(\s*@([\w:-]+)\s*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)$")
SAYS: Final = re.compile(
    r"(?:contains\(\s*(?:text\(\)|\.)\s*,\s*|(?:text\(\)|normalize-space\([^)]*\)|\.)\s*=\s*)(?:'([^']+)'|\"([^\"]+)\")"
)


def words_in(path: str) -> Locator | None:
    """The words that an XPath looks for, with the role of what has them; None where it looks for none."""
    if not (said := SAYS.search(path)):
        return None
    steps = STEP.findall(path)
    tag = steps[-1][1] if steps else "*"
    role = {"a": "link", "button": "button"}.get(tag)
    text = " ".join((said[1] or said[2]).split())
    return Locator("words", text, role) if text else None


def css_of(path: str) -> str | None:
    """The same as an XPath in CSS; None where CSS cannot say it."""
    path = re.sub(r"^\((.*)\)\[1\]$", r"\1", path.strip())
    at, found = 0, ""
    while at < len(path):
        step = STEP.match(path, at)
        if step is None:
            return None
        tag, predicates = step[2], ""
        for predicate in PREDICATE.findall(step[3]):
            said = _predicate(predicate, tag)
            if said is None:
                return None
            predicates += said
        joint = "" if not found else " > " if step[1] == "/" else " "
        found += joint + (predicates if tag == "*" and predicates else tag + predicates)
        at = step.end()
    return found or None


def _predicate(said: str, tag: str) -> str | None:
    if said.strip().isdigit():
        return None if tag == "*" else f":nth-of-type({said.strip()})"
    found = ""
    for one in re.split(r"\s+and\s+", said.strip()):
        if same := EQUAL.match(one):
            value = same[2] if same[2] is not None else same[3]
            plain = same[1] == "id" and re.fullmatch(r"-?[A-Za-z_][\w-]*", value)
            found += f"#{value}" if plain else f'[{same[1]}="{value}"]'
        elif part := CONTAINS.match(one):
            value = part[3] if part[3] is not None else part[4]
            found += f'[{part[2]}{"*" if part[1] == "contains" else "^"}="{value}"]'
        elif re.fullmatch(r"@[\w:-]+", one):
            found += f"[{one[1:]}]"
        else:
            return None
    return found


# -- what a journey makes of them


def unique(locators: Iterable[Locator]) -> list[Locator]:
    """Each way once, XPath said in CSS where CSS can say it, words that an XPath looks for beside it."""
    found: list[Locator] = []
    for one in locators:
        ways = [one]
        if one.kind == "xpath":
            css = css_of(one.text)
            ways = [Locator("css", css if css else f"xpath={one.text}")]
            if said := words_in(one.text):
                ways.insert(0, said)
        for way in ways:
            named = re.fullmatch(r"[a-z]+(#[\w-]+|\[name=[^\]]+\])", way.text) if way.kind == "css" else None
            if way.text and way not in found and not (named and Locator("css", named[1]) in found):
                found.append(way)
    return found


def in_order(locators: Sequence[Locator]) -> list[Locator]:
    """What a citizen reads first, then the others in the order of the file."""
    rank = {"label": 0, "words": 1}
    return sorted(locators, key=lambda one: rank.get(one.kind, 2))


def target_of(locators: Sequence[Locator]) -> Any:
    """What is to be pressed, as a journey says it: words alone, or one look with its alternatives."""
    looks: list[Any] = []
    for one in in_order(locators):
        if one.kind in ("label", "words"):
            role = one.role if one.role in ROLES else None
            look = {"words": one.text, "role": role} if role else {"words": one.text}
            if any(isinstance(known, dict) and known.get("words") == one.text for known in looks):
                continue
        elif one.kind == "name":
            look = {"name": one.text}
        else:
            look = {"css": one.text}
        if look not in looks:
            looks.append(look)
    if not looks:
        return None
    first, rest = looks[0], looks[1:]
    if rest:
        return {**first, "any": rest}
    return first["words"] if list(first) == ["words"] else first


def key_of(locators: Sequence[Locator]) -> str | None:
    """The key that a field is found by: its label, else the datum or the name that its selector tells, else `css:…`."""
    keys: list[str] = []
    for one in in_order(locators):
        if one.kind in ("label", "words"):
            keys.append(one.text)
        elif name := name_in(one.text):
            datum = datum_of(name=name)
            if datum and datum in dictionary() and _is_just(datum, name):
                keys.append(datum)
            keys.append(name)
        else:
            keys.append(f"css:{one.text}")
    keys = [key for key in dict.fromkeys(keys) if key.strip() and " | " not in key]
    return " | ".join(keys) or None


def name_in(selector: str) -> str | None:
    """The name or id that a selector asks for and nothing else."""
    if found := BY_ID.match(selector):
        return (found[1] or found[2]).replace("\\", "")
    found = BY_NAME.match(selector)
    return found[1] if found else None


def _is_just(datum: str, name: str) -> bool:
    said = normal(re.sub(r"([a-z])([A-Z])", r"\1 \2", name))
    return said in {normal(word) for word in (datum, *known_words(datum))}


def describe(locators: Sequence[Locator]) -> tuple[str, str]:
    """The label and the name of a field, as far as its locators tell them, for what it asks for."""
    label = next((one.text for one in locators if one.kind in ("label", "words")), "")
    name = next((name for one in locators if one.kind == "css" and (name := name_in(one.text))), "")
    if not name:  # the last word of a selector is better than nothing
        last = next((one.text for one in locators if one.kind in ("css", "name")), "")
        words = re.findall(r"[A-Za-z][\w-]*", last)
        name = words[-1] if words and not label else ""
    return label, name


def says_choice(locators: Sequence[Locator]) -> bool:
    """Whether the locators tell that the element offers a list to choose from."""
    return any(one.role in ("combobox", "listbox", "radio") or SAYS_CHOICE.search(one.text) for one in locators)


def says_box(locators: Sequence[Locator]) -> bool:
    """Whether the locators tell that the element is a box to tick."""
    return any(one.role in ("checkbox", "switch") or SAYS_BOX.search(one.text) for one in locators)


def same_element(one: Sequence[Locator], other: Sequence[Locator]) -> bool:
    """Whether two steps speak of one element: they share a way to find it."""
    return bool({(w.kind, w.text) for w in one} & {(w.kind, w.text) for w in other})


def fragility_of(locators: Sequence[Locator]) -> float:
    """How easily what a recording tries first breaks."""
    return locators[0].score if locators else 1.0
