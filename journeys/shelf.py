"""Which journeys can be walked here: those that came with the lab, and the own copies that people made of them.

A shipped journey is never written over. What is edited becomes an own copy in the workspace, kept at every change;
the text it replaces is kept too, and where two people edit one copy, each keeps their own.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from journeys.journey import Journey
from studies import drafts
from studies.matching import stem
from studies.titles import agency_name
from studies.topics import dictionary, known_words, normal
from studies.troubles import WrongInput
from studies.words import _, in_a_row, language, pick
from studies.workspace import Workspace

LIBRARY = Path(__file__).parent / "library"
BESIDE = {".csv", ".pdf", ".png", ".jpg", ".jpeg", ".txt"}  # what a journey may name that lies beside it
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Shelved:
    """One journey on the shelf: where it lies, whose service it goes through, and whether it is an own copy."""

    key: str  # traffic/renew_vehicle, or own/traffic/renew_vehicle
    path: Path
    agency: str
    title: str | dict[str, str]
    own: bool

    def called(self) -> str:
        """Its title in the language in force."""
        return pick(self.title)


def shelf(space: Workspace) -> list[Shelved]:
    """Every journey that can be walked: own copies first, then the library, each by agency and name."""
    return [*_below(own_folder(space), "own/", own=True), *_below(LIBRARY, "", own=False)]


def search(journeys: Iterable[Shelved], words: str) -> list[Shelved]:
    """The journeys in which every one of the words is found: title, agency, data asked for, any text, any language.

    Arabic is compared as labels are: letter forms, vowel signs and the article evened out. Those whose title or agency
    has the words stand first.
    """
    wanted = [(normal(word), stem(word)) for word in words.split() if normal(word)]
    found = [j for j in journeys if _has(_searched(j), wanted)]
    return sorted(found, key=lambda j: not _has(_head_words(j), wanted)) if wanted else found


def _has(text: str, wanted: list[tuple[str, str]]) -> bool:
    """Is every word in the text, or at least its stem?"""
    return all(word in text or (len(stemmed) >= 3 and stemmed in text) for word, stemmed in wanted)


def _head_words(journey: Shelved) -> str:
    titles = journey.title.values() if isinstance(journey.title, dict) else [journey.title]
    return normal(" ".join([journey.key, journey.agency, *map(str, titles)]))


def title_of(key: str) -> str:
    """The title of a library's journey in the language in force; the key itself where there is none."""
    path = LIBRARY / f"{key}.yaml"
    return pick(_head(path, path.stat().st_mtime_ns).get("title", key)) if path.is_file() else key


def titles(space: Workspace) -> Mapping[str, str | dict[str, str]]:
    """Title by journey, as its log names it; the library's own stands. The same mapping as long as no file changes."""
    return _by_name(tuple(_written(own_folder(space))))[0]


def called(space: Workspace) -> Mapping[str, str | dict[str, str]]:
    """What journeys call offices, places and whatever else they speak of, by its key; the library's own stands."""
    return _by_name(tuple(_written(own_folder(space))))[2]


def path_of(name: str, space: Workspace) -> Path | None:
    """Where the journey lies that a log names so."""
    return _by_name(tuple(_written(own_folder(space))))[1].get(name)


def told(journey: Shelved) -> str:
    """A journey in a list: its title, whose service, and whether it is an own copy."""
    title = _("{title} (own copy)").format(title=journey.called()) if journey.own else journey.called()
    return f"{title} · {agency_name(journey.agency)}"


def data_told(journey: Journey) -> str:
    """What a journey asks for, in words."""
    return in_a_row((known_words(key, language()) or (key,))[0] for key in journey.needs)


def own_folder(space: Workspace) -> Path:
    """Where own copies are kept."""
    folder = space.root / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def key_of(space: Workspace, own: Path) -> str:
    """By which key an own copy is chosen on the command line and in links: `own/traffic/renew_vehicle`."""
    return f"own/{own.relative_to(own_folder(space)).with_suffix('').as_posix()}"


def line_of(text: str, number: int | None) -> str:
    """One line of a journey's text, without what surrounds it; empty when there is no such line."""
    lines = text.splitlines()
    return lines[number - 1].strip() if number and number <= len(lines) else ""


def own_path(space: Workspace, journey: Shelved) -> Path:
    """Where an edit of this journey is kept: its own copy."""
    return journey.path if journey.own else own_folder(space) / journey.path.relative_to(LIBRARY)


def keep(path: Path, text: str, seen: str | None, now: datetime) -> Path:
    """Keep an edit, and say where: at `path` if that still holds what was `seen`, else beside it under a new name.

    `seen` is the text that was edited (None: there was no file). The text replaced is kept in `earlier/`.
    """
    outcome = drafts.save(path, text, seen, now)
    return keep(free(path), text, None, now) if isinstance(outcome, drafts.Overtaken) else outcome.path


def write_down(journey: Journey, folder: Path) -> Path:
    """A journey as a file of its own (JSON, which is YAML), with the documents that it uploads beside it."""
    if journey.folder:
        bring_beside(journey.folder, folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{journey.journey}.yaml"
    told = journey.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True, mode="json")
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def start_new(space: Workspace, name: str, now: datetime) -> Path:
    """Begin a journey of one's own, from the smallest text that can be walked."""
    if not NAME.fullmatch(name):
        raise WrongInput(_("A journey's name has small letters, digits and _ only, such as renew_passport."))
    path = own_folder(space) / f"{name}.yaml"
    return keep(path if not path.exists() else free(path), EMPTY.format(name=name), None, now)


EMPTY = """\
journey: {name}
title: {{en: A new journey, ar: رحلة جديدة}}
agency: my_agency
base_url: http://127.0.0.1:8600
steps:
  - visit: /
"""


def free(path: Path) -> Path:
    """A name like this one that nothing has yet."""
    stem, n = re.sub(r"-\d+$", "", path.stem), 2
    while (other := path.with_name(f"{stem}-{n}.yaml")).exists():
        n += 1
    return other


def bring_beside(source: Path, target: Path) -> None:
    """Copy what a journey may name, its documents and personas, to where it is to lie; what is there stays."""
    target.mkdir(parents=True, exist_ok=True)
    for file in source.rglob("*"):
        there = target / file.relative_to(source)
        if file.suffix.lower() in BESIDE and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, there)


def _written(folder: Path) -> Iterator[tuple[Path, int]]:
    """The journeys below a folder, and when each was written."""
    for path in sorted(folder.rglob("*.yaml")):
        inside = path.relative_to(folder)
        if drafts.EARLIER not in inside.parts and "fixtures" not in inside.parts:
            yield path, path.stat().st_mtime_ns


@lru_cache(maxsize=16)
def _by_name(own: tuple[tuple[Path, int], ...]) -> tuple[dict[str, Any], dict[str, Path], dict[str, Any]]:
    """Title and file by journey, and what they call things by key.

    The library is read once, since what came with the lab stays as it is.
    """
    heads = {path: _head(path, changed) for path, changed in (*own, *_written(LIBRARY))}  # the later one stands
    named = {
        str(head["journey"]): (head["title"], path)
        for path, head in heads.items()
        if {"journey", "title"} <= head.keys()
    }
    titles, paths = {n: title for n, (title, _p) in named.items()}, {n: path for n, (_t, path) in named.items()}
    calls = [head["called"] for head in heads.values() if isinstance(head.get("called"), dict)]
    return titles, paths, {key: title for each in calls for key, title in each.items() if _is_title(title)}


def _is_title(told: Any) -> bool:
    """Is it a text or one a language? What is being written may be anything yet."""
    texts = told.values() if isinstance(told, dict) else [told]
    return bool(texts) and all(isinstance(text, str) for text in texts)


def _below(folder: Path, prefix: str, own: bool) -> list[Shelved]:
    found = []
    for path, changed in _written(folder):
        inside, head = path.relative_to(folder), _head(path, changed)
        agency = str(head.get("agency") or (inside.parts[0] if len(inside.parts) > 1 else ""))
        found.append(
            Shelved(prefix + inside.with_suffix("").as_posix(), path, agency, head.get("title") or path.stem, own)
        )
    return found


@lru_cache(maxsize=1024)
def _head(path: Path, changed: int) -> dict[str, Any]:
    """Name, title, agency and what it calls things, as far as they can be read.

    A text that is being written may not be YAML yet.
    """
    try:
        whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}
    known = ("journey", "title", "agency", "called")
    return {k: whole[k] for k in known if whole.get(k)} if isinstance(whole, dict) else {}


def _searched(journey: Shelved) -> str:
    return f"{normal(journey.key)} {_words_of(journey.path, journey.path.stat().st_mtime_ns)}"


@lru_cache(maxsize=1024)
def _words_of(path: Path, changed: int) -> str:
    """Every word of a journey, evened out; a datum that it asks for also in the words of the dictionary."""
    text = path.read_text(encoding="utf-8", errors="replace")
    keys = [key for key in dictionary() if re.search(rf"\b{re.escape(key)}\b", text)]
    return normal(" ".join([text, *(word for key in keys for word in known_words(key))]))
