"""A Chromium walked in through its driver: for hands and eyes the same as any other browser."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, Final

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection

from journeys.equipment import Device, Equipment
from journeys.players.browser_line import Line
from journeys.players.browser_page import Element, Unreached

QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    # A page must be as quick behind another window as before it, and white when it is: what is measured is its service.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-features=Translate,PaintHolding,OptimizationHints,MediaRouter,InterestFeedContentSuggestions,"
    "CalculateNativeWinOcclusion,AutofillServerCommunication,PasswordLeakDetection,"
    # A page brought back from the browser's memory has lost the recorder's line to the lab.
    "BackForwardCache",
)
GOING: Final = 10.0  # seconds that a browser may take to go by itself


@dataclass(slots=True)
class ChromiumPage:
    """A window of a Chromium under way."""

    driver: WebDriver
    pid: int | None
    patience: float
    each_window: Callable[[ChromiumPage], None] | None = None  # what a new window must be told
    _line: Line | None = None

    @property
    def opens_lists(self) -> bool:
        """A press opens it, as for a citizen."""
        return True

    def go(self, url: str) -> None:
        """Open an address, until its document is there."""
        try:
            self.driver.get(url)
        except WebDriverException as cause:
            _before, found, why = str(cause.msg).partition("net::")
            if found:
                raise Unreached(url, why.split()[0]) from None
            raise

    def back(self) -> None:
        """Go back one page."""
        self.driver.back()

    def address(self) -> str:
        """Where the window stands."""
        return str(self.driver.current_url)

    def look(self, js: str, *args: Any) -> Any:
        """What the body of a JavaScript function returns."""
        return self.driver.execute_script(js, *args)

    def press(self, element: Element) -> None:
        """Press the middle of an element."""
        element.click()

    def keys(self, element: Element, *keys: str) -> None:
        """Press keys, with an element in focus."""
        element.send_keys(*keys)

    def files(self, element: Element, path: Path) -> None:
        """Put a document into a file field."""
        element.send_keys(str(path.resolve()))

    def picture(self) -> bytes:
        """What can be seen, as PNG."""
        return bytes(self.driver.get_screenshot_as_png())

    def follow(self) -> bool:
        """Go on in the newest window, if that is another."""
        handles = self.driver.window_handles
        with suppress(WebDriverException):  # of a window that has gone
            if not handles or self.driver.current_window_handle == handles[-1]:
                return False
        self.driver.switch_to.window(handles[-1])
        if self.each_window:
            self.each_window(self)
        return True

    def preload(self, js: str, channel: str, take: Callable[[str], None]) -> None:
        """Run a function in every page before its own scripts."""

        def told(event: Any) -> None:
            if event.channel == channel:
                take(event.data["value"])

        script = self.driver.script
        script.add_event_handler("message", told)
        script.add_preload_script(js, arguments=[{"type": "channel", "value": {"channel": channel}}])

    def hear(self, event: str, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Hand every such event to `take`, over a second line to the same session."""
        if self._line is None:
            self._line = Line(self.driver.capabilities["webSocketUrl"], self.patience, self.alive)
        self._line.hear(event, take)

    def close(self) -> None:
        """Send the browser home; what has not gone by then, such as the orphan of a driver that died, is ended."""
        # A driver waits for minutes for a page that hangs, and Selenium asks it three times more.
        unwilling = Timer(GOING, self._end)
        unwilling.start()
        with suppress(Exception):  # whatever is wrong with it, it must go
            # Not driver.quit(): it closes its own end of the line first, and may wait long for the other to notice.
            self.driver.execute(Command.QUIT)
        unwilling.cancel()
        if (service := getattr(self.driver, "service", None)) is not None:
            with suppress(Exception):
                service.stop()
        self._end()
        if self._line is not None:
            with suppress(Exception):
                self._line.response_wait_timeout = 1
                self._line.close()

    def _end(self) -> None:
        service = getattr(self.driver, "service", None)
        if service is not None and service.process is not None and service.process.poll() is None:
            service.process.kill()
        if self.pid is not None and runs(self.pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, signal.SIGKILL)

    def alive(self) -> bool:
        """Whether driver and browser still run."""
        service = getattr(self.driver, "service", None)
        if service is not None and (service.process is None or service.process.poll() is not None):
            return False
        return self.pid is None or runs(self.pid)


def emulate(options: Options, device: Device, version: str) -> None:
    """Have the browser be a device: its screen, its touch, its introduction."""
    if not device.agent:
        options.add_argument(f"--window-size={device.width},{device.height}")
        return
    metrics = {"width": device.width, "height": device.height, "pixelRatio": device.ratio}
    metrics |= {"touch": device.touch, "mobile": device.channel == "mobile"}
    agent = device.agent["chromium"].format(version=version)
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics, "userAgent": agent})


def ready(page: ChromiumPage, equipment: Equipment) -> None:
    """Make a browser that has just started ready for a walk: bounded in all it does, slowed down where it must be."""
    driver = page.driver
    if isinstance(line := driver.command_executor, RemoteConnection):
        line.client_config.websocket_interval = 0.005  # before the first word over BiDi
        line.client_config.timeout = int(page.patience) + 15  # a driver that says nothing is held by a page that hangs
    driver.set_page_load_timeout(page.patience)
    driver.set_script_timeout(10)

    def slow(slowed: ChromiumPage) -> None:
        tell = slowed.driver.execute_cdp_cmd
        if equipment.cpu != 1:
            tell("Emulation.setCPUThrottlingRate", {"rate": equipment.cpu})
        if network := equipment.connection:
            rates = (-1 if rate is None else rate * 1000 / 8 for rate in (network.down, network.up))  # bytes a second
            told = dict(zip(("downloadThroughput", "uploadThroughput"), rates, strict=True))
            tell("Network.enable", {})
            tell("Network.emulateNetworkConditions", {"offline": network.offline, "latency": network.latency, **told})

    if equipment.cpu != 1 or equipment.network:
        page.each_window = slow
        slow(page)


def runs(pid: int) -> bool:
    """Whether a process of this machine still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z" if state.exists() else True
    except OSError:
        return False
