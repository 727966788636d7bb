"""A moderator's keys in a real browser: no moment is lost while the lab does not answer, or the desk is closed."""

from __future__ import annotations

import json
import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from at_the_workbench import served
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from test_survey_browser import AXE

from journeys.checks.accessibility import axe
from journeys.players.browser_start import Browser, started
from studies.store import Store
from studies.store.notes import Note, notes_of
from studies.workspace import Workspace

pytestmark = pytest.mark.untimed

LEFT = "return JSON.parse(localStorage.getItem('khutwa-desk-presses') || '[]').length"
#: what stands in the desk's own tree
DESK = """
const all = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean);
return all.map(root => root.querySelector('.desk')).find(Boolean)
"""


def sit_down(browser: Browser, address: str, name: str) -> None:
    """Open the desk and say who one is."""
    browser.driver.get(address)
    wait(browser, DESK)
    field = next(
        one for one in browser.driver.find_elements(By.CSS_SELECTOR, "input")
        if "initials" in (one.get_attribute("aria-label") or "")
    )  # fmt: skip
    field.send_keys(name + Keys.TAB)
    ready = f"const desk = (() => {{{DESK}}})(); return !!desk && !desk.querySelector('[data-tag=confusion]').disabled"
    wait(browser, ready)
    browser.driver.execute_script("document.activeElement.blur()")


def wait(browser: Browser, script: str) -> Any:
    """Wait until a page says that it is so."""
    return WebDriverWait(browser.driver, 60).until(lambda driver: driver.execute_script(script))


def keys(browser: Browser, *words: str) -> None:
    """Press keys, wherever the page's attention is."""
    ActionChains(browser.driver).send_keys(*words).perform()


def kept(store: Store, n: int, browser: Browser) -> list[Note]:
    """The notes, once the browser has been told that it may forget its own."""
    wait(browser, LEFT.replace("return", "return 0 ==="))
    found = notes_of(store, "demo")
    assert len(found) == n, [note.tag for note in found]
    return found


@pytest.mark.browser
@pytest.mark.slow
def test_keys_lose_no_moment_and_a_closed_desk_no_press(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    with served(space) as (base, server), started("en", True, 60.0) as browser:
        address = f"{base}/desk?study=demo&participant=p-1&task=traffic%2Frenew_vehicle"
        sit_down(browser, address, "ra")
        keys(browser, "s", "c", "c", "a", "c")
        told = kept(store, 5, browser)
        assert [note.tag for note in told] == ["session_begins", "confusion", "confusion", "assist", "confusion"]
        assert all(a.at < b.at for a, b in pairwise(told)), "each press has a moment of its own"
        assert (told[4].at - told[1].at).total_seconds() < 1
        keys(browser, "q")
        keys(browser, "Where is the button? c", Keys.ENTER)
        kept(store, 6, browser)
        wait(browser, f"const desk = (() => {{{DESK}}})(); return desk.innerText.includes('Where is the button? c')")
        assert notes_of(store, "demo")[-1].text == "Where is the button? c"
        browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe()})
        faults = json.loads(browser.page.look(AXE))
        assert [fault for fault in faults if "desk" in str(fault)] == []
        (space.pictures / "desk.png").write_bytes(browser.page.picture())

        server.send_signal(signal.SIGSTOP)  # the lab does not answer
        keys(browser, "e", "e")
        assert browser.driver.execute_script(LEFT) == 2
        browser.driver.execute_cdp_cmd("Page.navigate", {"url": "about:blank"})  # the desk is closed in mid-session
        server.send_signal(signal.SIGCONT)
        sit_down(browser, address, "ra")
        told = kept(store, 8, browser)
        assert [note.tag for note in told[-2:]] == ["error", "error"]
        assert {note.session for note in told} == {told[0].session}
        keys(browser, "u")
        wait(browser, f"const desk = (() => {{{DESK}}})(); return !!desk.querySelector('tr.undone')")
        told = kept(store, 8, browser)
        assert [note.undone for note in told[-2:]] == [False, True]
    store.close()
