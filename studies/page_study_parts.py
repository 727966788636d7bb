"""The parts of a study's protocol as fields; each gives its part anew when something in it was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import pandas as pd
import streamlit as st

from studies import page_look as look
from studies.planning.designing import Designing, part
from studies.planning.protocol import Analysis, Hypothesis, Planning
from studies.words import _, direction, in_a_row

Changes = dict[str, Any]
NEW: Final = "study fields"  # which fields are on the page: new ones when the text was changed elsewhere
EXPECTS: Final = get_args(Hypothesis.model_fields["expects"].annotation)
COMPARED: Final = get_args(Analysis.model_fields["compare"].annotation)


def touched(what: str) -> None:
    """Remember which part the reader has just changed."""
    st.session_state["study touched"] = what


def fields(on: Designing, what: str) -> Callable[[str], dict[str, Any]]:
    """What every field of a part needs: a key of its own, and that a change of it is noticed."""
    mark = st.session_state.setdefault(NEW, on.version)
    return lambda name: {"key": f"study {on.name} {mark} {name}", "on_change": touched, "args": (what,)}


def changed(what: str, told: Changes) -> Changes:
    """The part anew, if the reader changed it just now."""
    if st.session_state.get("study touched") != what:
        return {}
    st.session_state.pop("study touched")
    return told


def both(text: Any) -> tuple[str, str]:
    """A text in English and Arabic, as two fields show it."""
    if isinstance(text, Mapping):
        return str(text.get("en") or ""), str(text.get("ar") or "")
    return str(text or ""), ""


def worded(english: str | None, arabic: str | None) -> Any:
    """Two fields as a text in the languages that it was written in; None where it was in none."""
    told = {code: text.strip() for code, text in (("en", english or ""), ("ar", arabic or "")) if text.strip()}
    return told or None


def rows(
    on: Designing, name: str, columns: Mapping[str, Any], told: Sequence[Mapping[str, Any]], label: str, key: Any
) -> list[dict[str, Any]]:
    """A list of alike things as a table that can be added to; rows without their first column do not count."""
    st.markdown(f"**{label}**")
    kept = f"study rows {key['key']}"
    first = pd.DataFrame(list(told), columns=list(columns)).astype(object)
    edited = st.data_editor(
        st.session_state.setdefault(kept, first.where(first.notna(), None)), column_config=dict(columns),
        column_order=list(columns)[::-1] if direction() == "rtl" else None,  # a canvas that knows no direction
        num_rows="dynamic", hide_index=True, width="stretch", **key,
    )  # fmt: skip
    lead = next(iter(columns))
    told_rows = edited.astype(object).where(edited.notna(), None).to_dict("records")
    return [{k: v for k, v in row.items() if v not in (None, "")} for row in told_rows if row.get(lead)]


def question(on: Designing, known: Mapping[str, Mapping[str, str]]) -> Changes:
    """What the study is called and asks, and what is expected before anybody looks."""
    key = fields(on, "question")
    title, asked = both(part(on.text, "title")), both(part(on.text, "question"))
    left, right = st.columns(2)
    told: Changes = {
        "title": worded(left.text_input(_("Title in English"), title[0], **key("title en")),
                        right.text_input(_("Title in Arabic"), title[1], **key("title ar"))),
        "question": worded(left.text_area(_("Question in English"), asked[0], height=80, **key("question en")),
                           right.text_area(_("Question in Arabic"), asked[1], height=80, **key("question ar"))),
    }  # fmt: skip
    measures = [*known["metrics"], *known["instruments"]]
    columns = {
        "hypothesis": st.column_config.TextColumn(_("Name"), validate=r"^[a-z0-9][a-z0-9_-]*$"),
        "en": st.column_config.TextColumn(_("In English")),
        "ar": st.column_config.TextColumn(_("In Arabic")),
        "measure": st.column_config.SelectboxColumn(_("Measure"), options=measures),
        "expects": st.column_config.SelectboxColumn(_("Expects it"), options=list(EXPECTS)),
    }
    there = part(on.text, "hypotheses") or []
    shown = [{**one, "en": both(one.get("says"))[0], "ar": both(one.get("says"))[1]} for one in there]
    hypotheses = rows(on, "hypotheses", columns, shown, _("Hypotheses"), key("hypotheses"))
    told["hypotheses"] = [
        {"hypothesis": one["hypothesis"], "says": worded(one.get("en"), one.get("ar")) or one["hypothesis"],
         "measure": one.get("measure", measures[0]), "expects": one.get("expects", EXPECTS[-1])}
        for one in hypotheses
    ] or None  # fmt: skip
    return changed("question", told)


def tasks(on: Designing, known: Mapping[str, Mapping[str, str]], variants: Callable[..., list[str]]) -> Changes:
    """Which journeys are walked, and under which conditions."""
    key = fields(on, "tasks")
    there = list(part(on.text, "tasks") or [])
    every = dict.fromkeys([*known["journeys"], *there])
    picked = st.multiselect(
        _("Tasks: journeys of the library"), list(every), [one for one in there if one in every],
        format_func=lambda one: f"{known['journeys'].get(one, one)} · {one}", **key("tasks"),
    )  # fmt: skip
    now = [str(one) for one in part(on.text, "conditions") or []]
    offered = variants(picked, Path(on.path).parent, look.space())
    conditions = st.multiselect(
        _("Conditions that are compared, in the order they are told"), list(dict.fromkeys([*now, *offered])), now,
        accept_new_options=True, help=_("Variants that all of these journeys have: {names}").format(
            names=in_a_row(offered) or _("none")), **key("conditions"),
    )  # fmt: skip
    return changed("tasks", {"tasks": picked, "conditions": conditions})


def people(on: Designing, known: Mapping[str, Mapping[str, str]]) -> Changes:
    """Who takes part, in which order they meet what, who is taken, and what they agree to."""
    key = fields(on, "people")
    told = dict(part(on.text, "participants") or {})
    many = dict(told.get("languages") or {"en": 4})
    one, two, three, four = st.columns([1, 1, 2, 2])
    english = one.number_input(_("English speakers"), 0, 10_000, int(many.get("en", 0)), **key("en"))
    arabic = two.number_input(_("Arabic speakers"), 0, 10_000, int(many.get("ar", 0)), **key("ar"))
    designs = {"within": _("everybody meets every condition"), "between": _("each participant meets one condition")}
    orders = {"balanced": _("balanced (Latin squares)"), "as_told": _("as told, for all alike")}
    design = three.selectbox(_("Design"), list(designs), list(designs).index(told.get("design", "within")),
                             format_func=designs.__getitem__, **key("design"))  # fmt: skip
    order = four.selectbox(_("Order"), list(orders), list(orders).index(told.get("order", "balanced")),
                           format_func=orders.__getitem__, **key("order"))  # fmt: skip
    counted = {code: int(n) for code, n in (("en", english), ("ar", arabic)) if n}
    others = {code: n for code, n in many.items() if code not in ("en", "ar")}
    new: Changes = {**told, "languages": {**counted, **others}, "design": design, "order": order}
    new |= _agreed(told, known["purposes"], key)
    new |= _taken(on, told, key)
    return changed("people", {"participants": {name: value for name, value in new.items() if value not in (None, [])}})


def _agreed(told: Mapping[str, Any], purposes: Mapping[str, str], key: Any) -> Changes:
    consent = told.get("consent") or ["answers"]
    named = [one for one in consent if isinstance(one, str)]
    own = next((one for one in consent if isinstance(one, Mapping)), {})
    kept = [one for one in consent if isinstance(one, Mapping)][1:]
    chosen = st.multiselect(
        _("What they agree to"), list(purposes), [one for one in named if one in purposes],
        format_func=lambda one: purposes[one], **key("consent"),
    )  # fmt: skip
    english, arabic = both(own.get("text"))
    left, right = st.columns(2)
    text = worded(left.text_input(_("One more consent, in English"), english, **key("consent en")),
                  right.text_input(_("The same in Arabic"), arabic, **key("consent ar")))  # fmt: skip
    more = [{"purpose": own.get("purpose", "more"), "text": text}] if text else []
    return {"consent": [*chosen, *more, *kept]}


def _taken(on: Designing, told: Mapping[str, Any], key: Any) -> Changes:
    screener = told.get("screener") or {}
    shown = [
        {"id": one.get("id"), "kind": one.get("kind", "single"), "en": both(one.get("text"))[0],
         "ar": both(one.get("text"))[1], "choices": _choices_told(one.get("choices"))}
        for one in screener.get("questions", [])
    ]  # fmt: skip
    columns = {
        "id": st.column_config.TextColumn(_("Name"), validate=r"^[a-z][a-z0-9_]*$"),
        "kind": st.column_config.SelectboxColumn(_("Kind"), options=["single", "number"]),
        "en": st.column_config.TextColumn(_("In English")),
        "ar": st.column_config.TextColumn(_("In Arabic")),
        "choices": st.column_config.TextColumn(_("Choices"), help=_("name = English / Arabic; one after the other")),
    }
    asked = rows(on, "screener", columns, shown, _("Screener: asked first"), key("screener"))
    takes = st.text_input(_("Who is taken"), screener.get("takes", ""), placeholder="used = yes", **key("takes"))
    quotas = rows(on, "quotas", {
        "quota": st.column_config.TextColumn(_("Name"), validate=r"^[a-z0-9][a-z0-9_-]*$"),
        "when": st.column_config.TextColumn(_("Who belongs to it"), help="age < 30"),
        "most": st.column_config.NumberColumn(_("At most"), min_value=1, step=1),
    }, told.get("quotas") or [], _("Quotas"), key("quotas"))  # fmt: skip
    questions = [
        {"id": one["id"], "kind": one.get("kind", "single"), "text": worded(one.get("en"), one.get("ar")) or one["id"],
         **({"choices": _choices_read(str(one["choices"]))} if one.get("choices") else {})}
        for one in asked
    ]  # fmt: skip
    kept = {k: v for k, v in screener.items() if k not in ("questions", "takes")}
    return {
        "screener": {**kept, "takes": takes, "questions": questions} if questions or takes else None,
        "quotas": [{**one, "most": int(one.get("most", 1))} for one in quotas],
    }


def _choices_told(choices: Any) -> str:
    if not isinstance(choices, Mapping):
        return ""
    return "; ".join(f"{name} = {' / '.join(t for t in both(text) if t)}" for name, text in choices.items())


def _choices_read(told: str) -> dict[str, Any]:
    found = {}
    for one in told.split(";"):
        name, _sign, text = one.partition("=")
        english, _slash, arabic = text.partition("/")
        if name.strip():
            found[name.strip()] = worded(english, arabic) or name.strip()
    return found


def asked(on: Designing, known: Mapping[str, Mapping[str, str]]) -> Changes:
    """Which questionnaires are asked, after each task and when everything is over."""
    key = fields(on, "asked")
    told = dict(part(on.text, "questionnaires") or {})
    new = {}
    for when, label in (("after_task", _("After each task")), ("at_end", _("When everything is over"))):
        there = list(told.get(when) or [])
        every = list(dict.fromkeys([*there, *known["instruments"]]))
        new[when] = st.multiselect(
            label, every, there, format_func=lambda one: f"{known['instruments'].get(one, one)} · {one}",
            accept_new_options=True, **key(when),
        )  # fmt: skip
    return changed("asked", {"questionnaires": new})


def analysis(on: Designing, known: Mapping[str, Mapping[str, str]]) -> Changes:
    """When no further participant is asked, and what will be compared: settled before anybody looks."""
    key = fields(on, "analysis")
    measures = [*known["metrics"], *known["instruments"]]
    stopping = dict(part(on.text, "stopping") or {})
    one, two, three = st.columns(3)
    none = _("when all planned took part")
    measure = one.selectbox(_("Stop"), [None, *measures],
                            (measures.index(stopping["measure"]) + 1) if stopping.get("measure") in measures else 0,
                            format_func=lambda m: _("when {measure} is known well enough").format(measure=m) if m
                            else none, **key("stop"))  # fmt: skip
    margin = two.number_input(_("Half the width of its interval"), 0.0, value=float(stopping.get("margin") or 0.0),
                              disabled=measure is None, **key("margin"))  # fmt: skip
    least = three.number_input(_("Not before so many"), 2, 10_000, int(stopping.get("at_least", 2)),
                               disabled=measure is None, **key("least"))  # fmt: skip
    rule = {"measure": measure, **({"margin": margin} if margin else {}), "at_least": int(least)} if measure else None
    names = [str(h.get("hypothesis")) for h in part(on.text, "hypotheses") or [] if isinstance(h, Mapping)]
    planned = rows(on, "analysis", {
        "measure": st.column_config.SelectboxColumn(_("Measure"), options=measures),
        "compare": st.column_config.SelectboxColumn(_("Compared by"), options=list(COMPARED)),
        "hypothesis": st.column_config.SelectboxColumn(_("Hypothesis"), options=names),
    }, part(on.text, "analysis") or [], _("Analysis plan"), key("analysis"))  # fmt: skip
    return changed("analysis", {"stopping": rule, "analysis": planned or None})


def planning(on: Designing) -> Changes:
    """What is assumed when the number of participants is planned."""
    key = fields(on, "planning")
    told = Planning.model_validate(part(on.text, "planning") or {})
    names = {
        "completion": (_("Share who complete"), 0.01, 0.99), "margin": (_("Half the interval wanted"), 0.01, 0.5),
        "better": (_("Share that must not be missed"), 0.01, 0.99),
        "together": (_("How far people fare alike in both (phi)"), 0.0, 0.99),
        "problem": (_("Chance that one person shows a problem"), 0.01, 0.99),
        "goal": (_("Share of problems to be seen"), 0.01, 0.99), "power": (_("Power wanted"), 0.5, 0.99),
        "difference": (_("Or: difference of means"), 0.0, 1e6), "spread": (_("Its spread (SD)"), 0.0, 1e6),
    }  # fmt: skip
    columns = st.columns(3)
    new: dict[str, float] = {}
    for nth, (name, (label, low, high)) in enumerate(names.items()):
        value = columns[nth % 3].number_input(
            label, low, high, float(getattr(told, name) or 0.0) if low == 0 else float(getattr(told, name) or low),
            step=0.01 if high < 1 else None, **key(name),
        )  # fmt: skip
        if low > 0 or value:
            new[name] = round(float(value), 6)
    return changed("planning", {"planning": {**(part(on.text, "planning") or {}), **new}})
