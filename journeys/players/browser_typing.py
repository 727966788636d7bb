"""Filling in fields with keys alone, as a citizen does: text, lists to choose from, dates in the browser's order."""

from __future__ import annotations

from typing import Any, Final

from selenium.webdriver.common.keys import Keys

from journeys.players.browser_page import Element, Page

ORDER: Final = """
const known = new Intl.DateTimeFormat(navigator.language, {year: 'numeric', month: '2-digit', day: '2-digit'});
return known.formatToParts(new Date(2000, 1, 3)).map(p => p.type).filter(t => t !== 'literal');
"""
ORDERS: Final = (("day", "month", "year"), ("month", "day", "year"), ("year", "month", "day"))


def type_into(page: Page, element: Element, value: str, has: bool) -> None:
    """Type a value, in place of what stands there, and go on to the next field so that the page takes notice."""
    if has:
        page.keys(element, Keys.CONTROL, "a")
        page.keys(element, Keys.BACKSPACE)
    multiline = _told(page, element, "localName") == "textarea"
    page.keys(element, value if multiline else value.replace("\n", " "))
    page.keys(element, Keys.TAB)


def press_enter(page: Page, element: Element) -> None:
    """Press Enter in a field."""
    page.keys(element, Keys.ENTER)


def choose_option(page: Page, element: Element, place: int, down: int) -> None:
    """Choose from a list: open it, go down past as many that can be chosen, take it."""
    option = page.look("return arguments[0].querySelectorAll('option')[arguments[1]]", element, place)
    if _told(page, element, "multiple"):
        page.press(option)
        return
    if page.opens_lists:
        page.press(element)
    page.keys(element, Keys.HOME + Keys.ARROW_DOWN * down + (Keys.ENTER if page.opens_lists else ""))
    if _told(page, element, "selectedIndex") != place:  # a list that does not open, or does not begin at its head
        page.keys(element, str(_told(page, option, "text")))
        if page.opens_lists:
            page.keys(element, Keys.ENTER)
    page.keys(element, Keys.TAB)


def type_date(page: Page, element: Element, value: str) -> None:
    """Type a date that is written year-month-day, in the order in which this browser's field wants it."""
    parts = value.split("-")
    if len(parts) != 3:
        type_into(page, element, value, has=False)
        return
    said = dict(zip(("year", "month", "day"), parts, strict=True))
    own = tuple(page.look(ORDER))
    for order in dict.fromkeys((own, *ORDERS)):
        page.keys(element, *(said[part] + (Keys.ARROW_RIGHT if part == "year" else "") for part in order))
        if _told(page, element, "value") == value:
            break
        page.keys(element, (Keys.BACKSPACE + Keys.ARROW_LEFT) * 3)
    page.keys(element, Keys.TAB)


def _told(page: Page, element: Element, what: str) -> Any:
    return page.look("return arguments[0][arguments[1]]", element, what)
