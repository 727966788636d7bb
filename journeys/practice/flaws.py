"""What is wrong with the practice agency, on purpose: the truth that the site follows and the lab must measure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr

from journeys.practice.wording import PageWords, wording

VARIANTS: Final = ("as_is", "redesigned")

Seconds = Annotated[float, Field(ge=0, le=120)]
#: Counted by hand in the script of a conversation.
Count = Annotated[int, Field(ge=0)]


def _a_failure(status: int) -> int:
    if status not in (200, 500, 503):
        raise ValueError("an error page comes with status 200, 500 or 503")
    return status


class Strict(BaseModel):
    """Nothing is accepted that is not understood."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Strict):
    """One page of a service and what is wrong with it; each key is told in the head of `flaws.yaml`."""

    page: str
    agency: str = ""  # empty: the service's own
    asks: list[str] = []
    asks_again: list[str] = []
    shows: list[str] = []
    silent: Seconds = 0.0
    spinner: Seconds = 0.0
    by_fetch: bool = False
    refuses_first: list[str] = []
    forgets: bool = False
    fails_first: Annotated[int, AfterValidator(_a_failure)] | None = None
    first_leads_to: str | None = None
    links: list[str] = []
    then: str | None = None

    @property
    def fields(self) -> list[str]:
        """The data that stand on the page as fields, in order: what is known first, as agencies do."""
        return [*self.shows, *self.asks_again, *self.asks]


class Talk(Strict):
    """What a scripted conversation holds, counted by hand by the log's definitions."""

    gives: list[str] = []  # what the case holds afterwards
    silences: list[Annotated[float, Field(gt=3)]] = []
    repeat_questions: Count = 0
    steps: Count = 0
    hand_offs: Count = 0
    refusals: Count = 0
    corrections: Count = 0


class Service(Strict):
    """One service: whose it is, and the pages of both its variants in order."""

    agency: str
    as_is: list[Page] = []
    redesigned: list[Page] = []

    def pages(self, variant: str) -> list[Page]:
        """The pages of a variant, each knowing its agency."""
        pages = self.as_is if variant == "as_is" else self.redesigned
        return [page if page.agency else page.model_copy(update={"agency": self.agency}) for page in pages]


class Capacity(Strict):
    """How many pages are worked on at once, and for how long: past `servers / seconds` pages a second, people queue."""

    servers: Annotated[int, Field(ge=1, le=1000)] = 8
    seconds: Seconds = 0.05


class Place(NamedTuple):
    """A page where it stands: in which variant of which service, and which pages come after it."""

    variant: str
    service: str
    page: Page
    after: str | None  # the page that follows; None: the service is done

    @property
    def path(self) -> str:
        """Its address."""
        return f"/{self.variant}/{self.page.agency}/{self.page.page}"

    @property
    def words(self) -> PageWords:
        """What it says."""
        return wording().services[self.service].pages[self.page.page]

    @property
    def concludes(self) -> bool:
        """Whether the service is done here."""
        return self.after is None and not self.page.links


class Flaws(Strict):
    """The whole truth about the practice agency."""

    capacity: Capacity = Capacity()
    services: dict[str, Service] = {}
    #: journey -> variant -> step -> what its conversation holds
    conversations: dict[str, dict[Literal["as_is", "redesigned"], dict[str, Talk]]] = {}

    _places: dict[tuple[str, str], dict[str, Place]] = PrivateAttr(default_factory=dict)

    def places(self, variant: str, service: str) -> dict[str, Place]:
        """The pages of a service in order, by name."""
        if (variant, service) not in self._places:  # asked for with every request
            self._places[variant, service] = self._placed(variant, service)
        return self._places[variant, service]

    def _placed(self, variant: str, service: str) -> dict[str, Place]:
        pages = self.services[service].pages(variant)
        names: list[str | None] = [page.page for page in pages]
        follow = [page.then or after for page, after in zip(pages, [*names[1:], None], strict=True)]
        return {page.page: Place(variant, service, page, after) for page, after in zip(pages, follow, strict=True)}

    def every_place(self) -> Iterator[Place]:
        """Every page of the practice agency."""
        for variant in VARIANTS:
            for service in self.services:
                yield from self.places(variant, service).values()
