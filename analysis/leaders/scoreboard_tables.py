"""The board as tables of words: what a chart draws is said here as well, for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis import figures
from analysis.leaders.agreed import every_target, volumes
from analysis.leaders.cost_told import rests_on
from analysis.leaders.scoreboard import Quarter, Standing
from analysis.leaders.scoreboard_told import (
    TITLES,
    UNBROKEN,
    amount,
    brief,
    figure,
    per,
    rated_since,
    service_name,
    target_told,
)
from studies import dates
from studies.store import Store
from studies.titles import service_name as title_of
from studies.words import _, in_a_row


def satisfaction_table(standings: Sequence[Standing]) -> pd.DataFrame:
    """By service: satisfaction with interval and n, the quarters, since the last quarter, the target, how sure."""
    return pd.DataFrame(
        {
            _("Service"): [service_name(one) for one in standings],
            _("Satisfaction"): [figure(one.satisfaction) for one in standings],
            _("Quarter by quarter"): [_trend(one) for one in standings],
            _("Since the last quarter"): [rated_since(one) for one in standings],
            _("Target"): [" · ".join(target_told(a) for a in one.against) or "–" for one in standings],
            _("How sure"): [one.satisfaction.says for one in standings],
        }
    )


def _trend(one: Standing) -> str:
    if not one.trend and one.satisfaction.n:
        return _("no date")
    return in_a_row(_quarter(q) for q in one.trend)


def _quarter(quarter: Quarter) -> str:
    told = f"{dates.quarter(quarter.name)}: {figures.bare(round(quarter.satisfaction.value or 0.0, 1))}"
    return figures.sentence(told.replace(" ", UNBROKEN))


def burden_table(standings: Sequence[Standing]) -> pd.DataFrame:
    """By service: the hours of silence, the repeat questions and the steps that citizens bear."""
    return pd.DataFrame(
        {
            _("Service"): [service_name(one) for one in standings],
            _("Silent hours"): [figure(brief(one.borne("silent_time"))) for one in standings],
            _("Repeat questions"): [figure(brief(one.borne("repeat_questions"))) for one in standings],
            _("Steps"): [figure(brief(one.borne("steps"))) for one in standings],
            _("Needless steps"): [figure(brief(one.borne("needless_steps"))) for one in standings],
            _("Of how many"): [per(one) for one in standings],
            _("How sure"): [one.burdens["silent_time"].says for one in standings],
        }
        | ({_("How many they stand for"): [one.stands_for for one in standings]} if _counted(standings) else {})
    )


def nobody_said(standings: Sequence[Standing]) -> str:
    """How many citizens the sample stands for, where that is the same of every service: it is not known."""
    return standings[0].stands_for if standings and not _counted(standings) else ""


def _counted(standings: Sequence[Standing]) -> bool:
    return any(one.volume for one in standings)


def needs_table(standings: Sequence[Standing]) -> pd.DataFrame:
    """One line a need, over all channels: how many came which way, how many had it settled."""
    ways = {"web": _("Web"), "phone": _("Phone"), "desk": _("Desk"), "chat": _("Chat"), "video": _("Video"),
            "post": _("Post")}  # fmt: skip
    used = [way for way in ways if way in ("web", "phone", "desk") or any(s.need.ways.get(way) for s in standings)]
    table = {
        _("Need"): [service_name(one) for one in standings],
        _("Cases"): [figures.number(one.need.cases) for one in standings],
        _("Needs settled"): [figure(one.need.settled, "settled") for one in standings],
    }
    for way in used:
        table[ways[way]] = [figures.number(one.need.ways[way]) for one in standings]
    table[_("In several channels")] = [figures.number(one.need.several) for one in standings]
    table[_("How sure")] = [one.need.settled.says for one in standings]
    return pd.DataFrame(table)


def volumes_table(store: Store, services: Sequence[str]) -> pd.DataFrame:
    """What each service's year is counted with today, or that nobody has said so."""
    told = volumes(store)
    return pd.DataFrame(
        {
            _("Service"): [title_of(name) for name in services],
            _("The volumes as they stand"): [figures.sentence(rests_on(told.get(name))) for name in services],
        }
    )


def targets_table(store: Store, services: Sequence[str]) -> pd.DataFrame:
    """Every target that was ever set, the latest last."""
    found = every_target(store, services)
    return pd.DataFrame(
        {
            _("Service"): [title_of(one.service) for one in found],
            _("What is to be reached"): [_(TITLES[one.measure]) for one in found],
            _("Target"): [amount(one.measure, one.value) for one in found],
            _("Since when"): [dates.figure(one.since) for one in found],
            _("Who"): [one.who for one in found],
            _("Set on"): [dates.figure(one.at) if one.at else "" for one in found],
        }
    )
