"""The practice agency started and stopped: for a person who practises, and in a process of its own for a study."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

import uvicorn

from journeys.practice.flaws import Flaws
from journeys.practice.reading import read_flaws
from journeys.practice.site import app
from studies.troubles import Failed
from studies.words import _

PORT: Final = 8600
HOST: Final = "127.0.0.1"  # never anything but this machine
ROOT: Final = Path(__file__).parents[2]


def serve(port: int = PORT, flaws: Path | Flaws | None = None, opened: Callable[[], None] = lambda: None) -> None:
    """Open the practice agency until Ctrl-C, and call `opened` once it is. Raises Failed where the port is in use."""
    truth = _truth(flaws)
    with _listening(port) as listener, _quietly():
        opened()
        _server(truth).run(sockets=[listener])


@contextmanager
def running(flaws: Path | Flaws | None = None, port: int = 0, patience: float = 20.0) -> Iterator[str]:
    """The practice agency in a process of its own: its base URL. It ends with the `with`, and with this process.

    Port 0 takes a free one. Raises Failed when it does not answer within `patience` seconds, or the port is in use.
    """
    truth = _truth(flaws)
    child = subprocess.Popen(
        [sys.executable, "-m", "journeys.practice", "--port", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        start_new_session=True,  # Ctrl-C is for the study; the agency ends when the study has
    )
    assert child.stdin is not None and child.stdout is not None
    try:
        try:
            child.stdin.write(truth.model_dump_json() + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            pass  # it says why on its way out, below
        yield _address(child.stdout, patience)
    finally:
        _end(child)


def serve_until_left(port: int, orders: IO[str], news: IO[str]) -> None:
    """Be that process: read the truth, say where it is open, and close as soon as nobody holds `orders` any more."""
    truth = Flaws.model_validate_json(orders.readline())
    try:
        listener = _listening(port)
    except Failed as error:
        print(json.dumps({"failed": str(error)}), file=news, flush=True)
        return
    server = _server(truth)

    def wait_for_the_end() -> None:
        orders.read()
        server.should_exit = True

    async def open_up() -> None:
        opening = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not opening.done():
            await asyncio.sleep(0.01)
        print(json.dumps({"open": f"http://{HOST}:{listener.getsockname()[1]}"}), file=news, flush=True)
        await opening

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    with listener, _quietly():
        asyncio.run(open_up())


def is_practice(base_url: str) -> bool:
    """Whether a journey's address is that of the practice agency on this machine."""
    where = urlsplit(base_url)
    return where.hostname in ("127.0.0.1", "localhost", "::1") and where.port == PORT


def listens(base_url: str) -> bool:
    """Whether something answers at an address."""
    where = urlsplit(base_url)
    try:
        with socket.create_connection((where.hostname or HOST, where.port or 80), timeout=1):
            return True
    except OSError:
        return False


def _truth(flaws: Path | Flaws | None) -> Flaws:
    return flaws if isinstance(flaws, Flaws) else read_flaws(flaws)


def _listening(port: int) -> socket.socket:
    # Named TCP outright: only then does asyncio send small answers at once instead of 40 ms later.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        other = port + 1 if 1024 <= port < 65535 else PORT
        message = _("Port {port}: {reason}. Close what listens there, or take another with --port {other}.")
        raise Failed(message.format(port=port, reason=error.strerror, other=other)) from error
    except OverflowError as error:
        listener.close()
        raise Failed(_("There is no port {port}: name one between 1024 and 65535.").format(port=port)) from error
    return listener


def _server(flaws: Flaws) -> uvicorn.Server:
    return uvicorn.Server(
        # What it was still working on when it closes is nobody's fault, and no news to whoever practises.
        uvicorn.Config(app(flaws), log_level="critical", access_log=False, timeout_graceful_shutdown=1, lifespan="off")
    )


@contextmanager
def _quietly() -> Iterator[None]:
    """Ctrl-C is how a person closes it, not an error."""
    try:
        yield
    except KeyboardInterrupt:
        pass


def _address(news: IO[str], patience: float) -> str:
    """What the process says about where it is open."""
    said: list[str] = []
    listening = threading.Thread(target=lambda: said.append(news.readline()), daemon=True)
    listening.start()
    listening.join(patience)
    told = json.loads(said[0]) if said and said[0].strip() else {}
    if "open" in told:
        return str(told["open"])
    raise Failed(
        told.get("failed")
        or _("The practice agency did not open within {seconds} seconds. Try ./lab practice to see why.").format(
            seconds=round(patience)
        )
    )


def _end(child: subprocess.Popen[str]) -> None:
    """Close it, and see that it is gone."""
    assert child.stdin is not None and child.stdout is not None
    try:
        child.stdin.close()
    except BrokenPipeError:
        pass
    try:
        child.wait(timeout=4)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
