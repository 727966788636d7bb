"""The command that says which datum a label asks for."""

from __future__ import annotations

from typing import Annotated

import typer


def topic(
    label: Annotated[str, typer.Argument(help="A label, a field's name or a question, in any language.")],
) -> None:
    """Say which datum a label asks for."""
    from studies.topics import datum_of

    typer.echo(datum_of(label=label))
