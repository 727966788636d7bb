"""Participants on the service itself: the recorder handed out to their browsers, what it tells kept, and sealed.

One tag on the service's pages, before any other script, is all:

    <script src="http://127.0.0.1:8700/recorder.js" data-session="p17-visit"></script>

`data-session` is one participant's sitting: letters, digits, `.` `_` `:` `-`. An invitation that names the same session
says whose it is, in which study and condition. Whoever comes by a link to a task of a study (`…#khutwa=TOKEN`) is heard
as that task's session, whatever the tag says. Without it each tab is a session of its own, in the study that
`data-study` names. A page with a Content-Security-Policy lets it in with `script-src` and `connect-src` for this
server's origin; or the server is mounted below the service's own host (`/khutwa/` passed on to it), where 'self' does.

Nothing is acknowledged before it is on disk. Batches may come late, twice and in any order.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from journeys.hearing.deliveries import read_batch
from journeys.hearing.errands import beside, errand_of, goals
from journeys.hearing.messages import Message
from journeys.hearing.sentences import EPOCH
from journeys.hearing.sittings import Known, log_of
from studies import archive
from studies.log import Log
from studies.store import Store
from studies.store.assignments import (
    BESIDE,
    DONE,
    WAITING,
    Assignment,
    assignment,
    assignment_of_session,
    sealed,
    to_seal,
)
from studies.store.assignments import end as end_task
from studies.store.heard import (
    Sitting,
    batches_of,
    claim,
    clock_ahead,
    expected,
    is_withdrawn,
    keep_batch,
    release,
    sitting_of,
    studies_heard,
    unsealed,
)
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

RECORDER: Final = Path(__file__).parents[1] / "recorder.js"
TASK: Final = Path(__file__).parents[1] / "recorder_task.js"  # before it, for whoever came with a task
STUDY: Final = "participants"  # where sessions are kept that name no study
MOST_BYTES: Final = 512 * 1024  # in one batch
MOST_IN_ALL: Final = 64 * 1024 * 1024  # in one sitting
A_MINUTE: Final = timedelta(minutes=1)
LATE: Final = timedelta(minutes=2)  # after the end of a task, for what its last pages still have to tell: sealed then
QUIET: Final = timedelta(minutes=30)  # after which a sitting is taken for over
A_SECOND, AT_ONCE = 20.0, 120.0  # batches that one session may send

NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,90}")
STUDY_NAME: Final = re.compile(r"[^\x00-\x1f]{1,100}")
OPEN: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-private-network": "true",
    "access-control-max-age": "86400",
    "cross-origin-resource-policy": "cross-origin",
}
BROWSERS: Final = (("Edg", "edge"), ("Firefox", "firefox"), ("Chrome", "chrome"), ("Version", "safari"))


@dataclass(slots=True)
class Pace:
    """How fast each session may deliver: so much a second, so much at once."""

    clock: Callable[[], float] = time.monotonic
    left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def allows(self, session: str) -> bool:
        """Whether one more batch of this session may come now."""
        now = self.clock()
        if len(self.left) > 10_000:  # whoever has been quiet has its full allowance anyway
            self.left = {s: was for s, was in self.left.items() if now - was[1] < AT_ONCE / A_SECOND}
        before, since = self.left.get(session, (AT_ONCE, now))
        may = min(AT_ONCE, before + (now - since) * A_SECOND)
        self.left[session] = (max(may - 1, 0.0), now)
        return may >= 1


def routes(store: Store, pace: Pace | None = None) -> list[Route]:
    """The recorder and the place that it delivers to, to be put into an application."""
    pace = pace or Pace()

    def recorder(_request: Request) -> Response:
        headers = {**OPEN, "cache-control": "max-age=300"}
        return Response(TASK.read_bytes() + RECORDER.read_bytes(), media_type="text/javascript", headers=headers)

    async def take(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=OPEN)
        session, study = request.path_params["session"], request.query_params.get("study", STUDY)
        if not NAME.fullmatch(session) or not STUDY_NAME.fullmatch(study):
            return Response(status_code=404, headers=OPEN)
        if not pace.allows(session):
            return Response(status_code=429, headers={**OPEN, "retry-after": "2"})
        body = await _body(request)
        if body is None:
            return Response(status_code=413, headers=OPEN)
        agent = request.headers.get("user-agent", "")
        return Response(status_code=await run_in_threadpool(_keep, store, session, study, agent, body), headers=OPEN)

    def task(request: Request) -> Response:
        given = assignment(store, request.path_params["session"])
        if given is None or given.over:
            return Response(status_code=404, headers=OPEN)
        journey = errand_of(given).journey
        return JSONResponse({"done": goals(journey), "back": given.told.get("back", "")}, headers=OPEN)

    return [
        Route("/recorder.js", recorder),
        Route("/r/{session}", task, methods=["GET"]),
        Route("/r/{session}", take, methods=["POST", "OPTIONS"]),
    ]


def _keep(store: Store, session: str, study: str, agent: str, body: bytes) -> int:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return 400
    messages = read_batch(text)
    if messages is None:
        return 400
    device, mobile = device_of(agent)
    try:
        known = sitting_of(store, session) or expected(store, session)
        if assignment_of_session(store, session) is not None:
            return 404  # its name can be guessed: a task is heard by its token alone
        given = assignment(store, session) if known is None else None
        if given is not None:
            over = given.ended is not None and store.clock() - given.ended >= LATE
            if over or given.state == WAITING:
                return 204  # nobody agreed to be heard before they began, nor any further than the task
            known = Sitting(given.session, given.study, given.participant, given.condition)
        known = known or Sitting(session, study)
        told = Sitting(known.session, known.study, known.participant, known.condition, device, mobile)
        kept = keep_batch(store, told, text, MOST_IN_ALL)
        if kept and given is not None and any(m["k"] == "done" for m in messages):
            end_task(store, given.token, DONE)
        return 204 if kept else 413
    except Failed:
        return 503  # the recorder tries again


def seal(session: str, store: Store, space: Workspace, done: str | None = None) -> Log | None:
    """Write what was heard of a session into its study's log, for good; None when there is nothing (new) to write.

    What comes after that becomes a further session of the same case. `done` names the page that settles the need, as
    the log calls it (`traffic/renew/done`). Raises WrongInput for a session that nothing was delivered of.
    """
    sitting = sitting_of(store, session)
    if sitting is None and is_withdrawn(store, session):
        return None
    if sitting is None:
        raise WrongInput(_("Nothing was delivered of a session “{session}”.").format(session=session))
    if sitting.newest <= sitting.sealed_batch or not claim(store, sitting):
        return None
    try:
        bodies = batches_of(store, session)
        messages: list[Message] = [message for body in bodies for message in read_batch(body) or []]
        given = assignment_of_session(store, session)
        ended = given.ended.timestamp() * 1000 + clock_ahead(store, session) if given and given.ended else None
        known = Known(
            session=session,
            study=sitting.study,
            participant=sitting.participant,
            condition=sitting.condition,
            device=sitting.device,
            mobile=sitting.mobile,
            source=sitting.source,
            nth=sitting.sealed + 1,
            since=sitting.sealed_to,
            errand=errand_of(given, ended) if given else None,
        )
        log = log_of(messages, known, done)
        # Whoever was about to seal it before may have got as far as the log.
        if log is not None and not (sitting.sealing is not None and _is_sealed(log, sitting.study, space)):
            archive.seal(log, sitting.study, space)
    except BaseException:
        release(store, sitting, sitting.sealed, sitting.sealed_to, sitting.sealed_batch)
        raise
    if log is None:
        release(store, sitting, sitting.sealed, sitting.sealed_to, sitting.newest)
        return None
    # The lab may have heard of a task's end after the last word of its pages.
    told = ((s.when - EPOCH) / timedelta(milliseconds=1) for s in log.said())
    release(store, sitting, sitting.sealed + 1, max([*told, *(m["t"] for m in messages)]), sitting.newest)
    return log


Aside = set[tuple[str, int]]  # sittings that cannot be sealed, each as far as it had come then


def seal_quiet(
    store: Store,
    space: Workspace,
    quiet: timedelta = QUIET,
    study: str | None = None,
    done: str | None = None,
    aside: Aside | None = None,
) -> list[str]:
    """Seal every sitting from which nothing has come for so long; the sessions that were sealed.

    One that cannot be sealed is said to be so once and set `aside` until more has come of it; the others go on. Raises
    Failed, after the others, where the disk or the store does not take one.
    """
    those = (
        (one.session, one.newest, partial(seal, one.session, store, space, done))
        for one in unsealed(store, quiet, study)
    )
    return _one_by_one(those, set() if aside is None else aside)


def seal_ended(
    store: Store,
    space: Workspace,
    since: timedelta = LATE,
    study: str | None = None,
    aside: Aside | None = None,
) -> list[str]:
    """Seal the remote tasks that are over; where nothing was heard, only their beginning and end. The sessions.

    Not before their last pages may have told all: what came later would be a sitting of its own. `aside` as above.
    """
    those = (
        (one.session, sitting.newest if (sitting := sitting_of(store, one.session)) else 0,
         partial(_seal_task, one, store, space))
        for one in to_seal(store, since)
        if study in (None, one.study)
    )  # fmt: skip
    return _one_by_one(those, set() if aside is None else aside)


def _seal_task(given: Assignment, store: Store, space: Workspace) -> Log | None:
    if given.way != BESIDE and sitting_of(store, given.session) is not None:
        log = seal(given.session, store, space)
    elif is_withdrawn(store, given.session):
        return None
    else:
        log = beside(given)
        if not _is_sealed(log, given.study, space):
            archive.seal(log, given.study, space)
    sealed(store, given.token)
    return log


def _one_by_one(those: Iterable[tuple[str, int, Callable[[], Log | None]]], aside: Aside) -> list[str]:
    found, failed = [], None
    for session, far, sealing in those:
        if (session, far) in aside:
            continue
        try:
            if sealing() is not None:
                found.append(session)
        except Failed as trouble:  # the disk or the store: tried again next time
            failed = failed or trouble
        except Exception as cause:  # noqa: BLE001 whatever it is, it is this one's, and the others are not to wait for it
            aside.add((session, far))
            sys.stderr.write(
                _("“{session}” cannot be sealed ({cause}) and is set aside; what was delivered of it is kept.").format(
                    session=session, cause=f"{type(cause).__name__}: {cause}"
                )
                + "\n"
            )
    if failed is not None:
        raise failed
    return found


def seal_study(study: str, space: Workspace, done: str | None = None) -> list[str]:
    """Seal the sittings of a study that seem to be over; the sessions that were sealed."""
    store = Store(space.database_url)
    try:
        tasks = seal_ended(store, space, timedelta(), study)
        if tasks and study not in studies_heard(store):
            return tasks
        if study not in (there := studies_heard(store)):
            raise WrongInput(
                _("Nothing was heard of participants in study “{study}”. There is: {there}.").format(
                    study=study, there=in_a_row(there) or _("none yet")
                )
            )
        return [*tasks, *seal_quiet(store, space, A_MINUTE, study, done)]
    finally:
        store.close()


def device_of(agent: str) -> tuple[str | None, bool]:
    """The browser and its version, no more, and whether it is a phone's."""
    mobile = "Mobi" in agent
    for word, name in BROWSERS:
        if found := re.search(rf"\b{word}/(\d{{1,4}})", agent):
            return f"{name} {found[1]}" + (" mobile" if mobile else ""), mobile
    return None, mobile


def _is_sealed(log: Log, study: str, space: Workspace) -> bool:
    if study not in archive.studies_in(space):
        return False
    there = set(archive.read(study, space).sessions["session"].to_pylist())
    return log.heard()[0].session in there


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
