"""What a browser would send for a form: its successful controls, encoded, by the rules of the HTML standard.

Source: HTML Living Standard, “Form submission”: constructing the entry list, URL-encoded and multipart form data.
"""

from __future__ import annotations

import codecs
import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote_plus, urljoin, urlsplit, urlunsplit

from journeys.players.controls import Control, Form
from journeys.players.forms import Page

NEWLINE: Final = re.compile(r"\r\n|\r|\n")
ONE_LINE: Final = frozenset({"text", "search", "tel", "url", "email", "password"})
DIRECTED: Final = ONE_LINE | {"hidden", "submit", "reset", "button", "textarea"}  # what `dirname` speaks of
COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.I)
RTL: Final = frozenset({"R", "AL"})
#: What browsers take these names of a charset for (Encoding Standard).
TAKEN_FOR: Final = {"iso8859-1": "cp1252", "ascii": "cp1252", "utf-16": "utf-8", "utf-16-le": "utf-8"}


@dataclass(frozen=True, slots=True)
class Sending:
    """One submission, ready to be sent."""

    method: str
    url: str
    body: bytes | None
    content_type: str | None
    action: str  # without the data that a GET puts behind it
    form: str  # id or name, or empty


Entry = tuple[str, str | Path | None]


def entries(form: Form, button: Control | None, charset: str = "utf-8") -> list[Entry]:
    """Name and value of every successful control, in the page's order; a Path or None is a file."""
    found: list[Entry] = []
    for control in form.controls:
        if control.disabled or (control.is_button and control is not button):
            continue
        if control.type == "image":
            prefix = f"{control.name}." if control.name else ""
            found += [(f"{prefix}x", "0"), (f"{prefix}y", "0")]
            continue
        if not control.name or (control.type in ("radio", "checkbox") and not control.checked):
            continue
        if control.tag == "select":
            found += [(control.name, o.value) for o in control.options if o.selected and not o.disabled]
        elif control.type == "file":
            found += [(control.name, path) for path in control.files] or [(control.name, None)]
        elif control.type == "hidden" and control.name.lower() == "_charset_":
            found.append((control.name, codecs.lookup(charset).name.replace("cp", "windows-").upper().replace(
                "WINDOWS", "windows")))  # fmt: skip
        else:
            found.append((control.name, _as_kept(control)))
        if (named := control.node.attributes.get("dirname")) and control.type in DIRECTED:
            found.append((named, _direction(control)))
    return found


def _as_kept(control: Control) -> str:
    """What a browser makes of what is in a field."""
    value = control.value
    match control.type:
        case "color":
            return value.lower() if COLOUR.fullmatch(value) else "#000000"
        case "range" if not value:
            said = control.node.attributes
            low, high = float(said.get("min") or 0), float(said.get("max") or 100)
            return f"{max(low, low + (high - low) / 2):g}"
        case "email" | "url":
            return NEWLINE.sub("", value).strip()
    return NEWLINE.sub("", value) if control.type in ONE_LINE else value


def _direction(control: Control) -> str:
    """Which way what is in a field is written: as an element around it says, or as its first letter does."""
    node = control.node
    while node is not None:
        said = (node.attributes.get("dir") or "").lower()
        if said in ("ltr", "rtl"):
            return str(said)
        if said == "auto":
            strong = (unicodedata.bidirectional(letter) for letter in control.value)
            first = next((one for one in strong if one in RTL or one == "L"), "L")
            return "rtl" if first in RTL else "ltr"
        node = node.parent
    return "ltr"


def sending(page: Page, form: Form, button: Control | None) -> Sending:
    """What sending this form by this button puts on the wire."""
    said = button.node.attributes if button else {}
    action = urljoin(page.base, said.get("formaction") or form.action or page.url)
    action = urlunsplit(urlsplit(action)._replace(fragment=""))
    method = (said.get("formmethod") or form.method).lower()
    enctype = (said.get("formenctype") or form.enctype).lower()
    charset = charset_of(form.node.attributes.get("accept-charset") or "", page.charset)
    data = entries(form, button, charset)
    named = form.id or form.name
    if method != "post":
        url = urlunsplit(urlsplit(action)._replace(query=_urlencoded(data, charset)))
        return Sending("GET", url, None, None, action, named)
    if enctype == "multipart/form-data":
        body, kind = multipart_of(data, charset)
        return Sending("POST", action, body, kind, action, named)
    if enctype == "text/plain":
        return Sending("POST", action, _plain(data).encode(charset, "xmlcharrefreplace"), "text/plain", action, named)
    body = _urlencoded(data, charset).encode()
    return Sending("POST", action, body, "application/x-www-form-urlencoded", action, named)


def charset_of(accepted: str, pages: str) -> str:
    """The charset that a form is sent in: the first it accepts that is known, else the page's own."""
    for name in (*accepted.replace(",", " ").split(), pages):
        try:
            known = codecs.lookup(name).name
        except LookupError:
            continue
        return TAKEN_FOR.get(known, known)
    return "utf-8"


def encoded(text: str, charset: str = "utf-8") -> str:
    """A text as it stands in an urlencoded form."""
    return quote_plus(text, safe="*", encoding=charset, errors="xmlcharrefreplace").replace("~", "%7E")


def _urlencoded(data: list[Entry], charset: str) -> str:
    def plain(value: str | Path | None) -> str:
        return _lines(value) if isinstance(value, str) else value.name if value else ""

    return "&".join(f"{encoded(_lines(name), charset)}={encoded(plain(value), charset)}" for name, value in data)


def _plain(data: list[Entry]) -> str:
    texts = ((name, value if isinstance(value, str) else value.name if value else "") for name, value in data)
    return "".join(f"{_lines(name)}={_lines(value)}\r\n" for name, value in texts)


def _lines(text: str) -> str:
    return NEWLINE.sub("\r\n", text)


def multipart_of(data: list[Entry], charset: str = "utf-8") -> tuple[bytes, str]:
    """A form with documents as it goes out, and its type; None is a file field with nothing in it."""

    def said(text: str) -> bytes:
        return text.encode(charset, "xmlcharrefreplace")

    parts: list[tuple[bytes, bytes]] = []
    for name, value in data:
        head = f'Content-Disposition: form-data; name="{_quoted(_lines(name))}"'
        if isinstance(value, str):
            parts.append((said(head), said(_lines(value))))
            continue
        kind = (mimetypes.guess_type(value.name)[0] if value else None) or "application/octet-stream"
        filename = _quoted(value.name) if value else ""
        content = value.read_bytes() if value else b""
        parts.append((said(f'{head}; filename="{filename}"\r\nContent-Type: {kind}'), content))
    # The boundary follows from what it parts, so that the same form is the same on the wire.
    boundary = "khutwa" + sha256(b"".join(h + c for h, c in parts)).hexdigest()[:32]
    line = b"--" + boundary.encode()
    body = (
        b"".join(line + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts) + line + b"--\r\n"
    )
    return body, f"multipart/form-data; boundary={boundary}"


def _quoted(text: str) -> str:
    return text.replace("\r\n", "%0D%0A").replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
