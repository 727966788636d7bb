"""Filling in fields with keys alone, as a citizen does: text, lists to choose from, dates in the browser's order."""

from __future__ import annotations

from typing import Final

from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

ORDER: Final = """
const known = new Intl.DateTimeFormat(navigator.language, {year: 'numeric', month: '2-digit', day: '2-digit'});
return known.formatToParts(new Date(2000, 1, 3)).map(p => p.type).filter(t => t !== 'literal');
"""
ORDERS: Final = (("day", "month", "year"), ("month", "day", "year"), ("year", "month", "day"))


def type_into(element: WebElement, value: str, has: bool) -> None:
    """Type a value, in place of what stands there, and go on to the next field so that the page takes notice."""
    if has:
        element.send_keys(Keys.CONTROL, "a")
        element.send_keys(Keys.BACKSPACE)
    multiline = element.tag_name == "textarea"
    element.send_keys(value if multiline else value.replace("\n", " "))
    element.send_keys(Keys.TAB)


def choose_option(element: WebElement, place: int, down: int) -> None:
    """Choose from a list: open it, go down past as many that can be chosen, take it."""
    if element.get_property("multiple"):
        element.find_elements("css selector", "option")[place].click()
        return
    element.click()
    element.send_keys(Keys.HOME + Keys.ARROW_DOWN * down + Keys.ENTER)
    if element.get_property("selectedIndex") != place:  # a list that does not open, or does not begin at its head
        words = element.find_elements("css selector", "option")[place].text
        element.send_keys(words)
        element.send_keys(Keys.ENTER)
    element.send_keys(Keys.TAB)


def type_date(driver: WebDriver, element: WebElement, value: str) -> None:
    """Type a date that is written year-month-day, in the order in which this browser's field wants it."""
    parts = value.split("-")
    if len(parts) != 3:
        type_into(element, value, has=False)
        return
    said = dict(zip(("year", "month", "day"), parts, strict=True))
    own = tuple(driver.execute_script(ORDER))
    for order in dict.fromkeys((own, *ORDERS)):
        element.send_keys(*(said[part] + (Keys.ARROW_RIGHT if part == "year" else "") for part in order))
        if element.get_property("value") == value:
            break
        element.send_keys((Keys.BACKSPACE + Keys.ARROW_LEFT) * 3)
    element.send_keys(Keys.TAB)
