"""A visitor's telephone: opened once, then without a network, switched off and on, and everything is told once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_survey_browser import faults, served, until, wide

from journeys.equipment import equipped
from journeys.players.browser_start import Browser, started
from studies import archive
from studies.store import Store
from studies.store.visits import visits_of
from studies.workspace import Workspace
from surveys.visits_listed import made

pytestmark = pytest.mark.untimed


@pytest.fixture(scope="module")
def phone() -> Iterator[Browser]:
    with started("ar", True, 60.0, equipped(device="phone")) as browser:
        yield browser


def press(phone: Browser, name: str) -> None:
    """Press a button of the checklist, and see that the tap is kept."""
    before = phone.page.look("return document.getElementById('visit').dataset.taps")
    phone.page.look("document.querySelector(`[data-at='${arguments[0]}']`).click()", name)
    if name not in ("finish", "sure", "next"):
        until(phone, "document.getElementById('visit').dataset.taps !== arguments[0]", before)


def line(phone: Browser, there: bool) -> None:
    """Flight mode, on or off."""
    phone.driver.execute_cdp_cmd("Network.enable", {})
    told = {"offline": not there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    phone.driver.execute_cdp_cmd("Network.emulateNetworkConditions", told)


@pytest.mark.browser
@pytest.mark.slow
def test_a_visit_in_flight_mode_is_told_once(phone: Browser, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    door = made(store, "field", "service_centre", "مركز المرور")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/v/{door.door}"
    here = "document.getElementById('visit').dataset"

    def look(name: str) -> None:
        (space.pictures / f"{name}.png").write_bytes(phone.page.picture())
        assert (name, faults(phone), wide(phone)) == (name, [], False)

    with served(space, port) as (_port, kill):
        phone.page.go(address)
        until(phone, f"{here}.ready && {here}.offline === 'offline'")  # opened once with a network: that is all
        look("start_ar")
        kill()
    line(phone, False)
    phone.page.look("document.getElementById('rater').value = 'ن'; document.querySelector('form button').click()")
    until(phone, f"{here}.here === 'visit'")
    for name in ("arrives", "ticket", "called", "counter", "national_id.asked", "national_id.given", "signs.1"):
        press(phone, name)
    press(phone, "greeted.4")
    press(phone, "undo")
    look("visit_ar")
    phone.page.go(address)  # switched off and on, without a network and without a server
    until(phone, f"{here}.here === 'visit' && {here}.taps === '9'")
    phone.page.look("document.querySelector('[data-speak=en]').click()")
    look("visit_en")
    press(phone, "national_id.asked")
    phone.page.look(
        """const field = document.getElementById('other-documents');
        field.value = 'My IBAN, please'; document.querySelector("[data-at='other-documents-asked']").click()"""
    )
    until(phone, f"{here}.taps === '11'")
    press(phone, "outcome.come_again")
    press(phone, "greeted.2")
    press(phone, "finish")
    press(phone, "sure")
    until(phone, f"{here}.here === 'over'")
    look("over_en")
    assert visits_of(store, "field") == []
    with served(space, port):
        line(phone, True)
        phone.page.look("window.dispatchEvent(new Event('online'))")
        until(phone, f"{here}.delivered && {here}.waiting === '0'")
        phone.page.go(address)  # nothing is left to be sent again
        until(phone, f"{here}.ready && {here}.waiting === '0' && {here}.here === 'start'")
        (visit,) = visits_of(store, "field")
        assert [tap["n"] for tap in visit.taps] == list(range(14))
        for _look in range(200):
            if archive.studies_in(space):
                break
            phone.page.look("return new Promise(done => setTimeout(done, 25))")
    said = [(s.verb, s.about) for s in archive.read("field", space).said()]
    assert said[1:6] == [
        ("acts", "queue_ticket"), ("answers", "queue_ticket"), ("acts", "counter"), ("requests", "national_id"),
        ("gives", "national_id"),
    ]  # fmt: skip
    assert said[6:] == [
        ("requests", "national_id"), ("requests", "iban"), ("refuses", "come_again"), ("notes", "signs"),
        ("rates", "service_centre.greeted"),
    ]  # fmt: skip
    assert "IBAN, please" not in json.dumps(archive.read("field", space).sentences.to_pylist(), default=str)
    store.close()
