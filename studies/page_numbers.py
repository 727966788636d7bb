"""How the workbench writes numbers and dates: the reader's choice of digits and of calendar, kept as the language is.

What the lab writes itself follows by `studies.words.numerals` and `studies.dates`. What widgets and charts write is
rewritten in the browser by `numerals.js`; what is drawn on a canvas (tables) is written here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from studies.marked import whole_commands
from studies.page_address import heed_address, note_in_address
from studies.words import (
    ARABIC_INDIC,
    CALENDARS,
    DIGITS,
    NUMBER,
    OWN_DIGITS,
    _,
    calendar,
    count_in,
    digits,
    direction,
    language,
    numerals,
)

WRITTEN: Final = {"european": "123", "arabic_indic": "١٢٣"}
SCRIPT: Final = (Path(__file__).parent / "numerals.js").read_text(encoding="utf-8")


def choose() -> None:
    """The switches of digits and calendar, kept as the language is."""
    heed_address("digits", DIGITS)
    heed_address("dates", CALENDARS)
    count_in(choose_digits(), choose_calendar())
    for name, choice, usual in chosen():
        note_in_address(name, choice if choice != usual else None)


def chosen() -> tuple[tuple[str, str, str], ...]:
    """How numbers and dates are written: the name in an address, what is in force, what is usual."""
    return ("digits", digits(), DIGITS[0]), ("dates", calendar(), CALENDARS[0])


def choose_digits() -> str:
    """Which digits numbers are written in; offered where the language is written with either."""
    if language() not in OWN_DIGITS:
        return str(st.session_state.get("digits") or DIGITS[0])
    st.session_state.setdefault("digits", DIGITS[0])
    chosen = st.segmented_control(
        _("Digits"), DIGITS, required=True, key="digits", format_func=WRITTEN.__getitem__,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    return chosen or DIGITS[0]


def choose_calendar() -> str:
    """Whether the Hijri date stands beside the Gregorian one."""
    if (asked := st.session_state.pop("dates", None)) is not None:  # what the address asks for
        st.session_state["hijri"] = asked == CALENDARS[1]
    return CALENDARS[1] if st.toggle(_("Hijri dates beside Gregorian"), key="hijri") else CALENDARS[0]


def script() -> str:
    """What rewrites the page's numbers in the browser, for the digits in force."""
    own = {chr(latin): chr(one) if isinstance(one, int) else one for latin, one in ARABIC_INDIC.items()}
    told = {"own": own if digits() != DIGITS[0] else None, "number": NUMBER.pattern.replace("(?P<", "(?<")}
    # A “<” before a letter looks like a tag, and Streamlit throws a script away that holds one.
    return SCRIPT.replace("= NUMBERS;", "= {};".format(json.dumps(told).replace("<", "\\u003c")))


def chart(spec: dict[str, Any]) -> dict[str, Any]:
    """A chart whose numbers the browser can rewrite: drawn as text, however much it shows."""
    if digits() == DIGITS[0]:
        return spec
    return {**spec, "usermeta": {**spec.get("usermeta", {}), "embedOptions": {"renderer": "svg"}}}


def drawn(rows: pd.DataFrame) -> Any:
    """A table as it is to be drawn on its canvas, in the digits in force; it is sorted by what it holds, as ever."""
    torn = direction() == "rtl" and any(map(_has_command, rows.to_numpy().flat))
    return rows if digits() == DIGITS[0] and not torn else rows.style.format(_shown)


def _has_command(value: Any) -> bool:
    return isinstance(value, str) and ("./lab" in value or "--" in value)


def _shown(value: Any) -> str:
    if value is None or value is pd.NaT or value != value:  # NaN is not itself
        return ""
    text = numerals(f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value))
    return whole_commands(text)
