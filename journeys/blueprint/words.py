"""What stands in a blueprint's lanes, in the language in force: evidence, the citizen, front stage, back stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from journeys.blueprint.names import (
    agency_words,
    cause_name,
    channel_name,
    demand_name,
    key_words,
    lasting,
    listed,
    seconds_in_words,
)
from journeys.blueprint.sheet import island, unbroken
from journeys.blueprint.told import Column, Point, Told
from journeys.journey import (
    Ask,
    Attend,
    Back,
    Call,
    Choose,
    Expect,
    Give,
    Journey,
    Leave,
    Look,
    Press,
    Send,
    Step,
    Submit,
    Text,
    Upload,
    Visit,
)
from journeys.klm import StepEffort
from journeys.outgoing import key_of
from journeys.targets import ways
from studies.events import CONVERSATIONS
from studies.places import address, page_key
from studies.words import _, language, ngettext, pick

#: a point's idea -> the mark of the palette that it has
MARKS: Final = {"conclusion": "answer", "correction": "question", "forward": "hand_off"}
#: seconds from which a wait without a known cause is worth a word
LONG: Final = 1.0


@dataclass(frozen=True, slots=True)
class Item:
    """Some words in a lane, with the mark before them if any; `tone` is ink, quiet or strong."""

    text: str
    idea: str = ""
    about: str = ""
    tone: str = "ink"

    @property
    def mark(self) -> str:
        """The palette's idea that its mark shows."""
        return MARKS.get(self.idea, self.idea)


def _quoted(target: Look | Text) -> str:
    return _("“{words}”").format(words=island(next((str(way.text) for way in ways(target, language())), "")))


def action(step: Step, journey: Journey) -> str:
    """What a scripted step has the citizen do."""
    match step:
        case Visit():
            return _("Opens {page}").format(page=island(page_key(address(step.visit, "http://here"), "http://here")))
        case Press():
            return _("Presses {words}").format(words=_quoted(step.press))
        case Give():
            return _("Gives {data}").format(data=listed(map(key_words, step.give)))
        case Choose():
            return _("Chooses {data}").format(data=listed(map(key_words, step.choose)))
        case Upload():
            return _("Hands in {data}").format(data=listed(map(key_words, step.upload)))
        case Submit():
            return _("Sends the form") if step.submit is True else _("Sends {words}").format(words=_quoted(step.submit))
        case Back():
            return _("Goes back")
        case Expect():
            wanted = step.expect
            if wanted.gone and not (wanted.text or wanted.page):
                return _("Waits until {words} is gone").format(words=_quoted(wanted.gone))
            words = _quoted(wanted.text) if wanted.text else island(wanted.page or "")
            return _("Waits to see {words}").format(words=words)
        case Ask():
            return _("Asks for help: {words}").format(words=_quoted(step.ask))
        case Leave():
            return _("Gives up")
        case Send():
            return _("Sends {words}").format(words=island(key_of(step.send[-1], "http://here")))
        case Call():
            return _("Calls {who}").format(who=agency_words(step.call.who))
        case Attend():
            return _("Visits {who}").format(who=agency_words(step.attend.who))
    return step.verb


def evidence(column: Column) -> list[Item]:
    """What the citizen has before them: the page, the channel, the document."""
    items = []
    if column.channel != "web":
        items.append(Item(channel_name(column.channel), tone="strong"))
    if isinstance(column.scripted, Upload):
        items.append(Item(_("Document: {data}").format(data=listed(map(key_words, column.scripted.upload)))))
    if column.channel not in CONVERSATIONS:
        pages = [p.about for p in column.met if p.idea == "answer" and p.about]
        if not pages and isinstance(column.scripted, Visit):
            pages = [page_key(address(column.scripted.visit, "http://here"), "http://here")]
        items += [Item(_("Page {page}").format(page=island(page))) for page in pages]
        if not pages and (column.cases or isinstance(column.scripted, Give | Choose | Upload)):
            items.append(Item(_("the same page"), tone="quiet"))
    return items


def citizen(column: Column, told: Told, journey: Journey, effort: StepEffort | None) -> list[Item]:
    """What the citizen does, how many did, and what the effort is at least."""
    items = []
    if column.scripted is not None:
        items.append(Item(action(column.scripted, journey), idea="step"))
        items += [Item(demand_name(demand), tone="quiet") for demand in column.scripted.demands]
    if column.scripted is None or column.talks:
        items += _heard(column)
    if left := sum(n for verb, _about, n in column.did if verb == "leaves"):
        items.append(Item(_("gives up here") + _share(left, told, always=True), tone="strong"))
    if column.shown_only:
        items.append(Item(_("only where the page asks for it"), tone="quiet"))
    if told.cases and not isinstance(column.scripted, Expect) and column.cases < told.cases:
        items.append(
            Item(
                _("taken by {n} of {all}").format(n=island(str(column.cases)), all=island(str(told.cases))),
                tone="quiet",
            )
        )
    if effort is not None and effort.seconds:
        items.append(Item(_("effort: at least {time}").format(time=seconds_in_words(effort.seconds)), tone="quiet"))
    return items


def _heard(column: Column) -> list[Item]:
    said = {
        "acts": _("Does: {what}"),
        "asks": _("Asks: {what}"),
        "gives": _("Gives {what}"),
        "submits": _("Sends {what}"),
    }
    items = []
    for verb, words in said.items():
        about = [key_words(what) for did, what, _n in column.did if did == verb and what]
        if about:
            items.append(Item(words.format(what=listed(about)), idea="" if column.scripted else "step"))
    return items


def _share(n: int, told: Told, always: bool = False) -> str:
    if told.cases > 1 and (always or n < told.cases):
        return " " + unbroken(_("({n} of {all})").format(n=island(str(n)), all=island(str(told.cases))))
    return ""


def front(column: Column, told: Told) -> list[Item]:
    """What the service is seen and heard to do: first where it sends the citizen, then what it asks."""
    rank = ("refusal", "hand_off", "answer", "conclusion", "repeat_question", "correction")
    items = [
        Item(_met(point, column) + _times(point) + _share(point.cases, told), point.idea, point.about or "", "strong")
        if point.idea in ("refusal", "hand_off", "repeat_question")
        else Item(_met(point, column) + _share(point.cases, told), point.idea, point.about or "")
        for point in sorted(column.met, key=lambda p: rank.index(p.idea) if p.idea in rank else 99)
        if point.idea in rank
    ]
    asked = [point for point in column.met if point.idea == "question"]
    if asked:
        words = listed(key_words(p.about) + _share(p.cases, told) for p in asked)
        items.append(Item(_("asks for {data}").format(data=words), "question", " ".join(p.about or "" for p in asked)))
    return items


def _times(point: Point) -> str:
    return " " + island(f"×{point.times}") if point.times > 1 else ""


def _met(point: Point, column: Column) -> str:
    about = key_words(point.about)
    match point.idea:
        case "refusal":
            words = _("refuses: {what}").format(what=about) if about else _("refuses")
            return words + (_(" because of {cause}").format(cause=cause_name(point.cause)) if point.cause else "")
        case "hand_off":
            return _("sends the citizen on to {where}").format(where=agency_words(point.about))
        case "answer":
            return _("answers: {what}").format(what=about) if column.talks and about else _("answers with the page")
        case "conclusion":
            return _("settles the need: {outcome}").format(outcome=about) if about else _("settles the need")
        case "repeat_question":
            return _("asks again for {data}").format(data=about)
        case "correction":
            return _("asks to correct {data}").format(data=about)
    return point.idea


def back(column: Column, told: Told) -> list[Item]:
    """What went on behind: what the wait was for, and where the case was passed on."""
    items = []
    if column.causes:
        items.append(Item(_("waiting for {cause}").format(cause=listed(map(cause_name, column.causes)))))
    elif column.wait and column.wait.seconds > LONG and not column.talks:
        items.append(Item(_("waiting; what for could not be heard"), tone="quiet"))
    items += [
        Item(_("passes the case on to {where}").format(where=agency_words(p.about)) + _share(p.cases, told), "forward",
             p.about or "")
        for p in column.met
        if p.idea == "forward"
    ]  # fmt: skip
    return items


def who_was_heard(told: Told) -> str:
    """Of whom the figures are; robots are called robots."""
    if told.declared:
        return _("Nobody has been heard on it yet: this is the journey as it is written.")
    names = {
        "robot": lambda n: ngettext("{n} walk by a robot", "{n} walks by robots", n),
        "participant": lambda n: ngettext("{n} participant", "{n} participants", n),
    }
    parts = [
        names.get(source, lambda n: ngettext("{n} case", "{n} cases", n))(n).format(n=island(str(n)))
        for source, n in sorted(told.sources.items(), reverse=True)
    ]
    words = _("Heard: {who}.").format(who=listed(parts))
    if told.of_cases > told.cases:
        words += " " + _("The latest of {n}.").format(n=island(f"{told.of_cases:,}"))
    if told.robots_left_out:
        left_out = ngettext(
            "{n} walk by a robot is left out.", "{n} walks by robots are left out.", told.robots_left_out
        )
        words += " " + left_out.format(n=island(str(told.robots_left_out)))
    if told.cases > 1:
        words += " " + _("Times are medians.")
    if told.sources.get("robot"):
        words += " " + _("A robot is a hypothesis about people, never a finding about them.")
    return words


def title_of(journey: Journey) -> str:
    """The journey's title."""
    return pick(journey.title)


def described(journey: Journey, told: Told, columns: Sequence[Column]) -> str:
    """The whole blueprint in sentences, for those who do not see it."""
    lines = [who_was_heard(told)]
    for number, column in enumerate(columns, 1):
        words = [
            item.text for item in (*citizen(column, told, journey, None), *front(column, told), *back(column, told))
        ]
        if column.wait and column.wait.seconds >= LONG:
            words.append(_("waits {time}").format(time=lasting(column.wait, told)))
        if column.silent and column.silent.seconds:
            words.append(_("{time} in silence").format(time=lasting(column.silent, told)))
        lines.append(f"{number}. {agency_words(column.agency)}: " + "; ".join(words) + ".")
    return "\n".join(lines)
