"""What the page that brings responses in shows and takes: the columns as they were understood, and as a person says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas as pd

from studies.store import Store
from studies.words import _
from studies.workspace import Workspace
from surveys.bringing import Brought, keep, look_at
from surveys.columns import role_told
from surveys.exporting import exporters, write
from surveys.instruments import instrument, names

MOST_SHOWN: Final = 500
NOTHING: Final = ""


@contextmanager
def as_file(name: str, body: bytes) -> Iterator[Path]:
    """What was handed up, as a file that is gone again afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name.replace("\\", "/")).name or "responses.csv")
        path.write_bytes(body)
        yield path


def understood(
    name: str, body: bytes, space: Workspace, wanted: str | None, mapping: Mapping[str, str] | None
) -> Brought:
    """What a file that was handed up would bring. Raises WrongInput with what is wrong with it."""
    with as_file(name, body) as path:
        return look_at(path, space, wanted, mapping)


def bring_in(looked: Brought, study: str, space: Workspace) -> Brought:
    """Keep the responses that were looked at in a study; gives what came in and, row by row, what did not and why."""
    store = Store(space.database_url)
    try:
        return keep(looked, store, study, space)
    finally:
        store.close()


def columns_table(looked: Brought) -> pd.DataFrame:
    """Each column of the file with the item it was taken for, or what else it is."""
    found = looked.responses.proposal.json()["columns"]
    return pd.DataFrame(
        {
            "column": [one["text"] or one["column"] for one in found],
            "item": [one["item"] or NOTHING for one in found],
            "what": [role_told(one["role"], one["by"]) for one in found],
        }
    )


def said_in(table: pd.DataFrame) -> dict[str, str]:
    """The items that a person chose, by column."""
    chosen = zip(table["column"].astype(str), table["item"].fillna(NOTHING).astype(str), strict=True)
    return {column: item for column, item in chosen if item}


def items(space: Workspace) -> list[str]:
    """Everything that a column may be taken for."""
    return [NOTHING, *(item for name in names(space) for item in instrument(name, space).ids())]


def problems_table(looked: Brought) -> pd.DataFrame:
    """What of the file is not taken as it stands, row by row."""
    found = looked.responses.problems[:MOST_SHOWN]
    return pd.DataFrame(
        {
            _("Row"): ["" if one.row is None else str(one.row) for one in found],
            _("Column"): [one.column or "" for one in found],
            _("Why"): [one.why for one in found],
        }
    )


def handed_out(store: Store, study: str, form: str, space: Workspace) -> dict[str, bytes]:
    """A study's answers in a format, by file name: the table, and the codebook where it is a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{Path(study).name}{exporters()[form].SUFFIX}"
        return {file.name: file.read_bytes() for file in write(store, study, form, path, space)}
