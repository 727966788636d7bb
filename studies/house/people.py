"""Who is at work: the account on this machine, or whoever signed in, with the roles that the workspace gives them.

`roles.yaml` in the workspace says who has which role. Without it the workspace is one person's own, who may
everything.

    ask: Ann Smith <ann@agency.example>    # whom to ask for a right
    claim: groups                          # the claim in which the provider tells groups
    people:
      ann@agency.example: admin            # an e-mail address that the provider has verified
      subject:248289761001: [qa]           # the provider's own name for somebody
      group:service-design: [designer]     # everybody whose claim holds this
      account:ann: [designer, qa]          # an account on the machine, for the command line
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from studies.house.rights import ADMIN, ROLES
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace

FILE: Final = "roles.yaml"
CLAIM: Final = "groups"
_acting: ContextVar[Person | None] = ContextVar("acting", default=None)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work here: what they are called in the audit trail, and their roles."""

    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Roles:
    """Who has which role in a workspace; `people` by e-mail address, subject:…, group:… or account:…"""

    people: Mapping[str, tuple[str, ...]]
    ask: str | None = None
    claim: str = CLAIM
    trust_email: bool = False  # take an address that the provider has not said to be verified

    def of(self, names: Iterable[str]) -> frozenset[str]:
        """The roles of whoever goes by these names."""
        return frozenset(role for name in names for role in self.people.get(name.casefold(), ()))


def account() -> str:
    """The account that runs this, as the machine knows it: the environment (LOGNAME, USER) is anybody's to set.

    In a container the account may have no name; then it is its number.
    """
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def roles_file(space: Workspace) -> Path:
    """Where a workspace says who has which role."""
    return space.root / FILE


def read_roles(space: Workspace, file: Path | None = None) -> Roles | None:
    """Who has which role; None where the workspace is one person's own. Raises WrongInput for a file that is wrong."""
    path = file or roles_file(space)
    try:
        state = path.stat()
        return _read(path, (state.st_mtime_ns, state.st_size, state.st_ino))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as cause:
        raise Failed(
            _("{path} cannot be read ({cause}), so nobody has a role.").format(path=path, cause=cause)
        ) from cause


@lru_cache(maxsize=16)
def _read(path: Path, _state: tuple[int, int, int]) -> Roles:
    """The file as it stands; a page asks for it at every link, and it is read anew only when it has changed."""
    text = path.read_text(encoding="utf-8")
    try:
        told = yaml.safe_load(text) or {}
    except yaml.YAMLError as cause:
        where = getattr(cause, "problem_mark", None)
        line = where.line + 1 if where else 1
        raise WrongInput(
            _("line {line} of {path} is no YAML, so nobody has a role.").format(line=line, path=path)
        ) from cause
    if not isinstance(told, dict) or not isinstance(told.get("people") or {}, dict):
        raise WrongInput(_("{path} must say under people: who has which role (address: role).").format(path=path))
    people = {}
    for name, given in (told.get("people") or {}).items():
        roles = (given,) if isinstance(given, str) else tuple(given or ())
        for role in roles:
            if role not in ROLES:
                raise WrongInput(
                    _("{path} gives {name} the role “{role}”. The roles are: {roles}.").format(
                        path=path, name=name, role=role, roles=in_a_row(ROLES)
                    )
                )
        people[str(name).casefold()] = roles
    ask = told.get("ask")
    return Roles(people, str(ask) if ask else None, str(told.get("claim") or CLAIM), told.get("trust_email") is True)


def at_the_command_line(space: Workspace) -> Person:
    """Who runs a command. KHUTWA_ROLE narrows what they may; it never widens it.

    Whoever owns roles.yaml is an admin: they could write themselves into it.
    """
    name = account()
    told = read_roles(space)
    if told is None:
        roles = frozenset({ADMIN})
    else:
        roles = told.of([f"account:{name}"])
        if roles_file(space).stat().st_uid == os.getuid():
            roles |= {ADMIN}
    return Person(name, _narrowed(roles))


def _narrowed(roles: frozenset[str]) -> frozenset[str]:
    wanted = os.environ.get("KHUTWA_ROLE")
    if not wanted:
        return roles
    if wanted not in ROLES:
        raise WrongInput(
            _("KHUTWA_ROLE is “{role}”. The roles are: {roles}.").format(role=wanted, roles=in_a_row(ROLES))
        )
    return frozenset({wanted}) if ADMIN in roles or wanted in roles else frozenset()


def signed_in(claims: Mapping[str, Any], space: Workspace) -> Person:
    """Who signed in, by what their provider says of them. Without a roles.yaml nobody who signs in has a role."""
    told = read_roles(space) or Roles({})
    subject = str(claims.get("sub") or "")
    email = str(claims.get("email") or "")
    names = [f"subject:{subject}"] if subject else []
    if "@" in email and ":" not in email and (claims.get("email_verified") is True or told.trust_email):
        names.append(email)  # an address that anybody could have typed gives no right
    groups = claims.get(told.claim) or ()
    names += [f"group:{group}" for group in ([groups] if isinstance(groups, str) else groups)]
    return Person(email or f"subject:{subject}", told.of(names))


def whom_to_ask(space: Workspace) -> str:
    """Who gives out rights here, in words."""
    told = read_roles(space)
    if told is None:
        return _("whoever looks after this workspace")
    admins = [name for name, roles in told.people.items() if ADMIN in roles and "@" in name]
    return told.ask or in_a_row(admins) or _("whoever looks after this workspace")


def act_as(person: Person | None) -> None:
    """Say who is at work from here on, in this thread and in what copies its context."""
    _acting.set(person)


def at_work() -> Person | None:
    """Who is at work, if that was said."""
    return _acting.get()


def acting() -> str:
    """Who is at work, for the audit trail."""
    person = _acting.get()
    return person.name if person else account()
