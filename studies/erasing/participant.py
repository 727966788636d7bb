"""Taking one person out of everything that was kept of a study, with a receipt that does not name them.

Log parts are rewritten whole; answers, recorder batches, pictures, replays, findings on pages and whatever was made
from them (reports, what long jobs wrote) go. Copies that left the workspace, evidence packs too, are not reached.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow.compute as pc

from studies import archive
from studies.compaction import OneAtATime
from studies.erasing.beside import beside, files_in, take_away, take_made
from studies.erasing.session import equal, is_one_of
from studies.log import Log
from studies.store import Store, erasure
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import Workspace

ABANDONED: Final = 3600.0  # seconds after which a file that is no part of a log is nobody's any more


@dataclass(frozen=True, slots=True)
class Receipt:
    """That something was erased: how much of what kind, when, and the sum of it, so that a copy can be recognised."""

    receipt: str
    study: str
    at: str
    erased: dict[str, int]
    sha256: str

    def json(self) -> dict[str, Any]:
        """The receipt as it is handed over."""
        return asdict(self)


def erase(study: str, participant: str, store: Store, space: Workspace, now: datetime) -> Receipt:
    """Erase a participant of a study everywhere. Raises WrongInput where there is nobody of that name.

    Killed in between, the same command finishes it: who they are in the store goes last.
    """
    asked = erasure.theirs(store, study, participant)
    sessions = _sessions_of(study, participant, set(asked.about), space)
    if not sessions and not asked.known:
        raise WrongInput(
            _("Nobody in “{study}” goes by the name of that participant. ./lab study show {study} counts them.").format(
                study=study
            )
        )
    names = {*sessions, *asked.sessions}
    whole = hashlib.sha256(asked.digest.encode())
    files = 0
    for path in beside(names, space):
        for one in files_in(path):
            whole.update(one.read_bytes())
            files += 1
        take_away(path)
    made = take_made(study, {*names, *asked.tokens, participant}, space)
    # The log after what bears its sessions' names, the store last: whoever was killed in between can begin again.
    log = _out_of_the_log(study, participant, names, set(asked.about), space, whole, now)
    counts = {**log, "files": files, "made_from_it": made}
    erased = {kind: n for kind, n in counts.items() if n}
    name = secrets.token_hex(6)
    kept: dict[str, Any] = {**erased, "sha256": whole.hexdigest()}
    archive.forget_measured(study, space)
    gone = erasure.erase(store, study, participant, name, kept)
    archive.forget_measured(study, space)  # somebody may have looked just now
    receipt = Receipt(name, study, now.isoformat(), {**erased, **gone}, whole.hexdigest())
    folder = space.root / "receipts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(receipt.json(), ensure_ascii=False, indent=1), encoding="utf-8")
    return receipt


def _sessions_of(study: str, participant: str, about: set[str], space: Workspace) -> set[str]:
    """Sessions of theirs, and those that they were asked about where a participant's browser told them."""
    if study not in archive.studies_in(space):
        return set()
    rows = archive.read(study, space).sessions
    told = pc.and_(is_one_of(rows["session"], about), equal(rows["source"], "participant"))
    return set(rows.filter(pc.or_(equal(rows["participant"], participant), told))["session"].to_pylist())


def _out_of_the_log(
    study: str, participant: str, names: set[str], about: set[str], space: Workspace, whole: Any, now: datetime
) -> dict[str, int]:
    """Rewrite every part that holds any of it; of others' sessions that they were asked about, only answers go."""
    folder = archive.folder_of(study, space)
    counts = {"sentences": 0, "sessions": 0}
    if not folder.is_dir():
        return counts
    with OneAtATime(folder) as turn:
        if not turn.held:
            raise Failed(_("The log of “{study}” is being put in order just now. Try again.").format(study=study))
        for part in archive.parts_in(folder):
            log = archive.read_parts(folder, [part])
            answers = pc.and_(is_one_of(log.sentences["session"], about), equal(log.sentences["verb"], "rates"))
            said = pc.or_(is_one_of(log.sentences["session"], names), answers)
            rows = pc.or_(is_one_of(log.sessions["session"], names), equal(log.sessions["participant"], participant))
            n_said, n_rows = pc.sum(said).as_py() or 0, pc.sum(rows).as_py() or 0
            if not n_said and not n_rows:
                continue
            for table, which in ((log.sentences, said), (log.sessions, rows)):
                whole.update(json.dumps(table.filter(which).to_pylist(), default=str, ensure_ascii=False).encode())
            left = Log(log.sentences.filter(pc.invert(said)), log.sessions.filter(pc.invert(rows)))
            archive.put_in_place(folder, [part], left)
            counts["sentences"] += n_said
            counts["sessions"] += n_rows
        alive = set(archive.parts_in(folder))
        for path in [*folder.glob("*.parquet"), *folder.glob(".*.part")]:
            # What a kill left lying about; what is being written just now belongs to somebody.
            lost = path.name.startswith(".") or path.stem.partition("-")[2] not in alive
            if lost and now.timestamp() - path.stat().st_mtime > ABANDONED:
                path.unlink(missing_ok=True)
    return counts
