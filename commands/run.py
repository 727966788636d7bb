"""The command that walks: a journey with a robot, or a site that is heard without one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import (
    BaseUrl,
    Beside,
    BrowserName,
    InBrowser,
    InStudy,
    Json,
    OnDevice,
    OnGrid,
    OverNetwork,
    Pace,
    Player,
    SlowCpu,
    Unmasked,
    Variant,
    WithHar,
    WithReplay,
)
from commands._terminal import one_document, progress, say, seconds_of
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import workspace


def run(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A journey (.yaml), from anywhere.")] = None,
    variant: Variant = None,
    times: Annotated[int, typer.Option(min=1, help="How many sessions.")] = 1,
    player: Annotated[Player, typer.Option(help="Who walks.")] = Player.browser,
    language: Annotated[
        str | None, typer.Option(help="The language of the pages; default: the journey's first.")
    ] = None,
    base_url: BaseUrl = None,
    browser: InBrowser = BrowserName.chromium,
    device: OnDevice = None,
    network: OverNetwork = None,
    cpu: SlowCpu = 1.0,
    grid: OnGrid = None,
    har: WithHar = False,
    replay: WithReplay = False,
    replay_unmasked: Unmasked = False,
    side_by_side: Beside = 1,
    pace: Pace = 0.0,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser while it walks.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Look at each page too: accessibility, Core Web Vitals, its Arabic.")
    ] = False,
    site: Annotated[str | None, typer.Option(metavar="URL", help="Hear any site: with --seat, --for or FILE.")] = None,
    seat: Annotated[
        bool, typer.Option("--seat", help="Open the site for a person until the window is closed.")
    ] = False,
    duration: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Listen so long: 30s, 2m.")] = None,
    study: InStudy = None,
    json: Json = False,
) -> None:
    """Walk a journey with a robot, and measure what it went through. Finished sessions are kept as they finish."""
    import conduct
    from journeys.equipment import equipped

    if file is None:
        if check:
            raise WrongInput(_("--check looks between the steps of a journey: name its FILE."))
        if replay_unmasked:
            raise WrongInput(_("--replay-unmasked is for a journey that a robot walks: use --replay."))
        seconds = None if duration is None else seconds_of(duration)
        with one_document(json) as show, progress(_("Listening")) as watch:
            heard = conduct.heard(site, workspace(), seat, seconds, study, watch, datetime.now(UTC), replay)
            show(heard.json(), heard.told())
        if seat:  # whatever the end was, they are the one to say how it was
            sitting = heard.log.heard()[0]
            asking = _("Ask them how it was: ./lab survey {study} --about {session}")
            say(asking.format(study=sitting.study, session=sitting.session))
        if broken := heard.broken():
            raise Failed("\n".join(broken))
        return
    if seat or duration:
        raise WrongInput(_("--seat and --for are for a site without a journey: leave FILE out."))
    kept = "unmasked" if replay_unmasked else "masked" if replay else ""
    with one_document(json) as show, progress(_("Walking")) as watch:
        walked = conduct.walk(
            file, workspace(), variant=variant, times=times, player=player.value, language=language,
            base_url=base_url or site, headed=headed, study=study, watch=watch, now=datetime.now(UTC), check=check,
            equipment=equipped(browser.value, device, network, cpu, grid, har, kept), beside=side_by_side, pace=pace,
        )  # fmt: skip
        show(walked.json(), walked.told())
    if broken := walked.broken():
        raise Failed("\n".join(broken))
