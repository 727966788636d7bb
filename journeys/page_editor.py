"""The page on which a journey is written: as YAML or step by step, with its mistakes beside it, tried before it is
saved."""

from datetime import UTC, datetime

import streamlit as st

from journeys import running, shelf, trying, writing
from journeys.journey import Journey
from journeys.page_steps import step_builder
from journeys.page_walking import set_off, tongues, watch
from journeys.reading import Problem, parse_journey, problems
from journeys.writing import Writing
from studies import drafts, merging
from studies import page_door as door
from studies import page_look as look
from studies.page_yaml import merge_told, two_edits, yaml_editor
from studies.planning.conditions import variant_name
from studies.troubles import Trouble
from studies.words import _

SCHEMA = writing.schema()


def now() -> datetime:
    """The moment at which something is written."""
    return datetime.now(UTC)


def opened() -> Writing | None:
    """What is being written: the journey that the reader chose, or the draft that the address names."""
    shelved = {j.key: j for j in shelf.shelf(look.space())}
    if lost := look.gone("journey", list(shelved)):
        st.warning(_("The journey “{key}” is not in the library any more. These are.").format(key=lost))
    key = look.choose(_("Journey"), list(shelved), "journey", lambda key: shelf.told(shelved[key]))
    if key is None:
        return None
    now_open: Writing | None = st.session_state.get("writing")
    wanted = st.query_params.get("draft")
    if now_open is None or now_open.journey.key != key or (wanted and wanted != now_open.draft):
        if wanted and drafts.draft(look.space(), writing.KIND, wanted) is None:
            st.info(_("That draft was saved or thrown away. This is the journey as it is saved."))
        now_open = writing.opened(look.space(), key, wanted)
        hold(now_open)
        st.session_state.pop("overtaken", None)
    return now_open


def hold(on: Writing) -> None:
    """Go on with this text; its draft stands in the address, so that a closed browser loses nothing."""
    st.session_state["writing"] = on
    if on.changed:
        st.query_params["draft"] = on.draft
    elif "draft" in st.query_params:
        del st.query_params["draft"]


def typed() -> None:
    """Take over what was typed in the YAML field."""
    text = st.session_state["journey_yaml"].get("text")
    if isinstance(text, str):
        hold(writing.typed(look.space(), st.session_state["writing"], text, now()))


def replaced(text: str) -> None:
    """Go on with a text that was not typed, and show it."""
    hold(writing.rewritten(look.space(), st.session_state["writing"], text, now()))
    if (there := st.session_state.pop("step_next", None)) is not None:
        st.session_state["step_wanted"] = there
    st.rerun()


def keep() -> None:
    """Save, or say that somebody else did meanwhile."""
    on: Writing = st.session_state["writing"]
    try:
        outcome = writing.save(look.space(), on, now())
    except Trouble as trouble:
        st.session_state["not_saved"] = str(trouble)
        return
    if isinstance(outcome, drafts.Overtaken):
        st.session_state["overtaken"] = outcome
        return
    settle(outcome)


def keep_as(field: str) -> None:
    """Save under another name, which stands in a field."""
    try:
        name = st.session_state[field].strip()
        settle(writing.save_as(look.space(), st.session_state["writing"], name, now()))
    except Trouble as trouble:
        st.session_state["not_saved"] = str(trouble)


def merge() -> None:
    """Go on with both edits in one text; it is saved when its reader has looked at it."""
    overtaken = st.session_state.pop("overtaken")
    merged, made = writing.merge(look.space(), st.session_state["writing"], overtaken, now())
    hold(merged)
    st.session_state["journey"] = merged.journey.key
    st.session_state["merged_clashes"] = made.clashes


def settle(saved: Writing) -> None:
    """What was saved is what is open now."""
    hold(saved)
    st.session_state["journey"] = saved.journey.key
    st.session_state.pop("overtaken", None)
    st.session_state["just_saved"] = saved.journey.path.name
    door.note("edit", file=saved.journey.key)


def above(on: Writing) -> None:
    """Whether it is saved, and the buttons that are about the whole text."""
    if wrong := st.session_state.pop("not_saved", None):
        look.trouble(wrong)
    if name := st.session_state.pop("just_saved", None):
        st.toast(_("{name} is saved.").format(name=name), icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="center", key="editor_bar"):
        st.button(_("Save"), key="editor_save", type="primary", icon=":material/save:", on_click=keep,
                  disabled=not on.changed, help=_("Ctrl+S saves too"))  # fmt: skip
        with st.popover(_("Save as"), icon=":material/save_as:"), st.form("save_as", border=False):
            free = writing.name_for(look.space(), on)
            st.text_input(_("Its name: small letters, digits and _"), free, key="editor_other_name")
            st.form_submit_button(_("Save"), on_click=keep_as, args=("editor_other_name",))
        with st.popover(_("Earlier versions"), icon=":material/history:"):
            versions(on)
        st.download_button(_("Download"), on.text, on.journey.path.name, "text/yaml", key="editor_download",
                           icon=":material/download:")  # fmt: skip
        if on.changed and st.button(_("Throw the draft away"), key="editor_discard", icon=":material/undo:"):
            drafts.forget_draft(look.space(), writing.KIND, on.draft)
            hold(writing.opened(look.space(), on.journey.key))
            st.rerun()
    st.caption(state(on))


def state(on: Writing) -> str:
    """Where the text stands, in words."""
    if on.changed:
        return _("Not saved yet; kept as a draft.")
    if on.journey.own:
        return _("Saved among your journeys.")
    return _("This journey came with the lab. The first time that you save, a copy of your own is made.")


def versions(on: Writing) -> None:
    """Earlier versions, what differs in them, and the way back."""
    found = drafts.earlier(shelf.own_path(look.space(), on.journey))
    if not found:
        st.info(_("Nothing was replaced yet."))
        return
    one = st.selectbox(_("Replaced on"), found, format_func=lambda version: look.moment(version.replaced))
    if one is None:
        return
    st.code(merging.difference(one.text, on.text, _("then"), _("now")) or " ", language="diff")
    if st.button(_("Bring it back"), key="editor_restore", help=_("It is shown in the editor; save it to keep it.")):
        replaced(one.text)


def both(on: Writing, other: drafts.Overtaken) -> None:
    """Two people have edited one journey: both versions, what differs, and what can be done; neither is lost."""
    with st.container(border=True, key="editor_overtaken"):
        two_edits(other)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.button(_("Merge both"), key="editor_merge", type="primary", icon=":material/merge:", on_click=merge)
            st.text_input(_("Or keep yours as"), writing.name_for(look.space(), on), key="editor_beside")
            st.button(
                _("Save beside"),
                key="editor_save_beside",
                icon=":material/save_as:",
                on_click=keep_as,
                args=("editor_beside",),
            )


def as_text(on: Writing, wrong: list[Problem], journey: Journey | None) -> None:
    """The YAML view."""
    yaml_editor(
        on.text,
        on.version,
        wrong,
        SCHEMA,
        "journey_yaml",
        label=_("The journey, as YAML"),
        names=writing.names(journey),
        told=writing.told(),
        typed=typed,
        saved=keep,
    )
    st.caption(_("Ctrl+Space offers what can stand at the cursor. Tab leaves the field. F8 leads to the next mistake."))


def try_it(on: Writing, journey: Journey) -> None:
    """The rehearsal at once, and a dry run in a browser."""
    st.subheader(_("Try it"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variant = st.selectbox(_("Variant"), running.variants_of(journey), key="try_variant", format_func=variant_name)
        tongue = st.selectbox(
            _("Language of the citizen"), tongues(journey), key="try_language", format_func=look.language_name
        )
        at_once = st.button(_("Rehearse"), key="try_rehearse", icon=":material/theater_comedy:",
                            help=_("In memory, at once: does the script hold together?"))  # fmt: skip
        browser = st.button(_("Dry run in a browser"), key="try_browser", icon=":material/play_arrow:",
                            help=_("As a citizen would see it, kept in the study “trial”."))  # fmt: skip
    if at_once:
        done = trying.rehearsed(on.text, on.journey.path.name, on.journey.path.parent, variant, tongue)
        if done.trouble:
            look.trouble(done.trouble)
        else:
            st.success(_("The script holds together: {n} steps rehearsed.").format(n=done.steps))
        st.code(done.script or " ", language=None, height=300)
    if browser:
        path = trying.put_down(look.space(), on.text, on.journey, now())
        set_off(running.Plan(path, variant, tongue, 1, "browser", None, "trial"))
    if run := look.followed("walk"):
        watch(run)


look.heading(_("Editor"), _("Write a journey as a text or step by step, try it, and save it when it is right."))
if (there := st.session_state.pop("step_wanted", None)) is not None:
    st.session_state["step_chosen"] = there
if on := opened():
    overtaken = st.session_state.get("overtaken")
    above(on)
    if overtaken:
        both(on, overtaken)
    merge_told(st.session_state.pop("merged_clashes", None))
    wrong = problems(on.text, on.journey.path.name, on.journey.path.parent)
    journey = None if wrong else parse_journey(on.text, on.journey.path.name, on.journey.path.parent)
    st.session_state.setdefault("editor_view", "text")
    view = st.segmented_control(
        _("How it is written"), ["text", "steps"], key="editor_view", required=True,
        format_func=lambda view: {"text": _("As text"), "steps": _("Step by step")}[view], label_visibility="collapsed",
    )  # fmt: skip
    if view == "steps":
        if (text := step_builder(on, journey)) is not None:
            replaced(text)
        for problem in wrong:
            look.trouble(problem.message)
    else:
        as_text(on, wrong, journey)
    if journey is not None:
        try_it(on, journey)
    else:
        st.info(_("It can be tried once nothing is wrong in it."))
