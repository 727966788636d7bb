"""A page's words as `arabic_look.js` takes them down: what the rules of the Arabic lint read, and all they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.checks._scripts import Script, script_of, written_in

ENOUGH = 20  # letters from which a page's words tell its script


@dataclass(frozen=True, slots=True)
class Text:
    """Words that stand on the page: `kind` is heading, label, option, press (a button, a link) or text."""

    text: str
    kind: str = "text"
    lang: str = ""  # of the nearest part that says one
    dir: str = "ltr"
    spacing: float = 0.0  # pixels between the letters
    transform: str = "none"
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of several groups or with a sign, its digits masked, and how the eye meets it."""

    shape: str
    reversed: bool = False  # the last group is met first, from the left
    sign_behind: bool = False
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to be written into."""

    type: str = "text"
    auto: str = ""
    mode: str = ""
    name: str = ""
    dir: str = "ltr"
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """What would be said beside a field that is filled in wrongly: its script, and whether the page's own words."""

    script: str
    own: bool = False
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sided:
    """A style that knows left and right only, in force on something read from the right."""

    property: str
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One page at one moment."""

    lang: str = ""
    dir: str = ""  # as it is written; `reads` is what comes of it
    reads: str = "ltr"
    title: str = ""
    texts: tuple[Text, ...] = ()
    numbers: tuple[Number, ...] = ()
    fields: tuple[Blank, ...] = ()
    messages: tuple[Message, ...] = ()
    styles: tuple[Sided, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Snapshot:
        """A snapshot from what the script says."""
        return cls(
            told["lang"], told["dir"], told["reads"], told["title"],
            tuple(Text(**t) for t in told["texts"]), tuple(Number(**n) for n in told["numbers"]),
            tuple(Blank(**f) for f in told["fields"]), tuple(Message(**m) for m in told["messages"]),
            tuple(Sided(**s) for s in told["styles"]),
        )  # fmt: skip

    def seems(self) -> Script | None:
        """The script that the page's own words are mostly of; None when there are too few to tell."""
        return written_in(" ".join(t.text for t in self.texts), least=ENOUGH)

    def script(self) -> Script | None:
        """The script the page's readers expect: its words', else its language's."""
        return self.seems() or script_of(self.lang)

    def foreign(self, text: Text) -> bool:
        """Whether a part says itself that it is in another script's language."""
        told = script_of(text.lang)
        return told is not None and script_of(self.lang) is not None and told != script_of(self.lang)
