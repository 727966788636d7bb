"""The YAML editor that pages share: completion from a JSON Schema, mistakes beside their line, and what to do when two
people have edited one text.

A component of our own (`yaml_editor.js`, `yaml_offers.js`) on Streamlit's second kind of components: nothing is fetched
from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from studies import drafts, merging
from studies.palette import QUIET, colour
from studies.words import _, direction, language, ngettext

HERE = Path(__file__).parent
SCRIPTS = ("yaml_editor.js", "yaml_offers.js")  # joined: what Streamlit is given as text can import nothing beside it
HTML = """
<div class="editor">
  <div class="frame">
    <div class="gutter" aria-hidden="true"></div>
    <div class="paper">
      <pre class="ink" aria-hidden="true"></pre>
      <textarea class="text" wrap="off" spellcheck="false" autocapitalize="off" autocomplete="off" dir="ltr"
        aria-autocomplete="list" aria-controls="offers" aria-describedby="state"></textarea>
      <ul class="offers" id="offers" role="listbox" hidden></ul>
    </div>
  </div>
  <div class="below"><div class="state" id="state" role="status"></div><ol></ol></div>
</div>
"""


class Wrong(Protocol):
    """A mistake and the line that it is on; 0: the text as a whole."""

    @property
    def line(self) -> int: ...

    @property
    def message(self) -> str: ...


def yaml_editor(
    text: str,
    version: str,
    wrong: Sequence[Wrong],
    schema: Mapping[str, Any],
    key: str,
    *,
    label: str,
    names: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    told: Mapping[str, str] | None = None,
    typed: Callable[[], None] | None = None,
    saved: Callable[[], None] | None = None,
    height: int = 460,
) -> None:
    """Show a text to be edited. What is typed stands in `st.session_state[key].text`, and `typed` is called.

    The field takes `text` only when `version` is a new one: a reader's typing is never overwritten by its own echo.
    `names` are offered where the schema knows none: by the key above them, by `key:` as its values, by `{{` as holes.
    """
    dark = st.context.theme.type == "dark"
    st.components.v2.component(
        "khutwa_yaml",
        html=HTML,
        css=(HERE / "yaml_editor.css").read_text(encoding="utf-8"),
        js="\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS),
    )(
        key=key,
        data={
            "text": text,
            "version": version,
            "checked": text,
            "problems": [{"line": one.line, "message": one.message} for one in wrong],
            "schema": schema,
            "names": names or {},
            "told": told or {},
            "label": label,
            "height": height,
            "language": language(),
            "direction": direction(),
            "words": {
                "sound": _("Nothing is wrong in it."),
                "wrong": ngettext("{n} mistake. F8 leads to it.", "{n} mistakes. F8 leads from one to the next.",
                                  len(wrong)).format(n=len(wrong)),
                "offers": _("Suggestions"),
                "found": _("Suggestions: {n}. Arrow keys choose, Enter takes one, Escape closes."),
            },
            "colours": {
                "quiet": QUIET[dark],
                "wrong": colour("silence", dark),
                "key": colour("question", dark),
                "hole": colour("repeat_question", dark),
            },
        },
        on_text_change=typed or (lambda: None),
        on_save_change=saved or (lambda: None),
    )  # fmt: skip


def two_edits(other: drafts.Overtaken) -> None:
    """Both versions of a text that two people have edited, and what differs; below it a page says what can be done."""
    st.warning(_("Somebody else has saved another version since you opened this one. Both are here; nothing is lost."))
    differs, mine, theirs = st.tabs([_("What differs"), _("Yours"), _("Theirs")])
    differs.code(merging.difference(other.theirs, other.mine, _("theirs"), _("yours")), language="diff")
    mine.code(other.mine, language="yaml", height=320)
    theirs.code(other.theirs, language="yaml", height=320)


def merge_told(clashes: int | None) -> None:
    """What a merge left to decide: in so many places both changed the same lines. None: nothing was merged."""
    if clashes == 0:
        st.success(_("Both edits are in the text now. Look at it, and save it."))
    elif clashes:
        st.warning(
            _("Both edits are in the text. Where both changed the same lines, yours stand and theirs follow as"
              " remarks (# <<<<<<<): {n}. Choose, and save it.").format(n=clashes)
        )  # fmt: skip
