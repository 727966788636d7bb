"""What a page asks for, and what it rejects: by the recorder's own rules, so that both hear the same."""

from __future__ import annotations

import re
from typing import Any, Final

from journeys.hearing.asked_again import times_asked
from journeys.players.controls import Control
from journeys.players.forms import FIELDS, Page, squeezed

SUMMARY: Final = ".error-summary,[class*='error-summary' i]"
OBJECTIONS: Final = (
    "[aria-invalid=true],[role=alert],.error-summary,[class*='error' i],[class*='invalid-feedback' i],.alert-danger"
)


def asked(page: Page) -> dict[str, int]:
    """The data that the page asks for, each visible empty field's, in order, and how often; choices are one group."""
    groups: dict[tuple[str, str, int], list[Control]] = {}
    order: list[list[Control]] = []
    for control in page.controls:
        if not control.askable or _searches(control.node):
            continue
        if control.in_group:
            key = (control.name, control.type, id(control.form))
            if key not in groups:
                groups[key] = []
                order.append(groups[key])
            groups[key].append(control)
        else:
            order.append([control])
    return times_asked(some[0].told for some in order if all(c.empty for c in some))


def refused(page: Page) -> list[str] | None:
    """The data that validation messages reject, in order; an empty list when the page itself does; None if nobody."""
    tied: dict[int, Control] = {}
    loose = False
    fields = {c.node.mem_id: c for c in page.controls if not c.is_button and c.type != "hidden"}
    for node in page.tree.css(OBJECTIONS):
        known = fields.get(node.mem_id)
        style = (node.attributes.get("class") or "").split()
        alert = node.attributes.get("role") == "alert" or "alert-danger" in style
        summary = _within(node, SUMMARY)
        if not page.seen(node):
            continue
        if known is None:
            if not alert and not summary and any(f.mem_id in fields for f in node.css(FIELDS)):
                continue  # a box around a field is no message
            if not squeezed(node.text()) or re.search("success|info|confirm", " ".join(style), re.I):
                continue
        about = None if summary else known or _tied_to(node, fields)
        if about is None:
            loose = loose or summary or alert
            continue
        key = min(
            (c.node.mem_id for c in fields.values() if c.in_group and about.in_group and c.name == about.name),
            default=about.node.mem_id,
        )
        tied.setdefault(key, about)
    told = [c.datum for c in tied.values()]
    named = [datum for datum in dict.fromkeys(told) if datum]
    if named:
        return named
    return [] if loose or page.status >= 400 else None


def _tied_to(node: Any, fields: dict[int, Control]) -> Control | None:
    """The field that a message is about: by reference, by label, or because it is the only one beside it."""
    if name := node.attributes.get("id"):
        for control in fields.values():
            said = control.node.attributes
            if name in f"{said.get('aria-describedby') or ''} {said.get('aria-errormessage') or ''}".split():
                return control
    if node.tag == "label" and (wanted := node.attributes.get("for")):
        return next((c for c in fields.values() if c.id == wanted), None)
    box, up = node.parent, 0
    while box is not None and up < 3 and box.tag not in ("form", "body", "main"):
        inside = [fields[f.mem_id] for f in box.css(FIELDS) if f.mem_id in fields]
        names = {c.name or c.id for c in inside}
        if len(names) == 1:
            return inside[0]
        if len(names) > 1:
            return inside[0] if box.tag == "fieldset" and inside[0].type in ("radio", "checkbox") else None
        box, up = box.parent, up + 1
    return None


def _searches(node: Any) -> bool:
    box: Any | None = node
    while box is not None:
        if box.attributes.get("role") == "search" or box.tag == "search":
            return True
        box = box.parent
    return False


def _within(node: Any, selector: str) -> bool:
    box: Any | None = node
    while box is not None and box.tag not in ("body", "html"):
        if box.css_matches(selector) and "error-summary" in (box.attributes.get("class") or "").lower():
            return True
        box = box.parent
    return False
