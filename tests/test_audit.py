"""The trail of who did what: noted before it begins, and whoever changes it is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands._listing import allowed
from studies.house import audit, audit_shown
from studies.troubles import Failed, WrongInput
from studies.words import say_in
from studies.workspace import Workspace


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    for name in ("KHUTWA_DATABASE", "KHUTWA_ROLE", "KHUTWA_SECRETS", "KHUTWA_SIGN_IN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "workspace").mkdir()
    return Workspace(tmp_path / "workspace")


def test_a_command_is_noted_before_it_begins_and_when_it_ends(space: Workspace) -> None:
    seen = []

    def run(file: Path, base_url: str, study: str | None = None) -> None:
        seen.append([line["what"] for line in audit.lines(space)])
        audit.also(targets=["https://a.example/?token=secret"])
        raise Failed("it did not work")

    with pytest.raises(Failed):
        allowed("run", run)(Path("/somewhere/renew.yaml"), base_url="https://u:p@agency.example/x?key=1")
    begins, ends = audit.lines(space)
    assert seen == [["begins"]]
    assert (begins["file"], begins["base_url"]) == ("renew.yaml", "https://agency.example/x")
    assert (ends["ending"], ends["targets"], ends["run"]) == ("failed: Failed", ["https://a.example/"], begins["run"])


def test_without_a_trail_nothing_is_done(space: Workspace) -> None:
    (space.root / "audit.jsonl").mkdir()
    ran = []
    with pytest.raises(Failed, match="without it this is not done"):
        allowed("run", lambda: ran.append(1))()
    assert ran == []


@pytest.mark.parametrize("change", ["alter", "take out", "put in", "swap"])
def test_a_trail_that_was_changed_says_where(space: Workspace, change: str) -> None:
    for n in range(6):
        audit.did(space, "export", study=f"s{n}")
    assert audit.broken(space) == []
    path = audit.file_of(space)
    lines = path.read_bytes().splitlines(keepends=True)
    match change:
        case "alter":
            lines[2] = lines[2].replace(b"s2", b"s9")
        case "take out":
            del lines[2]
        case "put in":
            lines.insert(3, lines[2])
        case "swap":
            lines[2], lines[3] = lines[3], lines[2]
    path.write_bytes(b"".join(lines))
    assert audit.broken(space)[0] in (3, 4)


def test_lines_cut_off_the_end_are_seen_by_a_link_kept_elsewhere(space: Workspace) -> None:
    for n in range(3):
        audit.did(space, "export", study=f"s{n}")
    link, path = audit.head(space), audit.file_of(space)
    audit.did(space, "export", study="later")
    assert audit.holds(space, link)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert audit.broken(space) == []
    assert not audit.holds(space, link)


def test_half_a_line_of_a_machine_that_died_breaks_nothing(space: Workspace) -> None:
    audit.file_of(space).write_bytes(
        b'{"when":"2026-01-01T00:00:00+00:00","what":"begins","run":"old","who":"a"}\n{"when"'
    )
    audit.did(space, "export", study="s")
    assert audit.broken(space) == []
    assert [line["what"] for line in audit.lines(space)] == ["begins", "torn", "did"]


@pytest.mark.parametrize(("tongue", "ended"), [("en", "failed: what was given cannot be used"), ("ar", "فشل")])
def test_the_trail_is_read_whole_and_in_words(space: Workspace, tongue: str, ended: str) -> None:
    """On the page and at the command line: no value is cut, and how it ended is no word of the program's."""
    long = "a name that is long " * 20
    with pytest.raises(WrongInput), audit.doing(space, "run", study=long):
        raise WrongInput("no such file")
    with say_in(tongue):
        begins, ends = map(audit.told, audit.lines(space))
        trail = audit_shown.read(space)
        (row,) = audit_shown.table(audit_shown.found(trail)).to_dict("records")
    _when, _who, _what, facts, ending = row.values()
    assert long in facts and long in begins
    for text in (ending, ends):
        assert ended in text and "WrongInput" not in text


def test_what_only_programmers_call_by_its_name_keeps_it() -> None:
    assert audit.in_words("failed: KeyError") == "failed in the lab itself: KeyError"
    assert audit.in_words("exit 1") == "ended with exit code 1"
    assert audit.in_words("begins") == "begins" and audit.in_words("of another lab") == "of another lab"


def test_a_long_trail_is_shown_a_page_at_a_time(space: Workspace) -> None:
    for n in range(audit_shown.PER_PAGE + 1):
        audit.did(space, "export", study=f"s{n}")
    rows = audit_shown.found(audit_shown.read(space))
    assert audit_shown.pages(rows) == 2 and audit_shown.pages([]) == 1
    assert list(audit_shown.table(rows, 2).iloc[:, 3]) == ["study: s0"]
