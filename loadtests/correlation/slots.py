"""The places of a request in which something of one citizen, one session or one moment may stand, and how it is put in.

A place is a part of the path, a value of the query or of a form, a leaf of JSON or of XML, a header. Cookies are no
place: the citizen's client keeps them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from loadtests.correlation import xml_bodies
from loadtests.correlation.recorded import Exchange

#: Headers that any client says by itself, or that are about the connection.
USUAL: Final = frozenset(
    "host connection content-length cookie user-agent accept-encoding accept-language origin referer pragma "
    "cache-control upgrade-insecure-requests if-none-match if-modified-since dnt te priority keep-alive range "
    "x-client-data sec-gpc expect proxy-connection save-data device-memory downlink ect rtt viewport-width".split()
)
#: Where the values of a body stand; `body` is one that cannot be taken apart.
BODY: Final = ("form", "json", "xml", "body")
#: Where a value has a name that the application gave it.
NAMED: Final = ("form", "json", "xml", "query")
Place = tuple[str, str, int]  # where, name, which of several


@dataclass(frozen=True, slots=True)
class Slot:
    """One value that was sent: `name` is what it is called there; `bare` is a number or truth in JSON."""

    place: Place
    name: str
    value: str
    bare: bool = False

    def told(self) -> str:
        """The place for a person: never the value."""
        where, name, nth = self.place
        return f"{where} {name}" + (f" ({nth + 1})" if nth else "")


def slots_of(asked: Exchange) -> list[Slot]:
    """Every place of a request, in order."""
    return list(_slots(asked))


def _slots(asked: Exchange) -> Iterator[Slot]:
    parts = urlsplit(asked.url)
    for nth, word in enumerate(parts.path.split("/")):
        if word:
            yield Slot(("path", f"/{nth}", 0), _before(parts.path.split("/"), nth), unquote(word))
    yield from _named("query", parse_qsl(parts.query, keep_blank_values=True))
    kept = [(n.lower(), v) for n, v in asked.headers if said_by_itself(n.lower(), asked)]
    yield from _named("header", kept)
    body = asked.body
    if body.fields or body.files:
        yield from _named("form", list(body.fields))
    elif (told := json_in(asked)) is not None:
        for place, leaf in _leaves(told, "$"):
            bare = not isinstance(leaf, str)
            value = json.dumps(leaf) if bare else leaf
            yield Slot(("json", place, 0), place.rpartition(".")[2].partition("[")[0], value, bare)
    elif (said := xml_bodies.parts_of(body.text)) is not None:
        yield from (Slot(("xml", part.way, part.nth), part.name, part.value) for part in said)
    elif body.text:
        yield Slot(("body", "text", 0), "body", body.text)


def said_by_itself(name: str, asked: Exchange) -> bool:
    """Whether a header is one that this request says, beside what any client says."""
    if name.startswith((":", "sec-", "proxy-")) or name in USUAL:
        return False
    if name == "content-type":
        return not (asked.body.fields or asked.body.files) and "json" not in asked.body.mime and bool(asked.body.mime)
    return name != "accept" or asked.kind == "program"


def _before(words: list[str], nth: int) -> str:
    """What a part of a path is called: by the part before it (`cases/123` is a case's)."""
    return f"{words[nth - 1]}_id" if nth and words[nth - 1] else "path"


def _named(where: str, pairs: list[tuple[str, str]]) -> Iterator[Slot]:
    met: Counter[str] = Counter()
    for name, value in pairs:
        yield Slot((where, name, met[name]), name, value)
        met[name] += 1


def json_in(asked: Exchange) -> Any:
    """The JSON that was sent; None for none."""
    text = asked.body.text.strip()
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _leaves(said: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _leaves(value, f"{place}.{key}")
    elif isinstance(said, list):
        for nth, value in enumerate(said):
            yield from _leaves(value, f"{place}[{nth}]")
    elif said is not None:
        yield place, said


Filled = Callable[[Slot], str]


def rebuilt(asked: Exchange, base: str, filled: Filled) -> dict[str, Any]:
    """The request as a journey says it; `filled` tells what stands in each place."""
    slots = {slot.place: slot for slot in slots_of(asked)}
    parts = urlsplit(asked.url)
    words = [
        in_address(filled(slots["path", f"/{nth}", 0])) if ("path", f"/{nth}", 0) in slots else word
        for nth, word in enumerate(parts.path.split("/"))
    ]
    query = "&".join(
        f"{quote(slot.name, safe='[]')}={in_address(filled(slot))}"
        for place, slot in slots.items()
        if place[0] == "query"
    )
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    address = ("" if origin == base else origin) + ("/".join(words) or "/") + (f"?{query}" if query else "")
    sent: dict[str, Any] = {asked.method.lower(): address}
    headers = {slot.name: filled(slot) for place, slot in slots.items() if place[0] == "header"}
    if headers:
        sent["headers"] = headers
    return sent | _rebuilt_body(asked, slots, filled)


def _rebuilt_body(asked: Exchange, slots: dict[Place, Slot], filled: Filled) -> dict[str, Any]:
    body = asked.body
    if body.fields or body.files:
        form: dict[str, Any] = {}
        for place, slot in slots.items():
            if place[0] == "form":
                one, before = filled(slot), form.get(slot.name)
                form[slot.name] = one if before is None else [*(before if isinstance(before, list) else [before]), one]
        if "multipart" not in body.mime:
            return {"form": form}
        files = {name: document_for(name, file) for name, file in body.files}
        return {"multipart": form, **({"files": files} if files else {})}
    told = json_in(asked)
    if told is not None:
        return {"json": _json_text(told, slots, filled)}
    if ("body", "text", 0) in slots:
        return {"text": filled(slots["body", "text", 0])}
    whole = xml_bodies.put_together(body.text, lambda part: filled(slots["xml", part.way, part.nth]))
    return {"text": whole} if whole else {}


def document_for(name: str, file: str) -> str:
    """What a document beside the journey is called: as its field is, since its own name may be somebody's."""
    kind = re.search(r"\.[A-Za-z0-9]{1,5}$", file)
    return (re.sub(r"[^\w-]+", "_", name).strip("_") or "document") + (kind[0].lower() if kind else "")


def _json_text(told: Any, slots: dict[Place, Slot], filled: Filled) -> str:
    marks: dict[str, str] = {}

    def put(said: Any, place: str) -> Any:
        if isinstance(said, dict):
            return {key: put(value, f"{place}.{key}") for key, value in said.items()}
        if isinstance(said, list):
            return [put(value, f"{place}[{nth}]") for nth, value in enumerate(said)]
        if said is None:
            return None
        slot = slots["json", place, 0]
        text = filled(slot)
        if text == slot.value:
            return said
        mark = f"\x01{len(marks)}\x01"
        marks[json.dumps(mark)] = text if slot.bare and text.startswith("{{") else json.dumps(text, ensure_ascii=False)
        return mark

    text = json.dumps(put(told, "$"), ensure_ascii=False, indent=1)
    for mark, value in marks.items():
        text = text.replace(mark, value, 1)
    return text


def in_address(text: str) -> str:
    """A value with holes as it stands in an address: the holes as they are, the rest percent-encoded."""
    pieces = text.split("{{")
    head = quote(pieces[0], safe="@:$!*'(),;-._~")
    return head + "".join(
        "{{" + hole + "}}" + quote(rest, safe="@:$!*'(),;-._~")
        for hole, _end, rest in (piece.partition("}}") for piece in pieces[1:])
    )
