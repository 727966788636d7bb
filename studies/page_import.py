"""The page on which what other tools recorded is brought in: recognised, asked about, kept, accounted for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from studies import archive, bringing_in
from studies import page_door as door
from studies import page_look as look
from studies.bringing_in import Bringing, Looked
from studies.corrections import correct
from studies.importing import importers
from studies.topic_of import topic_of
from studies.topics import dictionary
from studies.troubles import Trouble
from studies.words import _, direction, ngettext

NEEDED = ("case", "activity", "when")
PLACES = 100  # activities that are shown with a scroll bar of their own beyond


def sides() -> dict[str, str]:
    """Who somebody in a conversation can be, in words."""
    return {
        "": _("nobody says it: leave out"),
        "citizen": _("the citizen"),
        "service": _("the service"),
        "nobody": _("neither of both"),
    }


def put_here() -> dict[Path, str]:
    """The files that were chosen, each with what was answered about it so far."""
    chosen = st.file_uploader(
        _("Files: case files (CSV, XES, OCEL), requests, calls and chats (VTT, SRT, JSON, WhatsApp, CSV), recordings"),
        accept_multiple_files=True,
        key="import_files",
        help=_("Larger ones are brought in on the command line: `./lab import FILE --study NAME`"),
    )
    there: dict[str, Path] = st.session_state.setdefault("import there", {})
    names = {hashlib.sha256(file.getvalue()).hexdigest() + file.name: file for file in chosen}
    for gone in [key for key in there if key not in names]:
        bringing_in.let_go([there.pop(gone)])
    for key, file in names.items():
        if key not in there:
            there[key] = bringing_in.put(look.space(), file.name, file.getvalue())
    told: dict[str, str] = st.session_state.setdefault("import answers", {})
    return {path: told.get(str(path), "") for path in there.values() if path.exists()}


def seen(path: Path, mapping: str) -> Looked:
    """What a look into a file showed; a file is read once for the same answers."""
    kept: dict[tuple[str, str], Looked] = st.session_state.setdefault("import looks", {})
    if (key := (str(path), mapping)) not in kept:
        with st.spinner(_("Reading {file}").format(file=path.name)):
            kept[key] = bringing_in.look_into(path, mapping)
    return kept[key]


def answered(path: Path, mapping: str) -> None:
    """Keep what was answered about a file, and look at it again with that."""
    st.session_state["import answers"][str(path)] = mapping
    st.rerun()


def shown(path: Path, mapping: str) -> tuple[bool, str]:
    """What a file is, what must be asked, its mapping to be corrected; whether it can be brought in, and by what."""
    name = look.MARKUP.sub(r"\\\1", path.name)
    with st.container(border=True):
        st.subheader(name, anchor=False)
        looked = seen(path, mapping)
        if looked.day_or_month:
            return asked_for_dates(path, mapping, looked), mapping
        if looked.columns:
            return asked_for_columns(path, mapping, looked), mapping
        if looked.brought is None:
            look.trouble(looked.trouble)
            return False, mapping
        told = looked.brought.json()
        title = _(importers()[looked.brought.format].TITLE)
        st.markdown(_("Recognised as {format}.").format(format=look.MARKUP.sub(r"\\\1", title)))
        first, second, third = st.columns(3)
        first.metric(_("Rows"), f"{told['rows']:,}")
        second.metric(_("Sessions"), f"{told['sessions']:,}")
        third.metric(_("Sentences"), f"{told['sentences']:,}")
        if told["first"]:
            st.caption(_("From {first} to {last}").format(first=told["first"], last=told["last"]))
        for note in told["notes"]:
            st.caption(look.told(note))
        left_out(told["left_out"], f"left {path.parent.name}")
        who_is_who(path, mapping, looked)
        return True, sentences(path, looked) or mapping


def asked_for_dates(path: Path, mapping: str, looked: Looked) -> bool:
    """Ask whether the day or the month comes first, where nothing in the file says it."""
    st.warning(look.told(looked.day_or_month), icon=":material/help:")
    with st.container(horizontal=True):
        for first, label in ((True, _("The day comes first")), (False, _("The month comes first"))):
            if st.button(label, key=f"dates {first} {path.parent.name}"):
                answered(path, bringing_in.with_answers(mapping, day_first=first))
    return False


def asked_for_columns(path: Path, mapping: str, looked: Looked) -> bool:
    """Ask which columns hold the case, the activity and the time, where the names do not say it."""
    look.trouble(looked.trouble)
    names = {"case": _("The case"), "activity": _("The activity"), "when": _("The time")}
    with st.form(f"columns {path.parent.name}", border=False):
        st.write(_("If each row is an event of a case, say which column is which:"))
        places = st.columns(3)
        said = {
            key: place.selectbox(names[key], looked.columns, index=None)
            for key, place in zip(NEEDED, places, strict=True)
        }
        if st.form_submit_button(_("Read it so")):
            if None in said.values() or len(set(said.values())) < len(NEEDED):
                look.trouble(_("Choose three different columns."))
            else:
                answered(path, bringing_in.with_answers(mapping, columns={k: str(v) for k, v in said.items()}))
    return False


def who_is_who(path: Path, mapping: str, looked: Looked) -> None:
    """Ask who is the citizen and who the service, where the recording does not say it; it is never guessed."""
    speakers = looked.speakers()
    unknown = [name for name, side in speakers.items() if side is None]
    if not unknown:
        return
    st.warning(_("The recording does not say who is the citizen and who the service."), icon=":material/help:")
    words = sides()
    with st.form(f"who {path.parent.name}", border=False):
        said = {
            name: st.selectbox(_("{name} is").format(name=name), list(words), format_func=words.__getitem__)
            for name in unknown
        }
        if st.form_submit_button(_("Read it so")):
            known = {name: side for name, side in said.items() if side}
            answered(path, bringing_in.with_answers(mapping, speakers=known))


def sentences(path: Path, looked: Looked) -> str:
    """The mapping of a case file as a table to be corrected; the mapping as it stands there, "" where there is none."""
    rows = looked.activities()
    if not rows:
        return ""
    st.markdown(_("**Which activity is which sentence.** What is not right can be changed here."))
    table = pd.DataFrame(rows)[["activity", "events", "sentence", "about", "example", "why"]]
    order = list(table.columns)
    left = st.data_editor(
        table,
        key=f"mapping {path.parent.name}",
        hide_index=True,
        width="stretch",
        disabled=["activity", "events", "why", "example"],
        column_order=order[::-1] if direction() == "rtl" else order,
        height="content" if len(rows) <= look.ALL_AT_ONCE else 560,
        column_config={
            "activity": st.column_config.TextColumn(_("Activity")),
            "events": st.column_config.NumberColumn(_("Events")),
            "sentence": st.column_config.SelectboxColumn(
                _("Sentence"), options=list(bringing_in.SENTENCES), required=True
            ),
            "about": st.column_config.TextColumn(_("About")),
            "why": st.column_config.TextColumn(_("Why")),
            "example": st.column_config.TextColumn(_("Example: a case")),
        },
    )
    made = bringing_in.with_sentences(looked, left.to_dict("records"))
    st.download_button(
        _("Download the mapping"), made, f"{path.stem}.yaml", "text/yaml", key=f"yaml {path.parent.name}",
        icon=":material/download:", help=_("For the command line: `./lab import FILE --mapping THIS`"),
    )  # fmt: skip
    return made


def left_out(rows: list[dict[str, object]], key: str) -> None:
    """What was left out of a file, row by row, and why."""
    if not rows:
        st.caption(_("Nothing was left out."))
        return
    many = sum(int(str(row["count"])) for row in rows)
    with st.expander(ngettext("{n} left out", "{n} left out", many).format(n=many), icon=":material/rule:"):
        names = {"what": _("What"), "why": _("Why"), "count": _("How many")}
        look.table(pd.DataFrame(rows)[list(names)].rename(columns=names), key)


def bring_them(files: dict[Path, str], ready: bool) -> None:
    """Bring the files into a study."""
    known = list(archive.studies_in(look.space()))
    study = st.selectbox(
        _("Into the study"), known, index=None, key="import_study", accept_new_options=True,
        placeholder=_("Choose one, or write a new name"),
    )  # fmt: skip
    if not st.button(
        _("Bring in"), type="primary", key="import_now", disabled=not (ready and study), icon=":material/upload_file:"
    ):
        return
    try:
        door.note("import", study=str(study), files=[path.name for path in files])
        work = bringing_in.begin(str(study), files, look.space())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.session_state["import there"] = {}
    st.session_state["import looks"] = {}
    st.session_state["import work"] = work
    st.rerun()


def how_far(work: Bringing) -> None:
    """How far files are that are being brought in, and how long it will still take."""
    if not work.going:
        st.rerun(scope="app")
    left = work.left()
    still = "" if left is None else _("about {n} s left").format(n=max(1, round(left)))
    st.progress(work.share, text=" · ".join(part for part in (look.MARKUP.sub(r"\\\1", work.what), still) if part))


def accounted(work: Bringing) -> None:
    """What came of files that were brought in."""
    if work.trouble:
        look.trouble(work.trouble)
    for number, one in enumerate(work.brought or ()):
        told = one.json()
        st.success(
            _("{file}: {sessions} sessions, {sentences} sentences are in {study}.").format(
                file=look.MARKUP.sub(r"\\\1", one.file.name),
                sessions=told["sessions"],
                sentences=told["sentences"],
                study=look.MARKUP.sub(r"\\\1", work.study),
            ),
            icon=":material/check:",
        )
        left_out(told["left_out"], f"account {number}")
    with st.container(horizontal=True):
        if work.brought:
            look.way("analysis/page_metrics.py", _("What was measured"), ":material/balance:", study=work.study)
            look.way("analysis/page_sessions.py", _("The sessions"), ":material/view_timeline:", study=work.study)
        if st.button(_("Bring in more"), key="import_more", icon=":material/refresh:"):
            del st.session_state["import work"]
            st.session_state.pop("import_files", None)
            st.rerun()
    st.code(work.command(), language="bash")


def corrected() -> None:
    """Say what some words ask for, where it was read wrongly; the dictionary remembers it."""
    st.subheader(_("What a question asks for"), anchor=False)
    st.caption(_("Try a label or a spoken line. If it is read wrongly, say what it asks for: it is remembered."))
    words = st.text_input(_("Label or line"), key="topic_words", placeholder="رقمك الشخصي لو سمحت؟")
    if not words.strip():
        return
    found = topic_of(words)
    if found.question:
        st.markdown(
            _("It asks for **{datum}**: {why}.").format(datum=found.datum, why=look.MARKUP.sub(r"\\\1", found.why))
        )
    else:
        st.markdown(_("It asks for nothing: {why}.").format(why=look.MARKUP.sub(r"\\\1", found.why)))
    nothing = _("nothing")
    with st.form("topic_correction", border=False):
        said = st.selectbox(_("It asks for"), [None, *sorted(dictionary())], format_func=lambda one: one or nothing)
        if st.form_submit_button(_("Remember it"), icon=":material/save:"):
            try:
                correct(words, said, look.space())
            except Trouble as trouble:
                look.trouble(str(trouble))
                return
            st.rerun()


look.heading(
    _("Import"),
    _("Calls, chats, case files and recordings of other tools become sessions of the same log."),
)
work = st.session_state.get("import work")
if work is not None and work.going:
    look.live(0.5)(how_far)(work)
elif work is not None:
    accounted(work)
else:
    files = put_here()
    states = {path: shown(path, mapping) for path, mapping in files.items()}
    if states:
        bring_them(
            {path: made for path, (_ready, made) in states.items()}, all(ready for ready, _made in states.values())
        )
st.divider()
corrected()
