"""The public server: participants' pages and the recorder for their browsers, in a process of its own.

Beside the workbench and never inside it: mounted there, a participant would wait behind every page of the workbench.
"""

from __future__ import annotations

import argparse
import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from journeys.hearing import participants
from studies import notes
from studies.store import Store
from studies.store.together import Together
from studies.store.withdrawal import finish
from studies.troubles import Failed
from studies.words import _, languages
from studies.workspace import CHECKOUT, Workspace
from surveys import doors, itinerary, kiosk, pages, shown, visited, visiting
from surveys.limits import Allowance, limited

PORT: Final = 8700
HERE: Final = "127.0.0.1"
_READY: Final = "ready"
ROUND: Final = 60.0  # seconds between two looks at which sittings are over


def app(store: Store, space: Workspace | None = None, allowance: Allowance | None = None) -> ASGIApp:
    """The application that participants reach, with its headers on every answer."""
    together, allowed = Together(store), allowance or Allowance()

    def nowhere(request: Request, _error: Exception) -> Response:
        return shown.message("unknown", pages.preferred(request, list(languages())), 404)

    def broke(request: Request, _error: Exception) -> Response:
        return shown.message("troubled", pages.preferred(request, list(languages())), 503)

    async def up(request: Request) -> Response:
        body = await pages.posted(request)
        return body if isinstance(body, Response) else PlainTextResponse("up")

    routes = [
        Route("/up", up, methods=["GET", "POST"]),
        *participants.routes(store),
        *doors.routes(store, space),
        *itinerary.routes(store, space),
        *kiosk.routes(store, together, allowed),
        *visiting.routes(store, space),
    ]
    made = Starlette(routes=routes, exception_handlers={404: nowhere, 405: nowhere, Failed: broke, Exception: broke})
    return shown.guarded(limited(pages.in_front(store, space, together, made), allowed))


@contextmanager
def serving(space: Workspace, port: int = 0, a_second: float | None = None) -> Iterator[str]:
    """The participants' pages served on this machine while inside the `with`; gives their address.

    Port 0 takes a free one; `a_second` is how much one address may send (0: as much as it likes). The server is a
    process of its own that ends with this one, however this one ends. Raises Failed when the port is in use or the
    server does not start.
    """
    with _listening(port) as door:
        base_url = f"http://127.0.0.1:{door.getsockname()[1]}"
        child = subprocess.Popen(
            started_by(door, space, a_second),
            cwd=CHECKOUT,
            pass_fds=[door.fileno()],
            stdin=subprocess.PIPE,  # never written to: it closes when this process is gone
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # an interrupt at the keyboard is this process's to handle
        )
    assert child.stdin is not None and child.stdout is not None
    try:
        if child.stdout.readline().strip() != _READY:
            raise Failed(
                _("The survey server did not start on {base_url}. What it said stands above; try again.").format(
                    base_url=base_url
                )
            )
        yield base_url
    finally:
        child.stdin.close()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def started_by(door: socket.socket, space: Workspace, a_second: float | None = None) -> list[str]:
    """The command that serves on a socket that is open already."""
    words = [sys.executable, "-m", "intake", "--door", str(door.fileno()), "--workspace", str(space.root)]
    return words if a_second is None else [*words, "--a-second", str(a_second)]


def serve(space: Workspace, port: int = PORT, on: str = HERE) -> None:
    """Serve the participants' pages until interrupted, on this machine alone unless an address is named.

    Raises Failed when the port is in use or the address is none of this machine's.
    """
    with _listening(port, on) as door, suppress(KeyboardInterrupt):
        _run(space, door)


def _listening(port: int, on: str = HERE) -> socket.socket:
    door = socket.socket(socket.AF_INET6 if ":" in on else socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((on, port))
    except OSError as cause:
        door.close()
        if cause.errno == errno.EADDRINUSE:
            raise Failed(
                _(
                    "Port {port} is in use by another program, so the survey pages cannot be served on it. "
                    "Stop that program, or name another port (0 takes a free one)."
                ).format(port=port)
            ) from cause
        raise Failed(
            _("The survey pages cannot be served on port {port}: {cause}. Name another port.").format(
                port=port, cause=cause.strerror
            )
        ) from cause
    # From here on whoever connects is queued, also before the server is up.
    door.listen(1024)
    return door


def _run(space: Workspace, door: socket.socket, announce: bool = False, a_second: float | None = None) -> None:
    store = Store(space.database_url)
    try:
        config = uvicorn.Config(
            app(store, space, None if a_second is None else Allowance(a_second)),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            http="httptools",
            loop="uvloop",
            timeout_graceful_shutdown=3,
        )
        server = uvicorn.Server(config)
        threading.Thread(target=_seal_quiet, args=(server, store, space), daemon=True).start()
        if announce:
            threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
            sys.stdout.write(f"{_READY}\n")
            sys.stdout.flush()
        server.run(sockets=[door])
    finally:
        store.close()


def _seal_quiet(server: uvicorn.Server, store: Store, space: Workspace) -> None:
    over, aside = threading.Event(), participants.Aside()
    while not (over.wait(ROUND) or server.should_exit):
        look(store, space, aside)


def look(store: Store, space: Workspace, aside: participants.Aside) -> None:
    """Put what is over into the log, and take out who withdrew; `aside` are the sittings that cannot be sealed.

    Each work by itself: what one of them meets is said, and tried again; what was delivered is kept meanwhile.
    """

    def remarks() -> None:
        for study in notes.studies_waiting(store):
            notes.into_the_log(store, study, space)

    for work in (
        lambda: participants.seal_ended(store, space, aside=aside),
        lambda: participants.seal_quiet(store, space, aside=aside),
        lambda: finish(store, space),
        lambda: visited.into_the_log(store, None, space),
        remarks,
    ):
        try:
            work()
        except Failed as trouble:
            sys.stderr.write(f"{trouble}\n")
        except Exception as trouble:  # noqa: BLE001 whatever it is, the next round must come
            sys.stderr.write(f"{type(trouble).__name__}: {trouble}\n")


def _end_with_parent(server: uvicorn.Server) -> None:
    # The parent holds the other end: reading returns when it closes it, or is gone.
    os.read(sys.stdin.fileno(), 1)
    server.should_exit = True


def _main() -> None:
    options = argparse.ArgumentParser(prog="intake", description="Serve the participants' pages on a socket given.")
    options.add_argument("--door", type=int, required=True)
    options.add_argument("--workspace", type=Path, required=True)
    options.add_argument("--a-second", type=float, default=None)
    given = options.parse_args()
    try:
        _run(Workspace(given.workspace), socket.socket(fileno=given.door), announce=True, a_second=given.a_second)
    except Failed as trouble:
        sys.stderr.write(f"{trouble}\n")
        sys.exit(trouble.exit_code)


if __name__ == "__main__":
    _main()
