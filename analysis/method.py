"""Which method answers a comparison, and why: chosen from the design, said in one sentence.

Effect and interval first, the p value last. What is shown together is one family (Holm 1979). Too few cases give "not
enough to say", and how many would do. Two groups are compared as second less first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np

from analysis.proving.shape import caution, shape_of
from analysis.statistics.exact_shares import MOST, exact_paired_proportion_test, exact_two_proportion_test
from analysis.statistics.families import holm_adjustment
from analysis.statistics.means import paired_t_test, welch_t_test
from analysis.statistics.planning import sample_size_two_proportions
from analysis.statistics.ranks import mann_whitney_test, wilcoxon_signed_rank_test
from analysis.statistics.several import (
    cochran_q_test,
    friedman_test,
    same_people_means,
    several_means_test,
    several_ranks_test,
    several_shares_test,
)
from analysis.statistics.times import restricted_mean_time
from analysis.statistics.two_proportions import (
    bonett_price_paired_difference_ci,
    fisher_exact_test,
    n_minus_1_two_proportion_test,
    newcombe_difference_ci,
)
from studies.troubles import WrongInput
from studies.words import N_, _, in_a_row

SHARE: Final = "share"
MEAN: Final = "mean"
TIME: Final = "time"
RATING: Final = "rating"
KINDS: Final = (SHARE, MEAN, TIME, RATING)
#: fewer ratings a side are compared by their order
FEW_RATINGS: Final = 20
#: fewer values a side say nothing of a mean or a time
FEWEST: Final = 5
#: normal quantiles of 97.5 % and of 80 %: a test of 5 % that finds a difference in four of five studies
Z: Final = 1.959963984540054
Z80: Final = 0.8416212335729143


@dataclass(frozen=True, slots=True)
class Answer:
    """One comparison: the effect with its interval, then what would be chance; `why` names the method's reason."""

    method: str
    why: str
    effect: float | None
    of: str  # what the effect is: a difference, a ratio, how often one exceeds the other
    low: float | None
    high: float | None
    n: tuple[int, ...]
    beside: Mapping[str, Any]
    enough: bool = True
    would_do: int | None = None  # how many a side
    says: str = ""
    p_value: float | None = None
    p_adjusted: float | None = None

    def json(self) -> dict[str, Any]:
        """What is exchanged: effect and interval first, p last."""
        return {"method": self.method, "why": self.why, "effect": self.effect, "of": _(self.of), "ci_low": self.low,
                "ci_high": self.high, "n": list(self.n), **self.beside, "enough": self.enough,
                "would_do": self.would_do, "says": self.says, "p_value": self.p_value,
                "p_adjusted": self.p_adjusted}  # fmt: skip


def answer(
    kind: str,
    groups: Mapping[str, Sequence[float]],
    *,
    paired: bool = False,
    gave_up: Mapping[str, Sequence[bool]] | None = None,
    confidence: float = 0.95,
) -> Answer:
    """One comparison of two conditions or more.

    `kind` is what the values are: `share` (1 or 0), `mean`, `time` (above zero; `gave_up` marks who did not get there)
    or `rating` (a few ordered answers). `paired`: the same people, in the same order. Raises WrongInput where the data
    cannot bear the question.
    """
    if kind not in KINDS:
        raise WrongInput(_("{kind} is nothing that is compared. There are: {kinds}.").format(
            kind=kind, kinds=in_a_row(KINDS)))  # fmt: skip
    if len(groups) < 2:
        raise WrongInput(_("A comparison needs two conditions or more; here is {n}.").format(n=len(groups)))
    sizes = tuple(len(values) for values in groups.values())
    if min(sizes) == 0:
        empty = next(name for name, values in groups.items() if not len(values))
        raise WrongInput(_("Condition {name} has no values to compare.").format(name=empty))
    if paired and len(set(sizes)) > 1:
        raise WrongInput(_("Pairs need as many values in each condition; here are {sizes}.").format(
            sizes=in_a_row(map(str, sizes))))  # fmt: skip
    given = {name: [float(v) for v in values] for name, values in groups.items()}
    if kind == SHARE and any(v not in (0.0, 1.0) for values in given.values() for v in values):
        raise WrongInput(_("A share is of values 1 (got there) and 0 (did not)."))
    if len(given) > 2:
        return _several(kind, given, paired, confidence)
    (_a, first), (_b, second) = given.items()
    match kind:
        case "share":
            return _shares(first, second, paired, confidence)
        case "time":
            ended = [list(one) for one in (gave_up or {}).values()] if gave_up else []
            if any(any(one) for one in ended):
                return _times_with_abandonment(given, gave_up or {}, confidence)
            return _times(first, second, paired, confidence)
        case "rating" if min(sizes) < FEW_RATINGS:
            return _ratings(first, second, paired, confidence)
        case _:
            return _means(first, second, paired, confidence)


def family(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Answers that are shown together, their p values adjusted for that (Holm)."""
    adjusted = holm_adjustment(p_values=[a.p_value for a in answers.values()])["adjusted"]
    return {name: replace(a, p_adjusted=p) for (name, a), p in zip(answers.items(), adjusted, strict=True)}


def _shares(first: list[float], second: list[float], paired: bool, confidence: float) -> Answer:
    a, b, m, n = int(sum(first)), int(sum(second)), len(first), len(second)
    beside = {"first": a / m, "second": b / n}
    if paired:
        only_b = sum(x < y for x, y in zip(first, second, strict=True))
        only_a = sum(x > y for x, y in zip(first, second, strict=True))
        both = sum(x == y == 1 for x, y in zip(first, second, strict=True))
        table = {"both_pass": both, "only_a_pass": only_b, "only_b_pass": only_a,
                 "neither_pass": n - both - only_a - only_b}  # fmt: skip
        ci = bonett_price_paired_difference_ci(**table, confidence=confidence)
        found = Answer(
            "McNemar (exact), Bonett-Price",
            _("The same people tried both, so only those who got there in one alone can tell."),
            ci["difference"], N_("difference of shares"), ci["ci_low"], ci["ci_high"], (m, n), beside,
            p_value=exact_paired_proportion_test(**table)["p_value"],
        )  # fmt: skip
        return _judged(found, only_a + only_b >= 5, _enough_shares(a / m, b / n, max(m, n)))
    table = {"successes_a": b, "trials_a": n, "successes_b": a, "trials_b": m}
    ci = newcombe_difference_ci(**table, confidence=confidence)
    test, name, why = two_shares(**table)
    found = Answer(f"{name}, Newcombe", why, ci["difference"], N_("difference of shares"), ci["ci_low"], ci["ci_high"],
                   (m, n), beside, p_value=test["p_value"])  # fmt: skip
    return _judged(found, min(m, n) >= FEWEST, _enough_shares(a / m, b / n, max(m, n)))


def two_shares(
    *, successes_a: int, trials_a: int, successes_b: int, trials_b: int
) -> tuple[Mapping[str, Any], str, str]:
    """The test of the shares of two groups of different people that keeps its level, its name, and why it."""
    table = {"successes_a": successes_a, "trials_a": trials_a, "successes_b": successes_b, "trials_b": trials_b}
    everybody, there = trials_a + trials_b, successes_a + successes_b
    if max(trials_a, trials_b) > MOST:
        why = _("Different people, and so many that the approximation keeps its level.")
        return n_minus_1_two_proportion_test(**table), "N-1", why
    if min(trials_a, trials_b) * min(there, everybody - there) >= everybody:
        why = _("Different people; the N-1 test, made exact so that it keeps its level.")
        return exact_two_proportion_test(**table), "N-1 (exact)", why
    return fisher_exact_test(**table), "Fisher", _("Different people, and too few of one outcome for an approximation.")


def _enough_shares(a: float, b: float, n: int) -> int | None:
    """How many a side would tell shares that differ as these do (pulled towards the middle, as few are extreme)."""
    p, q = (a * n + 1) / (n + 2), (b * n + 1) / (n + 2)
    if abs(p - q) < 0.01:
        return None
    needed = sample_size_two_proportions(p1=p, p2=q, power=0.8)["n_per_group"]
    return int(needed) if needed else None


def _means(first: list[float], second: list[float], paired: bool, confidence: float) -> Answer:
    if paired:
        test = paired_t_test(first=second, second=first, confidence=confidence)
        name, why = "paired t", _("The same people went through both, so each is compared with themselves.")
    else:
        test = welch_t_test(group_a=second, group_b=first, confidence=confidence)
        name, why = "Welch", _("Different people, whose spreads may differ.")
    found = Answer(
        name, why, test["difference"], N_("difference of means"), test["ci_low"], test["ci_high"],
        (len(first), len(second)), {"first": float(np.mean(first)), "second": float(np.mean(second))},
        p_value=test["p_value"],
    )  # fmt: skip
    found = _judged(found, min(len(first), len(second)) >= FEWEST, _enough_means(first, second, paired))
    # A difference is as skewed as what it is taken of: its interval is asked about the shape that it really has.
    each = [b - a for a, b in zip(first, second, strict=True)] if paired else first
    doubt = caution("paired_t_test" if paired else "welch_t_test", shape_of(each), len(each))
    return replace(found, enough=False, says=found.says or doubt) if doubt else found


def _enough_means(first: Sequence[float], second: Sequence[float], paired: bool) -> int | None:
    a, b = np.asarray(first, float), np.asarray(second, float)
    if min(len(a), len(b)) < 2:
        return None
    sd = float((b - a).std(ddof=1)) if paired else math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    difference = float(b.mean() - a.mean())
    if sd <= 0 or abs(difference) < 0.05 * sd:
        return None
    # Guenther 1981: the normal formula and what t needs besides; within one of the exact number (planning.py has that).
    needed = ((Z + Z80) * sd / difference) ** 2 * (1 if paired else 2) + Z**2 / (2 if paired else 4)
    return math.ceil(needed)


def _times(first: list[float], second: list[float], paired: bool, confidence: float) -> Answer:
    if min(*first, *second) <= 0:
        return replace(_means(first, second, paired, confidence),
                       why=_("A time of nothing has no logarithm, so that means are compared."))  # fmt: skip
    logs = [[math.log(v) for v in side] for side in (first, second)]
    told = _means(logs[0], logs[1], paired, confidence)
    way = _("Times have a long tail, so that they are compared by how many times longer (geometric means).")
    return replace(
        told, method=f"{told.method} (log)", why=f"{way} {told.why}", of=N_("ratio of geometric means"),
        effect=_power(told.effect), low=_power(told.low), high=_power(told.high),
        beside={"first": math.exp(float(np.mean(logs[0]))), "second": math.exp(float(np.mean(logs[1])))},
    )  # fmt: skip


def _power(value: float | None) -> float | None:
    return None if value is None else math.exp(value)


def _times_with_abandonment(
    given: Mapping[str, list[float]], gave_up: Mapping[str, Sequence[bool]], confidence: float
) -> Answer:
    """The means within the time that both were watched (areas under Kaplan-Meier's curves), second less first."""
    told = []
    longest = min(max(values) for values in given.values())
    for name, values in given.items():
        done = [int(not left) for left in gave_up[name]]
        told.append(restricted_mean_time(durations=values, completed=done, tau=longest))
    sizes = tuple(len(v) for v in given.values())
    shares = {f"gave_up_{name}": sum(gave_up[name]) / len(gave_up[name]) for name in given}
    beside = {"first": told[0]["restricted_mean"], "second": told[1]["restricted_mean"], "within": longest, **shares}
    difference = told[1]["restricted_mean"] - told[0]["restricted_mean"]
    error = math.hypot(told[0]["standard_error"], told[1]["standard_error"])
    z = Z if confidence == 0.95 else _normal_quantile(confidence)
    p = math.erfc(abs(difference) / error / math.sqrt(2)) if error > 0 else None
    found = Answer(
        "Kaplan-Meier, restricted mean", _("Some gave up: they count for as long as they stayed, not as having ended."),
        difference, N_("difference of mean times within what both were watched"),
        difference - z * error if error > 0 else None, difference + z * error if error > 0 else None,
        sizes, beside, p_value=p,
    )  # fmt: skip
    ended = [sum(not left for left in gave_up[name]) for name in given]
    return _judged(found, min(ended) >= 10, None if min(ended) >= 10 else math.ceil(
        10 * max(n / max(e, 1) for n, e in zip(sizes, ended, strict=True))))  # fmt: skip


def _normal_quantile(confidence: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _ratings(first: list[float], second: list[float], paired: bool, confidence: float) -> Answer:
    sizes = (len(first), len(second))
    beside = {"first": float(np.median(first)), "second": float(np.median(second))}
    if paired:
        each = np.asarray(second) - np.asarray(first)
        test = wilcoxon_signed_rank_test(first=second, second=first)
        share = float((each > 0).mean() + (each == 0).mean() / 2)
        spread = float(np.var(np.sign(each), ddof=1)) / 4 if len(each) > 1 else 0.0
        error = math.sqrt(spread / len(each))
        name, why = "Wilcoxon", _("A few ratings of the same people: only their order is trusted, pair by pair.")
        enough = test["n_nonzero"] >= 6
    else:
        exact = sum(sizes) <= 60  # beyond, the normal curve is near enough, and fast
        test = mann_whitney_test(group_a=second, group_b=first, method="exact" if exact else "asymptotic_continuity")
        share = test["probability_of_superiority"]
        above = np.sign(np.subtract.outer(np.asarray(second), np.asarray(first))) / 2 + 0.5
        parts = [float(np.var(above.mean(axis), ddof=1)) / n if n > 1 else 0.0
                 for axis, n in ((0, sizes[0]), (1, sizes[1]))]  # fmt: skip
        error = math.sqrt(sum(parts))
        name, why = "Mann-Whitney", _("A few ratings of different people: only their order is trusted.")
        enough = min(sizes) >= FEWEST
    z = _normal_quantile(confidence)
    low, high = _within_a_share(share, error, z)
    found = Answer(name, why, share, N_("how often the second is rated higher"), low, high, sizes, beside,
                   p_value=test["p_value"])  # fmt: skip
    # Noether 1987: so many a side to tell a share so far from one half, in four of five studies.
    apart = abs(share - 0.5)
    needed = math.ceil((z + Z80) ** 2 / (6 * apart**2)) if apart > 0.02 else None
    return _judged(found, enough, needed)


def _within_a_share(share: float, error: float, z: float) -> tuple[float | None, float | None]:
    """An interval that stays within 0 and 1: symmetric in log odds."""
    if error <= 0 or not 0 < share < 1:
        return None, None
    middle, reach = math.log(share / (1 - share)), z * error / (share * (1 - share))
    return 1 / (1 + math.exp(-(middle - reach))), 1 / (1 + math.exp(-(middle + reach)))


def _several(kind: str, given: Mapping[str, list[float]], paired: bool, confidence: float) -> Answer:
    """First whether any differ at all; then which, two at a time, adjusted for trying all pairs (Holm)."""
    sizes = tuple(len(v) for v in given.values())
    logs = kind == TIME and min(min(v) for v in given.values()) > 0
    values = {name: [math.log(v) for v in told] for name, told in given.items()} if logs else given
    test, name, why = whether_any(kind, values, paired)
    means = {name: float(np.mean(v)) for name, v in given.items()}
    pairs = {
        f"{a}|{b}": answer(kind, {a: given[a], b: given[b]}, paired=paired, confidence=confidence)
        for a, b in combinations(given, 2)
    }
    adjusted = {pair: one.p_adjusted for pair, one in family(pairs).items()}
    spread = max(means.values()) - min(means.values())
    found = Answer(name, why, spread, N_("largest difference of means"), None, None, sizes,
                   {"means": means, "pairs": adjusted}, p_value=test["p_value"])  # fmt: skip
    ends = sorted(values, key=lambda one: float(np.mean(values[one])))
    first, last = values[ends[0]], values[ends[-1]]
    would = _enough_shares(means[ends[0]], means[ends[-1]], max(sizes)) if kind == SHARE else _enough_means(
        first, last, paired)  # fmt: skip
    return _judged(found, min(sizes) >= FEWEST, would)


def whether_any(kind: str, given: Mapping[str, list[float]], paired: bool) -> tuple[Mapping[str, Any], str, str]:
    """The test of all conditions at once, its name, and why it."""
    by_order = kind == RATING and min(map(len, given.values())) < FEW_RATINGS
    match kind, paired:
        case "share", True:
            return (cochran_q_test(groups=given), "Cochran Q, then McNemar by pairs (Holm)",
                    _("The same people met more than two conditions, and each got there or did not."))  # fmt: skip
        case "share", False:
            return (several_shares_test(groups=given), "Chi-squared (N-1), then pairs (Holm)",
                    _("Different people in more than two conditions, who got there or did not."))  # fmt: skip
        case _ if by_order and paired:
            return (friedman_test(groups=given), "Friedman",
                    _("The same people rated more than two conditions: only each one's order is trusted."))  # fmt: skip
        case _ if by_order:
            return (several_ranks_test(groups=given), "Kruskal-Wallis",
                    _("More than two conditions and few ratings: only their order is trusted."))  # fmt: skip
        case _ if paired:
            return (same_people_means(groups=given), "Repeated measures, then paired t by pairs (Holm)",
                    _("The same people met more than two conditions: each is compared with themselves."))  # fmt: skip
    why = _("More than two conditions: first whether any differ at all, then which, adjusted for trying all pairs.")
    return several_means_test(groups=given), "Welch ANOVA, then Welch by pairs (Holm)", why


def _judged(found: Answer, enough: bool, would_do: int | None) -> Answer:
    """The answer with what it amounts to in words: whether it is enough, and how many a side would do."""
    if enough and (found.low is not None or found.p_value is not None):
        return replace(found, would_do=would_do)
    would = max(would_do or 0, FEWEST) if would_do else None
    said = _("not enough to say")
    if would and would > max(found.n):
        said = _("{said}; about {n} a side would do").format(said=said, n=would)
    elif max(found.n) < FEWEST:
        said = _("{said}; at least {n} a side are needed").format(said=said, n=FEWEST)
        would = FEWEST
    return replace(found, enough=False, would_do=would, says=said)
