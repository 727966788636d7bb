"""The page of the report: what a study found, as one file to be read, sent and kept."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analysis import report
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import _, language, languages


def make(study: str) -> None:
    """Write the report anew, in every language, from what is known now."""
    if not st.button(_("Make the report"), type="primary", key="report_make", icon=":material/description:"):
        return
    try:
        with st.spinner(_("The report is being written in every language …")):
            for tongue in languages():
                report.write(study, look.space(), tongue)
    except Trouble as trouble:
        look.trouble(str(trouble))


def read(path: Path, tongue: str) -> None:
    """Read it here, or take it along."""
    st.caption(_("Made {when}. It needs no network and nothing beside it.").format(when=look.written(path)))
    st.download_button(
        _("Download"), path.read_bytes(), path.name, "text/html", key="report_download", icon=":material/download:"
    )
    st.iframe(path, height=900, alt=_("The report in {language}").format(language=look.language_name(tongue)))


look.heading(_("Report"), _("One file that needs nothing else: as it is against redesigned, with the evidence."))
if study := look.choose_study():
    st.session_state.setdefault("report_language", language())
    tongue = st.segmented_control(
        _("Language of the report"),
        languages(),
        required=True,
        format_func=look.language_name,
        key="report_language",
    )
    make(study)
    path = report.place_of(study, look.space(), tongue or language())
    if path.is_file():
        read(path, tongue or language())
    else:
        st.info(_("This study has no report yet."))
    st.caption(_("The same on the command line:"))
    st.code(f"./lab report {study} --lang {tongue}", language="bash")
