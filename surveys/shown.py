"""What does a participant see? Plain pages that need no script, in their language, asking nobody else for anything."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studies.words import _, direction, ngettext, say_in
from surveys.instruments import Instrument
from surveys.sent import OFF_SCALE, TWICE

_FOLDER: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_FOLDER / "participant.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

#: sent with every answer of the server: nothing kept, nothing loaded from elsewhere, nothing told to elsewhere
HEADERS: Final = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

_pages = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_pages.globals.update({"_": _, "ngettext": ngettext, "style": _STYLE})


def page(template: str, language: str, status: int = 200, others: Sequence[str] = (), **what: Any) -> HTMLResponse:
    """One page in one language; `others` are the languages that it offers to switch to."""
    with say_in(language):
        html = _pages.get_template(template).render(
            language=language,
            direction=direction(language),
            others=[(other, name_of(other), direction(other)) for other in others if other != language],
            once=secrets.token_urlsafe(12),
            **what,
        )
    return HTMLResponse(html, status)


def questions(
    instrument: Instrument,
    language: str,
    answers: Mapping[str, float],
    wrong: Mapping[str, str],
    missing: Sequence[str],
    step: int,
    steps: int,
    others: Sequence[str],
    troubled: bool = False,
) -> HTMLResponse:
    """An instrument's page, with what was answered already and what was wrong with the last attempt."""
    wording = instrument.said_in(language)
    with say_in(language):
        numbers = {item: number for number, item in enumerate(instrument.ids(), 1)}
        messages = {item: _what_is_wrong(wrong.get(item)) for item in instrument.ids() if item in {*wrong, *missing}}
    return page(
        "questions.html",
        language,
        status=503 if troubled else 422 if messages else 200,
        others=others,
        page=instrument.instrument,
        wording=wording,
        items=[(item, numbers[item], wording.items[item]) for item in instrument.ids()],
        points=[(point, wording.anchors.get(point)) for point in instrument.scale.points],
        low=wording.anchors[instrument.scale.low],
        high=wording.anchors[instrument.scale.high],
        answers={item: int(value) for item, value in answers.items()},
        messages=messages,
        may_skip=bool(missing) and not wrong,
        step=step,
        steps=steps,
        troubled=troubled,
    )


def message(name: str, language: str, status: int = 200, others: Sequence[str] = ()) -> HTMLResponse:
    """A page that says one thing: thanks, closed, unknown, …"""
    return page("message.html", language, status, others, message=name)


def name_of(language: str) -> str:
    """A language's name for itself."""
    try:
        return Locale(language).get_display_name(language) or language
    except (UnknownLocaleError, ValueError):
        return language


def guarded(app: ASGIApp) -> ASGIApp:
    """The application with the headers on whatever it answers, its errors too."""

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(sending: Message) -> None:
            if sending["type"] == "http.response.start":
                headers = MutableHeaders(scope=sending)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(sending)

        await app(scope, receive, send_with_headers)

    return within


def _what_is_wrong(kind: str | None) -> str:
    if kind == TWICE:
        return _("Two different answers arrived for this one. Choose one of them.")
    if kind == OFF_SCALE:
        return _("The answer that arrived is not one of the choices, so it was not kept. Choose one of them.")
    return _("This one is not answered yet.")
