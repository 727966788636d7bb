"""`./lab score`, `./lab verify`, and responses that come and go by the command line: exit codes and one document."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "tests" / "samples" / "statistics.json"
SUS = ",".join(f"sus_{n}" for n in range(1, 11))
Lab = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """`lab("score", "sus", "x.csv")` runs a command in a folder and workspace of its own."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "KHUTWA_WORKSPACE": str(tmp_path / "workspace")}
        command = [sys.executable, str(ROOT / "cli.py"), *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env)

    return run


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    path.write_text(f"group,{SUS}\na,{'5,1,' * 4}5,1\nb,{'3,' * 9}3\nb,{'3,' * 9}9\n", "utf-8")
    return path


def test_scores_are_one_document_and_name_what_was_not_taken(lab: Lab, survey: Path) -> None:
    done = lab("score", "sus", str(survey), "--lang", "ar", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["n"], found["mean"], found["validated"]) == (3, pytest.approx(66.6667, abs=1e-4), False)
    assert {name: one["n"] for name, one in found["by_group"].items()} == {"a": 1, "b": 2}
    assert [one["row"] for one in found["problems"]] == [4] and found["persons"][2]["n_answered"] == 9
    assert "not validated" in lab("score", "sus", str(survey), "--lang", "ar").stdout


def test_what_cannot_be_scored_says_why_and_is_exit_2(lab: Lab, survey: Path, tmp_path: Path) -> None:
    (tmp_path / "half.xlsx").write_bytes(b"PK\x03\x04 and no more")
    for words, why in (
        (("suss", str(survey)), "Did you mean sus"),
        (("ueq", str(survey)), "ueq has 26 items"),
        (("sus", "nowhere.csv"), "no file nowhere.csv"),
        (("sus", "half.xlsx"), "no whole XLSX"),
        (("sus", str(survey), "--confidence", "95"), "between 0 and 1"),
    ):
        done = lab("score", *words, "--json")
        assert (done.returncode, done.stdout) == (2, "") and why in done.stderr, words


def test_worked_examples_pass_and_a_wrong_one_is_exit_1(lab: Lab, tmp_path: Path) -> None:
    done = lab("verify", str(EXAMPLES), "--only", "surveys", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0 and set(found) == {"total", "passed", "mismatches"} and found["mismatches"] == []
    wrong = {"id": "w", "statistic": "sus_grade", "inputs": {"mean_sus": 84.05}, "expected": {"grade": "A+"}}
    (tmp_path / "wrong.json").write_text(json.dumps([wrong]), "utf-8")
    done = lab("verify", "wrong.json", "--json")
    mismatch = {"id": "w", "expected": {"grade": "A+"}, "got": {"grade": "A"}}
    assert done.returncode == 1 and json.loads(done.stdout) == {"total": 1, "passed": 0, "mismatches": [mismatch]}
    assert lab("verify", "nowhere.json").returncode == 2


def test_responses_are_looked_at_brought_in_once_and_handed_out(lab: Lab, survey: Path, tmp_path: Path) -> None:
    looked = json.loads(lab("import", str(survey), "--look", "--json").stdout)
    assert looked["instruments"] == ["sus"] and looked["new"] is None
    for new in (3, 0):
        done = lab("import", str(survey), "--study", "s", "--json")
        assert done.returncode == 0 and json.loads(done.stdout)["new"] == new
    assert lab("import", str(survey), "--json").returncode == 2, "which study?"
    done = lab("export", "s", "--as", "csv", "--out", "out.csv")
    assert done.stdout.split() == ["out.csv", "out.codebook.csv"] and (tmp_path / "out.codebook.csv").exists()
    assert lab("export", "s", "--as", "sav").stdout.strip() == "s.sav"
    assert lab("export", "nowhere", "--as", "csv").returncode == 2
