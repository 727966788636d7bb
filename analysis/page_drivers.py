"""What drives satisfaction: what one more question, wait or step goes along with; and what if a redesign took them."""

from __future__ import annotations

import streamlit as st

from analysis import page_leader as leader
from analysis.charts import scoreboard
from analysis.drivers import tables as drivers_tables
from analysis.drivers import visits_kept
from analysis.drivers.effects import Drivers
from analysis.drivers.what_if import what_if
from analysis.leaders.ground import Ground
from studies import page_look as look
from studies.titles import datum_name
from studies.troubles import Trouble
from studies.words import _, language
from surveys.instruments import instrument as instrument_named

SURVEYS = "surveys/page_surveys.py"


def shown(found: Drivers) -> None:
    """The drivers with their intervals, drawn and told."""
    for line in drivers_tables.said(found):
        st.markdown(line)
    if not found.effects:
        look.way(SURVEYS, _("Ask citizens after their visit"), ":material/rate_review:", study=study or "")
        return
    words = _("What each driver goes along with; see the table.")
    leader.chart(scoreboard.effects, found.effects, key="drivers", alt=words)
    leader.plain_table(drivers_tables.effects_table(found), _("What drives satisfaction"))
    if found.importance:
        bare = drivers_tables.without_intervals(found, study or "", instrument, assigned)
        st.markdown(f"**{_('How much each of them explains')}**")
        leader.plain_table(drivers_tables.importance_table(found), _("How much each of them explains"))
        if bare:
            st.caption(bare.why)
            st.code(bare.command, language="bash")
    if found.by_outcome:
        with st.expander(_("Those who got what they came for, and those who did not")):
            leader.plain_table(drivers_tables.by_outcome_table(found), _("By outcome"))


def what_would_be(ground: Ground, ready: visits_kept.Ready) -> None:
    """Sliders that never leave what was seen; or named waits and questions taken away."""
    found, visits = ready.drivers, ready.visits
    st.subheader(_("What if"), anchor=False)
    amounts, names = st.tabs([_("So much less"), _("These waits and questions")])
    with amounts:
        st.caption(_("No visit is taken below what some visit to the same service had: nothing is said beyond that."))
        told = {}
        for driver, title, unit_step in drivers_tables.sliders(found):
            if (most := ready.most[driver]) > 0:
                told[driver] = st.slider(title, 0.0, most, 0.0, unit_step, key=f"less_{driver}")
        try:
            expected = visits_kept.expected(found, visits, told)
            st.markdown(drivers_tables.expected_told(expected, found))
        except Trouble as trouble:
            look.trouble(str(trouble))
    with names:
        steps, questions = ready.named
        services = {one.service for one in visits}
        waits = st.multiselect(_("Without the silence at these steps"), steps, key="without_waits",
            format_func=lambda step: drivers_tables.step_told(step, services),
        )  # fmt: skip
        asked = st.multiselect(
            _("Without asking again for these"), questions, key="without_questions", format_func=datum_name
        )
        try:
            less = visits_kept.removed(ground, visits, waits, asked)
            expected = what_if(found, visits, less) if less else None
            st.markdown(drivers_tables.expected_told(expected, found))
        except Trouble as trouble:
            look.trouble(str(trouble))
        if less_told := drivers_tables.command(ground.study, instrument, waits, asked):
            st.code(less_told, language="bash")


def look_again(ground: Ground, assigned: bool) -> None:
    """Draw the whole page anew once the drivers are there."""
    if visits_kept.ready(ground, instrument, assigned, 0.0) is not None:
        st.rerun()


look.heading(
    _("What drives satisfaction"),
    _("What one more repeat question, ten more seconds of silence, one more step goes along with in people's ratings."),
)
if study := look.choose_study():
    ground = leader.standing_on(study)
    there = ground.answers.instruments()
    instrument = ground.answers.most_answered() or ""
    if there:
        tongue = language()
        chosen = look.choose(
            _("Satisfaction by"), there, "instrument", lambda n: instrument_named(n).said_in(tongue).title
        )
        instrument = chosen or instrument
    assigned = st.toggle(
        _("The study gave out its conditions by chance"), key="assigned",
        help=_("Then what the conditions decide is an effect; otherwise everything here is an association."),
    )  # fmt: skip
    found = visits_kept.ready(ground, instrument, assigned)
    if found is None:
        st.info(_("The drivers are being worked out; they are shown here as soon as that is done."))
        look.live(1.5)(look_again)(ground, assigned)
        st.stop()
    shown(found.drivers)
    if found.drivers.fit is not None:
        what_would_be(ground, found)
