"""The page as it stood at a moment of a recording: its nodes, kept up by the snapshots and the changes to them.

Both generations of rrweb are understood: nodes that come in the order of their numbers (1) or as they are found (2),
places told by the next sibling or by the previous one, frames and shadow trees as children of what holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

MOST_NODES: Final = 400_000
MOST_TEXT: Final = 2_000  # characters of one text or attribute that are worth keeping
#: attributes that a page's whole style or picture is packed into
_HEAVY: Final = frozenset({"_cssText", "rr_dataURL", "srcset", "d", "rr_src"})
_DOCUMENT, _DOCTYPE, _ELEMENT, _TEXT, _CDATA, _COMMENT = range(6)


@dataclass(slots=True, eq=False)
class Node:
    """An element (`tag`), a text (`#text`) or a document (`#document`)."""

    id: int
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    text: str = ""
    parent: Node | None = None
    kids: list[Node] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute, empty when it is not there."""
        return self.attrs.get(name, "")

    def up(self) -> Iterator[Node]:
        """The node itself and everything that it lies in, outwards."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def down(self, most: int = MOST_NODES) -> Iterator[Node]:
        """The node itself and everything in it, in the order of the page."""
        stack, met = [self], 0
        while stack and met < most:
            node = stack.pop()
            met += 1
            yield node
            stack.extend(reversed(node.kids))


@dataclass(slots=True, eq=False)
class Document:
    """All nodes of the page, by the recorder's number; `root` is the document."""

    root: Node
    nodes: dict[int, Node] = field(default_factory=dict)
    highest: int = 0
    dropped: int = 0  # nodes that could not be placed
    _named: dict[str, list[Node]] | None = None
    _labels: dict[str, list[Node]] | None = None

    @classmethod
    def of(cls, told: Any) -> Document | None:
        """The page that a full snapshot tells; None when it tells none."""
        document = cls(Node(-1, "#document"))
        root = document._grown(told, None)
        if root is None:
            return None
        document.root = root
        return document

    def by_id(self, name: str) -> Node | None:
        """The element with this id."""
        if self._named is None:
            self._index()
        return next(iter((self._named or {}).get(name, ())), None)

    def labels_for(self, name: str) -> list[Node]:
        """The labels that say they are for the element with this id."""
        if self._labels is None:
            self._index()
        return (self._labels or {}).get(name, [])

    def _index(self) -> None:
        self._named, self._labels = {}, {}
        for node in self.root.down():
            if name := node.get("id"):
                self._named.setdefault(name, []).append(node)
            if node.tag == "label" and (name := node.get("for")):
                self._labels.setdefault(name, []).append(node)

    def changed(self, told: dict[str, Any]) -> tuple[list[Node], list[Node]]:
        """Take in a mutation: the nodes that are new or were changed, and the parents of those that went."""
        self._named = self._labels = None
        touched: list[Node] = []
        left = []
        for gone in _dicts(told.get("removes")):
            node = self.nodes.get(_number(gone.get("id")))
            if node is not None and node is not self.root:
                if node.parent is not None and _matters(node):
                    left.append(node.parent)
                self._uproot(node)
        touched += self._added(_dicts(told.get("adds")))
        for change in _dicts(told.get("texts")):
            node, value = self.nodes.get(_number(change.get("id"))), change.get("value")
            if node is not None and isinstance(value, str | None):
                node.text = (value or "")[:MOST_TEXT]
                touched.append(node)
        for change in _dicts(told.get("attributes")):
            node, attributes = self.nodes.get(_number(change.get("id"))), change.get("attributes")
            if node is not None and isinstance(attributes, dict):
                before = dict(node.attrs)
                for name, value in attributes.items():
                    _set(node, name, value)
                if node.attrs != before:
                    touched.append(node)
        return touched, left

    def _added(self, adds: list[dict[str, Any]]) -> list[Node]:
        placed, waiting, strict = [], adds, True
        while waiting:
            later = []
            for add in waiting:
                found = self._placed(add, strict)
                if found is None:
                    later.append(add)
                elif found is not self.root:
                    placed.append(found)
            if len(later) == len(waiting):
                if not strict:
                    self.dropped += len(later)
                    break
                strict = False  # a sibling that never came is no reason to lose a node
            waiting = later
        return placed

    def _placed(self, add: dict[str, Any], strict: bool) -> Node | None:
        """The node that was put in its place; the root when there was nothing to place; None: not yet."""
        parent = self.nodes.get(_number(add.get("parentId")))
        if parent is None:
            return None
        after, before = self.nodes.get(_number(add.get("nextId"))), self.nodes.get(_number(add.get("previousId")))
        if strict and add.get("nextId") is not None and (after is None or after.parent is not parent):
            return None
        told = add.get("node")
        known = self.nodes.get(_number(told.get("id"))) if isinstance(told, dict) else None
        if known is not None:
            if known is self.root or known in parent.up():
                return self.root
            self._uproot(known)
        node = self._grown(told, parent)
        if node is None:
            return self.root
        place = len(parent.kids)
        if after is not None and after in parent.kids:
            place = parent.kids.index(after)
        elif before is not None and before in parent.kids:
            place = parent.kids.index(before) + 1
        parent.kids.insert(place, node)
        return node

    def _grown(self, told: Any, parent: Node | None) -> Node | None:
        """A node with everything in it, not yet among its parent's children."""
        first: Node | None = None
        stack: list[tuple[Any, Node | None]] = [(told, None)]
        while stack:
            raw, above = stack.pop()
            if not isinstance(raw, dict) or len(self.nodes) >= MOST_NODES:
                self.dropped += 1
                continue
            node = _node(raw)
            if node is None or node.id in self.nodes:
                self.dropped += node is not None
                continue
            self.nodes[node.id] = node
            self.highest = max(self.highest, node.id)
            node.parent = above if above is not None else parent
            if above is not None:
                above.kids.append(node)
            first = first or node
            kids = raw.get("childNodes")
            if isinstance(kids, list):
                stack.extend((kid, node) for kid in reversed(kids))
        return first

    def _uproot(self, node: Node) -> None:
        if node.parent is not None and node in node.parent.kids:
            node.parent.kids.remove(node)
        for gone in list(node.down()):
            self.nodes.pop(gone.id, None)
        node.parent = None


def _node(raw: dict[str, Any]) -> Node | None:
    number = _number(raw.get("id"))
    match raw.get("type"):
        case 0:
            return Node(number, "#document")
        case 2:
            node = Node(number, str(raw.get("tagName") or "").lower()[:100] or "#unknown")
            attributes = raw.get("attributes")
            for name, value in attributes.items() if isinstance(attributes, dict) else ():
                _set(node, name, value)
            return node
        case 3 | 4:
            text = raw.get("textContent")
            style = bool(raw.get("isStyle"))
            return Node(number, "#style" if style else "#text", text=text[:MOST_TEXT] if isinstance(text, str) else "")
        case _:
            return None


def _set(node: Node, name: Any, value: Any) -> None:
    if not isinstance(name, str) or name in _HEAVY:
        return
    if name == "style" and isinstance(value, dict):
        node.attrs["style"] = _restyled(node.get("style"), value)
    elif value is None or value is False:
        node.attrs.pop(name, None)
    elif value is True:
        node.attrs[name] = ""
    elif isinstance(value, str | int | float):
        node.attrs[name] = str(value)[:MOST_TEXT]


def _restyled(style: str, changes: dict[Any, Any]) -> str:
    """A style with some of its properties changed; a change is a value, [value, priority], or false for gone."""
    parts = dict(part.strip().split(":", 1) for part in style.split(";") if ":" in part)
    for name, value in changes.items():
        if value is False or value is None:
            parts.pop(str(name), None)
        else:
            parts[str(name)] = str(value[0] if isinstance(value, list) and value else value)
    return ";".join(f"{name.strip()}:{value.strip()}" for name, value in parts.items())[:MOST_TEXT]


def _matters(node: Node) -> bool:
    return node.tag not in ("#style", "script", "style", "link", "meta")


def _dicts(told: Any) -> list[dict[str, Any]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _number(value: Any) -> int:
    """A node's number, -1 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else -1
