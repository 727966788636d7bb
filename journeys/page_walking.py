"""The part of a page in which a journey is walked and watched: the library and the editor share it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from journeys import running
from journeys.journey import Journey
from studies import page_door as door
from studies import page_look as look
from studies.planning.conditions import variant_name
from studies.titles import step_name
from studies.troubles import Trouble
from studies.words import _, language


def walk_it(journey: Journey, path: Path) -> None:
    """Say how to walk it, and set off."""
    with st.form("walk_form"):
        one, two, three, four = st.columns(4)
        variant = one.selectbox(
            _("Variant"), running.variants_of(journey), key="walk_variant", format_func=variant_name
        )
        tongue = two.selectbox(
            _("Language of the citizen"), tongues(journey), key="walk_language", format_func=look.language_name
        )
        times = three.number_input(_("Times"), 1, 50, 1, key="walk_times")
        player = four.selectbox(
            _("Player"),
            running.PLAYERS,
            key="walk_player",
            format_func=player_name,
            help=_(
                "A browser sees what a citizen sees. The wire fetches pages and sends forms: quick, but deaf to signs."
            ),
        )
        five, six = st.columns(2)
        elsewhere = five.text_input(
            _("Address of the service"), key="walk_base_url", placeholder=_("the practice agency of this workbench")
        )
        study = six.text_input(_("Study it is kept in"), "trial", key="walk_study")
        if not st.form_submit_button(_("Walk it"), type="primary", icon=":material/play_arrow:"):
            return
    set_off(running.Plan(path, variant, tongue, int(times), player, elsewhere or None, study))


def set_off(plan: running.Plan) -> None:
    """Open the service and begin; what is wrong with the plan is said."""
    try:
        door.note("walk", journey=plan.journey, target=plan.base_url, player=plan.player, study=plan.study)
        with st.spinner(_("Opening the service …")):
            run = running.start(plan, look.space(), datetime.now(UTC))
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    look.follow("walk", run.name, run)


def tongues(journey: Journey) -> list[str]:
    """The languages of a journey's pages, the reader's own first."""
    return sorted(journey.languages, key=lambda code: code != language())


def player_name(player: str) -> str:
    """Who walks, in words."""
    return {"browser": _("A browser"), "wire": _("The wire")}.get(player, player)


def watch(run: Any) -> None:
    """Watch the steps arrive."""
    seen = run.seen()

    @look.live(0.6 if seen.going else None)
    def steps() -> None:
        now = run.seen()
        st.progress(now.share, text=now.told)
        left, right = st.columns(2, gap="medium")
        with left, st.container(height=420, autoscroll=True, border=True, key="walk_script"):
            st.code(now.script or " ", language=None)
        with right:
            if now.picture:
                st.image(str(now.picture), caption=step_name(run.plan.journey.stem, now.step), width="stretch")
            for name, outcome in now.finished:
                st.markdown(f":material/flag: `{name}` · {outcome}")
        if now.trouble:
            look.trouble(now.trouble)
        if now.going and st.button(_("Stop after this walk"), key="walk_stop"):
            run.stop()
        if seen.going and not now.going:
            st.rerun()

    steps()
    if not seen.going and seen.finished:
        look.way(
            "analysis/page_sessions.py",
            _("See waits and silences of these sessions"),
            ":material/view_timeline:",
            study=run.plan.study,
            session=seen.finished[-1][0],
        )
