"""How the pages of a recording are called in the log: as everyone else calls them, and whatever an address is, by a
name of some kind: recordings hold files, addresses without a host, and what is no address at all.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from studies import places

_UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST: Final = 80


def page_key(href: str, home: str) -> str:
    """A page's name (studies/places.py); `home` is a page of the recording, and its host the service's own."""
    try:
        here = urlsplit(urljoin(home, href))
        if here.scheme == "file":
            return "/" + unquote(here.path).rpartition("/")[2].lower()[:_LONGEST]
        if here.scheme not in ("http", "https"):
            return "home"
        return places.page_key(here.geturl(), urljoin(home, "/"))[:_LONGEST]
    except ValueError:
        return "page"


def form_key(page: str, action: str, form: str, home: str) -> str:
    """The name of what is sent: the page that its form is sent to, and which form when it has an id or a name."""
    try:
        key = page_key(urljoin(page, action) if action else page, home)
    except ValueError:  # a page that is no address leads nowhere
        key = page_key(page, home)
    return f"{key}#{form[:_LONGEST]}" if form else key


def masked(label: str) -> str:
    """A label as the log may keep it: on one line, its digits masked, since they may be somebody's."""
    return re.sub(r"\d", "#", " ".join(_UNSEEN.sub("", label).split()))[:_LONGEST]
