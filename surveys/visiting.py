"""The visitor's page: a checklist on a telephone, opened once with a network and then used with or without one.

The whole checklist comes with the page. Each tap is in the telephone's own database before it is shown, and leaves it
only when the server has said that it is on disk; sent twice it is kept once, by the visit's number and its own.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from studies.store import Store
from studies.store.doors import keep_questionnaire, questionnaire_kept
from studies.store.visits import Visit, VisitDoor, keep_taps, visit_door
from studies.troubles import Failed, WrongInput
from studies.words import _, direction, languages, say_in
from studies.workspace import Workspace
from surveys import shown
from surveys.checklists import RATES, WITH_DOCUMENTS, Checklist, Item, checklist, told
from surveys.offline import scripts, to_keep
from surveys.pages import posted, preferred
from surveys.visited import into_the_log

MOST_BYTES: Final = 256 * 1024  # in one parcel
WAY: Final = 2000.0  # ms that a parcel may be under way: by less than that no clock is said to be wrong
MOST_TAPS: Final = 5000  # in one visit
SINCE, TO = 946_684_800_000.0, 4_102_444_800_000.0  # epoch ms: 2000 to 2100
_NUMBER: Final = re.compile(r"[a-f0-9]{32}")
_DIGEST: Final = re.compile(r"[a-f0-9]{64}")


def routes(store: Store, space: Workspace | None = None) -> list[Route]:
    """The visitor's page, to be put into an application."""

    def inside(name: str) -> tuple[VisitDoor, Checklist] | None:
        found = visit_door(store, name)
        try:
            return (found, checklist(found.kind, space)) if found else None
        except WrongInput:  # its file was taken away
            return None

    async def see(request: Request) -> Response:
        there = await run_in_threadpool(inside, request.path_params["door"])
        language = preferred(request, list(languages()))
        if there is None:
            return shown.message("unknown", language, 404)
        found, asked = there
        if found.closed:
            return shown.message("closed", language, 410)
        digest = await run_in_threadpool(keep_questionnaire, store, asked.model_dump(mode="json"))
        whole = {
            "door": found.door, "service": found.service, "checklist": digest,
            "tongues": [_tongue(asked, each) for each in _spoken(asked)],
        }  # fmt: skip
        answer = shown.page("visit.html", language, whole=whole, title=told(asked, language)["title"])
        return to_keep(answer)

    async def take(request: Request) -> Response:
        body = await posted(request, MOST_BYTES)
        if isinstance(body, Response):
            return JSONResponse({"kept": []}, body.status_code)
        found = await run_in_threadpool(visit_door, store, request.path_params["door"])
        if found is None:
            return JSONResponse({"kept": []}, 404)
        if found.closed:  # said, and kept in the telephone: whoever closed the study may open it again
            return JSONResponse({"kept": []}, 410)
        parcel = _parcel(body)
        if parcel is None:
            return JSONResponse({"kept": []}, 400)
        return await run_in_threadpool(_keep, store, space, found, parcel)

    return [
        *scripts("/v/", "visit"),
        Route("/v/{door}", see, methods=["GET"]),
        Route("/v/{door}", take, methods=["POST"]),
    ]


def _keep(store: Store, space: Workspace | None, found: VisitDoor, parcel: dict[str, Any]) -> Response:
    body = questionnaire_kept(store, parcel["checklist"])
    asked = Checklist.model_validate(body) if body is not None else None
    named = {item.item: item for item in asked.items} if asked else {}
    if asked is None or asked.kind != found.kind or not all(_fits(tap, named) for tap in parcel["taps"]):
        return JSONResponse({"kept": []}, 400)
    now = store.clock()
    ahead = parcel["sent"] - now.timestamp() * 1000
    visit = Visit(
        parcel["visit"], found, parcel["checklist"], parcel["name"].strip(), parcel["rater"].strip(),
        parcel["language"], ahead if abs(ahead) > WAY else 0.0, now, None,
    )  # fmt: skip
    try:
        kept = keep_taps(store, visit, parcel["taps"])
    except Failed:
        return JSONResponse({"kept": []}, 503)  # the telephone tries again
    # The last tap may come before others: whether the visit is whole now is looked up.
    seal = BackgroundTask(_seal, store, found.study, space) if space is not None else None
    return JSONResponse({"kept": kept}, background=seal)


def _seal(store: Store, study: str, space: Workspace) -> None:
    try:
        into_the_log(store, study, space)
    except Failed as trouble:  # said, and tried again with the next round: what was tapped is kept meanwhile
        sys.stderr.write(f"{trouble}\n")


def _parcel(body: bytes) -> dict[str, Any] | None:
    """What a telephone delivers: some taps of one visit, with whose it is and the telephone's time."""
    try:
        one = json.loads(body, parse_constant=lambda _word: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(one, dict) or not isinstance(one.get("taps"), list) or not 0 < len(one["taps"]) <= MOST_TAPS:
        return None
    words = all(isinstance(one.get(k), str) and 0 < len(one[k].strip()) <= 100 for k in ("rater", "name"))
    spoken = one.get("language") in languages()
    numbers = all(isinstance(one.get(k), str) for k in ("visit", "checklist"))
    if not (words and spoken and numbers and _is_time(one.get("sent"))):
        return None
    return one if _NUMBER.fullmatch(one["visit"]) and _DIGEST.fullmatch(one["checklist"]) else None


def _fits(tap: Any, named: dict[str, Item]) -> bool:
    """Whether a tap is one that the checklist has."""
    if not isinstance(tap, dict) or not _is_time(tap.get("t")) or not _is_number(tap.get("n")):
        return False
    if "undo" in tap:
        return _is_number(tap["undo"])
    if tap.get("item") == "done":
        return True
    item = named.get(tap["item"]) if isinstance(tap.get("item"), str) else None
    match item.ask if item else None:
        case "moment":
            return True
        case "choice":
            return item is not None and tap.get("what") in [one.option for one in item.options]
        case "documents":
            datum, words = tap.get("datum"), tap.get("words")
            return tap.get("what") in WITH_DOCUMENTS and (_is_words(datum, 80) if datum else _is_words(words, 200))
        case "rating":
            return _is_number(tap.get("value")) and RATES[0] <= tap["value"] <= RATES[1]
        case "yes_no":
            return _is_number(tap.get("value")) and tap["value"] in (0, 1)
        case "text":
            return _is_words(tap.get("text"), 5000)
        case _:
            return False


def _is_words(told: Any, most: int) -> bool:
    return isinstance(told, str) and len(told) <= most


def _is_number(told: Any) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 1_000_000


def _is_time(told: Any) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool) and SINCE < told < TO


def _spoken(asked: Checklist) -> list[str]:
    titles = asked.title
    return [each for each in languages() if isinstance(titles, str) or each in titles]


def _tongue(asked: Checklist, language: str) -> dict[str, Any]:
    """Everything that the page says in one language."""
    with say_in(language):
        words = {
            "rater": _("You are (name or initials)"), "name": _("Name of the visit (the same for both visitors)"),
            "begin": _("Begin the visit"), "undo": _("Undo the last"), "finish": _("End the visit"),
            "sure": _("End it? Nothing can be added after that."), "yes": _("Yes"), "no": _("No"),
            "asked": _("Asked for"), "given": _("Given"), "rejected": _("Not accepted"),
            "other": _("Another document"), "waiting": _("Kept here until there is a network again: {n}"),
            "sent": _("Everything is sent."), "offline": _("Works without a network now."),
            "online": _("Stay online for a moment: this page is being kept for use without a network."),
            "never": _("This address cannot be used without a network: it needs https."),
            "thanks": _("The visit is over"),
            "kept": _("What you pressed is kept. You can close this page when everything is sent."),
            "next": _("Another visit"), "low": _("not at all"), "high": _("very much"),
            "since": _("Since the first press"),
            "refused": _("The lab does not take this visit: {why}"),
        }  # fmt: skip
    return {
        "language": language, "direction": direction(language), "name": shown.name_of(language), "words": words,
        **told(asked, language),
    }  # fmt: skip
