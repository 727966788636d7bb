"""The workbench's one door: who is there, which pages they may open, and what they do, noted in the audit trail.

Every page is entered through `enter`, however it was reached; what the table of rights does not name stays shut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any, Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from studies.house import audit, giving_roles, sign_in
from studies.house.people import Person, act_as, at_the_command_line, signed_in, whom_to_ask
from studies.house.rights import ADMIN, right, role_name
from studies.marked import told
from studies.troubles import Trouble, WrongInput
from studies.words import _, in_a_row
from studies.workspace import workspace

START: Final = "start"  # the first page's address is empty
MARKUP: Final = re.compile(r"([\\`*_\[\]$<>#~|]|:(?=[a-z]))")
Pages = Mapping[str, Sequence[StreamlitPage]]


def plain(name: str) -> str:
    """A name that somebody else has written, with nothing in it taken for markup."""
    return MARKUP.sub(r"\\\1", name)


def address_of(page: StreamlitPage) -> str:
    """The name by which the table of rights knows a page."""
    return page.url_path or START


def must_sign_in() -> bool:
    """Whether whoever is there comes from elsewhere, so that it must be known who they are."""
    return sign_in.needed(st.get_option("server.address"), st.context.headers)


def person() -> Person | None:
    """Who is there: the account of this machine, or whoever signed in; None as long as nobody has."""
    if not must_sign_in():
        return at_the_command_line(workspace())
    claims = st.user.to_dict()
    return signed_in(claims, workspace()) if claims.get("is_logged_in") else None


def whoever() -> None:
    """Who is there. Nobody passes who has not signed in where they must, or while a restore is half done."""
    try:
        there = person()
    except Trouble as trouble:  # a roles.yaml that cannot be read gives nobody a role
        st.error(told(str(trouble)), icon=":material/error:")
        st.stop()
    if there is None:
        _ask_to_sign_in()
        st.stop()
    if (workspace().root / ".restoring").exists():
        st.error(_("A restore into this workspace was begun and has not ended. Nothing is shown until it has."))
        st.stop()
    act_as(there)
    if must_sign_in():
        with st.sidebar:
            _signed_in_as(there)


def _ask_to_sign_in() -> None:
    st.title(_("Khutwa"), anchor=False)
    if not sign_in.secrets_file(workspace()).is_file() and "auth" not in st.secrets:
        st.error(
            _("This workbench was reached over a network, but no sign-in is set up. Start it with: {command}").format(
                command="`./lab workbench --on 127.0.0.1`"
            ),
            icon=":material/error:",
        )
        return
    st.write(_("Sign in with your organisation's account to go on."))
    if st.button(_("Sign in"), type="primary", key="sign_in", icon=":material/login:"):
        st.login()


def _signed_in_as(there: Person) -> None:
    roles = in_a_row(role_name(role) for role in sorted(there.roles)) or _("no role")
    st.caption(f"{plain(there.name)} · {roles}")
    if st.button(_("Sign out"), key="sign_out", icon=":material/logout:", type="tertiary"):
        st.logout()


def pages(groups: Pages) -> StreamlitPage:
    """The workbench's pages, and which one is asked for.

    Those that somebody may not open are not listed; their addresses still lead to a word on who may.
    """
    there = person()
    roles = there.roles if there else frozenset[str]()
    st.session_state["page titles"] = {address_of(page): page.title for group in groups.values() for page in group}
    for group in groups.values():
        for page in group:
            if not right("pages", address_of(page)).may(roles):
                page._visibility = "hidden"  # what st.Page(visibility=…) sets, which is asked before it is known who
    return st.navigation({name: list(group) for name, group in groups.items()}, expanded=True)


def enter(page: StreamlitPage) -> None:
    """Show a page to whoever may see it; tell the others in plain words who may, and whom to ask."""
    there = person()
    if there is None:  # signed out a moment ago, in another window
        _ask_to_sign_in()
    elif (needed := right("pages", address_of(page))).may(there.roles):
        page.run()
    else:
        _refuse(page, there, needed.told())


def _refuse(page: StreamlitPage, there: Person, who: str) -> None:
    told = st.session_state.setdefault("refused", [])
    if page.url_path not in told:  # once, not with every press of a key
        told.append(page.url_path)
        audit.refused(workspace(), f"page {page.url_path}", there.roles)
    roles = in_a_row(role_name(role) for role in sorted(there.roles)) or _("no role")
    st.title(page.title, anchor=False)
    st.warning(
        _("This page is for: {who}. You are {name} and have: {roles}.").format(
            who=who, name=plain(there.name), roles=roles
        ),
        icon=":material/lock:",
    )
    st.write(_("Ask {ask} for the role. Nothing of what you were doing is lost.").format(ask=whom_to_ask(workspace())))


def may(address: str) -> bool:
    """Whether whoever is there may open a page."""
    there = person()
    return there is not None and right("pages", address).may(there.roles)


def may_follow(page: str) -> bool:
    """Whether whoever is there may open the page of a file, whose name says its address: page_who_may.py, who-may."""
    return may(PurePath(page).stem.removeprefix("page_").replace("_", "-"))


def note(doing: str, when: datetime | None = None, **facts: Any) -> None:
    """Write into the audit trail what a button of a page did. Raises Failed where that cannot be written."""
    act_as(person())
    audit.did(workspace(), doing, when, **facts)


def give(somebody: str, roles: tuple[str, ...]) -> None:
    """Give somebody roles on behalf of an admin who is there, and note it."""
    giver = person()
    if giver is None or ADMIN not in giver.roles:
        raise WrongInput(_("Only an admin gives out roles."))
    act_as(giver)
    with audit.doing(workspace(), "role", person=somebody, role=list(roles) or ["none"]):
        giving_roles.give(somebody, roles, workspace())


def noting(doing: str, **facts: Any) -> Callable[[], None]:
    """What a button does before anything else: note it. For `on_click` of what is handed out as a file."""
    return partial(note, doing, **facts)
