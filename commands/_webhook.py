"""One event told to another system: JSON by POST, signed, tried again when the other side stumbles.

The signature is `X-Khutwa-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>` with the secret of
KHUTWA_WEBHOOK_SECRET. Whoever receives it computes the same, and refuses what is older than some minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from studies.troubles import Failed, WrongInput
from studies.words import _

TIMEOUT: Final = 10.0  # seconds for one try
WAITS: Final = (1.0, 4.0)  # seconds before each further try
STUMBLED: Final = (408, 425, 429)  # and whatever is 500 or more: worth another try


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Where it was sent is where it goes: an event is not handed to whom nobody named."""

    def redirect_request(self, *_told: Any) -> None:
        return None


def post(url: str, event: Mapping[str, Any], secret: str | None, now: float, sleep: Callable[[float], None]) -> int:
    """Send an event; how many tries it took. Raises Failed when nobody took it, WrongInput for no address."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise WrongInput(_("{url} is no address of a webhook: it begins with https:// or http://.").format(url=url))
    body = json.dumps(event, ensure_ascii=False, allow_nan=False, sort_keys=True).encode("utf-8")
    heads = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "khutwa"}
    if secret:
        heads["X-Khutwa-Signature"] = signature(body, secret, now)
    why = ""
    for tried, wait in enumerate((0.0, *WAITS), 1):
        if wait:
            sleep(wait)
        again, why = _sent(urllib.request.Request(url, body, heads, method="POST"))
        if not why:
            return tried
        if not again:
            break
    text = _("The webhook at {host} did not take the event: {why}. Nothing else was changed.")
    raise Failed(text.format(host=urlsplit(url).hostname, why=why))  # an address may hold a secret: its host will do


def signature(body: bytes, secret: str, now: float) -> str:
    """What proves who sent a body, and when."""
    told = f"{int(now)}.".encode() + body
    return f"t={int(now)},v1={hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()}"


def _sent(request: urllib.request.Request) -> tuple[bool, str]:
    """Whether another try makes sense, and why it was not taken; nothing where it was."""
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as reply:
            reply.read(1024)
            return False, ""
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code >= 500 or refused.code in STUMBLED, f"HTTP {refused.code}"
    except (OSError, HTTPException) as cause:
        return True, str(getattr(cause, "reason", None) or cause or type(cause).__name__)
