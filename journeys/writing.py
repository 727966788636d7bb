"""A journey being written: where its text comes from, what of it is not saved yet, and how it is saved.

A shipped journey is copied into the workspace the first time that it is saved; two people who edit one copy are both
heard (studies/drafts.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from journeys import shelf
from journeys.blueprint.names import key_words
from journeys.journey import STEPS, Journey, journey_schema
from journeys.personas import usual_keys
from journeys.reading import text_of
from journeys.steps import steps_of
from studies import drafts
from studies.drafts import Draft, Overtaken, Saved
from studies.merging import Merged, merged
from studies.topics import dictionary, known_words
from studies.troubles import WrongInput
from studies.words import _, language
from studies.workspace import Workspace

KIND: Final = "journeys"


@dataclass(frozen=True, slots=True)
class Writing:
    """A text under way: of which journey, edited from which version, and the draft it is kept in."""

    journey: shelf.Shelved
    text: str
    base: str
    draft: str
    version: str  # a new one whenever the text was changed by anything but typing

    @property
    def changed(self) -> bool:
        """Is there anything to save?"""
        return self.text != self.base


def opened(space: Workspace, key: str, draft: str | None = None) -> Writing:
    """A journey to be written on: its text, or a draft of it. Raises WrongInput for a journey that there is not."""
    journey = shelved(space, key)
    kept = drafts.draft(space, KIND, draft) if draft else None
    if kept is not None and kept.key == key:
        return Writing(journey, kept.text, kept.base, kept.id, drafts.new_id())
    text = text_of(journey.path)
    return Writing(journey, text, text, drafts.new_id(), drafts.new_id())


def shelved(space: Workspace, key: str) -> shelf.Shelved:
    """The journey of this key. Raises WrongInput, naming what there is, where it is gone or never was."""
    for one in shelf.shelf(space):
        if one.key == key:
            return one
    raise WrongInput(
        _("There is no journey “{key}” any more, or there never was. Search the library for it, or begin one.").format(
            key=key
        )
    )


def typed(space: Workspace, writing: Writing, text: str, now: datetime) -> Writing:
    """The writing with what was typed, kept as a draft until it is saved."""
    if text == writing.text:
        return writing
    written = replace(writing, text=text)
    keep(space, written, now)
    return written


def rewritten(space: Workspace, writing: Writing, text: str, now: datetime) -> Writing:
    """The same for a text that something else than typing has made: the field is to show it."""
    return replace(typed(space, writing, text, now), version=drafts.new_id())


def keep(space: Workspace, writing: Writing, now: datetime) -> None:
    """Keep the draft; a text that says what is saved already needs none."""
    if not writing.changed:
        drafts.forget_draft(space, KIND, writing.draft)
        return
    when = now.astimezone(UTC).isoformat(timespec="seconds")
    drafts.keep_draft(space, Draft(writing.draft, KIND, writing.journey.key, writing.text, writing.base, when))


def save(space: Workspace, writing: Writing, now: datetime) -> Writing | Overtaken:
    """Save it among the workspace's journeys; Overtaken where somebody else saved another version meanwhile."""
    path = shelf.own_path(space, writing.journey)
    if not writing.journey.own:
        shelf.bring_beside(writing.journey.path.parent, path.parent)
    base = writing.base if writing.journey.own or path.exists() else None
    outcome = drafts.save(path, writing.text, base, now)
    return outcome if isinstance(outcome, Overtaken) else _settled(space, writing, outcome)


def save_as(space: Workspace, writing: Writing, name: str, now: datetime) -> Writing:
    """Save it under another name, which nothing has yet. Raises WrongInput for a name that is none, or taken."""
    if not shelf.NAME.fullmatch(name):
        raise WrongInput(_("A journey's name has small letters, digits and _ only, such as renew_passport."))
    path = shelf.own_path(space, writing.journey).with_name(f"{name}.yaml")
    if path.exists():
        raise WrongInput(_("There is a journey “{name}” already. Choose another name.").format(name=name))
    shelf.bring_beside(writing.journey.path.parent, path.parent)
    outcome = drafts.save(path, writing.text, None, now)
    if isinstance(outcome, Overtaken):  # somebody else took the name this very moment
        raise WrongInput(_("There is a journey “{name}” already. Choose another name.").format(name=name))
    return _settled(space, writing, outcome)


def _settled(space: Workspace, writing: Writing, saved: Saved) -> Writing:
    drafts.forget_draft(space, KIND, writing.draft)
    own = shelved(space, shelf.key_of(space, saved.path))
    return replace(writing, journey=own, text=saved.text, base=saved.text, draft=drafts.new_id())


def merge(space: Workspace, writing: Writing, other: Overtaken, now: datetime) -> tuple[Writing, Merged]:
    """Both edits in one text, to be looked at and saved over theirs: what only one changed, and remarks where both."""
    made = merged(other.base, other.mine, other.theirs, _("yours"), _("theirs, as remarks"))
    journey = shelved(space, shelf.key_of(space, other.path))
    on = replace(writing, journey=journey, text=made.text, base=other.theirs, version=drafts.new_id())
    keep(space, on, now)
    return on, made


def name_for(space: Workspace, writing: Writing) -> str:
    """A name that is free, for who saves beside."""
    return shelf.free(shelf.own_path(space, writing.journey)).stem


# --- what the editor offers -------------------------------------------------------------------------------------------


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema that a journey is completed from."""
    return journey_schema()


def names(journey: Journey | None) -> dict[str, list[dict[str, str]]]:
    """What the schema cannot know: the data of the dictionary, what a citizen has at hand, variants, steps' ids."""
    data = [{"name": key, "told": _told(key)} for key in dictionary()]
    holes = [{"name": f"citizen.{key}", "told": key_words(key)} for key in usual_keys()]
    keyed = [{**one, "insert": f'{one["name"]}: "{{{{citizen.{one["name"]}}}}}"'} for one in data]
    variants = [{"name": variant} for variant in (journey.variants if journey else ())]
    ids = [{"name": id_} for id_, _step in steps_of(journey)] if journey else []
    languages = [{"name": code} for code in (journey.languages if journey else ("en", "ar"))]
    return {
        "give": keyed, "choose": keyed, "upload": data, "needs": data, "{{": holes, "only": variants, "skip": ids,
        "languages": languages,
    }  # fmt: skip


def _told(key: str) -> str:
    words = known_words(key, language()) or known_words(key)
    return " · ".join(words[:3])


def told() -> dict[str, str]:
    """What each verb and each remark on a step is for, in the language in force."""
    return {
        **{verb: what_it_does(verb) for verb in STEPS},
        "id": _("What the step is called, in every log"),
        "when": _("Only if this text is shown: an optional part"),
        "only": _("The variants that have this step"),
        "demands": _("What the step asks of the citizen's habits"),
        "think": _("Seconds a citizen would think first"),
        "agency": _("Whose service it is"),
        "channel": _("Where it happens: web, phone, desk …"),
    }


def what_it_does(verb: str) -> str:
    """A verb, as a designer would say it."""
    return {
        "visit": _("Open a page"),
        "press": _("Press a button or follow a link"),
        "give": _("Fill in fields"),
        "choose": _("Choose, or tick"),
        "upload": _("Hand in a document"),
        "submit": _("Send the form"),
        "back": _("Go back one page"),
        "expect": _("Wait to see something"),
        "ask": _("Ask for help"),
        "leave": _("Give up"),
        "call": _("Hold a call or chat"),
        "attend": _("Visit in person"),
        "send": _("Send recorded requests (the wire only)"),
        "for each": _("The same steps for each of several"),
        "steps": _("Several steps together"),
    }.get(verb, verb)
