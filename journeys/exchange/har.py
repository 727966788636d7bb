"""HTTP archives (HAR 1.2, packed with gzip or not), in: what they show of a citizen's steps.

A page that was loaded is a visit; a form that was sent is what was given, by the fields' names, and a submission. What
the page's own program asked for in the background is listed, since a citizen does not do it. Pictures, styles and
scripts are no steps. No cookie, no authorisation and no sent value is ever kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urljoin, urlsplit

from journeys.brought import Account, Entry, Script, file_stem, origin_of, plain
from journeys.json_places import Document
from journeys.typed import names_of
from studies.places import page_key
from studies.words import _, in_a_row

TITLE: Final = "HTTP archive (HAR)"
ASSETS: Final = re.compile(
    r"\.(?:js|mjs|css|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|map|mp4|webm|mp3|txt|wasm)$", re.IGNORECASE
)
PROGRAM: Final = {"xhr", "fetch", "eventsource", "websocket", "ping", "beacon", "preflight", "manifest"}
HIDDEN: Final = re.compile(
    r"csrf|xsrf|authenticity[_-]?token|__\w+|^_+(?:token|method)$|nonce|^redir(?:ect)?$|^utf8$|viewstate|request[_-]?verification"
    r"|^(?:g-)?recaptcha|captcha[_-]?(?:token|response)|^(?:state|sid|session\w*)$", re.IGNORECASE
)  # fmt: skip
MOST: Final = 5_000  # steps that are listed one by one
REQUIRED: Final = {
    "entry": ("startedDateTime", "time", "request", "response", "cache", "timings"),
    "request": ("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"),
    "response": ("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
                 "bodySize"),
    "timings": ("send", "wait", "receive"),
    "page": ("startedDateTime", "id", "title", "pageTimings"),
}  # fmt: skip


def fits(content: Any) -> bool:
    """Whether this is an HTTP archive."""
    log = content.get("log") if isinstance(content, dict) else None
    return isinstance(log, dict) and ("entries" in log or "creator" in log or "pages" in log)


@dataclass(frozen=True, slots=True)
class Request:
    """One exchange, as far as the file tells it."""

    entry: Any
    method: str
    url: str
    kind: str  # Chrome's resource type, lower case, or nothing
    mime: str  # of the answer
    status: int
    redirect: str
    page: str
    referer: str
    sent: str  # the type of what was sent
    fields: tuple[tuple[str, str], ...]


def read(document: Document) -> Account:
    """The journey that an archive shows."""
    account, log = Account(document), document.content["log"]
    entries = log.get("entries")
    _check(account, log)
    name = file_stem(document.name)
    titles = [page.get("title") for page in _dicts(log.get("pages"))]
    title = next((t for t in titles if isinstance(t, str) and t and not origin_of(t)), name)
    script = Script(name, plain(title))
    account.scripts.append(script)
    requests = [r for entry in entries or [] if (r := _request(account, entry))] if isinstance(entries, list) else []
    _Writing(account, script).all(_in_time(requests))
    return account


def _check(account: Account, log: Any) -> None:
    """What breaks the format's own rules."""
    for key, wanted in (("version", str), ("creator", dict), ("entries", list)):
        if not isinstance(log.get(key), wanted):
            account.breach(log, _("the archive has no “{key}”.").format(key=key), key)
    if isinstance(log.get("version"), str) and log["version"] not in ("1.1", "1.2", "1.3"):
        account.breach(log, _("the format has no version {version}.").format(version=plain(log["version"])), "version")
    if isinstance(log.get("creator"), dict):
        _lacks(account, log["creator"], "creator", ("name", "version"))
    for page in _dicts(log.get("pages")):
        _lacks(account, page, "page", REQUIRED["page"])
    known = {page.get("id") for page in _dicts(log.get("pages")) if isinstance(page.get("id"), str)}
    for place, entry in enumerate(log["entries"] if isinstance(log.get("entries"), list) else []):
        if not isinstance(entry, dict):
            account.breach(log["entries"], _("an entry is an object."), place)
            continue
        _lacks(account, entry, "entry", REQUIRED["entry"])
        for part in ("request", "response", "timings"):
            if isinstance(entry.get(part), dict):
                _lacks(account, entry[part], part, REQUIRED[part])
        if known and isinstance(entry.get("pageref"), str) and entry["pageref"] not in known:
            account.breach(entry, _("“pageref” names a page that is not in the file."), "pageref")
        if isinstance(entry.get("startedDateTime"), str) and moment_of(entry) is None:
            account.breach(entry, _("“startedDateTime” is no date and time (ISO 8601)."), "startedDateTime")
        for key, value in (entry.get("timings") or {}).items() if isinstance(entry.get("timings"), dict) else []:
            if isinstance(value, int | float) and value < 0 and (value != -1 or key in ("send", "wait", "receive")):
                said = _("timings: “{key}” is negative; -1 stands for what does not apply, and not here.")
                account.breach(entry["timings"], said.format(key=plain(key)), key)


def _lacks(account: Account, part: Any, what: str, keys: tuple[str, ...]) -> None:
    if missing := [key for key in keys if key not in part]:
        account.breach(part, _("{what} lacks {keys}.").format(what=what, keys=in_a_row(missing)))


# -- one exchange


def _request(account: Account, entry: Any) -> Request | None:
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("url"), str):
        if isinstance(entry, dict):
            account.breach(entry, _("an entry has no request with a url."))
            account.enter(entry, _("an entry without a request")).why = _("it does not say what was asked for.")
        return None
    response = _dict(entry.get("response"))
    content = _dict(response.get("content"))
    headers = _headers(request)
    sent, fields = _sent(account, request, headers)
    status = response.get("status")
    return Request(
        entry=entry,
        method=str(request.get("method") or "GET").upper(),
        url=request["url"],
        kind=str(entry.get("_resourceType") or "").casefold() or _kind(headers),
        mime=str(content.get("mimeType") or "").partition(";")[0].strip().casefold(),
        status=int(status) if isinstance(status, int | float) else 0,
        redirect=str(response.get("redirectURL") or ""),
        page=str(entry.get("pageref") or ""),
        referer=headers.get("referer", ""),
        sent=sent,
        fields=fields,
    )


def _dict(part: Any) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _dicts(part: Any) -> list[dict[str, Any]]:
    return [one for one in part if isinstance(one, dict)] if isinstance(part, list) else []


def _kind(headers: dict[str, str]) -> str:
    """What the request was for, by its own headers, where the file does not say; nothing where they do not either."""
    if headers.get("x-requested-with", "").casefold() == "xmlhttprequest":
        return "xhr"
    if headers.get("accept", "").partition(",")[0].partition(";")[0].strip() == "application/json":
        return "xhr"
    wanted = headers.get("sec-fetch-dest", "")
    return {"empty": "xhr", "document": "document"}.get(wanted, wanted)


def _headers(request: Any) -> dict[str, str]:
    """The headers that tell about the step; cookies and authorisation are not even looked at."""
    found = {}
    for one in request["headers"] if isinstance(request.get("headers"), list) else []:
        name = str(one.get("name", "")).casefold() if isinstance(one, dict) else ""
        if name in ("referer", "content-type", "accept", "x-requested-with", "sec-fetch-dest"):
            found[name] = str(one.get("value", ""))
    return found


def _sent(account: Account, request: Any, headers: dict[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The type and the fields of what was sent."""
    data = request.get("postData")
    if not isinstance(data, dict):
        if data is not None:
            account.breach(request, _("“postData” is an object."), "postData")
        return "", ()
    mime = str(data.get("mimeType") or headers.get("content-type", "")).partition(";")[0].strip().casefold()
    if "mimeType" not in data:
        account.breach(data, _("postData lacks mimeType."))
    said = headers.get("content-type", "").partition(";")[0].strip().casefold()
    if said and mime and said != mime:
        differs = _("the header says {header}, postData says {mime}.")
        account.breach(data, differs.format(header=plain(said), mime=plain(mime)))
    params = _dicts(data.get("params"))
    text = str(data["text"]) if isinstance(data.get("text"), str) else ""
    fields = [
        (unquote_plus(str(one.get("name", ""))), str(one.get("value") or one.get("fileName") or "")) for one in params
    ]
    told = parse_qsl(text, keep_blank_values=True) if text and "urlencoded" in mime else []
    if params and text:
        account.breach(data, _("postData has both “params” and “text”; the format allows one of them."))
        if told and [name for name, _value in told] != [name for name, _value in fields]:
            account.breach(data, _("“params” and “text” name different fields; the text is what was sent."))
            fields = told
    if "json" in mime and not fields:
        return mime, tuple((name, "") for name in _keys(text))
    return mime, tuple(fields or told or _multipart(text if "multipart" in mime else ""))


def _keys(text: str) -> list[str]:
    """The names at the top of a JSON text; its values are not looked at."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [plain(key)[:60] for key in said][:20] if isinstance(said, dict) else []


def _multipart(text: str) -> list[tuple[str, str]]:
    found = re.findall(r'name="([^"]*)"(?:; filename="([^"]*)")?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]*)', text)
    return [(name, file or value) for name, file, value in found]


def moment_of(entry: Any) -> float | None:
    """When an exchange began, in seconds since 1970; None where its entry tells no time."""
    try:
        return datetime.fromisoformat(str(entry.get("startedDateTime"))).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _in_time(requests: list[Request]) -> list[Request]:
    """In the order of time, where every entry tells one; else in that of the file."""
    times = [moment_of(r.entry) for r in requests]
    if any(time is None for time in times):
        return requests
    order = sorted(range(len(requests)), key=lambda nth: (times[nth], nth))
    return [requests[nth] for nth in order]


def _is(request: Request) -> str:
    """What an exchange is to the citizen: a page, a form, the page's own program, or nothing."""
    path = urlsplit_path(request.url)
    if request.method in ("OPTIONS", "HEAD", "TRACE"):
        return "nothing"
    if request.kind in PROGRAM or request.method not in ("GET", "POST"):
        return "program"
    if request.method == "POST":
        if "urlencoded" in request.sent or "multipart" in request.sent:
            return "form"
        return "form" if not request.sent and not request.kind and "/api/" not in path else "program"
    if request.kind:
        return "page" if request.kind == "document" else "nothing"
    if ASSETS.search(path) or request.mime.startswith(("image/", "font/", "text/css", "video/", "audio/")):
        return "nothing"
    if ("json" in request.mime or "xml" in request.mime) and "html" not in request.mime:
        return "program"
    if "/api/" in path or path.endswith(".json"):
        return "program"
    if "javascript" in request.mime:
        return "nothing"
    return "page"


def urlsplit_path(url: str) -> str:
    """The path of an address, as far as it is one."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


# -- as steps


class _Writing:
    """The writing down of an archive's exchanges as steps."""

    def __init__(self, account: Account, script: Script) -> None:
        self.account = account
        self.script = script
        self.here = ""  # the page that the citizen is on
        self.due: dict[str, Entry] = {}  # addresses that an answer sent the browser on to
        self.seen: set[str] = set()  # pages of the archive that have their document
        self.nothing = 0

    def all(self, requests: list[Request]) -> None:
        """Every exchange, in order."""
        for request in requests:
            kind = _is(request)
            if kind == "nothing" or len(self.account.entries) >= MOST:
                self.nothing += 1
                continue
            entry = self.account.enter(request.entry, f"{request.method} {self._place(request.url)}")
            if origin_of(request.url) is None or request.method == "CONNECT":
                self.account.refuse(entry, _("it is no address of a service (http or https)."), self.script)
            elif kind == "program":
                fields = _("; it sends {names}").format(names=names_of(self._fields(request))) if request.fields else ""
                why = _("a call of the page's own program, not a step of the citizen") + fields + "."
                self.account.refuse(entry, why)
            else:
                self._page(entry, request) if kind == "page" else self._form(entry, request)
        if self.nothing:
            self.account.remarks.append(
                _("{n} requests for pictures, styles, scripts and the like are no steps.").format(n=self.nothing)
            )

    def _place(self, url: str) -> str:
        """An address for a message: ids masked, no query."""
        try:
            return plain(page_key(url.partition("?")[0], self.script.base or origin_of(url) or ""))
        except ValueError:
            return _("an address that is none")

    def _fields(self, request: Request) -> Iterator[tuple[str, str]]:
        yield from ((plain(name), "") for name, _value in request.fields)

    def _follow(self, request: Request, entry: Entry) -> None:
        if request.redirect and 300 <= request.status < 400:
            try:
                self.due[urljoin(request.url, request.redirect)] = entry
            except ValueError:
                return

    def _page(self, entry: Entry, request: Request) -> None:
        if request.url in self.due:
            self.due.pop(request.url)
            self.account.fold(entry, _("the browser was sent on to it."))
            self._follow(request, entry)
            self.here = request.url
            return
        self._follow(request, entry)
        if request.page and request.page in self.seen:
            self.account.fold(entry, _("a frame or a further document of a page that is visited already."))
            return
        if request.status >= 400 and self.here:
            self.account.remarks.append(_("The page on line {line} answered with an error.").format(line=entry.line))
        if request.page:
            self.seen.add(request.page)
        self._visit(entry, request.url)

    def _visit(self, entry: Entry, url: str, remark: str = "") -> None:
        self.here = url
        clean = self.account.typed.address(url)
        self.account.write(entry, self.script, {"visit": self.script.path(clean)}, remark=remark)

    def _form(self, entry: Entry, request: Request) -> None:
        if self.due.pop(request.url, None) is not None:
            self.account.fold(entry, _("the browser was sent on to it."))
            return
        self._follow(request, entry)
        self.seen.add(request.page)
        if not self.here:
            known = origin_of(request.referer) is not None
            remark = "" if known else _("the file does not show the page that the form stands on")
            self._visit(entry, request.referer if known else request.url, remark)
        given: dict[str, Any] = {}
        hidden = []
        for name, value in request.fields:
            name = plain(name)
            if not name or HIDDEN.search(name) or "{{" in name or "${" in name:
                hidden.append((name, value))
                self.account.typed.hole(value, "hidden")
            elif value:
                given.setdefault(name, self.account.typed.value(value, "", name))
        remark = _("left out, since no citizen types it: {names}").format(names=names_of(hidden)) if hidden else ""
        if given:
            self.account.write(entry, self.script, {"give": given}, remark=remark)
        self.account.write(entry, self.script, {"submit": True}, remark="" if given else remark)
        self.here = request.url
