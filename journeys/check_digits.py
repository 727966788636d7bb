"""Check digits: numbers that are well-formed, so that a service's validation accepts them, and belong to nobody.

Sources: Luhn, US patent 2,950,048 (ISO/IEC 7812-1 annex B), for the Emirates and the Saudi identity number; ISO 13616
and ISO 7064 MOD 97-10 for the IBAN. Bahrain publishes no rule for the ninth digit of its personal number; the one used
here, weights 9 to 2 modulo 11, is the lab's own convention.
"""

from __future__ import annotations


def luhn_digit(digits: str) -> str:
    """The digit that makes a row of digits pass the Luhn test."""
    doubled = (int(d) * 2 if place % 2 == 0 else int(d) for place, d in enumerate(reversed(digits)))
    return str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)


def passes_luhn(number: str) -> bool:
    """Whether a number, spaces and hyphens aside, ends in its Luhn digit."""
    digits = "".join(c for c in number if c.isdigit())
    return len(digits) > 1 and luhn_digit(digits[:-1]) == digits[-1]


def cpr_digit(digits: str) -> str:
    """The ninth digit of a Bahraini personal number, by the lab's convention: weights 9…2, modulo 11, ten is zero."""
    return str(sum(int(d) * weight for d, weight in zip(digits, range(9, 1, -1), strict=True)) % 11 % 10)


def passes_cpr(number: str) -> bool:
    """Whether nine digits are a personal number: a month of birth in the middle, the check digit at the end."""
    return (
        len(number) == 9
        and number.isascii()
        and number.isdigit()
        and 1 <= int(number[2:4]) <= 12
        and cpr_digit(number[:8]) == number[8]
    )


def iban(country: str, account: str) -> str:
    """The IBAN of an account: the two digits that make it 1 modulo 97."""
    return f"{country}{98 - _mod_97(account + country + '00'):02d}{account}"


def passes_iban(number: str) -> bool:
    """Whether an IBAN, spaces aside, is 1 modulo 97."""
    plain = number.replace(" ", "").upper()
    return len(plain) > 4 and plain.isascii() and plain.isalnum() and _mod_97(plain[4:] + plain[:4]) == 1


def _mod_97(text: str) -> int:
    return int("".join(str(int(c, 36)) for c in text)) % 97
