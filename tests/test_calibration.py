"""The calibration itself: how what was heard is compared with the truth, what is played, and a short run of it."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from journeys.calibration import calibrate as calibration
from journeys.calibration.comparison import Row, Silence, Verdict, compared, summed
from journeys.calibration.eye import changes, silence_seen
from journeys.calibration.phenomena import chosen, phenomena
from journeys.screen import Frame
from studies.troubles import WrongInput

LIMIT = 1000.0


def verdict(truth: list[Silence], heard: list[Silence]) -> Verdict:
    return compared(truth, heard, LIMIT)[0]


def test_a_silent_wait_that_is_heard_is_found_and_its_error_is_that_of_its_length() -> None:
    assert verdict([Silence(0, 1500)], [Silence(3, 1520)]) == Verdict(1, 0, 0, (17.0,))


def test_a_silent_wait_that_is_heard_as_two_short_silences_is_missed() -> None:
    found = verdict([Silence(0, 1500)], [Silence(0, 800), Silence(800, 1500)])
    assert (found.found, found.missed, found.invented) == (0, 1, 0)


def test_a_sign_that_is_not_heard_invents_a_silent_wait() -> None:
    found = verdict([Silence(0, 400)], [Silence(0, 2000)])
    assert (found.found, found.missed, found.invented) == (0, 0, 1)
    assert verdict([], [Silence(0, 2000)]).invented == 1


def test_what_was_not_heard_at_all_is_missed_and_has_no_error() -> None:
    assert verdict([Silence(0, 1500)], []) == Verdict(0, 1, 0)


def test_two_silences_of_one_wait_are_each_held_against_their_own() -> None:
    truth = [Silence(0, 400), Silence(900, 2500)]
    assert verdict(truth, [Silence(0, 410), Silence(905, 2500)]) == Verdict(1, 0, 0, (10.0, 5.0))


def test_the_requirements_are_met_or_not() -> None:
    good, bad = Row("a", False, [Verdict(1, 0, 0, (10.0,), (5.0,))]), Row("b", True, [Verdict(1, 0, 0, (90.0,))])
    assert summed([good])["required"]["met"]
    assert not summed([good, bad])["required"]["met"]
    assert not summed([Row("a", False, [Verdict(0, 1, 0)])])["required"]["met"]
    assert not summed([Row("a", False, [], ["the page"])])["required"]["met"]


def frame(when: float, *boxes: tuple[int, int, int, int]) -> Frame:
    image = Image.new("RGB", (320, 200), "white")
    for left, top, width, height in boxes:
        ImageDraw.Draw(image).rectangle((left, top, left + width, top + height), fill="black")
    kept = io.BytesIO()
    image.save(kept, "jpeg", quality=60)
    return Frame(when, kept.getvalue(), 640)


def test_the_eye_sees_only_the_place_that_it_looks_at() -> None:
    shown, elsewhere = (20, 20, 40, 20), (200, 100, 40, 40)
    frames = [frame(0), frame(100, elsewhere), frame(900, elsewhere, shown), frame(1000, shown)]
    assert changes(frames, (40, 40, 80, 40), 50, 2000) == [900]
    assert silence_seen(frames, (0, None), (890, (40.0, 40.0, 80.0, 40.0))) == 900
    assert silence_seen(frames, (0, None), (890, (400.0, 20.0, 80.0, 40.0))) is None


def test_there_are_enough_phenomena_and_each_says_what_is_true() -> None:
    every = phenomena()
    assert len(every) >= 40 and len({p.id for p in every}) == len(every)
    for what in every:
        drawn = what.drawn(random.Random(what.id))
        assert all(least <= drawn[name] <= most for name, (least, most) in what.delays.items())
        assert what.takes or not what.loads


def test_an_unknown_phenomenon_is_refused_with_what_there_is() -> None:
    with pytest.raises(WrongInput, match="spinner"):
        chosen(["spiner"])


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    table = tmp_path / "BENCHMARKS.md"
    table.write_text("# Benchmarks\n\n## Load\n\nfast\n", encoding="utf-8")
    row = Row("fetch", False, [Verdict(1, 0, 0, (10.0,), (5.0,))])
    machine = {"system": "x", "cores": 2, "browser": "b", "load_average": {"median": 0.1, "most": 0.2}}
    found = {"phenomena": [row.json()], **summed([row]), "machine": machine}
    for _time in range(2):
        calibration.write(found, datetime(2026, 1, 1, tzinfo=UTC), table)
    written = table.read_text(encoding="utf-8")
    assert written.count("| fetch | 1 | 1 | 0 | 0 | 10 / 10 | 5 / 5 |") == 1 and "fast" in written


def test_time_left_is_told_by_the_pace_so_far() -> None:
    told: list[str] = []
    now = [0.0]
    watch = calibration.timed(lambda what, share: told.append(what), 600, lambda: now[0])
    watch("post", 0.0)
    now[0] = 50.0
    watch("fetch", 0.5)
    assert told == ["post, 10 min left", "fetch, 50 s left"]


@pytest.mark.browser
def test_a_short_run_finds_what_there_is_and_invents_nothing() -> None:
    only = ["post", "fetch", "late_spinner", "spinner_ends_early", "transparent"]
    told: list[float] = []
    found = calibration.calibrate(only, 1, random.Random(1), lambda what, share: told.append(share))
    rows = {row["id"]: row for row in found["phenomena"]}
    assert {name: (r["n"], r["found"], r["missed"], r["invented"]) for name, r in rows.items()} == dict.fromkeys(
        only, (1, 1, 0, 0)
    )
    assert found["broken"] == 0 and told == sorted(told) and rows["fetch"]["eye_median_ms"] is not None
    json.dumps(found, allow_nan=False)
