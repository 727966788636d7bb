"""What ./lab test runs: style, types and tests, each said in a line, pytest's own summary last.

./lab test            everything
./lab test --quick    without browsers, load and what is slow
./lab test -k words   further words go to pytest

Tests that open browsers or make loads feel what else the machine does. The few that fail among them are looked at once
more, by themselves, when the machine has come to rest: one that fails again fails the run, one that passes then is
named as unsteady. Nothing else gets a second look.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["commands", "studies", "surveys", "journeys", "loadtests", "analysis"]
#: tests of the real thing, browsers and loads: left out of --quick
REAL = "browser or load or slow"
UNTIMED = "pytest, browsers side by side"  # nothing is held against a clock: a few run at once
HEARS_TIME = "pytest, one after another"  # nothing may run beside them
#: pytest's own lists of what failed, each apart from that of other runs
LISTS = {UNTIMED: ".pytest_cache/untimed", HEARS_TIME: ".pytest_cache/alone"}
#: so many may fail and be looked at once more; where more do, it is not the machine
FEW = 10
#: at rest a machine does next to nothing for so many seconds; it is waited for no longer than that
AT_REST, REST_AFTER, REST_BY = 0.15, 3.0, 120.0
SOME_FAILED = 1  # pytest's exit code when it ran to its end and a test failed
#: browsers wait for much of their time; those of one file share what was started for them, the longest file comes early
AT_ONCE = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]
PROC_STAT = Path("/proc/stat")
ENTRANCES = ["app.py", "cli.py", "conduct.py", "intake.py"]


def checks(quick: bool, words: list[str]) -> dict[str, list[str]]:
    """The name of each check and the words that python -m is given for it."""
    if words:  # somebody asks for certain tests
        return {"pytest": ["pytest", *(["-m", f"not ({REAL})"] if quick else []), *words]}
    found = {
        "ruff": ["ruff", "check", "."],
        "mypy": ["mypy", *ROOMS, *ENTRANCES],
        "pytest, side by side": ["pytest", "-n", "auto", "-m", f"not ({REAL})"],
    }
    untimed = ["pytest", *AT_ONCE, "-m", f"({REAL}) and untimed", *kept(UNTIMED), "--cache-clear"]
    alone = ["pytest", "-m", f"({REAL}) and not untimed", *kept(HEARS_TIME), "--cache-clear"]
    return found if quick else {**found, UNTIMED: untimed, HEARS_TIME: alone}


def kept(name: str) -> list[str]:
    """Words that have pytest keep what failed in a check's own list."""
    return ["-o", f"cache_dir={LISTS[name]}"]


def failed_last(name: str) -> set[str]:
    """The tests of a check that failed when they last ran."""
    told = ROOT / LISTS[name] / "v" / "cache" / "lastfailed"
    return set(json.loads(told.read_text(encoding="utf-8"))) if told.exists() else set()


def at_rest() -> None:
    """Wait until the machine does next to nothing, other machines' part of it included; where it tells (Linux)."""
    began = time.monotonic()
    before = _worked()
    while before and time.monotonic() - began < REST_BY:
        time.sleep(REST_AFTER)
        now = _worked()
        (busy, whole), before = (now[0] - before[0], now[1] - before[1]), now
        if busy <= AT_REST * whole:
            return


def _worked() -> tuple[int, int] | None:
    """The machine's ticks so far that were not idle, and all of them."""
    if not PROC_STAT.exists():
        return None
    ticks = [int(n) for n in PROC_STAT.read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # idle, and waiting for a disk


def once_more(name: str) -> bool:
    """Whether the few tests of a check that failed pass by themselves; they are named either way."""
    failed = sorted(failed_last(name))
    if not failed or len(failed) > FEW:
        return False
    at_rest()
    print(f"\n--- once more, by themselves: {len(failed)} ---", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *kept(name), *failed], cwd=ROOT).returncode
    again = failed_last(name)
    for test in failed:
        steadiness = "failed twice" if test in again else "unsteady: failed once, passed by itself"
        print(f"lab test: {test} {steadiness}", file=sys.stderr, flush=True)
    return code == 0


def main(words: list[str]) -> int:
    """Run every check even if an earlier one fails; 0 when all hold."""
    quick = "--quick" in words
    failed = []
    for name, command in checks(quick, [w for w in words if w != "--quick"]).items():
        print(f"\n--- {name} ---", flush=True)
        began = time.monotonic()
        code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
        ended = "holds" if code == 0 else f"does not hold (exit {code})"
        if not name.startswith("pytest"):
            print(f"{name} {ended}, {time.monotonic() - began:.0f} s", flush=True)
        if code and not (name in LISTS and code == SOME_FAILED and once_more(name)):
            failed.append(name)
    # pytest's own last line stays the last one on stdout; what else failed is said on stderr.
    if failed:
        print(f"lab test: {', '.join(failed)} did not hold (see above).", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
