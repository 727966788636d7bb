"""One citizen's line to a service: their client, kept off what may not be loaded, every request counted and told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from journeys.diary import Diary
from journeys.hands import LabBroke
from journeys.players.transport import Answer, NoAnswer, charset_of
from loadtests.clients._reply import Client, Place, Reply, place_of
from loadtests.clients._shared import ACCEPT, CertificateExpired
from loadtests.stage import Stage
from studies.words import _

#: What Locust is told of a request: method, step, milliseconds, bytes, what was in the way.
Report = Callable[[str, str, float, int, BaseException | None], None]

#: Lines of a head that are the same for all of a client's requests, which it therefore says by itself.
COMMON = frozenset({"accept", "accept-language", "user-agent", "accept-encoding", "host", "content-length", "cookie"})


class Line:
    """One citizen's client under load; it is lent to the next when that citizen is through."""

    __slots__ = ("_client", "_report", "_stage", "diary", "requests", "status", "trouble")

    def __init__(self, client: Client, stage: Stage, report: Report | None = None) -> None:
        self._client = client
        self._report = None if client.reports else report
        self.begin(stage)

    def begin(self, stage: Stage) -> None:
        """Be somebody new."""
        self._client.forget()
        self._stage = stage
        self.requests = 0
        self.status = 0
        self.trouble: NoAnswer | None = None
        self.diary: Diary | None = None

    def close(self) -> None:
        """Let go of whatever is open."""
        self._client.close()

    def ask(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        """Send one request without following where it leads. Raises NoAnswer; LabBroke for what is off limits."""
        stage = self._stage
        if place.origin not in stage.origins:
            # It is the lab that will not go there; the service did nothing wrong.
            message = _("{origin} is no part of this load and is not gone to").format(origin=place.origin)
            self.trouble = NoAnswer(message)
            raise LabBroke("off_limits", message)
        self.trouble = None
        self.requests += 1
        began = time.perf_counter()
        try:
            reply = self._client.send(method, place, more, body, step)
        except NoAnswer as silence:
            self.trouble = silence
            stage.crowd.certificate_expired |= isinstance(silence, CertificateExpired)
            seconds = time.perf_counter() - began
            stage.crowd.request(seconds, False, step or "")
            if self._report is not None:
                self._report(method, step or "", seconds * 1000, 0, silence)
            raise
        seconds = time.perf_counter() - began
        size = len(reply.content)
        self.status = reply.status
        stage.crowd.request(seconds, True, step or "", size, reply.status)
        if reply.status in (429, 503) and b"retry-after:" in reply.head.lower():
            stage.crowd.retry_after += 1
        if self._report is not None:
            self._report(method, step or "", seconds * 1000, size, None)
        return reply

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request for the plain wire player."""
        try:
            place = place_of(url)
        except ValueError:
            self.trouble = NoAnswer(_("{url} is no address that can be opened.").format(url=url))
            raise self.trouble from None
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name.lower() not in COMMON)
        wanted = next((value for name, value in headers.items() if name.lower() == "accept"), ACCEPT)
        if wanted != ACCEPT:  # what a page's own program asks for is no page
            more = f"Accept: {wanted}\r\n{more}"
        step = self.diary.step if self.diary else None
        reply = self.ask(method, place, more.encode("latin-1", "replace"), body, step)
        kind = reply.kind.decode("latin-1")
        charset = charset_of(reply.content, kind)
        return Answer(reply.status, url, reply.headers(), reply.content.decode(charset, "replace"), charset)
