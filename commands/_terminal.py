"""What the commands say at the terminal: one document on stdout, progress and words for people on stderr."""

from __future__ import annotations

import json as documents
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studies.troubles import WrongInput
from studies.words import _


def say(words: str) -> None:
    """One line for the person at the terminal; stdout is not touched."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def handed(made: str | bytes, out: Path | None) -> None:
    """What was made, into a file whose name is told, or to stdout; a picture only into a file."""
    if out is not None:
        out.write_bytes(made.encode() if isinstance(made, str) else made)
    sys.stdout.write(f"{out}\n" if out is not None or isinstance(made, bytes) else made)
    sys.stdout.flush()


@contextmanager
def one_document(json: bool) -> Iterator[Callable[[Any, str], None]]:
    """Show a result: as JSON or as told to a person. Whatever else writes to stdout meanwhile ends up on stderr."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)

    def show(document: Any, told: str) -> None:
        text = documents.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) if json else told
        with os.fdopen(os.dup(stdout), "w", encoding="utf-8") as out:
            out.write(text + "\n")

    try:
        yield show
    finally:
        sys.stdout.flush()
        os.dup2(stdout, 1)
        os.close(stdout)


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """What is under way, how far it is and how long it will still take: a bar on a terminal, lines elsewhere."""
    if not sys.stderr.isatty():
        last = -10.0

        def line(what: str, share: float) -> None:
            nonlocal last
            if time.monotonic() - last > 5.0:  # a log file wants to know, not to be filled
                last = time.monotonic()
                say(f"{share:4.0%}  {what}")

        yield line
        return

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def seconds_of(text: str) -> float:
    """A duration as people write it: 20s, 2m, 1.5h, or seconds alone."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("s", "m", "h") else (text, "s")
    try:
        seconds = float(number) * {"s": 1, "m": 60, "h": 3600}[unit]
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise WrongInput(_("--for {text}: write a time such as 20s or 2m.").format(text=text))
    return seconds
