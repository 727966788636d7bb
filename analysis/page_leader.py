"""What the leader's pages share: the study as far as it was measured, shown at once; tables that anybody can read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from analysis.charts.drawn import drawn
from analysis.leaders.ground import Ground, ground
from analysis.leaders.scoreboard_told import usual_condition
from studies import page_look as look
from studies.planning.conditions import condition_name
from studies.soon import PATIENCE, soon
from studies.store import Store
from studies.troubles import Trouble
from studies.words import _

T = TypeVar("T")


@st.cache_resource
def opened(url: str) -> Store:
    """The store of this workspace, opened once."""
    return Store(url)


def store() -> Store:
    """The store of the workspace that is shown."""
    return opened(look.space().database_url)


def standing_on(study: str) -> Ground:
    """A study as far as it was measured; where nothing was yet, the page says so and looks again by itself."""
    try:
        found = ground(study, look.space(), store(), PATIENCE)
    except Trouble as trouble:
        look.trouble(str(trouble))
        st.stop()
    if found is None:
        st.info(_("This study is being measured for the first time. It is shown here as soon as that is done."))
        look.live(2.0)(_look_again)(study)
        st.stop()
    if found.behind:
        st.caption(_("Newer sessions or answers are being counted; what is shown here is without them yet."))
        look.live(3.0)(_look_again)(study)
    return found


def shortly(name: Hashable, make: Callable[[], T]) -> T:
    """What takes a moment for a large study: shown as soon as it is worked out, and the page says so meanwhile."""
    made = soon(name, make, PATIENCE)
    if made is None:
        st.info(_("This is being worked out; it is shown here as soon as that is done."))
        look.live(0.3)(_look_whether)(name, make)
        st.stop()
    return made


def _look_whether(name: Hashable, make: Callable[[], object]) -> None:
    if soon(name, make, 0.0) is not None:
        st.rerun()


def _look_again(study: str) -> None:
    """Draw the whole page anew once what it waits for is there."""
    newest = ground(study, look.space(), store(), 0.0)
    if newest is not None and not newest.behind:
        st.rerun()


def choose_condition(found: Ground) -> str | None:
    """Which condition is looked at, where the study has several; as citizens meet the service today, at first."""
    if len(found.conditions) < 2:
        return usual_condition(found)
    usual = usual_condition(found)
    there = sorted(found.conditions, key=lambda name: name != usual)
    return look.choose(_("Condition"), there, "condition", condition_name)


def chart(make: Callable[..., Any], shown: Any, *how: Any, key: str, alt: str) -> None:
    """A chart of things that stay as they are, drawn once; `alt` says in words what it shows."""
    spec = drawn(make, shown, *how, look.dark())
    look.chart(spec, key=key, alt=alt)


def plain_table(rows: pd.DataFrame, what: str) -> None:
    """A table of words as the page's own text: read aloud, found, wrapped and turned with the language."""
    st.table(rows, border="horizontal", hide_index=True, alt=what)


def whose(who: str) -> None:
    """People or robots: what must stand above their figures."""
    if who == "robots":
        look.robots()
    else:
        st.markdown(f"##### :material/person: {_('People')}")
