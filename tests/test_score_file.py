"""A file of responses becomes scores: for each person, group and language, with n, and with what was not taken."""

import json
from pathlib import Path
from typing import Any

import pytest

from studies.troubles import WrongInput
from studies.words import say_in
from studies.workspace import Workspace
from surveys.instruments import shipped
from surveys.progress import score_told
from surveys.score_file import score_file, told

HAPPY, CONTENT, MIXED = [5, 1] * 5, [4, 2] * 5, [3] * 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def written(
    folder: Path, rows: list[list[Any]], header: list[str], separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """A file of responses."""
    path = folder / "answers.csv"
    lines = [separator.join(map(str, row)) for row in [header, *rows]]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


IDS = [f"sus_{n}" for n in range(1, 11)]
HEADERS = {
    "ids": IDS,
    "numbers": [str(n) for n in range(1, 11)],
    "questions": [f"Question {n}" for n in range(1, 11)],
    "codes": [f"SUS[SQ{n:03}]" for n in range(1, 11)],
    "capitals": [f"SUS{n}" for n in range(1, 11)],
    "letters": list("abcdefghij"),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_columns_are_recognised_by_id_number_or_order(folder: Path, header: list[str]) -> None:
    found = score_file(written(folder, [HAPPY, CONTENT, MIXED], header), "sus")
    assert [person["score"] for person in found["persons"]] == [100, 75, 50]
    assert (found["n"], found["missing"], found["mean"], found["grade"]) == (3, 0, 75, "B")
    assert bool(found["doubts"]) == (header == HEADERS["letters"]), "an order that nobody named is told"


def test_columns_in_another_order_are_still_their_items(folder: Path) -> None:
    path = written(folder, [list(reversed([5, 1, 5, 1, 5, 1, 5, 1, 5, 5]))], list(reversed(IDS)))
    assert score_file(path, "sus")["persons"][0]["score"] == 90


@pytest.mark.parametrize(
    ("encoding", "digits"),  # Windows-1256 has no Arabic-Indic digits
    [("windows-1256", "0123456789"), ("utf-8", "٠١٢٣٤٥٦٧٨٩"), ("utf-8-sig", "۰۱۲۳۴۵۶۷۸۹"), ("utf-16", "٠١٢٣٤٥٦٧٨٩")],
)
def test_arabic_words_digits_semicolons_and_windows_1256_are_read(folder: Path, encoding: str, digits: str) -> None:
    header = [text.replace("ّ", "") for text in shipped("sus").wording["ar"].items.values()]
    given = [str(answer).translate(str.maketrans("0123456789", digits)) for answer in HAPPY]
    rows = [given, ["لا أوافق بشدة", "أوافق بشدة"] * 5]
    found = score_file(written(folder, rows, header, ";", encoding), "sus")
    assert found["read"]["encoding"] == encoding.removesuffix("-sig") and found["read"]["separator"] == ";"
    assert [person["score"] for person in found["persons"]] == [100, 0]
    assert {person["language"] for person in found["persons"]} == {"ar"}
    assert found["validated"] is False and found["wordings"]["ar"]["validated"] is False
    assert any("not validated" in caveat for caveat in found["caveats"])


def test_groups_and_languages_are_told_apart_each_with_n_missing_and_alpha(folder: Path) -> None:
    rows = [
        ["as_is", "ar", *MIXED],
        ["as_is", "AR", *CONTENT],
        ["redesigned", "en", *HAPPY],
        ["redesigned", "English", *[""] * 2, *HAPPY[2:]],
    ]
    found = score_file(written(folder, rows, ["group", "language", *IDS]), "sus")
    assert {name: (block["n"], block["missing"]) for name, block in found["by_group"].items()} == {
        "as_is": (2, 0),
        "redesigned": (1, 1),
    }
    assert {name: block["n"] for name, block in found["by_language"].items()} == {"ar": 2, "en": 1}
    assert found["by_group"]["redesigned"]["ci_low"] is None and found["by_group"]["redesigned"]["reason"]
    alpha = found["by_language"]["ar"]["reliability"]
    assert {"alpha", "ci_low", "ci_high", "n", "item_analysis"} <= alpha.keys()
    assert [one["item"] for one in alpha["item_analysis"]] == IDS
    assert found["validated"] is False and any("several languages" in caveat for caveat in found["caveats"])
    by = score_file(written(folder, rows, ["office", "language", *IDS]), "sus", by="office")
    assert set(by["by_group"]) == {"as_is", "redesigned"}


def test_english_of_brookes_is_validated_and_lang_says_what_the_rows_do_not(folder: Path) -> None:
    path = written(folder, [HAPPY, MIXED], IDS)
    assert score_file(path, "sus")["validated"] is True
    assert score_file(path, "sus", language="ar")["validated"] is False
    assert score_file(path, "sus", language="ar")["title"] == "مقياس سهولة استخدام النظام"
    french = score_file(path, "sus", language="fr")
    assert french["validated"] is False and any("no wording in “fr”" in caveat for caveat in french["caveats"])


def test_a_licensed_wording_in_the_workspace_is_validated(folder: Path) -> None:
    items = "".join(f"  sus_{n}: عبارة رقم {n}\n" for n in range(1, 11))
    (folder / "instruments").mkdir()
    text = "source: licensed\nvalidated: true\ntitle: مقياس\nlead: اختر\nanchors: {1: لا, 5: نعم}\nitems:\n" + items
    (folder / "instruments" / "sus.ar.yaml").write_text(text, "utf-8")
    found = score_file(written(folder, [HAPPY, MIXED], IDS), "sus", language="ar", space=Workspace(folder))
    assert found["validated"] is True and found["wordings"]["ar"]["source"] == "licensed"


def test_answers_that_are_none_are_told_row_by_row_and_never_bent(folder: Path) -> None:
    rows = [
        ["6", *HAPPY[1:]],
        ["4.5", *HAPPY[1:]],
        ["4, 5", *HAPPY[1:]],
        ["my mother", *HAPPY[1:]],
        ["N/A", *HAPPY[1:]],
    ]
    path = folder / "answers.csv"
    lines = [",".join(IDS), *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = score_file(path, "sus")
    assert [person["answers"]["sus_1"] for person in found["persons"]] == [None] * 5
    assert [person["score"] for person in found["persons"]] == [100] * 5, "nine items answered"
    assert [(one["row"], one["column"]) for one in found["problems"]] == [(row, "sus_1") for row in (2, 3, 4, 5)]
    assert "6 is not on the scale" in found["problems"][0]["why"] and "mother" not in str(found["problems"])


def test_words_for_points_are_read_in_the_direction_of_their_anchors(folder: Path) -> None:
    labels = ["Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree"]
    path = written(folder, [labels * 2], IDS)
    assert list(score_file(path, "sus")["persons"][0]["answers"].values()) == [5, 4, 3, 2, 1] * 2
    seven = [
        "Strongly agree",
        "Agree",
        "Somewhat agree",
        "Neutral",
        "Somewhat disagree",
        "Disagree",
        "Strongly disagree",
    ]
    path = written(folder, [[*seven, *seven, "N/A", "n/a"]], [f"pssuq_{n}" for n in range(1, 17)])
    answers = list(score_file(path, "pssuq")["persons"][0]["answers"].values())
    assert answers == [1, 2, 3, 4, 5, 6, 7] * 2 + [None, None], "on the PSSUQ agreement is 1"
    path = written(folder, [[f"{n} - Strongly" for n in CONTENT]], IDS)
    assert score_file(path, "sus")["persons"][0]["score"] == 75


def test_other_instruments_bring_their_own_figures(folder: Path) -> None:
    nps = score_file(written(folder, [[10], [9], [7], [0]], ["nps_1"]), "nps")
    assert (nps["nps"], nps["promoters"], nps["detractors"], nps["n"]) == (25, 2, 1, 4) and nps["nps_ci_low"] < 25
    lite = score_file(written(folder, [[7, 7], [5, 6]], ["umux_lite_1", "umux_lite_2"]), "UMUX-Lite")
    assert lite["sus_equivalent"] == pytest.approx(0.65 * lite["mean"] + 22.9) and lite["grade"]
    ueq = score_file(written(folder, [[7] * 8, [1] * 8], [f"ueq_s_{n}" for n in range(1, 9)]), "ueq_s")
    assert ueq["parts"]["pragmatic"]["n"] == 2 and set(ueq["reliability"]) == {"pragmatic", "hedonic"}
    tlx = score_file(
        written(
            folder,
            [[70, 10, 55, 30, 60, 40]],
            ["mental", "physical", "temporal", "performance", "effort", "frustration"],
        ),
        "nasa_tlx",
    )
    assert tlx["mean"] == pytest.approx(44.1666667) and tlx["persons"][0]["scores"]["mental"] == 70


def test_who_did_not_send_it_off_is_missing(folder: Path) -> None:
    header = ["id", "submitdate", "lastpage", "startlanguage", *(f"SUS[SQ{n:03}]" for n in range(1, 11))]
    rows = [[1, "2026-03-01 10:00:00", 3, "en", *HAPPY], [2, "", 1, "ar", *MIXED]]
    found = score_file(written(folder, rows, header), "sus")
    assert (found["n"], found["missing"], found["mean"]) == (1, 1, 100) and found["read"]["format"] == "limesurvey"
    assert found["persons"][1]["n_answered"] == 10 and found["persons"][1]["score"] is None


def test_what_cannot_be_recognised_is_refused_naming_the_columns(folder: Path) -> None:
    with pytest.raises(WrongInput, match=r"sus has 10 items, and 2 columns hold ratings.*colour"):
        score_file(written(folder, [["red", 1, 2]], ["colour", "q", "r"]), "sus")


def test_the_document_is_json_and_is_told_in_words_with_n(folder: Path) -> None:
    found = score_file(written(folder, [["a", *HAPPY], ["b", *MIXED]], ["group", *IDS]), "sus")
    json.dumps(found, allow_nan=False)
    words = told(found)
    assert "2 people" in words and "A" in words
    with say_in("ar"):
        assert told(found)


def test_nobody_is_no_zero(folder: Path) -> None:
    found = score_file(written(folder, [[""] * 9 + ["x"]], IDS), "sus")
    assert (found["n"], found["mean"], found["missing"]) == (0, None, 1) and found["reason"]
    assert found["grade"] is None and "–" in told(found)


def test_a_share_or_net_promoters_are_shown_and_not_the_mean_rating(folder: Path) -> None:
    nps = score_told(score_file(written(folder, [[10], [9], [7], [0]], ["nps_1"]), "nps"))
    assert nps.value == "25.0" and "4 people" in nps.sample and "-100" in nps.meaning
    csat = score_told(score_file(written(folder, [[5], [4], [1], [2]], ["csat_1"]), "csat"))
    assert csat.value == "50.0 %" and "4, 5" in csat.meaning
    seq = score_told(score_file(written(folder, [[7], [5]], ["seq_1"]), "seq"))
    assert seq.value == "6.0" and "From 1 to 7" in seq.meaning
    sus = score_told(score_file(written(folder, [HAPPY], IDS), "sus"))
    assert sus.value == "100.0" and "no interval" in sus.meaning


def test_two_responses_of_one_participant_are_one_person(folder: Path) -> None:
    rows = [
        ["p1", "as_is", *MIXED],
        ["p1", "redesigned", *HAPPY],
        ["p2", "redesigned", *HAPPY],
        ["p3", "as_is", *[""] * 10],
    ]
    found = score_file(written(folder, rows, ["participant", "condition", *IDS]), "sus")
    assert (found["n"], found["missing"], found["mean"]) == (2, 1, 87.5)
    assert found["by_group"]["redesigned"]["n"] == 2 and len(found["persons"]) == 4


def test_questions_in_words_that_nobody_knows_are_not_taken_for_validated_ones(folder: Path) -> None:
    found = score_file(written(folder, [HAPPY, MIXED], HEADERS["letters"]), "sus")
    assert found["validated"] is False and any("is not told" in caveat for caveat in found["caveats"])
    assert score_file(written(folder, [HAPPY, MIXED], HEADERS["letters"]), "sus", language="en")["validated"] is True
