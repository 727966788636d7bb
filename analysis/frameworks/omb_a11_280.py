"""Trust, satisfaction and their drivers, as US federal agencies must ask for them after a contact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from analysis.frameworks import SECONDS, SHARE, Figure, Looked
from analysis.sureness import Sure
from studies.words import N_

TITLE: Final = N_("US OMB Circular A-11, section 280: satisfaction, trust and their drivers")
SOURCE: Final = (
    "https://performance.gov/cx/a-11",
    "https://www.performance.gov/cx/data/methods/",
)
_AGREE: Final = N_("The share of 4 and 5 of five among those who answered the item.")
_LACKING: Final = N_("Ask the section's own items: `./lab survey STUDY --instrument omb_a11`")


def _item(name: str) -> Callable[[Looked], Sure | None]:
    return lambda looked: looked.agree("omb_a11", f"omb_a11_{name}")


def _asked(name: str, title: str) -> Figure:
    return Figure(name, title, _AGREE, (f"omb_a11_{name}",), SHARE, _item(name), lacking=_LACKING)


FIGURES: Final = (
    _asked("satisfaction", N_("Satisfaction")),
    _asked("trust", N_("Trust")),
    _asked("effectiveness", N_("Effectiveness: the need was addressed")),
    Figure(
        "effectiveness_observed",
        N_("Effectiveness, as observed"),
        N_("The share of cases whose need was settled, whatever people said of it."),
        ("outcome",),
        SHARE,
        lambda looked: looked.share(looked.cases["settled"]),
        near=True,
        lacking=N_("No source here hears when a need is settled."),
    ),
    _asked("ease", N_("Ease")),
    Figure(
        "ease_observed",
        N_("Ease, as observed: questions asked again"),
        N_("Repeat questions in a case, on average."),
        ("repeat_questions",),
        made=lambda looked: looked.mean("repeat_questions"),
        near=True,
        lacking=N_("No source here hears what is asked and given."),
    ),
    _asked("efficiency", N_("Efficiency: it took a reasonable time")),
    Figure(
        "efficiency_observed",
        N_("Efficiency, as observed: waiting"),
        N_("Seconds that a citizen waits for the service in a case, on average."),
        ("wait_time",),
        SECONDS,
        lambda looked: looked.mean("wait_time"),
        near=True,
        lacking=N_("No source here hears waits."),
    ),
    _asked("transparency", N_("Transparency: treated fairly")),
    _asked("employee_helpfulness", N_("Humanity: employees were helpful")),
)  # fmt: skip
