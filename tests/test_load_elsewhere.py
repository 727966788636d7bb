"""A load on a service that is not this machine's loopback: only with consent, only so much, only while it lasts."""

from __future__ import annotations

import asyncio
import functools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from own_address import own_address
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from loadtests import run
from loadtests.crowd import Plan
from loadtests.permits import guarded, kill_switch
from loadtests.permits.allowed import LIST, project_of
from loadtests.permits.consent import PATH
from loadtests.result import LoadResult
from loadtests.run import load
from loadtests.verdicts.demands import Gates
from loadtests.verdicts.verdict import judge
from studies.house import audit
from studies.troubles import Failed, WrongInput
from studies.workspace import Workspace

pytestmark = [pytest.mark.load, pytest.mark.slow]

JOURNEY = """
journey: ask
title: Ask
agency: traffic
base_url: {base_url}
shortest_path: 1
languages: [en]
done: {{text: Your answer}}
steps:
  - visit: /answer
"""


class Agency:
    """A service on this machine's address towards others: what it agreed to, and what it was sent."""

    def __init__(self, address: str, space: Workspace) -> None:
        self.listener = socket.create_server((address, 0), backlog=256)
        self.base_url = f"http://{address}:{self.listener.getsockname()[1]}"
        self.space = space
        self.ceiling = {"citizens": 3, "per_second": 8}
        self.agrees = True
        self.asked = self.inside = self.most = 0
        self.when: list[float] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[], Response] = lambda: HTMLResponse("<html lang=en><h1>Your answer</h1></html>")

    def app(self) -> Starlette:
        async def consent(_request: Request) -> Response:
            self.asked += 1
            file = {"project": project_of(self.space), "ceiling": self.ceiling, "until": "2999-01-01"}
            return JSONResponse(file) if self.agrees else Response(status_code=404)

        async def answer(request: Request) -> Response:
            self.when.append(time.monotonic())
            self.headers.append(dict(request.headers))
            self.inside += 1
            self.most = max(self.most, self.inside)
            await asyncio.sleep(0.05)
            self.inside -= 1
            return self.answer()

        return Starlette(routes=[Route(PATH, consent), Route("/answer", answer)])

    def listed(self) -> None:
        entry = f"origin: '{self.base_url}', owner: me, ceiling: {{citizens: 50, per_second: 50}}, until: 2999-01-01"
        (self.space.root / LIST).write_text(f"targets:\n  - {{{entry}}}\n", encoding="utf-8")


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[Agency]:
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    agency = Agency(address, Workspace(tmp_path / "workspace"))
    agency.space.root.mkdir()
    server = uvicorn.Server(uvicorn.Config(agency.app(), log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [agency.listener]})
    thread.start()
    try:
        yield agency
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        agency.listener.close()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The consent is read again every fifth of a second instead of every minute."""
    monkeypatch.setattr(guarded, "Guard", functools.partial(guarded.Guard, every=0.2))


def loaded(agency: Agency, tmp_path: Path, seconds: float = 3.0, **more: Any) -> LoadResult:
    journey = tmp_path / "ask.yaml"
    journey.write_text(JOURNEY.format(base_url=agency.base_url), encoding="utf-8")
    asked: dict[str, Any] = {"citizens": 20} | more
    return load(journey, variant=None, seconds=seconds, base_url=None, space=agency.space, **asked)


def test_without_permission_nothing_is_sent_and_the_refusal_is_noted(agency: Agency, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"may not be put under load.*not on the list"):
        loaded(agency, tmp_path)
    agency.listed()
    agency.agrees = False
    with pytest.raises(WrongInput, match=r"status 404"):
        loaded(agency, tmp_path)
    assert agency.when == []
    assert [line["what"] for line in audit.lines(agency.space)] == ["refused", "refused"]


def test_a_closed_load_keeps_to_the_lowest_ceiling_and_says_who_it_is(agency: Agency, tmp_path: Path) -> None:
    agency.listed()
    result = loaded(agency, tmp_path, seconds=3.0)
    assert result.ending == "ran its time" and result.summary.done > 5
    assert agency.most <= 3
    # Eight journeys a second begin at most, after the one that went first.
    assert len(agency.when) - 1 <= 8 * 3.5 + 1
    assert {headers["x-khutwa-run"] for headers in agency.headers} == {result.run}
    assert all("Khutwa" in headers["user-agent"] for headers in agency.headers)
    assert result.permission["ceiling"] == {"citizens": 3, "per_second": 8.0}
    assert result.permission["lowered"] is True
    begins, ends = audit.lines(agency.space)
    assert (begins["what"], begins["citizens"], ends["what"], ends["ending"]) == ("begins", 3, "ends", "ran its time")
    assert begins["run"] == ends["run"] == result.run


@pytest.mark.parametrize("client", ["lean", "geventhttpclient", "locust"])
def test_the_address_that_was_permitted_is_the_one_that_is_loaded_whatever_the_name_means_now(
    agency: Agency, tmp_path: Path, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = own_address() or ""
    agency.base_url = agency.base_url.replace(address, "agency.test")  # a name that only this lab's book knows
    agency.listed()
    book = functools.partial(guarded.guarded, resolve=lambda _host, _port: [address])
    monkeypatch.setattr(run, "guarded", book)
    result = loaded(agency, tmp_path, seconds=1.5, client=client)
    assert result.ending == "ran its time" and result.summary.done
    assert {headers["host"].split(":")[0] for headers in agency.headers} == {"agency.test"}


def test_an_open_load_keeps_to_the_lowest_ceiling(agency: Agency, tmp_path: Path) -> None:
    agency.listed()
    agency.ceiling = {"citizens": 5, "per_second": 4}
    result = loaded(agency, tmp_path, citizens=0, arrivals=100.0)
    assert result.arrivals == 4.0
    assert agency.most <= 5


def test_a_consent_that_is_taken_back_ends_the_load_and_what_was_measured_is_kept(
    agency: Agency, tmp_path: Path, often: None
) -> None:
    agency.listed()

    def watch(snapshot: dict[str, Any]) -> None:
        agency.agrees = agency.agrees and snapshot["done"] < 5

    began = time.monotonic()
    result = loaded(agency, tmp_path, seconds=60.0, watch=watch)
    assert result.ending == "permission withdrawn" and "status 404" in (result.trouble or "")
    assert result.summary.done >= 5 and time.monotonic() - began < 40
    assert result.evidence and judge(Gates(), [result.evidence]).exit_code == 4
    assert list(audit.lines(agency.space))[-1]["ending"] == "permission withdrawn"


def test_a_service_that_asks_to_be_left_alone_is(agency: Agency, tmp_path: Path) -> None:
    agency.listed()

    def answer() -> Response:
        tired = len(agency.when) > 10
        page = "<html lang=en><h1>Your answer</h1></html>"
        return HTMLResponse(page, 503 if tired else 200, {"Retry-After": "60"} if tired else {})

    agency.answer = answer
    result = loaded(agency, tmp_path, seconds=60.0)
    assert result.ending == "circuit breaker" and "Retry-After" in (result.trouble or "")
    assert len(agency.when) < 60
    assert result.evidence and judge(Gates(), [result.evidence]).exit_code == 3


def test_the_kill_switch_ends_a_load_from_elsewhere(agency: Agency, tmp_path: Path) -> None:
    agency.listed()

    def watch(snapshot: dict[str, Any]) -> None:
        if snapshot["done"] >= 3:
            kill_switch.pull(agency.space)

    result = loaded(agency, tmp_path, seconds=60.0, watch=watch)
    assert result.ending == "killed" and result.seconds < 30


def test_nothing_that_a_page_says_leads_a_load_elsewhere(agency: Agency, tmp_path: Path) -> None:
    agency.listed()
    trap = socket.create_server(("127.0.0.1", 0))
    trap.settimeout(0.0)
    away = f"http://127.0.0.1:{trap.getsockname()[1]}/"
    agency.answer = lambda: (
        Response(status_code=302, headers={"Location": away})
        if len(agency.when) > 1
        else HTMLResponse("<html lang=en><h1>Your answer</h1></html>")
    )
    result = loaded(agency, tmp_path, seconds=2.0)
    assert result.summary.done == 0 and result.summary.failures
    with pytest.raises(BlockingIOError):
        trap.accept()
    trap.close()


def test_the_audit_must_be_written_before_anything_is_sent(agency: Agency, tmp_path: Path) -> None:
    agency.listed()
    audit.file_of(agency.space).mkdir()
    with pytest.raises(Exception, match="audit"):
        loaded(agency, tmp_path)
    assert agency.when == []


def test_two_loads_at_once_do_not_get_twice_what_was_agreed(agency: Agency, tmp_path: Path) -> None:
    agency.listed()
    plan = Plan(journey="ask.yaml", base_url=agency.base_url, run="load-1")
    with (
        guarded.guarded(plan, [agency.base_url], agency.space),
        pytest.raises(Failed, match="Another load against"),
        guarded.guarded(plan, [agency.base_url], agency.space),
    ):
        pass
    with guarded.guarded(plan, [agency.base_url], agency.space) as after:
        assert after.plan.citizens == 1


def test_what_is_noted_can_be_read_by_others(agency: Agency, tmp_path: Path) -> None:
    audit.note(agency.space, "begins", "load-1", datetime.now(UTC), targets=[agency.base_url])
    assert json.loads(audit.file_of(agency.space).read_text(encoding="utf-8"))["targets"] == [agency.base_url]
