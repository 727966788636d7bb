"""What hands and eyes need of a browser: one window, looked at and acted in. Chromium and Firefox each lend theirs.

What goes wrong is said with Selenium's own exceptions, whichever way the words to the browser take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

Element = Any  # what `look` found: a reference that only the page that gave it understands


class Unreached(Exception):
    """The browser itself says that no page came from this address: nobody there, a redirect without end, a bad
    certificate. `why` is the browser's own word for it."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url}: {why}")
        self.url = url
        self.why = why


class Page(Protocol):
    """One browser window: the one that the citizen has before them. Every call is bounded by the walk's patience."""

    @property
    def opens_lists(self) -> bool:
        """Whether a press opens a list of choices (Chromium), or keys alone move through it."""

    def go(self, url: str) -> None:
        """Open an address, until its document is there. Raises Unreached."""

    def back(self) -> None:
        """Go back one page."""

    def address(self) -> str:
        """Where the window stands."""

    def look(self, js: str, *args: Any) -> Any:
        """What the body of a JavaScript function returns, called with these `arguments`; promises are awaited."""

    def press(self, element: Element) -> None:
        """Press the middle of an element with mouse or finger. Raises ElementClickInterceptedException if covered."""

    def keys(self, element: Element, *keys: str) -> None:
        """Press keys, with an element in focus; Control and Shift are held until the last of them."""

    def files(self, element: Element, path: Path) -> None:
        """Put a document into a file field."""

    def picture(self) -> bytes:
        """What can be seen, as PNG."""

    def follow(self) -> bool:
        """Go on in the newest window, if that is another; whether it was."""

    def preload(self, js: str, channel: str, take: Callable[[str], None]) -> None:
        """Run a function in every page before its own scripts; what it tells its one argument is handed to `take`."""

    def hear(self, event: str, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Hand every such WebDriver BiDi event of the whole browser to `take`, on threads of the browser's."""

    def alive(self) -> bool:
        """Whether the browser still runs."""

    def close(self) -> None:
        """End the browser, whatever state it is in."""
