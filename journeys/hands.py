"""What a player lends to a walk: hands that do, eyes that see, and how they say that something cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from journeys.journey import Send
from journeys.targets import Way


class NotThere(Exception):
    """What the step names was not on the page, for as long as patience lasted; `words` are those that were there."""

    def __init__(self, sought: str, words: list[str]) -> None:
        super().__init__(sought)
        self.sought = sought
        self.words = words


class PatienceOver(Exception):
    """The service took longer than the citizen would wait."""


class LabBroke(Exception):
    """The lab failed (driver, recorder, a page the player cannot play): never the service's fault."""

    def __init__(self, tag: str, detail: str = "") -> None:
        super().__init__(detail or tag)
        self.tag = tag


class Hands(Protocol):
    """What a player lends: hands that do, eyes that see. What it hears, it writes into the diary it was given.

    Whatever looks for something raises NotThere when patience is over, and returns which of the alternatives it was,
    from 0. Data, values and texts come in the citizen's language, holes filled; a `holes.Secret` must not be shown.
    """

    def visit(self, url: str) -> None:
        """Open a URL, until its page is usable."""

    def press(self, target: list[Way]) -> int:
        """Press a button or follow a link."""

    def give(self, datum: str, value: str) -> None:
        """Fill in a field."""

    def choose(self, datum: str, value: str | list[str] | bool) -> None:
        """Choose among what a field offers."""

    def upload(self, datum: str, path: Path) -> None:
        """Hand in a document."""

    def submit(self, target: list[Way] | None) -> int:
        """Send the form, by this button or (None) the one being filled in."""

    def back(self) -> None:
        """Go back one page."""

    def ask(self, target: list[Way]) -> int:
        """Press what offers help: written as `asks` instead of `acts`."""

    def expect(self, text: str | None, page: str | None, gone: str | None, within: float) -> None:
        """Wait to see a text, be on a page, see a text gone. Raises PatienceOver."""

    def sees(self, text: str) -> bool:
        """Whether a text is visible now, once the page is usable."""

    def words(self) -> list[str]:
        """The labels and words that are on the page, for messages."""

    def picture(self, name: str) -> Path | None:
        """A screenshot, where the player can take one and the walk keeps them."""

    def listen(self) -> None:
        """Write what was heard until now into the diary."""


@runtime_checkable
class Sends(Protocol):
    """Hands that can send what a recording shows being sent, without a page to send it from."""

    def send(self, step: Send, data: Mapping[str, Any]) -> None:
        """Send the requests of a step, its holes filled from `data`. Raises NotThere, PatienceOver."""
