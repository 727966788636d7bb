"""Where a value that was sent had been said before: a place in an earlier answer, found in one recording and accepted
only if the same place of the other recording holds the other's value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import unescape
from html.entities import html5
from typing import Final
from urllib.parse import unquote

from journeys.learning import FIELDS, at_path, cookies_of, fields_of, learned, leaves, metas_of, read_as
from journeys.players.transport import Answer
from journeys.sent import Learn, place

Answers = Sequence[Answer]

ENTITIES: Final = {char: [name.rstrip(";") for name in html5 if html5[name] == char] for char in set(html5.values())}
#: What stands before a value of an address's query.
PARAMETER: Final = re.compile(r"(?:[?&]|&amp;|&#0*38;)[\w.%\[\]-]+=$")
MOST: Final = 40  # places of one text that are tried
LEFT: Final = (8, 12, 20, 32, 48, 64)
RIGHT: Final = (1, 2, 4, 8)
#: Headers that say nothing for later requests.
SILENT: Final = frozenset(
    "date age expires last-modified content-length content-type content-encoding transfer-encoding connection server "
    "vary set-cookie strict-transport-security cache-control via keep-alive accept-ranges".split()
)


def source(
    name: str, one: tuple[str, Answers], other: tuple[str, Answers] | None, strict: bool = False
) -> Learn | None:
    """The place in an answer where a value stands in one recording, and the other's value in the other.

    `one` and `other` are the value with the answer of each. `strict` accepts only a place that is called as the value
    is, or a place of its own in JSON; for values so short that they stand everywhere.
    """
    value, answers = one

    def holds(how: Learn) -> bool:
        return learned(how, answers) == value and (other is None or learned(how, other[1]) == other[0])

    if how := own_place(name, one, other, strict):
        return how
    if strict or len(value) < 4 or (other is not None and len(other[0]) < 4):
        return None
    return next(_between(value, answers, other[1] if other else None, other[0] if other else None, holds), None)


def own_place(name: str, one: tuple[str, Answers], other: tuple[str, Answers] | None, strict: bool) -> Learn | None:
    """The same where only a place of its own counts: a field, a leaf of JSON, a cookie, a header."""
    value, answers = one
    for how in _structured(name, value, answers):
        same = learned(how, answers) == value and (other is None or learned(how, other[1]) == other[0])
        if same and (not strict or _called(how, name)):
            return how
    return None


def _called(how: Learn, name: str) -> bool:
    """Whether a place is called as the value is: `id` of a case for `cases_id`."""
    told = how.field or how.meta or (how.json_ or "").rpartition(".")[2].partition("[")[0]
    return bool(told) and (_plain(told) == _plain(name) or (bool(how.json_) and _plain(name).endswith(_plain(told))))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _structured(name: str, value: str, answers: Answers) -> Iterator[Learn]:
    """Places with a name of their own, those called as the value is first."""
    text = answers[-1].text
    fields = list(_those(fields_of_(text), value)) if "<" in text[:2000] else []
    fields.sort(key=lambda found: _plain(found[0]) != _plain(name))
    yield from (place(field=told, nth=nth) for told, nth in fields)
    places = [where for where, leaf in leaves_of(text) if leaf == value]
    places.sort(key=lambda where: (_plain(where.rpartition(".")[2]) not in _plain(name), len(where)))
    yield from (place(json_=where) for where in places)
    if "<meta" in text.lower():
        yield from (place(meta=told, nth=nth) for told, nth in _those(metas_of(text), value))
    for answer in reversed(answers):
        for told, said in cookies_of(answer):
            if said == value:
                yield place(cookie=told)
            elif unquote(said) == value:
                yield place(cookie=told, decoded="url")
        yield from (place(header=told) for told, said in answer.headers.items() if said == value and told not in SILENT)


@lru_cache(maxsize=64)
def leaves_of(text: str) -> tuple[tuple[str, str], ...]:
    """What `leaves` finds, kept: the same answers are looked through for many values."""
    return tuple(leaves(text)) if text.lstrip()[:1] in ("{", "[") else ()


@lru_cache(maxsize=64)
def fields_of_(text: str) -> tuple[tuple[str, str], ...]:
    """The same for a page's fields."""
    return tuple(fields_of(text)) if FIELDS.search(text) else ()


def _those(named: Sequence[tuple[str, str]] | Iterator[tuple[str, str]], value: str) -> Iterator[tuple[str, int]]:
    met: Counter[str] = Counter()
    for name, said in named:
        if said == value and name:
            yield name, met[name]
        met[name] += 1


# -- between two texts


def written(value: str) -> re.Pattern[str]:
    """Any way in which a value may be written in HTML, an address, a script or JSON."""
    return re.compile("".join(re.escape(c) if c.isascii() and (c.isalnum() or c in "_-") else _forms(c) for c in value))


@lru_cache(maxsize=512)
def _forms(char: str) -> str:
    code = ord(char)
    forms = [f"&#0*{code};", f"&#[xX]0*(?:{code:x}|{code:X});"]
    forms += [f"&{name};" for name in ENTITIES.get(char, ())]
    forms.append("".join(f"%(?:{byte:02x}|{byte:02X})" for byte in char.encode()))
    if code < 0x10000:
        forms.append(f"\\\\u(?:{code:04x}|{code:04X})")
    if code < 256:
        forms.append(f"\\\\x(?:{code:02x}|{code:02X})")
    if char in "/\"'":
        forms.append("\\\\" + re.escape(char))
    forms.append(re.escape(char))  # as it is comes last: `&` begins all that is written with entities
    return f"(?:{'|'.join(forms)})"


def _how_written(found: str, value: str) -> str | None:
    """None for as it is; html, url or json; an empty text for none of them."""
    if found == value:
        return None
    if unescape(found) == value:
        return "html"
    if unquote(found) == value:
        return "url"
    return "json" if read_as(found, "json") == value else ""


def _between(
    value: str, answers: Answers, others: Answers | None, wanted: str | None, holds: Callable[[Learn], bool]
) -> Iterator[Learn]:
    """Places between two texts that hold, the surest first: in a header or the address, then in the page or JSON."""
    pattern, pattern_there = written(value), written(wanted) if wanted is not None else None
    for how, text, there in _texts(answers, others):
        here = list(pattern.finditer(text))[:MOST]
        beside = list(pattern_there.finditer(there))[:MOST] if pattern_there and there is not None else []
        if others is not None and not beside:
            continue
        weaker: Learn | None = None
        for found in here:
            if _inside_a_word(text, found) or (mine := _how_written(found[0], value)) == "":
                continue
            theirs = [_how_written(one[0], wanted or "") for one in beside]
            # A value without anything to escape does not show how it is written; the other, or its place, does.
            forms = list(
                dict.fromkeys([form for form in (mine, *theirs) if form] + [_as_placed(how, text, found), None])
            )
            for left, right in _contexts(text, found, there, beside, alone=others is None):
                nth = _count(text[: found.start()], left)
                if nth and (how.header or how.cookie):
                    continue
                told = {"after": left, "before": right or None, "nth": nth}
                held = (one for form in forms if holds(one := how.model_copy(update={**told, "decoded": form})))
                candidate = next(held, None)
                if candidate is not None and nth == 0:
                    yield candidate
                weaker = weaker or candidate
        if weaker is not None and others is not None:
            yield weaker


def _as_placed(how: Learn, text: str, found: re.Match[str]) -> str | None:
    """How a value is written by where it stands: in an address, in a tag or beside it, in a script's string."""
    before = text[max(found.start() - 2000, 0) : found.start()]
    if PARAMETER.search(before):
        return "url"
    if how.header or how.address or how.json_ or "<" not in text:
        return None
    if text.rfind("<script", 0, found.start()) > text.rfind("</script", 0, found.start()):
        return "json"
    return "html"


def _texts(answers: Answers, others: Answers | None) -> Iterator[tuple[Learn, str, str | None]]:
    blank = place(after="?")
    for nth, answer in reversed(list(enumerate(answers))):
        there = others[nth] if others is not None and nth < len(others) else None
        for name, text in answer.headers.items():
            if name not in SILENT:
                yield blank.model_copy(update={"header": name}), text, there.headers.get(name, "") if there else None
    last, other = answers[-1], others[-1] if others else None
    yield blank.model_copy(update={"address": True}), last.url, other.url if other else None
    places = leaves_of(last.text)
    for where, leaf in places:
        how = blank.model_copy(update={"json_": where})
        yield how, leaf, (at_path(other.text, where) or "") if other else None
    if not places:
        yield blank, last.text, other.text if other else None


def _inside_a_word(text: str, found: re.Match[str]) -> bool:
    before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
    return (before.isalnum() and found[0][:1].isalnum()) or (after.isalnum() and found[0][-1:].isalnum())


def _contexts(
    text: str, found: re.Match[str], there: str | None, beside: list[re.Match[str]], alone: bool
) -> Iterator[tuple[str, str]]:
    """What stands around a value, as far as it is the same in both recordings, short before long."""
    left, right = text[max(found.start() - LEFT[-1], 0) : found.start()], text[found.end() : found.end() + RIGHT[-1]]
    around = [(left, right)] if alone else []
    for other in beside if there is not None else []:
        before = there[max(other.start() - LEFT[-1], 0) : other.start()]  # type: ignore[index]
        after = there[other.end() : other.end() + RIGHT[-1]]  # type: ignore[index]
        around.append((_common_end(left, before), _common_start(right, after)))
    for before, after in sorted(set(around), key=lambda both: -len(both[0])):
        if not before and found.start():
            continue
        ends = list(dict.fromkeys(after[:size] for size in RIGHT if after[:size])) or [""]
        for begin in dict.fromkeys(_whole_words(before, size) for size in LEFT):
            yield from ((begin, end) for end in ends)


def _whole_words(text: str, size: int) -> str:
    """The end of a text, that long at least, and not from the middle of a word on."""
    at = max(len(text) - size, 0)
    while at and (text[at - 1].isalnum() or text[at - 1] in "_-"):
        at -= 1
    return text[at:]


def _common_end(one: str, other: str) -> str:
    size = 0
    while size < min(len(one), len(other)) and one[-size - 1] == other[-size - 1]:
        size += 1
    return one[len(one) - size :]


def _common_start(one: str, other: str) -> str:
    size = 0
    while size < min(len(one), len(other)) and one[size] == other[size]:
        size += 1
    return one[:size]


def _count(text: str, words: str) -> int:
    """How often a text begins with these words before the place where it ends with them."""
    count, at = -1, -1
    while (at := text.find(words, at + 1)) >= 0:
        count += 1
    return max(count, 0)
