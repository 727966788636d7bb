"""A real load, made by Locust in its own process, against a small service of this test and the practice agency."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from journeys.personas import generated
from journeys.players import wire
from journeys.practice.serve import running
from journeys.reading import read_journey
from journeys.steps import steps_of
from journeys.walk import walk_of
from loadtests.result import LoadResult
from loadtests.run import load
from studies import archive
from studies.troubles import Failed, WrongInput
from studies.workspace import CHECKOUT, Workspace

pytestmark = [pytest.mark.load, pytest.mark.slow]

JOURNEY = """
journey: renew
title: Renew
agency: traffic
base_url: {base_url}
shortest_path: 4
languages: [en]
done: {{text: Your registration is renewed}}
steps:
  - visit: {path}
  - give: {{national_id: "{{{{citizen.national_id}}}}"}}
  - submit: Continue
  - press: Pay now
"""

PAGE = "<!doctype html><html lang=en><title>Renew</title><body>{}</body></html>"
FORM = PAGE.format(
    "<h1>Renew</h1><form method=post action={action} id=renew><input type=hidden name=token value=t-1>"
    "<label for=n>National ID</label><input id=n name=national_id required><button>Continue</button></form>"
)


class Agency:
    """The service under test: what it was sent, and how it misbehaves."""

    def __init__(self) -> None:
        self.submitted = 0
        self.paid = 0
        self.lock = threading.Lock()
        self.base_url = ""
        self.server: uvicorn.Server | None = None

    def app(self) -> Starlette:
        async def form(request: Request) -> Response:
            return HTMLResponse(FORM.replace("{action}", request.url.path))

        async def sent(request: Request) -> Response:
            data = await request.form()
            assert data["token"] == "t-1" and data["national_id"]
            self.submitted += 1
            if request.url.path == "/flaky" and self.submitted % 2:
                return HTMLResponse(PAGE.format("<h1 role=alert>The system is under pressure</h1>"), 503)
            if request.url.path == "/stuck" and self.submitted > 1:  # the one who goes first gets through
                await asyncio.sleep(60)
            if request.url.path == "/away":
                return RedirectResponse("http://192.0.2.1/elsewhere", 303)
            return RedirectResponse("/pay", 303)

        async def pay(_request: Request) -> Response:
            return HTMLResponse(PAGE.format("<p>Almost there</p><a href=/renewed>Pay now</a>"))

        async def renewed(_request: Request) -> Response:
            self.paid += 1
            return HTMLResponse(PAGE.format("<h1>Your registration is renewed</h1>"))

        pages = [
            Route(path, call, methods=[method])
            for path in ("/renew", "/flaky", "/away", "/stuck")
            for method, call in (("GET", form), ("POST", sent))
        ]
        return Starlette(routes=[*pages, Route("/pay", pay), Route("/renewed", renewed)])

    def die(self) -> None:
        """Close at once, letting nobody finish."""
        assert self.server
        self.server.should_exit = self.server.force_exit = True


@contextmanager
def serving(agency: Agency) -> Iterator[Agency]:
    config = uvicorn.Config(agency.app(), log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    agency.server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    agency.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=agency.server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield agency
    finally:
        agency.die()
        thread.join()
        listener.close()


@pytest.fixture
def agency() -> Iterator[Agency]:
    with serving(Agency()) as served:
        yield served


def journey_file(folder: Path, base_url: str, path: str = "/renew") -> Path:
    file = folder / "renew.yaml"
    file.write_text(JOURNEY.format(base_url=base_url, path=path), encoding="utf-8")
    return file


def loaded(agency: Agency, space: Workspace, path: str = "/renew", **more: object) -> LoadResult:
    file = journey_file(space.root.parent, agency.base_url, path)
    asked = {"variant": None, "citizens": 5, "seconds": 3, "base_url": None, "study": "rush"} | more
    return load(file, space=space, **asked)  # type: ignore[arg-type]


def test_citizens_get_through_and_are_kept_in_the_same_log_with_the_same_step_ids(
    agency: Agency, space: Workspace
) -> None:
    seen: list[dict] = []
    result = loaded(agency, space, watch=seen.append)
    told = result.json()
    assert (told["ending"], told["trouble"], told["completion"]) == ("ran its time", None, 1.0)
    assert told["journeys"] + told["unfinished"] == told["sessions"] > 5
    assert told["journeys_per_second"] == pytest.approx(told["journeys"] / 3, rel=0.5)
    assert told["silence"] == {"state": "not measurable", "reason": "the wire hears no signs"}
    assert told["requests"] >= 4 * told["journeys"]
    assert agency.paid >= told["journeys"]
    assert [step["step"] for step in told["steps"]] == ["visit_renew", "submit_continue", "press_pay_now"]
    assert all(step["waits"] >= told["journeys"] and step["p50"] <= step["p95"] for step in told["steps"])
    assert [moment["t"] for moment in told["curve"]] == [0, 1, 2]
    assert sum(moment["journeys_per_second"] for moment in told["curve"]) == pytest.approx(told["done"], rel=0.2)
    assert [seen[0]["state"], seen[-1]["state"]] == ["rehearsing", "finishing"]
    assert seen[0].keys() >= {"t", "citizens", "journeys", "journeys_per_second", "p95"}
    assert max(snapshot["citizens"] for snapshot in seen) == 5

    log = archive.read("rush", space)
    steps = {step for step, _step in steps_of(read_journey(space.root.parent / "renew.yaml"))}
    assert {s.step for s in log.said()} - {None} == steps
    session = log.heard()[0]
    assert (session.source, session.study, session.task) == ("load", "rush", "renew")
    assert session.hears.isdisjoint({"responds", "rates"})
    own = [s for s in log.said() if s.session == session.session]
    assert [s.verb for s in own[:4]] == ["begins", "acts", "answers", "requests"]
    assert own[0].value == 4 and 1 <= (own[1].value or 0) <= 5  # the shortest path; citizens under load
    assert "concludes" in {s.verb for s in own}
    assert list((space.runs).glob("load-*/load.json"))


def test_a_service_that_refuses_under_load_is_told_by_step_and_kind(agency: Agency, space: Workspace) -> None:
    told = loaded(agency, space, path="/flaky").json()
    assert 0.3 < told["completion"] < 0.7
    (failure,) = told["failures"]
    assert (failure["kind"], failure["step"], failure["count"]) == (
        "refused",
        "submit_continue",
        told["journeys"] - told["done"],
    )
    assert failure["why"] == "flaky (status 503)"
    assert {step["step"]: step["failures"] for step in told["steps"]}["submit_continue"] == failure["count"]


def test_a_ramp_begins_with_one_citizen(agency: Agency, space: Workspace) -> None:
    seen: list[dict] = []
    told = loaded(agency, space, shape="ramp", think=0.05, watch=seen.append).json()
    assert told["curve"][0]["citizens"] < told["curve"][-1]["citizens"]
    assert max(snapshot["citizens"] for snapshot in seen) == 5


def test_those_who_still_wait_when_the_time_is_over_are_told_as_cut_short_with_their_wait_so_far(
    agency: Agency, space: Workspace
) -> None:
    told = loaded(agency, space, path="/stuck", citizens=3, seconds=2, grace=0.5).json()
    assert (told["journeys"], told["unfinished"], told["completion"], told["failures"]) == (0, 3, None, [])
    submit = next(step for step in told["steps"] if step["step"] == "submit_continue")
    assert (submit["waits"], submit["over_threshold"], submit["failures"]) == (3, 3, 0)
    last = archive.read("rush", space).said()[-1]
    assert (last.actor, last.verb, last.about) == ("lab", "notes", "load_ended")


def test_a_load_citizen_says_what_the_robot_on_the_wire_says(agency: Agency, space: Workspace) -> None:
    loaded(agency, space, seconds=1)
    file = space.root.parent / "renew.yaml"
    robot = wire.play(walk_of(read_journey(file), generated(1)[0], session="robot"))
    log = archive.read("rush", space)
    through = next(s.session for s in log.said() if s.verb == "concludes")
    alike = ("actor", "verb", "about", "step", "agency", "channel")
    assert log.only([through]).sentences.select(alike).equals(robot.sentences.select(alike))


def test_a_load_that_is_stopped_keeps_what_it_measured(agency: Agency, space: Workspace) -> None:
    told = loaded(agency, space, seconds=60, stop=lambda: agency.paid > 20).json()
    assert told["ending"] == "stopped" and told["trouble"] is None
    assert told["done"] > 20 and told["seconds"] < 60


def test_a_target_that_dies_in_mid_run_ends_it_in_words_and_keeps_what_was_measured(
    agency: Agency, space: Workspace
) -> None:
    def kill(snapshot: dict) -> None:
        if snapshot["done"] > 10:
            agency.die()

    told = loaded(agency, space, seconds=60, watch=kill).json()
    assert told["ending"] == "target died"
    assert "stopped answering" in told["trouble"]
    assert told["done"] > 10
    assert {failure["kind"] for failure in told["failures"]} == {"failed"}
    assert len(archive.read("rush", space).sessions) == told["sessions"]


def test_a_page_that_sends_citizens_to_another_host_is_not_followed_there(agency: Agency, space: Workspace) -> None:
    told = loaded(agency, space, path="/away").json()
    assert told["completion"] == 0
    assert [(f["kind"], f["step"]) for f in told["failures"]] == [("broken", "submit_continue")]
    assert "192.0.2.1" in told["failures"][0]["why"]


def test_a_target_that_is_not_this_machine_is_refused(space: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"192\.0\.2\.1.*may not be put under load"):
        load(
            journey_file(tmp_path, "http://192.0.2.1"), variant=None, citizens=1, seconds=1, base_url=None, space=space
        )


def test_a_dead_target_is_told_before_anything_starts(space: Workspace, tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"Nobody answers at http://127\.0\.0\.1:1 "):
        file = journey_file(tmp_path, "http://127.0.0.1:1")
        load(file, variant=None, citizens=1, seconds=1, base_url=None, space=space)


def test_a_script_that_names_what_is_not_there_is_wrong_input_with_the_words_that_were(
    agency: Agency, space: Workspace
) -> None:
    file = journey_file(space.root.parent, agency.base_url)
    file.write_text(file.read_text(encoding="utf-8").replace("Pay now", "Buy now"), encoding="utf-8")
    with pytest.raises(WrongInput, match=r"Buy now.*Pay now"):
        load(file, variant=None, citizens=1, seconds=1, base_url=None, space=space)


PARENT = """
import signal, sys
from pathlib import Path
from loadtests.run import load
from studies.workspace import Workspace

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored

def going(snapshot):
    if snapshot["done"]:
        print("going", flush=True)

told = load(Path(sys.argv[1]), variant=None, citizens=3, seconds=300, base_url=None, space=Workspace(Path(sys.argv[2])),
            watch=going)
print(told.ending, told.summary.done > 0)
"""


def test_when_the_lab_dies_the_load_dies_with_it(agency: Agency, space: Workspace, tmp_path: Path) -> None:
    file = journey_file(tmp_path, agency.base_url)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(file), str(space.root)], cwd=CHECKOUT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout and parent.stdout.readline() == b"going\n"
        (generator,) = psutil.Process(parent.pid).children()
        parent.kill()
    _gone(generator)
    loaded(agency, space, seconds=1)
    kept = {session.study for name in archive.studies_in(space) for session in archive.read(name, space).heard()}
    assert kept == {"load_renew_interrupted", "rush"}  # what the first lab had measured was found by the second


def test_control_c_ends_a_load_in_good_order(agency: Agency, space: Workspace, tmp_path: Path) -> None:
    file = journey_file(tmp_path, agency.base_url)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(file), str(space.root)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout and parent.stdout.readline() == "going\n"
        parent.send_signal(signal.SIGINT)
        assert parent.stdout.read().splitlines()[-1] == "stopped True"


def test_a_generator_that_dies_ends_the_load_in_words_and_what_it_told_is_kept(
    agency: Agency, space: Workspace
) -> None:
    def kill(snapshot: dict) -> None:
        if snapshot["t"] > 1 and snapshot["done"]:
            for child in psutil.Process().children():
                child.kill()

    told = loaded(agency, space, seconds=60, watch=kill).json()
    assert (told["ending"], told["cpu"]) == ("generator died", None)
    assert "generator died" in told["trouble"]
    assert len(archive.read("rush", space).sessions) == told["sessions"] > 0


def test_a_journey_of_the_library_goes_through_at_the_practice_agency(space: Workspace) -> None:
    file = CHECKOUT / "journeys/library/consumer_protection/make_complaint.yaml"
    with running() as base_url:
        told = load(
            file, variant="redesigned", citizens=3, seconds=1, base_url=base_url, space=space, language="ar"
        ).json()
    assert (told["completion"], told["failures"]) == (1.0, [])
    steps = [step for step, _step in steps_of(read_journey(file), "redesigned")]
    assert {step["step"] for step in told["steps"]} <= set(steps)


def _gone(process: psutil.Process) -> None:
    """Wait until a process that is nobody's child here has ended, whether or not anyone buries it."""
    if hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(process.pid)
        try:
            assert select.select([handle], [], [], 10)[0], "the generator goes on without the lab"
        finally:
            os.close(handle)
    else:
        process.wait(10)


def test_importing_the_load_room_does_not_import_locust() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, loadtests.run; print('locust' in sys.modules, 'gevent' in sys.modules)"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "False"]


def test_those_who_know_locust_can_start_it_themselves(agency: Agency, tmp_path: Path) -> None:
    environment = os.environ | {
        "KHUTWA_JOURNEY": str(journey_file(tmp_path, agency.base_url)),
        "KHUTWA_RUN_FILE": str(tmp_path / "told.jsonl"),
    }
    command = [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless", "--only-summary"]
    told = subprocess.run(
        [*command, "-u", "2", "-r", "2", "-t", "2s"], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert "submit_continue" in told.stdout + told.stderr
    assert (tmp_path / "told.jsonl").read_bytes().count(b'"done"') > 2


def test_locust_started_by_hand_is_held_to_the_same_permission(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless", "-t", "1s"],
        cwd=CHECKOUT,
        env=os.environ | {"KHUTWA_JOURNEY": str(journey_file(tmp_path, "http://192.0.2.1"))},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 2
    assert "may not be put under load" in told.stderr
