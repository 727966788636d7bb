"""Findings in tables: ranked, filtered, with owner and state; every decision about one of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import pandas as pd

from analysis import figures
from analysis.found import Moment
from analysis.leaders.agreed import Decision, decision_history, decisions, volumes
from analysis.leaders.ground import Ground
from analysis.leaders.scoreboard import Worst, worst_of
from analysis.leaders.scoreboard_told import finding_told
from studies import dates
from studies.store import Store
from studies.words import _


def every(ground: Ground, store: Store, condition: str | None) -> list[Worst]:
    """All findings of a study under one condition, with what was decided about them."""
    return worst_of(ground, condition, volumes(store), decisions(store))


def services(rows: Sequence[Worst]) -> list[str]:
    """The services that something was found of."""
    return sorted({row.finding.service for row in rows if row.finding.service})


def whose(rows: Sequence[Worst]) -> list[str]:
    """Who met what was found: people, robots."""
    return sorted({row.finding.who for row in rows})


def who_name(who: str) -> str:
    """Who met it, in words."""
    return {"people": _("people"), "robots": _("robots")}.get(who, _("anybody"))


def filtered(rows: Sequence[Worst], service: str, state: str, who: str) -> list[Worst]:
    """The findings of a service, in a state, met by people or robots; an empty word lets all pass."""
    return [
        row
        for row in rows
        if service in ("", row.finding.service)
        and state in ("", row.decision.state)
        and who in ("", row.finding.who)
    ]  # fmt: skip


def names(rows: Sequence[Worst]) -> dict[str, str]:
    """The findings by key, numbered by their rank."""
    found: dict[str, str] = {}
    for place, row in enumerate(rows, 1):
        told = finding_told(row)
        found.setdefault(row.finding.key, figures.sentence(f"{figures.number(place)}. {told.what} · {told.where}"))
    return found


def moment_name(moment: Moment) -> str:
    """Where to look: a session, and the second of it."""
    text = _("{session} at {second}")
    return figures.sentence(
        text.format(session=figures.island(moment.session), second=figures.measured(round(moment.second, 1), "s"))
    )


def table(rows: Sequence[Worst]) -> pd.DataFrame:
    """All findings, the weightiest first."""
    told = [finding_told(row) for row in rows]
    return pd.DataFrame(
        {
            _("Rank"): list(range(1, len(rows) + 1)),
            _("Finding"): [one.what for one in told],
            _("Where"): [one.where for one in told],
            _("Who met it"): [who_name(row.finding.who) for row in rows],
            _("How many"): [one.met for one in told],
            _("What it costs"): [one.saved for one in told],
            _("Owner"): [row.decision.owner for row in rows],
            _("State"): [one.state for one in told],
            _("Confidence"): [_(row.finding.confidence) for row in rows],
            _("Remedy"): [row.finding.remedy for row in rows],
        }
    )


def as_it_stands(now: Decision) -> str:
    """The state that a finding is in and since when, and from when on a new one would hold."""
    if now.since is None:
        return _("Without a day, what is decided holds from today.")
    text = _("As it stands: {state} since {since}. Without a day, a state that changes begins today.")
    return figures.sentence(text.format(state=_(now.state), since=dates.figure(now.since)))


def history_table(store: Store, key: str) -> pd.DataFrame:
    """Every decision about one finding, the latest last."""
    found = decision_history(store, key)
    return pd.DataFrame(
        {
            _("When"): [dates.figure(one.at) if one.at else "" for one in found],
            _("Who"): [one.who for one in found],
            _("State"): [_(one.state) for one in found],
            _("Owner"): [one.owner for one in found],
            _("Since when"): [dates.figure(one.since) if one.since else "" for one in found],
            _("Why"): [one.note for one in found],
        }
    )


def command(key: str, now: Decision) -> str:
    """The command that keeps the same."""
    words = ["./lab", "finding", key, "--state", now.state]
    words += ["--owner", now.owner] if now.owner else []
    return shlex.join(words)
