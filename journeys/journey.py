"""A journey: what a citizen goes through to settle a need, step by step, as data that a designer can read and diff.

One script, three players. Each kind of step is a small model named by its one verb; a step of no known kind is no
step. `journey_schema()` is the JSON Schema that editors complete a journey from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PrivateAttr, Tag, model_validator

from journeys.holes import holes_in
from journeys.sent import Sent
from studies.words import _

SCHEMA: Final = Path(__file__).with_name("journey.schema.json")
LANGUAGE: Final = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")

LanguageCode = Annotated[str, Field(pattern=LANGUAGE.pattern)]
Words = Annotated[str, Field(min_length=1)]
#: What stands on a page: one string, or one for each language.
Text = Words | Annotated[dict[LanguageCode, Words], Field(min_length=1)]

Channel = Literal["web", "mobile", "phone", "chat", "video", "desk", "post"]
Demand = Literal["in_person", "print", "desktop_only", "office_hours", "second_device"]


def _flag(given: Any) -> Any:
    """`back:`, `back: true` and `back: yes` all say the same."""
    return True if given is None or str(given).strip().lower() in ("", "true", "yes", "on") else given


Flag = Annotated[Literal[True], BeforeValidator(_flag, json_schema_input_type=Literal[True] | None)]


def _ticked(given: Any) -> Any:
    return {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given


def _one_or_more(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


#: What is chosen: words, several words, or whether a box is ticked.
Choice = Annotated[bool | list[Text] | Text, BeforeValidator(_ticked)]


class Thing(BaseModel):
    """What every part of a journey has in common: nothing is accepted that is not understood."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class Look(Thing):
    """What a citizen would look for, said more exactly: a label, words, a role; `any` lists alternatives in order."""

    label: Text | None = Field(None, description="The label of a field")
    words: Text | None = Field(None, description="The words on a button or link")
    role: Literal["button", "link", "field", "checkbox", "radio", "tab", "menuitem", "summary"] | None = None
    name: Words | None = Field(None, description="The element's name or id attribute")
    css: Words | None = Field(
        None, description="A selector: the exception, for what has no words; >>> leads into a shadow root"
    )
    any: list[Target] | None = Field(None, description="Alternatives, tried in order; which one was used is reported")

    @model_validator(mode="after")
    def _says_something(self) -> Look:
        if not (self.label or self.words or self.role or self.name or self.css or self.any):
            raise ValueError(_("says nothing to look for: give it words, a label, a role, a name, or any"))
        return self


#: `Continue`, `{en: Continue, ar: متابعة}`, or `{words: …, role: button, any: […]}`.
Target = Annotated[
    Annotated[Look, Tag("a look")] | Annotated[Text, Tag("a text")],
    Discriminator(lambda given: "a look" if isinstance(given, Look) or _looks(given) else "a text"),
]


def _looks(given: Any) -> bool:
    return isinstance(given, dict) and any(key in Look.model_fields for key in given)


class Shown(Thing):
    """A condition that a citizen could check: this text is on the page."""

    text: Text


class Expected(Thing):
    """What the citizen waits to see: a text, a page, a text gone. After `within` seconds patience is over."""

    text: Text | None = None
    page: Words | None = Field(None, description="A page's path below the base, such as /traffic/done")
    gone: Text | None = None
    within: float = Field(30.0, gt=0, le=3600)

    @model_validator(mode="after")
    def _says_what(self) -> Expected:
        if not (self.text or self.page or self.gone):
            raise ValueError(_("says nothing to wait for: give it a text, a page, or what should be gone"))
        return self


class Conversation(Thing):
    """A declared conversation in another channel: who answers, and what is said, in the log's own notation."""

    who: Words = Field(description="The agency that answers")
    channel: Channel | None = Field(
        None, description="phone for a call, desk for what is attended, unless told otherwise"
    )
    script: Words | dict[str, Words] = Field(description="A play script, or one for each variant")

    def said_in(self, variant: str) -> str | None:
        """The script of a variant; None where this variant has no such conversation."""
        return self.script if isinstance(self.script, str) else self.script.get(variant)


class Step(Thing):
    """What any step may say besides its verb."""

    id: str | None = Field(None, pattern=r"^[\w.-]+$", description="Else made of the verb and its target")
    when: Shown | None = Field(None, description="Only if this text is shown: an optional part")
    only: list[str] | None = Field(None, description="The variants that have this step")
    demands: list[Demand] = Field([], description="What the step asks of the citizen's habits")
    think: float = Field(0.0, ge=0, description="Seconds a citizen would think first; kept when the pace asks for it")
    agency: str | None = Field(None, description="Whose step it is, where the page does not tell")
    channel: Channel | None = None

    @property
    def verb(self) -> str:
        """The step's one verb, as the journey writes it."""
        return VERB_OF[type(self)]


class Visit(Step):
    """Open an address below the base, or a whole URL."""

    visit: Words


class Press(Step):
    """Press a button or follow a link, found by its words."""

    press: Target


class Give(Step):
    """Fill in fields, each found by its datum, label, name or autocomplete token; `a | b` tries one after the other."""

    give: Annotated[dict[str, Text], Field(min_length=1)]


class Choose(Step):
    """Choose among what is offered: a radio, an option, a box to tick (true) or to clear (false)."""

    choose: Annotated[dict[str, Choice], Field(min_length=1)]


class Upload(Step):
    """Hand in documents: the file stands beside the journey."""

    upload: Annotated[dict[str, Words], Field(min_length=1)]


class Submit(Step):
    """Send the form: by the words of its button, or `true` for the form being filled in."""

    submit: Annotated[
        Literal[True] | Target, BeforeValidator(_flag, json_schema_input_type=Literal[True] | Target | None)
    ]


class Back(Step):
    """Go back one page."""

    back: Flag


class Expect(Step):
    """Wait to see something."""

    expect: Expected


class Ask(Step):
    """Ask for help: press what offers it."""

    ask: Target


class Leave(Step):
    """Give up, or turn away."""

    leave: Flag


class Call(Step):
    """A declared call or chat."""

    call: Conversation


class Attend(Step):
    """A declared visit in person, or by video."""

    attend: Conversation


class Send(Step):
    """What a recording shows being sent: requests that one act of the citizen set off. Only the wire can play it."""

    send: Annotated[
        list[Sent], Field(min_length=1), BeforeValidator(_one_or_more, json_schema_input_type=Sent | list[Sent])
    ]


class ForEach(Step):
    """Add another: the same steps for each of the citizen's children, vehicles, documents…"""

    for_each: Annotated[str, Field(alias="for each", pattern=r"^citizen(\.\w+)+$")]
    as_: Annotated[str, Field(alias="as", pattern=r"^[^\W\d]\w*$")]
    steps: Annotated[list[AnyStep], Field(min_length=1)]


class Part(Step):
    """Several steps under one condition."""

    steps: Annotated[list[AnyStep], Field(min_length=1)]


#: verb -> model, in the order in which the verbs are told to people
STEPS: Final[dict[str, type[Step]]] = {
    "visit": Visit,
    "press": Press,
    "give": Give,
    "choose": Choose,
    "upload": Upload,
    "submit": Submit,
    "back": Back,
    "expect": Expect,
    "ask": Ask,
    "leave": Leave,
    "call": Call,
    "attend": Attend,
    "send": Send,
    "for each": ForEach,
    "steps": Part,
}
VERB_OF: Final[dict[type[Step], str]] = {model: verb for verb, model in STEPS.items()}
#: What a step may say besides its verb (`as` and `steps` belong to a loop).
MODIFIERS: Final = ("id", "when", "only", "demands", "think", "agency", "channel")


def verbs_in(given: Any) -> list[str]:
    """The verbs that a mapping names; a step names exactly one (the `steps` of a loop are not its verb)."""
    if isinstance(given, Step):
        return [given.verb]
    found = [key for key in given if key in STEPS] if isinstance(given, dict) else []
    return ["for each"] if "for each" in found and set(found) <= {"for each", "steps"} else found


def _kind(given: Any) -> str | None:
    if isinstance(given, ForEach) or (isinstance(given, dict) and "for_each" in given):
        return "step: for each"
    verbs = verbs_in(given)
    return f"step: {verbs[0]}" if verbs else None


# Tags carry a prefix so that no key of a journey is ever taken for one when an error's place is looked up.
AnyStep = Annotated[
    Annotated[Visit, Tag("step: visit")]
    | Annotated[Press, Tag("step: press")]
    | Annotated[Give, Tag("step: give")]
    | Annotated[Choose, Tag("step: choose")]
    | Annotated[Upload, Tag("step: upload")]
    | Annotated[Submit, Tag("step: submit")]
    | Annotated[Back, Tag("step: back")]
    | Annotated[Expect, Tag("step: expect")]
    | Annotated[Ask, Tag("step: ask")]
    | Annotated[Leave, Tag("step: leave")]
    | Annotated[Call, Tag("step: call")]
    | Annotated[Attend, Tag("step: attend")]
    | Annotated[Send, Tag("step: send")]
    | Annotated[ForEach, Tag("step: for each")]
    | Annotated[Part, Tag("step: steps")],
    Discriminator(_kind),
]


class Variant(Thing):
    """One way the service is or could be: where it runs, and which steps it does without."""

    base_url: str | None = None
    path: str | None = Field(None, description="Put between the base URL and the steps' paths, such as /as_is")
    skip: list[str] = Field([], description="Ids of steps that this variant does without")


class Done(Thing):
    """How the citizen knows that the need is settled, and which outcome that is."""

    text: Text
    outcome: str = "done"


def _listed(given: Any) -> Any:
    return [] if given is None else [given] if isinstance(given, dict | Done) else given


class Journey(Thing):
    """What a citizen goes through to settle one need."""

    journey: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="The journey's id")]
    title: Text
    description: Text | None = None
    agency: Words = Field(description="Whose service it is")
    base_url: str | None = Field(None, description="Where the service runs; --base-url or the study may say otherwise")
    agencies: dict[str, str] = Field({}, description="Agency: the path (/insurance) or origin that is that agency's")
    called: dict[str, Text] = Field({}, description="What a step, an agency or a place is called, by its key")
    variants: dict[str, Variant] = {}
    needs: list[str] = Field([], description="What a citizen must have at hand")
    shortest_path: int | None = Field(None, ge=0, description="The citizen's steps on the shortest way through")
    languages: Annotated[list[LanguageCode], Field(min_length=1)] = ["en", "ar"]
    personas: str | None = Field(None, description="A CSV of personas beside the journey; else they are generated")
    channel: Channel = "web"
    done: Annotated[list[Done], BeforeValidator(_listed, json_schema_input_type=Done | list[Done] | None)] = []
    steps: Annotated[list[AnyStep], Field(min_length=1)]

    _folder: Path | None = PrivateAttr(None)

    @property
    def folder(self) -> Path | None:
        """Where the journey's file lies, for the documents and personas beside it."""
        return self._folder

    def lying_in(self, folder: Path) -> Journey:
        """The journey, knowing the folder that its documents and personas lie in."""
        self._folder = folder
        return self

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that its steps need from the environment."""
        holes = holes_in(self.model_dump(by_alias=True)["steps"])
        return frozenset(name.removeprefix("env.") for name in holes if name.startswith("env."))

    def every_step(self) -> Iterator[Step]:
        """Every step in order, loops and parts before what is inside them."""
        return _every(self.steps)


def _every(steps: list[Any]) -> Iterator[Step]:
    for step in steps:
        yield step
        if isinstance(step, ForEach | Part):
            yield from _every(step.steps)


for _model in (Look, ForEach, Part, Journey):
    _model.model_rebuild()


def journey_schema() -> dict[str, Any]:
    """The JSON Schema of a journey, for editors; `journeys/journey.schema.json` is this, written out."""
    schema = Journey.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A Khutwa journey", **schema}


def schema_text() -> str:
    """The JSON Schema as it is published."""
    return json.dumps(journey_schema(), ensure_ascii=False, indent=1) + "\n"


def write_schema() -> None:
    """Publish the JSON Schema anew, after the model has changed."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
