"""The leader's pages and commands on a workspace of a test's own."""

from __future__ import annotations

import pytest

from analysis import page_leader
from analysis.drivers import visits_kept
from studies.workspace import Workspace


def in_force(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """This workspace is shown; a page waits for what it would otherwise show a moment later."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(space.root))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    monkeypatch.setattr(page_leader, "PATIENCE", 60.0)
    monkeypatch.setattr(visits_kept.ready, "__defaults__", (60.0,))
    page_leader.opened.clear()
