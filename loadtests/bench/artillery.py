"""The same journey in Artillery (npm), as it is written there: YAML, regular expressions, redirects followed."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from loadtests.bench.target import pinned

CACHE: Final = Path.home() / ".cache" / "khutwa-bench"
SCRIPT: Final = """
config:
  target: {url}
  phases: [{{duration: {seconds}, {rate}}}]
  http: {{timeout: 10}}
scenarios:
  - flow:
      - get:
          url: /form
          capture:
            - {{regexp: 'name="csrf" value="([^"]*)"', as: csrf}}
            - {{regexp: '__VIEWSTATE" value="([^"]*)"', as: state}}
            - {{regexp: 'name="started" value="([^"]*)"', as: started}}
      - post:
          url: /apply
          form:
            csrf: "{{{{ csrf }}}}"
            __VIEWSTATE: "{{{{ state }}}}"
            started: "{{{{ started }}}}"
            step: "1"
            lang: en
            _charset_: UTF-8
            full_name: Omar Example
            national_id: "640899146"
            email: omar.example1@example.org
            district: s
            terms: "yes"
            go: send
"""
RATE: Final = 120
INSTALL: Final = "npm install --prefix ~/.cache/khutwa-bench artillery@2"


def found() -> Path | None:
    """Where Artillery is installed; None if nowhere."""
    here = CACHE / "node_modules" / ".bin" / "artillery"
    if here.exists():
        return here
    known = shutil.which("artillery")
    return Path(known) if known else None


def version() -> str | None:
    """Which one it is."""
    told = CACHE / "node_modules" / "artillery" / "package.json"
    return json.loads(told.read_text())["version"] if told.exists() else None


def idle(program: Path, url: str, folder: Path, core: int | None) -> dict[str, Any]:
    """What starting up takes, with one journey: not counted, for a longer run would not pay it again."""
    return _run(program, url, 1, "arrivalCount: 1", folder, core)


def turn(
    program: Path, url: str, seconds: float, folder: Path, core: int | None, idle: dict[str, Any]
) -> dict[str, Any]:
    """Make the load for so long."""
    busy = _run(program, url, max(1, round(seconds)), f"arrivalRate: {RATE}", folder, core)
    return {"journeys": busy["journeys"] - idle["journeys"], "cpu": busy["cpu"] - idle["cpu"], "seconds": seconds}


def _run(program: Path, url: str, seconds: int, rate: str, folder: Path, core: int | None) -> dict[str, Any]:
    script, report = folder / "artillery.yaml", folder / "artillery.json"
    script.write_text(SCRIPT.format(url=url, seconds=seconds, rate=rate), encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [*pinned(core), str(program), "run", "--quiet", "--output", str(report), str(script)],
        check=True,
        capture_output=True,
        env={**os.environ, "ARTILLERY_DISABLE_TELEMETRY": "true", "NODE_OPTIONS": ""},
        timeout=seconds + 120,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    counters = json.loads(report.read_text())["aggregate"]["counters"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"journeys": counters.get("vusers.completed", 0), "cpu": cpu}
