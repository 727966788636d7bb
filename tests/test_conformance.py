"""One journey with every verb, walked by every player: they must say the same, sentence by sentence.

Times aside, and what a player is deaf to by its session's `hears`; a cause is only heard where time is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples_service import app
from served import served

from journeys.journey import STEPS
from journeys.personas import generated
from journeys.players import rehearsal, wire
from journeys.reading import read_journey
from journeys.walk import Walk, diary_of, go, walk_of
from studies.log import Log
from studies.troubles import WrongInput

JOURNEY = Path(__file__).parent / "samples" / "conformance.yaml"
LANGUAGES = ("en", "ar")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with served(app()) as url:
        yield url


def a_walk(language: str, base_url: str = "http://127.0.0.1:8699", variant: str = "as_is") -> Walk:
    return walk_of(
        read_journey(JOURNEY), generated(1)[0], session="s1", language=language, variant=variant, base_url=base_url
    )


def told(log: Log, deaf_to: frozenset[str] = frozenset()) -> list[str]:
    """What was said, each session in order, without times."""
    return [
        " ".join(
            f"{word}"
            for word in (s.session, s.step, s.channel, s.agency, s.actor, s.verb, s.about, s.value)
            if word is not None
        )
        for s in log.said()
        if s.verb not in deaf_to
    ]


def test_the_journey_has_every_verb() -> None:
    assert {step.verb for step in read_journey(JOURNEY).every_step()} == set(STEPS)


@pytest.mark.parametrize("variant", ["as_is", "on_the_wire"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_wire_and_rehearsal_say_the_same(language: str, variant: str, base_url: str) -> None:
    on_the_wire = wire.play(a_walk(language, base_url, variant))
    in_memory = rehearsal.play(a_walk(language, variant=variant), app=app())
    assert told(on_the_wire) == told(in_memory)
    assert [s.hears for s in on_the_wire.heard()] == [s.hears for s in in_memory.heard()]


def test_what_is_said() -> None:
    log = rehearsal.play(a_walk("en"), app=app())
    said = [(s.actor, s.verb, s.about) for s in log.said() if s.session == "s1"]
    assert said[0] == ("citizen", "begins", "conformance")
    assert said.count(("service", "refuses", "national_id")) == 1
    assert [about for _actor, verb, about in said if verb == "hands_off"] == ["insurance", "licences"]
    assert said[-2:] == [("service", "concludes", "renewed"), ("citizen", "leaves", None)]
    assert said.count(("citizen", "submits", "insurance/children#child")) == 3  # one for each child
    assert ("lab", "notes", "alternative_2") in said
    assert ("citizen", "gives", "otp") not in said  # the part whose text is not shown


def test_the_conversations_are_sittings_of_their_own_in_the_same_case() -> None:
    log = rehearsal.play(a_walk("en"), app=app())
    assert [s.session for s in log.heard()] == ["s1", "s1-attend_insurance", "s1-call_licences"]
    assert {s.case for s in log.said()} == {"s1"}
    assert {s.source for s in log.heard()} == {"robot"}
    call = [s for s in log.said() if s.session == "s1-call_licences"]
    after = [s for s in log.said() if s.step == "press_finish_2_of_2"]
    assert {s.channel for s in call} == {"phone"}
    assert max(s.until or s.when for s in call) <= min(s.when for s in after)  # the citizen's time went on


def test_what_is_recorded_is_sent_by_the_wire_alone(base_url: str) -> None:
    said = [s for s in wire.play(a_walk("en", base_url, "on_the_wire")).said() if s.step == "send_get_licences_renew"]
    assert [(s.actor, s.verb, s.about) for s in said[:4]] == [
        ("citizen", "gives", "national_id"),
        ("citizen", "gives", "full_name"),
        ("citizen", "submits", "licences/renew"),
        ("service", "answers", "licences/details"),
    ]
    browser = Hands()
    with pytest.raises(WrongInput, match="--player wire"):
        go(a_walk("en", base_url, "on_the_wire"), browser, diary_of(a_walk("en"), device=None))  # type: ignore[arg-type]


class Hands:
    """A player that cannot send what no page sends."""


def test_the_rehearsal_needs_no_service() -> None:
    with_none = rehearsal.play(a_walk("en"))
    with_one = rehearsal.play(a_walk("en"), app=app())
    steps = [step for step in dict.fromkeys(s.step for s in with_one.said()) if step]
    assert [step for step in dict.fromkeys(s.step for s in with_none.said()) if step in steps] == steps
    assert [s.about for s in with_none.said() if s.verb == "concludes"] == ["renewed"]


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on this machine")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_says_the_same(language: str, base_url: str) -> None:
    browser = pytest.importorskip("journeys.players.browser")
    seen = browser.play(a_walk(language, base_url))
    on_the_wire = wire.play(a_walk(language, base_url))
    deaf = frozenset[str]().union(*(s.hears ^ w.hears for s, w in zip(seen.heard(), on_the_wire.heard(), strict=True)))
    assert told(seen, deaf) == told(on_the_wire, deaf)
