"""In a real browser: every number of a page, of its charts too, is in the digits chosen, and goes back when asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from at_the_workbench import PAINTED, served
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from journeys.players.browser_start import started
from studies import archive, script
from studies.workspace import CHECKOUT, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.untimed]

#: what stands on the page as text, but for what is typed and what the reader chooses the digits by
TEXTS = """
const found = [], aside = 'pre, code, script, style, .st-key-digits';
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode())
  if (texts.currentNode.parentElement.getClientRects().length && !texts.currentNode.parentElement.closest(aside))
    found.push(texts.currentNode.nodeValue);
return found;
"""
NUMBER = re.compile(r"(?<![\w/.:-])\d+(?:\.\d+)?(?![\w/:-])", re.ASCII)


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The workbench on a workspace with one small study: where it answers."""
    space = Workspace(tmp_path_factory.mktemp("workspace"))
    small = (CHECKOUT / "tests" / "samples" / "small_study.txt").read_text(encoding="utf-8")
    archive.seal(script.parse(small), "small", space)
    with served(space) as (address, _process):
        yield address


def painted(browser: WebDriver) -> None:
    WebDriverWait(browser, 60).until(lambda there: there.execute_script(PAINTED))


def numbers(browser: WebDriver) -> tuple[list[str], list[str]]:
    """The numbers on the page in European digits, and the texts in Arabic-Indic ones."""
    texts = browser.execute_script(TEXTS)
    return [n for text in texts for n in NUMBER.findall(text)], [one for one in texts if re.search("[٠-٩]", one)]


def test_every_number_follows_the_choice_and_goes_back(workbench: str) -> None:
    with started("ar", True, 60) as there:
        browser = there.driver
        browser.get(f"{workbench}/sessions?lang=ar&digits=arabic_indic&dates=hijri&study=small&session=r1")
        painted(browser)
        axis = "return document.querySelectorAll('.vega-embed svg .role-axis-label text').length"
        WebDriverWait(browser, 60).until(lambda one: one.execute_script(axis) > 5)
        WebDriverWait(browser, 60).until(lambda one: not numbers(one)[0], "numbers are left as they were")
        assert len(numbers(browser)[1]) > 10
        browser.find_elements(By.CSS_SELECTOR, ".st-key-digits button")[0].click()
        WebDriverWait(browser, 60).until(lambda one: "digits=" not in one.current_url)
        painted(browser)
        WebDriverWait(browser, 60).until(lambda one: not numbers(one)[1])
        assert len(numbers(browser)[0]) > 10
        assert "study=small" in browser.current_url and "session=r1" in browser.current_url
        assert "dates=hijri" in browser.current_url
