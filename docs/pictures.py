"""The pictures in the users' documents, taken anew from the real workbench in a real browser.

    python docs/pictures.py [--lang ar] [--only load --only report] [--workspace FOLDER]

A fresh workspace is filled first (two services of the shipped study, walked and loaded for real; a year of planted
visits for the leader's pages, robots and people made up), or the one in FOLDER is used again. Each picture is one line
of PICTURES; it is written to docs/pictures/<language>/<name>.png with as few colours as it needs.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

CHECKOUT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests")]

import leader_study  # type: ignore[import-not-found, unused-ignore]  # noqa: E402 - found only now
from at_the_workbench import PAINTED, served  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from PIL import Image  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

import conduct  # noqa: E402
from journeys.players.browser_start import started  # noqa: E402
from journeys.practice.reading import read_flaws  # noqa: E402
from loadtests.history import heads  # noqa: E402
from studies.planning.study import read_study, shipped  # noqa: E402
from studies.workspace import Workspace  # noqa: E402

PICTURES_DIR: Final = CHECKOUT / "docs" / "pictures"
LANGUAGES: Final = ("en", "ar")
WIDTH, HEIGHT, COLOURS = 1400, 900, 48
MOST_BYTES: Final = 120_000  # a picture; a page of text with five of them still opens at once
PATIENCE: Final = 150.0  # seconds until a page is painted or a load is over
QUIET: Final = 500  # milliseconds without a change: what is pressed is at the server long before
WALKED: Final = 2  # of the shipped study's tasks: enough for every page, in two minutes
RENEWAL: Final = "traffic/renew_vehicle"
#: A case file as a municipality's system writes it; made up.
PERMITS: Final = """Case ID,Activity,Timestamp,Department
B-2041,Application submitted,2026-03-01 08:12,Portal
B-2041,Site plan requested,2026-03-03 10:02,Planning
B-2041,Site plan received,2026-03-04 16:40,Portal
B-2041,Forwarded to Civil Defence,2026-03-05 09:15,Planning
B-2041,Permit issued,2026-03-19 11:30,Planning
B-2042,Application submitted,2026-03-01 09:40,Portal
B-2042,Application rejected,2026-03-08 12:05,Planning
B-2042,Application resubmitted,2026-03-10 08:20,Portal
B-2042,Permit issued,2026-03-24 13:10,Planning
"""
#: Painted, and nothing has changed for a while: what was pressed has come back, pictures, fonts and frames are there.
STILL: Final = f"""
const [quiet, done] = arguments;
const painted = () => {{ {PAINTED} }};
const there = () => document.fonts.status === 'loaded' && [...document.images].every((one) => one.complete)
  && ![...document.querySelectorAll('iframe')].some((one) => one.contentDocument?.readyState === 'loading')
  && !document.querySelector('[data-testid=stSpinner]');
let since = performance.now();
const seen = new MutationObserver(() => {{ since = performance.now(); }});
seen.observe(document, {{childList: true, subtree: true, characterData: true, attributes: true}});
const look = () => {{
  if (!painted() || !there()) since = performance.now();
  if (performance.now() - since < quiet) requestAnimationFrame(look);
  else {{ seen.disconnect(); done(); }}
}};
look();
"""


@dataclass(frozen=True, slots=True)
class Window:
    """The workbench as somebody has it before them."""

    driver: Any
    base: str
    language: str
    space: Workspace

    def open(self, page: str, **asked: str) -> None:
        """Open a page and wait until it is painted."""
        self.driver.get(f"{self.base}/{page}?{urlencode({'lang': self.language, **asked})}")
        self.painted()

    def painted(self) -> None:
        """Wait until nothing changes any more."""
        self.driver.execute_async_script(STILL, QUIET)

    def until(self, script: str, *given: Any) -> None:
        """Wait until a script says yes."""
        wait = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.2)
        wait.until(lambda driver: driver.execute_script(script, *given), f"{self.driver.current_url}: {script.strip()}")

    def there(self, css: str) -> None:
        """Wait until something is on the page."""
        self.until("return !!document.querySelector(arguments[0])", css)

    def press(self, css: str) -> None:
        """Press what is named, and wait for what comes of it."""
        self.there(css)
        self.driver.execute_script("document.querySelector(arguments[0]).click()", css)
        self.painted()

    def to(self, css: str, above: int = 70) -> None:
        """Scroll until something stands at the head of the picture."""
        self.there(css)
        self.driver.execute_script(
            "document.querySelector(arguments[0]).scrollIntoView({block: 'start'});"
            "document.querySelector('[data-testid=stMain]').scrollBy(0, -arguments[1])", css, above,
        )  # fmt: skip
        self.painted()

    def choose(self, css: str, nth: int) -> None:
        """Take the nth of the choices of a list."""
        self.there(css)
        self.driver.find_element("css selector", f"{css} input").click()
        self.there("[role=option]")
        self.driver.find_elements("css selector", "[role=option]")[nth].click()
        self.painted()

    def hand_up(self, css: str, file: Path) -> None:
        """Choose a file."""
        self.there(css)
        self.driver.find_element("css selector", css).send_keys(str(file))
        self.painted()

    def taken(self) -> bytes:
        """The picture; a page that broke is none."""
        if self.driver.execute_script("return !!document.querySelector('[data-testid=stException]')"):
            raise RuntimeError(f"{self.driver.current_url} shows an exception")
        return bytes(self.driver.get_screenshot_as_png())


# --- what each picture shows: its name, and the way there -------------------------------------------------------------


def journeys(at: Window) -> None:
    at.open("journeys", journey=RENEWAL)


def blueprint(at: Window) -> None:
    at.open("journeys", journey=RENEWAL)
    at.choose(".st-key-blueprint_study", 1)  # after “no study” comes the shipped one
    at.press(".st-key-blueprint_drawn input")
    at.there("[data-testid=stImage] img")
    at.to(".st-key-blueprint_variant")


def editor(at: Window) -> None:
    at.open("editor", journey=RENEWAL)


def study(at: Window) -> None:
    at.open("study", study="demo", part="planning")
    at.to("[data-testid=stSelectbox]")


def bring_in(at: Window) -> None:
    permits = at.space.root / "permits.csv"
    permits.write_text(PERMITS, encoding="utf-8")
    at.open("import")
    at.hand_up(".st-key-import_files input[type=file]", permits)
    at.there("[data-testid=stDataFrame]")
    at.to("[data-testid=stMetric]", 190)


def session(at: Window) -> None:
    walked = sorted(path.name for path in at.space.pictures.glob("renew_vehicle-as_is-*"))
    at.open("sessions", study="demo", sort="silent_waits", session=walked[-1])
    at.to("[data-testid=stMetric]", 90)


def load(at: Window) -> None:
    at.open("load", journey=RENEWAL)
    at.press(".st-key-load_start button")
    at.there(".st-key-run_json")
    at.painted()
    at.to("[data-testid=stMetric]", 110)


def load_asked(at: Window) -> None:
    at.open("load", journey=RENEWAL)


def history(at: Window) -> None:
    at.open("history", run=",".join(one.run for one in heads(at.space)[:2]))
    at.there("[data-testid=stVegaLiteChart]")
    at.painted()
    at.to("[data-testid=stMultiSelect]", 90)


def metrics(at: Window) -> None:
    at.open("metrics", study="demo")


def scoreboard(at: Window) -> None:
    at.open("scoreboard", study=leader_study.STUDY)
    at.there("[data-testid=stVegaLiteChart]")  # a study that is met for the first time is measured meanwhile
    at.painted()


def findings(at: Window) -> None:
    at.open("findings", study=leader_study.STUDY)
    at.there("[data-testid=stForm]")
    at.painted()


def drivers(at: Window) -> None:
    at.open("drivers", study=leader_study.STUDY)
    at.there("[data-testid=stVegaLiteChart]")
    at.painted()


def league(at: Window) -> None:
    at.open("league", study=leader_study.STUDY)
    at.there("[data-testid=stVegaLiteChart]")
    at.painted()


def report(at: Window) -> None:
    at.open("report", study="demo")
    at.press(".st-key-report_for button:first-of-type")
    at.press(".st-key-report_make button")
    at.there("iframe")
    at.painted()


PICTURES: Final[dict[str, Callable[[Window], None]]] = {
    shows.__name__: shows
    for shows in (
        journeys, editor, blueprint, bring_in, study,
        load_asked, load, history, metrics, session,
        scoreboard, findings, drivers, league, report,
    )
}  # fmt: skip


# --- taking them ------------------------------------------------------------------------------------------------------


def filled(space: Workspace) -> None:
    """Put into an empty workspace what the pictures show."""
    if (space.root / "log" / "study=demo").is_dir() and (space.root / "log" / f"study={leader_study.STUDY}").is_dir():
        return
    leader_study.planted(space)
    shown = read_study(shipped()["demo"])
    shown = shown.model_copy(update={"tasks": shown.tasks[:WALKED]})
    conduct.conduct(shown, read_flaws(None), space, lambda what, share: say(f"{share:4.0%}  {what}"), datetime.now(UTC))


def small(picture: bytes) -> bytes:
    """A picture with as few colours as keep it readable, so that it is small."""
    colours = COLOURS
    while True:
        kept = io.BytesIO()
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        image.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if len(kept.getvalue()) <= MOST_BYTES or colours <= 8:
            return kept.getvalue()
        colours //= 2


def say(what: str) -> None:
    """Say how far it is."""
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def take(space: Workspace, languages: list[str], names: list[str]) -> list[str]:
    """Take pictures, each in each language; what could not be taken, a line each."""
    missed = []
    with served(space) as (base, _server):
        for language in languages:
            (PICTURES_DIR / language).mkdir(parents=True, exist_ok=True)
            with started(language, headless=True, patience=60) as browser:
                # The window of a browser without a screen keeps some of its height for itself.
                browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                    "width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
                browser.driver.set_script_timeout(PATIENCE)
                at = Window(browser.driver, base, language, space)
                for name in names:
                    try:
                        PICTURES[name](at)
                        picture = small(at.taken())
                    except Exception as cause:  # noqa: BLE001 the others are taken all the same
                        missed.append(f"{language}/{name}: {str(cause).splitlines()[0]}")
                        continue
                    (PICTURES_DIR / language / f"{name}.png").write_bytes(picture)
                    say(f"{language}/{name}.png  {len(picture) / 1000:.0f} kB")
    return missed


def main() -> int:
    """Take what the command line asks for; 1 when one could not be taken."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--lang", action="append", choices=LANGUAGES, help="this language only")
    words.add_argument("--only", action="append", choices=[*PICTURES], help="this picture only")
    words.add_argument("--workspace", type=Path, help="filled once, then used again; default: a fresh one, thrown away")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="khutwa-pictures-", ignore_cleanup_errors=True) as fresh:
        space = Workspace((asked.workspace or Path(fresh)).resolve())
        os.environ["KHUTWA_WORKSPACE"] = str(space.root)
        os.environ.pop("KHUTWA_DATABASE", None)
        filled(space)
        missed = take(space, asked.lang or list(LANGUAGES), asked.only or list(PICTURES))
    for one in missed:
        say(f"not taken: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
