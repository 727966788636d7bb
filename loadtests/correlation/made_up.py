"""What a page's own program makes up and no answer ever said: the clock, identifiers, and what is worked out of others.

Each is recognised in both recordings, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Final

from journeys.outgoing import by_recipe

NEAR: Final = 3600.0  # seconds between what a clock says and when it was sent
SCALES: Final = {10: ("seconds", 1.0), 13: ("milliseconds", 1e3), 16: ("microseconds", 1e6)}
ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
CHANCE: Final = re.compile(
    r"nonce|^state$|rand|verifier|request[_-]?id|trace|correlation|idempoten|uuid|guid|^_$|^cb$|message[_-]?id",
    re.IGNORECASE,
)
RECIPES: Final = (
    "sha256", "md5", "sha1", "base64", "base64url", "sha512", "sha256_base64url", "sha256_base64", "sha1_base64",
)  # fmt: skip
JOINTS: Final = ("", ":", "|", ".", "-", "_", "&", "/")

Pair = tuple[str, str | None]  # a value in one recording and in the other, if there is another
Known = tuple[str, str, str | None]  # a text with a hole, and the pair that it stands for


def clock(pair: Pair, moments: tuple[float | None, float | None]) -> str | None:
    """The hole that stands for a moment, where both recordings sent the one at which they were made."""
    holes = {_clock(value, moment) for value, moment in zip(pair, moments, strict=True) if value is not None}
    return holes.pop() if len(holes) == 1 else None


def _clock(value: str, moment: float | None) -> str | None:
    if moment is None:
        return None
    if value.isdigit() and len(value) in SCALES:
        name, scale = SCALES[len(value)]
        return f"{{{{now.{name}}}}}" if abs(int(value) / scale - moment) < NEAR else None
    if ISO.fullmatch(value):
        told = datetime.fromisoformat(value).timestamp()
        return "{{now.iso}}" if abs(told - moment) < NEAR else None
    today = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    return "{{now.date}}" if value == today else None


def by_chance(name: str, pair: Pair, nth: int) -> str | None:
    """The hole that stands for what a program made up by chance: of that shape in both, and where the name says so."""
    one, other = pair
    further = f"_n{nth}" if nth > 1 else ""
    if all(UUID.fullmatch(value) for value in pair if value is not None):
        return f"{{{{made.uuid{further}}}}}"
    if not CHANCE.search(name) or (other is not None and abs(len(one) - len(other)) > 2) or len(one) < 6:
        return None
    size = min(len(one), 256)
    for kind, shape in (("digits", r"\d+"), ("hex", r"[0-9a-f]+"), ("token", r"[\w~.-]+")):
        if all(re.fullmatch(shape, value, re.ASCII) for value in pair if value is not None):
            return f"{{{{made.{kind}_{size}{further}}}}}"
    return None


def worked_out(pair: Pair, known: Sequence[Known]) -> tuple[str, str] | None:
    """The text (with holes) and the recipe that make a value of known ones, in both recordings."""
    one, other = pair
    if other is None or len(one) < 8:
        return None
    recipes = [recipe for recipe in RECIPES if _could_be(one, recipe)]
    if not recipes:
        return None
    for hole, here, there in _joined(known):
        for recipe in recipes:
            if by_recipe(recipe, here) == one and by_recipe(recipe, there) == other:
                return hole, recipe
    return None


def _could_be(value: str, recipe: str) -> bool:
    sizes = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "sha256_base64url": 43, "sha256_base64": 44,
             "sha1_base64": 28}  # fmt: skip
    if recipe in sizes:
        letters = r"[\w+/=-]+" if "base64" in recipe else r"[0-9a-f]+"
        return len(value) == sizes[recipe] and bool(re.fullmatch(letters, value, re.ASCII))
    return bool(re.fullmatch(r"[\w+/-]+={0,2}", value, re.ASCII))


def _joined(known: Sequence[Known]) -> Iterator[tuple[str, str, str]]:
    sure = [(hole, here, there) for hole, here, there in known if there is not None]
    yield from sure
    for (h1, a1, b1), (h2, a2, b2) in permutations(sure, 2):
        yield from ((f"{h1}{by}{h2}", f"{a1}{by}{a2}", f"{b1}{by}{b2}") for by in JOINTS)
