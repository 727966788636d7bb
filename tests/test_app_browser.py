"""The real workbench in a real browser: pages are painted, nothing breaks or is fetched, and Arabic turns the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from at_the_workbench import PAINTED, complaints, served, shut_out
from leader_study import planted
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from test_replay import sample

from journeys import shelf
from journeys.players.browser_start import Browser, started
from studies import archive, replays, script
from studies.workspace import CHECKOUT, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.untimed]

#: shown in the dark too: charts, tables, fields, code, cards, the time line
IN_THE_DARK = ["", "editor", "load", "scoreboard", "metrics", "sessions"]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one small study in it, and one in which a leader finds what they look for."""
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    small = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")
    archive.seal(script.parse(small), "small", made)
    planted(made, people=12).close()
    return made


@pytest.fixture(scope="module")
def workbench(space: Workspace) -> Iterator[str]:
    """Where the workbench answers, one for all that is looked at here."""
    with served(space) as (address, _server):
        yield address


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """A browser, one for all that is looked at here."""
    with started("en", headless=True, patience=60) as found:
        found.driver.set_window_size(1400, 1000)
        yield found


@pytest.fixture(scope="module")
def browser(window: Browser) -> WebDriver:
    """Its driver."""
    return window.driver


@pytest.fixture(scope="module")
def said(window: Browser) -> list[str]:
    """Every error on its console."""
    return complaints(window)


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


def faults(window: Browser) -> list[str]:
    """What is broken on the page as it stands, and who is shut out. What fades in is looked at again when it has."""
    for _again in range(3):
        hurt = shut_out(window)
        if not hurt:
            break
        painted(window.driver)
    return broken(window.driver) + hurt


#: the links of all pages at the side
LINKS = "[...document.querySelectorAll('[data-testid=stSidebarNavLink]')]"


@pytest.fixture
def tall(browser: WebDriver) -> Iterator[None]:
    """A window in which a page stands whole: colours that one must scroll to are not judged."""
    browser.set_window_size(1400, 3200)
    yield
    browser.set_window_size(1400, 1000)


def ways(browser: WebDriver) -> list[str]:
    """The addresses of all pages, as they stand at the side."""
    found = browser.execute_script(f"return {LINKS}.map(link => new URL(link.href).pathname)")
    assert len(found) == len(re.findall(r"st\.Page\(", (CHECKOUT / "app.py").read_text(encoding="utf-8")))
    return [str(one) for one in found]


def go(browser: WebDriver, way: str) -> None:
    """Press a page's link at the side, and wait until it is painted: its own title stands where another's stood."""
    title = "document.querySelector('[data-testid=stMain] h1')?.innerText"
    here, before = browser.execute_script(f"return [location.pathname, {title}]")
    browser.execute_script(f"{LINKS}.find(link => new URL(link.href).pathname === arguments[0]).click()", way)
    if here != way:
        WebDriverWait(browser, 60).until(lambda b: b.execute_script(f"return {title}") not in (None, "", before))
    painted(browser, f"return location.pathname === '{way}'")
    painted(browser)


@pytest.mark.usefixtures("tall")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_painted_and_shuts_nobody_out_in_both_languages(
    workbench: str, window: Browser, browser: WebDriver, said: list[str], language: str
) -> None:
    said.clear()
    see(browser, f"{workbench}/?lang={language}&study=year")
    found = {}
    for way in ways(browser):
        go(browser, way)
        assert page(browser) == (("rtl", "ar") if language == "ar" else ("ltr", "en")), way
        found[way] = faults(window) + said
        said.clear()
    assert {way: told for way, told in found.items() if told} == {}


@pytest.mark.usefixtures("tall")
def test_in_the_dark_nobody_is_shut_out_either(
    workbench: str, window: Browser, browser: WebDriver, said: list[str]
) -> None:
    said.clear()
    wanted = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
    try:
        see(browser, f"{workbench}/?study=year")
        ground = "return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        assert sum(int(part) for part in re.findall(r"\d+", browser.execute_script(ground))[:3]) < 150
        found = {}
        for name in IN_THE_DARK:
            go(browser, f"/{name}")
            found[name] = faults(window) + said
            said.clear()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert {name: told for name, told in found.items() if told} == {}


def test_nothing_is_fetched_from_anywhere_else(workbench: str, browser: WebDriver) -> None:
    for name in ("", "sessions"):
        see(browser, f"{workbench}/{name}?study=small")
        fetched = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
        assert [url for url in fetched if not url.startswith((workbench, "data:", "blob:"))] == []


def test_in_arabic_the_ways_stand_on_the_right_and_close_to_it(workbench: str, browser: WebDriver) -> None:
    see(browser, f"{workbench}/journeys?lang=ar")
    ways = found(browser, "[data-testid=stSidebar]").rect
    heading = found(browser, "[data-testid=stHeading]").rect
    assert ways["x"] >= heading["x"] + heading["width"] - 1
    browser.execute_script("document.querySelector('[data-testid=stSidebarCollapseButton] button').click()")
    painted(browser, "return !!document.querySelector('[data-testid=stSidebar][data-collapsed=true]')")
    painted(browser, "return document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().x >= innerWidth")
    assert not found(browser, "[data-testid=stSidebarNavLink]").is_displayed()
    browser.execute_script("document.querySelector('[data-testid=stExpandSidebarButton]').click()")
    link = "document.querySelector('[data-testid=stSidebarNavLink]').getBoundingClientRect()"
    painted(browser, f"return {link}.width > 0 && {link}.right <= innerWidth")
    assert found(browser, "[data-testid=stSidebarNavLink]").is_displayed()


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
