"""The table of rights as people read it: what each role is for, which page and command is whose, who has which role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from studies.house.people import Roles
from studies.house.rights import ROLES, right, role_name
from studies.words import _, in_a_row


def roles() -> pd.DataFrame:
    """What each role is here for."""
    return pd.DataFrame({_("Role"): [role_name(role) for role in ROLES], _("What for"): [_(t) for t in ROLES.values()]})


def pages(titles: Mapping[str, str]) -> pd.DataFrame:
    """Each page of the workbench and who may open it."""
    told = [right("pages", address).told() for address in titles]
    return pd.DataFrame({_("Page"): list(titles.values()), _("Who may"): told})


def commands(names: Iterable[str]) -> pd.DataFrame:
    """Each command, who may run it, and whether the audit trail tells of it."""
    lines = [right("commands", name) for name in sorted(names)]
    return pd.DataFrame(
        {
            _("Command"): [f"./lab {line.what}" for line in lines],
            _("Who may"): [line.told() for line in lines],
            _("In the audit trail"): ["" if line.notes is None else _("yes") for line in lines],
        }
    )


def people(told: Roles) -> pd.DataFrame:
    """Who has which role."""
    given = [in_a_row(role_name(role) for role in roles) for roles in told.people.values()]
    return pd.DataFrame({_("Who"): list(told.people), _("Roles"): given})
