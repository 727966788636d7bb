"""Who is shut out: what somebody who cannot see, hear, point or read well meets on this page, by axe-core's rules.

axe-core 4.12 (Deque, MPL-2.0) is read from an installed wheel when it is needed. What a machine can judge is part of
accessibility only: a page without findings has still to be tried by people.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from journeys.checking import MOST_PLACES, Finding, Page, Severity, said, script, where_is
from journeys.checks._accessibility_words import WORDS
from studies.troubles import Failed
from studies.words import N_, _

IMPACTS: dict[str | None, Severity] = {
    "minor": "minor",
    "moderate": "moderate",
    "serious": "serious",
    "critical": "critical",
}


def look(page: Page) -> list[Finding]:
    """What axe-core finds, by rule and place."""
    page.run("window.khutwaHadAxe = window.axe;\n" + axe())
    broken = page.run(script("place_of", "accessibility_look"), MOST_PLACES)
    found = []
    for rule in broken:
        what, mend = WORDS.get(rule["id"], (rule["help"].replace("{", "{{"), ""))
        mend = mend or N_("See {address}")
        address = f"https://dequeuniversity.com/rules/axe/4.12/{rule['id']}"
        for place in rule["places"]:
            found.append(
                Finding(
                    "accessibility", rule["id"], said(what), where_is(place, page),
                    IMPACTS.get(rule["impact"], "minor"), said(mend, address=address),
                )
            )  # fmt: skip
    return found


@cache
def axe() -> str:
    """axe-core's source, from the wheel that ships it. Raises Failed when it is not installed."""
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as cause:
        raise Failed(
            _("--check needs axe-core, which is not installed. Run ./lab with a network: it sets up what is missing.")
        ) from cause
