"""Where the citizen is: which page of which agency, said so that robots, participants and recordings say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from studies.topics import dictionary

# What in a path is one citizen's own: numbers, UUIDs, long hexadecimal words, words with four digits or more in them,
# addresses of e-mail.
OWN: Final = re.compile(
    r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\D*\d)[0-9a-f]{8,}|(?:[^\W\d]|-)*(?:\d[\D]*){4,}|.*@.*"
)
ID: Final = ":id"
USUAL_PORTS: Final = {"http": 80, "https": 443}


def address(path: str, base: str) -> str:
    """The URL that a `visit` means: below the base, or itself when it is a whole URL."""
    if urlsplit(path).scheme:
        return path
    return base.rstrip("/") + "/" + path.lstrip("/")


@lru_cache(maxsize=4096)
def page_key(url: str, base: str) -> str:
    """The name of a page in the log: its path below the base, lower case, ids masked, no query; the root is `home`.

    A page outside the base is named with its host: `pay.example.org/card`. A page that is called like a datum
    keeps its slash, since answering with the page `/address` must not be taken for holding the `address`.
    """
    here, root = urlsplit(urljoin(base, url)), urlsplit(base)
    path, below = _path(here), _path(root)
    inside = _origin(here) == _origin(root) and (path == below or path.startswith(below + "/") or not below)
    words = (path[len(below) :] if inside else path).split("/")
    key = "/".join(ID if OWN.fullmatch(word) else " ".join(word.split()) for word in words if word)
    if inside:
        return f"/{key}" if key.replace("-", "_") in dictionary() else key or "home"
    return f"{(here.netloc.rpartition('@')[2]).lower()}/{key}".rstrip("/")


def form_key(action: str, base: str, form: str | None) -> str:
    """The name of what is sent: the page that its form is sent to, and which form when it has an id or a name."""
    key = page_key(action, base)
    return f"{key}#{form}" if form else key


class Agencies(Protocol):
    """A journey as far as it tells whose a page is: its own agency, and the path or origin of each other."""

    @property
    def agency(self) -> str: ...

    @property
    def agencies(self) -> Mapping[str, str]: ...


def agency_of(url: str, journey: Agencies, base: str) -> str:
    """Whose page it is: of the agency whose path or origin it lies under (the longest wins), else the journey's own."""
    here, root = _parts(urljoin(base, url)), _parts(base)
    path, below = _path(here), _path(root)
    inside = _origin(here) == _origin(root) and (path == below or path.startswith(below + "/") or not below)
    best, length = journey.agency, 0
    for agency, place in journey.agencies.items():
        there = _parts(place)
        if there.scheme:
            start = _path(there)
            fits = _origin(there) == _origin(here) and (path == start or path.startswith(start + "/") or not start)
            size = len(place)
        else:
            start = "/" + place.strip("/").lower()
            rest = path[len(below) :] or "/"
            fits = inside and (rest == start or rest.startswith(start + "/"))
            size = len(start)
        if fits and size > length:
            best, length = agency, size
    return best


@lru_cache(maxsize=4096)
def _parts(url: str) -> SplitResult:
    return urlsplit(url)


@lru_cache(maxsize=4096)
def _path(parts: SplitResult) -> str:
    return re.sub(r"/+", "/", unquote(parts.path)).rstrip("/").lower()


@lru_cache(maxsize=4096)
def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or USUAL_PORTS.get(scheme)
