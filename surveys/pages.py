"""What did they say? The pages on which participants answer, at the link that their token makes.

Consent first, then one page an instrument, then thanks. Each press of a button is on disk before it is acknowledged;
coming back to the link, on any device, goes on where it was left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from studies.store import CLOSED, DECLINED, FINISHED, Invitation, Progress, Store
from studies.troubles import Failed, WrongInput
from studies.words import languages
from studies.workspace import Workspace
from surveys import shown
from surveys.instruments import Instrument, instrument
from surveys.sent import MOST_BYTES, Sent, answers_to, read_form

CONSENT: Final = "consent"
#: which text was agreed to; a new one whenever the consent page says something else
CONSENT_WORDING: Final = "answers-1"


@dataclass(frozen=True, slots=True)
class _Visit:
    """One participant at their link."""

    store: Store
    invitation: Invitation
    instruments: Mapping[str, Instrument]
    languages: list[str]
    language: str

    @property
    def here(self) -> str:
        return f"/s/{self.invitation.token}"

    def step(self, page: str) -> int:
        return 1 + [CONSENT, *self.instruments].index(page)

    @property
    def steps(self) -> int:
        return 1 + len(self.instruments)

    def next_page(self, progress: Progress) -> str | None:
        if not progress.agreed:
            return CONSENT
        return next((name for name in self.instruments if name not in progress.pages), None)


def routes(store: Store, space: Workspace | None = None) -> list[Route]:
    """The participants' pages, to be put into an application."""

    def visit(request: Request) -> _Visit | Response:
        wanted = preferred(request, list(languages()))
        invitation = store.invitation(request.path_params["token"])
        if invitation is None:
            return shown.message("unknown", wanted, 404)
        asked = {name: instrument(name, space) for name in invitation.instruments}
        spoken = [lang for lang in next(iter(asked.values())).wording if all(lang in i.wording for i in asked.values())]
        language = invitation.language if invitation.language in spoken else preferred(request, spoken)
        return _Visit(store, invitation, asked, spoken, language or "en")

    async def see(request: Request) -> Response:
        return await run_in_threadpool(lambda: look(v) if isinstance(v := visit(request), _Visit) else v)

    async def send(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return shown.message("too_long", preferred(request, list(languages())), 413)
        return await run_in_threadpool(
            lambda: take(v, read_form(body)) if isinstance(v := visit(request), _Visit) else v
        )

    return [Route("/s/{token}", see, methods=["GET"]), Route("/s/{token}", send, methods=["POST"])]


def look(visit: _Visit) -> Response:
    """The page that the participant has come to."""
    if over := _over(visit):
        return over
    progress = visit.store.progress(visit.invitation.token)
    page = visit.next_page(progress)
    if page is None:
        return shown.message("thanks", visit.language)
    if page != CONSENT:
        return _questions(visit, page, progress.answers)
    return shown.page("consent.html", visit.language, others=visit.languages, page=CONSENT, step=1, steps=visit.steps)


def take(visit: _Visit, sent: Sent) -> Response:
    """Keep what was sent, then lead on: to the next page, or back to this one with what is still to do."""
    page = sent.one("page")
    back = RedirectResponse(visit.here, 303)
    language = sent.one("language")
    if page == CONSENT and visit.invitation.state != FINISHED:
        return _consent(visit, sent, language) or back
    if page is None or page not in visit.instruments:
        if language in visit.languages:
            visit.store.speak_to(visit.invitation.token, language)
        return back
    return _answers(visit, page, sent, language if language in visit.languages else None) or back


def _consent(visit: _Visit, sent: Sent, language: str | None) -> Response | None:
    if visit.invitation.state == CLOSED:
        return _over(visit)
    token = visit.invitation.token
    spoken = sent.one("spoken") if sent.one("spoken") in visit.languages else visit.language
    try:
        if language in visit.languages:
            visit.store.speak_to(token, language)
        elif sent.one("agree") in ("yes", "no"):
            visit.store.consent(token, "answers", sent.one("agree") == "yes", spoken or "en", CONSENT_WORDING)
    except Failed:
        return shown.message("troubled", visit.language, 503)
    return None


def _answers(visit: _Visit, page: str, sent: Sent, switch_to: str | None) -> Response | None:
    token, asked = visit.invitation.token, visit.instruments[page]
    progress = visit.store.progress(token)
    if not progress.agreed and visit.invitation.state != CLOSED:
        return None
    given, wrong = answers_to(asked, sent)
    answers = {**progress.answers, **given}
    missing = [item for item in asked.ids() if item not in answers and item not in wrong]
    complete = not switch_to and not wrong and (not missing or sent.one("skip") == "yes")
    finished = complete and set(visit.instruments) <= {*progress.pages, page}
    spoken = sent.one("spoken") if sent.one("spoken") in visit.languages else visit.language
    try:
        visit.store.submit(sent.key(token), token, page, given, spoken or "en", complete, finished)
        if switch_to:
            visit.store.speak_to(token, switch_to)
    except WrongInput:
        # Closed, or sent off already with other answers: say so, rather than seem to have taken these.
        now = visit.store.invitation(token)
        return (
            shown.message("closed", visit.language, 410)
            if now and now.state == CLOSED
            else shown.message("received", visit.language, 409)
        )
    except Failed:
        return _questions(visit, page, answers, troubled=True)
    if wrong or not (complete or switch_to):
        shown_in = switch_to or visit.language
        return _questions(visit, page, answers, wrong, [] if switch_to else missing, shown_in)
    return None


def _questions(
    visit: _Visit,
    name: str,
    answers: Mapping[str, float],
    wrong: Mapping[str, str] | None = None,
    missing: list[str] | None = None,
    language: str | None = None,
    troubled: bool = False,
) -> Response:
    return shown.questions(
        visit.instruments[name],
        language or visit.language,
        answers,
        wrong or {},
        missing or [],
        visit.step(name),
        visit.steps,
        visit.languages,
        troubled,
    )


def _over(visit: _Visit) -> Response | None:
    says = {CLOSED: ("closed", 410), FINISHED: ("thanks", 200), DECLINED: ("declined", 200)}.get(visit.invitation.state)
    return shown.message(says[0], visit.language, says[1]) if says else None


def preferred(request: Request, among: list[str]) -> str:
    """The language that the browser asks for first among those there are; the first of them otherwise."""
    wishes = []
    for place, wish in enumerate(request.headers.get("accept-language", "").split(",")[:20]):
        tag, _sep, quality = wish.partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, tag.strip().split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _quality, _place, tag in sorted(wishes) if tag in among), among[0] if among else "en")


async def _body(request: Request) -> bytes | None:
    """What was posted; None when it is more than any form of ours can be."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
