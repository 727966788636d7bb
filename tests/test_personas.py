"""Personas: nobody's, with numbers that are well-formed; and the CSV files that people write themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.check_digits import cpr_digit, iban, luhn_digit, passes_cpr, passes_iban, passes_luhn
from journeys.personas import SHIPPED, generated, parse_personas, personas_for, read_personas, written
from journeys.reading import parse_journey
from studies.topics import dictionary
from studies.troubles import WrongInput

DOCUMENTS = {"building_plans", "passport_photo"}  # handed in as files, never typed


# -- check digits, against published examples


def test_luhn_by_its_usual_example() -> None:
    assert luhn_digit("7992739871") == "3"  # the worked example of ISO/IEC 7812-1, as widely printed
    assert passes_luhn("79927398713")
    assert not passes_luhn("79927398710")
    assert not passes_luhn("")


def test_iban_by_the_registrys_examples() -> None:
    assert passes_iban("BH67 BMAG 0000 1299 1234 56")  # SWIFT IBAN registry, Bahrain
    assert passes_iban("SA03 8000 0000 6080 1016 7519")  # SWIFT IBAN registry, Saudi Arabia
    assert passes_iban("AE07 0331 2345 6789 0123 456")  # SWIFT IBAN registry, Emirates
    assert not passes_iban("BH68 BMAG 0000 1299 1234 56")
    assert iban("BH", "BMAG00001299123456") == "BH67BMAG00001299123456"


def test_a_personal_number_has_a_month_and_its_digit() -> None:
    # By hand: 9 0 0 1 9 9 0 0 times 9 8 7 6 5 4 3 2 is 81 + 6 + 45 + 36 = 168, and 168 modulo 11 is 3.
    assert cpr_digit("90019900") == "3"
    assert passes_cpr("900199003")
    assert not passes_cpr("900199004")
    assert not passes_cpr("901399003")  # no such month
    assert not passes_cpr("9001990")


# -- generated


@pytest.mark.parametrize("persona", generated(40, seed=7), ids=lambda p: p.id)
def test_a_generated_persona_is_well_formed_and_nobody(persona) -> None:
    assert passes_cpr(persona["national_id"])
    assert persona["national_id"][4:6] == "99"  # a serial that no month's births reach
    assert persona["national_id"][:4] == persona["date_of_birth"][2:4] + persona["date_of_birth"][5:7]
    assert passes_luhn(persona["emirates_id"])
    assert persona["emirates_id"].startswith(f"784-{persona['date_of_birth'][:4]}-")
    assert passes_luhn(persona["saudi_id"])
    assert persona["saudi_id"][0] == "1"
    assert len(persona["saudi_id"]) == 10
    assert passes_iban(persona["iban"])
    assert persona["email"].endswith("@example.org")
    assert persona["full_name"]["en"].split()[-1] in ("Example", "Sample", "Specimen", "Testcase", "Nobody")
    assert set(persona["full_name"]) == {"en", "ar"}
    assert all(passes_cpr(child["national_id"]) for child in persona["children"])


def test_the_same_seed_gives_the_same_people_however_many() -> None:
    assert generated(3) == generated(5)[:3]
    assert generated(3, seed=1) != generated(3, seed=2)
    assert len({p["national_id"] for p in generated(30)}) == 30


def test_a_persona_has_whatever_a_service_commonly_asks_for() -> None:
    assert set(dictionary()) - set(generated(1)[0]) == DOCUMENTS


def test_the_shipped_file_is_the_generated_people() -> None:
    renew = 'python -c "from journeys import personas as p; p.SHIPPED.write_text(p.written(p.generated(12)))"'
    assert SHIPPED.read_text(encoding="utf-8") == written(generated(12)), f"Write it anew: {renew}"
    assert read_personas(SHIPPED) == generated(12)


JOURNEY = "journey: fish\ntitle: Fish\nagency: sea\nneeds: [fishing_permit, national_id]\n{more}steps:\n  - visit: /\n"


def test_what_a_journey_needs_and_nobody_has_is_made_up() -> None:
    (persona,) = personas_for(parse_journey(JOURNEY.format(more="")), 1)
    assert persona["fishing_permit"] == "EX-000123"
    assert passes_cpr(persona["national_id"])


def test_a_journeys_own_people_come_round_again(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,national_id\nann,1\nben,2\n", encoding="utf-8")
    journey = parse_journey(JOURNEY.format(more="personas: people.csv\n"), folder=tmp_path)
    assert [p.id for p in personas_for(journey, 3)] == ["ann", "ben", "ann"]


# -- CSV


def test_columns_with_dots_are_languages_and_lists() -> None:
    (one, two) = parse_personas(
        "name.en,name.ar,children.1.name,children.2.name\nAli,علي,Huda,Noor\nOmar,عمر,Layla,\n", "people.csv"
    )
    assert one.id == "p01"
    assert one["name"] == {"en": "Ali", "ar": "علي"}
    assert one["children"] == [{"name": "Huda"}, {"name": "Noor"}]
    assert two["children"] == [{"name": "Layla"}]


def test_semicolons_quotes_and_empty_lines_are_read() -> None:
    (one,) = parse_personas('id;address\n\na;"Road 1;\nBuilding 2"\n', "people.csv")
    assert one["address"] == "Road 1;\nBuilding 2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "people.csv has no personas."),
        ("id,name\n", "people.csv has no personas."),
        ("id,name\na,b,c\n", "line 2 of people.csv: 3 cells, and the first line has 2 columns."),
        ("id,name\n\na\n", "line 3 of people.csv: 1 cells"),
        ("id,,x\na,b,c\n", "line 1 of people.csv: column 2 has no name."),
        ("id,x,x\na,b,c\n", "line 1 of people.csv: two columns are called “x”."),
        ("id,full name\na,b\n", "line 1 of people.csv: “full name” is no name for a column."),
        ("id,x\na,b\na,c\n", "line 3 of people.csv: there is another persona “a” above."),
    ],
)
def test_a_mistake_in_a_csv_is_told_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(WrongInput) as trouble:
        parse_personas(text, "people.csv")
    assert expected in str(trouble.value)


def test_a_csv_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="There is no file of personas"):
        read_personas(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("id,name\na,é\n".encode("latin-1"))
    with pytest.raises(WrongInput, match=r"line 2 of latin\.csv is not UTF-8"):
        read_personas(tmp_path / "latin.csv")
