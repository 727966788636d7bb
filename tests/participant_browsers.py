"""Participants' browsers, with nothing of the lab's in them: what a test does in one, whichever it is."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

from journeys.equipment import equipped
from journeys.players import browser_firefox_start
from journeys.players.browser_firefox import FirefoxPage
from journeys.players.browser_start import found

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


class Hand(Protocol):
    """One participant's hand in a browser."""

    def open(self, url: str) -> None:
        """Open an address."""

    def press(self, name: str) -> None:
        """Press what has this id."""

    def follow(self, name: str) -> None:
        """Press what leads to another page, until that is there."""

    def reads(self, name: str) -> str:
        """What is written there."""

    def reload(self) -> None:
        """Load the page anew."""

    def fresh_tab(self) -> None:
        """Close what is open, and go on in a new tab."""

    def offline(self, on: bool) -> None:
        """Cut the line, or mend it."""


class ChromiumHand:
    """A hand in Chromium."""

    def __init__(self, driver: WebDriver) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        self.driver.get(url)

    def press(self, name: str) -> None:
        self.driver.find_element("id", name).click()

    def follow(self, name: str) -> None:
        self.press(name)  # the driver waits for the next page

    def reads(self, name: str) -> str:
        return self.driver.find_element("id", name).text

    def reload(self) -> None:
        self.driver.refresh()

    def fresh_tab(self) -> None:
        handles = self.driver.window_handles
        self.driver.switch_to.window(handles[-1])
        self.driver.switch_to.new_window("tab")
        new = self.driver.current_window_handle
        for handle in handles:
            self.driver.switch_to.window(handle)
            self.driver.close()
        self.driver.switch_to.window(new)

    def offline(self, on: bool) -> None:
        self.driver.execute_cdp_cmd("Network.enable", {})
        told = {"offline": on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", told)


class FirefoxHand:
    """A hand in Firefox, over its own socket."""

    def __init__(self, page: FirefoxPage) -> None:
        self.page = page

    def open(self, url: str) -> None:
        patience = threading.Event()
        for look in range(200):
            if look % 40 == 0:  # what was pressed before may still be under way, and overtake
                self.page.line.say("browsingContext.navigate", context=self.page.window, url=url, wait="none")
            if self._shows("location.href === arguments[0]", url):
                return
            patience.wait(0.05)
        raise AssertionError(f"{url} does not open")

    def _shows(self, what: str, url: str) -> bool:
        try:
            return bool(self.page.look(f"return {what} && document.readyState !== 'loading'", url))
        except WebDriverException:
            return False

    def follow(self, name: str) -> None:
        here, patience = self.page.address(), threading.Event()
        self.press(name)
        for _ in range(200):
            if self._shows("location.href !== arguments[0]", here):
                return
            patience.wait(0.05)
        raise AssertionError(f"{name} leads nowhere")

    def press(self, name: str) -> None:
        for turn in range(5):
            try:
                element = self.page.look("return document.getElementById(arguments[0])", name)
                if element is not None:
                    return self.page.press(element)
            except WebDriverException as gone:  # a page is just being replaced
                stale = isinstance(gone, StaleElementReferenceException) or "NS_ERROR_FAILURE" in str(gone)
                if turn == 4 or not stale:
                    raise
        raise AssertionError(f"nothing is called {name}")

    def reads(self, name: str) -> str:
        return str(self.page.look("return document.getElementById(arguments[0]).innerText", name))

    def reload(self) -> None:
        self.page.line.say("browsingContext.reload", context=self.page.window, wait="interactive")

    def fresh_tab(self) -> None:
        old = list(self.page.windows)
        self.page.window = self.page.line.say("browsingContext.create", type="tab")["context"]
        for one in old:
            self.page.line.say("browsingContext.close", context=one)

    def offline(self, on: bool) -> None:
        told = {"type": "offline"} if on else None
        self.page.line.say("emulation.setNetworkConditions", networkConditions=told, contexts=[self.page.window])


@contextmanager
def chromium(folder: Path) -> Iterator[ChromiumHand]:
    """A participant's Chromium."""
    os.environ.setdefault("SE_OFFLINE", "true")
    binary, driver_path = found()
    options = Options()
    options.binary_location = binary
    options.page_load_strategy = "eager"
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", f"--user-data-dir={folder}"):  # fmt: skip
        options.add_argument(word)
    driver = WebDriver(options, Service(driver_path) if driver_path else Service())
    try:
        yield ChromiumHand(driver)
    finally:
        driver.quit()


@contextmanager
def firefox(folder: Path) -> Iterator[FirefoxHand]:
    """A participant's Firefox: pages that are left are kept in its memory, as they are at home."""
    own: dict[str, Any] = {"browser.sessionhistory.max_total_viewers": -1, "fission.bfcacheInParent": True}
    with mock.patch.dict(browser_firefox_start.PREFERENCES, own):
        page, _version = browser_firefox_start.start_firefox(folder, "en", True, 30.0, equipped("firefox"))
    try:
        yield FirefoxHand(page)
    finally:
        page.close()


BROWSERS = {"chromium": chromium, "firefox": firefox}
