"""How far a page has come, by what the recorder has told until now: what the robot's patience waits for.

Times are epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from journeys.hearing.messages import Message
from studies.words import _

GOING: Final = 10_000.0  # ms within which the next page of one that has said that it goes is born; else it has stayed
SLACK: Final = 50.0  # ms by which the browser may date a beginning before the robot's own clock
CERTIFICATE: Final = ("CERT", "SSL", "nssFailure", "SEC_ERROR", "PKIX", "nsserror")
NEWS: Final = ("change", "usable", "net", "netoff", "sign", "signoff", "act", "sent")


def act_since(messages: Sequence[Message], since: float) -> Message | None:
    """The first press or submission that was heard since then."""
    return next((m for m in messages if m["k"] in ("act", "sent") and m["t"] >= since - 5), None)


def newest_page(messages: Sequence[Message], since: float) -> Message | None:
    """The birth of the newest page that began to load since then."""
    pages = [m for m in messages if m["k"] == "hello" and m["top"] and m["o"] >= since - SLACK]
    return max(pages, key=lambda m: m["t"], default=None)


def usable_since(messages: Sequence[Message], since: float, now: float) -> bool:
    """Whether the newest page came since then and can be used. One that has just said that it goes no longer can.

    A window that is opened keeps its listener while its blank page gives way to the real one: what is usable after it
    said `bye` is that one.
    """
    newest = newest_page(messages, since)
    if newest is None:
        return False
    its = [m for m in messages if m["p"] == newest["p"]]
    gone = max((m["t"] for m in its if m["k"] == "bye"), default=None)
    if gone is not None and any(m["k"] == "usable" and m["t"] > gone for m in its):
        return True
    going = any(m["k"] == "unload" and now - m["t"] < GOING for m in its)
    return not going and any(m["k"] == "usable" for m in its)


def over(messages: Sequence[Message], act: Message, since: float, now: float) -> bool:
    """Whether what a press set going is over: the next page can be used, or this one has come to rest."""
    leaves = any(m["k"] == "unload" and m["p"] == act["p"] and m["t"] >= act["t"] - 5 for m in messages)
    if leaves or any(m["k"] == "hello" and m["top"] and m["t"] >= act["t"] for m in messages):
        return usable_since(messages, since, now)
    return any(m["k"] == "rest" and m["p"] == act["p"] and m["t"] >= act["t"] and m["of"] >= 0 for m in messages)


def nobody(messages: Sequence[Message], since: float) -> bool:
    """Whether what came since then is only the browser's own word that nobody answered."""
    newest = newest_page(messages, since)
    return newest is not None and newest["u"].startswith("chrome-error:")


def unreached(url: str, why: str) -> tuple[str | None, str]:
    """What is remarkable about an address that showed no page: a tag and a message. `why` is the browser's word."""
    where = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    if "redirect" in why.lower():
        return "endless_redirect", _(
            "{where} sends the browser on and on, without ever showing a page ({why}). Open it by hand: a cookie or a"
            " sign-in may be missing, or the address is wrong."
        ).format(where=where, why=why)
    if any(word in why for word in CERTIFICATE):
        return "certificate_error", _(
            "{where} shows a certificate that the browser does not trust ({why}). Have it put right, or name another"
            " address with --base-url."
        ).format(where=where, why=why)
    if "401" in why:
        return None, _(
            "{where} asks for a name and a password in a box of the browser's own, which no journey can fill in. Put"
            " them into the address (https://name:password@…) or switch the box off for the test."
        ).format(where=where)
    return None, _("{where} does not answer. Start the service there, or name another with --base-url.").format(
        where=where
    )


def anybody(messages: Sequence[Message]) -> bool:
    """Whether the service has shown any page yet."""
    return any(m["k"] == "usable" and not m["u"].startswith("chrome-error:") for m in messages)


def complete(messages: Sequence[Message]) -> bool:
    """Whether nothing is missing between what was told: messages of one page may overtake each other on their way."""
    told: dict[str, set[int]] = {}
    for message in messages:
        told.setdefault(message["p"], set()).add(message["n"])
    return all(len(numbers) == max(numbers) + 1 for numbers in told.values())


def last_news(messages: Sequence[Message]) -> float:
    """When the service or the citizen last did anything."""
    return max((m["t"] for m in messages if m["k"] in NEWS), default=0.0)
