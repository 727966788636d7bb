"""An instrument as a page of questions: the one place that knows how an instrument's items are put to somebody."""

from __future__ import annotations

from surveys.instruments import Instrument, Item
from surveys.questionnaire.asked import Page, Question, Text


def page_of(asked: Instrument, when: str | None = None, shuffled: bool = False) -> Page:
    """The page on which an instrument is asked, in every language that it is worded in."""
    return Page(
        page=asked.instrument,
        title=_each(asked, "title"),
        lead=_each(asked, "lead"),
        instrument=asked.instrument,
        questions=[_question(asked, item) for item in asked.items],
        when=when,
        shuffled=shuffled,
    )


def _question(asked: Instrument, item: Item) -> Question:
    text = {language: wording.items[item.id] for language, wording in asked.wording.items()}
    if item.kind == "text":
        return Question(id=item.id, kind="text", text=text)
    scale = asked.scale_of(item.id)
    worded = {language: asked.anchors_of(item.id, language) for language in asked.wording}
    points = sorted({point for anchors in worded.values() for point in anchors})
    anchors: dict[int, Text] = {
        point: {language: said.get(point, "") for language, said in worded.items()} for point in points
    }
    return Question(
        id=item.id, kind="scale", text=text, low=scale.low, high=scale.high, step=scale.step, anchors=anchors,
        wanted=True, reversed=item.reversed, not_apply=asked.may_not_apply,
        look="points" if asked.looks == "slider" else asked.looks,
    )  # fmt: skip


def _each(asked: Instrument, part: str) -> dict[str, str]:
    return {language: getattr(wording, part) for language, wording in asked.wording.items()}
