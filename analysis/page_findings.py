"""The findings of a study, ranked: what hurts, how many, the moments to look at, the remedy, and who sees to it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analysis import findings_tables
from analysis import page_leader as leader
from analysis.leaders import agreed, scoreboard_told
from analysis.leaders.scoreboard import Worst
from studies import page_door as door
from studies import page_look as look
from studies.house.people import acting
from studies.titles import service_name
from studies.troubles import Trouble
from studies.words import _, spoken

SESSIONS = "analysis/page_sessions.py"


def chosen(rows: list[Worst]) -> list[Worst]:
    """The findings that pass the filters."""
    one, two, three = st.columns(3)
    with one:
        services = ["", *findings_tables.services(rows)]
        service = (
            look.choose(_("Service"), services, "service", lambda name: service_name(name) or _("all services")) or ""
        )
    with two:
        states = ["", *agreed.STATES]
        state = look.choose(_("State"), states, "state", lambda name: _(name) if name else _("any state")) or ""
    with three:
        whom = ["", *findings_tables.whose(rows)]
        who = look.choose(_("Who met it"), whom, "who", findings_tables.who_name) or ""
    return findings_tables.filtered(rows, service, state, who)


def closely(study: str, rows: list[Worst]) -> None:
    """One finding: its evidence, its remedy, who sees to it, whether that worked, and everything decided so far."""
    for row in rows:
        if row.finding.who == "robots":
            look.robots()
        told = scoreboard_told.finding_told(row)
        st.markdown(f"#### {told.what}")
        st.caption(told.where, help=row.finding.keys)
        figures, evidence = st.columns([3, 2])
        with figures:
            st.markdown(f"{told.met}  \n{told.saved}  \n{told.sure}")
            st.markdown(f"**{_('Remedy')}**  \n{row.finding.remedy}")
            if told.worked:
                st.markdown(f"**{_('Whether it worked')}**  \n{told.worked}")
        with evidence:
            st.markdown(f"**{_('The moments to look at')}**")
            for place, moment in enumerate(row.finding.evidence):
                label = findings_tables.moment_name(moment)
                at = f"{moment.second:g}"
                look.way(SESSIONS, label, ":material/play_circle:", study=study, session=moment.session, at=at)
                assert place < len(row.finding.evidence)
    decide(rows[0])


def decide(row: Worst) -> None:
    """Owner and state, kept with who said so and when."""
    key, now = row.finding.key, row.decision
    with st.form(f"decide {key}", border=True):
        state, owner, since = st.columns(3)
        new_state = state.selectbox(
            _("State"), agreed.STATES, index=list(agreed.STATES).index(now.state), format_func=_, key=f"state {key}"
        )
        new_owner = owner.text_input(_("Owner"), now.owner, key=f"owner {key}")
        # Empty until a day is chosen, and again once that is kept: an earlier day is not to be passed for a new state.
        new_since = since.date_input(_("Since when"), None, key=f"since {key} {now.at}")
        note = st.text_input(_("Why, in a sentence"), now.note, key=f"note {key}")
        st.caption(findings_tables.as_it_stands(now))
        if st.form_submit_button(_("Keep this"), icon=":material/check:", type="primary"):
            day = new_since if isinstance(new_since, date) else None
            try:
                kept = agreed.decide(leader.store(), key, acting(), new_state, new_owner, day, note)
                door.note("finding", key=key, state=new_state, owner=new_owner, since=str(kept.since))
            except Trouble as trouble:
                look.trouble(str(trouble))
                return
            st.rerun()
    history = findings_tables.history_table(leader.store(), key)
    if len(history):
        with st.expander(_("Everything decided about it so far")):
            leader.plain_table(history, _("Everything decided about it so far"))
    st.caption(_("The same on the command line:"))
    st.code(findings_tables.command(key, now), language="bash")


look.heading(_("Findings"), _("What hurts citizens, where, how many of them, what would mend it and who sees to it."))
if study := look.choose_study():
    ground = leader.standing_on(study)
    condition = leader.choose_condition(ground)
    every = leader.shortly(
        ("findings", study, spoken(), condition),
        lambda: findings_tables.every(ground, leader.store(), condition),
    )
    rows = chosen(every)
    if not rows:
        st.info(_("No finding is like that.") if every else _("The rules found nothing that hurts citizens here."))
        st.stop()
    names = findings_tables.names(rows)
    key = look.choose(_("Finding"), list(names), "finding", lambda one: names[one])
    closely(study, [row for row in rows if row.finding.key == key])
    st.subheader(_("All of them, the weightiest first"), anchor=False)
    look.table(findings_tables.table(rows), "findings")
    st.code(f"./lab findings {study}", language="bash")
