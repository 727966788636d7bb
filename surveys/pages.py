"""What did they say? The pages on which participants answer, at the link that their token makes.

Consent first, then one page an instrument, then thanks. Each press of a button is on disk before it is acknowledged;
coming back to the link, on any device, goes on where it was left.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from studies.store import Store
from studies.store.kept import CLOSED, DECLINED, FINISHED, FULL, SCREENED_OUT, SEEN, Standing
from studies.store.together import Together
from studies.store.withdrawal import receipt_of, withdraw
from studies.troubles import Failed
from studies.words import _, languages
from studies.workspace import Workspace
from surveys import shown
from surveys.itinerary import TASK, onwards
from surveys.questionnaire.asked import Questionnaire
from surveys.questionnaire.reading import kept, of_instruments
from surveys.sent import MOST_BYTES, Sent, answers_to, read_form
from surveys.taking import Again, Lead, Say, Told, language_of, next_page, path_of, press

_OVER: Final = {
    CLOSED: ("closed", 410),
    FINISHED: ("thanks", 200),
    DECLINED: ("declined", 200),
    SCREENED_OUT: ("screened_out", 200),
    FULL: ("full", 200),
}


class Asked:
    """What is asked of whom; what was read once is kept, since it never changes."""

    def __init__(self, store: Store, space: Workspace | None) -> None:
        self.store, self.space = store, space
        self._read: dict[str, Questionnaire] = {}

    def __call__(self, standing: Standing) -> Questionnaire:
        digest = standing.invitation.questionnaire
        if digest is None:  # an invitation of an older lab
            return of_instruments(standing.invitation.instruments, self.space)
        found = self._read.get(digest)
        if found is None:
            found = kept(self.store, digest)
            if found is None:
                raise Failed(_("The questionnaire {digest} is not in the store.").format(digest=digest))
            self._read[digest] = found
        return found


class Pages:
    """The participants' pages as an application: what is sent most takes the shortest way."""

    def __init__(self, store: Store, space: Workspace | None, together: Together) -> None:
        self.store, self.space, self.together = store, space, together
        self.asked = Asked(store, space)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        token = scope["path"].removeprefix("/s/")
        answer = await (self.take if scope["method"] == "POST" else self.see)(request, token)
        await answer(scope, receive, send)

    async def see(self, request: Request, token: str) -> Response:
        """The page that the participant has come to."""
        wishes = wished(request)
        standing = await self.together.standing(token)
        if standing is None:
            return await _gone(self.store, token, wishes)
        asked = self.asked(standing)
        language = language_of(asked, standing, wishes)
        if request.scope["query_string"] == b"withdraw":
            return shown.page("withdraw.html", language)
        if standing.invitation.entry == TASK:
            onward = await run_in_threadpool(onwards, self.store, standing, asked)
            if onward is not None:
                return RedirectResponse(onward, 303)
        return look(asked, standing, language)

    async def take(self, request: Request, token: str) -> Response:
        """Keep what was sent, then lead on: to the next page, or back to this one with what is still to do."""
        body = await posted(request)
        if isinstance(body, Response):
            return body
        sent, wishes = read_form(body), wished(request)
        if sent.one("page") == "withdraw":
            if sent.one("withdraw") == "yes":
                await run_in_threadpool(withdraw, self.store, token, self.space)
            return _Lead(token)
        try:
            told: Told = await self.together.turn(sent.key(token), token, press(self.asked, token, sent, wishes))
        except Failed:
            return await self._troubled(token, sent, wishes)
        if told is SEEN or isinstance(told, Lead):
            return _Lead(token)
        standing = await self.together.standing(token)
        if standing is None:
            return await _gone(self.store, token, wishes)
        asked = self.asked(standing)
        return tell(asked, standing, told, language_of(asked, standing, wishes))

    async def _troubled(self, token: str, sent: Sent, wishes: Sequence[str]) -> Response:
        """The answers again on their page, with the word that they could not be stored."""
        try:
            standing = await self.together.standing(token)
        except Failed:
            standing = None
        language = next((wish for wish in (sent.one("spoken"), *wishes) if wish in languages()), "en") or "en"
        asked = self.asked(standing) if standing else None
        page = asked.by_name.get(sent.one("page") or "") if asked else None
        if standing is None or asked is None or page is None:
            return shown.message("troubled", language, 503)
        given, _wrong = answers_to(page.asked(standing.answers, token), sent)
        path = path_of(asked, standing)
        step = 2 + path.index(page) if page in path else 2
        answers = {**standing.answers, **given}
        return shown.questions(asked, page, language, answers, token, step, 1 + len(path), troubled=True)


def in_front(store: Store, space: Workspace | None, together: Together, behind: ASGIApp) -> ASGIApp:
    """An application with the participants' pages before it; whatever breaks there is told by the one behind."""
    pages = Pages(store, space, together)

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        mine = path.startswith("/s/") and len(path) > 3 and path.find("/", 3) < 0
        if scope["type"] == "http" and mine and scope["method"] in ("GET", "POST"):
            try:
                await pages(scope, receive, send)
            except Exception as trouble:  # noqa: BLE001 whatever it is, whoever answers must be told in words
                sys.stderr.write(f"{type(trouble).__name__}: {trouble}\n")
                language = preferred(Request(scope), list(languages()))
                await shown.message("troubled", language, 503)(scope, receive, send)
            return
        await behind(scope, receive, send)

    return within


class _Lead(Response):
    """On to wherever the participant is to be: the answer that is given most, in the fewest steps."""

    def __init__(self, token: str) -> None:
        self.raw_headers = [(b"location", f"/s/{quote(token)}".encode()), (b"content-length", b"0")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 303, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b""})


def look(asked: Questionnaire, standing: Standing, language: str) -> Response:
    """The page that the participant has come to."""
    invitation = standing.invitation
    if over := _OVER.get(invitation.state):
        return shown.message(over[0], language, over[1], erasable=bool(standing.pages or standing.answers))
    path = path_of(asked, standing)
    steps = 1 + len(path)
    if not standing.agreed:
        return shown.consent(asked, language, steps, invitation.ending)
    page = next_page(asked, standing)
    if page is None:  # nothing that is asked concerns them
        return shown.message("thanks", language, erasable=bool(standing.pages))
    step = 2 + path.index(page)
    return shown.questions(asked, page, language, standing.answers, invitation.token, step, steps,
                           invitation.questionnaire or "")  # fmt: skip


def tell(asked: Questionnaire, standing: Standing, told: Say | Again, language: str) -> Response:
    """What a press of a button is answered with that does not lead on."""
    if isinstance(told, Say):
        return shown.message(told.message, language, told.status)
    path = path_of(asked, standing)
    step, steps = 2 + path.index(told.page) if told.page in path else 2, 1 + len(path)
    return shown.questions(
        asked, told.page, told.language, told.answers, standing.invitation.token, step, steps, "",
        told.wrong, told.missing, told.may_skip,
    )  # fmt: skip


async def _gone(store: Store, token: str, wishes: Sequence[str]) -> Response:
    language = next((wish for wish in wishes if wish in languages()), "en")
    receipt = await run_in_threadpool(receipt_of, store, token)
    return shown.message("unknown", language, 404) if receipt is None else shown.receipt(receipt, language)


def wished(request: Request) -> tuple[str, ...]:
    """The languages that a browser asks for, the dearest first."""
    for name, value in request.scope["headers"]:
        if name == b"accept-language":
            return _wishes(value[:400])
    return ()


@lru_cache(maxsize=1000)
def _wishes(told: bytes) -> tuple[str, ...]:
    wishes = []
    for place, wish in enumerate(told.decode("latin-1").split(",")[:20]):
        tag, _sep, quality = wish.partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, tag.strip().split("-")[0].lower()))
        except ValueError:
            continue
    return tuple(tag for _quality, _place, tag in sorted(wishes))


def preferred(request: Request, among: list[str]) -> str:
    """The language that the browser asks for first among those there are; the first of them otherwise."""
    return next((tag for tag in wished(request) if tag in among), among[0] if among else "en")


async def posted(request: Request, most: int = MOST_BYTES) -> bytes | Response:
    """What was posted, whole; a page in words when it is more than can be, or when not all of it arrived."""
    told = next((int(value) for name, value in request.scope["headers"] if name == b"content-length"), None)
    body, more = b"", told is None or told <= most
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return shown.message("incomplete", preferred(request, list(languages())), 400)
        body, more = body + message.get("body", b""), message.get("more_body", False)
        more = more and len(body) <= most
    if len(body) > most or (told or 0) > most:
        return shown.message("too_long", preferred(request, list(languages())), 413)
    if told is not None and told != len(body):
        return shown.message("incomplete", preferred(request, list(languages())), 400)
    return body
