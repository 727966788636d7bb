"""A session to be watched: its pictures at real speed, and under them a time line on which every silence is marked.

One HTML document that needs nothing else and fetches nothing; the workbench and the report show the same one in a frame
of its own. Times are seconds from the session's start.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.charts.palette import GROUND, INK, LINE, QUIET, colour
from analysis.figures import measured, rounded
from analysis.sessions.picture import Picture, Span, picture_of
from studies import replays
from studies.log import Log
from studies.measuring.presets import Presets
from studies.replays import Replay
from studies.titles import step_name
from studies.words import _, direction, language
from studies.workspace import Workspace

HERE: Final = Path(__file__).parent
BELOW: Final = 300  # px that time line, buttons and steps need under the picture
BEFORE: Final = 0.5  # seconds before a silence to which a press on it leads
ROOM: Final = 6.0  # percent of the time line that the words over a silence need


def page(replay: Replay, picture: Picture, title: str, dark: bool = False) -> str:
    """The document in which a replay is watched, in the language in force."""
    end = max([picture.seconds, 0.1, *(one.at for one in replay.shown)])
    silences = [s for s in picture.spans if s.idea == "silence" and s.strong]
    template = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("replay.html.jinja")
    return template.render(
        _=_,
        language=language(),
        direction=direction(),
        title=title,
        style=(HERE / "replay.css").read_text(encoding="utf-8"),
        colours=_colours(dark),
        script=(HERE / "replay.js").read_text(encoding="utf-8"),
        width=replay.width,
        height=replay.height,
        seconds=f"{end:.1f}",
        spans=[{"look": look, **_place(s, end)} for s in picture.spans if (look := _look(s))],
        silences=_silences(silences, picture.service, end),
        steps=[
            {"at": at, "name": step_name(picture.service, step), "from": _percent(at, end)}
            for at, step in steps_of(picture)
        ],
        source=_source(replay),
        cover=_cover(replay),
        data=_inside(_data(replay, picture, silences, end)),
    )


def of_session(
    log: Log, session: str, space: Workspace, presets: Presets | None = None, dark: bool = False
) -> tuple[str, int] | None:
    """The document in which a session of a log is watched, and how high it is (px); None when no replay was kept.

    Raises Failed when the replay is damaged.
    """
    replay = replays.read(space.pictures / session)
    if replay is None:
        return None
    return page(replay, picture_of(log, session, presets), _("Replay"), dark), height_of(replay)


def height_of(replay: Replay, width: int = 640) -> int:
    """How high (px) the frame must be in which a replay is shown at a width."""
    return round(min(replay.height * min(width / replay.width, 1.0), 480)) + BELOW


def steps_of(picture: Picture) -> list[tuple[float, str]]:
    """When each step began to show in what was heard, in order; a step that comes again is told again."""
    told = sorted(
        [*((m.at, m.step) for m in picture.marks), *((s.begin, s.step) for s in picture.spans)], key=lambda one: one[0]
    )
    found: list[tuple[float, str]] = []
    for at, step in told:
        if step and (not found or found[-1][1] != step):
            found.append((round(at, 3), step))
    return found


def _look(span: Span) -> str:
    if span.idea == "silence":
        return "" if span.strong else "short"
    return span.idea


def _percent(seconds: float, end: float) -> float:
    return round(100 * min(max(seconds, 0.0) / end, 1.0), 3)


def _place(span: Span, end: float) -> dict[str, float]:
    return {"from": _percent(span.begin, end), "wide": round(_percent(span.end, end) - _percent(span.begin, end), 3)}


def _silences(silences: Sequence[Span], service: str | None, end: float) -> list[dict[str, Any]]:
    """The silences as buttons; the seconds stand over those that have room for them."""
    found, taken = [], -100.0
    for silence in silences:
        long = measured(rounded(silence.end - silence.begin, 1), "s")
        middle = _percent((silence.begin + silence.end) / 2, end)
        room = middle - taken >= ROOM
        taken = middle if room else taken
        told = _("Silence of {seconds}, at step {step}: watch it").format(
            seconds=long, step=step_name(service, silence.step) or "–"
        )
        found.append(
            {"begin": round(silence.begin, 3), "label": long if room else "", "told": told, **_place(silence, end)}
        )
    return found


def _source(replay: Replay) -> str:
    if replay.source == "pictures":
        return _("One picture after each step: this browser’s screen cannot be watched while it changes.")
    return _("Every change of the screen, at the moment the browser dated it.")


def _cover(replay: Replay) -> str:
    match replay.cover:
        case "coarse":
            return _("A person sat here: the pictures are so coarse that nothing in them can be read.")
        case "none":
            return _("What the robot typed is shown, because that was asked for.")
    return _("What was typed is covered, in the fields and where pages repeat it.")


def _data(replay: Replay, picture: Picture, silences: Sequence[Span], end: float) -> dict[str, Any]:
    longest = max(silences, key=lambda s: s.end - s.begin, default=None)

    def spans(idea: str) -> list[list[float]]:
        return [[s.begin, s.end] for s in picture.spans if s.idea == idea]

    return {
        "seconds": end,
        "start": max(longest.begin - BEFORE, 0.0) if longest else 0.0,
        "shown": [[one.at, one.x, one.y, one.width, one.height, int(one.whole)] for one in replay.shown],
        "left": _lefts(replay),
        "pictures": [base64.b64encode(one.picture).decode() for one in replay.shown],
        "silences": [[s.begin, s.end] for s in silences],
        "signs": spans("sign"),
        "waits": spans("wait"),
        "words": {
            "play": _("Play"),
            "pause": _("Pause"),
            "seconds": _("{number} {unit}").format(number="{number}", unit=_("s")),
            "unit": _("s"),
            "silence": _("silence: {seconds}"),
            "sign": _("waiting, with a sign of work"),
            "wait": _("waiting"),
            "damaged": _("A picture of this replay is damaged."),
        },
    }


def _lefts(replay: Replay) -> list[float]:
    """Where each change is drawn from the left: pictures narrower than the widest stand in its middle."""
    found, margin = [], 0.0
    for one in replay.shown:
        if one.whole:
            margin = (replay.width - one.width) / 2
        found.append(one.x + margin)
    return found


def _inside(data: dict[str, Any]) -> str:
    """Data as it may stand inside a page's script."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _colours(dark: bool) -> str:
    told = {
        "ground": GROUND[dark],
        "ink": INK[dark],
        "quiet": QUIET[dark],
        "line": LINE[dark],
        "wait": colour("wait", dark),
        "silence": colour("silence", dark),
        "step": colour("step", dark),
    }
    names = " ".join(f"--{name}: {value};" for name, value in told.items())
    return f":root {{ color-scheme: {'dark' if dark else 'light'}; {names} }}"
