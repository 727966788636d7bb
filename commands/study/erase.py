"""The command that takes one participant out of everything that was kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, name_of
from studies.words import _
from studies.workspace import workspace


def erase(
    study: StudyName,
    participant: Annotated[str, typer.Option(help="The participant's pseudonym in this study.")],
    json: Json = False,
) -> None:
    """Erase a participant everywhere in the workspace, for good, and give a receipt that names nobody."""
    from studies.erasing.participant import erase as erased
    from studies.store import Store

    space = workspace()
    with one_document(json) as show:
        store = Store(space.database_url)
        try:
            receipt = erased(name_of(study, space), participant, store, space, datetime.now(UTC))
        finally:
            store.close()
        counts = ", ".join(f"{kind} {n}" for kind, n in receipt.erased.items())
        show(
            receipt.json(),
            _(
                "Erased: {what}. Receipt {receipt}, SHA-256 {sum}. Copies that left the workspace are not reached."
            ).format(what=counts, receipt=receipt.receipt, sum=receipt.sha256),
        )
