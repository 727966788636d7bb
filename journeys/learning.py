"""What an answer says that a later request sends: a form's hidden token, a number in JSON, a header, a cookie.

Read from the text as it came, without building the page, since a load reads thousands a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any, Final
from urllib.parse import unquote

from journeys.players.transport import Answer
from journeys.sent import Learn

_INSIDE: Final = r"(?:[^>\"']|\"[^\"]*\"|'[^']*')*"
FIELDS: Final = re.compile(rf"<(input|textarea|button)\b({_INSIDE})>", re.IGNORECASE)
METAS: Final = re.compile(rf"<(meta)\b({_INSIDE})>", re.IGNORECASE)
ATTRIBUTE: Final = re.compile(r"([^\s=\"'/<>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
STEP: Final = re.compile(r"\.([\w$-]+)|\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]")
COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)


def learned(how: Learn, answers: Sequence[Answer]) -> str | None:
    """The value that stands there, or None; `answers` is the answer after the redirects that led to it."""
    if how.field:
        return _nth((value for name, value in fields_of(answers[-1].text) if name == how.field), how.nth)
    if how.meta:
        return _nth((value for name, value in metas_of(answers[-1].text) if name == how.meta), how.nth)
    for text in _texts(how, answers):
        value = between(text, how.after, how.before, 0 if how.header or how.cookie else how.nth)
        if value is not None:
            return read_as(value, how.decoded)
    return None


def _texts(how: Learn, answers: Sequence[Answer]) -> Iterator[str]:
    """The texts in which the value may stand, the latest first."""
    if how.json_:
        value = at_path(answers[-1].text, how.json_)
        if value is not None:
            yield value
    elif how.header:
        yield from (a.headers[how.header.lower()] for a in reversed(answers) if how.header.lower() in a.headers)
    elif how.cookie:
        yield from (v for a in reversed(answers) for name, v in cookies_of(a) if name == how.cookie)
    else:
        yield answers[-1].url if how.address else answers[-1].text


def _nth(found: Iterator[str], nth: int) -> str | None:
    for place, value in enumerate(found):
        if place == nth:
            return value
    return None


def between(text: str, after: str | None, before: str | None, nth: int = 0) -> str | None:
    """What stands between two texts, the nth time the first one does; None where they do not."""
    at = -1
    for _time in range(nth + 1):
        at = text.find(after or "", at + 1)
        if at < 0:
            return None
    at += len(after or "")
    if not before:
        return text[at:]
    end = text.find(before, at)
    return text[at:end] if end >= 0 else None


def read_as(value: str, written: str | None) -> str:
    """A value as it is meant, by how it is written."""
    match written:
        case "html":
            return unescape(value)
        case "url":
            return unquote(value)
        case "json":
            try:
                return str(json.loads('"' + re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", value) + '"'))
            except ValueError:
                return value
    return value


def fields_of(html: str) -> Iterator[tuple[str, str]]:
    """Name and value of each field and button of a page, in its order."""
    yield from _named(FIELDS, html, "name", "value")


def metas_of(html: str) -> Iterator[tuple[str, str]]:
    """Name and content of each meta element of a page."""
    yield from _named(METAS, html, "name", "content")


def _named(tags: re.Pattern[str], html: str, name: str, value: str) -> Iterator[tuple[str, str]]:
    plain = COMMENT.sub("", html) if "<!--" in html else html
    for tag in tags.finditer(plain):
        said = {key.lower(): a or b or c for key, a, b, c in ATTRIBUTE.findall(tag[2])}
        if name in said:
            if tag[1].lower() == "textarea":
                inside = plain[tag.end() :].partition("</")[0]
                yield unescape(said[name]), unescape(inside.removeprefix("\n"))
            else:
                yield unescape(said[name]), unescape(said.get(value, ""))


def cookies_of(answer: Answer) -> list[tuple[str, str]]:
    """Name and value of each cookie that an answer sets, however the client has joined several such headers."""
    told = answer.headers.get("set-cookie", "")
    return re.findall(r"(?:^|[,\n]\s*)([^\s=;,]+)=\"?([^;\",\n]*)", told)


def leaves(text: str) -> list[tuple[str, str]]:
    """Every single value of a JSON text with its place, `$.items[0].id`; numbers as they are written."""
    try:
        said = _read(text)
    except (ValueError, RecursionError):
        return []
    return list(_leaves(said, "$"))


def _leaves(said: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for key, value in said.items():
            step = f".{key}" if re.fullmatch(r"[\w$-]+", key) else f"[{json.dumps(key)}]"
            yield from _leaves(value, place + step)
    elif isinstance(said, list):
        for nth, value in enumerate(said):
            yield from _leaves(value, f"{place}[{nth}]")
    elif said is not None:
        yield place, _plain(said)


def at_path(text: str, path: str) -> str | None:
    """The single value at a place of a JSON text; None where there is none."""
    try:
        here = _read(text)
    except (ValueError, RecursionError):
        return None
    for key, index, quoted in STEP.findall(path.removeprefix("$")):
        name = json.loads(f'"{quoted}"') if quoted else key
        if index and isinstance(here, list) and int(index) < len(here):
            here = here[int(index)]
        elif name and isinstance(here, dict) and name in here:
            here = here[name]
        else:
            return None
    return None if here is None or isinstance(here, dict | list) else _plain(here)


class _Number(str):
    __slots__ = ()


def _read(text: str) -> Any:
    return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number)


def _plain(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
