"""The command that sends many citizens through a journey at once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from commands._options import BaseUrl, InStudy, Json, Variant
from commands._terminal import one_document, progress, say, seconds_of
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import workspace

#: How many arrive a second where nobody says.
ARRIVALS = "5/s"


class Client(StrEnum):
    """What speaks HTTP for the load citizens."""

    lean = "lean"
    geventhttpclient = "geventhttpclient"
    locust = "locust"


def load(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE…", help="A journey (.yaml), or several with weights: a.yaml:3 b.yaml."),
    ] = None,
    arrivals: Annotated[
        str | None,
        typer.Option(metavar="RATE", help=f"Open: so many arrive (20/s, 300/min), default {ARRIVALS}."),
    ] = None,
    citizens: Annotated[
        int | None, typer.Option(min=1, help="Closed: so many at once, each begins anew when through.")
    ] = None,
    shape: Annotated[
        str, typer.Option(help="constant, ramp, steps, spike, soak, deadline_day, recorded …")
    ] = "constant",
    day: Annotated[
        str | None, typer.Option(metavar="FILE|STUDY", help="The day of --shape recorded: CSV, Parquet or a study.")
    ] = None,
    capacity: Annotated[
        bool, typer.Option("--capacity", help="Step up, and say how many citizens an hour are served; see --levels.")
    ] = False,
    chart: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the capacity (SVG).")] = None,
    levels: Annotated[
        str | None, typer.Option(metavar="N,N,…", help="The levels of --shape steps: 1,2,4,8,16,32 citizens.")
    ] = None,
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="For how long: 20s, 2m.")] = "20s",
    think: Annotated[
        str | None,
        typer.Option(metavar="HOW", help="Before each step: 2s, or people (as the study's did, else log-normal)."),
    ] = None,
    cap: Annotated[int, typer.Option(min=1, help="Open: so many at once at most; others are turned away.")] = 1000,
    gates: Annotated[Path | None, typer.Option(metavar="FILE", help="What the service must hold to (YAML).")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the verdict as JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the verdict for a pull request.")] = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="A real browser walks beside the load, to hear silence.")
    ] = False,
    probe_every: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="How often it sets out; 0: without pause.")
    ] = 8.0,
    client: Annotated[Client | None, typer.Option(help="What speaks HTTP.")] = None,
    web_ui: Annotated[
        int, typer.Option("--web-ui", metavar="PORT", min=0, max=65535, help="Show Locust's own page, here only.")
    ] = 0,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, max=1000, help="So many processes make the load together.")
    ] = 0,
    master: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The workers are elsewhere and come here: --worker.")
    ] = None,
    worker: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Lend this machine to the load that is led there.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draw arrivals, times and people as in an earlier run.")] = 0,
    variant: Variant = None,
    base_url: BaseUrl = None,
    study: InStudy = None,
    json: Json = False,
) -> None:
    """Send many citizens through a journey. Exit 0: passed, 3: gates failed, 4: void (the run says nothing), 2: wrong.

    Only services on this machine may be loaded, and those that agreed to it (./lab permission).
    """
    from analysis.charts.capacity import picture
    from analysis.report import keep
    from loadtests.arrivals import rate_of
    from loadtests.capacities.capacity import LEVELS
    from loadtests.capacities.capacity_wording import told as told_capacity
    from loadtests.design import levels_of
    from loadtests.mix import portion_of
    from loadtests.telling import told
    from loadtests.verdicts import judging
    from loadtests.verdicts.verdict_wording import told as told_verdict

    if worker is not None:
        from loadtests.machines.working import work

        work(worker)
        return
    if not files:
        raise WrongInput(_("Which journey? Name its file: ./lab load renew.yaml"))
    if master is not None and not workers:
        raise WrongInput(_("--master {place}: how many workers come there? Say --workers N.").format(place=master))
    if arrivals is not None and citizens is not None:
        raise WrongInput(_("--arrivals or --citizens: a load is open or closed, it cannot be both."))
    heights = levels_of(levels) or (LEVELS if capacity else ())
    if heights and arrivals is None and citizens is None:
        citizens = round(max(heights))
    rate = 0.0 if citizens is not None else rate_of(arrivals or ARRIVALS)
    with one_document(json) as show, progress(_("Loading")) as watch:
        tried = _tried(
            [portion_of(file) for file in files], gates,
            arrivals=rate, citizens=citizens or 0, cap=cap, day=day, levels=heights,
            shape="steps" if heights and shape == "constant" else shape, seconds=seconds_of(duration),
            think=0.0 if think in (None, "people") else seconds_of(think or ""), people=think == "people",
            probe=probe_every if probe else None, client=client.value if client else "", web_ui=web_ui, seed=seed,
            workers=workers, master=master or "",
            variant=variant, base_url=base_url, study=study, watch=watch,
        )  # fmt: skip
        keep(tried.result.study, workspace(), load=tried.json())
        if junit is not None:
            junit.write_bytes(judging.as_junit(tried))
        if markdown is not None:
            markdown.write_text(judging.as_markdown(tried), encoding="utf-8")
        if chart is not None and tried.result.capacity:
            chart.write_text(picture(tried.result.capacity), encoding="utf-8")
        bears = [told_capacity(tried.result.capacity)] if tried.result.capacity else []
        show(tried.json(), "\n\n".join([told(tried.result), *bears, told_verdict(tried.verdict)]))
    if tried.result.trouble:
        say(tried.result.trouble)
    raise typer.Exit(tried.verdict.exit_code)


def _tried(parts: list[Any], gates: Path | None, *, variant: str | None, base_url: str | None, **asked: Any) -> Any:
    """The load, run until its verdict stands; its service opened where it is the practice agency, and closed."""
    import conduct
    from journeys.reading import read_journey
    from loadtests.verdicts import judging

    held = judging.gates_in(gates, parts)
    first = read_journey(parts[0].journey)
    variant = variant or next(iter(first.variants), None)
    with conduct.standing(first, variant, base_url) as base:

        def run() -> Any:
            return conduct.loaded(
                parts[0].journey,
                workspace(),
                variant=variant,
                base_url=base,
                mix=parts,
                opened=base != base_url,
                **asked,
            )

        return judging.tried(run, held, judging.asked_of(parts, variant, asked), workspace(), gates)
