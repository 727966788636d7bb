"""What the lab must find in the practice agency: counted from the planted flaws and the journey, never from a log.

Shape of the answer, for one journey and variant: a row for each planted silent wait (`silent_wait`, the step that
waits, seconds), a row for each step that meets repeat questions, and one row for the whole walk (step None) for each
of WHOLE, zeros too: what is not planted must not be found. The counting is this file's own: the journey is followed
from page to page as the flaws file says, in one language, and each definition is applied on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from journeys.journey import (
    Ask,
    Attend,
    Back,
    Call,
    Choose,
    Expect,
    Give,
    Journey,
    Leave,
    Look,
    Part,
    Press,
    Submit,
    Upload,
    Visit,
)
from journeys.practice.flaws import Flaws, Place
from journeys.practice.wording import wording
from journeys.reading import read_journey
from journeys.steps import Named, in_variant, named_steps
from journeys.targets import best, shows, ways
from studies.troubles import WrongInput
from studies.words import _, in_a_row, pick

LIBRARY: Final = Path(__file__).parents[1] / "library"
#: Seconds on a screen beyond which a wait without a sign is a silent wait (Miller 1968, Nielsen 1993).
SILENT: Final = 1.0
#: The counts of a whole walk, by the lab's own names for them.
WHOLE: Final = ("steps", "repeat_questions", "hand_offs", "corrections", "refusals", "resubmissions", "silent_waits")


@dataclass(frozen=True, slots=True)
class Planted:
    """One thing that was planted, and how much of it: seconds or a number."""

    journey: str
    variant: str
    metric: str
    step: str | None
    truth: float
    note: str = ""


def planted(flaws: Flaws, journey: Journey | str, variant: str, language: str = "en") -> list[Planted]:
    """What is planted on a journey's way through a variant; nothing where it does not go through the practice agency.

    Raises WrongInput where the journey asks for what the flawed agency does not have: then the walk would fail too.
    """
    if isinstance(journey, str):
        journey = library()[journey]
    way = _Way(flaws, journey, variant, language)
    for named in in_variant(named_steps(journey), journey, variant):
        way.take(named)
    return way.told()


def library() -> dict[str, Journey]:
    """The journeys that come with the lab, by id."""
    return {journey.journey: journey for journey in _library()}


@cache
def _library() -> tuple[Journey, ...]:
    return tuple(read_journey(path) for path in sorted(LIBRARY.rglob("*.yaml")))


@dataclass(slots=True)
class _Way:
    """A citizen's way as it must go: where they are, what the case holds, what was counted so far."""

    flaws: Flaws
    journey: Journey
    variant: str
    language: str
    here: Place | None = None
    last: str = ""  # the step taken last
    failing: bool = False  # the page is an error page
    refused: bool = False  # the form came back
    filled: set[str] = field(default_factory=set)  # the questions on the page that stand answered
    held: set[str] = field(default_factory=set)  # what the case holds, whoever was told
    stored: set[str] = field(default_factory=set)  # what the web site took in
    in_correction: set[str] = field(default_factory=set)  # refused, and not given again
    met: set[tuple[str, str]] = field(default_factory=set)  # flaws that show only once
    sent: dict[str, bool] = field(default_factory=dict)  # form -> whether it was refused
    counts: Counter[str] = field(default_factory=Counter)
    rows: list[Planted] = field(default_factory=list)

    def take(self, named: Named) -> None:
        """One step."""
        step, self.last = named.step, named.id
        if step.when and not self._sees(pick(step.when.text, self.language)):
            return
        match step:
            case Part():
                for inner in named.inside:
                    self.take(inner)
            case Visit():
                self._count("steps")
                self._open(named.id, self._place_at(named.id, step.visit))
            case Press() | Ask():
                target = step.press if isinstance(step, Press) else step.ask
                self._press(named.id, self._words(target), counts=isinstance(step, Press))
            case Give():
                self._give(named.id, step.give)
            case Choose():
                self._give(named.id, step.choose)
            case Upload():
                self._give(named.id, step.upload)
            case Submit():
                self._submit(named.id)
            case Call() | Attend():
                self._talk(named.id)
            case Expect() | Leave():
                pass
            case Back():
                raise self._lost(named.id, _("the truth of going back cannot be counted"))
            case _:
                raise self._lost(named.id, _("the truth of this verb cannot be counted"))

    def told(self) -> list[Planted]:
        """The rows: one by one, then the whole."""
        if self.here is not None and (self.failing or not self.here.concludes):
            reason = _("the journey ends on {page}, before the service is done")
            raise self._lost(self.last, reason.format(page=self.here.page.page))
        return [*self.rows, *(self._row(metric, None, self.counts[metric]) for metric in WHOLE)]

    def _open(self, step: str, place: Place) -> None:
        """A page arrives."""
        if self.here is not None and place.page.agency != self.here.page.agency:
            self._count("hand_offs", 1)
        self.here, self.failing, self.refused = place, False, False
        self.filled = self.stored.intersection(place.page.shows)
        if place.page.fails_first is not None and self._first("fails"):
            self.failing = True
            self._count("refusals")
            return
        if place.page.silent > SILENT:
            self._count("silent_waits")
            self.rows.append(self._row("silent_wait", step, place.page.silent, place.page.page))
        self._request(step)

    def _request(self, step: str) -> None:
        """Questions stand on the page: what stands answered is not asked."""
        assert self.here is not None
        repeated = []
        for datum in self.here.page.fields:
            if datum in self.filled:
                continue
            if datum in self.in_correction:
                self._count("corrections")
            elif datum in self.held:
                repeated.append(datum)
        if repeated:
            self._count("repeat_questions", len(repeated))
            self.rows.append(self._row("repeat_questions", step, len(repeated), ", ".join(repeated)))

    def _give(self, step: str, data: Iterable[str]) -> None:
        place = self._stands(step)
        for datum in data:
            if datum not in place.page.fields:
                raise self._lost(step, _("{page} does not ask for {datum}").format(page=place.page.page, datum=datum))
            self._count("steps")
            self.held.add(datum)
            self.filled.add(datum)
            self.in_correction.discard(datum)

    def _press(self, step: str, words: str, counts: bool) -> None:
        place = self._stands(step)
        if self.failing:
            following = place
        elif place.page.fields:
            return self._submit(step)
        else:
            names = place.page.links or ([place.after] if place.after else [])
            places = self.flaws.places(place.variant, place.service)
            button = place.words.button
            labels = [
                places[n].words.title.said(self.language)
                if place.page.links or button is None
                else button.said(self.language)
                for n in names
            ]
            which = best(words, labels)
            if which is None:
                reason = _("{page} has nothing that says “{words}”")
                raise self._lost(step, reason.format(page=place.page.page, words=words))
            following = places[names[which]]
        if counts:
            self._count("steps")
        return self._open(step, following)

    def _submit(self, step: str) -> None:
        place = self._stands(step)
        page = place.page
        if self.failing or not page.fields:
            raise self._lost(step, _("{page} has no form").format(page=page.page))
        self._count("steps")
        missing = [datum for datum in page.fields if datum not in self.filled | self.stored]
        if missing:
            raise self._lost(step, _("{page} also wants {data}").format(page=page.page, data=in_a_row(missing)))
        # Sent before, and neither refused nor without an answer: sent again.
        self._count("resubmissions", self.sent.get(place.path) is False)
        refuses = list(page.refuses_first) if page.refuses_first and self._first("refuses") else []
        self.sent[place.path] = bool(refuses)
        if refuses:
            self._count("refusals", len(refuses))
            self.in_correction |= self.held.intersection(refuses)
            self.held -= set(refuses)
            self.refused, self.filled = True, set() if page.forgets else self.filled - set(refuses)
            self._request(step)
            return
        self.stored |= self.filled
        follows = place.after
        if page.first_leads_to and self._first("sent"):
            follows = page.first_leads_to
        self._open(step, self.flaws.places(place.variant, place.service)[follows or page.page])

    def _talk(self, step: str) -> None:
        """A conversation: what its script holds was counted by hand."""
        talk = self.flaws.conversations.get(self.journey.journey, {}).get(self.variant, {}).get(step)  # type: ignore[call-overload]
        if talk is None:
            raise self._lost(step, _("the flaws file does not say what this conversation holds"))
        for metric in ("steps", "hand_offs", "refusals", "corrections"):
            self._count(metric, getattr(talk, metric))
        for seconds in talk.silences:
            self._count("silent_waits")
            self.rows.append(self._row("silent_wait", step, seconds))
        if talk.repeat_questions:
            self._count("repeat_questions", talk.repeat_questions)
            self.rows.append(self._row("repeat_questions", step, talk.repeat_questions))
        self.held |= set(talk.gives)

    def _sees(self, text: str) -> bool:
        """Whether a text stands on the page."""
        if self.here is None:
            return False
        phrases, place = wording().phrases, self.here
        if self.failing:
            said = [phrases["failed"], phrases["failed_lead"], phrases["try_again"]]
        else:
            words, page = place.words, place.page
            said = [wording().agencies[page.agency], wording().services[place.service].title, words.title]
            said += [part for part in (words.lead, None if place.concludes else words.button) if part]
            for key in page.fields:
                datum = wording().datum(key, page.agency)
                said += [datum, *datum.options]
            places = self.flaws.places(place.variant, place.service)
            said += [places[name].words.title for name in page.links]
            said += [phrases["refused"]] if self.refused else []
        return any(shows(one.said(self.language), text) for one in said)

    def _place_at(self, step: str, path: str) -> Place:
        variant = self.journey.variants.get(self.variant)
        prefix = "/" + ((variant.path if variant else None) or "").strip("/")
        whole = f"{prefix.rstrip('/')}/{path.strip('/')}"
        for place in self.flaws.every_place():
            if place.path == whole:
                return place
        raise self._lost(step, _("there is no page {path}").format(path=whole))

    def _words(self, target: Look | str | dict[str, str]) -> str:
        return next((way.text for way in ways(target, self.language)), "")

    def _first(self, flaw: str) -> bool:
        assert self.here is not None
        key = (flaw, self.here.path)
        new = key not in self.met
        self.met.add(key)
        return new

    def _stands(self, step: str) -> Place:
        if self.here is None:
            raise self._lost(step, _("no page is open yet"))
        return self.here

    def _count(self, metric: str, by: int = 1) -> None:
        self.counts[metric] += by

    def _row(self, metric: str, step: str | None, truth: float, note: str = "") -> Planted:
        return Planted(self.journey.journey, self.variant, metric, step, float(truth), note)

    def _lost(self, step: str, reason: str) -> WrongInput:
        return WrongInput(
            _("{journey}, {variant}, step {step}: {reason}. Change the journey or the flaws file.").format(
                journey=self.journey.journey, variant=self.variant, step=step, reason=reason
            )
        )
