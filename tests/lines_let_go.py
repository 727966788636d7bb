"""A service that lets go of its lines: what it says to the first, second, … request that comes over one line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
#: Behind what has been said of an answer: the line is closed. Without it the rest is never said.
CUT = b"<cut>"


def a_page(html: str) -> bytes:
    """A page, after which the line stays open."""
    return HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(html.encode()), html.encode())


@contextmanager
def letting_go(*lines: tuple[bytes, ...]) -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it was asked. Each line says its answers, then hears one more request and is closed.

    A line that has come when all of `lines` are used up is as the last of them.
    """
    asked: list[str] = []
    left = list(lines)

    def serve(line: socket.socket, answers: tuple[bytes, ...]) -> None:
        with line:
            for answer in (*answers, b""):
                if not (request := line.recv(65536)):
                    return
                asked.append(" ".join(request.decode("latin-1").split(" ", 2)[:2]))
                line.sendall(answer.removesuffix(CUT))
                if answer.endswith(CUT):
                    return

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                line, _who = listener.accept()
            except OSError:
                return
            answers = left.pop(0) if len(left) > 1 else left[0]
            threading.Thread(target=serve, args=(line, answers), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
