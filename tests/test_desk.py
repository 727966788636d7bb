"""The moderator's desk keeps every press once, puts it where it belongs, and says how far two moderators agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import observers
from analysis.measure import measure
from analysis.sessions.picture import picture_of
from studies import archive, desk, notes, script
from studies.erasing.participant import erase
from studies.log import SESSIONS, Log
from studies.planning.assignment import pseudonym, schedule
from studies.planning.study import read_study, shipped
from studies.store import Store
from studies.store.heard import Sitting, keep_batch
from studies.store.notes import Note, keep_notes, notes_of, waiting_notes
from studies.store.withdrawal import withdraw
from studies.troubles import WrongInput
from studies.workspace import Workspace

BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
SAT = """session=p1-visit start=2026-03-01T08:00:00+00:00
 0.0 citizen begins renew
 3.0 citizen acts next
 9.0 service answers done
"""


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def store(space: Workspace) -> Iterator[Store]:
    made = Store(space.database_url, lambda: BEGAN + timedelta(minutes=2))
    yield made
    made.close()


def pressed(
    seconds: float, tag: str = "confusion", rater: str = "ra", session: str = "p1-visit", **more: object
) -> Note:
    """A press so many seconds into the session."""
    key = f"{rater}-{tag}-{seconds * 1000:07.0f}-{session}".replace("_", "-")
    return Note(
        key, "small", session, rater, tag, BEGAN + timedelta(seconds=seconds),
        **{"participant": "p1", **more},  # type: ignore[arg-type]
    )  # fmt: skip


def heard(space: Workspace) -> None:
    """The participant's own session, in the log."""
    log = script.parse(SAT)
    row = log.sessions.to_pylist()[0] | {
        "participant": "p1",
        "source": "participant",
        "ended": BEGAN + timedelta(seconds=20),
    }
    archive.seal(Log(log.sentences, pa.Table.from_pylist([row], SESSIONS)), "small", space)


def remarks(space: Workspace) -> list[tuple[str, float, str]]:
    """Every remark of the log: in which session, how many seconds in, which tag."""
    return [
        (s.session, (s.when - BEGAN).total_seconds(), s.about or "")
        for s in archive.read("small", space).said() if s.verb == "notes"
    ]  # fmt: skip


def test_presses_are_kept_once_and_those_within_a_second_all_count(store: Store, space: Workspace) -> None:
    heard(space)
    several = [pressed(4.0), pressed(4.2), pressed(4.201), pressed(4.9, "assist", "rb")]
    for _again in range(3):
        keep_notes(store, several)
    assert len(notes_of(store, "small")) == 4
    assert notes.into_the_log(store, "small", space) == [], "nobody has said that the session is over"
    keep_notes(store, [pressed(12.0, "session_ends")])
    assert notes.into_the_log(store, "small", space) == ["p1-visit"]
    assert notes.into_the_log(store, "small", space) == []
    told = [("p1-visit", 4.0, "confusion"), ("p1-visit", 4.2, "confusion"), ("p1-visit", 4.201, "confusion")]
    assert remarks(space) == [*told, ("p1-visit", 4.9, "assist")]
    assert {n.rater for n in notes_of(store, "small")} == {"ra", "rb"}
    marks = [m.about for m in picture_of(archive.read("small", space), "p1-visit").marks if m.idea == "note"]
    assert marks == ["confusion", "confusion", "confusion", "assist"]
    assert measure(archive.read("small", space)).sessions["p1-visit"]["waits"].value == 1


def test_a_kill_between_log_and_store_tells_nothing_twice(
    store: Store, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(space)
    keep_notes(store, [pressed(4.0), pressed(12.0, "session_ends"), pressed(5.0, session="unheard", participant="p7")])

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    for _time in range(2):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(notes, "mark_sealed", killed)
            notes.into_the_log(store, "small", space, timedelta(0), "unheard" if _time else "p1-visit")
    notes.into_the_log(store, "small", space, timedelta(0))
    assert sorted(remarks(space)) == [("p1-visit", 4.0, "confusion"), ("unheard-desk", 5.0, "confusion")]
    assert waiting_notes(store) == []


def test_words_stay_out_of_the_log_and_what_is_taken_back_is_gone(store: Store, space: Workspace) -> None:
    heard(space)
    quote = pressed(4.0, "quote")
    keep_notes(store, [quote, pressed(5.0, "error")])
    keep_notes(store, desk.pressed([sent(quote, version=2, text="Where is it, Sara?")]))
    keep_notes(store, desk.pressed([sent(pressed(5.0, "error"), version=3, undone=True)]))
    keep_notes(store, desk.pressed([sent(pressed(5.0, "error"), version=2, text="late, and older")]))
    notes.into_the_log(store, "small", space, session="p1-visit")
    assert remarks(space) == [("p1-visit", 4.0, "quote")]
    assert [(n.tag, n.text, n.undone) for n in notes_of(store, "small")] == [
        ("quote", "Where is it, Sara?", False), ("error", None, True),
    ]  # fmt: skip
    assert "Sara" not in str(archive.read("small", space).sentences.to_pylist())
    key = notes_of(store, "small")[0].key
    with pytest.raises(WrongInput, match="in the log already"):
        desk.taken_back(store, "small", key)


def sent(note: Note, **more: object) -> dict[str, object]:
    """A press as a desk sends it."""
    told = {name: getattr(note, name) for name in ("key", "study", "session", "rater", "tag", "participant", "version")}
    return {**told, "at": note.at.timestamp() * 1000, **more}


def test_remarks_find_the_session_of_their_participant_at_the_time(store: Store, space: Workspace) -> None:
    heard(space)
    keep_notes(store, [pressed(4.0, session="planned-p1-task"), pressed(4.0, session="planned-p2", participant="p2")])
    notes.into_the_log(store, "small", space, timedelta(0))
    assert sorted(remarks(space)) == [("p1-visit", 4.0, "confusion"), ("planned-p2-desk", 4.0, "confusion")]
    rows = {s.session: s for s in archive.read("small", space).heard()}
    assert (rows["planned-p2-desk"].source, rows["planned-p2-desk"].hears) == ("observer", frozenset({"notes"}))
    alone = measure(archive.read("small", space)).sessions["planned-p2-desk"]
    assert alone["silent_waits"].state == "not measurable"


def test_a_participant_is_erased_with_what_was_remarked(store: Store, space: Workspace) -> None:
    heard(space)
    keep_notes(store, [pressed(4.0, "quote", text="their words"), pressed(6.0, session="other", participant="p2")])
    keep_notes(store, [pressed(7.0, "error", session="p1-unheard-later"), pressed(9.0, session="o", participant="p3")])
    notes.into_the_log(store, "small", space, timedelta(0))
    receipt = erase("small", "p1", store, space, BEGAN)
    assert receipt.erased["notes"] == 2
    assert {n.participant for n in notes_of(store, "small")} == {"p2", "p3"}
    assert {session for session, _at, _tag in remarks(space)} == {"other-desk", "o-desk"}
    token = store.add_invitation("small", ["sus"], participant="p3").token
    withdraw(store, token, space)
    assert {n.participant for n in notes_of(store, "small")} == {"p2"}
    assert {session for session, _at, _tag in remarks(space)} == {"other-desk"}


def test_agreement_is_what_is_counted_by_hand() -> None:
    # 100 s are ten windows. ra: windows 0, 1, 2 and 9; rb: 0, 1, 5. Both 2, ra only 2, rb only 1, neither 5.
    both = [pressed(0.0, "session_begins"), pressed(99.9, "session_ends")]
    ra = [pressed(at) for at in (1.0, 12.0, 25.0, 95.0)]
    rb = [pressed(at, rater="rb") for at in (2.0, 17.5, 55.0)]
    (found,) = observers.of_notes([*both, *ra, *rb, pressed(30.0, undone=True)])
    assert (found.by_one, found.by_other, found.both) == (4, 3, 1)  # 12.0 and 17.5 are more than five seconds apart
    assert found.shared == pytest.approx(1 / 6)
    agreed, chance = 0.7, (0.4 * 0.3 + 0.6 * 0.7)
    assert found.kappa == pytest.approx((agreed - chance) / (1 - chance))
    assert observers.of_notes(ra) == [], "one moderator agrees with nobody"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_whatever_a_browser_sends_is_no_press(told: object) -> None:
    assert desk.pressed(told) == [] and desk.pressed([told]) == []


def test_a_study_has_tags_and_words_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    text = (
        "study: own\ntitle: Own\ntasks: [traffic/renew_vehicle]\nconditions: [as_is]\n"
        "moderator:\n  script: Read me\n  tags:\n    - {tag: swears, key: x, says: {en: swears, ar: يتذمر}}\n"
    )
    file.write_text(text, encoding="utf-8")
    told = read_study(file)
    assert desk.keys_of(told)[-1] == {"tag": "swears", "key": "x", "says": "swears"}
    file.write_text(text.replace("key: x", "key: c"), encoding="utf-8")
    with pytest.raises(WrongInput, match=r"line 8 .*moderator.tags.0.key: the key c is taken"):
        read_study(file)


def test_a_remark_by_hand_says_when(store: Store, space: Workspace) -> None:
    heard(space)
    at = notes.moment_told("+4.5", "small", "p1-visit", space, BEGAN)
    assert at == BEGAN + timedelta(seconds=4.5)
    assert notes.moment_told("2026-03-01T08:00:04", "small", "p1-visit", space, BEGAN).tzinfo is UTC
    with pytest.raises(WrongInput, match="is no time"):
        notes.moment_told("soon", "small", "p1-visit", space, BEGAN)
    with pytest.raises(WrongInput, match="nobody knows when it began"):
        notes.moment_told("+4", "small", "unheard", space, BEGAN)
    with pytest.raises(WrongInput, match="is no tag"):
        notes.note_now(store, Note("", "small", "s", "ra", "What he said", at))


def test_remarks_go_to_the_session_that_runs_is_planned_or_was_just_heard(store: Store, space: Workspace) -> None:
    told = read_study(shipped()["demo"])
    turn = schedule(told)[0]
    who = pseudonym("demo", turn.language, turn.number)
    planned = desk.sat("demo", who, turn.task, None, told, store, space)
    assert planned == desk.Sat(turn.of_person, who, turn.task, turn.condition)
    assert desk.sat("small", "p1", None, None, None, store, space).session == "small-p1"
    heard(space)
    assert desk.sat("small", "p1", None, None, None, store, space).session == "p1-visit"
    store.clock = lambda: BEGAN + timedelta(hours=2)
    assert desk.sat("small", "p1", None, None, None, store, space).session == "small-p1"
    keep_batch(store, Sitting("running", "small", "p1"), "[]", 1000)
    assert desk.sat("small", "p1", None, None, None, store, space).session == "running"


def test_the_desk_offers_peoples_places_of_the_plan_and_no_robots(store: Store, space: Workspace) -> None:
    text = (
        "study: own\ntitle: Own\ntasks: [traffic/renew_vehicle]\nconditions: [as_is]\n"
        "participants: {languages: {ar: 1, en: 2}}\n"
    )
    file = space.root / "study.yaml"
    file.write_text(text, encoding="utf-8")
    told = read_study(file)
    assert desk.participants_of("own", told, store, space) == ["own-ar-p001", "own-en-p001", "own-en-p002"]
    assert [turn.number for turn in desk.turns_of(told, "own-en-p002")] == [2]
    assert desk.turns_of(told, "own-en-002") == [], "that is what a robot in their place is called"
