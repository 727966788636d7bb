"""Two edits of one text made into one: what only one of them changed is taken, where both did both are shown.

A three-way merge by lines (Khanna, Kunal and Pierce, *A Formal Investigation of Diff3*, 2007): the base is cut where
both edits still have its lines, and each stretch between is taken from whoever changed it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: how a merged text shows a stretch that both changed: mine stands, theirs beside it as remarks
MINE: Final = "# <<<<<<< "
THEIRS: Final = "# ======= "
END: Final = "# >>>>>>>"


@dataclass(frozen=True, slots=True)
class Merged:
    """The text made of two edits, and how many stretches both had changed, each in its own way."""

    text: str
    clashes: int


def merged(base: str, mine: str, theirs: str, mine_told: str = "mine", theirs_told: str = "theirs") -> Merged:
    """Two edits of a base as one text. Where both changed the same lines mine stand and theirs follow as remarks."""
    a, b, o = mine.splitlines(), theirs.splitlines(), base.splitlines()
    found: list[str] = []
    clashes = 0
    for ours, other, old in _stretches(o, a, b):
        if ours == other or other == old:
            found += ours
        elif ours == old:
            found += other
        else:
            clashes += 1
            found += [MINE + mine_told, *ours, THEIRS + theirs_told, *(f"# {line}".rstrip() for line in other), END]
    return Merged("\n".join(found) + ("\n" if found else ""), clashes)


def _stretches(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The texts cut into stretches, (mine, theirs, base): such that both have of the base, and what lies between."""
    at_mine, at_theirs = _places(base, mine), _places(base, theirs)
    m = t = o = 0
    for line in range(len(base)):
        if line not in at_mine or line not in at_theirs:
            continue
        to_mine, to_theirs = at_mine[line], at_theirs[line]
        if (m, t, o) != (to_mine, to_theirs, line):
            yield mine[m:to_mine], theirs[t:to_theirs], base[o:line]
        yield [base[line]], [base[line]], [base[line]]
        m, t, o = to_mine + 1, to_theirs + 1, line + 1
    if m < len(mine) or t < len(theirs) or o < len(base):
        yield mine[m:], theirs[t:], base[o:]


def _places(base: list[str], edited: list[str]) -> dict[int, int]:
    """Which line of the base stands on which line of the edit."""
    blocks = difflib.SequenceMatcher(None, base, edited, autojunk=False).get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks for i in range(block.size)}


def difference(one: str, other: str, one_told: str, other_told: str) -> str:
    """What differs between two texts, line by line, as a unified diff."""
    return "\n".join(difflib.unified_diff(one.splitlines(), other.splitlines(), one_told, other_told, lineterm="", n=2))
