"""The master of a load made by several machines: it gathers them, gives each its part, adds up what they tell.

It speaks to them over Locust's own line between master and workers, by messages of our own. A machine that is lost is
no end of the load: the others go on, and the result says which was lost and when.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson

from loadtests.crowd import Crowd, Plan
from loadtests.machines.workers import (
    GATHERING,
    MESSAGE,
    SILENT,
    Worker,
    ending_of,
    never_came,
    packed,
    part_of,
    too_few,
)
from studies.troubles import Failed, WrongInput
from studies.workspace import CHECKOUT

BEAT = 0.2
Say = Callable[..., None]
Child = subprocess.Popen[bytes]


class Master(Protocol):
    """What is needed of Locust's master: who has come, and a word to them."""

    clients: Any  # by name, as many as have come

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None: ...
    def register_message(self, msg_type: str, listener: Callable[..., None]) -> None: ...


@contextmanager
def own_workers(plan: Plan, port: int) -> Iterator[list[Child]]:
    """The workers of this machine, as processes of their own; each ends when the line to this one does."""
    words = [sys.executable, "-m", "loadtests.locustfile", "--worker", f"127.0.0.1:{port}"]
    children = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=CHECKOUT, start_new_session=True)
        for _nth in range(0 if plan.master else plan.workers)
    ]
    try:
        yield children
    finally:
        for child in children:
            if child.stdin:
                child.stdin.close()
        for child in children:
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


class Lead:
    """One load with its machines; what they tell comes in by `hear`."""

    def __init__(
        self, plan: Plan, master: Master, crowd: Crowd, say: Say, steering: Any, children: Sequence[Child] = ()
    ) -> None:
        self.plan = plan
        self.master = master
        self.crowd = crowd
        self.say = say
        self.steering = steering
        self.children = children
        self.workers: dict[str, Worker] = {}
        self.trouble: tuple[str, int] | None = None
        self.full = False  # the disk took no more of what the machines tell
        self._told_to_stop = False
        self._citizens: int | None = None
        master.register_message(MESSAGE, self.hear)

    def make(self) -> None:
        """The whole load, from gathering to the last word. Raises Trouble when it cannot begin."""
        if not self._gather():
            self.say("begun", at=round(time.time() * 1e6))
            self.say("bye", ending="stopped", seconds=0.0, cpu=None, **self.crowd.snapshot())
            return
        for worker in self.workers.values():
            part = packed(part_of(self.plan, worker.machine, len(self.workers)))
            self.master.send_message(MESSAGE, {"do": "begin", **part}, worker.name)
        self._until(lambda: all(w.state != "gathered" for w in self.workers.values()), "rehearsing")
        if not self._told_to_stop:
            self.master.send_message(MESSAGE, {"do": "go"})
        self._until(lambda: all(w.state in ("over", "lost") for w in self.workers.values()), "running")
        self._farewell()

    def _gather(self) -> bool:
        """Wait for the machines; False when somebody said stop before they were there."""
        since = time.monotonic()
        while len(self.master.clients) < self.plan.workers:
            if self.steering.stop.is_set():
                return False
            gone = sum(child.poll() is not None for child in self.children)
            if gone or time.monotonic() - since > GATHERING:
                raise too_few(len(self.master.clients), self.plan.workers)
            self._now("rehearsing")
            time.sleep(BEAT)
        names = list(self.master.clients)[: self.plan.workers]
        self.workers = {name: Worker(name, nth, heard=time.monotonic()) for nth, name in enumerate(names)}
        return True

    def _until(self, over: Callable[[], bool], state: str) -> None:
        """Follow the machines, saying how it goes, until something is so or they are in trouble."""
        while not over():
            if self.trouble:
                message, code = self.trouble
                self.master.send_message(MESSAGE, {"do": "quit"})
                raise (WrongInput if code == WrongInput.exit_code else Failed)(message)
            if (self.steering.stop.is_set() or self.full) and not self._told_to_stop:
                self._told_to_stop = True
                self.master.send_message(MESSAGE, {"do": "stop"})
            if self.steering.citizens != self._citizens:
                self._citizens = self.steering.citizens
                self.master.send_message(MESSAGE, {"do": "citizens", "count": self._citizens})
            self._miss_lost()
            self._now(state)
            time.sleep(BEAT)

    def _miss_lost(self) -> None:
        """Who has ended, or has been silent for too long; one that has much to prepare may be silent for longer."""
        now, dead = time.monotonic(), {child.pid for child in self.children if child.poll() is not None}
        for worker in self.workers.values():
            silent = now - worker.heard > (SILENT if worker.state == "running" else GATHERING)
            if worker.state not in ("over", "lost") and (silent or worker.pid in dead):
                worker.state = "lost"
                if worker.report:  # whoever was under way there is no more
                    self.crowd.take_in(worker.name, worker.report | {"under_way": 0})

    def _now(self, state: str) -> None:
        t = max((worker.t for worker in self.workers.values()), default=0.0)
        if state == "running" and t >= self.plan.seconds:
            state = "finishing"
        if all(worker.begun is None for worker in self.workers.values()):
            state = "rehearsing"
        there = sum(worker.state != "lost" for worker in self.workers.values())
        self.say("now", state=state, t=t, seconds=self.plan.seconds, workers=there, **self.crowd.snapshot())

    def hear(self, environment: Any, msg: Any, **_more: Any) -> None:
        """Take in what a machine says."""
        worker, told = self.workers.get(msg.node_id), msg.data
        if worker is None:
            return
        worker.heard = time.monotonic()
        if told.get("report"):
            report = worker.report = orjson.loads(told["report"])
            self.crowd.take_in(worker.name, report)
            worker.journeys = report["ended"]
        match told["kind"]:
            case "here":
                worker.pid = told["pid"]
            case "ready":
                worker.state = "ready"
            case "begun":
                worker.state, worker.begun = "running", told["at"]
                if sum(w.begun is not None for w in self.workers.values()) == 1:
                    self.say("begun", at=told["at"])
            case "now":
                worker.t = told["t"]
            case "journeys":
                self._keep(worker, told["lines"])
            case "trouble":
                self.trouble = self.trouble or (told["message"], told["exit_code"])
            case "bye":
                worker.state, worker.ending = "over", told["ending"]
                worker.seconds, worker.cpu, worker.tiers = told["seconds"], told["cpu"], told.get("tiers") or {}

    def _keep(self, worker: Worker, lines: bytes) -> None:
        """Write what a machine's citizens went through into a file of that machine's, as long as the disk takes it."""
        if not self.plan.run_file or self.full:
            return
        path = Path(self.plan.run_file)
        try:
            with path.with_name(f"{path.stem}-{worker.machine}{path.suffix}").open("ab") as file:
                file.write(lines)
        except OSError:
            self.full = True  # a line behind a torn one could not be read either

    def _farewell(self) -> None:
        workers = list(self.workers.values())
        seconds = max((worker.seconds or worker.t for worker in workers), default=0.0)
        self.say(
            "bye",
            ending="disk full" if self.full else "stopped" if self._told_to_stop else ending_of(workers),
            seconds=round(min(seconds, self.plan.seconds), 6),
            cpu=max((worker.cpu for worker in workers if worker.cpu is not None), default=None),
            requested={step: one.json() for step, one in self.crowd.requested().items()},
            late=self.crowd.late().json(),
            tiers=next((worker.tiers for worker in workers if worker.tiers), {}),
            workers=[worker.json() for worker in workers],
            never_came=never_came(self.plan, workers),
            **self.crowd.snapshot(),
        )
        self.master.send_message(MESSAGE, {"do": "quit"})
