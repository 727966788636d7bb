"""What the citizen typed, held while a recording is read only to keep it out of the log: a page may say it again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from studies.importers.of_rrweb.places import masked
from studies.topics import slug

MOST: Final = 200  # values held
LONG: Final = 200  # characters held of one
TELLING: Final = 3  # shorter words say nothing of anybody


@dataclass(slots=True)
class Typed:
    """The values of text fields, each by its page and field."""

    values: dict[tuple[int, int], str] = field(default_factory=dict)

    def hold(self, page: int, node: int, value: str) -> None:
        """Hold what a field contains now; stars are what a recorder leaves of it and say nothing."""
        if value.strip("* ") and (len(self.values) < MOST or (page, node) in self.values):
            self.values[page, node] = value.strip()[:LONG]

    def label(self, text: str) -> str:
        """A label without what was typed, its digits masked; a button without words is a button."""
        for value in self.values.values():
            if len(value) > TELLING:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", text, flags=re.IGNORECASE)
        return masked(text) or "button"

    def key(self, datum: str) -> str:
        """A datum's key without what was typed, where a page has made it part of a question."""
        for value in self.values.values():
            if len(typed := slug(value)) > TELLING:
                datum = re.sub(rf"(?<![^\W_]){re.escape(typed)}(?![^\W_])", "…", datum)
        return re.sub(r"\d{4,}", "#", datum)
