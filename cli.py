"""The command line: whatever a page of the workbench can do, a command can do.

With --json, stdout holds one document and nothing else. Exit code 0: done; 2: what was given is wrong; 1: it failed.
What a command needs is imported inside it, so that the small ones start at once.
"""

from __future__ import annotations

import json as documents
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from studies.troubles import Failed, Trouble, WrongInput
from studies.words import _, languages, ngettext, speak
from studies.workspace import CHECKOUT, workspace

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Khutwa finds where a public service makes people wait in silence, repeat themselves or give up.",
)

STOPPED = 130  # what Typer, as every shell, makes of Ctrl-C

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, progress on stderr.")]
JourneyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A journey (.yaml), from anywhere.")]
Variant = Annotated[str | None, typer.Option(help="Which variant of the journey; default: its first.")]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="Another host than the journey's own.")]
InStudy = Annotated[str | None, typer.Option(metavar="NAME", help="The study that the sessions are kept in.")]
FlawsFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Other flaws for the practice agency (YAML).")]


class Player(StrEnum):
    """Who walks: a real browser, HTTP alone, or nobody (in memory)."""

    browser = "browser"
    wire = "wire"
    rehearsal = "rehearsal"


# --- the commands -----------------------------------------------------------------------------------------------------


@app.callback(invoke_without_command=True)
def _lab(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        workbench()


@app.command()
def workbench(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Open the workbench. What ./lab alone does."""
    from studies.workbench import open_workbench

    open_workbench(port, browser, say)


@app.command()
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


@app.command()
def run(
    file: JourneyFile,
    variant: Variant = None,
    times: Annotated[int, typer.Option(min=1, help="How many sessions, one after another.")] = 1,
    player: Annotated[Player, typer.Option(help="Who walks.")] = Player.browser,
    language: Annotated[
        str | None, typer.Option(help="The language of the pages; default: the journey's first.")
    ] = None,
    base_url: BaseUrl = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser while it walks.")] = False,
    study: InStudy = None,
    json: Json = False,
) -> None:
    """Walk a journey with a robot, and measure what it went through. Finished sessions are kept as they finish."""
    import conduct

    with one_document(json) as show, progress(_("Walking")) as watch:
        walked = conduct.walk(
            file, workspace(), variant=variant, times=times, player=player.value, language=language,
            base_url=base_url, headed=headed, study=study, watch=watch, now=datetime.now(UTC),
        )  # fmt: skip
        show(walked.json(), walked.told())
    if broken := walked.broken():
        raise Failed("\n".join(broken))


@app.command()
def load(
    file: JourneyFile,
    citizens: Annotated[int, typer.Option(min=1, help="How many citizens at once.")] = 20,
    duration: Annotated[str, typer.Option("--for", metavar="TIME", help="For how long: 20s, 2m.")] = "20s",
    variant: Variant = None,
    base_url: BaseUrl = None,
    study: InStudy = None,
    json: Json = False,
) -> None:
    """Send many citizens through a journey at once. Only services on this machine may be loaded."""
    import conduct
    from loadtests.telling import told

    with one_document(json) as show, progress(_("Loading")) as watch:
        loaded = conduct.loaded(
            file, workspace(), variant=variant, citizens=citizens, seconds=seconds_of(duration),
            base_url=base_url, study=study, watch=watch,
        )  # fmt: skip
        show(loaded.json(), told(loaded))
    if loaded.trouble:
        raise Failed(loaded.trouble)


@app.command()
def measure(
    log: Annotated[str, typer.Argument(metavar="PATH_OR_STUDY", help="A play script (.txt), Parquet, or a study.")],
    json: Json = False,
) -> None:
    """Measure any log."""
    from analysis.measure import measure as measured
    from analysis.telling import told
    from studies.reading import log_named

    with one_document(json) as show:
        found = measured(log_named(log, workspace()))
        show(found.json(), told(found))


@app.command()
def survey(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the answers belong to.")],
    instrument: Annotated[str, typer.Option(help="What is asked.")] = "sus",
    port: Annotated[int, typer.Option(help="Where the pages are served, on this machine only.")] = 8700,
) -> None:
    """Serve the participants' pages and print the link to hand out."""
    import intake
    from studies.store import Store
    from surveys.invitations import invite, link

    space = workspace()
    store = Store(space.database_url)
    token = invite(store, study, instrument, space=space)
    store.close()
    typer.echo(link(f"http://127.0.0.1:{port}", token))
    say(_("Whoever opens this link takes part in {study}. Ctrl-C closes the pages.").format(study=study))
    intake.serve(space, port)


@app.command()
def practice(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only.")] = 8600,
    flaws: FlawsFile = None,
) -> None:
    """Open the practice agency, to try things out on."""
    from journeys.practice.serve import serve

    say(_("The practice agency is open at http://127.0.0.1:{port}. Ctrl-C closes it.").format(port=port))
    serve(port=port, flaws=flaws)


@app.command()
def report(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study to report on.")],
    lang: Annotated[str, typer.Option(help="The language of the report.")] = "en",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Write a study's report, one HTML file that holds everything."""
    from analysis.report import write

    if lang not in languages():
        raise WrongInput(
            _("There is no language {lang}. There are: {there}.").format(lang=lang, there=", ".join(languages()))
        )
    made = write(study, workspace(), lang)
    if out is not None:
        out.write_bytes(made.read_bytes())
    typer.echo(out or made)


@app.command()
def topic(
    label: Annotated[str, typer.Argument(help="A label, a field's name or a question, in any language.")],
) -> None:
    """Say which datum a label asks for."""
    from studies.topics import datum_of

    typer.echo(datum_of(label=label))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out browsers, load and what is slow.")] = False,
) -> None:
    """Check everything that must hold: style, types, tests. Further words go to pytest."""
    words = ["--quick"] * quick + context.args
    raise typer.Exit(subprocess.run([sys.executable, CHECKOUT / "tests" / "everything.py", *words]).returncode)


@app.command()
def bench(
    sessions: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many sessions to measure.")] = 20_000,
    json: Json = False,
) -> None:
    """Say how fast this machine measures a log."""
    from analysis.pace import pace

    with one_document(json) as show:
        found = pace(sessions)
        slowest = sorted(found["parts"].items(), key=lambda part: -part[1])
        lines = [
            f"{found['sentences']:,} sentences in {found['seconds']} s: {found['sentences_per_second']:,} a second"
        ]
        show(found, "\n".join([*lines, *(f"  {name:<20} {seconds:>8.4f} s" for name, seconds in slowest)]))


# --- what the commands share ------------------------------------------------------------------------------------------


def say(words: str) -> None:
    """One line for the person at the terminal; stdout is not touched."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


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


def main() -> int:
    """Run one command and say how it ended, as an exit code."""
    speak(os.environ.get("KHUTWA_LANGUAGE", "en"))
    try:
        code = app(prog_name="./lab", standalone_mode=False) or 0
        if code == STOPPED:
            raise KeyboardInterrupt
        return code
    except typer.TyperException as wrong:
        say(_("{why} See ./lab --help.").format(why=wrong.format_message()))
        return wrong.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say(_("Stopped. What was finished is kept."))
        return STOPPED
    except Trouble as trouble:
        say(str(trouble))
        return trouble.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read the output has gone; nothing is wrong
        return 0
    except OSError as cause:
        say(_("This could not be read or written: {cause}. Is there room, and may you?").format(cause=cause))
        return 1
    except Exception as mistake:  # noqa: BLE001 the last door: a mistake of the lab's own, kept for whoever mends it
        kept = workspace().runs / f"mistake-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
        kept.write_text(traceback.format_exc(), encoding="utf-8")
        why = f"{type(mistake).__name__}: {mistake}"
        say(_("The lab itself made a mistake: {why}. The details are in {path}").format(why=why, path=kept))
        return 1


if __name__ == "__main__":
    sys.exit(main())
