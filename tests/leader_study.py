"""A study with what a leader looks for planted in it: a rise, a remedy that worked, two channels, robots."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from studies import archive
from studies.script import parse
from studies.store import Store
from studies.workspace import Workspace

STUDY = "year"
REMEDY = "2026-07-01"
QUARTERS = {"2026-02": 0, "2026-05": 1, "2026-08": 2}
_VISIT = """
session={s} case={c} start={start} channel=web source={source} participant={p} task={task}
 0.0 citizen begins {task} value=3
 0.5 citizen acts page step=open
 {open} service requests national_id step=open
10.0 citizen gives national_id step=open
{more}11.0 citizen submits details step=send
{again}22.0 citizen submits {task} step=send
{end}
"""
_AGAIN = "11.5 service requests national_id step=send\n21.5 citizen gives national_id step=send\n"
_MORE = "10.5 citizen acts help step=send\n10.8 service answers help step=send\n"
_FIRST = "11.5 service answers details step=send\n"
_DONE = "22.3 service concludes done step=send"
_LEFT = "30.0 citizen leaves step=send"
_CALL = """
session={s}-call case={c} start={later} channel=phone source=call participant={p}
 0.0 citizen asks {task}
 5.0 service answers {task}
 9.0 service concludes done
"""


def planted(space: Workspace, people: int = 30, seed: int = 3) -> Store:
    """Two services over three quarters: `renew` was mended on the day of REMEDY, `permit` stayed as it was.

    In `renew` nine of ten were asked again before the remedy and one of ten since, and satisfaction rose by 25 points;
    of `permit` every third citizen called as well. Robots walked `renew` too.
    """
    draw = np.random.default_rng(seed)
    store = Store(space.database_url, clock=lambda: datetime(2026, 9, 1, 8, tzinfo=UTC))
    texts: list[str] = []
    asked: list[tuple[str, str, int]] = []
    for month, quarter in QUARTERS.items():
        for task in ("renew", "permit"):
            for k in range(people):
                name = f"{task}-{month}-{k}"
                again = k % 10 < 9 if task == "permit" or quarter < 2 else k % 10 < 1
                day = f"{month}-{1 + k % 27:02d}"
                told = {"s": name, "c": name, "p": f"p-{name}", "task": task, "source": "participant",
                        "start": f"{day}T08:00:00Z", "later": f"{day}T09:00:00Z"}  # fmt: skip
                texts.append(_VISIT.format(**told, open=round(3 + float(draw.random()), 3),
                                           more=_MORE if draw.random() < 0.4 else "", again=_AGAIN if again else _FIRST,
                                           end=_LEFT if k % 6 == 0 else _DONE))  # fmt: skip
                if task == "permit" and k % 3 == 0:
                    texts.append(_CALL.format(**told))
                asked.append((name, f"p-{name}", _answer(draw, higher=task == "renew" and quarter == 2)))
    for k in range(3):
        told = {"s": f"robot-{k}", "c": f"robot-{k}", "p": "r", "task": "renew", "source": "robot",
                "start": "2026-08-20T08:00:00Z"}  # fmt: skip
        texts.append(_VISIT.format(**told, open=3.5, more="", again=_AGAIN, end=_DONE))
    archive.seal(parse("".join(texts)), STUDY, space)
    for session, person, value in asked:
        invitation = store.add_invitation(STUDY, ["sus"], person, session=session)
        # Alternating items point either way: v and 6 - v make a score of 25 (v - 1).
        said = {f"sus_{n}": value if n % 2 else 6 - value for n in range(1, 11)}
        store.submit(f"k-{session}", invitation.token, "sus", said, "en", complete=True, finished=True)
    return store


def _answer(draw: np.random.Generator, *, higher: bool) -> int:
    return int(draw.choice([3, 4, 5] if higher else [2, 3, 4]))
