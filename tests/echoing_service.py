"""A service that repeats whatever is typed into it, in every way that a page can: for what no replay may show.

Whatever is typed stands in red and nothing else does: a picture with red in it gives something away.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from html import escape

from served import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

LOOK = """<!doctype html><html lang=en><meta charset=utf-8><title>Office</title><style>
body{font:24px/1.4 monospace;margin:20px;color:#000;caret-color:#000} input,textarea,select,button{font:inherit}
input,textarea,.red,[contenteditable],#split *{color:#f00} input::placeholder,textarea::placeholder{color:#f00}
#strict{color:#f00 !important;-webkit-text-fill-color:#f00 !important} svg text{font:24px monospace;fill:#f00}
</style><h1>Registry</h1>"""
FORM = """<form method=post action=/done>
<p><label>National ID <input id=strict name=nid></label> <label>Date of birth <input type=date name=dob></label>
<p><label>Letter <textarea name=letter rows=2 cols=30></textarea></label>
<p>Remark <b aria-label=Remark contenteditable style="border:1px solid;display:inline-block">&nbsp; &nbsp; &nbsp;</b>
<p><own-field></own-field>
<p><button>Send</button> <input type=button id=again value="">
<p>Good morning, <span id=said class=red></span>, how are you?<p id=split>.<p id=arabic class=red>
<p><svg width=600 height=30><text id=drawn y=24></text></svg>
<iframe id=frame srcdoc="<body style='font:24px monospace;color:#f00'></body>" width=500 height=60></iframe></form>
<script>
customElements.define('own-field', class extends HTMLElement { connectedCallback() {
  this.attachShadow({mode: 'open'}).innerHTML = '<style>input,i{font:24px monospace;color:#f00}</style>'
    + '<label>Plate number <input name=plate></label> <i></i>';
  this.shadowRoot.querySelector('input').oninput = e => this.shadowRoot.querySelector('i').textContent = e.target.value;
} });
document.forms[0].nid.oninput = e => {
  const v = e.target.value, by = id => document.getElementById(id);
  by('said').textContent = v.toUpperCase();
  by('split').innerHTML = 'Is it <b>' + v.split(' ').join('</b> <i>') + '</i>?';
  by('arabic').textContent = v.replace(/\\d/g, d => String.fromCharCode(0x660 + Number(d)));
  by('drawn').textContent = v; by('again').value = 'Go on as ' + v; document.forms[0].letter.placeholder = v;
  by('frame').contentDocument.body.textContent = v;
};
</script>"""


async def form(request: Request) -> Response:
    """The form, whose page repeats at once."""
    return HTMLResponse(LOOK + FORM)


async def done(request: Request) -> Response:
    """After a silence: everything again, in words and in fields that come filled in."""
    await asyncio.sleep(1.6)
    given = {key: escape(str(value)) for key, value in (await request.form()).items()}
    said = "".join(
        f"<p>{key}: <b class=red>{value} <input value='{value}'> {'-'.join(value.split())}</b>"
        for key, value in given.items()
    )
    day, month, year = reversed((given.get("dob") or "--").split("-"))
    return HTMLResponse(f"{LOOK}<p>Born <b class=red>{day}/{month}/{year}</b>{said}<p>That is all.")


def running() -> AbstractContextManager[str]:
    """The service on a free port, for the length of a `with`; yields its address."""
    return served(Starlette(routes=[Route("/", form), Route("/done", done, methods=["POST"])]))
