"""The users' documents are true: commands are understood, pictures and links there, words those of the pages."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import typer
from babel.messages.pofile import read_po

from analysis.measure import metrics
from studies.workspace import CHECKOUT

DOCS = CHECKOUT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in [*DOCS.glob("*.md"), *DOCS.glob("ar/*.md")])
BOTH = ("designer.md", "qa.md", "leader.md")
MOST = {"a picture": 120_000, "all pictures": 2_500_000}  # bytes
FENCED = re.compile(r"^```\w*\n.*?^```\n?", re.M | re.S)
PICTURE = re.compile(r"!\[([^]]+)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^]]+\]\(([^)]+)\)")


@cache
def text(page: str) -> str:
    """A document as it is written."""
    return (DOCS / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """The same without what stands between fences."""
    return FENCED.sub("", text(page))


def bold(page: str) -> list[str]:
    """The words of the workbench that a document speaks of, in their order."""
    return [" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", prose(page), re.S)]


def commands(page: str) -> list[str]:
    """Every command line in a document."""
    return [line.strip() for line in re.findall(r"^\s*(\./lab\b[^#\n]*)", text(page), re.M)]


def understood(command: str) -> None:
    """Read a command's words as the command line would, and do nothing. Raises what the command line would say."""
    import cli

    lab = typer.main.get_command(cli.app)
    context, words = None, shlex.split(re.sub(r"\$\([^)]*\)", "now", command))[1:]
    while True:
        context = lab.make_context(lab.name or "./lab", words, parent=context)
        if not hasattr(lab, "resolve_command"):
            return
        words = [*getattr(context, "_protected_args", []), *context.args]
        if not words:
            return
        _name, lab, words = lab.resolve_command(context, words)
        assert lab is not None


EVERY_COMMAND = sorted({command for page in PAGES for command in commands(page)})


def test_the_documents_are_there_and_have_commands() -> None:
    assert {"index.md", *BOTH, *(f"ar/{page}" for page in BOTH)} <= set(PAGES)
    assert len(EVERY_COMMAND) > 30


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_command_is_understood(command: str) -> None:
    understood(command)


@pytest.mark.parametrize(
    "wrong", ["./lab dance", "./lab study sing x", "./lab report demo --colour red", "./lab load x --for soon --shape"]
)
def test_a_command_that_there_is_not_is_noticed(wrong: str) -> None:
    with pytest.raises((typer.TyperException, SystemExit, AssertionError)):
        understood(wrong)


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_and_every_link_leads_somewhere(page: str) -> None:
    led = [place for _alt, place in PICTURE.findall(prose(page))] + LINK.findall(prose(page))
    lost = [p for p in led if "://" not in p and not ((DOCS / page).parent / p.split("#")[0]).resolve().exists()]
    assert lost == [], "python docs/pictures.py takes the pictures"


@pytest.mark.parametrize("page", BOTH)
def test_a_page_has_pictures_in_its_own_language_and_says_what_they_show(page: str) -> None:
    for here, language in ((page, "en"), (f"ar/{page}", "ar")):
        shown = PICTURE.findall(prose(here))
        assert 3 <= len(shown) <= 6
        assert all(f"pictures/{language}/" in place for _alt, place in shown)
        assert all(len(alt) > 10 for alt, _place in shown)


def test_every_picture_is_small_and_shown_somewhere() -> None:
    there = {path.relative_to(DOCS / "pictures").as_posix(): path.stat().st_size for path in DOCS.rglob("*.png")}
    shown = {place.partition("pictures/")[2] for page in PAGES for _alt, place in PICTURE.findall(prose(page))}
    assert set(there) == shown
    assert [name for name, size in there.items() if size > MOST["a picture"]] == []
    assert sum(there.values()) <= MOST["all pictures"]


@pytest.mark.parametrize("page", BOTH)
def test_both_languages_say_the_same(page: str) -> None:
    english, arabic = prose(page), prose(f"ar/{page}")
    assert arabic.startswith('<div dir="rtl">') and arabic.rstrip().endswith("</div>")

    def outline(told: str) -> list[str]:
        return [re.sub(r" .*|pictures/\w\w", "", one) for one in re.findall(r"^#+ .*|pictures/\S+?(?=\))", told, re.M)]

    assert outline(english) == outline(arabic)
    without_language = [re.sub(r"--lang \w+", "--lang", one) for one in commands(page)]
    assert without_language == [re.sub(r"--lang \w+", "--lang", one) for one in commands(f"ar/{page}")]


@pytest.mark.parametrize("page", BOTH)
def test_words_in_bold_stand_so_on_the_pages_in_both_languages(page: str) -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in CHECKOUT.glob("*/page_*.py"))
    sources += "".join(
        (CHECKOUT / name).read_text(encoding="utf-8") for name in ("app.py", "studies/planning/conditions.py")
    )
    assert [words for words in bold(page) if f'_("{words}")' not in sources] == []
    with (CHECKOUT / "studies" / "catalogues" / "ar.po").open("rb") as file:
        catalogue = read_po(file, locale="ar")
    told = {words: str(catalogue[words].string) for words in bold(page) if words in catalogue}
    expected = [told.get(words, "") for words in bold(page)]
    there = bold(f"ar/{page}")
    assert len(there) == len(expected)
    assert [(have, want) for have, want in zip(there, expected, strict=True) if want and have != want] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_metric_or_a_file_that_a_document_names_is_there(page: str) -> None:
    if page.startswith("glossary"):
        return  # generated; tests/test_glossary.py holds it
    ticked = set(re.findall(r"`([^`\n]+)`", prose(page)))
    files = {one for one in ticked if re.fullmatch(r"(?:docs|tests|studies|journeys|surveys|analysis)/[\w./]+", one)}
    assert [one for one in files if not (CHECKOUT / one).exists()] == []
    measured = set(re.findall(r"^\| `(\w+)` \|", text("glossary.md"), re.M))
    assert set(metrics()) <= measured


def test_every_room_and_role_has_its_page_in_the_index() -> None:
    led = {place.split("#")[0] for place in LINK.findall(text("index.md"))}
    assert {page for page in PAGES if page != "index.md"} <= led


@pytest.mark.parametrize("path", [DOCS / "pictures.py"])
def test_the_script_names_what_the_documents_show(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    shown = {Path(place).stem for page in BOTH for _alt, place in PICTURE.findall(prose(page))}
    assert [name for name in shown if f"def {name}(" not in written] == []
