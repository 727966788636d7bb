"""A study: what can be told in its file, what is wrong with it, and that what was rehearsed can be forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

import conduct
from studies.planning.study import read_study, shipped
from studies.store import Store
from studies.troubles import WrongInput
from studies.words import languages
from surveys.invitations import invite

STUDY = "study: mine\ntitle: Mine\ntasks: [traffic/renew_vehicle]\nconditions: [as_is, redesigned]\n"


@pytest.mark.parametrize("name", shipped())
def test_what_came_with_the_lab_can_be_conducted(name: str) -> None:
    study = read_study(shipped()[name])
    assert study.study == name
    assert isinstance(study.title, dict)
    assert set(study.title) >= set(languages())
    assert all(conduct.task_file(task).exists() for task in study.tasks)


def test_the_demo_compares_both_conditions_of_at_least_seven_journeys() -> None:
    study = read_study(shipped()["demo"])
    assert len(study.tasks) >= 7
    assert study.conditions == ["as_is", "redesigned"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("times: none\n", "times"),
        ("colour: blue\n", "colour"),
        ("times: 0\n", "times"),
        ("\tlanguage: en\n", "line 5"),
        ("load: {task: customs/declare_goods, condition: as_is, citizens: 2, seconds: 1}\n", "customs/declare_goods"),
        ("load: {task: traffic/renew_vehicle, condition: ideal, citizens: 2, seconds: 1}\n", "ideal"),
        ("survey: {instrument: ../secrets}\n", "survey.instrument"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, more: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(STUDY + more)
    with pytest.raises(WrongInput, match=said):
        read_study(file)


def test_a_study_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="demo"):
        read_study(tmp_path / "none.yaml")


def test_a_task_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(WrongInput, match="traffic/renew_vehicle"):
        conduct.task_file("traffic/renew_cart")


def test_the_parts_of_a_study_make_a_whole() -> None:
    parts = conduct.parts_of(read_study(shipped()["demo"]))
    ends = [begins + long for begins, long in parts.values()]
    assert [begins for begins, _long in parts.values()] == pytest.approx([0.0, *ends[:-1]])
    assert ends[-1] == pytest.approx(1.0)


def test_what_was_rehearsed_is_forgotten_and_what_people_said_stays(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    try:
        robot = invite(store, "mine", "sus", rehearsed=True)
        person = invite(store, "mine", "sus")
        elsewhere = invite(store, "other", "sus", rehearsed=True)
        for token in (robot, person, elsewhere):
            store.consent(token, "answers", True, "en", "answers-1")
            store.submit(f"key-{token}", token, "sus", {"sus_1": 4.0}, "en", complete=True, finished=True)
        store.forget_rehearsed("mine")
        assert [one.token for one in store.invitations("mine")] == [person]
        assert {answer.token for answer in store.answers("mine")} == {person}
        assert {answer.token for answer in store.answers("other")} == {elsewhere}
        store.forget_rehearsed("never_heard_of")
    finally:
        store.close()
