"""The robot's hands in a browser: real presses and real keys on what can be seen, and patience with what comes of them.

Every wait is bounded, and says what it waited for when it is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    InvalidSessionIdException,
    NoSuchWindowException,
    StaleElementReferenceException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from urllib3.exceptions import HTTPError

from journeys.hearing.messages import Message
from journeys.players import browser_eyes as eyes
from journeys.players import browser_told as told_by
from journeys.players.browser_ears import Ears
from journeys.players.browser_notes import Notes
from journeys.players.browser_page import Element, Unreached
from journeys.players.browser_pictures import take_picture
from journeys.players.browser_start import Browser
from journeys.players.browser_typing import choose_option, press_enter, type_date, type_into
from journeys.targets import Way, selectors_in, shows, told, which_choice
from journeys.walk import LabBroke, NotThere, PatienceOver, Walk
from studies.places import address, page_key
from studies.troubles import Failed
from studies.words import _

T = TypeVar("T")

REACTION: Final = 1.5  # seconds within which the recorder has told of a press
STILL: Final = 10.0  # seconds on a page at rest after which what is not there will not come
GLANCE: Final = 0.15  # seconds between two looks while nothing is told
HAND: Final = 0.02  # seconds


@dataclass(slots=True)
class BrowserHands:
    """Hands in one browser, for one walk."""

    walk: Walk
    browser: Browser
    ears: Ears
    notes: Notes
    last_field: Element | None = None
    shots: int = 0

    # -- what the citizen does

    def visit(self, url: str) -> None:
        """Open a URL, until its page is usable."""
        with self._alive():
            since = self.notes.mark("visit", url)
            try:
                self.browser.page.go(url)
            except TimeoutException:
                raise PatienceOver(_("waited {n} s for {url}").format(n=self.walk.patience, url=url)) from None
            except Unreached as cause:
                self._nobody(url, f"{cause.why} {self._why(since)}".strip())
            self._arrived(since, url)

    def press(self, target: list[Way]) -> int:
        """Press a button or follow a link."""
        self.notes.mark("acts")
        return self._press(target)

    def ask(self, target: list[Way]) -> int:
        """Press what offers help."""
        self.notes.mark("asks")
        return self._press(target)

    def submit(self, target: list[Way] | None) -> int:
        """Send the form, by this button or (None) the one being filled in."""
        self.notes.mark("acts")
        if target is not None:
            return self._press(target, submits=True)
        with self._alive():
            element, enter = self._look(self._own_button, _("a button that sends the form"))
            self._push(element) if not enter else self._enter(element)
        return 0

    def back(self) -> None:
        """Go back one page."""
        with self._alive():
            here = self.browser.page.address()
            since = self.notes.mark("back", here)
            self.browser.page.back()
            self._arrived(since, here)

    def give(self, datum: str, value: str) -> None:
        """Fill in a field."""
        self.notes.gave(value)
        with self._alive():
            fields, place = self._fields(datum)
            what = fields[place]
            if what["type"] in ("radio", "checkbox") or what["options"]:
                self._choose(datum, str(value), fields, place)
                return
            element = self._field(datum, fields, place)
            self._into_view(element)
            if what["type"] == "date":
                type_date(self.browser.page, element, value)
            else:
                type_into(self.browser.page, element, value, has=not what["empty"])
            self.last_field = element

    def choose(self, datum: str, value: str | list[str] | bool) -> None:
        """Choose among what a field offers. What is chosen already is not chosen again."""
        with self._alive():
            fields, place = self._fields(datum)
            if fields[place]["type"] in ("radio", "checkbox") or fields[place]["options"]:
                self._choose(datum, value, fields, place)
                return
        self.give(datum, str(value))

    def upload(self, datum: str, path: Path) -> None:
        """Hand in a document."""
        with self._alive():
            fields, place = self._fields(datum, files=True)
            element = self._field(datum, fields, place)
            self.notes.hands_in(path)
            self.browser.page.files(element, path)
            self.last_field = element

    # -- what the citizen sees

    def expect(self, text: str | None, page: str | None, gone: str | None, within: float) -> None:
        """Wait to see a text, be on a page, see a text gone."""
        base = self.walk.base
        wanted = page_key(address(page, base), base) if page else None

        def there() -> bool:
            if wanted is not None and page_key(self.browser.page.address(), base) != wanted:
                return False
            if text is None and gone is None:
                return True
            seen = eyes.text(self.browser.page)
            return (text is None or shows(seen, text)) and (gone is None or not shows(seen, gone))

        with self._alive():
            end = time.monotonic() + within
            while not self._now(there):
                if time.monotonic() >= end:
                    raise PatienceOver(_("waited {n} s to see {what}").format(n=within, what=text or page or gone))
                self.ears.rest(GLANCE)

    def sees(self, text: str) -> bool:
        """Whether a text is visible now, once the page is usable."""
        with self._alive():
            return bool(self._now(lambda: shows(eyes.text(self.browser.page), text)))

    def words(self) -> list[str]:
        """The labels and words that are on the page, for messages."""
        with self._alive():
            return eyes.words_there(self.browser.page)

    def picture(self, name: str) -> Path | None:
        """A screenshot, if the walk keeps them and the browser can."""
        if self.walk.pictures is None or not self.browser.alive():
            return None
        with self._alive():
            file = f"{self.walk.session}-{self.shots:03}-{name}"
            self.shots += 1
            return take_picture(self.browser.page, self.walk.pictures, file, self.notes.secrets)

    def listen(self) -> None:
        """Write what was heard until now into the diary."""
        self.notes.write()

    # -- pressing, and what comes of it

    def _press(self, target: list[Way], submits: bool = False) -> int:
        with self._alive():

            def find() -> tuple[Element, int] | None:
                for place, way in enumerate(target):
                    if element := eyes.pressable(self.browser.page, way, submits):
                        return element, place
                return None

            element, which = self._look(find, told(target))
            self._push(element)
            return which

    def _own_button(self) -> tuple[Element, int] | None:
        """The button that sends the form being filled in, else the page's only form's."""
        try:
            found = eyes.sending_button(self.browser.page, self.last_field)
        except StaleElementReferenceException:
            found = eyes.sending_button(self.browser.page, None)
            return (found, 0) if found else None
        if found is None and self.last_field is not None and eyes.sends_by_enter(self.browser.page, self.last_field):
            return self.last_field, 1  # a form without a button is sent from its field, by Enter
        return (found, 0) if found else None

    def _enter(self, field: Element) -> None:
        """Send a form from its field, and wait until something came of it."""
        since = self.notes.since()
        press_enter(self.browser.page, field)
        self._settled(since)

    def _push(self, element: Element, wait: bool = True) -> None:
        """Press an element as a hand would, and wait until something came of it."""
        self._into_view(element)
        since = self.notes.since()
        try:
            self.browser.page.press(element)
        except (ElementClickInterceptedException, ElementNotInteractableException) as cause:
            self._into_view(element)
            self._covered(element, cause)
        except TimeoutException:
            raise PatienceOver(_("waited {n} s for the page after a press").format(n=self.walk.patience)) from None
        if wait:
            self._settled(since)

    def _covered(self, element: Element, cause: WebDriverException) -> None:
        """Something lies over the element: what passes (a dialog closing, an overlay) is given time to pass."""
        end = time.monotonic() + min(self.walk.patience, STILL)
        while True:
            try:
                self.browser.page.press(element)
                return
            except (ElementClickInterceptedException, ElementNotInteractableException):
                if time.monotonic() > end:
                    first = str(cause.msg).splitlines()[0]
                    raise NotThere(_("what can be pressed ({why})").format(why=first), self.words()) from cause
                self.ears.rest(GLANCE)

    def _into_view(self, element: Element) -> None:
        self.browser.page.look(
            "const b = arguments[0].getBoundingClientRect();"
            "if (b.top < 0 || b.left < 0 || b.bottom > innerHeight || b.right > innerWidth)"
            " arguments[0].scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'})",
            element,
        )

    def _settled(self, since: float) -> None:
        """Wait until the service has answered a press, or nothing more seems to come of it."""
        if not self.ears.wait(lambda m: told_by.act_since(m, since) is not None, REACTION, self.browser.alive):
            self._check()
            return  # the page did not hear it as a press: nothing to wait for
        act = told_by.act_since(self.ears.now(), since)

        def over(messages: Sequence[Message]) -> bool:
            now = time.time() * 1000
            return act is None or told_by.over(messages, act, since, now) or self.notes.downloaded_since(since)

        if act and not self.ears.wait(over, self.walk.patience, self.browser.alive):
            self._check()
            raise PatienceOver(_("waited {n} s for what a press would bring").format(n=self.walk.patience))
        self._follow_window()
        if told_by.nobody(self.ears.now(), since):
            self._nobody(self.browser.page.address(), self._why(since))

    def _follow_window(self) -> None:
        """When a press opened another window, go on there, as a citizen would."""
        self.browser.page.follow()

    def _arrived(self, since: float, url: str) -> None:
        """Wait until a page that began to load since then can be used."""

        def arrived(messages: Sequence[Message]) -> bool:
            now = time.time() * 1000
            return told_by.usable_since(messages, since, now) or self.notes.downloaded_since(since)

        if not self.ears.wait(arrived, self.walk.patience, self.browser.alive):
            self._check()
            raise PatienceOver(_("waited {n} s for the page").format(n=self.walk.patience))
        if told_by.nobody(self.ears.now(), since):
            self._nobody(url, self._why(since))

    def _why(self, since: float) -> str:
        """The browser's own word for why no page came; it may come a little after the fact."""
        self.ears.wait(lambda _told: bool(self.notes.failed_since(since)), REACTION, self.browser.alive)
        return self.notes.failed_since(since)

    def _nobody(self, url: str, why: str = "") -> None:
        """Nothing was reached. Before anything was, the address is wrong; later, the service has failed its citizen."""
        tag, said = told_by.unreached(url, why)
        if not told_by.anybody(self.ears.now()) and not self.walk.proven:
            raise Failed(said)
        if tag:
            self.notes.observe(tag)
        raise PatienceOver(_("{url} could not be reached").format(url=url))

    # -- fields

    def _fields(self, datum: str, files: bool = False) -> tuple[list[eyes.Thing], int]:
        """The fields on the page, and the place of the one that the datum means."""

        def find() -> tuple[list[eyes.Thing], int] | None:
            fields = eyes.things(self.browser.page, "field", selectors_in(datum))
            place = eyes.field_for(datum, fields, files)
            return None if place is None else (fields, place)

        return self._look(find, f"“{datum}”")

    def _field(self, datum: str, fields: list[eyes.Thing], place: int) -> Element:
        element = eyes.chosen(self.browser.page, "field", place, fields[place])
        if element is None:
            raise NotThere(f"“{datum}”", self.words())
        return element

    def _choose(self, datum: str, value: str | list[str] | bool, fields: list[eyes.Thing], place: int) -> None:
        what = fields[place]
        if what["options"]:
            self._choose_options(self._field(datum, fields, place), what["options"], value)
            return
        if isinstance(value, bool):
            if what["chosen"] != value:
                self._tick(datum, fields, place)
            return
        group = eyes.choices_with(place, fields)
        for one in value if isinstance(value, list) else [value]:
            found = which_choice(one, [fields[i]["label"] for i in group], [fields[i]["value"] for i in group])
            if found is None:
                raise NotThere(f"“{one}”", [fields[i]["label"] for i in group])
            if not fields[group[found]]["chosen"]:
                self._tick(datum, fields, group[found])

    def _tick(self, datum: str, fields: list[eyes.Thing], place: int) -> None:
        element = self._field(datum, fields, place)
        self._push(element, wait=False)
        self.last_field = element

    def _choose_options(self, element: Element, options: list[eyes.Thing], value: str | list[str] | bool) -> None:
        self._into_view(element)
        able = [i for i, option in enumerate(options) if option["enabled"]]
        for one in value if isinstance(value, list) else [str(value)]:
            found = which_choice(one, [options[i]["words"] for i in able], [options[i]["value"] for i in able])
            if found is None:
                raise NotThere(f"“{one}”", [options[i]["words"] for i in able if options[i]["words"]])
            if not options[able[found]]["chosen"]:
                choose_option(self.browser.page, element, able[found], down=found)
        self.last_field = element

    # -- patience

    def _look(self, find: Callable[[], T | None], sought: str) -> T:
        """Look until it is found. Raises NotThere when patience is over, or the page has long been still."""
        begun = time.monotonic()
        while True:
            if (found := self._now(find)) is not None:
                return found
            self._check()
            waited = time.monotonic() - begun
            if waited > self.walk.patience or (waited > STILL and self._still()):
                raise NotThere(sought, eyes.words_there(self.browser.page))
            self.ears.rest(GLANCE)

    def _still(self) -> bool:
        """Whether nothing has been told for a while."""
        return time.time() * 1000 - told_by.last_news(self.ears.now()) > STILL * 1000 - 500

    def _now(self, look: Callable[[], T]) -> T | None:
        """A look at the page; None while it changes under our eyes."""
        try:
            return look()
        except (StaleElementReferenceException, TimeoutException, UnexpectedAlertPresentException):
            return None
        except NoSuchWindowException:
            self._follow_window()
            return None

    def _check(self) -> None:
        if not self.browser.alive():
            raise LabBroke("browser", _("the browser died"))

    @contextmanager
    def _alive(self) -> Iterator[None]:
        """What the driver says when the browser has gone, as what it is: the lab's own failure."""
        try:
            yield
        except (InvalidSessionIdException, HTTPError, ConnectionError) as cause:
            raise LabBroke("browser", str(cause)) from cause
        except WebDriverException as cause:
            if self.browser.alive() and not _says_gone(str(cause.msg)):
                raise LabBroke("driver", str(cause.msg)) from cause
            raise LabBroke("browser", str(cause.msg)) from cause


def _says_gone(said: str) -> bool:
    return any(
        words in said
        for words in ("disconnected", "not connected", "crashed", "no such execution", "chrome not reachable")
    )
