"""Who may be put under load: only what runs on this very machine, so that nobody's service is brought down by accident.

A load test against a service that did not agree to it is an attack. Every host that a load would touch is resolved and
each of its addresses must be loopback; what a page then offers elsewhere (a redirect, a form's action) is not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from studies.troubles import WrongInput
from studies.words import _

Resolve = Callable[[str, int], list[str]]
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """A place that may be put under load: its origin, and the addresses that its name stood for when it was checked."""

    origin: str
    host: str
    port: int
    addresses: tuple[str, ...]


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses that a host name stands for on this machine, without repeats."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def origin_of(url: str) -> str:
    """Scheme, host and port of an address as one comparable text: `http://127.0.0.1:8600`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{host}:{_port_of(url)}"


def permitted(url: str, resolve: Resolve = addresses_of) -> Target:
    """The target that an address names, when it may be put under load; WrongInput with the reason when it may not."""
    parts = urlsplit(url)
    # A name before an @, or a backslash, is read as the host by some programs and not by others.
    if parts.scheme.lower() not in PORTS or not parts.hostname or "@" in parts.netloc or "\\" in url:
        raise WrongInput(
            _("“{url}” is no address of a web service. It should look like http://127.0.0.1:8600").format(url=url)
        )
    host, port = parts.hostname.lower(), _port_of(url)
    try:
        addresses = resolve(host, port)
    except OSError as cause:
        raise WrongInput(
            _("“{host}” in {url} is not known on this network ({cause}). Check the spelling.").format(
                host=host, url=url, cause=cause
            )
        ) from cause
    outside = [address for address in addresses if not _is_here(address)]
    if outside or not addresses:
        where = ", ".join(outside) or _("no address")
        place = host if outside == [host] else f"{host} ({where})"
        raise WrongInput(
            _(
                "{url} may not be put under load: {place} is not this machine."
                " A load test goes to loopback only (127.0.0.1, localhost, [::1]),"
                " since a service that did not agree to it would be attacked."
                " Run a copy of the service here, or walk the journey once with: ./lab run"
            ).format(url=url, place=place)
        )
    return Target(origin_of(url), host, port, tuple(addresses))


def permitted_all(urls: Iterable[str], resolve: Resolve = addresses_of) -> dict[str, Target]:
    """The targets of a whole journey by origin; the first that may not be touched raises WrongInput."""
    return {target.origin: target for target in (permitted(url, resolve) for url in urls)}


def _is_here(address: str) -> bool:
    plain = address.split("%", 1)[0]  # fe80::1%eth0
    found = ipaddress.ip_address(plain)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_loopback


def _port_of(url: str) -> int:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as cause:
        raise WrongInput(_("“{url}” has a port that is no number up to 65535.").format(url=url)) from cause
    return PORTS.get(parts.scheme.lower(), 0) if port is None else port
