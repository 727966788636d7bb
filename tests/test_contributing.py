"""CONTRIBUTING.md, followed to the letter in a scratch copy, adds a metric and an instrument, and all is green."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.untimed

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`([\w/.]+)`( \(added at its end\))?:\n\n```\w*\n(.*?)^```", PAGE, re.M | re.S)
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S) for line in block.splitlines()][2:]


def left_out(folder: str, names: list[str]) -> set[str]:
    """What a copy does not need. What Python has compiled goes along: what is the same is not compiled again."""
    return {n for n in names if n in {".git", ".venv", "workspace"} or n.startswith(".mypy")}


def copied(to: Path) -> Path:
    """A copy of the house with everything added that the page says."""
    shutil.copytree(ROOT, to, ignore=left_out)
    for path, at_its_end, text in FILES:
        with (to / path).open("a" if at_its_end else "x", encoding="utf-8") as file:
            file.write("\n" * bool(at_its_end) + text)
    return to


Ran = subprocess.CompletedProcess[str]


def run(scratch: Path, command: str) -> Ran:
    """One command of the page, in the copy."""
    words = shlex.split(command.split("#")[0])
    assert words.pop(0) == "./lab"
    if words[0] == "test":  # style and types are the whole house's, and have been looked at
        words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *(w for w in words[1:] if w != "--quick")]
        words += ["-m", "not browser and not load and not slow", "--deselect", "tests/test_contributing.py"]
    else:
        words = ["cli.py", *words]
    return subprocess.run([sys.executable, *words], cwd=scratch, capture_output=True, text=True)


def without_arabic(copy: Path) -> Ran:
    """The words tested in a copy that lacks the metric's Arabic."""
    shutil.copyfile(ROOT / "studies/catalogues/ar.po", copy / "studies/catalogues/ar.po")
    return run(copy, "./lab test -k test_words")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ran]]:
    """What came of a command, or of leaving the Arabic out (""): two at a time, none waits to be asked for."""
    whole, lacking = (copied(tmp_path_factory.mktemp(name) / "khutwa") for name in ("whole", "lacking"))
    with ThreadPoolExecutor(2) as hands:
        told = {"": hands.submit(without_arabic, lacking)}
        told |= {command: hands.submit(run, whole, command) for command in COMMANDS}
        yield lambda command: told[command].result()


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_holds(ran: Callable[[str], Ran], command: str) -> None:
    done = ran(command)
    assert done.returncode == 0, done.stdout + done.stderr
    if "measure" in command:
        assert '"calls_for_help"' in done.stdout


@pytest.mark.slow
def test_what_the_page_does_not_say_is_missed(ran: Callable[[str], Ran]) -> None:
    """Without its Arabic the metric is not whole, and the test names the text."""
    done = ran("")
    assert done.returncode == 1
    assert "Calls for help" in done.stdout


def test_the_page_adds_what_it_speaks_of_and_fits_on_a_page() -> None:
    assert [path.split("/")[0] for path, _end, _text in FILES] == ["analysis", "studies", "surveys"]
    assert len(COMMANDS) == 4 and len(PAGE.splitlines()) <= 160
