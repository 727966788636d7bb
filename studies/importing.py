"""What other tools have recorded, brought into a study: which format a file has, what was read of it, what was not.

An importer is a file in `studies/importers/`, found by listing the folder. It says what it is (`TITLE`), which verbs
it is able to hear (`HEARS`), whether a file is of its format (`recognises`), and reads it (`read`). What it reads is
never executed, and whatever it does not turn into sentences it lists with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

import pyarrow.compute as pc

from studies import archive, how_far
from studies.log import Log, at
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

IMPORTERS: Final = Path(__file__).with_name("importers")
#: The part of bringing files in that goes into reading them; the rest into keeping what they say.
_READING: Final = 0.9
#: A name that `mark_of` has given.
_MARKED: Final = re.compile(r"[- ][0-9a-f]{12}(-|$)")
PLACES: Final = 20  # how many places are named for one reason before they are only counted


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a file held that is not in the log, why, and how many of it."""

    what: str
    why: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read of one file: its log, the rows (events, lines) that were read, and what was left out.

    `notes` says in sentences what had to be assumed; `facts` is what only this format has to tell, for the report.
    """

    log: Log
    left_out: tuple[LeftOut, ...] = ()
    rows: int = 0
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


class Importer(Protocol):
    """What every file in `studies/importers/` offers."""

    TITLE: str
    HEARS: frozenset[str]

    def recognises(self, path: Path) -> bool:
        """Whether a file is of this format, by a look at its beginning."""

    def read(self, path: Path) -> Imported:
        """The file's sessions. Raises WrongInput when it is not of this format after all."""


class Mapped(Importer, Protocol):
    """An importer whose files say things in words of their own: which they are, a mapping tells."""

    MAPPED: bool

    def read_by(self, path: Path, mapping: Path | None) -> Imported:
        """The file's sessions by a mapping (YAML); without one, by a shipped one that fits, or a proposed one."""


@dataclass(slots=True)
class Tally:
    """What is left out, counted while a file is read."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)

    def leave(self, what: str, why: str, count: int = 1) -> None:
        """Count something that does not become a sentence. Of one reason the first places are told, then a number."""
        if (what, why) not in self.counts:
            self.places[why] += 1
            if self.places[why] > PLACES:
                what = _("more of the same")
        self.counts[what, why] += count

    def told(self) -> tuple[LeftOut, ...]:
        """Everything that was left out, in the order in which it was met."""
        return tuple(LeftOut(what, why, count) for (what, why), count in self.counts.items())


def mark_of(content: bytes) -> str:
    """What tells a recording without a name of its own from every other, whatever its file is called."""
    return blake2b(content, digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Brought:
    """One file as it came into the lab."""

    file: Path
    format: str
    read: Imported

    def json(self) -> dict[str, Any]:
        """The file as it is reported to programs."""
        sentences = self.read.log.sentences
        span = pc.min_max(sentences["when"]).as_py() if len(sentences) else {"min": None, "max": None}
        return {
            "file": str(self.file),
            "format": self.format,
            "rows": self.read.rows,
            "sessions": len(self.read.log.sessions),
            "sentences": len(sentences),
            "left_out": [{"what": o.what, "why": o.why, "count": o.count} for o in self.read.left_out],
            "first": at(span["min"]) if span["min"] else None,
            "last": at(span["max"]) if span["max"] else None,
            "notes": list(self.read.notes),
            **self.read.facts,
        }

    def told(self) -> str:
        """The file as it is told to a person."""
        told = self.json()
        lines = [
            _("{file} ({format}): {rows} rows, {sessions} sessions, {sentences} sentences").format(
                **{key: told[key] for key in ("file", "format", "rows", "sessions", "sentences")}
            )
        ]
        if told["first"]:
            lines.append(_("  from {first} to {last}").format(first=told["first"], last=told["last"]))
        for o in self.read.left_out:
            lines.append(_("  left out: {count} × {what}: {why}").format(count=o.count, what=o.what, why=o.why))
        return "\n".join([*lines, *(f"  {note}" for note in self.read.notes)])


def importers(folder: Path = IMPORTERS) -> dict[str, Importer]:
    """Every format that can be brought in, by name."""
    names = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
    found: dict[str, Importer] = {name: import_module(f"studies.importers.{name}") for name in names}
    return found


def bring(path: Path, mapping: Path | None = None) -> Brought:
    """One file read by the importer that recognises it, by a mapping where it takes one.

    Raises WrongInput naming the formats when none does.
    """
    if not path.exists():
        raise WrongInput(_("There is no file {path}. Name a recording, a play script or Parquet.").format(path=path))
    known = importers()
    for name, importer in known.items():
        if importer.recognises(path) or _named(importer, path, mapping):
            if getattr(importer, "MAPPED", False):
                return Brought(path, name, cast(Mapped, importer).read_by(path, mapping))
            if mapping is not None:
                why = _("{path} ({format}) needs no mapping: leave --mapping out.")
                raise WrongInput(why.format(path=path, format=name))
            return Brought(path, name, importer.read(path))
    formats = in_a_row(f"{name} ({_(importer.TITLE)})" for name, importer in known.items())
    raise WrongInput(
        _("{path} has no format that is known here. What can be brought in: {formats}.").format(
            path=path, formats=formats
        )
    )


def _named(importer: Importer, path: Path, mapping: Path | None) -> bool:
    """Whether the mapping says that a file is of this format, by naming its columns."""
    by = getattr(importer, "recognises_by", None)
    return bool(mapping is not None and by and by(path, mapping))


def bring_into(
    study: str,
    paths: Sequence[Path],
    space: Workspace,
    mapping: Path | None = None,
    *,
    mappings: Mapping[Path, Path] | None = None,
    tell: Callable[[str, float], None] = lambda _what, _share: None,
) -> list[Brought]:
    """Files read and sealed into a study, all or none; a session that the study holds already is not taken twice.

    `mappings` gives some files one of their own; `tell` hears what is being read and how far it all is, 0 to 1.
    """
    if not study.strip():
        raise WrongInput(_("A study needs a name."))
    held = set(archive.read(study, space).sessions["session"].to_pylist()) if _there(study, space) else set[str]()
    brought = []
    sizes = [max(1, path.stat().st_size) if path.is_file() else 1 for path in paths]
    for number, path in enumerate(paths):
        before, own = sum(sizes[:number]) / sum(sizes), sizes[number] / sum(sizes)

        def passed(share: float, path: Path = path, before: float = before, own: float = own) -> None:
            tell(_("reading {file}").format(file=path.name), _READING * (before + own * share))

        passed(0.0)
        with how_far.told(passed):
            new = bring(path, (mappings or {}).get(path, mapping))
            new = _without(new, held | _under_old_names(new, held, study, space))
        held |= set(new.read.log.sessions["session"].to_pylist())
        brought.append(new)
    tell(_("keeping what was read"), _READING)
    log = Log.together([b.read.log for b in brought])
    if len(log.sessions):
        archive.seal(log, study, space)
    tell(_("done"), 1.0)
    return brought


def _under_old_names(brought: Brought, held: set[str], study: str, space: Workspace) -> set[str]:
    """Sessions of a file that the study holds by their file's name or their number there, as they were called once."""
    marked = [name for name in brought.read.log.sessions["session"].to_pylist() if _MARKED.search(name)]
    once = re.compile(re.escape(brought.file.stem) + r"(-\d+)?|s\d+|trace \d+")
    named = [name for name in held if once.fullmatch(name)] if marked else []
    if not named or not _there(study, space):
        return set()
    known = {tuple(said) for said in _said(archive.read(study, space).only(named)).values()}
    return {name for name, said in _said(brought.read.log.only(marked)).items() if tuple(said) in known}


def _said(log: Log) -> dict[str, list[tuple[Any, ...]]]:
    """What was said in each session, whatever the session and its case are called."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in log.sentences.to_pylist():
        name, _case, *said = row.values()
        found.setdefault(name, []).append(tuple(said))
    return found


def _there(study: str, space: Workspace) -> bool:
    return study in archive.studies_in(space)


def _without(brought: Brought, held: set[str]) -> Brought:
    names = brought.read.log.sessions["session"].to_pylist()
    again = [name for name in names if name in held]
    if not again:
        return brought
    log = brought.read.log.only(name for name in names if name not in held)
    left = LeftOut(_("sessions"), _("the study holds them already"), len(again))
    return replace(brought, read=replace(brought.read, log=log, left_out=(*brought.read.left_out, left)))
