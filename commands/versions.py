"""The command that tells a file's earlier versions, brings one back, and merges what two people have written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.troubles import WrongInput
from studies.words import _


def versions(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A journey or study that was edited in the workbench.")],
    restore: Annotated[int | None, typer.Option(metavar="N", help="Bring back version N of the list.")] = None,
    merge: Annotated[
        Path | None, typer.Option(metavar="OTHER", help="Take over what OTHER changed since the version --since.")
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", metavar="BASE", help="The file that both were edited from.")
    ] = None,
    json: Json = False,
) -> None:
    """List the earlier versions of a file, bring one back (--restore), or merge another's edit into it (--merge)."""
    from studies import drafts
    from studies.merging import merged

    if not file.is_file():
        raise WrongInput(_("There is no file {path}.").format(path=file))
    now, text, clashes = datetime.now(UTC), file.read_text(encoding="utf-8"), 0
    found = drafts.earlier(file)
    if merge is not None:
        if since is None:
            raise WrongInput(_("From which version were both edited? Name it: --since BASE."))
        made = merged(since.read_text(encoding="utf-8"), text, merge.read_text(encoding="utf-8"))
        clashes = made.clashes
        drafts.save(file, made.text, text, now)
    elif restore is not None:
        if not 1 <= restore <= len(found):
            raise WrongInput(_("There is no version {n}. There are {of}.").format(n=restore, of=len(found)))
        drafts.save(file, found[restore - 1].text, text, now)
    told = [
        {"version": n, "replaced": one.replaced.isoformat(), "file": str(one.path)} for n, one in enumerate(found, 1)
    ]
    lines = [f"{one['version']}  {one['replaced']}  {one['file']}" for one in told] or [_("Nothing was replaced yet.")]
    if clashes:
        lines.append(_("Both had changed the same lines; look for “# <<<<<<<”: {n}.").format(n=clashes))
    with one_document(json) as show:
        show({"versions": told, "clashes": clashes}, "\n".join(lines))
