"""A capacity that was planted is found, and the silence that begins beyond it: the practice agency as the truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.practice.flaws import Flaws
from journeys.practice.reading import read_flaws
from journeys.practice.serve import running
from loadtests.run import load
from studies import archive
from studies.workspace import CHECKOUT, Workspace

pytestmark = [pytest.mark.load, pytest.mark.slow]

COMPLAINT = CHECKOUT / "journeys/library/consumer_protection/make_complaint.yaml"
SERVERS, SECONDS, PAGES = 4, 0.2, 2  # the redesigned complaint opens two pages, each takes a server for so long

FLAWS = """
capacity: {{servers: {servers}, seconds: {seconds}}}
services:
  make_complaint:
    redesigned:
      - page: complaint
        asks: [mobile, complaint_text]
      - page: complaint/replied
"""


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The practice agency with few servers and no other flaw on the way."""
    file = tmp_path_factory.mktemp("agency") / "flaws.yaml"
    file.write_text(FLAWS.format(servers=SERVERS, seconds=SECONDS), encoding="utf-8")
    flaws = read_flaws(file)
    assert isinstance(flaws, Flaws) and flaws.capacity.servers == SERVERS
    with running(flaws) as base_url:
        yield base_url


def test_a_planted_knee_is_found(agency: str, tmp_path: Path) -> None:
    result = load(
        COMPLAINT, variant="redesigned", citizens=16, levels=(1, 2, 3, 4, 6, 8, 12, 16), shape="steps", seconds=32,
        base_url=agency, space=Workspace(tmp_path), study="knee",
    )  # fmt: skip
    pace = SERVERS / (SECONDS * PAGES)  # journeys a second, when every server is busy
    assert [round(level.citizens) for level in result.levels] == [1, 2, 3, 4, 6, 8, 12, 16]
    assert result.levels[-1].throughput == pytest.approx(pace, rel=0.1)
    assert result.levels[0].latency == pytest.approx(SECONDS * PAGES, rel=0.15)
    assert result.capacity is not None
    assert result.capacity["knee"]["value"] == pytest.approx(SERVERS, rel=0.1)
    assert result.capacity["citizens_per_hour"]["value"] == pytest.approx(3600 * pace, rel=0.1)


@pytest.mark.browser
def test_the_silence_that_begins_beyond_it_is_heard_by_a_browser_beside_the_load(agency: str, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    citizens = 60
    result = load(
        COMPLAINT, variant="redesigned", citizens=citizens, levels=(1, citizens), shape="steps", seconds=44,
        base_url=agency, space=space, study="silence", probe=0.0,
    )  # fmt: skip
    found = result.probe
    assert found is not None and found.trouble == ""
    assert found.walks >= 3 and found.broken == 0
    assert {one.completion for one in found.against if one.journeys} == {1.0}, result.json()["failures"]
    # With nobody, or the one citizen of the first step, under way: what of it the browser met is left to the moment.
    calm = max((one for one in found.against if one.most <= 1), key=lambda one: one.waits)
    full = found.against[-1]
    assert calm.silent_share is not None and calm.silent_share < 0.5
    assert full.silent_share == 1.0 and full.waits >= 2
    # Everybody queues for each page, whose turn comes when all the others had theirs. What the browser itself takes to
    # show a page is in both, and goes out of the difference.
    planted = (citizens + 1) * SECONDS / SERVERS - SECONDS
    assert calm.silent_p50 is not None and full.silent_p50 is not None
    assert full.silent_p50 - calm.silent_p50 == pytest.approx(planted, rel=0.2)
    assert result.silence()["state"] == "value"
    robots = [s for s in archive.read("silence", space).heard() if s.source == "robot"]
    assert len(robots) == found.walks and "responds" in robots[0].hears
    acts = [s.value for s in archive.read("silence", space).only([robots[-1].session]).said() if s.verb == "submits"]
    assert acts and acts[0] is not None  # how many were under way
