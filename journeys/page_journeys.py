"""The page of the journeys: find one, read it, change it, walk it and watch."""

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from journeys import exchange, running, shelf
from journeys.blueprint_of import blueprint_of
from journeys.reading import Problem, problems, read_journey, text_of
from studies import archive
from studies import page_look as look
from studies.conditions import variant_name
from studies.troubles import Trouble
from studies.words import _, language, ngettext


def new_journey() -> None:
    """Begin a journey of one's own."""
    with st.popover(_("New journey"), icon=":material/add:"), st.form("new_journey", border=False):
        name = st.text_input(_("Its name: small letters, digits and _"), key="new_journey_name")
        if not st.form_submit_button(_("Begin")):
            return
        try:
            path = shelf.start_new(look.space(), name.strip(), datetime.now(UTC))
        except Trouble as trouble:
            look.trouble(str(trouble))
            return
        look.go_to("journey", shelf.key_of(look.space(), path))


def recording() -> None:
    """Bring in what another tool has recorded, and say what of it is a journey now."""
    with st.popover(_("Import a recording"), icon=":material/upload_file:"):
        file = st.file_uploader(
            _("A script of Chrome's Recorder or of Selenium IDE, or an HTTP archive"),
            ["json", "side", "har", "gz"],
            key="journey_import",
        )
        if file is not None and st.button(_("Bring it in"), key="journey_import_now"):
            try:
                st.session_state["journey_brought"] = exchange.brought_to_shelf(
                    file.getvalue(), file.name, look.space(), datetime.now(UTC)
                )
            except Trouble as trouble:
                st.session_state.pop("journey_brought", None)
                look.trouble(str(trouble))
        told, key = st.session_state.get("journey_brought", ("", None))
        if told:
            st.code(told, language=None)
        if key and st.button(_("Open it"), key="journey_import_open"):
            look.go_to("journey", key)


def library() -> shelf.Shelved | None:
    """Find a journey: a search, and the choice among what it finds."""
    words = st.text_input(
        _("Search"), key="journey_search", type="search", live=True, placeholder=_("passport, traffic, …")
    )
    everything = {j.key: j for j in shelf.shelf(look.space())}
    found = [j.key for j in shelf.search(everything.values(), words)]
    if not found:
        st.info(_("No journey has these words in its title, name or agency."))
        return None
    st.caption(ngettext("{n} journey", "{n} journeys", len(found)).format(n=len(found)))
    chosen = look.choose(_("Journey"), found, "journey", lambda key: shelf.told(everything[key]))
    return everything[chosen] if chosen else None


def kept(journey: shelf.Shelved, key: str) -> None:
    """Keep what was just edited, and go on with the copy it was kept in."""
    path = shelf.keep_edit(
        look.space(), journey, st.session_state[key], st.session_state[f"seen {key}"], datetime.now(UTC)
    )
    there = shelf.key_of(look.space(), path)
    if there == journey.key:
        st.session_state[f"seen {key}"] = st.session_state[key]
    else:
        st.session_state["journey"] = there  # a first edit, or one beside somebody else's: go on with the new copy


def editor(journey: shelf.Shelved) -> bool:
    """Read and change a journey, with what is wrong in it beside it. True when it can be walked."""
    text, key = text_of(journey.path), f"journey_text {journey.key}"
    if key not in st.session_state:
        st.session_state[f"seen {key}"] = text  # what this reader's edits are edits of
    written, beside = st.columns([3, 2], gap="medium")
    with written, st.container(key="journey_text"):
        edited = st.text_area(_("The journey, as YAML"), text, key=key, height=460, on_change=kept, args=(journey, key))
    with beside:
        wrong = problems(edited or "", journey.path.name, journey.path.parent)
        told_wrong(edited or "", wrong)
        if text != st.session_state[f"seen {key}"]:
            st.warning(
                _("Somebody else has changed this copy since you opened it. Your next change is kept beside it.")
            )
        if journey.own:
            st.caption(_("A copy of your own: every change is kept at once, and what it replaces is kept too."))
        else:
            st.caption(_("This journey came with the lab. A change is kept as a copy of your own; this one stays."))
        st.download_button(
            _("Download"),
            edited or "",
            journey.path.name,
            "text/yaml",
            key="journey_download",
            icon=":material/download:",
        )
    return not wrong


def told_wrong(text: str, wrong: list[Problem]) -> None:
    """What is wrong in a journey, each with the line it is in."""
    if not wrong:
        st.success(_("Nothing is wrong in it: this journey can be walked."), icon=":material/check_circle:")
    for problem in wrong:
        look.trouble(problem.message)
        if line := shelf.line_of(text, problem.line):
            st.code(line, language="yaml")


def walk_it(journey: shelf.Shelved) -> None:
    """Say how to walk it, and set off."""
    told = read_journey(journey.path)
    with st.form("walk_form"):
        one, two, three, four = st.columns(4)
        variant = one.selectbox(_("Variant"), running.variants_of(told), key="walk_variant", format_func=variant_name)
        tongue = two.selectbox(
            _("Language of the citizen"),
            sorted(told.languages, key=lambda code: code != language()),
            key="walk_language",
            format_func=look.language_name,
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
    plan = running.Plan(journey.path, variant, tongue, int(times), player, elsewhere or None, study)
    try:
        with st.spinner(_("Opening the service …")):
            run = running.start(plan, look.space(), datetime.now(UTC))
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    look.follow("walk", run.name, run)


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
                st.image(str(now.picture), caption=now.step, width="stretch")
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
        st.page_link(
            "analysis/page_sessions.py",
            label=_("See waits and silences of these sessions"),
            icon=":material/view_timeline:",
            query_params=look.address(study=run.plan.study, session=seen.finished[-1][0]),
        )


def drawn(journey: shelf.Shelved) -> None:
    """The journey's service blueprint, with what a study heard on it."""
    one, two = st.columns(2)
    variants = running.variants_of(read_journey(journey.path))
    variant = one.selectbox(_("Variant"), variants, key="blueprint_variant", format_func=variant_name)
    studies = [None, *archive.studies_in(look.space())]
    study = two.selectbox(
        _("What was heard in"), studies, key="blueprint_study", format_func=lambda name: name or _("no study")
    )
    if not st.toggle(_("Draw it"), key="blueprint_drawn"):
        return
    try:
        svg = blueprint_of(journey.path, look.space(), variant=variant, study=study)
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.image(svg, width="stretch")
    st.download_button(
        _("Download"), svg, f"{journey.path.stem}.svg", "image/svg+xml", key="blueprint_download",
        icon=":material/download:",
    )  # fmt: skip


look.heading(_("Journeys"), _("A journey is what a citizen goes through, as a text that you can read and change."))
with st.container(horizontal=True):
    new_journey()
    recording()
if journey := library():
    sound = editor(journey)
    st.subheader(_("Walk it and watch"), anchor=False)
    if sound:
        walk_it(journey)
    else:
        st.info(_("A journey can be walked once nothing is wrong in it."))
    if run := look.followed("walk"):
        watch(run)
    if sound:
        st.subheader(_("Service blueprint"), anchor=False)
        drawn(journey)
