"""The rules that find what hurts citizens: each a file of `analysis/findings/`, found by listing that folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from typing import Protocol, cast

import analysis.findings
from analysis.findings import Caught
from analysis.measure import Measured


class Rule(Protocol):
    """What a file in `analysis/findings/` holds."""

    TITLE: str
    SEVERITY: int
    NEEDS: tuple[str, ...]
    REMEDY: str
    caught: Callable[[Measured], Iterable[Caught]]


@cache
def rules() -> dict[str, Rule]:
    """Every rule by name."""
    names = [m.name for m in pkgutil.iter_modules(analysis.findings.__path__) if not m.name.startswith("_")]
    return {name: cast(Rule, importlib.import_module(f"analysis.findings.{name}")) for name in names}
