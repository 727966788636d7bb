"""How many minutes of a citizen each service takes, in all and by step, of what was measured of its sessions.

A case's minutes are those of all its sittings. People stand apart from robots; load citizens are left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import sureness
from analysis.found import counted_sessions
from analysis.leaders.cost import Burden, StepTime
from analysis.measure import Measured
from analysis.measures_kept import frames_of
from analysis.statistics.times import mean_ci
from analysis.step_times import spent_of
from studies.log import Log


def burdens(log: Log, measured: Measured) -> list[Burden]:
    """The measured minutes of each service under each condition, by who went through it."""
    spent = spent_of(measured.batch, measured.presets).to_pandas()
    return burdens_in(frames_of(log, measured.presets).sessions, spent)


def burdens_in(sessions: pd.DataFrame, spent: pd.DataFrame) -> list[Burden]:
    """The same of what was measured already: a row a session, a row a session and step (analysis/step_times.py)."""
    told = counted_sessions(sessions).set_index("session")[["case", "service", "condition", "who"]]
    mine = spent.join(told, on="session", how="inner")
    found = [
        _burden(str(service), condition if isinstance(condition, str) else None, str(who), rows)
        for (service, condition, who), rows in mine.groupby(["service", "condition", "who"], dropna=False, sort=False)
    ]
    return sorted(found, key=lambda one: str((one.service, one.condition, one.who)))


def _burden(service: str, condition: str | None, who: str, rows: pd.DataFrame) -> Burden:
    case, cases = pd.factorize(rows["case"])
    step, steps = pd.factorize(rows["step"])
    seconds, waited = rows["seconds"].to_numpy(float), rows["waited"].to_numpy(float)
    sure = sureness.mean_of(np.bincount(case, seconds, minlength=len(cases)) / 60, who, least=0.0, heard=True)
    return Burden(
        service, condition, who, len(cases), sure.value or 0.0, sure.low, sure.high,
        tuple(
            _step_time(str(name), case[step == k], seconds[step == k], waited[step == k], len(cases))
            for k, name in enumerate(steps)
        ),
        sure.says,
    )  # fmt: skip


def _step_time(step: str, case: np.ndarray, seconds: np.ndarray, waited: np.ndarray, cases: int) -> StepTime:
    """What one step took of each case, of those that never came to it nothing."""
    ci = mean_ci(values=np.bincount(case, seconds, minlength=cases) / 60)
    low = None if ci["ci_low"] is None else max(0.0, ci["ci_low"])
    return StepTime(step, float(ci["mean"]), low, ci["ci_high"], len(np.unique(case)), float(waited.sum()) / cases / 60)
