"""Which commands there are: a file of the folder is one, and a folder within it a command with commands of its own.

Every command passes through one door here: whoever runs it must have the right to, and what the table of rights says is
noted of it stands in the audit trail before it begins.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import typer

import commands
from studies.house import audit
from studies.house.people import act_as, at_the_command_line, whom_to_ask
from studies.house.rights import right
from studies.troubles import Failed, WrongInput
from studies.words import _
from studies.workspace import Workspace, workspace


def add_commands(app: typer.Typer, folder: ModuleType, within: str = "") -> None:
    """Add every command of a folder. A file's name is the command's and its function's, less a trailing `_`.

    A file may name `SETTINGS`, click's for its command. What begins with `_` is no command.
    """
    for found in iter_modules(folder.__path__):
        if found.name.startswith("_"):
            continue
        module = import_module(f"{folder.__name__}.{found.name}")
        name = found.name.rstrip("_").replace("_", "-")
        if found.ispkg:
            inside = typer.Typer(help=module.__doc__, no_args_is_help=True)
            add_commands(inside, module, f"{within}{name} ")
            app.add_typer(inside, name=name)
        else:
            command = allowed(f"{within}{name}", getattr(module, found.name))
            app.command(name, context_settings=getattr(module, "SETTINGS", None))(command)


def every_command(folder: ModuleType = commands, within: str = "") -> Iterator[str]:
    """Every command as it is typed after ./lab."""
    for found in iter_modules(folder.__path__):
        if found.name.startswith("_"):
            continue
        name = f"{within}{found.name.rstrip('_').replace('_', '-')}"
        if found.ispkg:
            yield from every_command(import_module(f"{folder.__name__}.{found.name}"), f"{name} ")
        else:
            yield name


def allowed(command: str, do: Callable[..., Any]) -> Callable[..., Any]:
    """A command for those alone who may run it, noted in the audit trail as the table of rights says."""

    @wraps(do)
    def checked(*words: Any, **options: Any) -> Any:
        space = workspace()
        if command != "restore":
            refuse_while_restoring(space)
        person, needed = at_the_command_line(space), right("commands", command)
        if not needed.may(person.roles):
            audit.refused(space, command, person.roles)
            raise WrongInput(
                _(
                    "./lab {command} is for: {who}. You are {name} and have: {roles}. Ask {ask}, who can give you the "
                    "role with ./lab role."
                ).format(
                    command=command,
                    who=needed.told(),
                    name=person.name,
                    roles=", ".join(sorted(person.roles)) or _("no role"),
                    ask=whom_to_ask(space),
                )
            )
        act_as(person)
        if needed.notes is None:
            return do(*words, **options)
        given = inspect.signature(do).bind(*words, **options).arguments
        facts = {name.rstrip("_"): given[name] for name in needed.notes if given.get(name) is not None}
        with audit.doing(space, command, **facts):
            return do(*words, **options)

    return checked


def refuse_while_restoring(space: Workspace) -> None:
    """Raise Failed where a backup is only half in its place: what would be read or added now is neither old nor new."""
    if (space.root / ".restoring").exists():
        raise Failed(
            _(
                "A restore into {folder} was begun and has not ended. If none is running, give it again: "
                "./lab restore FILE. Nothing else is done here until then."
            ).format(folder=space.root)
        )
