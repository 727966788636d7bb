"""Titles of services and of their steps, lent to whatever speaks of them: of the shelf, and of studies' own reports."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from functools import lru_cache

from studies import titles
from studies.titles import Title
from studies.workspace import workspace


def lend() -> None:
    """Lend them to the pages and commands of this program; nothing is read before somebody asks."""
    titles.lend(_services, _steps, _called)


def _services() -> Mapping[str, Title]:
    from analysis.kept_titles import kept_titles
    from journeys import shelf

    space = workspace()
    return _together(_Same(shelf.titles(space)), _Same(kept_titles(space)))


def _steps(service: str) -> Mapping[str, str]:
    from journeys.step_names import step_names

    return step_names(service, workspace())


def _called() -> Mapping[str, Title]:
    from journeys import shelf

    return shelf.called(workspace())


class _Same:
    """Titles known by being these very ones."""

    def __init__(self, titles: Mapping[str, Title]) -> None:
        self.titles = titles

    def __hash__(self) -> int:
        return id(self.titles)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.titles is self.titles


@lru_cache(maxsize=4)
def _together(shelved: _Same, kept: _Same) -> Mapping[str, Title]:
    return ChainMap(dict(shelved.titles), dict(kept.titles))
