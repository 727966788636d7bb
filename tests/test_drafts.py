"""Nobody's edit is lost: not by a second person, not by a closed browser, not by bringing an old version back."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies import drafts
from studies.drafts import Draft, Overtaken, Saved
from studies.merging import difference, merged
from studies.troubles import WrongInput
from studies.workspace import Workspace

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=8)


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def test_the_second_of_two_is_shown_both_versions_and_loses_neither(tmp_path: Path) -> None:
    path = tmp_path / "j.yaml"
    assert drafts.save(path, "base\n", None, NOW) == Saved(path, "base\n")
    assert drafts.save(path, "one\n", "base\n", NOW) == Saved(path, "one\n")
    assert drafts.save(path, "two\n", "base\n", NOW) == Overtaken(path, "base\n", "two\n", "one\n")
    assert path.read_text(encoding="utf-8") == "one\n"


def test_what_is_replaced_is_kept_the_latest_first(tmp_path: Path) -> None:
    path, said = tmp_path / "j.yaml", ["first\n", "second\n", "third\n"]
    for n, one in enumerate(said):
        drafts.save(path, one, said[n - 1] if n else None, NOW + timedelta(minutes=n))
    drafts.save(tmp_path / "j.b.yaml", "of another file\n", None, NOW)
    drafts.save(tmp_path / "j.b.yaml", "changed\n", "of another file\n", NOW)
    assert [one.text for one in drafts.earlier(path)] == ["second\n", "first\n"]
    assert drafts.earlier(path)[0].replaced == NOW + timedelta(minutes=2)


def test_saving_the_same_text_twice_keeps_nothing_anew(tmp_path: Path) -> None:
    path = tmp_path / "j.yaml"
    drafts.save(path, "a\n", None, NOW)
    assert drafts.save(path, "a\n", "something else\n", NOW) == Saved(path, "a\n")
    assert drafts.earlier(path) == []


def test_of_many_who_save_at_once_each_is_saved_or_told(tmp_path: Path) -> None:
    path = tmp_path / "j.yaml"
    drafts.save(path, "base\n", None, NOW)
    outcomes: list[Saved | Overtaken] = []
    writers = [
        threading.Thread(target=lambda n=n: outcomes.append(drafts.save(path, f"{n}\n", "base\n", NOW)))
        for n in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    saved = [one for one in outcomes if isinstance(one, Saved)]
    assert len(outcomes) == 8 and len(saved) == 1
    assert path.read_text(encoding="utf-8") == saved[0].text


def test_a_draft_is_there_again_until_it_is_let_go(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    one = Draft(drafts.new_id(), "journeys", "traffic/renew", "half a tex", "base", NOW.isoformat())
    drafts.keep_draft(space, one)
    assert drafts.draft(space, "journeys", one.id) == one
    assert drafts.drafts_of(space, "journeys", "traffic/renew") == [one]
    assert drafts.drafts_of(space, "journeys", "another") == []
    drafts.forget_draft(space, "journeys", one.id)
    assert drafts.draft(space, "journeys", one.id) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 10, "0123456789abcdef/x"])
def test_an_address_leads_to_no_file_that_is_no_draft(tmp_path: Path, name: str) -> None:
    space = Workspace(tmp_path)
    assert drafts.draft(space, "journeys", name) is None
    with pytest.raises(WrongInput):
        drafts.keep_draft(space, Draft(name, "journeys", "k", "t", "b", NOW.isoformat()))


def test_a_damaged_draft_is_none(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    one = Draft(drafts.new_id(), "journeys", "k", "t", "b", NOW.isoformat())
    drafts.keep_draft(space, one)
    next((tmp_path / "drafts" / "journeys").glob("*.json")).write_text("{", encoding="utf-8")
    assert drafts.draft(space, "journeys", one.id) is None


def test_edits_in_different_places_are_both_in_the_merged_text() -> None:
    base = "title: a\nagency: b\nsteps:\n  - visit: /\n"
    made = merged(base, base.replace("title: a", "title: mine"), base + "  - back: true\n")
    assert made.text == "title: mine\nagency: b\nsteps:\n  - visit: /\n  - back: true\n"
    assert made.clashes == 0


def test_where_both_changed_a_line_mine_stands_and_theirs_is_a_remark() -> None:
    made = merged("a\nx\nb\n", "a\nmine\nb\n", "a\ntheirs\nb\n", "yours", "theirs")
    assert made.clashes == 1
    assert made.text.splitlines() == ["a", "# <<<<<<< yours", "mine", "# ======= theirs", "# theirs", "# >>>>>>>", "b"]


@given(LINES, LINES)
def test_a_merge_with_somebody_who_changed_nothing_is_the_others_text(base: list[str], edit: list[str]) -> None:
    assert merged(text(base), text(edit), text(base)).text == text(edit)
    assert merged(text(base), text(base), text(edit)).text == text(edit)
    assert merged(text(base), text(edit), text(edit)).text == text(edit)


@given(LINES, LINES, LINES)
def test_no_line_that_either_wrote_anew_is_missing_from_the_merged_text(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    mine, theirs = [*mine, "only mine"], ["only theirs", *theirs]
    made = merged(text(base), text(mine), text(theirs)).text
    assert "only mine" in made.splitlines()
    assert "only theirs" in made.splitlines() or "# only theirs" in made.splitlines()


def test_a_difference_names_both_sides() -> None:
    assert difference("a\nb\n", "a\nc\n", "theirs", "yours").splitlines()[:2] == ["--- theirs", "+++ yours"]
