"""Locust's own fast client, with cookies of ours: its jar and the session around it would be a third of the work."""

from __future__ import annotations

from typing import Any

import gevent

from loadtests.clients._cookies import Cookies
from loadtests.clients._framing import MOST, TooMuch
from loadtests.clients._reply import Place, Reply, lines_of
from loadtests.clients._shared import ByHost, Shared, no_answer


class _Every(frozenset[int]):
    """Every status is an answer; what it means is heard from its page."""

    def __contains__(self, status: object) -> bool:
        return True


class FastHttp:
    """One citizen's client: Locust's user agent, which keeps lines open and speaks HTTP."""

    reports = False
    __slots__ = ("_agent", "_cookies", "_shared")

    def __init__(self, shared: Shared, session: Any) -> None:
        self._shared = shared
        self._cookies = Cookies()
        self._agent = session.client
        self._agent.cookiejar = None
        self._agent.redirect_response_codes = frozenset()
        self._agent.valid_response_codes = _Every()
        self._agent.default_headers.clear()
        self._agent.default_headers.update(lines_of(shared.head))
        self._agent.clientpool.client_args["block_size"] = 65536
        self._agent.clientpool.client_args["ssl_context_factory"] = lambda cafile=None: ByHost(shared)

    def forget(self) -> None:
        """Become somebody else."""
        self._cookies.clear()

    def close(self) -> None:
        """Let go of every line."""
        self._agent.clientpool.close()

    def send(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        """Send one request and hear its answer. Raises NoAnswer."""
        heads = lines_of(more)
        if cookies := self._cookies.line(place.host, place.path, place.secure):
            heads = heads | lines_of(cookies)
        try:
            with gevent.Timeout(self._shared.patience):
                answer = self._agent.urlopen(place.url, method, heads, body or None)
                content = bytes(answer.content or b"")
        except (gevent.Timeout, OSError, ValueError) as cause:
            raise no_answer(cause) from cause
        except Exception as cause:
            if type(cause).__module__.partition(".")[0] in ("locust", "geventhttpclient"):
                raise no_answer(cause) from cause
            raise
        if len(content) > MOST:
            raise no_answer(TooMuch())
        heard = answer.headers
        for told in heard.getlist("set-cookie"):
            self._cookies.take(told.encode("latin-1"), place.host, place.path, place.secure)
        head = "".join([f"{name}: {value}\r\n" for name, value in heard.items()]).encode("latin-1", "replace")
        where, kind = heard.get("location"), str(heard.get("content-type") or "")
        location = str(where).encode("latin-1", "replace") if where else None
        return Reply(answer.status_code, head, location, kind.encode("latin-1", "replace"), content)


def client(shared: Shared, user: Any) -> FastHttp:
    """A client for one citizen."""
    return FastHttp(shared, user.session())
