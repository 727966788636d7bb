"""Net Promoter Score: would they recommend it? Promoters less detractors, with an interval of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from studies.words import _
from surveys.instruments import Instrument
from surveys.scoring._figures import is_count, on_scale, z_of
from surveys.scoring._rule import Responses, Rule


def nps_score(*, ratings: Sequence[Any]) -> dict[str, Any]:
    """Promoters (9, 10) less detractors (0 to 6) in per cent of those who answered, -100..100 (Reichheld 2003)."""
    given = on_scale(ratings, 0, 10)
    promoters, detractors = sum(r >= 9 for r in given), sum(r <= 6 for r in given)
    counts = {"promoters": promoters, "passives": len(given) - promoters - detractors, "detractors": detractors}
    if not given:
        return {"n": 0, **counts, "nps": None, "reason": _("nobody has answered")}
    return {"n": len(given), **counts, "nps": 100 * (promoters - detractors) / len(given)}


def nps_ci_adjusted_wald(*, promoters: int, passives: int, detractors: int, confidence: float = 0.95) -> dict[str, Any]:
    """The interval around a net promoter score, in points: three added persons, 3/4 of one to either side (Rocks 2016).

    Its middle is `nps_adjusted`, not the score itself: both are shown.
    """
    found, n = _net(promoters, passives, detractors)
    if n == 0:
        return found | {"nps_adjusted": None}
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    return found | {"nps_adjusted": 100 * (p - d)} | _around(p, d, n + 3, confidence)


def nps_ci_wald(*, promoters: int, passives: int, detractors: int, confidence: float = 0.95) -> dict[str, Any]:
    """The same without the added persons: right for many answers only (Rocks 2016)."""
    found, n = _net(promoters, passives, detractors)
    return found | _around(promoters / n, detractors / n, n, confidence) if n else found


def _net(promoters: int, passives: int, detractors: int) -> tuple[dict[str, Any], int]:
    empty: dict[str, Any] = {"nps": None, "ci_low": None, "ci_high": None}
    if not all(is_count(number) for number in (promoters, passives, detractors)):
        return empty | {"reason": _("a count is a whole number, 0 or more")}, 0
    n = promoters + passives + detractors
    return ({"nps": 100 * (promoters - detractors) / n} if n else empty | {"reason": _("nobody has answered")}), n


def _around(p: float, d: float, n: float, confidence: float) -> dict[str, float]:
    # p + d - c² is not below 0 but for the rounding of floats.
    margin = z_of(confidence) * math.sqrt(max(0.0, p + d - (p - d) ** 2) / n)
    return {"ci_low": 100 * max(-1.0, p - d - margin), "ci_high": 100 * min(1.0, p - d + margin)}


def _rating(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    return {"rating": None if not responses or responses[0] is None else float(responses[0])}


def _group(_instrument: Instrument, rows: Sequence[Responses], confidence: float) -> dict[str, Any]:
    counts = {key: value for key, value in nps_score(ratings=[row[0] for row in rows]).items() if key != "n"}
    who = {key: counts[key] for key in ("promoters", "passives", "detractors")}
    interval = nps_ci_adjusted_wald(**who, confidence=confidence)
    return (
        counts
        | {"nps_adjusted": interval["nps_adjusted"]}
        | {
            "nps_ci_low": interval["ci_low"],
            "nps_ci_high": interval["ci_high"],
        }
    )


RULES: Final = {"nps": Rule(person=_rating, group=_group)}
