"""The calibration: every phenomenon, again and again in random order, and the table of what came of it."""

from __future__ import annotations

import os
import platform
import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from journeys import screen
from journeys.calibration.comparison import Row, summed
from journeys.calibration.phenomena import Phenomenon, chosen
from journeys.calibration.site import running
from journeys.calibration.trial import Bench, NotPlayed
from journeys.players.browser_ears import ears_of
from journeys.players.browser_start import started
from studies.words import _

Watch = Callable[[str, float], None]  # what is under way, and how much of it is done (0 to 1)

TABLE: Final = Path(__file__).parents[2] / "BENCHMARKS.md"
BEGIN: Final = "<!-- calibration: written by ./lab calibrate --write -->"
END: Final = "<!-- end of calibration -->"


def expected_seconds(only: Sequence[str], times: int) -> float:
    """About how long a calibration takes."""
    return times * sum(what.seconds() for what in chosen(only)) + 5


def calibrate(only: Sequence[str], times: int, chance: random.Random, watch: Watch) -> dict[str, Any]:
    """Play the phenomena (all when none is named) so many times each, in random order, in one browser; the table.

    Raises WrongInput for an id that there is not, Failed when no browser starts.
    """
    phenomena = chosen(only)
    rows = {what.id: Row(what.id, what.loads) for what in phenomena}
    order = [what for what in phenomena for _time in range(times)]
    chance.shuffle(order)
    whole, done = sum(what.seconds() for what in order) or 1.0, 0.0
    load = [_busy()]
    device = ""
    with running() as site, started("en", True, 30.0) as browser:
        device, ears = browser.device, ears_of(browser)
        with screen.opened(browser.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]) as open_eye:
            bench = Bench(browser, ears, open_eye, site)
            for what in order:
                watch(what.id, done / whole)
                _try(bench, what, chance, rows[what.id])
                done += what.seconds()
                load.append(_busy())
    return {
        "times": times,
        "phenomena": [row.json() for row in rows.values()],
        **summed(rows.values()),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "browser": device,
            "load_average": {"median": sorted(load)[len(load) // 2], "most": max(load)},
        },
    }


def _try(bench: Bench, what: Phenomenon, chance: random.Random, row: Row) -> None:
    delays, looks, name = what.drawn(chance), chance.uniform(*what.looks), secrets.token_hex(4)
    try:
        row.verdicts.append(bench.tried(what, delays, looks, name))
    except NotPlayed as why:
        row.broken.append(str(why))


def _busy() -> float:
    """How busy the machine is: what waits to run, on average over a minute."""
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return 0.0


def told(found: dict[str, Any]) -> str:
    """The table as text, which Markdown understands too."""
    lines = [
        "| phenomenon | n | found | missed | invented | error, median / p95 ms | against the eye, median / p95 ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in found["phenomena"]:
        lines.append(
            f"| {row['id']} | {row['n']} | {row['found']} | {row['missed']} | {row['invented']}"
            f" | {_pair(row['error_median_ms'], row['error_p95_ms'])}"
            f" | {_pair(row['eye_median_ms'], row['eye_p95_ms'])} |"
        )
    for name, title in (
        ("within_page", _("within a page")),
        ("across_loads", _("across page loads")),
        ("eye", _("against the eye")),
    ):
        group, must = found[name], found["required"][name]
        required = _("required")
        lines.append(
            f"\n{title}: {_pair(group['median_ms'], group['p95_ms'])} ms"
            f" ({required} < {must['median_ms']:.0f} / {must['p95_ms']:.0f} ms; n = {group['n']})"
        )
    lines.append("\n" + (_("All that is required is met.") if found["required"]["met"] else _("Not all is met.")))
    return "\n".join(lines)


def _pair(middle: float | None, rare: float | None) -> str:
    return "–" if middle is None else f"{middle:.0f} / {rare:.0f}"


def write(found: dict[str, Any], now: datetime, table: Path = TABLE) -> Path:
    """Put the table into BENCHMARKS.md, in place of the one before."""
    machine = found["machine"]
    about = (
        f"Written {now:%Y-%m-%d}: {machine['browser']}, {machine['system']}, {machine['cores']} cores, load average"
        f" {machine['load_average']['median']} (most {machine['load_average']['most']})."
    )
    part = f"{BEGIN}\n## How far the recorder can be trusted\n\n{about}\n\n{told(found)}\n{END}"
    before = table.read_text(encoding="utf-8") if table.exists() else "# Benchmarks\n"
    if BEGIN in before:
        head, _begin, rest = before.partition(BEGIN)
        _old, _end, tail = rest.partition(END)
        text = head + part + tail
    else:
        text = before.rstrip("\n") + "\n\n" + part + "\n"
    fresh = table.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(table)
    return table


def seconds_told(seconds: float) -> str:
    """A duration for a person: minutes from ninety seconds on."""
    return _("{n} s").format(n=round(seconds)) if seconds < 90 else _("{n} min").format(n=round(seconds / 60))


def timed(watch: Watch, expected: float, clock: Callable[[], float] = time.monotonic) -> Watch:
    """The same watch, told also how much time is left, by the pace so far."""
    began = clock()

    def watched(what: str, share: float) -> None:
        spent = clock() - began
        left = spent / share - spent if share > 0.05 else expected - spent
        watch(_("{what}, {left} left").format(what=what, left=seconds_told(max(left, 0.0))), share)

    return watched
