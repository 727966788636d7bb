"""Whether a study may stop by its own rule, which was settled before it started."""

from __future__ import annotations

from typing import Any

from studies.planning.study import Study
from studies.words import _
from studies.workspace import Workspace


def stopping(study: Study, space: Workspace) -> dict[str, Any]:
    """The rule, how far it is met, and whether no further participant need be asked; people count, else robots."""
    from analysis.comparison import Found as Counted
    from analysis.comparison import estimate, who_is
    from analysis.measure import measure
    from studies import archive

    planned, rule = sum(study.languages.values()), study.stopping
    seen: dict[str, list[str]] = {}
    log = archive.read(study.study, space) if study.study in archive.studies_in(space) else None
    heard = [one for one in log.heard() if one.participant and who_is(one.source) != "load"] if log else []
    whose = "people" if any(who_is(one.source) == "people" for one in heard) else "robots"
    for one in heard:
        if one.participant and who_is(one.source) == whose:
            seen.setdefault(one.participant, []).append(one.session)
    found: dict[str, Any] = {"planned": planned, "took_part": len(seen), "of": whose, "margin": None, "reached": None}
    if rule.measure and rule.margin and log is not None:
        measured = measure(log)
        every = [measured.sessions.get(name, {}).get(rule.measure) for names in seen.values() for name in names]
        told = [Counted(result.state, result.value) for result in every if result is not None]
        figure = estimate(rule.measure, told)
        if figure.low is not None and figure.high is not None:
            found["margin"], found["reached"] = rule.margin, (figure.high - figure.low) / 2
    enough = found["reached"] is not None and found["reached"] <= (rule.margin or 0.0) and len(seen) >= rule.at_least
    found["stop"] = len(seen) >= planned or bool(enough)
    robots = whose == "robots" and bool(seen)
    if found["stop"]:
        said = _("By its own rule the study may stop: {n} robots took part, and nobody else.") if robots else _(
            "By its own rule the study may stop: {n} took part.")  # fmt: skip
    else:
        said = _("{n} of {of} participants were rehearsed by robots; the study goes on.") if robots else _(
            "{n} of {of} participants took part; the study goes on.")  # fmt: skip
    found["said"] = said.format(n=len(seen), of=planned)
    return found
