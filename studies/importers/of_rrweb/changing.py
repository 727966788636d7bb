"""What changes on a page before the citizen's eye: fields asked for, rejections, signs of working, the rest."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from studies.importers.of_rrweb import looks
from studies.importers.of_rrweb.document import Node
from studies.importers.of_rrweb.moments import Page, Shown
from studies.importers.of_rrweb.places import page_key
from studies.words import _

if TYPE_CHECKING:
    from studies.importers.of_rrweb.watching import Watch

LARGE: Final = 20_000  # nodes that are looked through when what holds them comes or is uncovered
AROUND: Final = 4  # how far around a text that changes it may make a message of what holds it
_FOR_THE_EYE: Final = frozenset("img svg canvas video input select textarea button iframe hr".split())


def mutation(watch: Watch, page: Page, when: float, told: dict[str, Any]) -> None:
    """The page's nodes change: say what of it a citizen notices."""
    document = page.document
    before, stood = document.dropped, _standing(page, told)
    touched, left = document.changed(told)
    if document.dropped > before:
        why = _("what they belong to is not on the recorded page")
        watch.tally.leave(_("parts of a page"), why, document.dropped - before)
    new = _added(told)
    there = _perceived(touched, stood)
    refused(watch, page, when, there)
    ask(watch, page, when, there)
    if any(looks.concludes(node) for node in there):
        watch.say(when, "concludes", page_key(page.href, watch.home))
    ended = _signs_checked(watch, page, when)
    signs_on(page, when, there)
    seen = [node for node in left if looks.shown(node)] if not ended else []
    for node in touched:
        if node.id in stood and node.id not in new:
            # An attribute shows or hides it; any other change of attributes is too slight to be an answer.
            changed = looks.shown(node) != stood[node.id][0]
        else:
            changed = (node.id in new or node.tag == "#text") and looks.shown(node)
        if changed and not looks.works(node) and _speaks(node):
            seen.append(node)
    for signature in dict.fromkeys(map(_signature, seen)):
        watch.say(when, "changes", signature)


def _standing(page: Page, told: dict[str, Any]) -> dict[int, tuple[bool, bool]]:
    """The nodes whose attributes are about to change, and whether they can be seen and heard until then."""
    changes = told.get("attributes")
    ids = [change.get("id") for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    nodes = [page.document.nodes.get(number) for number in ids if isinstance(number, int)]
    return {node.id: (looks.shown(node), looks.told_aloud(node)) for node in nodes if node is not None}


def _perceived(touched: list[Node], stood: dict[int, tuple[bool, bool]]) -> list[Node]:
    """The nodes that may say something new: what was added or uncovered with all in it, what changed, and around it."""
    found: dict[int, Node] = {}
    for node in touched:
        now = looks.shown(node), looks.told_aloud(node)
        if not any(now):
            continue
        if node.tag == "#text":
            found.update((above.id, above) for above in islice(node.up(), AROUND))
        elif stood.get(node.id) == now:
            found[node.id] = node
        else:
            found.update((n.id, n) for n in node.down(LARGE))
    return list(found.values())


def _added(told: dict[str, Any]) -> set[int]:
    adds = told.get("adds")
    nodes = [add.get("node") for add in adds if isinstance(add, dict)] if isinstance(adds, list) else []
    ids = (node.get("id") for node in nodes if isinstance(node, dict))
    return {number for number in ids if isinstance(number, int)}


def ask(watch: Watch, page: Page, when: float, nodes: Iterable[Node]) -> None:
    """Say which data are asked for anew by these nodes: by fields that can be seen and are empty."""
    asked: dict[str, None] = {}
    for node in nodes:
        if looks.may_give(node) and looks.shown(node) and not looks.filled(node, page.document):
            about = looks.datum(node, page.document)
            if about and (key := watch.typed.key(about)) not in page.asked:
                asked[key] = None
    page.asked |= asked.keys()
    if asked:
        watch.give()  # what was typed before it was asked again
        watch.say(when, "asks", data=tuple(asked))


def refused(watch: Watch, page: Page, when: float, nodes: Iterable[Node]) -> None:
    """Say what is rejected anew by these nodes."""
    fresh = []
    for node in nodes:
        if node.id not in page.refusing and _refuses(node):
            page.refusing.add(node.id)
            fresh.append(node)
    known = page.document.nodes
    page.refusing = {number for number in page.refusing if number in known and _refuses(known[number])}
    if fresh:
        data = looks.rejected(page.document, fresh)[1]
        watch.say(when, "refuses", data=tuple(watch.typed.key(d) for d in data))


def _refuses(node: Node) -> bool:
    marked = looks.rejects(node) or (looks.is_field(node) and node.get("aria-invalid") == "true")
    return marked and looks.shown(node)


def signs_on(page: Page, when: float, nodes: Iterable[Node]) -> None:
    """Note which of these nodes say that something is under way."""
    for node in nodes:
        if node.id not in page.signs and looks.works(node):
            sign = Shown(when, looks.shown(node), looks.told_aloud(node))
            if sign.eye or sign.ear:
                page.signs[node.id] = sign


def _signs_checked(watch: Watch, page: Page, when: float) -> bool:
    """Say which signs are no longer there; whether any has gone."""
    gone = []
    for number in page.signs:
        node = page.document.nodes.get(number)
        if node is None or not looks.works(node) or not (looks.shown(node) or looks.told_aloud(node)):
            gone.append(number)
    for number in gone:
        _sign(watch, page.signs.pop(number), when)
    return bool(gone)


def signs_over(watch: Watch, page: Page, when: float | None) -> None:
    """The page goes, and with it whatever said that something was under way; None: hearing ends."""
    for sign in page.signs.values():
        _sign(watch, sign, when)
    page.signs = {}


def _sign(watch: Watch, sign: Shown, until: float | None) -> None:
    watch.say(sign.since, "sign", until=until, eye=sign.eye, ear=sign.ear)


def _signature(node: Node) -> str:
    """Where on the page something changes, the same when the page draws it anew."""
    parts = [n.get("id") or f"{n.tag}.{n.get('class')}" for n in node.up() if not n.tag.startswith("#")]
    return "<".join(parts[:6])


def _speaks(node: Node) -> bool:
    """Whether there is anything in it for the eye."""
    return any((n.tag == "#text" and n.text.strip()) or n.tag in _FOR_THE_EYE for n in node.down(500))
