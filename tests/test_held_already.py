"""What a study holds already is told by what was said, never by how the file is called: nothing is lost or doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studies import archive
from studies.importing import bring, bring_into
from studies.log import Log
from studies.workspace import Workspace

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Customer>{0}\n\n00:00:09.000 --> 00:00:10.000\n<v Agent>Yes.\n"
CHAT = "[13/4/26, 2:28:00 PM] Agent: Good morning\n[13/4/26, 2:28:30 PM] Customer: {0}\n"
TURNS: list[dict[str, Any]] = [
    {"role": "customer", "text": "{0}", "start": 1},
    {"role": "agent", "text": "", "start": 4},
]
ANALYTICS = {
    "Participants": [],
    "Transcript": [{"ParticipantRole": "CUSTOMER", "BeginOffsetMillis": 5, "EndOffsetMillis": 9, "Content": "{0}"}],
}
CSV = "from,message,sent at\nagent,Hello,2026-03-01T08:00:00Z\ncustomer,{0},2026-03-01T08:00:20Z\n"
XES = (
    '<log><trace><event><string key="concept:name" value="{0}"/><date key="time:timestamp"'
    ' value="2026-03-02T08:00:00Z"/></event></trace></log>'
)
#: The name that files of a format usually have, and what two of them hold.
UNNAMED = [
    ("_chat.txt", CHAT),
    ("recording.vtt", VTT),
    ("turns.json", json.dumps(TURNS)),
    ("several.json", json.dumps([{"turns": TURNS}])),
    ("call.json", json.dumps(ANALYTICS)),
    ("chats.csv", CSV),
    ("log.xes", XES),
    ("script.txt", "0 citizen begins x\n1 citizen acts {0}\n"),
]
HELD = "the study holds them already"
Put = Callable[[str, str], Path]


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """`put("a/_chat.txt", "…")` is a file of that content."""

    def written(place: str, content: str) -> Path:
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    return written


def sessions(space: Workspace) -> int:
    return len(archive.read("s", space).sessions)


@pytest.mark.parametrize(("name", "text"), UNNAMED)
def test_another_file_of_the_same_name_is_another_session(name: str, text: str, put: Put, space: Workspace) -> None:
    first, second = put(f"a/{name}", text.replace("{0}", "renewing")), put(f"b/{name}", text.replace("{0}", "paying"))
    told = [*bring_into("s", [first], space), *bring_into("s", [second], space)]
    assert [one.json()["sessions"] for one in told] == [1, 1]
    assert HELD not in told[1].told()
    assert sessions(space) == 2


@pytest.mark.parametrize(("name", "text"), UNNAMED)
def test_the_same_content_is_held_whatever_its_file_is_called(name: str, text: str, put: Put, space: Workspace) -> None:
    first, second = put(f"a/{name}", text), put(f"a/copy_of_{name}", text)
    bring_into("s", [first], space)
    told = bring_into("s", [first, second], space)
    assert [one.json()["sessions"] for one in told] == [0, 0]
    assert all(HELD in one.told() for one in told)
    assert sessions(space) == 1


def test_what_was_killed_on_its_way_in_is_not_held(put: Put, space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("a/_chat.txt", CHAT)
    write = archive.write_whole

    def killed(table: Any, file: Path) -> None:
        if file.name.startswith("sessions"):
            raise KeyboardInterrupt
        write(table, file)

    monkeypatch.setattr(archive, "write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        bring_into("s", [path], space)
    monkeypatch.undo()
    assert [bring_into("s", [path], space)[0].json()["sessions"] for _each in range(2)] == [1, 0]
    assert sessions(space) == 1
    assert len(archive.read("s", space).sentences) == len(bring(path).read.log.sentences)


def under(log: Log, name: str) -> Log:
    """A log of one session under another name."""
    said = [{**row, "session": name, "case": name} for row in log.sentences.to_pylist()]
    heard = [{**row, "session": name} for row in log.sessions.to_pylist()]
    return Log(
        log.sentences.from_pylist(said, log.sentences.schema), log.sessions.from_pylist(heard, log.sessions.schema)
    )


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("_chat.txt", CHAT, "_chat"),
        ("recording.vtt", VTT, "recording"),
        ("several.json", json.dumps([{"turns": TURNS}]), "several-1"),
        ("script.txt", UNNAMED[-1][1], "s1"),
        ("log.xes", XES, "trace 1"),
    ],
)
def test_what_a_study_holds_by_its_files_name_is_not_doubled(
    file: str, text: str, name: str, put: Put, space: Workspace
) -> None:
    archive.seal(under(bring(put(f"a/{file}", text)).read.log, name), "s", space)
    (again,) = bring_into("s", [put(f"a/{file}", text)], space)
    assert again.json()["sessions"] == 0
    assert HELD in again.told()
    later = text.replace("2:28:30", "2:29:30").replace("09.000", "08.000").replace('"start": 4', '"start": 5')
    later = later.replace("1 citizen acts", "2 citizen acts").replace("T08:00", "T09:00")
    (other,) = bring_into("s", [put(f"b/{file}", later)], space)
    assert other.json()["sessions"] == 1


def test_a_conversation_that_a_file_holds_twice_is_one(put: Put, space: Workspace) -> None:
    (told,) = bring_into("s", [put("a/calls.json", json.dumps([{"turns": TURNS}, {"turns": TURNS}]))], space)
    assert told.json()["sessions"] == 1
    assert "the file holds the same one before" in told.told()


def test_a_conversation_with_a_name_of_its_own_keeps_it(put: Put) -> None:
    log = bring(put("a/c.json", json.dumps({"call_id": "c-7", "turns": TURNS}))).read.log
    assert log.sessions["session"].to_pylist() == ["c-7"]


def test_a_new_study_takes_a_session_called_s1_and_others_at_once(put: Put, space: Workspace) -> None:
    named = put("a/named.txt", "session=s1\n0 citizen begins x\n")
    told = bring_into("s", [named, put("a/_chat.txt", CHAT)], space)
    assert [one.json()["sessions"] for one in told] == [1, 1]
