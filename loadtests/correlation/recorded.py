"""A recording of a journey (HAR 1.2) as requests with their answers: what a load must send, and what it may leave out.

Left out and counted: pictures, styles and scripts; other people's services; what never was answered. Values are read
here, since what changes between two recordings can only be seen in them; they stay in memory.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urljoin, urlsplit

from journeys.brought import origin_of, plain
from journeys.exchange.har import ASSETS, fits, moment_of
from journeys.json_places import Document, read_json
from journeys.players.transport import Answer
from studies.troubles import WrongInput
from studies.words import _

UNPLAYED: Final = {"websocket": "websocket", "eventsource": "eventsource"}
STATIC: Final = {"script", "stylesheet", "image", "font", "media", "manifest", "ping", "beacon", "texttrack", "other"}
DESTS: Final = {"empty": "xhr", "iframe": "document", "style": "stylesheet", "video": "media", "audio": "media"}
STATIC_MIME: Final = ("image/", "font/", "text/css", "video/", "audio/", "application/font", "application/wasm")
LONGEST: Final = 5_000_000  # characters of one answer that are looked at
SECOND_LEVEL: Final = {"com", "co", "gov", "org", "net", "edu", "ac", "gob", "go"}


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: `fields` of a form (a file's value is its name), else `text`."""

    mime: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer; `kind` is page, form or program; times are seconds."""

    line: int
    method: str
    url: str
    kind: str
    headers: tuple[tuple[str, str], ...]
    body: Body
    answer: Answer
    started: float | None
    took: float


@dataclass(frozen=True, slots=True)
class Trip:
    """A request with the redirects that followed it: what a client sends once, and the answers on the way."""

    asked: Exchange
    answers: tuple[Answer, ...]
    ended: float | None


@dataclass(slots=True)
class Recording:
    """A recording taken apart."""

    name: str
    trips: list[Trip] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)  # origins of others
    unplayed: list[tuple[int, str, str]] = field(default_factory=list)  # line, what, why
    texts: list[tuple[int, str]] = field(default_factory=list)  # answers of what is left out, for reasons only
    scripts: list[str] = field(default_factory=list)  # the programs of pages, whoever keeps them
    base: str = ""
    masked: bool = False  # no cookie and no authorisation stands in it

    def remarks(self) -> list[str]:
        """What is to be known of the recording as a whole."""
        if not self.masked:
            return []
        return [
            _(
                "{name} has no cookies and no authorisation: it was saved without sensitive data. If the service has a"
                " sign-in, save it with them (Chrome: Settings, Preferences, Network)."
            ).format(name=self.name)
        ]


def read_recording(path: Path) -> Recording:
    """The recording in a file, packed with gzip or not. Raises WrongInput for what is none."""
    document = read_json(path)
    if not fits(document.content):
        raise WrongInput(
            _("{name} is no HTTP archive (HAR). Record the journey in the browser's network panel and save it.").format(
                name=path.name
            )
        )
    return recording_of(document)


def recording_of(document: Document) -> Recording:
    """The same for a document that has been read."""
    recording = Recording(document.name)
    entries = document.content["log"].get("entries")
    found = [
        exchange
        for entry in (entries if isinstance(entries, list) else [])
        if (exchange := _exchange(document, entry, recording))
    ]
    if all(exchange.started is not None for exchange in found):
        found.sort(key=lambda exchange: exchange.started or 0.0)
    first = next((e for e in found if e.kind == "page" and e.answer.status < 400), found[0] if found else None)
    recording.base = (origin_of(first.url) or "") if first else ""
    recording.scripts = [exchange.answer.text for exchange in found if _script(exchange)]
    own = []
    for exchange in found:
        origin = origin_of(exchange.url) or ""
        if _same_site(origin, recording.base):
            own.append(exchange)
        else:
            recording.elsewhere[origin] += 1
            recording.texts.append((exchange.line, exchange.answer.text))
    recording.masked = bool(own) and not any(_has_sessions(exchange) for exchange in found)
    recording.trips = _trips([e for e in own if not _static(e, recording)])
    return recording


def _script(exchange: Exchange) -> bool:
    mime = exchange.answer.headers.get("content-type", "").lower()
    return "javascript" in mime or bool(re.search(r"\.m?js$", urlsplit(exchange.url).path, re.IGNORECASE))


def _has_sessions(exchange: Exchange) -> bool:
    names = {name.lower() for name, _value in exchange.headers}
    return bool(names & {"cookie", "authorization"}) or "set-cookie" in exchange.answer.headers


def _static(exchange: Exchange, recording: Recording) -> bool:
    if exchange.kind != "static":
        return False
    recording.left_out["static"] += 1
    recording.texts.append((exchange.line, exchange.answer.text))
    return True


def _trips(found: list[Exchange]) -> list[Trip]:
    """Requests with the redirects that followed them."""
    trips: list[Trip] = []
    followed: set[int] = set()
    for place, exchange in enumerate(found):
        if place in followed:
            continue
        answers, last, here = [exchange.answer], exchange, place
        while (where := last.answer.headers.get("location")) and 300 <= last.answer.status < 400:
            try:
                wanted = urljoin(last.url, where).partition("#")[0]
            except ValueError:
                break
            there = range(here + 1, min(here + 12, len(found)))
            nearest = (n for n in there if n not in followed and found[n].url.partition("#")[0] == wanted)
            following = next(nearest, None)
            if following is None:
                break
            followed.add(following)
            here, last = following, found[following]
            answers.append(last.answer)
        ended = None if last.started is None else last.started + last.took
        trips.append(Trip(exchange, tuple(answers), ended))
    return trips


def _same_site(origin: str, base: str) -> bool:
    one, other = (urlsplit(place).hostname or "" for place in (origin, base))
    return one == other or (_site(one) == _site(other) and not re.fullmatch(r"[\d.:]+|localhost", one))


def _site(host: str) -> str:
    words = host.split(".")
    size = 3 if len(words) > 2 and len(words[-1]) == 2 and words[-2] in SECOND_LEVEL else 2
    return ".".join(words[-size:])


# -- one exchange


def _exchange(document: Document, entry: Any, recording: Recording) -> Exchange | None:
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("url"), str):
        recording.left_out["broken"] += 1
        return None
    line, url = document.line(entry), request["url"]
    method = str(request.get("method") or "GET").upper()
    if origin_of(url) is None or not re.fullmatch(r"[A-Z]+", method):
        recording.left_out["no address"] += 1
        return None
    headers = _pairs(request.get("headers"))
    body = _body(request, {name.lower(): value for name, value in headers})
    answer = _answer(entry, url)
    told = str(entry.get("_resourceType") or "").casefold()
    kind = _kind(method, url, told, {n.lower(): v for n, v in headers}, body, answer)
    if method not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        recording.left_out["preflight"] += 1
        return None
    if kind in UNPLAYED.values():
        recording.unplayed.append((line, f"{method} {plain(urlsplit(url).path)}", kind))
        return None
    if not answer.status and kind != "static":
        recording.left_out["unanswered"] += 1
        return None
    time = entry.get("time")
    took = float(time) / 1000 if isinstance(time, int | float) and 0 <= time < 1e9 else 0.0
    return Exchange(line, method, url, kind, tuple(headers), body, answer, moment_of(entry), took)


def _pairs(given: Any) -> list[tuple[str, str]]:
    found = []
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            found.append((one["name"], str(one.get("value") or "")))
    return found


def _kind(method: str, url: str, told: str, headers: dict[str, str], body: Body, answer: Answer) -> str:
    """What the exchange was for: a page, a form, the page's program, something static, or what is not played."""
    dest = headers.get("sec-fetch-dest", "").lower()
    told = told or DESTS.get(dest, dest)
    mime = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if headers.get("upgrade", "").lower() == "websocket" or urlsplit(url).scheme in ("ws", "wss"):
        told = "websocket"
    if told in UNPLAYED or mime == "text/event-stream":
        return UNPLAYED.get(told, "eventsource")
    form = bool(body.fields or body.files)
    if told == "document":
        return "form" if method == "POST" else "page"
    program = told in ("xhr", "fetch") or headers.get("x-requested-with", "").lower() == "xmlhttprequest"
    if method != "GET":
        sent_on = 300 <= answer.status < 400 or "html" in mime
        return "form" if form and sent_on and not program and method == "POST" else "program"
    if program:
        return "static" if ASSETS.search(urlsplit(url).path) and "json" not in mime else "program"
    if told in STATIC or ASSETS.search(urlsplit(url).path) or mime.startswith(STATIC_MIME) or "javascript" in mime:
        return "static"
    if "json" in mime or ("xml" in mime and "html" not in mime) or "json" in headers.get("accept", "")[:24]:
        return "program"
    return "page"


def _answer(entry: Any, url: str) -> Answer:
    response = entry.get("response")
    response = response if isinstance(response, dict) else {}
    status = response.get("status")
    headers: dict[str, str] = {}
    for name, value in _pairs(response.get("headers")):
        key = name.lower()
        headers[key] = f"{headers[key]}\n{value}" if key in headers and key == "set-cookie" else value
    if not headers.get("location") and isinstance(response.get("redirectURL"), str) and response["redirectURL"]:
        headers["location"] = response["redirectURL"]
    content = response.get("content")
    content = content if isinstance(content, dict) else {}
    if "content-type" not in headers and isinstance(content.get("mimeType"), str):
        headers["content-type"] = content["mimeType"]
    text = content["text"] if isinstance(content.get("text"), str) else ""
    if content.get("encoding") == "base64" and text:
        try:
            text = base64.b64decode(text[: 2 * LONGEST]).decode("utf-8", errors="replace")
        except (binascii.Error, ValueError):
            text = ""
    known = int(status) if isinstance(status, int | float) and 0 <= status < 1000 else 0
    return Answer(200 if known == 304 else known, url, headers, text[:LONGEST])


def _body(request: Any, headers: dict[str, str]) -> Body:
    data = request.get("postData")
    if not isinstance(data, dict):
        return Body()
    whole = str(data.get("mimeType") or headers.get("content-type", ""))
    mime = whole.partition(";")[0].strip().lower()
    text = data["text"] if isinstance(data.get("text"), str) else ""
    if "urlencoded" in mime and text:
        return Body(mime, tuple(parse_qsl(text, keep_blank_values=True)), (), text)
    if "multipart" in mime and text:
        return _multipart(mime, whole, text)
    params = [one for one in data["params"] if isinstance(one, dict)] if isinstance(data.get("params"), list) else []
    if params:
        named = [(unquote_plus(str(p.get("name", ""))), p) for p in params]
        fields = [(name, unquote_plus(str(p.get("value") or ""))) for name, p in named if not p.get("fileName")]
        files = [(name, str(p["fileName"])) for name, p in named if p.get("fileName")]
        return Body(mime or "application/x-www-form-urlencoded", tuple(fields), tuple(files))
    return Body(mime, (), (), text)


def _multipart(mime: str, whole: str, text: str) -> Body:
    fields, files = [], []
    told = re.search(r"boundary=\"?([^\";]+)", whole)
    line = f"--{told[1]}" if told else text.lstrip().partition("\n")[0].strip()
    for part in text.split(line or "--")[1:]:
        head, _gap, value = part.replace("\r\n", "\n").partition("\n\n")
        name = re.search(r"[; ]name=\"([^\"]*)\"", head)
        if name is None:
            continue
        if file := re.search(r"filename=\"([^\"]*)\"", head):
            files.append((name[1], file[1]))
        else:
            fields.append((name[1], value.removesuffix("\n")))
    return Body(mime, tuple(fields), tuple(files))
