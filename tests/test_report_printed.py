"""Reports on paper, printed by a real browser: pages, words that can be selected, Arabic that can be read back."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from analysis.report import keep
from analysis.report.made import Wanted, make, material
from journeys.players.browser_print import printed
from studies import archive
from studies.script import parse
from studies.troubles import Failed
from studies.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.untimed]
HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
A4 = (595, 842)  # points


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("space"))
    archive.seal(parse((HERE / "samples" / "report_study.txt").read_text(encoding="utf-8")), "sample", made)
    keep("sample", made, **json.loads((HERE / "samples" / "report_kept.json").read_text(encoding="utf-8")))
    return made


def read(space: Workspace, *asked: str) -> PdfReader:
    return PdfReader(io.BytesIO(make(material("sample", space, NOW), Wanted("pdf", *asked), printed)))


def words(page: str) -> set[str]:
    """The words of a page, letters in their plain forms, whichever way the file has them run."""
    plain = unicodedata.normalize("NFKC", re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", page))
    found = set(re.findall(r"\w+", plain))
    return found | {word[::-1] for word in found}


def test_leaders_get_two_a4_pages_of_arabic_that_can_be_selected(space: Workspace) -> None:
    paper = read(space, "ar", "leaders", "arabic_indic", "hijri")
    assert len(paper.pages) == 2
    assert [round(float(side)) for side in paper.pages[0].mediabox[2:]] == pytest.approx(A4, abs=2)
    first = words(paper.pages[0].extract_text())
    assert {"إعادة", "المواطنون", "صمت"} <= first
    assert any(set(word) <= set("٠١٢٣٤٥٦٧٨٩") for word in first)
    numbers = [words(page.extract_text()) for page in paper.pages]
    assert "٢" in numbers[0] and "٢" in numbers[1]  # ١ / ٢ and ٢ / ٢
    assert any("رمضان" in word for word in first)  # a number may run into it


def test_the_whole_report_has_a_head_and_a_number_on_every_page(space: Workspace) -> None:
    paper = read(space, "en", "designers")
    assert len(paper.pages) > 3
    for n, page in enumerate(paper.pages, 1):
        text = page.extract_text()
        assert f"{n} / {len(paper.pages)}" in text
        assert "What does redesigning" in text and "2 March 2026" in text


def test_long_words_never_make_a_third_page(space: Workspace) -> None:
    titles = {name: {"en": f"{name} " + "a service with a very long official name " * 3} for name in ("renew_vehicle",)}
    keep("sample", space, journeys=titles, question={"en": "Why? " * 120})
    assert len(read(space, "en", "leaders").pages) == 2


def test_no_browser_is_said_in_clear_words(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_BROWSER", "/no/such/browser")
    with pytest.raises(Failed, match="KHUTWA_BROWSER names"):
        read(space, "en", "leaders")
