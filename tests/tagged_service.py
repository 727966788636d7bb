"""A service whose pages carry the recorder's tag, as a participant meets it: pages that stay, go, forbid and echo."""

from __future__ import annotations

from contextlib import AbstractContextManager

from served import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from journeys.hearing.participants import routes
from studies.store import Store

FIELDS = """<p><label>National ID <input name=nid></label> <label>Password <input type=password name=word></label>
<label>Letter <textarea name=letter></textarea></label> <label>Code <input name=otp autocomplete=one-time-code></label>
<label>Date of birth <input type=date name=dob></label> <label>Photo <input type=file name=photo></label>
<label>Town <select name=town><option value=''>Choose</option><option value=Wxtown>Wxtown</option></select></label>
<fieldset><legend>Kind</legend><label><input type=radio name=kind value=Wxradio>Wxradio</label></fieldset>
<p aria-label=Remark contenteditable style=cursor:pointer>&nbsp;</p>
<button type=button id=list aria-haspopup=listbox aria-label=Street>Choose</button>
<ul role=listbox aria-label=Street><li role=option tabindex=0 id=own>Wxstreet</li></ul>
<button type=button id=echo>Echo</button>"""
ECHO = """document.getElementById('echo').onclick=event=>{
event.target.textContent='Go on as '+document.forms[0].nid.value};"""


def page(tag: str, session: str, other: str, more: str = "") -> str:
    """One page: a link onward, a link to the other host, a form, a button that answers, a dead one."""
    return f"""<!doctype html><html lang=en><meta charset=utf-8><title>A service</title>{tag}
<h1>Apply</h1><a id=on href="/b?session={session}">Go on</a>
<a id=over href="{other}/b?session={session}">Over there</a>
<form method=post action="/b?session={session}">{more}<button id=send>Send</button></form>
<button id=count>Count</button><p id=shown>0</p>
<script nonce=own>let n=0;document.getElementById('count').onclick=()=>{{
document.getElementById('shown').textContent=++n}};{ECHO if more else ""}</script>"""


def service(collector: str, store: Store | None = None) -> Starlette:
    """The service's pages; with a store, the recorder is mounted below them as well."""

    async def shown(request: Request) -> Response:
        asked = request.query_params
        kind, session = request.path_params["kind"], asked.get("session", "")
        mine = f"{request.url.scheme}://{request.url.netloc}/khutwa" if kind == "mounted" else collector
        told = f"data-session={session}" if session else "data-study=tabs"
        tag = f'<script src="{mine}/recorder.js" {told}></script>'
        policy = {
            "allowed": f"default-src 'none'; script-src 'nonce-own' {collector}; connect-src {collector}",
            "mounted": "default-src 'none'; script-src 'nonce-own' 'self'; connect-src 'self'",
            "forbidden": "default-src 'none'; script-src 'nonce-own'",
        }.get(kind)
        if kind == "b" and request.method == "POST":
            return RedirectResponse(f"/done?session={session}", 303)
        headers = {"content-security-policy": policy} if policy else None
        other = asked.get("other", "")
        return HTMLResponse(page(tag, session, other, FIELDS if kind == "fields" else ""), headers=headers)

    mounted = [Mount("/khutwa", routes=routes(store))] if store else []
    return Starlette(routes=[*mounted, Route("/{kind}", shown, methods=["GET", "POST"])])


def running(collector: str, store: Store | None = None) -> AbstractContextManager[str]:
    """The service on a free port, for the length of a `with`; yields its address."""
    return served(service(collector, store))
