"""Which request of one recording is the same as which of the other: the longest common way through both."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from journeys.brought import origin_of
from loadtests.correlation.recorded import Recording, Trip
from loadtests.correlation.slots import slots_of
from studies.places import ID, OWN

LARGE: Final = 1_000_000  # pairs of requests beyond which only equal shapes are compared
ENOUGH: Final = 0.5  # how alike two requests must be


def aligned(one: Recording, other: Recording) -> list[tuple[int, int]]:
    """The places of the requests that correspond, in order."""
    shapes = [_shape(trip, one.base) for trip in one.trips], [_shape(trip, other.base) for trip in other.trips]
    n, m = len(shapes[0]), len(shapes[1])
    if n * m > LARGE:
        blocks = SequenceMatcher(None, *shapes, autojunk=False).get_matching_blocks()
        return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
    best = [[0.0] * (m + 1) for _row in range(n + 1)]
    alike = [[_alike(a, b) for b in shapes[1]] for a in shapes[0]]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            both = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= ENOUGH else -1.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < n and j < m:
        if alike[i][j] >= ENOUGH and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


Shape = tuple[str, str, tuple[str, ...], frozenset[str], frozenset[str]]


def _shape(trip: Trip, base: str) -> Shape:
    asked = trip.asked
    parts = urlsplit(asked.url)
    words = tuple(ID if OWN.fullmatch(word) else word for word in parts.path.split("/")[1:])
    origin = origin_of(asked.url) or ""
    names = frozenset(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    sent = frozenset(slot.place[1] for slot in slots_of(asked) if slot.place[0] in ("form", "json", "xml"))
    return asked.method, "" if origin == base else origin, words, names, sent


def _alike(one: Shape, other: Shape) -> float:
    """From 0 to 1. Method and host must be the same, and the path as long."""
    if one[:2] != other[:2] or len(one[2]) != len(other[2]):
        return 0.0
    words = [a == b for a, b in zip(one[2], other[2], strict=True)]
    path = sum(words) / len(words) if words else 1.0
    same = [len(a & b) / len(a | b) for a, b in ((one[3], other[3]), (one[4], other[4])) if a | b]
    return 0.7 * path + 0.3 * (sum(same) / len(same) if same else path)
