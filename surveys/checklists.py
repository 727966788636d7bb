"""What a visitor looks out for in a service centre: a checklist is a file in `visits/`, a kind a file.

Each tap becomes the sentence that stands beside it, so that a visit is measured as any other session is.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from studies.events import hint, why_not_a_sentence
from studies.misfits import dotted, first_misfit
from studies.planning.protocol import Name, Part, Text
from studies.topic_of import topic_of
from studies.topics import dictionary, known_words, slug
from studies.troubles import WrongInput
from studies.words import _, in_a_row, language, pick, say_in
from studies.workspace import Workspace

SHIPPED: Final = Path(__file__).parent / "visits"
#: what is done with a document, and the sentence that it is
WITH_DOCUMENTS: Final = {
    "asked": ("service", "requests"),
    "given": ("citizen", "gives"),
    "rejected": ("service", "refuses"),
}
RATES: Final = (1, 5)


class Says(Part):
    """The sentence that a tap becomes."""

    actor: str
    verb: str
    about: str | None = None
    cause: str | None = None


class Option(Part):
    """One of several things that may have happened."""

    option: Name
    text: Text
    says: str | None = None


class Item(Part):
    """One thing to look out for. A `moment` is tapped when it happens; `again`: it may happen more than once."""

    item: Name
    ask: Literal["moment", "choice", "documents", "rating", "yes_no", "text"]
    text: Text
    says: str | None = None
    again: bool = False
    options: list[Option] = []
    data: list[str | dict[str, str]] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Item:
        if (self.ask == "moment") != (self.says is not None):
            raise ValueError(
                _("{item}: a moment, and nothing else, has the sentence that it says").format(item=self.item)
            )
        if (self.ask == "choice") != bool(self.options) or (self.ask == "documents") != bool(self.data):
            raise ValueError(
                _("{item}: a choice has options, documents have data, and nothing else does").format(item=self.item)
            )
        for said in (self.says, *(one.says for one in self.options)):
            if said is not None:
                sentence_of(said)
        return self


class Stage(Part):
    """A part of the visit."""

    part: Name
    title: Text
    items: list[Item] = Field(min_length=1)


class Checklist(Part):
    """One kind of visit."""

    kind: Name
    title: Text
    lead: Text
    parts: list[Stage] = Field(min_length=1)

    @model_validator(mode="after")
    def _items_are_told_apart(self) -> Checklist:
        names = [one.item for one in self.items]
        if twice := next((name for name in names if names.count(name) > 1 or name in ("done", "undo")), None):
            raise ValueError(_("{twice} is told twice, or is the checklist's own word").format(twice=twice))
        return self

    @property
    def items(self) -> list[Item]:
        """Everything that is looked out for, in order."""
        return [item for part in self.parts for item in part.items]

    @property
    def hears(self) -> frozenset[str]:
        """The verbs that a visitor with this checklist can tell of: no sign is heard where none can be tapped."""
        said = [one for item in self.items for one in (item.says, *(o.says for o in item.options)) if one]
        verbs = {sentence_of(one).verb for one in said} | {"notes", "breaks"}
        asks = {item.ask for item in self.items}
        return frozenset(
            verbs
            | ({verb for _who, verb in WITH_DOCUMENTS.values()} if "documents" in asks else set())
            | ({"rates"} if "rating" in asks else set())
        )


def sentence_of(said: str, service: str = "service") -> Says:
    """The sentence in `citizen acts queue_ticket cause=queue`. Raises ValueError where it is none."""
    words = said.replace("{service}", service).split()
    if len(words) < 2:
        raise ValueError(_("“{said}” is no sentence: who, does what, about what").format(said=said))
    more = dict(word.split("=", 1) for word in words[2:] if "=" in word)
    about = next((word for word in words[2:] if "=" not in word), None)
    if set(more) - {"cause"} or (why := why_not_a_sentence(words[0], words[1], "desk", more.get("cause"))):
        raise ValueError(why if not set(more) - {"cause"} else _("“{said}”: only cause= may be told").format(said=said))
    return Says(actor=words[0], verb=words[1], about=about, cause=more.get("cause"))


def kinds(space: Workspace | None = None) -> dict[str, Path]:
    """The kinds of visits: those that came with the lab, and the workspace's own in `visits/`."""
    folders = [SHIPPED, *([space.root / "visits"] if space else [])]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def checklist(kind: str, space: Workspace | None = None) -> Checklist:
    """One kind of visit. Raises WrongInput naming the kinds there are, or what is wrong in its file."""
    there = kinds(space)
    if kind not in there:
        raise WrongInput(
            _("There is no checklist “{kind}”. There are: {there}.{hint}").format(
                kind=kind, there=in_a_row(there), hint=hint(kind, list(there))
            )
        )
    return read(there[kind])


def read(path: Path) -> Checklist:
    """The checklist in a file. Raises WrongInput naming the file, the place and what is wrong there."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> Checklist:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        found = Checklist.model_validate(told)
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        mark = getattr(cause, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        raise WrongInput(_("{where} is no YAML. Indent with spaces.").format(where=where)) from None
    except ValidationError as wrong:
        place, message = first_misfit(wrong)
        raise WrongInput(f"{path.name}, {dotted(place) or '-'}: {message}.") from None
    if found.kind != path.stem:
        raise WrongInput(_("{file} tells the kind {kind}: name both alike.").format(file=path.name, kind=found.kind))
    return found


def datum_of_document(one: str | dict[str, str]) -> str:
    """Which datum a document is: by its key in the data dictionary, else by the words it is known by."""
    if isinstance(one, str) and one in dictionary():
        return one
    words = [one] if isinstance(one, str) else list(one.values())
    found = (topic_of(word).datum for word in words)
    return next((datum for datum in found if datum), slug(words[0]) or "document")


def told(asked: Checklist, tongue: str) -> dict[str, Any]:
    """A checklist in one language, as the visitor's page shows it."""
    with say_in(tongue):
        return {
            "title": pick(asked.title),
            "lead": pick(asked.lead),
            "parts": [
                {"part": part.part, "title": pick(part.title), "items": [_item(item, tongue) for item in part.items]}
                for part in asked.parts
            ],
        }


def named(asked: Checklist, key: str) -> str:
    """What a rater's finding is about, in the language in force: an item, a document and what was done with it."""
    name, _dot, more = key.partition(".")
    item = next((one for one in asked.items if one.item == name), None)
    if item is not None:
        return _("{item} (when)").format(item=pick(item.text)) if more == "seconds" else pick(item.text)
    does = {"asked": _("Asked for"), "given": _("Given"), "rejected": _("Not accepted")}
    return f"{next(iter(known_words(name, language())), name)}: {does.get(more, more)}"


def _item(item: Item, tongue: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"item": item.item, "ask": item.ask, "again": item.again, "text": pick(item.text)}
    if item.options:
        shown["options"] = [{"option": one.option, "text": pick(one.text)} for one in item.options]
    if item.data:
        shown["data"] = [_document(one, tongue) for one in item.data]
    return shown


def _document(one: str | dict[str, str], tongue: str) -> dict[str, str]:
    datum = datum_of_document(one)
    words = pick(one) if isinstance(one, dict) else next(iter(known_words(datum, tongue)), datum)
    return {"datum": datum, "text": words}
