"""Locust's own fast client as one load citizen's: its requests are counted by Locust too, each under its step's id."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import gevent

from journeys.diary import Diary
from journeys.players.transport import Answer, NoAnswer, decoded
from journeys.walk import LabBroke
from loadtests.permission import origin_of
from loadtests.stage import Stage
from studies.words import _


class FastHttp:
    """One citizen's client: cookies and patience of their own, and no step off the places that may be loaded."""

    def __init__(self, session: Any, stage: Stage) -> None:
        session.cookiejar.clear()
        self._session = session
        self._stage = stage
        self.requests = 0
        self.status = 0
        self.trouble: NoAnswer | None = None
        self.diary: Diary | None = None

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request without following redirects. Raises NoAnswer; LabBroke for what is off limits."""
        self.trouble = None
        if (origin := origin_of(url)) not in self._stage.origins:
            # It is the lab that will not go there; the service did nothing wrong.
            trouble = self._no_answer(_("{origin} is no part of this load and is not gone to").format(origin=origin))
            raise LabBroke("off_limits", str(trouble))
        self.requests += 1
        began = time.perf_counter()
        response, error = self._request(method, url, {**headers, "X-Load-Run": self._stage.plan.run}, body)
        # An answer is one that came whole; what was cut short is none.
        self._stage.crowd.request(time.perf_counter() - began, answered=error is None)
        if error is not None:
            raise self._no_answer(
                _reason(error),
                too_long=isinstance(error, gevent.Timeout | TimeoutError),
                reached=not isinstance(error, ConnectionRefusedError),
            ) from error
        self.status = response.status_code
        kept = {name.lower(): str(value) for name, value in response.headers.items()}
        content = response.content or b""
        return Answer(response.status_code, url, kept, decoded(content, kept.get("content-type", "")))

    def _request(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[Any, BaseException | None]:
        patience = gevent.Timeout(self._stage.plan.patience)
        step = self.diary.step if self.diary else None
        with patience:
            response = self._session.request(method, url, name=step, data=body, headers=headers, allow_redirects=False)
        # An error page is an answer; only where there is no status at all did nothing come back.
        if response.status_code and response.content is not None:
            return response, None
        return response, response.error or ConnectionError(_("nothing came back"))

    def _no_answer(self, reason: str, *, too_long: bool = False, reached: bool = True) -> NoAnswer:
        self.trouble = NoAnswer(reason, too_long=too_long, reached=reached)
        return self.trouble


def _reason(error: BaseException) -> str:
    """What was in the way, in words that are the same for all to whom the same happened."""
    if isinstance(error, gevent.Timeout | TimeoutError):
        return _("no answer in time")
    if isinstance(error, ConnectionRefusedError):
        return _("nobody listens there")
    return _("the line broke")
