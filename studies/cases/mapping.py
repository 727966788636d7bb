"""Which activity of a case file is which sentence: a mapping that a designer can read, correct and keep.

title: Permit desk of a municipality
columns: {case: Case ID, activity: Activity, when: Complete Timestamp, group: Department}
agency: municipality
zone: Europe/Amsterdam      # of times that have none
dates: day_first            # of dates such as 03/04/2011
channel: post
forwards: group             # a change of the group between two events of a case is `service forwards`
activities:
  Application received: citizen submits municipality/permit
  Send decision: service concludes permit
others: lab notes           # activities that are not named: internal work that no citizen perceives
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from studies.events import CHANNELS, why_not_a_sentence
from studies.topics import slug
from studies.troubles import WrongInput
from studies.words import _, in_a_row

SHIPPED: Final = Path(__file__).parent.parent / "mappings"
#: What a mapping can say of a file's columns.
COLUMNS: Final = ("case", "activity", "when", "began", "group", "created", "closed", "type", "agency", "channel")
_KEYS: Final = ("title", "columns", "agency", "zone", "dates", "channel", "forwards", "activities", "others", "case_is")
_PLAIN: Final = re.compile(r"\w[\w ./()-]*")
_NOTES: Final = ("lab", "notes", None)

Said = tuple[str, str, str | None]  # actor, verb, about


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a mapping says. An activity that is not named is what `others` says."""

    title: str = ""
    columns: Map[str, str] = field(default_factory=dict)
    agency: str | None = None
    zone: str | None = None
    day_first: bool | None = None
    channel: str = "post"
    forwards: str | None = "group"
    activities: Map[str, Said] = field(default_factory=dict)
    others: Said = _NOTES
    case_is: str | None = None  # of object-centric files: the object type that a case is
    why: Map[str, str] = field(default_factory=dict)  # of a proposed mapping: why each activity was read so

    def said(self, activity: str) -> Said:
        """The sentence that an activity is; what it is about, unless told, is the activity itself."""
        actor, verb, about = self.activities.get(activity, self.others)
        if about is None and activity == f"{actor} {verb}":  # a sentence that was written here, about nothing
            return actor, verb, None
        return actor, verb, about or slug(activity)

    def hears(self) -> frozenset[str]:
        """The verbs that a file read by this mapping can tell.

        Signs of working too: what an office lets the citizen know in writing stands in its file, so that a file
        without such an entry says that there was none.
        """
        verbs = {verb for _actor, verb, _about in (*self.activities.values(), self.others)}
        written = {"responds"} if self.channel == "post" else set()
        return frozenset(verbs | written | ({"forwards"} if self.forwards else set()))


def read_mapping(path: Path) -> Mapping:
    """A mapping from its file. Raises WrongInput naming the line and what can stand there."""
    try:
        text = path.read_text(encoding="utf-8")
        told = yaml.safe_load(text) or {}
    except OSError as cause:
        why = _("The mapping {path} cannot be read: {cause}.")
        raise WrongInput(why.format(path=path, cause=cause.strerror or cause)) from cause
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise WrongInput(_("The mapping {path} is no YAML: {cause}").format(path=path, cause=cause)) from cause
    if not isinstance(told, dict):
        raise WrongInput(_("{path} is no mapping: it names no activities.").format(path=path))
    try:
        return _mapping(told)
    except ValueError as cause:
        raise WrongInput(f"{path}: {cause}") from cause


def shipped() -> dict[str, Mapping]:
    """The mappings that come with the lab, by name."""
    return {path.stem: read_mapping(path) for path in sorted(SHIPPED.glob("*.yaml"))}


def _mapping(told: dict[str, Any]) -> Mapping:
    if unknown := sorted(set(told) - set(_KEYS)):
        raise ValueError(
            _("“{key}” is nothing a mapping says. It can say: {known}.").format(key=unknown[0], known=in_a_row(_KEYS))
        )
    columns = {str(k): str(v) for k, v in (told.get("columns") or {}).items()}
    if unknown := sorted(set(columns) - set(COLUMNS)):
        raise ValueError(
            _("columns: “{key}” is none. There are: {known}.").format(key=unknown[0], known=in_a_row(COLUMNS))
        )
    dates = told.get("dates")
    if dates not in (None, "day_first", "month_first"):
        raise ValueError(_("dates: day_first or month_first, not {given}.").format(given=dates))
    channel = str(told.get("channel") or "post")
    if channel not in CHANNELS:
        raise ValueError(_("channel: {given} is none of {known}.").format(given=channel, known=in_a_row(CHANNELS)))
    if told.get("forwards", "group") not in ("group", False, None):
        raise ValueError(_("forwards: group, or false."))
    activities = told.get("activities") or {}
    return Mapping(
        title=str(told.get("title") or ""),
        columns=columns,
        agency=told.get("agency"),
        zone=told.get("zone"),
        day_first=None if dates is None else dates == "day_first",
        channel=channel,
        forwards="group" if told.get("forwards", "group") else None,
        activities={str(name): _said(str(name), sentence) for name, sentence in activities.items()},
        others=_said("others", told.get("others") or "lab notes"),
        case_is=told.get("case_is"),
    )


def _said(activity: str, sentence: Any) -> Said:
    words = str(sentence).split(maxsplit=2)
    if len(words) < 2:
        raise ValueError(
            _("{activity}: “{sentence}” is no sentence; write actor and verb, such as: service answers").format(
                activity=activity, sentence=sentence
            )
        )
    if why := why_not_a_sentence(words[0], words[1]):
        raise ValueError(f"{activity}: {why}")
    return words[0], words[1], words[2] if len(words) > 2 else None


def written(mapping: Mapping) -> str:
    """A mapping as the file that a designer corrects, with the reason behind each activity of a proposed one."""
    lines = [f"title: {_quoted(mapping.title)}"] if mapping.title else []
    if mapping.columns:
        lines += ["columns:", *(f"  {key}: {_quoted(name)}" for key, name in mapping.columns.items())]
    lines += [f"agency: {_quoted(mapping.agency)}"] if mapping.agency else []
    lines += [f"zone: {mapping.zone}"] if mapping.zone else []
    if mapping.day_first is not None:
        lines.append("dates: day_first" if mapping.day_first else "dates: month_first")
    lines += [f"case_is: {_quoted(mapping.case_is)}"] if mapping.case_is else []
    lines += [f"channel: {mapping.channel}", f"forwards: {mapping.forwards or 'false'}", "activities:"]
    for activity, (actor, verb, about) in mapping.activities.items():
        why = f"  # {mapping.why[activity]}" if activity in mapping.why else ""
        lines.append(f"  {_quoted(activity)}: {actor} {verb}{f' {about}' if about else ''}{why}")
    actor, verb, about = mapping.others
    return "\n".join([*lines, f"others: {actor} {verb}{f' {about}' if about else ''}", ""])


def _quoted(text: str | None) -> str:
    """A text as YAML writes it on one line, in quotation marks only where it needs them."""
    if text and _PLAIN.fullmatch(text) and yaml.safe_load(text) == text:
        return text
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=1 << 30).strip()
