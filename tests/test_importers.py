"""What every importer owes: it is found because it lies in its folder, knows its own files and nobody else's, and tells
of its sample what the golden script beside it says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import cli
from studies import archive, script
from studies.events import ALL_VERBS
from studies.importing import IMPORTERS, PLACES, Tally, bring, bring_into, importers
from studies.troubles import WrongInput
from studies.workspace import Workspace

HERE = Path(__file__).parent
#: a sample of each format -> the play script that tells what is in it
SAMPLES = {
    "rrweb": ("rrweb_renewal.json", "rrweb_renewal.txt"),
    "play_script": ("small_study.txt", "small_study.txt"),
    "parquet": (None, "small_study.txt"),
}


def sample(name: str, tmp_path: Path) -> Path:
    own = SAMPLES[name][0]
    if own is not None:
        return HERE / "samples" / own
    log = script.read(HERE / "samples" / SAMPLES[name][1])  # bytes that no person can read are made here
    for part, table in (("sentences", log.sentences), ("sessions", log.sessions)):
        archive.write_whole(table, tmp_path / f"{part}.parquet")
    return tmp_path / "sentences.parquet"


def golden(name: str) -> str:
    text = SAMPLES[name][1]
    folder = "golden" if name == "rrweb" else "samples"
    return script.render(script.read(HERE / folder / text))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_an_importer_reads_its_sample_as_its_golden_script_says(name: str, tmp_path: Path) -> None:
    importer = importers()[name]
    path = sample(name, tmp_path)
    assert importer.TITLE
    assert importer.HEARS <= ALL_VERBS
    assert [other for other, i in importers().items() if i.recognises(path)] == [name]
    read = importer.read(path)
    assert script.render(read.log) == golden(name)
    assert {s.verb for s in read.log.said()} <= importer.HEARS
    assert read.rows >= 1


def test_the_folder_holds_importers_and_nothing_else(tmp_path: Path) -> None:
    assert SAMPLES.keys() <= importers().keys()
    for name, importer in importers().items():
        for owed in ("TITLE", "HEARS", "recognises", "read"):
            assert hasattr(importer, owed), f"{name} lacks {owed}"
    (tmp_path / "_draft.py").touch()
    assert importers(tmp_path) == {}
    assert all("/" not in name for name in importers(IMPORTERS))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_broken_file_is_a_wrong_input_or_is_read_as_far_as_it_goes(name: str, tmp_path: Path) -> None:
    importer, whole = importers()[name], sample(name, tmp_path).read_bytes()
    path = tmp_path / "broken"
    for size in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:size])
        try:
            if importer.recognises(path):
                importer.read(path)
        except WrongInput as wrong:
            assert str(wrong)


def test_what_is_brought_is_sealed_and_reported(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    path = HERE / "samples" / "rrweb_renewal.json"
    first, twice = bring_into("s", [path], space)[0], bring_into("s", [path, path], space)
    told = first.json()
    assert (told["format"], told["sessions"]) == ("rrweb", 1)
    assert told["sentences"] == len(archive.read("s", space).sentences)
    assert told["first"] < told["last"]
    assert all(o["what"] and o["why"] and o["count"] for o in told["left_out"])
    assert [b.json()["sessions"] for b in twice] == [0, 0]  # the study holds it already
    assert "the study holds them already" in twice[0].told()


def test_of_several_files_all_go_in_or_none(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    bad = tmp_path / "notes.doc"
    bad.write_text("Dear colleague")
    with pytest.raises(WrongInput, match="rrweb"):
        bring_into("s", [HERE / "samples" / "rrweb_renewal.json", bad], space)
    assert archive.studies_in(space) == []
    with pytest.raises(WrongInput, match="no file"):
        bring(tmp_path / "nowhere.json")
    with pytest.raises(WrongInput, match="needs a name"):
        bring_into(" ", [], space)


def test_of_one_reason_the_first_places_are_named_and_the_rest_counted() -> None:
    tally = Tally()
    for line in range(100):
        tally.leave(f"line {line}", "no JSON")
    told = tally.told()
    assert len(told) == PLACES + 1
    assert sum(o.count for o in told) == 100


def test_the_command_prints_one_document_and_names_the_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    copy = shutil.copy(HERE / "samples" / "rrweb_renewal.json", tmp_path / "r.json")

    def lab(*words: str) -> int:
        monkeypatch.setattr("sys.argv", ["lab", "import", *words])
        return cli.main()

    assert lab(str(copy), "--study", "s", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert told.keys() == {"file", "format", "rows", "sessions", "sentences", "left_out", "first", "last", "notes"}
    assert lab(str(copy), str(copy), "--study", "s", "--json") == 0
    assert len(json.loads(capfd.readouterr().out)) == 2
    (tmp_path / "x.doc").write_text("?")
    assert lab(str(tmp_path / "x.doc"), "--study", "s") == 2
    assert "play_script" in capfd.readouterr().err
    assert lab(str(copy)) == 2
    assert "--study" in capfd.readouterr().err
