"""Giving somebody a role in a workspace: roles.yaml changed by one line, its remarks kept, whole or not at all."""

from __future__ import annotations

import os
import re
from typing import Final

import yaml

from studies.house.people import account, read_roles, roles_file
from studies.house.rights import ADMIN, ROLES
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

KINDS: Final = ("subject:", "group:", "account:")
NEW: Final = """# Who has which role here: designer, qa, leader, moderator, admin. ./lab who-may says what each may.
# ask: Ann Smith <ann@agency.example>   # whom to ask for a right
# claim: groups                         # the claim in which the identity provider tells groups
people:
"""


def give(person: str, roles: tuple[str, ...], space: Workspace) -> tuple[str, ...]:
    """Write down that somebody has these roles and no others; none at all takes them out. Gives the roles.

    Raises WrongInput for what is no person or no role, and where nobody would be left who may give out roles.
    """
    if "@" not in person and not any(person.startswith(kind) and person != kind for kind in KINDS):
        raise WrongInput(
            _("“{person}” is nobody: write an e-mail address, subject:…, group:… or account:…").format(person=person)
        )
    for role in roles:
        if role not in ROLES:
            raise WrongInput(
                _("There is no role “{role}”. There are: {roles}.").format(role=role, roles=in_a_row(ROLES))
            )
    path = roles_file(space)
    before = path.read_text(encoding="utf-8") if path.exists() else f"{NEW}  account:{account()}: [{ADMIN}]\n"
    kept = [line for line in before.splitlines() if not _is_about(line, person)]
    if roles:
        at = next((n for n, line in enumerate(kept) if re.match(r"people\s*:", line)), None)
        if at is None:
            kept.append("people:")
            at = len(kept) - 1
        kept[at] = "people:"
        kept.insert(at + 1, f"  {_quoted(person)}: [{', '.join(dict.fromkeys(roles))}]")
    space.root.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text("\n".join(kept) + "\n", encoding="utf-8")
    try:
        told, old = read_roles(space, beside), read_roles(space)
        others = {name: had for name, had in (old.people if old else {}).items() if name != person.casefold()}
        if told is None or told.of([person]) != frozenset(roles) or not others.items() <= told.people.items():
            raise WrongInput(
                _("{path} is written in a way that is not understood here: change it by hand.").format(path=path)
            )
        if not any(ADMIN in given for given in told.people.values()):
            raise WrongInput(_("Nobody would be left who may give out roles: give another the role admin first."))
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return tuple(dict.fromkeys(roles))


def _is_about(line: str, person: str) -> bool:
    try:
        told = yaml.safe_load(line) if line.startswith((" ", "\t")) else None
    except yaml.YAMLError:
        return False
    return isinstance(told, dict) and [str(name).casefold() for name in told] == [person.casefold()]


def _quoted(person: str) -> str:
    return person if re.fullmatch(r"[\w.@:+-]+", person) else yaml.safe_dump(person, allow_unicode=True).splitlines()[0]
