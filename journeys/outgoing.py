"""A recorded request made ready for one citizen: every hole filled, each in the way that its place is written.

What a page's program makes up (identifiers, random words) is made of the session's name: new for each citizen, the
same within one walk, and the same again when that walk is repeated.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from journeys.filling import document
from journeys.holes import HOLE, fill
from journeys.journey import Journey
from journeys.players.sending import multipart_of
from journeys.sent import Make, Sent
from studies.places import address, page_key

PIECES: Final = re.compile(r"\"(?:\\.|[^\"\\])*\"|\{\{[^{}]*\}\}")
BARE: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
RAW_XML: Final = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
MADE: Final = re.compile(r"(uuid|hex|token|digits)(?:_(\d+))?(?:_n(\d+))?")
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it goes out; `key` is its name in the log, without anything of anybody's."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    kind: str | None
    key: str


class Made(Mapping[str, str]):
    """What a page's program makes up for one citizen: uuid, hex_32, token_43, digits_8; uuid_n2 is another one."""

    def __init__(self, session: str) -> None:
        self._session = session

    def __getitem__(self, name: str) -> str:
        told = MADE.fullmatch(name)
        if told is None:
            raise KeyError(name)
        kind, size = told[1], min(int(told[2] or 32), 256)
        stuff = hashlib.shake_256(f"{self._session} {name}".encode()).digest(max(size, 16))
        match kind:
            case "uuid":
                return str(uuid.UUID(bytes=stuff[:16], version=4))
            case "hex":
                return stuff.hex()[:size]
            case "digits":
                return "".join(str(byte % 10) for byte in stuff[:size])
        return "".join(LETTERS[byte % len(LETTERS)] for byte in stuff[:size])

    def __iter__(self) -> Iterator[str]:
        return iter(("uuid", "hex_32", "token_43", "digits_8"))

    def __len__(self) -> int:
        return 4


def moment_told(moment: datetime) -> dict[str, str]:
    """The clock as programs write it into what they send."""
    return {
        "seconds": str(int(moment.timestamp())),
        "milliseconds": str(int(moment.timestamp() * 1000)),
        "microseconds": str(int(moment.timestamp() * 1_000_000)),
        "iso": moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z",
        "date": moment.strftime("%Y-%m-%d"),
    }


def found_on_the_way(journey: Journey) -> dict[str, dict[str, str]]:
    """The names of the holes that only walking fills, for whoever checks a journey."""
    sent = [one for step in journey.every_step() for one in getattr(step, "send", ())]
    if not sent:
        return {}
    names = {name: "" for one in sent for name in (*one.learn, *one.make)}
    made = {
        name.partition(".")[2]: "" for one in sent for name in HOLE.findall(one.model_dump_json()) if "made." in name
    }
    return {
        "learned": names,
        "made": {name: "" for name in made if MADE.fullmatch(name)},
        "now": moment_told(datetime.min.replace(year=2026)),
    }


def worked_out(make: Make, data: Mapping[str, Any], language: str) -> str:
    """A value that a page's program works out of others."""
    return by_recipe(make.by, fill(make.of, data, language))


def by_recipe(recipe: str, text: str) -> str:
    """A text turned into what a recipe makes of it."""
    name, _sign, written = recipe.partition("_")
    raw = text.encode()
    if name in ("base64", "base64url"):
        return _in_letters(raw, name)
    digest = hashlib.new(name, raw, usedforsecurity=False)
    return _in_letters(digest.digest(), written) if written else digest.hexdigest()


def _in_letters(raw: bytes, written: str) -> str:
    if written == "base64url":
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return base64.b64encode(raw).decode()


def outgoing(sent: Sent, journey: Journey, base: str, data: Mapping[str, Any], language: str) -> Outgoing:
    """The request that a citizen sends. Raises WrongInput for a hole that nobody fills."""
    url = address(in_address(sent.address, data, language), base)
    headers = {name: fill(value, data, language) for name, value in sent.headers.items()}
    body, kind = _body(sent, journey, data, language)
    return Outgoing(sent.method, url, headers, body, kind, key_of(sent, base))


def key_of(sent: Sent, base: str) -> str:
    """What a request is called in the log: its place, ids masked; of GraphQL its operation too."""
    key = page_key(address(HOLE.sub(":id", sent.address.partition("?")[0]), base), base)
    named = re.search(r'"operationName"\s*:\s*"(\w{1,60})"', sent.json_ or "")
    return f"{key}#{named[1]}" if named else key


def in_address(text: str, data: Mapping[str, Any], language: str) -> str:
    """An address with its holes filled; a hole at its very beginning is a whole address."""
    if HOLE.match(text):
        first = HOLE.match(text)
        assert first
        return fill(first[0], data, language) + in_address(" " + text[first.end() :], data, language)[1:]
    return HOLE.sub(lambda hole: quote(fill(hole[0], data, language), safe=""), text)


def in_json(text: str, data: Mapping[str, Any], language: str) -> str:
    """A JSON text with its holes filled: inside quotes as text, outside as the number (or truth) that it is."""

    def filled(piece: re.Match[str]) -> str:
        said = piece[0]
        if said.startswith('"'):
            return HOLE.sub(lambda hole: json.dumps(fill(hole[0], data, language), ensure_ascii=False)[1:-1], said)
        value = fill(said, data, language)
        return value if BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)

    return PIECES.sub(filled, text)


def in_xml(text: str, data: Mapping[str, Any], language: str) -> str:
    """An XML text with its holes filled, so that each value stays one: marked-up where a sign of XML's own is in it."""

    def filled(piece: str) -> str:
        if piece.startswith("<![CDATA["):  # nothing is marked up in there; only its own end would end it
            return HOLE.sub(lambda hole: fill(hole[0], data, language).replace("]]>", "]]]]><![CDATA[>"), piece)
        return HOLE.sub(lambda hole: escape(fill(hole[0], data, language), {'"': "&quot;", "'": "&apos;"}), piece)

    return "".join(filled(piece) for piece in RAW_XML.split(text))


def _is_xml(headers: Mapping[str, str]) -> bool:
    """As the sender says: text/xml, application/soap+xml; charset=utf-8."""
    told = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return bool(re.search(r"[/+]xml\b", told.lower()))


def _body(sent: Sent, journey: Journey, data: Mapping[str, Any], language: str) -> tuple[bytes | None, str | None]:
    if sent.form is not None:
        return urlencode(_pairs(sent.form, data, language)).encode(), "application/x-www-form-urlencoded"
    if sent.json_ is not None:
        return in_json(sent.json_, data, language).encode(), "application/json"
    if sent.multipart is not None or sent.files:
        given: list[tuple[str, str | Path | None]] = [*_pairs(sent.multipart or {}, data, language)]
        given += [(name, document(journey, file)) for name, file in sent.files.items()]
        return multipart_of(given)
    if sent.text is not None:
        write = in_xml if _is_xml(sent.headers) else fill
        return write(sent.text, data, language).encode(), "text/plain"
    return (b"", None) if sent.method in ("POST", "PUT", "PATCH") else (None, None)


def _pairs(given: Mapping[str, str | list[str]], data: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    return [
        (name, fill(one, data, language))
        for name, value in given.items()
        for one in (value if isinstance(value, list) else [value])
    ]
