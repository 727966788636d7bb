"""Chrome DevTools recordings come in line by line, go out as valid user flows, and come back as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from exchanged import SAMPLES, accounted, beside, line_with, never_crashes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys import shelf
from journeys.exchange import bring, brought_to_shelf, kept, send
from journeys.exchange.recorder import KINDS
from journeys.journey import STEPS, Journey
from journeys.reading import read_journey
from journeys.steps import steps_of
from journeys.targets import Offered, which_field
from studies.troubles import WrongInput
from studies.workspace import Workspace

SAMPLE = SAMPLES / "recording.json"
LIBRARY = sorted((Path(__file__).parent.parent / "journeys" / "library").rglob("*.yaml"))
CONFORMANCE = Path(__file__).parent / "samples" / "conformance.yaml"


def recording(folder: Path, *steps: dict[str, Any], **more: Any) -> Path:
    path = folder / "recording.json"
    path.write_text(json.dumps({"title": "A recording", "steps": steps, **more}, indent=1), encoding="utf-8")
    return path


def steps_in(path: Path) -> list[dict[str, Any]]:
    journey = bring(path).journeys[0][0]
    return [step.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True) for step in journey.steps]


@pytest.mark.parametrize("path", beside("recorder"))
def test_every_recording_comes_in(path: Path) -> None:
    brought, said = accounted(path)
    assert len(brought.journeys) == 1
    assert said["format"] == "Chrome DevTools Recorder"


def test_a_recording_is_accounted_for_line_by_line() -> None:
    _brought, said = accounted(SAMPLE)
    why = {one["line"]: one["what"] for one in said["unmapped"]}
    assert said["steps"] == 26
    assert why[line_with(SAMPLE, '"hover"')] == "hover Help"
    assert why[line_with(SAMPLE, '"dance"')] == "dance"
    assert {one["line"] for one in said["breaches"]} == {3, line_with(SAMPLE, '"dance"')}


def test_the_sample_has_every_kind_of_step() -> None:
    assert {step["type"] for step in json.loads(SAMPLE.read_text("utf-8"))["steps"]} == {*KINDS, "dance"}
    assert len(KINDS) == 14


def test_what_was_typed_is_nowhere_in_what_is_kept(tmp_path: Path) -> None:
    brought = bring(SAMPLE)
    files = kept(brought, Workspace(tmp_path), None, datetime(2026, 1, 5))
    told = json.dumps(brought.json(files)) + brought.told(files) + Path(files["recording"]).read_text("utf-8")
    for value in ("rana", "example.test", "hunter2secret", "aZ19xQpl0231"):
        assert value not in told


def test_values_are_holes_by_datum_and_searches_stay() -> None:
    journey = bring(SAMPLE).journeys[0][0]
    given = {k: v for step in journey.steps for k, v in getattr(step, "give", {}).items()}
    assert given["E-mail | mail"] == "{{citizen.email}}"
    assert given["Password | pw"] == "{{env.PASSWORD}}"
    assert given["q"] == "passport renewal"
    assert journey.channel == "mobile"


def test_words_are_proposed_before_a_brittle_selector() -> None:
    said = bring(SAMPLE).json()
    press = next(s for s in said["journeys"][0]["fragility"] if s["step"] == "press_send_it")
    assert (press["score"], press["recorded"], press["instead_of"]) == (0.0, 1.0, "body > div:nth-child(3) > button")


def test_alternatives_keep_their_order_behind_the_words(tmp_path: Path) -> None:
    selectors = [["#go"], ["xpath///*[@data-a='1']"], ["aria/Go on"], ["#host", "button"], ["pierce/.deep"]]
    click = {"type": "click", "selectors": selectors, "offsetX": 1, "offsetY": 1}
    press = steps_in(recording(tmp_path, click))[0]["press"]
    assert press["words"] == "Go on"
    assert press["any"] == [{"css": s} for s in ("#go", '[data-a="1"]', "#host >>> button", ".deep")]


def test_enter_after_a_field_sends_the_form(tmp_path: Path) -> None:
    change = {"type": "change", "value": "x", "selectors": ["#name"]}
    keys = [{"type": kind, "key": "Enter"} for kind in ("keyDown", "keyUp")]
    assert [next(iter(s)) for s in steps_in(recording(tmp_path, change, *keys))] == ["give", "submit"]


def test_addresses_are_below_the_first_one(tmp_path: Path) -> None:
    there = [
        {"type": "navigate", "url": u} for u in ("https://a.example/x?q=1", "https://a.example", "http://b.example/")
    ]
    assert [s["visit"] for s in steps_in(recording(tmp_path, *there))] == ["/x?q=1", "/", "http://b.example/"]


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "{}", '{"a": 1}', '"steps"', "42", '{"steps": 3, "title": ""}', "<log/>"]
)
def test_what_is_no_script_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "thing.json"
    path.write_text(text)
    with pytest.raises(WrongInput, match=r"thing\.json"):
        bring(path)


def test_a_recording_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = SAMPLE.read_text("utf-8")
    path = tmp_path / "recording.json"
    path.write_text(whole[: whole.index('"hover"')])
    _brought, said = accounted(path)
    assert said["mapped"] == 10
    assert [one["line"] for one in said["breaches"] if "breaks off" in one["what"]] == [line_with(SAMPLE, '"hover"')]


def test_no_recording_reaches_for_documents_or_secrets_of_this_machine(tmp_path: Path) -> None:
    upload = {"photo": "/etc/hostname"}
    steps = [
        {"type": "navigate", "url": "https://a.example/"},
        {"type": "customStep", "name": "khutwa.upload", "parameters": {"upload": upload}},
        {"type": "customStep", "name": "khutwa.steps", "parameters": {"steps": [{"upload": {"photo": "../../x.png"}}]}},
        {"type": "change", "value": "{{env.HOME}}", "selectors": ["#mobile"]},
    ]
    path = recording(tmp_path, *steps)
    assert [one["what"] for one in accounted(path)[1]["unmapped"]] == [
        "customStep khutwa.upload",
        "customStep khutwa.steps",
    ]
    assert steps_in(path)[1:] == [{"give": {"mobile": "{{citizen.mobile}}"}}]


@pytest.mark.parametrize(
    ("key", "place"),
    [("Name: | css:#b", 1), ("gone | mail", 0), ("css:#a", 0), ("gone | css:#none", None), ("Mail | Post", 2)],
)
def test_a_field_is_looked_for_in_the_order_of_its_key(key: str, place: int | None) -> None:
    fields = [
        Offered(None, "E-mail", name="mail", fits="#a".__eq__),
        Offered(None, "", name="", fits="#b".__eq__),
        Offered(None, "Mail | Post"),
    ]
    assert which_field(key, fields) == place


# -- out


@pytest.mark.parametrize("path", [*LIBRARY, CONFORMANCE], ids=lambda p: p.stem)
def test_a_journey_goes_out_and_comes_back(path: Path, tmp_path: Path) -> None:
    journey = read_journey(path)
    there = tmp_path / "out.json"
    there.write_text(send(journey, "recorder"), encoding="utf-8")
    valid(json.loads(there.read_text("utf-8")))
    brought, said = accounted(there)
    back = brought.journeys[0][0]
    assert not said["unmapped"] and not said["breaches"]
    assert back.model_dump() == journey.model_dump()


def test_a_journey_goes_out_as_nothing_else() -> None:
    with pytest.raises(WrongInput, match="recorder"):
        send(read_journey(CONFORMANCE), "har")


def valid(flow: dict[str, Any]) -> None:
    """A user flow as the format wants it: kinds, their keys, their selectors, timeouts in range."""
    assert isinstance(flow["title"], str)
    assert 1 <= flow["timeout"] <= 30_000
    for step in flow["steps"]:
        assert step["type"] in KINDS
        for key, kind in KINDS[step["type"]].items():
            assert isinstance(step[key], kind), step
        assert 1 <= step.get("timeout", 1) <= 30_000
        assert all(
            isinstance(s, list) and s and all(isinstance(one, str) for one in s) for s in step.get("selectors", [])
        )


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="{}|\x85"), min_size=1, max_size=12
).filter(str.strip)
TEXTS = st.one_of(WORDS, st.fixed_dictionaries({"en": WORDS, "ar": WORDS}))
HOLES = st.sampled_from(["{{citizen.national_id}}", "{{citizen.email}}", "{{env.PASSWORD}}"])
LOOKS = st.one_of(
    TEXTS,
    st.fixed_dictionaries({"words": TEXTS, "role": st.sampled_from(["button", "link"])}),
    st.fixed_dictionaries(
        {"name": WORDS, "any": st.lists(st.fixed_dictionaries({"css": WORDS}), min_size=1, max_size=2)}
    ),
)
KEYS = st.one_of(st.sampled_from(["national_id", "Name: | name", "css:#a > b"]), WORDS)
SOME = {
    "visit": st.sampled_from(["/", "/traffic/renew", "https://other.example/x?y=1"]),
    "press": LOOKS,
    "give": st.dictionaries(KEYS, st.one_of(HOLES, TEXTS), min_size=1, max_size=2),
    "choose": st.dictionaries(
        KEYS, st.one_of(st.booleans(), TEXTS, st.lists(WORDS, min_size=1, max_size=2)), min_size=1
    ),
    "submit": st.one_of(st.just(True), LOOKS),
    "back": st.just(True),
    "expect": st.fixed_dictionaries({"text": TEXTS, "within": st.floats(1, 60)}),
    "ask": LOOKS,
    "leave": st.just(True),
}
ONE = st.sampled_from(sorted(SOME)).flatmap(
    lambda verb: st.fixed_dictionaries(
        {verb: SOME[verb]}, optional={"think": st.floats(0.5, 9), "demands": st.just(["print"]),
                                      "when": st.fixed_dictionaries({"text": TEXTS})},
    )
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(ONE, min_size=1, max_size=5), title=TEXTS)
def test_out_and_back_keeps_the_steps(tmp_path: Path, steps: list[Any], title: Any) -> None:
    journey = Journey.model_validate(
        {"journey": "j", "title": title, "agency": "a", "base_url": "https://a.example", "steps": steps}
    )
    there = tmp_path / "out.json"
    there.write_text(send(journey, "recorder"), encoding="utf-8")
    valid(json.loads(there.read_text("utf-8")))
    back = bring(there).journeys[0][0]
    assert [s.model_dump() for _id, s in steps_of(back)] == [s.model_dump() for _id, s in steps_of(journey)]
    assert back.model_dump() == journey.model_dump()


def test_the_property_knows_the_verbs() -> None:
    assert set(STEPS) - set(SOME) == {"upload", "call", "attend", "for each", "steps", "send"}  # these the library has


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_recording_never_crashes(tmp_path: Path, seed: int) -> None:
    never_crashes(SAMPLE, tmp_path, seed)


# -- by the command line, and in the workbench


def lab(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, Path(__file__).parent.parent / "cli.py", *map(str, words)], cwd=folder, capture_output=True,
        text=True, env={"PATH": "/usr/bin:/bin", "KHUTWA_WORKSPACE": str(folder / "workspace")},
    )  # fmt: skip


def test_the_command_brings_in_and_sends_out(tmp_path: Path) -> None:
    done = lab(tmp_path, "import", SAMPLE, "--as", "journey", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert {"journey", "steps", "mapped", "unmapped", "breaches"} <= set(said)
    assert read_journey(said["file"]).journey == said["journey"] == "recording"
    assert lab(tmp_path, "import", SAMPLE, "--as", "journey", "--out", "mine.yaml").returncode == 0
    assert lab(tmp_path, "export", "mine.yaml", "--as", "recorder", "--out", "out.json").stdout == "out.json\n"
    valid(json.loads((tmp_path / "out.json").read_text("utf-8")))


def test_the_command_refuses_what_is_no_script(tmp_path: Path) -> None:
    (tmp_path / "thing.json").write_text('{"a": 1}')
    done = lab(tmp_path, "import", "thing.json", "--as", "journey", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "thing.json" in done.stderr


def test_an_uploaded_recording_stands_on_the_shelf(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    told, key = brought_to_shelf(SAMPLE.read_bytes(), SAMPLE.name, space, datetime(2026, 1, 5))
    assert "26 steps" in told
    assert key in {shelved.key for shelved in shelf.shelf(space)}
