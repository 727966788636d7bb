"""What the product runs on may be used by an agency: nothing that it installs is under the GPL or the AGPL.

LGPL and MPL are used as they are, unmodified, and allowed. Read from what each installed distribution says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

import pytest
from packaging.requirements import Requirement

from studies.workspace import CHECKOUT

LISTS = ("requirements.txt", "requirements-alone.txt")
COPYLEFT = re.compile(r"(?<![L\w])A?GPL|(?<!Lesser )(?<!Library )(?:Affero )?General Public Licen[sc]e", re.I)
#: Whose metadata names no licence, read in the licence file of the wheel.
READ_IN_THE_FILE = {
    "pyxform": "Redistribution and use in source and binary forms",
    "axe-playwright-python": "Permission is hereby granted, free of charge",
}


def roots() -> list[str]:
    """What the lists name."""
    texts = [(CHECKOUT / name).read_text(encoding="utf-8") for name in LISTS]
    return re.findall(r"^([A-Za-z0-9_.-]+)==", "\n".join(texts), re.M)


def closure(names: Iterable[str], alone: Iterable[str] = ()) -> Iterator[Distribution]:
    """What is installed for these names, with all that they bring on this machine; `alone`: without what they name."""
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset()) for name in names]
    seen: set[tuple[str, frozenset[str]]] = set()
    met: set[str] = set()
    lonely = {plain(name) for name in alone}
    while waiting:
        name, extras = waiting.pop()
        if (plain(name), extras) in seen:
            continue
        seen.add((plain(name), extras))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # of another system, or an extra that nobody asked for
        if plain(name) not in met:
            met.add(plain(name))
            yield found
        for line in [] if plain(name) in lonely else found.requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": one}) for one in ("", *extras)):
                waiting.append((needed.name, frozenset(needed.extras)))


def plain(name: str) -> str:
    """A distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences(found: Distribution) -> list[str]:
    """Every licence that a distribution may be taken under, as it says itself; of several it is enough that one may."""
    told: dict[str, Any] = found.metadata.json
    if expression := told.get("license_expression"):
        return [str(expression)]
    if classified := [c for c in told.get("classifier") or [] if c.startswith("License ::")]:
        return [c.rpartition("::")[2].strip() for c in classified]
    if named := (told.get("license") or "").strip():
        return [named.splitlines()[0]]
    lines = READ_IN_THE_FILE.get(plain(told["name"]))
    files = [file for file in found.files or [] if "LICEN" in file.name.upper()]
    return ["as its file says"] if lines and any(lines in file.read_text() for file in files) else []


def may_not(said: list[str]) -> bool:
    """Whether these words allow no use without the GPL or the AGPL. “X OR Y” leaves the choice, “X AND Y” does not."""
    ways = [way for one in said for way in re.split(r"\s+OR\s+", one)]
    return not ways or all(COPYLEFT.search(way) for way in ways)


PRODUCT = sorted(
    closure(roots(), alone=re.findall(r"^([\w.-]+)==", (CHECKOUT / LISTS[1]).read_text(encoding="utf-8"), re.M)),
    key=lambda one: plain(one.metadata["Name"]),
)


@pytest.mark.parametrize("found", PRODUCT, ids=lambda one: plain(one.metadata["Name"]))
def test_what_the_product_runs_on_may_be_used_by_an_agency(found: Distribution) -> None:
    said = licences(found)
    assert said, f"{found.metadata['Name']} names no licence: read its file, and add it to READ_IN_THE_FILE"
    assert not may_not(said), said


def test_the_whole_closure_is_looked_at() -> None:
    names = {plain(one.metadata["Name"]) for one in PRODUCT}
    assert {plain(name) for name in roots()} <= names
    assert {"tornado", "greenlet", "flask"} & names, "what libraries bring themselves"
    assert len(names) > 1.5 * len(roots())


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (["GPL-3.0-only"], True),
        (["AGPL-3.0-or-later"], True),
        (["GNU General Public License v3 (GPLv3)"], True),
        (["GNU Affero General Public License v3"], True),
        (["MIT AND GPL-2.0-only"], True),
        ([], True),
        (["MIT OR GPL-2.0-only"], False),
        (["LGPL-3.0-only"], False),
        (["GNU Lesser General Public License v3 (LGPLv3)"], False),
        (["GNU Library or Lesser General Public License (LGPL)"], False),
        (["Mozilla Public License 2.0 (MPL 2.0)"], False),
        (["BSD License", "Other/Proprietary License"], False),
    ],
)
def test_a_planted_licence_is_judged(said: list[str], wrong: bool) -> None:
    assert may_not(said) is wrong
