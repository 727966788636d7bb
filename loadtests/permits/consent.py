"""Has the service itself agreed to be put under load? A file that only its owner can publish says so, and how much.

It is read before a load and again while it runs; taking the file away ends the load. It is fetched from the very
address that the load will go to, without following anything elsewhere.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from loadtests.permits.ceiling import Ceiling, until
from studies.words import _

PATH: Final = "/.well-known/khutwa-load-consent.json"
LARGEST: Final = 64 * 1024  # bytes
PATIENCE: Final = 5.0  # seconds

#: `fetch(scheme, host, port, address)`: the status and the body of the file at that address. Raises OSError.
Fetch = Callable[[str, str, int, str], tuple[int, bytes]]


class Refused(Exception):
    """The service has not agreed; says why in the user's words."""


class Unreachable(Refused):
    """Nobody answered at that address."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a service agreed to: so much at most, until then."""

    ceiling: Ceiling
    until: datetime


def fetched(scheme: str, host: str, port: int, address: str) -> tuple[int, bytes]:
    """The file as the machine at this address serves it under the service's own name."""
    line = socket.create_connection((address, port), timeout=PATIENCE)
    try:
        if scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        connection.sock = line
        try:
            connection.request("GET", PATH, headers={"User-Agent": "Khutwa (load consent)", "Connection": "close"})
            response = connection.getresponse()
            return response.status, response.read(LARGEST + 1)
        except http.client.HTTPException as cause:
            raise OSError(f"{type(cause).__name__} {cause}") from cause
    finally:
        line.close()


def consent_of(
    scheme: str, host: str, port: int, address: str, project: str, now: datetime, fetch: Fetch = fetched
) -> Consent:
    """What the service agrees to for this project. Raises Refused with what is wrong with its file.

    Unreachable, a kind of it, when nobody answered at that address.
    """
    try:
        status, body = fetch(scheme, host, port, address)
    except OSError as cause:
        raise Unreachable(_("{path} could not be read there ({cause})").format(path=PATH, cause=cause)) from cause
    if status != 200:
        raise Refused(_("{path} is not there (status {status})").format(path=PATH, status=status))
    if len(body) > LARGEST:
        raise Refused(_("{path} is too large to be one").format(path=PATH))
    try:
        given: Any = json.loads(body)
        # One service may agree to several projects: a list of such files is one too.
        own = [each for each in (given if isinstance(given, list) else [given]) if each.get("project") == project]
        if not own:
            raise Refused(_("{path} does not name this project, {project}").format(path=PATH, project=project))
        found = Consent(Ceiling.of(own[0].get("ceiling")), until(own[0].get("until")))
    except (ValueError, TypeError, AttributeError) as cause:
        raise Refused(_("{path} is not understood: {cause}").format(path=PATH, cause=cause)) from cause
    if found.until <= now:
        raise Refused(_("{path} expired: until {when}").format(path=PATH, when=own[0]["until"]))
    return found


def expired(cause: BaseException | None) -> bool:
    """Whether a file could not be read because the time of the service's certificate is over."""
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__
    return cause is not None and cause.verify_code == 10  # X509_V_ERR_CERT_HAS_EXPIRED


def text_to_publish(project: str, ceiling: Ceiling, now: datetime) -> str:
    """The very text of the file that would do: this project, so much at most, for a month."""
    return json.dumps({"project": project, "ceiling": ceiling.json(), "until": in_a_month(now)}, indent=2)


def in_a_month(now: datetime) -> str:
    """Until when a permission is proposed."""
    return (now + timedelta(days=30)).date().isoformat()
