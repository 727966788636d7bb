"""Reading a flaws file: what is wrong with it is told with its line, before anything is planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from journeys.lines import Lined, NotYaml, Problem, compose
from journeys.practice.flaws import VARIANTS, Capacity, Flaws, Page, Service, Talk
from journeys.practice.wording import wording
from journeys.reading import text_of, told
from studies import misfits
from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row

SHIPPED: Final = Path(__file__).with_name("flaws.yaml")
Spot = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Lines:
    """One flaws file, to say on which line something in it is wrong."""

    file: str
    lined: Lined

    def wrong(self, spot: Spot, reason: str) -> WrongInput:
        """The error for a spot: file, line, reason."""
        return WrongInput(told(Problem(self.lined.line(spot), reason), self.file))

    def known(self, spot: Spot, word: str, words: list[str], kind: str) -> None:
        """Raise WrongInput unless a word is one of those known."""
        if word not in words:
            reason = _("“{word}” is no {kind}.{hint} There are: {words}.")
            raise self.wrong(spot, reason.format(word=word, kind=kind, hint=hint(word, words), words=in_a_row(words)))


@cache
def shipped() -> Flaws:
    """The flaws that came with the lab."""
    return _checked(SHIPPED, {})


def read_flaws(path: Path | str | None = None) -> Flaws:
    """Read a flaws file; what it does not name is as shipped. Without a path, the flaws that came with the lab.

    Raises WrongInput, with the line, for what is no YAML, an unknown key, page, datum or agency, or a wrong number.
    """
    return shipped() if path is None else _checked(Path(path), shipped().model_dump(exclude_defaults=True))


def _checked(path: Path, otherwise: dict[str, Any]) -> Flaws:
    lines = _lines(path)
    given = lines.lined.content
    for key in given.get("services") or {}:
        lines.known(("services", key), key, list(wording().services), _("service"))
    try:
        flaws = Flaws.model_validate(_over(otherwise, given))
    except ValidationError as error:
        first = error.errors()[0]
        raise lines.wrong(first["loc"], _reason(first)) from error
    _check_words(flaws, lines)
    return flaws


def _lines(path: Path) -> Lines:
    text = text_of(path)
    no_truth = WrongInput(_("{file} is no flaws file: it begins with services: or capacity:.").format(file=path.name))
    if not text.strip():
        raise no_truth
    try:
        lined = compose(text)
    except NotYaml as error:
        raise WrongInput(told(error.problem, path.name)) from error
    for problem in lined.problems:
        raise WrongInput(told(problem, path.name))
    if not isinstance(lined.content, dict) or not isinstance(lined.content.get("services", {}), dict):
        raise no_truth
    return Lines(path.name, lined)


def _over(otherwise: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The given truth, with what it leaves out from the other; lists (the pages of a variant) are replaced whole."""
    whole = dict(otherwise)
    for key, value in given.items():
        below = whole.get(key)
        whole[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return whole


def _reason(error: Any) -> str:
    key = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        level = len(error["loc"])
        model: type[BaseModel] = Flaws
        if error["loc"][0] == "services":
            model = Page if level > 3 else Service
        elif error["loc"][0] in ("conversations", "capacity"):
            model = Talk if error["loc"][0] == "conversations" else Capacity
        known = list(model.model_fields)
        return _("“{key}” is not known here.{hint} What can stand here: {known}.").format(
            key=key, hint=hint(key, known), known=in_a_row(known)
        )
    if error["type"] == "missing":
        return _("“{key}” is missing here.").format(key=key)
    return _("“{given}” will not do for {key}: {reason}.").format(
        given=error["input"], key=key, reason=misfits.told(error)
    )


def _check_words(flaws: Flaws, lines: Lines) -> None:
    """Every service, agency, page and datum has words, and every page leads to one that exists."""
    words = wording()
    paths: dict[str, str] = {}
    for key, service in flaws.services.items():
        where: tuple[Any, ...] = ("services", key)
        lines.known(where, key, list(words.services), _("service"))
        lines.known((*where, "agency"), service.agency, list(words.agencies), _("agency"))
        for variant in VARIANTS:
            pages = service.pages(variant)
            if not pages:
                raise lines.wrong((*where, variant), _("The variant {variant} has no pages.").format(variant=variant))
            for index, page in enumerate(pages):
                spot = (*where, variant, index)
                kind = _("page of {service}").format(service=key)
                lines.known((*spot, "page"), page.page, list(words.services[key].pages), kind)
                lines.known((*spot, "agency"), page.agency, list(words.agencies), _("agency"))
                _check_page(page, pages[:index], [p.page for p in pages], spot, lines)
                path = f"/{variant}/{page.agency}/{page.page}"
                if path in paths:
                    reason = _("{path} is already a page of {service}.")
                    raise lines.wrong((*spot, "page"), reason.format(path=path, service=paths[path]))
                paths[path] = key
            last = pages[-1]
            if last.fields or last.links or last.then:
                raise lines.wrong(
                    (*where, variant, len(pages) - 1),
                    _("The last page says that the service is done, so it cannot ask, link or lead on."),
                )


def _check_page(page: Page, before: list[Page], names: list[str], spot: tuple[Any, ...], lines: Lines) -> None:
    data = wording().known_data()
    asked = {datum for earlier in before for datum in (*earlier.asks, *earlier.asks_again)}
    for key in ("asks", "asks_again", "shows", "refuses_first"):
        for index, datum in enumerate(getattr(page, key)):
            lines.known((*spot, key, index), datum, data, _("datum"))
            if page.fields.count(datum) > 1:
                raise lines.wrong((*spot, key, index), _("{datum} stands on this page twice.").format(datum=datum))
            if key in ("asks_again", "shows") and datum not in asked:
                reason = _("No earlier page asks for {datum}, so it is not known yet: put it under asks.")
                raise lines.wrong((*spot, key, index), reason.format(datum=datum))
            if key == "refuses_first" and datum not in (*page.asks, *page.asks_again):
                reason = _("The page does not ask for {datum}, so it cannot refuse it.")
                raise lines.wrong((*spot, key, index), reason.format(datum=datum))
    for key in ("first_leads_to", "then"):
        if target := getattr(page, key):
            lines.known((*spot, key), target, names, _("page of this variant"))
    for index, target in enumerate(page.links):
        lines.known((*spot, "links", index), target, names, _("page of this variant"))
