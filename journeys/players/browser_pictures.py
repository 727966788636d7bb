"""Screenshots that show the page and not what was typed into it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from journeys.players.browser_page import Page

# Style sheets and highlights are laid over the page without touching a node of it: the recorder sees no change.
COVER: Final = """
const [typed] = arguments, sheet = new CSSStyleSheet();
sheet.replaceSync(`input:not([type=submit]):not([type=button]):not([type=reset]),textarea,[contenteditable]:not([contenteditable=false])
  {-webkit-text-security:disc !important} select{color:transparent !important;text-shadow:none !important}
  ::highlight(khutwa){color:transparent;background-color:#777}`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const ranges = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) for (const secret of typed)
  for (let at = node.data.indexOf(secret); at >= 0; at = node.data.indexOf(secret, at + secret.length)) {
    const range = new Range(); range.setStart(node, at); range.setEnd(node, at + secret.length); ranges.push(range);
  }
if (CSS.highlights) CSS.highlights.set('khutwa', new Highlight(...ranges));
"""
UNCOVER: Final = """
document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
if (CSS.highlights) CSS.highlights.delete('khutwa');
"""


def take_picture(page: Page, folder: Path, name: str, secrets: Iterable[str]) -> Path:
    """A screenshot as PNG in the folder; what was typed is covered, and the secrets wherever the page repeats them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (re.sub(r"[^\w.-]+", "_", name) + ".png")
    page.look(COVER, [s for s in secrets if len(s) > 1])
    try:
        path.write_bytes(page.picture())
    finally:
        page.look(UNCOVER)
    return path
