"""What a citizen goes through a service with: browser, device, connection. Robots are given it, as data.

Devices and connections are entries of devices.yaml and networks.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

from studies.events import hint
from studies.troubles import WrongInput
from studies.words import _, in_a_row

HERE: Final = Path(__file__).parent
BROWSERS: Final = ("chromium", "firefox")
Positive = Annotated[float, Field(gt=0)]


class Device(BaseModel):
    """A device as a page can tell it: its screen, its fingers, its browser's way of introducing itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: dict[str, str]
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    ratio: Positive = 1
    touch: bool = False
    channel: str | None = None
    agent: dict[str, str] = {}


class Network(BaseModel):
    """A connection: milliseconds that it adds to a request, kilobits a second that it carries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: dict[str, str]
    latency: Annotated[float, Field(ge=0)] = 0
    down: Positive | None = None
    up: Positive | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Equipment:
    """With what a walk is walked; names are those of the data files, checked when it is made by `equipped`."""

    browser: str = "chromium"
    device: str | None = None
    network: str | None = None
    cpu: float = 1.0  # times slower than this machine
    grid: str | None = None  # the address of a Selenium Grid that lends the browser
    har: bool = False  # whether what went over the network is kept beside the pictures
    replay: str = ""  # whether a replay is: "masked", what is typed being covered, or "unmasked"

    @property
    def held(self) -> Device | None:
        """The device, if one is named."""
        return devices()[self.device] if self.device else None

    @property
    def connection(self) -> Network | None:
        """The connection, if one is named."""
        return networks()[self.network] if self.network else None

    def channel(self, usual: str) -> str:
        """The channel that a screen journey is heard on with this."""
        held = self.held
        return held.channel if held and held.channel and usual == "web" else usual

    def told(self) -> str:
        """What of it is out of the ordinary, as a session's `device` says it."""
        cpu = f"cpu {self.cpu:g}" if self.cpu != 1 else None
        return "".join(f", {part}" for part in (self.device, self.network, cpu) if part)


PLAIN: Final = Equipment()


def equipped(
    browser: str = "chromium",
    device: str | None = None,
    network: str | None = None,
    cpu: float = 1.0,
    grid: str | None = None,
    har: bool = False,
    replay: str = "",
) -> Equipment:
    """Equipment whose names are known and go together. Raises WrongInput, before anybody has moved."""
    _known(_("browser"), browser, BROWSERS)
    if device is not None:
        _known(_("device"), device, devices())
    if network is not None:
        _known(_("network"), network, networks())
    if not 1 <= cpu <= 100:
        raise WrongInput(_("cpu {cpu}: how many times slower than this machine, from 1 to 100.").format(cpu=f"{cpu:g}"))
    if grid is not None and not grid.startswith(("http://", "https://")):
        raise WrongInput(_("grid {grid}: an address is wanted, such as http://grid.example:4444.").format(grid=grid))
    if browser == "firefox" and not grid:
        slow = network is not None and not networks()[network].offline
        if slow or cpu != 1:
            raise WrongInput(
                _(
                    "Firefox cannot be slowed down from outside: WebDriver BiDi knows only “offline”. Leave out"
                    " --network and --cpu, or walk in Chromium: --browser chromium."
                )
            )
    return Equipment(browser, device, network, cpu, grid, har, replay)


def devices() -> Mapping[str, Device]:
    """Every device that is known, by name."""
    return _entries("devices.yaml", Device)


def networks() -> Mapping[str, Network]:
    """Every connection that is known, by name."""
    return _entries("networks.yaml", Network)


Entry = TypeVar("Entry", bound=BaseModel)


@cache
def _entries(file: str, kind: type[Entry]) -> dict[str, Entry]:
    found: dict[str, Any] = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    return {str(name): kind.model_validate(said) for name, said in found.items()}


def _known(what: str, name: str, known: Any) -> None:
    if name not in known:
        raise WrongInput(
            _("There is no {what} “{name}”. There is: {known}.{hint}").format(
                what=what, name=name, known=in_a_row(known), hint=hint(name, list(known))
            )
        )
