"""What one participant's sitting with a service was like, on a site that nobody prepared: the recorder's word alone.

Where they were given a task, steps and names are its journey's (journeys/hearing/errands.py). Without one there are
no steps; pages are named below the first page's host, agencies by their hosts. A sitting begins with its first page.
It ends with `leaves` when the last page was closed, or went out of sight for good, before the page that settles the
need (`done`) had come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from journeys.diary import numbered
from journeys.hearing.deliveries import confessed
from journeys.hearing.errands import Errand, as_errand, end_of, hears_of, over
from journeys.hearing.messages import Message, in_order
from journeys.hearing.sentences import EPOCH, Names, hear, moment
from studies.events import ALL_VERBS, Sentence, Session
from studies.log import Log
from studies.places import form_key, page_key

DEAF: Final = frozenset({"rates", "asks", "forwards", "concludes"})
STAYED: Final = 1500.0  # ms after which a page that was about to go, and still speaks, has not gone
# Messages of the lab's own: what it listened through has failed; the window was closed before its eyes.
BROKE: Final = "broke"
CLOSED: Final = "closed"
BY_HAND: Final = ("act", "sent", "give")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sitting besides what was heard. `session` is the case's name; later sittings add to it."""

    session: str
    study: str | None = None
    participant: str | None = None
    condition: str | None = None
    device: str | None = None
    mobile: bool = False
    source: str = "participant"
    nth: int = 1  # which sitting of its case
    since: float | None = None  # epoch ms: what was heard up to here is in an earlier sitting
    errand: Errand | None = None  # the task that they were given


def log_of(told: Sequence[Message], known: Known, done: str | None = None) -> Log | None:
    """The sitting as a log; None when it holds nothing (more). `done` is the page that settles the need."""
    messages = in_order(told)
    if not messages:
        return None
    errand, since = known.errand, None if known.since is None else moment(known.since)
    end = None if errand is None else end_of(errand, messages)
    if since is not None and end is not None and end <= since:
        return None  # the tab goes on, and what they were asked to do is over and told
    name = known.session if known.nth == 1 else f"{known.session}~{known.nth}"
    like = Sentence(
        name, EPOCH, "citizen", "acts", case=known.session, channel="mobile" if known.mobile else "web"
    )  # fmt: skip
    names = names_on(messages) if errand is None else errand.names()
    said = [*hear(messages, names, like), *confessed(messages, like)]
    said += [
        replace(like, when=moment(m["t"]), actor="lab", verb="breaks", about=str(m.get("x"))[:40])
        for m in messages
        if m["k"] == BROKE
    ]
    if errand is not None:
        said = as_errand(errand, said, messages, like)
    elif said and since is None:
        said.insert(0, _begins(said, like, names, messages))
    if since is not None:
        said = [s for s in said if s.when > since]
    if not said:
        return None
    if over(errand, said):
        pass
    elif settled := _settled(said, done):
        said.append(settled)
    elif (when := left(messages)) is not None and (known.since is None or when > known.since):
        said.append(replace(like, when=max(moment(when), max(s.when for s in said)), verb="leaves"))
    told_in_order = numbered(said)
    session = Session(
        session=name,
        started=told_in_order[0].when,
        ended=max([moment(messages[-1]["t"]), *(s.until or s.when for s in said)]),
        source=known.source,
        study=known.study,
        task=errand.journey.journey if errand else None,
        condition=known.condition,
        participant=known.participant,
        language=errand.language
        if errand
        else next((m["lang"] for m in messages if m["k"] == "usable" and m.get("lang")), None),
        device=known.device,
        hears=hears_of(errand) if errand else ALL_VERBS - DEAF | ({"concludes"} if done else set()),
    )
    return Log.of(told_in_order, [session])


def names_on(messages: Sequence[Message]) -> Names:
    """Names on a site without a journey: pages below the first page's host, agencies by host."""
    first = next((m["u"] for m in messages if m["k"] == "hello" and m["top"] and m["u"].startswith("http")), "")
    place = urlsplit(first)
    base = f"{place.scheme}://{place.netloc}" if place.netloc else ""
    return Names(
        lambda url: page_key(url, base),
        lambda action, form: form_key(action, base, form),
        lambda url: urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.") or None,
    )


def left(messages: Sequence[Message]) -> float | None:
    """When the citizen went for good: every page gone, or the last one out of sight and nothing done since.

    None while a page is still before their eyes. Epoch milliseconds.
    """
    gone: dict[str, float | None] = {m["p"]: None for m in messages if m["k"] == "hello" and m["top"]}
    hidden: dict[str, float] = {}
    for m in messages:
        page = m["p"]
        if page not in gone:
            continue
        since = gone[page]
        if m["k"] in ("bye", "unload"):
            gone[page] = m["t"] if since is None else since
        elif m["k"] == "again" or (since is not None and m["t"] > since + STAYED):
            gone[page] = None
        if m["k"] == "shown" and not m.get("on"):
            hidden[page] = m["t"]
        elif m["k"] == "shown" or m["k"] in BY_HAND:
            hidden.pop(page, None)
    if not gone:
        return None
    closed = next((m["t"] for m in messages if m["k"] == CLOSED), None)
    if closed is not None:
        return max((when for when in gone.values() if when is not None), default=closed)
    ends = [when if when is not None else hidden.get(page) for page, when in gone.items()]
    return None if None in ends else max(end for end in ends if end is not None)


def _begins(said: Sequence[Sentence], like: Sentence, names: Names, messages: Sequence[Message]) -> Sentence:
    first = min(said, key=lambda s: s.when)
    address = next((m["u"] for m in messages if m["k"] == "hello" and m["top"]), "")
    return replace(like, when=first.when, verb="begins", about=names.page(address) or None, agency=first.agency)


def _settled(said: Sequence[Sentence], done: str | None) -> Sentence | None:
    page = (done or "").strip("/").lower()
    answers = [s for s in said if s.verb == "answers" and page and (s.about or "").strip("/") == page]
    arrived = answers[0] if answers else None
    return replace(arrived, verb="concludes", about="done", until=None, cause=None) if arrived else None
