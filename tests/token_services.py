"""Services that guard their forms as well-known frameworks do: whoever sends a stale or wrong token is noticed.

Each keeps a list of what was wrong; a journey that was made from recordings must leave it empty.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

KEY = secrets.token_bytes(16)


def page(title: str, body: str, head: str = "", status: int = 200) -> HTMLResponse:
    """A page in English."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Agency</title>{head}</head>'
        f"<body><h1>{title}</h1>{body}</body></html>",
        status,
    )


def field(label: str, name: str) -> str:
    """A field with its label."""
    return f'<p><label for="{name}">{label}</label><input id="{name}" name="{name}"></p>'


class Guarded:
    """A service with sessions by cookie, single-use tokens, and a memory of what was wrong."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.done: list[str] = []
        self.sessions: dict[str, dict[str, Any]] = {}

    def session(self, request: Request) -> dict[str, Any]:
        """The session of whoever asks; an empty one for a stranger."""
        return self.sessions.get(request.cookies.get("sid", ""), {})

    def opened(self, response: Response, **known: Any) -> Response:
        """Begin a session with a response."""
        sid = secrets.token_hex(8)
        self.sessions[sid] = known
        response.set_cookie("sid", sid, httponly=True)
        return response

    def check(self, right: bool, what: str) -> bool:
        """Note what is wrong."""
        if not right:
            self.wrong.append(what)
        return right

    def refuse(self) -> Response:
        """What a framework says to a stale token."""
        return page("Refused", '<p role="alert">The form is out of date.</p>', status=403)


class ViewState(Guarded):
    """In the manner of ASP.NET Web Forms: signed state in hidden fields, base64 with +, / and =, other at each page."""

    def app(self) -> Starlette:
        """Two pages at one address; the state says which."""
        return Starlette(routes=[Route("/renew.aspx", self.renew, methods=["GET", "POST"])])

    def state(self, session: dict[str, Any], at: str) -> str:
        """A state that only this session can send, once."""
        raw = secrets.token_bytes(30) + b"\xfb\xff\xfe" + at.encode()
        told = base64.b64encode(raw + hmac.digest(KEY, raw, "sha256")).decode()
        session["state"], session["at"] = told, at
        session["valid"] = base64.b64encode(secrets.token_bytes(20)).decode()
        return (
            f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{escape(told)}" />'
            f'<input type="hidden" name="__VIEWSTATEGENERATOR" value="CA0B0334" />'
            f'<input type="hidden" name="__EVENTVALIDATION" value="{session["valid"]}" />'
        )

    async def renew(self, request: Request) -> Response:
        """Whichever page the state says."""
        if request.method == "GET":
            session: dict[str, Any] = {}
            body = self.form(self.state(session, "first"), field("National ID", "ctl00$Main$nationalId"), "Continue")
            return self.opened(page("Renew", body), **session)
        session, form = self.session(request), await request.form()
        fresh = form.get("__VIEWSTATE") == session.get("state")
        fresh = fresh and form.get("__EVENTVALIDATION") == session.get("valid")
        if not self.check(fresh and form.get("__VIEWSTATEGENERATOR") == "CA0B0334", "view state"):
            return self.refuse()
        if session["at"] == "first":
            session["nid"] = form.get("ctl00$Main$nationalId")
            body = self.form(self.state(session, "second"), field("Plate number", "ctl00$Main$plate"), "Renew")
            return page("Your vehicle", body)
        self.check(bool(form.get("ctl00$Main$plate")), "no plate")
        self.done.append(str(session["nid"]))
        return page("Renewed", "<p>Your registration has been renewed</p>")

    @staticmethod
    def form(state: str, inside: str, button: str) -> str:
        """The one form of a page."""
        return f'<form method="post" action="./renew.aspx" id="form1">{state}{inside}<button>{button}</button></form>'


class Rails(Guarded):
    """In the manner of Rails: a token a form beside another form's, and one in the head for what scripts send."""

    def app(self) -> Starlette:
        """A form, and a change that a script sends."""
        return Starlette(
            routes=[
                Route("/permits/new", self.new),
                Route("/permits", self.create, methods=["POST"]),
                Route("/permits/{slug}", self.show),
                Route("/permits/{slug}", self.change, methods=["PATCH"]),
            ]
        )

    async def new(self, request: Request) -> Response:
        """Two forms, each with a token of its own; the first is a decoy."""
        search, own = secrets.token_urlsafe(24) + "==", base64.b64encode(secrets.token_bytes(33)).decode()
        body = (
            f'<form action="/search" role="search"><input type="hidden" name="authenticity_token" value="{search}">'
            '<input name="q" type="search"></form><!-- <input name="authenticity_token" value="old"> -->'
            f'<form action="/permits" method="post"><input name="utf8" type="hidden" value="&#x2713;" />'
            f'<input name="authenticity_token" type="hidden" value="{escape(own)}" />'
            f"{field('Full name', 'permit[full_name]')}{field('Mobile', 'permit[mobile]')}"
            "<button>Create</button></form>"
        )
        return self.opened(page("New permit", body), form=own)

    async def create(self, request: Request) -> Response:
        """The permit is there, at an address that nobody could guess."""
        session, form = self.session(request), await request.form()
        if not self.check(form.get("authenticity_token") == session.get("form"), "authenticity token"):
            return self.refuse()
        self.check(form.get("utf8") == "\u2713", "utf8")
        session["slug"] = "p" + secrets.token_hex(5)
        session["name"] = form.get("permit[full_name]")
        return RedirectResponse(f"/permits/{session['slug']}", 303)

    async def show(self, request: Request) -> Response:
        """The permit, with a token for scripts in the head."""
        session = self.session(request)
        if not self.check(request.path_params["slug"] == session.get("slug"), "somebody else's permit"):
            return self.refuse()
        session["meta"] = base64.b64encode(secrets.token_bytes(31)).decode()
        head = '<meta name="csrf-param" content="authenticity_token" />'
        head += f'<meta content="{session["meta"]}" name="csrf-token" />'
        return page("Your permit", f"<p>A draft for {escape(str(session['name']))}</p>", head)

    async def change(self, request: Request) -> Response:
        """The permit is sent in by a script."""
        session = self.session(request)
        self.check(request.path_params["slug"] == session.get("slug"), "somebody else's permit")
        if not self.check(request.headers.get("x-csrf-token") == session.get("meta"), "csrf header"):
            return JSONResponse({"error": "invalid token"}, 422)
        self.done.append(str(session["name"]))
        return JSONResponse({"permit": {"state": "Handed in and received"}})


class Tokens(Guarded):
    """A program of one page over JSON: a bearer token from sign-in, numbers in paths, a clock, a signature, a code."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, str] = {}
        self.bearer: dict[str, str] = {}

    def app(self) -> Starlette:
        """Its calls."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/api/config", self.config),
                Route("/api/login", self.login, methods=["POST"]),
                Route("/api/code", self.code, methods=["POST"]),
                Route("/test/codes", self.told_code),
                Route("/api/cases", self.cases, methods=["POST"]),
                Route("/api/cases/{number:int}", self.case, methods=["PUT"]),
                Route("/api/cases/{number:int}/submit", self.send_in, methods=["POST"]),
            ]
        )

    async def home(self, request: Request) -> Response:
        """The page that the program lives in."""
        return page("Benefits", '<div id="app"></div><script src="/app.js"></script>')

    async def config(self, request: Request) -> Response:
        """What the program asks for first."""
        sid = secrets.token_hex(8)
        self.people[sid] = {"nonce": secrets.token_hex(6)}
        decoys = [{"nonce": secrets.token_hex(6)} for _nth in range(3)]
        reply = JSONResponse({"decoys": decoys, "client": {"nonce": self.people[sid]["nonce"]}})
        reply.set_cookie("device", sid)
        return reply

    async def login(self, request: Request) -> Response:
        """Who they are; a code is sent to their telephone."""
        told = await request.json()
        person = self.people.get(request.cookies.get("device", ""), {})
        person["id"] = told["national_id"]
        right = hashlib.sha256(f"{person.get('nonce')}|{told['national_id']}".encode()).hexdigest()
        self.check(request.headers.get("x-signature") == right, "signature")
        self.check(told.get("password") == "correct horse", "password")
        self.check(abs(told.get("sentAt", 0) / 1000 - time.time()) < 60, "clock")
        self.codes[told["national_id"]] = f"{secrets.randbelow(1_000_000):06d}"
        person["challenge"] = secrets.token_urlsafe(12)
        return JSONResponse({"challenge": person["challenge"]})

    async def told_code(self, request: Request) -> Response:
        """What the test system tells instead of a telephone."""
        return JSONResponse({"code": self.codes.get(request.query_params["for"])})

    async def code(self, request: Request) -> Response:
        """The code proves it: here is the token."""
        told = await request.json()
        person = self.people.get(request.cookies.get("device", ""), {})
        right = told.get("challenge") == person.get("challenge") and told.get("otp") == self.codes.get(person.get("id"))
        if not self.check(right, "one-time code"):
            return JSONResponse({"errors": {"otp": ["is wrong"]}}, 401)
        part = [base64.urlsafe_b64encode(json.dumps(x).encode()).decode().rstrip("=") for x in
                ({"alg": "HS256", "typ": "JWT"}, {"sub": person["id"], "jti": secrets.token_hex(8)})]  # fmt: skip
        token = ".".join([*part, secrets.token_urlsafe(32)])
        self.bearer[token] = person["id"]
        return JSONResponse({"data": {"access_token": token, "token_type": "Bearer", "expires_in": 3600}})

    def who(self, request: Request) -> str | None:
        """Whose token it is."""
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        known = self.bearer.get(token) if scheme == "Bearer" else None
        self.check(request.headers.get("accept") == "application/json", "what is asked for")
        self.check(known is not None, "bearer token")
        return known

    async def cases(self, request: Request) -> Response:
        """A new case, with a number."""
        who, told = self.who(request), await request.json()
        self.check(len(told.get("requestId", "")) == 36, "request id")
        self.check(told.get("requestId") not in self.sessions, "request id used before")
        number = secrets.randbelow(9_000_000) + 1_000_000
        self.sessions[told["requestId"]] = {}
        self.sessions[str(number)] = {"who": who, "version": secrets.randbelow(90) + 10}
        return JSONResponse({"case": {"id": number, "version": self.sessions[str(number)]["version"]}}, 201)

    async def case(self, request: Request) -> Response:
        """What the case is about; a number stays a number."""
        known, told = self.sessions.get(str(request.path_params["number"]), {}), await request.json()
        self.check(known.get("who") == self.who(request), "somebody else's case")
        self.check(told["case"]["id"] == request.path_params["number"], "number in the body")
        self.check(told["case"]["version"] == known.get("version"), "version")
        self.check(told["case"]["applicant"]["email"].count("@") == 1 and told["case"]["consent"] is True, "body")
        return JSONResponse({"ok": True})

    async def send_in(self, request: Request) -> Response:
        """The end."""
        known = self.sessions.get(str(request.path_params["number"]), {})
        if self.check(bool(known) and known.get("who") == self.who(request), "case sent in"):
            self.done.append(str(known["who"]))
        return JSONResponse({"case": {"status": "Your application was received"}})


class Hrefs(Guarded):
    """Tokens where no form keeps them: in a link, in a script, in an attribute, escaped in every way, among decoys."""

    def app(self) -> Starlette:
        """A link, a page with a script, a form that the script completes."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/start", self.start),
                Route("/apply", self.apply, methods=["POST"]),
            ]
        )

    async def home(self, request: Request) -> Response:
        """Several links with tickets, one of them right."""
        ticket = base64.b64encode(secrets.token_bytes(18) + b"\xff\xfe").decode()
        decoy = base64.b64encode(secrets.token_bytes(20)).decode()
        quoted = {name: value.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
                  for name, value in (("ticket", ticket), ("decoy", decoy))}  # fmt: skip
        body = (
            f'<a href="/help?ticket={quoted["decoy"]}&amp;lang=en">Help</a> '
            f'<a class="go" href="/start?lang=en&amp;ticket={quoted["ticket"]}">Begin</a>'
        )
        return self.opened(page("Land registry", body), ticket=ticket)

    async def start(self, request: Request) -> Response:
        """A nonce in a script, a key in an attribute with entities, a form."""
        session = self.session(request)
        if not self.check(request.query_params.get("ticket") == session.get("ticket"), "ticket"):
            return self.refuse()
        session["nonce"] = secrets.token_hex(4) + "/" + secrets.token_hex(4)
        session["key"] = f"<{secrets.token_hex(6)}>&'{secrets.token_hex(3)}'"
        body = (
            f"<script>var decoy = '{secrets.token_hex(4)}/{secrets.token_hex(4)}'; window.app = {{version: 3,"
            f' nonce: "{session["nonce"].replace("/", chr(92) + "x2f")}", lang: "en"}};</script>'
            f'<div data-key="{escape(session["key"])}"></div>'
            f'<form method="post" action="/apply">{field("Address", "address")}<button>Apply</button></form>'
        )
        return page("Your land", body)

    async def apply(self, request: Request) -> Response:
        """All of it must be right; the last thing sent nobody checks, and nobody can explain it."""
        session, form = self.session(request), await request.form()
        right = form.get("nonce") == session.get("nonce") and form.get("key") == session.get("key")
        if not self.check(right and bool(form.get("address")), "nonce or key"):
            return self.refuse()
        self.done.append(str(form["address"]))
        return page("Received", "<p>We have received your application</p>")
