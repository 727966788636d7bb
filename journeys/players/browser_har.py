"""What went over the network in a session, as HAR 1.2: what was asked for, when, how long it took, how it was answered.

Times, sizes, kinds and states only. Bodies, cookies, authorisation and posted values are never taken in; of an address
the names in its query stay, never their values. http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from journeys.players.browser_complaints import GIVEN_UP
from journeys.players.browser_page import Page

EVENTS: Final = (
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.responseCompleted",
    "network.fetchError",
)
HARMLESS: Final = frozenset(
    "accept-ranges cache-control content-encoding content-language content-length content-type date expires server "
    "server-timing strict-transport-security transfer-encoding vary".split()
)
HIDDEN: Final = "…"
PRIVATE: Final = re.compile(r"[^/\s]*@[^/\s]*|[0-9٠-٩۰-۹]{3,}")


@dataclass(slots=True)
class Har:
    """Takes in a browser's network events; written when the session is over."""

    browser: str
    _seen: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, event: str, told: Mapping[str, Any]) -> None:
        """Take in one event. A redirect is a request of its own."""
        key = (told["request"]["request"], int(told.get("redirectCount", 0)))
        with self._lock:
            self._seen.setdefault(key, {})[event.partition(".")[2]] = told

    def document(self, given: Iterable[str]) -> dict[str, Any]:
        """The session as HAR. What the citizen gave is taken out of addresses wherever it stands."""
        with self._lock:
            seen = [dict(events) for events in self._seen.values() if "beforeRequestSent" in events]
        seen.sort(key=lambda events: events["beforeRequestSent"]["timestamp"])
        secrets = [one for one in given if len(one) > 2]
        pages: dict[str, dict[str, Any]] = {}
        entries: list[tuple[dict[str, Any] | None, dict[str, Any]]] = []
        for events in seen:
            began = events["beforeRequestSent"]
            where = began.get("navigation") and began.get("context")
            if where:
                pages[where] = {
                    "startedDateTime": _date(began["timestamp"]), "id": f"page_{len(entries)}",
                    "title": masked_address(began["request"]["url"], secrets), "pageTimings": {},
                }  # fmt: skip
                entries.append((pages[where], _entry(events, secrets)))
            else:
                entries.append((pages.get(str(began.get("context"))), _entry(events, secrets)))
        known = {page["id"]: page for page, _entry_ in entries if page}
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": "Khutwa", "version": "1"},
                "browser": dict(zip(("name", "version"), (*self.browser.split()[:2], "", ""), strict=False)),
                "pages": list(known.values()),
                "entries": [{**({"pageref": page["id"]} if page else {}), **entry} for page, entry in entries],
            }
        }

    def write(self, path: Path, given: Iterable[str]) -> None:
        """Keep it as a file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(self.document(given), ensure_ascii=False, indent=1), encoding="utf-8")
        new.replace(path)


def har_of(page: Page, browser: str) -> Har:
    """Ears for the network: from here on, what goes over it is kept."""
    har = Har(browser)
    for event in EVENTS:
        page.hear(event, lambda told, event=event: har.take(event, told))  # type: ignore[misc]
    return har


def masked_address(url: str, secrets: Iterable[str] = ()) -> str:
    """An address without what could be private in it: no values in its query, no user, no numbers, no fragment."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ws", "wss"):
        return f"{parts.scheme}:{HIDDEN}"
    query = "&".join(f"{name}={HIDDEN}" for name, _value in _query(url, secrets))
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{_hidden(parts.path, secrets)}" + (f"?{query}" if query else "")


def _query(url: str, secrets: Iterable[str]) -> list[tuple[str, str]]:
    return [(_hidden(name, secrets), HIDDEN) for name, _value in parse_qsl(urlsplit(url).query, keep_blank_values=True)]


def _hidden(text: str, secrets: Iterable[str]) -> str:
    text = unquote(text)
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return PRIVATE.sub(HIDDEN, text)


def _entry(events: Mapping[str, Mapping[str, Any]], secrets: list[str]) -> dict[str, Any]:
    began = events["beforeRequestSent"]
    ended = events.get("responseCompleted") or events.get("fetchError") or began
    started = events.get("responseStarted") or ended
    request, response = began["request"], (ended if "response" in ended else started).get("response", {})
    spent = ended["request"].get("timings") or {}
    if spent.get("responseEnd"):  # Chromium dates every event of a request by its beginning
        asked, first, last = (float(spent[at] or 0) for at in ("requestStart", "responseStart", "responseEnd"))
    else:
        asked, first, last = (float(event["timestamp"]) for event in (began, started, ended))
    wait, receive = max(0.0, first - asked), max(0.0, last - first)
    error = str(events["fetchError"].get("errorText", "")) if "fetchError" in events else ""
    kind = re.split(r"[;\s]", str(response.get("mimeType", "")))[0]
    return {
        "startedDateTime": _date(began["timestamp"]),
        "time": wait + receive,
        "request": {
            "method": request["method"], "url": masked_address(request["url"], secrets), "httpVersion": "",
            "cookies": [], "headers": _headers(request, secrets),
            "queryString": [{"name": name, "value": value} for name, value in _query(request["url"], secrets)],
            "headersSize": -1, "bodySize": request.get("bodySize") or 0,
        },
        "response": {
            "status": response.get("status", 0), "statusText": str(response.get("statusText", "")),
            "httpVersion": str(response.get("protocol", "")), "cookies": [], "headers": _headers(response, secrets),
            "content": {"size": (response.get("content") or {}).get("size") or 0, "mimeType": kind},
            "redirectURL": _location(response, secrets), "headersSize": -1, "bodySize": response.get("bodySize") or -1,
        },
        "cache": {},
        "timings": {"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": wait, "receive": receive},
        **({"_error": "given up" if any(word in error for word in GIVEN_UP) else error} if error else {}),
    }  # fmt: skip


def _headers(message: Mapping[str, Any], secrets: list[str]) -> list[dict[str, str]]:
    """The headers that say nothing of anybody; of the others not even the names' values are looked at."""
    return [
        {"name": one["name"], "value": _hidden(str(one["value"].get("value", "")), secrets)
         if one["name"].lower() not in ("content-length", "date", "expires", "cache-control") else
         str(one["value"].get("value", ""))}
        for one in message.get("headers", [])
        if one["name"].lower() in HARMLESS
    ]  # fmt: skip


def _location(response: Mapping[str, Any], secrets: list[str]) -> str:
    for one in response.get("headers", []):
        if one["name"].lower() == "location":
            where = str(one["value"].get("value", ""))
            return masked_address(where, secrets) if "//" in where else _hidden(where.partition("?")[0], secrets)
    return ""


def _date(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
