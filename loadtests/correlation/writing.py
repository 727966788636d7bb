"""A recording that was explained, written down as a journey for the wire: what one act set off is one step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from journeys.brought import file_stem, journey_id, origin_of, plain, sound_origin
from journeys.holes import HOLE, holes_in
from journeys.learning import leaves
from journeys.personas import usual_keys
from journeys.players.forms import Page
from journeys.targets import normal
from loadtests.correlation.explaining import Explanation
from loadtests.correlation.recorded import Trip
from loadtests.correlation.slots import rebuilt
from studies.words import _, in_a_row

TOGETHER: Final = 1.0  # seconds after an answer within which a program's request belongs to the same act
HEADINGS: Final = re.compile(r"<(h1|h2|h3|legend|p|strong|li|td|div)\b[^>]*>([^<]{3,120})</", re.IGNORECASE)
TELLING: Final = ("status", "state", "message", "result", "title", "outcome")


class _Dumper(yaml.SafeDumper):
    """YAML with texts of several lines as blocks."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _block)


def written_down(found: Explanation, name: str | None, code: tuple[str, str] | None) -> str:
    """The journey as YAML. `code` is where the test system tells a one-time code, and the place in its answer."""
    sent = [(nth, _request(found, nth, code)) for nth in sorted(found.pairs)]
    acts = list(_acts(found, [nth for nth, _one in sent]))
    by_trip = dict(sent)
    done = _done(found)
    steps = []
    for act in acts:
        requests = [one for nth in act for one in by_trip[nth]]
        step: dict[str, Any] = {"send": requests[0] if len(requests) == 1 else requests}
        steps.append(step | _thought(found, act[0]))
    base = sound_origin(found.one.base) if found.one.base else None
    holes = list(dict.fromkeys(h.split(".")[1] for h in holes_in(steps) if h.startswith("citizen.")))
    stem = journey_id(name or file_stem(found.one.name))
    others = list(
        dict.fromkeys(o for trip in found.one.trips if (o := origin_of(trip.asked.url)) and o != found.one.base)
    )
    others += [o] if code and (o := origin_of(code[0])) and o not in (*others, found.one.base) else []
    agency = re.sub(r"\W+", "_", urlsplit(base).hostname or "").strip("_") if base else "service"
    head: dict[str, Any] = {
        "journey": stem,
        "title": (name or stem).replace("_", " "),
        "agency": agency or "service",
        **({"base_url": base} if base else {}),
        **({"agencies": {re.sub(r"\W+", "_", urlsplit(o).netloc).strip("_"): o for o in others}} if others else {}),
        "languages": ["en", "ar"],
        **({"needs": [h for h in holes if h not in usual_keys()]} if any(h not in usual_keys() for h in holes) else {}),
        **({"done": {"text": done}} if done else {}),
    }
    lines = ["# " + plain(_("From the recording {file}.").format(file=found.one.name))]
    secrets = sorted({h.partition(".")[2] for h in holes_in(steps) if h.startswith("env.")})
    if secrets:
        lines.append("# " + _("Secrets that the environment must hold: {names}").format(names=in_a_row(secrets)))
    lines += [_dumped(head).rstrip(), "steps:"]
    lines += ["  " + line if line else line for line in _dumped(steps).rstrip().splitlines()]
    return "\n".join(lines) + "\n"


def _dumped(part: Any) -> str:
    return yaml.dump(part, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=110)


def _request(found: Explanation, nth: int, code: tuple[str, str] | None) -> list[dict[str, Any]]:
    """One request, after the question for a one-time code that it needs."""
    trip = found.one.trips[nth]
    sent = rebuilt(trip.asked, found.one.base, lambda slot: found.text(nth, slot))
    if nth in found.makes:
        sent["make"] = found.makes[nth]
    if nth in found.learns:
        sent["learn"] = {
            name: how.model_dump(by_alias=True, exclude_defaults=True) for name, how in found.learns[nth].items()
        }
    status = trip.answers[-1].status
    if status >= 400:
        sent["accepts"] = [status]
    elif needle := _needle(found, nth):
        sent["shows"] = needle
    if code and "env.OTP" in set(holes_in(sent)):
        asks = {"get": code[0], "unheard": True, "learn": {"otp": {"json": code[1]}}}
        return [asks, _replaced(sent, "{{env.OTP}}", "{{learned.otp}}")]
    return [sent]


def _replaced(part: Any, old: str, new: str) -> Any:
    match part:
        case dict():
            return {key: _replaced(value, old, new) for key, value in part.items()}
        case list():
            return [_replaced(value, old, new) for value in part]
        case str():
            return part.replace(old, new)
    return part


def _acts(found: Explanation, trips: list[int]) -> Iterator[list[int]]:
    """Requests by the act that set them off: a page, a form, a change; what is fetched soon after belongs to it."""
    act: list[int] = []
    ended: float | None = None
    for nth in trips:
        trip = found.one.trips[nth]
        soon = ended is not None and trip.asked.started is not None and trip.asked.started - ended <= TOGETHER
        own = trip.asked.kind != "program" or _hands_over(found, nth)
        if act and (own or not soon):
            yield act
            act = []
        act.append(nth)
        ended = max(filter(None, (ended, trip.ended)), default=None)
    if act:
        yield act


def _thought(found: Explanation, nth: int) -> dict[str, float]:
    """How long the one who was recorded thought before an act; kept when the pace of a walk asks for it."""
    trip = found.one.trips[nth]
    before = [ended for one in found.one.trips[:nth] if (ended := one.ended) is not None]
    if trip.asked.started is None or not before:
        return {}
    gap = round(trip.asked.started - max(before), 1)
    return {"think": gap} if 0.5 <= gap <= 600 else {}


def _hands_over(found: Explanation, nth: int) -> bool:
    if found.one.trips[nth].asked.method == "GET":
        return False
    return any(e.trip == nth and e.how in ("citizen", "secret", "code") for e in found.explained)


# -- what shows that it went as recorded


def _lines(trip: Trip) -> list[str]:
    """What a person could read of an answer, the most telling first."""
    text = trip.answers[-1].text
    if "html" in trip.answers[-1].headers.get("content-type", "html"):
        order = {"h1": 0, "h2": 1, "h3": 2}
        found = [(tag.lower(), " ".join(unescape(words).split())) for tag, words in HEADINGS.findall(text)]
        return [words for _tag, words in sorted(found, key=lambda one: order.get(one[0], 3))]
    told = [(place.rpartition(".")[2], value) for place, value in leaves(text)]
    return [value for key, value in told if key in TELLING]


def _needle(found: Explanation, nth: int) -> str | None:
    """The heading of a page that both recordings show."""
    trip = found.one.trips[nth]
    if "html" not in trip.answers[-1].headers.get("content-type", ""):
        return None
    return next(iter(_common(found, nth)), None)


def _common(found: Explanation, nth: int) -> list[str]:
    """Lines that both recordings show at one place and that are nobody's own."""
    trip = found.one.trips[nth]
    there = found.other.trips[found.pairs[nth]] if found.other else trip
    beside = set(_lines(there))
    page = _read(trip)
    return [
        line
        for line in _lines(trip)
        if line in beside and 3 < len(line) < 100 and not re.search(r"\d|\{\{|@", line)
        and normal(line) in page and not found.typed.tells(line)
    ]  # fmt: skip


def _read(trip: Trip) -> str:
    answer = trip.answers[-1]
    if "html" in answer.headers.get("content-type", ""):
        return Page(answer.url, answer.status, answer.text).text()
    return normal(" ".join(value for _place, value in leaves(answer.text)))


def _done(found: Explanation) -> str | None:
    """What only the end shows: how the citizen knows that the need is settled."""
    order = sorted(found.pairs)
    for nth in reversed(order[-3:]):
        if found.one.trips[nth].answers[-1].status >= 400:
            continue
        before = [_read(found.one.trips[n]) for n in order if n < nth]
        for line in _common(found, nth):
            if not any(normal(line) in text for text in before) and not HOLE.search(line):
                return line
    return None
