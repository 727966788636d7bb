"""A journey made to fit a practice agency whose flaws were changed: a changed service needs a changed script.

A journey that can still be walked stays as it is, its optional parts see to small changes. Else the variant that
changed too much is walked page by page, giving whatever is asked, as a patient citizen would.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from journeys.journey import Attend, Call, Choose, Give, Journey, Upload, Visit
from journeys.practice.flaws import Flaws, Place
from journeys.practice.truth import planted
from journeys.practice.wording import Words, wording
from journeys.steps import steps_of
from studies.troubles import WrongInput
from studies.words import _

MOST_PAGES: Final = 60  # a service that has not ended by then goes round in circles


def fit(journey: Journey, flaws: Flaws) -> Journey:
    """The journey as it can be walked with these flaws. Raises WrongInput where the service never comes to an end."""
    changed = [variant for variant in journey.variants if not _walkable(journey, flaws, variant)]
    told = journey.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
    others = [variant for variant in journey.variants if variant not in changed]
    if changed:
        told["steps"] = [*_kept(told["steps"], others)]
    for variant in changed:
        told["steps"] += _written(journey, flaws, variant)
    visited = {place.page.agency for variant in journey.variants for place in _places(journey, flaws, variant).values()}
    if len(visited | set(journey.agencies)) > 1:
        told["agencies"] = {**{agency: f"/{agency}" for agency in sorted(visited)}, **journey.agencies}
    fitted = Journey.model_validate(told)
    return fitted.lying_in(journey.folder) if journey.folder else fitted


def _walkable(journey: Journey, flaws: Flaws, variant: str) -> bool:
    try:
        planted(flaws, journey, variant)
    except WrongInput:
        return False
    return True


def _places(journey: Journey, flaws: Flaws, variant: str) -> Mapping[str, Place]:
    """The pages of the service that a journey visits first; none where it is walked without any."""
    path = next((step.visit for _id, step in steps_of(journey, variant) if isinstance(step, Visit)), None)
    for place in flaws.every_place():
        # The agency's part of the address may be what changed, so the rest decides.
        if path is not None and place.variant == variant and path.strip("/").partition("/")[2] == place.page.page:
            return flaws.places(variant, place.service)
    return {}


def _kept(steps: list[dict[str, Any]], variants: list[str]) -> list[dict[str, Any]]:
    """The steps that the unchanged variants have."""
    kept = [{**step, "only": [v for v in step.get("only") or variants if v in variants]} for step in steps]
    return [step for step in kept if step["only"]]


def _written(journey: Journey, flaws: Flaws, variant: str) -> list[dict[str, Any]]:
    """The steps through a variant as it now is: its conversations as they were, then page after page."""
    values = _values(journey)
    steps: list[dict[str, Any]] = [
        {**step.model_dump(by_alias=True, exclude_defaults=True), "id": name, "only": [variant]}
        for name, step in steps_of(journey, variant)
        if isinstance(step, Call | Attend)
    ]
    places = _places(journey, flaws, variant)
    here = next(iter(places.values()), None)
    met: set[tuple[str, str]] = set()
    followed: list[str] = []

    def once(flaw: str, place: Place) -> bool:
        new = (flaw, place.path) not in met
        met.add((flaw, place.path))
        return new

    def add(verb: str, value: Any, what: str) -> None:
        name = f"{what}_{here.page.page.replace('/', '_')}" if here else what
        taken = sum(step["id"].startswith(f"{variant}_{name}") for step in steps)
        steps.append({"id": f"{variant}_{name}" + (f"_{taken + 1}" if taken else ""), "only": [variant], verb: value})

    if here is not None:
        add("visit", f"/{here.page.agency}/{here.page.page}", "open")
    for _page in range(MOST_PAGES):
        if here is None:
            break
        page = here.page
        if page.fails_first is not None and once("fails", here):
            add("press", _both(wording().phrases["try_again"]), "retry")
        if here.concludes:
            break
        if page.fields:
            asked = [datum for datum in page.fields if datum not in page.shows]
            _give(asked, page.agency, values, add)
            if page.refuses_first and once("refuses", here):
                add("submit", _button(here), "send")
                _give(asked if page.forgets else page.refuses_first, page.agency, values, add)
            add("submit", _button(here), "send")
            name = page.first_leads_to if page.first_leads_to and once("sent", here) else here.after
        elif page.links:
            name = next((link for link in page.links if link not in followed), page.links[-1])
            followed.append(name)
            add("press", _both(places[name].words.title), "go_from")
        else:
            name = here.after
            add("press", _button(here) if here.words.button else _both(places[name or page.page].words.title), "leave")
        here = places[name or page.page]
    else:
        raise WrongInput(
            _("{journey}, {variant}: the pages of this service go round in circles. Change the flaws file.").format(
                journey=journey.journey, variant=variant
            )
        )
    if here is not None:
        add("expect", {"text": _both(here.words.title)}, "see")
    return steps


def _give(asked: list[str], agency: str, values: Mapping[str, Any], add: Any) -> None:
    """Answer what is asked, each kind in its way."""
    for datum in asked:
        kind = wording().datum(datum, agency).kind
        verb = "upload" if kind == "upload" else "choose" if kind in ("radio", "select") else "give"
        if verb == "upload" and datum not in values:
            raise WrongInput(
                _("No document for {datum} lies beside this journey, so the page cannot be walked.").format(datum=datum)
            )
        options = wording().datum(datum, agency).options
        otherwise = _both(options[0]) if options else f"{{{{citizen.{datum}}}}}"
        add(verb, {datum: values.get(datum, otherwise)}, f"say_{datum}_on")


def _values(journey: Journey) -> dict[str, Any]:
    """What the journey as it was gives for each datum."""
    values: dict[str, Any] = {}
    for _id, step in steps_of(journey):
        match step:
            case Give():
                values.update(step.give)
            case Choose():
                values.update(step.choose)
            case Upload():
                values.update(step.upload)
    return values


def _button(place: Place) -> dict[str, str]:
    return _both(place.words.button or wording().phrases["send"])


def _both(words: Words) -> dict[str, str]:
    return {"en": words.en, "ar": words.ar}
