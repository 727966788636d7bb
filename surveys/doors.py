"""A link for whoever comes: a poster's code, or the last page of a service, whatever the end that it came to.

    /j/<door>                                   anybody
    /j/<door>?session=p17-visit&ending=refused  somebody whose visit was heard, and how it ended

Nothing is kept of who only looks. Whoever agrees gets a link of their own, and goes on there. The visit that a link
names is whoever wrote the link's word: it is nobody's proof. Where a visit is somebody else's by the lab's own word (a
task given out, a participant who was invited), the answers stand beside it unjoined, and withdrawing does not touch it.
"""

from __future__ import annotations

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from studies.store import Store
from studies.store.doors import Door, door
from studies.store.heard import DOOR
from studies.store.kept import Turn
from studies.store.withdrawal import receipt_of
from studies.words import languages
from studies.workspace import Workspace
from surveys import shown
from surveys.invitations import ENDINGS
from surveys.pages import posted, preferred
from surveys.questionnaire.asked import Questionnaire
from surveys.questionnaire.reading import kept
from surveys.sent import Sent, read_form
from surveys.taking import press

_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-")


def behind(store: Store, name: str) -> tuple[Door, Questionnaire] | None:
    """A door of this name with what is asked behind it; None where there is none."""
    found = door(store, name)
    asked = kept(store, found.questionnaire) if found else None
    return (found, asked) if found and asked else None


def routes(store: Store, space: Workspace | None = None) -> list[Route]:
    """The doors, to be put into an application."""

    async def see(request: Request) -> Response:
        there = await run_in_threadpool(behind, store, request.path_params["door"])
        return _nowhere(request) if there is None else _first_page(request, *there)

    async def send(request: Request) -> Response:
        body = await posted(request)
        if isinstance(body, Response):
            return body
        sent = read_form(body)
        there = await run_in_threadpool(behind, store, request.path_params["door"])
        if there is None:
            return _nowhere(request)
        found, asked = there
        language = sent.one("language")
        if found.closed or language in asked.languages:
            return _first_page(request, found, asked, language)
        if sent.one("agree") != "yes":
            spoken = sent.one("spoken") or ""
            return shown.message(
                "not_joined", spoken if spoken in asked.languages else preferred(request, asked.languages)
            )
        token = await run_in_threadpool(_let_in, store, found, asked, request, sent)
        return RedirectResponse(f"/s/{token}", 303)

    return [Route("/j/{door}", see, methods=["GET"]), Route("/j/{door}", send, methods=["POST"])]


def _first_page(request: Request, found: Door, asked: Questionnaire, language: str | None = None) -> Response:
    speaks = language if language in asked.languages else preferred(request, asked.languages)
    if found.closed:
        return shown.message("closed", speaks or "en", 410)
    return shown.consent(asked, speaks or "en", 1 + len(list(asked.every())), _about(request)[1])


def _let_in(store: Store, found: Door, asked: Questionnaire, request: Request, sent: Sent) -> str:
    # The same press sent twice lets one person in, once.
    token = personal(found.door, sent.key(found.door))
    session, ending = _about(request)
    if receipt_of(store, token) is None:
        store.add_invitation(
            found.study, asked.instruments, session=session, condition=found.condition, language=sent.one("spoken"),
            questionnaire=found.questionnaire, entry=DOOR, ending=ending, token=token,
        )  # fmt: skip
        store.take([Turn(sent.key(token), token, press(lambda _standing: asked, token, sent))])
    return token


def personal(door_name: str, once: str) -> str:
    """The token of one who came through a door: the same for the same coming."""
    return hashlib.sha256(f"{door_name} {once}".encode()).hexdigest()[:32]


def _about(request: Request) -> tuple[str | None, str | None]:
    """Which visit somebody comes from, and how it ended, as far as the link says."""
    session, ending = request.query_params.get("session", ""), request.query_params.get("ending", "")
    known = 0 < len(session) <= 90 and set(session) <= _NAMES
    return session if known else None, ending if ending in ENDINGS else None


def _nowhere(request: Request) -> Response:
    return shown.message("unknown", preferred(request, list(languages())), 404)
