"""./lab load --gates from one run to the next: what passed is kept, and what is worse than that fails the build."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import cli
import conduct
from loadtests.result import LoadResult
from loadtests.summary import summarise
from loadtests.verdicts.evidence import Evidence, Times
from studies.workspace import CHECKOUT

COMPLAINT = str(CHECKOUT / "journeys/library/consumer_protection/make_complaint.yaml")
OTHER = str(CHECKOUT / "journeys/library/traffic/renew_vehicle.yaml")
Lab = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Lab:
    """`lab(180, "--think", "2s")` is ./lab load so, with gates.yaml, where so many of 200 citizens came through."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    runs = iter(range(1, 100))

    def run(done: int, *more: str) -> tuple[int, dict[str, Any]]:
        found = Evidence(200, done, 800, 0, 60.0, Times.of([3.0] * done), {"send": Times.of([0.2] * 200)})

        def loaded(*_asked: object, **_more: object) -> LoadResult:
            return LoadResult(
                journey="make_complaint", variant="redesigned", base_url="http://127.0.0.1:1", shape="constant",
                citizens=20, seconds=60.0, started=datetime(2026, 3, 1, tzinfo=UTC), ending="ran its time",
                trouble=None, threshold=1.0, cpu=0.1, study="load_make_complaint", sessions=200,
                summary=summarise([], [], start=0, seconds=60.0, steps={}, threshold=1.0),
                run=f"load-{next(runs)}", evidence=found,
            )  # fmt: skip

        monkeypatch.setattr(conduct, "loaded", loaded)
        words = ["load", COMPLAINT, "--variant", "redesigned", "--base-url", "http://127.0.0.1:1", "--citizens", "20"]
        monkeypatch.setattr("sys.argv", ["lab", *words, *more, "--gates", str(tmp_path / "gates.yaml"), "--json"])
        code = cli.main()
        told: dict[str, Any] = json.loads(capfd.readouterr().out)
        return code, told["verdict"]

    return run


@pytest.mark.parametrize(
    "demand",
    ["versus: last-good\nallow: {completion: 1 %}\n", "gates: [completion >= 50 %]\nversus: last-good\n"],
)
def test_the_first_run_is_kept_and_a_worse_one_fails(lab: Lab, tmp_path: Path, demand: str) -> None:
    (tmp_path / "gates.yaml").write_text(demand, encoding="utf-8")
    code, first = lab(190)
    assert (code, first["gates"][-1]["rule"]) == (0, "first run")
    assert len(list((tmp_path / "workspace").glob("good_runs/*/*.json"))) == 1
    code, worse = lab(120)
    assert (code, worse["gates"][-1]["state"]) == (3, "failed")
    assert math.isclose(worse["gates"][-1]["value"], -0.35)
    assert lab(190)[0] == 0  # what failed is not what the next one is held to
    assert lab(120)[0] == 3


def test_what_was_asked_otherwise_is_no_measure(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "gates.yaml").write_text("versus: last-good\nallow: {completion: 1 %}\n", encoding="utf-8")
    assert lab(190)[0] == 0
    for more in ([OTHER], [f"{OTHER}:2"], ["--think", "people"], ["--think", "2s"], ["--levels", "1,2"]):
        code, first = lab(120, *more)
        assert (more, code, first["gates"][0]["rule"]) == (more, 0, "first run")
        code, again = lab(120, *more)
        assert (more, code, again["gates"][0]["rule"]) == (more, 0, "estimate")
    assert lab(120)[0] == 3
