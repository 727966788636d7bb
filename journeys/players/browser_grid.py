"""A browser lent by a Selenium Grid, elsewhere: walked in like the one on this machine."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options as ChromeOptions
from selenium.webdriver.chrome.webdriver import WebDriver as ChromeDriver
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from journeys.equipment import Equipment
from journeys.players.browser_chromium import QUIET, ChromiumPage, emulate, ready
from studies.troubles import Failed
from studies.words import _

PATIENCE = 60  # seconds that a grid may take to lend a browser


def on_grid(equipment: Equipment, language: str, patience: float) -> tuple[ChromiumPage, str]:
    """A window of a browser on a grid, and its version. Raises Failed when the grid does not lend one."""
    grid = str(equipment.grid)
    spoken = language if language.split("-")[0] == "en" else f"{language},en"
    options: ChromeOptions | FirefoxOptions
    if equipment.browser == "firefox":
        options = FirefoxOptions()
        options.set_preference("intl.accept_languages", spoken)
        options.set_preference("browser.sessionhistory.max_total_viewers", 0)
        options.set_preference("fission.bfcacheInParent", False)
    else:
        options = ChromeOptions()
        for argument in (*QUIET, f"--lang={language}"):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": spoken, "download_restrictions": 3})
        if equipment.held:
            emulate(options, equipment.held, "140")
    options.page_load_strategy = "eager"
    options.enable_bidi = True
    options.unhandled_prompt_behavior = "accept"
    where = "{0.scheme}://{0.netloc}".format(urlsplit(grid))
    try:
        config = ClientConfig(remote_server_addr=grid, timeout=PATIENCE)
        driver = WebDriver(grid, options=options, client_config=config)
    except (WebDriverException, HTTPError, OSError, ValueError) as cause:
        said = str(getattr(cause, "msg", None) or cause).splitlines() or [""]
        raise Failed(
            _(
                "The grid at {grid} lent no {browser}: {said} See that it runs there ({grid}/status), that it has such"
                " a browser free, and that this machine may reach it."
            ).format(grid=where, browser=equipment.browser, said=said[0])
        ) from cause
    page = ChromiumPage(cast(ChromeDriver, driver), None, patience)
    try:
        if not driver.capabilities.get("webSocketUrl"):
            raise Failed(
                _("The grid at {grid} speaks no WebDriver BiDi, without which no page can be heard.").format(grid=where)
            )
        ready(page, equipment)
    except BaseException:
        page.close()
        raise
    return page, str(driver.capabilities.get("browserVersion", "")).split(".")[0]
