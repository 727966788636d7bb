"""The command that measures how fast the workbench's pages are painted on a nation's store."""

from __future__ import annotations

import json as documents
import os
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from commands._options import Json
from commands._terminal import one_document, progress
from studies.troubles import Failed
from studies.words import _
from studies.workspace import Workspace


def pages(
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions the store holds.")] = 100_000,
    answers: Annotated[int, typer.Option(min=10, help="How many survey answers it holds.")] = 1_000_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often each page is opened.")] = 20,
    only: Annotated[str | None, typer.Option(metavar="PAGE", help="One page, by its address: metrics.")] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep the store there, and use it when it is there.")
    ] = None,
    json: Json = False,
) -> None:
    """Say how long each page of the workbench takes from the press to the painted page. Exit 1 when p95 is over 1 s."""
    with (
        one_document(json) as show,
        progress(_("Opening pages")) as watch,
        nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory() as folder,
    ):
        found = _measured(Path(folder), sessions, answers, rounds, only, watch)
        show(found, told(found))
    if not found["required"]["met"]:
        raise Failed(_("Some pages are not painted within a second: see the table."))


def _measured(folder: Path, sessions: int, answers: int, rounds: int, only: str | None, watch: Any) -> dict[str, Any]:
    from commands.bench._pages.big_store import make
    from commands.bench._pages.page_server import EMPTY
    from commands.bench._pages.pressing import REQUIRED, opened, pressed, summed, workbench
    from journeys.players.browser_start import started

    root, wanted = folder / f"{sessions}-{answers}", {"sessions": sessions, "answers": answers}
    ready = root / "made.json"
    if not ready.exists():
        root.mkdir(parents=True, exist_ok=True)
        make(Workspace(root), sessions, answers, lambda what, share: watch(what, share / 2))
        ready.write_text(documents.dumps(wanted), encoding="utf-8")
    took: dict[str, list[float | None]] = {}
    with workbench(Workspace(root)) as url, started("en", headless=True, patience=60) as browser:
        browser.driver.set_window_size(1400, 1000)
        paths = opened(browser.driver, url)
        if only is not None:
            paths = [path for path in paths if path.strip("/") in (only, EMPTY)]
        for number in range(rounds):
            for path in paths:
                watch(path, 0.5 + 0.5 * number / rounds)
                took.setdefault(path, []).append(pressed(browser.driver, path))
        device = browser.device
    found = summed(took)
    met = all(page["met"] for page in found.values())
    load = [round(one, 1) for one in os.getloadavg()]
    return {"store": wanted, "browser": device, "cores": os.cpu_count(), "load_average": load, "pages": found,
            "required": {"p95_ms": REQUIRED * 1000, "met": met}}  # fmt: skip


def told(found: dict[str, Any]) -> str:
    """The table for a person."""
    lines = [f"{'':<16}{'p50 ms':>8}{'p95 ms':>8}{'first':>8}{'× empty':>9}"]
    for path, page in sorted(found["pages"].items()):
        if "p95_ms" in page:
            p50, p95, first = page["p50_ms"], page["p95_ms"], page["first_ms"]
            lines.append(f"{path:<16}{p50:>8}{p95:>8}{first:>8}{page['over_empty']:>9}{'' if page['met'] else '  !'}")
        else:
            lines.append(f"{path:<16}" + _("painted {painted} of {of} times").format(**page) + "  !")
    lines.append(_("{n} cores, load average {load}").format(n=found["cores"], load=found["load_average"][0]))
    return "\n".join(lines)
