"""The page that brings files in: what is asked is asked, what is corrected counts, nothing put here stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from studies import archive, bringing_in, how_far
from studies.importing import bring_into
from studies.topic_of import topic_of
from studies.workspace import CHECKOUT, Workspace

CASES = (
    "case id,activity,timestamp\nA,Application received,{first}\nA,Decision sent,{second}\nB,Application received,\n"
)
PLAIN = CASES.format(first="2026-04-03 08:00", second="2026-06-05 09:00")
DOUBTFUL = CASES.format(first="03/04/2026 08:00", second="05/06/2026 09:00")
CALL = """WEBVTT

00:00:01.000 --> 00:00:03.000
<v Sara>May I have your CPR number?

00:00:08.000 --> 00:00:10.000
<v Omar>It is 880101234.
"""


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


def opened() -> AppTest:
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
    app.run()
    return app.switch_page("studies/page_import.py").run()


def finished(work: bringing_in.Bringing) -> bringing_in.Bringing:
    assert work.wait(60)
    assert not work.going
    return work


def test_day_and_month_are_asked_for_and_the_answer_counts(space: Workspace) -> None:
    path = bringing_in.put(space, "cases.csv", DOUBTFUL.encode())
    assert "03/04/2026" in bringing_in.look_into(path).day_or_month
    for day_first, day in ((True, "2026-04-03"), (False, "2026-03-04")):
        looked = bringing_in.look_into(path, bringing_in.with_answers("", day_first=day_first))
        assert looked.brought is not None
        assert looked.brought.json()["first"].startswith(day)


def test_who_is_who_is_asked_for_and_the_answer_counts(space: Workspace) -> None:
    path = bringing_in.put(space, "call.vtt", CALL.encode())
    looked = bringing_in.look_into(path)
    assert looked.speakers() == {"Sara": None, "Omar": None}
    mapping = bringing_in.with_answers("", speakers={"Sara": "service", "Omar": "citizen"})
    looked = bringing_in.look_into(path, mapping)
    assert looked.brought is not None
    verbs = looked.brought.read.log.sentences["verb"].to_pylist()
    assert {"requests", "gives"} <= set(verbs)


def test_columns_that_nobody_can_name_are_asked_for(space: Workspace) -> None:
    path = bringing_in.put(space, "odd.csv", PLAIN.replace("case id,activity,timestamp", "k,what,t").encode())
    looked = bringing_in.look_into(path)
    assert looked.columns == ("k", "what", "t")
    mapping = bringing_in.with_answers("", columns={"case": "k", "activity": "what", "when": "t"})
    looked = bringing_in.look_into(path, mapping)
    assert looked.brought is not None
    assert looked.brought.read.rows == 3


def test_a_corrected_sentence_is_what_is_kept_and_the_file_does_not_stay(space: Workspace) -> None:
    path = bringing_in.put(space, "../../cases.csv", PLAIN.encode())
    assert path.is_relative_to(space.root / "imports")
    looked = bringing_in.look_into(path)
    rows = looked.activities()
    decision = next(row for row in rows if row["activity"] == "Decision sent")
    decision["sentence"], decision["about"] = "service concludes", "permit"
    work = finished(bringing_in.begin("mine", {path: bringing_in.with_sentences(looked, rows)}, space))
    assert work.trouble == ""
    assert work.share == 1.0
    sentences = archive.read("mine", space).sentences.to_pylist()
    assert [(s["verb"], s["about"]) for s in sentences if s["verb"] == "concludes"] == [("concludes", "permit")]
    (brought,) = work.brought or ()
    assert [(o["what"], o["count"]) for o in brought.json()["left_out"]] == [("line 4", 1)]
    assert not path.exists()
    assert list((space.root / "imports").iterdir()) == []


def test_a_file_that_is_none_is_told_and_nothing_is_kept(space: Workspace) -> None:
    path = bringing_in.put(space, "what.bin", b"\x00\x01\x02")
    assert "has no format" in bringing_in.look_into(path).trouble
    work = finished(bringing_in.begin("mine", {path: ""}, space))
    assert "has no format" in work.trouble
    assert list(archive.studies_in(space)) == []
    assert not path.exists()


def test_how_far_it_is_is_told_while_it_is_read(space: Workspace, tmp_path: Path) -> None:
    head, row = "case id,activity,timestamp\n", "A{n},Application received,2026-04-03 08:00\n"
    big = tmp_path / "big.csv"
    big.write_text(head + "".join(row.format(n=n) for n in range(80_000)))
    told: list[float] = []
    bring_into("mine", [big], space, tell=lambda _what, share: told.append(share))
    assert len({round(share, 2) for share in told}) > 3
    assert told[-1] == 1.0
    assert how_far.seconds_left(0.25, 10.0) == 30.0
    assert how_far.seconds_left(0.0, 10.0) is None


def test_the_page_opens_and_a_question_is_corrected_on_it(space: Workspace) -> None:
    app = opened()
    assert not app.exception
    assert [title.value for title in app.title] == ["Import"]
    app.text_input(key="topic_words").set_value("Family card no.").run()
    said = next(box for box in app.selectbox if box.label == "It asks for")
    said.set_value("national_id")
    next(button for button in app.button if button.label == "Remember it").click().run()
    assert not app.exception
    assert topic_of("family card no").datum == "national_id"
