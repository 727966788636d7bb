"""A comparison in one sentence: the effect with its interval, by which method and why, and last what may be chance.

Differences of shares are told in points of a hundred, ratios by their factor. `together` is how many comparisons are
shown together: p is told as it counts among them (Holm).
"""

from __future__ import annotations

from analysis import figures
from analysis.method import Answer
from studies.words import _

#: effects that are shares, and are told in hundredths
_SHARES = ("difference of shares",)
_RATIOS = ("ratio of geometric means",)


def sentence(one: Answer, together: int = 1) -> str:
    """Effect and interval first, then the method and its reason, p last; and whether it is enough to say."""
    parts = [effect(one)] if one.effect is not None else []
    if one.says:
        parts.append(one.says)
    if one.method:
        parts.append(method(one))
    if one.p_value is not None:
        parts.append(chance(one, together))
    return " · ".join(parts)


def effect(one: Answer, named: bool = True) -> str:
    """What differs (if it is to be named), by how much, and within what interval."""
    if one.effect is None:
        return figures.NOTHING
    scale = 100 if one.of in _SHARES else 1
    signed = one.of not in _RATIOS
    value = figures.number(figures.rounded(scale * one.effect, 2 if scale == 1 else 1), signed=signed)
    value = f"× {value}" if one.of in _RATIOS else value
    value = _("{value} points").format(value=value) if scale == 100 else value
    if one.low is None or one.high is None:
        return _("{of}: {value}").format(of=_(one.of), value=value) if named else value
    low, high = (figures.rounded(scale * bound, 2 if scale == 1 else 1) for bound in (one.low, one.high))
    interval = figures.span(low, high, signed=signed)
    if not named:
        return figures.sentence(f"{value} ({interval})")
    return _("{of}: {value}, 95 % interval {interval}").format(of=_(one.of), value=value, interval=interval)


def method(one: Answer) -> str:
    """Which method was chosen, and why."""
    return _("{method}: {why}").format(method=figures.island(one.method), why=one.why)


def chance(one: Answer, together: int = 1) -> str:
    """How likely chance alone would show as much; among all that are shown together."""
    if one.p_value is None:
        return ""
    if one.p_adjusted is None or together < 2:
        return _("p {p}").format(p=_p(one.p_value))
    return _("p {p}, among the {n} shown together {adjusted} (Holm)").format(
        p=_p(one.p_value), n=figures.number(together), adjusted=_p(one.p_adjusted)
    )


def _p(value: float) -> str:
    if value < 0.001:
        return figures.island("< 0.001")
    return figures.island(f"{value:.3f}")
