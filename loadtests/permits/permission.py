"""Who may be put under load: this very machine, and whoever agreed to it; nobody's service is brought down by accident.

A load test against a service that did not agree to it is an attack. Every host that a load would touch is resolved;
loopback is free. Any other needs two things: an entry on the workspace's list (allowed.py), and a file on the service
itself (consent.py). The lowest ceiling wins. The address that was checked is the one that is loaded; what a page then
offers elsewhere (a redirect, a form's action) is not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from loadtests.permits.allowed import LIST, Allowed, allowed, project_of
from loadtests.permits.ceiling import Ceiling, lowest
from loadtests.permits.consent import (
    PATH,
    Fetch,
    Refused,
    Unreachable,
    consent_of,
    fetched,
    in_a_month,
    text_to_publish,
)
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

Resolve = Callable[[str, int], list[str]]
PORTS = {"http": 80, "https": 443}
#: What is proposed to a service that is asked for its consent.
MODEST: Final = Ceiling(citizens=20, per_second=2.0)


@dataclass(frozen=True, slots=True)
class Target:
    """A place that may be put under load: its origin, and the addresses that its name stood for when it was checked.

    `here`: it is this machine, which needs no permission. Elsewhere `ceiling` is how much was agreed to, by everybody.
    """

    origin: str
    host: str
    port: int
    addresses: tuple[str, ...]
    here: bool = True
    ceiling: Ceiling = field(default_factory=Ceiling)
    until: datetime | None = None


class NotAgreed(WrongInput):
    """Not both sides have agreed: why not, the entry for the workspace's list, and the file for the service."""

    def __init__(self, message: str, why: str, entry: str, place: str, consent: str) -> None:
        super().__init__(message)
        self.why, self.entry, self.place, self.consent = why, entry, place, consent


@dataclass(frozen=True, slots=True)
class Ground:
    """What permission elsewhere rests on: the workspace's list, the hour, and how consent files are read."""

    space: Workspace
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    fetch: Fetch = fetched


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


def permitted(url: str, resolve: Resolve = addresses_of, ground: Ground | None = None) -> Target:
    """The target that an address names, when it may be put under load; WrongInput with the reason when it may not.

    Without `ground` only this machine may be.
    """
    host, port, addresses = place_of(url, resolve)
    if all(_is_here(address) for address in addresses):
        return Target(origin_of(url), host, port, addresses)
    if ground is None:
        raise WrongInput(
            _(
                "{url} may not be put under load: {place} is not this machine."
                " A load test goes to loopback only (127.0.0.1, localhost, [::1]),"
                " since a service that did not agree to it would be attacked."
                " Run a copy of the service here, or walk the journey once with: ./lab run"
            ).format(url=url, place=_place(host, addresses))
        )
    return _agreed(url, host, port, addresses, ground)


def permitted_all(
    urls: Iterable[str], resolve: Resolve = addresses_of, ground: Ground | None = None
) -> dict[str, Target]:
    """The targets of a whole journey by origin; the first that may not be touched raises WrongInput."""
    return {target.origin: target for target in (permitted(url, resolve, ground) for url in urls)}


def ceiling_of(targets: Iterable[Target]) -> Ceiling:
    """How much a load of all these may be: the lowest of what each agreed to."""
    return lowest(target.ceiling for target in targets)


def place_of(url: str, resolve: Resolve = addresses_of) -> tuple[str, int, tuple[str, ...]]:
    """The host, port and addresses that a URL stands for right now; WrongInput when it is none or nobody knows it."""
    parts = urlsplit(url)
    # A name before an @, or a backslash, is read as the host by some programs and not by others.
    if parts.scheme.lower() not in PORTS or not parts.hostname or "@" in parts.netloc or "\\" in url:
        raise WrongInput(
            _("“{url}” is no address of a web service. It should look like http://127.0.0.1:8600").format(url=url)
        )
    host, port = parts.hostname.lower(), _port_of(url)
    try:
        addresses = tuple(resolve(host, port))
    except OSError as cause:
        raise WrongInput(
            _("“{host}” in {url} is not known on this network ({cause}). Check the spelling.").format(
                host=host, url=url, cause=cause
            )
        ) from cause
    if not addresses:
        raise WrongInput(_("“{host}” in {url} has no address. Check the spelling.").format(host=host, url=url))
    return host, port, addresses


def _agreed(url: str, host: str, port: int, addresses: tuple[str, ...], ground: Ground) -> Target:
    """A target elsewhere, if both sides agreed to it."""
    origin, now = origin_of(url), ground.now()
    project, entry = project_of(ground.space), allowed(origin, ground.space)
    if entry is None or entry.until <= now:
        why = (
            _("it is not on the list of this workspace, {list}")
            if entry is None
            else _("its entry in {list} has expired")
        ).format(list=ground.space.root / LIST)
        raise _refused(url, host, addresses, why, project, entry, now)
    if any(_is_here(address) for address in addresses):
        why = _("its name stands for this machine and for others at once")
        raise _refused(url, host, addresses, why, project, entry, now)
    # A name may stand for several machines: the first that answers must agree, and the load goes to that one alone.
    consent = None
    for place, address in enumerate(addresses):
        try:
            consent = consent_of(urlsplit(url).scheme.lower(), host, port, address, project, now, ground.fetch)
        except Unreachable as cause:
            if place == len(addresses) - 1:
                raise _refused(url, host, addresses, str(cause), project, entry, now) from cause
        except Refused as cause:
            raise _refused(url, host, addresses, str(cause), project, entry, now) from cause
        else:
            break
    assert consent
    ceiling, until = entry.ceiling.and_also(consent.ceiling), min(entry.until, consent.until)
    return Target(origin, host, port, (address,), here=False, ceiling=ceiling, until=until)


def _refused(
    url: str, host: str, addresses: tuple[str, ...], why: str, project: str, entry: Allowed | None, now: datetime
) -> NotAgreed:
    """Why not, and what would have to be done, down to the text of the file."""
    ceiling = entry.ceiling if entry else MODEST
    listed = "\n".join(
        (
            "targets:",
            f"  - origin: {origin_of(url)}",
            "    owner: " + _("who answers for it"),
            f"    ceiling: {{citizens: {ceiling.citizens}, per_second: {ceiling.per_second:g}}}",
            f"    until: {in_a_month(now)}",
        )
    )
    said = _(
        "{url} may not be put under load: {place} is not this machine, and {why}."
        " A service that did not agree to it would be attacked. It takes both:\n\n"
        "1. An entry in the workspace's list, {list}:\n\n{entry}\n\n"
        "2. A file on the service itself, published by its owner at {path}:\n\n{consent}\n\n"
        "Or run a copy of the service here, or walk the journey once with: ./lab run"
    )
    path, consent = f"{origin_of(url)}{PATH}", text_to_publish(project, ceiling, now)
    place = _place(host, addresses)
    message = said.format(url=url, place=place, why=why, list=LIST, entry=listed, path=path, consent=consent)
    return NotAgreed(message, why, listed, path, consent)


def _place(host: str, addresses: tuple[str, ...]) -> str:
    outside = [address for address in addresses if not _is_here(address)]
    return host if outside == [host] else f"{host} ({', '.join(outside)})"


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
