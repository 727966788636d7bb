"""How `./lab import` takes a file of survey responses: what was understood of it is told before anything else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace


def are_responses(files: Sequence[Path], mapping: Path | None = None) -> bool:
    """Whether these files are tables that no reader of sessions knows, by itself or by the mapping."""
    from studies.importing import importers
    from surveys.bringing import is_table

    def holds_sessions(path: Path) -> bool:
        return any(
            one.recognises(path) or (mapping and hasattr(one, "recognises_by") and one.recognises_by(path, mapping))
            for one in importers().values()
        )

    def is_one(path: Path) -> bool:
        return is_table(path) and not (path.is_file() and holds_sessions(path))

    return bool(files) and all(map(is_one, files))


def brought(
    files: Sequence[Path],
    space: Workspace,
    study: str | None,
    instrument: str | None,
    mapping: Path | None,
    lang: str | None,
    by: str | None,
    only_look: bool,
) -> tuple[Any, str]:
    """Files of responses brought into a study, or only looked at: the document and the words for it."""
    from studies.store import Store
    from surveys.bringing import keep, look_at, read_mapping

    if study is None and not only_look:
        raise WrongInput(_("Which study do the responses belong to? Name it: --study NAME; or --look to keep nothing."))
    says = read_mapping(mapping) if mapping else None
    found = [look_at(file, space, instrument, says, lang, by) for file in files]  # all are read before any is kept
    if study is not None and not only_look:
        store = Store(space.database_url)
        try:
            found = [keep(one, store, study, space) for one in found]
        finally:
            store.close()
    documents = [one.json() for one in found]
    return documents[0] if len(documents) == 1 else documents, "\n".join(one.told() for one in found)
