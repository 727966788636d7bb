"""Whom this workspace may put under load besides this machine: the list that its owner keeps, `may_be_loaded.yaml`.

    targets:
      - origin: https://test.agency.example
        owner: Operations, agency <ops@agency.example>
        ceiling: {citizens: 50, per_second: 5}
        until: 2026-12-31

An entry says that somebody here answers for it; the service itself must agree too (consent.py).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

from loadtests.permits.ceiling import Ceiling, until
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

LIST: Final = "may_be_loaded.yaml"
PROJECT: Final = "project"
KEYS: Final = ("origin", "owner", "ceiling", "until")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry: which origin, who answers for it, how much at most, and until when."""

    origin: str
    owner: str
    ceiling: Ceiling
    until: datetime


def allowed(origin: str, space: Workspace) -> Allowed | None:
    """The entry for an origin; None when there is none. Raises WrongInput, with the line, when the list is wrong."""
    return next((entry for entry in entries(space) if entry.origin == origin), None)


def entries(space: Workspace) -> list[Allowed]:
    """The whole list."""
    path = list_of(space)
    if not path.exists():
        return []
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as cause:
        raise WrongInput(_("{file} cannot be read: {cause}").format(file=path, cause=cause)) from cause
    if node is None:
        return []
    targets = [v for k, v in node.value if k.value == "targets"] if isinstance(node, yaml.MappingNode) else []
    if not targets or not isinstance(targets[0], yaml.SequenceNode):
        raise _wrong(path, node, _("it begins with targets: and a list"))
    return [_entry(path, each) for each in targets[0].value]


def list_of(space: Workspace) -> Path:
    """Where the list is kept."""
    return space.root / LIST


def project_of(space: Workspace) -> str:
    """What this workspace is called in consent files: made once, at random, so that nobody agrees to another's load."""
    path = space.root / PROJECT
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(f"khutwa-{secrets.token_hex(8)}\n")
        except FileExistsError:
            pass  # another run was faster: its name is the one
    return path.read_text(encoding="utf-8").strip()


def _entry(path: Path, node: yaml.Node) -> Allowed:
    from loadtests.permits.permission import origin_of  # which reads this list

    given: Any = yaml.SafeLoader("").construct_document(node)
    if not isinstance(given, dict) or set(given) != set(KEYS):
        raise _wrong(path, node, _("an entry has {keys}, each once").format(keys=in_a_row(KEYS)))
    try:
        return Allowed(
            origin_of(given["origin"]), str(given["owner"]), Ceiling.of(given["ceiling"]), until(given["until"])
        )
    except (ValueError, TypeError, AttributeError) as cause:
        raise _wrong(path, node, _("this is not understood: {cause}").format(cause=cause)) from cause


def _wrong(path: Path, node: yaml.Node, why: str) -> WrongInput:
    line = node.start_mark.line + 1
    return WrongInput(_("{file}, line {line}: {why}").format(file=path, line=line, why=why))
