"""The browser beside a load is gone when the load is, also when the lab dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from journeys.practice.serve import running
from studies.workspace import CHECKOUT

pytestmark = [pytest.mark.load, pytest.mark.browser, pytest.mark.slow]

PARENT = """
import sys, time
from pathlib import Path
import psutil
from loadtests.run import load
from studies.workspace import Workspace

def going(snapshot):
    grown = [c for child in psutil.Process().children() for c in child.children(recursive=True)]
    if any("chrom" in c.name() for c in grown):
        print("going", flush=True)

load(Path(sys.argv[1]), variant="redesigned", arrivals=2.0, seconds=120, base_url=sys.argv[3],
     space=Workspace(Path(sys.argv[2])), probe=0.0, watch=going)
"""


def test_when_the_lab_dies_the_browser_beside_the_load_dies_with_it(tmp_path: Path) -> None:
    file = CHECKOUT / "journeys/library/consumer_protection/make_complaint.yaml"
    with (
        running() as base_url,
        subprocess.Popen(
            [sys.executable, "-c", PARENT, str(file), str(tmp_path), base_url],
            cwd=CHECKOUT, stdout=subprocess.PIPE, text=True,
        ) as parent,
    ):  # fmt: skip
        assert parent.stdout and parent.stdout.readline() == "going\n"
        everybody = psutil.Process(parent.pid).children(recursive=True)
        assert any("chrom" in process.name() for process in everybody)
        parent.kill()
        _gone, left = psutil.wait_procs(everybody, timeout=25)
        assert [process.name() for process in left if process.status() != psutil.STATUS_ZOMBIE] == []
