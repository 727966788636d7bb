"""The board in words and tables: for the page, the terminal, and whoever cannot see charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis import figures
from analysis.leaders import changes
from analysis.leaders.agreed import decisions, targets, volumes
from analysis.leaders.changes import Change
from analysis.leaders.ground import ALL, PERIODS, QUARTER, YEAR, Ground
from analysis.leaders.remedies import Remedy, says
from analysis.leaders.scoreboard import (
    MISSED,
    OPEN_YET,
    PER,
    REACHED,
    Against,
    Scoreboard,
    Standing,
    Worst,
    scoreboard,
)
from analysis.measure import NOT_MEASURABLE
from analysis.sureness import PEOPLE, ROBOTS, Sure
from analysis.sureness import told as sure_of
from studies import dates, titles
from studies.events import hint
from studies.planning.conditions import condition_name
from studies.store import Store
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row, ngettext, spoken

AS_IS: Final = "as_is"
TITLES: Final = {
    "satisfaction": N_("Satisfaction"),
    "settled": N_("Needs settled"),
    "silent_time": N_("Silence a citizen sits through"),
    "repeat_questions": N_("Repeat questions"),
    "steps": N_("Steps"),
    "needless_steps": N_("Needless steps"),
    "met": N_("Citizens who meet it"),
    "seconds_lost": N_("Time lost by a citizen"),
}
UNITS: Final = {"silent_time": "s", "seconds_lost": "s"}
SHARES: Final = frozenset({"settled", "met"})
UNBROKEN: Final = "\u00a0"


def board_of(
    ground: Ground, store: Store, condition: str | None = None, instrument: str | None = None, period: str = YEAR
) -> Scoreboard:
    """The board with what was agreed on. Raises WrongInput for a condition, instrument or period that is not there."""
    _known("--condition", condition, ground.conditions)
    _known("--instrument", instrument, ground.answers.instruments())
    _known("--period", period, list(PERIODS))
    agreed = targets(store), volumes(store), decisions(store)
    chosen = condition or usual_condition(ground)
    name = ("board", spoken(), chosen, instrument, period, *(tuple(one.items()) for one in agreed))
    return ground.remembered(
        name,
        lambda: scoreboard(
            ground,
            condition=chosen,
            instrument=instrument,
            period=period,
            targets=agreed[0],
            volumes=agreed[1],
            decisions=agreed[2],
        ),
    )


def usual_condition(ground: Ground) -> str | None:
    """The service as citizens meet it, where the study has others too."""
    there = ground.conditions
    return AS_IS if AS_IS in there else there[0] if len(there) == 1 else None


def period_name(period: str) -> str:
    """A period by which a leader looks: everything, the last year, the last quarter."""
    return {ALL: _("everything so far"), YEAR: _("the last four quarters"), QUARTER: _("the last quarter")}[period]


def amount(measure: str, value: float | None, signed: bool = False) -> str:
    """A value of a measure with its unit; a share as percent."""
    if measure in SHARES:
        return figures.percent(value, signed)
    return figures.measured(value, UNITS.get(measure, ""), signed)


def between(measure: str, low: float | None, high: float | None, signed: bool = False) -> str:
    """An interval of a measure; nothing where there is none."""
    if low is None or high is None:
        return ""
    if measure in SHARES:
        return percents(low, high, signed)
    return figures.span(low, high, signed)


def percents(low: float, high: float, signed: bool = False) -> str:
    """An interval of a share: each bound stays whole, the lower one first however the language is read."""
    return figures.sentence(f"{figures.percent(low, signed)} … {figures.percent(high, signed)}")


def brief(sure: Sure) -> Sure:
    """A large count without its fractions, which say nothing."""
    if sure.value is None or sure.value < 10:
        return sure
    low, high = (None if end is None else float(round(end)) for end in (sure.low, sure.high))
    return replace(sure, value=float(round(sure.value)), low=low, high=high)


def figure(sure: Sure, measure: str = "") -> str:
    """A figure with its interval and n on one line."""
    if sure.value is None:
        return sure.says
    interval = between(measure, sure.low, sure.high).replace(" ", UNBROKEN)
    text = _("{value} ({interval}), n = {n}") if interval else _("{value}, n = {n}")
    said = text.format(value=amount(measure, sure.value), interval=interval, n=figures.number(sure.n))
    return figures.sentence(said.replace(" = ", f"{UNBROKEN}={UNBROKEN}"))


def change_told(change: Change) -> str:
    """A change: effect and interval first, then what it may be called."""
    if change.difference is None:
        return _("{what}: not enough to say ({why})").format(what=_(TITLES[change.measure]), why=change.reason)
    interval = between(change.measure, change.low, change.high, signed=True)
    effect = amount(change.measure, change.difference, signed=True)
    told = f"{effect} ({interval})" if interval else effect
    return figures.sentence(f"{_(TITLES[change.measure])}: {in_a_row([told, _(change.verdict)])}")


def rated_since(standing: Standing) -> str:
    """How satisfaction changed since the quarter before, in a cell of a table."""
    change = next((one for one in standing.changed if one.measure == "satisfaction"), None)
    if change is None or change.difference is None:
        return _("not enough to say")
    effect = figures.number(change.difference, signed=True)
    interval = between("satisfaction", change.low, change.high, signed=True).replace(" ", UNBROKEN)
    return figures.sentence(in_a_row([f"{effect} ({interval})", _(change.verdict)]) if interval else effect)


def moved(standing: Standing) -> list[Change]:
    """What can be told to have changed since the quarter before."""
    return [one for one in standing.changed if one.verdict in (changes.BETTER, changes.WORSE)]


def told_of_change(standing: Standing) -> str:
    """Since the last quarter, in one line a service."""
    if found := moved(standing):
        return " · ".join(change_told(one) for one in found)
    if all(one.verdict == changes.TOO_FEW for one in standing.changed):
        return _("not enough to say")
    return _("no change can be told")


def target_told(one: Against) -> str:
    """A target, since when, and whether it is reached."""
    text = _("{what} {value} since {since}: {verdict}")
    said = text.format(
        what=_(TITLES[one.target.measure]),
        value=amount(one.target.measure, one.target.value),
        since=dates.figure(one.target.since),
        verdict=_(one.verdict),
    )
    return figures.sentence(said)


def service_name(standing: Standing) -> str:
    """A service; what no service was told of is said to be so."""
    return titles.service_name(standing.service) or _("no service told")


def of(board: Scoreboard, who: str) -> list[Standing]:
    """The services as people, or as robots, met them."""
    return [one for one in board.standings if one.who == who]


def per(standing: Standing) -> str:
    """Of how many citizens a burden is told."""
    if standing.volume:
        return _("{n} cases in a year").format(n=figures.number(standing.volume.cases_a_year))
    if standing.who == ROBOTS:
        return _("per {n} walks").format(n=figures.number(PER))
    return _("per {n} citizens").format(n=figures.number(PER))


@dataclass(frozen=True, slots=True)
class FindingTold:
    """One finding in words: what and where, how many meet it, what it costs, who sees to it, whether that worked."""

    what: str
    where: str
    met: str
    saved: str
    owner: str
    state: str
    worked: str
    sure: str


def finding_told(row: Worst) -> FindingTold:
    """A finding as it stands on the board."""
    found = row.finding
    met = _("{met} of {of} cases ({share})").format(
        met=figures.number(found.cases), of=figures.number(found.looked_at), share=percents(found.low, found.high)
    )
    if found.seconds_each is None:
        saved = _("the time it costs cannot be heard")
    elif found.hours_saved is None:
        saved = _("{time} lost by a case").format(time=figures.measured(found.seconds_each, "s"))
    else:
        saved = _("{hours} hours in a year would be saved").format(hours=figures.number(round(found.hours_saved)))
    since = f" ({figures.island(str(row.decision.since))})" if row.decision.since else ""
    return FindingTold(
        what=figures.sentence(found.called),
        where=found.where(),
        met=figures.sentence(met),
        saved=figures.sentence(saved),
        owner=row.decision.owner or _("nobody yet"),
        state=_(row.decision.state) + since,
        worked=remedy_told(row.remedy) if row.remedy else "",
        sure=told_sure(found.cases, found.looked_at, found.who, found.confidence),
    )


def told_sure(cases: int, looked_at: int, who: str, confidence: str) -> str:
    """How sure a finding is, in one plain sentence."""
    if who == ROBOTS:
        return sure_of(looked_at, who, None)
    text = _("Confidence: {confidence}. {sentence}")
    return text.format(confidence=_(confidence), sentence=sure_of(looked_at, who, 0.0 if cases > 1 else None))


def remedy_told(remedy: Remedy) -> str:
    """Whether a remedy worked: before, after, difference with interval, and what it may be called."""
    met = remedy.met
    if met.difference is None:
        return says(remedy)
    text = _("Before {before} met it, since {since} {after}: {change}. {says}")
    return figures.sentence(
        text.format(
            before=figures.percent(met.before),
            after=figures.percent(met.after),
            since=figures.island(str(remedy.since)),
            change=f"{figures.percent(met.difference, signed=True)} ({between('met', met.low, met.high, signed=True)})",
            says=says(remedy),
        )
    )


def in_one_sentence(board: Scoreboard) -> str:
    """What a leader takes away if they read nothing else."""
    people, robots = of(board, PEOPLE), of(board, ROBOTS)
    mine = people or robots
    cases = sum(one.need.cases for one in mine)
    whom = _("citizens") if people else _("robots' walks, no citizens")
    verdicts = [a.verdict for one in mine for a in one.against]
    text = ngettext(
        "{n} service, seen through {cases} {whom}.", "{n} services, seen through {cases} {whom}.", len(mine)
    ).format(n=figures.number(len(mine)), cases=figures.number(cases), whom=whom)
    if verdicts:
        reached = _("Targets: {reached} reached, {missed} not reached, {open} too early to say.")
        text += " " + reached.format(
            reached=figures.number(verdicts.count(REACHED)),
            missed=figures.number(verdicts.count(MISSED)),
            open=figures.number(verdicts.count(OPEN_YET)),
        )
        if deaf := verdicts.count(NOT_MEASURABLE):
            text += " " + _("Not measurable: {n}.").format(n=figures.number(deaf))
    else:
        text += " " + _("No target is set yet.")
    changed = sum(bool(moved(one)) for one in mine)
    more = _("{n} changed since last quarter.").format(n=figures.number(changed))
    return text + " " + (more if changed else _("Nothing can be told to have changed since last quarter."))


def compared_told(board: Scoreboard) -> str:
    """Which quarters are compared, and how."""
    if board.quarter is None and board.undated:
        return _("No date is known of what was observed: there are no quarters to compare.")
    if board.quarter is None:
        return _("Nothing was observed yet.")
    text = _(
        "{quarter} against {before}. What is shown together is judged together (Holm), and it is an association: other "
        "things may have changed at the same time."
    )
    now, before = (figures.sentence(dates.quarter(one)) for one in (board.quarter, board.before or board.quarter))
    return text.format(quarter=now, before=before)


def undated_told(board: Scoreboard) -> str:
    """Which cases are in no quarter and no trend, since nobody knows when they were; nothing where there are none."""
    if not board.undated:
        return ""
    text = ngettext(
        "{n} case has no date: it is in no quarter and in no trend.",
        "{n} cases have no date: they are in no quarter and in no trend.",
        board.undated,
    )
    left_out = board.quarter is not None and board.period != ALL
    told = text.format(n=figures.number(board.undated))
    return told + " " + _("They count in everything so far alone.") if left_out else told


def news(board: Scoreboard) -> list[str]:
    """What changed, a line a service: people before robots, what can be told before what cannot."""
    lines, silent, lacking = [], 0, 0
    for one in board.standings:
        if found := moved(one):
            whose = "" if one.who == PEOPLE else f" ({_('robots')})"
            lines.append(f"{service_name(one)}{whose}: " + " · ".join(change_told(change) for change in found))
        elif all(change.verdict == changes.TOO_FEW for change in one.changed):
            lacking += 1
        else:
            silent += 1
    if silent:
        lines.append(_("No change can be told: {n} of the services.").format(n=figures.number(silent)))
    if lacking:
        text = _("Not enough to say: {n} of the services. {fewest} cases in each of the two quarters are the least.")
        lines.append(text.format(n=figures.number(lacking), fewest=figures.number(changes.FEWEST)))
    return lines


def command(board: Scoreboard) -> str:
    """The command that says the same."""
    words = ["./lab scoreboard", board.study, "--period", board.period]
    words += ["--condition", board.condition] if board.condition else []
    words += ["--instrument", board.instrument] if board.instrument else []
    return " ".join(words)


def told(board: Scoreboard) -> str:
    """The board for a person at a terminal."""
    head = _("{study}: {condition} {period}; satisfaction by {instrument}")
    lines = [
        head.format(
            study=board.study,
            condition=condition_name(board.condition),
            period=period_name(board.period),
            instrument=board.instrument or "–",
        )
    ]
    for who in (PEOPLE, ROBOTS):
        mine = of(board, who)
        if mine:
            lines.append(_("People") if who == PEOPLE else _("Robots: a hypothesis about people, nothing more"))
        for one in mine:
            lines.append(f"  {service_name(one)}: {figure(one.satisfaction)}; {told_of_change(one)}")
            borne = "; ".join(
                f"{name} {figure(one.borne(measure))}"
                for name, measure in ((_("silent hours"), "silent_time"), (_("repeat questions"), "repeat_questions"))
            )
            lines.append(f"    {borne} ({per(one)})")
            lines += [f"    {target_told(a)}" for a in one.against]
    lines += [undated] if (undated := undated_told(board)) else []
    for row in board.worst:
        state, owner = _(row.decision.state), row.decision.owner or _("nobody yet")
        lines.append(f"{row.finding.key}  {row.finding.called} [{row.finding.where()}]: {in_a_row([state, owner])}")
    return "\n".join(lines)


def _known(option: str, word: str | None, there: Sequence[str]) -> None:
    if word is not None and word not in there:
        text = _("{option} {word} is not there. There are: {known}.{hint}")
        known = in_a_row(there) or _("none")
        raise WrongInput(text.format(option=option, word=word, known=known, hint=hint(word, list(there))))
