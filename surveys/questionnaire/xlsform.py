"""A form that people already have, as KoboToolbox, ODK, SurveyCTO and others use it: an XLSForm made a questionnaire.

pyxform (BSD-2-Clause) reads the sheets, their translations and old spellings; what the participants' pages have no
place for is listed, line by line, and nothing is left out in silence. Specification: https://xlsform.org/en/
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from babel import Locale
from pydantic import ValidationError
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from studies.misfits import first_misfit
from studies.troubles import WrongInput
from studies.words import _
from surveys.questionnaire.asked import Questionnaire, Text
from surveys.questionnaire.rules import Rule, names_in, read_rule

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_ON_A_PAGE: Final = 8

KINDS: Final = {
    "text": "text", "string": "text", "integer": "number", "int": "number", "decimal": "number",
    "select one": "single", "select all that apply": "multiple", "rank": "ranking", "range": "scale",
    "acknowledge": "consent", "trigger": "consent",
}  # fmt: skip
#: what devices tell of themselves, which nobody is asked: the lab has its own times and pseudonyms
METADATA: Final = frozenset(
    ("start", "end", "today", "deviceid", "phonenumber", "username", "email", "audit", "subscriberid", "simserial",
     "start-geopoint", "background-audio", "meta")
)  # fmt: skip
_RANGE: Final = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")
#: an answer as a rule names it, after the question that it is compared with
_ANSWER: Final = re.compile(
    r"(?P<before>\$\{(?P<question>\w+)\}\s*(?:!?=|,)\s*)(?P<choice>'[^']*'|\"[^\"]*\"|-?[\w.][\w.-]*)"
)
_CODE: Final = re.compile(r"\(([A-Za-z]{2,3})(?:-[A-Za-z0-9]+)?\)\s*$")


def read_xlsform(path: Path) -> tuple[Questionnaire, list[str]]:
    """A questionnaire, and a line for each thing of the form that has no place in it.

    Raises WrongInput when it is no XLSForm, or when nothing is left to ask.
    """
    form, warned = _opened(path)
    reading = _Reading(form)
    reading.children(form.get("children", []), [], [])
    reading.close_page()
    if not reading.pages:
        raise WrongInput(
            _("{file}: nothing is left to ask. {lines}").format(file=path.name, lines=" ".join(reading.left_out[:3]))
        )
    told = {
        "questionnaire": _name(str(form.get("id_string") or path.stem)) or "form",
        "title": reading.text(form.get("title") or path.stem),
        "pages": reading.pages,
    }
    try:
        return Questionnaire.model_validate(told), [*reading.left_out, *(f"pyxform: {line}" for line in warned)]
    except ValidationError as wrong:
        raise WrongInput(f"{path.name}: {first_misfit(wrong)[1]}.") from None


def _opened(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise WrongInput(
                _("{file} is larger than a form can be ({n} MB).").format(file=path.name, n=size // 1_000_000)
            )
        if path.suffix.lower() != ".xls":
            with zipfile.ZipFile(path) as parts:
                if sum(one.file_size for one in parts.infolist()) > MOST_UNPACKED:
                    raise WrongInput(
                        _("{file} unpacks to more than a form can be; it is not opened.").format(file=path.name)
                    )
        warned: list[str] = []
        return workbook_to_json(get_xlsform(str(path)), fallback_form_name=path.stem, warnings=warned), warned
    except FileNotFoundError:
        raise WrongInput(_("There is no form {file}.").format(file=path)) from None
    except (PyXFormError, zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as cause:
        why = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        raise WrongInput(_("{file} cannot be read as an XLSForm: {why}").format(file=path.name, why=why)) from None


class _Reading:
    """Goes through a form from top to bottom, and notes what has no place."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self.pages: list[dict[str, Any]] = []
        self.left_out: list[str] = []
        self.ids: dict[str, str] = {}  # the form's name of a question -> ours
        self.kept: set[str] = set()
        self.choices: dict[str, dict[str, str]] = {}  # our question -> the form's name of a choice -> ours
        self.default = form.get("default_language") or "default"
        self.languages = sorted({code for label in _labels(form) for code in self._codes(label)} or {"en"})
        self.title: Any = form.get("title") or ""
        self._open: list[dict[str, Any]] = []
        self._notes: list[Any] = []
        self._rules: list[str] = []
        self._named = ""

    def leave(self, name: str, why: str) -> None:
        self.left_out.append(f"{name}: {why}")

    def children(self, some: list[dict[str, Any]], names: list[str], rules: list[str]) -> None:
        for one in some:
            kind, name = str(one.get("type", "")), str(one.get("name", ""))
            if kind == "group" and name != "meta":
                self.close_page()
                rule = self.rule(one, name)
                before = self.title
                self.title = one.get("label") or before
                self._for_group(name, [*rules, *([rule] if rule else [])])
                self.children(one.get("children", []), [*names, name], [*rules, *([rule] if rule else [])])
                self.close_page()
                self.title = before
                self._for_group(names[-1] if names else "", rules)
            elif kind == "note":
                self._notes.append(self.text(one.get("label") or ""))
                if one.get("bind", {}).get("relevant"):
                    self.leave(name, _("a note is shown to everybody who comes to its page"))
            elif kind in KINDS:
                self.question(one, kind, name)
            elif kind in METADATA or name == "meta":
                if name not in ("meta", "instanceID"):
                    self.leave(name, _("what a device tells of itself ({kind}) is not asked").format(kind=kind))
            elif kind == "repeat":
                self.leave(name, _("a part that repeats has no place; ask it once, or in a further invitation"))
            else:
                self.leave(name, _("a question of the type “{kind}” has no place").format(kind=kind))

    def _for_group(self, name: str, rules: list[str]) -> None:
        self._named, self._rules = name, rules

    def question(self, one: dict[str, Any], kind: str, name: str) -> None:
        bind = one.get("bind", {})
        question: dict[str, Any] = {
            "id": self.own(name),
            "kind": KINDS[kind],
            "text": self.text(one.get("label") or name),
        }
        if one.get("hint"):
            question["hint"] = self.text(one["hint"])
        if str(bind.get("required", "")).lower() in ("yes", "true()", "true", "1"):
            question["required"] = True
        elif bind.get("required"):
            self.leave(name, _("whether it must be answered hangs on a formula; it may be left out"))
        if question["kind"] in ("single", "multiple", "ranking"):
            names = self.choices[question["id"]] = _choices([str(c["name"]) for c in one.get("choices", [])])
            choices = [{"choice": names[str(c["name"])], "text": self.text(c.get("label") or c["name"])}
                       for c in one.get("choices", [])]  # fmt: skip
            if len(choices) < 2:
                self.leave(name, _("its choices are not in the form"))
                return
            question["choices"] = choices
            if str(one.get("parameters", {}).get("randomize", "")).lower() == "true":
                question["shuffled"] = True
        if question["kind"] == "scale":
            told = one.get("parameters", {})
            question |= {"low": float(told.get("start", 1)), "high": float(told.get("end", 10))}
            question["step"] = float(told.get("step", 1))
        if kind in ("integer", "int"):
            question["whole"] = True
        self._constrained(question, bind, name)
        for part, why in (
            ("choice_filter", _("choices that hang on earlier answers are all shown")),
            ("default", _("a value filled in beforehand is not taken over: it would be an answer that nobody gave")),
            ("media", _("pictures and sound beside a question are not taken over")),
        ):
            if one.get(part) or (part == "choice_filter" and "[" in str(one.get("query", ""))):
                self.leave(name, why)
        appearance = one.get("control", {}).get("appearance")
        if appearance:
            self.leave(name, _("how it is drawn (“{look}”) is not taken over").format(look=appearance))
        rule = self.rule(one, name)
        on_page = {q["id"] for q in self._open}
        if len(self._open) >= MOST_ON_A_PAGE or (rule and names_in(read_rule(rule)) & on_page):
            self.close_page()
        if rule:
            question["when"] = rule
        self._open.append(question)
        self.kept.add(question["id"])

    def _constrained(self, question: dict[str, Any], bind: Mapping[str, Any], name: str) -> None:
        formula = str(bind.get("constraint", "")).strip()
        if not formula:
            return
        parts = [_RANGE.fullmatch(part.strip()) for part in re.split(r"\band\b", formula)]
        if question["kind"] != "number" or not all(parts):
            self.leave(name, _("the condition “{formula}” on its answer is not checked").format(formula=formula))
            return
        for part in parts:
            assert part is not None
            sign, limit = part[1], float(part[2])
            if sign in (">", "<"):
                if not question.get("whole"):
                    self.leave(name, _("the limit {limit} itself is let through").format(limit=part[2]))
                else:
                    limit += 1 if sign == ">" else -1
            question["low" if sign.startswith(">") else "high"] = limit

    def rule(self, one: Mapping[str, Any], name: str) -> str | None:
        """Who is asked this, in our words; None for everybody, or where the formula says more than a rule can."""
        formula = str(one.get("bind", {}).get("relevant", "")).strip()
        if not formula:
            return None
        unknown: list[str] = []

        def own(found: re.Match[str]) -> str:
            ours = self.ids.get(found[1], "")
            if ours not in self.kept:
                unknown.append(found[1])
            return f"${{{ours or 'left_out'}}}"

        def chosen(found: re.Match[str]) -> str:
            ours = self.choices.get(found["question"], {}).get(found["choice"].strip("'\""))
            return found[0] if ours is None else f"{found['before']}'{ours}'"

        ours = re.sub(r"\.\./([\w.-]+)", own, re.sub(r"\$\{\s*([^}]+?)\s*\}", own, formula))
        ours = _ANSWER.sub(chosen, ours)
        try:
            if self._ranked(read_rule(ours)):
                raise WrongInput(ours)
        except WrongInput:
            self.leave(name, _("the formula “{formula}” cannot be kept; everybody is asked").format(formula=formula))
            return None
        if unknown:
            told = _("its rule looks at “{name}”, which is left out; everybody is asked")
            self.leave(name, told.format(name=unknown[0]))
            return None
        return ours

    def _ranked(self, rule: Rule) -> bool:
        """Whether a rule asks which of two choices is greater, where their names are no longer the form's."""
        if rule[0] in ("and", "or", "not"):
            return any(self._ranked(part) for part in rule[1:])
        return rule[0] in ("<", "<=", ">", ">=") and any(a != b for a, b in self.choices.get(rule[1], {}).items())

    def close_page(self) -> None:
        """Put the questions gathered so far on a page."""
        if not self._open:
            return
        name = self.own(self._named or f"page_{len(self.pages) + 1}", page=True)
        page: dict[str, Any] = {"page": name, "title": self.text(self.title), "questions": self._open}
        if self._notes:
            page["lead"] = {code: "\n".join(note.get(code, "") for note in self._notes) for code in self.languages}
        if self._rules:
            page["when"] = " and ".join(f"({rule})" for rule in self._rules)
        self.pages.append(page)
        self._open, self._notes = [], []

    def own(self, name: str, page: bool = False) -> str:
        """A name of ours for a question or a page, that no other has."""
        ours = _name(name) or "question"
        taken = {one["page"] for one in self.pages} | {"consent"} if page else set(self.ids.values())
        wanted, n = ours, 1
        while wanted in taken:
            n += 1
            wanted = f"{ours[:55]}_{n}"
        if not page:
            self.ids[name] = wanted
        return wanted

    def text(self, label: Any) -> Text:
        """A label in every language of the form; where one is missing, the default stands in for it."""
        if not isinstance(label, Mapping):
            return dict.fromkeys(self.languages, _plain(label))
        told = {self._code(language): _plain(words) for language, words in label.items() if words}
        stands_in = told.get(self._code(self.default)) or next(iter(told.values()), "")
        return {code: told.get(code, stands_in) for code in self.languages}

    def _codes(self, label: Any) -> set[str]:
        return {self._code(language) for language in label} if isinstance(label, Mapping) else set()

    def _code(self, language: str) -> str:
        if found := _CODE.search(language):
            return found[1].lower()
        if language == "default":
            return "en" if self.default == "default" else self._code(self.default)
        names = Locale("en").languages
        return next((c for c, name in names.items() if name.lower() == language.strip().lower()), language.lower()[:8])


def _labels(part: Mapping[str, Any]) -> list[Any]:
    found = [part.get("label")]
    for inner in [
        *part.get("children", []),
        *(part.get("choices") or [] if isinstance(part.get("choices"), list) else []),
    ]:
        found += _labels(inner)
    return [one for one in found if one]


def _plain(words: Any) -> str:
    return re.sub(r"\s+", " ", str(words)).strip()


def _name(text: str) -> str:
    name = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")[:60]
    return name if name[:1].isalpha() else f"q_{name}"[:60] if name else ""


def _choices(names: list[str]) -> dict[str, str]:
    """The form's names of choices as names of ours, no two alike: what is named as ours are stays as it is."""
    ours: dict[str, str] = {}
    for name in sorted(names, key=lambda one: _choice(one) != one):
        wanted, n = _choice(name), 1
        while wanted in ours.values():
            n += 1
            wanted = f"{_choice(name)[:55]}_{n}"
        ours[name] = wanted
    return ours


def _choice(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).lstrip(".-")[:60]
    return name or "choice"
