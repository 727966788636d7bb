"""What all citizens' clients have in common: the head of every request, patience, one TLS context, pinned addresses."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import gevent
from cryptography.x509 import load_der_x509_certificate
from gevent import socket
from gevent import ssl as gevent_ssl

from journeys.players.transport import NoAnswer
from loadtests.clients._framing import TooMuch
from loadtests.clients._reply import Place
from studies.words import _

ACCEPT: Final = "text/html,application/xhtml+xml,*/*;q=0.8"
#: OpenSSL's number for a certificate whose time is over (X509_V_ERR_CERT_HAS_EXPIRED).
EXPIRED: Final = 10


class CertificateExpired(NoAnswer):
    """Whoever comes anew is turned away: the time of the service's certificate is over, and waiting does not help."""


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

    def context(self, host: str) -> Any:
        """The one TLS context. On this machine itself nobody can vouch for a certificate, so nobody is asked to."""
        here = _is_here(host)
        if here not in self._contexts:
            context = (_Unvouched if here else gevent_ssl.SSLContext)(ssl.PROTOCOL_TLS_CLIENT)
            if here:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            else:
                context.load_default_certs()
            self._contexts[here] = context
        return self._contexts[here]


class ByHost:
    """The TLS context of whatever host a line leads to, for clients that want one before they know."""

    check_hostname = False  # they set it; what is checked is the one context's own business

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def wrap_socket(self, line: Any, server_hostname: str) -> Any:
        """A line on which the two sides have met. Raises SSLError."""
        return self._shared.context(server_hostname).wrap_socket(line, server_hostname=server_hostname)


class _Unvouched(gevent_ssl.SSLContext):
    """For certificates that nobody vouches for: they are taken as they are, as long as they say that they hold."""

    def wrap_socket(self, *given: Any, **named: Any) -> Any:
        """A line on which the two sides have met. Raises SSLCertVerificationError for a certificate that is over."""
        line = super().wrap_socket(*given, **named)
        if time.time() > _until(line.getpeercert(binary_form=True)):
            line.close()
            over = ssl.SSLCertVerificationError("certificate has expired")
            over.verify_code = EXPIRED
            raise over
        return line


@lru_cache(maxsize=64)
def _until(certificate: bytes) -> float:
    """Until when a certificate says that it holds, in seconds since 1970; for ever, where it cannot be read."""
    try:
        return load_der_x509_certificate(certificate).not_valid_after_utc.timestamp()
    except ValueError:
        return float("inf")


def no_answer(error: BaseException) -> NoAnswer:
    """What was in the way, in words that are the same for all to whom the same happened."""
    if isinstance(error, gevent.Timeout | TimeoutError):
        return NoAnswer(_("no answer in time"), too_long=True)
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return NoAnswer(_("nobody listens there"), reached=False)
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == EXPIRED:
            return CertificateExpired(_("its certificate has expired"))
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
