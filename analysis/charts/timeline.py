"""The time line of one session: lanes in which a citizen's waits and the service's silences can be seen at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any, Final

import altair as alt
import pandas as pd

from analysis.charts import type_width
from analysis.charts.dress import WIDTH, across, dressed, mirrored, type_size
from analysis.charts.palette import FLAG, GROUND, INK, QUIET, colour, shape
from analysis.figures import measured, rounded, sentence
from analysis.sessions.picture import Mark, Picture, Span
from studies.titles import about_name, step_name
from studies.words import N_, _

ROW: Final = 40
LEVEL: Final = 17
GAP: Final = 10  # px between a lane and its name
BOLD: Final = 1.08  # how much wider bold letters are
#: the lanes from above, and the ideas whose marks stand in them
LANES: Final[dict[str, tuple[str, ...]]] = {
    "citizen": ("step", "ask", "note"),
    "waiting": (),
    "service": ("question", "answer", "refusal"),
    "asked_again": (),  # repeat questions and hand-offs stand beside their words
    "handed_over": (),
}


@dataclass(frozen=True, slots=True)
class Ruler:
    """How long a session is told: in which unit, and how many seconds one is."""

    unit: str
    seconds: float

    @classmethod
    def of(cls, seconds: float) -> Ruler:
        """Seconds for minutes, minutes for hours, hours and days for what crosses offices."""
        for unit, size, most in ((N_("s"), 1, 300), (N_("min"), 60, 4 * 3600), (N_("h"), 3600, 4 * 86400)):
            if seconds <= most:
                return cls(unit, size)
        return cls(N_("d"), 86400)


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside a mark or over a bar: where (in the ruler's units), on which level, before or after the mark."""

    at: float
    text: str
    idea: str
    level: int = 0
    after: bool = True


def timeline(picture: Picture, dark: bool = False, width: int = WIDTH, at: float | None = None) -> alt.LayerChart:
    """Where the citizen waited, where nothing was to be seen or heard, and where the service asked again.

    A moment (seconds) that a link leads `at` is marked. `width` (px) is that of the lanes, besides their names.
    """
    ruler = Ruler.of(picture.seconds)
    end = max(picture.seconds / ruler.seconds, 1e-3)
    per_unit = width / end
    names = _names()
    before = max(type_width.width(name, type_size()) for name in names.values()) * 1.04 + GAP  # px for the lanes' names
    silent = placed([_length(s, ruler, per_unit) for s in picture.spans if s.idea == "silence" and s.strong], per_unit)
    again = placed(_labels(picture, "repeat_question", ruler, end), per_unit, end=end)
    over = placed(_labels(picture, "hand_off", ruler, end), per_unit, end=end)
    top, heights = _rows(silent, again, over)
    height = sum(heights.values())
    lane = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], reverse=True, nice=False), title=None)
    x = alt.X(
        "x:Q",
        scale=across((-before / per_unit, end * 1.012), nice=False, zero=True),
        title=sentence(_("Time since the session began ({unit})").format(unit=_(ruler.unit))),
        axis=alt.Axis(grid=False, values=_ticks(end)),
    )
    middles = {name: _middle(name, top, heights) for name in LANES}
    parts: list[Any] = _lanes(top, heights, middles, lane, end, x, dark, names)
    parts += _bars(picture, ruler, 5 / per_unit, x, lane, middles["waiting"], dark)
    parts += _points(picture, ruler, x, lane, middles, dark)
    parts += _over(silent, x, top["waiting"] + 9, dark)
    if at is not None and 0 <= at <= picture.seconds:
        moment = pd.DataFrame([{"x": at / ruler.seconds, "y": 0.0, "y2": height}])
        line = alt.Chart(moment).mark_rule(color=INK[dark], strokeWidth=2, strokeDash=[5, 3])
        parts.append(line.encode(x=x, y=alt.Y("y:Q"), y2="y2"))
    parts += _told(again, x, middles["asked_again"], dark) + _told(over, x, middles["handed_over"], dark)
    return dressed(alt.layer(*parts).properties(width=round(width + before), height=height), dark)


def placed(labels: Iterable[Label], per_unit: float, *, end: float | None = None) -> list[Label]:
    """The labels on as few levels as they need so that none covers another.

    With an `end` a label stands beside its mark, before or after it, wherever there is room; without, centred over it.
    """
    taken: list[list[tuple[float, float]]] = []  # of each level the pixels that are taken
    found = []
    for label in sorted(labels, key=lambda one: one.at):
        level, after, room = _free(label, taken, per_unit, end)
        if level == len(taken):
            taken.append([])
        taken[level].append(room)
        found.append(replace(label, level=level, after=after))
    return found


def _free(
    label: Label, taken: list[list[tuple[float, float]]], per_unit: float, end: float | None
) -> tuple[int, bool, tuple[float, float]]:
    """The first level with room for a label, whether it stands after its mark there, and the pixels it takes."""
    at, size = label.at * per_unit, type_width.width(label.text, type_size())
    if end is None:
        size *= BOLD
        places = [(True, (at - size / 2 - 4, at + size / 2 + 4))]
    else:
        places = [(True, (at - 7, at + size + 18)), (False, (at - size - 18, at + 7))]
        inside = [place for place in places if place[1][1] <= end * per_unit + 8 and place[1][0] >= -8]
        places = inside or places[:1]
    for level in range(len(taken) + 1):
        for after, (start, stop) in places:
            if level == len(taken) or all(stop <= a or start >= b for a, b in taken[level]):
                return level, after, (start, stop)
    raise AssertionError("a new level is always free")


def _length(silence: Span, ruler: Ruler, per_unit: float) -> Label:
    """How long a silence was, over its middle; or as far after it as keeps the words off the lanes' names."""
    text = measured(rounded(silence.end - silence.begin, 1), "s")
    half = type_width.width(text, type_size()) * BOLD / 2
    return Label(max((silence.begin + silence.end) / 2 / ruler.seconds, half / per_unit), text, "silence")


def _labels(picture: Picture, idea: str, ruler: Ruler, end: float) -> list[Label]:
    """One label for each moment at which marks of an idea stand, naming what they are about and the step."""
    bunches: list[list[Mark]] = []
    for mark in sorted((m for m in picture.marks if m.idea == idea), key=lambda m: m.at):
        if bunches and (mark.at - bunches[-1][0].at) / ruler.seconds <= end * 0.004:
            bunches[-1].append(mark)
        else:
            bunches.append([mark])
    return [_label(bunch, picture.service, ruler) for bunch in bunches]


def _label(marks: Sequence[Mark], service: str | None, ruler: Ruler) -> Label:
    about = list(dict.fromkeys(about_name(m.about, m.idea) for m in marks if m.about))
    shown = (_("{one}, {other}").format(one=about[0], other=about[1]) if len(about) > 1 else "".join(about)) or "…"
    if len(about) > 2:
        shown = _("{names} and {n} more").format(names=shown, n=len(about) - 2)
    step = next((m.step for m in marks if m.step), None)
    text = _("{what} · {step}").format(what=shown, step=step_name(service, step)) if step else shown
    return Label(marks[0].at / ruler.seconds, sentence(text), marks[0].idea)


def _rows(silent: list[Label], again: list[Label], over: list[Label]) -> tuple[dict[str, float], dict[str, float]]:
    """Where each lane begins and how high it is; a lane in which nothing happens is narrow."""
    deep = {"waiting": silent, "asked_again": again, "handed_over": over}
    heights = {}
    for name in LANES:
        levels = max((label.level + 1 for label in deep.get(name, [])), default=1)
        heights[name] = float(ROW + (levels - 1) * LEVEL + (LEVEL if name == "waiting" and silent else 0))
    top, y = {}, 0.0
    for name, height in heights.items():
        top[name], y = y, y + height
    return top, heights


def _lanes(
    top: dict[str, float],
    heights: dict[str, float],
    middles: dict[str, float],
    lane: alt.Y,
    end: float,
    x: alt.X,
    dark: bool,
    names: dict[str, str],
) -> list[alt.Chart]:
    """The ground of the lanes and, where reading begins, their names.

    The names are words of the drawing, not an axis' labels: a browser drops labels that it thinks stand too close, and
    cuts what is longer than it expects.
    """
    rows = pd.DataFrame(
        [{"x": 0.0, "x2": end, "y": top[n], "y2": top[n] + heights[n], "odd": i % 2} for i, n in enumerate(LANES)]
    )
    told = pd.DataFrame([{"x": 0.0, "y": middles[n], "text": sentence(name)} for n, name in names.items()])
    ground = (
        alt.Chart(rows)
        .mark_rect(color=QUIET[dark])
        .encode(
            x=x,
            x2="x2",
            y=lane.axis(None),
            y2="y2",
            opacity=alt.Opacity("odd:N", scale=alt.Scale(domain=[0, 1], range=[0.0, 0.06]), legend=None),
        )
    )
    way: Any = "left" if mirrored() else "right"
    words = alt.Chart(told).mark_text(baseline="middle", align=way, dx=GAP if mirrored() else -GAP, color=QUIET[dark])
    return [ground, words.encode(x=x, y=alt.Y("y:Q"), text="text:N")]


def _names() -> dict[str, str]:
    """The lanes in words."""
    return {
        "citizen": _("Citizen acts"),
        "waiting": _("Citizen waits"),
        "service": _("Service answers, asks"),
        "asked_again": _("Asked again"),
        "handed_over": _("Handed over"),
    }


def _ticks(end: float) -> list[float]:
    """About ten moments to be written below, from 0 on: a step of 1, 2 or 5 of some power of ten."""
    rough = end / 10
    power = 10.0 ** floor(log10(rough))
    step = power * next(n for n in (1, 2, 5, 10) if n * power >= rough)
    return [round(n * step, 9) for n in range(int(end / step + 1e-9) + 1)]


def _middle(name: str, top: dict[str, float], heights: dict[str, float]) -> float:
    """The line on which a lane's marks stand: below its labels in the lane of waits, else half a row down."""
    return top[name] + heights[name] - ROW / 2 if name == "waiting" else top[name] + ROW / 2


def _bars(
    picture: Picture, ruler: Ruler, gap: float, x: alt.X, lane: alt.Y, middle: float, dark: bool
) -> list[alt.Chart]:
    """Waits as pale bars, signs of work as hatching on them, silences as strong bars; short silences are thinner."""
    half = {"wait": 9.0, "sign": 9.0, "silence": 12.0}
    rows = [
        {
            "x": s.begin / ruler.seconds,
            "x2": s.end / ruler.seconds,
            "y": middle - (half[s.idea] if s.strong else 4),
            "y2": middle + (half[s.idea] if s.strong else 4),
            "idea": s.idea,
            "strong": s.strong,
            "step": step_name(picture.service, s.step),
            "seconds": rounded(s.end - s.begin, 3),
            "cause": s.cause or "",
        }
        for s in picture.spans
    ]
    tip = [
        alt.Tooltip("step:N", title=_("Step")),
        alt.Tooltip("seconds:Q", title=_("Seconds")),
        alt.Tooltip("cause:N", title=_("Cause")),
    ]
    drawn = []
    if waits := [r for r in rows if r["idea"] == "wait"]:
        pale = colour("wait", dark)
        bars = alt.Chart(pd.DataFrame(waits)).mark_rect(color=pale, opacity=0.55, stroke=pale, strokeWidth=1)
        drawn.append(bars.encode(x=x, x2="x2", y=lane, y2="y2", tooltip=tip))
    if strokes := _hatching([s for s in picture.spans if s.idea == "sign"], ruler, gap, middle, half["sign"]):
        hatches = alt.Chart(pd.DataFrame(strokes)).mark_rule(color=QUIET[dark], strokeWidth=1)
        drawn.append(hatches.encode(x=x, x2="x2", y=lane, y2="y2"))
    if silences := [r for r in rows if r["idea"] == "silence"]:
        bars = alt.Chart(pd.DataFrame(silences)).mark_rect(color=colour("silence", dark))
        # What people bear is drawn faintly: only a silence beyond its threshold is to catch the eye.
        weight = alt.condition("datum.strong", alt.value(1.0), alt.value(0.35))
        drawn.append(bars.encode(x=x, x2="x2", y=lane, y2="y2", tooltip=tip, opacity=weight))
    return drawn


def _hatching(signs: Sequence[Span], ruler: Ruler, gap: float, middle: float, half: float) -> list[dict[str, float]]:
    """Upright strokes about five pixels apart over each sign: there was something to be seen."""
    found = []
    for sign in signs:
        strokes = max(1, int((sign.end - sign.begin) / ruler.seconds / gap))
        for i in range(strokes + 1):
            at = (sign.begin + (sign.end - sign.begin) * i / strokes) / ruler.seconds
            found.append({"x": at, "x2": at, "y": middle - half, "y2": middle + half})
    return found


def _points(
    picture: Picture, ruler: Ruler, x: alt.X, lane: alt.Y, middles: dict[str, float], dark: bool
) -> list[alt.Chart]:
    """What the citizen did and what the service did at once, as shapes on their lanes."""
    off = {"question": -7.0, "answer": 7.0, "refusal": -7.0, "note": -12.0}
    drawn = []
    for name, ideas in LANES.items():
        for idea in ideas:
            rows = [
                {
                    "x": m.at / ruler.seconds,
                    "y": middles[name] + off.get(idea, 0),
                    "about": about_name(m.about, m.idea),
                    "step": step_name(picture.service, m.step),
                }
                for m in picture.marks
                if m.idea == idea
            ]
            tip = [alt.Tooltip("about:N", title=_("About")), alt.Tooltip("step:N", title=_("Step"))]
            if rows:
                drawn.append(_shapes(rows, idea, 46, dark).encode(x=x, y=lane, tooltip=tip))
    return drawn


def _shapes(rows: list[dict[str, Any]], idea: str, size: int, dark: bool) -> alt.Chart:
    """Marks of one idea; the citizen's own question is an act, but no step: it is hollow."""
    if idea == "note":  # the observer's: neither the citizen's nor the service's colour
        flags = alt.Chart(pd.DataFrame(rows)).mark_point(shape=FLAG, size=size * 1.6, filled=True, opacity=1)
        return flags.encode(color=alt.value(INK[dark]))
    full, idea = idea != "ask", "step" if idea == "ask" else idea
    ink = colour(idea, dark)
    return alt.Chart(pd.DataFrame(rows)).mark_point(
        shape=shape(idea, mirrored()),
        size=size,
        filled=True,
        opacity=1,
        color=ink if full else GROUND[dark],
        stroke=GROUND[dark] if full else ink,
        strokeWidth=0.6 if full else 1.6,
    )


def _told(labels: list[Label], x: alt.X, y: float, dark: bool) -> list[alt.Chart]:
    """Marks with their words beside them, each on its level."""
    if not labels:
        return []
    rows = [{"x": one.at, "y": y + one.level * LEVEL, "text": one.text, "after": one.after} for one in labels]
    at = alt.Y("y:Q")
    drawn = [_shapes(rows, labels[0].idea, 90, dark).encode(x=x, y=at)]
    for after in (True, False):
        here = [row for row in rows if row["after"] is after]
        rightward = after is not mirrored()
        words = alt.Chart(pd.DataFrame(here)).mark_text(
            baseline="middle", color=INK[dark], align="left" if rightward else "right", dx=9 if rightward else -9
        )
        if here:
            drawn.append(words.encode(x=x, y=at, text="text:N"))
    return drawn


def _over(labels: list[Label], x: alt.X, y: float, dark: bool) -> list[alt.Chart]:
    """How long each silence was, over its bar."""
    deepest = max((one.level for one in labels), default=0)
    rows = [{"x": one.at, "y": y + (deepest - one.level) * LEVEL, "text": one.text} for one in labels]
    words = alt.Chart(pd.DataFrame(rows)).mark_text(baseline="middle", color=colour("silence", dark), fontWeight="bold")
    return [words.encode(x=x, y=alt.Y("y:Q"), text="text:N")] if rows else []
