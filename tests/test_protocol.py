"""A protocol: what is wrong in it is named with its line, and once frozen it is changed openly or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.study._protocol import file_of, materials_of, read_whole
from studies.planning.designing import listed
from studies.planning.freezing import all_frozen, amend, freeze, frozen
from studies.planning.study import Study, read_study
from studies.troubles import Failed, WrongInput
from studies.workspace import Workspace

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
STUDY = """\
study: mine
title: Mine
hypotheses:
  - {hypothesis: shorter, says: It takes fewer steps, measure: steps, expects: lower}
tasks:
  - traffic/renew_vehicle
conditions: [as_is, redesigned]
participants:
  languages: {en: 4, ar: 2}
  design: within
questionnaires:
  after_task: [sus]
analysis:
  - {measure: steps, hypothesis: shorter}
  - {measure: sus, compare: languages}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def frozen_now(file: Path, space: Workspace, now: datetime = NOW) -> tuple[Study, dict[str, str]]:
    study = read_whole(file, space)[0]
    materials = materials_of(study, file, space)
    freeze(study, materials, file, space, now)
    return study, materials


def test_what_is_right_is_taken(file: Path, space: Workspace) -> None:
    study, journeys = read_whole(file, space)
    assert list(journeys) == ["traffic/renew_vehicle"]
    assert study.languages == {"en": 4, "ar": 2}


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("  - traffic/renew_vehicle", "  - traffic/renew_cart", r"line 6 of study\.yaml, tasks\.0.*renew_vehicle"),
        ("{en: 4, ar: 2}", "{en: 4, ar: 3}", r"line 9 of .*cannot be balanced over 2 .*Take 2 or 4"),
        ("[as_is, redesigned]", "[as_is, ideal]", r"line 7 .*no variant “ideal”.*as_is, redesigned"),
        ("[as_is, redesigned]", "[as_is, as_is]", r"line 7 .*told twice"),
        ("[as_is, redesigned]", "[as_is]", r"line 14 .*only one of the conditions"),
        ("en: 4", "fr: 4", r"line 9 .*not written in “fr”"),
        ("after_task: [sus]", "after_task: [susi]", r"line 12 .*susi"),
        ("after_task: [sus]", "at_end: [sus]", r"line 15 .*“sus” is asked of nobody after a task"),
        ("questionnaires:\n  after_task: [sus]", "survey: {instrument: susi}", r"line 11 .*survey\.instrument.*susi"),
        (
            "after_task: [sus]",
            "after_task: [seq]\n  at_end: [sus]\nsurvey: {instrument: sus}",
            r"line 17 .*“sus” is asked of nobody after a task",
        ),
        ("[sus]\n", "[sus]\n  at_end: [seq, seq]\n", r"line 13 .*at_end\.1: “seq” is told twice"),
        ("analysis:\n", "stopping: {measure: steps}\nanalysis:\n", r"line 13 .*stopping: .*there is no margin"),
        ("analysis:\n", "stopping: {margin: 2}\nanalysis:\n", r"line 13 .*stopping: .*there is no measure"),
        ("measure: steps, h", "measure: stepps, h", r"line 14 .*nothing measures “stepps”"),
        ("hypothesis: shorter}", "hypothesis: longer}", r"line 14 .*no hypothesis “longer”.*shorter"),
        ("compare: languages", "compare: languages, paired: true", r"line 15 .*there are no pairs"),
        ("measure: steps, expects", "measure: joy, expects", r"line 4 .*nothing measures “joy”"),
        ("design: within", "design: sideways", r"line 10 .*participants\.design"),
        ("design: within", "design: within\n  quotas: [{quota: a, when: age, most: 2}]", r"line 11 .*age"),
        ("title: Mine", "titel: Mine", r"study\.yaml"),
    ],
)
def test_what_is_wrong_is_one_message_with_its_line(
    file: Path, space: Workspace, was: str, becomes: str, said: str
) -> None:
    assert was in STUDY
    file.write_text(STUDY.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(WrongInput, match=said) as told:
        read_whole(file, space)
    assert "\n" not in str(told.value)


def test_three_conditions_between_need_a_multiple_of_three_and_within_of_six(file: Path) -> None:
    three = STUDY.replace("[as_is, redesigned]", "[as_is, redesigned, third]")
    file.write_text(three.replace("design: within", "design: between").replace("{en: 4, ar: 2}", "{en: 9}"))
    with pytest.raises(WrongInput, match="languages"):  # the analysis by language has only one now
        read_study(file)
    file.write_text(three.replace("{en: 4, ar: 2}", "{en: 9, ar: 6}"))
    with pytest.raises(WrongInput, match=r"a multiple of 6\. Take 6 or 12"):
        read_study(file)


def test_an_unfrozen_protocol_may_change_and_a_frozen_one_is_refused(file: Path, space: Workspace) -> None:
    frozen_now(file, space)
    frozen_now(file, space)  # the same again is no change
    file.write_text("# a remark\n" + STUDY, encoding="utf-8")
    frozen_now(file, space)  # nor is a comment
    file.write_text(STUDY.replace("en: 4", "en: 8"), encoding="utf-8")
    with pytest.raises(WrongInput, match=r"frozen at .*changed since: participants\.languages\.en.*study amend"):
        frozen_now(file, space)


def test_a_changed_journey_changes_the_protocol(file: Path, space: Workspace) -> None:
    study, materials = frozen_now(file, space)
    with pytest.raises(WrongInput, match="traffic/renew_vehicle"):
        freeze(study, {**materials, "traffic/renew_vehicle": "0" * 64}, file, space, NOW)


def test_an_amendment_is_written_down(file: Path, space: Workspace) -> None:
    study, materials = frozen_now(file, space)
    first = frozen("mine", space)
    assert first is not None
    with pytest.raises(WrongInput, match="nothing to amend"):
        amend(study, materials, file, space, who="R. Lead", why="because", now=NOW)
    file.write_text(STUDY.replace("en: 4", "en: 8"), encoding="utf-8")
    study = read_study(file)
    with pytest.raises(WrongInput, match="--why"):
        amend(study, materials, file, space, who="R. Lead", why="  ", now=NOW)
    amend(study, materials, file, space, who="R. Lead", why="Too few came", now=NOW)
    kept = frozen("mine", space)
    assert kept is not None and kept.at == first.at and kept.hash != first.hash
    (change,) = kept.changes
    assert (change["who"], change["why"], change["was"], change["hash"]) == (
        "R. Lead", "Too few came", first.hash, kept.hash,
    )  # fmt: skip
    assert change["changed"] == [{"what": "participants.languages.en", "was": 4, "is": 8}]
    frozen_now(file, space)


def test_before_it_starts_there_is_nothing_to_amend(file: Path, space: Workspace) -> None:
    with pytest.raises(WrongInput, match="has not started"):
        amend(read_study(file), {}, file, space, who="x", why="y", now=NOW)


def test_a_frozen_protocol_that_was_tampered_with_is_not_believed(file: Path, space: Workspace) -> None:
    frozen_now(file, space)
    (kept,) = (space.root / "protocols").rglob("protocol.json")
    told = json.loads(kept.read_text())
    told["protocol"]["participants"]["languages"]["en"] = 400
    kept.write_text(json.dumps(told))
    with pytest.raises(Failed, match="not what was frozen"):
        frozen("mine", space)


@pytest.mark.parametrize("text", ["{", "{}", ""])
def test_one_bad_protocol_hides_no_other_study(file: Path, space: Workspace, text: str) -> None:
    frozen_now(file, space)
    (kept,) = (space.root / "protocols").rglob("protocol.json")
    file.write_text(STUDY.replace("study: mine", "study: mine_too_2"), encoding="utf-8")
    frozen_now(file, space)
    kept.write_text(text, encoding="utf-8")
    assert [one.study for one in all_frozen(space)] == ["mine_too_2"]
    assert {"demo", "mine_too_2"} <= {one.name for one in listed(space)}


def test_a_study_is_found_by_file_folder_and_name(file: Path, space: Workspace) -> None:
    assert file_of(str(file), space) == file
    assert file_of(str(file.parent), space) == file
    assert file_of("demo", space).parent.name == "demo"
    with pytest.raises(WrongInput, match="demo"):
        file_of("mine", space)
    frozen_now(file, space)
    assert file_of("mine", space) == file
