"""What a service, a step and a datum are called where people read of them: by their titles, in the language in force.

Links, commands and exchanged documents keep the keys. A service is called as its journey is, a step by what the citizen
does there, a datum by the words that ask for it, an office as journeys call it. What nobody has a title for goes by its
own name, such as a service that was brought in; a step and an office by theirs in quotation marks, without underscores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from studies.topics import dictionary, known_words
from studies.words import _, direction, language, pick

Title = str | dict[str, str]

_lent: dict[str, Callable[..., Mapping[str, Title]]] = {}
_told: dict[str, tuple[Mapping[str, Title], dict[str, str]]] = {}  # language -> the titles lent, and as they are told


def lend(
    services: Callable[[], Mapping[str, Title]],
    steps: Callable[[str], Mapping[str, str]],
    called: Callable[[], Mapping[str, Title]] = dict,
) -> None:
    """Lend the titles that this room may not know: a journey's by its name, its steps in words by their ids, and what
    journeys call offices, places and whatever else they speak of, by its key.

    `services` gives the very same mapping as long as it holds the same.
    """
    _lent.update(services=services, steps=steps, called=called)


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
    steps = _steps_of(service)
    return whole(str(steps[key])) if key in steps else _by_its_name(key)


def step_names_in(services: Iterable[str], key: str) -> list[str]:
    """What each of several services calls a step of that key, where several have one; its own name where none has."""
    there = [one for one in services if key in _steps_of(one)]
    return list(dict.fromkeys(step_name(one, key) for one in there)) or [_by_its_name(key)]


def datum_name(key: str | None) -> str:
    """A datum as people are asked for it."""
    if not key:
        return ""
    words = known_words(key, language())
    return whole(words[0] if words else key if "/" in key else key.replace("_", " "))


def agency_name(key: str | None) -> str:
    """An office or a place, as the journeys that lead there call it; some are called as a datum is, and are none."""
    if not key:
        return ""
    return called(key) or _by_its_name(key)


def called(key: str) -> str:
    """What journeys call an office, a place or whatever else they speak of; nothing where they do not say."""
    title = _lent["called"]().get(key) if "called" in _lent else None
    return whole(pick(title)) if title else ""


def about_name(key: str | None, idea: str = "") -> str:
    """What a moment is about: where the citizen is sent (a `hand_off`), a datum, or what its journey calls so."""
    if not key:
        return ""
    if idea == "hand_off":
        return agency_name(key)
    return datum_name(key) if key in dictionary() else called(key) or datum_name(key)


def _by_its_name(key: str) -> str:
    return whole(_("“{words}”").format(words=key.replace("_", " ")))


def thing_name(key: str | None) -> str:
    """What a finding is about: a datum, or a service; else by its own name."""
    if key and key not in dictionary() and (title := service_name(key)) != whole(key):
        return title
    return datum_name(key)


def in_turn(said: Mapping[str, str]) -> dict[str, str]:
    """What is said by key, in order; where it is said several times, each time with its number behind it."""
    times, met, told = Counter(said.values()), Counter[str](), {}
    for key, title in said.items():
        met[title] += 1
        told[key] = f"{title} ({met[title]})" if times[title] > 1 else title
    return told


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


def _steps_of(service: str | None) -> Mapping[str, Title]:
    return _lent["steps"](service.rpartition("/")[2]) if service and "steps" in _lent else {}


def _services() -> dict[str, str]:
    titles = _lent["services"]() if "services" in _lent else {}
    held = _told.get(language())
    if held is None or held[0] is not titles:
        held = _told[language()] = (titles, told_apart({key: pick(title) for key, title in titles.items()}))
    return held[1]
