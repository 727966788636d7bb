"""What a moderator has before them: the protocol, whose turn it is, what was remarked, by the lab's clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies import archive
from studies.notes import QUIET, TAGS, just_heard, tag_name
from studies.planning.assignment import Turn, pseudonym, schedule
from studies.planning.freezing import frozen
from studies.planning.study import Study, read_study, shipped
from studies.store import Store
from studies.store.assignments import BEGUN, assignments_of
from studies.store.counts import latest_people
from studies.store.heard import unsealed_of
from studies.store.notes import Note, keep_notes, notes_of
from studies.troubles import Trouble, WrongInput
from studies.words import _, pick
from studies.workspace import Workspace

_KEY: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_TAG: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_PEOPLE: Final = pa.array(["participant", "observer", "call", "chat"])
MOST_WORDS: Final = 5000
#: so many participants are offered to choose from
AT_HAND: Final = 200
#: milliseconds: 2000 to 2100
SINCE, TO = 946_684_800_000.0, 4_102_444_800_000.0


@dataclass(frozen=True, slots=True)
class Sat:
    """Who sits before the moderator: the participant, the task, and the session that remarks belong to."""

    session: str
    participant: str
    task: str | None = None
    condition: str | None = None


def studies_to_moderate(store: Store, space: Workspace) -> list[str]:
    """Every study that somebody could take part in: with a protocol, with answers or with sessions."""
    return sorted({*shipped(), *store.studies(), *archive.studies_in(space)})


def protocol_of(study: str, space: Workspace) -> Study | None:
    """The protocol of a study: as it was frozen, else as it came with the lab; None where it has none."""
    try:
        if (kept := frozen(study, space)) is not None:
            return Study.model_validate(dict(kept.protocol))
        path = shipped().get(study)
        return read_study(Path(path)) if path else None
    except Trouble:
        return None


def participants_of(study: str, protocol: Study | None, store: Store, space: Workspace) -> list[str]:
    """The people to choose from, by pseudonym, each once: those planned, and who was invited or heard last.

    A robot in somebody's place is called otherwise and sits at no desk.
    Whoever is not among them is written by hand: nobody looks for one in a list of a hundred thousand.
    """
    planned = schedule(protocol) if protocol and protocol.participants else []
    found = dict.fromkeys(pseudonym(study, turn.language, turn.number) for turn in planned)
    found |= dict.fromkeys(latest_people(store, study, AT_HAND))
    parts = archive.files_of(study, space) if study in archive.studies_in(space) else []
    return list(found | dict.fromkeys(_heard_last(tuple(str(rows) for _said, rows in parts))))


@lru_cache(maxsize=16)
def _heard_last(files: tuple[str, ...]) -> tuple[str, ...]:
    """The people whose sessions began last; sealed parts never change."""
    rows: list[tuple[Any, str]] = []
    for file in files:
        told = pq.ParquetFile(file).read(columns=["participant", "source", "started"])
        people = pc.and_(pc.fill_null(pc.is_in(told["source"], _PEOPLE), False), pc.is_valid(told["participant"]))
        last = told.filter(people).sort_by([("started", "descending")]).slice(0, AT_HAND)
        rows += zip(last["started"].to_pylist(), last["participant"].to_pylist(), strict=True)
    return tuple(dict.fromkeys(who for _began, who in sorted(rows, reverse=True)[:AT_HAND]))


def turns_of(protocol: Study | None, participant: str) -> list[Turn]:
    """What a person meets, in their order; nothing where the protocol has no place for them."""
    turns = schedule(protocol) if protocol else []
    return [one for one in turns if protocol and pseudonym(protocol.study, one.language, one.number) == participant]


def sat(
    study: str, participant: str, task: str | None, condition: str | None, protocol: Study | None, store: Store,
    space: Workspace,
) -> Sat:  # fmt: skip
    """The session that remarks on a participant belong to: the one that is running, else the one planned, else a new.

    Where another of theirs turns out to have been heard at the time, they are put into that one.
    """
    begun = [one for one in assignments_of(store, study) if one.participant == participant and one.state == BEGUN]
    if begun:
        return Sat(begun[-1].session, participant, task, condition)
    for turn in turns_of(protocol, participant):
        if turn.task == task and turn.condition == (condition or turn.condition):
            return Sat(turn.of_person, participant, task, turn.condition)
    if (running := unsealed_of(store, study, participant)) is not None:
        return Sat(running, participant, task, condition)
    if (latest := just_heard(study, participant, space, store.clock() - QUIET)) is not None:
        return Sat(latest, participant, task, condition)
    asked = [one for one in store.invitations_of(study, participant) if one.session]
    if asked:
        return Sat(str(asked[-1].session), participant, task, condition)
    parts = [study, participant, task, condition]
    name = "-".join(part for part in parts if part and not (part == study and participant.startswith(f"{study}-")))
    return Sat(re.sub(r"[^A-Za-z0-9._:-]+", "-", name)[:90], participant, task, condition)


def consented(store: Store, study: str, participant: str) -> bool | None:
    """Whether a participant agreed to take part; None where they have not said, or were not asked here."""
    tokens = [one.token for one in store.invitations_of(study, participant)]
    said = [standing.agreed for standing in store.standings(tokens).values()] if tokens else []
    return next((one for one in said if one is not None), None)


def keys_of(protocol: Study | None) -> list[dict[str, str]]:
    """The tags of a desk with their keys and words: every desk's, then the study's own."""
    own = protocol.moderator.tags if protocol and protocol.moderator else []
    told = [{"tag": tag, "key": key, "says": tag_name(tag)} for tag, key in TAGS.items()]
    return told + [{"tag": one.tag, "key": one.key, "says": pick(one.says)} for one in own]


def pressed(told: Any) -> list[Note]:
    """What a desk sends, checked: presses with the lab's time. What is no press is left out."""
    found = []
    for one in told if isinstance(told, list) else []:
        if (note := _press(one)) is not None:
            found.append(note)
    return found


def _press(one: Any) -> Note | None:
    if not isinstance(one, Mapping):
        return None
    must = [str(one.get(name) or "").strip() for name in ("key", "study", "session", "rater", "tag")]
    more = [one.get(name) or None for name in ("participant", "task", "condition", "text")]
    at, version = one.get("at"), one.get("version")
    if not all(0 < len(word) <= 200 for word in must) or not _KEY.fullmatch(must[0]) or not _TAG.fullmatch(must[4]):
        return None
    if any(word is not None and not isinstance(word, str) for word in more):
        return None
    if isinstance(at, bool) or not isinstance(at, int | float) or not SINCE < at < TO:
        return None
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version < 100_000:
        return None
    key, study, session, rater, tag = must
    participant, task, condition, text = more
    return Note(
        key, study, session, rater, tag, datetime.fromtimestamp(at / 1000, UTC), version, participant, task, condition,
        (text or "")[:MOST_WORDS] or None, one.get("undone") is True,
    )  # fmt: skip


def shown(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Remarks as the desk shows them."""
    return [
        {
            "key": note.key, "version": note.version, "tag": note.tag, "says": tag_name(note.tag),
            "at": note.at.timestamp() * 1000, "text": note.text or "", "undone": note.undone, "rater": note.rater,
            "sealed": note.sealed is not None, "session": note.session,
        }
        for note in notes
    ]  # fmt: skip


def on_the_desk(store: Store, study: str, where: Sat) -> list[Note]:
    """What was remarked in a session, by whomever."""
    return notes_of(store, study, where.session)


def said_of_consent(agreed: bool | None) -> str:
    """Whether a participant agreed, in words."""
    if agreed is None:
        return _("No consent is on record here. Read the script, ask, and go on only if they agree.")
    return _("They agreed to take part.") if agreed else _("They did not agree: do not begin.")


def words_of() -> dict[str, str]:
    """The words that the desk shows, in the language in force."""
    return {
        "session": _("Session"), "task": _("Task"), "start": _("Start"), "stop": _("Stop"), "undo": _("Undo the last"),
        "text": _("Words to the last tag"), "hint": _("Enter keeps the words; the keys work again after that."),
        "keeping": _("not kept yet: {n}"), "kept": _("Everything is kept."), "none": _("Nothing was tagged yet."),
        "when": _("When"), "tag": _("Tag"), "who": _("Who"), "words": _("Words"), "undone": _("taken back"),
        "press": _("Press a key, or the button."), "keys": _("Keys"), "list": _("What was tagged"),
    }  # fmt: skip


def seat_of(study: str, where: Sat, rater: str) -> dict[str, str | None]:
    """What stands with every press: whose session, and who pressed."""
    return {
        "study": study, "session": where.session, "participant": where.participant, "task": where.task,
        "condition": where.condition, "rater": rater.strip(),
    }  # fmt: skip


def now_ms(store: Store) -> float:
    """The lab's clock, in milliseconds."""
    return store.clock().timestamp() * 1000


def usual_script() -> str:
    """What is read out where a protocol has no words of its own."""
    return _(
        "Thank you for coming. We are looking at a public service, not at you: nothing that you do here is wrong. "
        "I will read you a task. Please do it as you would at home, and say aloud what you think and look for. "
        "I may not always answer, since you would be alone at home. You can stop at any time. May we begin?"
    )


def listed(notes: Iterable[Note]) -> str:
    """Remarks for a person, a line each."""
    lines = [
        f"{note.at:%Y-%m-%d %H:%M:%S}  {note.session}  {note.rater}  {note.tag}"
        + (f"  “{note.text}”" if note.text else "")
        + (f"  ({_('taken back')})" if note.undone else "")
        for note in notes
    ]
    return "\n".join(lines) or _("Nothing was tagged yet.")


def taken_back(store: Store, study: str, key: str) -> None:
    """Take one remark back. Raises WrongInput where there is none of that key, or it is in the log already."""
    note = next((one for one in notes_of(store, study) if one.key == key), None)
    if note is None:
        raise WrongInput(
            _("There is no remark {key} in “{study}”. ./lab note {study} lists them.").format(key=key, study=study)
        )
    if note.sealed is not None:
        raise WrongInput(_("The remark {key} is in the log already, and stays there.").format(key=key))
    keep_notes(store, [replace(note, version=note.version + 1, undone=True)])
