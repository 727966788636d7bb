"""The live board of a study: done of planned, robots and people apart, what comes next; and the robots' start."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from studies import page_door as door
from studies import page_look as look
from studies.measuring.outcomes import outcome_name
from studies.planning import board, designing
from studies.planning.conditions import condition_name
from studies.planning.running import under_way
from studies.planning.study import Study
from studies.titles import service_name
from studies.troubles import Trouble
from studies.words import _, in_a_row

EVERY = 3.0  # seconds between two looks at a study whose robots are under way
CALM = 15.0  # and at one where people may come


def chosen() -> tuple[designing.Listed, Study] | None:
    """The study to look at, as it is saved."""
    there = {one.name: one for one in designing.listed(look.space())}
    wanted = st.query_params.get("study")
    if wanted and wanted not in there:
        st.warning(_("There is no study “{name}” any more. These are.").format(name=wanted))
    name = look.choose(_("Study"), list(there), "study", lambda one: (
        f"{there[one].title} · {one} · {designing.state_name(there[one].state)}"))  # fmt: skip
    if name is None:
        return None
    study, wrong = designing.study_of(there[name].path.read_text(encoding="utf-8-sig"), there[name].path.name)
    if study is None:
        look.trouble(wrong[0].message)
        look.way("studies/page_study.py", _("Mend it"), ":material/edit:", study=name, part="text")
        return None
    return there[name], study


def start(one: designing.Listed, study: Study) -> None:
    """Begin, or go on with, the robots' sessions, as the command line would."""
    with st.form("robots", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        player = st.selectbox(_("Player"), ["browser", "wire", "rehearsal"], key="board_player", format_func=lambda p: {
            "browser": _("A browser"), "wire": _("The wire"), "rehearsal": _("In memory")}[p])  # fmt: skip
        beside = st.number_input(_("Side by side"), 1, 8, 1, key="board_beside")
        if not st.form_submit_button(_("Run the robots"), type="primary", icon=":material/play_arrow:"):
            return
    try:
        look.offered("study: standing")(one.path, look.space())  # what is wrong is said here, not in a log
        if under_way(study.study, look.space()) is None:
            look.offered("study: robots")(one.path, study.study, look.space(), player, int(beside))
            door.note("study", study=study.study)
            st.session_state["board awaits"] = study.study
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.rerun()


def shown(study: Study, told: board.Board) -> None:
    """How far a study is: done of planned, robots and people apart, and cell by cell."""
    if told.running:
        st.progress(told.share, text=told.running)
    if told.trouble:
        look.trouble(told.trouble)
    one, two, three, four = st.columns(4)
    one.metric(_("Robots' sessions"), f"{told.robots} / {told.planned}")
    two.metric(_("People's sessions"), f"{told.people} / {told.planned}")
    three.metric(_("Participants"), f"{told.took_part} / {told.participants}")
    four.metric(_("Dropped out"), told.dropped)
    if told.waiting or told.begun:
        st.caption(_("Given out to participants: {waiting} waiting, {begun} under way.").format(
            waiting=told.waiting, begun=told.begun))  # fmt: skip
    cells = pd.DataFrame({
        _("Task"): [service_name(cell.task) for cell in told.cells],
        _("Condition"): [condition_name(cell.condition) for cell in told.cells],
        _("Language"): [look.language_name(cell.language) for cell in told.cells],
        _("Planned"): [cell.planned for cell in told.cells],
        _("Robots"): [cell.robots for cell in told.cells],
        _("People"): [cell.people for cell in told.cells],
    })  # fmt: skip
    look.table(cells, "board_cells")
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{_('How they ended')}**")
        whose = {"people": _("people"), "robots": _("robots")}
        for who, ended in told.outcomes.items():
            said = in_a_row(f"{outcome_name(how)} {n}" for how, n in sorted(ended.items()))
            st.markdown(f"{whose[who]}: {said or '–'}")
        for name, (held, most) in told.quotas.items():
            st.progress(min(1.0, held / most), text=_("quota {name}: {held} of {most}").format(
                name=name, held=held, most=most))  # fmt: skip
        st.markdown(f"**{_('Stopping rule')}**")
        rule = look.offered("study: stopping")(study, look.space())
        st.markdown(rule["said"])
        if rule["reached"] is not None:
            st.caption(_("Half the interval is {reached:.3g}; {margin:g} is enough.").format(**rule))
    with right:
        st.markdown(f"**{_('The latest sessions')}**")
        for sat in told.last:
            way, icon = (
                f"{service_name(sat.task)} · {condition_name(sat.condition)} · {sat.language}",
                ":material/smart_toy:",
            )
            icon = ":material/person:" if sat.who == "people" else icon
            look.way("analysis/page_sessions.py", f"{way} · {outcome_name(sat.ended)}", icon, study=told.study,
                     session=sat.session)  # fmt: skip


look.heading(_("Live board"), _("A running study at a glance: what is done, what is still to come, how they ended."))
if found := chosen():
    one, study = found
    going = under_way(study.study, look.space()) is not None
    waits = st.session_state.get("board awaits") == study.study
    if going:
        st.session_state.pop("board awaits", None)

    @look.live(EVERY if going or waits else CALM)
    def counts() -> None:
        """Drawn again by itself; nothing but counts is read."""
        shown(study, board.board(study, look.space()))
        if (under_way(study.study, look.space()) is not None) != going:
            st.rerun()  # begun, or over: the rest of the page says so too

    counts()
    if not going:
        st.subheader(_("Robots"), anchor=False)
        if one.done:
            look.robots()
        start(one, study)
        if one.done and study.analysis:
            st.subheader(_("What was planned to be analysed"), anchor=False)
            try:
                for line in look.offered("study: results")(one.path, look.space()):
                    st.markdown(look.MARKUP.sub(r"\\\1", line))
            except Trouble as trouble:
                look.trouble(str(trouble))
    st.code(f"./lab study run {one.name} --json\n./lab study board {one.name} --json", language=None)
    look.way("studies/page_study.py", _("Its protocol"), ":material/science:", study=one.name)
