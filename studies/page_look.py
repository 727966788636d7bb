"""What every page of the workbench shares: its language, its direction, its look, and the work that goes on behind it.

Streamlit knows no right-to-left. What is needed is mirrored here in one place: the page as a whole is turned, and what
would break (charts, tables drawn on a canvas, code, numbers with signs) is kept as an island that reads left to right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

from studies import archive, dates, marked, words
from studies import page_address as addresses
from studies import page_door as door
from studies import page_numbers as numbers
from studies.house import people
from studies.palette import QUIET, colour
from studies.words import _, direction, language, languages, numerals, speak
from studies.workspace import Workspace, workspace

MARK, MIRRORED, WORKING = (
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("khutwa.svg", "mirrored.css", "working.js")
)
ALL_AT_ONCE = 24  # rows of a table that are shown without a scroll bar of its own
NAMES = {"en": "English", "ar": "العربية"}
MARKUP, told, whole_names = marked.MARKUP, marked.told, marked.whole_names
heed_address, note_in_address, gone, go_to = (
    addresses.heed_address, addresses.note_in_address, addresses.gone, addresses.go_to,
)  # fmt: skip

# Streamlit colours code too faintly to be read (2.2 to 3.6 to 1): what matters in it is bold instead.
CALM = """
 .block-container {padding-top: 3.2rem; max-width: 84rem;}
 [data-testid="stSidebarHeader"] {height: 3rem;}
 [data-testid="stMetricValue"] {font-size: 1.7rem;}
 [data-testid="stMetricValue"] *, [data-testid="stMetricLabel"] * {white-space: normal !important; text-overflow: clip;}
 [data-testid="stPageLink"] a * {white-space: normal !important; overflow-wrap: anywhere;}
 [data-testid="stVegaLiteChart"] {max-width: 100%; overflow-x: auto;}
 .st-key-part [role="radiogroup"] button {padding-inline: .8rem;}
 [data-testid="stCode"] .token {color: inherit !important;}
 [data-testid="stCode"] :is(.token.inserted, .token.deleted, .token.key) {font-weight: 600;}
"""

# A wide table is drawn on a canvas that knows no direction: its first column stands on the right, so begin there.
FROM_THE_RIGHT = """
if (!window.khutwaTables) {
  window.khutwaTables = new MutationObserver(() => {
    if (document.documentElement.dir !== 'rtl') return;
    for (const table of document.querySelectorAll('.dvn-scroller:not([data-from-the-right])'))
      if (table.scrollWidth > table.clientWidth) {
        table.dataset.fromTheRight = 'yes';
        table.scrollLeft = table.scrollWidth;
      }
  });
  const seen = {childList: true, subtree: true, attributes: true, attributeFilter: ['style']};
  window.khutwaTables.observe(document.body, seen);
}
"""


BAR = """
 [data-testid="stCode"] code.language-bash span.token
   {color: inherit !important; font-weight: inherit;}
 .khutwa-working {animation: khutwa-working 1.2s linear infinite alternate;
   background: linear-gradient(90deg, transparent, WAIT 40%, WAIT 60%, transparent) 0 0/50% 100% no-repeat, WAIT33;}
 @keyframes khutwa-working {from {background-position: 0 0, 0 0;} to {background-position: 100% 0, 0 0;}}
 @media (prefers-reduced-motion: reduce) {.khutwa-working {animation: none; background: WAIT;}}
"""


def choose_language() -> str:
    """The switch of languages; the choice stays in the address, so that a link opens in the language it was sent in."""
    heed_address("lang", languages())
    st.session_state.setdefault("lang", "en")
    chosen = st.segmented_control(
        "Language · اللغة",
        languages(),
        required=True,
        format_func=lambda code: NAMES.get(code, code),
        key="lang",
        label_visibility="collapsed",
    )
    speak(chosen or "en")
    note_in_address("lang", language() if language() != "en" else None)
    numbers.choose()
    return language()


def choose(label: str, options: Sequence[str], key: str, say: Callable[[str], str] = str, **more: Any) -> str | None:
    """One choice of several; it follows the reader over the pages and stays in the address."""
    new = [st.session_state[key]] if more.get("accept_new_options") and st.session_state.get(key) else []
    heed_address(key, [*options, *new])
    more.setdefault("on_change", lambda: st.session_state.pop(f"gone {key}", None))
    chosen = st.selectbox(
        label, options, key=key, format_func=lambda one: numerals(say(one)), persist_state="session", **more
    )
    note_in_address(key, chosen or None)
    return chosen


def dress() -> None:
    """Turn the page the way its language is read, and put on its look."""
    way, tongue = direction(), language()
    edge = str(st.get_option(f"theme.{'dark' if dark() else 'light'}.borderColor"))
    style = CALM + (MIRRORED.replace("EDGE", edge) if way == "rtl" else "")
    captions = '[data-testid="stCaptionContainer"]'
    style += f" {captions}, {captions} p {{color: {QUIET[dark()]}; opacity: 1;}}"
    if dark():  # a button's words stand on the light colour that a link has in the dark
        pressed = 'button[kind="primary"], button[kind="primaryFormSubmit"]'
        style += f" {pressed} {{color: {st.get_option('theme.dark.backgroundColor')};}}"
    style += BAR.replace("WAIT", colour("wait", dark()))
    turn = f"document.documentElement.dir='{way}';document.documentElement.lang='{tongue}';"
    says = {"working": _("Working"), "upload": _("Upload"), "size": _("At most {n} MB a file").format(n="$1")}
    working = WORKING.replace("= SAYS;", f"= {json.dumps(says)};")
    script = f"{turn}{FROM_THE_RIGHT}{numbers.script()}{working}"
    st.html(f"<style>{style}</style><script>{script}</script>", unsafe_allow_javascript=True)


def heading(title: str, lead: str = "") -> None:
    """The head of a page: what it is, and in one line what it is for."""
    st.title(title, anchor=False)
    if lead:
        st.caption(lead)


def reader(who: str, icon: str) -> None:
    """One of the people who use the workbench, at the head of what they would do next."""
    st.markdown(f"##### {icon} {who}")


def live(every: float | None) -> Callable[[Callable[..., None]], Callable[..., Any]]:
    """A part of a page that is drawn again by itself every so many seconds, in the page's language."""
    tongue, there, counted = language(), people.at_work(), (words.digits(), words.calendar())

    def made(draw: Callable[..., None]) -> Callable[..., Any]:
        @wraps(draw)
        def spoken(*args: Any, **named: Any) -> None:
            speak(tongue)  # a part drawn alone does not pass through app.py
            words.count_in(*counted)
            people.act_as(there)
            draw(*args, **named)

        return st.fragment(spoken, run_every=every)

    return made


def table(rows: pd.DataFrame, key: str, **options: Any) -> Any:
    """A table that can be sorted; where the language is read from the right its first column stands on the right."""
    height: Any = "content" if len(rows) <= ALL_AT_ONCE else 560
    if direction() == "rtl":
        rows = rows[list(reversed(rows.columns))]
        # A table is drawn, and drawn from the left: a head that begins with a number would be turned around.
        heads = {n: f"\u2067{numerals(str(n))}\u2069" for n in rows.columns}
        columns = {n: st.column_config.Column(head, alignment="right") for n, head in heads.items()}
        options.setdefault("column_config", columns)
    options.setdefault("placeholder", "–")  # “None” is no word of a reader's
    return st.dataframe(numbers.drawn(rows), key=key, hide_index=True, width="stretch", height=height, **options)


def space() -> Workspace:
    """The workspace that this workbench shows."""
    return workspace()


def chart(drawn: Any, key: str, **more: Any) -> None:
    """A chart, drawn by Altair or written down already; unchecked, since the tests have checked it and readers wait."""
    spec = drawn if isinstance(drawn, dict) else drawn.to_dict(validate=False)
    st.vega_lite_chart(None, numbers.chart(spec), width="content", theme=None, key=key, **more)


def choose_study(label: str | None = None) -> str | None:
    """The study to look at; the choice stays in the address. None, and a word on what to do, where there is none."""
    studies = list(archive.studies_in(space()))
    if not studies:
        st.info(_("Nothing has been observed yet. Walk a journey, or run the demo on the command line."))
        way("journeys/page_journeys.py", _("Walk a journey"), ":material/footprint:")
        st.code("./lab demo", language="bash")
        return None
    if lost := gone("study", studies):
        st.warning(
            _("There is no study “{study}” any more: it was deleted, or the link is wrong. These are there.").format(
                study=lost
            )
        )
    return choose(label or _("Study"), studies, "study")


_offers: dict[str, Callable[..., Any]] = {}


def offer(name: str, what: Callable[..., Any]) -> None:
    """Lend pages what their own room may not know: app.py knows all rooms, a room does not."""
    _offers[name] = what


def offered(name: str) -> Callable[..., Any]:
    """What app.py lends under this name."""
    return _offers[name]


@st.cache_resource
def work() -> dict[str, Any]:
    """What this workbench has going on, or has done since it was opened: name of the work to the work itself."""
    return {}


def way(page: str, label: str, icon: str, **asked: str) -> None:
    """A link to another page of the workbench, in this language, with what is to be shown there.

    There is none to a page that whoever is there may not open.
    """
    if not door.may_follow(page):
        return
    st.page_link(page, label=label, icon=icon, query_params=address(**asked))


def address(**asked: str) -> dict[str, str]:
    """What an address asks for: language, digits and calendar in force, and whatever else is to be shown."""
    chosen = (("lang", language(), "en"), *numbers.chosen())
    return {**{name: choice for name, choice, usual in chosen if choice != usual}, **asked}


def language_name(code: str) -> str:
    """A language by the name its readers give it."""
    return NAMES.get(code, code)


def moment(when: datetime | None) -> str:
    """A moment, as it is written where the language in force is read; in UTC, as the log keeps it."""
    if when is None:
        return ""
    if words.calendar() != words.CALENDARS[0]:
        return numerals(dates.moment(when)) + " UTC"
    comma = "،" if direction() == "rtl" else ","
    return numerals(format_datetime(when, f"d MMM y{comma} HH:mm", locale=language())) + " UTC"


def written(path: Path) -> str:
    """When a file was written, in words."""
    return moment(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def trouble(text: str) -> None:
    """What is wrong, in the words it was told in."""
    st.error(told(text), icon=":material/error:")


def robots() -> None:
    """What must stand beside whatever robots went through."""
    st.info(
        _("Robots walked this. They are a hypothesis about people, never a finding about them."),
        icon=":material/smart_toy:",
    )


def dark() -> bool:
    """Is the page shown light on dark?"""
    return st.context.theme.type == "dark"


def follow(kind: str, name: str, job: Any) -> None:
    """Keep a piece of work that was begun, and let this reader watch it."""
    work()[name] = job
    st.session_state[f"following {kind}"] = name


def followed(kind: str) -> Any:
    """The work that this reader watches: what they began, or what the address names; None when there is none."""
    name = st.session_state.get(f"following {kind}") or st.query_params.get(kind)
    if name not in work():
        note_in_address(kind, None)
        return None
    note_in_address(kind, name)
    return work()[name]
