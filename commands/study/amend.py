"""The command that takes over a protocol that was changed after its study started."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, file_of, materials_of, read_whole
from studies.house.people import acting
from studies.words import _
from studies.workspace import workspace


def amend(
    study: StudyName,
    why: Annotated[str, typer.Option(help="The reason, as it will stand in the evidence pack.")] = "",
    who: Annotated[str | None, typer.Option(help="Who decided it; default: the user of this machine.")] = None,
    json: Json = False,
) -> None:
    """Amend a frozen protocol: the change is written down with who, when, why and what."""
    from studies.planning.freezing import amend as amended

    space = workspace()
    file = file_of(study, space)
    with one_document(json) as show:
        whole, _journeys = read_whole(file, space)
        kept = amended(
            whole, materials_of(whole, file, space), file, space,
            who=who or acting(), why=why, now=datetime.now(UTC),
        )  # fmt: skip
        change = kept.changes[-1]
        what = ", ".join(one["what"] for one in change["changed"])
        show(
            {"study": kept.study, **change},
            _("Amended: {what}. The protocol is now {hash}.").format(what=what, hash=kept.hash[:12]),
        )
