"""All ways of making the load in turn, round after round, each pinned to one core and the service to another.

A round's ratio compares turns that were made within the same minute, so that what else the machine does falls on both;
told is the median of the rounds with an interval of it by order statistics.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from math import comb
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final

from loadtests.bench import artillery
from loadtests.bench.target import Target, pinned, served
from loadtests.clients import DEFAULT
from studies.troubles import Failed
from studies.words import _
from studies.workspace import CHECKOUT

#: What must hold; ratios are journeys per processor second.
REQUIRED: Final[dict[str, tuple[str, float]]] = {
    "compiled_on_locust_client": (">=", 0.95),
    "default_plain": (">=", 3.0),
    "default_tls": (">=", 2.5),
    "default_gzip": (">=", 1.8),
    "default_vs_artillery": (">=", 8.0),
    "page_work_us": ("<=", 25.0),
    "recording_share": ("<=", 0.03),
    "memory_kb": ("<=", 20.0),
}
SIZES: Final = (6, 24, 96)
Watch = Callable[[str, float], None]


def compared(rounds: int, seconds: float, watch: Watch) -> dict[str, Any]:
    """Measure everything. Raises Failed without nginx."""
    mine, other = cores()
    with TemporaryDirectory() as folder, served(Path(folder), other) as target, ExitStack() as started:
        turns = _turns(target, seconds, Path(folder), mine, started)
        found: dict[str, list[float]] = {name: [] for name in turns}
        counts: dict[str, list[int]] = {name: [] for name in turns}
        tiers: dict[str, Any] = {}
        for number in range(rounds):
            order = list(turns) if number % 2 == 0 else list(reversed(turns))
            for place, name in enumerate(order):
                watch(_("Round {n}: {name}").format(n=number + 1, name=name), (number + place / len(order)) / rounds)
                told = turns[name]()
                if told["journeys"] < 1:
                    raise Failed(_("{name} completed no journey: there is nothing to compare.").format(name=name))
                found[name].append(told["cpu"] / told["journeys"] * 1000)
                counts[name].append(told["journeys"])
                tiers = told["tiers"] if name == "default_plain" else tiers
        memory = _said([*_command(mine), "loadtests.bench.turn", f"memory:{DEFAULT}", target.plain])
        alone = _said([*_command(mine), "loadtests.bench.page_work", *map(str, SIZES)])
        nginx = target.version
    return _document(found, counts, tiers, alone["pages"], alone["recording_us"], memory, rounds, seconds, nginx)


def cores() -> tuple[int | None, int | None]:
    """A core for the load and another for the service, where there are two."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    known = sorted(os.sched_getaffinity(0))
    return (known[0], known[1]) if len(known) > 1 else (None, None)


def _turns(
    target: Target, seconds: float, folder: Path, core: int | None, started: ExitStack
) -> dict[str, Callable[[], dict[str, Any]]]:
    def turn(how: str, url: str) -> Callable[[], dict[str, Any]]:
        turning = started.enter_context(_turning(core, how, url))
        return lambda: turning(seconds)

    turns = {
        "expert_plain": turn("expert", target.plain),
        "compiled_on_locust_client": turn("locust", target.plain),
        "compiled_on_geventhttpclient": turn("geventhttpclient", target.plain),
        "default_plain": turn(DEFAULT, target.plain),
        "expert_tls": turn("expert", target.tls),
        "default_tls": turn(DEFAULT, target.tls),
        "expert_gzip": turn("expert", target.gzip),
        "default_gzip": turn(DEFAULT, target.gzip),
    }
    if program := artillery.found():
        idle = artillery.idle(program, target.plain, folder, core)
        turns["artillery"] = lambda: artillery.turn(program, target.plain, seconds + 2, folder, core, idle)
    return turns


def _command(core: int | None) -> list[str]:
    return [*pinned(core), sys.executable, "-m"]


@contextmanager
def _turning(core: int | None, how: str, url: str) -> Iterator[Callable[[float], dict[str, Any]]]:
    """One way of making the load, ready for its turns."""
    command = [*_command(core), "loadtests.bench.turn", how, url]
    with TemporaryFile() as said:
        child = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        )

        def turn(seconds: float) -> dict[str, Any]:
            assert child.stdin and child.stdout
            child.stdin.write(f"{seconds}\n")
            child.stdin.flush()
            line = child.stdout.readline()
            if not line:
                said.seek(0)
                last = (said.read().decode(errors="replace").strip().splitlines() or ["?"])[-1]
                raise Failed(_("{command} failed: {why}").format(command=" ".join(command[-3:]), why=last))
            told: dict[str, Any] = json.loads(line)
            return told

        try:
            yield turn
        finally:
            child.kill()
            child.communicate()


def _said(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode or not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Failed(_("{command} failed: {why}").format(command=" ".join(command[-3:]), why=last))
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


def _document(
    found: dict[str, list[float]],
    counts: dict[str, list[int]],
    tiers: dict[str, Any],
    page_work: list[dict[str, Any]],
    recording: float,
    memory: dict[str, Any],
    rounds: int,
    seconds: float,
    nginx: str,
) -> dict[str, Any]:
    against = {
        "compiled_on_locust_client": ("expert_plain", "compiled_on_locust_client"),
        "compiled_on_geventhttpclient": ("expert_plain", "compiled_on_geventhttpclient"),
        "default_plain": ("expert_plain", "default_plain"),
        "default_tls": ("expert_tls", "default_tls"),
        "default_gzip": ("expert_gzip", "default_gzip"),
        "default_vs_artillery": ("artillery", "default_plain"),
    }
    ratios: dict[str, Any] = {}
    spread: dict[str, Any] = {}
    for name, (theirs, ours) in against.items():
        if theirs not in found:
            ratios[name] = None
            continue
        paired = [a / b for a, b in zip(found[theirs], found[ours], strict=True)]
        ratios[name], spread[name] = round(median(paired), 3), _interval(paired)
    measured = {
        **ratios,
        "page_work_us": max(one["us"] for one in page_work),
        "recording_share": round(recording / 1000 / median(found["default_plain"]), 4),
        "memory_kb": round(memory["kb"], 2),
    }
    missed = [
        name
        for name, (how, limit) in REQUIRED.items()
        if measured[name] is None or (measured[name] < limit if how == ">=" else measured[name] > limit)
    ]
    limits = {name: f"{how} {limit:g}" for name, (how, limit) in REQUIRED.items()}
    document = {
        "ratios": ratios,
        "intervals": spread,
        "cpu_ms": {name: round(median(times), 4) for name, times in found.items()},
        "journeys": {name: sum(each) for name, each in counts.items()},
        **{name: measured[name] for name in ("page_work_us", "recording_share", "memory_kb")},
        "page_work": page_work,
        "recording_us": round(recording, 2),
        "tiers": tiers,
        "default": DEFAULT,
        "rounds": rounds,
        "seconds": seconds,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(nginx),
        "required": {"met": not missed, "missed": missed, "limits": limits},
    }
    if "artillery" not in found:
        document["without"] = {"artillery": _("not installed; {how}").format(how=artillery.INSTALL)}
    return document


def _interval(values: list[float]) -> list[float]:
    """An interval for the median at 95 % or what so few rounds allow, by order statistics (the sign test)."""
    n, kept = len(values), sorted(values)
    inside = 0
    while inside + 1 < n - inside - 1 and sum(comb(n, k) for k in range(inside + 2)) / 2**n <= 0.025:
        inside += 1
    return [round(kept[inside], 3), round(kept[n - 1 - inside], 3)]


def machine() -> dict[str, Any]:
    """What this was measured on, and how busy it was."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    load = [round(one, 2) for one in os.getloadavg()]
    system = platform.platform()
    return {"processor": name or platform.processor(), "cores": os.cpu_count(), "load": load, "system": system}


def versions(nginx: str) -> dict[str, Any]:
    """Of everything that took part."""
    own = {name: version(name) for name in ("locust", "gevent", "geventhttpclient", "selectolax", "isal", "orjson")}
    return {"python": platform.python_version(), **own, "nginx": nginx, "artillery": artillery.version()}


def told(document: dict[str, Any]) -> str:
    """The table, for a person."""
    rows = []
    limits = document["required"]["limits"]
    for name in REQUIRED:
        value = document["ratios"].get(name, document.get(name))
        between = document["intervals"].get(name)
        shown = "–" if value is None else f"{value:g}"
        mark = "✗" if name in document["required"]["missed"] else "✓"
        rows.append(f"  {mark} {name:<28} {shown:>9}  {limits[name]:>8}  {between or ''}")
    cpu = [f"    {name:<32} {ms:>8.4f} ms" for name, ms in document["cpu_ms"].items()]
    head = _("{rounds} rounds, load average {load}").format(
        rounds=document["rounds"], load=document["machine"]["load"][0]
    )
    return "\n".join([head, *rows, "  " + _("processor time a journey:"), *cpu])
