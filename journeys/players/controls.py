"""The fields, buttons and links of a page, and what is in them so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from journeys.hearing.asked_again import datum

PRESSED: Final = frozenset({"submit", "button", "reset", "image"})


@dataclass(slots=True)
class Option:
    """One thing that can be chosen from a list."""

    value: str
    label: str
    selected: bool
    disabled: bool
    by_itself: bool = False  # shown because it is the first: nobody has chosen it


@dataclass(slots=True, eq=False)
class Control:
    """A field or button, with what is in it so far."""

    node: Any
    tag: str
    type: str
    name: str
    id: str
    form: Form | None
    label: str = ""
    group: str = ""
    autocomplete: str = ""
    value: str = ""
    checked: bool = False
    disabled: bool = False
    readonly: bool = False
    multiple: bool = False
    visible: bool = True
    options: list[Option] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def is_button(self) -> bool:
        """Whether it is pressed rather than filled in."""
        return self.tag == "button" or self.type in PRESSED

    @property
    def submits(self) -> bool:
        """Whether pressing it sends a form."""
        return self.form is not None and (
            (self.tag == "button" and self.type not in ("button", "reset")) or self.type in ("submit", "image")
        )

    @property
    def in_group(self) -> bool:
        """Whether it is one choice among several of one name."""
        return self.type in ("radio", "checkbox") and bool(self.name)

    @property
    def askable(self) -> bool:
        """Whether a citizen is asked to fill it in."""
        return (
            self.visible
            and not (self.is_button or self.disabled or self.readonly)
            and self.type
            not in (
                "hidden",
                "search",
            )
        )

    @property
    def empty(self) -> bool:
        """Whether nothing is given or chosen."""
        if self.type in ("radio", "checkbox"):
            return not self.checked
        if self.type == "file":
            return not self.files
        if self.tag == "select":
            return not any(o.selected and o.value and not o.by_itself for o in self.options)
        return self.value == ""

    @property
    def asks(self) -> str:
        """The words that ask for it: its group's, else its label (a radio's own label is an answer, no question)."""
        if self.in_group and self.group:
            return self.group
        return "" if self.type == "radio" else self.label

    @property
    def told(self) -> dict[str, str]:
        """The field as the recorder would tell of it."""
        label = re.sub(r"\d{4,}", "#", self.asks)[:120]
        name = self.name or self.id
        return {"l": label, "n": name, "a": self.autocomplete, "ty": self.type, "g": self.group[:120]}

    @property
    def datum(self) -> str | None:
        """The datum that it asks for."""
        return datum(self.told)


@dataclass(slots=True, eq=False)
class Form:
    """A form: where it goes, how, and its controls in the page's order."""

    node: Any
    id: str
    name: str
    method: str
    action: str
    enctype: str
    controls: list[Control] = field(default_factory=list)

    def default_button(self) -> Control | None:
        """The button that Enter presses: the first that submits."""
        return next((c for c in self.controls if c.submits and not c.disabled), None)


@dataclass(slots=True, eq=False)
class Pressable:
    """A link or button, with its words as they stand on the page."""

    words: str
    role: str
    name: str
    node: Any
    href: str | None = None
    control: Control | None = None
