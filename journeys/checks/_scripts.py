"""In which script a text is written, with which digits, and whether it is words at all or a brand, code or address."""

from __future__ import annotations

import re
from typing import Final, Literal

from studies.words import RIGHT_TO_LEFT

Script = Literal["arabic", "latin"]

# Letters only: digits, vowels and punctuation are of no script here.
ARABIC: Final = re.compile(
    "[\u0620-\u064a\u066e-\u06d3\u06fa-\u06fc\u0750-\u077f\u08a0-\u08c9\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc]"
)
LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
WORD: Final = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]*")
DIGITS: Final = {
    "latin": re.compile("[0-9]"),
    "arabic-indic": re.compile("[\u0660-\u0669]"),
    "extended": re.compile("[\u06f0-\u06f9]"),  # as in Persian and Urdu
}
ADDRESS: Final = re.compile(r"\S*(?:@|://|www\.)\S*|\b[\w-]+(?:\.[\w-]+)+\b(?:/\S*)?")
CODE: Final = re.compile(r"\b(?=\w*\d)\w+\b|\b[A-Z]{2,}s?\b|\b[A-Za-z]+[a-z][A-Z]\w*\b|\b[a-z][A-Z]\w*\b")
#: A language is named in itself, so that its readers find it.
LANGUAGES: Final = frozenset(
    "english français french deutsch español urdu hindi filipino tagalog türkçe العربية عربي عربى فارسی اردو".split()
)
#: Words that services use and brands do not consist of.
PLAIN: Final = frozenset(
    """a about accept account actions add address agree all amount an and any apply application applicant approve are at
    attach attachment back birth by branch browse cancel card change check choose city civil clear click close code
    comment comments complete confirm contact continue copy country create customer date day delete description details
    document documents done download edit email enter error exit expiry family fee fees field file first for form forgot
    forward from full gender go guest help here home id if in information invalid is issue last license list loading log
    login logout male female menu message mobile month more must my name national nationality new next no not number of
    ok on open optional or order owner page password pay payment personal phone plate please previous print privacy
    proceed profile receipt reference register registration remove renew request required reset result results retry
    review save search select send service services sign start status step submit success summary terms thank the this
    time to total try type update upload use user valid vehicle verify view warning welcome with year yes
    you your""".split()
)


def written_in(text: str, least: int = 1) -> Script | None:
    """The script that most letters of a text are of; None when it has fewer letters than that of either."""
    arabic, latin = len(ARABIC.findall(text)), len(LATIN.findall(text))
    if max(arabic, latin) < least:
        return None
    return "arabic" if arabic >= latin else "latin"


def script_of(language: str) -> Script | None:
    """The script a language is written in; None for no language, or for a script that this lab does not read."""
    code = language.lower().split("-")[0]
    if not code or code in ("he", "yi", "ru", "zh", "ja", "ko", "hi", "bn", "el", "th", "ta", "ml"):
        return None
    return "arabic" if code in RIGHT_TO_LEFT else "latin"


def digits_in(text: str) -> set[str]:
    """The digit systems that a text uses."""
    return {name for name, pattern in DIGITS.items() if pattern.search(text)}


def foreign_words(text: str, script: Script) -> bool:
    """Whether a text holds words of the other script that a reader of this one was left with.

    Brands, codes, addresses and the names of languages are not translated and do not count; in doubt it is a brand.
    """
    if script == "latin":
        words = [w for w in re.findall(r"[^\W\d_]+", text) if ARABIC.search(w)]
        return bool(words) and not all(w in LANGUAGES for w in words)
    plain = CODE.sub(" ", ADDRESS.sub(" ", text))
    runs = [WORD.findall(run) for run in ARABIC.split(plain)]
    if ARABIC.search(text):  # inside an Arabic sentence: a clause, not a name
        return any(len(run) >= 3 and sum(w.lower() in PLAIN for w in run) >= 2 for run in runs)
    words = [w for run in runs for w in run if len(w) > 1]
    if not words or all(w.lower() in LANGUAGES for w in words):
        return False
    small = [w for w in words[1:] if w[0].islower()]
    plain_ones = [w for place, w in enumerate(words) if w.lower() in PLAIN and not (place and w == "Pay")]  # Apple Pay
    return bool(plain_ones) or len(small) >= 2 or (len(words) == 1 and words[0].islower())
