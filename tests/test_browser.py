"""Journeys walked in a real browser, held against a service whose delays and faults are known."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from delayed_service import running

from analysis.measure import measure
from journeys.journey import Journey
from journeys.personas import Persona
from journeys.players import browser as player
from journeys.players.browser_ears import Ears, ears_of
from journeys.players.browser_hands import BrowserHands
from journeys.players.browser_notes import Notes
from journeys.players.browser_start import Browser, found, started
from journeys.walk import News, TargetMissing, Walk, Watch, diary_of, go, walk_of
from studies.log import Log
from studies.troubles import Failed

pytestmark = pytest.mark.browser

PATIENCE = 12.0
WITHIN = 0.25  # seconds: how far a heard silence may be from the delay that was planted
CITIZEN = Persona("p", {"national_id": "851234567", "email": "rana@example.test"})
GIVE: list[dict[str, Any]] = [
    {"give": {"national_id": "{{citizen.national_id}}"}},
    {"give": {"email": "{{citizen.email}}"}},
]
SEND: list[dict[str, Any]] = [*GIVE, {"submit": "Send"}]


@dataclass
class Seat:
    """A browser and a service that all tests of the module share."""

    browser: Browser
    ears: Ears
    base: str

    def walk(self, kind: str, steps: list[dict[str, Any]], told: str = "", **more: Any) -> Walk:
        """A walk over one kind of page, from its visit on."""
        visit = {"visit": f"/form?kind={kind}&{told}"}
        journey = Journey.model_validate(
            {"journey": "apply", "title": "Apply", "agency": "traffic", "steps": [visit, *steps]}
        )
        return walk_of(journey, CITIZEN, session="s", base_url=self.base, **{"patience": PATIENCE, **more})

    def play(
        self,
        kind: str,
        steps: list[dict[str, Any]],
        told: str = "",
        *,
        folder: Path | None = None,
        watch: Watch | None = None,
        **more: Any,
    ) -> Log:
        """The walk played in the shared browser, in a tab of its own."""
        walk = self.walk(kind, steps, told, **more)
        if folder:
            walk.journey.lying_in(folder)
        driver = self.browser.driver
        old = driver.current_window_handle
        driver.switch_to.new_window("tab")
        new = driver.current_window_handle
        driver.switch_to.window(old)
        driver.close()
        driver.switch_to.window(new)
        self.ears.messages.clear()
        diary = diary_of(walk, device=self.browser.device, deaf_to=frozenset({"rates"}))
        hands = BrowserHands(walk, self.browser, self.ears, Notes(walk, self.browser, self.ears, diary))
        return go(walk, hands, diary, watch)


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running() as base:
        yield base


@pytest.fixture(scope="module")
def seat(service: str) -> Iterator[Seat]:
    with started("en", True, PATIENCE) as browser:
        yield Seat(browser, ears_of(browser), service)


def said(log: Log) -> list[str]:
    """What was said, without times; the opening page's own sentences left out."""
    told = [f"{s.actor} {s.verb}" + (f" {s.about}" if s.about else "") for s in log.said()]
    return told[5:]


def silences(log: Log) -> list[float]:
    """The silent waits of a log, in seconds."""
    (waits,) = measure(log).waits.values()
    return [
        to - since
        for wait in waits
        for (since, to, _), silent in zip(wait.silences, wait.silent, strict=True)
        if silent
    ]


GAVE = ["citizen gives national_id", "citizen gives email"]
SENT = [*GAVE, "citizen submits form#application"]


def test_the_opening_page_asks_for_what_is_empty(seat: Seat) -> None:
    log = seat.play("plain", [])
    assert [f"{s.verb} {s.about} {s.step}" for s in log.said()] == [
        "begins apply None",
        "acts form visit_form",
        "answers form visit_form",
        "requests national_id visit_form",
        "requests email visit_form",
    ]
    assert {s.agency for s in log.said()} == {"traffic"}
    (session,) = log.heard()
    assert session.source == "robot" and (session.device or "").startswith("chromium")
    assert "rates" not in session.hears and "responds" in session.hears


@pytest.mark.parametrize("kind", ["plain", "clock", "off", "unseen", "redirect"])
def test_a_silent_answer_is_heard_as_long_as_it_was(seat: Seat, kind: str) -> None:
    log = seat.play(kind, SEND, "wait=1.5")
    assert said(log) == [*SENT, "service answers done" if kind == "redirect" else "service answers form"]
    assert silences(log) == [pytest.approx(1.5, abs=WITHIN)]


def test_what_moved_while_nobody_waited_is_no_sign(seat: Seat) -> None:
    log = seat.play("advert", [{"expect": {"text": "Offer 5"}}, *SEND], "wait=1.5")
    assert said(log) == [*SENT, "service answers form"]
    assert silences(log) == [pytest.approx(1.5, abs=WITHIN)]


@pytest.mark.parametrize(("kind", "wait"), [("spinner", 1.9), ("words", 1.5)])
def test_a_sign_breaks_the_silence(seat: Seat, kind: str, wait: float) -> None:
    log = seat.play(kind, SEND, f"wait={wait}")
    assert said(log) == [*SENT, "service responds", "service answers form"]
    assert silences(log) == []


def test_a_sign_that_comes_late_ends_a_silent_wait(seat: Seat) -> None:
    log = seat.play("spinner", SEND, "wait=2.4&spin=1400")
    assert silences(log) == [pytest.approx(1.4, abs=WITHIN)]


def test_a_page_that_fetches_answers_when_the_result_is_shown(seat: Seat) -> None:
    log = seat.play("fetch", [*SEND, {"give": {"plate_number": "12345"}}], "wait=1.6&spin=200")
    assert said(log) == [
        *SENT,
        "service responds",
        "service answers form",
        "service requests plate_number",
        "citizen gives plate_number",
    ]
    assert silences(log) == []


def test_a_page_that_fetches_in_silence(seat: Seat) -> None:
    log = seat.play("fetch", SEND, "wait=1.6&spin=60000")
    assert said(log)[-2:] == ["service answers form", "service requests plate_number"]
    assert silences(log) == [pytest.approx(1.6, abs=WITHIN)]


def test_a_timer_answers_though_nothing_was_under_way(seat: Seat) -> None:
    log = seat.play("timer", [{"press": "Show the fee"}, {"expect": {"text": "The fee is 20"}}], "wait=1.5")
    assert said(log) == ["citizen acts Show the fee", "service answers form"]
    assert log.said()[-1].cause == "none"
    assert silences(log) == [pytest.approx(1.5, abs=WITHIN)]


def test_a_page_in_parts_answers_when_its_form_is_there(seat: Seat) -> None:
    log = seat.play("stream", [], "wait=1.5")
    assert [f"{s.verb} {s.about}" for s in log.said()][1:] == [
        "acts form",
        "responds None",
        "answers form",
        "requests email",
    ]
    assert silences(log) == [pytest.approx(1.5, abs=WITHIN)]


def test_a_dead_control_is_a_dead_act_and_no_wait(seat: Seat) -> None:
    log = seat.play("dead", [{"press": "Help me"}, *GIVE])
    assert said(log) == ["citizen acts Help me", *GAVE]
    assert measure(log).sessions["s"]["dead_acts"].value == 1
    assert silences(log) == []


def test_a_refused_datum_and_what_the_page_lost_are_asked_for_again(seat: Seat) -> None:
    wrong = [{"give": {"national_id": "wrong"}}, GIVE[1], {"submit": True}]
    log = seat.play("refuse", [*wrong, GIVE[0], {"submit": True}])
    assert said(log) == [
        *SENT,
        "service refuses national_id",
        "service requests national_id",
        "service requests email",
        "citizen gives national_id",
        "citizen submits form#application",
        "service answers form",
    ]


@pytest.mark.parametrize("kind", ["inline", "native"])
def test_a_refusal_on_the_page_itself(seat: Seat, kind: str) -> None:
    log = seat.play(kind, [GIVE[1], {"submit": "Send"}, GIVE[0], {"submit": "Send"}])
    assert said(log) == [
        "citizen gives email",
        "citizen submits form#application",
        "service refuses national_id",
        "citizen gives national_id",
        "citizen submits form#application",
        "service answers form",
    ]


def test_an_error_page_refuses(seat: Seat) -> None:
    assert said(seat.play("fault", SEND)) == [*SENT, "service refuses form"]


def test_a_box_of_the_browsers_own_is_read_and_closed(seat: Seat) -> None:
    log = seat.play("alert", [{"press": "Terms"}, GIVE[1]])
    assert said(log) == ["citizen acts Terms", "service answers form", "citizen gives email"]


def test_every_kind_of_field_is_filled_as_a_hand_would(seat: Seat, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"a picture")
    steps = [
        {"choose": {"nationality": "Jordan"}},
        {"choose": {"plate_number": "12399"}},
        {"give": {"date_of_birth": "1990-02-11"}},
        {"choose": {"I agree": True}},
        {"upload": {"passport_photo": "photo.png"}},
    ]
    log = seat.play("choices", steps, folder=tmp_path)
    given = ["nationality", "plate_number", "date_of_birth", "i_agree", "passport_photo"]
    assert [s.about for s in log.said() if s.verb == "gives"] == given
    shown = seat.browser.driver.execute_script(
        "const f = document.forms[0]; return [f.nat.value, f.plate.value, f.dob.value, f.agree.checked]"
    )
    assert shown == ["jo", "12399", "1990-02-11", True]


def test_back_is_an_act_that_the_page_before_answers(seat: Seat) -> None:
    log = seat.play("plain", [{"submit": "Send"}, {"press": "Again"}, {"back": True}])
    assert said(log)[-2:] == ["citizen acts back", "service answers form"]


def test_a_question_for_help_asks_and_who_leaves_leaves(seat: Seat) -> None:
    log = seat.play("plain", [{"submit": "Send"}, {"ask": "Again"}, {"leave": True}])
    assert said(log)[2:4] == ["citizen asks Again", "service answers form"]
    assert said(log)[-1] == "citizen leaves"


def test_a_target_that_was_never_there_is_a_wrong_script(seat: Seat, tmp_path: Path) -> None:
    with pytest.raises(TargetMissing, match="“Renew” is not on the page") as raised:
        seat.play("plain", [{"press": "Renew"}], pictures=tmp_path, patience=2)
    assert "“Send”" in str(raised.value) and "“National ID”" in str(raised.value)
    assert raised.value.picture and raised.value.picture.read_bytes().startswith(b"\x89PNG")
    assert [s.verb for s in raised.value.log.said()][-2:] == ["notes", "leaves"]


def test_a_target_that_is_missing_now_is_a_finding(seat: Seat) -> None:
    log = seat.play("hidden", [{"submit": {"words": "Send"}}], proven=frozenset({"submit_send"}), patience=2)
    assert said(log) == ["lab notes target_missing", "citizen leaves"]


def test_what_was_typed_is_nowhere(seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LETTERBOX", "xyzzy-4711-secret")
    steps = [*GIVE, {"give": {"Password": "{{env.LETTERBOX}}"}}, {"submit": "Send"}]
    log = seat.play("secret", steps, pictures=tmp_path)
    everything = repr(seat.ears.messages) + repr(log.said()) + repr(log.heard()) + repr(sorted(tmp_path.iterdir()))
    for typed in ("851234567", "rana@example.test", "xyzzy", "4711"):
        assert typed not in everything
    shown = seat.browser.driver.execute_script("return document.body.innerText")
    assert "xyzzy-4711-secret" in shown  # the page repeats it, and the picture must not


def test_pictures_are_taken_at_each_step_and_hide_what_was_typed(seat: Seat, tmp_path: Path) -> None:
    news: list[News] = []
    seat.play("plain", GIVE, pictures=tmp_path, watch=news.append)
    pictures = [n.picture for n in news if n.step]
    assert len(pictures) == 3 and all(p and p.suffix == ".png" and p.stat().st_size > 1000 for p in pictures)
    assert [s.verb for n in news for s in n.said][:2] == ["begins", "acts"]
    assert not any(m["k"] == "change" for m in seat.ears.now())  # hiding it changed nothing that the recorder could see


def test_a_browser_that_dies_is_the_labs_failure_and_loses_nothing(service: str) -> None:
    died: list[int] = []

    def kill(news: News) -> None:
        if news.step == "give_national_id":
            pid = _browser_of_this_process()
            died.append(pid)
            os.kill(pid, signal.SIGKILL)

    journey = Journey.model_validate(
        {"journey": "apply", "title": "Apply", "agency": "traffic", "steps": [{"visit": "/form"}, *SEND]}
    )
    log = player.play(walk_of(journey, CITIZEN, session="s", base_url=service, patience=PATIENCE), kill)
    assert died
    assert said(log) == ["citizen gives national_id", "lab breaks browser"]
    assert measure(log).sessions["s"]["outcome"].value == "broken"
    with pytest.raises(ProcessLookupError):
        os.kill(died[0], 0)


def _browser_of_this_process() -> int:
    """The browser that this process's driver started: the child of its child."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    drivers = [pid for pid, parent in parents.items() if parent == os.getpid()]
    newest = [pid for pid, parent in parents.items() if parent in drivers]
    return max(newest)


def test_nobody_at_the_address_is_a_failure_with_a_remedy() -> None:
    journey = Journey.model_validate(
        {"journey": "apply", "title": "Apply", "agency": "traffic", "steps": [{"visit": "/form"}]}
    )
    with pytest.raises(Failed, match=r"http://127\.0\.0\.1:9 does not answer\. Start the service there"):
        player.play(walk_of(journey, CITIZEN, session="s", base_url="http://127.0.0.1:9", patience=PATIENCE))


def test_no_browser_is_a_failure_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_BROWSER", "/no/such/browser")
    with pytest.raises(Failed, match="KHUTWA_BROWSER names /no/such/browser"):
        found()
