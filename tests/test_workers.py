"""One load made by several machines: their parts add up, nobody walks twice, and a machine may be lost on the way."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, ClassVar

import psutil  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.practice.serve import running
from loadtests.arrivals import due
from loadtests.crowd import Crowd, Plan
from loadtests.machines.leading import Lead
from loadtests.machines.workers import (
    Worker,
    address_of,
    ending_of,
    lost_told,
    never_came,
    own_share,
    packed,
    part_of,
    unpacked,
)
from loadtests.run import load
from loadtests.shapes import shape
from loadtests.stage import PERSONAS
from studies import archive
from studies.troubles import Failed, WrongInput
from studies.workspace import CHECKOUT, Workspace

JOURNEY = CHECKOUT / "journeys" / "library" / "traffic" / "renew_vehicle.yaml"
PLAN = Plan(str(JOURNEY), "http://127.0.0.1:8600", arrivals=40.0, cap=100, seconds=20.0, per_second=50.0)


# -- the parts


@given(whole=st.integers(0, 5000), machines=st.integers(1, 40))
def test_the_citizens_of_all_machines_are_those_that_were_asked_for(whole: int, machines: int) -> None:
    parts = [own_share(whole, part_of(PLAN, nth, machines)) for nth in range(machines)]
    assert sum(parts) == whole
    assert max(parts) - min(parts) <= 1


@given(machines=st.integers(1, 9), seed=st.integers(0, 99))
def test_nobody_comes_twice_and_nobody_is_forgotten(machines: int, seed: int) -> None:
    met: list[int] = []
    for nth in range(machines):
        part = part_of(replace(PLAN, seed=seed), nth, machines)
        crowd = Crowd()
        crowd.machine, crowd.machines = part.machine, part.machines
        turns = len(list(due(shape("constant"), part.arrivals, part.seconds, random.Random(part.seed)))[nth::machines])
        met += [crowd.begins() for _turn in range(min(turns, PERSONAS // machines - 1))]
    assert len(met) == len(set(met))
    assert len({number % PERSONAS for number in met}) == len(met)  # each is another person


def test_what_a_worker_elsewhere_needs_is_sent_along(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "people.csv").write_text("id,national_id\nx,1\n", encoding="utf-8")
    (tmp_path / "here" / "policy.pdf").write_bytes(b"%PDF")
    (tmp_path / "here" / "j.yaml").write_text(
        "journey: j\ntitle: J\nagency: a\nbase_url: http://127.0.0.1:1\npersonas: people.csv\nsteps:\n"
        "  - visit: /\n  - upload: {policy: policy.pdf}\n",
        encoding="utf-8",
    )
    plan = replace(PLAN, journey=str(tmp_path / "here" / "j.yaml"), mix=((str(tmp_path / "here" / "j.yaml"), 2.0),))
    there = unpacked(packed(part_of(plan, 1, 3)), tmp_path / "there")
    assert (there.machine, there.machines, there.cap, there.per_second) == (1, 3, 33, pytest.approx(50 / 3))
    for journey in (there.journey, there.mix[0][0]):
        beside = {path.name: path.read_bytes() for path in Path(journey).parent.iterdir()}
        assert beside == {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}


def test_no_file_is_laid_outside_the_workers_own_folder(tmp_path: Path) -> None:
    shipped: dict[str, Any] = packed(PLAN)
    for name in ("../x.yaml", "/etc/x", "0/../../x", "0\\..\\x"):
        with pytest.raises(WrongInput, match="outside"):
            unpacked({**shipped, "files": {name: ""}}, tmp_path / "w")


@pytest.mark.parametrize(
    ("text", "place"),
    [("10.0.0.5:6000", ("10.0.0.5", 6000)), ("master", ("master", 5557)), ("[::1]:99", ("::1", 99))],
)
def test_a_place_is_a_host_and_a_port(text: str, place: tuple[str, int]) -> None:
    assert address_of(text) == place


@pytest.mark.parametrize("text", ["", ":", "host:", "host:0", "host:99999", "host:x"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(WrongInput):
        address_of(text)


def test_what_became_of_the_machines_is_told() -> None:
    through = Worker("a", 0, "over", 20.0, ending="ran its time")
    lost = Worker("b", 1, "lost", 5.0)
    died = Worker("c", 2, "over", 20.0, ending="target died")
    assert ending_of([through, lost]) == "ran its time"
    assert ending_of([through, died]) == "target died"
    assert ending_of([lost]) == "generator died"
    assert lost_told([through.json()]) is None
    assert "1 of 2" in (lost_told([through.json(), lost.json()]) or "")
    assert never_came(PLAN, [through, lost]) == 300  # 15 s of half of 40 a second


def test_a_disk_that_takes_no_more_ends_the_load_of_all_machines_and_says_so(tmp_path: Path) -> None:
    words: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []

    class Line:
        clients: ClassVar = {"a": None, "b": None}

        def send_message(self, _kind: str, data: dict[str, Any], _to: str | None = None) -> None:
            words.append(data)
            if data["do"] == "begin":
                lead.hear(None, SimpleNamespace(node_id=_to, data={"kind": "ready"}))
            if data["do"] == "go":
                for name in self.clients:
                    tell(name, kind="begun", at=1)
                    tell(name, kind="journeys", lines=b"[1]\n")
            if data["do"] == "stop":
                for name in self.clients:
                    tell(name, kind="journeys", lines=b"[2]\n")
                    tell(name, kind="bye", ending="stopped", seconds=1.0, cpu=0.1)

        def register_message(self, _kind: str, _listener: Any) -> None:
            pass

    def tell(name: str, **told: Any) -> None:
        lead.hear(None, SimpleNamespace(node_id=name, data=told))

    (tmp_path / "journeys-1.jsonl").mkdir()  # what cannot be written
    plan = replace(PLAN, workers=2, run_file=str(tmp_path / "journeys.jsonl"))
    steering = SimpleNamespace(stop=Event(), citizens=None)
    lead = Lead(plan, Line(), Crowd(), lambda kind, **more: said.append({"kind": kind, **more}), steering)
    lead.make()
    assert said[-1]["ending"] == "disk full"
    assert "stop" in [word["do"] for word in words]
    assert (tmp_path / "journeys-0.jsonl").read_bytes() == b"[1]\n"  # nothing behind what is missing


# -- real machines, all of them this one


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running() as url:
        yield url


def workers_there() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "--worker" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.load
@pytest.mark.slow
def test_two_workers_make_one_load(base_url: str, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    result = load(
        JOURNEY, variant="redesigned", arrivals=8.0, seconds=4.0, base_url=base_url, space=space, workers=2, seed=3
    )
    alone = len(list(due(shape("constant"), 8.0, 4.0, random.Random(3))))
    log = archive.read(result.study, space)
    numbers = [int(s.session.rpartition("-")[2]) for s in log.heard()]
    assert result.trouble is None and result.ending == "ran its time"
    assert result.arrived == result.sessions == len(set(numbers)) == alone
    assert {number % 2 for number in numbers} == {0, 1}
    assert len({s.persona for s in log.heard()}) == alone
    assert [(w["machine"], w["state"]) for w in result.workers] == [(0, "over"), (1, "over")]
    assert sum(w["journeys"] for w in result.workers) == alone
    assert result.summary.requests and result.lag["n"] == alone
    assert list(space.runs.rglob("journeys*")) == []


@pytest.mark.load
@pytest.mark.slow
def test_a_worker_that_is_killed_is_survived_and_stated(base_url: str, tmp_path: Path) -> None:
    space, killed, after = Workspace(tmp_path), [], []

    def watch(now: dict[str, Any]) -> None:
        if now["state"] == "running" and now["t"] > 1.0 and not killed:
            killed.append(workers_there()[0])
            killed[0].kill()
        if killed and now["workers"] == 1:
            after.append(now)

    result = load(
        JOURNEY, variant="redesigned", arrivals=6.0, seconds=6.0, base_url=base_url, space=space, workers=2, watch=watch
    )
    assert result.ending == "ran its time"
    assert result.trouble is not None and "1 of 2 workers" in result.trouble
    assert sorted(w["state"] for w in result.workers) == ["lost", "over"]
    assert result.evidence is not None and result.evidence.generator.lost == result.trouble
    # The other one went on to the end, and all that it did is there.
    assert after and after[-1]["t"] > 5.0
    through = next(w for w in result.workers if w["state"] == "over")
    assert result.summary.journeys >= through["journeys"] > 0
    assert result.sessions == len(archive.read(result.study, space).heard())


@pytest.mark.load
@pytest.mark.slow
def test_workers_from_elsewhere_come_to_their_master(base_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    words = [sys.executable, "-m", "loadtests.locustfile", "--worker", place]
    with ExitStack() as stack:
        for _nth in range(2):
            child = subprocess.Popen(words, stdin=subprocess.PIPE, cwd=CHECKOUT)
            stack.callback(child.wait, 20)
            stack.callback(child.stdin.close)  # type: ignore[union-attr]
        result = load(
            JOURNEY, variant="redesigned", citizens=3, seconds=3.0, base_url=base_url, space=Workspace(tmp_path),
            workers=2, master=place,
        )  # fmt: skip
    assert [w["state"] for w in result.workers] == ["over", "over"]
    assert result.summary.journeys + result.summary.unfinished >= 3


@pytest.mark.load
@pytest.mark.slow
def test_no_worker_is_left_when_what_started_it_is_killed(base_url: str, tmp_path: Path) -> None:
    workers: list[psutil.Process] = []

    def watch(now: dict[str, Any]) -> None:
        if now["state"] == "running" and not workers:
            workers.extend(workers_there())
            workers[0].parent().kill()

    result = load(
        JOURNEY, variant="redesigned", citizens=2, seconds=20.0, base_url=base_url, space=Workspace(tmp_path),
        workers=2, watch=watch,
    )  # fmt: skip
    assert result.ending == "generator died"
    assert psutil.wait_procs(workers, timeout=10)[1] == []


@pytest.mark.load
@pytest.mark.slow
def test_a_wrong_journey_is_said_by_the_workers_and_leaves_none_behind(base_url: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        f"journey: wrong\ntitle: W\nagency: a\nbase_url: {base_url}\nsteps:\n  - visit: /\n  - press: Nowhere at all\n",
        encoding="utf-8",
    )
    with pytest.raises((WrongInput, Failed), match="Nowhere at all"):
        load(wrong, variant=None, citizens=2, seconds=3.0, base_url=None, space=Workspace(tmp_path / "w"), workers=2)
    assert workers_there() == []
