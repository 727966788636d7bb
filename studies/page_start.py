"""The first page: what this is, what each of its readers would do next, and what was found lately."""

import streamlit as st

from studies import page_look as look
from studies.latest import latest, source_name
from studies.words import _, ngettext

JOURNEYS, LOAD = "journeys/page_journeys.py", "loadtests/page_load.py"
SURVEYS, METRICS = "surveys/page_surveys.py", "analysis/page_metrics.py"
SESSIONS, REPORT = "analysis/page_sessions.py", "analysis/page_report.py"


def next_steps() -> None:
    """What each of the three readers would do next."""
    designer, tester, leader = st.columns(3, gap="medium")
    with designer.container(border=True, height="stretch"):
        look.reader(_("I design services"), ":material/draw:")
        st.write(
            _("Walk a journey as a citizen would, change it, and see where people wait, are asked again or give up.")
        )
        look.way(JOURNEYS, _("Walk a journey"), ":material/footprint:")
        look.way(SESSIONS, _("Look at one session closely"), ":material/view_timeline:")
    with tester.container(border=True, height="stretch"):
        look.reader(_("I test services"), ":material/groups:")
        st.write(
            _("Send many citizens through a journey at once, and see when the service begins to keep them waiting.")
        )
        look.way(LOAD, _("Start a load test"), ":material/groups:")
        look.way(METRICS, _("Compare as it is and redesigned"), ":material/balance:")
    with leader.container(border=True, height="stretch"):
        look.reader(_("I answer for services"), ":material/monitoring:")
        st.write(_("Read what was found, what citizens say of it, and how sure one can be."))
        look.way(REPORT, _("Read the report"), ":material/description:")
        look.way(SURVEYS, _("See what citizens say"), ":material/rate_review:")


def found_lately() -> None:
    """The studies, the latest first."""
    st.subheader(_("Studies"), anchor=False)
    studies = latest(look.space())
    if not studies:
        st.info(_("Nothing has been observed yet. Walk a journey here, or let the demo do everything once:"))
        st.code("./lab demo", language="bash")
        return
    for one in studies:
        if one.trouble:
            look.trouble(one.trouble)
            continue
        with st.container(border=True):
            name, heard, through, ways = st.columns([3, 3, 3, 3], vertical_alignment="center")
            name.markdown(f"**{one.study}**  \n{look.moment(one.last)}")
            who = " · ".join(f"{source_name(source)} {n}" for source, n in one.by_source.items())
            heard.markdown(ngettext("{n} session", "{n} sessions", one.sessions).format(n=one.sessions) + f"  \n{who}")
            ended = _("{n} of {of} came to an end").format(n=one.concluded, of=one.sessions)
            through.markdown(f"{ended}  \n{one.through()}")
            with ways:
                look.way(METRICS, _("Metrics"), ":material/balance:", study=one.study)
                look.way(REPORT, _("Report"), ":material/description:", study=one.study)


look.heading(
    _("Khutwa"),
    _("Finds where a public service makes people wait in silence, repeat themselves, take needless steps or give up."),
)
next_steps()
found_lately()
