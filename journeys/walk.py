"""How a journey is walked, whoever walks it: the order of its steps, what is optional, what is repeated, when it ends.

The browser, the wire and the rehearsal lend hands and eyes (`Hands`); everything else is here, so that they agree.
What the page says and does, the hands write into the diary themselves; begins, leaves, concludes, notes and the
declared conversations are written here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from journeys.conversations import hold
from journeys.diary import Clock, Diary, now
from journeys.equipment import PLAIN, Equipment
from journeys.filling import choice_for, document, each_of, text_for
from journeys.hands import Hands, LabBroke, NotThere, PatienceOver, Sends
from journeys.holes import fill, from_environment
from journeys.journey import (
    Ask,
    Attend,
    Back,
    Call,
    Choose,
    Expect,
    ForEach,
    Give,
    Journey,
    Leave,
    Part,
    Press,
    Send,
    Step,
    Submit,
    Upload,
    Visit,
)
from journeys.klm import paces
from journeys.personas import Persona
from journeys.steps import Named, in_variant, named_steps, steps_of
from journeys.targets import ways
from studies.events import ALL_VERBS, Sentence, Session, hint
from studies.log import Log
from studies.places import address
from studies.troubles import WrongInput
from studies.words import _, in_a_row, pick

__all__ = [
    "Hands",
    "LabBroke",
    "News",
    "NotThere",
    "PatienceOver",
    "TargetMissing",
    "Walk",
    "Watch",
    "diary_of",
    "found_in",
    "go",
    "go_through",
    "play_many",
    "walk_of",
]
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Walk:
    """One citizen's way through a journey: who, in which language, through which variant, where it runs."""

    journey: Journey
    persona: Persona
    language: str
    variant: str
    base_url: str  # without the variant's path; `base` has it
    session: str
    case: str
    study: str | None = None
    condition: str | None = None  # the variant, unless told otherwise
    pictures: Path | None = None
    checks: Path | None = None  # the file for what is found on the pages besides; None: nobody looks
    patience: float = 30.0  # seconds
    headless: bool = True
    pace: float = 0.0  # how much of a citizen's time (the step's `think`, else KLM's) is waited: 0 none, 1 all of it
    source: str = "robot"
    participant: str | None = None  # a pseudonym: in whose place a robot walks
    equipment: Equipment = PLAIN
    proven: frozenset[str] = frozenset()  # steps whose targets an earlier walk found: missing now, they are a finding

    @property
    def base(self) -> str:
        """Where this variant's paths begin."""
        variant = self.journey.variants.get(self.variant)
        path = (variant.path if variant else None) or ""
        return self.base_url.rstrip("/") + ("/" + path.strip("/") if path.strip("/") else "")


@dataclass(frozen=True, slots=True)
class News:
    """What a walk tells while it goes: the step just taken and what was said in it."""

    session: str
    step: str | None
    index: int  # from 1
    of: int
    said: list[Sentence]
    picture: Path | None = None


class Watch(Protocol):
    """Whoever looks on while a walk goes."""

    def __call__(self, news: News) -> None: ...


class TargetMissing(WrongInput):
    """The script names what was never on the page. `log` is what was heard until then; `picture` shows the page."""

    def __init__(self, message: str, log: Log, picture: Path | None) -> None:
        super().__init__(message)
        self.log = log
        self.picture = picture


def walk_of(
    journey: Journey,
    persona: Persona,
    *,
    session: str,
    language: str | None = None,
    variant: str | None = None,
    base_url: str | None = None,
    case: str | None = None,
    **more: Any,
) -> Walk:
    """A walk with the journey's own choices for what is not told. Raises WrongInput for a variant or URL it lacks."""
    known = list(journey.variants)
    if variant is not None and known and variant not in known:
        raise WrongInput(
            _("{journey} has no variant “{variant}”. It has: {known}.{hint}").format(
                journey=journey.journey, variant=variant, known=in_a_row(known), hint=hint(variant, known)
            )
        )
    variant = variant or (known[0] if known else "as_is")
    chosen = journey.variants.get(variant)
    where = base_url or (chosen.base_url if chosen else None) or journey.base_url
    if not where and any(isinstance(step, Visit) for _id, step in steps_of(journey, variant)):
        raise WrongInput(
            _("{journey} does not say where the service runs. Put base_url: in it, or give --base-url.").format(
                journey=journey.journey
            )
        )
    return Walk(
        journey=journey,
        persona=persona,
        language=language or journey.languages[0],
        variant=variant,
        base_url=where or "",
        session=session,
        case=case or session,
        **more,
    )


def diary_of(walk: Walk, *, device: str | None, deaf_to: frozenset[str] = frozenset(), clock: Clock = now) -> Diary:
    """An empty diary for a walk; `deaf_to` are the verbs that the player cannot hear."""
    session = Session(
        session=walk.session,
        started=clock(),
        source=walk.source,
        study=walk.study,
        task=walk.journey.journey,
        condition=walk.condition or walk.variant,
        participant=walk.participant,
        language=walk.language,
        device=device,
        persona=walk.persona.id,
        hears=ALL_VERBS - deaf_to,
    )
    channel = walk.equipment.channel(walk.journey.channel)
    return Diary(session, walk.case, channel, walk.journey.agency, clock)


@dataclass(slots=True)
class _Way:
    """Where a walk has got to."""

    walk: Walk
    hands: Hands
    diary: Diary
    watch: Watch | None
    sleep: Sleep
    of: int
    index: int = 0
    concluded: bool = False
    over: bool = False
    found: set[str] = field(default_factory=set)
    paces: Mapping[str, float] = field(default_factory=dict)


def go(walk: Walk, hands: Hands, diary: Diary, watch: Watch | None = None, sleep: Sleep = time.sleep) -> Log:
    """Walk a journey with these hands, and say what was heard.

    Raises TargetMissing (exit 2) when the script names something that was never there; a target that an earlier walk
    found is a finding instead: `lab notes target_missing`, then `citizen leaves`. So is one that is missing because the
    page refuses.
    """
    go_through(walk, hands, diary, watch, sleep)
    return diary.log()


def go_through(walk: Walk, hands: Hands, diary: Diary, watch: Watch | None, sleep: Sleep) -> None:
    """The same for whoever keeps the diary and needs no log: a crowd's citizens, for whom making one costs the most."""
    for name in walk.journey.secrets:
        from_environment(name)
    way = _Way(walk, hands, diary, watch, sleep, of=len(steps_of(walk.journey, walk.variant)))
    data = {"citizen": walk.persona}
    if not isinstance(hands, Sends):
        only_the_wire(walk.journey, walk.variant)
    if walk.pace:
        way.paces = paces(walk.journey, walk.variant, walk.language, walk.persona)
    if any(_on_screen(step) for _id, step in steps_of(walk.journey, walk.variant)[:1]):
        _begin(way)
    try:
        for named in in_variant(named_steps(walk.journey), walk.journey, walk.variant):
            _take(way, named, data)
    except NotThere as lost:
        _lost(way, lost)
    except PatienceOver:
        hands.listen()
        diary.write("citizen", "leaves")
    except LabBroke as broke:
        with suppress(NotThere, PatienceOver, LabBroke):
            hands.listen()
        diary.write("lab", "breaks", broke.tag)
    _tell(way, None)


def only_the_wire(journey: Journey, variant: str) -> None:
    """Raises WrongInput for a journey with recorded requests, for players that send as a page does."""
    if step := next((id_ for id_, step in steps_of(journey, variant) if isinstance(step, Send)), None):
        raise WrongInput(
            _(
                "{journey}, step {step}: a recorded request is sent without a page, which only the wire can do."
                " Walk it with --player wire."
            ).format(journey=journey.journey, step=step)
        )


def found_in(log: Log) -> frozenset[str]:
    """The steps of a log that a citizen got to act in: their targets were there."""
    return frozenset(s.step for s in log.said() if s.step and s.actor == "citizen" and s.verb != "leaves")


def play_many(walks: list[Walk], player: Callable[..., Log], watch: Watch | None = None) -> Iterator[Log]:
    """Each walk in turn, as a log, as soon as it is over. What one walk found, a later one is expected to find."""
    proven: dict[tuple[str, str], frozenset[str]] = {}
    for walk in walks:
        key = (walk.journey.journey, walk.variant)
        known = walk.proven | proven.get(key, frozenset())
        log = player(replace(walk, proven=known), watch)
        proven[key] = known | found_in(log)
        yield log


def _on_screen(step: Step) -> bool:
    return not isinstance(step, Call | Attend)


def _begin(way: _Way) -> None:
    if not way.diary.begun:
        way.diary.begun = True
        shortest = way.walk.journey.shortest_path
        way.diary.write(
            "citizen", "begins", way.walk.journey.journey, value=None if shortest is None else float(shortest)
        )


def _take(way: _Way, named: Named, data: Mapping[str, Any]) -> None:
    """Take one step, with all that is inside it."""
    step, walk = named.step, way.walk
    if way.over or (step.when and not way.hands.sees(text_for(step.when.text, walk.language, data))):
        way.index += named.size
        return
    if isinstance(step, Part):
        for inner in named.inside:
            _take(way, inner, data)
        return
    if isinstance(step, ForEach):
        start = way.index
        for one in each_of(step.for_each, data):
            way.index = start
            for inner in named.inside:
                _take(way, inner, {**data, step.as_: one})
        way.index = start + named.size
        return
    way.index += 1
    way.diary.enter(named.id)
    if _on_screen(step):
        _begin(way)
        for demand in step.demands:
            way.diary.write("lab", "notes", demand)
    if think := walk.pace * (step.think or way.paces.get(named.id, 0.0)):
        way.sleep(think)
    alternative = _do(way, named.id, step, data)
    way.hands.listen()
    if alternative:
        way.diary.write("lab", "notes", f"alternative_{alternative + 1}")
    _conclude(way)
    _tell(way, named.id)


def _do(way: _Way, step_id: str, step: Step, data: Mapping[str, Any]) -> int:
    """Do what a step says; which alternative of its target it was."""
    hands, walk = way.hands, way.walk
    match step:
        case Visit():
            hands.visit(address(fill(step.visit, data, walk.language), walk.base))
        case Press():
            return hands.press(ways(step.press, walk.language))
        case Give():
            for datum, value in step.give.items():
                hands.give(datum, text_for(value, walk.language, data))
        case Choose():
            for datum, choice in step.choose.items():
                hands.choose(datum, choice_for(choice, walk.language, data))
        case Upload():
            for datum, file in step.upload.items():
                hands.upload(datum, document(walk.journey, fill(file, data, walk.language)))
        case Submit():
            return hands.submit(None if step.submit is True else ways(step.submit, walk.language))
        case Back():
            hands.back()
        case Expect():
            wanted = step.expect
            hands.expect(
                text_for(wanted.text, walk.language, data) if wanted.text else None,
                fill(wanted.page, data, walk.language) if wanted.page else None,
                text_for(wanted.gone, walk.language, data) if wanted.gone else None,
                wanted.within,
            )
        case Ask():
            return hands.ask(ways(step.ask, walk.language))
        case Leave():
            way.over = True
            way.diary.write("citizen", "leaves")
        case Send():
            if isinstance(hands, Sends):  # `go` has seen to it that they are
                hands.send(step, data)
        case Call() | Attend():
            hold(step, step_id, walk, way.diary)
    return 0


def _conclude(way: _Way) -> None:
    if way.concluded or way.diary.step is None:
        return
    for done in way.walk.journey.done:
        if way.hands.sees(pick(done.text, way.walk.language)):
            way.concluded = True
            way.diary.conclude(done.outcome)
            return


def _tell(way: _Way, step: str | None) -> None:
    if way.watch:
        picture = way.hands.picture(step) if step else None
        way.watch(News(way.walk.session, step, way.index, way.of, way.diary.new(), picture))


def _lost(way: _Way, lost: NotThere) -> None:
    """The target is not there: a finding, or a wrong script."""
    hands, diary, step = way.hands, way.diary, way.diary.step or ""
    hands.listen()
    refused = _last_heard(diary) == "refuses"
    diary.write("lab", "notes", "target_missing")
    picture = hands.picture(f"{step}-target_missing")
    diary.write("citizen", "leaves")
    if step in way.walk.proven or refused:
        return
    _tell(way, None)
    seen = in_a_row(f"“{word}”" for word in lost.words[:40]) or _("nothing that could be read")
    message = _("{journey}, step {step}: {sought} is not on the page. On the page were: {seen}.").format(
        journey=way.walk.journey.journey, step=step, sought=lost.sought, seen=seen
    )
    if picture:
        message += " " + _("What it looked like: {picture}").format(picture=picture)
    raise TargetMissing(message, diary.log(), picture)


def _last_heard(diary: Diary) -> str | None:
    """The last thing that closed a wait: whether the page that the citizen is on refuses."""
    for sentence in reversed(diary.said):
        if sentence.session == diary.session.session and sentence.verb in ("answers", "refuses", "hands_off"):
            return sentence.verb
    return None
