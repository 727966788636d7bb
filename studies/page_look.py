"""What every page of the workbench shares: its language, its direction, its look, and the work that goes on behind it.

Streamlit knows no right-to-left. What is needed is mirrored here in one place: the page as a whole is turned, and what
would break (charts, tables drawn on a canvas, code, numbers with signs) is kept as an island that reads left to right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

from studies import archive
from studies.words import _, direction, language, languages, speak
from studies.workspace import Workspace, workspace

MARK = (Path(__file__).parent / "khutwa.svg").read_text(encoding="utf-8")
MARKUP = re.compile(r"([\\`*\[\]$<>#~|]|:(?=[a-z]))")
LATIN = re.compile(r"[A-Za-z_/.][\w/.{}-]*(?:,? [A-Za-z_/.][\w/.{}-]*)*", re.ASCII)
ALL_AT_ONCE = 24  # rows of a table that are shown without a scroll bar of its own
NAMES = {"en": "English", "ar": "العربية"}

CALM = """
 .block-container {padding-top: 3.2rem; max-width: 84rem;}
 [data-testid="stSidebarHeader"] {height: 3rem;}
 [data-testid="stMetricValue"] {font-size: 1.7rem;}
 .st-key-journey_text textarea {font-family: "Source Code Pro", "DejaVu Sans Mono", monospace; font-size: .86rem;
   direction: ltr; text-align: left; unicode-bidi: plaintext; white-space: pre; overflow-x: auto; tab-size: 4;}
"""

MIRRORED = """
 .stApp, [data-testid="stSidebar"], [data-testid="stDialog"], div[data-baseweb="popover"], div[data-baseweb="toast"],
 [data-testid="stTooltipContent"] {direction: rtl;}
 .stMarkdown, [data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"], [data-testid="stHeading"],
 [data-testid="stAlertContentInfo"], .stTable th, .stTable td {text-align: right !important; unicode-bidi: plaintext;}
 .stMarkdown ul, .stMarkdown ol {padding-inline-start: 1.6em; padding-left: 0; margin-inline-start: 0;}
 button [data-testid="stMarkdownContainer"] {text-align: center !important;}
 [data-testid="stVegaLiteChart"], .vega-embed, [data-testid="stDataFrame"], [data-testid="stDataFrameResizable"],
 pre, code, [data-testid="stCode"], [data-testid="stSlider"] [data-baseweb="slider"],
 [data-testid="stDateInput"] input, [data-testid="stButtonGroup"] [role="radiogroup"], iframe {direction: ltr;}
 [data-testid="stMetricValue"], [data-testid="stMetricValue"] * {direction: ltr; text-align: right; width: 100%;}
 [data-testid="stMetricDelta"] {direction: ltr; width: fit-content;}
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
    if asked in known and asked != written:
        st.session_state[key] = asked
    elif key in st.session_state and st.session_state[key] not in known:
        del st.session_state[key]


def go_to(key: str, choice: str) -> None:
    """Make a choice on the reader's behalf, and show the page anew with it."""
    st.query_params[key] = choice
    st.session_state.pop(f"written {key}", None)
    st.rerun()


def note_in_address(key: str, choice: str | None) -> None:
    """Write a choice into the address, so that a link to this page can be sent to a colleague."""
    st.session_state[f"written {key}"] = choice
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
    chosen = st.selectbox(label, options, key=key, format_func=say, persist_state="session", **more)
    note_in_address(key, chosen)
    return chosen


def dress() -> None:
    """Turn the page the way its language is read, and put on its look."""
    way, tongue = direction(), language()
    style = CALM + (MIRRORED if way == "rtl" else "")
    turn = f"document.documentElement.dir='{way}';document.documentElement.lang='{tongue}';"
    st.html(f"<style>{style}</style><script>{turn}{FROM_THE_RIGHT}</script>", unsafe_allow_javascript=True)


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
    tongue = language()

    def made(draw: Callable[..., None]) -> Callable[..., Any]:
        @wraps(draw)
        def spoken(*args: Any, **named: Any) -> None:
            speak(tongue)  # a part drawn alone does not pass through app.py
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


def choose_study(label: str | None = None) -> str | None:
    """The study to look at; the choice stays in the address. None, and a word on what to do, where there is none."""
    studies = list(archive.studies_in(space()))
    if not studies:
        st.info(_("Nothing has been observed yet. Walk a journey, or run the demo on the command line."))
        st.page_link("journeys/page_journeys.py", label=_("Walk a journey"), icon=":material/footprint:")
        st.code("./lab demo", language="bash")
        return None
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
    """A link to another page of the workbench, in this language, with what is to be shown there."""
    st.page_link(page, label=label, icon=icon, query_params=address(**asked))


def address(**asked: str) -> dict[str, str]:
    """What an address asks for: the language in force, and whatever else is to be shown."""
    return {**({} if language() == "en" else {"lang": language()}), **asked}


def language_name(code: str) -> str:
    """A language by the name its readers give it."""
    return NAMES.get(code, code)


def moment(when: datetime | None) -> str:
    """A moment, as it is written where the language in force is read; in UTC, as the log keeps it."""
    return format_datetime(when, "d MMM y, HH:mm", locale=language()) + " UTC" if when else ""


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
