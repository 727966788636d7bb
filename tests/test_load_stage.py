"""What a journey becomes under load, and what a plan can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.players.wire import DEAF
from journeys.reading import parse_journey
from journeys.steps import steps_of
from loadtests.crowd import Crowd, Plan
from loadtests.leftovers import seal_leftovers
from loadtests.recording import HEARS, Told
from loadtests.stage import on_the_wire
from studies import archive, script
from studies.events import ALL_VERBS
from studies.troubles import WrongInput
from studies.workspace import Workspace

MOVE = """
journey: move
title: Move a line
agency: telecom
languages: [en]
steps:
  - call: {who: telecom, script: "0.0 citizen asks move"}
  - visit: /move
  - give: {new_address: here}
    think: 4
  - steps:
      - call: {who: telecom, script: "0.0 citizen asks move"}
      - submit: true
  - steps:
      - attend: {who: telecom, script: "0.0 citizen asks move"}
"""


def test_calls_and_visits_in_person_are_left_out_of_a_load_and_the_others_keep_their_ids() -> None:
    journey = parse_journey(MOVE)
    assert [step for step, _ in steps_of(on_the_wire(journey, 0.0))] == ["visit_move", "give_new_address", "submit"]
    assert {"visit_move", "give_new_address", "submit"} <= {step for step, _ in steps_of(journey)}


def test_a_citizens_own_time_is_put_before_steps_that_do_not_say_any() -> None:
    steps = steps_of(on_the_wire(parse_journey(MOVE), 2.0))
    assert [step.think for _id, step in steps] == [2.0, 4.0, 2.0]


def test_a_journey_without_a_step_on_the_web_cannot_be_put_under_load() -> None:
    only_calls = MOVE[: MOVE.index("  - visit")]
    with pytest.raises(WrongInput, match="move has no step on the web"):
        on_the_wire(parse_journey(only_calls), 0.0)


def test_a_load_hears_what_the_wire_hears() -> None:
    assert ALL_VERBS - HEARS == DEAF


def test_a_plan_can_be_told_in_the_environment() -> None:
    told = {"KHUTWA_JOURNEY": "a.yaml", "KHUTWA_VARIANT": "as_is", "KHUTWA_THINK": "1.5", "KHUTWA_SEED": "7"}
    plan = Plan.from_environment("http://127.0.0.1:1", told)
    assert (plan.journey, plan.variant, plan.think, plan.seed) == ("a.yaml", "as_is", 1.5, 7)
    assert plan.base_url == "http://127.0.0.1:1"
    assert Plan.of(plan.json()) == plan


def test_a_plan_without_a_journey_says_how_to_name_one() -> None:
    with pytest.raises(WrongInput, match="KHUTWA_JOURNEY="):
        Plan.from_environment(None, {})


def test_a_plan_with_words_for_a_number_names_the_setting() -> None:
    with pytest.raises(WrongInput, match="KHUTWA_SEED=many"):
        Plan.from_environment(None, {"KHUTWA_JOURNEY": "a.yaml", "KHUTWA_SEED": "many"})


def test_a_crowd_counts_who_is_under_way_and_who_got_through() -> None:
    crowd = Crowd()
    assert [crowd.begins(), crowd.begins(), crowd.begins()] == [1, 2, 3]
    for ending in ("done", "refused", "unfinished"):
        crowd.ends(Told("s", 0, 1, ending, None, None, "p", 1, []))
    crowd.request(0.5, answered=True)
    now = crowd.snapshot()
    assert (now["citizens"], now["journeys"], now["done"], now["failed"], now["requests"]) == (0, 2, 1, 1, 1)


def test_a_service_is_gone_only_when_several_in_a_row_found_nobody() -> None:
    crowd = Crowd()
    failed = Told("s", 0, 1, "failed", "visit", "nobody listens there", "p", 1, [])
    crowd.begins()
    for _ in range(2):
        crowd.ends(failed)
    assert crowd.nobody_answers() == 0
    crowd.ends(failed)
    assert crowd.nobody_answers() > 0
    crowd.request(0.1, answered=True)
    assert crowd.nobody_answers() == 0


def test_what_several_machines_counted_adds_up_and_the_last_word_of_one_that_died_stays() -> None:
    here, there = Crowd(), Crowd()
    for crowd, seconds in ((here, 0.2), (there, 0.4)):
        crowd.begins()
        crowd.request(seconds, True, "visit", 100)
        crowd.request(seconds, False, "pay")
        crowd.arrived, crowd.dropped = 3, 1
        crowd.lag.add(seconds)
    there.ends(Told("s", 0, 1, "done", None, None, "p", 1, []))
    for crowd in (here, there):
        crowd.begins()
        crowd.ends(Told("s", 0, 1, "refused", "pay", "closed", "p", 1, []))
    master = Crowd()
    master.take_in("here", here.report())
    master.take_in("there", there.report())
    master.take_in("here", here.report())  # what it tells again is not counted twice
    now = master.snapshot()
    assert (now["citizens"], now["journeys"], now["done"], now["requests"]) == (1, 3, 1, 4)
    assert (now["arrived"], now["dropped"]) == (6, 2)
    assert now["steps"]["visit"][:2] == [2, 0] and now["steps"]["pay"][:2] == [2, 2]
    assert [now["steps"][step][-1] for step in ("visit", "pay")] == [0, 2]  # journeys that ended there
    assert master.requested()["visit"].bytes == 200
    assert master.late().n == 2 and master.late().longest == 0.4
    assert master.nobody_answers() == 0


def test_requests_that_nobody_answered_and_answers_of_a_service_in_trouble_are_failures() -> None:
    crowd = Crowd()
    crowd.request(0.1, True, "pay", 10, 200)
    crowd.request(0.1, True, "pay", 10, 404)  # an answer like another: the page is not there
    crowd.request(0.1, True, "pay", 10, 503)
    crowd.request(0.1, False, "pay")
    assert crowd.requested()["pay"].failures == 2


def test_what_a_browser_walked_before_the_lab_died_is_kept_with_what_the_citizens_did(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    folder = space.runs / "load-1"
    folder.mkdir()
    (folder / "plan.json").write_text(
        '{"study": "rush", "task": "renew", "condition": null, "language": "en"}', encoding="utf-8"
    )
    (folder / "journeys.jsonl").write_text("", encoding="utf-8")
    walk = script.parse("session=w-1 source=robot start=2026-03-01T08:00:00Z\n0.0 citizen acts /renew\n")
    archive.write_whole(walk.sentences, folder / "probe-0001-sentences.parquet")
    archive.write_whole(walk.sessions, folder / "probe-0001-sessions.parquet")
    assert seal_leftovers(space) == 1
    assert [s.session for s in archive.read("rush_interrupted", space).heard()] == ["w-1"]
    assert seal_leftovers(space) == 0 and not list(folder.glob("*.parquet"))
