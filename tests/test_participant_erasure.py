"""One person is taken out of everything; every byte that is left is read, and everybody else has lost nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from studies import archive, replays
from studies.compaction import OneAtATime
from studies.erasing.participant import erase
from studies.script import parse
from studies.store import Store
from studies.store.heard import Sitting, keep_batch
from studies.troubles import Failed, WrongInput
from studies.workspace import Workspace
from surveys.answers import write_to_log
from surveys.invitations import invite

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
VISIT = """
session={0} case={0} start=2026-03-01T11:59:00Z source={2} participant={1} task=renew condition=as_is
 0.0 citizen begins renew
 1.0 citizen acts said_by_{1}
 2.0 service concludes renewed
"""
ME, YOU = "qzparticipant-one", "wxparticipant-two"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def take_part(who: str, store: Store, space: Workspace) -> list[str]:
    """Somebody who was heard twice, delivered batches, answered, was pictured and written about; their names."""
    sessions = [f"{who}-first", f"{who}-second"]
    archive.seal(parse(VISIT.format(sessions[0], who, "participant")), "mine", space)
    archive.seal(parse(VISIT.format(sessions[1], who, "robot")), "mine", space)
    archive.seal(parse(VISIT.format(f"{sessions[0]}~2", who, "participant")), "mine", space)
    keep_batch(store, Sitting(sessions[0], "mine", participant=who), json.dumps({"typed_by": who}), 1000)
    tokens = []
    for nth, session in enumerate((sessions[0], None)):
        token = invite(store, "mine", "sus", participant=who, session=session)
        store.consent(token, "answers", True, "en", "answers-1")
        said = {f"sus_{n}": 3.0 for n in range(1, 11)}
        store.submit(f"{who}-{nth}", token, "sus", said, "en", complete=True, finished=True)
        tokens.append(token)
    folder = space.pictures / sessions[0]
    folder.mkdir()
    (folder / "1.png").write_bytes(f"picture of {who}".encode())
    whole = replays.Shown(0.0, 0, 0, 1, 1, True, who.encode())
    replays.keep(replays.Replay(sessions[0], "pictures", "fields", 1, 1, (whole,)), folder)
    (space.pictures / f"{sessions[1]}.har").write_text(who)
    (space.checks / f"{sessions[1]}.json").write_text(json.dumps([sessions[1]]))
    (space.runs / f"job-{who[:2]}.json").write_text(json.dumps({"walked": sessions}))
    return [who, *sessions, *tokens]


def every_byte(space: Workspace) -> Iterator[tuple[Path, bytes]]:
    """What is kept, with the names of the files, and with what Parquet and SQLite hold written out."""
    for path in sorted(space.root.rglob("*")):
        yield path, str(path.relative_to(space.root)).encode()
        if path.is_file():
            yield path, path.read_bytes()
        if path.suffix == ".parquet":
            yield path, repr(pq.ParquetFile(path).read().to_pylist()).encode()
        if path.name == "store.sqlite":
            with sqlite3.connect(path) as db:
                yield path, "\n".join(db.iterdump()).encode()
            db.close()


def where(names: list[str], space: Workspace) -> set[str]:
    shapes = [name.encode() for name in names]
    return {path.name for path, told in every_byte(space) if any(shape in told for shape in shapes)}


def test_no_byte_of_one_person_is_left_and_nobody_else_lost_anything(store: Store, space: Workspace) -> None:
    mine, yours = take_part(ME, store, space), take_part(YOU, store, space)
    write_to_log(store, "mine", space)
    for tongue in ("en", "ar"):
        (space.reports / f"mine.{tongue}.html").write_text(f"{mine[1]} and {yours[1]}")
    (space.reports / "other.en.html").write_text("somebody else")
    before = archive.read("mine", space).only([*yours[1:3], f"{yours[1]}~2"])
    assert where(mine, space) >= {"store.sqlite", "replay.json", "1.png", "mine.en.html", "job-qz.json"}
    receipt = erase("mine", ME, store, space, NOW)
    assert where(mine, space) == set()
    after = archive.read("mine", space)
    assert after.only([*yours[1:3], f"{yours[1]}~2"]).sentences.equals(before.sentences)
    assert len(after.sentences) == 3 * 3 + 20  # what the other said, and their answers
    assert where(yours[:1], space) >= {"store.sqlite", "replay.json", "1.png", "job-wx.json"}
    assert (space.reports / "other.en.html").exists()
    erased = receipt.erased
    assert (erased["sessions"], erased["batches"], erased["sittings"], erased["submissions"]) == (4, 1, 1, 2)
    assert erased["files"] == 4 and len(receipt.sha256) == 64
    (kept,) = (space.root / "receipts").iterdir()
    assert json.loads(kept.read_text()) == receipt.json()
    with pytest.raises(WrongInput, match="Nobody in “mine”"):
        erase("mine", ME, store, space, NOW)


def test_a_log_that_was_merged_forgets_too(store: Store, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MANY", 3)
    mine = take_part(ME, store, space)
    take_part(YOU, store, space)
    erase("mine", ME, store, space, NOW)
    assert where(mine, space) == set()
    assert len(archive.read("mine", space).sessions) == 3


def test_who_only_answered_is_erased(store: Store, space: Workspace) -> None:
    token = invite(store, "mine", "sus", participant=ME)
    erase("mine", ME, store, space, NOW)
    assert where([ME, token], space) == set()


def test_of_a_session_that_is_not_theirs_only_their_answers_go(store: Store, space: Workspace) -> None:
    archive.seal(parse(VISIT.format("call-1", "", "call").replace(" participant=", "")), "mine", space)
    token = invite(store, "mine", "sus", participant=ME, session="call-1")
    store.consent(token, "answers", True, "en", "answers-1")
    store.submit("k", token, "sus", dict.fromkeys([f"sus_{n}" for n in range(1, 11)], 3.0), "en", complete=True,
                 finished=True)  # fmt: skip
    write_to_log(store, "mine", space)
    erase("mine", ME, store, space, NOW)
    log = archive.read("mine", space)
    assert [s.verb for s in log.said()] == ["begins", "acts", "concludes"]


def test_a_log_held_by_another_is_said_and_nothing_is_lost(store: Store, space: Workspace) -> None:
    mine = take_part(ME, store, space)
    with OneAtATime(archive.folder_of("mine", space)), pytest.raises(Failed, match="Try again"):
        erase("mine", ME, store, space, NOW)
    erase("mine", ME, store, space, NOW)
    assert where(mine, space) == set()
