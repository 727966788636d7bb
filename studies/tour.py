"""The first-run tour: a few stops for each of the three readers, on the study that ships with the lab."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from studies.words import N_

DEMO: Final = "demo"
COMMAND: Final = "./lab demo"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: what there is to see, why, and which page shows it; `asked` goes into its address."""

    title: str
    why: str
    page: str
    asked: dict[str, str] = field(default_factory=dict)
    needs_demo: bool = True


STOPS: Final[dict[str, tuple[Stop, ...]]] = {
    "designer": (
        Stop(
            N_("A journey reads like a story"),
            N_("Each step is a line: what the citizen opens, gives, chooses, sends. Change one and walk it."),
            "journeys/page_journeys.py", {"journey": "traffic/renew_vehicle"}, False,
        ),
        Stop(
            N_("A session, second by second"),
            N_("Its time line shows each wait, each silence, each question and each hand-off."),
            "analysis/page_sessions.py", {"sort": "silent_waits"},
        ),
        Stop(
            N_("As it is against redesigned"),
            N_("Each number has its unit, its interval and how many sessions it rests on."),
            "analysis/page_metrics.py",
        ),
        Stop(
            N_("Ask the people too"),
            N_("What robots found is a hypothesis. Invite participants; their answers join what was measured."),
            "surveys/page_surveys.py",
        ),
    ),
    "qa": (
        Stop(
            N_("Design a load"),
            N_("Who comes, how many, for how long: the shape is drawn before anybody sets out."),
            "loadtests/page_load.py", {}, False,
        ),
        Stop(
            N_("What was run before"),
            N_("Every run with its verdict; set several side by side."),
            "loadtests/page_history.py", {}, False,
        ),
        Stop(
            N_("The session behind a number"),
            N_("From any number to the wait it came from, in two presses."),
            "analysis/page_sessions.py", {"sort": "longest_silence"},
        ),
    ),
    "leader": (
        Stop(
            N_("The scoreboard, in two minutes"),
            N_("Satisfaction by service, what citizens bear in a year, and how sure one can be of each figure."),
            "analysis/page_scoreboard.py",
        ),
        Stop(
            N_("From a finding to its evidence"),
            N_("What hurts citizens, where, how many; with the moments to open, an owner and a state."),
            "analysis/page_findings.py",
        ),
        Stop(
            N_("Take it along"),
            N_("Two pages for a meeting, as one file in Arabic or English."),
            "analysis/page_report.py",
        ),
    ),
}  # fmt: skip
