"""The practice agency as a staging site with the recorder's tag: one script first on every page, no more."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from served import served
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


def running(tag: str | None = None) -> AbstractContextManager[str]:
    """The practice agency on a free port of this process, with a tag or as it is; its address."""
    site: ASGIApp = app(read_flaws(None))
    return served(tagged(site, tag.encode()) if tag else site)
