"""What every page of the workbench shares: its language, its direction, its look, and the work that goes on behind it.

Streamlit knows no right-to-left. What is needed is mirrored here in one place: the page as a whole is turned, and what
would break (charts, tables drawn on a canvas, code, numbers with signs) is kept as an island that reads left to right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

from studies import archive, dates
from studies import page_door as door
from studies.house import people
from studies.palette import QUIET, colour
from studies.words import CALENDARS, _, calendar, direction, language, languages, numerals, speak
from studies.workspace import Workspace, workspace

MARK = (Path(__file__).parent / "khutwa.svg").read_text(encoding="utf-8")
MARKUP = re.compile(r"([\\`*\[\]$<>#~|]|:(?=[a-z]))")
LATIN = re.compile(r"https?://[^\s،؛؟»)]*[\w/]|[A-Za-z_/.][\w/.{}-]*(?:,? [A-Za-z_/.][\w/.{}-]*)*", re.ASCII)
ALL_AT_ONCE = 24  # rows of a table that are shown without a scroll bar of its own
NAMES = {"en": "English", "ar": "العربية"}

CALM = """
 .block-container {padding-top: 3.2rem; max-width: 84rem;}
 [data-testid="stSidebarHeader"] {height: 3rem;}
 [data-testid="stMetricValue"] {font-size: 1.7rem;}
 [data-testid="stMetricValue"] *, [data-testid="stMetricLabel"] * {white-space: normal; text-overflow: clip;}
"""

MIRRORED = """
 .stApp, [data-testid="stSidebar"], [data-testid="stDialog"], div[data-baseweb="popover"], div[data-baseweb="toast"],
 [data-testid="stTooltipContent"] {direction: rtl;}
 .stMarkdown, [data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"], [data-testid="stHeading"],
 [data-testid="stAlertContentInfo"], .stTable th, .stTable td {text-align: right !important; unicode-bidi: plaintext;}
 .stMarkdown ul, .stMarkdown ol {padding-inline-start: 1.6em; padding-left: 0; margin-inline-start: 0;}
 .stMarkdown ul, .stMarkdown ol {text-align: start;}
 button [data-testid="stMarkdownContainer"] {text-align: center !important;}
 [data-testid="stVegaLiteChart"], .vega-embed, [data-testid="stDataFrame"], [data-testid="stDataFrameResizable"],
 pre, code, [data-testid="stCode"], [data-testid="stSlider"] [data-baseweb="slider"],
 [data-testid="stDateInput"] input, iframe {direction: ltr;}
 [data-testid="stButtonGroup"] [role="radiogroup"] > *, [data-testid="stButtonGroup"] [role="radiogroup"] button
   {margin-right: 0; margin-left: -1px;}
 [data-testid="stButtonGroup"] [role="radiogroup"] > :first-child:not(:last-child),
 [data-testid="stButtonGroup"] [role="radiogroup"] > :first-child:not(:last-child) button
   {border-radius: 0 .5rem .5rem 0;}
 [data-testid="stButtonGroup"] [role="radiogroup"] > :last-child:not(:first-child),
 [data-testid="stButtonGroup"] [role="radiogroup"] > :last-child:not(:first-child) button
   {border-radius: .5rem 0 0 .5rem;}
 [data-testid="stMetricValue"], [data-testid="stMetricValue"] * {direction: ltr; text-align: right; width: 100%;}
 [data-testid="stMetricDelta"] {direction: ltr; width: fit-content;}
 [data-testid="stTextInput"] input, [data-testid="stTextArea"] textarea {unicode-bidi: plaintext;}
 code, pre, kbd {unicode-bidi: isolate; text-align: left;}
 [data-testid="stMetricLabel"] [data-testid="stTooltipIcon"] {margin-inline-start: .35rem;}
 [data-testid="stExpander"] summary [data-testid="stIconMaterial"] {transform: scaleX(-1);}
 html, .stApp, .stApp button, .stApp input, .stApp h1, .stApp h2, .stApp h3 {
   font-family: "Noto Naskh UI", "IBM Plex Sans Arabic", "Noto Sans Arabic", "Noto Kufi Arabic", "Source Sans",
   sans-serif;}
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


# Whoever pressed something sees that work goes on: a bar at the head of the page, in the colour of a wait.
WORKING = """
window.khutwaWorkingSays = %(says)s;
if (!window.khutwaWorking) {
  const bar = document.createElement('div');
  bar.setAttribute('role', 'progressbar');
  bar.className = 'khutwa-working';
  bar.style.cssText = 'position:fixed;top:0;left:0;right:0;height:4px;z-index:1000000;display:none';
  document.body.append(bar);
  let soon = 0;
  const show = () => {
    bar.setAttribute('aria-label', window.khutwaWorkingSays);
    bar.style.display = 'block';
  };
  const begin = () => { if (!soon) soon = setTimeout(show, 250); };
  // What is always asked of the lab counts from the press: a busy lab may need a while before it begins.
  const asks = '[data-testid=stPageLink] a, [data-testid=stSidebarNavLink], [data-testid=stButton] button';
  // A bar that stands already says nothing of this press: it goes, and comes anew.
  document.addEventListener('click', (event) => {
    if (!event.target.closest(asks) && bar.style.display === 'none') return;
    clearTimeout(soon);
    soon = 0;
    bar.style.display = 'none';
    begin();
  }, true);
  const mend = () => {
    // Streamlit puts its list of pages into boxes within the list: a screen reader is told where the lists are.
    for (const list of document.querySelectorAll('[data-testid=stSidebarNavItems]:not([role])')) {
      list.setAttribute('role', 'none');
      for (const items of list.querySelectorAll(':scope > div')) items.setAttribute('role', 'list');
    }
    for (const code of document.querySelectorAll('[data-testid=stCode] pre:not([tabindex])')) code.tabIndex = 0;
  };
  const look = () => {
    const app = document.querySelector('[data-testid=stApp]');
    const works = !!app && app.dataset.testScriptState === 'running';
    if (works) begin();
    if (!works) { clearTimeout(soon); soon = 0; bar.style.display = 'none'; }
  };
  window.khutwaWorking = new MutationObserver(look);
  const what = {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']};
  window.khutwaWorking.observe(document.body, what);
  let mending = 0;
  const drawn = () => { if (!mending) mending = setTimeout(() => { mending = 0; mend(); }, 150); };
  new MutationObserver(drawn).observe(document.body, {childList: true, subtree: true});
  mend();
  look();
}
"""
BAR = """
 [data-testid="stCode"] code.language-bash span.token {color: inherit !important;}
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
    return language()


def heed_address(key: str, known: Sequence[str]) -> None:
    """Let what the address asks for (`?study=demo`) be the choice, when the address is new and asks for what exists.

    Streamlit's own binding would write the words of the choice, not its key, and those change with the language.
    """
    asked, written = st.query_params.get(key), st.session_state.get(f"written {key}")
    if asked in known and (asked != written or _page() != st.session_state.get(f"page of {key}")):
        st.session_state[key] = asked
    elif key in st.session_state and st.session_state[key] not in known:
        del st.session_state[key]


def _page() -> str | None:
    """Which page this is. One that was reached by a link shows what the link asks for, whatever was chosen before."""
    return st.context.url


def gone(key: str, known: Sequence[str]) -> str | None:
    """What the address asked for and is not there (any more), until another choice is made; None: nothing."""
    asked = st.query_params.get(key)
    if asked and asked != st.session_state.get(f"written {key}"):
        st.session_state[f"gone {key}"] = None if asked in known else asked
    lost: str | None = st.session_state.get(f"gone {key}")
    return lost


def go_to(key: str, choice: str) -> None:
    """Make a choice on the reader's behalf, and show the page anew with it."""
    st.query_params[key] = choice
    st.session_state.pop(f"written {key}", None)
    st.rerun()


def note_in_address(key: str, choice: str | None) -> None:
    """Write a choice into the address, so that a link to this page can be sent to a colleague."""
    st.session_state[f"written {key}"], st.session_state[f"page of {key}"] = choice, _page()
    if st.query_params.get(key) == choice:
        return
    if choice is None:
        del st.query_params[key]
    else:
        st.query_params[key] = choice


def choose(label: str, options: Sequence[str], key: str, say: Callable[[str], str] = str, **more: Any) -> str | None:
    """One choice of several; it follows the reader over the pages and stays in the address."""
    new = [st.session_state[key]] if more.get("accept_new_options") and st.session_state.get(key) else []
    heed_address(key, [*options, *new])
    more.setdefault("on_change", lambda: st.session_state.pop(f"gone {key}", None))
    chosen = st.selectbox(label, options, key=key, format_func=say, persist_state="session", **more)
    note_in_address(key, chosen or None)
    return chosen


def dress() -> None:
    """Turn the page the way its language is read, and put on its look."""
    way, tongue = direction(), language()
    style = CALM + (MIRRORED if way == "rtl" else "")
    captions = '[data-testid="stCaptionContainer"]'
    style += f" {captions}, {captions} p {{color: {QUIET[dark()]}; opacity: 1;}}"
    style += BAR.replace("WAIT", colour("wait", dark()))
    turn = f"document.documentElement.dir='{way}';document.documentElement.lang='{tongue}';"
    working = WORKING % {"says": json.dumps(_("Working"))}
    st.html(f"<style>{style}</style><script>{turn}{FROM_THE_RIGHT}{working}</script>", unsafe_allow_javascript=True)


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
    tongue, there = language(), people.at_work()

    def made(draw: Callable[..., None]) -> Callable[..., Any]:
        @wraps(draw)
        def spoken(*args: Any, **named: Any) -> None:
            speak(tongue)  # a part drawn alone does not pass through app.py
            people.act_as(there)
            draw(*args, **named)

        return st.fragment(spoken, run_every=every)

    return made


def table(rows: pd.DataFrame, key: str, **options: Any) -> Any:
    """A table that can be sorted; where the language is read from the right its first column stands on the right."""
    if direction() == "rtl":
        rows = rows[list(reversed(rows.columns))]
        options.setdefault("column_config", {name: st.column_config.Column(alignment="right") for name in rows.columns})
    height: Any = "content" if len(rows) <= ALL_AT_ONCE else 560
    return st.dataframe(rows, key=key, hide_index=True, width="stretch", height=height, **options)


def space() -> Workspace:
    """The workspace that this workbench shows."""
    return workspace()


def chart(drawn: Any, key: str) -> None:
    """A chart, drawn by Altair or written down already; unchecked, since the tests have checked it and readers wait."""
    spec = drawn if isinstance(drawn, dict) else drawn.to_dict(validate=False)
    st.vega_lite_chart(None, spec, width="content", theme=None, key=key)


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
    """What an address asks for: the language in force, and whatever else is to be shown."""
    return {**({} if language() == "en" else {"lang": language()}), **asked}


def language_name(code: str) -> str:
    """A language by the name its readers give it."""
    return NAMES.get(code, code)


def moment(when: datetime | None) -> str:
    """A moment, as it is written where the language in force is read; in UTC, as the log keeps it."""
    if when is None:
        return ""
    if calendar() != CALENDARS[0]:
        return numerals(dates.moment(when)) + " UTC"
    comma = "،" if direction() == "rtl" else ","
    return numerals(format_datetime(when, f"d MMM y{comma} HH:mm", locale=language())) + " UTC"


def written(path: Path) -> str:
    """When a file was written, in words."""
    return moment(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def trouble(text: str) -> None:
    """What is wrong, in the words it was told in: nothing in them is taken for markup, and names in them stay whole."""
    st.error(MARKUP.sub(r"\\\1", whole_names(text)), icon=":material/error:")


def whole_names(text: str) -> str:
    """A text whose Latin names and paths are not turned around by the right-to-left words beside them."""
    return LATIN.sub("\u2066\\g<0>\u2069", text) if direction() == "rtl" else text


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
