"""A study's answers as a table that leaves the lab: one row a participant, and a codebook of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from studies.events import hint
from studies.store import Standing, Store
from studies.troubles import WrongInput
from studies.words import _, in_a_row, languages, say_in
from studies.workspace import Workspace
from surveys.answers import is_joined, taken_visits
from surveys.instruments import Instrument
from surveys.instruments import instrument as instrument_named
from surveys.questionnaire.asked import Text
from surveys.questionnaire.reading import PURPOSES, kept
from surveys.scoring import person_scores

EXPORTERS: Final = Path(__file__).with_name("exporters")

Cell = float | int | str | None


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, what it is, what was asked, and what its numbers mean."""

    name: str
    kind: str  # participant, consent, answer, score, own
    label: str
    asked: Mapping[str, str]  # by language
    values: Mapping[int, str]  # what points of the scale mean, in English
    scale: str = ""
    source: str = ""
    note: str = ""

    def json(self) -> dict[str, Any]:
        """The column as it stands in a codebook."""
        values = {str(point): words for point, words in self.values.items()}
        return {
            "column": self.name, "kind": self.kind, "label": self.label, "asked": dict(self.asked), "scale": self.scale,
            "values": values, "source": self.source, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """A study's answers: the columns, and one row a participant, None where there is no answer."""

    study: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Exporter(Protocol):
    """What every file in `surveys/exporters/` offers."""

    TITLE: str
    SUFFIX: str

    def write(self, answers: Answers, path: Path) -> list[Path]:
        """The answers as a file, with a codebook beside it where it cannot hold one itself; gives what was written."""


@cache
def exporters() -> dict[str, Exporter]:
    """Every format that answers go out in, by name."""
    names = sorted(path.stem for path in EXPORTERS.glob("*.py") if not path.stem.startswith("_"))
    found: dict[str, Exporter] = {name: import_module(f"surveys.exporters.{name}") for name in names}
    return found


def write(store: Store, study: str, form: str, path: Path, space: Workspace | None = None) -> list[Path]:
    """A study's answers written in a format; gives the files. Raises WrongInput naming the formats there are."""
    there = exporters()
    if form not in there:
        raise WrongInput(
            _("Answers do not go out as {form}. Formats: {there}.").format(form=form, there=in_a_row(there))
            + hint(form, list(there))
        )
    return there[form].write(answers_of(store, study, space), path)


def answers_of(store: Store, study: str, space: Workspace | None = None) -> Answers:
    """Who answered what in a study: pseudonyms, answers by their meaning, scores, and own questions as they stand.

    A participant who was invited and said nothing has a row too: whoever reads the table must see how many there were.
    What each agreed to stands in a column a purpose. The visit is named only where the answers may be looked at
    together with it: whoever refused that, or named a visit that is another's, stands here without one.
    """
    everyone = store.everyone(study)
    invited = [one.invitation for one in everyone]
    if not invited:
        raise WrongInput(_("Nobody was invited to {study}: there is nothing to hand out.").format(study=study))
    names = list(dict.fromkeys(name for one in invited for name in one.instruments))
    asked = {name: instrument_named(name, space) for name in names}
    given: dict[str, dict[str, Any]] = {}
    for answer in store.answers(study):
        given.setdefault(answer.token, {})[answer.item] = answer.value
    done = store.sent_off(study)
    known = {item for one in asked.values() for item in one.ids()}
    own = list(dict.fromkeys(item for said in given.values() for item in said if item not in known))
    purposes = _purposes(store, everyone)
    agreed = [_consent_field(*one) for one in purposes.items()]
    fields = [
        *_about_people(),
        *agreed,
        *(field for one in asked.values() for field in _of(one)),
        *map(_own_field, own),
    ]
    taken = taken_visits(store, study, space)
    rows = []
    for standing in everyone:
        one = standing.invitation
        said = given.get(one.token, {})
        session = one.session if is_joined(standing, taken) else None
        row: list[Cell] = [one.participant, one.condition, session, one.language, one.state]
        row += [one.made.isoformat(), int(one.rehearsed)]
        row += [_yes_or_no(standing.consents.get(purpose)) for purpose in purposes]
        for name, instrument in asked.items():
            responses = [said.get(item) for item in instrument.ids()]
            row += [_cell(answer) for answer in responses]
            numbers = [_number(answer) for answer in responses]
            sent = name in one.instruments and (one.token, name) in done
            row += _scores(instrument, numbers if sent else ())  # who never sent it off has no score
        rows.append((*row, *(_cell(said.get(item)) for item in own)))
    return Answers(study, tuple(fields), tuple(rows))


def _about_people() -> list[Field]:
    words = {
        "participant": _("Pseudonym"),
        "condition": _("What they went through, or their group"),
        "session": _("The session that the answers are about, where they may be looked at together with it"),
        "language": _("The language that they answered in"),
        "state": _("open, declined or finished"),
        "made": _("When they were invited (UTC)"),
        "rehearsed": _("1: answers of a robot, not of a person"),
    }
    return [Field(name, "participant", label, {}, {}) for name, label in words.items()]


def _purposes(store: Store, everyone: Sequence[Standing]) -> dict[str, Text]:
    """Every purpose that anybody here was asked to agree to, with its words as they were read."""
    digests = dict.fromkeys(one.invitation.questionnaire for one in everyone if one.invitation.questionnaire)
    asked = [one for digest in digests if (one := kept(store, digest))]
    worded = {one.purpose: one.text for questionnaire in asked for one in questionnaire.purposes}
    named = dict.fromkeys([*worded, *(purpose for one in everyone for purpose in one.consents)])
    return {purpose: worded.get(purpose) or _in_every_language(purpose) for purpose in named}


def _in_every_language(purpose: str) -> Text:
    words = {}
    for language in languages():
        with say_in(language):
            words[language] = _(PURPOSES.get(purpose, purpose))
    return words


def _consent_field(purpose: str, text: Text) -> Field:
    asked = {"en": text} if isinstance(text, str) else text
    label = _("What they agreed to: {purpose}").format(purpose=purpose)
    return Field(f"consent_{purpose}", "consent", label, asked, {1: "agreed", 0: "did not agree"})


def _yes_or_no(agreed: bool | None) -> Cell:
    return None if agreed is None else int(agreed)


def _of(asked: Instrument) -> list[Field]:
    unsure = [f"{one}: {asked.wording[one].note}" for one in asked.wording if not asked.wording[one].validated]
    fields = []
    for item in asked.items:
        scale = asked.scale_of(item.id)
        words = {language: wording.items[item.id] for language, wording in asked.wording.items()}
        values = {} if item.kind == "text" else asked.anchors_of(item.id, "en")
        reach = _("text") if item.kind == "text" else f"{scale.low}..{scale.high}" + _(", reversed") * item.reversed
        fields.append(Field(item.id, "answer", words["en"], words, values, reach, asked.source, " ".join(unsure)))
    reach = f"{asked.scoring.range[0]:g}..{asked.scoring.range[1]:g}"
    for part in person_scores(asked, [None] * len(asked.items)):
        label = f"{asked.measures} ({part})"
        fields.append(
            Field(_score_name(asked, part), "score", label, {}, {}, reach, asked.scoring.source, asked.scoring.says)
        )
    return fields


def _score_name(asked: Instrument, part: str) -> str:
    return f"{asked.instrument}_score" if part == asked.instrument else f"{asked.instrument}_score_{part}"


def _scores(asked: Instrument, responses: Sequence[float | None]) -> list[Cell]:
    return [_cell(score) for score in person_scores(asked, responses).values()]


def _own_field(name: str) -> Field:
    return Field(name, "own", name, {}, {}, "", "", _("an own question, as it was answered"))


def _cell(answer: Any) -> Cell:
    if isinstance(answer, list):
        return "; ".join(map(str, answer))
    if isinstance(answer, float) and answer.is_integer():
        return int(answer)
    return answer if answer is None or isinstance(answer, int | float | str) else str(answer)


def _number(answer: Any) -> int | float | None:
    if isinstance(answer, str):
        return 1 if answer else None
    if not isinstance(answer, int | float):
        return None
    return int(answer) if answer == int(answer) else answer
