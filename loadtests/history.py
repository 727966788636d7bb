"""The load tests that were run in a workspace: what each was asked, what it did, and how it was judged.

A run's folder holds `asked.json` (what would do the same again), `load.json` (the result), `evidence.json` (what it is
compared by), `verdict.json`, and `head.json`: the line of it that the list shows, so that a long history is read fast.
Runs from before these files were kept are listed from their result alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from loadtests.design import Design
from loadtests.design import kept as design_kept
from loadtests.live import folder_of, written_whole
from loadtests.result import LoadResult
from loadtests.titled import AND, journeys_name, journeys_of
from loadtests.verdicts.evidence import Evidence, Times
from loadtests.verdicts.verdict import Verdict
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

ASKED: Final = "asked.json"
RESULT: Final = "load.json"
EVIDENCE: Final = "evidence.json"
VERDICT: Final = "verdict.json"
HEAD: Final = "head.json"
#: Of more different lengths than this, three digits are kept: wrong by half a percent at most.
LENGTHS: Final = 20_000
NOT_JUDGED: Final = "not judged"

SORTS: Final = ("when", "journey", "study", "completion", "journeys_per_second", "journey_p95", "citizens", "verdict")


@dataclass(frozen=True, slots=True)
class Head:
    """One run as a line of the history; `verdict` is passed, failed, void, or that nobody demanded anything."""

    run: str
    when: str
    journey: str
    variant: str | None
    study: str
    shape: str
    mode: str
    citizens: int
    arrivals: float | None
    seconds: float
    journeys: int
    completion: float | None
    journeys_per_second: float
    journey_p95: float | None
    ending: str
    base_url: str
    verdict: str = NOT_JUDGED
    probe: bool = False
    citizens_per_hour: float | None = None

    def amount(self) -> str:
        """How many came, as it is asked: `20/s`, or `20`."""
        return f"{self.arrivals:g}/s" if self.arrivals else str(self.citizens)

    def moment(self) -> datetime | None:
        """When it began."""
        try:
            return datetime.fromisoformat(self.when)
        except ValueError:
            return None

    def json(self) -> dict[str, Any]:
        """It as JSON."""
        return asdict(self)


# --- written down -----------------------------------------------------------------------------------------------------


def ask(folder: Path, design: Design, opened: bool) -> None:
    """Keep what a run was asked. The address of a service that was opened for it alone is none to go to again."""
    told = {name: getattr(design, name) for name in Design.__slots__ if name not in ("parts", "gates")}
    told["parts"] = [[str(one.journey), one.weight] for one in design.parts]
    told["base_url"] = None if opened else design.base_url
    with suppress(OSError):
        written_whole(folder / ASKED, told)


def keep(folder: Path, result: LoadResult) -> None:
    """Keep what a run did. The log has what it rests on, so a disk that is full loses a convenience."""
    told = result.json()
    with suppress(OSError):
        (folder / RESULT).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        if result.evidence:
            written_whole(folder / EVIDENCE, _short(result.evidence).json())
        written_whole(folder / HEAD, _head(folder.name, told, None).json())


def judge(runs: Sequence[str], verdict: Verdict, gates: Path | None, space: Workspace) -> None:
    """Keep what was said of a load with each of its runs: it rests on all of them."""
    told = {**verdict.json(), "unheard": verdict.unheard, "of": list(runs), "gates_file": str(gates) if gates else None}
    for run in runs:
        folder = folder_of(run, space)
        with suppress(OSError, orjson.JSONDecodeError, KeyError):
            written_whole(folder / VERDICT, told)
            head = _head(run, orjson.loads((folder / RESULT).read_bytes()), told)
            written_whole(folder / HEAD, head.json())


# --- read -------------------------------------------------------------------------------------------------------------


def heads(space: Workspace) -> list[Head]:
    """Every run that is over, the latest first. A folder that cannot be read hides no other."""
    found = []
    for result in (space.root / "runs").glob(f"load-*/{RESULT}"):
        head = result.with_name(HEAD)
        with suppress(OSError, orjson.JSONDecodeError, KeyError, TypeError):
            known = head if head.exists() else result
            found.append(_read_head(known, known.stat().st_mtime_ns))
    return sorted(found, key=lambda one: (one.when, one.run), reverse=True)


@lru_cache(maxsize=20_000)
def _read_head(path: Path, _written: int) -> Head:
    told = orjson.loads(path.read_bytes())
    if path.name == HEAD:
        return Head(**told)
    return replace(_head(path.parent.name, told, None))


def chosen(
    runs: Iterable[Head],
    *,
    words: str = "",
    study: str | None = None,
    journey: str | None = None,
    verdict: str | None = None,
    sort: str = "when",
    last: bool = True,
) -> list[Head]:
    """Those runs in which all words are found, of a study, a journey, with a verdict; sorted, the most first.

    `last` False: the least first. What a run does not have stands at the end either way. Raises WrongInput.
    """
    if sort not in SORTS:
        raise WrongInput(_("Runs are sorted by: {known}. Not by {sort}.").format(known=in_a_row(SORTS), sort=sort))
    wanted = words.lower().split()
    found = [
        one
        for one in runs
        if (study in (None, one.study)) and (journey in (None, one.journey)) and (verdict in (None, one.verdict))
        and all(word in _text(one) for word in wanted)
    ]  # fmt: skip
    there = [one for one in found if getattr(one, sort) is not None]
    ordered = sorted(there, key=lambda one: (getattr(one, sort), one.when), reverse=last)
    return ordered + [one for one in found if getattr(one, sort) is None]


def result_of(run: str, space: Workspace) -> dict[str, Any]:
    """The result of a run, as JSON, with its verdict where there is one. Raises WrongInput where it is not there."""
    folder = folder_of(run, space)
    try:
        told: dict[str, Any] = orjson.loads((folder / RESULT).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise gone(run) from None
    return {**told, "run": run, "verdict": verdict_of(run, space)}


def gone(run: str) -> WrongInput:
    """What is said of a run that is not there."""
    message = _("There is no run “{run}” any more: it was deleted, or the name is wrong. See: ./lab runs")
    return WrongInput(message.format(run=run))


def verdict_of(run: str, space: Workspace) -> dict[str, Any] | None:
    """What was said of a run; None where nothing was demanded."""
    try:
        told: dict[str, Any] = orjson.loads((folder_of(run, space) / VERDICT).read_bytes())
        return told
    except (OSError, orjson.JSONDecodeError):
        return None


def evidence_of(run: str, space: Workspace) -> Evidence | None:
    """What a run is compared by; None of one from before that was kept."""
    try:
        return Evidence.of(orjson.loads((folder_of(run, space) / EVIDENCE).read_bytes()))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


def design_of(run: str, space: Workspace) -> Design | None:
    """What a run was asked; None of one from before that was kept."""
    try:
        asked = orjson.loads((folder_of(run, space) / ASKED).read_bytes())
        verdict = verdict_of(run, space) or {}
        return design_kept(asked, verdict.get("gates_file"))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


# --- the parts --------------------------------------------------------------------------------------------------------


def _head(run: str, told: Mapping[str, Any], verdict: Mapping[str, Any] | None) -> Head:
    capacity = told.get("capacity") or {}
    demanded = verdict and (verdict["gates"] or verdict["state"] != "passed")
    return Head(
        run=run,
        when=told.get("started") or _moment_in(run),
        journey=AND.join(journeys_of(told)),
        variant=told.get("variant"),
        study=told["study"],
        shape=told["shape"],
        mode=told.get("mode", "closed"),
        citizens=told["citizens"],
        arrivals=told.get("arrivals"),
        seconds=told["seconds"],
        journeys=told["journeys"],
        completion=told.get("completion"),
        journeys_per_second=told["journeys_per_second"],
        journey_p95=told.get("journey_p95"),
        ending=told["ending"],
        base_url=told["base_url"],
        verdict=str(verdict["state"]) if verdict and demanded else NOT_JUDGED,
        probe=bool(told.get("probe")),
        citizens_per_hour=(capacity.get("citizens_per_hour") or {}).get("value"),
    )


def _moment_in(run: str) -> str:
    try:
        return datetime.strptime(run.split("-")[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).isoformat()
    except (IndexError, ValueError):
        return ""


def _text(one: Head) -> str:
    said = (
        one.run,
        one.journey,
        journeys_name(one.journey),
        one.variant,
        one.study,
        one.shape,
        one.verdict,
        one.base_url,
        one.ending,
    )
    return " ".join(str(word) for word in said if word).lower()


def _short(evidence: Evidence) -> Evidence:
    """The same, with lengths to three digits where there are very many different ones."""
    waits = {step: _rounded(times) for step, times in evidence.waits.items()}
    return replace(evidence, journey=_rounded(evidence.journey), waits=waits)


def _rounded(times: Times) -> Times:
    if len(times.seconds) <= LENGTHS:
        return times
    often: dict[float, int] = {}
    for seconds, count in zip(times.seconds, times.counts, strict=True):
        near = float(f"{seconds:.3g}")
        often[near] = often.get(near, 0) + count
    return Times.counted(often)
