"""What is played to the recorder: each phenomenon with its truth, read from one file."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row

FILE: Final = Path(__file__).with_name("phenomena.yaml")
LOOKS: Final = (350, 700)  # ms that a citizen looks at a page before pressing, where nothing on it moves

Delays = Mapping[str, float]


class Phenomenon(BaseModel):
    """One thing that a page does after a press, and what is true of the wait that follows. Times in milliseconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    shows: str
    delays: dict[str, tuple[int, int]]
    looks: tuple[int, int] = LOOKS
    kind: Literal["show", "send", "link"] = "show"
    lang: Literal["en", "ar"] = "en"
    page: str = ""
    page_in_form: str = ""
    script: str = ""
    look: str = ""
    target: str = ""
    answer: Literal["page", "chain", "elsewhere", "parts", "open_end", "drip", "framed", "summary", "sorry"] = "page"
    takes: tuple[str, ...] = ()
    loads: bool = False
    stamped: bool = False  # the page that answers says itself when it was shown
    strict: bool = False
    presses: int = 1
    every: str = ""
    then: str = ""
    silences: tuple[tuple[str, str], ...]
    closes: Literal["answers", "refuses"] = "answers"
    cause: str | None = None
    impatience: int = 0
    heard: bool = False

    @model_validator(mode="after")
    def _delays_are_known(self) -> Phenomenon:
        unknown = {*self.takes, *([self.every] if self.every else [])} - self.delays.keys()
        if unknown:
            raise ValueError(f"{self.id}: no range for the delay {', '.join(sorted(unknown))}")
        return self

    def drawn(self, chance: random.Random) -> dict[str, float]:
        """Its delays for one trial."""
        return {name: round(chance.uniform(*span), 1) for name, span in self.delays.items()}

    def seconds(self) -> float:
        """About how long a trial of it takes."""
        longest = sum(self.delays[name][1] for name in self.takes)
        longest = max(longest, *(span[1] for span in self.delays.values()))
        return (sum(self.looks) / 2 + longest * 0.9) / 1000 + 1.1


@cache
def phenomena() -> tuple[Phenomenon, ...]:
    """All that is played."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Phenomenon.model_validate(one) for one in told)


def chosen(only: Sequence[str]) -> list[Phenomenon]:
    """The phenomena with these ids; all when none is named. Raises WrongInput for an id that there is not."""
    known = {p.id: p for p in phenomena()}
    for name in only:
        if name not in known:
            raise WrongInput(
                _("There is no phenomenon {name}. There are: {known}.{hint}").format(
                    name=name, known=in_a_row(known), hint=hint(name, list(known))
                )
            )
    return [known[name] for name in dict.fromkeys(only)] if only else list(known.values())
