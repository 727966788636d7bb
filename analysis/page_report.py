"""The page of the report: what a study found, for whom and in which form, to be read here, sent and kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from analysis.report import made
from studies import page_door as door
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import CALENDARS, DIGITS, OWN_DIGITS, _, calendar, digits, language, languages

FORMS = {"html": "HTML", "pdf": "PDF", "pptx": "PowerPoint", "xlsx": "Excel", "csv": "CSV"}


def wanted() -> made.Wanted:
    """What the reader asks for, choice by choice."""
    st.session_state.setdefault("report_language", language())
    st.session_state.setdefault("report_for", "designers")
    st.session_state.setdefault("report_form", "html")
    left, right = st.columns(2)
    with left:
        audience = st.segmented_control(
            _("For whom"), list(made.AUDIENCES), required=True, key="report_for",
            format_func=lambda one: _(made.AUDIENCES[one]),
        )  # fmt: skip
        tongue = st.segmented_control(
            _("Language of the report"), languages(), required=True, key="report_language",
            format_func=look.language_name,
        )  # fmt: skip
    with right:
        form = st.segmented_control(
            _("Form"), list(FORMS), required=True, key="report_form", format_func=lambda one: FORMS[one]
        )
        figures, dates = DIGITS[0], CALENDARS[0]
        if tongue in OWN_DIGITS:
            st.session_state.setdefault("report_digits", digits())
            figures = st.segmented_control(
                _("Digits"), DIGITS, required=True, key="report_digits",
                format_func=lambda one: {"european": "1 2 3", "arabic_indic": "١ ٢ ٣"}[one],
            ) or figures  # fmt: skip
        st.session_state.setdefault("report_hijri", calendar() == "hijri")
        if st.toggle(_("Hijri dates beside Gregorian"), key="report_hijri"):
            dates = CALENDARS[1]
    return made.Wanted(form or "html", tongue or "en", audience or "designers", figures, dates)


def make(study: str, asked: made.Wanted) -> None:
    """Write the report anew from what is known now, in the form asked for, and as a page to be read here."""
    if not st.button(_("Make the report"), type="primary", key="report_make", icon=":material/description:"):
        return
    try:
        door.note("report", study=study, form=asked.kind, language=asked.language, audience=asked.audience)
        with st.spinner(_("The report is being written …")):
            found = made.material(study, look.space(), datetime.now().astimezone())
            for form in dict.fromkeys((asked, asked.to_read())):
                path = made.place_of(study, look.space(), form)
                made.save(made.make(found, form, look.offered("printed")), path)
    except Trouble as trouble:
        look.trouble(str(trouble))


def read(study: str, path: Path, asked: made.Wanted) -> None:
    """Take it along, or read it here: a form that other programs show is read as the page it was made from."""
    st.caption(_("Made {when}. It needs no network and nothing beside it.").format(when=look.written(path)))
    st.download_button(
        _("Download"), path.read_bytes(), path.name, made.KINDS[asked.kind], key="report_download",
        icon=":material/download:", on_click=door.noting("export", study=study, file=path.name),
    )  # fmt: skip
    page = made.place_of(study, look.space(), asked.to_read())
    if page.is_file():
        if page != path:
            st.caption(_("This is what it says; {form} has the same in its own shape.").format(form=FORMS[asked.kind]))
        named = _("The report in {language}").format(language=look.language_name(asked.language))
        st.iframe(page, height=900, alt=named)


look.heading(_("Report"), _("One file that needs nothing else: as it is against redesigned, with the evidence."))
if study := look.choose_study():
    asked = wanted()
    make(study, asked)
    path = made.place_of(study, look.space(), asked)
    if path.is_file():
        read(study, path, asked)
    else:
        st.info(_("This study has no report in this form yet."))
    st.caption(_("The same on the command line:"))
    st.code(made.command(study, asked), language="bash")
