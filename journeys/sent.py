"""What a recorded journey sends: a request as data, with holes, and what is learned from its answer for later ones.

A hole is {{citizen.*}} or {{env.*}} as everywhere, {{learned.NAME}} for what an earlier answer said, {{made.uuid}} for
what a page's own program makes up anew for each citizen, {{now.milliseconds}} for the clock.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from studies.words import _

METHODS: Final = ("get", "post", "put", "patch", "delete")
BODIES: Final = ("form", "json_", "multipart", "text")
SOURCES: Final = ("field", "meta", "json_", "header", "cookie")

Name = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]
Words = Annotated[str, Field(min_length=1)]
Recipe = Literal[
    "base64", "base64url", "md5", "sha1", "sha256", "sha512", "sha1_base64", "sha256_base64", "sha256_base64url"
]


class Part(BaseModel):
    """What every part of a request has in common: nothing is accepted that is not understood."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, populate_by_name=True)


class Learn(Part):
    """Where in an answer a value stands: one of field, meta, json, header, cookie, or what is between two texts."""

    field: Words | None = Field(None, description="The value of the form's field of that name")
    meta: Words | None = Field(None, description="The content of the page's meta element of that name")
    json_: Words | None = Field(None, alias="json", description="A place in a JSON answer, such as $.items[0].id")
    header: Words | None = Field(None, description="A header of the answer, or of the redirect that led to it")
    cookie: Words | None = Field(None, description="A cookie that the answer sets")
    address: bool = Field(False, description="The address that the answer came from, between `after` and `before`")
    after: str | None = Field(None, description="What stands right before the value")
    before: str | None = Field(None, description="What stands right after it; without it: to the end")
    nth: int = Field(0, ge=0, description="Which of several, from 0")
    decoded: Literal["html", "url", "json"] | None = Field(None, description="How the value is written there")

    @model_validator(mode="after")
    def _says_where(self) -> Learn:
        told = sum(bool(getattr(self, one)) for one in SOURCES) + self.address
        if told > 1 or (not told and not self.after and not self.before):
            raise ValueError(
                _("says no place: give it one of field, meta, json, header, cookie, or after: and before:")
            )
        return self

    def told(self) -> str:
        """The place in a few words, for messages; never a value."""
        for one in SOURCES:
            if name := getattr(self, one):
                return f"{one.rstrip('_')} “{name}”"
        return _("after “{words}”").format(words=(self.after or "")[-40:])


def place(**told: Any) -> Learn:
    """A place in an answer: `place(field="csrf")`, `place(json_="$.id")`. Raises as the model does."""
    return Learn.model_validate(told)


class Make(Part):
    """A value that a page's program works out of others: which, and how."""

    of: Words
    by: Recipe


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str | int) else given


class Sent(Part):
    """One request: its method with its address, its body with holes, and what is learned from its answer."""

    get: Words | None = None
    post: Words | None = None
    put: Words | None = None
    patch: Words | None = None
    delete: Words | None = None
    headers: dict[str, str] = {}
    form: dict[str, str | list[str]] | None = Field(None, description="Sent as a form's fields")
    json_: str | None = Field(None, alias="json", description="Sent as JSON: the text, with holes")
    multipart: dict[str, str | list[str]] | None = Field(None, description="Sent as a form with documents")
    files: dict[str, Words] = Field({}, description="The documents of a multipart form, beside the journey")
    text: str | None = Field(None, description="Sent as it stands; its type is in the headers")
    make: dict[Name, Make] = Field({}, description="Values worked out before it is sent; then {{learned.NAME}}")
    learn: dict[Name, Learn] = Field({}, description="What its answer says that later requests send: {{learned.NAME}}")
    accepts: Annotated[list[int], BeforeValidator(_listed)] = Field(
        [], description="Statuses from 400 on that are no refusal here"
    )
    shows: str | None = Field(None, description="A text that its answer shows; without it the citizen leaves")
    unheard: bool = Field(
        False, description="Asked by the lab itself (a one-time code from the test system): no sentence tells of it"
    )
    within: float = Field(10.0, gt=0, le=600, description="Seconds that an unheard request is asked again for")

    @model_validator(mode="after")
    def _says_what(self) -> Sent:
        if sum(getattr(self, method) is not None for method in METHODS) != 1:
            raise ValueError(_("says no address, or two: give it one of get, post, put, patch, delete"))
        if sum(getattr(self, body) is not None for body in BODIES) > 1:
            raise ValueError(_("has two bodies: give it one of form, json, multipart, text"))
        return self

    @property
    def method(self) -> str:
        """GET, POST, PUT, PATCH or DELETE."""
        return next(method for method in METHODS if getattr(self, method) is not None).upper()

    @property
    def address(self) -> str:
        """Where it goes, holes open."""
        return str(getattr(self, self.method.lower()))

    @property
    def by_program(self) -> bool:
        """Whether a page's own program sends it, so that nobody hears from the answer what the page then asks for."""
        told = {name.lower(): value for name, value in self.headers.items()}
        return self.json_ is not None or "x-requested-with" in told or "json" in told.get("accept", "")
