"""The command that says who may what, and who is asking."""

from __future__ import annotations

from commands._listing import every_command
from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


def who_may(json: Json = False) -> None:
    """Say which roles may run each command and open each page, and which roles you have."""
    from studies.house.people import at_the_command_line, read_roles, roles_file
    from studies.house.rights import right, table

    space = workspace()
    with one_document(json) as show:
        person, told = at_the_command_line(space), read_roles(space)
        commands = [right("commands", name) for name in sorted(every_command())]
        pages = list(table("pages").values())
        document = {
            "you": {"name": person.name, "roles": sorted(person.roles)},
            "shared": told is not None,
            "people": {name: list(roles) for name, roles in told.people.items()} if told else {},
            "pages": {line.what: list(line.who) for line in pages},
            "commands": {line.what: list(line.who) for line in commands},
        }
        roles = ", ".join(sorted(person.roles)) or _("no role")
        lines = [_("You are {name} and have: {roles}.").format(name=person.name, roles=roles)]
        if told is None:
            lines.append(_("There is no {path}: this workspace is one person's own.").format(path=roles_file(space)))
        lines += ["", *(f"./lab {line.what:<16} {line.told()}" for line in commands)]
        lines += ["", *(f"{_('page')} {line.what:<17} {line.told()}" for line in pages)]
        show(document, "\n".join(lines))
