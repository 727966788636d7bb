"""./lab load as a build calls it: one document, and an exit code that says passed, failed, void or wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from journeys.practice.serve import running
from studies.workspace import CHECKOUT

Lab = Callable[..., subprocess.CompletedProcess[str]]
COMPLAINT = "journeys/library/consumer_protection/make_complaint.yaml"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """`lab("--arrivals", "5/s")` is ./lab load with the complaint, in a workspace of its own."""

    def run(*words: str, file: str = COMPLAINT) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "cli.py", "load", file, "--variant", "redesigned", *words],
            cwd=CHECKOUT, capture_output=True, text=True,
            env={"PATH": "/usr/bin:/bin", "KHUTWA_WORKSPACE": str(tmp_path / "workspace")},
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def agency() -> Iterator[str]:
    with running() as base_url:
        yield base_url


def gates(folder: Path, *lines: str) -> str:
    file = folder / "gates.yaml"
    file.write_text("\n".join(["gates:", *(f"  - {line}" for line in lines if ":" not in line)]), encoding="utf-8")
    with file.open("a", encoding="utf-8") as end:
        end.write("\n" + "\n".join(line for line in lines if ":" in line) + "\n")
    return str(file)


@pytest.mark.load
@pytest.mark.slow
def test_what_the_service_bore_passes_with_one_document_on_stdout(lab: Lab, agency: str, tmp_path: Path) -> None:
    file = gates(tmp_path, "completion >= 0.9", "send.wait_p95 < 20 s", "generator: {start_lag: 20 s, cpu: 100 %}")
    done = lab("--base-url", agency, "--arrivals", "6/s", "--for", "3s", "--seed", "2", "--gates", file, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["verdict"]["state"] == "passed" and len(told["verdict"]["gates"]) == 2
    assert (told["mode"], told["arrivals"], told["seed"]) == ("open", 6.0, 2)
    assert told["arrived"] == told["sessions"] > 5
    assert "One citizen goes first" in done.stderr


@pytest.mark.load
@pytest.mark.slow
def test_what_it_did_not_bear_fails_the_build_with_3_and_says_so_where_builds_look(
    lab: Lab, agency: str, tmp_path: Path
) -> None:
    file = gates(tmp_path, "send.wait_p50 < 100 ms", "generator: {start_lag: 20 s, cpu: 100 %}")
    junit, markdown = tmp_path / "load.xml", tmp_path / "load.md"
    done = lab(
        "--base-url", agency, "--arrivals", "12/s", "--for", "4s", "--gates", file,
        "--junit", str(junit), "--markdown", str(markdown),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert suite is not None and suite.get("failures") == "1"
    assert "send.wait_p50" in markdown.read_text(encoding="utf-8")
    assert "ended there" in done.stdout


@pytest.mark.load
@pytest.mark.slow
def test_a_load_that_its_own_generator_held_up_is_void_with_4(lab: Lab, agency: str, tmp_path: Path) -> None:
    file = gates(tmp_path, "completion >= 0.5", "generator: {cpu: 0.1 %}")
    done = lab("--base-url", agency, "--citizens", "2", "--for", "2s", "--gates", file, "--json")
    assert done.returncode == 4, done.stderr
    verdict = json.loads(done.stdout)["verdict"]
    assert verdict["state"] == "void" and verdict["reasons"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--arrivals", "5/s", "--citizens", "5"], "open or closed"),
        (["--arrivals", "some"], "20/s"),
        (["--shape", "stairs"], "steps"),
        (["--shape", "recorded"], "--day"),
        (["--shape", "recorded", "--day", "nobody"], "no study"),
        (["--levels", "1,two"], "1,2,4,8"),
        (["--levels", "1,2", "--shape", "ramp"], "has no levels"),
        (["--think", "long"], "20s"),
    ],
)
def test_what_is_asked_wrongly_is_one_message_and_exit_2(lab: Lab, words: list[str], said: str) -> None:
    done = lab(*words, "--json", "--base-url", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_gate_on_a_step_that_is_not_there_is_told_with_its_line(lab: Lab, tmp_path: Path) -> None:
    done = lab("--gates", gates(tmp_path, "dance.wait_p95 < 2 s"), "--json", "--base-url", "http://127.0.0.1:1")
    assert done.returncode == 2 and "line 2" in done.stderr and "dance" in done.stderr


def test_a_journey_with_a_weight_that_is_none_is_told(lab: Lab) -> None:
    done = lab("--json", file=f"{COMPLAINT}:often")
    assert done.returncode == 2 and "renew.yaml:3" in done.stderr
