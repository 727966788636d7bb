"""A real browser goes through whole surveys in Arabic on a phone, and stands in a service centre without a network."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from test_questionnaire import asked

import intake
from journeys.checks.accessibility import axe
from journeys.equipment import equipped
from journeys.players.browser_start import Browser, started
from studies.store import Store
from studies.workspace import CHECKOUT, Workspace
from surveys.instruments import instrument, names
from surveys.invitations import door_to, invite

pytestmark = pytest.mark.untimed

SUS = [f"sus_{n}" for n in range(1, 11)]
AXE = """
const done = arguments[arguments.length - 1];
return axe.run(document, {resultTypes: ['violations']}).then(found => JSON.stringify(
  found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))])));
"""


@pytest.fixture(scope="module")
def phone() -> Iterator[Browser]:
    with started("ar", True, 60.0, equipped(device="phone")) as browser:
        yield browser


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def faults(browser: Browser) -> Any:
    """What axe-core finds on the page that is shown."""
    # Through the debugger, since the page's own policy lets no script in.
    browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe()})
    return json.loads(browser.page.look(AXE))


def wide(browser: Browser) -> bool:
    """Whether one must scroll sideways."""
    return bool(browser.page.look("return document.documentElement.scrollWidth > screen.width + 1"))


def until(browser: Browser, js: str, *args: Any) -> Any:
    """Wait for what a look at the page tells."""
    for _turn in range(600):
        try:
            if told := browser.page.look(f"return {js}", *args):
                return told
            browser.page.look("return new Promise(done => setTimeout(done, 25))")
        except Exception:  # noqa: BLE001, S112 the page goes while it is being looked at
            continue
    raise AssertionError(f"never came: {js}")


def press(browser: Browser, css: str) -> None:
    """Press what is there, and wait for the page that it leads to."""
    browser.page.look("document.documentElement.dataset.old = 'yes'; document.querySelector(arguments[0]).click()", css)
    until(browser, "document.readyState === 'complete' && !document.documentElement.dataset.old")


def fill(browser: Browser, **fields: Any) -> None:
    """Choose and write what a citizen would, by the fields' names."""
    browser.page.look(
        """
        for (const [name, value] of Object.entries(arguments[0])) {
          for (const one of Array.isArray(value) ? value : [value]) {
            const field = [...document.getElementsByName(name)].find(
              f => !f.closest('[hidden]') && (!['radio', 'checkbox'].includes(f.type) || f.value === one));
            if (['radio', 'checkbox'].includes(field.type)) field.click();
            else field.value = one;
          }
        }
        """,
        fields,
    )


PAGES: list[dict[str, Any]] = [
    {"used": "yes"},
    {item: str(n % 5 + 1) for n, item in enumerate(SUS)},
    {"age": "٤٢", "channels": ["web", "desk"], "first.speed": "2", "first.clarity": "1", "ease": "6", "quoted": "yes"},
    {"desk_wait": "15"},
    {"comment": "انتظرت طويلًا"},
]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_whole_survey_on_a_phone_and_nobody_is_shut_out(phone: Browser, space: Workspace, language: str) -> None:
    store = Store(space.database_url)
    token = invite(store, "demo", asked(), language=language)
    pictures = space.pictures / language
    pictures.mkdir()

    def look(name: str) -> None:
        (pictures / f"{name}.png").write_bytes(phone.page.picture())
        assert (name, faults(phone)) == (name, [])
        assert not wide(phone), name

    with intake.serving(space) as address:
        phone.page.go(f"{address}/s/{token}")
        look("consent")
        press(phone, "[name=agree][value=yes]")
        for number, fields in enumerate(PAGES):
            press(phone, "[name=done]") if number in (0, 1, 2) else None
            look(f"{number}_open")  # what is missing is said
            fill(phone, **fields)
            look(f"{number}_filled")
            press(phone, "[name=done]")
        look("thanks")
        phone.page.go(f"{address}/s/{token}?withdraw")
        look("withdraw")
        said = dict(store.standing(token).answers)  # type: ignore[union-attr]
        press(phone, "[name=withdraw][value=yes]")
        look("receipt")
        phone.page.go(f"{address}/s/nobody")
        look("unknown")
        assert phone.driver.get_cookies() == []
    assert said["age"] == 42 and said["comment"] == "انتظرت طويلًا" and said["sus_3"] == 3
    assert store.standing(token) is None
    store.close()


@contextmanager
def served(space: Workspace, port: int = 0) -> Iterator[tuple[int, Callable[[], None]]]:
    """The pages served until they are killed: the port, and how to kill them."""
    door = intake._listening(port)
    server = subprocess.Popen(
        intake.started_by(door, space), cwd=CHECKOUT, pass_fds=[door.fileno()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    number = door.getsockname()[1]
    door.close()
    assert server.stdin is not None and server.stdout is not None
    assert server.stdout.readline() == b"ready\n"

    def kill() -> None:
        server.send_signal(signal.SIGKILL)
        server.wait()

    try:
        yield number, kill
    finally:
        kill()
        server.stdin.close()
        server.stdout.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_kiosk_goes_on_without_a_network_and_sends_later_once(space: Workspace) -> None:
    store = Store(space.database_url)
    door = door_to(store, "centre", asked())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started("ar", True, 60.0) as screen:
        with served(space, port) as (_port, kill):
            screen.page.go(f"http://127.0.0.1:{port}/k/{door}")
            until(screen, "document.getElementById('kiosk').dataset.ready")
            until(screen, "navigator.serviceWorker.controller !== null")
            assert faults(screen) == []
            screen.page.go(f"http://127.0.0.1:{port}/k/{door}")  # now the worker has seen the page too
            until(screen, "document.getElementById('kiosk').dataset.ready")
            one_citizen(screen, "ar")
            until(screen, "document.getElementById('kiosk').dataset.waiting === '0'")
            (space.pictures / "kiosk_thanks.png").write_bytes(screen.page.picture())
            kill()
        screen.page.go(f"http://127.0.0.1:{port}/k/{door}")  # somebody switched it off and on again, without a network
        until(screen, "document.getElementById('kiosk').dataset.ready")
        one_citizen(screen, "en")
        press_here(screen, "[data-next]")
        one_citizen(screen, "ar")
        waiting = int(until(screen, "document.getElementById('kiosk').dataset.waiting"))
        assert waiting == 2 * 6, "six pages of two citizens"
        (space.pictures / "kiosk_waiting.png").write_bytes(screen.page.picture())
        with served(space, port):
            screen.page.look("window.dispatchEvent(new Event('online'))")
            until(screen, "document.getElementById('kiosk').dataset.waiting === '0'")
    assert len(store.invitations("centre")) == 3
    assert {one.state for one in store.invitations("centre")} == {"finished"}
    assert store.submissions("centre") == 3 * 5
    assert [a.value for a in store.answers("centre") if a.item == "age"] == [42, 42, 42]
    store.close()


def press_here(screen: Browser, css: str) -> None:
    """Press what can be seen of this kind."""
    screen.page.look("[...document.querySelectorAll(arguments[0])].find(one => one.offsetParent !== null).click()", css)


def one_citizen(screen: Browser, language: str) -> None:
    """One citizen goes through the whole of it."""
    shows = "[...document.querySelectorAll('[data-page]')].find(one => one.offsetParent !== null)"
    until(screen, f"({shows} || {{dataset: {{}}}}).dataset.page === 'start'")
    if screen.page.look("return document.documentElement.lang") != language:
        press_here(screen, f"[data-speak={language}]")
    assert faults(screen) == []
    here = "start"
    for fields in [{}, *PAGES]:
        fill_here(screen, fields)
        assert faults(screen) == []
        press_here(screen, "form button.main")
        until(screen, f"{shows}.dataset.page !== arguments[0]", here)
        here = screen.page.look(f"return {shows}.dataset.page")
    assert here == "thanks"
    assert screen.page.look("return document.documentElement.lang") == language


def fill_here(screen: Browser, fields: dict[str, Any]) -> None:
    screen.page.look(
        """
        for (const [name, value] of Object.entries(arguments[0])) {
          for (const one of Array.isArray(value) ? value : [value]) {
            const field = [...document.getElementsByName(name)].find(f => f.offsetParent !== null
              && (!['radio', 'checkbox'].includes(f.type) || f.value === one));
            if (['radio', 'checkbox'].includes(field.type)) field.click();
            else field.value = one;
          }
        }
        """,
        fields,
    )


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_instrument_fits_a_phone_and_shuts_nobody_out(phone: Browser, space: Workspace, language: str) -> None:
    store = Store(space.database_url)
    with intake.serving(space) as address:
        for name in names():
            if language not in instrument(name).wording:
                continue
            phone.page.go(f"{address}/s/{invite(store, name, name, language=language)}")
            press(phone, "[name=agree][value=yes]")
            (space.pictures / f"{name}_{language}.png").write_bytes(phone.page.picture())
            assert (name, faults(phone), wide(phone)) == (name, [], False)
    store.close()
