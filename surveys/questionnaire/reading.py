"""A questionnaire as somebody writes it down: pages of own questions, instruments by name, who is asked what.

    questionnaire: after_renewal
    title: {en: Renewing a vehicle, ar: تجديد مركبة}
    purposes: [answers, joined, quotes]
    screener:
      takes: used = yes
      questions:
        - {id: used, kind: single, text: Have you renewed a vehicle this year?, choices: {"yes": "Yes", "no": "No"}}
    asks:
      - instrument: sus
      - shuffled: [{instrument: seq}, {instrument: umux_lite}]
      - page: about_you
        title: About you
        when: used = yes
        questions: [...]
      - {id: comment, kind: text, text: What should change?}      # a page of its own
    quotas:
      - {quota: young, when: age < 30, most: 50}

A text is a string or a map of languages; choices are a map from name to text, or a list of choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from studies.events import hint
from studies.misfits import dotted, first_misfit
from studies.planning.study import shipped as studies_shipped
from studies.store import Store
from studies.store.doors import keep_questionnaire, questionnaire_kept
from studies.troubles import WrongInput
from studies.words import N_, _
from studies.workspace import Workspace
from surveys.instruments import instrument as instrument_named
from surveys.questionnaire.asked import Page, Questionnaire
from surveys.questionnaire.instrument_pages import page_of

#: purposes that the pages have words for: what answers are wanted for, and what is done then
PURPOSES: Final = {
    "answers": N_("Your answers are stored without your name and used to improve the service."),
    "joined": N_("My answers may be looked at together with what was observed of my visit."),
    "quotes": N_("What I write may be quoted, without my name."),
    "contact": N_("I may be asked again about this later."),
}


def of_instruments(names: Sequence[str], space: Workspace | None = None) -> Questionnaire:
    """A questionnaire that asks instruments, one page each, and nothing besides."""
    if not names:
        raise WrongInput(_("An invitation needs an instrument to ask, such as sus."))
    pages = [page_of(instrument_named(name, space)) for name in names]
    return Questionnaire(questionnaire="_".join(names)[:60], pages=pages)


def read_questionnaire(path: Path, space: Workspace | None = None) -> Questionnaire:
    """A questionnaire from its file: YAML, or an XLSForm. Raises WrongInput naming the place and what is wrong."""
    if path.suffix.lower() in (".xlsx", ".xls", ".xlsm"):
        from surveys.questionnaire.xlsform import read_xlsform

        return read_xlsform(path)[0]
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WrongInput(
            _("There is no questionnaire {path}. {there}").format(path=path, there=there_are(space))
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        mark = getattr(cause, "problem_mark", None)
        where = _("line {line} of {file}").format(line=mark.line + 1, file=path.name) if mark else path.name
        raise WrongInput(
            _("{where}: this is no YAML ({cause}). Indent with spaces and quote a text that has a colon.").format(
                where=where, cause=getattr(cause, "problem", cause)
            )
        ) from None
    return questionnaire_of(told, path.name, space)


def questionnaire_of(told: Any, where: str, space: Workspace | None = None) -> Questionnaire:
    """A questionnaire from what a file says. Raises WrongInput naming the place."""
    if not isinstance(told, dict) or not isinstance(told.get("asks"), list) or not told["asks"]:
        raise WrongInput(
            _("{where}: a questionnaire is keys with values, and asks: is a list of what is asked.").format(where=where)
        )
    if mistaken := sorted(set(told) - {"questionnaire", "title", "purposes", "screener", "asks", "quotas"}):
        there = ["questionnaire", "title", "purposes", "screener", "asks", "quotas"]
        raise WrongInput(
            _("{where}: “{name}” is not known. There are: {there}.{hint}").format(
                where=where, name=mistaken[0], there=", ".join(there), hint=hint(mistaken[0], there)
            )
        )
    whole = dict(told)
    whole.setdefault("questionnaire", Path(where).stem.lower().replace("-", "_").replace(" ", "_"))
    whole["purposes"] = [
        one if isinstance(one, dict) else {"purpose": one} for one in told.get("purposes", ["answers"])
    ]
    for one in whole["purposes"]:
        if not one.get("text") and one.get("purpose") not in PURPOSES:
            raise WrongInput(
                _(
                    "{where}: the purpose “{purpose}” needs a text that says what it is. There are words for: {there}."
                ).format(where=where, purpose=one.get("purpose"), there=", ".join(PURPOSES))
            )
    pages, groups = [], []
    for number, block in enumerate(whole.pop("asks")):
        place = f"{where}, asks.{number}"
        inner = block.get("shuffled") if isinstance(block, dict) and set(block) == {"shuffled"} else None
        if inner is not None:
            if not isinstance(inner, list):
                raise WrongInput(_("{place}: shuffled: is a list of pages.").format(place=place))
            some = [_page(one, f"{place}.shuffled.{n}", space) for n, one in enumerate(inner)]
            groups.append([one["page"] for one in some])
            pages += some
        else:
            pages.append(_page(block, place, space))
    if "screener" in whole:
        whole["screener"] = _screener(whole["screener"], f"{where}, screener")
    try:
        return Questionnaire.model_validate({**whole, "pages": pages, "shuffled": groups})
    except ValidationError as wrong:
        at, says = first_misfit(wrong)
        raise WrongInput(f"{where}{', ' + dotted(at) if at else ''}: {says}.") from None


def _page(block: Any, where: str, space: Workspace | None) -> dict[str, Any]:
    """One block of `asks` as a page: an instrument, a page of own questions, or one question on a page of its own."""
    if not isinstance(block, dict):
        raise WrongInput(
            _("{where}: write instrument: NAME, page: NAME with questions:, or a question with its id:.").format(
                where=where
            )
        )
    if "instrument" in block:
        if more := sorted(set(block) - {"instrument", "when", "shuffled"}):
            raise WrongInput(
                _("{where}: “{name}” does not belong to an instrument; when and shuffled do.").format(
                    where=where, name=more[0]
                )
            )
        asked = instrument_named(str(block["instrument"]), space)
        return page_of(asked, block.get("when"), bool(block.get("shuffled"))).model_dump(mode="json")
    if "questions" in block:
        questions = [_question(one, f"{where}.questions.{n}") for n, one in enumerate(block["questions"] or [])]
        return {**block, "page": block.get("page"), "title": block.get("title") or "", "questions": questions}
    question = _question(block, where)
    when = question.pop("when", None)
    return {"page": question.get("id"), "title": question.get("text"), "questions": [question], "when": when}


def _question(told: Any, where: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise WrongInput(_("{where}: a question has id, kind and text.").format(where=where))
    question = dict(told)
    choices = question.get("choices")
    if isinstance(choices, dict):
        # YAML reads a bare yes and no as true and false.
        named = {{True: "yes", False: "no"}.get(name, str(name)): text for name, text in choices.items()}
        question["choices"] = [{"choice": name, "text": text} for name, text in named.items()]
    return question


def _screener(told: Any, where: str) -> dict[str, Any]:
    if not isinstance(told, dict) or "takes" not in told or not told.get("questions"):
        raise WrongInput(
            _("{where}: a screener has questions:, and takes: with the rule by which one takes part.").format(
                where=where
            )
        )
    questions = [_question(one, f"{where}.questions.{n}") for n, one in enumerate(told["questions"])]
    title = told.get("title") or questions[0].get("text")
    page = {"page": told.get("page", "screener"), "title": title, "lead": told.get("lead"), "questions": questions}
    return {"page": page, "takes": told["takes"]}


def there_are(space: Workspace | None) -> str:
    """The questionnaires at hand, in words."""
    there = sorted(path.stem for path in (space.root / "questionnaires").glob("*.yaml")) if space else []
    if not there:
        return _("Write one, or name an instrument.")
    return _("In the workspace there are: {there}.").format(there=", ".join(there))


def questionnaire_named(name: str, space: Workspace | None = None) -> Questionnaire:
    """A questionnaire by its file, by its name in the workspace or beside a shipped study."""
    path = Path(name)
    beside = [path.parent for path in studies_shipped().values()] + ([space.root / "questionnaires"] if space else [])
    for folder in beside:
        if (folder / f"{name}.yaml").is_file() and "/" not in name:
            return read_questionnaire(folder / f"{name}.yaml", space)
    return read_questionnaire(path, space)


def keep(store: Store, asked: Questionnaire) -> str:
    """Keep what is asked, word for word; gives its checksum."""
    return keep_questionnaire(store, asked.kept())


def kept(store: Store, digest: str) -> Questionnaire | None:
    """What was asked, by its checksum."""
    body = questionnaire_kept(store, digest)
    return None if body is None else Questionnaire.model_validate(body)


__all__ = ["PURPOSES", "Page", "keep", "kept", "of_instruments", "questionnaire_named", "read_questionnaire"]
