"""What the lab tells, as a page shows it: nothing in it is taken for markup, names and commands in it stay whole.

A right-to-left sentence would tear apart the Latin words in it: names are isolated. A command is shown as code, which a
page isolates itself, so that nothing unseen is copied with it.
"""

from __future__ import annotations

import re
from typing import Final

from studies.words import direction

MARKUP: Final = re.compile(r"([\\`*\[\]$<>#~|]|:(?=[a-z]))")
LATIN: Final = re.compile(
    r"https?://[^\s،؛؟»)]*[\w/]|(?=[/.]*[A-Za-z_])[A-Za-z_/.][\w/.{}-]*(?:,? [A-Za-z_/.][\w/.{}-]*)*",
    re.ASCII,
)
#: a command that is marked as one
MARKED: Final = re.compile(r"`([^`\n]+)`")
#: a command or an option as people type it, up to where its words end: ./lab survey my_study, --why …; an address
COMMAND: Final = re.compile(
    r"(?<![`\w])((?:\./lab\b|--[a-z][\w-]*)(?: [\w./:@{}<>-]*[\w}>/]| …)*|https?://[^\s،؛؟»)]*[\w/])", re.ASCII
)


def told(text: str) -> str:
    """A text of the lab's as a page's markup. Where Latin words stand among others, unmarked commands are seen too."""
    parts = MARKED.split(text)
    if direction() == "rtl":
        parts = [one for i, part in enumerate(parts) for one in ([part] if i % 2 else COMMAND.split(part))]
    return "".join(f"`{one}`" if i % 2 else MARKUP.sub(r"\\\1", whole_names(one)) for i, one in enumerate(parts))


def whole_names(text: str) -> str:
    """A text whose Latin names and paths are not turned around by the right-to-left words beside them."""
    return LATIN.sub("\u2066\\g<0>\u2069", text) if direction() == "rtl" else text


def whole_commands(text: str) -> str:
    """The same for its commands, where code cannot be shown: on the canvas of a table."""
    return COMMAND.sub("\u2066\\1\u2069", text) if direction() == "rtl" else text
