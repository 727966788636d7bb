"""The real workbench in a real browser: pages are painted, nothing breaks or is fetched, and Arabic turns the page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from test_replay import sample

from journeys import shelf
from journeys.players.browser_start import started
from studies import archive, replays, script
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.browser

PAGES = ["", "journeys", "editor", "load", "surveys", "metrics", "sessions", "report"]
PAINTED = """
 return !!document.querySelector('[data-test-script-state=notRunning] [data-testid=stHeading]')
   && !document.querySelector('[data-stale=true]')
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one small study in it."""
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    small = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")
    archive.seal(script.parse(small), "small", made)
    return made


@pytest.fixture(scope="module")
def workbench(space: Workspace) -> Iterator[str]:
    """The workbench, served as ./lab serves it: where it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
        cwd=CHECKOUT,
        env={**os.environ, "KHUTWA_WORKSPACE": str(space.root), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout
    rest = threading.Thread(target=server.stdout.read, daemon=True)  # a full pipe would hold it up
    try:
        assert any(str(port) in line for line in iter(server.stdout.readline, "")), "the workbench did not start"
        rest.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        rest.join(timeout=20)
        server.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    """A browser, one for all that is looked at here."""
    with started("en", headless=True, patience=60) as found:
        found.driver.set_window_size(1400, 1000)
        yield found.driver


def see(browser: WebDriver, address: str) -> None:
    """Open a page and wait until it is painted."""
    browser.get(address)
    painted(browser)


def painted(browser: WebDriver, script: str = PAINTED) -> None:
    """Wait until a page says that it is so."""
    WebDriverWait(browser, 60).until(lambda b: b.execute_script(script))


def found(browser: WebDriver, css: str) -> WebElement:
    """What stands on the page, as soon as it does."""
    return WebDriverWait(browser, 60).until(lambda b: b.find_element(By.CSS_SELECTOR, css))


def broken(browser: WebDriver) -> list[str]:
    """What an exception box on the page says; none is wanted."""
    return [box.text for box in browser.find_elements(By.CSS_SELECTOR, "[data-testid=stException]")]


def page(browser: WebDriver) -> tuple[str, str]:
    """Direction and language, as the page itself declares them."""
    told = browser.execute_script("return [document.documentElement.dir, document.documentElement.lang]")
    return told[0], told[1]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_painted_in_both_languages(workbench: str, browser: WebDriver, language: str) -> None:
    for name in PAGES:
        see(browser, f"{workbench}/{name}?lang={language}&study=small")
        assert broken(browser) == [], name
        assert page(browser) == (("rtl", "ar") if language == "ar" else ("ltr", "en")), name


def test_nothing_is_fetched_from_anywhere_else(workbench: str, browser: WebDriver) -> None:
    for name in ("", "sessions"):
        see(browser, f"{workbench}/{name}?study=small")
        fetched = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
        assert [url for url in fetched if not url.startswith((workbench, "data:", "blob:"))] == []


def test_in_arabic_the_ways_stand_on_the_right(workbench: str, browser: WebDriver) -> None:
    see(browser, f"{workbench}/journeys?lang=ar")
    ways = found(browser, "[data-testid=stSidebar]").rect
    heading = found(browser, "[data-testid=stHeading]").rect
    assert ways["x"] >= heading["x"] + heading["width"] - 1


def test_the_language_is_switched_where_one_stands(workbench: str, browser: WebDriver) -> None:
    see(browser, f"{workbench}/sessions?study=small&session=r1")
    browser.find_elements(By.CSS_SELECTOR, ".st-key-lang button")[1].click()
    painted(browser, "return document.documentElement.dir == 'rtl'")
    painted(browser)
    assert broken(browser) == []
    assert "lang=ar" in browser.current_url
    assert "session=r1" in browser.current_url


FIELD = """
 const roots = (under) => [...under.querySelectorAll('*')].flatMap(
   (one) => one.shadowRoot ? [one.shadowRoot, ...roots(one.shadowRoot)] : []);
 return [document, ...roots(document)].map((root) => root.querySelector('.editor textarea')).find((one) => one);
"""
OFFERED = "return [...arguments[0].getRootNode().querySelectorAll('.offers:not([hidden]) li')].map((o) => o.innerText)"
TOLD = "return arguments[0].getRootNode().querySelector('.below').innerText"


def test_a_journey_is_written_with_completion_and_mistakes_beside_the_line(
    workbench: str, browser: WebDriver, space: Workspace
) -> None:
    see(browser, f"{workbench}/editor?journey=traffic/renew_vehicle&lang=ar")
    field = WebDriverWait(browser, 60).until(lambda b: b.execute_script(FIELD))
    assert browser.execute_script("return getComputedStyle(arguments[0]).direction", field) == "ltr"
    line = "    visit: /traffic/renew\n"
    behind = "const at = arguments[0].value.indexOf(arguments[1]) + arguments[1].length - 1; arguments[0].focus();"
    browser.execute_script(behind + "arguments[0].setSelectionRange(at, at)", field, line)
    ActionChains(browser).send_keys(Keys.ENTER, Keys.BACKSPACE, Keys.BACKSPACE, "- ").perform()
    offered = browser.execute_script(OFFERED, field)
    assert [one.partition("\n")[0] for one in offered[:3]] == ["visit", "press", "give"]
    ActionChains(browser).send_keys("le", Keys.ENTER, "true", Keys.ENTER, Keys.BACKSPACE, Keys.BACKSPACE).perform()
    ActionChains(browser).send_keys("- smile: 1").perform()
    WebDriverWait(browser, 60).until(lambda b: "smile" in b.execute_script(TOLD, field))
    assert broken(browser) == []
    text = browser.execute_script("return arguments[0].value", field)
    assert line + "  - leave: true\n  - smile: 1\n" in text
    wrong = 1 + text.split("\n").index("  - smile: 1")
    assert str(wrong) in browser.execute_script(TOLD, field)
    ActionChains(browser).key_down(Keys.CONTROL).send_keys("s").key_up(Keys.CONTROL).perform()
    own = shelf.own_folder(space) / "traffic" / "renew_vehicle.yaml"
    WebDriverWait(browser, 60).until(lambda _b: own.exists())
    assert own.read_text(encoding="utf-8") == text
    ActionChains(browser).send_keys(Keys.TAB).perform()  # Tab leaves the field: nobody is caught in it
    assert browser.execute_script("return arguments[0].getRootNode().activeElement !== arguments[0]", field)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_session_is_watched_and_its_silence_found_by_keyboard(
    workbench: str, browser: WebDriver, space: Workspace, language: str
) -> None:
    replays.keep(sample("r1"), space.pictures / "r1")
    see(browser, f"{workbench}/sessions?lang={language}&study=small&session=r1")
    browser.find_elements(By.CSS_SELECTOR, "[data-testid=stTab], button[role=tab]")[1].click()
    frame = found(browser, "[data-testid=stIFrame], iframe")
    browser.switch_to.frame(frame)
    try:
        main = found(browser, "main")
        WebDriverWait(browser, 30).until(lambda _b: main.get_attribute("data-ready") == "yes")
        begin = float(found(browser, ".silence").get_attribute("data-from") or "nan")
        found(browser, ".ground").send_keys(Keys.END, "p", Keys.HOME, "n")
        assert float(main.get_attribute("data-at") or "nan") == pytest.approx(max(begin - 0.5, 0), abs=0.002)
    finally:
        browser.switch_to.default_content()
    assert broken(browser) == []


def test_a_damaged_replay_is_said_to_be_one(workbench: str, browser: WebDriver, space: Workspace) -> None:
    (space.pictures / "r1" / replays.NAME).write_text("{", encoding="utf-8")
    see(browser, f"{workbench}/sessions?study=small&session=r1")
    browser.find_elements(By.CSS_SELECTOR, "[data-testid=stTab], button[role=tab]")[1].click()
    assert "is damaged and cannot be shown" in found(browser, "[data-testid=stAlertContentError]").text
    replays.forget(space.pictures / "r1")


def test_a_journey_is_walked_and_its_steps_are_seen(workbench: str, browser: WebDriver, space: Workspace) -> None:
    see(browser, f"{workbench}/journeys?journey=traffic/renew_vehicle")
    found(browser, "[data-testid=stFormSubmitButton] button").click()
    painted(
        browser, "return (document.querySelector('.st-key-walk_script') || {innerText: ''}).innerText.includes('acts')"
    )
    WebDriverWait(browser, 120).until(lambda b: "trial" in archive.studies_in(space))
    painted(browser, "return !document.querySelector('.st-key-walk_stop')")
    assert broken(browser) == []
    shown = found(browser, ".st-key-walk_script").text
    assert "citizen begins" in shown and "service concludes" in shown
    assert browser.find_elements(By.CSS_SELECTOR, "[data-testid=stImage] img")
    heard = archive.read("trial", space).heard()
    assert [one.source for one in heard] == ["robot"]
    assert Path(space.pictures / heard[0].session).is_dir()


def test_a_number_leads_to_the_session_that_its_link_names(
    workbench: str, browser: WebDriver, space: Workspace
) -> None:
    text = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")
    archive.seal(script.parse(text.replace("session=r", "session=x")), "another", space)
    see(browser, f"{workbench}/metrics?study=small&sort=silent_waits")
    painted(browser, "return document.querySelectorAll('[data-testid=stPageLink] a').length > 2")
    link = found(browser, "[data-testid=stPageLink] a[href*='session=r1']")
    browser.execute_script("arguments[0].click()", link)
    painted(browser, "return location.pathname == '/sessions' && document.querySelector('.st-key-session input')")
    painted(browser)
    assert broken(browser) == []
    assert "study=small" in browser.current_url and "session=r1" in browser.current_url
