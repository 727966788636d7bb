"""Recordings as rrweb's recorder would have made them, written in a test by what happens on a page told as HTML."""

from __future__ import annotations

import gzip
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from analysis.measure import measure
from studies.importers import rrweb
from studies.importing import Imported
from studies.script import render

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z in milliseconds
VOID = {"input", "br", "img", "hr", "meta", "link", "progress"}
FORM = """
<form action="/send" method="post" id="f" novalidate>
  <label for="n">Full name</label><input id="n" name="fullName" type="text">
  <button id="go">Continue</button>
</form>
"""
BUTTON = "<main id='m'><button id='b' type='button'>Look up</button><div id='out'>-</div></main>"


class Nodes(HTMLParser):
    """HTML as the recorder's nodes, numbered in the order of the page from a first number on."""

    def __init__(self, html: str, first: int, names: dict[str, int]) -> None:
        super().__init__()
        self.next, self.names = first, names
        self.top: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.feed(html)

    def _put(self, node: dict[str, Any]) -> dict[str, Any]:
        node["id"] = self.next
        self.next += 1
        (self.open[-1]["childNodes"] if self.open else self.top).append(node)
        return node

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: True if value is None else value for name, value in attrs}
        node = self._put({"type": 2, "tagName": tag, "attributes": told, "childNodes": []})
        if isinstance(name := told.get("id"), str):
            self.names[name] = node["id"]
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()["tagName"] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._put({"type": 3, "textContent": data})


class Recording:
    """Events in the making; every time is in seconds from the start, nodes are named by their HTML id."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.names: dict[str, int] = {}
        self.next = 1

    def _event(self, at: float, kind: int, data: dict[str, Any]) -> None:
        self.events.append({"type": kind, "data": data, "timestamp": START + round(at * 1000)})

    def page(self, at: float, path: str, body: str, title: str = "Page", first: int = 1) -> None:
        """A page arrives (numbers from `first` on), and is written down 50 ms later."""
        self.names = {}
        html = f"<html lang='en'><head><title>{title}</title></head><body>{body}</body></html>"
        tree = Nodes(html, first + 1, self.names)
        self.next = tree.next
        self._event(at, 4, {"href": f"https://gov.example{path}", "width": 1000, "height": 800})
        document = {"type": 0, "id": first, "childNodes": tree.top}
        self._event(at + 0.05, 2, {"node": document, "initialOffset": {"top": 0, "left": 0}})

    def click(self, at: float, name: str | int) -> None:
        number = self.names[name] if isinstance(name, str) else name
        self._event(at, 3, {"source": 2, "type": 2, "id": number, "x": 1, "y": 1})

    def focus(self, at: float, name: str) -> None:
        self._event(at, 3, {"source": 2, "type": 5, "id": self.names[name]})

    def type(self, at: float, name: str, text: str, ticked: bool = False, **more: Any) -> None:
        self._event(at, 3, {"source": 5, "id": self.names[name], "text": text, "isChecked": ticked, **more})

    def mutation(self, at: float, **parts: list[dict[str, Any]]) -> None:
        whole: dict[str, Any] = {"source": 0, "adds": [], "removes": [], "texts": [], "attributes": []}
        self._event(at, 3, whole | parts)

    def add(self, at: float, parent: str, html: str) -> None:
        tree = Nodes(html, self.next, self.names)
        self.next = tree.next
        adds = [{"parentId": self.names[parent], "nextId": None, "node": node} for node in tree.top]
        self.mutation(at, adds=adds)

    def remove(self, at: float, name: str) -> None:
        self.mutation(at, removes=[{"parentId": 0, "id": self.names[name]}])

    def set(self, at: float, name: str, **attributes: str | None) -> None:
        told = {key.replace("_", "-"): value for key, value in attributes.items()}
        self.mutation(at, attributes=[{"id": self.names[name], "attributes": told}])

    def fetched(self, since: float, until: float, status: int = 200) -> None:
        """The network plugin tells a request when it is over."""
        span = {"startTime": since * 1e3, "endTime": until * 1e3}
        told = {"name": "/api", "initiatorType": "fetch", "status": status, **span}
        self._event(until, 6, {"plugin": "rrweb/network@1", "payload": {"requests": [told]}})

    def custom(self, at: float, tag: str) -> None:
        self._event(at, 5, {"tag": tag, "payload": {}})

    def save(self, path: Path) -> Path:
        """An array in .json, a line each in .ndjson, gzipped in .gz."""
        text = "\n".join(map(json.dumps, self.events)) if ".ndjson" in path.name else json.dumps(self.events)
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
        return path


def heard(recording: Recording, tmp_path: Path, name: str = "r.json") -> Imported:
    return rrweb.read(recording.save(tmp_path / name))


def told(recording: Recording, tmp_path: Path) -> list[str]:
    """The sentences, without their header, with one blank between words."""
    lines = render(heard(recording, tmp_path).log).splitlines()
    return [" ".join(line.split()) for line in lines[1:]]


def figures(imported: Imported) -> dict[str, Any]:
    sessions: dict[str, dict[str, Any]] = measure(imported.log).json()["sessions"]
    return next(iter(sessions.values()))
