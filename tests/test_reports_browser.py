"""Reports and replays as a browser shows them: nothing is complained of, and nobody is shut out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from at_the_workbench import complaints, shut_out
from test_replay import sample

from analysis.report import keep
from analysis.report.made import AUDIENCES, Wanted, make, material
from analysis.sessions import replay as player
from journeys.players.browser_start import Browser, started
from studies import archive, replays
from studies.script import parse
from studies.words import languages, say_in
from studies.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.untimed]
SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Iterator[Browser]:
    with started("en", headless=True, patience=60) as found:
        yield found


def shown(reader: Browser, file: Path, document: bytes) -> list[str]:
    """Who is shut out of a document as the reader sees it."""
    file.write_bytes(document)
    reader.page.go(file.as_uri())
    return shut_out(reader)


def test_no_report_shuts_anybody_out(reader: Browser, tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    archive.seal(parse((SAMPLES / "report_study.txt").read_text(encoding="utf-8")), "sample", space)
    keep("sample", space, **json.loads((SAMPLES / "report_kept.json").read_text(encoding="utf-8")))
    said, found = complaints(reader), material("sample", space, NOW)
    told = {}
    for audience in AUDIENCES:
        for language in languages():
            name, page = f"{audience}-{language}", make(found, Wanted("html", language, audience))
            told[name] = shown(reader, tmp_path / f"{name}.html", page)
    assert {name: faults for name, faults in told.items() if faults} == {}
    assert said == []


def test_no_replay_shuts_anybody_out(reader: Browser, tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    archive.seal(parse((SAMPLES / "small_study.txt").read_text(encoding="utf-8")), "small", space)
    replays.keep(sample("r1"), space.pictures / "r1")
    said, log = complaints(reader), archive.read("small", space)
    told = {}
    for language in languages():
        for dark in (False, True):
            with say_in(language):
                made = player.of_session(log, "r1", space, dark=dark)
            assert made is not None
            name = f"{language}{'-dark' if dark else ''}"
            told[name] = shown(reader, tmp_path / f"{name}.html", made[0].encode())
    assert {name: faults for name, faults in told.items() if faults} == {}
    assert said == []
