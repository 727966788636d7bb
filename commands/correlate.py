"""The command that makes recordings of a journey into one that many can walk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json, OutFile
from commands._terminal import one_document
from studies.troubles import WrongInput
from studies.words import _


def correlate(
    files: Annotated[
        list[Path], typer.Argument(metavar="A.har [B.har]", help="The same journey recorded twice, as two people.")
    ],
    out: OutFile = None,
    name: Annotated[str | None, typer.Option(help="What the journey is called.")] = None,
    code_from: Annotated[
        str | None, typer.Option("--code-from", metavar="URL", help="Where the test system tells a one-time code.")
    ] = None,
    code_at: Annotated[str, typer.Option("--code-at", metavar="PATH", help="Where in its JSON.")] = "$.code",
    json: Json = False,
) -> None:
    """Make recordings (HAR) of a journey into one for the wire: what changes is found in the answers, or listed."""
    from loadtests.correlation import correlate as correlate_files

    if len(files) > 2:
        raise WrongInput(_("Two recordings of the same journey are compared, not {n}.").format(n=len(files)))
    with one_document(json) as show:
        code = (code_from, code_at) if code_from else None
        found = correlate_files(files[0], files[1] if len(files) > 1 else None, name=name, code=code)
        if out is not None:
            out.write_text(found.text, encoding="utf-8")
        account = found.json(str(out) if out else None)
        if out is None:
            account["text"] = found.text
        show(account, found.told(str(out) if out else None) if out else found.text)
