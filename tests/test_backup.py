"""A backup holds one moment of a workspace in use, comes back whole or not at all, and never takes anything's place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql
from databases import postgresql_server, url

from commands._listing import refuse_while_restoring
from studies import archive, backup, restoring, script
from studies.house import audit
from studies.store import Store, tables
from studies.store import backup as store_backup
from studies.store.kept import utc
from studies.troubles import Failed, WrongInput
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.untimed

__all__ = ["postgresql_server", "url"]

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SMALL = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")


def quiet(_what: str, _share: float) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a study, answers, a picture, a trail."""
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return filled(Workspace(tmp_path / "workspace"))


def filled(space: Workspace) -> Workspace:
    """Something of every kind."""
    archive.seal(script.parse(SMALL), "small", space)
    store = Store(space.database_url)
    for n in range(3):
        answer(store, n)
    store.close()
    (space.pictures / "s-1").mkdir()
    (space.pictures / "s-1" / "1.png").write_bytes(os.urandom(70_000))
    (space.root / "secrets.toml").write_text("[auth]\nclient_secret = 'not to be carried about'\n")
    audit.did(space, "role", NOW, person="ann@agency.example", role=["qa"])
    return space


def answer(store: Store, n: int) -> None:
    """One more person who answers, in two languages."""
    asked = store.add_invitation("small", ["sus"], f"p-{n}")
    store.consent(asked.token, "answers", True, "ar", "1")
    store.submit(f"key-{n}", asked.token, "sus", {"sus_1": float(n % 5), "why": "لأنها بطيئة"}, "ar", True, True)


def plain(value: object) -> str:
    """A value as it reads from either database: SQLite keeps no time zones."""
    return utc(value).isoformat() if isinstance(value, datetime) else str(value)


def content(space: Workspace) -> dict[str, object]:
    """What a workspace holds, as somebody who uses it would compare it."""
    held = Store(space.database_url)
    with held.reading() as db:
        rows = {
            table.name: [tuple(map(plain, row)) for row in db.execute(sql.select(table).order_by(*table.primary_key))]
            for table in tables.all_tables.sorted_tables
            if table is not tables.versions
        }
    held.close()
    log = archive.read("small", space)
    pictures = {p.relative_to(space.root).as_posix(): p.read_bytes() for p in space.pictures.rglob("*.png")}
    return {"rows": rows, "log": log.sentences.to_pylist(), **pictures}


def taken(space: Workspace, tmp_path: Path) -> Path:
    """A backup of it."""
    return backup.take(space, tmp_path / "one.khutwa", NOW, quiet).path


def test_what_comes_back_is_what_was_there(space: Workspace, tmp_path: Path) -> None:
    before = content(space)
    file = taken(space, tmp_path)
    new = Workspace(tmp_path / "new")
    told = restoring.restore(file, new, NOW, quiet)
    assert content(new) == before
    assert (told.rows > 9, told.aside) == (True, None)
    assert audit.broken(new) == []
    assert [line["doing"] for line in audit.lines(new)] == ["role"]
    assert not (new.root / "secrets.toml").exists()
    assert file.stat().st_mode & 0o077 == 0
    assert not list(space.root.glob(f"{backup.TAKING}????????"))


def test_every_table_of_the_store_is_in_it(space: Workspace, tmp_path: Path) -> None:
    with tarfile.open(taken(space, tmp_path)) as tar:
        names = set(tar.getnames())
    engine = tables.engine(space.database_url)
    there = sql.inspect(engine).get_table_names()
    engine.dispose()
    assert {f"store/{name}.jsonl.gz" for name in there} == {name for name in names if name.startswith("store/")}


def test_on_each_database_and_from_one_to_the_other(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_DATABASE", url)
    space = filled(Workspace(tmp_path / "workspace"))
    before = content(space)
    file = taken(space, tmp_path)
    if not store_backup.is_file(url):  # it is not overwritten …
        with pytest.raises(WrongInput, match="not empty"):
            restoring.restore(file, Workspace(tmp_path / "other"), NOW, quiet)
        engine = tables.engine(url)
        with engine.begin() as db:
            tables.all_tables.drop_all(db)
        engine.dispose()
        same = Workspace(tmp_path / "same")
        restoring.restore(file, same, NOW, quiet)
        assert content(same) == before
        answer(store := Store(url), 77)  # … and it goes on counting
        store.close()
    monkeypatch.delenv("KHUTWA_DATABASE")
    other = Workspace(tmp_path / "as a file")
    restoring.restore(file, other, NOW, quiet)
    assert content(other) == before


def test_answers_that_arrive_meanwhile_are_whole_or_not_in_it(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHUTWA_DATABASE", url)
    space, over, said = filled(Workspace(tmp_path / "workspace")), threading.Event(), list[int]()

    def people() -> None:
        store, n = Store(url), 100
        while not over.is_set():
            answer(store, n)
            said.append(n)
            n += 1
        store.close()

    talking = threading.Thread(target=people)
    talking.start()
    files, known = [], []
    for n in range(3):
        known.append(len(said))
        files.append(backup.take(space, tmp_path / f"{n}.khutwa", NOW, quiet).path)
    over.set()
    talking.join()
    monkeypatch.delenv("KHUTWA_DATABASE")
    for n, file in enumerate(files):
        new = Workspace(tmp_path / f"new {n}")
        restoring.restore(file, new, NOW, quiet)
        rows = content(new)["rows"]
        assert isinstance(rows, dict)
        kept = len(rows["submissions"])
        assert kept >= 3 + known[n]  # what was acknowledged before it began is in it
        assert len(rows["invitations"]) - kept in (0, 1)  # one may have been invited and not yet have answered


def test_sessions_sealed_and_merged_meanwhile_are_in_it_once(space: Workspace, tmp_path: Path) -> None:
    over = threading.Event()
    sealed = list[str]()

    def robots() -> None:
        n = 0
        while not over.is_set():
            log = script.parse(
                f"session=more-{n} start=2026-01-01T00:00:00Z\n 0.0 citizen begins x\n 1.0 citizen leaves\n"
            )
            archive.seal(log, "small", space)
            sealed.append(f"more-{n}")
            n += 1

    walking = threading.Thread(target=robots)
    walking.start()
    files = []
    for n in range(4):
        before = len(sealed)
        files.append((before, backup.take(space, tmp_path / f"{n}.khutwa", NOW, quiet).path))
    over.set()
    walking.join()
    for n, (before, file) in enumerate(files):
        new = Workspace(tmp_path / f"new {n}")
        restoring.restore(file, new, NOW, quiet)
        names = archive.read("small", new).sessions["session"].to_pylist()
        assert len(names) == len(set(names))
        assert set(sealed[:before]) <= set(names)


def test_a_workspace_that_is_not_empty_is_left_alone(space: Workspace, tmp_path: Path) -> None:
    file, before = taken(space, tmp_path), content(space)
    with pytest.raises(WrongInput, match="--replace"):
        restoring.restore(file, space, NOW, quiet)
    assert content(space) == before
    store = Store(space.database_url)
    answer(store, 50)
    store.close()
    told = restoring.restore(file, space, NOW, quiet, replace=True)
    assert content(space) == before
    assert told.aside is not None
    assert (told.aside / "store.sqlite").exists()
    assert (space.root / "secrets.toml").exists()


def test_a_backup_takes_nothings_place(space: Workspace, tmp_path: Path) -> None:
    taken(space, tmp_path)
    with pytest.raises(WrongInput, match="overwrites nothing"):
        taken(space, tmp_path)
    with pytest.raises(WrongInput, match="in the workspace itself"):
        backup.take(space, space.root / "in.khutwa", NOW, quiet)


@pytest.mark.parametrize("at", [0.02, 0.3, 0.7, 0.95, 0.999])
def test_one_changed_byte_anywhere_is_noticed(space: Workspace, tmp_path: Path, at: float) -> None:
    file = taken(space, tmp_path)
    body = bytearray(file.read_bytes())
    place = int(len(body) * at)
    while body[place] == 0:  # between two files lies filling that says nothing
        place -= 1
    body[place] ^= 4
    file.write_bytes(body)
    refused(file, tmp_path)


@pytest.mark.parametrize("kept", [0, 100, 1024, 50_000, -1, -64, -2000])
def test_a_file_that_was_cut_off_is_refused(space: Workspace, tmp_path: Path, kept: int) -> None:
    file = taken(space, tmp_path)
    file.write_bytes(file.read_bytes()[:kept])
    refused(file, tmp_path)


def refused(file: Path, tmp_path: Path) -> None:
    """Nothing is restored, and nothing is left behind."""
    new = Workspace(tmp_path / "new")
    with pytest.raises(WrongInput):
        restoring.restore(file, new, NOW, quiet)
    assert [one.name for one in new.root.iterdir()] == [f"{backup.TAKING}lock"]


def test_a_newer_labs_backup_is_refused(space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = taken(space, tmp_path)
    monkeypatch.setattr(tables, "VERSION", 1)
    with pytest.raises(WrongInput, match="newer version"):
        restoring.restore(file, Workspace(tmp_path / "new"), NOW, quiet)


def test_what_would_leave_the_folder_is_no_part_of_a_backup(space: Workspace, tmp_path: Path) -> None:
    file = taken(space, tmp_path)
    evil = tmp_path / "evil.khutwa"
    with tarfile.open(file) as old, tarfile.open(evil, "w") as tar:
        tar.addfile(old.getmember(backup.HEAD), old.extractfile(backup.HEAD))
        link = tarfile.TarInfo("files/../../../out")
        tar.addfile(link)
    with pytest.raises(WrongInput, match="does not belong"):
        restoring.restore(evil, Workspace(tmp_path / "new"), NOW, quiet)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from studies import backup, restoring
from studies.store import backup as store_backup
from studies.workspace import Workspace

doing, root, file, nth = sys.argv[1], Workspace(Path(sys.argv[2])), Path(sys.argv[3]), int(sys.argv[4])
heard = 0

def audit(event, args):
    global heard
    if event in ("os.rename", "os.link", "open", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect"):
        if str(args and args[0]).startswith(str(root.root)) or str(file.parent) in str(args and args[0]):
            heard += 1
            if heard == nth:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(audit)
now = datetime(2026, 3, 1, 8, tzinfo=UTC)
if doing == "backup":
    backup.take(root, file, now, lambda what, share: None)
else:
    restoring.restore(file, root, now, lambda what, share: None, replace=True)
print(heard)
"""


def killed(doing: str, root: Path, file: Path, nth: int) -> subprocess.CompletedProcess[str]:
    """A backup or restore in a process of its own, killed at the nth thing that it does to the disk."""
    words = [sys.executable, "-c", KILLED, doing, str(root), str(file), str(nth)]
    return subprocess.run(words, capture_output=True, text=True, cwd=CHECKOUT, check=False)


@pytest.mark.slow
def test_killed_anywhere_a_backup_is_whole_or_not_there(space: Workspace, tmp_path: Path) -> None:
    before = content(space)
    steps = int(killed("backup", space.root, tmp_path / "whole.khutwa", 0).stdout)
    for nth in range(1, steps + 1, max(1, steps // 7)):
        file = tmp_path / f"{nth}.khutwa"
        assert killed("backup", space.root, file, nth).returncode == -signal.SIGKILL
        if file.exists():
            restoring.restore(file, Workspace(tmp_path / f"new {nth}"), NOW, quiet)
    assert content(space) == before
    after = taken(space, tmp_path)  # and the next one cleans up
    assert not list(space.root.glob(f"{backup.TAKING}????????"))
    assert restoring.restore(after, Workspace(tmp_path / "after"), NOW, quiet).files > 0


@pytest.mark.slow
def test_killed_anywhere_a_restore_is_finished_by_giving_it_again(space: Workspace, tmp_path: Path) -> None:
    before, file = content(space), taken(space, tmp_path)
    steps = int(killed("restore", tmp_path / "whole", file, 0).stdout)
    for nth in range(1, steps + 1, max(1, steps // 12)):
        new = Workspace(tmp_path / f"new {nth}")
        new.root.mkdir()
        (new.root / "old.txt").write_text("what was there before")
        assert killed("restore", new.root, file, nth).returncode == -signal.SIGKILL
        if (new.root / backup.RESTORING).exists():
            with pytest.raises(Failed, match="has not ended"):
                refuse_while_restoring(new)
        told = restoring.restore(file, new, NOW + timedelta(hours=1), quiet, replace=True)
        assert content(new) == before
        refuse_while_restoring(new)
        kept = [*new.root.glob(f"{backup.ASIDE}*/old.txt")]
        assert [one.read_text() for one in kept] == ["what was there before"], told


def test_the_commands(space: Workspace, tmp_path: Path) -> None:
    lab = [sys.executable, "cli.py"]
    told = {**os.environ, "KHUTWA_WORKSPACE": str(space.root)}
    one = subprocess.run(
        [*lab, "backup", str(tmp_path / "a.khutwa"), "--json"], cwd=CHECKOUT, env=told, capture_output=True, text=True
    )
    assert json.loads(one.stdout)["rows"] > 9, one.stderr
    two = subprocess.run(
        [*lab, "restore", str(tmp_path / "a.khutwa"), "--into", str(tmp_path / "b"), "--json"],
        cwd=CHECKOUT, env=told, capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(two.stdout)["aside"] is None, two.stderr
    lines = list(audit.lines(Workspace(tmp_path / "b")))
    assert [(line["what"], line["doing"]) for line in lines] == [
        ("did", "role"),
        ("begins", "backup"),
        ("did", "restore"),
    ]
    assert audit.broken(Workspace(tmp_path / "b")) == []


@pytest.fixture(autouse=True)
def _no_role_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("KHUTWA_ROLE", raising=False)
    yield
