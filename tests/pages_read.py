"""What a reader reads of a page: its words, a line a block."""

from __future__ import annotations

import html
import re


def words(page: str) -> str:
    """What a reader reads, a line a block: without looks, pictures and the marks that keep figures whole."""
    page = re.sub(r"<title>.*?</title>|<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.S)
    lines = []
    for i, part in enumerate(re.split(r"<pre[^>]*>|</pre>", page)):
        if i % 2:  # a play script keeps its lines
            lines += html.unescape(part).splitlines()
            continue
        part = re.sub(r"</(?:tr|p|li|h\d|caption|figcaption|dd)>", "\0", " ".join(part.split()))
        part = re.sub(r"<small>|</(?:th|td|dt)>", " | ", re.sub(r"</small>\s*", "", part))
        lines += html.unescape(re.sub(r"<[^>]+>", "", part)).split("\0")
    told = (re.sub("[\u2066-\u2069]", "", re.sub(r"( *\| *)+", " | ", line)).strip(" |") for line in lines)
    return "\n".join(line for line in told if line) + "\n"
