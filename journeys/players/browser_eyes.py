"""What the robot sees on the page and which element it means: found as a citizen would, by what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from journeys.players.browser_page import Element, Page
from journeys.targets import Offered, Way, best, which_field
from studies.topics import datum_of

LOOK: Final = (Path(__file__).parent / "browser_look.js").read_text(encoding="utf-8")
Thing = dict[str, Any]  # what browser_look.js says of one element


def things(page: Page, kind: str, selectors: Sequence[str] = ()) -> list[Thing]:
    """All that could be pressed (`press`) or filled in (`field`), in the page's order."""
    return page.look(LOOK, kind, None, list(selectors) or None) or []


def text(page: Page) -> str:
    """The page's visible text."""
    return page.look(LOOK, "text", None, None) or ""


def chosen(page: Page, kind: str, place: int, thing: Thing) -> Element | None:
    """The element at a place in what was seen; None if the page has changed under our eyes."""
    return page.look(LOOK, kind, place, thing.get("words") or thing.get("label") or thing.get("name"))


def pressable(page: Page, way: Way, submits: bool = False) -> Element | None:
    """The button or link that a target means, if it can be seen and pressed now."""
    if way.kind == "css":
        return page.look(LOOK, "css", way.text, "element")
    seen = things(page, "press")
    usable = [i for i, t in enumerate(seen) if t["visible"] and t["enabled"] and _plays(t, way.role)]
    if submits:  # of two with the same words, the one that sends the form
        usable.sort(key=lambda i: not seen[i]["form"])
    place: int | None
    match way.kind:
        case "role":
            place = usable[0] if usable else None
        case "name":
            place = next((i for i in usable if way.text in (seen[i]["name"], seen[i]["id"])), None)
        case _:
            hit = best(way.text, [seen[i]["words"] for i in usable])
            place = None if hit is None else usable[hit]
    return None if place is None else chosen(page, "press", place, seen[place])


def sending_button(page: Page, near: Element | None) -> Element | None:
    """The button that sends the form around a field, else the page's first form that asks for anything."""
    return page.look(LOOK, "send", near, None)


NO_BUTTON: Final = "const f = arguments[0].form; return f && ![...f.elements].some(e => /submit|image/.test(e.type))"


def sends_by_enter(page: Page, field: Element) -> bool:
    """Whether the form around a field has no button to send it, so that Enter does."""
    return bool(page.look(NO_BUTTON, field))


def _plays(thing: Thing, role: str | None) -> bool:
    return role is None or role == thing["role"] or (role == "button" and thing["role"] == "summary")


def _asks(field: Thing) -> str:
    """The words that ask for it: its group's, else its label (a radio's own label is an answer, no question)."""
    if field["type"] in ("radio", "checkbox") and field["name"] and field["group"]:
        return field["group"]
    return "" if field["type"] == "radio" else field["label"]


def datum_asked(field: Thing) -> str | None:
    """The datum that a field asks for, as the recorder would name it."""
    name = field["name"] or field["id"]
    return datum_of(label=_asks(field) or None, name=name or None, autocomplete=field["auto"] or None)


def field_for(key: str, fields: Sequence[Thing], files: bool = False) -> int | None:
    """The place of the field that a journey's key means; a group of choices is its first. None if it is not there."""
    usable = [i for i, f in enumerate(fields) if _offered(f, files)]
    found = which_field(
        key,
        [
            Offered(
                datum_asked(f), _asks(f) or f["label"], f["name"], f["id"], f["auto"], f["empty"], f["css"].__contains__
            )
            for f in (fields[i] for i in usable)
        ],
    )
    return None if found is None else usable[found]


def choices_with(place: int, fields: Sequence[Thing]) -> list[int]:
    """The places of the radios or boxes that are one group with this one."""
    one = fields[place]
    if not one["name"]:
        return [place]
    same = ("name", "type", "form")
    usable = [i for i, f in enumerate(fields) if f["visible"] and f["enabled"]]
    return [i for i in usable if all(fields[i][key] == one[key] for key in same)]


def _offered(field: Thing, files: bool) -> bool:
    return field["enabled"] and (field["type"] == "file") == files and (field["visible"] or files)


def words_there(page: Page) -> list[str]:
    """The labels and words that can be seen, for a message."""
    told = [t["words"] for t in things(page, "press") if t["visible"]]
    told += [f["label"] or f["group"] or f["name"] for f in things(page, "field") if f["visible"]]
    return list(dict.fromkeys(w[:60] for w in told if w))
