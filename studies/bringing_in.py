"""Files brought in from the workbench: what was recognised, what must be asked, and the work in the background.

A file lies in a folder of its own until it is brought in or given up, then it is deleted: what citizens wrote does not
stay. What was answered becomes a mapping, the same that `./lab import --mapping` takes.
"""

from __future__ import annotations

import secrets
import shlex
import shutil
import tempfile
import time
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from studies import how_far
from studies.beside import Job
from studies.cases.csv_rows import sheet_of
from studies.cases.mapping import Mapping, read_mapping, written
from studies.cases.moments import DayOrMonth
from studies.events import VERBS
from studies.importing import Brought, bring, bring_into
from studies.troubles import Failed, Trouble, WrongInput
from studies.words import _
from studies.workspace import Workspace

#: Every sentence that an activity can be.
SENTENCES: Final = tuple(f"{actor} {verb}" for verb, (actor, *_told) in VERBS.items())
SIDES: Final = ("citizen", "service", "nobody")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look into a file showed. Of what cannot be told yet, what must be asked first."""

    brought: Brought | None = None
    day_or_month: str = ""  # the question, where the file's dates leave it open
    columns: tuple[str, ...] = ()  # of a table in which nobody knows the case, the activity, the time
    trouble: str = ""

    @property
    def facts(self) -> Map[str, Any]:
        """What its format has to tell."""
        return self.brought.read.facts if self.brought else {}

    def activities(self) -> list[dict[str, Any]]:
        """Each activity of a case file, how often it happened, which sentence it is and why, with an example."""
        return list(self.facts.get("mapping", {}).get("activities", ()))

    def speakers(self) -> dict[str, str | None]:
        """Who speaks in a conversation, and on which side; None of whom nobody says it."""
        return dict(self.facts.get("speakers", {}))


def put(space: Workspace, name: str, content: bytes) -> Path:
    """A file to be looked at, in a folder of its own, under its own name."""
    folder = space.root / "imports" / secrets.token_hex(8)
    folder.mkdir(parents=True)
    path = folder / (Path(name.replace("\\", "/")).name or "file")
    path.write_bytes(content)
    return path


def let_go(paths: Sequence[Path]) -> None:
    """Delete files that were put here, with their folders."""
    for path in paths:
        if path.parent.parent.name == "imports":
            shutil.rmtree(path.parent, ignore_errors=True)


def look_into(path: Path, mapping: str = "") -> Looked:
    """What a file is and says, by a mapping as text; nothing of it is kept."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return Looked(bring(path, _file(mapping, Path(folder))))
    except DayOrMonth as asked:
        return Looked(day_or_month=str(asked))
    except Trouble as trouble:
        sheet = sheet_of(path)
        if sheet is not None and len(sheet.header) > 2:
            return Looked(columns=sheet.header, trouble=str(trouble))
        return Looked(trouble=str(trouble))


def with_answers(
    mapping: str,
    *,
    columns: Map[str, str] | None = None,
    day_first: bool | None = None,
    speakers: Map[str, str] | None = None,
) -> str:
    """A mapping as text with what was answered put in."""
    told = yaml.safe_load(mapping) or {} if mapping else {}
    if columns:
        told["columns"] = {**told.get("columns", {}), **columns}
    if day_first is not None:
        told["dates"] = "day_first" if day_first else "month_first"
    if speakers:
        told["speakers"] = {**told.get("speakers", {}), **speakers}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False) if told else ""


def with_sentences(looked: Looked, rows: Sequence[Map[Any, Any]]) -> str:
    """The mapping that was shown, with the sentences and their subjects as somebody left them in the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = _file(str(looked.facts["mapping"]["yaml"]), Path(folder))
        assert path is not None
        shown: Mapping = read_mapping(path)
    named = {}
    for row in rows:
        actor, verb = str(row["sentence"]).split()
        named[str(row["activity"])] = (actor, verb, str(row.get("about") or "").strip() or None)
    return written(replace(shown, activities=named))


def _file(mapping: str, folder: Path) -> Path | None:
    if not mapping.strip():
        return None
    path = folder / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    return path


class Bringing(Job):
    """Files on their way into a study: how far they are, then what came of it."""

    def __init__(self, study: str, files: Sequence[Path], mapped: bool) -> None:
        super().__init__(f"bringing into {study}")
        self.study, self.files, self.mapped = study, tuple(files), mapped
        self.what, self.share, self.began = "", 0.0, time.monotonic()
        self.brought: list[Brought] | None = None

    def left(self) -> float | None:
        """Seconds that are left, None while that cannot be said."""
        return how_far.seconds_left(self.share, time.monotonic() - self.began)

    def heard(self, what: str, share: float) -> None:
        """Note how far it is; it never goes back."""
        self.what, self.share = what, max(self.share, share)

    def command(self) -> str:
        """The command line that does the same."""
        words = ["./lab", "import", *(path.name for path in self.files), "--study", self.study]
        return shlex.join([*words, *(["--mapping", "mapping.yaml"] if self.mapped else [])])


def begin(study: str, files: Map[Path, str], space: Workspace) -> Bringing:
    """Bring files into a study in the background, each with its mapping as text, and delete what was put here."""
    if not study.strip():
        raise WrongInput(_("A study needs a name."))
    work = Bringing(study, tuple(files), mapped=any(files.values()))
    work.begin(lambda: _bring(work, files, space))
    return work


def _bring(work: Bringing, files: Map[Path, str], space: Workspace) -> None:
    try:
        mappings = {path: made for path, text in files.items() if (made := _file(text, path.parent))}
        work.brought = bring_into(work.study, work.files, space, mappings=mappings, tell=work.heard)
    except Trouble:
        raise
    except Exception as cause:  # by its kind alone: its words may be what a citizen wrote
        why = _("The files could not be brought in: {cause}").format(cause=type(cause).__name__)
        raise Failed(why) from cause
    finally:
        let_go(work.files)
