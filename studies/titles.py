"""What a service, a step and a datum are called where people read of them: by their titles, in the language in force.

Links, commands and exchanged documents keep the keys. A service is called as its journey is, a step by what the citizen
does there, a datum by the words that ask for it; what nobody has a title for, such as a service that was brought in,
goes by its own name. Where two have one title, each is told with its key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from studies.topics import dictionary, known_words
from studies.words import direction, language, pick

Title = str | dict[str, str]

_lent: dict[str, Callable[..., Mapping[str, Title]]] = {}
_told: dict[str, tuple[Mapping[str, Title], dict[str, str]]] = {}  # language -> the titles lent, and as they are told


def lend(services: Callable[[], Mapping[str, Title]], steps: Callable[[str], Mapping[str, str]]) -> None:
    """Lend the titles that this room may not know: a journey's by its name, a journey's steps in words by their ids.

    `services` gives the very same mapping as long as it holds the same.
    """
    _lent.update(services=services, steps=steps)


def service_name(key: str | None) -> str:
    """A service as people call it."""
    if not key:
        return ""
    known = _services()
    return whole(known.get(key) or known.get(key.rpartition("/")[2]) or key)


def step_name(service: str | None, key: str | None) -> str:
    """A step in words: what the citizen does there, where its journey says so."""
    if not key:
        return ""
    steps = _lent["steps"](service.rpartition("/")[2]) if service and "steps" in _lent else {}
    return whole(str(steps.get(key) or key))


def datum_name(key: str | None) -> str:
    """A datum as people are asked for it."""
    if not key:
        return ""
    words = known_words(key, language())
    return whole(words[0] if words else key if "/" in key else key.replace("_", " "))


def agency_name(key: str | None) -> str:
    """An office that a citizen is sent to; some are called as a datum is, and are none."""
    return whole((key or "").replace("_", " "))


def thing_name(key: str | None) -> str:
    """What a finding is about: a datum, or a service; else by its own name."""
    if key and key not in dictionary() and (title := service_name(key)) != whole(key):
        return title
    return datum_name(key)


def told_apart(said: Mapping[str, str]) -> dict[str, str]:
    """Titles by key; where two are the same, each with its key behind it."""
    times = Counter(said.values())
    return {key: f"{title} ({whole(key)})" if times[title] > 1 else title for key, title in said.items()}


def whole(text: str) -> str:
    """A name that stays whole beside words that are read the other way."""
    turned = any(c.isascii() and c.isalnum() for c in text) if direction() == "rtl" else _from_the_right(text)
    return f"\u2068{text}\u2069" if turned and not text.startswith("\u2068") else text


def _from_the_right(text: str) -> bool:
    return any("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufefc" for c in text)


def _services() -> dict[str, str]:
    titles = _lent["services"]() if "services" in _lent else {}
    held = _told.get(language())
    if held is None or held[0] is not titles:
        held = _told[language()] = (titles, told_apart({key: pick(title) for key, title in titles.items()}))
    return held[1]
