"""The command line: exit codes, one document on stdout, messages that say what, where and what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from commands import _terminal
from studies.troubles import WrongInput

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """\
 0.0  citizen submits   traffic/renew
 2.2  service hands_off insurance_bureau
 2.2  service requests  national_id
 8.0  citizen gives     national_id
 9.1  citizen submits   insurance_bureau/policy
12.4  service requests  national_id
"""


@pytest.fixture
def lab(tmp_path: Path):
    """`lab("measure", "x.txt")` runs a command in a folder and workspace of its own."""

    def run(*words: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "cli.py", *words], cwd=tmp_path, capture_output=True, text=True, input=said,
            env={"PATH": "/usr/bin:/bin", "KHUTWA_WORKSPACE": str(tmp_path / "workspace")},
        )  # fmt: skip

    return run


def test_measure_prints_one_document(lab, tmp_path: Path) -> None:
    (tmp_path / "six lines.txt").write_text(SCRIPT)
    done = lab("measure", "six lines.txt", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert set(told) == {"sessions", "summary"}
    (metrics,) = told["sessions"].values()
    assert metrics["silent_waits"] == {"state": "value", "value": 2.0}
    assert metrics["needless_steps"]["state"] == "not measurable"


def test_measure_hears_a_script_on_stdin_and_tells_it_to_people(lab) -> None:
    done = lab("measure", "-", said=SCRIPT)
    assert done.returncode == 0
    assert "Repeat questions" in done.stdout


def test_a_study_that_is_not_there_names_those_that_are(lab) -> None:
    done = lab("measure", "nowhere", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr
    assert "none yet" in done.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1.0 service smiles", "line 7"),
        ("1.0 citizen answers page", "line 7"),
        ("then nothing", "line 7"),
    ],
)
def test_a_wrong_line_is_named(lab, tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "wrong.txt").write_text(SCRIPT + line + "\n")
    done = lab("measure", "wrong.txt", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "wrong.txt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["run"],
        ["run", "nowhere.yaml", "--json"],
        ["run", "x.yaml", "--player", "carrier_pigeon"],
        ["run", "x.yaml", "--times", "0"],
        ["load", "x.yaml", "--for", "soon", "--json"],
        ["load", "x.yaml", "--citizens", "0"],
        ["measure", "a", "b"],
        ["demo", "--flaws", "nowhere.yaml", "--json"],
        ["report", "nowhere"],
    ],
    ids=" ".join,
)
def test_wrong_input_is_one_message_and_exit_2(lab, words: list[str]) -> None:
    done = lab(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_yaml_tab_is_named_with_its_line(lab, tmp_path: Path) -> None:
    (tmp_path / "tab.yaml").write_text("journey: tab\nagency: none\n\tsteps: []\n")
    done = lab("run", "tab.yaml", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 3" in done.stderr


def test_a_workspace_that_cannot_be_written_is_said(lab, tmp_path: Path) -> None:
    (tmp_path / "workspace").write_text("a file where a folder is needed")
    done = lab("measure", "nowhere")
    assert done.returncode == 1
    assert "workspace" in done.stderr
    assert "Traceback" not in done.stderr


def test_topic_says_which_datum_a_label_asks_for(lab) -> None:
    done = lab("topic", "National ID number")
    assert (done.returncode, done.stdout) == (0, "national_id\n")


def test_a_mistake_of_the_lab_is_one_message_and_its_details_are_kept(monkeypatch, tmp_path: Path, capsys) -> None:
    def mistaken(**_: object) -> int:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(cli, "app", mistaken)
    assert cli.main() == 1
    said = capsys.readouterr().err
    assert "nothing to divide by" in said
    assert "Traceback" in Path(said.strip().rpartition(" ")[2]).read_text()


def test_stopping_by_hand_says_that_what_was_finished_is_kept() -> None:
    program = (
        "import cli, os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever runs the tests may have it ignored
        "@cli.app.command()\n"
        "def endless() -> None: os.kill(os.getpid(), signal.SIGINT); signal.pause()\n"
        "sys.argv = ['lab', 'endless']; sys.exit(cli.main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 130
    assert "What was finished is kept" in done.stderr
    assert "Traceback" not in done.stderr


def test_whatever_writes_to_stdout_meanwhile_does_not_spoil_the_document() -> None:
    program = (
        "import os; from commands import _terminal\n"
        "with _terminal.one_document(True) as show:\n"
        "    print('a library talks'); os.system('echo a child talks')\n"
        "    show({'رقم': 1}, '')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout) == {"رقم": 1}
    assert "a library talks" in done.stderr
    assert "a child talks" in done.stderr


@pytest.mark.parametrize(("text", "seconds"), [("20s", 20), ("2m", 120), ("1.5h", 5400), ("90", 90)])
def test_a_duration_as_people_write_it(text: str, seconds: float) -> None:
    assert _terminal.seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "soon", "-1s", "0", "inf", "nan", "25h"])
def test_a_duration_that_is_none(text: str) -> None:
    with pytest.raises(WrongInput):
        _terminal.seconds_of(text)
