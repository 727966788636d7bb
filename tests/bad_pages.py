"""A service that behaves badly in every way that could hold a robot up."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

HEAD = "<!doctype html><html lang=en><meta charset=utf-8><title>A service</title><h1>A service</h1>"

PAGES = {
    "good": "<p><a href=/redirect/0>Endless</a> <a href=/download>Form</a> <a href=/auth>Sign in</a>"
    " <a href=/hangs>Hangs</a> <a href=/reloads>Reloads</a> <a href=http://127.0.0.1:{closed}/>Elsewhere</a>"
    " <a href=https://127.0.0.1:{secure}/>Secure</a> <a href=/never>Never</a>",
    "reloads": "<p>Again and again<script>setTimeout(()=>location.reload(),60)</script>",
    "hangs": "<p>Busy<script>addEventListener('load',()=>setTimeout(()=>{for(;;);},50))</script>",
    "boxes": "<p id=told></p><button id=go>Go</button><script>go.onclick=()=>{"
    "const sure=confirm('Sure?');prompt('Who?');alert('Thanks');told.textContent='Sure: '+sure}"
    "</script>",
    "boxes_without_end": "<p>Read<script>setInterval(()=>alert('Read this'),50)</script>",
    "errs": "<p>Shown</p><button id=go>Go</button><script>console.error('id 851234567');go.onclick=()=>{"
    "fetch('http://127.0.0.1:{closed}/x?id=851234567');throw new Error('mail rana@example.test')}</script>",
    "leaving": "<p>Shown</p><a href=/good>Away</a>"
    "<script>addEventListener('beforeunload',e=>e.preventDefault())</script>",
}


def big() -> str:
    """A page of 100,000 nodes, with its button at the end."""
    rows = "".join(f"<div><span>Row {i}</span><b>x</b></div>" for i in range(25_000))
    form = "<form method=post action=/good><label>Email <input name=mail></label><button>Send</button></form>"
    return f"{HEAD}<div>{rows}</div>{form}"


def service(closed: int, secure: int) -> Starlette:
    """The service; `closed` is a port where nobody listens, `secure` one with a certificate that nobody trusts."""

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "big":
            return HTMLResponse(big())
        shown = PAGES[name].replace("{closed}", str(closed)).replace("{secure}", str(secure))
        return HTMLResponse(HEAD + shown)

    async def redirect(request: Request) -> Response:
        return RedirectResponse(f"/redirect/{int(request.path_params['n']) + 1}")

    async def download(_request: Request) -> Response:
        return Response(b"%PDF-1.4", headers={"content-disposition": 'attachment; filename="form.pdf"'})

    async def auth(_request: Request) -> Response:
        return HTMLResponse(HEAD + "<p>Not you", 401, {"www-authenticate": 'Basic realm="staff"'})

    async def never(_request: Request) -> Response:
        async def nothing() -> AsyncIterator[bytes]:
            await asyncio.sleep(60)
            yield b""

        return StreamingResponse(nothing(), media_type="text/html")

    return Starlette(
        routes=[
            Route("/redirect/{n}", redirect),
            Route("/download", download),
            Route("/auth", auth),
            Route("/never", never),
            Route("/favicon.ico", lambda _r: Response(status_code=204)),
            Route("/{name}", page, methods=["GET", "POST"]),
        ]
    )


def _listening() -> socket.socket:
    line = socket.socket()
    line.bind(("127.0.0.1", 0))
    line.listen(64)
    return line


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, str]]:
    """The service, for the length of a `with`: its address, and that of its twin with a bad certificate."""
    plain, secure, closed = _listening(), _listening(), _listening()
    ports = [line.getsockname()[1] for line in (plain, secure, closed)]
    closed.close()
    app = service(ports[2], ports[1])
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1",
         "-subj", "/CN=elsewhere.test"], check=True, capture_output=True,
    )  # fmt: skip
    common = {"log_level": "critical", "lifespan": "off", "timeout_graceful_shutdown": 1}
    servers = [
        (uvicorn.Server(uvicorn.Config(app, **common)), plain),
        (uvicorn.Server(uvicorn.Config(app, ssl_keyfile=key, ssl_certfile=certificate,
                                       ssl_version=ssl.PROTOCOL_TLS_SERVER, **common)), secure),
    ]  # fmt: skip
    threads = [threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True) for server, line in servers]
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{ports[0]}", f"https://127.0.0.1:{ports[1]}"
    finally:
        for server, _line in servers:
            server.should_exit = True
        for thread in threads:
            thread.join(5)
