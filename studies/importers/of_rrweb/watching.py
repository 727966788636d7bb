"""One recording watched from its first event to its last: what the citizen did and what could be seen, as moments.

A moment says no more than what was there to see or do; which of them answered what is found afterwards, with hindsight
(`telling.py`). What a citizen typed is held only to take it out of labels, and goes with the recording.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from sys import intern
from typing import Any, Final

from studies.importers.of_rrweb import changing, looks
from studies.importers.of_rrweb.document import Document, Node
from studies.importers.of_rrweb.moments import Moment, Page
from studies.importers.of_rrweb.places import form_key, masked, page_key
from studies.importers.of_rrweb.typed import Typed
from studies.importing import Tally
from studies.words import _

IDLE: Final = 5_000.0  # ms without a hand's movement that are worth a remark
ENTER: Final = 5_000.0  # ms after the last key within which a page that comes unasked came of Enter
CHANGES: Final = 200  # changes of one thing that are kept one by one between two deeds of the citizen
NATIVE: Final = 600.0  # ms within which the browser itself leads to the field that it rejects
KEPT: Final = 6  # pages that the browser may bring back from its memory
NAMELESS: Final = "\0"  # begins what stands for a field that has no name at all
_CHOSEN: Final = frozenset("checkbox radio file range color".split())
(_MUTATION, _MOVE, _MOUSE, _SCROLL, _RESIZE, _INPUT, _TOUCH, _MEDIA) = range(8)
_HANDS: Final = frozenset({_MOVE, _MOUSE, _SCROLL, _INPUT, _TOUCH, 12, 14})
_MOUSEDOWN, _CLICK, _FOCUS, _TOUCHSTART = 1, 2, 5, 7


@dataclass(slots=True)
class Watch:
    """The ear of one session."""

    tally: Tally
    moments: list[Moment] = field(default_factory=list)
    page: Page | None = None
    home: str = ""
    language: str | None = None
    width: int = 0
    touched: bool = False
    typed: Typed = field(default_factory=Typed)
    first: float | None = None
    last: float = 0.0
    hears_requests: bool = False
    _pages: int = 0
    _kept: list[Page] = field(default_factory=list)
    _meta: tuple[str, float] | None = None
    _fresh: bool = False  # a page said that it was loading
    _hand: float | None = None
    _typing: tuple[str, float] | None = None  # the datum that is being given, and when last
    _touched_form: tuple[Node, float] | None = None
    _changes: dict[str, tuple[int, int]] = field(default_factory=dict)  # by place: how many, and the last one's moment
    _sent: tuple[Node, float] | None = None  # the form that was sent last

    def hear(self, event: dict[str, Any]) -> None:
        """Take in the next event."""
        when, told = float(event["timestamp"]), event.get("data") or {}
        self.first = when if self.first is None else self.first
        self.last = max(self.last, when)
        match event["type"]:
            case 0 | 1:
                self._fresh = True
            case 2:
                self._snapshot(when, told)
            case 3:
                self._incremental(when, told)
            case 4:
                href = told.get("href")
                self._meta = (href[:2000] if isinstance(href, str) else "", when)
                width = told.get("width")
                self.width = int(width) if isinstance(width, int | float) and 0 < width < 1e6 else self.width
            case 5:
                self._custom(when, told)
            case 6:
                self._plugin(when, told)
            case 7:
                pass  # pictures and the like that the page shows
            case _:
                self.tally.leave(_("events of an unknown type"), _("rrweb knows the types 0 to 7"))

    def end(self) -> None:
        """The recording is over: what was being typed was given, signs that still stood never ended."""
        self.give()
        if self.page:
            changing.signs_over(self, self.page, None)

    # -- pages

    def _snapshot(self, when: float, told: dict[str, Any]) -> None:
        document = Document.of(told.get("node"))
        if document is None:
            self.tally.leave(_("a page"), _("its snapshot cannot be read, so nothing on it is heard"))
            self._leave_page(when)
            self.page = None
            if self._pages:
                self.say(when, "lost", "page_not_recorded")
            return
        if document.dropped:
            self.tally.leave(_("parts of a page"), _("they cannot be read, or the page has too many"), document.dropped)
        meta, self._meta, fresh, self._fresh = self._meta, None, self._fresh, False
        href = meta[0] if meta else (self.page.href if self.page else "")
        # The snapshot's own time is when the recorder had written the page down; it was there when that began.
        since = meta[1] if meta and when - meta[1] < 10_000 else when
        if self.page and not fresh and self._is_same_page(href, document):
            self.page.document, self.page.signs = document, {}
            self.page.refusing = {n.id for n in document.root.down() if looks.rejects(n)}
            if href != self.page.href:
                self.page.href = href
            return
        self._enter(since)
        self._leave_page(since)
        self.home = self.home or href
        self._pages += 1
        self.page = Page(self._pages, href, document, since)
        self._kept = [*self._kept[-KEPT + 1 :], self.page]
        if self.language is None:
            html = next((n for n in document.root.down(50) if n.tag == "html"), None)
            self.language = (html.get("lang")[:20] or None) if html else None
        refuses, data = looks.rejected(document, [document.root])
        self.page.refusing = {n.id for n in document.root.down() if looks.rejects(n)}
        broken = looks.fault(document)
        self.say(
            since, "arrives", page_key(href, self.home), data=tuple(map(self.typed.key, data)), fault=broken,
            refuses=refuses, eye=refuses or _something(document),
        )  # fmt: skip
        changing.ask(self, self.page, since, document.root.down())
        changing.signs_on(self.page, since, document.root.down())
        if not refuses and not broken and any(looks.concludes(n) for n in document.root.down()):
            self.say(since, "concludes", page_key(href, self.home))
        self._hand = max(self._hand or since, since)

    def _is_same_page(self, href: str, document: Document) -> bool:
        """Whether a snapshot only shows again what was there: recorders take one now and then."""
        page = self.page
        if page is None:
            return False
        if document.root.id > 1 and document.root.id > page.document.root.id:
            return True  # a new document's nodes are numbered from the beginning
        if href != page.href or self._awaits():
            return False
        before = page.document
        return before.nodes.keys() == document.nodes.keys() and all(
            before.nodes[number].tag == node.tag for number, node in document.nodes.items()
        )

    def _awaits(self) -> bool:
        """Whether something was pressed that leads to another page, and nothing has come of it yet."""
        told = [m for m in self.moments[-200:] if m.kind not in ("idle", "give", "net", "sign", "press")]
        return bool(told) and told[-1].kind == "act" and told[-1].leads_on

    def _leave_page(self, when: float) -> None:
        self.give()
        if self.page:
            changing.signs_over(self, self.page, when)
        self._touched_form = self._sent = None

    def _enter(self, arrives: float) -> None:
        """A page that nobody pressed for, right after typing: the form was sent with the Enter key."""
        if self._touched_form is None or self._sent is not None or self.page is None:
            return
        form, last = self._touched_form
        if arrives - last <= ENTER and not any(m.kind == "act" and m.when >= last for m in self.moments[-20:]):
            self.give()
            self._submit(last, form)

    def _under_hand(self, when: float, number: int, typing: bool = False) -> Node | None:
        """The node that a hand worked on; where only an earlier page has it, the citizen has gone back to that one."""
        if self.page is None:
            return None
        here = self.page.document.nodes.get(number)
        if here is not None and looks.within_reach(here) and (looks.is_field(here) or not typing):
            return here
        for page in reversed(self._kept):
            there = page.document.nodes.get(number)
            if page is self.page or there is None or not looks.within_reach(there):
                continue
            if looks.is_field(there) or (not typing and looks.pressed(there)):
                self._leave_page(when)
                self.page = page
                why = _("the recorder heard of it only by the next thing done on the old page")
                self.tally.leave(_("the moment of going back"), why)
                self.say(when, "returns", page_key(page.href, self.home))
                return there
        return here

    # -- what happens on a page

    def _incremental(self, when: float, told: dict[str, Any]) -> None:
        source = told.get("source")
        source = source if isinstance(source, int) else -1
        if self.page is None:
            self.tally.leave(_("events"), _("their page was never recorded"))
            return
        if source in _HANDS:
            self._hands(when)
        match source:
            case 0:
                changing.mutation(self, self.page, when, told)
            case 2:
                self._mouse(when, told)
            case 5:
                self._input(when, told)
            case 1 | 3 | 4 | 6 | 12 | 14:
                self.tally.leave(_("moving, scrolling, selecting"), _("it asks nothing of the service"))
            case 7 | 8 | 9 | 10 | 11 | 13 | 15 | 16:
                self.tally.leave(_("styles, fonts, drawings, films, console"), _("nobody says or does anything by it"))
            case _:
                self.tally.leave(_("events of an unknown source"), _("rrweb knows the sources 0 to 16"))

    def _hands(self, when: float) -> None:
        if self._hand is not None and when - self._hand >= IDLE:
            self.say(self._hand, "idle", "idle", until=when)
        self._hand = when

    def _mouse(self, when: float, told: dict[str, Any]) -> None:
        kind, number = told.get("type"), told.get("id")
        if not isinstance(number, int):
            return self.tally.leave(_("presses"), _("they say not on what"))
        if kind == _TOUCHSTART or told.get("pointerType") == 2:
            self.touched = True
        if kind not in (_MOUSEDOWN, _CLICK, _FOCUS):
            return None
        node = self._under_hand(when, number)
        if kind == _FOCUS:
            return self._native(when, node)
        if kind == _MOUSEDOWN:
            return None
        if node is None:
            return self.tally.leave(_("presses"), _("what was pressed is not on the recorded page"))
        self._press(when, node)
        return None

    def _press(self, when: float, node: Node) -> None:
        page = self.page
        button = looks.pressed(node)
        if page is None:
            return None
        if button is None:
            if not any(looks.is_field(n) or n.tag == "label" for n in node.up()):
                self.give()
                self.say(when, "press", self.typed.label(looks.words(node, 80)))  # an act if something comes of it
            return None
        if "disabled" in button.attrs:
            return self.tally.leave(_("presses on disabled buttons"), _("they ask nothing of the service"))
        href = button.get("href")
        if button.tag == "a" and ("#" in href and href.partition("#")[0] in ("", page.href.partition("#")[0])) and (
            len(href.partition("#")[2]) > 0 and button.get("role") != "button"
        ):  # fmt: skip
            return self.tally.leave(_("links within a page"), _("the browser follows them alone"))
        self.give()
        form = looks.form_of(button, page.document)
        if form is not None and looks.sends(button) and form.get("method").lower() != "dialog":
            self._submit(when, form)
        else:
            leads_on = button.tag in ("a", "area") and not href.lower().startswith(("javascript:", "#"))
            self.say(when, "act", self.typed.label(looks.caption(button, page.document)), leads_on=leads_on)
        return None

    def _submit(self, when: float, form: Node) -> None:
        page = self.page
        if page is None:
            return
        action, method = form.get("action"), form.get("name") or form.get("id")
        about = form_key(page.href, "" if action.startswith("javascript:") else action, masked(method), self.home)
        self._sent, self._touched_form = (form, when), None
        self.say(when, "act", about, data=("submits",), leads_on=True)

    def _native(self, when: float, node: Node | None) -> None:
        """The browser itself rejects: it leads to the first empty field that must be filled."""
        if self._sent is None or node is None or self.page is None or when - self._sent[1] > NATIVE:
            return
        form, document = self._sent[0], self.page.document
        if "novalidate" in form.attrs or not looks.is_field(node) or "required" not in node.attrs:
            return
        if not looks.filled(node, document) and (asked := looks.datum(node, document)):
            self.say(when, "refuses", data=(asked,))

    def _input(self, when: float, told: dict[str, Any]) -> None:
        number, text = told.get("id"), told.get("text")
        if not isinstance(number, int) or self.page is None:
            return self.tally.leave(_("inputs"), _("they say not into what"))
        node = self._under_hand(when, number, typing=True)
        if node is None or not looks.is_field(node):
            return self.tally.leave(_("inputs"), _("the field is not on the recorded page"))
        kind, document = node.get("type").lower(), self.page.document
        ticked, text = bool(told.get("isChecked")), text if isinstance(text, str) else ""
        box = node.tag == "input" and kind in ("radio", "checkbox")
        if box and ticked:
            node.attrs["checked"] = ""
        elif box:
            node.attrs.pop("checked", None)
        else:
            node.attrs["value"] = "•" if text else ""
        if kind not in _CHOSEN and node.tag != "select":
            self.typed.hold(self.page.number, node.id, text)
        if told.get("userTriggered") is False:
            return self.tally.leave(_("inputs that the page made itself"), _("the citizen gave nothing by them"))
        form = looks.form_of(node, document)
        if form is not None:
            self._touched_form = (form, when)
        if (box and not ticked) or (not box and not text):
            return None  # emptied, or the other choices of a group
        asked = looks.datum(node, document)
        asked = self.typed.key(asked) if asked else f"{NAMELESS}{number}"
        if self._typing and self._typing[0] != asked:
            self.give()
        self._typing = (asked, when)
        self.page.asked.discard(asked)
        return None

    def give(self) -> None:
        """Say what has been typed or chosen, now that something else is done."""
        if self._typing and self.page:
            asked, when = self._typing
            self.say(when, "give", "" if asked.startswith(NAMELESS) else asked)
        self._typing = None

    # -- what recorders add

    def _custom(self, when: float, told: dict[str, Any]) -> None:
        if told.get("tag") == "lab.feedback":
            return self.say(when, "sign", until=when)
        return self.tally.leave(_("a page's own remarks (custom events)"), _("only lab.feedback says something here"))

    def _plugin(self, when: float, told: dict[str, Any]) -> None:
        payload = told.get("payload")
        if not str(told.get("plugin")).startswith("rrweb/network") or not isinstance(payload, dict):
            return self.tally.leave(_("what plugins recorded"), _("only requests over the network are heard"))
        self.hears_requests = True
        requests = payload.get("requests")
        told_ones = [r for r in requests if isinstance(r, dict)] if isinstance(requests, list) else []
        spans = [(r, _number(r.get("startTime")), _number(r.get("endTime"))) for r in told_ones]
        latest = max((end for _r, _start, end in spans if end is not None), default=None)
        for request, start, end in spans:
            if request.get("initiatorType") not in ("fetch", "xmlhttprequest", "beacon") or payload.get("isInitial"):
                continue
            if start is None or end is None or latest is None or not start <= end:
                self.tally.leave(_("requests over the network"), _("they say not when"))
                continue
            status = _number(request.get("status")) or 0
            self.say(when - (latest - start), "net", until=when - (latest - end), fault=status >= 400)
        return None

    # -- saying it

    def say(self, when: float, kind: str, about: str = "", **more: Any) -> None:
        """Add a moment. Of a thing that never stops changing, the first changes after a deed are kept and the last."""
        page = self.page.number if self.page else 0
        if kind == "changes":
            count, place = self._changes.get(about, (0, -1))
            if count >= CHANGES:
                self.moments[place] = replace(self.moments[place], when=when)
                return
            self._changes[about] = count + 1, len(self.moments)
        elif kind in ("act", "press", "arrives", "returns"):
            self._changes = {}
        self.moments.append(Moment(when, kind, page, intern(about), **more))


def _number(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    return float(value) if fits else None


def _something(document: Document) -> bool:
    """Whether there is anything on a page yet: some are filled only after they have come."""
    body = next((n for n in document.root.down() if n.tag == "body"), document.root)
    return any((n.tag == "#text" and n.text.strip() and looks.shown(n)) or looks.is_field(n) for n in body.down())
