"""What the browser itself complains of: scripts that fail, requests that fail, downloads, addresses that show no page.

Only that it happened is kept, as an observer's remark: a message or an address could hold what a citizen typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from journeys.players.browser_ears import Ears
from journeys.players.browser_notes import Notes
from journeys.players.browser_page import Page

#: a request that was given up because the page went, is no fault of anybody's
GIVEN_UP: Final = ("ERR_ABORTED", "NS_BINDING_ABORTED", "NS_BINDING_RETARGETED", "NS_ERROR_ABORT")
EVENTS: Final = (
    "log.entryAdded",
    "network.fetchError",
    "network.responseStarted",
    "network.responseCompleted",
    "browsingContext.downloadWillBegin",
)


@dataclass(slots=True)
class Complaints:
    """Takes in the browser's events and remarks on them; the browser's threads call, the walk's own writes."""

    notes: Notes
    ears: Ears
    known: set[str] = field(default_factory=set)

    def take(self, event: str, told: Mapping[str, Any]) -> None:
        """Take in one event."""
        match event:
            case "log.entryAdded" if told.get("level") == "error":
                self.notes.observe("console_error", _when(told))
            case "network.fetchError":
                self._failed(told, str(told.get("errorText", "")))
            case "network.responseStarted" if told["response"].get("status") == 401 and told.get("navigation"):
                # Not when it is complete: Chromium may close its box, and then calls the same request a failed one.
                self.notes.observe("sign_in_prompt", _when(told))
                self.notes.failures.append((_when(told), "HTTP 401"))
            case "network.responseCompleted":
                self._answered(told)
            case "browsingContext.downloadWillBegin":
                self.notes.observe("download", _when(told))
                self.notes.downloads.append(_when(told))
                self.ears.nudge()

    def _failed(self, told: Mapping[str, Any], why: str) -> None:
        if any(word in why for word in GIVEN_UP):
            return
        if told.get("navigation") and _is_top(told):
            self.notes.failures.append((_when(told), why.removeprefix("net::")))
            self.ears.nudge()
        elif not _is_icon(told):
            self.notes.observe("network_error", _when(told))

    def _answered(self, told: Mapping[str, Any]) -> None:
        """A part of the page that was refused; the page itself is heard by the recorder."""
        if told["response"].get("status", 0) >= 400 and not told.get("navigation") and not _is_icon(told):
            self.notes.observe("network_error", _when(told))


def complain(page: Page, notes: Notes, ears: Ears) -> None:
    """From here on, what the browser complains of is remarked on in the walk's diary."""
    complaints = Complaints(notes, ears)
    for event in EVENTS:
        page.hear(event, lambda told, event=event: complaints.take(event, told))  # type: ignore[misc]


def _when(told: Mapping[str, Any]) -> float:
    return float(told["timestamp"])


def _is_top(told: Mapping[str, Any]) -> bool:
    return told.get("request", {}).get("destination", "document") in ("document", "")


def _is_icon(told: Mapping[str, Any]) -> bool:
    """The page's little picture, which the browser asks for unasked."""
    return urlsplit(str(told.get("request", {}).get("url", ""))).path.endswith("favicon.ico")
