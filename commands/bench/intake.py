"""The command that measures the participants' pages: nothing lost when killed, and how many a second."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from commands._options import Json
from commands._terminal import one_document, progress, say, seconds_of
from studies.troubles import Failed
from studies.words import _


def intake(
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="How long each server is killed.")] = "60s",
    only: Annotated[str | None, typer.Option(metavar="PART", help="durability or throughput.")] = None,
    json: Json = False,
) -> None:
    """Kill the survey server again and again while citizens answer, and measure how many pages a second it takes."""
    from commands.bench._killed import durability
    from commands.bench._pages_a_second import throughput
    from studies.store import postgresql

    seconds = seconds_of(duration)
    found: dict[str, Any] = {}
    with (
        one_document(json) as show,
        progress(_("Measuring the participants' pages")) as watch,
        tempfile.TemporaryDirectory() as folder,
    ):
        root = Path(folder)
        if only in (None, "throughput"):
            watch(_("Pages a second"), 0.0)
            found |= throughput(root / "pages")
        if only in (None, "durability"):
            (root / "sqlite").mkdir()
            url = f"sqlite:///{root / 'sqlite' / 'store.sqlite'}"
            kinds: dict[str, Any] = {
                "sqlite": durability(root / "sqlite", url, seconds, watch=lambda w, s: watch(f"SQLite {w}", s / 2))
            }
            kinds["postgresql"] = None
            if reason := postgresql.why_not():
                say(reason)
            else:
                with postgresql.postgresql() as address:
                    kinds["postgresql"] = durability(
                        root / "postgresql", address, seconds,
                        watch=lambda w, s: watch(f"PostgreSQL {w}", 0.5 + s / 2),
                    )  # fmt: skip
            found["durability"] = kinds
        show(found, told(found))
    for name, one in found.get("durability", {}).items():
        if one and (one["lost"] or one["doubled"]):
            raise Failed(_("On {name}, {lost} acknowledged answers are lost and {doubled} are there twice.").format(
                name=name, lost=one["lost"], doubled=one["doubled"]
            ))  # fmt: skip


def told(found: dict[str, Any]) -> str:
    """The figures for a person."""
    lines = [
        _("{name}: {kills} kills, {acknowledged} pages acknowledged, {lost} lost, {doubled} there twice.").format(
            name=name, **one
        )
        for name, one in found.get("durability", {}).items()
        if one
    ]
    if "ratios" in found:
        lines.append(
            _(
                "A second: {pages} pages, {commits} commits, {empty_posts} empty forms; {ratio} of the lower limit."
            ).format(ratio=found["ratios"]["pages_over_limit"], **found["a_second"])
        )
        lines.append(
            _("At 200 citizens 95 % of the pages take {ms} ms or less; 1,000 open surveys take {kb} kB.").format(
                ms=found["p95_ms_at_200"], kb=found["memory_per_1000_open_kb"]
            )
        )
    return "\n".join(lines)
