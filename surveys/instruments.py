"""What can be asked: published questionnaires as data, one file each, with the source of every part.

A file `instruments/<name>.yaml` in the workspace adds an instrument or takes the place of a shipped one; a file
`instruments/<name>.<language>.yaml` there gives one language's wording only (a licensed translation, say).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from studies.events import hint
from studies.misfits import dotted, first_misfit
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

SHIPPED: Final = Path(__file__).parent / "instruments"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scale(_Part):
    """The numbers that are stored: `low` means what the low anchor says, wherever it stood on the screen."""

    low: int
    high: int
    step: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _rises(self) -> Scale:
        if self.low >= self.high:
            raise ValueError(_("high must be greater than low"))
        if (self.high - self.low) % self.step:
            raise ValueError(_("the steps must end at high"))
        return self

    @property
    def points(self) -> range:
        """Every value that may be stored."""
        return range(self.low, self.high + 1, self.step)


class Item(_Part):
    """One thing asked; `reversed` where a higher answer makes a lower score.

    Of a `text` item only whether something was written (1) or not (0) is a number; its words are kept apart.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    reversed: bool = False
    kind: Literal["scale", "text"] = "scale"
    scale: Scale | None = None  # where it is not the instrument's


class Scoring(_Part):
    """Which rule of surveys/scoring/ makes one number of a person's answers, and between what that number lies."""

    rule: str
    range: tuple[float, float]
    top: list[int] = []  # the answers that count as the top boxes, where the rule counts them
    says: str
    source: str

    @model_validator(mode="after")
    def _is_known(self) -> Scoring:
        from surveys.scoring import rules  # the rules read the norms of instruments

        if self.rule not in rules():
            raise ValueError(
                _("there is no rule “{rule}”. Rules: {there}").format(rule=self.rule, there=", ".join(rules()))
            )
        return self


class Missing(_Part):
    """How many items may be left out before there is no score."""

    allowed: int = Field(ge=0)
    says: str
    source: str


class Norm(_Part):
    """A table that says what a mean score amounts to: [what, from which score on] or [what, at which score]."""

    norm: str
    says: str
    source: str
    points: list[tuple[str | float, float]]


class Wording(_Part):
    """An instrument in one language; `validated` only where a published study tested this very wording."""

    source: str
    validated: bool
    note: str | None = None
    title: str
    lead: str
    anchors: dict[int, str]
    items: dict[str, str]
    item_anchors: dict[str, dict[int, str]] = {}  # of the items that have ends of their own
    variants: dict[str, list[str]] = {}  # other words that an item is published in, by which an export is recognised

    @model_validator(mode="after")
    def _owns_up(self) -> Wording:
        if not self.validated and not self.note:
            raise ValueError(_("a wording that is not validated needs a note that says so"))
        return self


class Instrument(_Part):
    """A questionnaire: what it asks, in which words, how answers become a score, and where all of that comes from."""

    instrument: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    also: list[str] = []  # other names that people know it by
    source: str
    licence: str | None = None  # under which terms its wording stands here
    measures: str
    better: Literal["higher", "lower"]
    looks: Literal["points", "faces", "pair", "slider"] = "points"
    may_not_apply: bool = False  # “does not apply” may be chosen, and is no answer
    scale: Scale
    items: list[Item] = Field(min_length=1)
    scoring: Scoring
    missing: Missing
    norms: list[Norm] = []
    wording: dict[str, Wording]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Instrument:
        ids = [item.id for item in self.items]
        if len(set(ids)) < len(ids):
            raise ValueError(_("two items have the same id"))
        for one in ids:
            # In the log an item stands alone, so its name must say whose it is.
            if not one.startswith(f"{self.instrument}_"):
                raise ValueError(
                    _("the id of item “{one}” must begin with “{instrument}_”").format(
                        one=one, instrument=self.instrument
                    )
                )
        if "en" not in self.wording:
            raise ValueError(_("wording: there must be one in English (en)"))
        for language, wording in self.wording.items():
            for one in [i for i in ids if i not in wording.items] + [i for i in wording.items if i not in ids]:
                what = "lacks" if one in ids else "has, but the items do not,"
                raise ValueError(f"wording.{language}.items {what} “{one}”")
            self._anchored(language, wording)
        return self

    def ids(self) -> list[str]:
        """The items in order, by the names they have in the log."""
        return [item.id for item in self.items]

    def _anchored(self, language: str, wording: Wording) -> None:
        if alien := [one for one in wording.item_anchors if one not in self.ids()]:
            raise ValueError(
                _("wording.{language}.item_anchors has, but the items do not, “{name}”").format(
                    language=language, name=alien[0]
                )
            )
        for item in self.items:
            scale, own = item.scale or self.scale, wording.item_anchors.get(item.id)
            anchors = wording.anchors if own is None else own
            where = f"wording.{language}." + ("anchors" if own is None else f"item_anchors.{item.id}")
            for end in (scale.low, scale.high):
                if end not in anchors:
                    raise ValueError(_("{where} must say what {end} means").format(where=where, end=end))
            if off := [point for point in anchors if point not in scale.points]:
                raise ValueError(_("{where}: {label} is not on the scale").format(where=where, label=off[0]))

    def scale_of(self, item: str) -> Scale:
        """The scale that an item is answered on."""
        return next(one.scale or self.scale for one in self.items if one.id == item)

    def points_of(self, item: str) -> range:
        """Every value that an item's answer may have."""
        return self.scale_of(item).points

    def anchors_of(self, item: str, language: str) -> dict[int, str]:
        """What points of an item's scale mean, in words; its ends always, the points between where they have words."""
        wording = self.said_in(language)
        return wording.item_anchors.get(item, wording.anchors)

    def said_in(self, language: str) -> Wording:
        """The wording of a language, in English where there is none."""
        return self.wording.get(language) or self.wording["en"]

    def norm(self, name: str) -> Norm:
        """One of the tables by its name."""
        return next(norm for norm in self.norms if norm.norm == name)


def names(space: Workspace | None = None) -> list[str]:
    """The instruments there are: shipped ones, and those in the workspace."""
    folders = [SHIPPED, *([space.root / "instruments"] if space else [])]
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml") if "." not in path.stem})


def instrument(name: str, space: Workspace | None = None) -> Instrument:
    """One instrument by name, with what the workspace puts in its place. Raises WrongInput naming those there are."""
    own = space.root / "instruments" if space else None
    of_one = re.fullmatch(r"\w+", name) is not None  # and not of one language's wording, or of another folder
    if own and of_one and (own / f"{name}.yaml").is_file():
        found = read_instrument(own / f"{name}.yaml")
    elif of_one and (SHIPPED / f"{name}.yaml").is_file():
        found = shipped(name)
    elif (known := _known_as(name, space)) != name:
        return instrument(known, space)
    else:
        there = names(space)
        raise WrongInput(
            _("There is no instrument “{name}”. Instruments: {there}.{hint}").format(
                name=name, there=", ".join(there), hint=hint(name, there)
            )
        )
    for path in sorted(own.glob(f"{name}.*.yaml")) if own else []:
        language = path.stem.removeprefix(f"{name}.")
        block = {"wording": {language: _document(path)}}
        whole = found.model_dump() | {"wording": found.model_dump()["wording"] | block["wording"]}
        found = _checked(whole, path, path.read_text("utf-8"), under=("wording", language))
    return found


def _known_as(name: str, space: Workspace | None) -> str:
    """The name of an instrument's file: people write UMUX-Lite, nasa-tlx, pssuq_v3."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    if name in names(space) or plain in names(space):
        return name if name in names(space) else plain
    return next((one for one in names() if plain in shipped(one).also), name)


@cache
def shipped(name: str) -> Instrument:
    """An instrument as it ships, whatever a workspace says: the one whose norms belong to the published scoring."""
    return read_instrument(SHIPPED / f"{name}.yaml")


def read_instrument(path: Path) -> Instrument:
    """An instrument from its file. Raises WrongInput naming file, line and field."""
    document = _document(path)
    found = _checked(document, path, path.read_text("utf-8"))
    if found.instrument != path.stem:
        raise WrongInput(
            _("{file}: the file is called {stem}, its instrument “{instrument}”. Name them alike.").format(
                file=path.name, stem=path.stem, instrument=found.instrument
            )
        )
    return found


def _document(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark
        where = _("line {line} of {file}").format(line=mark.line + 1, file=path.name) if mark else path.name
        raise WrongInput(
            _("{where}: this is no YAML ({cause}). Indent with spaces and quote a text that has a colon.").format(
                where=where, cause=cause.problem or cause
            )
        ) from cause
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as cause:
        raise WrongInput(
            _("{file} cannot be read: {cause}. It must be YAML in UTF-8.").format(file=path.name, cause=cause)
        ) from cause


def _checked(document: object, path: Path, text: str, under: tuple[str, ...] = ()) -> Instrument:
    try:
        return Instrument.model_validate(document)
    except ValidationError as cause:
        field, says = first_misfit(cause)
        inside = field[len(under) :] if field[: len(under)] == under else field
        where = _("line {line} of {file}").format(line=_line(text, inside), file=path.name)
        where += f", {dotted(inside)}" if inside else ""
        raise WrongInput(f"{where}: {says}.") from cause


def _line(text: str, field: tuple[int | str, ...]) -> int:
    """The line on which a field stands, or its nearest parent that is there."""
    node = yaml.compose(text, yaml.SafeLoader)
    line = node.start_mark.line if node else 0
    for part in field:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            pair = (node.value[part], node.value[part])
        else:
            pair = None
        if pair is None:
            break
        line, node = pair[0].start_mark.line, pair[1]
    return line + 1
