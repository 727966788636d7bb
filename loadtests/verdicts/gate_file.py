"""What a service must hold to under load, as people write it down: gates, a comparison with the last good run, bounds.

    gates:
      - completion >= 0.98
      - submit.silent_p95 < 2 s      # a step's id, or a verb: all steps of that verb
      - errors < 0.5 %
    versus: last-good                # and how much worse than then it may be
    allow: {completion: 1 %, journey_p95: 10 %}
    repeat: 2                        # a failure in doubt must be seen in so many runs
    confidence: 95 %
    generator: {start_lag: 250 ms, cpu: 90 %, dropped: 0.1 %}

What is allowed to change is for a share a difference (1 %: from 98 % to 97 %), for everything else a proportion.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import yaml

from loadtests.verdicts.demands import Allowed, Bounds, Gate, Gates, Measure
from loadtests.verdicts.gates import Kind, kinds
from studies.troubles import WrongInput
from studies.words import _, in_a_row

GATE: Final = re.compile(
    r"(?:(?P<step>[\w/.-]+)\.)?(?P<kind>[a-z_]+?)(?:_p(?P<level>\d{1,2}(?:\.\d+)?))?"
    r"\s*(?P<sign><=|>=|<|>)\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|ms|s|min|/s|/min|/h)?"
)
MEASURE: Final = re.compile(r"(?:(?P<step>[\w/.-]+)\.)?(?P<kind>[a-z_]+?)(?:_p(?P<level>\d{1,2}(?:\.\d+)?))?")
NUMBER: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>%|ms|s|min|/s|/min|/h)?")
UNITS: Final[dict[str, dict[str, float]]] = {
    "share": {"": 1.0, "%": 0.01},
    "seconds": {"ms": 0.001, "s": 1.0, "min": 60.0},
    "a second": {"/s": 1.0, "/min": 1 / 60, "/h": 1 / 3600},
}
LAST_GOOD: Final = "last-good"
KEYS: Final = ("gates", "versus", "allow", "repeat", "confidence", "generator")
BOUNDS: Final = {"start_lag": "seconds", "cpu": "share", "dropped": "share"}


def read_gates(path: Path) -> Gates:
    """The gates of a file. Raises WrongInput with the line of what cannot be understood, and what is allowed there."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise WrongInput(_("{file} cannot be read: {cause}").format(file=path, cause=cause)) from cause
    return gates_of(text, path.name)


def gates_of(text: str, name: str) -> Gates:
    """The gates of a text; `name` is what its mistakes are told under."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None)
        raise _wrong(name, mark.line if mark else 0, _("this is no YAML: {cause}").format(cause=cause)) from cause
    given: dict[str, Any] = {}
    for key, value in _pairs(node, name, ", ".join(f"{key}:" for key in KEYS)):
        where = key.start_mark.line
        match key.value:
            case "gates":
                given["gates"] = tuple(_gate(item, name) for item in _items(value, name))
            case "versus":
                if value.value != LAST_GOOD:
                    message = _("versus: {value} is not known. Write versus: {known}")
                    raise _wrong(name, where, message.format(value=value.value, known=LAST_GOOD))
                given["versus"] = True
            case "allow":
                pairs = _pairs(value, name, _("measures such as completion: 1 %"))
                given["allowed"] = tuple(_allowed(of, worse, name) for of, worse in pairs)
            case "repeat":
                given["repeat"] = _whole(value, name)
            case "confidence":
                given["confidence"] = _confidence(value, name)
            case "generator":
                given["bounds"] = _bounds(value, name)
            case other:
                message = _("“{key}” is not known here. Allowed are: {known}.")
                raise _wrong(name, where, message.format(key=other, known=in_a_row(KEYS)))
    gates = Gates(name=name, **given)
    if gates.allowed and not gates.versus:
        raise _wrong(name, gates.allowed[0].line - 1, _("allow: needs versus: {known}").format(known=LAST_GOOD))
    if gates.versus and not gates.gates and not gates.allowed:
        message = _(
            "versus: {known} compares what gates: or allow: name, and there is neither. Write for example: {eg}"
        )
        raise _wrong(name, 0, message.format(known=LAST_GOOD, eg="allow: {completion: 1 %}"))
    if not gates.gates and not gates.versus:
        raise _wrong(name, 0, _("there is no gate. Write for example:\ngates:\n  - completion >= 0.98"))
    return gates


# --- the parts of a file ----------------------------------------------------------------------------------------------


def _gate(node: yaml.Node, name: str) -> Gate:
    text, line = str(node.value).strip(), node.start_mark.line
    found = GATE.fullmatch(text) if isinstance(node, yaml.ScalarNode) else None
    if not found:
        message = _("“{text}” is no gate. Write for example: {examples}")
        examples = "completion >= 0.98 · errors < 0.5 % · submit.silent_p95 < 2 s · throughput >= 900 /h"
        raise _wrong(name, line, message.format(text=_written(node), examples=examples))
    measure, kind = _measured(found, name, line)
    limit = _in_unit(found, kind.UNIT, name, line)
    better = ">" if kind.BETTER == "more" else "<"
    if found["sign"][0] != better:
        message = _("“{text}” would fail when it gets better: of {kind}, {sign} is what can be asked")
        raise _wrong(name, line, message.format(text=text, kind=measure.kind, sign=f"{better} {better}="))
    return Gate(text, measure, found["sign"], limit, line + 1)


def _allowed(key: yaml.Node, value: yaml.Node, name: str) -> Allowed:
    line = key.start_mark.line
    found = MEASURE.fullmatch(str(key.value))
    if not found:
        raise _wrong(name, line, _("“{text}” is no measure, as completion or journey_p95 are").format(text=key.value))
    measure, _kind = _measured(found, name, line)
    return Allowed(f"{measure}: {value.value}", measure, _amount(value, "share", name), line + 1)


def _measured(found: re.Match[str], name: str, line: int) -> tuple[Measure, Kind]:
    kind = kinds().get(found["kind"])
    if kind is None:
        message = _("“{kind}” is not known. A gate can be set on: {known}.")
        known = in_a_row(f"{key}_p95" if each.LEVEL else key for key, each in kinds().items())
        raise _wrong(name, line, message.format(kind=found["kind"], known=known))
    if bool(found["level"]) != kind.LEVEL:
        message = _("{kind} is asked at a level: {kind}_p95") if kind.LEVEL else _("{kind} has no level such as _p95")
        raise _wrong(name, line, message.format(kind=found["kind"]))
    level = float(found["level"] or 0) / 100
    if kind.LEVEL and not 0 < level < 1:
        raise _wrong(name, line, _("a level lies between p1 and p99.9"))
    if found["step"] and kind.OF == "load":
        raise _wrong(name, line, _("{kind} is of the whole load, not of a step").format(kind=found["kind"]))
    return Measure(found["kind"], found["step"] or "", round(level, 6)), kind


def _in_unit(found: re.Match[str], unit: str, name: str, line: int) -> float:
    factor = UNITS[unit].get(found["unit"] or "")
    if factor is None:
        message = _("“{text}” needs a unit: {units}") if not found["unit"] else _("“{text}” has no such unit: {units}")
        units = _(" or ").join(f"{found['number']} {each}".strip() for each in UNITS[unit])
        raise _wrong(name, line, message.format(text=found.string, units=units))
    amount = float(found["number"]) * factor
    if unit == "share" and amount > 1:
        message = _("“{text}”: a share is at most 1, which is 100 %").format(text=found.string)
        raise _wrong(name, line, message)
    return round(amount, 12)


def _amount(node: yaml.Node, unit: str, name: str) -> float:
    found = NUMBER.fullmatch(str(node.value).strip()) if isinstance(node, yaml.ScalarNode) else None
    if not found:
        message = _("“{text}” is no such number; write for example {units}")
        units = _(" or ").join(f"1 {each}".strip() for each in UNITS[unit] if each)
        raise _wrong(name, node.start_mark.line, message.format(text=_written(node), units=units))
    return _in_unit(found, unit, name, node.start_mark.line)


def _confidence(node: yaml.Node, name: str) -> float:
    amount = _amount(node, "share", name)
    if not 0.5 <= amount <= 0.999:
        message = _("confidence: {text} does not lie between 50 % and 99.9 %")
        raise _wrong(name, node.start_mark.line, message.format(text=_written(node)))
    return amount


def _whole(node: yaml.Node, name: str) -> int:
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"[1-9]", node.value):
        message = _("repeat: {text} is no number from 1 (never again) to 9").format(text=_written(node))
        raise _wrong(name, node.start_mark.line, message)
    return int(node.value)


def _bounds(node: yaml.Node, name: str) -> Bounds:
    given = {}
    for key, value in _pairs(node, name, ", ".join(f"{key}:" for key in BOUNDS)):
        if key.value not in BOUNDS:
            message = _("“{key}” is not known here. Allowed are: {known}.")
            raise _wrong(name, key.start_mark.line, message.format(key=key.value, known=in_a_row(BOUNDS)))
        given[key.value] = _amount(value, BOUNDS[key.value], name)
    return Bounds(**given)


def _pairs(node: yaml.Node | None, name: str, allowed: str) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line if node else 0
        raise _wrong(name, line, _("here stand keys with their values: {allowed}").format(allowed=allowed))
    seen: set[str] = set()
    for key, _value in node.value:
        if key.value in seen:
            raise _wrong(name, key.start_mark.line, _("“{key}” stands here twice").format(key=key.value))
        seen.add(key.value)
    return list(node.value)


def _items(node: yaml.Node, name: str) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        message = _("gates: is a list; each line of it begins with a dash: - completion >= 0.98")
        raise _wrong(name, node.start_mark.line, message)
    return list(node.value)


def _written(node: yaml.Node) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else "…"


def _wrong(name: str, line: int, why: str) -> WrongInput:
    return WrongInput(_("{file}, line {line}: {why}").format(file=name, line=line + 1, why=why))
