"""The citizens of a load test, as Locust plays them: every one walks the journey, and begins anew when through.

Started by the lab it is the generator (`python -m loadtests.locustfile`). Started by Locust itself it is an ordinary
locustfile, with Locust's own options, web page and workers:

    KHUTWA_JOURNEY=journeys/library/traffic/renew_vehicle.yaml KHUTWA_VARIANT=as_is \
        locust -f loadtests/locustfile.py --headless --users 20 --run-time 20s --host http://127.0.0.1:8600

This is the one file that imports Locust, since that changes how a whole process waits and connects; it comes first.
"""

from __future__ import annotations

import locust  # isort: skip  # it must come before anything that connects or waits

import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import gevent
from locust import FastHttpUser, constant, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # Locust starts this file without its rooms

from loadtests import citizen, generator
from loadtests.clients.fasthttp import FastHttp
from loadtests.crowd import Plan
from loadtests.recording import RunFile
from loadtests.stage import Stage, stage_of
from studies.troubles import Trouble
from studies.words import say_in

__all__ = ["Citizen", "locust"]


class Citizen(FastHttpUser):
    """One citizen after another at the same counter: each is somebody else, with cookies of their own."""

    wait_time = constant(0)
    max_retries = 0

    @task
    def journey(self) -> None:
        """Walk the journey once, as somebody new."""
        stage: Stage = self.environment.stage
        if stage.crowd.closing:
            raise StopUser
        transport = FastHttp(self.client, stage)
        told = citizen.journey(stage, transport)
        if told.ending == "failed":
            gevent.sleep(1)  # nobody knocks at a closed door a thousand times a second


def _rehearse(environment: Any) -> None:
    """Send the first citizen through alone: a wrong script is no load."""
    citizen.rehearse(environment.stage, FastHttp(Citizen(environment).client, environment.stage))


def _set(environment: Any, stage: Stage) -> None:
    environment.stage = stage
    environment.host = Citizen.host = stage.base_url


@events.init.add_listener
def _started_by_locust(environment: Any, **_more: Any) -> None:
    """Locust itself was started: the plan is in the environment."""
    try:
        plan = Plan.from_environment(environment.host)
        # Open for as long as Locust runs, which ends when the process does.
        file = Path(plan.run_file).open("ab") if plan.run_file else None  # noqa: SIM115
        _set(environment, stage_of(plan, RunFile(file) if file else None))
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


def _generate(source: BinaryIO, out: BinaryIO) -> None:
    """Be the lab's generator: make the load that the first command asks for."""
    say = generator.speaker(out)
    say("hello", pid=os.getpid())
    lines = generator.commands(source)
    plan = generator.plan_from(lines)
    if plan is None:
        return
    try:
        with Path(plan.run_file or os.devnull).open("ab") as file:
            with say_in(plan.told_in):  # what is wrong is told to people; what is measured, in the same words for all
                stage = stage_of(plan, RunFile(file))
                environment = Environment(user_classes=[Citizen], stop_timeout=plan.grace)
                steering = generator.Steering()
                gevent.spawn(generator.obey, lines, steering, stage.crowd)
                _set(environment, stage)
                through = generator.go_first(lambda: _rehearse(environment), plan, stage.crowd, steering, say)
            if through:
                generator.conduct(plan, environment.create_local_runner(), stage.crowd, steering, say)
    except Trouble as trouble:
        say("trouble", message=str(trouble), exit_code=trouble.exit_code)


if __name__ == "__main__":
    # What the lab reads must be lines of JSON only: whatever else is printed goes where the log goes.
    spoken = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _generate(sys.stdin.buffer, spoken)
    os._exit(0)  # greenlets that are still waiting for a dead service must not hold the process
