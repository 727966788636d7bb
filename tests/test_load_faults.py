"""A service that misbehaves in every way that services do: the load ends in words, and what was measured is kept."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from one_page import JOURNEY, PAGE

from loadtests.run import load
from studies import archive
from studies.workspace import Workspace

pytestmark = [pytest.mark.load, pytest.mark.slow]

WELL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE.encode())
#: So many are served well before it begins to misbehave; the first of them goes first, alone.
WELL_SERVED = 30

Fault = Callable[[socket.socket], None]


def resets(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


def stalls(line: socket.socket) -> None:
    with suppress(OSError):
        line.recv(1)  # until the other side has had enough


def sends_a_gigabyte(line: socket.socket) -> None:
    with suppress(OSError):
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000):
            line.sendall(bytes(1_000_000))


def lies_about_its_length(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + PAGE.encode())
    line.close()


def is_no_http(line: socket.socket) -> None:
    line.sendall(b"220 mail.example.org ESMTP\r\n\r\n")
    line.close()


def redirects_to_itself(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 302 Found\r\nLocation: /renew\r\nContent-Length: 0\r\n\r\n")


def says_it_is_under_pressure(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 503 Unavailable\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nSorry")


@contextmanager
def serving(fault: Fault) -> Iterator[str]:
    """A service that serves a few well and then misbehaves."""
    served = 0

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            nonlocal served
            with suppress(OSError):
                while self.request.recv(65536):
                    served += 1
                    if served > WELL_SERVED:
                        fault(self.request)
                    else:
                        self.request.sendall(WELL)

    class Service(socketserver.ThreadingTCPServer):
        daemon_threads, request_queue_size = True, 1024

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Service(("127.0.0.1", 0), Line) as service:
        threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{service.server_address[1]}"
        finally:
            service.shutdown()


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (resets, {"failed"}),
        (stalls, {"left"}),
        (sends_a_gigabyte, {"failed", "left"}),
        (lies_about_its_length, {"failed"}),
        (is_no_http, {"failed"}),
        (redirects_to_itself, {"failed", "refused"}),  # a browser shows a page of its own
        (says_it_is_under_pressure, {"refused"}),
    ],
)
def test_a_service_that_misbehaves_is_told_in_words_and_what_was_measured_is_kept(
    fault: Fault, kinds: set[str], tmp_path: Path
) -> None:
    space = Workspace(tmp_path / "workspace")
    with serving(fault) as base_url:
        file = tmp_path / "renew.yaml"
        file.write_text(JOURNEY.format(base_url=base_url), encoding="utf-8")
        told = load(
            file, variant=None, arrivals=25.0, seconds=3, patience=1.0, grace=2.0,
            base_url=None, space=space, study="rush",
        ).json()  # fmt: skip
    assert told["ending"] in ("ran its time", "target died")
    assert told["done"] >= WELL_SERVED - 1
    assert {failure["kind"] for failure in told["failures"]} <= kinds and told["failures"]
    assert told["completion"] < 1
    assert all(failure["why"] for failure in told["failures"] if failure["kind"] != "refused")
    assert len(archive.read("rush", space).sessions) == told["sessions"] == told["journeys"] + told["unfinished"]
