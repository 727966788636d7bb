"""The rehearsal: a journey walked in memory, in no time, to see that the script holds together.

With an application it is played against that, in this process and without a socket. Without one a pretended service
answers everything as the script expects.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from journeys.diary import Clock, Diary, now
from journeys.hearing.asked_again import times_asked
from journeys.journey import Choose, Give, Send, Submit, Upload, Visit
from journeys.outgoing import key_of
from journeys.players import exchanging, wire
from journeys.players.transport import Answer, NoAnswer, decoded
from journeys.steps import slug, steps_of
from journeys.targets import Way, alternatives, masked, normal
from journeys.walk import Walk, Watch, diary_of, go
from studies.log import Log
from studies.places import agency_of, page_key
from studies.topics import datum_of
from studies.words import pick

App = Callable[..., Any]
BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)


def play(
    walk: Walk,
    watch: Watch | None = None,
    *,
    app: App | None = None,
    clock: Clock | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Log:
    """Walk a journey in memory: against an ASGI application, or a service that does what the script expects."""
    if app is not None:
        with AsgiTransport(app) as transport:
            return wire.play(walk, watch, transport=transport, clock=clock or now, sleep=sleep)
    ticking = clock or Ticking().now
    diary = diary_of(walk, device="rehearsal", deaf_to=wire.DEAF, clock=ticking)
    return go(walk, Pretending(walk, diary), diary, watch, lambda seconds: None)


@dataclass(slots=True)
class Ticking:
    """A clock that moves on by a tenth of a second whenever somebody looks at it."""

    moment: datetime = BEGINNING

    def now(self) -> datetime:
        """The pretended moment."""
        self.moment += timedelta(seconds=0.1)
        return self.moment


class AsgiTransport:
    """One citizen's client straight into an ASGI application: no sockets, cookies kept."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self.loop = asyncio.Runner()

    def __enter__(self) -> AsgiTransport:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.loop.close()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Ask the application. Raises NoAnswer when it fails without answering."""
        try:
            status, sent, content = self.loop.run(self._ask(method, url, headers, body or b""))
        except Exception as error:  # whatever the application raises, a server would turn into a broken line
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        for name, value in sent:
            if name == "set-cookie":
                self._keep(value)
        told = {name: value for name, value in sent if name != "set-cookie"}
        return Answer(status, url, told, decoded(content, told.get("content-type", "")))

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        parts = urlsplit(url)
        said = {"host": parts.netloc, "content-length": str(len(body)), **{k.lower(): v for k, v in headers.items()}}
        if self.cookies:
            said["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": parts.scheme,
            "path": unquote(parts.path) or "/",
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in said.items()],
            "client": ("127.0.0.1", 1),
            "server": (parts.hostname, parts.port or 80),
        }
        status, content = 0, bytearray()
        sent: list[tuple[str, str]] = []
        told, over = False, asyncio.Event()

        async def receive() -> dict[str, Any]:
            nonlocal told
            if told:
                await over.wait()
                return {"type": "http.disconnect"}
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                sent.extend((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in message.get("headers", []))
            elif message["type"] == "http.response.body":
                content.extend(message.get("body", b""))
                if not message.get("more_body"):
                    over.set()

        await self.app(scope, receive, send)
        return status, sent, bytes(content)

    def _keep(self, header: str) -> None:
        try:
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.coded_value
        except CookieError:
            return


class Pretending:
    """Hands that meet a service which does what the script expects: every page asks for what the script gives next."""

    def __init__(self, walk: Walk, diary: Diary) -> None:
        self.walk = walk
        self.diary = diary
        self.steps = steps_of(walk.journey, walk.variant)
        self.here: str | None = None
        self.further: dict[str, int] = {}  # how often the page will ask again for what was given

    def visit(self, url: str) -> None:
        """The page is there."""
        key = page_key(url, self.walk.base)
        self.diary.write("citizen", "acts", key)
        self._answer(key, agency_of(url, self.walk.journey, self.walk.base))

    def press(self, target: list[Way]) -> int:
        """What it promises is there."""
        self.diary.write("citizen", "acts", masked(target[0].text))
        self._answer(slug(target[0].text))
        return 0

    def ask(self, target: list[Way]) -> int:
        """Help is there."""
        self.diary.write("citizen", "asks", masked(target[0].text))
        self._answer(slug(target[0].text))
        return 0

    def give(self, datum: str, value: str) -> None:
        """The field takes it."""
        self._gives(datum)

    def choose(self, datum: str, value: str | list[str] | bool) -> None:
        """The choice is there."""
        self._gives(datum)

    def upload(self, datum: str, path: Path) -> None:
        """The document is taken."""
        self._gives(datum)

    def submit(self, target: list[Way] | None) -> int:
        """The form is accepted."""
        self.diary.write("citizen", "submits", self.here or "home")
        self._answer(slug(target[0].text) if target else f"{self.here}-sent")
        return 0

    def send(self, step: Send, data: Mapping[str, Any]) -> None:
        """What is sent is accepted."""
        heard = [one for one in step.send if not one.unheard]
        for datum in dict.fromkeys(datum for one in heard for datum in exchanging.given_in(one)):
            self.diary.write("citizen", "gives", datum)
        lead = next((one for one in heard if one.method != "GET"), next(iter(heard), None))
        if lead is not None:
            key = key_of(lead, self.walk.base)
            self.diary.write("citizen", "acts" if lead.method == "GET" else "submits", key)
            self._answer(key)

    def back(self) -> None:
        """The page before is there."""
        self.diary.write("citizen", "acts", "back")
        self._answer("back")

    def expect(self, text: str | None, page: str | None, gone: str | None, within: float) -> None:
        """It is as expected."""

    def sees(self, text: str) -> bool:
        """Optional parts are shown; the need is settled once the last step that sends or presses is over."""
        if any(normal(pick(done.text, self.walk.language)) == normal(text) for done in self.walk.journey.done):
            moves = ("visit", "press", "submit", "send", "call", "attend")
            moving = [id_ for id_, step in self.steps if step.verb in moves]
            return self.diary.step in moving[-1:]
        return True

    def words(self) -> list[str]:
        """Nothing needs to be told."""
        return []

    def picture(self, name: str) -> Path | None:
        """None: there is nothing to see."""
        return None

    def listen(self) -> None:
        """Everything was written as it happened."""

    def _gives(self, datum: str) -> None:
        about = _datum(datum)
        self.diary.write("citizen", "gives", about)
        if self.further.get(about):
            self.further[about] -= 1
            self.diary.write("service", "requests", about)

    def _answer(self, key: str, agency: str | None = None) -> None:
        when = self.diary.moment()
        agency = agency or self.diary.agency
        if self.here is not None and agency != self.diary.agency:
            self.diary.write("service", "hands_off", agency, when=when)
        self.here, self.diary.agency = key, agency
        self.diary.write("service", "answers", key, when=when)
        wanted = self._wanted_next()
        for datum in wanted:
            self.diary.write("service", "requests", datum, when=when)
        self.further = {datum: times - 1 for datum, times in wanted.items()}

    def _wanted_next(self) -> dict[str, int]:
        ids = [id_ for id_, _step in self.steps]
        place = ids.index(self.diary.step) + 1 if self.diary.step in ids else 0
        wanted: list[str] = []
        for _id, step in self.steps[place:]:
            match step:
                case Give():
                    wanted += step.give
                case Choose():
                    wanted += step.choose
                case Upload():
                    wanted += step.upload
                case Visit() | Submit():
                    break
        return times_asked({"l": _first(one).replace("_", " "), "n": _first(one)} for one in wanted)


def _first(key: str) -> str:
    return alternatives(key)[0].removeprefix("css:")


def _datum(key: str) -> str:
    return datum_of(label=_first(key), name=_first(key)) or _first(key)
