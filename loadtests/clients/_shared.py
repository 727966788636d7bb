"""What all citizens' clients have in common: the head of every request, patience, one TLS context, pinned addresses."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import gevent
from gevent import socket
from gevent import ssl as gevent_ssl

from journeys.players.transport import NoAnswer
from loadtests.clients._framing import TooMuch
from loadtests.clients._reply import Place
from studies.words import _

ACCEPT: Final = "text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass(slots=True)
class Shared:
    """`patience` is in seconds; `addresses` says which address an origin was found to have when it was permitted."""

    language: str
    run: str
    patience: float
    addresses: Mapping[str, str] = field(default_factory=dict)
    head: bytes = b""
    bare: bytes = b""  # the same without what a page is asked for with
    _contexts: dict[bool, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = {
            "User-Agent": "Khutwa (wire)",
            "Accept": ACCEPT,
            "Accept-Language": self.language if self.language == "en" else f"{self.language},en;q=0.5",
            "Accept-Encoding": "gzip",
            "X-Khutwa-Run": self.run,
        }
        self.head = "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()
        self.bare = self.head.replace(f"Accept: {ACCEPT}\r\n".encode(), b"")

    def connected(self, place: Place) -> Any:
        """A new line to a place, TLS and all; its address is the one that was permitted. Raises OSError."""
        address = self.addresses.get(place.origin, place.host)
        line = socket.create_connection((address, place.port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.context(place.host).wrap_socket(line, server_hostname=place.host) if place.secure else line

    def trusts(self, host: str) -> bool:
        """Whether a host's certificate is taken as it is."""
        return _is_here(host)

    def context(self, host: str) -> Any:
        """The one TLS context. On this machine itself nobody can vouch for a certificate, so nobody is asked to."""
        here = _is_here(host)
        if here not in self._contexts:
            context = gevent_ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if here:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            else:
                context.load_default_certs()
            self._contexts[here] = context
        return self._contexts[here]


def no_answer(error: BaseException) -> NoAnswer:
    """What was in the way, in words that are the same for all to whom the same happened."""
    if isinstance(error, gevent.Timeout | TimeoutError):
        return NoAnswer(_("no answer in time"), too_long=True)
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return NoAnswer(_("nobody listens there"), reached=False)
    if isinstance(error, ssl.SSLCertVerificationError):
        return NoAnswer(_("its certificate is not valid"))
    if isinstance(error, TooMuch):
        return NoAnswer(_("more came than anybody would read"))
    return NoAnswer(_("the line broke"))


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
