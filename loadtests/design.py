"""A load as it is designed: who comes, how many, in which shape, held to what; and the command line that does the same.

What it looks like can be drawn before anybody sets out, from the same pure functions that the load follows.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from journeys.reading import read_journey
from journeys.steps import steps_of
from loadtests.capacities.capacity import LEVELS
from loadtests.mix import Portion
from loadtests.shapes import citizens as whole_citizens
from loadtests.shapes import shape as shape_of
from loadtests.shapes.steps import levels as own_levels
from loadtests.stage import base_of, origins_of
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import CHECKOUT

#: How often the browser beside a load sets out where nobody says (seconds).
EVERY: Final = 8.0
#: How many are under way at once at most in an open load, where nobody says.
CAP: Final = 1000
#: A shape is drawn from so many moments.
DRAWN: Final = 240


@dataclass(frozen=True, slots=True)
class Design:
    """What is asked of a load. Open with `arrivals` (a second), closed with `citizens` (at once); times in seconds.

    `levels` are the heights of a stepped load, `day` what the shape `recorded` plays again, `gates` the file of what
    the service is held to, `probe` how often a browser sets out beside it (None: none does), `think` the citizen's own
    time before each step (`people`: as people take it), `workers` how many processes make it (0: one).
    """

    parts: tuple[Portion, ...]
    variant: str | None = None
    citizens: int = 0
    arrivals: float = 0.0
    seconds: float = 20.0
    shape: str = "constant"
    levels: tuple[float, ...] = ()
    day: str | None = None
    think: float = 0.0
    people: bool = False
    cap: int = CAP
    gates: Path | None = None
    probe: float | None = None
    workers: int = 0
    seed: int = 0
    client: str = ""
    base_url: str | None = None
    study: str | None = None

    @property
    def most(self) -> float:
        """How many there are at the height: arrivals a second, or citizens at once."""
        return self.arrivals or self.citizens

    def command(self) -> str:
        """The command line that does the same, quoted for a shell."""
        words = ["./lab", "load", *(_part(one, len(self.parts) > 1) for one in self.parts)]
        words += ["--arrivals", f"{self.arrivals:.9g}/s"] if self.arrivals else ["--citizens", str(self.citizens)]
        words += ["--for", f"{self.seconds:.9g}s"]
        said: list[tuple[str, object]] = [
            ("--shape", self.shape if self.shape != "constant" else None),
            ("--levels", ",".join(f"{one:.9g}" for one in self.levels) or None),
            ("--day", self.day),
            ("--think", "people" if self.people else f"{self.think:.9g}s" if self.think else None),
            ("--cap", self.cap if self.arrivals and self.cap != CAP else None),
            ("--gates", _from_here(self.gates) if self.gates else None),
            ("--probe", "" if self.probe is not None else None),
            ("--probe-every", f"{self.probe:.9g}" if self.probe not in (None, EVERY) else None),
            ("--workers", self.workers or None),
            ("--seed", self.seed or None),
            ("--client", self.client or None),
            ("--variant", self.variant),
            ("--base-url", self.base_url),
            ("--study", self.study),
        ]
        for option, value in said:
            if value is not None:
                words += [option, str(value)] if value != "" else [option]
        return shlex.join(words)

    def asked(self) -> dict[str, Any]:
        """The same as `loadtests.run.load` is asked for it."""
        return {
            "variant": self.variant, "seconds": self.seconds, "citizens": self.citizens, "arrivals": self.arrivals,
            "cap": self.cap, "mix": list(self.parts), "study": self.study, "shape": self.shape, "day": self.day,
            "levels": self.levels, "think": self.think, "people": self.people, "seed": self.seed,
            "client": self.client, "probe": self.probe, "workers": self.workers,
        }  # fmt: skip


def kept(asked: Mapping[str, Any], gates: str | None = None) -> Design:
    """The design of a run that was kept, from its JSON. Raises KeyError or TypeError for what is none."""
    parts = tuple(Portion(Path(journey), float(weight)) for journey, weight in asked["parts"])
    own = {name: value for name, value in asked.items() if name in Design.__slots__ and name != "parts"}
    own["levels"] = tuple(own.get("levels") or ())
    return Design(parts, **{**own, "gates": Path(gates) if gates else None})


def drawn(design: Design, day: Sequence[float] = ()) -> list[dict[str, float]]:
    """How many there are to be at each moment (`t` seconds, `height`), as the load will follow it.

    A closed load has whole citizens, an open one arrivals a second. Raises WrongInput as the shape does.
    """
    form = shape_of(design.shape, day, design.levels)
    most, seconds = design.most, design.seconds
    if most <= 0 or seconds <= 0:
        return []
    at = [seconds * i / DRAWN for i in range(DRAWN)]
    if design.arrivals:
        heights = [float(form(t, most, seconds)) for t in at]
    else:
        heights = [float(whole_citizens(form, t, design.citizens, seconds)) for t in at]
    return [{"t": round(t, 3), "height": round(height, 4)} for t, height in zip(at, heights, strict=True)] + [
        {"t": seconds, "height": round(heights[-1], 4)}
    ]


def places_of(design: Design) -> list[str]:
    """Every place that the load would touch. Raises WrongInput for a journey that cannot be walked."""
    _variant, base = base_of(read_journey(design.parts[0].journey), design.variant, design.base_url)
    return list(dict.fromkeys(place for one in design.parts for place in origins_of(read_journey(one.journey), base)))


def steps_in(design: Design) -> list[str]:
    """The steps of its journeys, whatever the variant."""
    read = (read_journey(one.journey) for one in design.parts)
    return list(dict.fromkeys(step for journey in read for step, _step in steps_of(journey)))


def expected(design: Design, points: Sequence[Mapping[str, float]]) -> float | None:
    """About how many citizens arrive in all; None where each begins anew as soon as they are through."""
    if not design.arrivals or len(points) < 2:
        return None
    width = design.seconds / (len(points) - 1)
    return float(sum(point["height"] for point in points[:-1]) * width)


def levels_of(text: str | None) -> tuple[float, ...]:
    """The levels as they are written, lowest first: 1,2,4,8. Raises WrongInput."""
    try:
        heights = tuple(sorted(float(one) for one in text.split(","))) if text else ()
    except ValueError:
        heights = (0.0,)
    if any(not 0 < one <= 100_000 for one in heights):
        raise WrongInput(_("--levels {text}: write numbers above 0, such as 1,2,4,8.").format(text=text))
    return heights


def proposed_levels(most: float) -> str:
    """Levels to begin with: those that a capacity is read from, else those of the shape itself."""
    return ",".join(f"{one:g}" for one in (LEVELS if most >= max(LEVELS) else own_levels(most)))


def _part(one: Portion, several: bool) -> str:
    file = _from_here(one.journey)
    return f"{file}:{one.weight:.9g}" if several and one.weight != 1 else file


def _from_here(file: Path) -> str:
    return str(file.relative_to(CHECKOUT) if file.is_relative_to(CHECKOUT) else file)
