"""Post-Study System Usability Questionnaire, version 3: usefulness, information, interface. Lower is better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from studies.words import _
from surveys.instruments import Instrument
from surveys.scoring._figures import is_whole, mean_of
from surveys.scoring._rule import Responses, Rule

#: first and last item of each part; the sixteenth belongs to the whole alone
PARTS: Final = {"overall": (1, 16), "sysuse": (1, 6), "infoqual": (7, 12), "intqual": (13, 15)}


def pssuq_v3(*, responses: Sequence[Any]) -> dict[str, Any]:
    """One person's PSSUQ, 1 (best) to 7: means of the items answered (Lewis 2002)."""
    if len(responses) != 16 or not all(one is None or is_whole(one, 1, 7) for one in responses):
        return dict.fromkeys(PARTS) | {"reason": _("these are not 16 answers from 1 to 7")}
    return {part: mean_of(responses[first - 1 : last]) for part, (first, last) in PARTS.items()}


def _person(_instrument: Instrument, responses: Responses) -> dict[str, float | None]:
    found = pssuq_v3(responses=responses)
    return {part: found[part] for part in PARTS}


RULES: Final = {
    "pssuq": Rule(
        person=_person, consistent={part: tuple(range(first, last + 1)) for part, (first, last) in PARTS.items()}
    )
}
