"""The blueprint: every step stands on it, everything that was heard is marked, it can be read from either side."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from journeys.blueprint.drawing import blueprint
from journeys.blueprint.of_journey import blueprint_of, efforts_of
from journeys.blueprint.sheet import island, width_of, wrapped
from journeys.blueprint.told import Lasting, Told, latest, told, walks_of
from journeys.journey import Journey
from journeys.personas import personas_for
from journeys.players import wire
from journeys.practice.flaws import VARIANTS, Flaws
from journeys.practice.reading import read_flaws
from journeys.practice.serve import running
from journeys.practice.truth import library, planted
from journeys.reading import read_journey
from journeys.steps import steps_of
from journeys.walk import walk_of
from studies import script, titles
from studies.log import Log
from studies.measuring.presets import Presets
from studies.palette import BACKWARD, FORWARD, SQUARE, colour
from studies.troubles import WrongInput
from studies.words import say_in
from studies.workspace import Workspace

HERE = Path(__file__).parent
JOURNEY = HERE / "samples" / "blueprint.yaml"
SCRIPT = HERE / "samples" / "blueprint.txt"
LIBRARY = sorted((HERE.parent / "journeys" / "library").rglob("*.yaml"))
REPAIR = "GOLDEN=write .venv/bin/python -m pytest tests/test_blueprint.py"
SVG = "{http://www.w3.org/2000/svg}"


def journey() -> Journey:
    return read_journey(JOURNEY)


def log() -> Log:
    return walks_of(script.read(SCRIPT), "move_shop", "as_is")


def drawn(language: str = "en", heard: Log | None = None) -> ET.Element:
    with say_in(language):
        return ET.fromstring(blueprint(journey(), "as_is", heard, efforts=efforts_of(journey(), "as_is", language)))


def columns(svg: ET.Element) -> dict[str, ET.Element]:
    return {g.attrib["data-step"]: g for g in svg.iter(SVG + "g") if g.get("class") == "step"}


def marked(svg: ET.Element, idea: str) -> list[tuple[str, str]]:
    """Step and datum of every mark of an idea."""
    return [
        (step, path.get("data-about", ""))
        for step, column in columns(svg).items()
        for path in column.iter(SVG + "path")
        if path.get("data-idea") == idea
    ]


def words(svg: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(SVG + "text")]


def figure(heard: Told, step: str, which: str) -> Lasting | None:
    found: Lasting | None = getattr(next(c for c in heard.columns if c.step == step), which)
    return found


@pytest.fixture(scope="module")
def agency() -> Iterator[str]:
    """The practice agency without its delays."""
    flaws = read_flaws().model_dump()
    flaws["capacity"]["seconds"] = 0
    for service in flaws["services"].values():
        for page in (page for variant in VARIANTS for page in service[variant]):
            page["silent"] = page["spinner"] = 0
    with running(Flaws.model_validate(flaws)) as base_url:
        yield base_url


# --- what it tells ----------------------------------------------------------------------------------------------------


def test_columns_are_the_steps_in_order_scripted_or_not() -> None:
    assert [c.step for c in told(journey(), "as_is", log(), Presets()).columns] == [
        "call_first", "open", "say_who", "send", "send_again", "beside_the_script", "attest_at_the_counter", "see_done"
    ]  # fmt: skip


def test_figures_are_medians_over_cases_with_their_n() -> None:
    heard = told(journey(), "as_is", log(), Presets())
    assert (heard.cases, heard.sources) == (2, {"robot": 2})
    assert figure(heard, "open", "wait") == Lasting(1.4, 2)  # 0.4 and 2.4
    assert figure(heard, "open", "silent") == Lasting(1.2, 2)  # 0, for 0.4 s is bearable, and 2.4
    assert figure(heard, "send", "wait") == Lasting(13.0, 1)
    assert figure(heard, "send", "silent") == Lasting(12.0, 1)
    assert figure(heard, "say_who", "wait") is None
    across = figure(heard, "attest_at_the_counter", "wait")  # an application, settled three days later
    assert across is not None
    assert 71 * 3600 < across.seconds < 72 * 3600


def test_declared_conversations_follow_one_another_so_that_what_is_asked_again_is_known() -> None:
    by_video = read_journey(next(file for file in LIBRARY if file.stem == "move_line_by_video"))
    svg = ET.fromstring(blueprint(by_video, "as_is"))
    assert marked(svg, "repeat_question") == [("video_call", "national_id"), ("sign", "national_id")]


def test_a_wait_that_nobody_ended_lasted_at_least_so_long() -> None:
    alone = log().only(["a"])
    assert figure(told(journey(), "as_is", alone, Presets()), "attest_at_the_counter", "wait") == Lasting(0.0, 1, True)


def test_load_citizens_and_other_journeys_are_not_drawn() -> None:
    assert sorted(log().sessions["session"].to_pylist()) == ["a", "a-call", "a-later", "b"]
    assert len(walks_of(log(), "move_shop", "redesigned").sessions) == 0
    assert len(walks_of(log(), "another", None).sessions) == 0


def test_where_people_were_heard_robots_are_left_out() -> None:
    whole = log()
    mixed = Log.of(
        whole.said(), [replace(s, source="participant" if s.session == "b" else "robot") for s in whole.heard()]
    )
    heard = told(journey(), "as_is", mixed, Presets())
    assert (heard.cases, heard.sources, heard.robots_left_out) == (1, {"participant": 1}, 1)
    text = " ".join(words(drawn(heard=mixed)))
    assert "1 participant" in text
    assert "1 walk by a robot is left out" in text


def test_the_latest_cases_are_chosen() -> None:
    assert latest(log(), 1).sentences["case"].unique().to_pylist() == ["b"]


def test_a_source_without_ears_for_signs_tells_no_silences() -> None:
    deaf = [replace(s, hears=s.hears - {"responds"}) for s in log().heard()]
    heard = told(journey(), "as_is", Log.of(log().said(), deaf), Presets())
    assert heard.deaf == 2
    assert figure(heard, "send", "silent") is None
    assert figure(heard, "send", "wait") == Lasting(13.0, 1)


# --- what is drawn ----------------------------------------------------------------------------------------------------


def test_every_mark_stands_where_it_was_heard() -> None:
    svg = drawn(heard=log())
    assert marked(svg, "repeat_question") == [("open", "national_id"), ("send", "national_id")]
    assert marked(svg, "correction") == [("send", "trade_name")]
    assert marked(svg, "refusal") == [("send", "trade_name")]
    assert marked(svg, "hand_off") == [("call_first", "web"), ("beside_the_script", "municipality")]
    assert marked(svg, "forward") == [("send_again", "municipality")]
    silences = [r.get("data-step") for r in svg.iter(SVG + "rect") if r.get("data-idea") == "silence"]
    assert silences == ["call_first", "open", "send", "send_again", "attest_at_the_counter"]
    assert {r.get("fill") for r in svg.iter(SVG + "rect") if r.get("data-idea") == "silence"} == {colour("silence")}


@pytest.mark.parametrize(
    "name", ["open_business", "renew_passport", "move_line_by_phone_and_app", "move_line_by_video"]
)
def test_every_planted_repeat_question_refusal_and_hand_off_is_marked(agency: str, name: str) -> None:
    walked = library()[name]
    citizen = personas_for(walked, 1)[0]
    heard = wire.play(walk_of(walked, citizen, session="s", variant="as_is", base_url=agency))
    svg = ET.fromstring(blueprint(walked, "as_is", heard))
    truth = {p.metric: int(p.truth) for p in planted(read_flaws(), walked, "as_is") if p.step is None}
    for idea, metric in (("repeat_question", "repeat_questions"), ("refusal", "refusals"), ("hand_off", "hand_offs")):
        assert len(marked(svg, idea)) == truth[metric], metric


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.stem)
def test_every_journey_of_the_library_is_drawn_with_every_step(file: Path) -> None:
    told_journey = read_journey(file)
    for variant in told_journey.variants:
        for language in ("en", "ar"):
            with say_in(language):
                svg = ET.fromstring(blueprint(told_journey, variant))
            assert list(columns(svg)) == [step for step, _step in steps_of(told_journey, variant)]
            assert "Nobody has been heard" in " ".join(words(svg)) or language == "ar"


def test_it_has_a_title_and_a_description_for_those_who_do_not_see_it() -> None:
    svg = drawn(heard=log())
    title, description = svg.find(SVG + "title"), svg.find(SVG + "desc")
    assert title is not None and description is not None
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-labelledby"].split() == [title.attrib["id"], description.attrib["id"]]
    assert title.text == "Service blueprint: Move a shop & tell <everyone>"
    assert "asks again for national id" in (description.text or "")
    assert "8. " in (description.text or "")


def test_in_arabic_everything_is_mirrored() -> None:
    left, right = drawn("en", log()), drawn("ar", log())
    assert (left.attrib["direction"], right.attrib["direction"]) == ("ltr", "rtl")

    def boxes(svg: ET.Element, step: str) -> list[tuple[float, float]]:
        return [
            (round(float(r.attrib["x"]), 1), float(r.attrib["width"])) for r in columns(svg)[step].iter(SVG + "rect")
        ]

    width = float(left.attrib["width"])
    assert width == float(right.attrib["width"])
    for step in columns(left):
        assert [(round(width - x - w, 1), w) for x, w in boxes(left, step)] == boxes(right, step)
    outlines = {p.attrib["d"] for p in right.iter(SVG + "path")}
    assert BACKWARD in outlines
    assert FORWARD not in outlines
    assert SQUARE in outlines
    assert any("رقم الهوية" in line for line in words(right))


def test_nothing_leaves_the_sheet_and_no_line_is_wider_than_its_place() -> None:
    for language in ("en", "ar"):
        svg = drawn(language, log())
        width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
        for text in svg.iter(SVG + "text"):
            reach = width_of("".join(text.itertext()), float(text.attrib["font-size"]))
            x = float(text.attrib["x"])
            assert (x - reach if language == "ar" else x) >= -1
            assert (x if language == "ar" else x + reach) <= width + 1
            assert 0 < float(text.attrib["y"]) < height
        for box in svg.iter(SVG + "rect"):
            if box.get("x"):
                assert float(box.attrib["x"]) >= 0
                assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width


def test_isolates_are_whole_on_every_line() -> None:
    for line in words(drawn("ar", log())):
        assert line.count("\u2068") == line.count("\u2069"), line


def test_long_words_are_broken_where_they_can_be_and_never_lost() -> None:
    lines = wrapped("a_very_long_key_that_no_line holds Donaudampfschifffahrtsgesellschaft", 80, 12)
    assert all(width_of(line, 12) <= 80 for line in lines)
    assert "".join(lines).replace(" ", "") == "a_very_long_key_that_no_lineholdsDonaudampfschifffahrtsgesellschaft"
    with say_in("ar"):
        lines = wrapped("اسم " + island("a long name in Latin letters") + " هنا", 80, 12)
    assert len(lines) > 2
    assert all(line.count("\u2068") == line.count("\u2069") for line in lines)
    assert wrapped("", 80, 12) == []


def test_the_words_are_those_of_the_golden_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles, "_lent", {})  # no journey calls its offices anything
    golden = HERE / "golden" / "blueprint.en.txt"
    read = "\n".join(words(drawn("en", log()))) + "\n"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(read, encoding="utf-8")
    meant = f"The blueprint reads differently now. If that is meant: {REPAIR}"
    assert read.splitlines() == golden.read_text(encoding="utf-8").splitlines(), meant


# --- asking for it ----------------------------------------------------------------------------------------------------


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    yield Workspace(tmp_path)


def test_a_file_and_a_log_make_a_blueprint(space: Workspace) -> None:
    svg = ET.fromstring(blueprint_of(JOURNEY, space, study=str(SCRIPT), lang="ar"))
    assert svg.attrib["lang"] == "ar"
    assert marked(svg, "repeat_question")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"variant": "asis"}, "Did you mean as_is"),
        ({"lang": "xx"}, "no language xx"),
        ({"study": "nowhere"}, "no study nowhere"),
        ({"variant": "redesigned", "study": str(SCRIPT)}, r"move_shop \(as_is\)"),
    ],
)
def test_what_there_is_not_is_named(space: Workspace, asked: dict[str, str], said: str) -> None:
    with pytest.raises(WrongInput, match=said):
        blueprint_of(JOURNEY, space, **asked)
