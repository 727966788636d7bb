"""A study as evidence: the pack gives the numbers of the study, and a byte changed in it is noticed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.measure import measure
from analysis.pack import pack
from studies import archive
from studies.packed import MANIFEST, is_pack, log_of, sums_of
from studies.planning.freezing import checked_hash, freeze
from studies.planning.study import Study
from studies.reading import log_named
from studies.script import parse
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys.invitations import invite

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
WALK = """
session={name} case={name} start=2026-03-01T11:59:00Z source=robot task=renew condition={name} participant=p-{name}
 0.0 citizen begins renew value=2
 0.2 citizen acts renew
 3.4 service answers renew
 3.4 service requests national_id
 5.0 citizen gives national_id
 5.5 citizen submits renew
 5.9 service requests national_id
 8.0 citizen gives national_id
 9.0 citizen submits renew
 9.5 service concludes renewed
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Path]]:
    folder = tmp_path_factory.mktemp("packed")
    space = Workspace(folder / "workspace")
    study = Study.model_validate(
        {
            "study": "mine", "title": "Mine", "tasks": ["a/renew"], "conditions": ["as_is", "redesigned"],
            "analysis": [{"measure": "waits"}],
        }
    )  # fmt: skip
    freeze(study, {"a/renew": "0" * 64}, folder / "study.yaml", space, NOW)
    for name in ("as_is", "redesigned"):
        archive.seal(parse(WALK.format(name=name)), "mine", space)
    store = Store(space.database_url)
    try:
        token = invite(store, "mine", "sus", participant="p-as_is", session="as_is", condition="as_is")
        store.consent(token, "answers", True, "en", "answers-1")
        store.submit("key", token, "sus", {f"sus_{n}": 3.0 for n in range(1, 11)}, "en", complete=True, finished=True)
    finally:
        store.close()
    yield space, pack("mine", space, folder / "mine.zip", NOW)


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as whole:
        whole.extractall(folder)
    return folder


def test_the_pack_gives_the_same_numbers_zipped_and_unpacked(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    space, file = made
    nowhere = Workspace(tmp_path / "elsewhere")
    wanted = measure(archive.read("mine", space)).json()
    assert wanted["summary"]["sessions"] == 2 and wanted["summary"]["metrics"]["repeat_questions"]["mean"] == 1
    assert measure(log_named(str(file), nowhere)).json() == wanted
    assert measure(log_named(str(unpacked(file, tmp_path / "open")), nowhere)).json() == wanted
    with zipfile.ZipFile(file) as whole:
        assert json.loads(whole.read("analysis/measured.json")) == json.loads(json.dumps(wanted))


def test_everything_is_in_it(made: tuple[Workspace, Path]) -> None:
    with zipfile.ZipFile(made[1]) as whole:
        names = set(whole.namelist())
        protocol = json.loads(whole.read("protocol/protocol.json"))
        assert {"MANIFEST.sha256", "codebook.csv", "versions.json", "README.txt", "answers/answers.csv"} <= names
        assert {f"log/{what}.{kind}" for what in ("sentences", "sessions") for kind in ("csv", "parquet")} <= names
        assert {"report/en.html", "report/ar.html", "analysis/comparison.csv", "analysis/planned.json"} <= names
        assert set(sums_of(whole.read(MANIFEST).decode())) == names - {MANIFEST}
        assert checked_hash(protocol) and "file" not in protocol
        assert b"pyarrow" in whole.read("versions.json")
        assert whole.read("log/sentences.csv").count(b"\n") == 1 + 2 * 10
        assert str(made[0].root).encode() not in b"".join(whole.read(name) for name in names)


@pytest.mark.parametrize("name", ["log/sentences.parquet", "protocol/protocol.json", "analysis/planned.json"])
def test_a_byte_changed_afterwards_is_named(made: tuple[Workspace, Path], tmp_path: Path, name: str) -> None:
    folder = unpacked(made[1], tmp_path / "open")
    whole = bytearray((folder / name).read_bytes())
    whole[len(whole) // 2] ^= 1
    (folder / name).write_bytes(whole)
    with pytest.raises(WrongInput, match=f"{name} was changed"):
        log_of(folder)


def test_what_is_missing_or_added_is_named(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    folder = unpacked(made[1], tmp_path / "open")
    (folder / "remarks.txt").write_text("all is well")
    with pytest.raises(WrongInput, match=r"remarks\.txt is not in its manifest"):
        log_of(folder)
    (folder / "remarks.txt").unlink()
    (folder / "codebook.csv").unlink()
    with pytest.raises(WrongInput, match=r"codebook\.csv is missing"):
        log_of(folder)


def test_another_zip_is_no_pack_and_a_study_that_never_started_has_none(
    made: tuple[Workspace, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as whole:
        whole.writestr("a.txt", "a")
    assert not is_pack(other)
    with pytest.raises(WrongInput, match="no frozen protocol"):
        pack("never", made[0], tmp_path / "never.zip", NOW)
