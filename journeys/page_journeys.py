"""The page of the journeys: find one, see what it asks of a citizen, walk it and watch."""

from datetime import UTC, datetime

import streamlit as st

from journeys import exchange, running, shelf
from journeys.blueprint.names import agency_words
from journeys.blueprint.of_journey import blueprint_of, picture_of
from journeys.journey import Journey
from journeys.page_walking import walk_it, watch
from journeys.reading import problems, read_journey, text_of
from studies import archive, drafts
from studies import page_door as door
from studies import page_look as look
from studies.planning.conditions import variant_name
from studies.troubles import Trouble
from studies.words import _, ngettext

SHOWN = 12  # journeys at a time: who does not find theirs among them says more words


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
    """Bring in what another tool has recorded, and say what of it is a journey now and what is not."""
    with st.popover(_("Import a recording"), icon=":material/upload_file:"):
        file = st.file_uploader(
            _("A script of Chrome's Recorder or of Selenium IDE, or an HTTP archive"),
            ["json", "side", "har", "gz"],
            key="journey_import",
        )
        if file is not None and st.button(_("Bring it in"), key="journey_import_now"):
            try:
                door.note("import", file=file.name)
                st.session_state["journey_brought"] = exchange.brought_to_shelf(
                    file.getvalue(), file.name, look.space(), datetime.now(UTC)
                )
            except Trouble as trouble:
                st.session_state.pop("journey_brought", None)
                look.trouble(str(trouble))


def brought_in() -> None:
    """What came over and what did not, beside the journey that was made of it."""
    brought = st.session_state.get("journey_brought")
    if not brought:
        return
    told, key = brought
    with st.container(border=True, key="journey_brought_in"):
        st.subheader(_("What came over, and what did not"), anchor=False)
        account, made = st.columns(2, gap="medium")
        account.code(told, language=None, height=360, wrap_lines=True)
        one = next((j for j in shelf.shelf(look.space()) if j.key == key), None)
        if one is not None:
            made.code(text_of(one.path), language="yaml", height=360, line_numbers=True)
        with st.container(horizontal=True):
            if one is not None and st.button(_("Open it"), key="journey_import_open", icon=":material/folder_open:"):
                st.session_state.pop("journey_brought")
                look.go_to("journey", one.key)
            if st.button(_("Close"), key="journey_import_close"):
                st.session_state.pop("journey_brought")
                st.rerun()


def library() -> shelf.Shelved | None:
    """Find a journey: a search, what it finds, and the choice among it."""
    words = st.text_input(
        _("Search: a title, an agency, what is asked for, any words, in any language"),
        key="journey_search",
        type="search",
        live=True,
        placeholder=_("passport, traffic, IBAN, …"),
    )
    everything = {j.key: j for j in shelf.shelf(look.space())}
    if lost := look.gone("journey", list(everything)):
        st.warning(_("The journey “{key}” is not in the library any more. These are.").format(key=lost))
    found = [j.key for j in shelf.search(everything.values(), words)]
    if not found:
        st.info(_("No journey has these words in its title, its agency, its texts or among the data it asks for."))
        return None
    st.caption(ngettext("{n} journey", "{n} journeys", len(found)).format(n=len(found)))
    chosen = look.choose(_("Journey"), found, "journey", lambda key: shelf.told(everything[key]))
    if words:
        listed([everything[key] for key in found[:SHOWN]], chosen)
    return everything[chosen] if chosen else None


def listed(found: list[shelf.Shelved], chosen: str | None) -> None:
    """What a search found, each to be opened."""
    with st.container(horizontal=True, key="journey_found"):
        for one in found:
            if st.button(shelf.told(one), key=f"open {one.key}", type="primary" if one.key == chosen else "secondary"):
                look.go_to("journey", one.key)


def seen(journey: shelf.Shelved) -> Journey | None:
    """What the chosen journey is, and where it is written on. None while it has mistakes."""
    text = text_of(journey.path)
    wrong = problems(text, journey.path.name, journey.path.parent)
    for problem in wrong:
        look.trouble(problem.message)
    told = None if wrong else read_journey(journey.path)
    if told is not None:
        steps = sum(1 for _step in told.every_step())
        parts = [
            agency_words(told.agency),
            ngettext("{n} step", "{n} steps", steps).format(n=steps),
            *(variant_name(name) for name in told.variants),
        ]
        st.markdown(look.MARKUP.sub(r"\\\1", " · ".join(part for part in parts if part)))
        if told.needs:
            st.caption(_("Asks for: {data}").format(data=shelf.data_told(told)))
    with st.container(horizontal=True, vertical_alignment="center"):
        look.way("journeys/page_editor.py", _("Write on it"), ":material/edit:", journey=journey.key)
        st.download_button(
            _("Download"), text, journey.path.name, "text/yaml", key="journey_download", icon=":material/download:"
        )
    for draft in drafts.drafts_of(look.space(), "journeys", journey.key)[:3]:
        look.way(
            "journeys/page_editor.py",
            _("A draft of {when}, not saved").format(when=look.moment(datetime.fromisoformat(draft.written))),
            ":material/edit_note:",
            journey=journey.key,
            draft=draft.id,
        )
    return told


def drawn(journey: Journey, shelved: shelf.Shelved) -> None:
    """The journey's service blueprint, with what a study heard on it."""
    one, two = st.columns(2)
    variant = one.selectbox(
        _("Variant"), running.variants_of(journey), key="blueprint_variant", format_func=variant_name
    )
    studies = [None, *archive.studies_in(look.space())]
    study = two.selectbox(
        _("What was heard in"), studies, key="blueprint_study", format_func=lambda name: name or _("no study")
    )
    if not st.toggle(_("Draw it"), key="blueprint_drawn"):
        return
    try:
        svg = blueprint_of(shelved.path, look.space(), variant=variant, study=study)
    except Trouble as trouble:
        look.trouble(str(trouble))
        return
    st.image(svg, width="stretch")
    name = f"{shelved.path.stem}-{variant}" if variant else shelved.path.stem
    with st.container(horizontal=True):
        st.download_button(
            _("Download SVG"), svg, f"{name}.svg", "image/svg+xml", key="blueprint_svg", icon=":material/download:"
        )
        st.download_button(
            _("Download PNG"),
            lambda: picture_of(svg),
            f"{name}.png",
            "image/png",
            key="blueprint_png",
            icon=":material/image:",
            help=_("A browser paints it when you press; it takes a few seconds."),
        )


look.heading(_("Journeys"), _("A journey is what a citizen goes through, as a text that you can read and change."))
with st.container(horizontal=True):
    new_journey()
    recording()
brought_in()
if chosen := library():
    journey = seen(chosen)
    if journey is None:
        st.info(_("A journey can be walked once nothing is wrong in it."))
    else:
        st.subheader(_("Walk it and watch"), anchor=False)
        walk_it(journey, chosen.path)
    if run := look.followed("walk"):
        watch(run)
    if journey is not None:
        st.subheader(_("Service blueprint"), anchor=False)
        drawn(journey, chosen)
