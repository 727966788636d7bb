"""How the practice agency words things: which label and field name each agency has for a datum, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

SHIPPED: Final = Path(__file__).with_name("wording.yaml")


class Words(BaseModel):
    """One text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    ar: str

    def said(self, language: str) -> str:
        """The text in one language."""
        return self.ar if language == "ar" else self.en


class Option(Words):
    """One answer that can be chosen."""

    value: str


class Datum(Words):
    """How one agency asks for one datum: label, field name, the browser's token for it, the kind of field."""

    name: str
    autocomplete: str | None = None
    kind: Literal["text", "tel", "email", "date", "password", "long", "select", "radio", "upload"] = "text"
    options: list[Option] = []


class PageWords(BaseModel):
    """What a page says: its heading, a sentence below it, and the words on its button or link."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    lead: Words | None = None
    button: Words | None = None


class ServiceWords(BaseModel):
    """A service's name, and its pages by their address below the agency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    pages: dict[str, PageWords]


class Wording(BaseModel):
    """Every word of the practice agency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phrases: dict[str, Words]
    agencies: dict[str, Words]
    data: dict[str, dict[str, Datum]]
    services: dict[str, ServiceWords]

    def datum(self, key: str, agency: str) -> Datum:
        """How an agency asks for a datum: in its own words, else in everyone's."""
        return self.data.get(agency, {}).get(key) or self.data["any"][key]

    def known_data(self) -> list[str]:
        """Every datum that some page can ask for."""
        return list(self.data["any"])


@cache
def wording() -> Wording:
    """The words that came with the lab."""
    return Wording.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))
