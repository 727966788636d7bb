"""Every instrument is whole: each language complete, each part with its source, each mistake in a file named."""

import re
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from studies.troubles import WrongInput
from studies.words import RIGHT_TO_LEFT
from studies.workspace import Workspace
from surveys.instruments import SHIPPED, Instrument, instrument, names, read_instrument, shipped
from surveys.rehearsed import pretend
from surveys.scoring import group_figures, person_score, person_scores

ARABIC = re.compile(r"[\u0621-\u064a]")
every = pytest.mark.parametrize("name", names())


def best(asked: Instrument) -> list[int]:
    """The answers that make the highest score there is."""
    return [asked.scale_of(item.id).low if item.reversed else asked.scale_of(item.id).high for item in asked.items]


def turned(asked: Instrument, answers: list[int]) -> list[int]:
    """The opposite of each answer."""
    scales = [asked.scale_of(item.id) for item in asked.items]
    return [scale.low + scale.high - answer for scale, answer in zip(scales, answers, strict=True)]


@every
def test_the_extremes_of_the_scale_are_the_extremes_of_the_score(name: str) -> None:
    asked = shipped(name)
    low, high = asked.scoring.range
    assert person_score(asked, best(asked)) == high
    assert person_score(asked, turned(asked, best(asked))) == low


@every
def test_more_left_out_than_allowed_is_no_score(name: str) -> None:
    asked = shipped(name)
    kept = len(asked.items) - asked.missing.allowed
    answers: list[int | None] = [*best(asked)]
    if kept:
        assert person_score(asked, answers[:kept] + [None] * asked.missing.allowed) == asked.scoring.range[1]
        assert person_score(asked, answers[: kept - 1] + [None] * (asked.missing.allowed + 1)) is None


@every
@pytest.mark.parametrize("off", [-1, 1000, True, "3", float("nan")])
def test_an_answer_off_the_scale_is_no_score(name: str, off: object) -> None:
    asked = shipped(name)
    answers: list[object] = [off, *best(asked)[1:]]
    assert set(person_scores(asked, answers).values()) == {None}


@every
def test_pretended_answers_lie_on_the_scale_and_repeat_with_their_seed(name: str) -> None:
    asked = shipped(name)
    for seed in range(50):
        answers = pretend(asked, seed / 49, Random(seed))
        assert list(answers) == asked.ids()
        assert answers == pretend(asked, seed / 49, Random(seed))
        assert all(answer in asked.points_of(item) for item, answer in answers.items())


@every
def test_whoever_loves_it_scores_better_than_whoever_hates_it(name: str) -> None:
    asked = shipped(name)
    low, high = asked.scoring.range

    def share(attitude: float) -> float:
        score = person_score(asked, list(pretend(asked, attitude, Random(1)).values()))
        assert score is not None
        return (score - low) / (high - low)

    hates, loves = (1 - share(a) if asked.better == "lower" else share(a) for a in (0.05, 0.95))
    assert hates < 0.4 < 0.6 < loves


@every
def test_every_language_is_complete_and_in_its_own_script(name: str) -> None:
    asked = shipped(name)
    assert {"en", "ar"} <= set(asked.wording)
    for language, wording in asked.wording.items():
        anchors = [text for one in wording.item_anchors.values() for text in one.values()]
        texts = [wording.title, wording.lead, *wording.anchors.values(), *wording.items.values(), *anchors]
        assert all(text.strip() for text in texts)
        assert len(set(wording.items.values())) == len(asked.items), "two items say the same"
        if language in RIGHT_TO_LEFT:
            assert all(ARABIC.search(text) for text in texts)
        else:
            assert not any(ARABIC.search(text) for text in texts)


@every
def test_every_part_names_its_source_and_what_is_not_validated_says_so(name: str) -> None:
    asked = shipped(name)
    assert asked.licence
    parts: list[Any] = [asked, asked.scoring, asked.missing, *asked.norms, *asked.wording.values()]
    assert all(part.source.strip() for part in parts)
    assert all(wording.validated or wording.note for wording in asked.wording.values())


def test_the_english_sus_is_brookes_and_the_arabic_is_marked_as_our_own() -> None:
    sus = shipped("sus")
    assert sus.wording["en"].validated and not sus.wording["ar"].validated
    assert sus.wording["en"].items["sus_8"] == "I found the system very cumbersome to use"
    assert [item.id for item in sus.items if item.reversed] == ["sus_2", "sus_4", "sus_6", "sus_8", "sus_10"]


ISSUE = (
    "sus umux umux_lite seq smeq csat ces nps nasa_tlx nasa_tlx_weighted ueq_s ueq pssuq govuk omb_a11 happiness "
    "burden open_text"
)


def test_all_the_instruments_are_there_and_answer_to_the_names_people_write() -> None:
    assert set(ISSUE.split()) <= set(names())
    for written, name in {"UMUX-Lite": "umux_lite", "pssuq_v3": "pssuq", "ueq-s": "ueq_s", "CES 2.0": "ces"}.items():
        assert instrument(written).instrument == name


def test_no_arabic_wording_of_our_own_is_called_validated() -> None:
    assert not any(shipped(name).wording["ar"].validated for name in names())


def test_the_good_word_of_a_ueq_pair_is_where_its_orientation_says() -> None:
    good = {"enjoyable", "understandable", "creative", "easy to learn", "fast", "secure", "innovative", "friendly"}
    asked = shipped("ueq")
    for item in asked.items:
        ends = asked.anchors_of(item.id, "en")
        if ends[1] in good or ends[7] in good:
            assert (ends[1] in good) == item.reversed, item.id


def test_the_short_ueq_repeats_its_pairs_of_the_long_one_the_good_word_second() -> None:
    short, long = shipped("ueq_s"), shipped("ueq")
    for mine, theirs in zip(short.ids(), (11, 13, 20, 21, 6, 7, 10, 15), strict=True):
        there = long.items[theirs - 1]
        ends, whole = short.anchors_of(mine, "en"), long.anchors_of(there.id, "en")
        assert (ends[1], ends[7]) == ((whole[7], whole[1]) if there.reversed else (whole[1], whole[7]))


def test_arabic_means_the_same_by_the_same_number() -> None:
    for name in names():
        asked = shipped(name)
        for item in asked.ids():
            assert asked.anchors_of(item, "ar").keys() == asked.anchors_of(item, "en").keys(), item
    assert shipped("sus").wording["ar"].anchors[5] == "أوافق بشدة"
    assert shipped("pssuq").wording["ar"].anchors[1] == "أوافق بشدة", "here 1 is agreement, in both languages"


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


def test_a_new_instrument_of_a_general_rule_needs_no_code(space: Workspace) -> None:
    text = (SHIPPED / "csat.yaml").read_text("utf-8").replace("csat", "counter").replace("top: [4, 5]", "top: [5]")
    (space.root / "instruments" / "counter.yaml").write_text(text, "utf-8")
    figures = group_figures(instrument("counter", space), [[5], [4], [5], [1]])
    assert (figures["top_box_percent"], figures["top_box_values"]) == (50, [5])


def test_a_name_reaches_no_other_folder_and_no_single_wording(space: Workspace) -> None:
    (space.root / "secret.yaml").write_text("instrument: secret\n", "utf-8")
    (space.root / "instruments" / "sus.xx.yaml").write_text("source: x\n", "utf-8")
    for name in ("../secret", "sus.xx", ""):
        with pytest.raises(WrongInput, match="no instrument"):
            instrument(name, space)


def test_an_unknown_instrument_is_named_with_those_there_are() -> None:
    with pytest.raises(WrongInput, match=r"no instrument “suss”.*sus.*Did you mean sus"):
        instrument("suss")


MISTAKES = [
    (
        "  - {id: sus_2, reversed: true}",
        "  - {id: sus_2, reverse: true}",
        r"line \d+ of sus.yaml, items.1.reverse: it is not known here",
    ),
    ("  - {id: sus_2, reversed: true}", "  - {id: sus_1, reversed: true}", "same id"),
    ("      sus_2: I found the system unnecessarily complex\n", "", "wording.en.items lacks “sus_2”"),
    ("scale: {low: 1, high: 5} ", "scale: {low: 5, high: 1} ", r"line \d+ of sus.yaml, scale: high must be greater"),
    (", 5: Strongly agree}", "}", "anchors must say what 5 means"),
    ("    validated: true\n", "    validated: perhaps\n", r"line \d+ of sus.yaml, wording.en.validated"),
    ("scoring:\n", "scoring:\n\t", r"line \d+ of sus.yaml.*Indent with spaces"),
    ("  rule: sus", "  rule: suss", r"line \d+ of sus.yaml, scoring: there is no rule “suss”"),
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
    with pytest.raises(WrongInput, match=r"of sus.ar.yaml, items: it is missing"):
        instrument("sus", space)


def test_a_file_has_the_name_of_its_instrument(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "sus.yaml", tmp_path / "mine.yaml")
    with pytest.raises(WrongInput, match="Name them alike"):
        read_instrument(tmp_path / "mine.yaml")
