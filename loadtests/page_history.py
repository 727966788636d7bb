"""The page of the load tests that were run: find one, read its verdict, or set several side by side."""

from __future__ import annotations

import json
import shlex

import streamlit as st

from loadtests import comparison, history, history_wording, page_run, wording
from loadtests.history import Head
from loadtests.live import under_way
from loadtests.titled import journeys_name
from studies import page_door as door
from studies import page_look as look
from studies.troubles import Trouble
from studies.words import _, ngettext

KEY, GONE = "history_runs", "gone runs"
WIDE = 880


def moment(one: Head) -> str:
    """When a run was, as the reader writes it."""
    return look.moment(one.moment())


def wanted(known: list[Head]) -> None:
    """Let the address choose the runs (`?run=A,B`), and say which of them are there no more."""
    asked = [name for name in (st.query_params.get("run") or "").split(",") if name]
    there = {one.run for one in known}
    if asked and ",".join(asked) != st.session_state.get("written run"):
        st.session_state[KEY] = [name for name in asked if name in there]
        st.session_state[GONE] = [name for name in asked if name not in there]
    elif KEY in st.session_state:
        st.session_state[KEY] = [name for name in st.session_state[KEY] if name in there]
    for name in st.session_state.get(GONE) or []:
        going = name in under_way(look.space())
        if going:
            look.way("loadtests/page_load.py", _("Watch what is under way: {run}").format(run=name),
                     ":material/monitoring:", run=name)  # fmt: skip
        else:
            st.warning(look.told(str(history.gone(name))), icon=":material/delete:")


def found_among(known: list[Head]) -> list[Head]:
    """The list, searched, filtered and sorted; and the command line that lists the same."""
    one, two, three, four, five = st.columns([3, 2, 2, 2, 2], vertical_alignment="bottom")
    words = one.text_input(_("Search"), key="history_words", placeholder=_("journey, study, address …"))
    journeys = sorted({each.journey for each in known})
    studies = sorted({each.study for each in known})
    verdicts = sorted({each.verdict for each in known})
    journey = two.selectbox(_("Journey"), journeys, index=None, key="history_journey", placeholder=_("all"),
                            format_func=journeys_name)  # fmt: skip
    study = three.selectbox(_("Study"), studies, index=None, key="history_study", placeholder=_("all"))
    verdict = four.selectbox(_("Verdict"), verdicts, index=None, key="history_verdict", placeholder=_("all"),
                             format_func=wording.verdict_name)  # fmt: skip
    sort = five.selectbox(_("Sorted by"), history.SORTS, key="history_sort", format_func=history_wording.sort_name)
    least = st.toggle(_("The least first"), key="history_least")
    shown = history.chosen(known, words=words, study=study, journey=journey, verdict=verdict, sort=sort, last=not least)
    said = [("--words", words), ("--journey", journey), ("--study", study), ("--verdict", verdict),
            ("--sort", None if sort == "when" else sort)]  # fmt: skip
    command = ["./lab", "runs", *(word for name, value in said if value for word in (name, value))]
    st.session_state["history command"] = shlex.join(command + ["--least-first"] * least + ["--json"])
    return shown


def side_by_side(names: list[str]) -> None:
    """Two runs or more: what each measured, and the differences that matter."""
    try:
        found = comparison.compared(names, look.space())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.subheader(_("Side by side"), anchor=False)
    for number, one in enumerate(found.runs):
        first = _("{run}, the first: the others are set against it") if not number else "{run}"
        told = first.format(run=f"**{history_wording.run_name(number, one)}**")
        words = history_wording.apart([told, door.plain(history_wording.head_told(one, moment(one))), f"`{one.run}`"])
        st.markdown(words)
    if found.asked:
        lines = "  \n".join(door.plain(line) for line in history_wording.asked_told(found))
        st.warning(f"{_('These runs were asked differently; a difference may come from that alone.')}  \n{lines}")
    for doubt in found.doubts:
        st.warning(look.told(doubt), icon=":material/help:")
    st.markdown(f"**{_('What matters')}**")
    matter = history_wording.matter_told(found)
    for line in matter:
        st.markdown(f"- {door.plain(line)}")
    if not matter:
        st.markdown(_("No difference is sure and large enough to matter."))
    st.caption(
        _("A difference matters when chance does not explain it, however many are looked at (95 %, Bonferroni), and "
          "when it can be felt: one point of a share, a tenth of a time or a pace. Why runs differ it does not say.")
    )  # fmt: skip
    chart = look.offered("runs compared")(history_wording.drawn(found), dark=look.dark(), width=520)
    look.chart(chart, key="history_chart")
    look.table(history_wording.compared_table(found), "history_compared")
    for name, bears in found.capacities.items():
        st.markdown(f"**{name}**")
        page_run.capacity(bears)
    st.code(shlex.join(["./lab", "compare", *names, "--json"]), language="bash", wrap_lines=True)
    st.download_button(
        _("As JSON"), json.dumps(found.json(), ensure_ascii=False, indent=2), "compared.json", "application/json",
        key="compared_json", icon=":material/download:", on_click=door.noting("export", loads=names),
    )  # fmt: skip


look.heading(_("History"), _("Every load test that was run here: find one, read its verdict, or compare several."))
known = history.heads(look.space())
wanted(known)
if not known:
    st.info(_("No load test was run here yet."))
    look.way("loadtests/page_load.py", _("Start a load test"), ":material/groups:")
    st.code("./lab load journeys/library/traffic/renew_vehicle.yaml --citizens 5 --for 10s", language="bash")
else:
    shown = found_among(known)
    if not shown:
        st.info(_("No run is like that."))
    told = {one.run: history_wording.head_told(one, moment(one)) for one in known}
    options = list(dict.fromkeys([*st.session_state.get(KEY, []), *(one.run for one in shown)]))
    chosen = st.multiselect(
        _("Show one run, or compare several"), options, key=KEY, format_func=told.__getitem__,
        placeholder=_("choose runs"), on_change=lambda: st.session_state.pop(GONE, None),
    )  # fmt: skip
    look.note_in_address("run", ",".join(chosen) or None)
    if len(chosen) == 1:
        page_run.watch(chosen[0])
    elif chosen:
        side_by_side(chosen)
    if shown:
        st.subheader(ngettext("{n} run", "{n} runs", len(shown)).format(n=len(shown)), anchor=False)
        look.table(history_wording.heads_table(shown, [moment(one) for one in shown]), "history_list")
    st.code(st.session_state["history command"], language="bash", wrap_lines=True)
