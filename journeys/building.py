"""A journey changed step by step, without writing YAML: a step is added, changed, moved or taken away in the text.

Only the lines of that step change: remarks, blank lines and how the others are written stay as they are. A place is
the way to a step: (3,) the fourth one, (4, 0) the first inside the fifth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

import yaml

from journeys.journey import MODIFIERS, STEPS, verbs_in
from studies.troubles import WrongInput
from studies.words import _

Place = tuple[int, ...]
#: YAML read in C where PyYAML has it: a long journey is read anew at every press of a key
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: in which order a step's keys are written; whatever else it says stands behind
FIRST: Final = ("id", "only", "when")


@dataclass(frozen=True, slots=True)
class Built:
    """A step as it stands in the text: where, its verb (None: not one yet), what it says."""

    place: Place
    verb: str | None
    said: Mapping[str, Any]
    line: int  # from 1

    @property
    def depth(self) -> int:
        """How deep inside others it stands."""
        return len(self.place) - 1


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines that a step takes, from `start` (with the remarks that stand over it) up to `stop`; its dash."""

    start: int
    dash: int
    stop: int
    column: int
    node: yaml.Node


def steps_in(text: str) -> list[Built]:
    """The steps of a text that may still have mistakes in it; none when it is no YAML."""
    found: list[Built] = []
    try:
        _gather(_steps_node(yaml.compose(text, Loader=LOADER)), (), found)
    except (yaml.YAMLError, RecursionError):  # the latter: an alias that unfolds into itself
        return []
    return found


def _gather(steps: yaml.Node | None, above: Place, found: list[Built]) -> None:
    if not isinstance(steps, yaml.SequenceNode):
        return
    for n, node in enumerate(steps.value):
        said = _plain(node)
        said = said if isinstance(said, dict) else {}
        verbs = verbs_in(said)
        found.append(Built((*above, n), verbs[0] if verbs else None, said, node.start_mark.line + 1))
        _gather(_steps_node(node), (*above, n), found)


def added(text: str, place: Place, step: Mapping[str, Any]) -> str:
    """The text with one more step, before the one that stood at this place, or behind the last one."""
    lines = text.splitlines()
    sequence = _sequence(text, place[:-1])
    if sequence is None or not sequence.value:
        return _begun(text, step)
    spans = _spans(lines, sequence)
    column = spans[0].column
    at = spans[place[-1]].start if place[-1] < len(spans) else _content_end(lines, spans[-1])
    return _joined([*lines[:at], *written(step, column), *lines[at:]])


def removed(text: str, place: Place) -> str:
    """The text without a step and the remarks over it. Raises WrongInput for the last one of its kind."""
    lines = text.splitlines()
    spans = _spans(lines, _known(text, place))
    if len(spans) == 1:
        raise WrongInput(_("A journey needs at least one step, and so does a part of it. Change this one instead."))
    span = spans[place[-1]]
    return _joined(lines[: span.start] + lines[span.stop :])


def moved(text: str, place: Place, by: int) -> str:
    """The text with a step one place earlier (-1) or later (1) among its neighbours; as it was at either end."""
    lines = text.splitlines()
    spans = _spans(lines, _known(text, place))
    other = place[-1] + by
    if not 0 <= other < len(spans):
        return text
    first, second = sorted((spans[place[-1]], spans[other]), key=lambda s: s.start)
    one, two = lines[first.start : first.stop], lines[second.start : second.stop]
    blank_one, blank_two = _blank(one), _blank(two)  # a blank line parts groups of steps: it stays where it is
    one, two = one[: len(one) - blank_one], two[: len(two) - blank_two]
    new = [*two, *[""] * blank_one, *one, *[""] * blank_two]
    return _joined([*lines[: first.start], *new, *lines[second.stop :]])


def changed(text: str, place: Place, step: Mapping[str, Any]) -> str:
    """The text with a step that says something else. Keys that say the same keep their lines and remarks."""
    lines = text.splitlines()
    span = _spans(lines, _known(text, place))[place[-1]]
    node, keys = span.node, list(step)
    old = _plain(node)
    old = old if isinstance(old, dict) else {}
    if dict(old) == dict(step) and list(old) == keys:
        return text
    if not isinstance(node, yaml.MappingNode) or node.flow_style or len({*_starts(node)}) < len(node.value):
        tail = lines[_content_end(lines, span) : span.stop]
        return _joined([*lines[: span.dash], *written(step, span.column), *tail, *lines[span.stop :]])
    parts = _parts(lines, span)
    indent = " " * (span.column + 2)
    new: list[str] = []
    for key in [k for k in parts if k in step] + [k for k in _ordered(keys) if k not in parts]:
        kept = key in parts and old.get(key) == step[key]
        over = list(takewhile(_remark, parts.get(key, ())))
        new += parts[key] if kept else [*over, *(indent + line for line in _dumped({key: step[key]}))]
    first = next(i for i, line in enumerate(new) if line.strip() and not line.lstrip().startswith("#"))
    new[first] = " " * span.column + "- " + new[first].lstrip()
    return _joined([*lines[: span.dash], *new, *lines[_content_end(lines, span) :]])


def _remark(line: str) -> bool:
    return line.lstrip().startswith("#")


def written(step: Mapping[str, Any], column: int) -> list[str]:
    """A step as lines of YAML, its dash at a column."""
    inner = [line for key in _ordered(list(step)) for line in _dumped({key: step[key]})]
    return [" " * column + ("- " if n == 0 else "  ") + line for n, line in enumerate(inner)]


def _ordered(keys: Sequence[str]) -> list[str]:
    """As people write a step: what it is called, when it holds, what is done, what it asks."""
    verbs = [key for key in keys if key in STEPS and key != "steps"]
    behind = [key for key in MODIFIERS if key not in FIRST]
    wanted = [*FIRST, *verbs, "as", *behind, "steps"]
    return sorted(keys, key=lambda key: wanted.index(key) if key in wanted else len(wanted))


class _Dumper(yaml.SafeDumper):
    """Writes a play script as people do: line below line."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _string)


def _dumped(said: Mapping[str, Any]) -> list[str]:
    """A key as YAML: what is in it on one line in braces where that can be, else line below line."""
    (value,) = said.values()
    scalar = not isinstance(value, dict | list)
    style = False if scalar or "\n" in _strings(value) else None
    told = yaml.dump(
        dict(said), Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=style, width=110
    )
    return [str(line) for line in told.rstrip().splitlines()]


def _strings(value: Any) -> str:
    """All texts in a value, one after the other."""
    if isinstance(value, dict):
        return "".join(map(_strings, value.values()))
    return "".join(map(_strings, value)) if isinstance(value, list) else str(value)


def _steps_node(node: yaml.Node | None) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == "steps"), None)
    return None


def _sequence(text: str, above: Place) -> yaml.SequenceNode | None:
    """The list of steps inside the step at a place; that of the journey for ()."""
    try:
        steps = _steps_node(yaml.compose(text, Loader=LOADER))
        for n in above:
            steps = _steps_node(steps.value[n]) if isinstance(steps, yaml.SequenceNode) else None
    except (yaml.YAMLError, IndexError):
        raise WrongInput(_("The text is no YAML at the moment. Mend what is marked in it first.")) from None
    if isinstance(steps, yaml.SequenceNode) and steps.flow_style and steps.value:
        raise WrongInput(_("These steps stand on one line, in brackets. Write each on a line that begins with “- ”."))
    return steps if isinstance(steps, yaml.SequenceNode) else None


def _known(text: str, place: Place) -> yaml.SequenceNode:
    sequence = _sequence(text, place[:-1])
    if sequence is None or place[-1] >= len(sequence.value):
        raise WrongInput(_("There is no such step in the text any more."))
    return sequence


def _spans(lines: list[str], sequence: yaml.SequenceNode) -> list[_Lines]:
    """The lines of each step of a list: from its dash, and the remarks right over it, up to the next one's."""
    dashes = [_dash(lines, node) for node in sequence.value]
    column = lines[dashes[0]].index("-")
    starts = [_with_remarks(lines, dash, column, dashes[n - 1] + 1 if n else 0) for n, dash in enumerate(dashes)]
    ends = [*starts[1:], _list_end(lines, dashes[-1], column)]
    found = zip(starts, dashes, ends, sequence.value, strict=True)
    return [_Lines(start, dash, stop, column, node) for start, dash, stop, node in found]


def _dash(lines: list[str], node: yaml.Node) -> int:
    line = node.start_mark.line
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return int(line)


def _with_remarks(lines: list[str], dash: int, column: int, least: int) -> int:
    start = dash
    while start > least and lines[start - 1].lstrip().startswith("#") and _indent(lines[start - 1]) == column:
        start -= 1
    return start


def _list_end(lines: list[str], dash: int, column: int) -> int:
    """Where the list ends: before the next line that stands further left, or at its column without a dash."""
    line = dash + 1
    while line < len(lines):
        told = lines[line]
        if told.strip() and (_indent(told) < column or (_indent(told) == column and not told.lstrip().startswith("#"))):
            break
        line += 1
    while line > dash + 1 and (not lines[line - 1].strip() or _indent(lines[line - 1]) < column):
        line -= 1
    return line


def _content_end(lines: list[str], span: _Lines) -> int:
    """Behind the last line of a step that is not blank."""
    return span.stop - _blank(lines[span.start : span.stop])


def _blank(lines: list[str]) -> int:
    n = 0
    while n < len(lines) and not lines[-1 - n].strip():
        n += 1
    return n


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _starts(node: yaml.MappingNode) -> list[int]:
    return [key.start_mark.line for key, _value in node.value]


def _parts(lines: list[str], span: _Lines) -> dict[str, list[str]]:
    """The lines of each key of a step, with the remarks over it; the dash is taken off."""
    assert isinstance(span.node, yaml.MappingNode)
    stop = _content_end(lines, span)
    starts = _starts(span.node)
    starts = [starts[0], *(_with_remarks(lines, at, span.column + 2, starts[0]) for at in starts[1:])]
    told = [*lines[: starts[0]], lines[starts[0]].replace("- ", "  ", 1), *lines[starts[0] + 1 :]]
    bounds = zip(span.node.value, starts, [*starts[1:], stop], strict=True)
    return {key.value: told[start:end] for (key, _value), start, end in bounds}


def _begun(text: str, step: Mapping[str, Any]) -> str:
    """The text with its first step."""
    lines = text.splitlines()
    at = next((n for n, line in enumerate(lines) if line.startswith("steps:")), None)
    if at is None:
        return _joined([*lines, "steps:", *written(step, 2)])
    return _joined([*lines[:at], "steps:", *written(step, 2), *lines[at + 1 :]])


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def _plain(node: yaml.Node) -> Any:
    """What a node says, every scalar as the text it is, but for true, false and numbers where a step has them."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    if node.tag == "tag:yaml.org,2002:bool" and node.value in ("true", "false"):
        return node.value == "true"
    return float(node.value) if node.tag == "tag:yaml.org,2002:float" else node.value
