"""The page of the load tests: send many citizens through a journey at once, watch, and read what it did."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from journeys import running, shelf
from journeys.reading import problems, read_journey, text_of
from loadtests import underway, wording
from studies import page_look as look
from studies.conditions import variant_name
from studies.troubles import Trouble
from studies.words import _


def choose_journey() -> shelf.Shelved | None:
    """The journey that everyone goes through."""
    known = {j.key: j for j in shelf.shelf(look.space())}
    chosen = look.choose(_("Journey"), list(known), "journey", lambda key: shelf.told(known[key]))
    if chosen is None:
        return None
    journey = known[chosen]
    if wrong := problems(text_of(journey.path), journey.path.name, journey.path.parent):
        look.trouble(wrong[0].message)
        look.way("journeys/page_journeys.py", _("Mend the journey"), ":material/edit:", journey=journey.key)
        return None
    return journey


def ask(journey: shelf.Shelved) -> underway.Asked:
    """How many citizens, for how long, through which variant, and where it is kept."""
    told = read_journey(journey.path)
    ways = {"closed": _("So many at once"), "open": _("So many arrive")}
    how = st.segmented_control(
        _("How they come"), list(ways), default="closed", required=True, key="load_how", format_func=ways.__getitem__
    )
    one, two, three, four = st.columns(4)
    citizens, arrivals = 0, 0.0
    if how == "open":
        arrivals = one.number_input(_("Arrivals a second"), 0.1, 1000.0, 5.0, key="load_arrivals")
    else:
        citizens = one.number_input(_("Citizens at once"), 1, 1000, 20, key="load_citizens")
    seconds = two.number_input(_("Seconds"), 1, 3600, 20, key="load_seconds")
    variant = three.selectbox(_("Variant"), running.variants_of(told), key="load_variant", format_func=variant_name)
    study = four.text_input(_("Study it is kept in"), "trial", key="load_study")
    five, six = st.columns(2, vertical_alignment="bottom")
    told_of = {name: wording.shape_name(name) for name in wording.drawn_shapes()}
    shape = five.selectbox(_("Shape"), list(told_of), key="load_shape", format_func=told_of.__getitem__)
    probe = six.checkbox(
        _("A browser walks beside it"),
        key="load_probe",
        help=_("A real browser hears the silence that the wire cannot."),
    )
    elsewhere = st.text_input(
        _("Address of the service"),
        key="load_base_url",
        placeholder=_("as the journey says; for the practice agency, the one of this workbench"),
        help=_("Only a service on this machine may be put under load."),
    )
    return underway.Asked(
        journey.path, variant, citizens, seconds, elsewhere or None, study,
        arrivals=arrivals, shape=shape, probe=probe,
    )  # fmt: skip


def begin(asked: underway.Asked) -> None:
    """Start, one load at a time: two would only measure each other."""
    going = any(isinstance(one, underway.Load) and one.seen().going for one in look.work().values())
    if st.button(_("Start the load"), type="primary", key="load_start", icon=":material/play_arrow:", disabled=going):
        try:
            load = underway.start(asked, look.space(), datetime.now(UTC), look.offered("keep for the report"))
        except Trouble as trouble:
            look.trouble(str(trouble))
        else:
            look.follow("load", load.name, load)
            st.rerun()
    st.caption(_("The same on the command line:"))
    st.code(asked.command(), language="bash", wrap_lines=True)


def watch(load: underway.Load) -> None:
    """Watch it live: citizens, journeys done, slow answers; a button stops it."""
    going = load.seen().going

    @look.live(1.0 if going else None)
    def snapshot() -> None:
        seen = load.seen()
        st.progress(seen.share, text=seen.told)
        if seen.curve:
            figures = wording.figures(seen)
            for column, (title, value) in zip(st.columns(len(figures)), figures, strict=True):
                column.metric(title, value)
        if curve := wording.curve(seen):
            threshold = seen.result.threshold if seen.result else None
            chart = look.offered("load curve")(curve, threshold, dark=look.dark(), width=880)
            st.altair_chart(chart, width="content", theme=None, key="load_curve")
        if seen.going and not (steps := wording.live_steps(seen)).empty:
            look.table(steps, "load_live_steps")
        if seen.going and st.button(_("Stop"), key="load_stop", icon=":material/stop:"):
            load.stop()
        if going and not seen.going:
            st.rerun()

    snapshot()
    if not going:
        result(load.seen())


def result(seen: underway.Seen) -> None:
    """What it did to the service: step by step, and why journeys failed."""
    if seen.trouble:
        look.trouble(seen.trouble)
    if seen.result is None:
        return
    if against := wording.against(seen.result):
        chart = look.offered("silence curve")(against, seen.result.threshold, dark=look.dark(), width=880)
        st.altair_chart(chart, width="content", theme=None, key="load_silence")
    look.table(wording.steps_table(seen.result), "load_steps")
    st.caption(wording.silence_told(seen.result))
    failures = wording.failures_table(seen.result)
    if not failures.empty:
        look.table(failures, "load_failures")
    with st.expander(_("Requests, as Locust shows them")):
        look.table(wording.requests_table(seen.result), "load_requests")
    look.way("analysis/page_report.py", _("Report"), ":material/description:", study=seen.result.study)


look.heading(_("Load test"), _("What it is like when everyone comes at once."))
if chosen := choose_journey():
    begin(ask(chosen))
if load := look.followed("load"):
    watch(load)
