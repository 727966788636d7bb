"""geventhttpclient's own client, without Locust's session around it; it speaks whatever its parser does."""

from __future__ import annotations

from typing import Any

import gevent
from geventhttpclient import HTTPClient

from loadtests.clients._cookies import Cookies
from loadtests.clients._framing import MOST, TooMuch, Unspoken, unpacked
from loadtests.clients._reply import Place, Reply, lines_of
from loadtests.clients._shared import ByHost, Shared, no_answer


class GeventHttp:
    """One citizen's client."""

    reports = False
    __slots__ = ("_clients", "_cookies", "_shared")

    def __init__(self, shared: Shared, cookies: Cookies | None = None) -> None:
        self._shared = shared
        self._cookies = cookies or Cookies()
        self._clients: dict[str, HTTPClient] = {}

    def forget(self) -> None:
        """Become somebody else."""
        self._cookies.clear()

    def close(self) -> None:
        """Let go of every line."""
        for one in self._clients.values():
            one.close()
        self._clients = {}

    def send(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        """Send one request and hear its answer. Raises NoAnswer."""
        cookies = self._cookies.line(place.host, place.path, place.secure)
        heads = lines_of(self._shared.head) | lines_of(more) | (lines_of(cookies) if cookies else {})
        try:
            with gevent.Timeout(self._shared.patience):
                answer = self._client(place).request(method, place.target.decode(), body=body or b"", headers=heads)
                packed = bytes(answer.read(MOST + 1))
                if len(packed) > MOST:
                    raise TooMuch
        except (gevent.Timeout, Exception) as cause:
            if (client := self._clients.pop(place.origin, None)) is not None:
                client.close()
            if not isinstance(cause, OSError | gevent.Timeout | ValueError) and type(cause).__module__ == "builtins":
                raise  # a mistake of ours
            raise no_answer(cause) from cause
        for told in answer.info().getlist("set-cookie"):
            self._cookies.take(told.encode("latin-1"), place.host, place.path, place.secure)
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.items()).encode("latin-1")
        try:
            content = unpacked(packed, str(answer.get("content-encoding") or "").strip().lower().encode("latin-1"))
        except (OSError, Unspoken) as cause:
            raise no_answer(OSError()) from cause
        where, kind = str(answer.get("location") or ""), str(answer.get("content-type") or "")
        return Reply(
            answer.status_code, head, where.encode("latin-1") if where else None, kind.encode("latin-1"), content
        )

    def _client(self, place: Place) -> HTTPClient:
        client = self._clients.get(place.origin)
        if client is None:
            shared = self._shared
            client = self._clients[place.origin] = HTTPClient(
                shared.addresses.get(place.origin, place.host),
                place.port,
                headers={"Host": place.head[6:-2].decode()},
                ssl=place.secure,
                ssl_options={"server_hostname": place.host} if place.secure else None,
                ssl_context_factory=(lambda cafile=None: ByHost(shared)) if place.secure else None,
                insecure=True,  # as far as this client goes: the one context sees to it
                block_size=65536,
                connection_timeout=shared.patience,
                network_timeout=shared.patience,
            )
        return client


def client(shared: Shared, _user: Any) -> GeventHttp:
    """A client for one citizen."""
    return GeventHttp(shared)
