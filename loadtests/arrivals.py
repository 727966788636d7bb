"""Citizens who come on their own account: when each is due is drawn beforehand, however the service is getting on.

Those who come before a deadline do not wait for one another: an open load (Poisson arrivals). A load in which each
citizen begins only when the last one is through pauses whenever the service does, and so hears little of its pauses
(coordinated omission). Here everybody's waiting counts from the moment they were due. When too many are under way
already (the cap) a citizen is turned away, and counted; a run that turned many away says little.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

from loadtests.recording import SAID, Told
from loadtests.shapes import Shape
from studies.troubles import WrongInput
from studies.words import _

_PER: Final = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0}
_WHEN: Final = SAID.index("when")
_ACTOR: Final = SAID.index("actor")
_VERB: Final = SAID.index("verb")


def rate_of(text: str) -> float:
    """Arrivals a second as people write them: 20/s, 300/min, 5000/h, or a number alone. Raises WrongInput."""
    told = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*(s|min|m|h))?\s*", text)
    rate = float(told[1]) / _PER[told[2] or "s"] if told else 0.0
    if not 0 < rate <= 100_000:
        raise WrongInput(
            _("--arrivals {text}: write how many come, such as 20/s, 300/min or 5000/h.").format(text=text)
        )
    return rate


def due(form: Shape, most: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """When each citizen is due, in seconds of the load: a Poisson stream whose rate follows the shape.

    By thinning (Lewis and Shedler 1979): a stream at the highest rate, of which each arrival is kept with the chance
    that the shape gives its moment. The same seed draws the same moments, whatever happens meanwhile.
    """
    t = 0.0
    while most > 0:
        t += chance.expovariate(most)
        if t >= seconds:
            return
        if chance.random() * most < form(t, most, seconds):
            yield t


def from_when_due(told: Told) -> Told:
    """A journey as its citizen went through it: their first acts as early as they were due.

    A generator that is late, be it by a millisecond, would otherwise hide that from every wait. What they thought over
    before their first act remains their own time.
    """
    if told.intended is None or told.intended >= told.started:
        return told
    late = told.started - told.intended
    said = [list(row) for row in told.said]
    for row in said:
        if row[_ACTOR] == "service" or row[_VERB] == "notes":
            break
        row[_WHEN] -= late
        if row[_VERB] in ("acts", "submits", "asks"):
            break
    return told._replace(started=told.intended, said=said)
