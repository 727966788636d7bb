"""On which line of a YAML file something stands, so that whoever wrote it is sent there."""

from __future__ import annotations

from collections.abc import Sequence

import yaml


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line of the deepest part of a place (`tasks`, 2) that the text has; 1 where it has none of it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 1
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
