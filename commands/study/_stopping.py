"""Whether a study may stop by its own rule, which was settled before it started."""

from __future__ import annotations

from typing import Any

from studies.study import Study
from studies.words import _
from studies.workspace import Workspace


def stopping(study: Study, space: Workspace) -> dict[str, Any]:
    """The rule, how far it is met, and whether no further participant need be asked."""
    from analysis.comparison import Found as Counted
    from analysis.comparison import estimate
    from analysis.measure import measure
    from studies import archive

    planned, rule = sum(study.languages.values()), study.stopping
    seen: dict[str, list[str]] = {}
    log = archive.read(study.study, space) if study.study in archive.studies_in(space) else None
    for one in log.heard() if log else []:
        if one.participant:
            seen.setdefault(one.participant, []).append(one.session)
    found: dict[str, Any] = {"planned": planned, "took_part": len(seen), "margin": None, "reached": None}
    if rule.measure and rule.margin and log is not None:
        measured = measure(log)
        every = [measured.sessions.get(name, {}).get(rule.measure) for names in seen.values() for name in names]
        told = [Counted(result.state, result.value) for result in every if result is not None]
        figure = estimate(rule.measure, told)
        if figure.low is not None and figure.high is not None:
            found["margin"], found["reached"] = rule.margin, (figure.high - figure.low) / 2
    enough = found["reached"] is not None and found["reached"] <= (rule.margin or 0.0) and len(seen) >= rule.at_least
    found["stop"] = len(seen) >= planned or bool(enough)
    found["said"] = (
        _("By its own rule the study may stop: {n} took part.").format(n=len(seen))
        if found["stop"]
        else _("{n} of {of} participants took part; the study goes on.").format(n=len(seen), of=planned)
    )
    return found
