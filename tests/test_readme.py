"""The README is true: its play script yields the numbers printed under it, and its commands are commands that run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.measure import measure
from studies.events import VERBS
from studies.script import parse

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(\./lab\b[^#\n]*)", README, re.M)

#: These need a browser, minutes, or somebody at the other end. The tests of their rooms run them; here it is enough
#: that the words are understood.
LONG = tuple(
    "demo test run load practice survey report calibrate import blueprint seal score export correlate permission stop"
    " study findings drivers explain urgency once-only bench versions finding workbench intake seat invite watch"
    " backup compare".split()
)


def blocks() -> list[str]:
    """What stands between fences."""
    return re.findall(r"^```\w*\n(.*?)^```", README, re.M | re.S)


def test_the_first_screen_holds_the_sentence_the_picture_the_script_and_the_rooms() -> None:
    first = README.split("\n## ")[0]
    assert len(first.splitlines()) <= 52
    for needed in ("ONE EVENT LOG", "./lab demo", "./lab test", "`studies/`", "`loadtests/`"):
        assert needed in first


def test_the_script_yields_the_numbers_printed_under_it() -> None:
    script = next(block for block in blocks() if "citizen submits" in block)
    assert len(script.splitlines()) == 6
    result = next(iter(measure(parse(script)).sessions.values()))
    ids = {
        "silent waits": "silent_waits",
        "silent waiting": "silent_time",
        "hand-offs": "hand_offs",
        "repeat questions": "repeat_questions",
    }
    printed = dict(re.findall(rf"({'|'.join(ids)}) \*\*([\d.]+)", README.replace("\n", " ")))
    assert {ids[words]: float(number) for words, number in printed.items()} == {
        metric: result[metric].value for metric in ids.values()
    }


def test_every_sentence_in_it_is_of_the_vocabulary() -> None:
    scripts = "\n".join(block for block in blocks() if re.search(r"0\.0 +citizen ", block))
    said = re.findall(r"(?:citizen|service|lab) +([a-z_]+) ", scripts)
    assert said
    assert set(said) <= set(VERBS)


def test_it_names_commands() -> None:
    assert {shlex.split(c)[1] for c in COMMANDS} >= {"demo", "test", "run", "load", "measure", "practice", "report"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command: str, tmp_path: Path) -> None:
    words = shlex.split(command)[1:]
    if words[0] in LONG or words[1:2] == ["my_study"]:
        words.append("--help")  # parsed with the rest: an option that does not exist still fails
    done = subprocess.run(
        [sys.executable, ROOT / "cli.py", *words], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "KHUTWA_WORKSPACE": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", sorted(set(re.findall(r"(?:journeys|tests)/[\w/]+\.(?:yaml|py)", README))))
def test_a_file_that_it_names_is_there(file: str) -> None:
    assert (ROOT / file).exists()
