"""A study walked by robots from its protocol to its report; stopped at any moment, it goes on where it was.

Every session has its name before it is walked (participant, task, condition). What is sealed under its name is done; a
session that a kill cut off left nothing in the log, and is walked again from its beginning.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.measure import measure
from analysis.planned import analysed, scores_of, told
from commands.study._protocol import materials_of, read_whole
from journeys.personas import personas_for
from journeys.practice import serve
from journeys.practice.fitting import fit
from journeys.practice.reading import read_flaws
from journeys.sealing import sealed
from journeys.steps import steps_of
from journeys.walk import Walk, walk_of
from studies import archive
from studies.planning import running as progress
from studies.planning.assignment import Turn, schedule
from studies.planning.freezing import Frozen, folder_of, freeze
from studies.planning.study import Study
from studies.troubles import WrongInput
from studies.words import _, languages
from studies.workspace import Workspace

Watch = Callable[[str, float], None]
#: the share of a study's time that is left when the walks are over: questionnaires, reports
AFTERWARDS = 0.05


@dataclass(frozen=True, slots=True)
class Ran:
    """What a study came to: its sessions, what was planned to be analysed, and where the reports are."""

    study: str
    protocol: Frozen
    planned: int
    before: int
    walked: int
    outcomes: dict[str, int]
    analysis: list[dict[str, Any]]
    reports: dict[str, Path]
    seconds: float

    def json(self) -> dict[str, Any]:
        """As it is exchanged."""
        return {
            "study": self.study,
            "protocol": self.protocol.hash,
            "amendments": len(self.protocol.changes),
            "sessions": {"planned": self.planned, "before": self.before, "walked": self.walked},
            "outcomes": self.outcomes,
            "analysis": self.analysis,
            "reports": {language: str(path) for language, path in self.reports.items()},
            "seconds": round(self.seconds, 1),
        }

    def told(self) -> str:
        """As a person reads it."""
        lines = [
            _("{study}: {planned} sessions, {before} were there before, {walked} were walked now.").format(
                study=self.study, planned=self.planned, before=self.before, walked=self.walked
            ),
            _("Protocol {hash}, amended {n} times.").format(hash=self.protocol.hash[:12], n=len(self.protocol.changes)),
            *told(self.analysis),
            *(_("Report ({language}): {path}").format(language=lang, path=path) for lang, path in self.reports.items()),
        ]
        return "\n".join(lines)


def run(
    file: Path, space: Workspace, player: str, beside: int, watch: Watch, now: datetime, participant: str | None = None
) -> Ran:
    """Freeze the protocol, walk whatever was not walked yet, ask, analyse what was planned, and report.

    `participant`: only what the protocol assigns to this one, in their order.
    """
    began = time.monotonic()
    study, journeys = read_whole(file, space)
    whole = schedule(study)
    turns = [turn for turn in whole if participant in (None, turn.participant)]
    if not turns:
        raise WrongInput(
            _("“{study}” has no participant {name}. It has {first} to {last}.").format(
                study=study.study, name=participant, first=whole[0].participant, last=whole[-1].participant
            )
        )
    protocol = freeze(study, materials_of(study, file, space), file, space, now)
    with _alone(study, space), _telling(study, space, watch) as watch:
        there = _sealed(study, space)
        missing = [turn for turn in turns if turn.session not in there]
        before, walked = len(turns) - len(missing), 0
        with ExitStack() as stack:
            flaws = read_flaws(None)
            at_home = {task for task, journey in journeys.items() if serve.is_practice(journey.base_url or "")}
            base = stack.enter_context(serve.running(flaws)) if missing and at_home else None
            fitted = {task: fit(j, flaws) if task in at_home else j for task, j in journeys.items()}
            people = max(study.languages.values())
            personas = {task: personas_for(journey, people) for task, journey in fitted.items()}
            walks = []
            for turn in missing:
                _clear(turn.session, space)
                where = base if turn.task in at_home else None
                walks.append(_walk(study, turn, fitted[turn.task], personas[turn.task][turn.number - 1], where, space))
            tell = _with_time_left(watch, before, len(turns), began)
            for _log in sealed(walks, player, study.study, space, tell, beside) if walks else ():
                walked += 1
        if participant is None:  # questionnaires are rehearsed once, for everybody
            _ask(study, turns, space, watch)
        log = archive.read(study.study, space)
        measured = measure(log)
        mine = {turn.session for turn in turns}
        outcomes: dict[str, int] = {}
        for session, row in measured.sessions.items():
            if session in mine:
                ended = str(row["outcome"].value)
                outcomes[ended] = outcomes.get(ended, 0) + 1
        found = analysed(study, log, measured, scores_of(study, space))
        reports = _report(study, journeys, space, watch)
    watch(_("Done"), 1.0)
    return Ran(study.study, protocol, len(turns), before, walked, outcomes, found, reports, time.monotonic() - began)


def _walk(study: Study, turn: Turn, journey: Any, persona: Any, base: str | None, space: Workspace) -> Walk:
    # The journeys of the library are right: what cannot be found is a finding about the service.
    proven = frozenset(step for step, _step in steps_of(journey, turn.condition)) if base else frozenset()
    return walk_of(
        journey, persona, session=turn.session, language=turn.language, variant=turn.condition, base_url=base,
        study=study.study, pictures=space.pictures / turn.session, proven=proven, participant=turn.participant,
        condition=turn.condition,
    )  # fmt: skip


def _sealed(study: Study, space: Workspace) -> set[str]:
    if study.study not in archive.studies_in(space):
        return set()
    return set(archive.read(study.study, space).sessions["session"].to_pylist())


def _clear(session: str, space: Workspace) -> None:
    """What a walk that was cut off left beside the log."""
    shutil.rmtree(space.pictures / session, ignore_errors=True)
    (space.pictures / f"{session}.har").unlink(missing_ok=True)
    (space.checks / f"{session}.json").unlink(missing_ok=True)


@contextmanager
def _alone(study: Study, space: Workspace) -> Iterator[None]:
    """One run of a study at a time; the lock ends with its process, however that ends."""
    folder = folder_of(study.study, space)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".running").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongInput(
                _("“{study}” is being run already. Wait for it, or stop it.").format(study=study.study)
            ) from None
        yield


@contextmanager
def _telling(study: Study, space: Workspace, watch: Watch) -> Iterator[Watch]:
    """A watch that tells whoever looks on besides (the live board), about once a second; and what went wrong, last."""
    doing, so_far, said = "", 0.0, -1.0

    def tell(what: str, share: float) -> None:
        nonlocal doing, so_far, said
        watch(what, share)
        doing, so_far = what, share
        if time.monotonic() - said >= 1.0:
            progress.tell(study.study, space, what, share, datetime.now(UTC))
            said = time.monotonic()

    progress.tell(study.study, space, _("Running the study"), 0.0, datetime.now(UTC))
    try:
        yield tell
    except BaseException as wrong:
        trouble = str(wrong) or type(wrong).__name__
        progress.tell(study.study, space, doing, so_far, datetime.now(UTC), trouble)
        raise
    progress.tell(study.study, space, _("Done"), 1.0, datetime.now(UTC))


def _with_time_left(watch: Watch, before: int, of: int, began: float) -> Watch:
    """How far the whole study is, and how long it will still take at the pace so far."""

    def tell(what: str, share: float) -> None:
        todo = of - before
        whole = (before + share * todo) / of * (1 - AFTERWARDS)
        line = _("{done} of {of} sessions · {what}").format(done=before + int(share * todo), of=of, what=what)
        if share > 0:
            seconds = (time.monotonic() - began) / share * (1 - share)
            minutes, rest = divmod(round(seconds), 60)
            line += " · " + _("{minutes}:{seconds} left").format(minutes=minutes, seconds=f"{rest:02d}")
        watch(line, whole)

    return tell


def _ask(study: Study, turns: list[Turn], space: Workspace, watch: Watch) -> None:
    """The questionnaires, rehearsed on the real pages: once for the sessions that there are."""
    after, end = study.asked_after_task, list(study.questionnaires.at_end)
    done = folder_of(study.study, space) / "asked.json"
    key = hashlib.sha256(json.dumps([after, end, *(turn.session for turn in turns)]).encode()).hexdigest()
    if (not after and not end) or (done.exists() and json.loads(done.read_text()) == key):
        return
    import intake
    from studies.store import Store
    from surveys.answers import write_to_log
    from surveys.rehearsed import About, rehearse

    said, drawn = _("Answering the survey"), study.survey
    last = {turn.participant: turn for turn in turns}
    visits = [
        About(name, turn.session, turn.condition, turn.language, turn.participant) for turn in turns for name in after
    ]
    visits += [About(name, None, t.condition, t.language, t.participant) for t in last.values() for name in end]
    store = Store(space.database_url)
    try:
        store.forget_rehearsed(study.study)
        with intake.serving(space, a_second=0) as pages:
            rehearse(
                store, pages, study.study, visits, drawn.seed if drawn else 0, drawn.attitudes if drawn else {}, space,
                lambda share: watch(said, 1 - AFTERWARDS + AFTERWARDS / 2 * share),
            )  # fmt: skip
        write_to_log(store, study.study, space)
    finally:
        store.close()
    done.write_text(json.dumps(key))


def _report(study: Study, journeys: dict[str, Any], space: Workspace, watch: Watch) -> dict[str, Path]:
    from analysis.report import keep, write

    titles = {one.journey: one.title for one in journeys.values()}
    keep(study.study, space, title=study.title, question=study.question or "", journeys=titles)
    reports = {}
    for nth, tongue in enumerate(languages()):
        watch(_("Writing the reports"), 1 - AFTERWARDS / 2 + AFTERWARDS / 2 * nth / len(languages()))
        reports[tongue] = write(study.study, space, tongue)
    return reports
