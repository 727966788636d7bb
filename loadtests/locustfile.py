"""The citizens of a load test, as Locust plays them: every one walks the journey, and begins anew when through.

Started by the lab it is the generator (`python -m loadtests.locustfile`). Started by Locust itself it is an ordinary
locustfile, with Locust's own options, web page and workers:

    KHUTWA_JOURNEY=journeys/library/traffic/renew_vehicle.yaml KHUTWA_VARIANT=as_is \
        locust -f loadtests/locustfile.py --headless --users 20 --run-time 20s --host http://127.0.0.1:8600

This is the one file that imports Locust, since that changes how a whole process waits and connects; it comes first.
"""

from __future__ import annotations

import locust  # isort: skip  # it must come before anything that connects or waits

import gc
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import gevent
from locust import FastHttpUser, User, constant, events, runners, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # Locust starts this file without its rooms

from loadtests import citizen, generator
from loadtests.clients import client_named
from loadtests.clients._shared import Shared
from loadtests.crowd import Crowd, Plan
from loadtests.line import Line, Report
from loadtests.machines.following import Follow
from loadtests.machines.leading import Lead, own_workers
from loadtests.machines.workers import address_of
from loadtests.mix import Mix, mix_of
from loadtests.permits import pinned
from loadtests.recording import RunFile, Told
from loadtests.stage import Stage
from studies.troubles import Failed, Trouble
from studies.words import _, say_in

__all__ = ["Citizen", "locust"]

#: How often a worker knocks at its master's door, every five seconds.
COMING = 6


class _Session(FastHttpUser):
    """Locust's own session, for the client that needs it."""

    abstract = True
    max_retries = 0


class Citizen(User):
    """One citizen after another at the same counter: each is somebody else, with cookies of their own."""

    wait_time = constant(0)
    _line: Line | None = None

    @task
    def journey(self) -> None:
        """Walk the next journey of the mix, as somebody new."""
        mix: Mix = self.environment.mix
        gevent.sleep(mix.crowd.turn(mix.stages[0].plan.per_second))
        if mix.crowd.closing:
            raise StopUser
        if self.once(mix.next()).ending == "failed":
            gevent.sleep(1)  # nobody knocks at a closed door a thousand times a second

    def once(self, stage: Stage, intended: int | None = None) -> Told:
        """Walk one journey; `intended` is when this citizen was due, where they come on their own account."""
        return citizen.journey(stage, self.line(stage), intended)

    def line(self, stage: Stage) -> Line:
        """This citizen's line, with nothing left on it of whoever had it before."""
        if self._line is None:
            environment = self.environment
            self._line = Line(client_named(stage.plan.client)(environment.shared, self), stage, environment.report)
        else:
            self._line.begin(stage)
        return self._line

    def session(self) -> Any:
        """A session of Locust's own."""
        return _Session(self.environment).client


def _report(environment: Any) -> Report:
    """Tell Locust of each request; only its own statistics, where nobody else listens."""
    asked, stats = environment.events.request, environment.stats

    def report(method: str, step: str, ms: float, size: int, error: BaseException | None) -> None:
        if len(asked._handlers) > 1 or error is not None:
            asked.fire(
                request_type=method, name=step, response_time=ms, response_length=size, response=None, context={},
                exception=error, start_time=time.time() - ms / 1000, url=None,
            )  # fmt: skip
        else:
            stats.log_request(method, step, ms, size)

    return report


def _walk(environment: Any) -> generator.Walk:
    """One citizen through one journey; whoever is through lends their client to the next, with no cookies left."""
    idle: list[Citizen] = []

    def walk(intended: int) -> None:
        one = idle.pop() if idle else Citizen(environment)
        try:
            one.once(environment.mix.next(), intended)
        finally:
            idle.append(one)

    return walk


def _rehearse(environment: Any) -> None:
    """Send the first citizen through each journey alone: a wrong script is no load."""
    for stage in environment.mix.stages:
        citizen.rehearse(stage, Citizen(environment).line(stage))
    # What is there now stays; looking through it for what could be thrown away would be most of the collector's work.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _set(environment: Any, mix: Mix, seen: bool = False) -> None:
    environment.mix = mix
    environment.stage = mix.stages[0]
    environment.host = Citizen.host = _Session.host = mix.stages[0].base_url
    plan = mix.stages[0].plan
    environment.shared = Shared(plan.language, plan.run, plan.patience, pinned.first_of(plan.pinned))
    # Nobody sees Locust's own statistics where the lab made the load and its page is not shown.
    environment.report = _report(environment) if plan.web_ui or seen else None


@events.init.add_listener
def _started_by_locust(environment: Any, **_more: Any) -> None:
    """Locust itself was started: the plan is in the environment."""
    try:
        plan = Plan.from_environment(environment.host)
        # Open for as long as Locust runs, which ends when the process does.
        file = Path(plan.run_file).open("ab") if plan.run_file else None  # noqa: SIM115
        _set(environment, mix_of(plan, RunFile(file) if file else None), seen=True)
        if not isinstance(environment.runner, MasterRunner):  # whose workers walk
            _rehearse(environment)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)  # noqa: T201 - there is nobody else to say it to
        raise SystemExit(trouble.exit_code) from trouble
    if run_file := environment.stage.crowd.run_file:
        gevent.spawn(_write, run_file)
        environment.events.quitting.add_listener(lambda **_more: run_file.flush())


def _write(run_file: RunFile) -> None:
    while True:
        gevent.sleep(generator.FLUSH)
        run_file.flush()


def _door() -> type[User]:
    """Through which those come who are due: for Locust's own page alone, which would else see nobody."""

    class Door(User):  # defined here, so that Locust does not take it for a citizen
        wait_time = constant(1)

        @task
        def stand_open(self) -> None:
            """The generator lets them in."""

    return Door


def _show(environment: Any, plan: Plan) -> None:
    """Locust's own page, for this machine only. Raises Failed where something else listens there."""
    try:
        socket.create_server(("127.0.0.1", plan.web_ui)).close()
    except OSError as cause:
        message = _("Locust's page cannot be shown on port {port}: {cause}. Take another with --web-ui.")
        raise Failed(message.format(port=plan.web_ui, cause=cause.strerror)) from cause
    environment.create_web_ui(host="127.0.0.1", port=plan.web_ui)
    if plan.arrivals:
        environment.runner.start(1, spawn_rate=1)


def _generate(source: BinaryIO, out: BinaryIO) -> None:
    """Be the lab's generator: make the load that the first command asks for."""
    say = generator.speaker(out)
    say("hello", pid=os.getpid())
    lines = generator.commands(source)
    plan = generator.plan_from(lines)
    if plan is None:
        return
    steering = generator.Steering()
    try:
        if plan.workers:
            _lead(plan, lines, say, steering)
            return
        with Path(plan.run_file or os.devnull).open("ab") as file:
            obey = partial(generator.obey, lines, steering)
            _make(plan, file, steering, say, lambda crowd: gevent.spawn(obey, crowd))
    except Trouble as trouble:
        say("trouble", message=str(trouble), exit_code=trouble.exit_code)


def _make(
    plan: Plan, file: BinaryIO, steering: generator.Steering, say: generator.Say,
    gathered: Callable[[Crowd], Any], ready: Callable[[Crowd], Any] | None = None, line: Any = None,
) -> None:  # fmt: skip
    """Make the load of a plan here; `ready` is asked when the one who went first is through, `line` leads to a master.

    Raises Trouble when the journey is wrong or nobody answers.
    """
    with say_in(plan.told_in):  # what is wrong is told to people; what is measured, in the same words for all
        generator.settle(plan)
        if plan.pinned:
            hub = gevent.get_hub()
            hub.resolver = pinned.PinnedNames(pinned.known_of(plan.pinned), hub.resolver)
        mix = mix_of(plan, RunFile(file))
        classes: list[type[User]] = [_door()] if plan.arrivals else [Citizen]
        environment = Environment(user_classes=classes, stop_timeout=plan.grace)
        if line is not None:
            environment.stats = line.stats  # Locust's own page of the master shows them
        gathered(mix.crowd)
        _set(environment, mix)
        through = generator.go_first(lambda: _rehearse(environment), plan, mix.crowd, steering, say)
    if through:
        if ready is not None:
            ready(mix.crowd)
        runner = environment.create_local_runner()
        if plan.web_ui and line is None:
            _show(environment, plan)
        generator.conduct(plan, runner, mix.crowd, steering, say, _walk(environment), mix.tiers)


def _lead(plan: Plan, lines: Any, say: generator.Say, steering: generator.Steering) -> None:
    """Be the master of a load that several machines make: Locust's own, with its workers here or elsewhere."""
    host, port = address_of(plan.master) if plan.master else ("127.0.0.1", 0)
    try:
        with socket.create_server((host, port)) as free:
            port = free.getsockname()[1]
    except OSError as cause:
        message = _("The workers' master cannot listen at {host}:{port}: {cause}.")
        raise Failed(message.format(host=host, port=port, cause=cause.strerror)) from cause
    environment = Environment(user_classes=[Citizen])
    crowd = Crowd()
    gevent.spawn(generator.obey, lines, steering, crowd)
    master = environment.create_master_runner(host, port)
    if plan.web_ui:
        _show(environment, replace(plan, arrivals=0.0))
    with say_in(plan.told_in), own_workers(plan, port) as children:
        Lead(plan, master, crowd, say, steering, children).make()


def _work(place: str) -> None:
    """Be one worker of a load, for as long as whoever started this is there, and the master."""
    gevent.spawn(_end_with_the_lab)
    environment = Environment(user_classes=[])
    steering = generator.Steering()
    runners.CONNECT_RETRY_COUNT = COMING
    try:
        follow = Follow(environment.create_worker_runner(*address_of(place)), steering)
    except ConnectionError:
        os._exit(1)  # whoever started this says why
    gevent.spawn(follow.watch)

    def make(plan: Plan, file: BinaryIO, follow: Follow) -> None:
        _make(plan, file, steering, follow.tell, lambda crowd: None, follow.ready, environment)

    with TemporaryDirectory(prefix="khutwa-worker-") as folder:
        follow.work(Path(folder), make)


def _end_with_the_lab() -> None:
    for _line in generator.commands(sys.stdin.buffer):
        pass
    os._exit(0)


if __name__ == "__main__":
    # What the lab reads must be lines of JSON only: whatever else is printed goes where the log goes.
    spoken = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if sys.argv[1:2] == ["--worker"]:
        _work(sys.argv[2])
    else:
        _generate(sys.stdin.buffer, spoken)
    os._exit(0)  # greenlets that are still waiting for a dead service must not hold the process
