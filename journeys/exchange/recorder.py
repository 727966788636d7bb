"""Recordings of Chrome's DevTools Recorder, in and out: a user flow as JSON.

The format is that of @puppeteer/replay (src/Schema.ts): fourteen kinds of steps, each of which can name its element in
several ways. What a journey says more exactly goes out as `customStep`s named `khutwa.<verb>`, each before the steps
that other players understand and that it stands for; coming back in, it alone counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from journeys.brought import Account, Entry, Script, file_stem, origin_of, plain
from journeys.exchange._recorder_out import OURS, STANDS_FOR, flow_of
from journeys.holes import HOLE
from journeys.json_places import Document
from journeys.locators import (
    Locator,
    describe,
    fragility_of,
    in_order,
    key_of,
    of_recorder,
    same_element,
    says_box,
    says_choice,
    target_of,
)
from studies.words import _, in_a_row

TITLE: Final = "Chrome DevTools Recorder"
#: kind of step -> the keys that it must have, with what they must be
KINDS: Final[dict[str, dict[str, type | tuple[type, ...]]]] = {
    "change": {"selectors": list, "value": str},
    "click": {"selectors": list, "offsetX": (int, float), "offsetY": (int, float)},
    "close": {},
    "customStep": {"name": str},
    "doubleClick": {"selectors": list, "offsetX": (int, float), "offsetY": (int, float)},
    "emulateNetworkConditions": {"download": (int, float), "upload": (int, float), "latency": (int, float)},
    "hover": {"selectors": list},
    "keyDown": {"key": str},
    "keyUp": {"key": str},
    "navigate": {"url": str},
    "scroll": {},
    "setViewport": {
        "width": (int, float), "height": (int, float), "deviceScaleFactor": (int, float),
        "isMobile": bool, "hasTouch": bool, "isLandscape": bool,
    },
    "waitForElement": {"selectors": list},
    "waitForExpression": {"expression": str},
}  # fmt: skip
ENTER: Final = {"Enter", "NumpadEnter", "\r", "\n"}
MOVES: Final = {"Tab", "Shift", "ShiftLeft", "ShiftRight", "Control", "ControlLeft", "ControlRight", "Alt", "AltLeft",
                "AltRight", "AltGraph", "Meta", "MetaLeft", "MetaRight", "CapsLock", "NumLock"}  # fmt: skip
EDITS: Final = {"Backspace", "Delete", "ArrowLeft", "ArrowRight", "Home", "End", "Space"}
WRITES: Final = re.compile(r"Key[A-Z]|Digit\d|Numpad\d")
QUIET: Final = {"keyDown", "keyUp", "scroll", "hover", "setViewport"}
SENDS: Final = re.compile(r"type=[\"']?submit", re.IGNORECASE)


def fits(content: Any) -> bool:
    """Whether this is a user flow: steps, each with a type."""
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list) or "tests" in content:
        return False
    steps = content["steps"]
    return "title" in content or any(isinstance(step, dict) and _word(step, "type") in KINDS for step in steps)


def write(journey: Any) -> dict[str, Any]:
    """A journey as a user flow that DevTools can load."""
    return flow_of(journey)


def read(document: Document) -> Account:
    """The journey of a recording."""
    account, flow = Account(document), document.content
    title = flow.get("title")
    if not isinstance(title, str):
        account.breach(flow, _("the recording has no “title” that is a text."), "title")
    _timeout(account, flow)
    script = Script(file_stem(document.name), plain(title) if isinstance(title, str) else "")
    account.scripts.append(script)
    reading = _Reading(account, script, flow["steps"])
    for place, step in enumerate(flow["steps"]):
        reading.take(place, step)
    return account


def _timeout(account: Account, part: Any) -> None:
    timeout = part.get("timeout")
    if timeout is None:
        return
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not 1 <= timeout <= 30_000:
        account.breach(part, _("“timeout” is a number of milliseconds from 1 to 30000."), "timeout")


@dataclass(slots=True)
class _Reading:
    """Where the reading of a recording has got to."""

    account: Account
    script: Script
    steps: list[Any]
    ours: int = 0  # how many of the next steps one of our own stands for
    ticked: dict[str, bool] = field(default_factory=dict)
    in_field: bool = False  # whether the last thing done was to fill in a field

    def take(self, place: int, step: Any) -> None:
        """One step of the recording."""
        if not isinstance(step, dict):
            self.account.breach(self.steps, _("a step is an object."), place)
            return
        kind = _word(step, "type")
        what = kind or _("a step without a type")
        locators = _of(step)
        entry = self.account.enter(step, _told(what, step, locators))
        self._check(step, kind)
        if self.ours and kind != "customStep":
            self.ours -= 1
            self.account.fold(entry, _("the khutwa step before it says it more exactly."))
            return
        take: Callable[[Entry, int, Any, list[Locator]], None] | None = {
            "navigate": self._navigate,
            "click": self._click,
            "doubleClick": self._double,
            "change": self._change,
            "keyDown": self._key,
            "keyUp": self._key_up,
            "waitForElement": self._wait,
            "customStep": self._custom,
        }.get(str(kind))
        if kind not in KINDS:
            self._no(entry, _("the format knows no such step."))
        elif step.get("frame"):
            self._no(entry, _("it is inside a frame; the lab looks at the page itself."))
        elif take:
            take(entry, place, step, locators)
        else:
            self._other(entry, str(kind), step)

    def _no(self, entry: Entry, why: str) -> None:
        self.account.refuse(entry, why, self.script)

    def _check(self, step: Any, kind: Any) -> None:
        """What breaks the format's own rules."""
        if kind not in KINDS:
            self.account.breach(step, _("“{kind}” is no type of step.").format(kind=plain(kind)), "type")
            return
        for key, wanted in KINDS[kind].items():
            given = step.get(key)
            if not isinstance(given, wanted) or (isinstance(given, bool) and wanted is not bool):
                said = _("{kind} needs “{key}”, and it is not there or of the wrong kind.").format(kind=kind, key=key)
                self.account.breach(step, said, key)
        _timeout(self.account, step)
        for key, known in (("button", ("primary", "auxiliary", "secondary", "back", "forward")),
                           ("deviceType", ("mouse", "pen", "touch")), ("operator", (">=", "==", "<="))):  # fmt: skip
            if key in step and step[key] not in known:
                said = _("“{key}” can be {known}.").format(key=key, known=in_a_row(known))
                self.account.breach(step, said, key)
        frame = step.get("frame")
        if frame is not None and not (isinstance(frame, list) and all(type(one) is int for one in frame)):
            self.account.breach(step, _("“frame” is a list of whole numbers."), "frame")
        for one in step["selectors"] if isinstance(step.get("selectors"), list) else []:
            if not isinstance(one, str) and not (isinstance(one, list) and all(isinstance(s, str) for s in one)):
                self.account.breach(step, _("a selector is a text or a list of texts."), "selectors")
        for event in self._events(step):
            if not isinstance(event, dict) or event.get("type") != "navigation":
                self.account.breach(step, _("an asserted event is a navigation."), "assertedEvents")

    @staticmethod
    def _events(step: Any) -> list[Any]:
        events = step.get("assertedEvents")
        return events if isinstance(events, list) else []

    # -- the kinds

    def _navigate(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        url = str(step.get("url", ""))
        origin = origin_of(url)
        if origin is None:
            self._no(entry, _("it is no address of a service (http or https)."))
            return
        if re.search(r"[<>\s{}]", origin):
            self.account.breach(step, _("“url” is no address: {origin}").format(origin=origin), "url")
        self.script.path(url)  # the first address tells where the service runs
        self.in_field = False
        self.account.write(entry, self.script, {"visit": self.script.path(self.account.typed.address(url))})

    def _click(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        button = step.get("button", "primary")
        if button != "primary":
            self._no(entry, _("another mouse button than the first; a citizen's step is one that a finger can do too."))
            return
        later = self._next_loud(place)
        if self._changes(later, locators):
            self.account.fold(entry, _("the field is found when it is filled in."))
            return
        target = target_of(locators)
        if target is None:
            self._no(entry, _("it names no element that could be found."))
            return
        first, recorded = _first(step, locators)
        key = key_of(locators)
        if says_box(locators) and key:
            tick = self.ticked[key] = not self.ticked.get(key, False)
            done: dict[str, Any] = {"choose": {key: tick}}
        elif any(SENDS.search(one.text) for one in locators):
            done = {"submit": target}
        else:
            done = {"press": target}
        self.in_field = "choose" in done
        if self.account.write(entry, self.script, done, recorded, first):
            self._arrival(entry, step)

    def _double(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        self._no(entry, _("a journey presses once; a service that needs two presses at once is not for a finger."))

    def _change(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        later = self._next_loud(place)
        label, name = describe(locators)
        value = step.get("value")
        value = value if isinstance(value, str) else "" if value is None else str(value)
        choice = says_choice(locators)
        given = self.account.typed.value(value, label, name, choice)
        if self._changes(later, locators):
            self.account.fold(entry, _("the same field is changed again."))
            return
        key = key_of(locators)
        if key is None:
            self._no(entry, _("it names no field that could be found."))
            return
        if not given:
            self._no(entry, _("it leaves the field empty."))
            return
        first, recorded = _first(step, locators)
        self.in_field = True
        if self.account.write(entry, self.script, {"choose" if choice else "give": {key: given}}, recorded, first):
            self._arrival(entry, step)

    def _key(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        key = _word(step, "key")
        if key in ENTER and self.in_field:
            self.in_field = False
            if self.account.write(entry, self.script, {"submit": True}):
                self._arrival(entry, step)
        elif key in ENTER:
            self._no(entry, _("the file does not tell what had the focus; say what is pressed."))
        elif key in MOVES:
            self.account.fold(entry, _("each field is found by itself; nothing needs to move there."))
        elif key and (len(key) == 1 or key in EDITS or WRITES.fullmatch(key)):
            later = self._next_loud(place)
            if later is not None and later.get("type") == "change":
                self.account.fold(entry, _("what was typed comes with the field."))
            else:
                self._no(entry, _("a key by itself; the file does not tell what it did."))
        else:
            self._no(entry, _("a journey has no keys; say what a citizen would press or choose."))

    def _key_up(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        before = [s for s in self.steps[:place] if isinstance(s, dict) and s.get("type") == "keyDown"]
        down = next((s for s in reversed(before) if s.get("key") == step.get("key")), None)
        found = self.account.entries.get(getattr(down, "at", -1))
        if found is not None and found.state == "unmapped":
            self._no(entry, found.why)
        else:
            self.account.fold(entry, _("a key let go; its press says it all."))

    def _wait(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        later = self._next_loud(place)
        gone = step.get("visible") is False or (step.get("operator", ">=") in ("==", "<=") and step.get("count") == 0)
        if not gone and later is not None and same_element(locators, _of(later)):
            self.account.fold(entry, _("the next step waits for it anyway."))
            return
        words = next((one for one in in_order(locators) if one.kind in ("label", "words")), None)
        if words is None:
            self._no(entry, _("a citizen waits for words, not for a selector; say which words: expect: {text: …}."))
            return
        if step.get("properties") or step.get("attributes") or step.get("count", 1) not in (0, 1):
            self._no(entry, _("a journey waits for words to be there or gone, not for a number or an attribute."))
            return
        wanted: dict[str, Any] = {"gone" if gone else "text": words.text}
        timeout = step.get("timeout")
        if isinstance(timeout, int | float) and not isinstance(timeout, bool) and 1 <= timeout <= 30_000:
            wanted["within"] = timeout / 1000
        first, recorded = _first(step, locators)
        self.account.write(entry, self.script, {"expect": wanted}, recorded, first)

    def _custom(self, entry: Entry, place: int, step: Any, locators: list[Locator]) -> None:
        name, said = str(step.get("name", "")), step.get("parameters")
        self.ours = 0
        if not name.startswith(OURS) or not isinstance(said, dict):
            self._no(entry, _("a step of another tool's own."))
            return
        if name == OURS + "journey":
            self.script.head = {k: v for k, v in said.items() if k in HEAD}
            self.script.name = str(said.get("journey") or self.script.name)
            self.script.base = self.script.base or said.get("base_url")
            self.account.fold(entry, _("what the journey says of itself."))
            return
        if self.account.write(entry, self.script, dict(said)):
            stands = step.get(STANDS_FOR)
            self.ours = stands if isinstance(stands, int) and 0 < stands < len(self.steps) else 0

    def _other(self, entry: Entry, kind: str, step: Any) -> None:
        match kind:
            case "scroll":
                self.account.fold(entry, _("what is used is brought into view by itself."))
            case "setViewport" if step.get("isMobile") is True:
                self.script.channel = "mobile"
                self.account.fold(entry, _("a phone: the journey's channel is mobile."))
            case "setViewport":
                self._no(entry, _("the window's size belongs to the walk, not to the journey."))
            case "emulateNetworkConditions":
                self._no(entry, _("how fast the network is belongs to the walk, not to the journey."))
            case "hover":
                self._no(entry, _("pointing without pressing: a finger cannot. Press what opens what was pointed at."))
            case "close":
                self._no(entry, _("closing a window is no step towards what the citizen needs."))
            case _:
                self._no(entry, _("what is read is never executed; say which words the citizen waits for."))

    # -- what surrounds a step

    def _next_loud(self, place: int) -> Any:
        """The next step that is more than keys, scrolling or pointing."""
        for step in self.steps[place + 1 :]:
            if not isinstance(step, dict):
                continue
            if step.get("type") == "keyDown" and _word(step, "key") in ENTER:
                return step
            if _word(step, "type") not in QUIET:
                return step
        return None

    @staticmethod
    def _changes(later: Any, locators: list[Locator]) -> bool:
        """Whether what follows fills in the same element."""
        return later is not None and later.get("type") == "change" and same_element(locators, _of(later))

    def _arrival(self, entry: Entry, step: Any) -> None:
        """The page that a step led to, as the recording asserts it."""
        for event in self._events(step)[-1:]:
            url = event.get("url") if isinstance(event, dict) else None
            if isinstance(url, str) and origin_of(url):
                path = self.script.path(self.account.typed.address(url)).partition("?")[0].partition("#")[0]
                if not HOLE.search(path):
                    self.account.write(entry, self.script, {"expect": {"page": path or "/"}})


#: what a journey says besides its steps
HEAD: Final = ("journey", "title", "description", "agency", "base_url", "agencies", "called", "variants",
               "needs", "shortest_path", "languages", "personas", "channel", "done")  # fmt: skip


def _word(step: Any, key: str) -> str:
    return step[key] if isinstance(step.get(key), str) else ""


def _of(step: Any) -> list[Locator]:
    return of_recorder(step["selectors"]) if isinstance(step.get("selectors"), list) else []


def _first(step: Any, locators: list[Locator]) -> tuple[str, float]:
    """What the recording tries first, and how fragile that is."""
    first = step["selectors"][0] if isinstance(step.get("selectors"), list) and step["selectors"] else ""
    return (" → ".join(map(str, first)) if isinstance(first, list) else str(first)), fragility_of(locators)


def _told(kind: str, step: Any, locators: list[Locator]) -> str:
    """A step in a few words, without what was typed."""
    if kind in ("keyDown", "keyUp"):
        key = str(step.get("key", ""))
        return f"{kind} {key}" if len(key) > 1 else kind
    if kind == "customStep":
        return f"{kind} {plain(step.get('name', ''))}"
    return f"{kind} {plain(next((one.text for one in in_order(locators)), ''))}".strip()[:120]
