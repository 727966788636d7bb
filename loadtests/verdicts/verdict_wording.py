"""A verdict in words: what was measured, between which limits, and which rule decided; for terminals, pages, builds."""

from __future__ import annotations

from loadtests.verdicts.verdict import DOUBTFUL, FAILED, PASSED, VOID, Judged, Verdict
from studies.words import _, direction, ngettext

NOTHING = "–"


def told(verdict: Verdict) -> str:
    """The verdict for a person at a terminal: a line, its reasons, a line a gate."""
    lines = [headline(verdict), *(f"  {reason}" for reason in verdict.reasons)]
    for gate in verdict.gates:
        told_here = gate.reason or f"{measured(gate)} ({interval(gate)})"
        lines.append(f"  {state(gate.state):<12} {gate.gate:<32} {told_here} · {rule(gate.rule)}")
    return "\n".join(lines)


def headline(verdict: Verdict) -> str:
    """Whether the service bore the load, whether anything can be said, and how often it was run, in a line."""
    failed = sum(gate.state == FAILED for gate in verdict.gates)
    match verdict.state:
        case "passed":
            said = _("Passed: the service bore the load.")
        case "failed" if failed:
            said = ngettext("Failed: {n} gate does not hold.", "Failed: {n} gates do not hold.", failed)
        case "failed":
            said = _("Failed: the service did not bear the load.")
        case _ if verdict.unheard:
            said = _("Void: not all that was asked of the load could be measured.")
        case _:
            said = _("Void: this load says nothing about the service.")
    said = said.format(n=failed)
    again = ngettext("It was run {n} time.", "It was run {n} times.", verdict.runs).format(n=verdict.runs)
    return said if verdict.runs == 1 else f"{said} {again}"


def state(of: str) -> str:
    """How one gate came out."""
    return {PASSED: _("passed"), FAILED: _("failed"), VOID: _("void"), DOUBTFUL: _("in doubt")}.get(of, of)


def rule(of: str) -> str:
    """Why a gate came out as it did: its whole interval, a repeated failure, or that nothing can be said."""
    names = {
        "interval": _("the whole interval says so"),
        "estimate": _("the interval reaches beyond the limit"),
        "repeated": _("it failed again when repeated"),
        "did not repeat": _("it did not fail again when repeated"),
        "not repeated": _("beyond the limit, but no further than chance may bring it"),
        "not measurable": _("not measurable"),
        "first run": _("nothing to compare with"),
    }
    return names.get(of, of)


def measured(gate: Judged) -> str:
    """What was measured, in the gate's unit."""
    return NOTHING if gate.found is None else amount(gate.found.value, gate.unit)


def limit(gate: Judged) -> str:
    """What was demanded, in the gate's unit."""
    return NOTHING if gate.limit is None else amount(gate.limit, gate.unit)


def interval(gate: Judged) -> str:
    """Between which limits the truth lies; how many were counted where there is no limit on a side."""
    found = gate.found
    if found is None:
        return NOTHING
    low, high = _side(found.low, gate.unit), _side(found.high, gate.unit)
    return _("{low} to {high}, n = {n}").format(low=low, high=high, n=found.n)


def amount(value: float, unit: str, sign: str = "") -> str:
    """A number with its unit, to as many digits as it carries."""
    match unit:
        case "share":
            return _number(f"{sign}{100 * value:.4g} %")
        case "difference" | "proportion":
            return _number(f"{100 * value:+.3g} %")
        case "seconds":
            said = _number(f"{sign}{value:.3g}" if value < 100 else f"{sign}{value:.0f}")
            return _whole(_("{number} {unit}").format(number=said, unit=_("s")))
        case _:
            return pace(value, sign) if value >= 1 else hourly(value, sign)


def pace(value: float, sign: str = "") -> str:
    """So many a second."""
    return _whole(_("{number}/s").format(number=_number(f"{sign}{value:.3g}")))


def hourly(value: float, sign: str = "") -> str:
    """So many an hour: never as a power of ten."""
    said = f"{3600 * value:,.0f}" if 3600 * value >= 100 else f"{3600 * value:.3g}"
    return _whole(_("{number}/h").format(number=_number(f"{sign}{said}")))


def _number(text: str) -> str:
    """A number with its sign, which no neighbour turns around."""
    return f"\u2066{text}\u2069" if direction() == "rtl" else text


def _whole(text: str) -> str:
    """The same with its unit, in the direction of the language."""
    return f"\u2067{text}\u2069" if direction() == "rtl" else text


def _side(value: float | None, unit: str) -> str:
    return _("unknown") if value is None else amount(value, unit)
