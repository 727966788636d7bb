"""Which field, choice or button of a page is meant, and what choosing it changes."""

from __future__ import annotations

from journeys.hands import NotThere
from journeys.players.controls import Control, Form, Pressable
from journeys.players.forms import Page
from journeys.targets import Offered, Way, best, normal_label, which_choice


def offered(control: Control) -> Offered:
    """A field as a journey's key looks for it."""
    # A box in a group may be meant by its own label; the group's by its legend.
    return Offered(
        control.datum, control.asks or control.label, control.name, control.id, control.autocomplete, control.empty,
        lambda selector: _is_meant(control, selector),
    )  # fmt: skip


def _is_meant(control: Control, selector: str) -> bool:
    """Whether a selector means this field; what no parser understands means none."""
    try:
        return not selector.startswith("xpath=") and bool(control.node.css_matches(selector.split(">>>")[-1].strip()))
    except (AttributeError, ValueError):
        return False


def choose_options(control: Control, value: str | list[str] | bool) -> bool:
    """Choose options of a list; whether that gave something new. Raises NotThere."""
    wanted = value if isinstance(value, list) else [str(value)]
    before = [o.selected for o in control.options]
    able = [o for o in control.options if not o.disabled]
    chosen = []
    for one in wanted:
        found = which_choice(one, [o.label for o in able], [o.value for o in able])
        if found is None:
            raise NotThere(f"“{one}”", [o.label for o in able])
        chosen.append(able[found])
    for option in control.options:
        chosen_now = any(option is c for c in (chosen if control.multiple else chosen[-1:]))
        option.selected = chosen_now or (control.multiple and option.selected)  # of many, those of before stay
    if changed := [o.selected for o in control.options] != before:
        for option in control.options:
            option.by_itself = False
    return changed and not control.empty


def choose_boxes(group: list[Control], value: str | list[str] | bool) -> bool:
    """Tick boxes or choose a radio; whether that gave something new. Raises NotThere."""
    if isinstance(value, bool):
        box = group[0]
        changed, box.checked = box.checked != value, value
        return changed and value
    labels = [c.label for c in group]
    changed = False
    for one in value if isinstance(value, list) else [value]:
        found = which_choice(one, labels, [c.value for c in group])
        if found is None:
            raise NotThere(f"“{one}”", labels)
        changed = changed or not group[found].checked
        for control in group if group[found].type == "radio" else []:
            control.checked = False
        group[found].checked = True
    return changed


def is_search(form: Form) -> bool:
    """Whether a form only searches the site."""
    return form.node.attributes.get("role") == "search" or all(
        c.type == "search" for c in form.controls if not c.is_button and c.type != "hidden"
    )


def found(page: Page, there: list[Pressable], way: Way) -> Pressable | None:
    """What one way of looking finds."""
    fitting = [p for p in there if way.role in (None, p.role)]
    match way.kind:
        case "words" | "label":
            place = best(way.text, [p.words for p in fitting])
            return fitting[place] if place is not None else None
        case "name":
            wanted = normal_label(way.text)
            ids = ((p, p.node.attributes.get("id") or "") for p in fitting)
            return next((p for p, id_ in ids if wanted in (normal_label(p.name), normal_label(id_))), None)
        case "css":
            if way.text.startswith("xpath="):  # only a browser reads XPath
                return None
            try:
                nodes = {node.mem_id for node in page.tree.css(way.text.split(">>>")[-1].strip())}
            except ValueError:  # no selector
                return None
            return next((p for p in fitting if p.node.mem_id in nodes), None)
    return fitting[0] if fitting else None
