"""What messages of the recorder amount to, sentence by sentence. Times are seconds from a page's beginning."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.hearing.messages import Message
from journeys.hearing.sentences import EPOCH, Mark, Names, hear
from studies.events import Sentence
from studies.places import form_key, page_key

BASE = "http://service.test"
LIKE = Sentence("s", EPOCH, "citizen", "acts")
START = 1_700_000_000_000.0


def agency(url: str) -> str:
    return "insurance" if "/insurance" in url else "traffic"


NAMES = Names(lambda url: page_key(url, BASE), lambda url, form: form_key(url, BASE, form), agency)


class Play:
    """Messages as a recorder would tell them, page after page."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.page = ""
        self.count = 0

    def say(self, when: float, kind: str, **what: Any) -> int:
        """One message of the page at hand; its number."""
        self.messages.append({"p": self.page, "n": self.count, "t": START + when * 1000, "k": kind, **what})
        self.count += 1
        return self.count - 1

    def arrive(self, began: float, usable: float, path: str, fields: tuple[str, ...] = (), **told: Any) -> None:
        """A page that begins to load, is born just before it can be used, and asks for fields."""
        if self.page:
            self.say(began - 0.005, "unload")
        self.page, self.count = f"page{len(self.messages)}", 0
        hello = {"u": BASE + path, "o": START + began * 1000, "top": 1, "nav": "navigate", "ref": told.pop("ref", "")}
        self.say(usable - 0.01, "hello", **hello)
        self.say(usable, "paint")
        spent = {"server": (usable - began) * 1000, "network": 1, "page": 1}
        self.say(usable, "usable", u=BASE + path, status=told.pop("status", 200), ms=spent)
        for field in told.pop("refuses", ()):
            self.say(usable, "refuse", field=asked(field), w="message")
        if fields:
            self.say(usable, "fields", f=[asked(f) for f in fields])

    def press(self, when: float, label: str) -> int:
        """A press on a button or link."""
        return self.say(when, "act", l=label, r="button")

    def send(self, when: float, path: str, form: str = "") -> None:
        """A form sent by its button."""
        act = self.say(when, "act", l="Send", r="button", form={"u": BASE + path, "f": form})
        self.say(when, "sent", of=act, u=BASE + path, f=form)

    def fetch(self, since: float, until: float, status: int = 200) -> None:
        """A request of the page's script."""
        i = self.say(since, "net", i=self.count, bg=0)
        self.say(until, "netoff", i=i, status=status)

    def change(self, when: float, where: str = "div", calm: int = 0) -> None:
        """Something visible changed."""
        self.say(when, "change", c=[[where, calm]])

    def sign(self, since: float, until: float | None, eye: int = 1, ear: int = 0) -> None:
        """A lasting sign."""
        b = self.say(since, "sign", b=self.count, w="animation", eye=eye, ear=ear)
        if until is not None:
            self.say(until, "signoff", b=b)


def asked(label: str) -> dict[str, str]:
    return {"l": label, "n": label.lower().replace(" ", "_"), "a": "", "ty": "text", "g": ""}


def said(messages: list[Message] | Play, marks: tuple[Mark, ...] = ()) -> list[str]:
    """The sentences, as a person would write them."""
    told = hear(messages.messages if isinstance(messages, Play) else messages, NAMES, LIKE, marks)
    return [line(s) for s in told]


def line(s: Sentence) -> str:
    def seconds(moment: Any) -> str:
        return f"{(moment - EPOCH).total_seconds() - START / 1000:.2f}"

    until = f"-{seconds(s.until)}" if s.until else ""
    more = "".join(f" {k}={v}" for k, v in (("cause", s.cause), ("sense", s.sense)) if v)
    return f"{seconds(s.when)}{until} {s.actor} {s.verb}" + (f" {s.about}" if s.about else "") + more


def first_page() -> Play:
    play = Play()
    play.arrive(0, 0.2, "/renew", ("National ID", "Email"))
    return play


OPENED = [
    "0.00 citizen acts renew",
    "0.20 service answers renew",
    "0.20 service requests national_id",
    "0.20 service requests email",
]


def test_a_page_that_nobody_pressed_for_was_visited() -> None:
    assert said(first_page()) == OPENED


def test_a_visit_is_dated_by_the_page_that_it_brought() -> None:
    assert said(first_page(), (Mark(START - 1, "visit", BASE + "/renew"),)) == OPENED


def test_a_visit_that_is_sent_elsewhere_keeps_the_address_that_was_typed() -> None:
    play = Play()
    play.arrive(0, 0.2, "/login")
    assert said(play, (Mark(START - 1, "visit", BASE + "/renew"),))[:2] == [
        "0.00 citizen acts renew",
        "0.20 service answers login",
    ]


def test_a_form_sent_is_a_submission_and_no_act() -> None:
    play = first_page()
    play.say(1.0, "give", field=asked("National ID"))
    play.send(2.0, "/renew/pay", "pay")
    play.arrive(2.01, 5.0, "/renew/done", ref=BASE + "/renew")
    assert said(play)[4:] == [
        "1.00 citizen gives national_id",
        "2.00 citizen submits renew/pay#pay",
        "5.00 service answers renew/done cause=server",
    ]


def test_a_spinner_responds_until_the_page_is_replaced() -> None:
    play = first_page()
    play.send(2.0, "/renew")
    play.say(2.02, "unload")
    play.change(2.5)
    play.sign(2.5, None)
    play.arrive(2.03, 5.0, "/done", ref=BASE + "/renew")
    assert said(play)[4:] == [
        "2.00 citizen submits renew",
        "2.50-4.99 service responds cause=server sense=seen",
        "5.00 service answers done",
    ]


def test_a_page_that_changes_itself_answers_with_the_last_change_that_came_of_the_request() -> None:
    play = first_page()
    play.send(2.0, "/renew")
    play.fetch(2.01, 4.0)
    play.change(2.3)
    play.sign(2.3, 4.02)
    play.change(4.02)
    play.say(4.02, "fields", f=[asked("Plate number")])
    play.say(4.4, "rest", of=2)
    assert said(play)[4:] == [
        "2.00 citizen submits renew",
        "2.30-4.02 service responds sense=seen",
        "4.02 service answers renew",
        "4.02 service requests plate_number",
    ]


def test_what_only_a_screen_reader_says_is_heard_and_not_seen() -> None:
    play = first_page()
    play.press(2.0, "Search")
    play.fetch(2.01, 5.0)
    play.sign(2.1, 5.0, eye=0, ear=1)
    play.change(5.01)
    assert said(play)[4:] == [
        "2.00 citizen acts Search",
        "2.10-5.00 service responds sense=heard",
        "5.01 service answers renew cause=server",
    ]


def test_a_dead_control_is_not_answered() -> None:
    play = first_page()
    play.press(2.0, "Help")
    play.say(2.5, "rest", of=4)
    play.say(6.0, "give", field=asked("Email"))
    play.change(6.1)
    assert said(play)[4:] == ["2.00 citizen acts Help", "6.00 citizen gives email"]


def test_a_change_that_nothing_announced_is_taken_for_the_answer() -> None:
    play = first_page()
    play.press(2.0, "Show the fee")
    play.change(4.5)
    assert said(play)[4:] == ["2.00 citizen acts Show the fee", "4.50 service answers renew cause=none"]


def test_what_ticks_is_scenery() -> None:
    play = first_page()
    play.send(2.0, "/renew")
    for tick in range(8):
        play.change(2.3 + tick, "#clock")
    play.arrive(2.02, 9.9, "/done", ref=BASE + "/renew")
    assert said(play)[4:] == ["2.00 citizen submits renew", "9.90 service answers done cause=server"]


def test_refusals_close_the_wait_and_what_was_lost_is_asked_again() -> None:
    play = first_page()
    play.send(2.0, "/renew", "renew")
    play.arrive(2.02, 2.3, "/renew", ("Email",), refuses=("National ID",), ref=BASE + "/renew")
    assert said(play)[4:] == [
        "2.00 citizen submits renew#renew",
        "2.30 service refuses national_id",
        "2.30 service requests email",
    ]


def test_an_error_page_refuses() -> None:
    play = first_page()
    play.send(2.0, "/renew")
    play.arrive(2.02, 2.3, "/renew", status=503, ref=BASE + "/renew")
    assert said(play)[-1] == "2.30 service refuses renew"


def test_a_browsers_own_bubble_refuses_what_was_about_to_be_sent() -> None:
    play = first_page()
    play.say(2.0, "act", l="Send", r="button", form={"u": BASE + "/renew", "f": ""})
    play.say(2.01, "refuse", field=asked("National ID"), w="native")
    assert said(play)[4:] == ["2.00 citizen submits renew", "2.01 service refuses national_id"]


def test_pressing_again_while_waiting_is_impatience_and_the_wait_runs_on() -> None:
    play = first_page()
    play.press(2.0, "Search")
    play.fetch(2.01, 6.0)
    play.press(4.0, "Search")
    play.change(6.02)
    assert [s.split(" ", 1)[1] for s in said(play)[4:]] == [
        "citizen acts Search",
        "citizen acts Search",
        "service answers renew cause=server",
    ]


def test_an_answer_that_arrives_in_drops_was_the_networks_silence() -> None:
    play = first_page()
    play.press(2.0, "Search")
    i = play.say(2.01, "net", i=play.count, bg=0)
    play.say(4.0, "netoff", i=i, status=200, ms={"server": 90, "network": 1900})
    play.change(4.02)
    assert said(play)[4:] == ["2.00 citizen acts Search", "4.02 service answers renew cause=network"]


def test_a_frame_of_the_page_answers_when_what_it_shows_can_be_used() -> None:
    play = first_page()
    play.send(2.0, "/fee")
    here, count = play.page, play.count
    play.page, play.count = "frame", 0
    play.say(3.9, "hello", u=BASE + "/fee", o=START + 2020, top=0, nav="navigate", ref=BASE + "/renew")
    play.say(4.0, "usable", u=BASE + "/fee", status=200, ms={"server": 1880, "network": 5, "page": 95})
    play.page, play.count = here, count
    assert said(play)[4:] == ["2.00 citizen submits fee", "4.00 service answers renew cause=server"]


def test_another_agencys_page_is_a_hand_off() -> None:
    play = first_page()
    play.press(2.0, "To the insurance bureau")
    play.arrive(2.02, 2.3, "/insurance/check", ("Email",), ref=BASE + "/renew")
    assert said(play)[4:] == [
        "2.00 citizen acts To the insurance bureau",
        "2.30 service hands_off insurance",
        "2.30 service answers insurance/check",
        "2.30 service requests email",
    ]


def test_a_page_that_only_says_wait_is_a_sign_and_the_next_one_answers() -> None:
    play = first_page()
    play.send(2.0, "/renew")
    play.arrive(2.02, 2.5, "/wait", ref=BASE + "/renew")
    play.sign(2.5, None)
    play.arrive(6.0, 6.3, "/done", ref=BASE + "/wait")
    assert said(play)[4:] == [
        "2.00 citizen submits renew",
        "2.50-6.29 service responds cause=server sense=seen",
        "6.30 service answers done",
    ]


def test_a_sign_that_was_gone_before_the_act_is_none_of_its_wait() -> None:
    play = first_page()
    play.sign(1.96, 1.99)
    play.press(2.0, "Show the fee")
    play.sign(2.2, 2.4)
    play.change(2.5)
    assert [line for line in said(play) if "responds" in line] == ["2.20-2.40 service responds sense=seen"]


def test_nobody_answering_is_the_services_fault() -> None:
    play = first_page()
    play.send(2.0, "/renew")
    play.arrive(2.02, 2.1, "/x", ref=BASE + "/renew")
    for message in play.messages:
        if message.get("u") == BASE + "/x":
            message["u"] = "chrome-error:"
    assert said(play)[4:] == ["2.00 citizen submits renew", "2.10 service refuses renew cause=fault"]


def test_a_press_that_the_player_calls_a_question_asks() -> None:
    play = first_page()
    play.press(2.0, "Help")
    play.change(2.1)
    assert said(play, (Mark(START + 1900, "asks"),))[4] == "2.00 citizen asks Help"


def test_labels_lose_digits_and_what_the_citizen_gave() -> None:
    play = first_page()
    play.press(2.0, "Continue as Rana Haddad 851234567")
    names = Names(NAMES.page, NAMES.form, NAMES.agency, frozenset({"Rana Haddad"}))
    told = hear(play.messages, names, LIKE)
    assert told[-1].about == "Continue as … #"


def test_what_the_service_says_belongs_to_the_step_that_caused_it() -> None:
    play = first_page()
    play.press(2.0, "Show the fee")
    play.change(4.5)
    steps = {0.0: "open", 2.0: "show", 4.0: "next"}
    told = hear(
        play.messages, NAMES, LIKE, steps=lambda when: [v for k, v in steps.items() if START + k * 1000 <= when][-1]
    )
    assert [(s.verb, s.step) for s in told[-2:]] == [("acts", "show"), ("answers", "show")]


@settings(max_examples=50)
@given(st.randoms(use_true_random=False))
def test_order_and_repetition_of_delivery_make_no_difference(chance: random.Random) -> None:
    play = first_page()
    play.say(1.0, "give", field=asked("Email"))
    play.send(2.0, "/renew")
    play.fetch(2.01, 4.0)
    play.sign(2.3, 4.02)
    play.change(4.02)
    play.press(6.0, "On")
    play.arrive(6.02, 7.3, "/done", ref=BASE + "/renew")
    shuffled = play.messages + chance.sample(play.messages, 5)
    chance.shuffle(shuffled)
    assert said(shuffled) == said(play)


def test_a_message_survives_json() -> None:
    play = first_page()
    assert said(json.loads(json.dumps(play.messages))) == OPENED
