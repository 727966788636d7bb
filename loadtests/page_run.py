"""One load test as pages show it: live while it goes, and when it is over its verdict and what it did."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from loadtests import history, history_wording, underway, wording
from loadtests.live import Live, live, moments
from loadtests.permits import kill_switch
from loadtests.verdicts import verdict_wording
from studies import page_door as door
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import _, ngettext

WIDE = 880
HISTORY, LOAD = "loadtests/page_history.py", "loadtests/page_load.py"


def job_of(run: str) -> underway.Load | None:
    """The work behind a run, where this workbench does it."""
    job = look.work().get(run)
    return job if isinstance(job, underway.Load) else None


def watch(run: str) -> None:
    """A run, live while it goes; afterwards what it did."""
    job = job_of(run)
    latest = job.run if job else run
    seen = live(latest, look.space())
    going = job.going if job else bool(seen and seen.going)
    if not going:
        over(latest, job, seen)
        return

    @look.live(1.0)
    def now() -> None:
        """Drawn again every second; nothing but the run's small state file is read."""
        current = job.run if job else run
        there = live(current, look.space())
        if not (job.going if job else bool(there and there.going)):
            st.rerun()
        moving(current, there, job)

    now()


def moving(run: str, seen: Live | None, job: underway.Load | None) -> None:
    """How it goes at this moment."""
    st.progress(seen.share if seen else 0.0, text=wording.going_told(seen, bool(job and job.stopping)))
    if job and job.runs > 1:
        again = _("A failure was in doubt, so the load runs again: run {n}.")
        st.info(again.format(n=job.runs), icon=":material/repeat:")
    if st.button(_("Stop"), key="load_stop", icon=":material/stop:"):
        door.note("stop", load=run)
        if job:
            job.stop()
        else:  # another process makes it: the switch ends every load of this workspace
            kill_switch.pull(look.space())
    if seen is None or seen.state == "rehearsing":
        return
    shown = wording.live_figures(seen)
    for column, (title, value) in zip(st.columns(len(shown)), shown, strict=True):
        column.metric(title, value)
    threshold = float(seen.facts.get("threshold") or 1.0)
    if seen.t >= wording.SOON and len(seen.curve) > 1:
        chart = look.offered("load going")(moments(seen.curve), threshold, dark=look.dark(), width=WIDE)
        look.chart(chart, key="load_curve")
    if rows := wording.live_steps(seen):
        chart = look.offered("load steps")(rows, threshold, dark=look.dark(), width=WIDE)
        look.chart(chart, key="load_step_bars")
        look.table(wording.live_table(rows, threshold), "load_live_steps")
        st.caption(_("Live: answers as the wire hears them; the waits by their definition come at the end."))


def over(run: str, job: underway.Load | None, seen: Live | None) -> None:
    """A run that goes no more: what it did, why there is nothing, or that it is gone."""
    if job and job.trouble:
        look.trouble(job.trouble)
    try:
        told = history.result_of(run, look.space())
    except Trouble as gone:
        if seen is not None:
            st.warning(
                _("Run {run} broke off: whoever made it is gone. What was measured is sealed when the next begins.")
                .format(run=run), icon=":material/heart_broken:",
            )  # fmt: skip
        elif not job:
            st.warning(look.told(str(gone)), icon=":material/delete:")
        return
    result(run, told)


def result(run: str, told: dict[str, Any]) -> None:
    """What a run did: verdict by gate, figures, curve, steps, failures, capacity; and how to run it again."""
    st.subheader(wording.run_told(told), anchor=False)
    st.caption(history_wording.apart([told["study"], f"`{told['base_url']}`", run]))
    if told.get("trouble"):
        look.trouble(told["trouble"])
    verdict(told)
    shown = wording.figures(told)
    for column, (title, value) in zip(st.columns(len(shown)), shown, strict=True):
        column.metric(title, value)
    threshold, dark = told["threshold"], look.dark()
    if told["curve"]:
        chart = look.offered("load curve")(told["curve"], threshold, dark=dark, width=WIDE)
        look.chart(chart, key="load_curve")
    if told.get("capacity"):
        capacity(told["capacity"])
    if against := wording.against(told):
        chart = look.offered("silence curve")(against, threshold, dark=dark, width=WIDE)
        look.chart(chart, key="load_silence")
    if told["steps"]:
        chart = look.offered("load steps")(wording.step_rows(told), threshold, dark=dark, width=WIDE)
        look.chart(chart, key="load_step_bars")
        look.table(wording.steps_table(told), "load_steps")
    st.caption(wording.silence_told(told))
    failures = wording.failures_table(told)
    if not failures.empty:
        look.table(failures, "load_failures")
    with st.expander(_("Requests, as Locust shows them")):
        look.table(wording.requests_table(told), "load_requests")
    again(run, told)


def verdict(told: dict[str, Any]) -> None:
    """Whether the service bore it, gate by gate."""
    if not told.get("verdict"):
        return
    found = history_wording.verdict_of(told["verdict"])
    if not found.gates and found.state == "passed":
        st.info(_("Nothing was demanded of the service: give the load gates, and it is judged by them."))
        return
    box = {"passed": st.success, "failed": st.error}.get(found.state, st.warning)
    icon = {"passed": ":material/check_circle:", "failed": ":material/cancel:"}.get(found.state, ":material/help:")
    box("  \n".join([verdict_wording.headline(found), *map(look.told, found.reasons)]), icon=icon)
    if found.gates:
        look.table(history_wording.gates_table(found), "load_gates")


def capacity(found: dict[str, Any]) -> None:
    """The capacity curve with its knee."""
    chart = look.offered("capacity curve")(found, dark=look.dark(), width=WIDE)
    look.chart(chart, key=f"capacity {id(found)}")
    for missing in found["missing"]:
        st.caption(look.told(missing))


def again(run: str, told: dict[str, Any]) -> None:
    """How to run it again, to read it elsewhere, and where else to look."""
    design = history.design_of(run, look.space())
    if design:
        st.caption(_("The same again on the command line:"))
        st.code(design.command(), language="bash", wrap_lines=True)
    st.code(f"./lab runs {run} --json", language="bash")
    with st.container(horizontal=True):
        st.download_button(
            _("As JSON"), json.dumps(told, ensure_ascii=False, indent=2), f"{run}.json", "application/json",
            key="run_json", icon=":material/download:", on_click=door.noting("export", load=run),
        )  # fmt: skip
        look.way(HISTORY, _("Compare with another run"), ":material/compare_arrows:", run=run)
        look.way("analysis/page_report.py", _("Report"), ":material/description:", study=told["study"])
    lowered = (told.get("permission") or {}).get("ceiling") if (told.get("permission") or {}).get("lowered") else None
    if lowered:
        said = _("Held to what was agreed: {citizens} citizens at once, {rate:g} journeys begun a second")
        st.caption(said.format(citizens=lowered["citizens"], rate=lowered["per_second"]))
    if len(judged := (told.get("verdict") or {}).get("of") or []) > 1:
        st.caption(ngettext("It was run {n} time.", "It was run {n} times.", len(judged)).format(n=len(judged)))
