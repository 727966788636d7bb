"""What a page of the practice agency looks like to its visitor: words, fields, links, in the language in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from journeys.practice.flaws import VARIANTS, Flaws, Place
from journeys.practice.visitors import Visitor
from journeys.practice.wording import Option, wording
from studies.words import direction

TEMPLATES: Final = Path(__file__).parent / "templates"
#: Where a page that arrives in parts is cut: before it a sign of work, after it the page.
REST: Final = "<!--rest-->"

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True)
class Field:
    """One question as it stands on the page."""

    id: str
    label: str
    name: str
    kind: str
    autocomplete: str | None
    options: list[Option]
    value: str
    error: str | None


def fields(
    place: Place, visitor: Visitor, language: str, errors: Mapping[str, str], kept: Mapping[str, str]
) -> list[Field]:
    """The questions of a page: empty, except what is shown to be confirmed and what a refused form kept."""
    shown = []
    for key in place.page.fields:
        datum = wording().datum(key, place.page.agency)
        value = kept.get(key, visitor.given.get(key, "") if key in place.page.shows else "")
        shown.append(
            Field(
                id=f"f-{datum.name}",
                label=datum.said(language),
                name=datum.name,
                kind=datum.kind,
                autocomplete=datum.autocomplete,
                options=datum.options,
                value=value,
                error=errors.get(key),
            )
        )
    return shown


def page(
    flaws: Flaws,
    place: Place,
    visitor: Visitor,
    language: str,
    errors: Mapping[str, str] | None = None,
    kept: Mapping[str, str] | None = None,
    cut: bool = False,
) -> str:
    """A page as HTML. With `cut` it begins with a sign of work and holds REST where it can be sent in two parts."""
    places = flaws.places(place.variant, place.service)
    following = places[place.after] if place.after else None
    questions = fields(place, visitor, language, errors or {}, kept or {})
    return _render(
        "page.html",
        language,
        place=place,
        agency=wording().agencies[place.page.agency].said(language),
        service=wording().services[place.service].title.said(language),
        fields=questions,
        documents=any(question.kind == "upload" for question in questions),
        links=[(places[name].words.title.said(language), places[name].path) for name in place.page.links],
        following=following,
        fetch=place.page.by_fetch and following is not None,
        token=visitor.token,
        cut=REST if cut else "",
    )


def notice(kind: str, language: str, place: Place | None = None) -> str:
    """A page on which something went wrong; where it went wrong on a page, with a way to try that again."""
    agency = wording().agencies[place.page.agency].said(language) if place else None
    again = place.path if place else None
    return _render("notice.html", language, title=kind, lead=f"{kind}_lead", agency=agency, again=again)


def home(flaws: Flaws, language: str, variants: tuple[str, ...] = VARIANTS) -> str:
    """The list of services, by variant."""
    offered = []
    for service in flaws.services:
        firsts = [(variant, next(iter(flaws.places(variant, service).values()))) for variant in variants]
        agency = wording().agencies[flaws.services[service].agency].said(language)
        offered.append((wording().services[service].title.said(language), agency, [(v, p.path) for v, p in firsts]))
    return _render("home.html", language, offered=offered)


def _render(template: str, language: str, **shown: Any) -> str:
    phrases = wording().phrases

    def say(key: str) -> str:
        return phrases[key].said(language)

    page = _environment.get_template(template)
    return page.render(language=language, direction=direction(language), say=say, **shown)
