"""The workbench: where a designer, a tester and a leader look at public services and try them out.

    streamlit run app.py

Each room owns its pages; this file only opens the doors, in the reader's language.
"""

import atexit
from contextlib import ExitStack

import streamlit as st

import intake
from analysis import charts, observers, report
from analysis.charts import capacity, run, runs
from commands import _start, _titles
from commands._listing import every_command
from commands.study._workbench import OFFERED
from journeys import shelf
from studies import page_door as door
from studies import page_look as look
from studies.words import _
from studies.workspace import is_public, public_address


@st.cache_resource
def participants_pages() -> str:
    """Where participants answer: at their public address, else opened when first needed, closed with the workbench."""
    if is_public():
        return public_address(intake.PORT)
    open_until_the_end = ExitStack()
    atexit.register(open_until_the_end.close)
    return open_until_the_end.enter_context(intake.serving(look.space()))


def printed(page: str, tongue: str) -> bytes:
    """A page as PDF, printed by a browser of its own."""
    from journeys.players import browser_print

    return browser_print.printed(page, tongue)


look.offer("printed", printed)
look.offer("participants' pages", participants_pages)
look.offer("load curve", charts.load_curve)
look.offer("silence curve", charts.silence_against_citizens)
look.offer("load shape", run.shape)
look.offer("load going", run.going)
look.offer("load steps", run.steps)
look.offer("capacity curve", capacity.capacity)
look.offer("runs compared", runs.runs)
look.offer("keep for the report", report.keep)
look.offer("moderators' agreement", observers.notes_table)
look.offer("raters' agreement", lambda visits: observers.visits_table(observers.of_visits(visits)))
look.offer("task title", shelf.title_of)
_titles.lend()
look.offer("commands", every_command)
for name, what in {**OFFERED, **_start.OFFERED}.items():
    look.offer(name, what)

# A picture of our own: Streamlit would fetch a named icon for the browser's tab from somewhere else.
st.set_page_config(page_title="Khutwa", page_icon=look.MARK, layout="wide")

with st.sidebar:
    look.choose_language()
look.dress()
door.whoever()

here = door.pages(
    {
        "": [
            st.Page("studies/page_start.py", title=_("Start"), icon=":material/home:", default=True),
        ],
        _("Design"): [
            st.Page("journeys/page_journeys.py", title=_("Journeys"), icon=":material/footprint:", url_path="journeys"),
            st.Page("studies/page_study.py", title=_("Studies"), icon=":material/science:", url_path="study"),
            st.Page("studies/page_board.py", title=_("Live board"), icon=":material/monitoring:", url_path="board"),
            st.Page("studies/page_import.py", title=_("Import"), icon=":material/upload_file:", url_path="import"),
            st.Page("journeys/page_editor.py", title=_("Editor"), icon=":material/edit:", url_path="editor"),
            st.Page("surveys/page_surveys.py", title=_("Surveys"), icon=":material/rate_review:", url_path="surveys"),
            st.Page(
                "surveys/page_responses.py", title=_("Responses"), icon=":material/table_rows:", url_path="responses"
            ),
            st.Page("studies/page_desk.py", title=_("Moderator's desk"), icon=":material/edit_note:", url_path="desk"),
            st.Page("surveys/page_visits.py", title=_("Field visits"), icon=":material/checklist:", url_path="visits"),
        ],
        _("Load"): [
            st.Page("loadtests/page_load.py", title=_("Load test"), icon=":material/groups:", url_path="load"),
            st.Page("loadtests/page_history.py", title=_("History"), icon=":material/history:", url_path="history"),
        ],
        _("What it means"): [
            st.Page(
                "analysis/page_scoreboard.py", title=_("Scoreboard"), icon=":material/speed:", url_path="scoreboard"
            ),
            st.Page("analysis/page_findings.py", title=_("Findings"), icon=":material/flag:", url_path="findings"),
            st.Page("analysis/page_league.py", title=_("League"), icon=":material/leaderboard:", url_path="league"),
            st.Page("analysis/page_drivers.py", title=_("Drivers"), icon=":material/tune:", url_path="drivers"),
            st.Page("analysis/page_cost.py", title=_("Cost"), icon=":material/payments:", url_path="cost"),
            st.Page("analysis/page_metrics.py", title=_("Metrics"), icon=":material/balance:", url_path="metrics"),
            st.Page(
                "analysis/page_sessions.py", title=_("Sessions"), icon=":material/view_timeline:", url_path="sessions"
            ),
            st.Page("analysis/page_report.py", title=_("Report"), icon=":material/description:", url_path="report"),
        ],
        _("House"): [
            st.Page("studies/page_who_may.py", title=_("Who may"), icon=":material/badge:", url_path="who-may"),
            st.Page("studies/page_audit.py", title=_("Audit trail"), icon=":material/history:", url_path="audit"),
        ],
    }
)
door.enter(here)
