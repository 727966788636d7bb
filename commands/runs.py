"""The command that lists the load tests of the workspace, and tells one of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


class Sort(StrEnum):
    """What the list is sorted by."""

    when = "when"
    journey = "journey"
    study = "study"
    completion = "completion"
    journeys_per_second = "journeys_per_second"
    journey_p95 = "journey_p95"
    citizens = "citizens"
    verdict = "verdict"


class VerdictName(StrEnum):
    """How a run came out."""

    passed = "passed"
    failed = "failed"
    void = "void"
    not_judged = "not judged"


def runs(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="One run, with its verdict; else the list.")] = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="Only those kept in this study.")] = None,
    journey: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this journey.")] = None,
    verdict: Annotated[VerdictName | None, typer.Option(help="Only those that came out so.")] = None,
    words: Annotated[str, typer.Option(metavar="WORDS", help="Only those in which all these words are found.")] = "",
    sort: Annotated[Sort, typer.Option(help="By what; the most first.")] = Sort.when,
    least_first: Annotated[bool, typer.Option("--least-first", help="The least first.")] = False,
    json: Json = False,
) -> None:
    """List the load tests that were run, or tell one: its result, its verdict, the command that runs it again."""
    from loadtests import history, history_wording, live
    from loadtests.verdicts import verdict_wording

    with one_document(json) as show:
        if run is not None:
            told, design = history.result_of(run, workspace()), history.design_of(run, workspace())
            again = design.command() if design else None
            lines = [f"{name}: {value}" for name, value in _head(told).items()]
            if told["verdict"]:
                lines.append(verdict_wording.told(history_wording.verdict_of(told["verdict"])))
            lines += [again] if again else []
            show({**told, "command": again}, "\n".join(lines))
            return
        found = history.chosen(
            history.heads(workspace()), words=words, study=study, journey=journey,
            verdict=verdict.value if verdict else None, sort=sort.value, last=not least_first,
        )  # fmt: skip
        going = live.under_way(workspace())
        rows = [
            f"{one.run}  {one.when[:16]:<16}  {one.journey:<24} {one.amount():>8}  {_percent(one.completion):>6}"
            f"  {one.journeys_per_second:>8.2f}/s  {one.verdict:<10}  {one.study}"
            for one in found
        ]
        rows = [f"{name}  {_('under way')}" for name in going] + rows
        document = {"runs": [one.json() for one in found], "under_way": going}
        show(document, "\n".join(rows) or _("No load test is kept here. Begin one: ./lab load"))


def _head(told: dict[str, object]) -> dict[str, object]:
    names = ("run", "started", "journey", "variant", "study", "shape", "citizens", "arrivals", "seconds", "journeys",
             "completion", "journeys_per_second", "journey_p95", "ending")  # fmt: skip
    return {name: told[name] for name in names if told.get(name) is not None}


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
