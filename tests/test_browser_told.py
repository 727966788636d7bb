"""Whether a page can be acted on, by what has been told of it until now. Times are milliseconds."""

from __future__ import annotations

from typing import Any

from journeys.hearing.messages import Message
from journeys.players.browser_told import GOING, usable_since


def told(*said: tuple[str, str, float]) -> list[Message]:
    """Messages (page, kind, when); each page is born and begins to load at its `hello`."""
    messages: list[dict[str, Any]] = []
    for number, (page, kind, when) in enumerate(said):
        more = {"o": when, "top": 1, "u": "http://service.test/"} if kind == "hello" else {}
        messages.append({"p": page, "n": number, "t": when, "k": kind, **more})
    return messages


def test_a_page_that_came_since_then_can_be_used() -> None:
    page = told(("a", "hello", 100.0), ("a", "usable", 200.0))
    assert usable_since(page, 90.0, 210.0)
    assert not usable_since(page, 900.0, 910.0)  # it was there before
    assert not usable_since(page[:1], 90.0, 210.0)


def test_a_page_that_loads_itself_anew_cannot_be_used_until_the_next_one_can() -> None:
    going = told(("a", "hello", 100.0), ("a", "unload", 180.0), ("a", "usable", 200.0))
    assert not usable_since(going, 90.0, 210.0)
    assert not usable_since([*going, *told(("b", "hello", 400.0))], 90.0, 410.0)
    assert usable_since([*going, *told(("b", "hello", 400.0), ("b", "usable", 500.0))], 90.0, 510.0)


def test_a_page_that_said_that_it_goes_and_stays_can_be_used() -> None:
    stays = told(("a", "hello", 100.0), ("a", "usable", 150.0), ("a", "unload", 180.0))
    assert not usable_since(stays, 90.0, 180.0 + GOING - 1)
    assert usable_since(stays, 90.0, 180.0 + GOING)


def test_a_window_that_opens_can_be_used_once_its_blank_page_has_given_way() -> None:
    blank = told(("w", "hello", 100.0), ("w", "unload", 102.0))
    assert not usable_since(blank, 90.0, 110.0)
    assert usable_since([*blank, *told(("w", "bye", 120.0), ("w", "usable", 170.0))], 90.0, 180.0)
