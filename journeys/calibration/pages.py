"""The pages of a calibration: the one with the button, and those that answer it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from journeys.calibration.phenomena import Delays, Phenomenon

LIBRARY: Final = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
FILL: Final = "<!-- " + "." * 1200 + " -->"  # browsers hold back the first few bytes
LOOK: Final = """body{font:16px sans-serif;margin:40px;background:#fff}
#area,.area{position:absolute;left:40px;top:260px;width:600px;min-height:120px}
.ring{width:40px;height:40px;border:6px solid #ccc;border-top-color:#06c;border-radius:50%;
animation:turn 1s linear infinite}@keyframes turn{to{transform:rotate(360deg)}}
iframe{background:#fff}"""
WORDS: Final = {
    "en": ("Vehicle fees", "Show the fee", "The fee is 20 dinars"),
    "ar": ("رسوم المركبات", "اعرض الرسم", "الرسم 20 دينارا"),
}
SORRY: Final = {
    "en": "<h1>Sorry, something went wrong</h1><p class=area data-answer>The service is not available. Try later.</p>",
    "ar": "<h1>عذرا، حدث خطأ</h1><p class=area data-answer>الخدمة غير متاحة. حاول لاحقا.</p>",
}


def head(trial: str, lang: str = "en", delays: Delays | None = None, look: str = "") -> str:
    """The beginning of every page: its language, its looks, and the words its scripts are told in."""
    way = " dir=rtl" if lang == "ar" else ""
    known = f"const TRIAL={json.dumps(trial)},D={json.dumps(dict(delays or {}))};"
    return (
        f"<!doctype html><html lang={lang}{way}><meta charset=utf-8><title>{WORDS[lang][0]}</title>"
        f"<style>{LOOK}{look}</style><script>{known}{LIBRARY}</script>"
    )


def opening_page(what: Phenomenon, delays: Delays, trial: str) -> str:
    """The page that the citizen presses a button on."""
    title, go, _fee = WORDS[what.lang]
    where = f"/answer?trial={trial}&how={what.answer}"
    target = f" target={what.target}" if what.target else ""
    match what.kind:
        case "send":
            way = f"<form method=post action='{where}'{target}>{what.page_in_form}<button id=go>{go}</button></form>"
        case "link":
            way = f"<form></form><a id=go href='{where}'>{go}</a>"
        case _:
            way = f"<form>{what.page_in_form}</form><button type=button id=go>{go}</button>"
    page = what.page.replace("TRIAL", trial)
    return (
        f"{head(trial, what.lang, delays, what.look)}<h1>{title}</h1>{way}<div id=area></div><div id=other></div>"
        f"{page}<script>{what.script}</script>"
    )


def answer_page(trial: str, lang: str = "en") -> str:
    """The page that answers."""
    title, _go, fee = WORDS[lang]
    return f"{head(trial, lang)}<h1>{title}</h1><p class=area data-answer>{fee}</p>"


def framed(trial: str) -> str:
    """An answer inside a frame."""
    return f"{head(trial)}<p data-answer>The fee is 20 dinars</p><script>painted('answer', document.body)</script>"


def summary(trial: str) -> str:
    """A form that comes back with a summary of what is wrong with it."""
    return (
        f"{head(trial)}<h1>Vehicle fees</h1><div class='error-summary area' role=alert data-answer>"
        "<h2>There is a problem</h2><ul><li><a href=#nid>Enter your national ID</a></ul></div>"
        "<form method=post action=/answer><label>National ID <input name=nid id=nid></label>"
        "<button>Send</button></form>"
    )


def apology(trial: str, lang: str) -> str:
    """An error page; its status is said elsewhere."""
    return f"{head(trial, lang)}{SORRY[lang]}"


def busy(nodes: int, mutations: int) -> str:
    """A large page that, once begun, changes so many times a second: words, attributes, and elements put anew."""
    rows = "".join(f"<li id=r{n}><b>{n}</b><i>row</i><span>word</span></li>" for n in range(nodes // 4))
    script = f"""let faults = 0, n = 0; addEventListener('error', () => faults++);
    addEventListener('unhandledrejection', () => faults++);
    const rows = document.querySelectorAll('li');
    const change = times => {{ for (let i = 0; i < times; i++) {{
      const row = rows[(n * 7919) % rows.length], kind = n++ % 4;
      if (kind === 0) row.children[1].textContent = 'row ' + n; else if (kind === 1) row.title = 'n' + n;
      else if (kind === 2) row.className = 'c' + n; else row.children[2].innerHTML = '<em>' + n + '</em>';
    }} }};
    const begin = () => setInterval(() => change({mutations // 20}), 50);
    once.onclick = () => change(20);
    go.onclick = () => fetch('/data?ms=60000');"""
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Busy</title><style>{LOOK}</style>"
        f"<button id=go>Show</button> <button id=once>Change</button><ul>{rows}</ul><script>{script}</script>"
    )
