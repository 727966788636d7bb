"""The page of the load tests: design a load, see its shape and whether it is permitted, let it run, and watch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from journeys import running, shelf
from journeys.reading import problems, read_journey, text_of
from loadtests import page_run, underway, wording
from loadtests.arrivals import rate_of
from loadtests.design import CAP, EVERY, Design, drawn, expected, levels_of, places_of, proposed_levels, steps_in
from loadtests.live import under_way
from loadtests.mix import Portion
from loadtests.permits.standing import Standing, ceiling_of, standings
from loadtests.recorded_day import day_of
from loadtests.verdicts import gates_kept
from studies import archive
from studies import page_door as door
from studies import page_look as look
from studies.page_yaml import yaml_editor
from studies.planning.conditions import variant_name
from studies.troubles import Trouble
from studies.words import _, ngettext, spoken

NONE, NEW = "", "new"
TEXT = "load gates"  # what the editor's text is kept under
#: of a place elsewhere the permission is asked for anew after so many seconds
AGAIN = 20.0


# --- who comes --------------------------------------------------------------------------------------------------------


def choose_journeys() -> tuple[Portion, ...]:
    """The journeys and how often each is walked beside the others; nothing when the first cannot be walked."""
    known = {j.key: j for j in shelf.shelf(look.space())}
    one, two = st.columns(2)
    with one:
        if lost := look.gone("journey", list(known)):
            st.warning(_("“{journey}” is not in the library.").format(journey=lost))
        chosen = look.choose(_("Journey"), list(known), "journey", lambda key: shelf.told(known[key]))
    others = two.multiselect(
        _("Together with"), [key for key in known if key != chosen], key="load_others",
        format_func=lambda key: shelf.told(known[key]), placeholder=_("other journeys at the same time"),
    )  # fmt: skip
    if chosen is None:
        return ()
    keys = [chosen, *others]
    weights = dict.fromkeys(keys, 1.0)
    if others:
        for column, key in zip(st.columns(len(keys)), keys, strict=True):
            label = _("How often: {journey}").format(journey=known[key].called())
            weights[key] = column.number_input(label, 0.1, 1000.0, 1.0, 1.0, key=f"load_weight {key}")
    for key in keys:
        journey = known[key]
        if wrong := problems(text_of(journey.path), journey.path.name, journey.path.parent):
            look.trouble(wrong[0].message)
            look.way("journeys/page_editor.py", _("Mend the journey"), ":material/edit:", journey=key)
            return ()
    return tuple(Portion(known[key].path, weights[key]) for key in keys)


def ask(parts: tuple[Portion, ...]) -> Design | None:
    """How many come, how, for how long, and where to; None, with what is wrong, where that cannot be."""
    first = read_journey(parts[0].journey)
    ways = {"closed": _("So many at once"), "open": _("So many arrive")}
    how = st.segmented_control(
        _("How they come"), list(ways), default="closed", required=True, key="load_how", format_func=ways.__getitem__
    )
    one, two, three, four = st.columns(4)
    citizens, arrivals = 0, 0.0
    if how == "open":
        rate = one.text_input(_("Arrivals"), "5/s", key="load_arrivals", help=_("Such as 20/s, 300/min or 5000/h."))
    else:
        citizens = int(one.number_input(_("Citizens at once"), 1, 100_000, 20, key="load_citizens"))
    seconds = float(two.number_input(_("Seconds"), 1, 86_400, 20, key="load_seconds"))
    told_of = {name: wording.shape_name(name) for name in wording.drawn_shapes()}
    shape = three.selectbox(_("Shape"), list(told_of), key="load_shape", format_func=told_of.__getitem__)
    levels, day = "", None
    if shape == "steps":
        proposed = proposed_levels(citizens or 32)
        levels = four.text_input(
            _("Levels"),
            proposed,
            key="load_levels",
            help=_("Six or more, from 1, past the knee: its capacity is told."),
        )
    elif shape == "recorded":
        day = four.selectbox(_("The day of the study"), list(archive.studies_in(look.space())), key="load_day")
    left, middle, right = st.columns(3)
    variant = left.selectbox(_("Variant"), running.variants_of(first), key="load_variant", format_func=variant_name)
    elsewhere = middle.text_input(
        _("Address of the service"), key="load_base_url",
        placeholder=_("as the journey says"),
        help=_("This machine, or a service that agreed to it. The practice agency is opened by this workbench."),
    )  # fmt: skip
    study = right.text_input(_("Study it is kept in"), "trial", key="load_study")
    try:
        heights = levels_of(levels)
        if how == "open":
            arrivals = rate_of(rate)
        elif heights:
            citizens = round(max(heights))
        return more(Design(
            parts, variant, citizens, arrivals, seconds, shape, heights, day, base_url=elsewhere.strip() or None,
            study=study,
        ))  # fmt: skip
    except Trouble as trouble:
        look.trouble(str(trouble))
        return None


def more(design: Design) -> Design:
    """The browser beside it, and what few need to touch."""
    probe: float | None = None
    if st.checkbox(_("A browser walks beside it"), key="load_probe",
                   help=_("A real browser hears the silence that the wire cannot.")):  # fmt: skip
        probe = EVERY
    with st.expander(_("Thinking, workers, and what few need")):
        one, two, three, four = st.columns(4)
        thinks = {"none": _("nobody thinks"), "people": _("as people do"), "seconds": _("so many seconds")}
        how = one.selectbox(_("Before each step"), list(thinks), key="load_think", format_func=thinks.__getitem__)
        think = 0.0
        if how == "seconds":
            think = float(one.number_input(_("Seconds of thought"), 0.1, 600.0, 2.0, key="load_think_seconds"))
        workers = int(two.number_input(
            _("Worker processes"), 0, 64, 0, key="load_workers", help=_("0: one process makes the load by itself.")
        ))  # fmt: skip
        if probe is not None:
            probe = float(three.number_input(_("The browser sets out every (s)"), 0.0, 600.0, EVERY, key="load_every"))
        cap = CAP
        if design.arrivals:
            cap = int(four.number_input(
                _("At once at most"), 1, 100_000, CAP, key="load_cap", help=_("Others are turned away, and counted.")
            ))  # fmt: skip
        seed = int(
            two.number_input(_("Seed"), 0, 1_000_000, 0, key="load_seed", help=_("The same seed draws the same."))
        )
    return replace(
        design, probe=probe, think=think, people=how == "people", workers=workers, cap=cap, seed=seed,
    )  # fmt: skip


def show_shape(design: Design, most: float | None) -> bool:
    """What it will look like, before anybody sets out."""
    try:
        points = drawn(design, day_of(design.day, look.space()) if design.day else ())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return False
    chart = look.offered("load shape")(
        points, bool(design.arrivals), most if most and most < design.most else None, dark=look.dark(), width=880
    )
    look.chart(chart, key="load_shape_drawn")
    if (many := expected(design, points)) is not None:
        n = round(many)
        said = ngettext("About {n} citizen will arrive in all.", "About {n} citizens will arrive in all.", n)
        st.caption(said.format(n=f"{n:,}"))
    return True


# --- what is demanded of the service ----------------------------------------------------------------------------------


def gates(design: Design) -> tuple[Path | None, str, bool]:
    """The gates: the file that they are kept in, their text, and whether the load may begin with them."""
    there = {path.name: path for path in gates_kept.there(look.space())[:20]}
    names = {NONE: _("nothing: it is only watched"), NEW: _("new gates")}

    def taken() -> None:
        picked = st.session_state["load_gates"]
        st.session_state[TEXT] = there[picked].read_text(encoding="utf-8") if picked in there else gates_kept.PROPOSED

    choice = st.selectbox(
        _("What the service must hold to"), [NONE, NEW, *there], key="load_gates", on_change=taken,
        format_func=lambda name: names.get(name, name),
    )  # fmt: skip
    if choice == NONE:
        return None, "", True
    text = st.session_state.setdefault(TEXT, gates_kept.PROPOSED)
    steps = steps_in(design)
    _read, wrong = gates_kept.checked(text, steps, design.probe is not None)

    def typed() -> None:
        st.session_state[TEXT] = st.session_state["load_gates_yaml"].text

    yaml_editor(
        text, choice, wrong, gates_kept.schema(), "load_gates_yaml", label=_("Gates, as YAML"),
        names=gates_kept.names(steps), typed=typed, saved=typed, height=190,
    )  # fmt: skip
    if wrong:
        look.trouble(wrong[0].message)
        return None, text, False
    return gates_kept.place_of(text, design.parts[0].journey.stem, look.space()), text, True


# --- may it be? -------------------------------------------------------------------------------------------------------


@st.cache_data(ttl=AGAIN, show_spinner=False)
def permission(places: tuple[str, ...], root: str, _tongue: str) -> list[Standing]:
    """Where each place stands; asked for again after a while, since a permission can be withdrawn."""
    return standings(places, look.space())


def permitted(design: Design) -> list[Standing]:
    """The permission of each place that the load would touch, with the texts that would bring it about."""
    try:
        found = permission(tuple(places_of(design)), str(look.space().root), spoken())
    except Trouble as trouble:
        look.trouble(str(trouble))
        return [Standing("", False)]
    for one in found:
        if one.may:
            st.success(look.told(one.told()), icon=":material/verified_user:")
            continue
        look.trouble(one.told())
        if one.consent:
            st.markdown(_("It takes both. **1.** An entry in the list of this workspace, `may_be_loaded.yaml`:"))
            st.code(one.entry, language="yaml")
            st.markdown(_("**2.** This file on the service itself, published by its owner at {place}:").format(
                place=f"`{one.place}`"))  # fmt: skip
            st.code(one.consent, language="json")
        if st.button(_("Ask again"), key=f"load_permission {one.origin}", icon=":material/refresh:"):
            permission.clear()
            st.rerun()
    return found


def begin(design: Design, text: str, ready: bool) -> None:
    """Start, one load at a time: two would only measure each other."""
    going = [name for name, one in look.work().items() if isinstance(one, underway.Load) and one.going]
    going = going or under_way(look.space())
    if st.button(
        _("Start the load"),
        type="primary",
        key="load_start",
        icon=":material/play_arrow:",
        disabled=bool(going) or not ready,
    ):
        try:
            if design.gates:
                gates_kept.keep(text, design.parts[0].journey.stem, look.space())
            first, seconds = design.parts[0].journey, design.seconds
            door.note("load", journey=first, target=design.base_url, study=design.study, seconds=seconds)
            load = underway.start(design, look.space(), datetime.now(UTC), look.offered("keep for the report"))
        except Trouble as trouble:
            look.trouble(str(trouble))
        else:
            look.follow("run", load.name, load)
            look.go_to("run", load.name)
    for name in going:
        if name != st.query_params.get("run"):
            told = _("Watch what is under way: {run}").format(run=name)
            look.way("loadtests/page_load.py", told, ":material/monitoring:", run=name)
    st.caption(_("The same on the command line:"))
    st.code(design.command(), language="bash", wrap_lines=True)
    if design.gates and not design.gates.exists():
        st.caption(_("The command reads the gates from this file: it is written when the load starts, or now:"))
        if st.button(_("Keep the gates"), key="load_gates_keep", icon=":material/save:"):
            gates_kept.keep(text, design.parts[0].journey.stem, look.space())
            st.rerun()


def designed() -> None:
    """The designer: from the journey to the button."""
    parts = choose_journeys()
    design = ask(parts) if parts else None
    if design is None:
        return
    drawn_here = st.container()
    file, text, sound = gates(design)
    found = permitted(design)
    ceiling = ceiling_of(found)
    with drawn_here:
        shaped = show_shape(design, ceiling.per_second if design.arrivals else ceiling.citizens)
    begin(replace(design, gates=file), text, sound and shaped and all(one.may for one in found))


look.heading(_("Load test"), _("What it is like when everyone comes at once."))
run = st.query_params.get("run") or st.session_state.get("following run")
if run:
    st.session_state["following run"] = run
    look.note_in_address("run", run)
    page_run.watch(run)
    st.divider()
    st.subheader(_("Design another load"), anchor=False)
designed()
