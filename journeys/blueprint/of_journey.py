"""The blueprint of a journey's file, with what a study heard of it: what the command and the page ask for."""

from __future__ import annotations

from pathlib import Path

from journeys.blueprint.drawing import blueprint
from journeys.blueprint.told import walks_of
from journeys.journey import Journey
from journeys.klm import StepEffort, predicted
from journeys.personas import personas_for
from journeys.reading import read_journey
from studies.events import hint
from studies.log import Log
from studies.reading import log_named
from studies.troubles import WrongInput
from studies.words import _, in_a_row, language, languages, say_in
from studies.workspace import Workspace

#: so many personas are the effort's: their data differ in length
PERSONAS = 5


def blueprint_of(
    file: Path, space: Workspace, *, variant: str | None = None, study: str | None = None, lang: str | None = None
) -> str:
    """The blueprint as SVG. Raises WrongInput for a journey, variant, language or study that there is not."""
    journey = read_journey(file)
    variant = variant_of(journey, variant)
    lang = lang or language()
    if lang not in languages():
        raise WrongInput(
            _("There is no language {lang}. There are: {there}.").format(lang=lang, there=in_a_row(languages()))
        )
    log = _heard(journey, variant, study, space) if study else None
    with say_in(lang):
        return blueprint(journey, variant, log, efforts=efforts_of(journey, variant, lang))


def picture_of(svg: str) -> bytes:
    """A blueprint as PNG, painted by a browser. Raises Failed where there is none."""
    from journeys.players.browser_paint import painted  # a browser is loaded only for who wants a picture

    return painted(svg)


def efforts_of(journey: Journey, variant: str | None = None, lang: str | None = None) -> list[StepEffort]:
    """Each step's predicted effort in a variant and language, over several personas."""
    variant = variant_of(journey, variant)
    lang = lang if lang in journey.languages else journey.languages[0]
    return predicted(journey, variant, lang, personas_for(journey, PERSONAS))


def variant_of(journey: Journey, variant: str | None) -> str | None:
    """The variant that is meant: the one named, else the first; None where there are none."""
    known = list(journey.variants)
    if variant is not None and variant not in known:
        raise WrongInput(
            _("{journey} has no variant “{variant}”. It has: {known}.{hint}").format(
                journey=journey.journey, variant=variant, known=in_a_row(known) or "–", hint=hint(variant, known)
            )
        )
    return variant or next(iter(known), None)


def _heard(journey: Journey, variant: str | None, study: str, space: Workspace) -> Log:
    everything = log_named(study, space)
    log = walks_of(everything, journey.journey, variant)
    if not len(log.sessions):
        there = sorted({f"{s.task} ({s.condition})" for s in everything.heard() if s.task and s.source != "load"})
        raise WrongInput(
            _("Nobody walked {journey} ({variant}) in {study}. Walked there: {there}.").format(
                journey=journey.journey, variant=variant or "–", study=study, there=in_a_row(there) or _("none yet")
            )
        )
    return log
