"""What a browser would send for a form: its successful controls, encoded, by the rules of the HTML standard.

Source: HTML Living Standard, “Form submission”: constructing the entry list, URL-encoded and multipart form data.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from journeys.players.controls import Control, Form
from journeys.players.forms import Page

NEWLINE: Final = re.compile(r"\r\n|\r|\n")
ONE_LINE: Final = frozenset({"text", "search", "tel", "url", "email", "password"})


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


def entries(form: Form, button: Control | None) -> list[Entry]:
    """Name and value of every successful control, in the page's order; a Path or None is a file."""
    found: list[Entry] = []
    for control in form.controls:
        if control.disabled or not control.sent or (control.is_button and control is not button):
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
            found.append((control.name, "UTF-8"))
        elif control.type in ONE_LINE:
            found.append((control.name, NEWLINE.sub("", control.value)))
        else:
            found.append((control.name, control.value))
    return found


def sending(page: Page, form: Form, button: Control | None) -> Sending:
    """What sending this form by this button puts on the wire."""
    said = button.node.attributes if button else {}
    action = urljoin(page.base, said.get("formaction") or form.action or page.url)
    action = urlunsplit(urlsplit(action)._replace(fragment=""))
    method = (said.get("formmethod") or form.method).lower()
    enctype = (said.get("formenctype") or form.enctype).lower()
    data = entries(form, button)
    named = form.id or form.name
    if method != "post":
        url = urlunsplit(urlsplit(action)._replace(query=_urlencoded(data)))
        return Sending("GET", url, None, None, action, named)
    if enctype == "multipart/form-data":
        body, kind = _multipart(data)
        return Sending("POST", action, body, kind, action, named)
    return Sending("POST", action, _urlencoded(data).encode(), "application/x-www-form-urlencoded", action, named)


def _urlencoded(data: list[Entry]) -> str:
    def plain(value: str | Path | None) -> str:
        return _lines(value) if isinstance(value, str) else value.name if value else ""

    return urlencode([(_lines(name), plain(value)) for name, value in data])


def _lines(text: str) -> str:
    return NEWLINE.sub("\r\n", text)


def _multipart(data: list[Entry]) -> tuple[bytes, str]:
    parts: list[tuple[bytes, bytes]] = []
    for name, value in data:
        head = f'Content-Disposition: form-data; name="{_quoted(_lines(name))}"'
        if isinstance(value, str):
            parts.append((head.encode(), _lines(value).encode()))
            continue
        kind = (mimetypes.guess_type(value.name)[0] if value else None) or "application/octet-stream"
        filename = _quoted(value.name) if value else ""
        content = value.read_bytes() if value else b""
        parts.append((f'{head}; filename="{filename}"\r\nContent-Type: {kind}'.encode(), content))
    # The boundary follows from what it parts, so that the same form is the same on the wire.
    boundary = "khutwa" + sha256(b"".join(h + c for h, c in parts)).hexdigest()[:32]
    line = b"--" + boundary.encode()
    body = (
        b"".join(line + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts) + line + b"--\r\n"
    )
    return body, f"multipart/form-data; boundary={boundary}"


def _quoted(text: str) -> str:
    return text.replace("\r\n", "%0D%0A").replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
