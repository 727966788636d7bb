"""The part of the editor for those who would rather not write YAML: a journey's steps as a list and a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from journeys import building, step_forms
from journeys.blueprint.names import demand_name, key_words
from journeys.building import Built, Place
from journeys.journey import Journey
from journeys.writing import Writing, what_it_does
from studies import page_look as look
from studies.planning.conditions import variant_name
from studies.topics import dictionary
from studies.troubles import Trouble
from studies.words import _


def step_builder(writing: Writing, journey: Journey | None) -> str | None:
    """The steps to be chosen, moved, changed, added and removed; the new text when one was. None: nothing was."""
    steps = building.steps_in(writing.text)
    if not steps:
        st.info(_("No steps can be read in the text. Mend it as YAML first."))
        return None
    by_place = {step.place: step for step in steps}
    if st.session_state.get("step_chosen") not in by_place:
        st.session_state["step_chosen"] = steps[0].place
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(height=560, border=True, key="step_list"):
        chosen = st.radio(
            _("Steps"),
            list(by_place),
            key="step_chosen",
            format_func=lambda place: "\u2003" * (len(place) - 1) + step_forms.told(by_place[place], journey),
        )
    with right:
        try:
            return _moving(writing, chosen) or _adding(writing, chosen) or _changing(writing, by_place[chosen], journey)
        except Trouble as trouble:
            look.trouble(str(trouble))
            return None


def _moving(writing: Writing, place: Place) -> str | None:
    with st.container(horizontal=True, key="step_moving"):
        if st.button(_("Earlier"), key="step_up", icon=":material/arrow_upward:"):
            _follow(writing, place, -1)
            return building.moved(writing.text, place, -1)
        if st.button(_("Later"), key="step_down", icon=":material/arrow_downward:"):
            _follow(writing, place, 1)
            return building.moved(writing.text, place, 1)
        if st.button(_("Remove"), key="step_remove", icon=":material/delete:"):
            return building.removed(writing.text, place)
    return None


def _follow(writing: Writing, place: Place, by: int) -> None:
    """The choice goes with the step that moves."""
    there = (*place[:-1], place[-1] + by)
    if any(step.place == there for step in building.steps_in(writing.text)):
        st.session_state["step_next"] = there


def _adding(writing: Writing, place: Place) -> str | None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="step_adding"):
        verb = st.selectbox(_("A new step behind it"), step_forms.VERBS, key="step_new_verb", format_func=what_it_does)
        if not st.button(_("Add"), key="step_add", icon=":material/add:"):
            return None
    there = (*place[:-1], place[-1] + 1)
    st.session_state["step_next"] = there
    return building.added(writing.text, there, step_forms.begun(verb))


def _changing(writing: Writing, step: Built, journey: Journey | None) -> str | None:
    """The form of one step; its fields are new ones whenever the text or the choice is another."""
    languages = list(journey.languages) if journey else ["en", "ar"]
    with st.form(f"step {writing.version} {step.place}"):
        st.markdown(f"**{what_it_does(step.verb or '')}**")
        said = _fields(step, languages)
        with st.expander(_("When, for whom, and what it asks of the citizen")):
            said = _remarks(said, step, languages, journey)
        if not st.form_submit_button(_("Take it over"), type="primary"):
            return None
    text = building.changed(writing.text, step.place, said)
    st.session_state["step_next"] = step.place
    return text if text != writing.text else None


def _fields(step: Built, languages: Sequence[str]) -> dict[str, Any]:
    """What the step's verb asks for."""
    said, verb = dict(step.said), step.verb
    match verb:
        case "visit":
            said["visit"] = st.text_input(_("Address below the base, such as /traffic/renew"), str(said["visit"] or ""))
        case "press" | "ask" | "submit":
            _target(said, verb, languages)
        case "give" | "choose":
            said[verb] = _data(said[verb] or {}, languages)
        case "upload":
            said[verb] = _data(said[verb] or {}, languages, document=True)
        case "expect":
            _expected(said, languages)
        case "call" | "attend":
            _conversation(said, verb)
        case "for each":
            said["for each"] = st.text_input(_("For each of, such as citizen.children"), str(said["for each"] or ""))
            said["as"] = st.text_input(_("Each one is called"), str(said.get("as") or ""))
        case None:
            st.caption(_("This is not a step yet: write its verb in the text."))
        case "send":
            st.caption(_("Recorded requests are changed in the text."))
    return said


def _in_languages(label: str, given: Mapping[str, str], key: str) -> dict[str, str]:
    """One field a language, each in its own direction."""
    columns = st.columns(len(given))
    return {
        code: column.text_input(f"{label} · {look.language_name(code)}", given[code], key=f"{key} {code}")
        for column, code in zip(columns, given, strict=True)
    }


def _target(said: dict[str, Any], verb: str, languages: Sequence[str]) -> None:
    whole = verb == "submit" and said[verb] in (True, None)
    given = step_forms.texts(None if whole else said[verb], languages)
    if given is None:
        st.caption(_("What to look for is said more exactly in the text, and stays as it is there."))
        return
    words = step_forms.text_of(_in_languages(_("The words on it"), given, "step words"))
    said[verb] = words if words or verb != "submit" else True
    if verb == "submit":
        st.caption(_("Left empty, the form that is being filled in is sent."))


def _data(given: Mapping[str, Any], languages: Sequence[str], document: bool = False) -> dict[str, Any]:
    """Which data, by the words of the dictionary, and what is given for each."""
    known = [*dictionary(), *(key for key in given if key not in dictionary())]
    chosen = st.multiselect(
        _("Documents") if document else _("What is given"),
        known,
        list(given),
        format_func=lambda key: f"{key_words(key)} ({key})",
        accept_new_options=True,
        key="step data",
    )
    found: dict[str, Any] = {}
    for datum in chosen:
        now = given.get(datum, "fixtures/" if document else step_forms.hole(datum))
        if not isinstance(now, str | bool):
            found[datum] = now
            continue
        label = key_words(datum)
        value = st.text_input(label, str(now).lower() if isinstance(now, bool) else now, key=f"step value {datum}")
        found[datum] = now if isinstance(now, bool) and value == str(now).lower() else value
    if not chosen:
        st.caption(_("Choose what is given, take it over, and say how if it is not what the citizen has at hand."))
    return found


def _expected(said: dict[str, Any], languages: Sequence[str]) -> None:
    now = said["expect"] if isinstance(said["expect"], Mapping) else {}
    given = step_forms.texts(now.get("text"), languages)
    if given is None or set(now) - {"text", "within"}:
        st.caption(_("What is waited for is said more exactly in the text, and stays as it is there."))
        return
    said["expect"] = {**now, "text": step_forms.text_of(_in_languages(_("The text to wait for"), given, "step shown"))}


def _conversation(said: dict[str, Any], verb: str) -> None:
    now = said[verb] if isinstance(said[verb], Mapping) else {}
    who = st.text_input(_("The agency that answers"), str(now.get("who") or ""))
    told = now.get("script")
    if isinstance(told, Mapping):
        st.caption(_("Each variant has a script of its own; they are changed in the text."))
    else:
        told = st.text_area(_("What is said, as a play script"), str(told or ""), height=160)
    said[verb] = {**now, "who": who, "script": told}


def _remarks(said: dict[str, Any], step: Built, languages: Sequence[str], journey: Journey | None) -> dict[str, Any]:
    one, two = st.columns(2)
    id_ = one.text_input(_("What the step is called in every log"), str(said.get("id") or ""))
    think = two.number_input(_("Seconds a citizen would think first"), 0.0, 3600.0, float(said.get("think") or 0.0))
    variants = list(dict.fromkeys([*(journey.variants if journey else ()), *(said.get("only") or ())]))
    only = st.multiselect(_("Only in these variants"), variants, said.get("only") or [], format_func=variant_name)
    now = said.get("when")
    when = step_forms.texts(now.get("text") if isinstance(now, Mapping) else None, languages)
    if when is not None:
        when = _in_languages(_("Only if this text is shown"), when, "step when")
    known = [demand for demand in said.get("demands") or [] if demand in step_forms.DEMANDS]
    demands = st.multiselect(_("It asks the citizen to"), step_forms.DEMANDS, known, format_func=demand_name)
    return step_forms.with_remarks(said, id_=id_, only=only, when=when, demands=demands, think=think)
