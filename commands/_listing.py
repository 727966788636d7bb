"""Which commands there are: a file of the folder is one, and a folder within it a command with commands of its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import typer


def add_commands(app: typer.Typer, folder: ModuleType) -> None:
    """Add every command of a folder. A file's name is the command's and its function's, less a trailing `_`.

    A file may name `SETTINGS`, click's for its command. What begins with `_` is no command.
    """
    for found in iter_modules(folder.__path__):
        if found.name.startswith("_"):
            continue
        module = import_module(f"{folder.__name__}.{found.name}")
        name = found.name.rstrip("_").replace("_", "-")
        if found.ispkg:
            within = typer.Typer(help=module.__doc__, no_args_is_help=True)
            add_commands(within, module)
            app.add_typer(within, name=name)
        else:
            app.command(name, context_settings=getattr(module, "SETTINGS", None))(getattr(module, found.name))
