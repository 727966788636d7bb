"""A participant's browser that runs no scripts and keeps no cookies, in front of an application in memory."""

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin


@dataclass
class Page:
    """What came back: its status and headers, and what a participant could see and use on it."""

    status: int
    headers: dict[str, list[str]]
    html: str
    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def tag(self, name: str) -> dict[str, str | None]:
        return next(attributes for tag, attributes in self.tags if tag == name)


def read(status: int, headers: dict[str, list[str]], html: str) -> Page:
    page = Page(status, headers, html)

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            has = dict(attrs)
            name, value = has.get("name") or "", has.get("value") or ""
            page.tags.append((tag, has))
            if tag == "input" and has.get("type") == "hidden":
                page.hidden[name] = value
            if tag == "input" and has.get("type") == "radio":
                page.choices.setdefault(name, []).append(value)
                if "checked" in has:
                    page.chosen[name] = value
            if tag == "button" and name:
                page.buttons.append((name, value))

        def handle_data(self, data: str) -> None:
            page.text += data if self.lasttag != "style" else ""

    Reader().feed(html)
    return page


@dataclass
class Visitor:
    """A browser without scripts, cookies or memory, in front of the application itself."""

    app: Any
    speaks: str = "en"
    here: str = ""
    address: str = "127.0.0.1"
    page: Page = field(default_factory=lambda: read(0, {}, ""))

    def ask(self, method: str, path: str, body: bytes = b"", told_length: int | None = None) -> Page:
        got: dict[str, Any] = {"body": b""}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                got.update(status=message["status"], headers=message["headers"])
            else:
                got["body"] += message.get("body", b"")

        path, _sep, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
        }
        scope |= {"raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http"}
        scope |= {"server": ("127.0.0.1", 80), "client": (self.address, 5), "state": {}}
        sent = [(b"host", b"127.0.0.1"), (b"accept-language", self.speaks.encode())]
        if told_length is not None:
            sent.append((b"content-length", str(told_length).encode()))
        scope["headers"] = [*sent, (b"content-type", b"application/x-www-form-urlencoded")]
        asyncio.run(self.app(scope, receive, send))
        headers: dict[str, list[str]] = {}
        for name, value in got["headers"]:
            headers.setdefault(name.decode(), []).append(value.decode())
        return read(got["status"], headers, got["body"].decode())

    def open(self, path: str) -> Page:
        self.here, self.page = path, self.ask("GET", path)
        return self.page

    def post(self, fields: dict[str, Any]) -> Page:
        """Send exactly these fields, and follow where that leads."""
        self.page = self.ask("POST", self.here, urlencode(fields, doseq=True).encode())
        if self.page.status == 303:
            return self.open(urljoin(self.here, self.page.headers["location"][0]))
        return self.page

    def press(self, name: str, value: str, answers: dict[str, int] | None = None) -> Page:
        """Choose these answers on the page and press a button that is on it."""
        assert (name, value) in self.page.buttons, self.page.buttons
        for item, answer in (answers or {}).items():
            assert str(answer) in self.page.choices[item]
        chosen = self.page.chosen | {item: str(answer) for item, answer in (answers or {}).items()}
        return self.post({**self.page.hidden, **chosen, name: value})
