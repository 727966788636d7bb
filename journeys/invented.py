"""Personas out of thin air: names that say they are examples, numbers with valid check digits from unused ranges."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from journeys.check_digits import cpr_digit, iban, luhn_digit

FIRST: Final = {
    "female": [("Amina", "أمينة"), ("Huda", "هدى"), ("Layla", "ليلى"), ("Maryam", "مريم"), ("Noor", "نور")],
    "male": [("Ali", "علي"), ("Hamad", "حمد"), ("Khalid", "خالد"), ("Omar", "عمر"), ("Yusuf", "يوسف")],
}
#: family names that nobody bears, in English and Arabic
FAMILY: Final = [
    ("Example", "مثال"),
    ("Sample", "عينة"),
    ("Specimen", "نموذج"),
    ("Testcase", "تجربة"),
    ("Nobody", "لاأحد"),
]
NATIONS: Final = [("Bahraini", "بحرينية"), ("Emirati", "إماراتية"), ("Saudi", "سعودية"), ("Jordanian", "أردنية")]
MARITAL: Final = [("Single", "أعزب"), ("Married", "متزوج")]
LONG_AGO: Final = date(1960, 1, 1)


def invented(n: int, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Ids and data of n personas; the same seed gives the same personas, whatever n is."""
    return [(f"p{number + 1:02d}", _citizen(random.Random(f"{seed}/{number}"), number)) for number in range(n)]


def cpr(born: date, chance: random.Random) -> str:
    """A Bahraini personal number (YYMM, serial, check digit) with a serial beyond what any month's births reach."""
    digits = f"{born:%y%m}99{chance.randrange(100):02d}"
    return digits + cpr_digit(digits)


def emirates_id(born: date, chance: random.Random) -> str:
    """An Emirates identity number: 784, year of birth, seven digits, Luhn digit."""
    digits = f"784{born.year}99{chance.randrange(100_000):05d}"
    return f"784-{born.year}-{digits[7:]}-{luhn_digit(digits)}"


def saudi_id(chance: random.Random) -> str:
    """A Saudi identity number: ten digits, the first a 1 (citizen), the last the Luhn digit."""
    digits = f"1999{chance.randrange(100_000):05d}"
    return digits + luhn_digit(digits)


def _citizen(chance: random.Random, number: int) -> dict[str, Any]:
    gender = chance.choice(["female", "male"])
    first, family = chance.choice(FIRST[gender]), FAMILY[number % len(FAMILY)]
    born = LONG_AGO + timedelta(days=chance.randrange(15_000))
    nation, marital = chance.choice(NATIONS), chance.choice(MARITAL)
    street, digit = chance.randrange(10, 99), "0123456789"
    district, other = (
        chance.choice([("Sampleton", "حي المثال"), ("Exampleville", "حي التجربة")]),
        chance.randrange(10, 99),
    )

    def digits(count: int) -> str:
        return "".join(chance.choice(digit) for _ in range(count))

    return {
        "national_id": cpr(born, chance),
        "emirates_id": emirates_id(born, chance),
        "saudi_id": saudi_id(chance),
        "full_name": _both(f"{first[0]} {family[0]}", f"{first[1]} {family[1]}"),
        "first_name": _both(*first),
        "last_name": _both(*family),
        "date_of_birth": born.isoformat(),
        "gender": _both(gender.title(), "أنثى" if gender == "female" else "ذكر"),
        "nationality": _both(*nation),
        "marital_status": _both(*marital),
        "mobile": f"3900{digits(4)}",
        "email": f"{first[0]}.{family[0]}{number + 1}@example.org".lower(),
        "address": _both(f"Building 0, Road {street}, {district[0]}", f"مبنى 0، طريق {street}، {district[1]}"),
        "new_address": _both(f"Building 00, Road {other}, {district[0]}", f"مبنى 00، طريق {other}، {district[1]}"),
        "passport_number": f"X0{digits(6)}",
        "driving_licence": f"DL0{digits(6)}",
        "plate_number": f"0{digits(5)}",
        "chassis_number": f"KHT0EXAMPLE{digits(6)}",
        "insurance_policy": f"POL-0{digits(5)}",
        "commercial_registration": f"0{digits(5)}-1",
        "trade_name": _both(f"{family[0]} Trading", f"{family[1]} للتجارة"),
        "business_activity": _both("Bakery", "مخبز"),
        "employer": _both("Example Works", "مؤسسة المثال"),
        "salary": str(chance.randrange(4, 20) * 100),
        "iban": iban("BH", f"KHTW{digits(14)}"),
        "application_number": f"APP-0{digits(5)}",
        "otp": "000000",
        "password": f"example-{digits(6)}",
        "goods_description": _both("Ten boxes of books", "عشرة صناديق كتب"),
        "goods_value": str(chance.randrange(2, 30) * 50),
        "hs_code": "490199",
        "invoice": f"INV-0{digits(5)}",
        "bill_of_lading": f"BOL-0{digits(5)}",
        "agent_name": _both("Salma Example", "سلمى مثال"),
        "agent_id": cpr(born.replace(year=born.year + 1, day=1), chance),
        "powers": _both("Sell a vehicle", "بيع مركبة"),
        "plot_number": f"0{digits(4)}",
        "title_deed": f"TD-0{digits(5)}",
        "complaint_text": _both("The street light has been out for a week.", "عمود الإنارة معطل منذ أسبوع."),
        "line_number": f"1700{digits(4)}",
        "moving_date": "2030-01-15",
        "travel_date": "2030-02-01",
        "children": [_child(chance, family, born) for _ in range(chance.randrange(1, 4))],
        "vehicles": [{"plate_number": f"0{digits(5)}", "year": str(chance.randrange(2010, 2025))} for _ in range(2)],
    }


def _child(chance: random.Random, family: tuple[str, str], parent: date) -> dict[str, Any]:
    gender = chance.choice(["female", "male"])
    first = chance.choice(FIRST[gender])
    born = parent + timedelta(days=9_500 + chance.randrange(2_000))
    return {
        "full_name": _both(f"{first[0]} {family[0]}", f"{first[1]} {family[1]}"),
        "first_name": _both(*first),
        "date_of_birth": born.isoformat(),
        "gender": _both(gender.title(), "أنثى" if gender == "female" else "ذكر"),
        "national_id": cpr(born, chance),
    }


def _both(english: str, arabic: str) -> dict[str, str]:
    return {"en": english, "ar": arabic}
