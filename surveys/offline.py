"""A page that goes on without a network: the page, its one script, and the service worker that keeps copies of both."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from surveys import shown

_SCRIPT: Final = {"cache-control": "no-cache", "content-type": "text/javascript; charset=utf-8"}


def to_keep(page: Response) -> Response:
    """The page as a browser may keep it: it runs one script, and is asked for anew while there is a network."""
    page.headers["content-security-policy"] = shown.OFFLINE_POLICY
    page.headers["cache-control"] = "no-cache"
    return page


def scripts(below: str, name: str) -> list[Route]:
    """`<name>.js` and the worker of `<name>_offline.js`, for pages whose addresses begin with `below`."""

    async def script(_request: Request) -> Response:
        return Response((shown.FOLDER / f"{name}.js").read_bytes(), headers=_SCRIPT)

    async def worker(_request: Request) -> Response:
        # A worker may fetch what its own policy lets it, not the page's.
        headers = {**_SCRIPT, "service-worker-allowed": below, "content-security-policy": shown.OFFLINE_POLICY}
        return Response((shown.FOLDER / f"{name}_offline.js").read_bytes(), headers=headers)

    return [Route(f"{below}{name}.js", script), Route(f"{below}offline.js", worker)]
