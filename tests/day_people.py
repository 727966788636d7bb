"""The people of an agency's day, each with a hand in a browser: what they see and press, and nothing of the lab's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from day_processes import PATIENCE, until
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from test_app_browser import FIELD, PAINTED

from journeys.equipment import equipped
from journeys.players.browser_start import Browser, found, started

CHOOSE = """
const shown = [...document.querySelectorAll('input[type=radio]')];
for (const name of new Set(shown.map(one => one.name)))
  { const those = shown.filter(one => one.name === name); those[arguments[0] % those.length].click(); }
return [...new Set(shown.map(one => one.name))];
"""


def see(desk: WebDriver, address: str) -> None:
    """Open a page of the workbench and wait until it is painted; nothing on it may have failed."""
    desk.get(address)
    painted(desk)


def painted(desk: WebDriver) -> None:
    """Wait until a page of the workbench is at rest."""
    WebDriverWait(desk, PATIENCE).until(lambda b: b.execute_script(PAINTED))
    assert [box.text for box in desk.find_elements(By.CSS_SELECTOR, "[data-testid=stException]")] == []


def on_page(desk: WebDriver, where: str) -> Any:
    """What stands on a page of the workbench (CSS, or XPath), once it can be pressed."""
    how = By.XPATH if where.startswith("//") else By.CSS_SELECTOR
    return until(where, lambda: next((e for e in desk.find_elements(how, where) if _usable(e)), None))


def _usable(element: Any) -> bool:
    try:
        return bool(element.is_displayed() and element.is_enabled())
    except WebDriverException:  # it is just being painted anew
        return False


def press(desk: WebDriver, css: str) -> None:
    """Press something on a page of the workbench; it may be painted anew under the hand."""

    def pressed() -> bool:
        try:
            on_page(desk, css).click()
        except WebDriverException:
            return False
        return True

    until(f"{css} can be pressed", pressed)


# --- the designer -----------------------------------------------------------------------------------------------------


def bring_recording(desk: WebDriver, workbench: str, file: Path) -> str:
    """Import a recording on the page of the journeys, open what was made of it: its key."""
    see(desk, f"{workbench}/journeys")
    press(desk, "//button[contains(., 'Import a recording')]")
    field = until(
        "a place for the file", lambda: next(iter(desk.find_elements(By.CSS_SELECTOR, "input[type=file]")), None)
    )
    field.send_keys(str(file))
    press(desk, ".st-key-journey_import_now button")
    press(desk, ".st-key-journey_import_open button")
    until("the address names the journey", lambda: "journey=own" in desk.current_url)
    painted(desk)
    return str(desk.execute_script("return new URLSearchParams(location.search).get('journey')"))


def editor(desk: WebDriver, address: str) -> Any:
    """Open the editor: its field."""
    see(desk, address)
    return until("the editor's field", lambda: desk.execute_script(FIELD))


def text_in(desk: WebDriver, field: Any) -> str:
    """What stands in the editor."""
    return str(desk.execute_script("return arguments[0].value", field))


def write(desk: WebDriver, field: Any, text: str, instead: bool = False) -> None:
    """Put a text into the editor as a keyboard would: instead of all that stands there, or at its end."""
    desk.execute_script("arguments[0].focus(); const end = arguments[0].value.length;"
                        "arguments[0].setSelectionRange(arguments[1] ? 0 : end, end)", field, instead)  # fmt: skip
    desk.execute_cdp_cmd("Input.insertText", {"text": text})


def save(desk: WebDriver) -> None:
    """Save with the keyboard."""
    ActionChains(desk).key_down(Keys.CONTROL).send_keys("s").key_up(Keys.CONTROL).perform()


# --- the participant --------------------------------------------------------------------------------------------------


@contextmanager
def hand_at(seat: Path) -> Iterator[WebDriver]:
    """A hand in the browser that a seat has opened: found by the port it tells in its profile, steered from outside."""
    os.environ.setdefault("SE_OFFLINE", "true")
    told = until(
        "the seat's browser", lambda: next((p for p in seat.glob("*/DevToolsActivePort") if p.read_text()), None)
    )
    options = Options()
    options.debugger_address = f"127.0.0.1:{told.read_text().splitlines()[0]}"
    options.page_load_strategy = "eager"
    _binary, driver_path = found()
    driver = WebDriver(options, Service(driver_path) if driver_path else Service())
    try:
        yield driver
    finally:
        with suppress(WebDriverException):
            driver.quit()


def window_with(hand: WebDriver, css: str) -> Any:
    """Turn to whichever window shows this, once one does."""

    def look() -> Any:
        with suppress(WebDriverException):
            for window in hand.window_handles:
                hand.switch_to.window(window)
                if there := hand.find_elements(By.CSS_SELECTOR, css):
                    return there[0]
        return None

    return until(f"a window with {css}", look)


def do_the_task(hand: WebDriver) -> None:
    """Agree, read the task, and renew the vehicle with the details that it gives."""
    window_with(hand, "[name=agree][value=yes]").click()
    begin = window_with(hand, "[name=do][value=begin]")
    details = [cell.text for cell in hand.find_elements(By.CSS_SELECTOR, "table td")]
    assert len(details) == 3, details
    begin.click()
    national_id, plate, iban = details
    window_with(hand, "[name=cprNo]").send_keys(national_id)
    hand.find_element(By.CSS_SELECTOR, "[name=plateNo]").send_keys(plate)
    hand.find_element(By.CSS_SELECTOR, "main form button[type=submit], form button[type=submit]").click()
    window_with(hand, "[name=payIban]").send_keys(iban)
    hand.find_element(By.CSS_SELECTOR, "form button[type=submit]").click()


class Phone:
    """A citizen's telephone, in Arabic: they answer page by page, and remember what was taken from them."""

    def __init__(self, browser: Browser, intake: str) -> None:
        self.browser, self.intake = browser, intake
        self.taken: list[tuple[str, str]] = []  # invitation and question, once the page after it was there

    def open(self, address: str) -> None:
        """Follow a link, and see a page of the lab's."""
        self.browser.page.go(address)
        self.here()

    def here(self) -> str:
        """The invitation that is being answered; fails where no page of the lab's is shown."""
        where, told = self.browser.page.look("return [location.href, document.documentElement.dir]")
        assert where.startswith(self.intake) and told == "rtl", where
        wide = self.browser.page.look("return [document.documentElement.scrollWidth, screen.width]")
        assert wide[1] < 500 and wide[0] <= wide[1] + 1, "one must scroll sideways"
        return str(where).rpartition("/")[2].partition("?")[0]

    def offers(self, css: str) -> bool:
        """Whether something is there to be pressed."""
        return bool(self.browser.page.look("return !!document.querySelector(arguments[0])", css))

    def press(self, css: str) -> None:
        """Press it, and wait for the page that comes."""
        look = self.browser.page.look
        look("document.documentElement.dataset.old = 'yes'; document.querySelector(arguments[0]).click()", css)

        def came() -> bool:
            with suppress(WebDriverException):  # the page goes while it is being looked at
                return bool(look("return document.readyState === 'complete' && !document.documentElement.dataset.old"))
            return False

        until(f"the page after {css}", came)
        self.here()

    def answer(self, choice: int) -> bool:
        """Agree, or answer one page; False when there is nothing more to answer."""
        if self.offers("[name=agree]"):
            self.press("[name=agree][value=yes]")
            return True
        if not self.offers("[name=done]"):
            return False
        token = self.here()
        items = self.browser.page.look(CHOOSE, choice)
        self.press("[name=done]")
        assert not self.offers("[role=alert]")
        self.taken += [(token, item) for item in items]
        return True


@contextmanager
def phone(intake: str) -> Iterator[Phone]:
    """A telephone for as long as it is needed."""
    with started("ar", True, PATIENCE, equipped(device="phone")) as browser:
        yield Phone(browser, intake)


@contextmanager
def desk() -> Iterator[WebDriver]:
    """A browser on the desk of somebody who works at the agency."""
    with started("en", True, PATIENCE) as browser:
        browser.driver.set_window_size(1400, 1000)
        yield browser.driver
