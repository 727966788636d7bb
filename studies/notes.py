"""What an observer remarks while somebody uses a service, as sentences of the session that was watched.

`lab notes <tag>` at the moment of the key press. The words that go with a tag, and who pressed, stay in the store.
Where nobody else heard the session, it is one that only the observer heard.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from studies import archive
from studies.compaction import OneAtATime
from studies.events import Sentence, Session
from studies.log import SESSIONS, Log
from studies.store import Store
from studies.store.heard import sitting_of
from studies.store.notes import Note, keep_notes, mark_sealed, notes_of, waiting_notes
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row
from studies.workspace import Workspace

#: the tags that every desk has, and the one key that each is set with
TAGS: Final = {"assist": "a", "confusion": "c", "quote": "q", "error": "e", "note": "n"}
NAMES: Final = {
    "assist": N_("help given"),
    "confusion": N_("confusion"),
    "quote": N_("quote"),
    "error": N_("error"),
    "note": N_("note"),
    "session_begins": N_("session begins"),
    "session_ends": N_("session ends"),
    "task_begins": N_("task begins"),
    "task_ends": N_("task ends"),
}
#: what starts and stops the desk's clocks: kept as notes are, and no remark about the service
CLOCKS: Final = ("session_begins", "session_ends", "task_begins", "task_ends")
QUIET: Final = timedelta(minutes=30)  # after which a session that nobody else told of is one that only the desk heard
BESIDE: Final = timedelta(minutes=5)  # by which a remark may miss the session of its participant that it belongs to


@dataclass(frozen=True, slots=True)
class Watched:
    """A session of the log, as far as a remark needs it."""

    session: str
    case: str
    channel: str
    there: frozenset[tuple[datetime, int, str]]  # remarks that it holds: when, number, tag


def tag_name(tag: str) -> str:
    """A tag in words; a study's own as it is."""
    return _(NAMES[tag]) if tag in NAMES else tag


def note_now(store: Store, note: Note) -> Note:
    """Keep a remark that was not pressed on a desk; it gets a key of its own."""
    if not note.tag.replace("_", "").replace("-", "").isalnum() or len(note.tag) > 60:
        raise WrongInput(
            _("“{tag}” is no tag: letters, digits, - and _. The desk's own are: {own}.").format(
                tag=note.tag, own=in_a_row(TAGS)
            )
        )
    if not note.rater.strip():
        raise WrongInput(_("A remark needs whose it is: --rater NAME."))
    kept = replace(note, key=note.key or secrets.token_hex(12))
    keep_notes(store, [kept])
    return next(one for one in notes_of(store, note.study, note.session) if one.key == kept.key)


def into_the_log(
    store: Store, study: str, space: Workspace, quiet: timedelta = QUIET, session: str | None = None
) -> list[str]:
    """Put remarks into the log: of sessions that are over and there, and of those that nobody told of for so long.

    A `session` that is asked for by name is over. Gives the sessions remarked upon.

    A remark is there once, however often this is done or killed.
    """
    groups: dict[str, list[Note]] = defaultdict(list)
    for note in waiting_notes(store, study):
        if session is None or note.session == session:
            groups[note.session].append(note)
    if not groups:
        return []
    folder = archive.folder_of(study, space)
    folder.mkdir(parents=True, exist_ok=True)
    done = []
    with OneAtATime(folder) as turn:
        if not turn.held:
            return []  # another program is at it; the next round takes them
        for name, notes in groups.items():
            if (where := _seal(store, study, name, notes, space, quiet, session is not None)) is not None:
                done.append(where)
    return done


def _seal(
    store: Store, study: str, name: str, notes: Sequence[Note], space: Workspace, quiet: timedelta, asked_for: bool
) -> str | None:
    long_ago = store.clock() - max(note.at for note in notes) >= quiet
    if not (asked_for or long_ago or any(note.tag == "session_ends" and not note.undone for note in notes)):
        return None  # the moderator is at it still, and may take back what was pressed last
    said = [note for note in notes if not note.undone and note.tag not in CLOCKS]
    there = watched(study, name, notes, space)
    if there is None:
        sitting = sitting_of(store, name)
        under_way = sitting is not None and sitting.newest > sitting.sealed_batch
        if under_way or not long_ago:
            return None
        own = f"{name}-desk"
        log = _only_observed(study, name, notes_of(store, study, name), said)
        if own in {row["session"] for row in _sessions(study, space, own, None)}:
            log = Log(log.sentences, SESSIONS.empty_table())
        there = Watched(own, name, "desk", _marks(study, space, own, name, "desk")[2])
    else:
        row = Session(there.session, said[0].at if said else store.clock())
        told = [_sentence(note, there.session, there.case, there.channel) for note in said]
        log = Log(Log.of(told, [row]).sentences, SESSIONS.empty_table())
    # Whoever was about to do it before may have got as far as the log.
    new = [(row["when"], row["seq"], row["about"]) not in there.there for row in log.sentences.to_pylist()]
    left = log.sentences.filter(pa.array(new, pa.bool_()))
    if len(left):
        archive.seal(Log(left, log.sessions), study, space)
    mark_sealed(store, [note.id for note in notes])
    return there.session if said else None


def _only_observed(study: str, name: str, all_of_it: Sequence[Note], said: Sequence[Note]) -> Log:
    """A session that nobody heard but the observer, who hears nothing but their own remarks."""
    own = f"{name}-desk"
    at = [note.at for note in all_of_it if not note.undone]
    one = all_of_it[-1]
    row = Session(
        own, min(at), max(at), source="observer", study=study, task=one.task, condition=one.condition,
        participant=one.participant, hears=frozenset({"notes"}),
    )  # fmt: skip
    return Log.of([_sentence(note, own, name, "desk") for note in said], [row])


def _sentence(note: Note, session: str, case: str, channel: str) -> Sentence:
    return Sentence(session, note.at, "lab", "notes", note.tag, seq=note.id, case=case, channel=channel)


def watched(study: str, name: str, notes: Sequence[Note], space: Workspace) -> Watched | None:
    """The session of the log that remarks belong to: the one of their name, else their participant's at the time."""
    if study not in archive.studies_in(space):
        return None
    first, last = min(n.at for n in notes), max(n.at for n in notes)
    whose = next((note.participant for note in notes if note.participant), None)
    rows = [
        row for row in _sessions(study, space, name, whose)
        if row["session"] == name or row["session"].startswith(f"{name}~")
        or (whose and row["participant"] == whose and row["source"] != "observer"
            and row["started"] - BESIDE <= first and (row["ended"] is None or last <= row["ended"] + BESIDE))
    ]  # fmt: skip
    if not rows:
        return None
    # The one of that name comes first; of several sittings the last that had begun.
    row = max(rows, key=lambda r: (r["session"].partition("~")[0] == name, r["started"] <= last, r["started"]))
    return Watched(row["session"], *_marks(study, space, row["session"], row["session"], "web"))


def _marks(
    study: str, space: Workspace, session: str, case: str, channel: str
) -> tuple[str, str, frozenset[tuple[datetime, int, str]]]:
    """The case and the channel of a session, and the remarks that it holds already."""
    there = set()
    for sentences, _sessions_file in archive.files_of(study, space):
        mine = pq.read_table(
            sentences, columns=["case", "channel", "verb", "when", "seq", "about"],
            filters=[("session", "=", session)],
        )  # fmt: skip
        for said in mine.to_pylist():
            case, channel = said["case"], said["channel"]
            if said["verb"] == "notes":
                there.add((said["when"], said["seq"], said["about"]))
    return case, channel, frozenset(there)


def _sessions(study: str, space: Workspace, name: str, participant: str | None) -> list[dict[str, Any]]:
    """The rows of sessions that bear this name, or are this participant's."""
    found: list[dict[str, Any]] = []
    for _sentences, sessions in archive.files_of(study, space):
        # As a file, not as a data set: the folder's study= would become a column.
        table = pq.ParquetFile(sessions).read(columns=["session", "started", "ended", "source", "participant"])
        mine = pc.starts_with(table["session"], name)
        if participant is not None:
            mine = pc.or_(mine, pc.fill_null(pc.equal(table["participant"], participant), False))
        found += table.filter(mine).to_pylist()
    return found


def moment_told(at: str | None, study: str, session: str, space: Workspace, now: datetime) -> datetime:
    """When a remark was made: ISO, or `+12.5`, seconds since the session began. Raises WrongInput for neither."""
    if at is None:
        return now
    try:
        if not at.startswith("+"):
            found = datetime.fromisoformat(at)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        seconds = timedelta(seconds=float(at))
    except ValueError:
        raise WrongInput(
            _("--at {at} is no time: write 2026-03-01T08:00:12+00:00, or +12.5 for seconds since it began.").format(
                at=at
            )
        ) from None
    there = _sessions(study, space, session, None) if study in archive.studies_in(space) else []
    row = next((row for row in there if row["session"] == session), None)
    if row is None:
        raise WrongInput(
            _("Session “{session}” is not in the log of “{study}”, so nobody knows when it began. Write an ISO time.")
            .format(session=session, study=study)
        )  # fmt: skip
    began: datetime = row["started"]
    return began + seconds


def just_heard(study: str, participant: str, space: Workspace, since: datetime) -> str | None:
    """The latest session that a participant was heard in, if it ended since then."""
    if study not in archive.studies_in(space):
        return None
    rows = [
        row
        for row in _sessions(study, space, participant, participant)
        if row["participant"] == participant
        and row["source"] != "observer"
        and (row["ended"] or row["started"]) >= since
    ]
    return str(max(rows, key=lambda row: row["started"])["session"]) if rows else None


def studies_waiting(store: Store) -> list[str]:
    """The studies with remarks that are not in the log."""
    return sorted({note.study for note in waiting_notes(store)})


def seal_notes(study: str, space: Workspace, quiet: timedelta = timedelta(minutes=1)) -> list[str]:
    """Put a study's remarks into its log, for who asks for it by hand; gives the sessions remarked upon."""
    store = Store(space.database_url)
    try:
        return into_the_log(store, study, space, quiet)
    finally:
        store.close()
