"""The house rules that a script can check: who may import whom, which library is behind which door, names, sizes.

Each rule is a function from the checkout to the offences it finds, each named with file and line. The rules are tried
on a copy with a mistake planted in it, so that a rule that has gone blind is noticed.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pandas as pd
import pytest

from studies.log import SENTENCES, SESSIONS

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "studies": set(),
    "surveys": {"studies"},
    "journeys": {"studies"},
    "loadtests": {"studies", "journeys"},
    "analysis": {"studies", "surveys"},
    "commands": {"studies", "surveys", "journeys", "loadtests", "analysis", "conduct", "intake"},
}
ENTRANCES = ("app", "intake", "conduct", "cli")
PLUMBING = re.compile(r"(?:^|_)(?:utils?|core|common|helpers?|managers?|handlers?|processors?|misc|base)(?:_|$)")
MOST_LINES = 400
REQUIREMENTS = ("requirements.txt", "requirements-spark.txt")

Rule = Callable[[Path], list[str]]


def sources(root: Path) -> Iterator[Path]:
    """The project's own Python outside the tests, relative to the checkout."""
    for entrance in ENTRANCES:
        if (root / f"{entrance}.py").exists():
            yield Path(f"{entrance}.py")
    for room in MAY_IMPORT:
        yield from (path.relative_to(root) for path in sorted((root / room).rglob("*.py")))


def imports(path: Path) -> list[tuple[int, str]]:
    """Every module that a file imports, wherever in it, import_module("…") with literal words included."""
    return list(_imports(path.read_text(encoding="utf-8")))


@cache
def _imports(text: str) -> tuple[tuple[int, str], ...]:
    return tuple(_imported(ast.parse(text)))


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                words = [w.value for w in ast.walk(node.args[0]) if isinstance(w, ast.Constant)]
                named = str(words[0]) if words else "."
                if not named.startswith("."):  # a relative name stays in its own folder
                    yield node.lineno, named


def rooms_import_only_what_they_may(root: Path) -> list[str]:
    found = []
    for path in sources(root):
        room = path.parts[0]
        for line, module in imports(root / path):
            there = module.split(".")[0]
            if module.startswith("."):
                found.append(f"{path}:{line} imports {module}: write the room's name, as everywhere")
            elif room in MAY_IMPORT and there != room and there in {*MAY_IMPORT, *ENTRANCES} - MAY_IMPORT[room]:
                may = ", ".join(sorted(MAY_IMPORT[room])) or "no other room"
                found.append(f"{path}:{line} imports {module}: {room} may import {may}")
    return found


def doors(root: Path) -> dict[str, list[str]]:
    """Each library of requirements.txt, and of those for Spark, with the files that may import it; none named: any."""
    found = {}
    texts = [(root / name).read_text(encoding="utf-8") for name in REQUIREMENTS if (root / name).exists()]
    for line in "\n".join(texts).splitlines():
        if named := re.match(r"(?P<name>[A-Za-z0-9_.-]+)==\S+\s+# (?P<why>.+)", line):
            told = re.search(r"door: (.+)$", named["why"])
            name = named["name"].lower().replace("_", "-")
            found[name] = [w.strip() for w in told[1].split(",")] if told else ["*.py"]
    return found


distributions = cache(packages_distributions)


def libraries_stay_behind_their_doors(root: Path) -> list[str]:
    known, listed = distributions(), doors(root)
    found, used = [], set()
    for path in sources(root):
        for line, module in imports(root / path):
            top = module.split(".")[0]
            if top in {*MAY_IMPORT, *ENTRANCES} or top in sys.stdlib_module_names or not top:
                continue
            names = {name.lower().replace("_", "-") for name in known.get(top, [top])}
            used |= names
            may = [door for name in names for door in listed.get(name, [])]
            if not names & listed.keys():
                found.append(f"{path}:{line} imports {module}, which requirements.txt does not list")
            elif not any(PurePosixPath(path.as_posix()).match(door) for door in may):
                found.append(f"{path}:{line} imports {module}: its door is {', '.join(may)}")
    unused = [name for name, door in listed.items() if name not in used and "none" not in door[0].split()]
    return found + [f"requirements.txt lists {name}, which nothing imports" for name in unused]


def files_are_small(root: Path) -> list[str]:
    sizes = {path: len((root / path).read_text(encoding="utf-8").splitlines()) for path in sources(root)}
    return [f"{path} has {n} lines; {MOST_LINES} is the most" for path, n in sizes.items() if n > MOST_LINES]


def no_name_hides_a_library(root: Path) -> list[str]:
    # Folders that Python, Streamlit or Locust put on the path: a module there hides a library's of the same name.
    on_path = [path for path in sources(root) if len(path.parts) <= 2 and path.stem in sys.stdlib_module_names]
    return [f"{path} has the name of a module of Python's own" for path in on_path]


def names_are_of_the_problem(root: Path) -> list[str]:
    return [
        f"{path}: “{part}” says nothing about services, citizens or studies"
        for path in sources(root)
        for part in path.with_suffix("").parts
        if PLUMBING.search(part)
    ]


def pages_ask_no_tables(root: Path) -> list[str]:
    forbidden = {"numpy", "pyarrow", "sqlalchemy", "duckdb", "scipy"}
    pages = [path for path in sources(root) if path.name.startswith("page_") or path.name == "app.py"]
    return [
        f"{path}:{line} imports {module}: a page holds widgets and calls, no arithmetic and no queries"
        for path in pages
        for line, module in imports(root / path)
        if module.split(".")[0] in forbidden
    ]


def files_that_are_named_are_there(root: Path) -> list[str]:
    # A comment that sends its reader to another file goes stale when that file moves.
    named = re.compile(rf"\b(?:{'|'.join(MAY_IMPORT)})/[\w/]+\.py\b")
    return [
        f"{path}:{number} speaks of {there}, which is not there"
        for path in sources(root)
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1)
        for there in named.findall(line)
        if not (root / there).exists()
    ]


def troubles_speak_the_readers_language(root: Path) -> list[str]:
    # What proves the lab itself is read by those who build it.
    inside = ("commands/bench/", "analysis/proving/", "journeys/calibration/", "loadtests/bench/")
    return [
        f"{path}:{call.lineno} says “{said}” in English to everybody: put it in _(…)"
        for path in sources(root)
        if not path.as_posix().startswith(inside)
        for call in ast.walk(ast.parse((root / path).read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("WrongInput", "Failed") and call.args
        for said in _in_one_language(call.args[0])
    ]


def _in_one_language(node: ast.expr) -> list[str]:
    """The words of an expression that are no text of the catalogue."""
    if isinstance(node, ast.BinOp):
        return _in_one_language(node.left) + _in_one_language(node.right)
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [text for text in texts if re.search(r"[A-Za-z]{3}", text)]


RULES: list[Rule] = [
    rooms_import_only_what_they_may,
    libraries_stay_behind_their_doors,
    files_are_small,
    no_name_hides_a_library,
    names_are_of_the_problem,
    pages_ask_no_tables,
    files_that_are_named_are_there,
    troubles_speak_the_readers_language,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house to plant mistakes in."""
    copy = tmp_path_factory.mktemp("house")
    for path in (*sources(ROOT), *map(Path, REQUIREMENTS)):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path)
    return copy


@pytest.mark.parametrize(
    ("rule", "planted", "text"),
    [
        (rooms_import_only_what_they_may, "studies/peeping.py", "def look():\n    from journeys import walk\n"),
        (rooms_import_only_what_they_may, "analysis/peeping.py", "from importlib import import_module as i\n"
         "import importlib\nimportlib.import_module('loadtests.run')\n"),
        (rooms_import_only_what_they_may, "surveys/peeping.py", "import cli\n"),
        (rooms_import_only_what_they_may, "analysis/peeping.py", "from commands.load import load\n"),
        (rooms_import_only_what_they_may, "surveys/near.py", "from . import scoring\n"),
        (libraries_stay_behind_their_doors, "analysis/window.py", "import streamlit as st\n"),
        (libraries_stay_behind_their_doors, "journeys/shortcut.py", "def f():\n    from selenium import webdriver\n"),
        (libraries_stay_behind_their_doors, "studies/stranger.py", "import pytest\n"),
        (files_are_small, "studies/endless.py", "x = 1\n" * (MOST_LINES + 1)),
        (no_name_hides_a_library, "studies/statistics.py", ""),
        (names_are_of_the_problem, "studies/log_utils.py", ""),
        (pages_ask_no_tables, "studies/page_sum.py", "import numpy as np\n"),
        (files_that_are_named_are_there, "studies/peeping.py", "# As in studies/gone.py and studies/log.py.\n"),
        (troubles_speak_the_readers_language, "studies/blunt.py", "raise WrongInput(f'{name} is wrong.')\n"),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_named(house: Path, rule: Rule, planted: str, text: str) -> None:
    before = rule(house)
    (house / planted).write_text(text, encoding="utf-8")
    new = [offence for offence in rule(house) if offence not in before]
    (house / planted).unlink()
    assert len(new) == 1
    assert new[0].startswith(planted)


def test_a_library_that_nothing_uses_is_named(house: Path) -> None:
    listed = house / "requirements.txt"
    whole = listed.read_text(encoding="utf-8")
    listed.write_text(whole + "hypothesis==1.0 # nothing at all\n", encoding="utf-8")
    assert "requirements.txt lists hypothesis, which nothing imports" in libraries_stay_behind_their_doors(house)
    listed.write_text(whole, encoding="utf-8")


def test_no_column_of_the_log_hides_an_attribute_of_pandas() -> None:
    assert [name for name in {*SENTENCES.names, *SESSIONS.names} if hasattr(pd.DataFrame, name)] == []


def test_every_requirement_is_pinned_and_says_what_it_is_for() -> None:
    lists = [ROOT / "requirements.txt", ROOT / "requirements-alone.txt", ROOT / "tests" / "requirements.txt"]
    for file in lists:
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not line or line.startswith("#") or re.fullmatch(r"[A-Za-z0-9_.-]+==\S+ +# .{8,}", line), line


def test_the_checkout_names_no_machine() -> None:
    own = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
    texts = [*sources(ROOT), *(p.relative_to(ROOT) for p in (ROOT / "tests").glob("*.py")), "README.md", "lab"]
    assert [str(p) for p in texts if own.search((ROOT / p).read_text("utf-8"))] == []
