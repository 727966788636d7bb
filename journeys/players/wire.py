"""The wire player: a journey walked as HTTP, at the level of forms, for load and for quick checks.

It fetches a page, reads its fields, fills them by label or name, sends them with the hidden ones, follows redirects.
It runs no scripts: a form that a script would send goes to its plain `action`. It enforces no client-side validation
(`required`, `pattern`): what a browser would stop here reaches the service. It hears no signs (`responds`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from journeys.diary import Clock, Diary, now
from journeys.journey import Send
from journeys.players import exchanging
from journeys.players.asking import asked, refused
from journeys.players.choosing import choose_boxes, choose_options, found, is_search, offered
from journeys.players.controls import Control, Form, Pressable
from journeys.players.fetching import RequestsTransport
from journeys.players.forms import Page
from journeys.players.sending import sending
from journeys.players.transport import Answer, NoAnswer, Transport
from journeys.targets import Way, masked, normal, told, which_field
from journeys.walk import LabBroke, NotThere, PatienceOver, Walk, Watch, diary_of, go
from studies.log import Log
from studies.places import address, agency_of, form_key, page_key
from studies.troubles import Failed
from studies.words import _

DEAF: Final = frozenset({"responds", "rates"})
MOST_REDIRECTS: Final = 20


def play(
    walk: Walk,
    watch: Watch | None = None,
    *,
    transport: Transport | None = None,
    clock: Clock = now,
    sleep: Callable[[float], None] = time.sleep,
) -> Log:
    """Walk a journey over HTTP and say what was heard. Raises what `walk.go` raises, and Failed for a dead base URL."""
    diary = diary_of(walk, device="wire", deaf_to=DEAF | exchanging.deaf_to(walk.journey), clock=clock)
    hands = Wire(walk, diary, transport or RequestsTransport(walk.patience), sleep)
    return go(walk, hands, diary, watch, sleep)


@dataclass(slots=True)
class Wire:
    """Hands and eyes over HTTP. Everything it knows is in here: many can walk at once in one process."""

    walk: Walk
    diary: Diary
    transport: Transport
    sleep: Callable[[float], None]
    page: Page | None = None
    history: list[Page] = field(default_factory=list)
    touched: Form | None = None
    not_kept: dict[int, str | None] = field(default_factory=dict)  # pages a browser must not keep, with what led there
    further: dict[str, int] = field(default_factory=dict)  # how often a page will ask again for what was given
    filled: set[int] = field(default_factory=set)  # its fields that something was given to
    learned: dict[str, str] = field(default_factory=dict)  # what answers said that later requests send
    given: set[str] = field(default_factory=set)  # what requests have handed over, until it is asked for again

    # -- what the citizen does

    def visit(self, url: str) -> None:
        """Open an address."""
        here = self.diary.agency if self.page else agency_of(url, self.walk.journey, self.walk.base)
        self.diary.write("citizen", "acts", page_key(url, self.walk.base), agency=here)
        self._load("GET", url, led=False)

    def press(self, target: list[Way]) -> int:
        """Press a button or follow a link."""
        return self._press(target, "acts")

    def ask(self, target: list[Way]) -> int:
        """Press what offers help."""
        return self._press(target, "asks")

    def give(self, datum: str, value: str) -> None:
        """Fill in a field."""
        control = self._field(datum)
        if control.tag == "select" or control.type in ("radio", "checkbox"):
            self.choose(datum, value)
            return
        control.value = str(value)
        self._gives(control)

    def choose(self, datum: str, value: str | list[str] | bool) -> None:
        """Choose an option, a radio, or boxes. What is chosen already is not given again."""
        control = self._field(datum)
        page = self._here()
        if control.tag == "select":
            changed = choose_options(control, value)
        elif control.in_group or control.type in ("radio", "checkbox"):
            group = [
                c for c in page.fields() if c.name == control.name and c.type == control.type and c.form is control.form
            ]
            if isinstance(value, bool):
                group = [control]
            changed = choose_boxes(group if control.in_group else [control], value)
        else:
            control.value = str(value)
            changed = True
        if changed:
            self._gives(control)

    def upload(self, datum: str, path: Path) -> None:
        """Hand in a document."""
        control = self._field(datum, files=True)
        control.files = [path]
        self._gives(control)

    def submit(self, target: list[Way] | None) -> int:
        """Send a form: by the words of its button, or the one being filled in."""
        if target is not None:
            return self._press(target, "acts")
        page = self._here()
        usable = [f for f in page.forms if any(c.submits and c.visible for c in f.controls)]
        form = self.touched or next((f for f in usable if not is_search(f)), None) or next(iter(usable), None)
        if form is None:
            raise NotThere(_("a form to send"), page.labels())
        self._send(form, form.default_button())
        return 0

    def send(self, step: Send, data: Mapping[str, Any]) -> None:
        """Send what a recording shows being sent."""
        exchanging.send(self, step, data)

    def back(self) -> None:
        """Go back one page: shown as it was left, unless it said that it must not be kept."""
        self.diary.write("citizen", "acts", "back")
        if len(self.history) < 2:
            return
        self.history.pop()
        before = self.history.pop()
        if id(before) in self.not_kept:
            self._come("GET", before.url, None, None, self.not_kept[id(before)])
        else:
            self.arrive(before, handed=False)

    # -- what the citizen sees

    def expect(self, text: str | None, page: str | None, gone: str | None, within: float) -> None:
        """Wait to see something; on the wire only a page that moves on by itself is worth waiting for."""
        left = [within]
        while not self._meets(text, page, gone):
            if not self._moves_on(left):
                raise PatienceOver

    def sees(self, text: str) -> bool:
        """Whether a text is on the page."""
        return self.page is not None and normal(text) in self.page.text()

    def words(self) -> list[str]:
        """What is on the page."""
        return self.page.labels() if self.page else []

    def picture(self, name: str) -> Path | None:
        """None: there is nothing to take a picture of."""
        return None

    def listen(self) -> None:
        """Everything was written as it happened."""

    def _meets(self, text: str | None, page: str | None, gone: str | None) -> bool:
        base = self.walk.base
        here = page_key(self.page.url, base) if self.page else None
        return (
            (text is None or self.sees(text))
            and (gone is None or not self.sees(gone))
            and (page is None or here == page_key(address(page, base), base))
        )

    # -- finding

    def _here(self) -> Page:
        if self.page is None:
            raise NotThere(_("a page"), [])
        return self.page

    def _field(self, datum: str, files: bool = False) -> Control:
        left = [self.walk.patience]
        while True:
            page = self._here()
            fields = [c for c in page.fields() if (c.type == "file") == files]
            place = which_field(datum, [offered(c) for c in fields])
            if place is not None:
                return fields[place]
            if not self._moves_on(left):
                raise NotThere(f"“{datum}”", page.labels())

    def _find(self, target: list[Way]) -> tuple[int, Pressable]:
        left = [self.walk.patience]
        while True:
            page = self._here()
            there = page.pressables()
            for place, way in enumerate(target):
                if (thing := found(page, there, way)) is not None:
                    return place, thing
            if not self._moves_on(left):
                raise NotThere(told(target), page.labels())

    def _moves_on(self, left: list[float]) -> bool:
        """Wait for a page that moves on by itself, while patience lasts."""
        moving = self.page.refresh() if self.page else None
        if moving is None or moving[0] > left[0]:
            return False
        left[0] -= max(moving[0], 0.05)
        self.sleep(moving[0])
        self._load("GET", moving[1])
        return True

    # -- choosing and giving

    def _gives(self, control: Control) -> None:
        self.touched = control.form or self.touched
        if about := control.datum:
            self.diary.write("citizen", "gives", about)
            if self.further.get(about) and control.node.mem_id not in self.filled:
                self.further[about] -= 1
                self.diary.write("service", "requests", about)
        self.filled.add(control.node.mem_id)

    # -- pressing and sending

    def _press(self, target: list[Way], verb: str) -> int:
        place, thing = self._find(target)
        control = thing.control
        if control is not None and control.submits and control.form is not None:
            self._send(control.form, control)
        elif thing.href is not None:
            self._follow(thing, verb)
        elif thing.role == "summary":
            self.diary.write("citizen", verb, masked(thing.words))
            self._here().unfold(thing.node)
            self._tell_page(self._here())
        else:
            raise LabBroke("needs_a_browser", _("“{words}” works by script only").format(words=thing.words))
        return place

    def _follow(self, link: Pressable, verb: str) -> None:
        page = self._here()
        url = urljoin(page.base, link.href or "")
        if urlsplit(url).scheme not in ("http", "https"):
            raise LabBroke("needs_a_browser", _("“{words}” is no link to a page").format(words=link.words))
        self.diary.write("citizen", verb, masked(link.words))
        if (link.href or "").startswith("#"):
            self._tell_page(page)
        else:
            self._load("GET", url, led="noreferrer" not in (link.node.attributes.get("rel") or "").lower().split())

    def _send(self, form: Form, button: Control | None) -> None:
        sent = sending(self._here(), form, button)
        self.diary.write("citizen", "submits", form_key(sent.action, self.walk.base, sent.form or None))
        self._load(sent.method, sent.url, sent.body, sent.content_type)

    # -- the line

    def _load(
        self, method: str, url: str, body: bytes | None = None, kind: str | None = None, led: bool = True
    ) -> None:
        led = led and self.page is not None and not self.page.reticent
        self._come(method, url, body, kind, self.page.url if self.page and led else None)

    def _come(self, method: str, url: str, body: bytes | None, kind: str | None, referrer: str | None) -> None:
        try:
            page, kept, referrer = self._fetch(method, url, body, kind, referrer)
        except NoAnswer as silence:
            self.no_answer(url, silence)
            return
        self.not_kept.pop(id(page), None)  # of a page that is gone, whose number this one has now
        if not kept:
            self.not_kept[id(page)] = referrer
        self.arrive(page)

    def _fetch(
        self, method: str, url: str, body: bytes | None, kind: str | None, referrer: str | None
    ) -> tuple[Page, bool, str | None]:
        for _redirect in range(MOST_REDIRECTS):
            answer = self.transport.send(method, url.partition("#")[0], self.headers(url, referrer, body, kind), body)
            where = answer.headers.get("location")
            if answer.status in (301, 302, 303, 307, 308) and where:
                url = urljoin(answer.url or url, where)
                if answer.status in (301, 302, 303) and method != "HEAD":
                    method, body, kind = "GET", None, None
                continue
            page = Page(answer.url or url, answer.status, answer.text if _is_page(answer) else "", answer.charset)
            moving = page.refresh() if "refresh" in page.html else None
            if moving and moving[0] == 0 and answer.status < 400:
                method, url, body, kind, referrer = "GET", moving[1], None, None, url
                continue
            # What was posted is not posted again by who goes back: a browser asks first.
            return page, method != "GET" or "no-store" not in answer.headers.get("cache-control", ""), referrer
        raise NoAnswer(_("it redirects without end"))

    def headers(self, url: str, referrer: str | None, body: bytes | None, kind: str | None) -> dict[str, str]:
        """What a browser would say with a request."""
        language = self.walk.language
        headers = {
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Language": language if language == "en" else f"{language},en;q=0.5",
            "User-Agent": "Khutwa (wire)",
        }
        if referrer and (told := referer(referrer, url)):
            headers["Referer"] = told
        if body is not None:
            parts = urlsplit(referrer or url)
            headers["Origin"] = f"{parts.scheme}://{parts.netloc}"
            headers["Content-Type"] = kind or "application/x-www-form-urlencoded"
        return headers

    def no_answer(self, url: str, silence: NoAnswer) -> None:
        """Nothing came: a wrong address if nothing ever did, else the service's fault, or the end of patience."""
        key = page_key(url, self.walk.base)
        if self.page is None and not self.walk.proven and not silence.too_long:
            where = "{0.scheme}://{0.hostname}:{1}".format(urlsplit(url), urlsplit(url).port or 80)
            raise Failed(
                _("{where} does not answer: {why}. Start the service there, or name another with --base-url.").format(
                    where=where, why=silence
                )
            )
        if not silence.too_long:
            self.diary.write("service", "refuses", key, cause="fault")
        raise PatienceOver

    def arrive(self, page: Page, handed: bool = True) -> None:
        """A page is there: whose it is, and what it says."""
        before = self.diary.agency if self.page else None
        self.page, self.touched = page, None
        self.history.append(page)
        whose = agency_of(page.url, self.walk.journey, self.walk.base)
        when = self.diary.moment()
        if handed and before is not None and before != whose:
            self.diary.write("service", "hands_off", whose, when=when, agency=before)
        self.diary.agency = whose
        self._tell_page(page, when)

    def _tell_page(self, page: Page, when: datetime | None = None) -> None:
        """What the page says: it rejects or it answers, then it asks."""
        when, key = when or self.diary.moment(), page_key(page.url, self.walk.base)
        rejected = refused(page)
        if rejected is None:
            self.diary.write("service", "answers", key, when=when)
        else:
            for about in rejected or [key]:
                self.diary.write("service", "refuses", about, when=when)
        asks = asked(page)
        for datum in asks:
            self.diary.write("service", "requests", datum, when=when)
        self.further, self.filled = {datum: times - 1 for datum, times in asks.items()}, set()


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "text/html")
    return "html" in kind or "xml" in kind


def referer(page: str, url: str) -> str | None:
    """What a browser says of the page that led to an address: all of it at home, elsewhere only whose it is."""
    here, there = urlsplit(page), urlsplit(url)
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        return page.partition("#")[0]
    return None if (here.scheme, there.scheme) == ("https", "http") else f"{here.scheme}://{here.netloc}/"
