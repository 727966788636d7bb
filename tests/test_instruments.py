"""Every instrument is whole: each language complete, each part with its source, each mistake in a file named."""

import re
import shutil
from pathlib import Path
from random import Random

import pytest

from studies.troubles import WrongInput
from studies.words import RIGHT_TO_LEFT
from studies.workspace import Workspace
from surveys.instruments import SHIPPED, Instrument, instrument, names, read_instrument, shipped
from surveys.rehearsed import pretend
from surveys.scoring import person_score

ARABIC = re.compile(r"[\u0621-\u064a]")
every = pytest.mark.parametrize("name", names())


def best(asked: Instrument) -> list[int]:
    """The answers of someone who could not be happier."""
    return [asked.scale.low if item.reversed else asked.scale.high for item in asked.items]


@every
def test_the_extremes_of_the_scale_are_the_extremes_of_the_score(name: str) -> None:
    asked = shipped(name)
    middle = asked.scale.low + asked.scale.high
    assert person_score(asked, best(asked)) == 100
    assert person_score(asked, [middle - answer for answer in best(asked)]) == 0


@every
def test_more_left_out_than_allowed_is_no_score(name: str) -> None:
    asked = shipped(name)
    allowed = asked.missing.allowed
    answers: list[int | None] = [*best(asked)]
    assert person_score(asked, [None] * allowed + answers[allowed:]) == 100
    assert person_score(asked, [None] * (allowed + 1) + answers[allowed + 1 :]) is None


@every
def test_pretended_answers_lie_on_the_scale_and_repeat_with_their_seed(name: str) -> None:
    asked = shipped(name)
    seen = set()
    for seed in range(200):
        answers = pretend(asked, seed / 199, Random(seed))
        assert list(answers) == asked.ids()
        assert answers == pretend(asked, seed / 199, Random(seed))
        seen |= set(answers.values())
    assert seen == set(asked.scale.points)


@every
def test_whoever_loves_it_scores_higher_than_whoever_hates_it(name: str) -> None:
    asked = shipped(name)

    def score(attitude: float) -> float:
        return person_score(asked, list(pretend(asked, attitude, Random(1)).values())) or 0

    assert score(0.1) < 30 < 70 < score(0.9)


@every
def test_every_language_is_complete_and_in_its_own_script(name: str) -> None:
    asked = shipped(name)
    assert {"en", "ar"} <= set(asked.wording)
    for language, wording in asked.wording.items():
        texts = [wording.title, wording.lead, *wording.anchors.values(), *wording.items.values()]
        assert all(text.strip() for text in texts)
        assert len(set(wording.items.values())) == len(asked.items), "two items say the same"
        assert all(bool(ARABIC.search(text)) == (language in RIGHT_TO_LEFT) for text in texts)


@every
def test_every_part_names_its_source_and_what_is_not_validated_says_so(name: str) -> None:
    asked = shipped(name)
    for part in (asked, asked.scoring, asked.missing, *asked.norms, *asked.wording.values()):
        assert part.source.strip()
    assert all(wording.validated or wording.note for wording in asked.wording.values())


def test_the_english_sus_is_brookes_and_the_arabic_is_marked_as_our_own() -> None:
    sus = shipped("sus")
    assert sus.wording["en"].validated and not sus.wording["ar"].validated
    assert sus.wording["en"].items["sus_8"] == "I found the system very cumbersome to use"
    assert [item.id for item in sus.items if item.reversed] == ["sus_2", "sus_4", "sus_6", "sus_8", "sus_10"]


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    (tmp_path / "instruments").mkdir()
    return Workspace(tmp_path)


def test_a_licensed_wording_in_the_workspace_takes_the_place_of_ours(space: Workspace) -> None:
    items = "".join(f"  sus_{n}: عبارة رقم {n}\n" for n in range(1, 11))
    text = "source: licensed\nvalidated: true\ntitle: مقياس\nlead: اختر\nanchors: {1: لا, 5: نعم}\nitems:\n" + items
    (space.root / "instruments" / "sus.ar.yaml").write_text(text, "utf-8")
    found = instrument("sus", space)
    assert found.wording["ar"].validated and found.wording["ar"].items["sus_3"] == "عبارة رقم 3"
    assert found.wording["en"] == shipped("sus").wording["en"]
    assert not instrument("sus").wording["ar"].validated
    assert names(space) == names()


def test_an_instrument_of_ones_own_needs_only_its_file(space: Workspace) -> None:
    text = (
        (SHIPPED / "sus.yaml")
        .read_text("utf-8")
        .replace("sus_", "ours_")
        .replace("instrument: sus", "instrument: ours")
    )
    (space.root / "instruments" / "ours.yaml").write_text(text, "utf-8")
    assert "ours" in names(space) and "ours" not in names()
    assert instrument("ours", space).ids()[0] == "ours_1"


def test_an_unknown_instrument_is_named_with_those_there_are() -> None:
    with pytest.raises(WrongInput, match=r"no instrument “suss”.*sus.*Did you mean sus"):
        instrument("suss")


MISTAKES = [
    (
        "  - {id: sus_2, reversed: true}",
        "  - {id: sus_2, reverse: true}",
        r"line \d+ of sus.yaml, items.1.reverse: Extra",
    ),
    ("  - {id: sus_2, reversed: true}", "  - {id: sus_1, reversed: true}", "same id"),
    ("      sus_2: I found the system unnecessarily complex\n", "", "wording.en.items lacks “sus_2”"),
    ("scale: {low: 1, high: 5} ", "scale: {low: 5, high: 1} ", r"line 11 of sus.yaml, scale: high must be greater"),
    (", 5: Strongly agree}", "}", "anchors must say what 5 means"),
    ("    validated: true\n", "    validated: perhaps\n", r"line \d+ of sus.yaml, wording.en.validated"),
    ("scoring:\n", "scoring:\n\t", r"line 25 of sus.yaml.*Indent with spaces"),
    ("instrument: sus", "instrument: other", "must begin with “other_”"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), MISTAKES)
def test_a_mistake_in_a_file_is_named_with_line_and_field(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    path = tmp_path / "sus.yaml"
    text = (SHIPPED / "sus.yaml").read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(WrongInput, match=says):
        read_instrument(path)


def test_a_mistake_in_a_wording_of_the_workspace_is_named_with_its_own_line(space: Workspace) -> None:
    path = space.root / "instruments" / "sus.ar.yaml"
    path.write_text("source: x\nvalidated: true\ntitle: ت\nlead: ت\nanchors: {1: لا, 5: نعم}\nitem: {}\n", "utf-8")
    with pytest.raises(WrongInput, match=r"of sus.ar.yaml, items: Field required"):
        instrument("sus", space)


def test_a_file_has_the_name_of_its_instrument(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "sus.yaml", tmp_path / "mine.yaml")
    with pytest.raises(WrongInput, match="Name them alike"):
        read_instrument(tmp_path / "mine.yaml")
