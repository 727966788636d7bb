"""What did a participant send? A form read into answers that can be kept, and what was wrong with the rest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from studies.store.kept import Answer
from surveys.questionnaire.asked import LONGEST, RATHER_NOT, Question

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 500

#: what can be wrong with one answer; the words for it are the page's
OFF_SCALE: Final = "off_scale"
TWICE: Final = "twice"
NO_NUMBER: Final = "no_number"
OUT_OF_RANGE: Final = "out_of_range"
TOO_LONG: Final = "too_long"
TOO_MANY: Final = "too_many"
SAME_PLACE: Final = "same_place"

_FIELD: Final = re.compile(rb"([A-Za-z0-9_.]+)=([A-Za-z0-9_.-]*)")
# Arabic-Indic and Persian digits, the Arabic decimal and thousands signs.
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫،", "01234567890123456789.,", "٬\u200e\u200f\u2066\u2067\u2069")
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Sent:
    """One press of a button: the fields by name, each with every value that came for it."""

    fields: Mapping[str, list[str]]
    body: bytes = b""

    def one(self, name: str) -> str | None:
        """A field's value, None when it is not there or came more than once."""
        values = self.fields.get(name)
        return values[0] if values is not None and len(values) == 1 else None

    def key(self, token: str) -> str:
        """The same for the very same submission sent twice, different for any other.

        `once` differs each time a page is shown; with the content in it as well, a page that the browser's back button
        brings out again can be sent with other answers.
        """
        return hashlib.sha256(b"%s %s" % (token.encode(), self.body)).hexdigest()


def read_form(body: bytes) -> Sent:
    """The fields of a posted form; bytes that are no UTF-8 and an excess of fields become a form without any."""
    if body.count(b"&") >= MOST_FIELDS:
        return Sent({}, body)
    fields: dict[str, list[str]] = {}
    for part in body.split(b"&"):  # most forms hold choices only, and those need no decoding
        found = _FIELD.fullmatch(part)
        if found is None:
            return _decoded(body)
        fields.setdefault(found[1].decode(), []).append(found[2].decode())
    return Sent(fields, body)


def _decoded(body: bytes) -> Sent:
    try:
        text = body.decode("ascii")
        return Sent(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"), body)
    except ValueError:
        return Sent({}, body)


def answers_to(asked: Sequence[Question], sent: Sent) -> tuple[dict[str, Answer], dict[str, str]]:
    """The answers that can be kept, and for each question whose answer cannot what is wrong with it."""
    given: dict[str, Answer] = {}
    wrong: dict[str, str] = {}
    fields = sent.fields
    for question in asked:
        if question.chosen:  # most are: one point of a scale
            values = fields.get(question.id)
            if values is None:
                continue
            point = question.allowed.get(values[0])
            if point is not None and len(values) == 1:
                given[question.id] = point
                continue
        match _read(question, fields):
            case None:
                pass
            case _Wrong(what):
                wrong[question.id] = what
            case _Given(answer):
                given[question.id] = answer
    return given, wrong


@dataclass(frozen=True, slots=True)
class _Given:
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Wrong:
    what: str


def _read(question: Question, fields: Mapping[str, list[str]]) -> _Given | _Wrong | None:
    values = fields.get(question.id, ())
    if question.kind == "ranking":
        return _ranking(question, fields)
    if question.kind == "multiple":
        return _several(question, values)
    if question.kind == "consent":
        return _Given("yes" if "yes" in values else "no") if f"{question.id}.asked" in fields else None
    rather_not = RATHER_NOT in values or f"{question.id}.not" in fields
    if question.written:
        if rather_not and question.may_decline:
            return _Given(None)
        return _text(question, values) if question.kind == "text" else _written_number(question, values)
    if not values:
        return None
    if any(value != values[0] for value in values):
        return _Wrong(TWICE)
    if rather_not:
        return _Given(None) if question.may_decline else _Wrong(OFF_SCALE)
    if question.kind == "single":
        return _Given(values[0]) if any(values[0] == one.choice for one in question.choices) else _Wrong(OFF_SCALE)
    point = question.allowed.get(values[0])
    return _Wrong(OFF_SCALE) if point is None else _Given(point)


def _several(question: Question, values: Sequence[str]) -> _Given | _Wrong | None:
    if RATHER_NOT in values and question.may_decline:
        return _Given(None) if set(values) == {RATHER_NOT} else _Wrong(TWICE)
    names = [one.choice for one in question.choices]
    if any(value not in names for value in values):
        return _Wrong(OFF_SCALE)
    if question.most is not None and len(set(values)) > question.most:
        return _Wrong(TOO_MANY)
    return _Given([name for name in names if name in values])


def _ranking(question: Question, fields: Mapping[str, list[str]]) -> _Given | _Wrong | None:
    if question.may_decline and f"{question.id}.not" in fields:
        return _Given(None)
    places: dict[str, str] = {}
    for one in question.choices:
        told = [value for value in fields.get(f"{question.id}.{one.choice}", ()) if value]
        if any(value != told[0] for value in told):
            return _Wrong(TWICE)
        if told:
            places[one.choice] = told[0]
    if not places:
        return None
    allowed = {str(place) for place in range(1, len(question.choices) + 1)}
    if not set(places.values()) <= allowed:
        return _Wrong(OFF_SCALE)
    if len(set(places.values())) < len(question.choices):
        return _Wrong(SAME_PLACE)
    return _Given(sorted(places, key=lambda name: int(places[name])))


def _text(question: Question, values: Sequence[str]) -> _Given | _Wrong | None:
    if any(value != values[0] for value in values):
        return _Wrong(TWICE)
    text = values[0].replace("\r\n", "\n").replace("\x00", "").strip() if values else ""
    if len(text) > (question.most or LONGEST):
        return _Wrong(TOO_LONG)
    return _Given(text) if text else None


def _written_number(question: Question, values: Sequence[str]) -> _Given | _Wrong | None:
    told = {text for value in values if (text := value.translate(_DIGITS).strip())}
    if not told:
        return None
    if len(told) > 1:
        return _Wrong(TWICE)
    (text,) = told
    if not _NUMBER.fullmatch(text):
        return _Wrong(NO_NUMBER)
    number = float(text.replace(",", "."))
    if question.kind != "scale" and question.whole and number != int(number):
        return _Wrong(NO_NUMBER)
    low, high = question.low, question.high
    if (low is not None and number < low) or (high is not None and number > high):
        return _Wrong(OUT_OF_RANGE)
    if question.kind == "scale" and number not in question.points:
        return _Wrong(OFF_SCALE)
    return _Given(number)
