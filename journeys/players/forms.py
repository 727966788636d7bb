"""A page's HTML as a citizen meets it: its fields, buttons and links with their words, its readable text.

Read without a browser: what scripts and style sheets would change is not seen. Labels, groups and words are found by
the recorder's own rules, so that both hear the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from journeys.players.controls import Control, Form, Option, Pressable
from journeys.targets import normal

CONTROLS: Final = frozenset({"input", "select", "textarea", "button", "datalist", "option", "script", "style", "svg"})
NEVER_SEEN: Final = frozenset({"script", "style", "template", "noscript", "head", "title", "datalist"})
FIELDS: Final = "input,select,textarea"
#: written for a screen reader alone
UNREAD: Final = re.compile(r"visually|(?:^|\s)(?:sr-only|screen-reader-text)(?:\s|$)", re.IGNORECASE)
HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
REFRESH: Final = re.compile(r"^\s*(\d*\.?\d*)\s*(?:[;,\s]\s*(?:url\s*=)?\s*['\"]?([^'\"]*)['\"]?)?\s*$", re.I)


def squeezed(text: str | None) -> str:
    """A text on one line."""
    return " ".join((text or "").split())


@dataclass(slots=True)
class Page:
    """One page that arrived."""

    url: str
    status: int
    html: str
    charset: str = "utf-8"  # what its bytes were written in, and its forms are sent in
    _tree: LexborHTMLParser | None = None
    _controls: list[Control] | None = None
    _forms: list[Form] = field(default_factory=list)
    _seen: dict[int, bool] = field(default_factory=dict)
    _text: str | None = None

    @property
    def tree(self) -> LexborHTMLParser:
        """The parsed page."""
        if self._tree is None:
            self._tree = LexborHTMLParser(self.html)
        return self._tree

    # -- what is there

    @property
    def controls(self) -> list[Control]:
        """Every field and button, in the page's order."""
        if self._controls is None:
            self._forms = [_form(node) for node in self.tree.css("form")]
            self._controls = [self._control(node) for node in self.tree.css("input,select,textarea,button")]
        return self._controls

    @property
    def forms(self) -> list[Form]:
        """Every form."""
        return self._forms if self.controls is not None else []

    def fields(self) -> list[Control]:
        """The fields that a citizen could fill in."""
        return [c for c in self.controls if c.visible and not c.is_button and not c.disabled and c.type != "hidden"]

    def pressables(self) -> list[Pressable]:
        """The links and buttons that a citizen could press."""
        by_node = {c.node.mem_id: c for c in self.controls}
        found = []
        for node in self.tree.css(
            "a[href],area[href],button,input,summary,[role=button],[role=link],[role=tab],[role=menuitem]"
        ):
            control = by_node.get(node.mem_id)
            if node.tag == "input" and not (control and control.is_button):
                continue
            if not self.seen(node) or (control and control.disabled):
                continue
            role = node.attributes.get("role") or (
                "link" if node.tag in ("a", "area") else "summary" if node.tag == "summary" else "button"
            )
            name = node.attributes.get("name") or node.attributes.get("id") or ""
            href = node.attributes.get("href") if node.tag in ("a", "area") else None
            found.append(Pressable(self.name_of(node), role, name, node, href, control))
        return found

    def text(self) -> str:
        """What can be read on the page, as it is compared."""
        if self._text is None:
            body = self.tree.body
            self._text = normal(" ".join(self._read(body))) if body is not None else ""
        return self._text

    def labels(self) -> list[str]:
        """The words and labels on the page, for a message that says what was there."""
        words = [p.words for p in self.pressables()] + [
            w for c in self.fields() for w in (c.asks, c.label or c.asks or c.name)
        ]
        return list(dict.fromkeys(w for w in words if w))

    def refresh(self) -> tuple[float, str] | None:
        """Seconds and URL of a page that moves on by itself."""
        for node in self.tree.css("meta[http-equiv]"):
            if (node.attributes.get("http-equiv") or "").lower() == "refresh":
                said = REFRESH.match(node.attributes.get("content") or "")
                if said:
                    return float(said[1] or 0), urljoin(self.base, said[2] or "")
        return None

    @property
    def reticent(self) -> bool:
        """Whether it says of itself that nobody is to be told who was on it."""
        node = self.tree.css_first("meta[name=referrer]")
        return node is not None and (node.attributes.get("content") or "").strip().lower() in ("no-referrer", "never")

    @property
    def base(self) -> str:
        """What the page's addresses are relative to."""
        node = self.tree.css_first("base[href]")
        return urljoin(self.url, node.attributes.get("href") or "") if node else self.url

    def unfold(self, summary: LexborNode) -> None:
        """Open what a summary hides."""
        if summary.parent is not None and summary.parent.tag == "details":
            summary.parent.attrs["open"] = ""
        self._seen, self._text = {}, None
        for control in self.controls:
            if not control.visible and self.seen(control.node):
                control.visible = True
                self._name(control)

    # -- words

    def name_of(self, node: LexborNode) -> str:
        """The words of a link or button."""
        said = node.attributes
        is_input = node.tag == "input"
        image = node.css_first("img[alt]")
        return (
            self._by_id(said.get("aria-labelledby"))
            or squeezed(said.get("aria-label"))
            or (squeezed(said.get("value")) if is_input and said.get("type") != "image" else "")
            or self.words(node)
            or squeezed(said.get("title"))
            or squeezed(said.get("alt"))
            or squeezed(image.attributes.get("alt") if image else "")
            or {"submit": "Submit", "reset": "Reset"}.get(said.get("type") or "", "")
            or said.get("name")
            or node.tag
            or ""
        )

    def words(self, node: LexborNode | None, read: bool = False) -> str:
        """An element's own words, without those of controls inside it; as the eye reads them, or all."""
        if node is None:
            return ""
        said = []
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                said.append(child.text_content or "")
            elif (
                child.tag not in CONTROLS
                and "hidden" not in child.attributes
                and child.attributes.get("aria-hidden") != "true"
                and not (read and UNREAD.search(child.attributes.get("class") or ""))
            ):
                said.append(" " + self.words(child, read))
        return squeezed("".join(said))

    def _label(self, node: LexborNode | None) -> str:
        return self.words(node, read=True) or self.words(node)

    def _by_id(self, ids: str | None) -> str:
        first = (ids or "").split()[:1]
        return self._label(self._element(first[0])) if first else ""

    def _element(self, name: str) -> LexborNode | None:
        return next((n for n in self.tree.css("[id]") if n.attributes.get("id") == name), None)

    def _label_of(self, node: LexborNode, labels: dict[str, LexborNode]) -> str:
        said = node.attributes
        own = labels.get(said.get("id") or "") or _ancestor(node, "label")
        return (
            self._by_id(said.get("aria-labelledby"))
            or self._label(own)
            or squeezed(said.get("aria-label"))
            or squeezed(said.get("placeholder"))
            or squeezed(said.get("title"))
        )

    def _group_of(self, node: LexborNode) -> str:
        box = node.parent
        while box is not None:
            if box.tag == "fieldset" or box.attributes.get("role") in ("group", "radiogroup"):
                return (
                    self._label(box.css_first("legend"))
                    or self._by_id(box.attributes.get("aria-labelledby"))
                    or squeezed(box.attributes.get("aria-label"))
                )
            box = box.parent
        return ""

    # -- what meets the eye

    def seen(self, node: LexborNode | None) -> bool:
        """Whether an element is shown, as far as the HTML alone tells."""
        if node is None or node.tag in ("html", "body", "-document"):
            return True
        if (known := self._seen.get(node.mem_id)) is not None:
            return known
        said, parent = node.attributes, node.parent
        shown = not (
            node.tag in NEVER_SEEN
            or "hidden" in said
            or (said.get("style") and HIDDEN_STYLE.search(said["style"] or ""))
            or (node.tag == "dialog" and "open" not in said)
            or (node.tag == "input" and (said.get("type") or "").lower() == "hidden")
            or (
                parent is not None
                and parent.tag == "details"
                and "open" not in parent.attributes
                and node.tag != "summary"
            )
        ) and self.seen(parent)
        self._seen[node.mem_id] = shown
        return shown

    def _read(self, node: LexborNode) -> Iterator[str]:
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                yield child.text_content or ""
            elif self.seen(child):
                if child.tag == "input":
                    said = child.attributes
                    yield (
                        (said.get("value") or "")
                        if (said.get("type") or "").lower() in ("submit", "button", "reset")
                        else ""
                    )
                elif child.tag not in ("select", "textarea"):
                    yield from self._read(child)

    # -- taking the page apart

    def _control(self, node: LexborNode) -> Control:
        said, tag = node.attributes, node.tag or ""
        kind = (
            (said.get("type") or ("submit" if tag == "button" else "text")).lower()
            if tag in ("input", "button")
            else tag
        )
        control = Control(
            node,
            tag,
            kind,
            name=said.get("name") or "",
            id=said.get("id") or "",
            form=self._owner(node),
            autocomplete=said.get("autocomplete") or "",
            value=said.get("value") or "",
            checked=kind in ("radio", "checkbox") and "checked" in said,
            disabled=_disabled(node),
            readonly="readonly" in said,
            multiple="multiple" in said,
            visible=self.seen(node),
        )
        if kind in ("radio", "checkbox") and "value" not in said:
            control.value = "on"
        if tag == "textarea":
            control.value = node.text()
        if tag == "select":
            control.options = _options(node, control.multiple)
        if control.visible:
            self._name(control)
        if control.form is not None:
            control.form.controls.append(control)
        return control

    def _name(self, control: Control) -> None:
        if not control.is_button:
            control.label, control.group = self._label_of(control.node, self._labels()), self._group_of(control.node)

    def _labels(self) -> dict[str, LexborNode]:
        found: dict[str, LexborNode] = {}
        for label in self.tree.css("label[for]"):
            found.setdefault(label.attributes.get("for") or "", label)
        return found

    def _owner(self, node: LexborNode) -> Form | None:
        if "form" in node.attributes:
            wanted = node.attributes.get("form")
            return next((f for f in self._forms if f.id and f.id == wanted), None)
        around = _ancestor(node, "form")
        return next((f for f in self._forms if around is not None and f.node.mem_id == around.mem_id), None)


def _form(node: LexborNode) -> Form:
    said = node.attributes
    return Form(
        node,
        id=said.get("id") or "",
        name=said.get("name") or "",
        method=(said.get("method") or "get").strip().lower(),
        action=said.get("action") or "",
        enctype=(said.get("enctype") or "").strip().lower(),
    )


def _options(node: LexborNode, multiple: bool) -> list[Option]:
    options = []
    for option in node.css("option"):
        said, label = option.attributes, squeezed(option.text())
        group = option.parent if option.parent is not None and option.parent.tag == "optgroup" else None
        off = "disabled" in said or (group is not None and "disabled" in group.attributes)
        value = said.get("value") or "" if "value" in said else label
        options.append(Option(value, squeezed(said.get("label")) or label, "selected" in said, off))
    if not multiple:
        marked = [o for o in options if o.selected][-1:]
        chosen = marked or ([o for o in options if not o.disabled][:1] if _drops_down(node) else [])
        for one in options:
            one.selected = any(one is other for other in chosen)
            one.by_itself = one.selected and not marked
    return options


def _drops_down(select: LexborNode) -> bool:
    """Whether one option of a list is shown, and not several below one another."""
    size = select.attributes.get("size") or ""
    return not size.strip().isdigit() or int(size) <= 1


def _disabled(node: LexborNode) -> bool:
    """Whether a control is switched off, by itself or by a fieldset around it (its first legend excepted)."""
    if "disabled" in node.attributes:
        return True
    below, box = node, node.parent
    while box is not None:
        if box.tag == "fieldset" and "disabled" in box.attributes:
            legend = next((c for c in box.iter() if c.tag == "legend"), None)
            if not (legend is not None and below.mem_id == legend.mem_id):
                return True
        below, box = box, box.parent
    return False


def _ancestor(node: LexborNode, tag: str) -> LexborNode | None:
    box = node.parent
    while box is not None and box.tag != tag:
        box = box.parent
    return box
