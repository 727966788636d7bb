"""The command that says which datum some words ask for."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.workspace import workspace


def topic(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="A label, a field's name or a spoken line.")],
    is_: Annotated[
        str | None, typer.Option("--is", metavar="DATUM", help="Correct it, for good: a datum, or nothing.")
    ] = None,
    json: Json = False,
) -> None:
    """Say which datum some words ask for, whether they ask for it, and why."""
    from studies.corrections import correct
    from studies.topic_of import topic_of
    from studies.topics import datum_of

    if is_ is not None:
        correct(words, None if is_ == "nothing" else is_, workspace())
    with one_document(json) as show:
        found = topic_of(words)
        show(found.json(), found.datum or datum_of(label=words) or "")
