"""How the pages of a recording are called in the log: as everyone else calls them, with what is one citizen's own
masked.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

_OWN: Final = re.compile(
    r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\D*\d)[0-9a-f]{8,}|(?:[^\W\d]|-)*(?:\d[\D]*){4,}|.*@.*"
)
_UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST: Final = 80


def page_key(href: str, home: str) -> str:
    """A page's name: its path, ids masked, no query; the root is `home`, another host's page begins with the host.

    A path of one word keeps its slash: `/address` is a page, `address` a datum, and the log tells them apart by that.
    """
    try:
        here, root = urlsplit(urljoin(home, href)), urlsplit(home)
        host = here.hostname or ""
        inside = (here.scheme, host, here.port) == (root.scheme, root.hostname or "", root.port)
    except ValueError:  # no address at all, whatever it is
        return "page"
    if here.scheme == "file":
        return "/" + unquote(here.path).rpartition("/")[2].lower()[:_LONGEST]
    if here.scheme not in ("http", "https"):
        return "home"
    parts = [part for part in unquote(here.path).lower().split("/") if part]
    key = "/".join(":id" if _OWN.fullmatch(part) else " ".join(part.split()) for part in parts)[:_LONGEST]
    if inside:
        return key if "/" in key else f"/{key}" if key else "home"
    return f"{host}/{key}"


def form_key(page: str, action: str, form: str, home: str) -> str:
    """The name of what is sent: the page that its form is sent to, and which form when it has an id or a name."""
    key = page_key(urljoin(page, action) if action else page, home)
    return f"{key}#{form[:_LONGEST]}" if form else key


def masked(label: str) -> str:
    """A label as the log may keep it: on one line, its digits masked, since they may be somebody's."""
    return re.sub(r"\d", "#", " ".join(_UNSEEN.sub("", label).split()))[:_LONGEST]
