"""CONTRIBUTING.md, followed to the letter in a scratch copy, adds a metric and an instrument, and all is green."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`([\w/.]+)`( \(added at its end\))?:\n\n```\w*\n(.*?)^```", PAGE, re.M | re.S)
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S) for line in block.splitlines()][2:]


def left_out(folder: str, names: list[str]) -> set[str]:
    """What a copy does not need."""
    return {n for n in names if n in {".git", ".venv", "__pycache__", "workspace"} or n.startswith(".mypy")}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with everything added that the page says."""
    copy = tmp_path_factory.mktemp("scratch") / "khutwa"
    shutil.copytree(ROOT, copy, ignore=left_out)
    for path, at_its_end, text in FILES:
        with (copy / path).open("a" if at_its_end else "x", encoding="utf-8") as file:
            file.write("\n" * bool(at_its_end) + text)
    return copy


def run(scratch: Path, command: str) -> subprocess.CompletedProcess[str]:
    """One command of the page, in the copy."""
    words = shlex.split(command.split("#")[0])
    assert words.pop(0) == "./lab"
    if words[0] == "test":  # style and types are the whole house's, and have been looked at
        words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *(w for w in words[1:] if w != "--quick")]
        words += ["-m", "not browser and not load and not slow", "--deselect", "tests/test_contributing.py"]
    else:
        words = ["cli.py", *words]
    return subprocess.run([sys.executable, *words], cwd=scratch, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_holds(scratch: Path, command: str) -> None:
    done = run(scratch, command)
    assert done.returncode == 0, done.stdout + done.stderr
    if "measure" in command:
        assert '"calls_for_help"' in done.stdout


@pytest.mark.slow
def test_what_the_page_does_not_say_is_missed(scratch: Path) -> None:
    """Without its Arabic the metric is not whole, and the test names the text."""
    catalogue = scratch / "studies" / "catalogues" / "ar.po"
    whole = catalogue.read_text(encoding="utf-8")
    catalogue.write_text((ROOT / "studies/catalogues/ar.po").read_text(encoding="utf-8"), encoding="utf-8")
    try:
        done = run(scratch, "./lab test -k test_words")
        assert done.returncode == 1
        assert "Calls for help" in done.stdout
    finally:
        catalogue.write_text(whole, encoding="utf-8")


def test_the_page_adds_what_it_speaks_of_and_fits_on_a_page() -> None:
    assert [path.split("/")[0] for path, _end, _text in FILES] == ["analysis", "studies", "surveys"]
    assert len(COMMANDS) == 4 and len(PAGE.splitlines()) <= 160
