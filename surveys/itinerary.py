"""What does a participant of a study do next? Agree, the tasks in their order, questions after each, and at the end.

    /p/<itinerary>   the one link of a participant: on to wherever they are to be
    /t/<token>       a task: its words, Begin, "I am done", "I give up"
    /t/<token>/go    the service itself, for whoever is not in the lab

Consent is asked once, before anything is heard. A task page needs no script and no other server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from studies.store import Store
from studies.store.assignments import (
    BEGUN,
    BROKE,
    DONE,
    GAVE_UP,
    SAID_DONE,
    SEAT,
    TAG,
    WAITING,
    Assignment,
    assignment,
    begin,
    end,
    itinerary,
    itinerary_of,
)
from studies.store.kept import CLOSED, DECLINED, FINISHED, FULL, SCREENED_OUT, Standing
from studies.troubles import Failed
from studies.words import _, languages
from studies.workspace import Workspace
from surveys import shown
from surveys.invitations import invite
from surveys.questionnaire.asked import Questionnaire
from surveys.questionnaire.reading import kept, questionnaire_of
from surveys.sent import read_form
from surveys.taking import CONSENT_WORDING, next_page

TASK: Final = "task"  # by which door they came: as participants of a study with tasks
BEFORE: Final = "before"  # nothing has been tried yet
ENDING: Final = {DONE: "concluded", GAVE_UP: "left", SAID_DONE: "open", BROKE: "broken"}
TURNED_AWAY: Final = (DECLINED, SCREENED_OUT, FULL, CLOSED)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a participant is to be: agreeing to take part, at a task, at questions, turned away, or at the end."""

    kind: Literal["agreeing", "task", "asked", "turned_away", "over"]
    path: str
    token: str = ""  # of the task that it is, or is about


def admission(
    consent: Sequence[Any], screener: dict[str, Any] | None, quotas: Sequence[dict[str, Any]], space: Workspace | None
) -> Questionnaire:
    """What is asked before anything else: to agree, and who one is, as far as the protocol must know."""
    told: dict[str, Any] = {
        "asks": [{"id": "nothing", "kind": "text", "text": "nothing"}],
        "purposes": [*([] if "answers" in consent else ["answers"]), *consent],
    }
    told |= {"screener": screener} if screener else {}
    told |= {"quotas": list(quotas)} if quotas else {}
    whole = questionnaire_of(told, "admission", space)
    return Questionnaire.model_validate({**whole.model_dump(), "pages": []})


def admitting(itinerary_token: str) -> str:
    """The token of the page on which a participant agrees."""
    return _derived(itinerary_token, "admission")


def whereabouts(
    store: Store, those: Sequence[Assignment], space: Workspace | None, only: str | None = None
) -> Whereabouts:
    """Where the participant of these tasks is to be; of one task alone with `only`, its token."""
    first = those[0]
    token = admitting(first.itinerary)
    entry = store.standing(token)
    if entry is None:
        raise Failed(
            _("The page on which {participant} agrees is not in the store. Invite them anew.").format(
                participant=first.participant
            )
        )
    if entry.invitation.state in TURNED_AWAY:
        return Whereabouts("turned_away", f"/s/{token}")
    if not _through(store, entry):
        return Whereabouts("agreeing", f"/s/{token}")
    for one in those:
        if only not in (None, one.token):
            continue
        if not one.over:
            return Whereabouts("task", f"/t/{one.token}", one.token)
        for digest in () if one.state == BROKE else one.told.get("after", ()):
            asked = _asked(store, entry, one, digest, one.session, space)
            if asked is not None:
                return Whereabouts("asked", f"/s/{asked}", one.token)
    if all(one.over for one in those):
        for digest in those[-1].told.get("end", ()):
            asked = _asked(store, entry, those[-1], digest, None, space)
            if asked is not None:
                return Whereabouts("asked", f"/s/{asked}", those[-1].token)
    return Whereabouts("over", f"/p/{first.itinerary}")


def onwards(store: Store, standing: Standing, asked: Questionnaire) -> str | None:
    """Where whoever came by a task goes on, once nothing more is asked here; None where they stay."""
    one = standing.invitation
    if one.entry != TASK or one.state in TURNED_AWAY:
        return None
    if one.state != FINISHED and not (standing.agreed and next_page(asked, standing) is None):
        return None
    found = itinerary_of(store, one.study, one.participant)
    return None if found is None else f"/p/{found}"


def routes(store: Store, space: Workspace | None = None) -> list[Route]:
    """The tasks' pages, to be put into an application."""

    def where(token: str) -> tuple[list[Assignment], Whereabouts] | None:
        those = itinerary(store, token)
        return (those, whereabouts(store, those, space)) if those else None

    async def onward(request: Request) -> Response:
        found = await run_in_threadpool(where, request.path_params["itinerary"])
        if found is None:
            return _nowhere(request)
        those, place = found
        if place.kind == "over":
            return shown.message("thanks", those[0].language)
        return RedirectResponse(place.path, 303)

    async def admitted(request: Request) -> tuple[Assignment, int] | Response:
        """The task of a link and how many there are; elsewhere for whoever has not agreed, or is done with it."""
        one = await run_in_threadpool(assignment, store, request.path_params["token"])
        if one is None:
            return _nowhere(request)
        those = await run_in_threadpool(itinerary, store, one.itinerary)
        place = await run_in_threadpool(whereabouts, store, those, space)
        if one.over or place.kind in ("agreeing", "turned_away"):
            return RedirectResponse(f"/p/{one.itinerary}", 303)
        return one, len(those)

    async def see(request: Request) -> Response:
        found = await admitted(request)
        if isinstance(found, Response):
            return found
        one, places = found
        return _page(one, places, one.state == WAITING and request.url.query == "early")

    async def say(request: Request) -> Response:
        from surveys.pages import posted

        body = await posted(request)
        if isinstance(body, Response):
            return body
        found = await admitted(request)
        if isinstance(found, Response):
            return found
        one, token, wish = found[0], found[0].token, read_form(body).one("do")
        if wish == "begin" and one.way == SEAT:
            await run_in_threadpool(begin, store, token)
        elif wish in ("done", "gave_up"):
            how = SAID_DONE if wish == "done" else GAVE_UP
            if not await run_in_threadpool(end, store, token, how):
                return RedirectResponse(f"/t/{token}?early", 303)  # led on: loading it anew must not send it anew
        return RedirectResponse(f"/t/{token}", 303)

    async def go(request: Request) -> Response:
        found = await admitted(request)
        if isinstance(found, Response):
            return found
        one = found[0]
        if one.way == SEAT:
            return RedirectResponse(f"/p/{one.itinerary}", 303)
        await run_in_threadpool(begin, store, one.token)
        url = str(one.told["url"])
        return RedirectResponse(f"{url}{'&' if '#' in url else '#'}khutwa={one.token}" if one.way == TAG else url, 303)

    async def file(request: Request) -> Response:
        one = await run_in_threadpool(assignment, store, request.path_params["token"])
        files = one.told.get("files", ()) if one else ()
        nth = request.path_params["nth"]
        if not nth < len(files) or not Path(files[nth]["path"]).is_file():
            return _nowhere(request)
        return FileResponse(files[nth]["path"], filename=files[nth]["name"])

    return [
        Route("/p/{itinerary}", onward, methods=["GET"]),
        Route("/t/{token}", see, methods=["GET"]),
        Route("/t/{token}", say, methods=["POST"]),
        Route("/t/{token}/go", go, methods=["GET"]),
        Route("/t/{token}/{nth:int}", file, methods=["GET"]),
    ]


def _page(one: Assignment, places: int, early: bool = False) -> Response:
    told, lab = one.told, one.way == SEAT
    files = [
        (each["label"], each["path"] if lab else each["name"], "" if lab else f"/t/{one.token}/{nth}")
        for nth, each in enumerate(told.get("files", ()))
    ]
    return shown.page(
        "task.html", one.language, title=told["title"], words=told["words"],
        details=[(each["label"], each["value"]) for each in told["details"]], files=files, way=one.way,
        begun=one.state == BEGUN, early=early, token=one.token, place=one.place, places=places,
    )  # fmt: skip


def _through(store: Store, entry: Standing) -> bool:
    """Whether somebody has agreed, and is of those who are looked for."""
    if not entry.agreed:
        return False
    asked = kept(store, entry.invitation.questionnaire or "")
    return asked is None or asked.screener is None or entry.invitation.state == FINISHED


def _asked(
    store: Store, entry: Standing, one: Assignment, digest: str, session: str | None, space: Workspace | None
) -> str | None:
    """The token of a questionnaire that is still to be answered; None when it is done with. Made when first needed."""
    token = _derived(one.token if session else one.itinerary, digest)
    standing = store.standing(token)
    asked = kept(store, digest)
    if asked is None:
        raise Failed(_("The questionnaire {digest} is not in the store.").format(digest=digest))
    if standing is None:
        invite(
            store, one.study, asked, session=session, condition=one.condition if session else None,
            language=one.language, participant=one.participant, space=space, token=token, entry=TASK,
            ending=ENDING.get(one.state) if session else None,
        )  # fmt: skip
        for purpose, agreed in entry.consents.items():
            store.consent(token, purpose, agreed, one.language, CONSENT_WORDING)
        return token
    over = standing.invitation.state in (*TURNED_AWAY, FINISHED) or next_page(asked, standing) is None
    return None if over else token


def _derived(secret: str, what: str) -> str:
    return hashlib.sha256(f"{secret} {what}".encode()).hexdigest()[:32]


def _nowhere(request: Request) -> Response:
    from surveys.pages import preferred

    return shown.message("unknown", preferred(request, list(languages())), 404)
