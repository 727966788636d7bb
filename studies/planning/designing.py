"""The studies that are being planned here: where each stands, its text as it is written, and how it is saved.

A study of one's own is a folder of the workspace with a study.yaml. What is typed is a draft until it is saved, and is
saved only over the version that was edited: of two people who edit one study neither loses an edit (`drafts.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from studies import archive, drafts, misfits
from studies.drafts import Draft, Overtaken
from studies.merging import Merged, merged
from studies.planning.assignment import schedule
from studies.planning.board import done_of
from studies.planning.freezing import all_frozen, frozen
from studies.planning.running import under_way
from studies.planning.study import Study, disagreements, shipped
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row, pick
from studies.workspace import Workspace
from studies.yaml_places import line_of

KIND: Final = "studies"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
DRAFT, FROZEN, RUNNING, DONE = "draft", "frozen", "running", "done"
#: the smallest study that can be run, and compares something
BLANK: Final = """\
study: {name}
title:
  en: {name}
question:
  en: What does the redesign change for citizens?
tasks: # journeys of the library, by agency and name
  - traffic/renew_vehicle
conditions: [as_is, redesigned]
participants:
  languages: {{en: 4, ar: 4}}
  design: within
  order: balanced
questionnaires:
  after_task: [seq]
  at_end: [sus]
analysis:
  - {{measure: silent_time}}
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake and the line that it is on; 0: the text as a whole."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One study in the list: where its file lies, and how far it is."""

    name: str
    title: str
    state: str
    path: Path
    own: bool
    planned: int = 0
    done: int = 0
    frozen_at: str = ""
    amendments: int = 0


@dataclass(frozen=True, slots=True)
class Designing:
    """A study's text under way: edited from which version, and the draft that it is kept in."""

    name: str
    path: Path
    own: bool
    text: str
    base: str
    draft: str
    version: str  # a new one whenever the text was changed by anything but typing

    @property
    def changed(self) -> bool:
        """Is there anything to save?"""
        return self.text != self.base


def own_folder(space: Workspace) -> Path:
    """Where studies of one's own lie."""
    return space.root / "studies"


def own_file(name: str, space: Workspace) -> Path:
    """The file of a study of one's own, there or not."""
    return own_folder(space) / name / "study.yaml"


def files(space: Workspace) -> dict[str, Path]:
    """Every study that can be opened, own ones before those that came with the lab, and those frozen elsewhere."""
    own = {path.parent.name: path for path in sorted(own_folder(space).glob("*/study.yaml"))}
    elsewhere = {one.study: Path(one.file) for one in all_frozen(space) if Path(one.file).is_file()}
    return {**elsewhere, **shipped(), **own}


def listed(space: Workspace) -> list[Listed]:
    """Every study with its state, by name; one that cannot be read yet is a draft."""
    observed = archive.studies_in(space)
    return [_listed(name, path, name in observed, space) for name, path in sorted(files(space).items())]


def _listed(name: str, path: Path, observed: bool, space: Workspace) -> Listed:
    own = path.is_relative_to(own_folder(space))
    study, _wrong = study_of(path.read_text(encoding="utf-8-sig"), path.name)
    title = pick(study.title) if study else name
    try:
        protocol = frozen(name, space)
    except Failed:  # tampered with: opening it says so
        protocol = None
    if study is None:
        return Listed(name, title, FROZEN if protocol else DRAFT, path, own)
    wanted = schedule(study)
    there = len(done_of(name, wanted, space)) if observed and protocol else 0
    state = DRAFT
    if under_way(name, space) is not None:
        state = RUNNING
    elif protocol is not None:
        state = DONE if there >= len(wanted) else FROZEN
    at, changes = (protocol.at[:16], len(protocol.changes)) if protocol else ("", 0)
    return Listed(name, title, state, path, own, len(wanted), there, at, changes)


def state_name(state: str) -> str:
    """How far a study is, in words."""
    return {DRAFT: _("draft"), FROZEN: _("frozen"), RUNNING: _("running"), DONE: _("done")}[state]


def study_of(text: str, file: str) -> tuple[Study | None, list[Problem]]:
    """The study that a text tells, and every mistake that it shows by itself, each with its line."""
    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as cause:
        mark = getattr(cause, "problem_mark", None)
        said = _("this is no YAML ({why}). Indent with spaces.").format(why=getattr(cause, "problem", None) or cause)
        return None, [Problem(mark.line + 1 if mark else 0, said)]
    if not isinstance(told, dict):
        return None, [Problem(0, _("{file}: a study is keys with values: study, title, tasks, …").format(file=file))]
    try:
        study = Study.model_validate(told)
    except ValidationError as wrong:
        return None, [problem(text, one["loc"], misfits.told(one)) for one in wrong.errors()]
    return study, [problem(text, place, message) for place, message in disagreements(study)]


def problem(text: str, place: Any, message: str) -> Problem:
    """A mistake at a place of a text, with its line."""
    where = misfits.dotted(place)
    line = line_of(text, place)
    said = _("line {line}, {where}: {message}.").format(line=line, where=where, message=message.rstrip("."))
    return Problem(line, said if where else message)


# --- writing ----------------------------------------------------------------------------------------------------------


def start_new(space: Workspace, name: str, like: str | None, now: datetime) -> Path:
    """Begin a study of one's own: blank, or like another one. Raises WrongInput for a name that is none, or taken."""
    if not NAME.fullmatch(name):
        raise WrongInput(_("A study's name has small letters, digits, _ and - only, such as renewal_2026."))
    if name in files(space):
        raise WrongInput(_("There is a study “{name}” already. Choose another name.").format(name=name))
    text = BLANK.format(name=name)
    if like is not None:
        there = files(space)
        if like not in there:
            known = in_a_row(there)
            raise WrongInput(_("There is no study “{name}”. There are: {there}.").format(name=like, there=known))
        text = re.sub(r"(?m)^study:.*$", f"study: {name}", there[like].read_text(encoding="utf-8-sig"), count=1)
    saved = drafts.save(own_file(name, space), text, None, now)
    if isinstance(saved, Overtaken):
        raise WrongInput(_("There is a study “{name}” already. Choose another name.").format(name=name))
    return saved.path


def opened(space: Workspace, name: str, draft: str | None = None) -> Designing:
    """A study to be written on: its text, or a draft of it. Raises WrongInput where it is gone or never was."""
    there = files(space)
    if name not in there:
        known = in_a_row(there)
        raise WrongInput(_("There is no study “{name}”. There are: {there}.").format(name=name, there=known))
    path = there[name]
    own = path.is_relative_to(own_folder(space))
    kept = drafts.draft(space, KIND, draft) if draft else None
    if kept is not None and kept.key == name:
        return Designing(name, path, own, kept.text, kept.base, kept.id, drafts.new_id())
    text = path.read_text(encoding="utf-8-sig")
    return Designing(name, path, own, text, text, drafts.new_id(), drafts.new_id())


def typed(space: Workspace, on: Designing, text: str, now: datetime) -> Designing:
    """The study with what was typed, kept as a draft until it is saved."""
    if text == on.text:
        return on
    written = replace(on, text=text)
    if not written.changed:
        drafts.forget_draft(space, KIND, on.draft)
        return written
    when = now.astimezone(UTC).isoformat(timespec="seconds")
    drafts.keep_draft(space, Draft(on.draft, KIND, on.name, text, on.base, when))
    return written


def rewritten(space: Workspace, on: Designing, text: str, now: datetime) -> Designing:
    """The same for a text that something else than typing has made: the field is to show it."""
    return replace(typed(space, on, text, now), version=drafts.new_id())


def save(space: Workspace, on: Designing, now: datetime) -> Designing | Overtaken:
    """Save it; Overtaken where somebody else saved another version meanwhile. A shipped study is never written over."""
    if not on.own:
        raise WrongInput(_("This study came with the lab. Begin one of your own like it, under another name."))
    study, _wrong = study_of(on.text, on.path.name)
    if study is not None and study.study != on.name:
        raise WrongInput(
            _("The text calls itself “{other}”, and this study is “{name}”. Put its name back, or begin a new one.")
            .format(other=study.study, name=on.name)
        )  # fmt: skip
    outcome = drafts.save(on.path, on.text, on.base, now)
    if isinstance(outcome, Overtaken):
        return outcome
    drafts.forget_draft(space, KIND, on.draft)
    return replace(on, base=on.text, draft=drafts.new_id())


def merge(space: Workspace, on: Designing, other: Overtaken, now: datetime) -> tuple[Designing, Merged]:
    """Both edits in one text, to be looked at and saved over theirs."""
    made = merged(other.base, other.mine, other.theirs, _("yours"), _("theirs, as remarks"))
    return rewritten(space, replace(on, base=other.theirs), made.text, now), made


def instead(space: Workspace, on: Designing, text: str, other: Overtaken, now: datetime) -> Designing:
    """One of the two versions, chosen with both in sight; what it replaces is kept among the earlier ones."""
    return rewritten(space, replace(on, base=other.theirs), text, now)


def with_part(text: str, key: str, value: Any) -> str:
    """The text with one part of it told anew; remarks and the lines of all other parts stay as they are.

    A value of None takes the part out. Raises WrongInput where the text is no YAML yet.
    """
    try:
        whole = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as cause:
        raise WrongInput(_("The text is no YAML at present: mend that first, in the view “As text”.")) from cause
    lines = text.splitlines()
    told = [] if value is None else _told(key, value)
    pairs = whole.value if isinstance(whole, yaml.MappingNode) else []
    for nth, (name, _node) in enumerate(pairs):
        if name.value == key:
            start = name.start_mark.line
            stop = pairs[nth + 1][0].start_mark.line if nth + 1 < len(pairs) else len(lines)
            while stop > start + 1 and (not lines[stop - 1].strip() or lines[stop - 1].startswith("#")):
                stop -= 1  # what stands over the next part is the next part's
            return "\n".join([*lines[:start], *told, *lines[stop:]]) + "\n"
    return "\n".join([*lines, *told]) + "\n"


def _told(key: str, value: Any) -> list[str]:
    """A part as people write it: lists of plain things on one line; the part itself never."""
    for flow in (None, False):
        written = yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=110, default_flow_style=flow)
        if not written.startswith("{"):
            break
    return str(written).rstrip("\n").split("\n")


def part(text: str, key: str) -> Any:
    """One part of a text as it stands; None where it has none, or is no YAML."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return told.get(key) if isinstance(told, Mapping) else None
