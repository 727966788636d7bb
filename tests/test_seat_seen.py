"""A seat before a screen that is really there: a window that can be seen, pressed with a mouse, and closed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from delayed_service import running
from selenium.common.exceptions import WebDriverException

from journeys.players import browser_seat
from journeys.players.browser_seat import Seat, sit
from studies.store import Store
from studies.workspace import Workspace

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="no screen to try a seat on: apt install xvfb xdotool",
    ),
]

# Where a mouse would have to go on the screen to press an element.
WHERE = """const b = arguments[0].getBoundingClientRect();
const side = (outerWidth - innerWidth) / 2, top = outerHeight - innerHeight;
return [screenX + side + b.x + b.width / 2, screenY + top + b.y + b.height / 2];
"""


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A screen of its own, for the length of a test."""
    told, said = os.pipe()
    words = ["Xvfb", "-displayfd", str(said), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(words, pass_fds=[said], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(said)
    try:
        with os.fdopen(told) as line:
            monkeypatch.setenv("DISPLAY", f":{line.readline().strip()}")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield
    finally:
        process.terminate()
        process.wait(10)


def mouse(driver: Any, element: Any) -> None:
    """Press an element with the screen's own mouse: nothing of the browser's driver has a hand in it."""
    x, y = (str(int(at)) for at in driver.execute_script(WHERE, element))
    subprocess.run(["xdotool", "mousemove", x, y, "click", "1"], check=True, timeout=20)


@contextmanager
def seated(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What browsers the seat opens, as they open."""
    sat: list[Any] = []
    real = browser_seat.started

    @contextmanager
    def started(*what: Any, **more: Any) -> Iterator[Any]:
        with real(*what, **more) as begun:
            sat.append(begun)
            yield begun

    monkeypatch.setattr(browser_seat, "started", started)
    yield sat


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("end", ["closed", "crashed"])
def test_a_person_before_a_window_is_heard_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    done: list[str] = []

    def person(what: str, share: float) -> None:
        driver = sat[0].driver
        if not done:
            mouse(driver, driver.find_element("tag name", "button"))
        elif len(done) == 1 and what != done[0]:  # the press was heard
            if end == "closed":
                window = ["search", "--onlyvisible", "--class", "chrom", "windowfocus", "--sync"]
                subprocess.run(["xdotool", *window, "key", "ctrl+w"], check=True, timeout=20)
            else:
                with pytest.raises(WebDriverException):
                    driver.execute_cdp_cmd("Page.crash", {})
        done.append(what)

    with seated(monkeypatch) as sat, running() as base:
        log = sit(Seat(f"{base}/form?kind=dead", "seats", "visit", visible=True, seconds=60), store, space, person)
    store.close()
    said = [f"{s.actor} {s.verb} {(s.about or '').removeprefix('/')}".strip() for s in log.said()]
    assert said[:3] == ["citizen begins form", "citizen acts form", "service answers form"]
    assert "citizen acts Help me" in said
    assert said[-1] == ("citizen leaves" if end == "closed" else "lab breaks browser")
    (session,) = log.heard()
    assert session.source == "participant" and "headless" not in (session.device or "")
