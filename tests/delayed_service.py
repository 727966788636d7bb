"""A service whose delays, signs and faults are told in its addresses: the truth that what is heard is held against."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

from served import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

HEAD = "<!doctype html><html lang=en><meta charset=utf-8><title>A service</title>"
STYLE = """<style>body{font:16px sans-serif;margin:2em} @keyframes turn{to{transform:rotate(360deg)}}
.spinner{width:40px;height:40px;border:6px solid #ccc;border-top-color:#06c;border-radius:50%;
animation:turn 1s linear infinite} .unseen{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.lid{position:relative;top:-60px;height:80px;background:#fff}</style>"""
DONE = f"{HEAD}{STYLE}<h1>Done</h1><p>Your request was received.</p><a href=/form>Again</a>"

# What the pages' scripts do. `place` is the empty box below the form.
SPINNER = (
    """function spin(ms,style=''){setTimeout(()=>{place.innerHTML='<div class=spinner style="'+style+'"></div>'},ms)}"""
)
ON_SUBMIT = "document.forms[0].onsubmit=event=>{%s};"
FETCH = """event.preventDefault();spin(%(spin)d);fetch('/api?wait=%(wait)s').then(r=>r.json()).then(d=>{
place.innerHTML='<p>'+d.text+'</p><label>Plate number <input name=plate></label>'})"""
CHECK = """const f=document.forms[0];if(!f.nid.value){event.preventDefault();why.textContent='Enter your national ID';
f.nid.setAttribute('aria-invalid','true')}"""
TIMER = "go.onclick=()=>setTimeout(()=>{place.innerHTML='<p>The fee is 20</p>'},%(wait)s*1000);"
CLOCK = "setInterval(()=>{clock.textContent=new Date().toISOString()},250);"
WORDS = "event.submitter.disabled=true;event.submitter.textContent='Please wait';"
ADVERT = """let n=0;(function offer(){place.innerHTML='<p class=advert>Offer '+(++n)+'</p>';
setTimeout(offer,200+n*137%%400)})();"""

WHISPER = """place.innerHTML='<p role=status class=unseen>Loading</p>'"""
COVER = """place.innerHTML='<div class=spinner></div><div class=lid></div>'"""
SHADOW = """const root=place.attachShadow({mode:'open'});go.onclick=()=>fetch('/api?wait=0.2').then(()=>{
root.innerHTML='<p>Shown</p><label>Plate number <input name=plate></label>'});"""
REVEAL = "f=document.forms[0];f.child.onchange=()=>{more.hidden=!f.child.checked};"
HOSTILE = """window.fetch=window.MutationObserver=window.Date=window.setTimeout=undefined;
performance.now=()=>0;"""

CLOBBERED = "document.forms[0].onsubmit=event=>{event.preventDefault();event.target.append('Not today')};"

CHOICES = """<fieldset><legend>Nationality</legend><label><input type=radio name=nat value=bh>Bahrain</label>
<label><input type=radio name=nat value=jo>Jordan</label></fieldset>
<p><label>Plate number <select name=plate><option value=''>Choose</option><option>12345</option><option>12399</option>
</select></label><p><label>Date of birth <input type=date name=dob></label>
<p><label><input type=checkbox name=agree>I agree</label>
<p><label>Passport photo <input type=file name=photo></label>"""

#: kind -> (more fields, the page's script, the buttons)
KINDS: dict[str, tuple[str, str, str]] = {
    "plain": ("", "", "<button>Send</button>"),
    "spinner": ("", SPINNER + ON_SUBMIT % "spin(%(spin)d)", "<button>Send</button>"),
    "off": ("", SPINNER + ON_SUBMIT % "spin(0,'position:absolute;left:-500px')", "<button>Send</button>"),
    "unseen": ("", SPINNER + ON_SUBMIT % "spin(0,'opacity:0')", "<button>Send</button>"),
    "words": ("", ON_SUBMIT % WORDS, "<button>Send</button>"),
    "fetch": ("", SPINNER + ON_SUBMIT % FETCH, "<button>Send</button>"),
    "inline": ("<p id=why class=error></p>", ON_SUBMIT % CHECK, "<button>Send</button>"),
    "clock": ("<p id=clock>0</p>", CLOCK, "<button>Send</button>"),
    "advert": ("", ADVERT, "<button>Send</button>"),
    "timer": ("", TIMER, "<button type=button id=go>Show the fee</button>"),
    "dead": ("", "", "<button type=button>Help me</button> <button>Send</button>"),
    "alert": ("", "", "<button type=button onclick=\"alert('Read this')\">Terms</button>"),
    "hidden": ("", "", "<button style='display:none'>Send</button>"),
    "choices": (CHOICES, "", "<button>Send</button>"),
    "whisper": ("", ON_SUBMIT % WHISPER, "<button>Send</button>"),
    "covered": ("", ON_SUBMIT % COVER, "<button>Send</button>"),
    "shadow": ("", SHADOW, "<button type=button id=go>Show</button>"),
    "reveal": (
        "<p><label><input type=checkbox name=child>I have a child</label>"
        "<p id=more hidden><label>Child's name <input name=child_name></label>",
        REVEAL,
        "<button>Send</button>",
    ),
    "prefilled": ("<p><label>Mobile <input name=mobile value=39000000></label>", "", "<button>Send</button>"),
    "clobbered": ("<input type=hidden name=id><input type=hidden name=name>", CLOBBERED, "<button>Send</button>"),
    "hostile": ("", HOSTILE, "<button>Send</button>"),
    "secret": ("<p><label>Password <input type=password name=word></label>", "", "<button>Send</button>"),
}
REFUSAL = "<p id=no class=error>This national ID is not known.</p>"


def form(action: str, kind: str, **told: float) -> str:
    """A page with one form, of one kind."""
    more, script, buttons = KINDS.get(kind, KINDS["plain"])
    return (
        f"{HEAD}{STYLE}<h1>Apply</h1><form id=application method=post action='{action}'>"
        "<p><label>National ID <input name=nid></label>"
        "<p><label>Email <input name=mail autocomplete=email></label>"
        f"{more}<p>{buttons}</form><div id=place></div><script>{script % told if told else script}</script>"
    )


async def page(request: Request) -> Response:
    """GET: the form that the address names. POST: the answer, after as many seconds as the address says."""
    asked = request.query_params
    wait, spin, kind = float(asked.get("wait", 0)), float(asked.get("spin", 300)), asked.get("kind", "plain")
    if request.method == "POST":
        await asyncio.sleep(wait)
        return await _answer(request, kind)
    if kind == "stream":
        return StreamingResponse(_stream(wait), media_type="text/html")
    shown = form(f"/form?wait={wait}&kind={kind}", kind, wait=wait, spin=spin)
    if kind == "native":
        shown = shown.replace("name=nid", "name=nid required")
    strict = {"content-security-policy": "default-src 'none'; form-action 'self'; style-src 'unsafe-inline'"}
    return HTMLResponse(shown, headers=strict if kind == "strict" else None)


async def _stream(wait: float) -> AsyncIterator[bytes]:
    yield f"{HEAD}{STYLE}<h1>Apply</h1><p>The form follows.</p>{'<!-- -->' * 300}".encode()
    await asyncio.sleep(wait)
    yield b"<form method=post action=/form><label>Email <input name=mail></label><button>Send</button></form>"


async def _answer(request: Request, kind: str) -> Response:
    given = await request.form()
    match kind:
        case "refuse" if given.get("nid") == "wrong":
            marked = "name=nid aria-invalid=true aria-describedby=no"
            again = form("/form?kind=refuse", "plain").replace("name=nid", marked)
            return HTMLResponse(again.replace("<p><label>Email", REFUSAL + "<p><label>Email"))
        case "fault":
            return HTMLResponse(f"{HEAD}<h1>Sorry</h1><p>It did not work.</p>", status_code=500)
        case "redirect":
            return RedirectResponse("/done", status_code=303)
        case "secret":
            return HTMLResponse(f"{HEAD}{STYLE}<h1>Done</h1><p>You wrote {given.get('word')}.</p>")
    return HTMLResponse(DONE)


async def api(request: Request) -> Response:
    """Data for the page's script, after as many seconds as the address says."""
    await asyncio.sleep(float(request.query_params.get("wait", 0)))
    return JSONResponse({"text": "Your vehicle was found"})


async def done(request: Request) -> Response:
    """A page that says so."""
    return HTMLResponse(DONE)


SERVICE = Starlette(
    routes=[Route("/form", page, methods=["GET", "POST"]), Route("/api", api), Route("/done", done), Route("/", done)]
)


def running() -> AbstractContextManager[str]:
    """The service on a free port, for the length of a `with`; yields its address."""
    return served(SERVICE)
