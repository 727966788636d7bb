"""What a label or a spoken line asks for: which datum, whether it asks for it at all, and why that is said.

A field's label asks for its datum. In speech it depends on what stands around it (`asking.yaml`): “what is your mobile
number?” asks, “my mobile number is …” tells, “how do I change my mobile number?” wants something else. What a designer
has corrected comes first.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from studies.corrections import corrected
from studies.matching import asking, match, stem
from studies.topics import normal
from studies.words import _

#: A label has no more words than this, a bare question ("and your mobile?") no more than that.
_LABEL: Final = 7
_BARE: Final = 6
_GIVEN: Final = re.compile(r"\d[\d\s/.-]{3,}\d|\S+@\S+\.\w+")
_CLAUSE: Final = re.compile(r"(?<=[.!?؟])\s+|\s*[;؛]\s*|[،,]\s+")
_SENTENCE: Final = re.compile(r"\w{4,}[.!]\s+\S|[،,;؛]\s+\S")
#: Your, in Arabic, stands behind the word: asked of the one who is spoken to.
_YOURS: Final = re.compile(r"\w{3,}(?:كم|ك|تك|ج)$")


@dataclass(frozen=True, slots=True)
class Asked:
    """What some words ask for: the datum (None: none that is known), whether they ask for it, and why."""

    datum: str | None
    question: bool
    why: str

    def json(self) -> dict[str, Any]:
        """The decision as it is printed."""
        return asdict(self)


def topic_of(text: str) -> Asked:
    """What a label or a line asks for."""
    if (told := corrected(text)) is not None:
        return Asked(told.datum, told.datum is not None, _("a designer said so"))
    whole = _asked(text)
    if whole.question or len(clauses := [c for c in _CLAUSE.split(text) if normal(c)]) < 2:
        return whole
    # Of several clauses the one that asks is what is asked.
    return next((_asked(c) for c in clauses if _kind(c, normal(c))[0] == "asks" and _asked(c).question), whole)


def _asked(text: str) -> Asked:
    found = match(text)
    kind, why = _kind(text, normal(text))
    if found is None:
        return Asked(None, False, _("no datum of the dictionary is named"))
    if kind == "other":
        return Asked(None, False, f"{found.why}; {why}")
    return Asked(found.key, kind in ("asks", "label"), f"{found.why}; {why}")


def _kind(text: str, words: str) -> tuple[str, str]:
    """Whether the words ask, tell, want something else or are a label, and by which of their words."""
    marked = text.rstrip(" \"'”»").endswith(("?", "؟"))
    spoken = f" {words} "
    other, tells, asks = (_first(kind, spoken) for kind in ("other", "tells", "asks"))
    many = len(words.split())
    if _GIVEN.search(text):
        return "tells", _("a value is given")
    if other and not (asks and asks[1] <= other[1]):
        return "other", _("“{words}” wants something else").format(words=other[0])
    if asks and not (tells and tells[1] < asks[1] and not marked):
        return "asks", _("“{words}” asks").format(words=asks[0])
    if tells:
        return "tells", _("“{words}” tells").format(words=tells[0])
    if marked:
        return "asks", _("it ends with a question mark")
    yours = "your" in words.split() or any(_YOURS.search(word) and stem(word) != word for word in words.split())
    if yours and many <= _BARE:
        return "asks", _("it is yours that is named")
    if many <= _LABEL and not _SENTENCE.search(text):
        return "label", _("it is a label")
    return "tells", _("it is a sentence that asks nothing")


def _first(kind: str, spoken: str) -> tuple[str, int] | None:
    """The first of a kind's patterns in the words, and where it stands."""
    found = [hit for pattern in _patterns(kind) if (hit := pattern.search(spoken))]
    first = min(found, key=lambda hit: hit.start(), default=None)
    return (first[0].strip(), first.start()) if first else None


@cache
def _patterns(kind: str) -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for told in asking()[kind].values() for pattern in told]
