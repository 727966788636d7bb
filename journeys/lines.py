"""On which line of a YAML file each thing stands, and the file's content with every scalar as the text it is.

YAML's own guesses are not wanted in a journey: a button that says `Yes`, `No` or `2026-01-01` is a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from studies.words import _

MOST: Final = 50_000  # nodes; a file that unfolds to more (aliases of aliases) is no journey


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and on which line; line 0 is the file as a whole."""

    line: int
    message: str


class NotYaml(Exception):
    """The text cannot be taken apart."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Lined:
    """A document's content, and the node that each part of it came from."""

    content: Any
    node: yaml.Node
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Sequence[Any]) -> int:
        """The line of a place such as ("steps", 3, "give", "plate"); parts that are no key or index are passed over."""
        node, line = self.node, self.node.start_mark.line + 1
        for part in place:
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(part):
                        node, line = value, key.start_mark.line + 1
                        break
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
        return line

    def line_inside(self, place: Sequence[Any]) -> int:
        """The line on which the value at a place begins; that of a block of text is its first line of text."""
        node: yaml.Node = self.node
        for part in place:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == str(part)), node)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
        block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        return node.start_mark.line + (2 if block else 1)


def compose(text: str) -> Lined:
    """The content of a YAML text with its lines. Raises NotYaml with one plain reason."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise NotYaml(_told(error, text)) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
        raise NotYaml(Problem(line, _("a character that YAML does not allow. Delete it."))) from None
    except RecursionError:
        raise NotYaml(Problem(1, _("nested too deeply to be a journey."))) from None
    if node is None:
        raise NotYaml(Problem(0, _("is empty. A journey has at least: journey, title, agency, steps.")))
    lined = Lined(None, node)
    lined.content = _content(node, lined, (), [0])
    return lined


def _content(node: yaml.Node, lined: Lined, above: tuple[int, ...], count: list[int]) -> Any:
    count[0] += 1
    line = node.start_mark.line + 1
    if id(node) in above or len(above) > 100 or count[0] > MOST:
        raise NotYaml(Problem(line, _("an alias (*…) that unfolds without end. Write the part out.")))
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                lined.problems.append(
                    Problem(at, _("a key must be one word or text. A text with a hole in double braces needs quotes."))
                )
                continue
            if key.value in mapping:
                lined.problems.append(
                    Problem(at, _("“{key}” stands here twice. Keep one of them.").format(key=key.value))
                )
            mapping[key.value] = _content(value, lined, above, count)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_content(item, lined, above, count) for item in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _told(error: yaml.MarkedYAMLError, text: str) -> Problem:
    """One plain reason with a remedy, for what YAML's own messages say about tokens."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    said = error.problem or "cannot be read"
    around = range(max(line - 2, 0), min(line, len(lines)))
    for number in around:
        if "\t" in lines[number][: len(lines[number]) - len(lines[number].lstrip())]:
            return Problem(number + 1, _("a tab; YAML wants spaces. Put two spaces for each tab."))
    here = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    if "\\t" in said or (mark and mark.column < len(lines[line - 1] if here else "") and "\t" in lines[line - 1]):
        return Problem(line, _("a tab; YAML wants spaces. Put two spaces for each tab."))
    if "{{" in here and not ('"' in here or "'" in here):
        return Problem(line, _("a hole in double braces needs quotes around it: {here}").format(here=here))
    if "got '?'" in said or "got ':'" in said:
        return Problem(
            line,
            _("a question mark or colon inside braces or brackets. Put quotes around the text: {here}").format(
                here=here
            ),
        )
    if "mapping values are not allowed" in said:
        return Problem(
            line,
            _("a colon where none can be. Put quotes around a text that has a colon in it: {here}").format(here=here),
        )
    if "could not find expected ':'" in said:
        begun = error.context_mark.line + 1 if error.context_mark else line
        key = lines[begun - 1].strip() if begun <= len(lines) else ""
        return Problem(begun, _("a key without its colon: {key}").format(key=key))
    if (
        "stream end" in said
        or "end of stream" in said
        or "end of scalar" in said
        or "quoted scalar" in (error.context or "")
    ):
        begun = error.context_mark.line + 1 if error.context_mark else line
        return Problem(begun, _("a quotation mark or bracket that is never closed."))
    if "expected <block end>" in said:
        return Problem(
            line, _("indented unlike the lines above it. Line it up with its neighbours: {here}").format(here=here)
        )
    if "undefined alias" in said:
        return Problem(line, _("text that begins with * needs quotes: {here}").format(here=here))
    if "cannot start any token" in said:
        return Problem(line, _("text that begins with @, ` or % needs quotes: {here}").format(here=here))
    return Problem(line, _("this is not YAML ({said}): {here}").format(said=said, here=here))
