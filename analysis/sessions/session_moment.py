"""One moment of a session: what was said around it, the moments worth a look, and what observers remarked.

Moments are seconds from the session's start, as a link carries them (`?at=12.3`).
"""

from __future__ import annotations

from datetime import timedelta
from math import isfinite
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.evidence import Study
from analysis.figures import measured, rounded
from analysis.sessions.picture import picture_of
from studies import notes, script
from studies.log import Log
from studies.store import Store
from studies.store.notes import notes_of
from studies.titles import about_name
from studies.words import _
from studies.workspace import Workspace

AROUND: Final = 6.0  # seconds before and after a moment


def asked(text: str | None) -> float | None:
    """The moment that an address asks for; None for none, or what is no moment."""
    try:
        at = float(text) if text else None
    except ValueError:
        return None
    return at if at is not None and isfinite(at) and at >= 0 else None


def around(log: Log, session: str, at: float) -> str:
    """The sentences of a session around a moment, as a play script; where there are none, the nearest ones."""
    mine = log.only([session])
    start = mine.heard()[0].started
    when = mine.sentences["when"]
    moment = start + timedelta(seconds=at)
    first, last = (pa.scalar(moment + timedelta(seconds=by), when.type) for by in (-AROUND, AROUND))
    near = mine.sentences.filter(pc.and_(pc.greater_equal(when, first), pc.less_equal(when, last)))
    if not len(near):
        far = [abs((one - moment).total_seconds()) for one in when.to_pylist()]
        if not far:
            return ""
        nearest = far.index(min(far))
        near = mine.sentences.slice(max(nearest - 1, 0), 3)
    return script.render(Log(near, mine.sessions)).partition("\n")[2]


def moments(study: Study, session: str) -> dict[str, str]:
    """The moments of a session worth a look, as a link names them, each in words: silences, what was asked again."""
    picture = picture_of(study.log, session, study.measured.presets)
    found: list[tuple[float, str]] = []
    for span in picture.spans:
        if span.idea == "silence" and span.strong:
            long = measured(rounded(span.end - span.begin, 1), "s")
            found.append((span.begin, _("silence of {seconds}").format(seconds=long)))
    told = {
        "repeat_question": _("asked again: {what}"),
        "hand_off": _("handed over to {what}"),
        "refusal": _("refused: {what}"),
    }
    for mark in picture.marks:
        if mark.idea in told:
            found.append((mark.at, told[mark.idea].format(what=about_name(mark.about, mark.idea) or "…")))
    return {f"{at:.1f}": f"{measured(rounded(at, 1), 's')} · {words}" for at, words in sorted(found)}


def remarks(log: Log, session: str, space: Workspace, study: str) -> pd.DataFrame:
    """What observers remarked in a session: when, which tag, the words that they wrote to it, whose."""
    mine = log.only([session])
    start = mine.heard()[0].started
    rows: list[dict[str, Any]] = [
        {"at": (one.at - start).total_seconds(), "tag": notes.tag_name(one.tag), "text": one.text or "",
         "rater": one.rater}
        for one in notes_of(Store(space.database_url), study, session)
        if not one.undone and one.tag not in notes.CLOCKS
    ]  # fmt: skip
    known = {round(row["at"], 1) for row in rows}
    for one in mine.said():
        at = (one.when - start).total_seconds()
        if one.verb == "notes" and one.about not in notes.CLOCKS and round(at, 1) not in known:
            rows.append({"at": at, "tag": notes.tag_name(one.about or ""), "text": "", "rater": ""})
    rows.sort(key=lambda row: row["at"])
    return pd.DataFrame(
        {
            _("Second"): [round(row["at"], 1) for row in rows],
            _("Tag"): [row["tag"] for row in rows],
            _("Words"): [row["text"] for row in rows],
            _("Who remarked it"): [row["rater"] for row in rows],
        }
    )
