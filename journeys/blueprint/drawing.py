"""The service blueprint: a journey on one sheet, what the citizen does above, what goes on behind below.

Columns are the steps in order, folded into rows that print well; lanes are evidence, the citizen's actions, the line of
interaction with the waits on it, front stage, the line of visibility, and back stage with a band for each agency
(Shostack 1984; Bitner, Ostrom and Morgan 2008). Colours and shapes are those of every chart of the lab.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from journeys.blueprint.legend import legend
from journeys.blueprint.names import agency_words, key_words, listed
from journeys.blueprint.row import EDGE, FULL, LABELS, PITCH, cells_of, draw_row
from journeys.blueprint.sheet import Sheet, wrapped
from journeys.blueprint.told import Told, told
from journeys.blueprint.words import described, title_of, who_was_heard
from journeys.journey import Journey
from journeys.klm import StepEffort
from studies.log import Log
from studies.measuring.presets import Presets
from studies.palette import QUIET
from studies.planning.conditions import variant_name
from studies.words import _, language

PER_ROW: Final = 7


def blueprint(
    journey: Journey,
    variant: str | None = None,
    log: Log | None = None,
    *,
    efforts: Sequence[StepEffort] = (),
    presets: Presets | None = None,
    per_row: int = PER_ROW,
) -> str:
    """The blueprint of a journey's variant as SVG, in the language in force, with what a log of it tells."""
    presets = presets or Presets()
    variant = variant or next(iter(journey.variants), None)
    seen = told(journey, variant, log, presets)
    effort = {e.step: e for e in efforts}
    rows = ceil(len(seen.columns) / per_row) or 1
    across = ceil(len(seen.columns) / rows)
    sheet = Sheet(2 * EDGE + LABELS + max(across, 4) * PITCH + PITCH / 4)
    cells = [cells_of(sheet, number, column, seen, journey, effort) for number, column in enumerate(seen.columns, 1)]
    agencies = {agency: place for place, agency in enumerate(dict.fromkeys(c.agency for c in seen.columns))}
    y = _heading(sheet, journey, variant, seen)
    for start in range(0, len(cells), across):
        around = (cells[start - 1] if start else None, cells[start + across] if start + across < len(cells) else None)
        y = draw_row(sheet, y + 14, cells[start : start + across], around, seen, agencies) + 14
    y = legend(sheet, EDGE, y + 8, seen, presets, FULL, bool(effort))
    title = _("Service blueprint: {title}").format(title=title_of(journey))
    return sheet.svg(
        y + EDGE,
        name=f"blueprint-{journey.journey}",
        title=title,
        description=described(journey, seen, seen.columns),
        language=language(),
    )


def _heading(sheet: Sheet, journey: Journey, variant: str | None, seen: Told) -> float:
    room = sheet.width - 2 * EDGE
    y = sheet.words(EDGE, EDGE - 6, wrapped(title_of(journey), room, 22), size=22, bold=True)
    under = [_("Service blueprint"), agency_words(journey.agency)]
    if journey.variants:
        under.append(variant_name(variant))
    if journey.needs:
        under.append(_("at hand: {needs}").format(needs=listed(map(key_words, journey.needs))))
    y = sheet.words(EDGE, y + 2, wrapped(" · ".join(under), room, sheet.size + 1), size=sheet.size + 1)
    return sheet.words(EDGE, y + 2, wrapped(who_was_heard(seen), room, sheet.size), ink=QUIET[False])
