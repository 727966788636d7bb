"""The bench of last acts hears them in a real browser, and can tell when one is lost, doubled or never left."""

from __future__ import annotations

from typing import Any

import pytest

from commands.bench._delivered import WAYS, counted, delivered, told

pytestmark = pytest.mark.untimed

HELLO = {"k": "hello", "u": "/a", "o": 0.0, "top": 1}


def sitting(*kinds: str, without: int | None = None) -> list[Any]:
    """Messages of one page, numbered; the one `without` never came."""
    known = {"hello": HELLO, "act": {"k": "act", "l": "Go on"}, "bye": {"k": "bye"}}
    numbered = [{"p": "a", "n": n, "t": 1e12 + n, **known[kind]} for n, kind in enumerate(kinds)]
    return [m for m in numbered if m["n"] != without]


@pytest.mark.parametrize(
    ("heard", "differs"),
    [
        (sitting("hello", "act", "bye"), {}),
        (sitting("hello", "bye"), {"lost": 1}),
        (sitting("hello", "act", "act", "bye"), {"doubled": 1}),
        (sitting("hello", "act", "bye", without=1), {"lost": 1, "gaps": 1}),
        (sitting("hello", "act"), {"leaving_told": 0, "last_word": 0}),
        ([], {"lost": 1, "visits_unheard": 1, "leaving_told": 0, "last_word": 0}),
    ],
)
def test_what_is_lost_doubled_or_untold_is_counted(heard: list[Any], differs: dict[str, int]) -> None:
    whole = {"acts": 1, "lost": 0, "doubled": 0, "gaps": 0, "leaving_told": 1, "last_word": 1}
    assert counted([heard], 1) == {**whole, "visits": 1, "visits_unheard": 0, **differs}


@pytest.mark.browser
def test_a_real_browser_delivers_its_last_acts_whichever_way_the_page_goes() -> None:
    found = delivered("chromium", 1, lambda _what, _share: None)
    assert list(found) == list(WAYS)
    for way, row in found.items():
        assert (row["lost"], row["doubled"], row["gaps"], row["visits_unheard"]) == (0, 0, 0, 0), way
    assert "tab closed" in told({"chromium": found})
