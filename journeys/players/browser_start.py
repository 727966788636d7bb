"""A browser of its own for each walk: found, started with nothing in its memory, and gone when the walk is over.

Only what is installed is used; nothing is downloaded and nothing phones home.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

from journeys.equipment import PLAIN, Equipment
from journeys.players.browser_chromium import QUIET, ChromiumPage, emulate, ready
from journeys.players.browser_firefox_start import start_firefox
from journeys.players.browser_grid import on_grid
from journeys.players.browser_page import Page
from studies.troubles import Failed
from studies.words import _

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_A_MAC: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
SEEN_ON: Final = (1280, 900)

# That a line ends when its browser does is no news to anybody.
logging.getLogger("websocket").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser under way: its page, and what it is called in the log."""

    page: Page
    device: str

    @property
    def driver(self) -> WebDriver:
        """Chromium's own driver, for what only Chromium can."""
        if not isinstance(self.page, ChromiumPage):
            raise Failed(_("{browser} cannot do this: only Chromium can.").format(browser=self.device))
        return self.page.driver

    def alive(self) -> bool:
        """Whether driver and browser still run."""
        return self.page.alive()


def found() -> tuple[str, str | None]:
    """The browser to walk in and its driver (None: Selenium finds one). Raises Failed when there is no browser."""
    named = os.environ.get("KHUTWA_BROWSER")
    for name in (named,) if named else (*BROWSERS, *ON_A_MAC):
        if where := shutil.which(name):
            return where, shutil.which("chromedriver")
    if named:
        raise Failed(_("KHUTWA_BROWSER names {name}, which is no program. Correct it or unset it.").format(name=named))
    raise Failed(
        _(
            "No Chromium or Chrome was found. Install one (Debian, Ubuntu: apt install chromium chromium-driver), or"
            " put the path of yours into KHUTWA_BROWSER. The wire player needs none: --player wire."
        )
    )


@contextmanager
def started(
    language: str, headless: bool, patience: float, equipment: Equipment = PLAIN, by_hand: bool = False
) -> Iterator[Browser]:
    """A browser that speaks a language, for the length of a `with`. Raises Failed when it does not start.

    `by_hand`: a person sits before it, who reads alerts and presses OK themselves.
    """
    os.environ.setdefault("SE_OFFLINE", "true")
    os.environ.setdefault("SE_AVOID_STATS", "true")
    with TemporaryDirectory(prefix="khutwa-", ignore_cleanup_errors=True) as profile:
        page: Page
        if equipment.grid:
            page, version = on_grid(equipment, language, patience)
        elif equipment.browser == "firefox":
            page, version = start_firefox(Path(profile), language, headless, patience, equipment)
        else:
            page, version = _start_chromium(Path(profile), language, headless, patience, equipment, by_hand)
        try:
            yield Browser(
                page, equipment.browser + f" {version}" + (" headless" if headless else "") + equipment.told()
            )
        finally:
            page.close()


def _start_chromium(
    profile: Path, language: str, headless: bool, patience: float, equipment: Equipment, by_hand: bool
) -> tuple[ChromiumPage, str]:
    binary, driver_path = found()
    options = _options(binary, profile, language, headless)
    if by_hand:
        options.unhandled_prompt_behavior = "ignore"
        # No bar that tells a person before the window that a test controls it.
        options.add_experimental_option("excludeSwitches", ["enable-logging", "enable-automation"])
    if equipment.held:
        emulate(options, equipment.held, _version(binary) if equipment.held.agent else "")
    service = Service(driver_path) if driver_path else Service()
    try:
        driver = WebDriver(options, service)
    except (WebDriverException, OSError) as cause:
        with suppress(WebDriverException, OSError):
            service.stop()
        raise Failed(_why_not(binary, str(getattr(cause, "msg", None) or cause))) from cause
    page = ChromiumPage(driver, driver.capabilities.get("goog:processID"), patience)
    try:
        ready(page, equipment)
        return page, str(driver.capabilities.get("browserVersion", "")).split(".")[0]
    except BaseException:
        page.close()
        raise


def _sandboxed() -> bool:
    """Can Chromium's sandbox start? Not as root, nor in a container that gives no new rights: that one is the wall."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return not root and os.environ.get("KHUTWA_CONTAINER") != "yes"


def _options(binary: str, profile: Path, language: str, headless: bool) -> Options:
    options = Options()
    options.binary_location = binary
    options.page_load_strategy = "eager"
    options.enable_bidi = True
    options.unhandled_prompt_behavior = "accept"  # a citizen reads it and presses OK
    arguments = [*QUIET, f"--user-data-dir={profile}", f"--lang={language}", "--window-size={},{}".format(*SEEN_ON)]
    if headless:
        arguments.append("--headless=new")
    if not _sandboxed():
        arguments += ["--no-sandbox", "--disable-dev-shm-usage"]
    for argument in arguments:
        options.add_argument(argument)
    spoken = language if language.split("-")[0] == "en" else f"{language},en"
    options.add_experimental_option(
        "prefs",
        {
            "intl.accept_languages": spoken,
            "download_restrictions": 3,  # none at all
            "credentials_enable_service": False,
            "profile.password_manager_enabled": False,
            "autofill.profile_enabled": False,
        },
    )
    options.add_experimental_option("excludeSwitches", ["enable-logging"])
    return options


def _version(binary: str) -> str:
    """The browser's main version, for how a phone introduces itself."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    return told[0] if (told := re.findall(r"\b(\d+)\.\d+", said)) else "140"


def _why_not(binary: str, said: str) -> str:
    first = next((line.strip() for line in said.splitlines() if line.strip()), "")
    if "only supports Chrome version" in said:
        return _("{binary} and its driver are of different versions: {said} Install both from the same place.").format(
            binary=binary, said=first
        )
    return _(
        "The browser did not start ({binary}): {said} Try it by hand; if it starts, see that a chromedriver of the same"
        " version is on the PATH and that there is room in memory and in the temporary folder."
    ).format(binary=binary, said=first)
