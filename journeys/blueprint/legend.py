"""What stands at the foot of a blueprint: marks and what they mean, scale, thresholds, what could not be heard."""

from __future__ import annotations

from typing import Final

from journeys.blueprint.names import listed, seconds_in_words
from journeys.blueprint.sheet import Sheet, attributes, island, width_of, wrapped
from journeys.blueprint.told import Told
from studies.events import CONVERSATIONS, SCREENS
from studies.measuring.presets import Presets
from studies.palette import LINE, QUIET, colour
from studies.words import N_, _, ngettext

MEANINGS: Final = {
    "step": N_("the citizen's step"),
    "answer": N_("the service answers"),
    "question": N_("asks for something"),
    "repeat_question": N_("asks again for what it was given"),
    "refusal": N_("refuses"),
    "hand_off": N_("sends the citizen elsewhere"),
    "wait": N_("wait"),
    "silence": N_("silence beyond its threshold"),
}


def legend(sheet: Sheet, x: float, y: float, told: Told, presets: Presets, full: float, effort: bool) -> float:
    """Draw the legend and the small print; where they end."""
    room = sheet.width - x
    sheet.line(x, y, room, y, ink=LINE[False])
    y += 10
    sheet.begin(_class="legend")
    at = x
    for idea, meaning in MEANINGS.items():
        words = _(meaning)
        wide = 34 + width_of(words, sheet.size) + 14
        if at + wide > room:
            at, y = x, y + sheet.leading + 6
        middle = y + sheet.leading * 0.52
        if idea in ("wait", "silence"):
            thick = 5.25 if idea == "wait" else 12
            sheet.box(at, middle - thick / 2, 24, thick, fill=colour(idea), said=attributes(data_legend=idea))
        else:
            sheet.mark(at + 12, middle, idea, said=attributes(data_legend=idea))
        sheet.words(at + 32, y, [words])
        at += wide
    sheet.end()
    y += sheet.leading + 8
    for note in notes(told, presets, full, effort):
        y = sheet.words(x, y, wrapped(note, room - x, sheet.size - 1), ink=QUIET[False], size=sheet.size - 1) + 2
    return y


def notes(told: Told, presets: Presets, full: float, effort: bool) -> list[str]:
    """The small print: every number with how it was made."""
    lines = [
        _("A bar from column to column is a wait of {time}; a longer one is drawn broken.").format(
            time=seconds_in_words(full)
        ),
        _thresholds(presets),
        _("Back stage, a thin line shows with which agency the citizen is; an arrow, who sends them on to whom."),
    ]
    if told.deaf:
        lines.append(
            ngettext(
                "In {n} case nobody could hear signs of working on the screen: its waits there tell no silences.",
                "In {n} cases nobody could hear signs of working on the screen: their waits there tell no silences.",
                told.deaf,
            ).format(n=island(str(told.deaf)))
        )
    if told.unnamed:
        lines.append(
            ngettext(
                "{n} session names no step and is not drawn.",
                "{n} sessions name no step and are not drawn.",
                told.unnamed,
            ).format(n=island(str(told.unnamed)))
        )
    if effort:
        lines.append(
            _(
                "Effort is predicted by the keystroke-level model (Card, Moran and Newell 1980): a lower bound, for an"
                " expert at a keyboard and mouse who makes no mistake. Nothing is claimed for touch, Arabic letters or"
                " conversations."
            )
        )
    return lines


def _thresholds(presets: Presets) -> str:
    limits = []
    for words, channels in ((_("on a screen"), SCREENS), (_("in conversation"), CONVERSATIONS)):
        for limit in sorted({presets.silence[c] for c in channels if c in presets.silence}):
            limits.append(_("{time} {where}").format(time=seconds_in_words(limit), where=words))
    limits.append(_("one working day by post and between sittings"))
    return _(
        "A silence is beyond its threshold when it is longer than: {limits} (presets: {name}; calendar: {calendar})."
    ).format(limits=listed(limits), name=island(presets.name), calendar=island(presets.calendar.name))
