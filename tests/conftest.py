"""What most tests begin with: an empty workspace, and its store. A test that wants another says so in its own file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from commands import _titles
from studies.store import Store
from studies.workspace import Workspace

# A busy machine fails no property: how long an example takes is no part of what is held true.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
_titles.lend()  # as every entrance does: one file by itself reads the same as beside all others


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """A workspace with nothing in it, in a folder of its own: `tmp_path` has room for other files."""
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def store(space: Workspace) -> Iterator[Store]:
    """The workspace's store, closed afterwards."""
    made = Store(space.database_url)
    yield made
    made.close()
