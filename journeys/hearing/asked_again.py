"""Which fields of one page ask for the same datum more than once: the e-mail and, below it, the e-mail again.

Such a page requests the datum once as it comes, and again each time that the citizen has given it and the next field
still wants it: from then on it is a question for what is already held. The parts of one answer (day, month and year;
the lines of an address; the rows of a list) are one question, and so is what only sounds alike (the father's name
below one's own). Where it is not clear, it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from studies.topics import datum_of, dictionary

AGAIN: Final = re.compile(
    r"\b(?:again|confirm\w*|repeat\w*|re-?(?:enter|type)\w*|verify|verification of)\b"
    r"|تأكيد|تاكيد|أكد|أعد|إعادة|اعادة|تكرار|كرر|مرة أخرى|مجددا",
    re.IGNORECASE,
)
# Somebody else's, or another of its kind.
OTHERS: Final = re.compile(
    r"\b(?:father|mother|parent|guardian|spouse|husband|wife|partner|child|son|daughter|emergency|employer|witness"
    r"|seller|buyer|previous|former|current|old|new|other|another|second|alternative|secondary|additional|home|work"
    r"|office|mailing|billing|delivery|shipping)\b"
    r"|والد|الأب|الأم|زوج|ابن|طفل|ولي|طوارئ|شاهد|بائع|مشتر|سابق|حالي|قديم|جديد|آخر|أخرى|بديل|إضافي|ثان|منزل|عمل|مكتب",
    re.IGNORECASE,
)

Field = Mapping[str, Any]  # as the recorder tells of it: its label l, name n, autocomplete a, type ty, group g


def datum(field: Field) -> str | None:
    """The datum that a field is for."""
    return datum_of(label=field.get("l") or None, name=field.get("n") or None, autocomplete=field.get("a") or None)


def times_asked(fields: Iterable[Field]) -> dict[str, int]:
    """The data that a page's fields ask for, in order, and how often each."""
    apart: dict[str, list[Field]] = {}
    for field in fields:
        if about := datum(field):
            before = apart.setdefault(about, [])
            if not before or _once_more(field, about, before):
                before.append(field)
    return {about: len(those) for about, those in apart.items()}


def _once_more(field: Field, about: str, before: list[Field]) -> bool:
    """Whether a field asks anew for what those before it have asked for."""
    label, group = str(field.get("l") or ""), str(field.get("g") or "")
    if about not in dictionary() or datum_of(label=label or None) != about or re.search(r"[\d#]", label):
        return False  # it does not say so itself: a day beside its month, the second line of an address
    if AGAIN.search(label):
        return True
    if OTHERS.search(label) or any(_row(field) == _row(one) for one in before):
        return False
    return not (group and any(group == one.get("g") for one in before))


def _row(field: Field) -> tuple[str, ...]:
    """What fields that stand below one another in a list have in common: all but their numbers."""
    return tuple(re.sub(r"[\W\d_]+", "", str(field.get(key) or "")) for key in ("l", "n", "g"))
