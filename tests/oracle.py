"""The definitions of waits, repeats and resubmissions once more, as slow plain code read off the design line by line.

The product computes them in one pass over columns; on any log both must agree.
"""

from dataclasses import dataclass, field

from studies.events import CONVERSATIONS, SCREENS, VERBS, Sentence
from studies.log import Log

CLOSERS = {"answers", "requests", "refuses", "hands_off", "concludes", "leaves"}
OPENERS = {"acts", "asks", "submits"}


@dataclass
class OpenWait:
    row: Sentence
    opened: float
    covers: list[tuple[float, float]] = field(default_factory=list)


def seconds(moment) -> float:
    return round(moment.timestamp() * 1e6)


def end(s: Sentence) -> float:
    return seconds(s.until or s.when)


def chains(log: Log) -> list[list[list[Sentence]]]:
    """Cases as chains of sittings that follow one another, each a list of its sentences."""
    started = {s.session: seconds(s.started) for s in log.heard()}
    ended = {s.session: s.ended for s in log.heard()}
    cases: dict[str, dict[str, list[Sentence]]] = {}
    for s in log.said():
        cases.setdefault(s.case, {}).setdefault(s.session, []).append(s)
    found = []
    for sittings in cases.values():
        chain: list[list[Sentence]] = []
        heard_to = None
        for name in sorted(sittings, key=lambda n: (started[n], n)):
            said = sorted(sittings[name], key=lambda s: (s.when, s.seq))
            overlaps = heard_to is not None and started[name] < heard_to and seconds(said[0].when) < heard_to
            if overlaps:
                found.append(chain)
                chain = []
            chain.append(said)
            heard_to = max([started[name], *(end(s) for s in said)])
            if ended[name] is not None:
                heard_to = seconds(ended[name])
        found.append(chain)
    return found


def hearing_end(log: Log, sitting: list[Sentence]) -> float:
    row = next(s for s in log.heard() if s.session == sitting[0].session)
    if row.ended is not None:
        return seconds(row.ended)
    return max([seconds(row.started), *(end(s) for s in sitting)])


def waits(log: Log, sense: str = "seen") -> tuple[list[tuple], int, int]:
    """(session, opened, closed, closed by, silences) of every wait; how many acts were impatient; how many dead."""
    found, impatient, dead = [], 0, 0
    for chain in chains(log):
        running: OpenWait | None = None
        pushed = 0  # impatient acts of the running wait
        for sitting in chain:
            signs: list[Sentence] = []
            for place, s in enumerate(sitting):
                talk, screen = s.channel in CONVERSATIONS, s.channel in SCREENS
                speaks = VERBS[s.verb][0]
                coming = next((t for t in sitting[place + 1 :] if t.actor != "lab"), None)
                service_next = coming is not None and coming.actor == "service"
                if s.verb == "responds" and s.sense in (None, sense):
                    signs.append(s)
                    if running:
                        running.covers.append((seconds(s.when), end(s)))
                if s.verb in CLOSERS and running:
                    found.append(close(running, seconds(s.when), s.verb))
                    impatient += pushed
                    running, pushed = None, 0
                elif s.verb == "breaks" and running:
                    running, pushed = None, 0
                elif screen and s.verb == "gives" and running and running.row.session == s.session:
                    dead += 1
                    impatient += pushed
                    running, pushed = None, 0
                opens = (
                    s.verb in OPENERS or (talk and s.verb == "gives") or (talk and s.verb == "begins" and service_next)
                )
                opens = opens or (talk and speaks == "service" and s.verb != "requests" and service_next)
                if opens and running:
                    if s.verb in OPENERS:
                        pushed += 1
                    if s.verb == "gives" and talk:
                        running.covers.append((seconds(s.when), end(s)))
                elif opens:
                    running = OpenWait(s, end(s))
                    stood = [t for t in signs if t is not s and t.session == s.session]
                    if stood:
                        running.covers.append((end(s), max(end(t) for t in stood)))
        if running:
            found.append(close(running, hearing_end(log, chain[-1]), None))
            impatient += pushed
    return sorted(found, key=repr), impatient, dead


def close(wait: OpenWait, at: float, by: str | None) -> tuple:
    opened = min(wait.opened, at) if by else wait.opened
    at = max(at, opened)
    silences, reached = [], opened
    for begins, ends in wait.covers:
        begins = min(max(begins, opened), at)
        if begins > reached:
            silences.append((reached, begins))
        reached = max(reached, min(ends, at))
    if at > reached:
        silences.append((reached, at))
    return (wait.row.session, opened, at if by else None, by, tuple(silences))


def repeats(log: Log) -> tuple[int, int]:
    """Repeat questions and corrections of a log."""
    started = {s.session: seconds(s.started) for s in log.heard()}
    states: dict[tuple[str, str], str] = {}
    repeated = corrected = 0
    said = sorted(log.said(), key=lambda s: (s.when, started[s.session], s.session, s.seq))
    for s in said:
        if s.about is None:
            continue
        key = (s.case, s.about)
        if s.verb in ("gives", "answers"):
            states[key] = "held"
        elif s.verb == "refuses" and key in states:
            states[key] = "refused"
        elif s.verb == "requests":
            repeated += states.get(key) == "held"
            corrected += states.get(key) == "refused"
    return repeated, corrected
