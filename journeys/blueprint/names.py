"""How a blueprint calls things: data, pages, agencies, channels, causes, times, in the language in force."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from journeys.blueprint.sheet import island, unbroken
from journeys.blueprint.told import Lasting, Told
from journeys.targets import alternatives
from studies.titles import called
from studies.topics import known_words
from studies.words import _, language


def key_words(key: str | None) -> str:
    """A datum, page or agency in words: as people are asked for it, else its key, readable."""
    if not key:
        return ""
    key = alternatives(key)[0].removeprefix("css:")
    words = known_words(key, language())
    return words[0] if words else island(key.replace("_", " "))


def agency_words(key: str | None) -> str:
    """An agency or a place that the citizen is sent to, as journeys call it, else by its key, readable.

    Some are called as a datum is.
    """
    return called(key or "") or island((key or "").replace("_", " "))


def listed(words: Iterable[str]) -> str:
    """Several things, one after another."""
    return _(", ").join(words)


def seconds_in_words(seconds: float) -> str:
    """A time as people say it: 0.4 s, 12 s, 3.5 min, 2 d."""
    rulers = ((_("s"), 1, 300.0), (_("min"), 60, 4 * 3600.0), (_("h"), 3600, 2 * 86400.0), (_("d"), 86400, inf))
    unit, size = next((unit, size) for unit, size, most in rulers if seconds <= most)
    value = seconds / size
    figure = "< 0.1" if 0 < value < 0.05 else f"{value:.1f}".removesuffix(".0") if value < 100 else f"{value:.0f}"
    return unbroken(_("{number} {unit}").format(number=island(figure), unit=unit))


def lasting(time: Lasting, told: Told) -> str:
    """A median with its n where there are several cases; at least so long where some were still going on."""
    words = seconds_in_words(time.seconds)
    if time.open:
        words = _("at least {time}").format(time=words)
    return _("{time} (n {n})").format(time=words, n=time.n) if told.cases > 1 else words


def channel_name(channel: str) -> str:
    """A channel in words."""
    names = {
        "web": _("web"),
        "mobile": _("mobile"),
        "phone": _("phone"),
        "chat": _("chat"),
        "video": _("video call"),
        "desk": _("in person, at the desk"),
        "post": _("post"),
    }
    return names.get(channel, channel)


def cause_name(cause: str) -> str:
    """What a wait was for, in words."""
    names = {
        "server": _("the service's computers"),
        "network": _("the network"),
        "page": _("the page's own script"),
        "staff": _("staff"),
        "queue": _("a queue"),
        "fault": _("a fault"),
        "procedure": _("procedure"),
        "none": _("nothing: nothing was under way"),
    }
    return names.get(cause, cause)


def demand_name(demand: str) -> str:
    """What a step asks of the citizen's habits, in words."""
    names = {
        "in_person": _("must come in person"),
        "print": _("must print or sign on paper"),
        "desktop_only": _("needs a computer"),
        "office_hours": _("in office hours only"),
        "second_device": _("needs a second device"),
    }
    return names.get(demand, demand)
