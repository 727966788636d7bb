"""Addresses stay what they were when a load was permitted: a name that comes to mean another machine leads nowhere.

A name could be made to stand for somebody else after the check (DNS rebinding). The generator therefore asks nobody: it
knows the addresses of its targets, and no others.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit


class PinnedNames:
    """A resolver for gevent that knows these names only, and leaves the rest of a resolver's work to `other`."""

    def __init__(self, known: Mapping[str, tuple[str, ...]], other: Any) -> None:
        self._known = known
        self._other = other

    def getaddrinfo(self, host: Any, port: Any, *more: Any, **named: Any) -> Any:
        """What socket.getaddrinfo gives, of the pinned addresses. Raises gaierror for every other name."""
        name = host.decode("ascii") if isinstance(host, bytes) else str(host or "")
        found: list[Any] = []
        for address in self._known.get(name.lower().strip("[]"), ()):
            found += self._other.getaddrinfo(address, port, *more, **named)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no part of this load")
        return found

    def gethostbyname(self, name: str, family: int = socket.AF_INET) -> str:
        """The first pinned address of a name."""
        return str(self.getaddrinfo(name, None, family)[0][4][0])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._other, name)


def known_of(pinned: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The names of pinned origins, their addresses, and this machine's own, as PinnedNames wants them."""
    known: dict[str, tuple[str, ...]] = {address: (address,) for address in ("127.0.0.1", "::1", "0.0.0.0")}
    for origin, addresses in pinned.items():
        known[(urlsplit(origin).hostname or "").lower()] = tuple(addresses)
        known |= {address: (address,) for address in addresses}
    return known


def first_of(pinned: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The one address of each pinned origin that is gone to."""
    return {origin: addresses[0] for origin, addresses in pinned.items() if addresses}
