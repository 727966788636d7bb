"""The league in words: places as far as they can be told, shares with their limits, satisfaction standardised."""

from __future__ import annotations

import shlex

import pandas as pd

from analysis import figures
from analysis.found import settled_in
from analysis.leaders.ground import Ground
from analysis.leaders.league import League, Standing, league
from analysis.leaders.scoreboard_told import percents
from analysis.sureness import PEOPLE, ROBOTS
from studies.titles import service_name
from studies.words import _, spoken


def whose(ground: Ground) -> str:
    """Whose cases are counted: people's where there are any, else robots'."""
    return PEOPLE if (ground.cases["who"] == PEOPLE).any() else ROBOTS


def league_of(ground: Ground, condition: str | None, fewest: int) -> League:
    """The league of a study's services under one condition; satisfaction by what was asked most."""
    name = ("league", spoken(), condition, fewest)
    return ground.remembered(name, lambda: _league_of(ground, condition, fewest))


def _league_of(ground: Ground, condition: str | None, fewest: int) -> League:
    sessions = ground.kept.sessions
    chosen = sessions if condition is None else sessions[sessions["condition"].eq(condition)]
    ratings = ground.ratings(ground.answers.most_answered() or "")
    mine = ratings[(ratings["who"] == whose(ground)) & (ratings["service"] != "") & ratings["settled"].notna()]
    if condition is not None:
        mine = mine[mine["condition"].eq(condition)]
    told = {
        str(name): list(zip(rows["settled"].eq(1).tolist(), rows["score"].tolist(), strict=True))
        for name, rows in mine.groupby("service")
    }
    return league(settled_in(chosen), told, fewest=fewest)


def ranked(found: League) -> list[Standing]:
    """The services that have enough cases."""
    return [one for one in found.standings if one.group is not None]


def said(found: League) -> list[str]:
    """What the league may claim."""
    lines = [found.says] if found.says else []
    if found.target is not None:
        lines.append(_("All together: {share} settled").format(share=figures.percent(found.target)) + ".")
    if found.overdispersion is not None and found.overdispersion > 1:
        lines.append(
            _("Services differ {phi} times as much as chance alone would make them.").format(
                phi=figures.number(round(found.overdispersion, 1))
            )
        )
    return lines or [_("There are no cases to rank services by.")]


def table(found: League) -> pd.DataFrame:
    """Every service: its place or why it has none, its share with interval and limits, satisfaction."""
    rows = found.standings
    return pd.DataFrame(
        {
            _("Place"): [_place(one) for one in rows],
            _("Service"): [service_name(one.service) or _("no service told") for one in rows],
            _("Needs settled"): [_settled(one) for one in rows],
            _("By chance, 95 of 100"): [_limits(one) for one in rows],
            _("What it says"): [one.says for one in rows],
            _("Satisfaction, outcomes alike"): [_satisfaction(one) for one in rows],
        }
    )


def command(study: str, fewest: int, condition: str | None) -> str:
    """The command that says the same."""
    words = ["./lab", "league", study, "--fewest", str(fewest)]
    words += ["--condition", condition] if condition else []
    return shlex.join(words)


def _place(one: Standing) -> str:
    if one.group is None or one.place_low is None or one.place_high is None:
        return figures.NOTHING
    if one.place_low == one.place_high:
        return figures.number(one.place_low)
    return figures.span(one.place_low, one.place_high)


def _settled(one: Standing) -> str:
    if one.low is None or one.high is None:
        return figures.NOTHING
    settled, cases = figures.number(one.settled), figures.number(one.cases)
    text = _("{settled} of {cases} ({share})")
    return figures.sentence(text.format(settled=settled, cases=cases, share=percents(one.low, one.high)))


def _limits(one: Standing) -> str:
    if not one.limits:
        return figures.NOTHING
    return percents(one.limits[1], one.limits[2])


def _satisfaction(one: Standing) -> str:
    if one.standardised is None or one.standardised_low is None or one.standardised_high is None:
        return _("not enough to say, n = {n}").format(n=figures.number(one.rated)) if one.rated else figures.NOTHING
    value, span = figures.number(one.standardised), figures.span(one.standardised_low, one.standardised_high)
    return figures.sentence(_("{value}, n = {n}").format(value=f"{value} ({span})", n=figures.number(one.rated)))
