"""The service that a load is measured against: a form of 24 KB with hidden fields, and what comes of sending it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: In place of this nginx puts something new for every request.
FRESH: Final = "@fresh@"
DONE: Final = "Your application was received"
KB: Final = 1024

JOURNEY: Final = """
journey: apply
title: Apply
agency: bench
base_url: http://127.0.0.1:1
languages: [en]
done: {text: Your application was received}
steps:
  - visit: /form
  - give: {full_name: "{{citizen.full_name}}", national_id: "{{citizen.national_id}}", email: "{{citizen.email}}"}
  - choose: {district: South}
  - submit: Send
"""

FORM: Final = """<form method="post" action="/apply" id="application" class="stacked">
<input type="hidden" name="csrf" value="@fresh@"><input type="hidden" name="__VIEWSTATE" value="/wEPDw@fresh@UKLTk">
<input type="hidden" name="step" value="1"><input type="hidden" name="lang" value="en">
<input type="hidden" name="started" value="@fresh@"><input type="hidden" name="_charset_" value="UTF-8">
<p><label for="n">Full name</label> <input id="n" name="full_name" required autocomplete="name"></p>
<p><label for="i">National ID</label> <input id="i" name="national_id" required pattern="[0-9]{9}"></p>
<p><label for="e">Email</label> <input id="e" type="email" name="email" autocomplete="email"></p>
<p><label for="d">District</label> <select id="d" name="district"><option value="">Choose</option>
<option value="n">North</option><option value="s">South</option><option value="w">West</option></select></p>
<p><label><input type="checkbox" name="terms" value="yes" checked> I have read the terms</label></p>
<button name="go" value="send">Send</button></form>"""


def page(body: str, size: int) -> str:
    """A page of so many bytes around a body: navigation before, explanations behind."""
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Apply</title></head><body><header><nav>'
    links = "".join(f'<a class="item" href="/s/{n}">Service number {n}</a>' for n in range(24))
    start = f"{head}{links}</nav></header><main><h1>Application</h1>{body}<section>"
    end = "</section></main></body></html>"
    text = '<p class="note">What is written here explains the application, its fees and its documents.</p>\n'
    missing = max(size - len(start) - len(end), 0)
    before = missing // 3  # a part of the explanations stands before the form
    before_text = (text * (before // len(text) + 1))[: before // len(text) * len(text)]
    behind = (text * (missing // len(text) + 1))[: (missing - len(before_text)) // len(text) * len(text)]
    return start.replace("<h1>", f"{before_text}<h1>") + behind + end


def form_page(size: int = 24 * KB) -> str:
    """The page with the form."""
    return page(FORM, size)


def write(folder: Path) -> None:
    """The service's pages as files."""
    for name, text in (
        ("form.html", form_page()),
        ("done.html", page(f"<p role=status>{DONE}</p>", 24 * KB)),
    ):
        (folder / name).write_text(text, encoding="utf-8")
