"""What does a participant see? Plain pages that need no script, in their language, asking nobody else for anything.

A page that is the same for everybody is drawn once and kept; only what differs from one showing to the next is put in.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studies.store.kept import Answer
from studies.store.withdrawal import Receipt
from studies.words import _, direction, ngettext, pick, say_in, speak
from surveys import sent
from surveys.questionnaire.asked import NEEDED, Page, Question, Questionnaire
from surveys.questionnaire.reading import PURPOSES

FOLDER: Final = Path(__file__).parent / "templates"
_STYLE: Final = (FOLDER / "participant.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_ONCE: Final = "0nce-0nce-0nce"  # where each showing of a page gets a number of its own
SECONDS_EACH: Final = 12  # for one question, about

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
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
#: a page that goes on without a network runs one script of our own and keeps what could not be sent yet
OFFLINE_POLICY: Final = (
    f"default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'sha256-{_STYLE_HASH}'; "
    "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def _in_language(new: str) -> str:
    """Says what follows on a page in another language."""
    speak(new)
    return ""


_pages = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_pages.globals.update({"_": _, "ngettext": ngettext, "style": _STYLE, "in_language": _in_language})
_pages.filters["said"] = lambda text: pick(text) if text else ""
_pages.filters["number"] = lambda value: f"{value:g}" if isinstance(value, int | float) else value


def page(template: str, language: str, status: int = 200, others: Sequence[str] = (), **what: Any) -> HTMLResponse:
    """One page in one language; `others` are the languages that it offers to switch to."""
    return HTMLResponse(drawn(template, language, others, once=secrets.token_urlsafe(12), **what), status)


def drawn(template: str, language: str, others: Sequence[str] = (), **what: Any) -> str:
    """One page's HTML."""
    with say_in(language):
        return _pages.get_template(template).render(
            language=language,
            direction=direction(language),
            others=[(other, name_of(other), direction(other)) for other in others if other != language],
            **what,
        )


def consent(
    asked: Questionnaire, language: str, steps: int, ending: str | None = None, others: Sequence[str] = ()
) -> Response:
    """The page on which everybody agrees first, purpose by purpose."""
    with say_in(language):
        more = [(one.purpose, pick(one.text) if one.text else _(PURPOSES[one.purpose])) for one in asked.purposes
                if one.purpose != NEEDED]  # fmt: skip
        needed = [pick(one.text) for one in asked.purposes if one.purpose == NEEDED and one.text]
    many = sum(len(page.questions) for page in asked.every())
    return page(
        "consent.html", language, others=others or asked.languages, page="consent", step=1, steps=steps,
        minutes=max(1, ceil(many * SECONDS_EACH / 60)), purposes=more, needed=needed, ending=ending or "",
        title=asked.title or "",
    )  # fmt: skip


def questions(
    asked: Questionnaire,
    at: Page,
    language: str,
    answers: Mapping[str, Answer],
    seed: str,
    step: int,
    steps: int,
    digest: str = "",
    wrong: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    may_skip: bool = False,
    troubled: bool = False,
) -> Response:
    """A page of questions, with what was answered already and what was wrong with the last attempt."""
    mine = at.asked(answers, seed)
    there = {one.id: answers[one.id] for one in mine if one.id in answers}
    if digest and not (there or wrong or missing or troubled or at.varies):
        before, after = _blank(digest, at.page, language, step, steps, _Unhashed(asked))
        return HTMLResponse(before + secrets.token_urlsafe(12).encode() + after)
    with say_in(language):
        named = {one.id: one for one in mine}
        messages = {name: what_is_wrong((wrong or {}).get(name), named[name]) for name in named
                    if name in (wrong or {}) or name in missing}  # fmt: skip
    html = _drawn(asked, at, mine, language, there, seed, step, steps, secrets.token_urlsafe(12), messages, may_skip,
                  troubled)  # fmt: skip
    return HTMLResponse(html, 503 if troubled else 422 if messages else 200)


class _Unhashed:
    """What a kept drawing is made from, when it is known by its checksum already."""

    def __init__(self, asked: Questionnaire) -> None:
        self.asked = asked

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed)


@lru_cache(maxsize=1024)
def _blank(digest: str, name: str, language: str, step: int, steps: int, of: _Unhashed) -> tuple[bytes, bytes]:
    at = of.asked.by_name[name]
    html = _drawn(of.asked, at, at.questions, language, {}, "", step, steps, _ONCE, {}, False, False)
    before, _once, after = html.partition(_ONCE)
    return before.encode(), after.encode()


def _drawn(
    asked: Questionnaire, at: Page, mine: Sequence[Question], language: str, answers: Mapping[str, Answer], seed: str,
    step: int, steps: int, once: str, messages: Mapping[str, str], may_skip: bool, troubled: bool,
) -> str:  # fmt: skip
    return drawn(
        "questions.html", language, asked.languages, page=at.page, title=at.title, lead=at.lead or "",
        items=[(one, number, one.order(seed)) for number, one in enumerate(mine, 1)],
        answers=answers, messages=messages, may_skip=may_skip, step=step, steps=steps, troubled=troubled, once=once,
    )  # fmt: skip


def message(
    name: str, language: str, status: int = 200, others: Sequence[str] = (), erasable: bool = False
) -> Response:
    """A page that says one thing: thanks, closed, unknown, …; `erasable` where there is something to withdraw."""
    return page("message.html", language, status, others, message=name, erasable=erasable)


def receipt(of: Receipt, language: str) -> Response:
    """What somebody sees who withdrew: the number to name, and what was erased."""
    with say_in(language):
        kinds = {
            "submissions": _("Pages of answers"),
            "consents": _("Consents"),
            "flags": _("Remarks on how it was filled in"),
            "batches": _("Parcels from your browser"),
            "sentences": _("Sentences of the log"),
            "sessions": _("Observed visits"),
            "files": _("Pictures and checks"),
        }
        erased = [(kinds[kind], n) for kind, n in of.erased.items() if kind in kinds]
    when = format_datetime(of.at, "long", locale=language)
    return page("receipt.html", language, receipt=of.receipt, when=when, erased=erased, of=of)


def name_of(language: str) -> str:
    """A language's name for itself."""
    try:
        return Locale(language).get_display_name(language) or language
    except (UnknownLocaleError, ValueError):
        return language


def in_steps(question: Question) -> str:
    """Which numbers a scale that is written takes."""
    low, high, step = (f"{part or 0:g}" for part in (question.low, question.high, question.step))
    return _("A number from {low} to {high}, in steps of {step}.").format(low=low, high=high, step=step)


_pages.filters["in_steps"] = in_steps


def what_is_wrong(kind: str | None, question: Question) -> str:
    """What to do about an answer that could not be kept, or that is not there."""
    match kind:
        case sent.TWICE:
            return _("Two different answers arrived for this one. Choose one of them.")
        case sent.OFF_SCALE if question.written:
            return in_steps(question)
        case sent.OFF_SCALE:
            return _("The answer that arrived is not one of the choices, so it was not kept. Choose one of them.")
        case sent.NO_NUMBER:
            return _("Write a whole number, in digits.") if question.integral else _("Write a number, in digits.")
        case sent.OUT_OF_RANGE:
            return _range_told(question)
        case sent.TOO_LONG:
            return _("This is longer than can be kept. Shorten it to {n} characters or fewer.").format(
                n=question.most or 2000
            )
        case sent.TOO_MANY:
            return _("Too many are chosen. Choose {n} at most.").format(n=question.most)
        case sent.SAME_PLACE:
            return _("Give each of them a place of its own: 1 for what comes first.")
    return _("This one is not answered yet.")


def _range_told(question: Question) -> str:
    low, high = (None if one is None else f"{one:g}" for one in (question.low, question.high))
    if low is None:
        return _("That number is out of range. It can be {high} at most.").format(high=high)
    if high is None:
        return _("That number is out of range. It must be {low} at least.").format(low=low)
    return _("That number is out of range. It must lie between {low} and {high}.").format(low=low, high=high)


_RAW: Final = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_OWN: Final = frozenset(name.encode() for name in HEADERS)


def guarded(app: ASGIApp) -> ASGIApp:
    """The application with the headers on whatever it answers, its errors too."""

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(sending: Message) -> None:
            if sending["type"] == "http.response.start":
                there = sending.setdefault("headers", [])
                if any(name in _OWN for name, _value in there):
                    headers = MutableHeaders(scope=sending)
                    for name, value in HEADERS.items():
                        headers.setdefault(name, value)
                else:
                    sending["headers"] = [*there, *_RAW]
            await send(sending)

        await app(scope, receive, send_with_headers)

    return within
