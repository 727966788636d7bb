"""A walk kept as a replay, in a real browser: what is typed makes no difference to any picture; a silence is found."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from echoing_service import running
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from test_replay import apart, standing

from analysis.report import write
from analysis.sessions import replay as player
from analysis.sessions.picture import Picture, picture_of
from journeys.equipment import Equipment
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser, browser_replay
from journeys.players.browser_seat import Seat, sit
from journeys.players.browser_start import started
from journeys.players.replay_frames import BLOCK, Roll
from journeys.walk import Walk, walk_of
from studies import archive, replays
from studies.events import Session
from studies.log import Log
from studies.replays import Replay, Shown
from studies.store import Store
from studies.words import say_in
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.browser

#: two citizens whose values have the same letters in another order: covered, they look the same
ONE = {"nid": "Qzidnumber 851904", "dob": "1987-11-23", "letter": "Qzletter to office", "plate": "Qzplate 77"}
OTHER = {"nid": "rebmunQziD 904851", "dob": "1978-12-13", "letter": "zQrettle ot eciffo", "plate": "etalpzQ 77"}


def office(base: str, given: dict[str, str], folder: Path, **equipment: Any) -> Walk:
    """A walk through the office that repeats everything."""
    steps = [
        {"visit": "/"},
        *({"give": {key: "{{citizen." + key + "}}"}} for key in ("nid", "dob", "letter")),
        {"give": {"Plate number": "{{citizen.plate}}"}},
        {"submit": "Send"},
        {"expect": {"text": "That is all"}},
    ]
    journey = Journey.model_validate({"journey": "apply", "title": "Apply", "agency": "office", "steps": steps})
    return walk_of(
        journey, Persona("p", given), session="s", base_url=base, pictures=folder,
        equipment=Equipment(**{"replay": "masked", **equipment}),
    )  # fmt: skip


def walked(base: str, given: dict[str, str], folder: Path, **equipment: Any) -> tuple[Log, Replay]:
    """What was heard on that walk, and its replay."""
    log = browser.play(office(base, given, folder, **equipment))
    kept = replays.read(folder)
    assert kept is not None
    return log, kept


def ends(log: Log) -> list[float]:
    """Moments at which both citizens have typed as much: before the form is sent, while it waits, at the end."""
    picture = picture_of(log)
    sent = next(s.begin for s in picture.spans if s.idea == "silence" and s.strong)
    return [sent - 0.02, sent + 0.8, picture.seconds + 9]


def red(one: Shown | Image.Image) -> int:
    """How many pixels of a picture are red, as only what was typed is."""
    picture = one if isinstance(one, Image.Image) else Image.open(io.BytesIO(one.picture))
    return sum(r > g + 70 and r > b + 70 for r, g, b in picture.convert("RGB").get_flattened_data())  # type: ignore[misc]


@pytest.fixture(scope="module")
def service() -> Any:
    with running() as base:
        yield base


def test_what_is_typed_makes_no_difference_to_what_is_seen(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_replay, "Roll", lambda: Roll(gap=0.0))  # every single picture, each key's too
    kept = [walked(service, given, tmp_path / given["nid"]) for given in (ONE, OTHER)]
    told = (tmp_path / ONE["nid"] / replays.NAME).read_text(encoding="utf-8")
    said = {key: value for key, value in json.loads(told).items() if key != "pictures"}
    assert not any(word in json.dumps(said).lower() for word in ("qz", "851904", "1987", "plate 77", "1123"))
    for one in kept[0][1].shown:
        assert b"Exif" not in one.picture and b"XMP" not in one.picture
    assert kept[0][1].cover == "fields" and kept[0][1].source == "screencast"
    for _log, replay in kept:
        for one in replay.shown:
            assert red(one) == 0, f"{one.at} s: look at {tmp_path}"
    moments = zip(*(ends(log) for log, _replay in kept), strict=True)
    for place, (first, second) in enumerate(moments):
        pictures = [standing(replay, at) for (_log, replay), at in zip(kept, (first, second), strict=True)]
        for picture, name in zip(pictures, ("one", "other"), strict=True):
            picture.save(tmp_path / f"{name}{place}.png")
        assert apart(*pictures) <= 12, f"look at {tmp_path}"


BOXES = """return JSON.stringify(Array.from(document.querySelectorAll('*'), e => {
  const b = e.getBoundingClientRect(); return [e.localName, b.x, b.y, b.width, b.height]; }))"""


def test_the_cover_moves_nothing_and_the_page_cannot_see_it(service: str) -> None:
    boxes = []
    with started("en", headless=True, patience=20) as found:
        for covered in (False, True):
            if covered:
                watched = browser_replay.screen_of(found, Roll(), cover=True)
                assert watched is not None
            found.page.go(service)
            field = found.driver.find_element(By.NAME, "nid")
            if covered:
                watched.cover(ONE["nid"])
            field.send_keys(ONE["nid"] + Keys.TAB)
            boxes.append(found.driver.execute_script(BOXES))
            assert found.driver.execute_script("return [typeof khutwaCover, typeof khutwaTyping]") == ["undefined"] * 2
        watched.close()
    assert boxes[0] == boxes[1]


def test_what_is_heard_is_the_same_with_and_without_a_replay(service: str, tmp_path: Path) -> None:
    heard = []
    for replay in ("masked", ""):
        folder = tmp_path / (replay or "none")
        log = browser.play(office(service, ONE, folder, replay=replay))
        # Without signs: whether one is seen before the answer hangs on when a busy machine paints.
        said = [s for s in log.said() if s.actor != "lab" and s.verb != "responds"]
        heard.append([(s.actor, s.verb, s.about, s.step) for s in said])
        assert (replays.read(folder) is None) == (not replay)
    assert heard[0] == heard[1]


def test_unmasked_it_does(service: str, tmp_path: Path) -> None:
    kept = [walked(service, given, tmp_path / given["nid"], replay="unmasked") for given in (ONE, OTHER)]
    for first, second in zip(*(ends(log) for log, _replay in kept), strict=True):
        pictures = standing(kept[0][1], first), standing(kept[1][1], second)
        assert apart(*pictures) > 400
        assert all(red(picture) > 200 for picture in pictures)  # however few pictures a busy machine painted
    assert kept[0][1].cover == "none"


def test_firefox_keeps_a_picture_after_each_step_and_covers_it(service: str, tmp_path: Path) -> None:
    kept = [walked(service, given, tmp_path / given["nid"], browser="firefox") for given in (ONE, OTHER)]
    (log, replay), (_log, other) = kept
    assert replay.source == "pictures"
    assert 4 <= len(replay.shown) <= 8
    for one in (*replay.shown, *other.shown):
        standing(replay, one.at).save(tmp_path / f"{one.at}.png")
        assert red(one) == 0, f"{one.at} s: look at {tmp_path}"
    last = picture_of(log).seconds + 9
    assert apart(standing(replay, last), standing(other, last)) <= 12, f"look at {tmp_path}"


def test_where_a_person_sits_nothing_can_be_read_and_the_page_is_left_alone(service: str, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    with started("en", headless=True, patience=20) as found, browser_replay.watching(found, person=True) as roll:
        driver = found.driver
        driver.get(service)
        driver.find_element(By.NAME, "nid").send_keys(ONE["nid"])
        assert driver.execute_script("return document.adoptedStyleSheets.length + CSS.highlights.size") == 0
        driver.find_element(By.XPATH, "//button[.='Send']").click()
        WebDriverWait(driver, 20).until(lambda b: "That is all" in b.find_element(By.TAG_NAME, "body").text)
        WebDriverWait(driver, 20).until(lambda _b: len(roll.all()) > 3)
    browser_replay.keep_sitting(roll, Session("s", began, source="participant"), tmp_path)
    kept = replays.read(tmp_path)
    assert kept is not None and kept.cover == "coarse"
    few = kept.width // BLOCK, kept.height // BLOCK
    for one in kept.shown:
        picture = standing(kept, one.at)
        squares = picture.resize(few, Image.Resampling.NEAREST).resize(picture.size, Image.Resampling.NEAREST)
        assert apart(picture, squares, more_than=60) == 0


def test_a_seat_keeps_what_its_screen_showed(service: str, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    sit(Seat(service, "seats", "visit", visible=False, seconds=1.5, replay=True), store, space)
    store.close()
    kept = replays.read(space.pictures / "visit")
    assert kept is not None and kept.cover == "fields"
    assert apart(standing(kept, 9), Image.new("RGB", (kept.width, kept.height), "white")) > 400


# --- watching it ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def renewal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The practice agency walked by the command line, with a replay; its workspace and session."""
    space = Workspace(tmp_path_factory.mktemp("space"))
    words = ["run", "journeys/library/traffic/renew_vehicle.yaml", "--variant", "as_is"]
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words, "--replay", "--study", "watched", "--json"],
        cwd=CHECKOUT, env={**os.environ, "KHUTWA_WORKSPACE": str(space.root)}, capture_output=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return space, json.loads(done.stdout)["sessions"][0]["session"]


@pytest.fixture(scope="module")
def viewer() -> Any:
    with started("en", headless=True, patience=60) as found:
        found.driver.set_window_size(900, 900)
        yield found.driver


def told(viewer: WebDriver, what: str) -> str:
    return str(viewer.find_element(By.TAG_NAME, "main").get_attribute(f"data-{what}"))


def opened(viewer: WebDriver, file: Path, document: str) -> None:
    file.write_text(document, encoding="utf-8")
    viewer.get(file.as_uri())
    WebDriverWait(viewer, 30).until(lambda b: told(b, "ready") == "yes")


def drawn(viewer: WebDriver) -> Image.Image:
    """What the viewer shows now."""
    code = viewer.execute_script("return document.querySelector('canvas').toDataURL('image/png').split(',')[1]")
    return Image.open(io.BytesIO(base64.b64decode(code))).convert("RGB")


def silences(picture: Picture) -> list[float]:
    """When they begin; one at the very beginning stands there already and is not gone to."""
    return [round(s.begin, 3) for s in picture.spans if s.idea == "silence" and s.strong and s.begin > 0.5]


@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_a_silence_is_found_by_keyboard_and_its_picture_stands(
    renewal: tuple[Workspace, str], viewer: WebDriver, tmp_path: Path, tongue: str
) -> None:
    space, session = renewal
    log = archive.read("watched", space)
    kept = replays.read(space.pictures / session)
    assert kept is not None
    with say_in(tongue):
        made = player.of_session(log, session, space)
        assert made is not None
        opened(viewer, tmp_path / "replay.html", made[0])
    begins = silences(picture_of(log, session))
    assert len(begins) >= 2
    page = viewer.find_element(By.TAG_NAME, "body")
    page.send_keys(Keys.HOME)
    assert told(viewer, "at") == "0.000"
    for begin in begins[:2]:
        page.send_keys("n")
        assert float(told(viewer, "at")) == pytest.approx(max(begin - 0.5, 0), abs=0.002)
        at = float(told(viewer, "at"))
        assert int(told(viewer, "picture")) == sum(one.at <= at + 1e-6 for one in kept.shown) - 1
        assert apart(drawn(viewer), standing(kept, at)) < 60
        assert apart(drawn(viewer), Image.new("RGB", (kept.width, kept.height), "white")) > 400
    page.send_keys("p")
    assert float(told(viewer, "at")) == pytest.approx(max(begins[0] - 0.5, 0), abs=0.002)
    forward = Keys.ARROW_LEFT if tongue == "ar" else Keys.ARROW_RIGHT
    page.send_keys(forward)
    assert float(told(viewer, "at")) == pytest.approx(max(begins[0] - 0.5, 0) + 1, abs=0.002)
    assert viewer.find_element(By.CSS_SELECTOR, ".over").text  # inside the silence its seconds are counted
    page.send_keys(Keys.SPACE)
    WebDriverWait(viewer, 20).until(lambda b: float(told(b, "at")) > begins[0] + 0.8)
    page.send_keys(Keys.SPACE)
    assert told(viewer, "playing") == "false"
    bar = viewer.find_elements(By.CSS_SELECTOR, ".silence")[1]
    bar.send_keys(Keys.ENTER)
    assert told(viewer, "playing") == "true"
    fetched = viewer.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [url for url in fetched if not url.startswith("data:")] == []
    heads = viewer.execute_script(
        "const b = document.querySelectorAll('.silence'); return [b[0], b[1]].map(e => e.getBoundingClientRect().x)"
    )
    assert (heads[0] < heads[1]) == (tongue == "en")  # time runs as the language does


def test_the_report_of_the_study_plays_it_in_a_frame_of_its_own(
    renewal: tuple[Workspace, str], viewer: WebDriver
) -> None:
    space, _session = renewal
    viewer.get(write("watched", space, "en").as_uri())
    frame = viewer.find_element(By.CSS_SELECTOR, "#replays iframe")
    viewer.execute_script("arguments[0].scrollIntoView()", frame)
    WebDriverWait(viewer, 30).until(lambda b: b.find_element(By.CSS_SELECTOR, "#replays iframe").is_displayed())
    viewer.switch_to.frame(frame)
    WebDriverWait(viewer, 30).until(lambda b: told(b, "ready") == "yes")
    before = told(viewer, "at")
    viewer.find_element(By.CSS_SELECTOR, ".ground").send_keys(Keys.END)
    assert float(told(viewer, "at")) > float(before)
    viewer.switch_to.default_content()
