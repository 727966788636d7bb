"""A participant with a task, in the lab and remotely: a person's presses in a browser, nothing of a journey's player.

What they wander and what comes of it is counted by hand here; the product must count the same.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from participant_browsers import chromium
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from tagged_practice import running

import intake
from analysis.measure import measure
from commands import _participants as taking
from commands._took_part import tasks_told
from commands.study._protocol import materials_of, read_whole
from journeys.hearing.participants import seal_ended
from journeys.players import browser_seat_task
from journeys.players.browser_seat_task import TaskSeat, take_part
from studies import archive
from studies.planning.freezing import freeze
from studies.store import Store
from studies.store.assignments import SEAT, TAG, itinerary
from studies.workspace import Workspace
from surveys.answers import write_to_log
from surveys.itinerary import whereabouts

pytestmark = pytest.mark.browser

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
STUDY = """study: trial
title: Renewing a vehicle
tasks: [traffic/renew_vehicle]
conditions: [redesigned]
participants: {languages: {en: 2}, order: as_told}
questionnaires: {after_task: [seq]}
"""
# Counted by hand. The pages: renew, home, renew, payment, done.
#   1 opens renew          2 gives the id there         3 presses “All services”: off the path
#   4 presses “Redesigned” there, which leads to renew: off the path, and renew asks for the id once more
#   5 gives the id again   6 the plate                  7 Continue
#   8 gives the account    9 Pay and renew
STEPS, SHORTEST, REPEATS = 9, 6, 1
# Different pages N = 4, pages in all S = 5, needed R = 3 (renew, payment, done).
LOST = math.hypot(4 / 5 - 1, 3 / 4 - 1)


@pytest.fixture
def protocol(tmp_path: Path, space: Workspace) -> taking.Protocol:
    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    study, _journeys = read_whole(file, space)
    freeze(study, materials_of(study, file, space), file, space, NOW)
    return taking.started(file, space, NOW)


def press(driver: WebDriver, words: str) -> None:
    """Press the first button or link with these words."""
    driver.find_element(By.XPATH, f"(//button|//a)[normalize-space()='{words}']").click()


def field(driver: WebDriver, label: str) -> Any:
    """The field with this label; None while it is not there."""
    found = driver.find_elements(By.XPATH, f"//input[@id=//label[normalize-space()='{label}']/@for]")
    return found[0] if found else None


def fill(driver: WebDriver, label: str, text: str) -> Iterator[None]:
    """Type into a field once it is there."""
    while field(driver, label) is None:
        yield
    field(driver, label).send_keys(text)


def details(driver: WebDriver) -> dict[str, str]:
    """The details to use, as the task's page shows them."""
    rows = driver.find_elements(By.CSS_SELECTOR, "tr")
    return {row.find_element(By.TAG_NAME, "th").text: row.find_element(By.TAG_NAME, "td").text for row in rows}


def wander(driver: WebDriver, told: dict[str, str]) -> Iterator[None]:
    """A person who strays to the list of services before they come back and renew."""
    yield from fill(driver, "CPR no.", told["National id"])
    press(driver, "All services")
    while not driver.find_elements(By.LINK_TEXT, "Redesigned"):
        yield
    press(driver, "Redesigned")
    yield from fill(driver, "CPR no.", told["National id"])
    yield from fill(driver, "Vehicle plate number", told["Plate number"])
    press(driver, "Continue")
    yield from fill(driver, "Bank account (IBAN)", told["Iban"])
    press(driver, "Pay and renew")
    yield


def answer(driver: WebDriver) -> None:
    """Answer the one question after the task."""
    driver.find_element(By.CSS_SELECTOR, "input[type=radio][value='6']").click()
    press(driver, "Send my answers")


def check(space: Workspace, store: Store, session: str, participant: str) -> None:
    """What was measured is what was counted."""
    write_to_log(store, "trial", space)
    log = archive.read("trial", space)
    row = next(one for one in log.heard() if one.session == session)
    assert (row.source, row.task, row.condition, row.participant, row.language) == (
        "participant", "renew_vehicle", "redesigned", participant, "en",
    )  # fmt: skip
    found = {name: result.value for name, result in measure(log.only([session])).sessions[session].items()}
    assert found["success"] == "indirect" and found["outcome"] == "concluded"
    assert (found["steps"], found["needless_steps"]) == (STEPS, STEPS - SHORTEST)
    assert found["repeat_questions"] == REPEATS
    assert found["lostness"] == pytest.approx(LOST)
    deeds = [
        (s.verb, s.about, s.step) for s in log.only([session]).said() if s.actor == "citizen" and s.verb != "rates"
    ]
    assert deeds == [
        ("begins", "renew_vehicle", None),
        ("acts", "traffic/renew", "open"),
        ("gives", "national_id", "say_who"),
        ("acts", "All services", None),
        ("acts", "Redesigned", None),
        ("gives", "national_id", "say_who"),
        ("gives", "plate_number", "say_plate"),
        ("submits", "traffic/renew", "send_who"),
        ("gives", "iban", "say_account"),
        ("submits", "traffic/renew/payment", "pay"),
    ]
    assert [s.value for s in log.said() if s.verb == "rates"] == [6.0]


@contextmanager
def seated(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The browsers that a seat opens, as they open."""
    sat: list[Any] = []
    real = browser_seat_task.started

    @contextmanager
    def started(*what: Any, **more: Any) -> Iterator[Any]:
        with real(*what, **more) as begun:
            sat.append(begun)
            yield begun

    monkeypatch.setattr(browser_seat_task, "started", started)
    yield sat


def sit(
    protocol: taking.Protocol, space: Workspace, store: Store, site: str, person: Callable[[Any], Iterator[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> list[dict[str, Any]]:  # fmt: skip
    """Sit somebody down who does one thing each time that the lab looks."""
    those = taking.given_out(protocol, store, space, ("en", 1), SEAT, lambda _journey, _condition: site)
    with seated(monkeypatch) as sat, intake.serving(space, a_second=0) as pages:

        def at() -> tuple[str, str, str]:
            place = whereabouts(store, itinerary(store, those[0].itinerary), space)
            return place.kind, place.path, place.token

        doing: list[Iterator[None]] = []
        looks: list[None] = []

        def watch(_what: str, _share: float) -> None:
            if not doing:
                doing.append(person(sat[-1].driver))
            next(doing[0], None)
            looks.append(None)
            assert len(looks) < 300, "the participant does not get on"

        take_part(TaskSeat(pages, those[0].itinerary, at, False, "en", after=0.2), store, space, watch)
    return tasks_told(itinerary(store, those[0].itinerary), "trial", space)


def begun(driver: WebDriver, told: dict[str, str]) -> Iterator[None]:
    """Agree, read the task, begin; then in the site's window."""
    lab = driver.current_window_handle
    press(driver, "I agree, begin")
    while not told:
        yield
        told.update(details(driver))
    press(driver, "Begin")
    while len(driver.window_handles) < 2:
        yield
    driver.switch_to.window(next(one for one in driver.window_handles if one != lab))


def test_whoever_wanders_and_returns_in_the_lab_is_counted_as_by_hand(
    protocol: taking.Protocol, space: Workspace, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def person(driver: WebDriver) -> Iterator[None]:
        lab, told = driver.current_window_handle, dict[str, str]()
        yield from begun(driver, told)
        yield from wander(driver, told)
        while not driver.find_elements(By.CSS_SELECTOR, "input[type=radio]"):
            yield
            if lab in driver.window_handles:
                driver.switch_to.window(lab)
        answer(driver)

    with running() as site:
        (told,) = sit(protocol, space, store, site, person, monkeypatch)
    assert told["state"] == "done" and told["success"]["value"] == "indirect"
    check(space, store, told["session"], "trial-en-p001")


@pytest.mark.parametrize("how", ["closed", "crashed"])
def test_however_a_task_ends_what_was_heard_is_kept(
    protocol: taking.Protocol, space: Workspace, store: Store, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def person(driver: WebDriver) -> Iterator[None]:
        lab, told = driver.current_window_handle, dict[str, str]()
        yield from begun(driver, told)
        yield from fill(driver, "CPR no.", told["National id"])
        press(driver, "All services")
        yield
        if how == "closed":
            driver.close()
        else:
            with pytest.raises(WebDriverException):
                driver.execute_cdp_cmd("Page.crash", {})
        while how == "closed":
            yield
            if lab in driver.window_handles:
                driver.switch_to.window(lab)
            if driver.find_elements(By.CSS_SELECTOR, "input[type=radio]"):
                answer(driver)
                return

    with running() as site:
        (told,) = sit(protocol, space, store, site, person, monkeypatch)
    ends = {"closed": ("gave_up", "gave_up"), "crashed": ("broke", "broken")}
    assert (told["state"], told["success"]["value"]) == ends[how]
    said = [(s.verb, s.about) for s in archive.read("trial", space).only([told["session"]]).said()]
    assert ("gives", "national_id") in said and ("acts", "All services") in said


def test_whoever_wanders_and_returns_remotely_is_counted_as_by_hand(
    protocol: taking.Protocol, space: Workspace, store: Store, tmp_path: Path
) -> None:
    with intake.serving(space, a_second=0) as pages:
        tag = f'<script src="{pages}/recorder.js" data-study="trial"></script>'
        with running(tag) as site, chromium(tmp_path / "profile") as hand:
            those = taking.given_out(protocol, store, space, ("en", 2), TAG, lambda _j, _c: site, pages)
            driver, patience = hand.driver, threading.Event()
            driver.get(f"{pages}/p/{those[0].itinerary}")
            press(driver, "I agree, begin")
            told, lab = dict[str, str](), driver.current_window_handle
            while not told:
                patience.wait(0.1)
                told = details(driver)
            press(driver, "Begin")
            driver.switch_to.window(next(one for one in driver.window_handles if one != lab))
            for _done in wander(driver, told):
                assert "khutwa" not in driver.current_url or not driver.current_url.startswith("http")
                patience.wait(0.05)
            for _look in range(150):  # the tab goes back to the lab by itself once the task is done
                if driver.current_url.startswith(pages):
                    break
                patience.wait(0.1)
            answer(driver)
            for _look in range(150):  # between two pages there is none
                if driver.page_source:
                    break
                patience.wait(0.1)
            assert "Thank you" in driver.page_source
    assert seal_ended(store, space, timedelta()) == [those[0].session]
    check(space, store, those[0].session, "trial-en-p002")
