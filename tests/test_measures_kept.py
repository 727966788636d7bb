"""What was measured is kept beside a study, and stays true to new sessions, merged parts, erasure, definitions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from leader_study import STUDY, planted

from analysis import answers_kept, measures_kept
from analysis.answers_kept import answered
from analysis.found import findings, findings_in
from analysis.measure import VALUE, measure, metrics
from analysis.measures_kept import at_hand, frames_of, is_up_to_date, measured, spent_at_hand
from analysis.step_times import spent_of
from studies import archive
from studies.erasing.session import erase_sessions
from studies.log import Log
from studies.measuring.batch import batch_of
from studies.measuring.presets import Presets, preset
from studies.script import parse
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.answers import said

WALK = """
session={s} case={c} start={start} channel={channel} source=participant participant={s} {task}
 0.0 citizen begins renew
 0.5 citizen acts renew step=open
 4.0 service requests national_id step=open
10.0 citizen gives national_id
11.0 citizen submits renew step=send
11.3 service concludes done
"""


def _log(*names: str, case: str = "", start: str = "2026-03-01T08:00:00Z", channel: str = "web",
         task: str = "task=renew") -> Log:  # fmt: skip
    return parse("".join(WALK.format(s=n, c=case or n, start=start, channel=channel, task=task) for n in names))


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def _as_measured_anew(study: str, space: Workspace) -> pd.DataFrame:
    return frames_of(archive.read(study, space)).sessions.sort_values("session", ignore_index=True)


def _same(study: str, space: Workspace) -> None:
    kept = measured(study, space).sessions.sort_values("session", ignore_index=True)
    pd.testing.assert_frame_equal(kept, _as_measured_anew(study, space), check_dtype=False)
    spent = [
        one.sort_values(["session", "step"], ignore_index=True)
        for one in (spent_at_hand(study, space), spent_of(batch_of(archive.read(study, space)), Presets()).to_pandas())
    ]
    pd.testing.assert_frame_equal(*spent, check_dtype=False)


def test_what_is_kept_is_what_the_metrics_say(space: Workspace) -> None:
    archive.seal(_log("a", "b"), "s", space)
    kept, said = measured("s", space), measure(archive.read("s", space))
    for row in kept.sessions.to_dict("records"):
        for name in metrics():
            result = said.sessions[str(row["session"])][name]
            assert row[f"{name}_state"] == result.state
            assert row[name] == pytest.approx(result.value) if result.state == VALUE else pd.isna(row[name])
    log = archive.read("s", space)
    assert findings_in(kept.sessions, kept.caught) == findings(log, measure(log))


def test_what_is_new_is_measured_and_the_rest_is_not_read_again(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.seal(_log("a", "b"), "s", space)
    first = measured("s", space)
    assert is_up_to_date(first, "s", space) and is_up_to_date(at_hand("s", space), "s", space)
    archive.seal(_log("c"), "s", space)
    assert not is_up_to_date(at_hand("s", space), "s", space)
    monkeypatch.setattr(measures_kept, "pieces_of", lambda *_a: pytest.fail("everything was read again"))
    _same("s", space)
    assert len(measured("s", space).sessions) == 3


def test_a_later_sitting_changes_what_its_case_came_to(space: Workspace) -> None:
    archive.seal(_log("a", "b"), "s", space)
    measured("s", space)
    # The case holds the national ID since its first sitting: asking again in a call is a repeat question.
    archive.seal(_log("a-call", case="a", start="2026-03-02T08:00:00Z", channel="phone", task=""), "s", space)
    _same("s", space)
    rows = measured("s", space).sessions.set_index("session")
    assert rows.loc["a-call", "repeat_questions"] == 1
    assert rows.loc["a-call", "service"] == "renew"


def test_parts_that_are_merged_change_nothing(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for k in range(64):
        if k == 63:
            measured("s", space)
        archive.seal(_log(f"a{k}"), "s", space)
    assert len(archive.parts_of("s", space)) == 1
    _same("s", space)
    archive.seal(_log("late"), "s", space)
    monkeypatch.setattr(measures_kept, "pieces_of", lambda *_a: pytest.fail("everything was read again"))
    _same("s", space)


def test_whoever_is_taken_out_is_taken_out_here_too(space: Workspace) -> None:
    archive.seal(_log("a", "b"), "s", space)
    measured("s", space)
    folder = archive.measured_beside("s", space)
    erase_sessions("s", ["a"], space)
    assert not folder.exists()
    assert measured("s", space).sessions["session"].tolist() == ["b"]


def test_something_gone_from_the_log_by_whatever_way_makes_all_of_it_anew(space: Workspace) -> None:
    archive.seal(_log("a"), "s", space)
    archive.seal(_log("b"), "s", space)
    measured("s", space)
    for path in archive.files_of("s", space)[0]:
        path.unlink()
    archive.seal(_log("c"), "s", space)
    _same("s", space)


def test_other_definitions_and_other_presets_are_never_mixed(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.seal(_log("a"), "s", space)
    measured("s", space)
    assert at_hand("s", space, preset("listening")) is None
    monkeypatch.setattr(measures_kept, "_definitions", lambda: "changed")
    assert at_hand("s", space) is None
    assert len(measured("s", space).sessions) == 1


def test_a_damaged_file_is_measured_anew_and_no_study_is_said_to_be_none(space: Workspace) -> None:
    archive.seal(_log("a"), "s", space)
    measured("s", space)
    (archive.measured_beside("s", space) / "sessions.parquet").write_bytes(b"half a file")
    assert at_hand("s", space) is None
    _same("s", space)
    with pytest.raises(WrongInput, match="There is no study “t”"):
        measured("t", space)


def test_answers_are_kept_as_the_store_tells_them_until_something_is_written(space: Workspace) -> None:
    store = planted(space, people=4)
    kept = answered(STUDY, store, space)
    for one in said(store, STUDY, "sus", space):
        row = kept.rows[kept.rows["participant"] == one.invitation.participant].iloc[0]
        assert (row["session"], row["score"], row["who"]) == (one.invitation.session, one.score, "people")
        assert list(row["responses"]) == list(one.responses) and row["joined"] == one.joined
    assert answers_kept.is_up_to_date(answers_kept.at_hand(STUDY, space), store)
    late = store.add_invitation(STUDY, ["sus"], "late")
    store.submit("late", late.token, "sus", {"sus_1": 3}, "en", complete=False)
    assert not answers_kept.is_up_to_date(answers_kept.at_hand(STUDY, space), store)
    again = answered(STUDY, store, space)
    assert len(again.rows) == len(kept.rows) + 1 and len(again.of("sus")) == len(kept.rows)
    store.close()
