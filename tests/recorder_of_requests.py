"""A browser's network panel in small: what a client sends and gets, written as HAR with its bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from journeys.players.forms import Page


@dataclass
class Recorder:
    """One person's session: pages and forms as a browser sends them, calls as a page's program does."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)
    entries: list[dict[str, Any]] = field(default_factory=list)
    page: Page | None = None

    def open(self, path: str) -> Page:
        """Load a page."""
        return self._arrive(self._send("GET", urljoin(self.base, path), "document"))

    def submit(self, form: int = 0, **given: str) -> Page:
        """Fill in a form of the page and send it, hidden fields and all."""
        assert self.page is not None
        here = self.page.forms[form]
        data = [(c.name, c.value) for c in here.controls if c.name and not c.is_button and c.type != "file"]
        assert set(given) <= {name for name, _value in data}
        data = [(name, given.get(name, value)) for name, value in data]
        action = urljoin(self.page.url, here.action or self.page.url)
        return self._arrive(self._send("POST", action, "document", data=data))

    def call(self, method: str, path: str, told: Any = None, **headers: str) -> Any:
        """What a page's program sends, as JSON; what it says."""
        headers = {"Accept": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
        body = None if told is None else json.dumps(told)
        if body is not None:
            headers["Content-Type"] = "application/json"
        reply = self._send(method, urljoin(self.base, path), "fetch", data=body, headers=headers)
        assert reply.status_code < 400, reply.text
        return reply.json()

    def _send(self, method: str, url: str, kind: str, **more: Any) -> requests.Response:
        while True:
            began = datetime.now(UTC)
            reply = self.session.request(method, url, allow_redirects=False, **more)
            self.entries.append(entry(reply, kind, began))
            if reply.status_code not in (301, 302, 303):
                return reply
            method, url, more = "GET", urljoin(url, reply.headers["Location"]), {}

    def _arrive(self, reply: requests.Response) -> Page:
        assert reply.status_code < 400, reply.text
        self.page = Page(reply.url, reply.status_code, reply.text)
        return self.page

    def write(self, path: Path) -> Path:
        """Save the recording."""
        archive = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": self.entries}
        path.write_text(json.dumps({"log": archive}, indent=1), encoding="utf-8")
        return path


def entry(reply: requests.Response, kind: str, began: datetime) -> dict[str, Any]:
    """One exchange as a network panel saves it."""
    asked = reply.request
    body = asked.body.decode() if isinstance(asked.body, bytes) else asked.body
    sent = {"mimeType": asked.headers.get("Content-Type", ""), "text": body} if body else None
    set_cookies = reply.raw.headers.getlist("set-cookie")
    headers = [(n, v) for n, v in reply.headers.items() if n.lower() != "set-cookie"]
    return {
        "startedDateTime": began.isoformat(),
        "time": reply.elapsed.total_seconds() * 1000,
        "_resourceType": kind,
        "request": {
            "method": asked.method, "url": asked.url, "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": n, "value": v} for n, v in asked.headers.items()],
            "queryString": [], "headersSize": -1, "bodySize": -1, **({"postData": sent} if sent else {}),
        },
        "response": {
            "status": reply.status_code, "statusText": reply.reason or "", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": n, "value": v} for n, v in (*headers, *(("Set-Cookie", c) for c in set_cookies))],
            "content": {"size": len(reply.content), "mimeType": reply.headers.get("Content-Type", ""),
                        "text": reply.text},
            "redirectURL": reply.headers.get("Location", ""), "headersSize": -1, "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }  # fmt: skip
