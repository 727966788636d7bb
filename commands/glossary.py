"""The command that prints the words of the house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document


def glossary(
    lang: Annotated[str, typer.Option("--lang", help="The language.")] = "en",
    out: Annotated[Path | None, typer.Option(help="Write it there, as Markdown.")] = None,
    json: Json = False,
) -> None:
    """Print the words of the house: ideas, sentences, metrics, instruments, as the code itself has them."""
    from analysis.glossary import document, page
    from studies.words import say_in

    with one_document(json) as show, say_in(lang):
        if out:
            out.write_text(page(), encoding="utf-8")
        show(document(), page() if not out else str(out))
