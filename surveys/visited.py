"""A field visit as a session of the log: every tap a sentence at its moment, by the lab's clock.

What was written stays in the store. Two visitors of one visit are two sessions, so that one's answers are not taken
for the other's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies import archive
from studies.compaction import OneAtATime
from studies.events import Sentence, Session
from studies.log import Log
from studies.store import Store
from studies.store.doors import questionnaire_kept
from studies.store.visits import Visit, visit_sealed, visits_of
from studies.topic_of import topic_of
from studies.topics import slug
from studies.workspace import Workspace
from surveys.checklists import WITH_DOCUMENTS, Checklist, Item, datum_of_document, sentence_of

Tap = Mapping[str, Any]
OTHER: Final = "other_document"


@dataclass(frozen=True, slots=True)
class Told:
    """One visit in order: its checklist, what counts of its taps (what was taken back does not), and what is missing.

    `values` is what a rater found by item: seconds between moments, ratings, yes or no, options, times counted.
    """

    visit: Visit
    asked: Checklist
    taps: tuple[Tap, ...]
    done: bool
    gaps: tuple[tuple[int, int], ...]
    values: Mapping[str, float | str]

    @property
    def session(self) -> str:
        """The name of the visit's session in the log."""
        return f"visit-{self.visit.visit[:16]}"

    def json(self) -> dict[str, Any]:
        """The visit as it is listed."""
        at = [moment(self.visit, tap) for tap in self.taps]
        return {
            "visit": self.visit.name, "rater": self.visit.rater, "kind": self.visit.door.kind,
            "service": self.visit.door.service, "condition": self.visit.door.condition,
            "language": self.visit.language, "session": self.session if self.visit.sealed else None,
            "started": at[0].isoformat() if at else None, "ended": at[-1].isoformat() if at else None,
            "finished": self.done, "taps": len(self.taps), "missing": sum(b - a - 1 for a, b in self.gaps),
            "found": dict(self.values),
        }  # fmt: skip


def moment(visit: Visit, tap: Tap) -> datetime:
    """When a tap was made, by the lab's clock."""
    return datetime.fromtimestamp((tap["t"] - visit.ahead) / 1000, UTC)


def told(store: Store, visit: Visit) -> Told | None:
    """A visit as it was tapped; None where its checklist is not to be had."""
    body = questionnaire_kept(store, visit.checklist)
    if body is None:
        return None
    asked = Checklist.model_validate(body)
    taken_back = {tap["undo"] for tap in visit.taps if "undo" in tap}
    counts = tuple(tap for tap in visit.taps if tap["n"] not in taken_back and "undo" not in tap)
    numbers = [-1, *sorted(tap["n"] for tap in visit.taps)]
    gaps = tuple((a, b) for a, b in pairwise(numbers) if b > a + 1)
    done = any(tap["item"] == "done" for tap in counts) and not gaps
    taps = tuple(tap for tap in counts if tap["item"] != "done")
    return Told(visit, asked, taps, done, gaps, _values(asked, taps))


def told_of(store: Store, study: str) -> list[Told]:
    """Every visit of a study, in the order they arrived."""
    return [one for visit in visits_of(store, study) if (one := told(store, visit)) is not None]


def log_of(one: Told) -> Log:
    """The visit as one session at a desk: each tap the sentence that its item declares, at the moment of the tap."""
    visit, named = one.visit, {item.item: item for item in one.asked.items}
    place = slug(visit.door.service) or "service"
    like = Sentence(one.session, datetime.now(UTC), "citizen", "acts", channel="desk", agency=place)
    at = [moment(visit, tap) for tap in visit.taps]
    began, ended = min(at), max(at)
    said: list[Sentence] = []
    rated: dict[str, Sentence] = {}
    for tap in sorted(one.taps, key=lambda tap: (tap["t"], tap["n"])):
        item = named.get(tap["item"])
        if item is None:
            continue
        sentence = _sentence(item, tap, place, like, one.asked.kind)
        if sentence is None:
            continue
        if item.ask in ("rating", "yes_no"):  # judged when all is over; the last word counts
            rated[item.item] = _at(sentence, ended, tap["n"])
        else:
            said.append(_at(sentence, moment(visit, tap), tap["n"]))
    said += rated.values()
    for before, after in one.gaps:
        edge = [moment(visit, tap) for tap in visit.taps if tap["n"] in (before, after)]
        gap = _at(_like(like, "lab", "breaks", "gap", value=float(after - before - 1)), min(edge), after)
        said.append(gap)
    row = Session(
        one.session, began, ended, source="observer", study=visit.door.study, task=place,
        condition=visit.door.condition, language=visit.language, hears=one.asked.hears,
    )  # fmt: skip
    return Log.of(said, [row])


def into_the_log(store: Store, study: str | None, space: Workspace, unfinished: bool = False) -> list[str]:
    """Seal every visit that is whole (`unfinished`: the others as they stand too); the sessions sealed.

    A visit is in the log once, however often this is done or killed. Where another program holds the log, the next
    round takes them.
    """
    by_study: dict[str, list[Told]] = defaultdict(list)
    for visit in visits_of(store, study, unsealed=True):
        one = told(store, visit)
        if one is not None and visit.taps and (one.done or unfinished):
            by_study[visit.door.study].append(one)
    sealed = []
    for name, those in by_study.items():
        folder = archive.folder_of(name, space)
        folder.mkdir(parents=True, exist_ok=True)
        with OneAtATime(folder) as turn:
            if not turn.held:
                continue
            there = _sessions(name, space)
            for one in those:
                if one.session not in there:
                    archive.seal(log_of(one), name, space)
                visit_sealed(store, one.visit.visit)
                sealed.append(one.session)
    return sealed


def seal_visits(study: str, space: Workspace, unfinished: bool = False) -> list[str]:
    """Seal a study's visits that are whole (`unfinished`: the others as they stand too), for who asks by hand."""
    store = Store(space.database_url)
    try:
        return into_the_log(store, study, space, unfinished)
    finally:
        store.close()


def _sessions(study: str, space: Workspace) -> set[str]:
    found: set[str] = set()
    for _sentences, sessions in archive.files_of(study, space):
        names = pq.ParquetFile(sessions).read(columns=["session"])["session"]
        found |= set(names.filter(pc.starts_with(names, "visit-")).to_pylist())
    return found


def _sentence(item: Item, tap: Tap, place: str, like: Sentence, kind: str) -> Sentence | None:
    match item.ask:
        case "moment" | "choice":
            option = next((one for one in item.options if one.option == tap.get("what")), None)
            says = item.says or (option.says if option else None)
            if says is None:
                return None
            one = sentence_of(says, place)
            return _like(like, one.actor, one.verb, one.about, cause=one.cause, step=item.item)
        case "documents":
            actor, verb = WITH_DOCUMENTS[tap["what"]]
            return _like(like, actor, verb, document_of(tap), step=item.item)
        case "rating":
            return _like(like, "citizen", "rates", f"{kind}.{item.item}", value=float(tap["value"]))
        case "yes_no":
            return _like(like, "lab", "notes", item.item, value=float(tap["value"]))
        case _:
            return None  # words are the visitor's own


def document_of(tap: Tap) -> str:
    """Which datum a tap about a document is about; words are looked up in the dictionary, and go no further."""
    if tap.get("datum"):
        return str(tap["datum"])
    return topic_of(str(tap.get("words") or "")).datum or OTHER


def _like(
    like: Sentence, actor: str, verb: str, about: str | None, *, cause: str | None = None, step: str | None = None,
    value: float | None = None,
) -> Sentence:  # fmt: skip
    return Sentence(
        like.session, like.when, actor, verb, about, channel=like.channel, agency=like.agency, cause=cause, step=step,
        value=value,
    )  # fmt: skip


def _at(sentence: Sentence, when: datetime, number: int) -> Sentence:
    told = {name: getattr(sentence, name) for name in Sentence.__dataclass_fields__}
    return Sentence(**{**told, "when": when, "seq": number})


def _values(asked: Checklist, taps: Sequence[Tap]) -> dict[str, float | str]:
    """What the rater found, item by item, as it is compared with another's."""
    found: dict[str, float | str] = {}
    by_item: dict[str, list[Tap]] = defaultdict(list)
    for tap in sorted(taps, key=lambda tap: (tap["t"], tap["n"])):
        by_item[tap["item"]].append(tap)
    moments = [item for item in asked.items if item.ask == "moment"]
    begun = min((tap["t"] for tap in taps), default=0.0)
    for item in asked.items:
        mine = by_item.get(item.item, [])
        match item.ask:
            case "moment" if item.again:
                found[item.item] = float(len(mine))
            case "rating" | "yes_no" if mine:
                found[item.item] = float(mine[-1]["value"])
            case "choice":
                found[item.item] = str(mine[-1]["what"]) if mine else ""
            case "documents":
                for document in item.data:
                    datum = datum_of_document(document)
                    for what in WITH_DOCUMENTS:
                        times = sum(t["what"] == what and document_of(t) == datum for t in mine)
                        found[f"{datum}.{what}"] = float(times)
    for item in moments:  # when each first happened, from the first tap on
        if mine := by_item.get(item.item, []):
            found[f"{item.item}.seconds"] = round((mine[0]["t"] - begun) / 1000, 3)
    return found
