"""The line to a browser: WebDriver BiDi in its own words, every one of them bounded in time.

Used where no driver stands between (Firefox), and to hear events that Selenium does not hand on (Chromium).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from selenium.common.exceptions import (
    ElementNotInteractableException,
    InvalidSessionIdException,
    JavascriptException,
    NoSuchWindowException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from selenium.webdriver.remote.websocket_connection import WebSocketConnection

POLL: Final = 0.004  # seconds between two looks for an answer
MEANS: Final[dict[str, type[WebDriverException]]] = {
    "no such node": StaleElementReferenceException,
    "no such handle": StaleElementReferenceException,
    "no such element": StaleElementReferenceException,
    "stale element reference": StaleElementReferenceException,
    "no such frame": NoSuchWindowException,
    "invalid session id": InvalidSessionIdException,
    "unexpected alert open": UnexpectedAlertPresentException,
    "move target out of bounds": ElementNotInteractableException,
}
#: what is said of a page that goes while it is being looked at
GOING: Final = ("AbortError", "Actor", "iscarded", "Inspected target navigated", "Cannot find context", "realm")


class Line(WebSocketConnection):
    """A line to one browser. A browser that is no longer alive is a ConnectionError at once, not after the wait."""

    def __init__(self, url: str, seconds: float, alive: Callable[[], bool]) -> None:
        self._alive = alive
        super().__init__(url, seconds, POLL)
        if not self._started:
            raise ConnectionError(f"{url} does not answer")

    def _wait_until(self, condition: Callable[[], Any]) -> Any:
        end = time.monotonic() + self.response_wait_timeout
        looks = 0
        while not (told := condition()):
            if time.monotonic() > end:
                return None
            looks += 1
            if looks % 25 == 0 and not self._alive():
                raise ConnectionError("the browser has gone")
            time.sleep(self.response_wait_interval)
        return told

    def say(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its result. Raises what Selenium would, TimeoutException when no answer comes in time."""
        try:
            reply = self.send_cmd(method, params)
        except WebDriverException as cause:
            raise TimeoutException(f"{method}: {cause.msg}") from None
        except ConnectionError:
            raise
        except Exception as cause:  # the socket's own, of a library that is Selenium's and not ours
            raise ConnectionError(str(cause)) from cause
        if "error" not in reply:
            return dict(reply["result"])
        error, message = reply["error"], str(reply.get("message", ""))
        if error == "unknown error" and any(word in message for word in GOING):
            raise StaleElementReferenceException(message)
        raise MEANS.get(error, WebDriverException)(f"{error}: {message}".splitlines()[0])

    def hear(self, event: str, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Have every event of this name told; contrary to a command's, its order is not kept."""
        if event in self.callbacks:
            self.callbacks[event].append(take)
            return
        self.callbacks[event] = [take]
        self.say("session.subscribe", events=[event])


def told_to(value: Any) -> dict[str, Any]:
    """A value as BiDi carries it to the page; a mapping with a sharedId is an element."""
    match value:
        case None:
            return {"type": "null"}
        case bool():
            return {"type": "boolean", "value": value}
        case int() | float():
            return {"type": "number", "value": value}
        case str():
            return {"type": "string", "value": str(value)}
        case {"sharedId": str(known)}:
            return {"sharedId": known}
        case Mapping():
            return {"type": "object", "value": [[str(key), told_to(one)] for key, one in value.items()]}
        case _:
            return {"type": "array", "value": [told_to(one) for one in value]}


def told_by(said: Mapping[str, Any]) -> Any:
    """What BiDi carried back from the page, as plain values; an element is {"sharedId": …}."""
    value = said.get("value")
    match said["type"]:
        case "node":
            return {"sharedId": said["sharedId"]}
        case "array" | "set" | "nodelist" | "htmlcollection":
            return [told_by(one) for one in value or []]
        case "object" | "map":
            return {key if isinstance(key, str) else told_by(key): told_by(one) for key, one in value or []}
        case "number" if isinstance(value, str):  # NaN, -0, Infinity
            return float(value.replace("Infinity", "inf"))
        case _:
            return value


def result_of(reply: Mapping[str, Any]) -> Any:
    """What a function on the page returned. Raises JavascriptException with what it threw."""
    if reply["type"] == "exception":
        raise JavascriptException(str(reply["exceptionDetails"].get("text", "")))
    return told_by(reply["result"])
