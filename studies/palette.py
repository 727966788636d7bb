"""One visual language: each idea has one colour and one shape, in every chart, time line, blueprint and report.

The colours were chosen to stay apart for people who see red, green or blue differently, on light and on dark
(tested), and the shapes say the same once more. As-is and redesigned have no colour of their own: as-is is hollow,
redesigned is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: outlines in a square from -1 to 1, as SVG paths; what lasts is a bar
CIRCLE: Final = "M-.85,0A.85,.85 0 1 1 .85,0A.85,.85 0 1 1 -.85,0Z"
SQUARE: Final = "M-.75,-.75H.75V.75H-.75Z"
DIAMOND: Final = "M0,-1.1L.9,0L0,1.1L-.9,0Z"
FORWARD: Final = "M-.8,-.95L1,0L-.8,.95Z"
BACKWARD: Final = "M.8,-.95L-1,0L.8,.95Z"
CROSS: Final = "M0,.38L.6,.98L.98,.6L.38,0L.98,-.6L.6,-.98L0,-.38L-.6,-.98L-.98,-.6L-.38,0L-.98,.6L-.6,.98Z"
FLAG: Final = "M-.7,-1H.9L.45,-.45L.9,.1H-.45V1H-.7Z"
DOWN: Final = "M-.95,-.75H.95L0,.95Z"
THIN: Final = "M-1,-.35H1V.35H-1Z"
THICK: Final = "M-1,-.8H1V.8H-1Z"


@dataclass(frozen=True, slots=True)
class Look:
    """What an idea looks like: its colour on light, its colour on dark, its outline."""

    light: str
    dark: str
    shape: str

    def colour(self, dark: bool = False) -> str:
        """The colour for the ground it stands on."""
        return self.dark if dark else self.light


LOOKS: Final[dict[str, Look]] = {
    "wait": Look("#86B8D0", "#4F6CBC", THIN),
    "silence": Look("#BE1A08", "#E04E18", THICK),
    "question": Look("#1F72E0", "#7D9BF8", SQUARE),
    "repeat_question": Look("#A444A4", "#DD809C", DIAMOND),
    "hand_off": Look("#C8963A", "#E0C22C", FORWARD),
    "step": Look("#14264F", "#F6F5D4", CIRCLE),
    "refusal": Look("#500A1A", "#98466C", CROSS),
    "answer": Look("#0A665E", "#68D6F2", DOWN),
}

GROUND: Final = {False: "#FFFFFF", True: "#14181F"}
INK: Final = {False: "#1D2733", True: "#E8ECF1"}
QUIET: Final = {False: "#5A6675", True: "#A3ADBA"}
LINE: Final = {False: "#DDE2E8", True: "#37404C"}


def colour(idea: str, dark: bool = False) -> str:
    """The one colour of an idea (a wait, a silence, a question, a hand-off) on any page; KeyError for what has none."""
    return LOOKS[idea].colour(dark)


def shape(idea: str, right_to_left: bool = False) -> str:
    """The outline of an idea; a hand-off points the way that the language is read."""
    outline = LOOKS[idea].shape
    return BACKWARD if right_to_left and outline == FORWARD else outline
