"""What else a page tells once it stands still: whether everybody can use it, how it loads, how its Arabic is written.

A kind of check is a file in `journeys/checks/`, found by listing the folder; each looks at a page and says what it
found. What a citizen typed is never part of a finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from journeys.targets import masked, normal
from studies.words import _, languages, pick, say_in

FOLDER: Final = Path(__file__).parent / "checks"
#: `good`: nothing to mend, told for its number; `hint`: worth a look; the others as axe-core has them.
Severity = Literal["good", "hint", "minor", "moderate", "serious", "critical"]
SEVERITIES: Final = ("good", "hint", "minor", "moderate", "serious", "critical")
MOST_PLACES: Final = 8  # of one fault on one page: whoever mends these has found the rest
Said = dict[str, str]  # a text in every language of the lab


class Page(Protocol):
    """A page that stands still in a browser."""

    @property
    def given(self) -> frozenset[str]:
        """What the citizen has typed so far: never told, never held against the page."""

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script says of the page; a promise is waited for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a page tells: what, where on it, how bad, and how to mend it, in every language of the lab."""

    kind: str  # the check's file: accessibility, vitals, arabic
    id: str
    what: Said
    where: str  # a label, else a short path; never a value
    severity: Severity
    mend: Said
    value: float | None = None  # milliseconds; of layout shift a plain number

    @property
    def tag(self) -> str:
        """What it is called in the log: `a11y:color-contrast`."""
        return f"{NOTED_AS.get(self.kind, self.kind)}:{self.id}"


NOTED_AS: Final = {"accessibility": "a11y"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding, and when it was made: in which session, after which step, on which page."""

    session: str
    step: str | None
    page: str
    finding: Finding

    def json(self, language: str | None = None) -> dict[str, Any]:
        """The finding as it is exchanged, in one language (None: the one in force)."""
        found = self.finding
        told = {
            "session": self.session,
            "step": self.step,
            "page": self.page,
            "kind": found.kind,
            "id": found.id,
            "what": pick(found.what, language),
            "where": found.where,
            "severity": found.severity,
            "mend": pick(found.mend, language),
        }
        return told if found.value is None else {**told, "value": found.value}

    def kept(self) -> dict[str, Any]:
        """The same in every language, for the workbench."""
        return {**self.json(), "what": self.finding.what, "mend": self.finding.mend}


def said(text: str, **values: object) -> Said:
    """A text in every language of the lab; mark it with N_ where it stands."""
    told = {}
    for language in languages():
        with say_in(language):
            told[language] = _(text).format(**values) if values else _(text)
    return told


@cache
def kinds() -> dict[str, Callable[[Page], list[Finding]]]:
    """Every kind of check by the name of its file."""
    names = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    return {name: import_module(f"journeys.checks.{name}").look for name in names}


@cache
def script(*names: str) -> str:
    """Scripts of the folder, one after the other as one."""
    return "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names)


def where_is(place: Mapping[str, str], page: Page) -> str:
    """A place as it may be told: by its label, without what was typed and without digits; else by its path."""
    label = masked(without(place.get("label", ""), page.given)).strip(" :*")
    return f"“{label}”" if label.strip("…#.- ") else place.get("path", "")


def without(text: str, given: Iterable[str]) -> str:
    """A text without what the citizen typed, wherever and however the page repeats it."""
    for value in sorted((v for v in given if len(v) > 1), key=len, reverse=True):
        text = text.replace(value, "…")
        # Digits written in another system and spaces put between them are the same value still.
        if normal(value) in normal(text):
            text = normal(text).replace(normal(value), "…")
    return text


def told(checked: Iterable[Checked]) -> str:
    """Findings for a person: one line a page and fault, the worst first; the numbers that are good are left out."""
    lines: dict[tuple[str, str], list[Checked]] = {}
    for one in checked:
        if one.finding.severity != "good":
            lines.setdefault((one.page, one.finding.tag), []).append(one)
    worst = sorted(lines.items(), key=lambda line: -SEVERITIES.index(line[1][0].finding.severity))
    return "\n".join(
        f"{ones[0].finding.severity}  {page}  {tag}: {pick(ones[0].finding.what)}"
        + "".join(f" [{place}]" for place in dict.fromkeys(o.finding.where for o in ones[:3]) if place)
        for (page, tag), ones in worst
    )


def keep(checked: Iterable[Checked], path: Path) -> None:
    """Write the findings of a session down, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(json.dumps([c.kept() for c in checked], ensure_ascii=False, indent=1), encoding="utf-8")
    beside.rename(path)


def kept(path: Path) -> list[Checked]:
    """The findings of a session as they were kept; none where nothing was."""
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    return [
        Checked(
            one["session"], one["step"], one["page"],
            Finding(one["kind"], one["id"], one["what"], one["where"], one["severity"], one["mend"], one.get("value")),
        )
        for one in found
    ]  # fmt: skip
