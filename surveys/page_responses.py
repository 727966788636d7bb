"""The page of responses: what people answered elsewhere comes in, looked over first; what they answered goes out."""

from __future__ import annotations

import streamlit as st

from studies import page_door as door
from studies import page_look as look
from studies.store import Store
from studies.troubles import Trouble
from studies.words import _, direction, language, ngettext
from surveys import wizard
from surveys.bringing import Brought
from surveys.exporting import exporters
from surveys.instruments import instrument, names
from surveys.tables import MOST_BYTES


@st.cache_resource
def opened(url: str) -> Store:
    """The store of this workspace, opened once."""
    return Store(url)


def bring() -> None:
    """A file is handed up, looked over, put right where need be, and only then kept."""
    file = st.file_uploader(
        _("Responses, as CSV or XLSX"),
        type=["csv", "tsv", "txt", "xlsx"],
        max_upload_size=MOST_BYTES // 1024 // 1024,
        key="responses_file",
        help=_("LimeSurvey, Qualtrics, Google Forms, KoboToolbox, ODK, or any table with one row a person."),
    )
    wanted = st.selectbox(
        _("What was asked"),
        ["", *names(look.space())],
        key="responses_instrument",
        format_func=lambda name: instrument(name, look.space()).said_in(language()).title if name else _("find out"),
    )
    if file is None:
        return
    body = file.getvalue()
    looked = wizard.understood(file.name, body, look.space(), wanted or None, None)
    edited = columns(looked, f"{file.file_id} {wanted}")
    if edited is not None:
        looked = wizard.understood(file.name, body, look.space(), None, edited)
    tell(looked)
    study = st.text_input(_("The study that they belong to"), key="responses_study")
    if st.button(_("Bring them in"), type="primary", icon=":material/download:", key="responses_bring"):
        door.note("import", study=study)
        kept = wizard.bring_in(looked, study, look.space())
        held = kept.json()["held_already"]
        st.success(_("{new} are new, {held} the study held already.").format(new=kept.new, held=held))


def columns(looked: Brought, key: str) -> dict[str, str] | None:
    """The columns as they were understood; what a person changed there, None where they left it all."""
    st.subheader(_("What was understood"), anchor=False)
    table = wizard.columns_table(looked)
    edited = st.data_editor(
        table,
        key=f"responses_columns {key}",
        hide_index=True,
        width="stretch",
        disabled=["column", "what"],
        column_order=list(table.columns)[::-1] if direction() == "rtl" else None,
        column_config={
            "column": st.column_config.TextColumn(_("Column")),
            "item": st.column_config.SelectboxColumn(_("Item"), options=wizard.items(look.space())),
            "what": st.column_config.TextColumn(_("What it is")),
        },
    )
    chosen = wizard.said_in(edited)
    return None if chosen == wizard.said_in(table) or not chosen else chosen


def tell(looked: Brought) -> None:
    """How the file was read, who is in it, and what is not taken as it stands."""
    found = looked.json()
    people = ngettext("{n} response", "{n} responses", found["responses"]).format(n=found["responses"])
    st.caption(f"{people} · {found['format']} · {found['encoding']}")
    for doubt in found["doubts"]:
        st.warning(look.told(doubt))
    if looked.responses.problems:
        st.subheader(_("What is not taken as it stands"), anchor=False)
        look.table(wizard.problems_table(looked), "responses_problems")


def hand_out(store: Store) -> None:
    """A study's answers as a table, with a codebook."""
    there = list(store.studies())
    if not there:
        st.info(_("No study has answers yet."))
        return
    study = look.choose(_("Study"), there, "study")
    form = st.selectbox(
        _("Format"), list(exporters()), key="responses_format", format_func=lambda name: _(exporters()[name].TITLE)
    )
    if not (study and form):
        return
    if st.button(_("Make the files"), key="responses_make", icon=":material/table_rows:"):
        st.session_state["responses made"] = (study, form)
    if st.session_state.get("responses made") != (study, form):
        return
    with st.spinner(_("The files are being written …")):
        files = wizard.handed_out(store, study, form, look.space())
    for name, body in files.items():
        st.download_button(
            name,
            body,
            name,
            key=f"responses_out {name}",
            icon=":material/download:",
            on_click=door.noting("export", study=study, file=name),
        )


look.heading(_("Responses"), _("What people answered elsewhere comes in; what they answered goes out."))
coming, going = st.tabs([_("Bring in"), _("Hand out")])
try:
    store = opened(look.space().database_url)
    with coming:
        try:
            bring()
        except Trouble as trouble:
            look.trouble(str(trouble))
    with going:
        hand_out(store)
except Trouble as trouble:
    look.trouble(str(trouble))
