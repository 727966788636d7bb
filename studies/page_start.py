"""The first page: what this is, what each of its readers would do next, what is running, and what was found lately."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from studies import archive
from studies import page_door as door
from studies import page_look as look
from studies import reader as readers
from studies.how_far import left_told
from studies.latest import Latest, latest, source_name
from studies.tour import COMMAND, DEMO, STOPS
from studies.words import _, ngettext

JOURNEYS, EDITOR, STUDY = "journeys/page_journeys.py", "journeys/page_editor.py", "studies/page_study.py"
LOAD, HISTORY, SURVEYS = "loadtests/page_load.py", "loadtests/page_history.py", "surveys/page_surveys.py"
METRICS, SESSIONS, REPORT = "analysis/page_metrics.py", "analysis/page_sessions.py", "analysis/page_report.py"
SCOREBOARD, FINDINGS = "analysis/page_scoreboard.py", "analysis/page_findings.py"
SHOWN = 5  # studies, or runs, that are told of at once


def titles() -> dict[str, tuple[str, str]]:
    """The three readers: what each says of themselves, and what they come for."""
    return {
        "designer": (
            ":material/draw: " + _("I design services"),
            _("Walk a journey as a citizen would, change it, and see where people wait, are asked again or give up."),
        ),
        "qa": (
            ":material/groups: " + _("I test services"),
            _("Send many citizens through a journey at once, and see when the service begins to keep them waiting."),
        ),
        "leader": (
            ":material/monitoring: " + _("I answer for services"),
            _("Read what was found, what citizens say of it, and how sure one can be."),
        ),
    }


def ways(here_as: str) -> None:
    """What this reader would do next, the first thing first."""
    match here_as:
        case "designer":
            look.way(JOURNEYS, _("Walk a journey"), ":material/footprint:")
            look.way(EDITOR, _("Change a journey"), ":material/edit:")
            look.way(STUDY, _("Plan and run a study"), ":material/science:")
            look.way(SESSIONS, _("Look at one session closely"), ":material/view_timeline:")
        case "qa":
            look.way(LOAD, _("Start a load test"), ":material/groups:")
            look.way(HISTORY, _("Compare with earlier runs"), ":material/history:")
            look.way(METRICS, _("Compare as it is and redesigned"), ":material/balance:")
        case _other:
            look.way(SCOREBOARD, _("Read the scoreboard"), ":material/speed:")
            look.way(FINDINGS, _("Decide on the findings"), ":material/flag:")
            look.way(REPORT, _("Read the report"), ":material/description:")
            look.way(SURVEYS, _("See what citizens say"), ":material/rate_review:")


def choose_reader(name: str, roles: frozenset[str]) -> str | None:
    """As whom somebody is here: by their role, or as they say themselves; it is remembered."""
    known, there = readers.reader(name, look.space()), readers.offered_to(roles)
    if len(there) == 1:
        return there[0]
    st.session_state.setdefault("here_as", known.here_as if known.here_as in there else None)
    chosen = st.segmented_control(
        _("You are here because"), there, format_func=lambda one: titles()[one][0], key="here_as"
    )
    if chosen and chosen != known.here_as:
        readers.remember(name, look.space(), here_as=chosen)
    return chosen


def cards(there: tuple[str, ...]) -> None:
    """What each of the readers would do next, for whoever has not said yet who they are."""
    for column, one in zip(st.columns(len(there), gap="medium"), there, strict=True):
        with column.container(border=True, height="stretch"):
            who, why = titles()[one]
            st.markdown(f"##### {who}")
            st.write(why)
            ways(one)


def tour(name: str, here_as: str) -> None:
    """A few stops on the shipped study, one at a time; it can be left at any, and taken again."""
    stops, at = STOPS[here_as], readers.reader(name, look.space()).stop

    def go(stop: int) -> Callable[[], None]:
        def gone() -> None:
            readers.remember(name, look.space(), stop=stop)

        return gone

    if not 0 <= at < len(stops):
        st.button(_("Take the tour"), icon=":material/tour:", type="tertiary", key="tour_again", on_click=go(0))
        return
    stop = stops[at]
    with st.container(border=True, key="tour"):
        place = _("Stop {n} of {of}").format(n=at + 1, of=len(stops))
        st.markdown(f"**{_(stop.title)}**  \n{_(stop.why)}")
        if stop.needs_demo and DEMO not in archive.studies_in(look.space()):
            st.caption(_("The shipped study is not there yet. This makes it, once, in a few minutes:"))
            st.code(COMMAND, language="bash")
        else:
            asked = {**({"study": DEMO} if stop.needs_demo else {}), **stop.asked}
            look.way(stop.page, _("Show me"), ":material/arrow_forward:", **asked)
        with st.container(horizontal=True, vertical_alignment="center"):
            if at:
                st.button(_("Back"), key="tour_back", on_click=go(at - 1))
            last = at + 1 == len(stops)
            after = readers.OVER if last else at + 1
            st.button(
                _("End the tour") if last else _("Next stop"), key="tour_next", type="primary", on_click=go(after)
            )
            if not last:
                st.button(_("Skip the tour"), key="tour_skip", type="tertiary", on_click=go(readers.OVER))
            st.caption(place)


def running() -> None:
    """What is being made at this moment, how far it is and how long it will still take."""
    there = look.offered("start: running")(look.space())
    if not there:
        return

    @look.live(2.0)
    def board() -> None:
        now = look.offered("start: running")(look.space())
        if not now:
            st.caption(_("It has ended."))
        for one in now:
            st.progress(one.share, text=" · ".join(filter(None, [door.plain(one.what), left_told(one.left)])))
            look.way(one.page, _("Watch it"), ":material/monitoring:", **one.asked)

    st.subheader(_("Running now"), anchor=False)
    board()


def one_study(one: Latest, leads_to: tuple[tuple[str, str, str], ...]) -> None:
    """A study in a line: when, who was heard, how many came to an end, and where to read more."""
    with st.container(border=True):
        name, heard, through, links = st.columns([3, 3, 3, 3], vertical_alignment="center")
        name.markdown(f"**{door.plain(one.study)}**  \n{look.moment(one.last) or _('no date')}")
        who = " · ".join(f"{source_name(source)} {n}" for source, n in one.by_source.items())
        heard.markdown(ngettext("{n} session", "{n} sessions", one.sessions).format(n=one.sessions) + f"  \n{who}")
        ended = _("{n} of {of} came to an end").format(n=one.concluded, of=one.sessions)
        through.markdown(f"{ended}  \n{door.plain(one.through())}")
        with links:
            for page, title, icon in leads_to:
                look.way(page, title, icon, study=one.study)


def found_lately(leads_to: tuple[tuple[str, str, str], ...]) -> None:
    """The studies, the latest first."""
    st.subheader(_("Studies"), anchor=False)
    studies = latest(look.space())
    if not studies:
        st.info(_("Nothing has been observed yet. Walk a journey here, or let the demo do everything once:"))
        st.code("./lab demo", language="bash")
        return
    for one in studies[:SHOWN]:
        if one.trouble:
            look.trouble(one.trouble)
        else:
            one_study(one, leads_to)
    if (more := len(studies) - SHOWN) > 0:
        st.caption(ngettext("{n} older study is listed under Studies.", "{n} older studies are listed under Studies.",
                            more).format(n=more))  # fmt: skip


def run_lately() -> None:
    """The load tests that ended last, each with its verdict."""
    st.subheader(_("Latest load tests"), anchor=False)
    there = look.offered("start: loads")(look.space())
    if not there:
        st.info(_("No load test was run yet."))
    for run, journey, verdict in there:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{door.plain(verdict)}** · {door.plain(journey)}")
            look.way(HISTORY, run, ":material/history:", run=run)


def worth_most() -> None:
    """The three findings of the latest study that are worth most."""
    studies = [one.study for one in latest(look.space()) if not one.trouble]
    if not studies:
        return
    st.subheader(_("Worth most in {study}").format(study=door.plain(studies[0])), anchor=False)
    there = look.offered("start: findings")(studies[0], look.space())
    if there is None:
        st.caption(_("This is being worked out; it is shown here as soon as that is done."))
    for key, words in there or []:
        look.way(FINDINGS, words, ":material/flag:", study=studies[0], finding=key)
    if there == []:
        st.caption(_("The rules found nothing that hurts citizens here."))


look.heading(
    _("Khutwa"),
    _("Finds where a public service makes people wait in silence, repeat themselves, take needless steps or give up."),
)
person = door.person()
name, roles = (person.name, person.roles) if person else ("", frozenset[str]())
MORE = {
    "designer": ((METRICS, _("Metrics"), ":material/balance:"), (SESSIONS, _("Sessions"), ":material/view_timeline:")),
    "qa": ((METRICS, _("Metrics"), ":material/balance:"),),
    "leader": ((SCOREBOARD, _("Scoreboard"), ":material/speed:"), (REPORT, _("Report"), ":material/description:")),
    None: ((METRICS, _("Metrics"), ":material/balance:"), (REPORT, _("Report"), ":material/description:")),
}
here_as = choose_reader(name, roles)
if here_as is None:
    cards(readers.offered_to(roles))
else:
    one, two = st.columns([3, 2], gap="large")
    with one:
        st.write(titles()[here_as][1])
        ways(here_as)
    with two:
        tour(name, here_as)
running()
if here_as == "qa":
    run_lately()
if here_as == "leader":
    worth_most()
found_lately(MORE[here_as])
