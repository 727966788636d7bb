"""The command line: whatever a page of the workbench can do, a command can do. Each command is a file of `commands/`.

With --json, stdout holds one document and nothing else. Exit code 0: done; 2: what was given is wrong; 1: it failed.
What a command needs is imported inside it, so that the small ones start at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime

import typer

import commands
from commands import _titles
from commands._listing import add_commands, allowed
from commands._terminal import say
from commands.workbench import workbench
from studies.troubles import Trouble
from studies.words import _, speak
from studies.workspace import workspace

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Khutwa finds where a public service makes people wait in silence, repeat themselves or give up.",
)

STOPPED = 130  # what Typer, as every shell, makes of Ctrl-C


@app.callback(invoke_without_command=True)
def _lab(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        allowed("workbench", workbench)()


add_commands(app, commands)
_titles.lend()


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
