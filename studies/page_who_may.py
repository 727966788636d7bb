"""The page that says who may what: your own roles, what each role is for, and who has which."""

from __future__ import annotations

import streamlit as st

from studies import page_door as door
from studies import page_look as look
from studies.house import rights_shown
from studies.house.people import read_roles, whom_to_ask
from studies.house.rights import ADMIN, ROLES, role_name
from studies.troubles import Trouble
from studies.words import _, in_a_row


def give_a_role() -> None:
    """Give somebody roles, or take them back."""
    with st.form("role_give", clear_on_submit=True):
        who, roles = st.columns(2)
        person = who.text_input(_("Who"), placeholder="ann@agency.example", key="role_who")
        given = roles.multiselect(_("Roles"), list(ROLES), format_func=role_name, key="role_roles")
        st.caption(_("No role: whoever had one has none any more."))
        if not st.form_submit_button(_("Give"), icon=":material/key:"):
            return
    try:
        door.give(person.strip(), tuple(given))
    except Trouble as trouble:
        look.trouble(str(trouble))
    else:
        st.rerun()


look.heading(_("Who may"), _("Which role opens which page and runs which command."))
there, told = door.person(), read_roles(look.space())
if there is not None:
    roles = in_a_row(role_name(role) for role in sorted(there.roles)) or _("no role")
    st.info(
        _("You are {name} and have: {roles}. For another role ask {ask}.").format(
            name=door.plain(there.name), roles=roles, ask=whom_to_ask(look.space())
        ),
        icon=":material/badge:",
    )
if told is None:
    st.write(_("This workspace is one person's own: whoever works on this machine may everything."))
look.table(rights_shown.roles(), "rights_roles")
st.subheader(_("Pages"), anchor=False)
look.table(rights_shown.pages(st.session_state.get("page titles", {})), "rights_pages")
st.subheader(_("Commands"), anchor=False)
look.table(rights_shown.commands(look.offered("commands")()), "rights_commands")
if there is not None and ADMIN in there.roles:
    st.subheader(_("Who has which role"), anchor=False)
    if told is not None:
        look.table(rights_shown.people(told), "rights_people")
    give_a_role()
    st.caption(_("The same on the command line:"))
    st.code("./lab role ann@agency.example designer", language="bash")
