"""Scripts of other tools, in and out: each file here is one format, and says by itself which files are its own.

A format has a `TITLE`, `fits(content)` and `read(document) -> Account`; one that can also go out has `write(journey)`.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from journeys import shelf
from journeys.brought import Brought, finish
from journeys.journey import Journey
from journeys.json_places import Document, read_bytes, read_json
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

SUFFIX = re.compile(r"\.ya?ml$", re.IGNORECASE)


def formats() -> dict[str, ModuleType]:
    """Every format, by its file's name."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    return {name: import_module(f"journeys.exchange.{name}") for name in names}


def bring(path: Path) -> Brought:
    """The journeys in a file of another tool, with the account of its lines. Raises WrongInput for any other file."""
    return bring_document(read_json(path))


def bring_document(document: Document) -> Brought:
    """The same for a document that has been read."""
    known = formats()
    for form in known.values():
        if form.fits(document.content):
            return finish(form.read(document), form.TITLE)
    titles = in_a_row(form.TITLE for form in known.values())
    raise WrongInput(
        _("{name} is none of the scripts that can come in: {titles}. It is JSON, but has none of their keys.").format(
            name=document.name, titles=titles
        )
    )


def kept(brought: Brought, space: Workspace, out: Path | None, now: datetime) -> dict[str, str]:
    """Keep the journeys that came in, as files: at `out` (further ones beside it), else among the own journeys."""
    files: dict[str, str] = {}
    for nth, (journey, text, _script) in enumerate(brought.journeys):
        if out is None:
            path = shelf.own_folder(space) / "imported" / f"{journey.journey}.yaml"
            files[journey.journey] = str(shelf.keep(path, text, None, now))
            continue
        path = out if nth == 0 else out.with_name(f"{SUFFIX.sub('', out.name)}-{journey.journey}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        files[journey.journey] = str(path)
    return files


def brought_to_shelf(content: bytes, name: str, space: Workspace, now: datetime) -> tuple[str, str | None]:
    """An uploaded file brought in and its journeys kept: the account as told, and the first journey's key."""
    brought = bring_document(read_bytes(content, name))
    files = kept(brought, space, None, now)
    return brought.told(files), next((shelf.key_of(space, Path(file)) for file in files.values()), None)


def brought_in(files: list[Path], space: Workspace, out: Path | None, now: datetime) -> tuple[Any, str]:
    """Files of other tools brought in and kept: the account as a document (one file's, or a list), and as told."""
    documents, told = [], []
    for nth, file in enumerate(files):
        brought = bring(file)
        there = kept(brought, space, out if nth == 0 or out is None else out.with_name(f"{nth + 1}-{out.name}"), now)
        documents.append(brought.json(there))
        told.append(brought.told(there))
    return documents[0] if len(documents) == 1 else documents, "\n".join(told)


def send(journey: Journey, name: str) -> str:
    """A journey as the script of another tool. Raises WrongInput for a format that none goes out in."""
    able = {key: form for key, form in formats().items() if hasattr(form, "write")}
    if name not in able:
        known = in_a_row(able)
        raise WrongInput(_("A journey cannot go out as {name}. It can as: {known}.").format(name=name, known=known))
    written: Any = able[name].write(journey)
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"
