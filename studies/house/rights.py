"""Who may open which page and run which command: the table of `rights.yaml`, read as it stands.

What has no line in the table nobody but an admin may.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml

from studies.words import N_, _, in_a_row

TABLE: Final = Path(__file__).with_name("rights.yaml")
ADMIN: Final = "admin"
EVERYONE, ANYBODY = "everyone", "anybody"

#: The roles, with what whoever has one is here for.
ROLES: Final = {
    "designer": N_("runs studies, writes journeys and questionnaires"),
    "qa": N_("runs load tests and keeps journeys working"),
    "leader": N_("reads scores, findings and reports"),
    "moderator": N_("sits with participants and runs their sessions"),
    ADMIN: N_("may everything, gives out roles, reads the audit trail, backs up"),
}
NAMES: Final = {
    "designer": N_("Designer"), "qa": N_("QA engineer"), "leader": N_("Leader"), "moderator": N_("Moderator"),
    ADMIN: N_("Admin"), EVERYONE: N_("Everyone"), ANYBODY: N_("Anybody"),
}  # fmt: skip
Kind = Literal["pages", "commands"]


@dataclass(frozen=True, slots=True)
class Right:
    """One page or command: who may, and what the audit trail tells of it (None: nothing)."""

    what: str
    who: tuple[str, ...]
    notes: tuple[str, ...] | None = None

    def may(self, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles may."""
        have = {role for role in roles if role in ROLES}
        if ANYBODY in self.who or ADMIN in have:
            return True
        return bool(have) if EVERYONE in self.who else bool(have & {*self.who})

    def told(self) -> str:
        """Who may, in words."""
        who = self.who if {EVERYONE, ANYBODY} & {*self.who} else dict.fromkeys([*self.who, ADMIN])
        return in_a_row(_(NAMES[role]) for role in who)


@cache
def table(kind: Kind) -> dict[str, Right]:
    """Every line of the table, by the page's address or the command's words."""
    read = yaml.safe_load(TABLE.read_text(encoding="utf-8"))[kind]
    lines = {what: _right(what, line) for what, line in read.items()}
    if strange := {role for right in lines.values() for role in right.who} - {*ROLES, EVERYONE, ANYBODY}:
        raise ValueError(f"{TABLE.name} names roles that there are not: {', '.join(sorted(strange))}")
    return lines


def right(kind: Kind, what: str) -> Right:
    """The line of a page or a command; without one, an admin's alone."""
    return table(kind).get(what) or Right(what, (ADMIN,))


def role_name(role: str) -> str:
    """A role as its people are called."""
    return _(NAMES.get(role, role))


def _right(what: str, line: dict[str, object]) -> Right:
    who, notes = line["who"], line.get("notes")
    names = (who,) if isinstance(who, str) else tuple(who)  # type: ignore[arg-type]
    return Right(what, names, None if notes is None else tuple(notes))  # type: ignore[arg-type]
