"""What each of the three people does first, in a real browser on the real workbench, in both languages.

On every stop: no error box, nothing on the console, nothing that axe-core calls serious or critical in what the project
renders. The project's own recorder listens throughout, and no walk may hold a silent wait.
Pictures are kept in the folder that KHUTWA_PICTURES names, else with the test's own files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from at_the_workbench import PAINTED, complaints, served, shut_out
from leader_study import STUDY, planted
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from analysis.measure import measure
from journeys.hearing.messages import in_order
from journeys.hearing.sittings import Known, log_of
from journeys.players.browser_ears import Ears, ears_of
from journeys.players.browser_start import Browser, started
from studies.measuring import waits
from studies.workspace import Workspace

pytestmark = pytest.mark.browser

LANGUAGES = ["en", "ar"]
JOURNEY = "traffic/renew_vehicle"
PATIENCE = 60.0


@dataclass
class Walk:
    """Somebody at the workbench: where, in which language, and what was heard and complained of meanwhile."""

    base: str
    browser: Browser
    ears: Ears
    complaints: list[str]
    pictures: Path
    language: str = "en"
    who: str = ""
    stops: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Open the workbench anew, as from a link that somebody sent."""
        joined = "&" if "?" in address else "?"
        self.browser.driver.get(f"{self.base}/{address}{joined}lang={self.language}")
        self.painted()

    def until(self, js: str, *args: Any) -> Any:
        """Wait for what the page comes to say."""
        return WebDriverWait(self.browser.driver, PATIENCE).until(lambda d: d.execute_script(js, *args))

    def painted(self) -> None:
        """Wait until the page stands as it was asked for."""
        self.until(PAINTED)

    def press(self, css: str, words: str = "") -> None:
        """Press what these words stand on, among what the selector finds."""
        found = "return [...document.querySelectorAll(arguments[0])].find(e => e.innerText.includes(arguments[1]))"
        element = self.until(found, css, words)
        self.browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def go(self, page: str) -> None:
        """Press a page's link at the side."""
        link = f"[data-testid=stSidebarNavLink][href*='/{page}']"
        self.press(link)
        self.until("return location.pathname === '/' + arguments[0]", page)
        self.painted()

    def stop(self, name: str) -> None:
        """Look at the page as it stands: errors, and who is shut out; a picture of it is kept."""
        self.stops.append(name)
        driver = self.browser.driver
        (self.pictures / f"{self.who}-{self.language}-{len(self.stops)}-{name}.png").write_bytes(
            driver.get_screenshot_as_png()
        )
        boxes = driver.find_elements(By.CSS_SELECTOR, "[data-testid=stException]")
        self.faults += [f"{name}: {box.text}" for box in boxes]
        way = driver.execute_script("return [document.documentElement.dir, document.documentElement.lang]")
        if way != (["rtl", "ar"] if self.language == "ar" else ["ltr", "en"]):
            self.faults.append(f"{name}: {way}")
        for _again in range(3):  # what fades in is looked at again when it has
            self.painted()
            hurt = [f"{name}: {told}" for told in shut_out(self.browser)]
            if not hurt:
                break
        self.faults += hurt


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    planted(made, people=12).close()
    return made


@pytest.fixture(scope="module")
def base(space: Workspace) -> Iterator[str]:
    """The workbench as ./lab serves it, one for all walks."""
    with served(space) as (address, _server):
        yield address


@pytest.fixture(scope="module")
def at_work(base: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One browser for all walks, with the project's own ears on it."""
    asked = os.environ.get("KHUTWA_PICTURES")
    pictures = Path(asked) if asked else tmp_path_factory.mktemp("pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    with started("en", headless=True, patience=PATIENCE) as browser:
        browser.driver.set_window_size(1400, 1000)
        heard = complaints(browser)
        walk = Walk(base, browser, ears_of(browser), heard, pictures)
        for page in ("", "journeys", "load", "scoreboard"):  # what is read once when a workbench is opened
            walk.open(page)
        yield walk


@contextmanager
def as_a(walk: Walk, who: str, language: str) -> Iterator[Walk]:
    """A walk of one of the three, and what is asked of all of it when it is over."""
    walk.who, walk.language, walk.stops, walk.faults = who, language, [], []
    walk.browser.driver.get("about:blank")
    # A page's last words come with the next page of the tab: what was said on pages of an earlier walk is none of this.
    earlier = {message["p"] for message in walk.ears.now()}
    walk.complaints.clear()
    yield walk
    assert walk.complaints == []
    assert walk.faults == []
    mine = [message for message in in_order(walk.ears.now()) if message["p"] not in earlier]
    heard = log_of(mine, Known("walk"))
    assert heard is not None
    found = measure(heard)
    told = waits.told(found.batch, found.presets)["walk"]
    assert len(told) >= len(walk.stops) - 1  # it was heard
    silent = [one.json() for one in told if any(one.silent)]
    (walk.pictures / f"{who}-{language}-heard.json").write_text(json.dumps(mine), encoding="utf-8")
    assert silent == [], f"listen to {walk.pictures / f'{who}-{language}-heard.json'}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_designer_opens_a_journey_changes_it_and_tries_it(at_work: Walk, language: str) -> None:
    with as_a(at_work, "designer", language) as walk:
        walk.open("")
        walk.stop("start")
        walk.go("journeys")
        walk.stop("journeys")
        walk.go("editor")
        walk.stop("editor")
        walk.press(".st-key-editor_view button:nth-of-type(2), .st-key-editor_view [role=radio]:nth-of-type(2)")
        walk.until("return !!document.querySelector('.st-key-step_add button')")
        walk.painted()
        walk.press(".st-key-step_add button")
        walk.painted()
        walk.stop("a step more")
        walk.press(".st-key-try_rehearse button")
        walk.painted()
        walk.stop("tried")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tester_designs_a_load_runs_it_and_sees_the_verdict(at_work: Walk, language: str) -> None:
    with as_a(at_work, "qa", language) as walk:
        walk.open(f"load?journey={JOURNEY}")
        driver = walk.browser.driver
        for key, value in (("load_citizens", "2"), ("load_seconds", "5")):
            field = walk.until("return document.querySelector(arguments[0])", f".st-key-{key} input")
            field.click()
            ActionChains(driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
            ActionChains(driver).send_keys(value, Keys.ENTER).perform()
            walk.painted()
        walk.stop("design")
        walk.press(".st-key-load_start button")
        walk.until("return !!document.querySelector('.st-key-load_stop button')")
        walk.stop("under way")
        walk.until("return !document.querySelector('.st-key-load_stop button')")
        walk.painted()
        walk.stop("verdict")
        walk.go("history")
        walk.stop("history")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_leader_goes_from_the_scoreboard_to_a_finding_to_its_evidence(at_work: Walk, language: str) -> None:
    with as_a(at_work, "leader", language) as walk:
        walk.open(f"scoreboard?study={STUDY}")
        walk.until("return document.querySelectorAll('[data-testid=stTable]').length > 1")
        walk.painted()
        walk.stop("scoreboard")
        walk.press("[data-testid=stMain] a[href*='finding=']")
        walk.until("return location.pathname === '/findings'")
        walk.painted()
        walk.stop("finding")
        walk.press("[data-testid=stMain] a[href*='session=']")
        walk.until("return location.pathname === '/sessions' && location.search.includes('session=')")
        walk.painted()
        walk.stop("evidence")
