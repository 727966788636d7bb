"""What ./lab test runs: style, types and tests, each said in a line, pytest's own summary last.

./lab test            everything
./lab test --quick    without browsers, load and what is slow
./lab test -k words   further words go to pytest
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["commands", "studies", "surveys", "journeys", "loadtests", "analysis"]
#: tests that hear time pass: nothing may run beside them
ALONE = "browser or load or slow"
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
    return found if quick else {**found, "pytest, one after another": ["pytest", "-m", ALONE]}


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
        if code:
            failed.append(name)
    # pytest's own last line stays the last one on stdout; what else failed is said on stderr.
    if failed:
        print(f"lab test: {', '.join(failed)} did not hold (see above).", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
