"""On a network people sign in: once through a real browser with a provider of our own, and by role from then on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from identity_provider import CLIENT, SECRET, Provider, provider
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from journeys.players.browser_start import started
from studies.house import audit, people
from studies.workspace import CHECKOUT, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.untimed]

PAINTED = "return !!document.querySelector('[data-test-script-state=notRunning] [data-testid=stHeading]')"
TEXT = "return document.body ? document.body.innerText : ''"


@pytest.fixture(scope="module")
def login() -> Iterator[Provider]:
    """Where people sign in."""
    with provider() as made:
        yield made


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory, login: Provider) -> Workspace:
    """A workspace that several people share."""
    made = Workspace(tmp_path_factory.mktemp("shared"))
    (made.root / "roles.yaml").write_text(
        "ask: Ann Smith\npeople:\n  ann@agency.example: admin\n  group:leaders: leader\n"
        f"  account:{people.account()}: admin\n"
    )
    return made


@pytest.fixture(scope="module")
def workbench(space: Workspace, login: Provider) -> Iterator[str]:
    """The workbench as ./lab workbench --on serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    (space.root / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "{url}/oauth2callback"\ncookie_secret = "{"c" * 40}"\nclient_id = "{CLIENT}"\n'
        f'client_secret = "{SECRET}"\nserver_metadata_url = "{login.url}/.well-known/openid-configuration"\n'
    )
    server = subprocess.Popen(
        [sys.executable, "cli.py", "workbench", "--on", "127.0.0.1", "--port", str(port), "--no-browser"],
        cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "KHUTWA_WORKSPACE": str(space.root), "KHUTWA_ROLE": ""},
    )  # fmt: skip
    assert server.stderr
    said = []
    for line in server.stderr:
        said.append(line)
        if "signs in" in line:
            break
    try:
        assert server.poll() is None, "".join(said)
        yield url
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    """A browser, one for all that is looked at here."""
    with started("en", headless=True, patience=60) as found:
        found.driver.set_window_size(1400, 1000)
        yield found.driver


def see(browser: WebDriver, address: str) -> str:
    """Open a page; what it says once it is painted."""
    browser.get(address)
    return painted(browser)


def painted(browser: WebDriver) -> str:
    WebDriverWait(browser, 60).until(lambda b: b.execute_script(PAINTED))
    return str(browser.execute_script(TEXT))


def press(browser: WebDriver, key: str) -> None:
    """Press a button."""
    looking = WebDriverWait(browser, 60, ignored_exceptions=[WebDriverException])  # it may just be drawn anew

    def pressed(driver: WebDriver) -> bool:
        driver.find_element(By.CSS_SELECTOR, f".st-key-{key} button").click()
        return True

    looking.until(pressed)


def say(browser: WebDriver, words: str) -> str:
    """Wait until the page says something; all that it says then."""
    WebDriverWait(browser, 60).until(lambda b: words in b.execute_script(TEXT))
    return str(browser.execute_script(TEXT))


def test_whoever_comes_signs_in_and_opens_what_their_role_may(
    workbench: str, browser: WebDriver, login: Provider, space: Workspace
) -> None:
    text = see(browser, f"{workbench}/audit")
    assert "Sign in with your organisation" in text
    assert "Audit trail" not in text  # nothing is told of what is behind the door

    login.who = {"sub": "7", "email": "lea@agency.example", "email_verified": True, "groups": ["leaders"]}
    press(browser, "sign_in")
    text = say(browser, "lea@agency.example · Leader")
    assert "Report" in text
    assert "Load test" not in browser.find_element(By.CSS_SELECTOR, "[data-testid=stSidebarNav]").text

    text = see(browser, f"{workbench}/load")
    text = say(browser, "This page is for")
    assert "This page is for: QA engineer, Admin. You are lea@agency.example and have: Leader." in text
    assert "Ask Ann Smith for the role" in text
    refused = [line for line in audit.lines(space) if line["what"] == "refused"]
    assert [(line["who"], line["doing"]) for line in refused] == [("lea@agency.example", "page load")]

    press(browser, "sign_out")
    say(browser, "Sign in with your organisation")
    login.who = {"sub": "1", "email": "ann@agency.example", "email_verified": True}
    press(browser, "sign_in")
    say(browser, "ann@agency.example · Admin")
    assert "each linked to the one before it" in say_after(browser, f"{workbench}/audit", "linked")


def say_after(browser: WebDriver, address: str, words: str) -> str:
    """Open a page and wait for what it says."""
    browser.get(address)
    return say(browser, words)


@pytest.mark.parametrize("words", [["--on", "0.0.0.0"], ["--on", "127.0.0.1"]])
def test_without_a_sign_in_nothing_listens(tmp_path: Path, words: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "cli.py", "workbench", *words, "--no-browser"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "KHUTWA_WORKSPACE": str(tmp_path)},
    )  # fmt: skip
    assert told.returncode == 2
    assert "no sign-in is set up" in told.stderr
