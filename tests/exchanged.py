"""What the tests of exchange share: files of other tools, spoilt in ways that nobody planned."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from journeys.brought import Brought
from journeys.exchange import bring
from studies.troubles import WrongInput

SAMPLES = Path(__file__).parent / "samples" / "exchange"
SHARED = Path(__file__).parents[2] / "shared" / "data"
JUNK: list[Any] = [
    None, True, 0, -1, 1e9, "", "x", "{{citizen.x}}", "${a}", "{{x", [], {}, [[]], [None], {"a": 1}, "http://[::1",
    "http://a b/", "//", "javascript:1", "a | b", "\x00", "css=", "=x", "xpath=//[", "\ud800",
]  # fmt: skip


def shared(folder: str) -> list[Path]:
    """The files of a format that lie beside the checkout; none where there is no such folder."""
    return sorted((SHARED / folder).glob("*")) if (SHARED / folder).is_dir() else []


def beside(folder: str) -> list[Any]:
    """The same as parameters of a test, which says so where there are none."""
    skip = pytest.mark.skip(f"shared/data/{folder} is not beside this checkout")
    return [pytest.param(p, id=p.name) for p in shared(folder)] or [pytest.param(None, marks=skip)]


def accounted(path: Path) -> tuple[Brought, dict[str, Any]]:
    """A file brought in, its account checked: every step once, with line and reason, and nothing that fails."""
    brought = bring(path)
    said = brought.json()
    json.dumps(said, allow_nan=False).encode()
    assert brought.told({})
    assert said["steps"] == said["mapped"] + len(said["unmapped"])
    assert all(one["why"] and one["what"] and one["line"] >= 1 for one in said["unmapped"] + said["folded"])
    assert all(one["what"] and one["line"] >= 1 for one in said["breaches"])
    assert not [remark for remark in said["remarks"] if ".yaml" in remark]  # a journey that does not validate
    return brought, said


def text_of(path: Path) -> str:
    """A file's text, unpacked."""
    whole = path.read_bytes()
    return (gzip.decompress(whole) if whole[:2] == b"\x1f\x8b" else whole).decode()


def line_with(path: Path, words: str) -> int:
    """The line of a file on which some words first stand."""
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if words in line)


def spoilt(content: Any, chance: random.Random) -> str:
    """A document with some of its parts taken away, doubled or replaced, and sometimes cut off."""
    for _nth in range(chance.randint(1, 6)):
        places = [place for place in _places(content, ()) if place]
        if not places:
            break
        *above, key = chance.choice(places)
        here = content
        for part in above:
            here = here[part]
        match chance.randrange(3):
            case 0:
                here[key] = chance.choice(JUNK)
            case 1:
                del here[key]
            case _ if isinstance(here, list):
                here.insert(key, json.loads(json.dumps(chance.choice(here))))
    text = json.dumps(content, indent=chance.choice([None, 1]))
    return text[: chance.randrange(len(text))] if chance.random() < 0.2 and text else text


def _places(part: Any, above: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [above, *(place for key, value in inside for place in _places(value, (*above, key)))]


def never_crashes(sample: Path, folder: Path, seed: int) -> None:
    """A spoilt file comes in as far as it goes, or is refused in words."""
    path = folder / f"spoilt{sample.suffix}"
    path.write_text(spoilt(json.loads(text_of(sample)), random.Random(seed)), encoding="utf-8")
    try:
        accounted(path)
    except WrongInput as refused:
        assert "spoilt" in str(refused)
