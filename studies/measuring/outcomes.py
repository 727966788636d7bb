"""How a sitting ended for the citizen: one reading of it for the metric, for pages, and for whoever watches a robot."""

from __future__ import annotations

import numpy as np

from studies.log import Log
from studies.measuring.batch import Batch, batch_of
from studies.measuring.marks import REPLIES
from studies.words import _


def outcomes(batch: Batch) -> np.ndarray:
    """One word a session (DESIGN, section 1).

    `broken` if the lab broke, else `concluded`, else `left`, else by the service's last sentence other than `responds`
    and `forwards`: `refused`, `handed_off`, or `open`.
    """
    found = np.full(batch.sessions, "open", dtype=object)
    spoken = batch.is_verb(*REPLIES)
    last = np.full(batch.sessions, -1)
    rows = np.flatnonzero(spoken)
    last[batch.session[rows]] = rows  # rows are in order: the last one stays
    told = last >= 0
    for verb, outcome in (("refuses", "refused"), ("hands_off", "handed_off")):
        found[told] = np.where(batch.is_verb(verb)[last[told]], outcome, found[told])
    for verb, outcome in (("leaves", "left"), ("concludes", "concluded"), ("breaks", "broken")):
        found[batch.session[batch.is_verb(verb)]] = outcome
    return found


def endings(log: Log) -> dict[str, str]:
    """How each session of a log of whole cases ended, in the log's order of sessions."""
    batch = batch_of(log)
    found = dict(zip(map(str, batch.names), outcomes(batch).tolist(), strict=True))
    return {session: found[session] for session in log.sessions["session"].to_pylist()}


def outcome_name(outcome: str) -> str:
    """How a session ended, or how a task went, in words; what has none is said as it is."""
    names = {
        "concluded": _("concluded"),
        "left": _("left"),
        "refused": _("refused"),
        "handed_off": _("handed off"),
        "open": _("open"),
        "broken": _("broken"),
        "direct": _("direct success"),
        "indirect": _("indirect success"),
        "gave_up": _("gave up"),
        "not_eligible": _("not eligible"),
        "failed": _("failed"),
    }
    return names.get(outcome, outcome)
