"""The command line: whatever a page of the workbench can do, a command can do.

With --json, stdout holds one document and nothing else. Exit code 0: done; 2: what was given is wrong; 1: it failed.
What a command needs is imported inside it, so that the small ones start at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from going import run
from options import BaseUrl, FlawsFile, InStudy, JourneyFile, Json, OutFile, Variant
from studies.troubles import Failed, Trouble, WrongInput
from studies.words import _, languages, ngettext, speak
from studies.workspace import CHECKOUT, workspace
from terminal import handed, one_document, progress, say, seconds_of

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Khutwa finds where a public service makes people wait in silence, repeat themselves or give up.",
)

STOPPED = 130  # what Typer, as every shell, makes of Ctrl-C


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


app.command()(run)


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


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="What other tools have recorded.")],
    study: InStudy = None,
    as_: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help="journey: read a script or a trace as a journey to walk.")
    ] = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Bring what other tools have recorded into a study, or (--as journey) their scripts, and say what is left out."""
    if as_ not in (None, "journey"):
        raise WrongInput(_("--as {kind}: there is only --as journey.").format(kind=as_))
    if as_ == "journey":
        from journeys.exchange import brought_in

        with one_document(json) as show:
            show(*brought_in(files, workspace(), out, datetime.now(UTC)))
        return
    if study is None:
        raise WrongInput(_("Which study do the sessions belong to? Name it: --study NAME."))
    from studies.importing import bring_into

    with one_document(json) as show:
        brought = bring_into(study, files, workspace())
        told = [b.json() for b in brought]
        show(told[0] if len(told) == 1 else told, "\n".join(b.told() for b in brought))


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
def seal(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the participants' sittings belong to.")],
    done: Annotated[str | None, typer.Option(metavar="PAGE", help="The page that settles the need.")] = None,
) -> None:
    """Write what was heard of participants into a study's log, those still under way left out (quiet for a minute)."""
    from journeys.participants import seal_study

    for session in seal_study(study, workspace(), done):
        typer.echo(session)


@app.command()
def practice(
    port: Annotated[int, typer.Option(help="Where it listens, on this machine only.")] = 8600,
    flaws: FlawsFile = None,
) -> None:
    """Open the practice agency, to try things out on."""
    from journeys.practice.serve import serve

    told = _("The practice agency is open at http://127.0.0.1:{port}. Ctrl-C closes it.").format(port=port)
    serve(port=port, flaws=flaws, opened=lambda: say(told))


@app.command()
def report(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study to report on.")],
    lang: Annotated[str, typer.Option(help="The language of the report.")] = "en",
    out: OutFile = None,
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
def blueprint(
    file: JourneyFile,
    variant: Variant = None,
    study: Annotated[str | None, typer.Option(metavar="NAME", help="The study whose sessions are drawn on it.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language of the blueprint.")] = None,
    out: OutFile = None,
) -> None:
    """Draw a journey's service blueprint (SVG), with the waits and questions that a study heard on it."""
    from journeys.blueprint_of import blueprint_of

    handed(blueprint_of(file, workspace(), variant=variant, study=study, lang=lang), out)


@app.command()
def export(
    file: JourneyFile,
    as_: Annotated[str, typer.Option("--as", metavar="TOOL", help="Whose script: recorder (Chrome's).")] = "recorder",
    out: OutFile = None,
) -> None:
    """Write a journey as the script of another tool."""
    from journeys.exchange import send
    from journeys.reading import read_journey

    handed(send(read_journey(file), as_), out)


@app.command()
def klm(
    file: JourneyFile,
    variant: Variant = None,
    language: Annotated[str | None, typer.Option(help="What is typed in; default: the journey's first.")] = None,
    json: Json = False,
) -> None:
    """Predict the effort of each step of a journey by the keystroke-level model: a lower bound, for an expert."""
    from journeys.blueprint_of import efforts_of
    from journeys.klm import document, told
    from journeys.reading import read_journey

    with one_document(json) as show:
        efforts = efforts_of(read_journey(file), variant, language)
        show(document(efforts), told(efforts))


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
def calibrate(
    times: Annotated[int, typer.Option(min=1, help="How often each phenomenon is played.")] = 20,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this one; may be said again.")] = None,
    seed: Annotated[int | None, typer.Option(help="Repeat the order and the delays of an earlier run.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Put the table into BENCHMARKS.md.")] = False,
    json: Json = False,
) -> None:
    """Try the recorder on pages whose truth is known. Exit 1 when it falls short of what is required."""
    import random

    from journeys.calibration import calibrate as calibration

    expected = calibration.expected_seconds(only or [], times)
    say(_("This takes about {time}.").format(time=calibration.seconds_told(expected)))
    with one_document(json) as show, progress(_("Calibrating")) as watch:
        found = calibration.calibrate(only or [], times, random.Random(seed), calibration.timed(watch, expected))
        show(found, calibration.told(found))
    if write:
        say(str(calibration.write(found, datetime.now(UTC))))
    if not found["required"]["met"]:
        raise Failed(_("The recorder falls short of what is required of it: see the table."))


@app.command()
def bench(
    what: Annotated[str, typer.Argument(help="log: how fast it is measured. recorder: what it costs a page.")] = "log",
    sessions: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many sessions to measure.")] = 20_000,
    json: Json = False,
) -> None:
    """Say how fast this machine measures a log, or what the recorder costs a page."""
    if what not in ("log", "recorder"):
        raise WrongInput(_("bench {what}: there are log and recorder.").format(what=what))
    if what == "recorder":
        from journeys.calibration import overhead

        with one_document(json) as show, progress(_("Measuring the recorder")) as watch:
            cost = overhead.overhead(watch)
            show(cost, overhead.told(cost))
        if not cost["required"]["met"]:
            raise Failed(_("The recorder costs the page more than it may."))
        return
    from analysis.pace import pace

    with one_document(json) as show:
        found = pace(sessions)
        slowest = sorted(found["parts"].items(), key=lambda part: -part[1])
        lines = [
            f"{found['sentences']:,} sentences in {found['seconds']} s: {found['sentences_per_second']:,} a second"
        ]
        show(found, "\n".join([*lines, *(f"  {name:<20} {seconds:>8.4f} s" for name, seconds in slowest)]))


# --- how a command ends -----------------------------------------------------------------------------------------------


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
