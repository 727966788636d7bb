"""Why each value of a recorded journey was what it was: the citizen's own, learned from an answer, made up, or fixed.

What differs between two recordings is explained, or listed with the reason why not; nothing is guessed. From one
recording alone only what an answer said before can be found, and it is said to be less sure. What one person handed
over and nothing shows to be the application's own is listed as well: it may be what they typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from journeys.learning import learned
from journeys.sent import Learn, place
from journeys.typed import OWN_IN_PATH, PERSONAL, SEARCH, TOKEN, Typed
from loadtests.correlation import made_up
from loadtests.correlation.alignment import aligned
from loadtests.correlation.earlier import control, datum_at, said_before, why_unexplained
from loadtests.correlation.made_up import Known, Pair
from loadtests.correlation.recorded import Recording
from loadtests.correlation.shown import BUTTONS, CHOSEN, PLAIN, handed_over, shown, two_people
from loadtests.correlation.slots import NAMED, Place, Slot, slots_of
from loadtests.correlation.sources import fields_of_, leaves_of, own_place, source
from studies.topics import dictionary, slug
from studies.words import _

#: What a value is parted at, where the whole is not explained: the coarse before the fine.
SEAMS: Final = (r"\s+", r"[,;|&]+", r"[{}\[\]\"]+", r"[=/?]+", r":+")
LATEST: Final = 30  # known values that a worked-out one is sought among


@dataclass(frozen=True, slots=True)
class Explained:
    """One value that was recognised: what stands in its place now, and how it was recognised."""

    trip: int
    slot: Slot
    text: str
    how: str  # citizen, secret, code, learned, clock, made up, worked out, kept
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Leftover:
    """One value that was not: where, and why."""

    trip: int
    slot: Slot
    why: str


@dataclass(slots=True)
class Explanation:
    """All of a journey's values explained."""

    one: Recording
    other: Recording | None
    pairs: dict[int, int]
    explained: list[Explained] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    texts: dict[tuple[int, Place], str] = field(default_factory=dict)
    learns: dict[int, dict[str, Learn]] = field(default_factory=dict)
    makes: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)
    apart: bool = False  # the two recordings are of two people
    typed: Typed = field(default_factory=Typed)
    known: list[Known] = field(default_factory=list)
    compared: int = 0

    def text(self, trip: int, slot: Slot) -> str:
        """What the journey says in a place."""
        return self.texts.get((trip, slot.place), slot.value)


def explain(one: Recording, other: Recording | None) -> Explanation:
    """Explain a recording, with a second one of the same journey or by itself."""
    pairs = dict(aligned(one, other)) if other else {nth: nth for nth in range(len(one.trips))}
    found = Explanation(one, other, pairs, apart=two_people(one, other, pairs))
    for nth in sorted(pairs):
        mine = slots_of(one.trips[nth].asked)
        theirs = {s.place: s.value for s in slots_of(other.trips[pairs[nth]].asked)} if other else {}
        mine.sort(key=lambda slot: slot.place[0] == "header")  # what is signed comes before its signature
        for slot in mine:
            found.compared += 1
            _explain(found, nth, slot, theirs.get(slot.place) if other else None)
    for left in list(found.leftovers):
        _again(found, left)
    return found


def _explain(found: Explanation, nth: int, slot: Slot, there: str | None) -> None:
    """Explain one value, or list it."""
    pair: Pair = (slot.value, there)
    told = _own(found, nth, slot, pair) or _whole(found, nth, slot.name, pair, slot) or _secret(found, nth, slot, pair)
    if told is None and _changes(found, slot, pair):
        told = _in_parts(found, nth, slot, pair) or _unlearned(found, nth, slot, pair)
        if told is None:
            _leave(found, nth, slot, why_unexplained(found.one, nth, pair[0], alone=found.other is None))
            return
    if told is None and not _same_for_all(found, nth, slot, pair):
        told = _told_again(found, nth, slot, pair)
        if told is None and not shown(found.one, nth, slot):
            _leave(found, nth, slot, _("no answer before it and no script shows it: somebody may have typed it."))
            return
    if told is None:
        return
    text, how = told
    found.texts[nth, slot.place] = text
    found.explained.append(Explained(nth, slot, text, how, found.other is not None or how in ("citizen", "secret")))


def _changes(found: Explanation, slot: Slot, pair: Pair) -> bool:
    """Whether a value is one of a session, a citizen or a moment: it differs, or looks as if it would."""
    if pair[1] is not None:
        return pair[0] != pair[1]
    return bool((OWN_IN_PATH if slot.place[0] == "path" else TOKEN).fullmatch(slot.value))


def _leave(found: Explanation, nth: int, slot: Slot, why: str) -> None:
    """What is not explained waits for somebody to fill it, and is kept out of the file."""
    others = [left.slot.value for left in found.leftovers if left.slot.name == slot.name]
    which = list(dict.fromkeys([*others, slot.value])).index(slot.value) + 1
    hole = found.typed.secret(slot.value, f"left {slot.name}" + (f" {which}" if which > 1 else ""))
    found.texts[nth, slot.place] = hole
    found.leftovers.append(Leftover(nth, slot, why))


def _same_for_all(found: Explanation, nth: int, slot: Slot, pair: Pair) -> bool:
    """Whether a value that does not change is nobody's own: two people sent it, or nobody typed such a thing."""
    return (found.apart and pair[0] == pair[1]) or not handed_over(found.one, nth, slot)


def _may_stay(found: Explanation, nth: int, slot: Slot, pair: Pair) -> bool:
    """The same for a part of a value."""
    part = replace(slot, value=pair[0])
    return _same_for_all(found, nth, part, pair) or shown(found.one, nth, part)


def _told_again(found: Explanation, nth: int, slot: Slot, pair: Pair) -> tuple[str, str] | None:
    """What one person handed over and was told, or typed, before: it must not be sent for anybody else."""
    if hole := found.typed.values.get(slot.value.strip()):
        return hole, "secret" if hole.startswith("{{env.") else "citizen"
    own = datum_at(found.one, nth, slot.name) in dictionary()
    for before in sorted((n for n in found.pairs if n < nth), reverse=True):
        beside = found.other.trips[found.pairs[before]].answers if found.other else None
        one, other = (pair[0], found.one.trips[before].answers), (pair[1], beside) if beside and pair[1] else None
        how = own_place(slot.name, one, other, strict=len(pair[0]) < 4)
        how = how or (source(slot.name, one, other) if own else None)
        if how:
            return _keep(found, before, how, pair, slot.name), "learned"
    written_in = control(found.one, nth, slot.name) not in (None, "hidden")
    return _persona(found, nth, slot, pair) if own or written_in else None


# -- the citizen's own


def _own(found: Explanation, nth: int, slot: Slot, pair: Pair) -> tuple[str, str] | None:
    """What the citizen types: secrets and one-time codes, and what was typed before and is sent once more."""
    where = slot.place[0]
    if where not in NAMED:
        return _typed_before(found, pair) if where == "path" else None
    datum = datum_at(found.one, nth, slot.name)
    if datum == "otp" and re.fullmatch(r"\d{4,8}", slot.value):
        return found.typed.secret(slot.value, "otp"), "code"
    if datum == "password":
        return found.typed.secret(slot.value, slot.name), "secret"
    if before := _typed_before(found, pair):
        return before
    kind = control(found.one, nth, slot.name)
    if kind in CHOSEN or slot.value in PLAIN:
        return None
    same = pair[1] is None or pair[0] == pair[1]
    searched = SEARCH.search(slot.name) and not PERSONAL.search(slot.value)
    asked_for = datum in dictionary() or (kind not in (None, *BUTTONS) and not searched)
    if same and asked_for and kind != "hidden" and not said_before(found.one, nth, slot.value):
        return _persona(found, nth, slot, pair)
    return None


def _secret(found: Explanation, nth: int, slot: Slot, pair: Pair) -> tuple[str, str] | None:
    """A secret that is the same in both and that no answer said: a key, a password of the program's own."""
    secret = found.typed.is_secret("", slot.name) and slot.place[0] in ("header", *NAMED)
    if not secret or pair[1] not in (None, pair[0]) or len(slot.value) < 6 or slot.bare:
        return None
    in_parts = _in_parts(found, nth, slot, pair) if pair[1] is None else None
    return in_parts or (found.typed.secret(slot.value, slot.name), "secret")


def _typed_before(found: Explanation, pair: Pair) -> tuple[str, str] | None:
    if len(pair[0]) < 3:
        return None
    hole = _hole_of(found, pair, "{{citizen.")
    return (hole, "citizen") if hole else None


def _hole_of(found: Explanation, pair: Pair, kind: str) -> str | None:
    """The hole of that kind that stands for these values already."""
    return next((text for text, one, other in found.known if (one, other) == pair and text.startswith(kind)), None)


def _persona(found: Explanation, nth: int, slot: Slot, pair: Pair) -> tuple[str, str]:
    datum = datum_at(found.one, nth, slot.name) or ""
    hole = found.typed.hole(slot.value, datum if datum in dictionary() else slug(slot.name) or "answer")
    found.known.append((hole, *pair))
    return hole, "citizen"


def _unlearned(found: Explanation, nth: int, slot: Slot, pair: Pair) -> tuple[str, str] | None:
    """What differs and no answer said: the clock, what programs make up, and what the citizen typed or chose."""
    trip = found.one.trips[nth]
    there = found.other.trips[found.pairs[nth]].asked.started if found.other else None
    if hole := made_up.clock(pair, (trip.asked.started, there)):
        return hole, "clock"
    if not said_before(found.one, nth, slot.value) and (text := _by_chance(found, slot, pair)):
        return text, "made up"
    if text := _worked_out(found, nth, slot, pair):
        return text, "worked out"
    if slot.place[0] not in NAMED:
        return None
    kind, datum = control(found.one, nth, slot.name), datum_at(found.one, nth, slot.name)
    if kind in CHOSEN or (slot.bare and slot.value in ("true", "false")):
        return slot.value, "kept"
    token = TOKEN.fullmatch(slot.value) and kind is None
    told = len(slot.value) >= 6 and said_before(found.one, nth, slot.value)
    if kind == "hidden" or (datum not in dictionary() and (token or told)):
        return None
    if SEARCH.search(slot.name) and not PERSONAL.search(slot.value):
        return slot.value, "kept"
    return _persona(found, nth, slot, pair)


def _by_chance(found: Explanation, slot: Slot, pair: Pair) -> str | None:
    if same := _hole_of(found, pair, "{{made."):
        return same
    taken = sum("{{made." in text for text, _one, _other in found.known)
    text = made_up.by_chance(slot.name, pair, taken + 1)
    if text:
        found.known.append((text, *pair))
    return text


def _worked_out(found: Explanation, nth: int, slot: Slot, pair: Pair) -> str | None:
    """What is worked out of values that were sent, or that an answer only told."""
    known = found.known[-LATEST:]
    told = made_up.worked_out(pair, known)
    if told is None:
        fresh = list(_never_sent(found, nth))
        marked: list[Known] = [(f"\x01{number}\x01", *values) for number, (_trip, _how, values) in enumerate(fresh)]
        told = made_up.worked_out(pair, marked[-LATEST:]) or made_up.worked_out(pair, known[-8:] + marked[-12:])
        if told is None:
            return None

        def learn(mark: re.Match[str]) -> str:
            trip, how, values = fresh[int(mark[1])]
            return _keep(found, trip, how, values, slot.name)

        told = re.sub("\x01(\\d+)\x01", learn, told[0]), told[1]
    return _make(found, nth, slot.name, told)


def _make(found: Explanation, nth: int, wish: str, told: tuple[str, str]) -> str:
    """The hole of a value that is worked out when its request is made ready."""
    name = _name(found, wish)
    found.makes.setdefault(nth, {})[name] = {"of": told[0], "by": told[1]}
    return f"{{{{learned.{name}}}}}"


def _never_sent(found: Explanation, nth: int) -> Iterator[tuple[int, Learn, tuple[str, str]]]:
    """Values with a name of their own in the latest answers, whether or not they were sent."""
    if found.other is None:
        return
    for before in [n for n in sorted(found.pairs) if n < nth][-4:]:
        here = found.one.trips[before].answers[-1].text
        there = found.other.trips[found.pairs[before]].answers
        told = [(name, value) for name, value in (*fields_of_(here), *leaves_of(here)) if 4 <= len(value) <= 200]
        for name, value in told[:40]:
            how = place(json_=name) if name.startswith("$") else place(field=name)
            other = learned(how, there)
            if other and other != value:
                yield before, how, (value, other)


# -- learned


def _whole(found: Explanation, nth: int, name: str, pair: Pair, slot: Slot) -> tuple[str, str] | None:
    """A value that an earlier answer said, and in the other recording the other's."""
    value, there = pair
    if not _worth_seeking(found, nth, slot, pair):
        return None
    if hole := _hole_of(found, pair, "{{learned."):
        return hole, "learned"
    short = len(value) < 4 or (value.isdigit() and len(value) < 6 and found.other is None)
    for before in sorted((n for n in found.pairs if n < nth), reverse=True):
        here = found.one.trips[before].answers
        beside = found.other.trips[found.pairs[before]].answers if found.other else None
        other = None if beside is None or there is None else (there, beside)
        if found.other is not None and other is None:
            return None
        if how := source(name, (value, here), other, strict=short):
            return _keep(found, before, how, (value, there), name), "learned"
    return None


def _worth_seeking(found: Explanation, nth: int, slot: Slot, pair: Pair) -> bool:
    if not pair[0]:
        return False
    if found.other is not None and pair[0] != pair[1]:
        return pair[1] is not None
    # The same in both (or there is only one): only what looks as if a server had made it.
    token = bool(TOKEN.fullmatch(pair[0].removeprefix("Bearer "))) or bool(made_up.UUID.fullmatch(pair[0]))
    hidden = slot.place[0] == "form" and control(found.one, nth, slot.name) == "hidden" and len(pair[0]) >= 6
    numbered = (
        found.other is None and slot.place[0] in ("path", "json", "xml", "query") and re.fullmatch(r"\d{4,}", pair[0])
    )
    return token or hidden or bool(numbered)


def _keep(found: Explanation, trip: int, how: Learn, pair: Pair, name: str) -> str:
    """The hole of a value that is learned from an answer."""
    learns = found.learns.setdefault(trip, {})
    known = next((kept for kept, same in learns.items() if same == how), None)
    if known is None:
        known = _name(found, how.field or how.meta or how.cookie or name)
        learns[known] = how
    hole = f"{{{{learned.{known}}}}}"
    found.known.append((hole, *pair))
    return hole


def _name(found: Explanation, wish: str) -> str:
    taken: set[str] = set().union(*found.learns.values(), *found.makes.values())
    plain = re.sub(r"[^A-Za-z0-9]+", "_", wish).strip("_").lower()[:40] or "value"
    plain = plain if plain[0].isalpha() else f"value_{plain}"
    return next(n for n in (plain, *(f"{plain}_{k}" for k in range(2, 10_000))) if n not in taken)


def _in_parts(found: Explanation, nth: int, slot: Slot, pair: Pair) -> tuple[str, str] | None:
    """A value made of several: each part that differs explained for itself, or none of it."""
    if pair[1] is None:
        parts = re.match(r"([\w-]+ )(.+)", pair[0])
        stays = parts and _may_stay(found, nth, slot, (parts[1].strip(), None))
        told = _whole(found, nth, slot.name, (parts[2], None), slot) if parts and stays else None
        return (parts[1] + told[0], "learned") if parts and told else None
    text = _parted(found, nth, slot, pair[0], pair[1], 0)
    return (text, "learned") if text else None


def _parted(found: Explanation, nth: int, slot: Slot, here: str, there: str, level: int) -> str | None:
    for depth in range(level, len(SEAMS)):
        ours, theirs = re.split(f"({SEAMS[depth]})", here), re.split(f"({SEAMS[depth]})", there)
        if len(ours) < 2 or len(ours) != len(theirs) or ours[1::2] != theirs[1::2]:
            continue
        told = []
        for mine, its in zip(ours, theirs, strict=True):
            if mine == its:
                if not _may_stay(found, nth, slot, (mine, its)):
                    break
                told.append(mine)
                continue
            part = _typed_before(found, (mine, its)) or _whole(found, nth, slot.name, (mine, its), slot)
            text = part[0] if part else _parted(found, nth, slot, mine, its, depth + 1)
            if text is None:
                break
            told.append(text)
        else:
            return "".join(told)
    return None


# -- what is left


def _again(found: Explanation, left: Leftover) -> None:
    """Try once more, now that everything else is known: what is worked out of a value that was sent later."""
    other = found.other
    if other is None:
        return
    there = {s.place: s.value for s in slots_of(other.trips[found.pairs[left.trip]].asked)}
    made = [known for known in found.known if "{{made." in known[0]]
    told = made_up.worked_out((left.slot.value, there.get(left.slot.place)), made)
    if told:
        text = _make(found, left.trip, left.slot.name, told)
        found.texts[left.trip, left.slot.place] = text
        found.leftovers.remove(left)
        found.explained.append(Explained(left.trip, left.slot, text, "worked out"))
