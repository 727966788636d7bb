"""The practice agency as a web site: it does what its flaws say, to every visitor alike."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from journeys.practice import showing
from journeys.practice.flaws import VARIANTS, Flaws, Place
from journeys.practice.visitors import Visitor, Visitors
from journeys.practice.wording import wording

LARGEST: Final = 5_000_000  # bytes of a form with its documents
AT_ONCE: Final = 1.0  # seconds within which a browser follows where a form leads
Sleep = Callable[[float], Awaitable[None]]


def app(flaws: Flaws, sleep: Sleep = asyncio.sleep, clock: Callable[[], float] = time.monotonic) -> Starlette:
    """The practice agency with these flaws; `sleep` and `clock` are how it takes its time."""
    places = {place.path: place for place in flaws.every_place()}
    visitors = Visitors()
    servers = asyncio.Semaphore(flaws.capacity.servers)

    async def work() -> None:
        """Take a server for as long as a page takes; where all are taken, wait in line."""
        async with servers:
            await sleep(flaws.capacity.seconds)

    def answer(request: Request, cookie: str, response: Response) -> Response:
        """Tie the answer to its visitor, and the language to the visit."""
        response.headers["Cache-Control"] = "no-store"
        if request.cookies.get("visit") != cookie:
            response.set_cookie("visit", cookie, httponly=True, samesite="lax")
        if request.query_params.get("lang") in ("en", "ar"):
            response.set_cookie("lang", request.query_params["lang"], samesite="lax")
        return response

    def not_there(request: Request) -> Response:
        return HTMLResponse(showing.notice("nowhere", language_of(request)), 404)

    async def home(request: Request) -> Response:
        cookie, visitor = visitors.find(request.cookies.get("visit"))
        visitor.start_over()
        variant = request.path_params.get("variant")
        if variant is not None and variant not in VARIANTS:
            return not_there(request)
        shown = showing.home(flaws, language_of(request), (variant,) if variant else VARIANTS)
        return answer(request, cookie, HTMLResponse(shown))

    async def page(request: Request) -> Response:
        place = places.get(request.url.path.rstrip("/"))
        if place is None:
            return not_there(request)
        cookie, visitor = visitors.find(request.cookies.get("visit"))
        if request.method == "POST":
            return answer(request, cookie, await take(request, place, visitor))
        return answer(request, cookie, await show(request, place, visitor))

    async def show(request: Request, place: Place, visitor: Visitor) -> Response:
        """Open a page: after its silence, and its sign of work if it has one."""
        language, planted = language_of(request), place.page
        on_the_way = since_sent(visitor, place)
        await work()
        if planted.fails_first is not None and visitor.first_time("fails", place.path):
            return HTMLResponse(showing.notice("failed", language, place), planted.fails_first)
        # A planted silence is the citizen's: the way here and the work itself are part of it, waiting in line is not.
        await sleep(max(0.0, planted.silent - on_the_way - flaws.capacity.seconds))
        by_fetch = "x-by-fetch" in request.headers
        shown = showing.page(flaws, place, visitor, language, cut=planted.spinner > 0 and not by_fetch)
        if place.concludes:
            visitor.start_over()
        if planted.spinner > 0 and not by_fetch:
            return StreamingResponse(in_two_parts(shown, planted.spinner, sleep), media_type="text/html")
        await sleep(planted.spinner)
        return HTMLResponse(shown)

    def since_sent(visitor: Visitor, place: Place) -> float:
        """Seconds since the form was sent that led here at once."""
        path, sent = visitor.waits_for
        visitor.waits_for = ("", 0.0)
        seconds = clock() - sent
        return seconds if path == place.path and seconds < AT_ONCE else 0.0

    async def take(request: Request, place: Place, visitor: Visitor) -> Response:
        """Take a form in: refuse it, or lead on to the page that follows."""
        language, planted, sent_at = language_of(request), place.page, clock()
        if int(request.headers.get("content-length") or 0) > LARGEST:
            return HTMLResponse(showing.notice("too_large", language, place), 413)
        async with request.form() as form:
            if form.get("_token") != visitor.token:
                return HTMLResponse(showing.notice("expired", language, place), 403)
            sent = answers(place, form)
        errors = refusals(place, visitor, sent, language)
        if errors:
            await work()
            kept = {} if planted.forgets else {key: value for key, value in sent.items() if key not in errors}
            return HTMLResponse(showing.page(flaws, place, visitor, language, errors, kept))
        for key, value in sent.items():
            if value:
                visitor.give(key, value)
        follows = place.after
        if planted.first_leads_to and visitor.first_time("sent", place.path):
            follows = planted.first_leads_to
        following = flaws.places(place.variant, place.service)[follows or planted.page]
        visitor.waits_for = (following.path, sent_at)
        return RedirectResponse(following.path, 303)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/favicon.ico", lambda request: Response(status_code=204)),
            Route("/{variant}", home),
            Route("/{place:path}", page, methods=["GET", "POST"]),
        ]
    )


async def in_two_parts(shown: str, seconds: float, sleep: Sleep) -> AsyncIterator[str]:
    """A page that arrives in parts: the sign of work at once, what it is about later."""
    first, rest = shown.split(showing.REST, 1)
    yield first
    await sleep(seconds)
    yield rest


def answers(place: Place, form: FormData) -> dict[str, str]:
    """What was given for each datum of a page; of a document, its file name."""
    sent = {}
    for key in place.page.fields:
        value = form.get(wording().datum(key, place.page.agency).name)
        sent[key] = ((value.filename or "") if isinstance(value, UploadFile) else value or "").strip()
    return sent


def refusals(place: Place, visitor: Visitor, sent: dict[str, str], language: str) -> dict[str, str]:
    """What is wrong with what was sent, by datum.

    Only what the agency does not hold yet has to be filled in: a question asked again is needless, and may be left.
    """
    phrases = wording().phrases
    errors = {
        key: phrases["empty"].said(language) for key, value in sent.items() if not value and not visitor.given.get(key)
    }
    if not errors and place.page.refuses_first and visitor.first_time("refuses", place.path):
        errors = {key: phrases["refused"].said(language) for key in place.page.refuses_first}
    return errors


def language_of(request: Request) -> str:
    """The language that the visitor asked for: by the switch, on an earlier page, or in the browser's settings."""
    if (asked := request.query_params.get("lang") or request.cookies.get("lang")) in ("en", "ar"):
        return str(asked)
    for wanted in request.headers.get("accept-language", "").split(","):
        code = wanted.split(";")[0].strip().lower().split("-")[0]
        if code in ("en", "ar"):
            return code
    return "en"
