"""The workbench: where a designer, a tester and a leader look at public services and try them out.

    streamlit run app.py

Each room owns its pages; this file only opens the doors, in the reader's language.
"""

import atexit
from contextlib import ExitStack

import streamlit as st

import intake
from analysis import charts, report
from studies import page_look as look
from studies.words import _


@st.cache_resource
def participants_pages() -> str:
    """Where participants answer; opened when first needed, closed with the workbench."""
    open_until_the_end = ExitStack()
    atexit.register(open_until_the_end.close)
    return open_until_the_end.enter_context(intake.serving(look.space()))


look.offer("participants' pages", participants_pages)
look.offer("load curve", charts.load_curve)
look.offer("silence curve", charts.silence_against_citizens)
look.offer("keep for the report", report.keep)

# A picture of our own: Streamlit would fetch a named icon for the browser's tab from somewhere else.
st.set_page_config(page_title="Khutwa", page_icon=look.MARK, layout="wide")

with st.sidebar:
    look.choose_language()
look.dress()

here = st.navigation(
    {
        "": [
            st.Page("studies/page_start.py", title=_("Start"), icon=":material/home:", default=True),
        ],
        _("Walk it"): [
            st.Page("journeys/page_journeys.py", title=_("Journeys"), icon=":material/footprint:", url_path="journeys"),
            st.Page("loadtests/page_load.py", title=_("Load test"), icon=":material/groups:", url_path="load"),
            st.Page("surveys/page_surveys.py", title=_("Surveys"), icon=":material/rate_review:", url_path="surveys"),
            st.Page(
                "surveys/page_responses.py", title=_("Responses"), icon=":material/table_rows:", url_path="responses"
            ),
        ],
        _("What it means"): [
            st.Page("analysis/page_metrics.py", title=_("Metrics"), icon=":material/balance:", url_path="metrics"),
            st.Page(
                "analysis/page_sessions.py", title=_("Sessions"), icon=":material/view_timeline:", url_path="sessions"
            ),
            st.Page("analysis/page_report.py", title=_("Report"), icon=":material/description:", url_path="report"),
        ],
    }
)
here.run()
