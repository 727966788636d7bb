"""What did a participant send? A form read into answers that lie on the scale, and what was wrong with the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from surveys.instruments import Instrument

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 500

#: what can be wrong with one answer; the words for it are the page's
OFF_SCALE: Final = "off_scale"
TWICE: Final = "twice"


@dataclass(frozen=True, slots=True)
class Sent:
    """One press of a button: the fields by name, each with every value that came for it."""

    fields: Mapping[str, list[str]]

    def one(self, name: str) -> str | None:
        """A field's value, None when it is not there or came more than once."""
        values = self.fields.get(name, [])
        return values[0] if len(values) == 1 else None

    def key(self, token: str) -> str:
        """The same for the very same submission sent twice, different for any other.

        `once` differs each time a page is shown; with the content in it as well, a page that the browser's back button
        brings out again can be sent with other answers.
        """
        content = sorted((name, *values) for name, values in self.fields.items())
        return hashlib.sha256(repr((token, content)).encode()).hexdigest()


def read_form(body: bytes) -> Sent:
    """The fields of a posted form; bytes that are no UTF-8 and an excess of fields become a form without any."""
    try:
        text = body.decode("ascii")
        return Sent(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        return Sent({})


def answers_to(instrument: Instrument, sent: Sent) -> tuple[dict[str, float], dict[str, str]]:
    """The answers that can be stored, and for each item whose answer cannot what is wrong with it."""
    given: dict[str, float] = {}
    wrong: dict[str, str] = {}
    allowed = {str(point): float(point) for point in instrument.scale.points}
    for item in instrument.ids():
        values = set(sent.fields.get(item, []))
        if len(values) > 1:
            wrong[item] = TWICE
        for value in values if len(values) == 1 else ():
            if value in allowed:
                given[item] = allowed[value]
            else:
                wrong[item] = OFF_SCALE
    return given, wrong
