"""A local service with a page for everything that a form can do, which writes down every request as it came."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

#: What a page has between its body's tags, by name; `{other}` is another origin. All forms go to /f/NAME/sent.
PAGES: dict[str, str] = {
    "plain": """<form method=post action=/f/plain/sent><input type=hidden name=token value='a&amp;b=&quot;c&quot;
      ~*é'>
      <label>Name <input name=full></label><label>Note <input name=note value="as it was"></label>
      <input name=ro readonly value=read><input value=nameless><button>Send</button></form>""",
    "get": """<form action='/f/get/sent?old=1#part'>
      <label>Words <input name=q></label><input type=hidden name=h value=1>
      <button name=go value=yes>Search now</button></form>""",
    "boxes": """<form method=post action=/f/boxes/sent><label><input type=checkbox name=one checked> One</label>
      <label><input type=checkbox name=two value=2> Two</label><label><input type=checkbox name=three value=3 checked>
      Three</label><label><input type=radio name=r value=a checked> First</label><label><input type=radio name=r
      value=b>
      Second</label><button>Send</button></form>""",
    "lists": """<form method=post action=/f/lists/sent><label>Many <select name=many multiple><option value=1>Uno
      <option value=2 selected>Dos<option value=3>Tres<option>Cuatro</select></label><label>Single <select
      name=single>
      <option value='' disabled>Pick<option value=x>Ex<option value=y>Why</select></label>
      <select name=untouched><optgroup label=G disabled><option value=no>No</optgroup><option>Yes</select>
      <select name=tall size=3><option>a<option>b</select><select name=chosen><option>a<option selected>b<option
      selected
      value=c>C</select><button>Send</button></form>""",
    "disabled": """<form method=post action=/f/disabled/sent>
      <label>Open <input name=open></label><input name=off disabled
      value=1><fieldset disabled><legend><input name=legend value=l></legend><input name=inside value=i><legend>
      <input name=second value=s></legend></fieldset><select name=s disabled><option>1</select><button name=b
      disabled>No</button><button name=c value=ok>Send</button></form>""",
    "elsewhere": """<form method=get action=/f/elsewhere/never>
      <label>Name <input name=full></label><button>Plain</button>
      <button formaction=/f/elsewhere/sent formmethod=post formenctype=multipart/form-data name=k
      value=v>Send</button>
      </form>""",
    "buttons": """<form method=post action=/f/buttons/sent>
      <label>Name <input name=full></label><button type=button name=a
      value=1>Nothing</button><input type=reset value=Reset><input type=submit name=first value=First><button
      name=second
      value=2>Second</button></form>""",
    "charset": """<form method=post action=/f/charset/sent accept-charset='x-none windows-1256'><label>Name <input
      name=full></label><input type=hidden name=_charset_><input name='اسم' value='قيمة
      ☺'><button>Send</button></form>""",
    "named": """<form method=post action=/f/named/sent><label>Name <input name=full></label><input type=hidden
      name=_charset_ value=x><button>Send</button></form>""",
    "relative": """<form method=post action='sent?x=1&amp;y=2'><label>Name <input name=full></label>
      <button>Send</button></form>""",
    "empty": """<form method=post><label>Name <input name=full></label><button>Send</button></form>""",
    "based": """<base href=/f/based/deep/er/><form method=post action='../sent'><label>Name <input name=full></label>
      <button>Send</button></form>""",
    "other": """<form method=post action='{other}/f/other/sent'><label>Name <input name=full></label>
      <button>Send</button></form>""",
    "lines": """<form method=post action=/f/lines/sent><label>Text <textarea name=text></textarea></label><textarea
      name=kept>\n one\ntwo\r\nthree</textarea><input type=hidden name=h value='a\nb&#13;&#10;c'>
      <button>Send</button></form>""",
    "directed": """<form method=post action=/f/directed/sent>
      <label>Name <input name=full dirname=full.dir dir=auto></label>
      <label>Note <input name=note dirname=note.dir></label><div dir=rtl><input name=r value=x dirname=r.dir></div>
      <button>Send</button></form>""",
    "image": """<form method=post action=/f/image/sent><label>Name <input name=full></label><input type=image name=go
      alt=Send src=/dot.png width=20 height=20></form>""",
    "outside": """<form id=it method=post action=/f/outside/sent><label>Name <input name=full></label></form><input
      name=far form=it value=away><form method=post action=/f/outside/no><input name=near form=it value=in><input
      name=own
      value=o></form><button form=it name=b value=1>Send</button>""",
    "suggested": """<form method=post action=/f/suggested/sent>
      <label>City <input name=city list=l></label><datalist id=l>
      <option value=Manama><input name=hiding value=1></datalist><button>Send</button></form>""",
    "parts": """<form method=post enctype=multipart/form-data action=/f/parts/sent>
      <label>Name <input name='na"me'></label>
      <label>Document <input type=file name=document></label><input type=file name=none><textarea name=t>a
b</textarea><button>Send</button></form>""",
    "plaintext": """<form method=post enctype=text/plain action=/f/plaintext/sent>
      <label>Name <input name=full></label>
      <input type=hidden name=h value='1=2'><button>Send</button></form>""",
    "kinds": """<form method=post novalidate action=/f/kinds/sent>
      <label>Name <input name=full></label><input type=color
      name=c><input type=range name=r><input type=range name=r2 min=10 max=20 value=12><input type=email name=e
      value=' a@example.org '><input type=url name=u value=' http://example.org/ '><input type=number name=n value=7>
      <input type=search name=s value=find><input type=tel name=t value=' 1 '><input type=date name=d
      value=2026-01-02><input type=password name=p value=x><input type=unknown name=q value=y>
      <button>Send</button></form>""",
    "twice": """<form method=post action=/f/twice/sent><input name=a value=1><input name=a value=2><label>Name <input
      name=full></label><input type=hidden name=a value=3><button>Send</button></form>""",
    "put": """<form method=put action=/f/put/sent>
      <label>Name <input name=full></label><button>Send</button></form>""",
    "links": "<a href='next?a=b c&d=é#part'>Go on</a>",
    "unsaid": "<meta name=referrer content=no-referrer><a href='/f/unsaid/next'>Go on</a>",
    "quiet": "<a rel=noreferrer href='/f/quiet/next'>Go on</a>",
    "gzip": "<form method=post action=/f/gzip/sent><label>Name <input name=full></label><button>Send</button></form>",
    "chunked": """<form method=post action=/f/chunked/sent>
      <label>Name <input name=full></label><button>Send</button></form>""",
    "hop": "<meta http-equiv=refresh content='0;url=/f/hop/next'>Wait",
    "hop1": "<meta http-equiv=refresh content='1; URL=\"/f/hop1/next\"'>Wait",
    "cookies": "<a href=/f/cookies/a/deep>Deep</a><a href=/f/cookies/ab>Beside</a><a href=/f/cookies/over>Over</a>",
} | {
    f"r{status}": f"<form method=post action=/f/r{status}/again><label>Name <input name=full></label>"
    "<button>Send</button></form>"
    for status in (301, 302, 303, 307, 308)
}  # fmt: skip

SET_COOKIES = (
    "root=1; Path=/", "deep=2; Path=/f/cookies/a", "here=3", "past=4; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "age=5; Max-Age=3600; Path=/f", "zero=6; Max-Age=0", "foreign=7; Domain=example.org; Path=/",
    "safe=8; Secure; Path=/",
    "twice=9; Path=/f/cookies", "twice=10; Path=/f/cookies/a", "__Host-x=11; Path=/", "http=12; HttpOnly; SameSite=Lax",
    "dated=13; Path=/; expires=Wed, 01-Jan-2031 00:00:00 GMT", 'quoted="14"; Path=/', "=15", "noequals; Path=/f",
)  # fmt: skip


@dataclass(slots=True)
class Heard:
    """One request as it came."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Ears:
    """Everything that was asked for, in order."""

    heard: list[Heard] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def taken(self) -> list[Heard]:
        """What was heard since this was last asked."""
        with self.lock:
            heard, self.heard = self.heard, []
        return heard


def listening(app: Any, ears: Ears, below: str = "/") -> Any:
    """An application that writes down what it is asked below a path."""

    async def heard(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while scope["type"] == "http" and more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        if scope["type"] == "http" and scope["path"].startswith(below):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            path, query = scope["raw_path"].decode(), scope["query_string"].decode()
            with ears.lock:
                ears.heard.append(Heard(scope["method"], headers.get("host", ""), path, query, headers, body))

        handed = False

        async def again() -> Any:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await app(scope, again, send)

    return heard


def app(ears: Ears, other: str) -> Any:
    """The service; `other` is an origin that is not its own."""

    async def page(request: Request) -> Response:
        name, rest = request.path_params["name"], request.path_params.get("rest", "")
        if rest == "again" and name.startswith("r3"):
            return RedirectResponse(f"/f/{name}/sent", int(name[1:]))
        if rest or name == "sent":  # the latter from a page that says where to in a word: /f/relative
            answer: Response = HTMLResponse("<!doctype html><title>t</title><p>It arrived.</p>")
            return answer
        html = "<!doctype html><html lang=en><head><link rel=icon href='data:,'><meta charset=utf-8>" + PAGES[
            name
        ].replace("{other}", other)
        if name == "gzip":
            return Response(gzip.compress(html.encode()), media_type="text/html", headers={"Content-Encoding": "gzip"})
        if name == "chunked":
            return StreamingResponse(iter([html[:100], html[100:]]), media_type="text/html")
        answer = HTMLResponse(html)
        if name == "cookies":
            for one in SET_COOKIES:
                answer.raw_headers.append((b"set-cookie", one.encode()))
        return answer

    async def domain(request: Request) -> Response:
        answer = HTMLResponse("<!doctype html><p>It arrived.</p>")
        if request.url.path.endswith("set"):
            for one in ("wide=1; Domain=app.localhost; Path=/", "narrow=2; Path=/", "alien=3; Domain=other.localhost",
                        "top=4; Domain=localhost"):  # fmt: skip
                answer.raw_headers.append((b"set-cookie", one.encode()))
        return answer

    async def dot(_request: Request) -> Response:
        return Response(b"", media_type="image/png")

    either = ["GET", "POST"]
    return listening(
        Starlette(
            routes=[
                Route("/f/domain/{rest}", domain),
                Route("/f/{name}/{rest:path}", page, methods=either),
                Route("/f/{name}", page, methods=either),
                Route("/dot.png", dot),
            ]
        ),
        ears,
        "/f/",
    )


@contextmanager
def served(app: Any, **more: Any) -> Iterator[int]:
    """An application on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", **more))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
