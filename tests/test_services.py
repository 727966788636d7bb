"""Services that others have written are walked end to end, and what is known of them is in the log.

Their pages, words and faults were made by nobody here (`third_party.py` says which they are). A test is skipped, with
the reason, where its service is not installed. To install them all once, which takes some minutes, and try them:

    KHUTWA_SERVICES=install ./lab test -k services

Afterwards KHUTWA_SERVICES=yes tries what is installed and fetches nothing.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import third_party
from samples_service import app
from served import served
from test_conformance import a_walk, told

from analysis.measure import measure
from journeys.equipment import equipped
from journeys.personas import personas_for
from journeys.players import browser, wire
from journeys.reading import read_journey
from journeys.walk import walk_of
from studies.log import Log

SERVICES = Path(__file__).with_name("services")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
BROWSERS = ["chromium", *(["firefox"] if FIREFOX else [])]
WALKERS = [*BROWSERS, "wire"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.untimed]


@pytest.fixture(autouse=True)
def _when_asked_for() -> None:
    if not os.environ.get("KHUTWA_SERVICES"):
        pytest.skip("services of others take minutes; they are walked when KHUTWA_SERVICES=yes (or install)")


def needs(name: str) -> pytest.MarkDecorator:
    """What is skipped, with the reason, where a service cannot be tried."""
    why = third_party.missing(name)
    return pytest.mark.skipif(bool(why), reason=why or "")


def walked(journey: str, base: str, walker: str, session: str = "s", **more: str) -> Log:
    """One journey of tests/services as one of the players walks it."""
    told = read_journey(SERVICES / f"{journey}.yaml")
    walk = walk_of(told, personas_for(told, 1)[0], session=session, base_url=base, **more)
    if walker == "wire":
        return wire.play(walk)
    return browser.play(walk_of(
        told, personas_for(told, 1)[0], session=session, base_url=base, equipment=equipped(walker), **more
    ))  # fmt: skip


def heard(log: Log, verb: str) -> list[str]:
    """What the sentences of a verb are about, in order."""
    return [s.about or "" for s in log.said() if s.verb == verb]


def measured(log: Log, *metrics: str) -> list[object]:
    """Some metrics of the log's only session."""
    ((_session, row),) = measure(log).sessions.items()
    return [row[metric].value for metric in metrics]


@needs("hof")
@pytest.mark.parametrize("walker", WALKERS)
def test_the_home_offices_form_is_walked_to_its_end_and_its_refusals_are_heard(walker: str) -> None:
    with third_party.hof() as base:
        log = walked("home_office_form", base, walker, variant="stumbling")
    assert measured(log, "outcome", "corrections", "resubmissions") == ["concluded", 0, 0]
    assert measured(log, "steps", "needless_steps") == [35, 6]
    pages = heard(log, "answers")
    assert len(dict.fromkeys(pages)) == 13, pages
    assert pages[0] == "landing-page"
    assert pages[-1] == "confirmation"
    # Each message beside its field is one refusal; the summary above the form repeats them.
    assert heard(log, "refuses") == ["full_name", "date_of_birth", "town_or_city", "postcode", "what_happened"]


@needs("hof")
def test_too_many_requests_are_a_refusal() -> None:
    with third_party.hof() as base:
        logs = [walked("home_office_form", base, "wire", variant="smooth", session=f"s{n}") for n in range(5)]
    outcomes = [measured(log, "outcome")[0] for log in logs]
    assert outcomes[0] == "concluded"
    assert outcomes[-1] == "left"
    assert heard(logs[-1], "refuses") == ["landing-page"]  # at its very first page, with status 429
    assert heard(logs[-1], "breaks") == []


@needs("hmpo")
@pytest.mark.parametrize("walker", WALKERS)
def test_the_passport_wizard_is_walked_to_its_end(walker: str) -> None:
    with third_party.hmpo() as base:
        log = walked("hmpo_basic", base, walker)
    assert measured(log, "outcome", "repeat_questions", "steps", "needless_steps") == ["concluded", 0, 11, 2]
    assert heard(log, "refuses") == ["your_age"]
    assert heard(log, "answers")[-1] == "basic/done"


@needs("hmpo")
@pytest.mark.parametrize("walker", WALKERS)
def test_answers_thrown_away_are_repeat_questions(walker: str) -> None:
    with third_party.hmpo() as base:
        log = walked("hmpo_invalidation", base, walker)
    assert measured(log, "outcome", "repeat_questions", "refusals") == ["concluded", 2, 0]
    asked = heard(log, "requests")
    # Question 5 comes twice too, but was never answered before; question 2 comes filled in, which is no question.
    assert {datum: asked.count(datum) for datum in dict.fromkeys(asked)} == {
        "question_1": 1, "question_2": 1, "question_3": 2, "question_4": 2, "question_5": 2
    }  # fmt: skip


@needs("hmpo")
@pytest.mark.parametrize("walker", WALKERS)
def test_a_last_step_that_fails_behind_the_scenes_is_a_refusal_and_no_end(walker: str) -> None:
    with third_party.hmpo(answers=False) as base:
        log = walked("hmpo_basic", base, walker, session="s")
    assert heard(log, "refuses") == ["your_age", "basic/submit"]
    assert heard(log, "concludes") == []
    assert measured(log, "outcome") == ["left"]


@needs("grid")
def test_a_browser_lent_by_a_grid_says_what_the_wire_says() -> None:
    with third_party.grid() as lender, served(app()) as base:
        walk = a_walk("en", base)
        seen = browser.play(replace(walk, equipment=equipped(grid=lender)))
        on_the_wire = wire.play(walk)
    deaf = frozenset[str]().union(*(s.hears ^ w.hears for s, w in zip(seen.heard(), on_the_wire.heard(), strict=True)))
    assert told(seen, deaf) == told(on_the_wire, deaf)
    assert (seen.heard()[0].device or "").startswith("chromium")


@needs("pretix")
@pytest.mark.parametrize("walker", WALKERS)  # in Firefox its first page loads itself anew: a press meanwhile is lost
def test_an_appointment_is_booked_in_arabic(walker: str) -> None:
    with third_party.pretix() as base:
        log = walked("pretix_booking", base, walker, variant="smooth")
    assert measured(log, "outcome", "refusals", "impatience", "dead_acts") == ["concluded", 0, 0, 0]
    assert heard(log, "answers")[:2] == ["khutwa/card", "khutwa/card"]
    assert heard(log, "answers")[-1].startswith("khutwa/card/order/")
    assert heard(log, "requests")[:2] == ["email", "date_of_birth"]
    # The e-mail is asked three times on one page: again, and again for whoever comes.
    assert [heard(log, verb).count("email") for verb in ("requests", "gives")] == [3, 3]
    assert measured(log, "repeat_questions") == [2]
    # The cart counts thirty minutes down, second by second: a clock that ticks says nothing about working.
    gives = [s.when for s in log.said() if s.verb == "gives"]
    assert not [s for s in log.said() if s.verb == "responds" and gives[0] < s.when < gives[-1]]


@needs("pretix")
@pytest.mark.parametrize("walker", ["chromium", "wire"])
def test_an_error_page_called_a_success_is_a_refusal_and_the_lost_document_is_asked_for_again(walker: str) -> None:
    with third_party.pretix() as base:
        log = walked("pretix_booking", base, walker, variant="stumbling")
    # The document, and the e-mail twice more on the same page.
    assert measured(log, "outcome", "repeat_questions") == ["concluded", 3]
    assert heard(log, "requests").count("صورة_البطاقة") == 2
    assert heard(log, "refuses") == ["khutwa/card/checkout/questions"]  # it came with status 200
