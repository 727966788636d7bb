"""What a citizen makes of a page's nodes: what can be seen, what a field is called, what can be pressed, what tells of
work under way and what rejects.

A recording holds no layout. What hides a node is told by attributes and by the names that style sheets give their
classes; where neither says so, it is taken to be seen.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from studies.importers.of_rrweb.document import Document, Node
from studies.topics import datum_of

_UNSEEN_TAGS: Final = frozenset("head script style noscript template title meta link datalist #style".split())
_UNSEEN: Final = frozenset(
    "hidden hide d-none is-hidden invisible display-none u-hidden js-hidden ng-hide usa-hidden".split()
)
_HEARD: Final = re.compile(r"(?:^|-)(?:visually-?hidden|sr-only|screen-?reader-text|screen-?reader-only)$")
_STYLED_AWAY: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?(?:\s|;|!|$)")

_WORKING: Final = re.compile(
    r"(?:^|[-_])(?:spinner|spin|loading|loader|preloader|skeleton|shimmer|progress|progressbar|busy)(?:$|[-_])"
)
_WAIT_VERBS: Final = (
    "loading|processing|submitting|sending|uploading|checking|saving|searching|verifying|working|calculating"
    "|redirecting|connecting|جاري|جارٍ|جار"
)
_WAIT_WORDS: Final = re.compile(
    r"please wait|one moment|just a moment|do not close this|يرجى الانتظار|الرجاء الانتظار|انتظر|لحظة من فضلك"
    rf"|قيد المعالجة|^\W*(?:{_WAIT_VERBS})\W*$|^\W*(?:{_WAIT_VERBS})\b.*(?:…|\.\.\.?)\W*$|^\W*(?:جاري|جارٍ)\s",
    re.IGNORECASE,
)
_REJECTS: Final = re.compile(
    r"(?:^|[-_])(?:error|errors|invalid|invalid-feedback|has-error|is-invalid|danger|validation)(?:$|[-_])"
)
_FINE: Final = re.compile(r"(?:^|[-_])(?:success|info|information|status|notice|valid)(?:$|[-_])")
_FAULT: Final = re.compile(
    r"^\W*(?:4\d\d|5\d\d)\b(?!\s*(?:results|items))|page not found|service unavailable|internal server error"
    r"|problem with (?:the|this) service|something went wrong|too many requests"
    r"|الصفحة غير موجودة|حدث خطأ|الخدمة غير متاحة",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\b(?:application|request|form|payment|complaint|appointment|registration|renewal|submission|booking|order)\b"
    r".{0,40}\b(?:complete|completed|submitted|received|sent|successful|confirmed|approved|renewed|booked)\b"
    r"|thank you for (?:your )?(?:application|submission|payment|request|complaint)|submitted successfully|all done"
    r"|تم (?:استلام|إرسال|ارسال|تقديم|تجديد|تسجيل|دفع|حجز|اعتماد)|بنجاح",
    re.IGNORECASE,
)
_NOT_YET: Final = re.compile(r"\bnot\b|\bincomplete\b|\?|؟|\b(?:if|when|once|before|until)\b|لم يتم", re.IGNORECASE)
_HEADINGS: Final = frozenset({"h1", "h2"})
_NOT_ASKED: Final = frozenset({"hidden", "submit", "button", "image", "reset"})
_PRESSED: Final = frozenset("button link menuitem tab option switch menuitemradio menuitemcheckbox".split())
_PART: Final = re.compile(r"\b(?:day|month|year|dd|mm|yyyy)\b|يوم|شهر|سنة", re.IGNORECASE)


def shown(node: Node) -> bool:
    """Whether the eye can see it."""
    return not any(_hides(n, below) for n, below in _path(node)) and not any(_only_heard(n) for n in node.up())


def told_aloud(node: Node) -> bool:
    """Whether a screen reader tells it."""
    return not any(_hides(n, below) or n.get("aria-hidden") == "true" for n, below in _path(node))


def within_reach(node: Node) -> bool:
    """Whether a hand can be on it: only what surely hides it counts here, no guess by the name of a class."""
    if node.tag.startswith("#"):
        return False
    return not any(
        n.tag in _UNSEEN_TAGS
        or "hidden" in n.attrs
        or (n.tag == "dialog" and "open" not in n.attrs)
        or (n.tag == "input" and n.get("type").lower() == "hidden")
        for n in node.up()
    )


def _path(node: Node) -> list[tuple[Node, Node | None]]:
    found: list[tuple[Node, Node | None]] = []
    below: Node | None = None
    for above in node.up():
        found.append((above, below))
        below = above
    return found


def _hides(node: Node, below: Node | None) -> bool:
    if node.tag.startswith("#"):
        return node.tag == "#style"
    if node.tag in _UNSEEN_TAGS or "hidden" in node.attrs:
        return True
    if node.tag == "dialog" and "open" not in node.attrs:
        return True
    if node.tag == "details" and "open" not in node.attrs and below is not None and below.tag != "summary":
        return True
    if node.tag == "input" and node.get("type").lower() == "hidden":
        return True
    if (style := node.get("style")) and _STYLED_AWAY.search(style):
        return True
    return "class" in node.attrs and _named(node.attrs["class"]).unseen


def _only_heard(node: Node) -> bool:
    return "class" in node.attrs and _named(node.attrs["class"]).heard


class _Named(NamedTuple):
    """What the names of a node's classes say of it."""

    unseen: bool
    heard: bool
    working: bool
    rejects: bool
    fine: bool


@lru_cache(maxsize=8192)
def _named(classes: str) -> _Named:
    names = classes.split()
    lower = [name.lower() for name in names]
    return _Named(
        any(name in _UNSEEN or name.endswith(("--hidden", "__hidden")) for name in names),
        any(_HEARD.search(name) for name in lower),
        any(_WORKING.search(name) for name in lower),
        any(_REJECTS.search(name) for name in lower),
        any(_FINE.search(name) for name in lower),
    )


def words(node: Node | None, most: int = 300) -> str:
    """What is written in it, on one line."""
    if node is None:
        return ""
    said: list[str] = []
    length = 0
    for part in node.down(2000):
        if part.tag == "#text" and (part.parent is node or not (part.parent and part.parent.tag in _UNSEEN_TAGS)):
            said.append(part.text)
            length += len(part.text)
            if length > most:
                break
    text = " ".join(" ".join(said).split())[:most]
    return "" if text and not text.strip("* ") else text  # a recorder that masks leaves stars


# --- fields -----------------------------------------------------------------------------------------------------------


def is_field(node: Node) -> bool:
    """Whether the citizen can put something in."""
    if node.tag in ("select", "textarea"):
        return True
    return node.tag == "input" and node.get("type").lower() not in _NOT_ASKED


def may_give(node: Node) -> bool:
    """Whether it is a field that takes something just now."""
    return is_field(node) and "disabled" not in node.attrs and "readonly" not in node.attrs


def filled(node: Node, page: Document) -> bool:
    """Whether the field, or the group of boxes that it belongs to, holds something."""
    if node.tag == "input" and node.get("type").lower() in ("radio", "checkbox"):
        return any("checked" in box.attrs for box in _boxes(node, page))
    if node.tag == "select":
        options = [n for n in node.down(5000) if n.tag == "option"]
        chosen = [o for o in options if "selected" in o.attrs] or options[:1]
        if "value" in node.attrs:
            return bool(node.get("value"))
        return any(o.attrs.get("value", words(o)) for o in chosen)
    if node.tag == "textarea":
        return bool(node.get("value") or words(node).strip())
    return bool(node.get("value"))


def _boxes(node: Node, page: Document) -> list[Node]:
    within = next((n for n in node.up() if n.tag in ("fieldset", "form")), page.root)
    name, kind = node.get("name"), node.get("type")
    boxes = [n for n in within.down(20_000) if n.tag == "input" and n.get("type") == kind and n.get("name") == name]
    return boxes if name else [node]


def datum(node: Node, page: Document) -> str | None:
    """The datum that a field asks for: by its label (a group's by its legend), autocomplete token, name."""
    name = node.get("name") or node.get("id")
    label = own = label_of(node, page)
    kind = node.get("type").lower()
    token = node.get("autocomplete").lower()
    part = "bday-" in token or bool(_PART.fullmatch(own.strip(" :*")))
    if (kind in ("radio", "checkbox") and len(_boxes(node, page)) > 1) or kind == "radio" or part:
        label = legend_of(node, page) or ("" if name else own)
        if part:
            name = re.sub(r"[-_.\[]?(?:day|month|year)\]?$", "", name, flags=re.IGNORECASE) or name
            token = "bday" if "bday-" in token else token
    return datum_of(label=label or None, name=name or None, autocomplete=token or None)


def label_of(node: Node, page: Document) -> str:
    """What a citizen would call the field."""
    if text := " ".join(words(page.by_id(name)) for name in node.get("aria-labelledby").split()[:5]).strip():
        return text
    if (name := node.get("id")) and (text := " ".join(words(n) for n in page.labels_for(name)[:3]).strip()):
        return text
    for above in node.up():
        if above.tag == "label" and (text := words(above)):
            return text
    for attribute in ("aria-label", "placeholder", "title"):
        if (text := node.get(attribute).strip()) and text.strip("* "):
            return text
    return ""


def legend_of(node: Node, page: Document) -> str:
    """What the group that a field belongs to is called."""
    for above in node.up():
        if above.tag == "fieldset" or above.get("role") in ("group", "radiogroup"):
            legend = next((n for n in above.down(200) if n.tag == "legend"), None)
            named = " ".join(words(page.by_id(name)) for name in above.get("aria-labelledby").split()[:3]).strip()
            if text := words(legend) or named or above.get("aria-label"):
                return text
    return ""


# --- what can be pressed ----------------------------------------------------------------------------------------------


def pressed(node: Node) -> Node | None:
    """The link, button or the like that a press on this node works on."""
    for above in node.up():
        kind = above.get("type").lower()
        if above.tag in ("button", "summary", "area") or (above.tag == "a" and "href" in above.attrs):
            return above
        if above.tag == "input" and kind in ("submit", "button", "image", "reset"):
            return above
        if above.get("role").lower() in _PRESSED or (above.tag not in ("body", "html", "#document") and (
            "onclick" in above.attrs
        )):  # fmt: skip
            return above
        if is_field(above) or above.tag == "label":
            return None
    return None


def form_of(node: Node, page: Document) -> Node | None:
    """The form that a button belongs to."""
    if (name := node.get("form")) and (form := page.by_id(name)) and form.tag == "form":
        return form
    return next((n for n in node.up() if n.tag == "form"), None)


def sends(button: Node) -> bool:
    """Whether pressing it sends its form in."""
    kind = button.get("type").lower()
    if button.tag == "button":
        return kind not in ("button", "reset")
    return button.tag == "input" and kind in ("submit", "image")


def caption(node: Node, page: Document) -> str:
    """What is written on a button or link."""
    return (
        node.get("aria-label").strip("* ") or words(node, 80)
        or (node.get("value") if node.tag == "input" else "").strip("* ") or label_of(node, page)
        or next((n.get("alt") for n in node.down(50) if n.get("alt")), "") or node.get("id")
    )  # fmt: skip


# --- signs of working, and rejections ---------------------------------------------------------------------------------


def works(node: Node) -> bool:
    """Whether a node says that something is under way, by what it is or by its words."""
    if node.tag == "#text":
        text = node.text.strip()
        return 0 < len(text) <= 80 and bool(_WAIT_WORDS.search(text)) and not _in_control(node)
    if node.tag.startswith("#"):
        return False
    if node.tag == "progress" or node.get("role") == "progressbar" or node.get("aria-busy") == "true":
        return True
    return _named(node.get("class")).working


def _in_control(node: Node) -> bool:
    """Whether a text only names a link, an option or a heading."""
    return any(n.tag in ("a", "option", "label", "h1", "title", "legend") for n in node.up())


def rejects(node: Node) -> bool:
    """Whether a node tells that something was rejected."""
    if node.tag.startswith("#") or is_field(node) or node.tag in ("body", "html", "form", "fieldset"):
        return False
    named = _named(node.get("class"))
    if named.fine or named.working or not (named.rejects or node.get("role") == "alert"):
        return False
    # What holds the field itself is marked too: only what speaks is a message.
    if any(is_field(n) for n in node.down(400)):
        return False
    text = words(node)
    return bool(text) and not _WAIT_WORDS.search(text)


def concludes(node: Node) -> bool:
    """Whether a heading or panel says that the need is settled, in words that are known here."""
    if node.tag.startswith("#") or is_field(node):
        return False
    panel = any(word.endswith(("panel--confirmation", "confirmation-panel")) for word in node.get("class").split())
    if not panel and node.tag not in _HEADINGS and node.get("role") not in ("heading", "status"):
        return False
    text = words(node)
    return bool(text) and (panel or bool(_DONE.search(text) and not _NOT_YET.search(text))) and shown(node)


def fault(page: Document) -> bool:
    """Whether the whole page is an error page, by its title or its first heading."""
    for tag in ("title", "h1"):
        node = next((n for n in page.root.down() if n.tag == tag), None)
        if node is not None and _FAULT.search(words(node)):
            return True
    return False


def rejected(page: Document, within: list[Node]) -> tuple[bool, list[str]]:
    """Whether anything in these parts of the page rejects, and the data that are rejected."""
    messages, fields = [], []
    for top in within:
        for node in top.down():
            if is_field(node) and node.get("aria-invalid") == "true" and shown(node):
                fields.append(node)
            elif rejects(node) and shown(node):
                messages.append(node)
    for message in messages:
        fields += _meant(message, page)
    return bool(messages or fields), list(dict.fromkeys(d for f in fields if (d := datum(f, page))))


def _meant(message: Node, page: Document) -> list[Node]:
    """The fields that a message speaks of: those that it links to, that name it, or that it stands beside."""
    found = []
    for node in message.down(500):
        if node.tag == "a" and "#" in (href := node.get("href")):
            target = page.by_id(href.rpartition("#")[2])
            found += [target] if target is not None and is_field(target) else []
    if found:
        return found
    if name := message.get("id"):
        for node in page.root.down():
            if is_field(node) and name in f"{node.get('aria-describedby')} {node.get('aria-errormessage')}".split():
                found.append(node)
    if found or message.parent is None or message.parent.tag in ("body", "form", "main"):
        return found
    beside = [n for n in message.parent.down(100) if is_field(n)]
    return beside if len({n.get("name") for n in beside}) == 1 else []
