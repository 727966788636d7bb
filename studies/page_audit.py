"""The page of the audit trail: who did what against which target, when, and whether the trail is as it was written."""

from __future__ import annotations

import streamlit as st

from studies import page_door as door
from studies import page_look as look
from studies.house import audit_shown
from studies.words import _, in_a_row, ngettext


@st.cache_data(max_entries=1, show_spinner=False)
def trail(state: tuple[int, int]) -> audit_shown.Trail:
    """The trail as it stands; read anew only when its file has changed."""
    return audit_shown.read(look.space())


look.heading(_("Audit trail"), _("Who did what against which target, and how it ended. Lines are never rewritten."))
shown = trail(audit_shown.state(look.space()))
if shown.broken:
    numbers = in_a_row(map(str, shown.broken[:20]))
    look.trouble(
        _("The audit trail was changed: line {lines} does not follow the one before it.").format(lines=numbers)
    )
else:
    st.success(
        ngettext("{n} line, each linked to the one before it.", "{n} lines, each linked to the one before it.", shown.n)
        .format(n=shown.n),
        icon=":material/link:",
    )  # fmt: skip
who, doing = st.columns(2)
person = who.selectbox(_("Who"), [None, *shown.people], key="audit_who", format_func=lambda one: one or _("everybody"))
deed = doing.selectbox(
    _("What was done"), [None, *shown.deeds], key="audit_what", format_func=lambda one: one or _("everything")
)
rows = audit_shown.found(shown, person, deed)
if not rows:
    st.info(_("Nothing was done here yet."))
else:
    page, pages = 1, audit_shown.pages(rows)
    if pages > 1:
        page = st.number_input(_("Page, of {n}").format(n=pages), 1, pages, key="audit_page", width=200)
    st.html("<style>.stTable td:nth-child(n+4), .stTable td:nth-child(n+4) * {overflow-wrap: anywhere;}</style>")
    told = audit_shown.table(rows, page).map(door.plain)  # the page's own text: long values are wrapped, none is cut
    st.table(told, border="horizontal", hide_index=True)
st.caption(_("The newest link. Kept elsewhere, it shows later that nothing was cut off the end:"))
st.code(f"./lab audit --still {shown.head}", language="bash", wrap_lines=True)
