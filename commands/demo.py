"""The command that conducts the shipped study from start to report."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from commands._options import FlawsFile, Json
from commands._terminal import one_document, progress, say
from studies.words import _, ngettext
from studies.workspace import workspace


def demo(json: Json = False, flaws: FlawsFile = None) -> None:
    """Conduct the shipped study from start to report, and compare what is measured with what was planted."""
    import conduct

    with one_document(json) as show, progress(_("Conducting the study")) as watch:
        done = conduct.demo(workspace(), flaws, watch, datetime.now(UTC))
        show(done.json(), done.told())
    if wrong := [f for f in done.flaws if not f.agrees]:
        say(ngettext("{n} flaw does not agree:", "{n} flaws do not agree:", len(wrong)).format(n=len(wrong)))
        for flaw in wrong:
            say(f"  {flaw.told()}")
        raise typer.Exit(1)
