"""Recordings of a journey made into one that many can walk: what was one session's own is found, and found again.

Two recordings of the same journey, best by two people, show what changes; where it comes from is learned on the first
and must give the second's value on the second. What stays unexplained is listed with its place and the reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeys.brought import plain
from journeys.journey import Journey, Send
from journeys.reading import parse_journey
from loadtests.correlation.explaining import Explanation, explain
from loadtests.correlation.recorded import Recording, Trip, read_recording
from loadtests.correlation.slots import Slot
from loadtests.correlation.writing import written_down
from studies.places import page_key
from studies.troubles import WrongInput
from studies.words import _, in_a_row

__all__ = ["Correlated", "correlate", "correlated"]


@dataclass(frozen=True, slots=True)
class Correlated:
    """A journey for the wire, and the account of every value in it. No value is ever told."""

    journey: Journey
    text: str
    explanation: Explanation

    def json(self, file: str | None = None) -> dict[str, Any]:
        """The account as JSON."""
        found, one = self.explanation, self.explanation.one
        unpaired = [nth for nth in range(len(one.trips)) if nth not in found.pairs]
        beside = found.other.trips if found.other else []
        met = set(found.pairs.values())
        return {
            "journey": self.journey.journey,
            "file": file,
            "recordings": [one.name, *([found.other.name] if found.other else [])],
            "sure": found.other is not None,
            "steps": len(self.journey.steps),
            "requests": len(found.pairs),
            "values": found.compared,
            "dynamic": len(found.explained) + len(found.leftovers),
            "explained": [
                {**self._place(e.trip, e.slot), "how": e.how, "sure": e.sure} for e in found.explained
            ],
            "unresolved": [{**self._place(left.trip, left.slot), "reason": left.why} for left in found.leftovers],
            "needs": self.journey.needs,
            "secrets": sorted(self.journey.secrets),
            "documents": sorted(documents_of(self.journey)),
            "left_out": dict(one.left_out),
            "elsewhere": dict(one.elsewhere),
            "only_in_one": [
                *({"recording": one.name, "request": self._request(one, one.trips[nth])} for nth in unpaired),
                *(
                    {"recording": found.other.name, "request": self._request(found.other, trip)}
                    for nth, trip in enumerate(beside)
                    if nth not in met and found.other
                ),
            ],
            "not_played": [{"line": line, "what": what, "reason": why} for line, what, why in one.unplayed],
            "remarks": [remark for recording in (one, found.other) if recording for remark in recording.remarks()],
        }  # fmt: skip

    def _place(self, nth: int, slot: Slot) -> dict[str, Any]:
        trip = self.explanation.one.trips[nth]
        return {"line": trip.asked.line, "request": self._request(self.explanation.one, trip), "place": slot.told()}

    @staticmethod
    def _request(recording: Recording, trip: Trip) -> str:
        return f"{trip.asked.method} {plain(page_key(trip.asked.url.partition('?')[0], recording.base))}"

    def told(self, file: str | None = None) -> str:
        """The account for a person."""
        said = self.json(file)
        ways = Counter(one["how"] for one in said["explained"])
        lines = [
            _("{requests} requests in {steps} steps; {dynamic} values change, {explained} are explained").format(
                requests=said["requests"], steps=said["steps"], dynamic=said["dynamic"],
                explained=len(said["explained"]),
            )
        ]  # fmt: skip
        lines += [f"  {how_told(how)}: {count}" for how, count in ways.most_common()]
        if not said["sure"]:
            lines.append(_("From one recording only: record the journey once more, as somebody else, to be sure."))
        if said["unresolved"]:
            lines.append(_("Not explained (each is a secret that the environment must hold until you say what it is):"))
            lines += [
                "  " + _("line {line}: {what}").format(line=one["line"], what=f"{one['request']}, {one['place']}: ")
                + one["reason"]
                for one in said["unresolved"]
            ]  # fmt: skip
        if said["secrets"]:
            lines.append(_("Secrets that the environment must hold: {names}").format(names=in_a_row(said["secrets"])))
        if said["documents"]:
            names = in_a_row(said["documents"])
            lines.append(_("Documents to put beside the journey, which hands them in: {names}").format(names=names))
        if said["elsewhere"]:
            places = in_a_row(f"{origin} ({count})" for origin, count in said["elsewhere"].items())
            lines.append(_("Left out, since others run it: {places}").format(places=places))
        for one in said["only_in_one"]:
            lines.append(_("Only in {file}, left out: {request}").format(file=one["recording"], request=one["request"]))
        lines += [f"{one['what']}: {one['reason']}" for one in said["not_played"]]
        lines += said["remarks"]
        return "\n".join([*lines, *([file] if file else [])])


def documents_of(journey: Journey) -> set[str]:
    """The documents that a journey hands in by its recorded requests."""
    sends = [step for step in journey.every_step() if isinstance(step, Send)]
    return {file for step in sends for sent in step.send for file in sent.files.values()}


def how_told(how: str) -> str:
    """How a value was recognised, in words."""
    return {
        "citizen": _("the citizen's own"),
        "secret": _("secrets"),
        "code": _("one-time codes"),
        "learned": _("learned from an earlier answer"),
        "clock": _("the clock"),
        "made up": _("made up by the page's program"),
        "worked out": _("worked out of others"),
        "kept": _("choices, kept as recorded"),
    }.get(how, how)


def correlate(
    one: Path, other: Path | None = None, *, name: str | None = None, code: tuple[str, str] | None = None
) -> Correlated:
    """The journey that one or two recordings show. Raises WrongInput for files that are none or show none."""
    return correlated(read_recording(one), read_recording(other) if other else None, name=name, code=code)


def correlated(
    one: Recording, other: Recording | None, *, name: str | None = None, code: tuple[str, str] | None = None
) -> Correlated:
    """The same for recordings that have been read."""
    for recording in (one, other):
        if recording is not None and not recording.trips:
            raise WrongInput(
                _("{file} shows no request to the service itself: nothing in it can be played.").format(
                    file=recording.name
                )
            )
    found = explain(one, other)
    if not found.pairs:
        raise WrongInput(
            _("{one} and {other} have no request in common: are they of the same journey?").format(
                one=one.name, other=other.name if other else ""
            )
        )
    text = written_down(found, name, code)
    return Correlated(parse_journey(text, f"{one.name} → YAML"), text, found)
