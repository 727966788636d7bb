"""What ./lab test runs: style, types and tests, each said in a line, pytest's own summary last.

./lab test            everything
./lab test --quick    without browsers, load and what is slow
./lab test -k words   further words go to pytest

Tests that hear time pass feel what else the machine does. The few that fail among them are looked at once more, by
themselves, when the machine has come to rest: one that fails again fails the run, one that passes then is named as
unsteady. Nothing else gets a second look.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["commands", "studies", "surveys", "journeys", "loadtests", "analysis"]
#: tests that hear time pass: nothing may run beside them
ALONE = "browser or load or slow"
HEARS_TIME = "pytest, one after another"
#: so many may fail and be looked at once more; where more do, it is not the machine
FEW = 10
#: at rest a machine does next to nothing for so many seconds; it is waited for no longer than that
AT_REST, REST_AFTER, REST_BY = 0.15, 3.0, 120.0
SOME_FAILED = 1  # pytest's exit code when it ran to its end and a test failed
#: pytest's own list of what failed, apart from that of other runs
LIST = ["-o", "cache_dir=.pytest_cache/alone"]
FAILED_LAST = ROOT / ".pytest_cache" / "alone" / "v" / "cache" / "lastfailed"
PROC_STAT = Path("/proc/stat")
ENTRANCES = ["app.py", "cli.py", "conduct.py", "intake.py"]


def checks(quick: bool, words: list[str]) -> dict[str, list[str]]:
    """The name of each check and the words that python -m is given for it."""
    if words:  # somebody asks for certain tests
        return {"pytest": ["pytest", *(["-m", f"not ({ALONE})"] if quick else []), *words]}
    found = {
        "ruff": ["ruff", "check", "."],
        "mypy": ["mypy", *ROOMS, *ENTRANCES],
        "pytest, side by side": ["pytest", "-n", "auto", "-m", f"not ({ALONE})"],
    }
    return found if quick else {**found, HEARS_TIME: ["pytest", "-m", ALONE, *LIST, "--cache-clear"]}


def failed_last() -> set[str]:
    """The tests that hear time pass and failed when they last ran."""
    return set(json.loads(FAILED_LAST.read_text(encoding="utf-8"))) if FAILED_LAST.exists() else set()


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


def once_more() -> bool:
    """Whether the few tests that failed pass by themselves; they are named either way."""
    failed = sorted(failed_last())
    if not failed or len(failed) > FEW:
        return False
    at_rest()
    print(f"\n--- once more, by themselves: {len(failed)} that hear time pass ---", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *LIST, *failed], cwd=ROOT).returncode
    for name in failed:
        steadiness = "failed twice" if name in failed_last() else "unsteady: failed once, passed by itself"
        print(f"lab test: {name} {steadiness}", file=sys.stderr, flush=True)
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
        if code and not (name == HEARS_TIME and code == SOME_FAILED and once_more()):
            failed.append(name)
    # pytest's own last line stays the last one on stdout; what else failed is said on stderr.
    if failed:
        print(f"lab test: {', '.join(failed)} did not hold (see above).", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
