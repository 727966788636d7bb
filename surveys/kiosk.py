"""A screen in a service centre: whoever comes answers, then it is there for the next, with or without a network.

The whole questionnaire comes with the page; a script of our own shows one page at a time and keeps what was answered in
the browser until the server has said that it has it. Each citizen's answers carry a number made on the spot, so what is
sent twice is kept once.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from studies.store import Store
from studies.store.doors import Door
from studies.store.together import Together
from studies.store.withdrawal import receipt_of
from studies.words import _, direction, languages, pick, say_in
from surveys import shown
from surveys.doors import behind, personal
from surveys.limits import Allowance
from surveys.offline import scripts, to_keep
from surveys.pages import posted, preferred
from surveys.questionnaire.asked import NEEDED, Page, Questionnaire
from surveys.questionnaire.reading import PURPOSES
from surveys.sent import Sent
from surveys.taking import Say, press

MOST_BYTES: Final = 512 * 1024  # in one parcel
MOST_CITIZENS: Final = 50  # in one parcel
_NUMBER: Final = re.compile(r"[a-f0-9-]{32,36}")


def routes(store: Store, together: Together, allowance: Allowance) -> list[Route]:
    """The kiosk, to be put into an application; a parcel costs its address as many requests as it has citizens."""

    async def see(request: Request) -> Response:
        there = await run_in_threadpool(behind, store, request.path_params["door"])
        language = preferred(request, list(languages()))
        if there is None:
            return shown.message("unknown", language, 404)
        found, asked = there
        if found.closed:
            return shown.message("closed", language, 410)
        answer = shown.page(
            "kiosk.html", asked.languages[0], door=found.door,
            told=[_told(asked, each) for each in asked.languages], rules=_rules(asked),
        )  # fmt: skip
        return to_keep(answer)

    async def take(request: Request) -> Response:
        body = await posted(request, MOST_BYTES)
        if isinstance(body, Response):
            return JSONResponse({"kept": []}, body.status_code)
        there = await run_in_threadpool(behind, store, request.path_params["door"])
        if there is None:
            return JSONResponse({"kept": []}, 404)
        found, asked = there
        citizens = _parcel(body)
        if citizens is None:
            return JSONResponse({"kept": []}, 400)
        if found.closed:  # said, and kept in the kiosk: whoever closed the study may open it again
            return JSONResponse({"kept": []}, 410)
        client = request.client.host if request.client else ""
        more = len({one["citizen"] for one in citizens}) - 1  # the request itself was counted before it came here
        if more and not allowance.allows(client, more):
            return JSONResponse({"kept": []}, 429, {"retry-after": "5"})
        done = [one["part"] for one in citizens if await _keep(store, together, found, asked, one)]
        return JSONResponse({"kept": done})

    return [
        *scripts("/k/", "kiosk"),
        Route("/k/{door}", see, methods=["GET"]),
        Route("/k/{door}", take, methods=["POST"]),
    ]


def _parcel(body: bytes) -> list[dict[str, Any]] | None:
    """What a kiosk delivers: pages as citizens sent them off, each with its citizen's number and its own."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_CITIZENS:
        return None
    return found if all(_is_part(one) for one in found) else None


def _is_part(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("fields"), list) or len(one["fields"]) > 500:
        return False
    if not all(isinstance(one.get(k), str) and _NUMBER.fullmatch(one[k]) for k in ("citizen", "part")):
        return False
    seconds = one.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e6:
        return False
    return all(_is_pair(field) for field in one["fields"])


def _is_pair(told: Any) -> bool:
    return isinstance(told, list) and len(told) == 2 and all(isinstance(w, str) and len(w) <= 5000 for w in told)


async def _keep(store: Store, taking: Together, found: Door, asked: Questionnaire, one: dict[str, Any]) -> bool:
    """One page of one citizen: kept once, however often it is delivered.

    False: the kiosk is to go on holding it, since the study was closed in that moment and may be opened again.
    """
    token = personal(found.door, one["citizen"])
    if await taking.standing(token) is None:
        if await run_in_threadpool(receipt_of, store, token) is not None:
            return True  # withdrawn: there is nothing that may be kept
        await run_in_threadpool(
            lambda: store.add_invitation(
                found.study, asked.instruments, condition=found.condition, questionnaire=found.questionnaire,
                entry="kiosk", token=token,
            )
        )  # fmt: skip
    fields: dict[str, list[str]] = {}
    for name, value in one["fields"]:
        fields.setdefault(name, []).append(value)
    sent = Sent(fields, one["part"].encode())
    deciding = press(lambda _standing: asked, token, sent, seconds=float(one["seconds"]))
    told = await taking.turn(sent.key(token), token, deciding)
    return not (isinstance(told, Say) and told.message == "closed")


def _rules(asked: Questionnaire) -> dict[str, Any]:
    """Who is asked what, as the script reads it."""
    pages = [
        {
            "page": page.page,
            "rule": page.rule,
            "questions": [
                {
                    "id": q.id,
                    "kind": "number" if q.kind == "scale" and q.written else q.kind,
                    "rule": q.rule,
                    "required": q.required,
                    "wanted": q.wanted,
                    "low": q.low,
                    "high": q.high,
                    "most": q.most,
                    "step": q.step if q.kind == "scale" else None,
                    "whole": q.integral,
                    "choices": [one.choice for one in q.choices],
                }
                for q in page.questions
            ],
        }
        for page in asked.every()
    ]
    takes = {"page": asked.screener.page.page, "rule": asked.screener.rule} if asked.screener else None
    return {"pages": pages, "takes": takes, "shuffled": asked.shuffled}


def _told(asked: Questionnaire, language: str) -> dict[str, Any]:
    """Everything that a kiosk says in one language."""
    with say_in(language):
        purposes = [(p.purpose, pick(p.text) if p.text else _(PURPOSES[p.purpose])) for p in asked.purposes
                    if p.purpose != NEEDED]  # fmt: skip
        return {
            "language": language,
            "direction": direction(language),
            "name": shown.name_of(language),
            "title": pick(asked.title) if asked.title else _("A few questions about the service"),
            "purposes": purposes,
            "pages": [(page, _items(page)) for page in asked.every()],
        }


def _items(page: Page) -> list[Any]:
    return [(one, number, one.choices) for number, one in enumerate(page.questions, 1)]
