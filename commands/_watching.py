"""One scheduled look at a study: robots walk it anew, the report is built, what must hold is judged, others are told.

Each look is a study of its own (`demo_watch_20261122T060000`), so that looks can be compared; the oldest are taken out.
"""

from __future__ import annotations

import fcntl
import json
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from analysis import report, thresholds
from analysis.report import made
from analysis.report.satisfaction import asked_of, scale_facts
from analysis.thresholds import Schedule, Verdict
from commands import _webhook
from commands.study._protocol import file_of as study_file
from commands.study._protocol import journey_file, read_whole
from studies import archive
from studies.planning.study import read_study, shipped
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import CHECKOUT, Workspace
from surveys.instruments import Instrument
from surveys.instruments import instrument as instrument_named

Watch = Callable[[str, float], None]
MARK: Final = "_watch_"


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to."""

    study: str
    run: str
    at: datetime
    sessions: int
    verdicts: list[Verdict]
    reports: list[Path]
    told: bool = False

    @property
    def state(self) -> str:
        """`held` when everything held, else `alert`."""
        return "held" if all(v.state == "held" for v in self.verdicts) else "alert"

    def json(self) -> dict[str, Any]:
        """The look as it is exchanged, and as a webhook tells it: no session, no person, no path of this machine."""
        return {
            "event": self.state, "study": self.study, "run": self.run, "at": self.at.isoformat(timespec="seconds"),
            "sessions": self.sessions, "verdicts": [v.json() for v in self.verdicts],
            "reports": [path.name for path in self.reports],
        }  # fmt: skip

    def words(self) -> str:
        """The same for a person: what did not hold first."""
        order = ("alert", "unknown", "held")
        names = {"alert": _("ALERT"), "unknown": _("NOT MEASURABLE"), "held": _("held")}
        lines = [f"{names[v.state]}: {v.says}" for v in sorted(self.verdicts, key=lambda v: order.index(v.state))]
        return "\n".join([*lines, *(str(path) for path in self.reports)])


def file_of(name: str) -> Path:
    """The schedule of that name: a file, the one beside a study.yaml, or one that came with the lab."""
    path = Path(name)
    if path.is_dir():
        path = path / "watch.yaml"
    if not path.is_file() and name in shipped():
        path = shipped()[name].with_name("watch.yaml")
    if not path.is_file():
        there = ", ".join(s for s, file in shipped().items() if file.with_name("watch.yaml").is_file())
        text = _(
            "There is no schedule {name}. Name a file with study and hold, or one that came with the lab: {there}."
        )
        raise WrongInput(text.format(name=name, there=there))
    return path


def look(schedule: Schedule, space: Workspace, now: datetime, watch: Watch, to: _Hook | None) -> Looked:
    """Walk, report, judge and tell. Raises Failed when the lab failed, after that was told as well."""
    _named(schedule, space)  # before anybody walks for nothing
    file = None if schedule.walk == "nobody" else study_file(schedule.study, space)
    name = read_study(file).study if file else schedule.study
    schedule = schedule.model_copy(update={"study": name})  # a path would tell of this machine
    with _alone(name, space):
        try:
            run = _walked(schedule, file, space, now, watch) if file else name
            seen = _judged(schedule, run, space, now)
        except Failed:
            if to:
                to.tell({"event": "failed", "study": schedule.study, "at": now.isoformat(timespec="seconds")})
            raise
        _remember(schedule, seen, space)
        _tidy(schedule, space)
        if to and (seen.state != "held" or schedule.tell == "always"):
            to.tell(seen.json())
            seen = replace(seen, told=True)
    return seen


@dataclass(frozen=True, slots=True)
class _Hook:
    """Whom to tell."""

    url: str
    secret: str | None

    def tell(self, event: dict[str, Any]) -> None:
        """Tell them."""
        _webhook.post(self.url, event, self.secret, time.time(), time.sleep)


def hook(url: str | None, secret: str | None) -> _Hook | None:
    """Whom to tell, if anybody."""
    return _Hook(url, secret) if url else None


def _walked(schedule: Schedule, file: Path, space: Workspace, now: datetime, watch: Watch) -> str:
    """Every task under every condition, walked by robots into a study of its own; its name."""
    import conduct
    from journeys.practice import serve

    study, journeys = read_whole(file, space)
    run = f"{study.study}{MARK}{now:%Y%m%dT%H%M%S}"
    trips = [(task, condition) for task in study.tasks for condition in study.conditions]
    at_home = any(serve.is_practice(one.base_url or "") for one in journeys.values())

    def part(nth: int) -> Watch:
        return lambda what, share: watch(what, (nth + share) / len(trips))

    with _agency(at_home) as base:
        for nth, (task, condition) in enumerate(trips):
            mine = base if serve.is_practice(journeys[task].base_url or "") else None
            conduct.walk(
                journey_file(task, file.parent), space, variant=condition, times=study.times, player=schedule.walk,
                language=None, base_url=mine, headed=False, study=run, watch=part(nth), now=now,
            )  # fmt: skip
    titles = {one.journey: one.title for one in journeys.values()}
    report.keep(run, space, title=study.title, question=study.question or "", journeys=titles)
    return run


@contextmanager
def _agency(wanted: bool) -> Iterator[str | None]:
    from journeys.practice import serve

    if not wanted:
        yield None
        return
    with serve.running() as base:
        yield base


def _judged(schedule: Schedule, run: str, space: Workspace, now: datetime) -> Looked:
    found = made.material(run, space, now)
    whole = report.told(found)
    surveys: dict[str | None, thresholds.Survey] = {None: found.survey}
    for name, asked in _named(schedule, space).items():
        unanswered = {"instrument": name, "scale": scale_facts(asked)}
        surveys[name] = asked_of(run, space, name) or unanswered
    verdicts = thresholds.judged(schedule, whole.rows, surveys, _before(schedule, space))
    reports = []
    if form := schedule.report:
        from journeys.players.browser_print import printed

        for tongue in form.lang:
            wanted = made.Wanted(form.format, tongue, form.audience, form.digits, form.dates)
            path = space.reports / wanted.name(run)
            made.save(made.make(found, wanted, printed), path)
            reports.append(path)
    return Looked(schedule.study, run, now, len(found.log.sessions), verdicts, reports)


def _named(schedule: Schedule, space: Workspace) -> dict[str, Instrument]:
    """The instruments that a schedule names. Raises WrongInput for one that is not there."""
    names = dict.fromkeys(one.instrument for one in schedule.hold if one.instrument)
    return {name: instrument_named(name, space) for name in names}


# --- from one time to the next ----------------------------------------------------------------------------------------


def _memory(study: str, space: Workspace) -> Path:
    return space.runs / f"watch-{study}.json"


def _before(schedule: Schedule, space: Workspace) -> dict[str, float]:
    """What each figure came to when everything held last."""
    try:
        found: dict[str, float] = json.loads(_memory(schedule.study, space).read_text(encoding="utf-8"))["held"]
        return found
    except (OSError, ValueError, KeyError):
        return {}


def _remember(schedule: Schedule, seen: Looked, space: Workspace) -> None:
    if seen.state != "held":
        return
    held = {
        thresholds.key(v.threshold, v.who, v.instrument): v.one.value for v in seen.verdicts if v.one.value is not None
    }
    text = json.dumps({"run": seen.run, "at": seen.at.isoformat(), "held": held}, ensure_ascii=False, indent=1)
    made.save(text.encode(), _memory(schedule.study, space))


def _tidy(schedule: Schedule, space: Workspace) -> None:
    """Take out the oldest looks; their reports stay."""
    runs = sorted(name for name in archive.studies_in(space) if name.startswith(f"{schedule.study}{MARK}"))
    for old in runs[: -schedule.keep]:
        archive.forget(old, space)


@contextmanager
def _alone(study: str, space: Workspace) -> Iterator[None]:
    """One look at a study at a time: a clock that strikes twice does not walk it twice at once."""
    with (space.runs / f"watch-{study}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongInput(
                _("“{study}” is being looked at already. Wait for it, or stop it.").format(study=study)
            ) from None
        yield


# --- for the machine's own clock --------------------------------------------------------------------------------------


def crontab(times: str, file: Path, space: Workspace) -> str:
    """The line that has cron look by itself. Raises WrongInput when the times are not five fields."""
    if len(times.split()) != 5:
        text = _("--cron “{times}”: five fields are wanted, minute hour day month weekday, such as “0 6 * * 1”.")
        raise WrongInput(text.format(times=times))
    log = space.root / "watch.log"
    line = (
        f"cd {shlex.quote(str(CHECKOUT))} && KHUTWA_WORKSPACE={shlex.quote(str(space.root))} "
        f"./lab watch {shlex.quote(str(file.resolve()))} --json >> {shlex.quote(str(log))} 2>&1"
    )
    return f"{times} {line.replace('%', chr(92) + '%')}"


def systemd(when: str, study: str, file: Path, space: Workspace) -> str:
    """A service and a timer for systemd, as two files in one text."""
    return f"""# khutwa-watch.service
[Unit]
Description=Khutwa looks at {study}
[Service]
Type=oneshot
WorkingDirectory={CHECKOUT}
Environment="KHUTWA_WORKSPACE={space.root}"
# the secret of the webhook, readable by this service only: KHUTWA_WEBHOOK_SECRET=…
EnvironmentFile=-/etc/khutwa/watch.env
ExecStart={CHECKOUT}/lab watch "{file.resolve()}" --json

# khutwa-watch.timer
[Unit]
Description=When Khutwa looks at {study}
[Timer]
OnCalendar={when}
Persistent=true
[Install]
WantedBy=timers.target"""
