"""The practice agency as a staging site with the recorder's tag: one script first on every page, no more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from journeys.practice.reading import read_flaws
from journeys.practice.site import app


def tagged(inner: ASGIApp, tag: bytes) -> ASGIApp:
    """A site with a tag put first into the head of its pages."""

    async def within(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_tag(sending: Any) -> None:
            if sending["type"] == "http.response.start":
                headers = [one for one in sending.get("headers", []) if one[0] != b"content-length"]
                sending = {**sending, "headers": headers}
            elif sending["type"] == "http.response.body":
                sending = {**sending, "body": sending.get("body", b"").replace(b"<head>", b"<head>" + tag, 1)}
            await send(sending)

        await inner(scope, receive, with_tag)

    return within


@contextmanager
def running(tag: str | None = None) -> Iterator[str]:
    """The practice agency on a free port of this process, with a tag or as it is; its address."""
    site: ASGIApp = app(read_flaws(None))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as line:
        line.bind(("127.0.0.1", 0))
        line.listen(64)
        config = uvicorn.Config(
            tagged(site, tag.encode()) if tag else site, log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{line.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(5)
