"""Studies in the workbench: begun, filled in, saved by two people, frozen, amended, run and watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from analysis.measure import measure
from commands.study import _robots
from commands.study._protocol import materials_of, read_whole
from studies import archive, drafts, script
from studies.planning import board, designing
from studies.planning.assignment import schedule
from studies.planning.freezing import freeze, frozen
from studies.planning.running import last_told, tell, under_way
from studies.planning.study import read_study
from studies.store import Store
from studies.store.assignments import GAVE_UP, Assignment, begin, end, keep_assignments
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def mine(space: Workspace) -> Path:
    """A study of one's own, blank."""
    return designing.start_new(space, "mine", None, NOW)


def opened(page: str = "studies/page_study.py", **asked: str) -> AppTest:
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
    app.run()
    app.switch_page(page)
    for key, value in asked.items():
        app.query_params[key] = value
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def field(kind: Iterator[object], label: str) -> object:
    return next(one for one in kind if one.label == label)  # type: ignore[attr-defined]


# --- the text ---------------------------------------------------------------------------------------------------------


def test_a_part_is_told_anew_and_every_other_line_stays() -> None:
    text = "# of ours\nstudy: mine\n\n# whom we ask\nparticipants:\n  languages: {en: 4}\n\n# when over\nanalysis: []\n"
    new = designing.with_part(text, "participants", {"languages": {"en": 6}})
    assert yaml.safe_load(new)["participants"] == {"languages": {"en": 6}}
    rest = [line for line in text.splitlines() if line not in ("participants:", "  languages: {en: 4}")]
    assert [line for line in new.splitlines() if "participants" not in line and "languages" not in line] == rest
    assert "question" in designing.with_part(text, "question", {"ar": "لماذا؟"}) and "لماذا؟" in designing.with_part(
        text, "question", {"ar": "لماذا؟"}
    )
    gone = designing.with_part(text, "participants", None)
    assert "participants" not in yaml.safe_load(gone) and "# when over" in gone
    with pytest.raises(WrongInput, match="As text"):
        designing.with_part("a: [", "b", 1)


#: what somebody can type into a field of one line
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)
PARTS = ["study", "title", "tasks", "conditions", "participants", "questionnaires", "analysis", "stopping"]


@given(st.sampled_from(PARTS), st.one_of(WORDS, st.lists(st.integers()), st.dictionaries(WORDS, WORDS)))
def test_any_part_may_be_told_anew(key: str, value: object) -> None:
    text = designing.BLANK.format(name="mine")
    new = yaml.safe_load(designing.with_part(text, key, value))
    assert new == {**yaml.safe_load(text), key: value}


def test_every_mistake_is_told_with_its_line(mine: Path, space: Workspace) -> None:
    from commands.study._protocol import wrong_in

    text = mine.read_text(encoding="utf-8")
    assert wrong_in(text, mine, space) == []
    bad = text.replace("traffic/renew_vehicle", "traffic/renew_cart").replace("{en: 4, ar: 4}", "{en: 3, ar: 4}")
    bad = bad.replace("measure: silent_time", "measure: joy")
    found = {one.line: one.message for one in wrong_in(bad, mine, space)}
    assert set(found) == {7, 10, 17}
    assert "renew_vehicle" in found[7] and "cannot be balanced" in found[10] and "joy" in found[17]
    (torn,) = wrong_in("study: [", mine, space)
    assert "no YAML" in torn.message
    several = wrong_in("study: mine\ntitle: Mine\ntasks: []\nconditions: [as_is]\nsmile: yes\n", mine, space)
    assert {one.line for one in several} == {3, 5}


def test_two_people_edit_one_study_and_neither_edit_is_lost(mine: Path, space: Workspace) -> None:
    ours, theirs = designing.opened(space, "mine"), designing.opened(space, "mine")
    theirs = designing.typed(space, theirs, designing.with_part(theirs.text, "conditions", ["redesigned"]), NOW)
    saved = designing.save(space, theirs, NOW)
    assert isinstance(saved, designing.Designing) and not saved.changed
    ours = designing.typed(space, ours, designing.with_part(ours.text, "title", {"en": "Ours"}), NOW)
    other = designing.save(space, ours, NOW)
    assert isinstance(other, drafts.Overtaken) and "Ours" not in mine.read_text(encoding="utf-8")
    both, made = designing.merge(space, ours, other, NOW)
    assert made.clashes == 0
    designing.save(space, both, NOW + timedelta(seconds=1))
    told = yaml.safe_load(mine.read_text(encoding="utf-8"))
    assert told["title"] == {"en": "Ours"} and told["conditions"] == ["redesigned"]
    assert len(drafts.earlier(mine)) == 2


def test_a_shipped_study_stays_and_a_name_is_taken_once(mine: Path, space: Workspace) -> None:
    demo = designing.opened(space, "demo")
    with pytest.raises(WrongInput, match="came with the lab"):
        designing.save(space, demo, NOW)
    like = designing.start_new(space, "like-demo", "demo", NOW)
    assert read_study(like).study == "like-demo" and len(read_study(like).tasks) > 5
    for name, said in (("mine", "already"), ("demo", "already"), ("No!", "small letters")):
        with pytest.raises(WrongInput, match=said):
            designing.start_new(space, name, None, NOW)
    renamed = designing.opened(space, "mine")
    with pytest.raises(WrongInput, match="calls itself"):
        designing.save(
            space, designing.typed(space, renamed, renamed.text.replace("study: mine", "study: other"), NOW), NOW
        )


# --- the pages --------------------------------------------------------------------------------------------------------


def test_a_new_study_in_a_minute(space: Workspace) -> None:
    app = opened()
    app.text_input(key="new_study_name").set_value("renewal")
    press(app, "Begin")
    assert not app.exception and not app.error
    assert app.selectbox(key="study").value == "renewal"
    assert read_study(designing.own_file("renewal", space)).tasks == ["traffic/renew_vehicle"]


def test_fields_change_the_text_which_is_a_draft_until_it_is_saved(mine: Path, space: Workspace) -> None:
    app = opened(study="mine", part="people")
    field(app.number_input, "English speakers").set_value(6).run()  # type: ignore[attr-defined]
    assert not app.exception and not app.error
    (draft,) = drafts.drafts_of(space, designing.KIND, "mine")
    assert yaml.safe_load(draft.text)["participants"]["languages"] == {"en": 6, "ar": 4}
    assert "en: 6" not in mine.read_text(encoding="utf-8")
    field(app.number_input, "Arabic speakers").set_value(3).run()  # type: ignore[attr-defined]
    assert any("cannot be balanced" in one.value for one in app.error)
    field(app.number_input, "Arabic speakers").set_value(2).run()  # type: ignore[attr-defined]
    press(app, "Save")
    assert read_study(mine).languages == {"en": 6, "ar": 2}
    assert drafts.drafts_of(space, designing.KIND, "mine") == []


@pytest.mark.parametrize("part", ["question", "tasks", "people", "asked", "analysis", "planning", "text", "protocol"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_part_opens_and_changes_nothing_by_itself(mine: Path, part: str, lang: str, space: Workspace) -> None:
    app = opened(study="mine", part=part, lang=lang)
    assert not app.exception and not app.error
    assert drafts.drafts_of(space, designing.KIND, "mine") == []


def test_whoever_saves_second_is_shown_both(mine: Path, space: Workspace) -> None:
    app = opened(study="mine", part="question")
    field(app.text_input, "Title in English").set_value("Ours").run()  # type: ignore[attr-defined]
    theirs = mine.read_text(encoding="utf-8").replace("{en: 4, ar: 4}", "{en: 8, ar: 4}")
    mine.write_text(theirs, encoding="utf-8")
    press(app, "Save")
    assert any("Both are here" in one.value for one in app.warning)
    assert mine.read_text(encoding="utf-8") == theirs
    press(app, "Merge both")
    press(app, "Save")
    told = read_study(mine)
    assert told.title == {"en": "Ours"} and told.languages == {"en": 8, "ar": 4}


def test_a_protocol_is_frozen_and_changed_openly(mine: Path, space: Workspace) -> None:
    press(opened(study="mine", part="protocol"), "Freeze the protocol")
    assert frozen("mine", space) is not None
    mine.write_text(mine.read_text(encoding="utf-8").replace("en: 4", "en: 6"), encoding="utf-8")
    app = opened(study="mine", part="protocol")
    assert any("say why" in one.value for one in app.warning)
    assert any("- 4" in one.value and "+ 6" in one.value for one in app.code)
    press(app, "Amend")
    assert any("needs a reason" in one.value for one in app.error)
    field(app.text_input, "Why").set_value("two more came")  # type: ignore[attr-defined]
    press(app, "Amend")
    changes = frozen("mine", space)
    assert changes is not None and changes.changes[0]["why"] == "two more came"


# --- the board --------------------------------------------------------------------------------------------------------


def test_the_board_counts_cell_by_cell_and_reads_each_part_once(mine: Path, space: Workspace) -> None:
    text = mine.read_text(encoding="utf-8").replace("{en: 4, ar: 4}", "{en: 2, ar: 2}")
    mine.write_text(designing.with_part(text, "questionnaires", None), encoding="utf-8")
    study = read_study(mine)
    empty = board.board(study, space)
    assert (empty.planned, empty.robots, len(empty.cells)) == (8, 0, 4)
    _robots.run(mine, space, "rehearsal", 1, lambda what, share: None, NOW)
    full = board.board(study, space)
    assert (full.robots, full.people, board.gaps(full.cells)) == (8, 0, 0)
    assert all((cell.planned, cell.robots, cell.people) == (2, 2, 0) for cell in full.cells)
    assert sum(full.outcomes["robots"].values()) == 8 and len(full.last) == 8
    told = last_told("mine", space)
    assert told is not None and told.share == 1 and under_way("mine", space) is None
    read = board._part.cache_info().misses
    board.board(study, space)
    assert board._part.cache_info().misses == read
    (one,) = [one for one in designing.listed(space) if one.name == "mine"]
    assert (one.state, one.done, one.planned) == (designing.DONE, 8, 8)
    app = opened("studies/page_board.py", study="mine")
    assert not app.exception and not app.error
    assert {m.label: m.value for m in app.metric}["Robots' sessions"] == "8 / 8"
    assert any("Silent waiting by conditions (robots)" in one.value.replace("\\", "") for one in app.markdown)


def test_a_run_is_under_way_as_long_as_its_process_lives(mine: Path, space: Workspace) -> None:
    assert under_way("mine", space) is None
    tell("mine", space, "3 of 16", 0.2, NOW)
    assert under_way("mine", space) is not None
    app = opened("studies/page_board.py", study="mine")
    assert not [button for button in app.button if button.label == "Run the robots"]
    tell("mine", space, "3 of 16", 0.2, NOW, "the browser died")
    app = opened("studies/page_board.py", study="mine")
    assert any("the browser died" in one.value for one in app.error)
    assert [button for button in app.button if button.label == "Run the robots"]


def sitting(name: str, *said: str, space: Workspace) -> None:
    """A person's sitting with the service, sealed; its name tells whose it is."""
    head = f"session={name} start=2026-03-01T08:00:00Z source=participant task=renew_vehicle participant={name[:12]}"
    told = [f"{nth}.0 {line}" for nth, line in enumerate(("citizen begins renew_vehicle", *said))]
    archive.seal(script.parse("\n".join([f"{head} language=en condition=as_is", *told, ""])), "mine", space)


def test_people_and_robots_stand_apart(mine: Path, space: Workspace) -> None:
    sitting("mine-en-p001-traffic-renew_vehicle-as_is", "citizen leaves", space=space)
    found = board.board(read_study(mine), space)
    assert (found.people, found.robots, found.outcomes["people"], found.took_part) == (1, 0, {"left": 1}, 1)
    (cell,) = [cell for cell in found.cells if cell.people]
    assert (cell.condition, cell.language) == ("as_is", "en")


def test_done_is_what_was_planned_however_many_sittings_it_took(mine: Path, space: Workspace) -> None:
    study, _journeys = read_whole(mine, space)
    freeze(study, materials_of(study, mine, space), mine, space, NOW)
    planned = "mine-en-p002-traffic-renew_vehicle-redesigned"
    sitting(planned, space=space)
    sitting(f"{planned}~2", "service concludes renew_vehicle", space=space)
    sitting("somebody-who-dropped-in", "citizen leaves", space=space)
    found = board.board(read_study(mine), space)
    assert (found.people, found.took_part, sum(cell.people for cell in found.cells)) == (1, 1, 1)
    assert [cell.condition for cell in found.cells if cell.people] == ["redesigned"], "as the protocol has it"
    assert found.outcomes["people"] == {"open": 1, "concluded": 1, "left": 1}, "each sitting ended as it did"
    (one,) = [one for one in designing.listed(space) if one.name == "mine"]
    assert (one.done, one.planned) == (1, found.planned)
    assert len(board.done_of("mine", schedule(study), space)) == 1


def test_whoever_gave_up_dropped_out_once_and_whoever_came_back_did_not(
    mine: Path, space: Workspace, store: Store
) -> None:
    gave_up, back, stranger = (
        "mine-en-p001-traffic-renew_vehicle-as_is",
        "mine-en-p002-traffic-renew_vehicle-as_is",
        "x",
    )
    told = ("way", "en", "as_is")
    keep_assignments(store, [Assignment(name, "i", "mine", name[:12], name, 1, *told) for name in (gave_up, back)])
    for name in (gave_up, back):
        begin(store, name)
    end(store, gave_up, GAVE_UP)
    for name in (gave_up, back, stranger):
        sitting(name, "citizen leaves", space=space)
    sitting(f"{back}~2", "service concludes renew_vehicle", space=space)
    found = board.board(read_study(mine), space)
    assert (found.dropped, found.begun, found.people) == (2, 1, 2)


def test_the_board_reads_an_ending_as_the_metric_does(mine: Path, space: Workspace) -> None:
    sitting("a", "service answers x", "service refuses x", space=space)
    sitting("b", "service hands_off x", space=space)
    sitting("c", "service refuses x", "service answers x", space=space)
    page = "session=s start=2026-03-01T08:00:00Z source=participant hears=rates\n0.0 citizen rates seq_1 value=3\n"
    archive.seal(script.parse(page), "mine", space)
    found = board.board(read_study(mine), space)
    results = measure(archive.read("mine", space).only(["a", "b", "c"])).sessions.values()
    assert found.outcomes["people"] == {"refused": 1, "handed_off": 1, "open": 1}
    assert found.outcomes["people"] == Counter(row["outcome"].value for row in results)
    app = opened("studies/page_board.py", study="mine")
    assert not app.exception and any("handed off 1" in one.value for one in app.markdown)
