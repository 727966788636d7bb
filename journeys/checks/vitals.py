"""How a page feels while it loads and when it is pressed: the Core Web Vitals, as the browser itself kept them.

One robot's visit on this machine is a sample of one, without a citizen's network: compare pages with each other, not
with what field studies report. A visit has a few presses only, so its slowest is its INP. Thresholds: web.dev/vitals.
"""

from __future__ import annotations

from typing import Final

from journeys.checking import Finding, Page, Severity, said, script
from studies.words import N_

#: Up to the first it is good, beyond the second poor; milliseconds, of layout shift a plain number.
THRESHOLDS: Final = {
    "lcp": (2500.0, 4000.0),
    "inp": (200.0, 500.0),
    "cls": (0.1, 0.25),
    "fcp": (1800.0, 3000.0),
    "ttfb": (800.0, 1800.0),
}
#: What was measured, and what to do when it is not good.
WORDS: Final = {
    "lcp": (
        N_("The largest part of the page was there after {value} ms."),
        N_("Let what the page is for come first: a smaller picture, less script before it, a quicker answer."),
    ),
    "inp": (
        N_("The slowest press was followed by a new picture after {value} ms."),
        N_("Show at once that the press was heard, and do the long work afterwards."),
    ),
    "cls": (
        N_("The page jumped while it was read: layout shift {value}."),
        N_("Keep room for what comes later: give pictures and messages their size beforehand."),
    ),
    "fcp": (
        N_("The first words or pictures were there after {value} ms."),
        N_("Send the page's frame at once, and let no style sheet or script from elsewhere hold it up."),
    ),
    "ttfb": (
        N_("The service's first word came after {value} ms."),
        N_("Answer with what is known at once; ask other systems afterwards or beforehand."),
    ),
}


def look(page: Page) -> list[Finding]:
    """The page's vitals until now, each with its rating; what the browser did not observe is not told."""
    return rated(page.run(script("vitals_look")))


def rated(measured: dict[str, float | None]) -> list[Finding]:
    """Measured vitals with their ratings."""
    found = []
    for name in THRESHOLDS:
        value = measured.get(name)
        if value is not None:
            value = round(value, 3 if name == "cls" else 0)
            what, mend = WORDS[name]
            grave = rating(name, value)
            told = said(what, value=f"{value:g}")
            found.append(Finding("vitals", name, told, "", grave, said("" if grave == "good" else mend), value))
    return found


def rating(name: str, value: float) -> Severity:
    """`good`, `moderate` (needs improvement) or `serious` (poor)."""
    good, poor = THRESHOLDS[name]
    return "good" if value <= good else "moderate" if value <= poor else "serious"
