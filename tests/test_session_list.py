"""A list of sessions that finds, filters and sorts without reading the log, and one session read by its case."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.evidence import of_session
from analysis.measure import measure
from analysis.sessions import session_list, session_moment
from analysis.sessions.session_list import Asked
from commands import _titles
from studies import archive, script, titles
from studies.log import Log
from studies.troubles import WrongInput
from studies.words import say_in
from studies.workspace import CHECKOUT, Workspace

SAMPLE = (CHECKOUT / "tests" / "samples" / "report_study.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def log() -> Log:
    return script.parse(SAMPLE)


@pytest.fixture(scope="module")
def space(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a study that was sealed in two parts."""
    made = Workspace(tmp_path_factory.mktemp("it's a workspace"))
    names = log.sessions["session"].to_pylist()
    archive.seal(log.only(names[:3]), "some", made)
    archive.seal(log.only(names[3:]), "some", made)
    return made


def test_the_list_is_sorted_by_any_metric_as_it_was_measured(log: Log, space: Workspace) -> None:
    measured = measure(log).sessions
    for metric in ("silent_waits", "wait_time", "repeat_questions"):
        found = session_list.listed("some", space, Asked(sort=metric))
        values = [measured[name][metric].value for name in found.sessions]
        assert found.total == len(measured) == len(values)
        assert values == sorted(values, key=lambda value: float(value or 0), reverse=True)
    first = session_list.listed("some", space, Asked()).sessions[0]
    assert first == max(log.heard(), key=lambda one: one.started).session


def test_words_and_filters_narrow_it(space: Workspace) -> None:
    assert session_list.listed("some", space, Asked(words="RENEW as_is")).sessions == ["renew-1"]
    left = session_list.listed("some", space, Asked(filters={"outcome": "left", "source": ""}))
    assert left.sessions == ["permit-1"]
    assert session_list.choices("some", space)["condition"] == ["as_is", "redesigned"]


@pytest.mark.parametrize("words", ["' OR 1=1 --", "%", '"; DROP VIEW source; --', "?"])
def test_what_is_typed_is_only_ever_looked_for(space: Workspace, words: str) -> None:
    assert session_list.listed("some", space, Asked(words=words, filters={"no such": "x"})).total == 0


def test_a_session_is_found_by_the_title_of_its_service_too(space: Workspace) -> None:
    titles.lend(lambda: {"renew_vehicle": {"en": "Extend a licence", "ar": "تمديد الرخصة"}}, lambda _service: {})
    try:
        found = session_list.listed("some", space, Asked(words="extend"))
        assert found.sessions and {row["service"] for row in found.rows} == {"renew_vehicle"}
        assert session_list.table(found).iloc[0]["Journey"] == "Extend a licence"
        with say_in("ar"):
            assert session_list.listed("some", space, Asked(words="الرخصة")).sessions == found.sessions
    finally:
        _titles.lend()


def test_a_session_without_a_known_date_says_so(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    archive.seal(script.parse("0 citizen acts a"), "undated", space)
    found = session_list.listed("undated", space, Asked())
    assert session_list.table(found).iloc[0]["Began"] == "no date"
    assert "1970" not in session_list.row_name(found.rows[0])


def test_a_page_beyond_the_last_is_the_last(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_list, "PER_PAGE", 4)
    pages = [session_list.listed("some", space, Asked(page=n)) for n in (1, 2, 9)]
    assert [len(page.rows) for page in pages] == [4, 2, 2]
    assert (pages[2].page, pages[2].pages) == (2, 2)
    assert len({*pages[0].sessions, *pages[1].sessions}) == 6


def test_one_session_is_the_same_as_in_the_whole_log(log: Log, space: Workspace) -> None:
    study = session_list.case_of("some", "renew-1", space)
    assert study.measured.sessions["renew-1"] == measure(log).sessions["renew-1"]
    assert of_session(study, "renew-1", space).script == script.render(archive.read("some", space).only(["renew-1"]))


def test_a_session_or_study_that_is_gone_is_said_to_be(space: Workspace) -> None:
    assert not session_list.there("some", "renew-9", space)
    with pytest.raises(WrongInput, match="no session “renew-9” in “some”"):
        session_list.case_of("some", "renew-9", space)
    with pytest.raises(WrongInput, match="There is no study “gone”"):
        session_list.listed("gone", space, Asked())


def test_what_is_sealed_later_is_in_the_list(log: Log, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    archive.seal(log.only(["renew-1"]), "some", space)
    assert session_list.listed("some", space, Asked()).total == 1
    archive.seal(log.only(["renew-2"]), "some", space)
    assert session_list.listed("some", space, Asked()).total == 2


def test_a_row_says_what_cannot_be_heard_instead_of_a_zero(tmp_path: Path) -> None:
    deaf = "session=w source=load hears=begins,submits,answers\n 0.0 citizen submits a\n 9.0 service answers a\n"
    space = Workspace(tmp_path)
    archive.seal(script.parse(deaf), "deaf", space)
    row = session_list.table(session_list.listed("deaf", space, Asked(sort="silent_time")), "silent_time").iloc[0]
    assert row["Silent waits"] == "not measurable" and row["Who"] == "load"


def test_a_moment_leads_to_the_sentences_around_it(log: Log, space: Workspace) -> None:
    around = session_moment.around(log, "renew-1", 8.0)
    seconds = [float(line.split()[0].rstrip("-")) for line in around.splitlines() if line.strip()]
    assert seconds and all(abs(one - 8.0) <= session_moment.AROUND for one in seconds)
    assert session_moment.around(log, "renew-1", 9_999.0).strip()  # nothing there: the last ones
    study = session_list.case_of("some", "renew-1", space)
    told = session_moment.moments(study, "renew-1")
    assert sum("silence of" in words for words in told.values()) == 3
    assert any("asked again" in words for words in told.values())


@pytest.mark.parametrize(
    ("text", "at"), [("2.5", 2.5), (None, None), ("", None), ("nan", None), ("-1", None), ("x", None)]
)
def test_an_address_asks_for_a_moment_or_for_none(text: str | None, at: float | None) -> None:
    assert session_moment.asked(text) == at
