"""./lab permission and ./lab stop: whether a service may be loaded, what is missing, and the end of every load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from loadtests.permits.allowed import LIST
from loadtests.permits.consent import PATH
from loadtests.permits.kill_switch import pulled_since
from studies.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent


def lab(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "cli.py", *words], cwd=folder, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "KHUTWA_WORKSPACE": str(folder)},
    )  # fmt: skip


def test_this_machine_may_be_loaded(tmp_path: Path) -> None:
    done = lab(tmp_path, "permission", "http://127.0.0.1:9", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["this_machine"], told["ceiling"]) == (0, True, {})


def test_another_may_not_and_the_text_to_publish_is_told(tmp_path: Path) -> None:
    done = lab(tmp_path, "permission", "http://192.0.2.1", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    for needed in (LIST, f"http://192.0.2.1:80{PATH}", '"project": "khutwa-', "targets:"):
        assert needed in done.stderr


def test_the_kill_switch_is_a_command(tmp_path: Path) -> None:
    done = lab(tmp_path, "stop")
    assert (done.returncode, done.stdout) == (0, "")
    assert pulled_since(0.0, Workspace(tmp_path))
