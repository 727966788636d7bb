"""How many citizens must take part, before anybody is asked: for a narrow interval, or to see a difference."""

from __future__ import annotations

import math

from scipy import optimize, stats

from analysis.statistics import Figures, nothing
from studies.words import _

#: Beyond this many a group nobody plans a study; the searches end there.
MOST = 10_000_000


def sample_size_proportion_ci(
    *, expected_proportion: float, margin: float, confidence: float = 0.95, method: str = "wald"
) -> Figures:
    """How many for an interval of a share no wider than plus or minus `margin`. Sauro & Lewis 2016, chapter 6.

    `wald`: z² p (1 - p) / d². `adjusted_wald`: the n whose adjusted share pa = (n p + z²/2) / (n + z²) gives
    n = z² pa (1 - pa) / d² - z².
    """
    if not 0 <= expected_proportion <= 1 or not 0 < margin < 1:
        return nothing("n_exact", "n", because=_("the share and the margin must lie between 0 and 1"))
    z2 = float(stats.norm.ppf(0.5 + confidence / 2)) ** 2
    p, d2 = expected_proportion, margin * margin
    match method:
        case "wald":
            exact = z2 * p * (1 - p) / d2
        case "adjusted_wald":

            def short(n: float) -> float:
                adjusted = (n * p + z2 / 2) / (n + z2)
                return z2 * adjusted * (1 - adjusted) / d2 - z2 - n

            # Few are needed where the margin is wide; then the prior z² alone is narrow enough.
            exact = 0.0 if short(0.0) <= 0 else float(optimize.brentq(short, 0.0, z2 / d2, xtol=1e-12, rtol=1e-14))
        case _:
            raise ValueError(f"{method} is no method; there are wald and adjusted_wald")
    return {"n_exact": exact, "n": max(1, math.ceil(exact - 1e-9))}


def sample_size_mean_ci(*, sd: float, margin: float, confidence: float = 0.95) -> Figures:
    """How many for a t interval of a mean no wider than plus or minus `margin`: the smallest n that holds."""
    if sd < 0 or margin <= 0:
        return nothing("n", because=_("the spread and the margin must be above 0"))
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    n = max(2, math.ceil((z * sd / margin) ** 2))  # t is wider than z, so no fewer will do
    while stats.t.ppf(0.5 + confidence / 2, n - 1) * sd / math.sqrt(n) > margin:
        n += 1
    while n > 2 and stats.t.ppf(0.5 + confidence / 2, n - 2) * sd / math.sqrt(n - 1) <= margin:
        n -= 1
    return {"n": n}


def power_two_proportions(*, p1: float, p2: float, n_per_group: float, confidence: float = 0.95) -> Figures:
    """How likely a true difference of two shares is seen: pooled under no difference, unpooled under one.

    The normal formula of R's power.prop.test (not the arcsine's, which gives another figure).
    """
    if not 0 <= p1 <= 1 or not 0 <= p2 <= 1 or n_per_group <= 0 or p1 == p2:
        return nothing("power", because=_("two different shares between 0 and 1 are needed"))
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    none, some = _spreads(p1, p2)
    return {"power": float(stats.norm.cdf((math.sqrt(n_per_group) * abs(p1 - p2) - z * none) / some)) if some else 1.0}


def sample_size_two_proportions(*, p1: float, p2: float, power: float = 0.8, confidence: float = 0.95) -> Figures:
    """How many a group to see a difference of two shares that often, by the formula of `power_two_proportions`."""
    if not 0 <= p1 <= 1 or not 0 <= p2 <= 1 or p1 == p2 or not 0 < power < 1:
        return nothing("n_exact", "n_per_group", because=_("two different shares between 0 and 1 are needed"))
    none, some = _spreads(p1, p2)
    reach = float(stats.norm.ppf(0.5 + confidence / 2)) * none + float(stats.norm.ppf(power)) * some
    exact = (max(0.0, reach) / (p1 - p2)) ** 2
    return {"n_exact": exact, "n_per_group": max(1, math.ceil(exact - 1e-9))}


def power_paired_proportions(
    *, p1: float, p2: float, n_pairs: float, together: float = 0.0, confidence: float = 0.95
) -> Figures:
    """How likely McNemar's test sees a difference of two shares of the same people. Connor 1987 (Biometrics 43:207).

    What counts is how many get there in one alone, p1 (1 - p2) and p2 (1 - p1) where the two have nothing to do with
    each other; `together` (phi) is how far the same people fare alike in both, which makes them fewer.
    """
    parts = _parted(p1, p2, together)
    if parts is None or n_pairs <= 0:
        return nothing("power", because=_("two different shares, and a phi that they allow, are needed"))
    parted, apart = parts
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    spread = math.sqrt(max(parted - apart * apart, 0.0))
    away = math.sqrt(n_pairs) * apart - z * math.sqrt(parted)
    return {"power": float(stats.norm.cdf(away / spread)) if spread else float(away > 0)}


def sample_size_paired_proportions(
    *, p1: float, p2: float, together: float = 0.0, power: float = 0.8, confidence: float = 0.95
) -> Figures:
    """How many pairs to see a difference of two shares of the same people that often. Connor 1987."""
    parts = _parted(p1, p2, together)
    if parts is None or not 0 < power < 1:
        because = _("two different shares, and a phi that they allow, are needed")
        return nothing("n_exact", "n_pairs", because=because)
    parted, apart = parts
    reach = float(stats.norm.ppf(0.5 + confidence / 2)) * math.sqrt(parted)
    reach += float(stats.norm.ppf(power)) * math.sqrt(max(parted - apart * apart, 0.0))
    exact = (max(0.0, reach) / apart) ** 2
    return {"n_exact": exact, "n_pairs": max(1, math.ceil(exact - 1e-9))}


def _parted(p1: float, p2: float, together: float) -> tuple[float, float] | None:
    """The share of people whom the two conditions part, and by how much one is ahead; None where that cannot be."""
    if not 0 < p1 < 1 or not 0 < p2 < 1 or p1 == p2:
        return None
    both = together * math.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
    only_1, only_2 = p1 * (1 - p2) - both, p2 * (1 - p1) - both
    if min(only_1, only_2) < -1e-12 or only_1 + only_2 > 1:
        return None
    return only_1 + only_2, abs(p1 - p2)


def power_two_means(
    *, difference: float, sd: float, n_per_group: float, paired: bool = False, confidence: float = 0.95
) -> Figures:
    """How likely a true difference of two means is seen by a t test, both tails counted (noncentral t).

    `sd` is that of each group, or, where the same people did both (`paired`), that of the differences.
    """
    if sd <= 0 or n_per_group < 2:
        return nothing("power", because=_("a spread above 0 and two a group are needed"))
    return {"power": _power(difference, sd, float(n_per_group), paired, confidence)}


def sample_size_two_means(
    *, difference: float, sd: float, power: float = 0.8, paired: bool = False, confidence: float = 0.95
) -> Figures:
    """How many a group (or how many pairs) to see a difference of two means that often."""
    if sd <= 0 or difference == 0 or not 0 < power < 1:
        because = _("a spread above 0 and a difference are needed")
        return nothing("n_exact", "n_per_group", because=because)

    def short(n: float) -> float:
        return _power(difference, sd, n, paired, confidence) - power

    least, high = 2.0, 4.0
    if short(least) >= 0:
        return {"n_exact": least, "n_per_group": 2}
    while short(high) < 0:
        high *= 2
        if high > MOST:
            return nothing("n_exact", "n_per_group", because=_("more people would be needed than can be asked"))
    exact = float(optimize.brentq(short, high / 2 if high > 4 else least, high, xtol=1e-10, rtol=1e-13))
    return {"n_exact": exact, "n_per_group": math.ceil(exact - 1e-9)}


def _spreads(p1: float, p2: float) -> tuple[float, float]:
    mean = (p1 + p2) / 2
    return math.sqrt(2 * mean * (1 - mean)), math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))


def _power(difference: float, sd: float, n: float, paired: bool, confidence: float) -> float:
    groups = 1 if paired else 2
    df = groups * (n - 1)
    away = abs(difference) / sd * math.sqrt(n / groups)
    edge = float(stats.t.ppf(0.5 + confidence / 2, df))
    near, far = float(stats.nct.sf(edge, df, away)), float(stats.nct.cdf(-edge, df, away))
    if math.isnan(near) or (near == 0 and away > edge):  # SciPy gives up far out, where the difference is never missed
        return float(stats.norm.sf(edge - away))
    return near + (0.0 if math.isnan(far) else far)
