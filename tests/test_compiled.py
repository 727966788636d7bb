"""A journey made ready for the wire says and sends what the plain wire player does, sentence by sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples_service import app as samples
from starlette.applications import Starlette

from journeys.diary import numbered
from journeys.journey import Journey
from journeys.personas import Persona, generated, personas_for
from journeys.players import wire
from journeys.players.rehearsal import AsgiTransport
from journeys.players.transport import Answer
from journeys.practice.flaws import VARIANTS
from journeys.practice.reading import read_flaws
from journeys.practice.site import app as practice
from journeys.practice.truth import library
from journeys.reading import parse_journey, read_journey
from journeys.steps import steps_of
from journeys.walk import Walk, found_in, walk_of
from loadtests.clients._reply import Place, Reply, lines_of
from loadtests.compiled.ready import Ready
from loadtests.compiled.template import differences
from loadtests.recording import SAYINGS, in_full
from loadtests.stage import on_the_wire
from studies.log import Log
from studies.troubles import WrongInput

BASE = "http://127.0.0.1:8699"
Rows = list[tuple[Any, ...]]


class Straight:
    """A line without a wire: everything that was sent on it is kept."""

    def __init__(self, send: Callable[[str, str, Mapping[str, str], bytes | None], Answer]) -> None:
        self._send = send
        self.sent: list[tuple[str, str, bytes | None]] = []
        self.led_by: list[str | None] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.sent.append((method, url, without_boundary(body)))
        self.led_by.append(headers.get("Referer"))
        return self._send(method, url, headers, body)

    def ask(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        self.sent.append((method, place.url, without_boundary(body)))
        self.led_by.append(lines_of(more).get("Referer"))
        answer = self._send(method, place.url, {**lines_of(more), "Accept-Language": self.language}, body)
        where = answer.headers.get("location")
        kind = answer.headers.get("content-type", "").encode()
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items()).encode()
        return Reply(answer.status, head, where.encode() if where else None, kind, answer.text.encode())

    language = "en"


def without_boundary(body: bytes | None) -> bytes | None:
    return re.sub(rb"khutwa[0-9a-f]{32}", b"boundary", body) if body else body


def plainly(walk: Walk, transport: Straight) -> Rows:
    """What the plain wire player says, without times."""
    try:
        log = wire.play(walk, transport=transport, sleep=lambda seconds: None)
    except WrongInput as lost:
        log = lost.log  # type: ignore[attr-defined]
    return told(log)


def told(log: Log) -> Rows:
    return [
        (s.actor, s.verb, s.about, s.step, s.channel, s.agency, s.cause, s.sense, s.value) for s in numbered(log.said())
    ]


def ready_rows(ready: Ready, persona: Persona, line: Straight) -> Rows:
    """What the same journey says when it was made ready: the crowd under way left out again."""
    way = ready.way()
    ready.take(persona, line, lambda seconds: None, lambda step, seconds: seconds, way)
    sayings = dict(enumerate(SAYINGS.since(0)))
    rows = in_full([-1, *way.legs], 0, sayings)  # type: ignore[arg-type]
    return [(*row[3:-1], None if row[-1] == -1 else row[-1]) for row in rows]


def both(journey: Journey, app: Starlette, personas: list[Persona], times: int, **more: Any) -> Ready:
    """Walk a journey both ways, many times over, and compare everything."""
    journey = on_the_wire(journey, 0.0)
    more = {"base_url": BASE, **more}
    language = more.get("language", "en")

    def walk(persona: Persona, proven: frozenset[str] = frozenset()) -> Walk:
        return walk_of(journey, persona, session="s", source="load", proven=proven, **more)

    def line(transport: AsgiTransport) -> Straight:
        one = Straight(transport.send)
        one.language = language if language == "en" else f"{language},en;q=0.5"
        return one

    with AsgiTransport(app) as first:
        try:
            proven = found_in(wire.play(walk(personas[0]), transport=first, sleep=lambda seconds: None))
        except WrongInput as lost:
            proven = found_in(lost.log)  # type: ignore[attr-defined]
    ready = Ready(journey, walk(personas[0], proven))
    if ready.why_not:
        return ready
    for persona in itertools.islice(itertools.cycle(personas), times):
        with AsgiTransport(app) as one, AsgiTransport(app) as other:
            plain, quick = line(one), line(other)
            assert ready_rows(ready, persona, quick) == plainly(walk(persona, proven), plain)
        assert unstamped(quick.sent) == unstamped(plain.sent)
    return ready


def unstamped(sent: list[tuple[str, str, bytes | None]]) -> list[tuple[str, str, bytes | None]]:
    """What was sent, without what a service makes up anew for each visitor."""
    return [(m, u, re.sub(rb'(token)(?:=[^&]*|"\r\n\r\n[^\r]*)', rb"\1", b) if b else b) for m, u, b in sent]


async def at_once(seconds: float) -> None:
    """A service that takes no time."""


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", sorted(library()))
def test_every_journey_of_the_library_says_and_sends_the_same(name: str, variant: str, language: str) -> None:
    journey = library()[name]
    try:
        on_the_wire(journey, 0.0)
    except WrongInput:
        pytest.skip("all of it is by phone or in person")
    ready = both(
        journey, practice(read_flaws(), at_once), personas_for(journey, 3), 6, variant=variant, language=language
    )
    assert ready.why_not is None
    assert ready.tiers.wrong == 0
    assert ready.tiers.template > 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_conformance_journey_says_and_sends_the_same(language: str) -> None:
    whole = read_journey(Path(__file__).parent / "samples" / "conformance.yaml")
    ready = both(whole, samples(), generated(3), 9, variant="as_is", language=language)
    assert ready.why_not is None
    assert ready.tiers.wrong == 0
    assert ready.tiers.template > 0


JOURNEY = """
journey: apply
title: Apply
agency: office
needs: [district]
languages: [en]
done: {text: It was received}
steps:
  - visit: /form
  - when: {text: Special care}
    steps:
      - give: {mobile: "{{citizen.mobile}}"}
  - give: {full_name: "{{citizen.full_name}}"}
  - choose: {district: "{{citizen.district}}"}
  - submit: Send
  - expect: {text: It was received}
"""
FORM = (
    "<html><head><meta name=csrf content='@1@'></head><body><p>Good day, visitor @2@.</p>@3@<form id=f method=post "
    'action="/sent"><input type="hidden" name="token" value="@4@"><label>Full name <input name=full_name></label>'
    "<label>Mobile <input name=mobile></label><select name=district><option value=''>-<option value=n>North"
    "<option value=s>South</select><button>Send</button></form><script>var t = '@5@ <b>';</script></body></html>"
)
SENT = "<p>It was received as number @1@.</p>"
PEOPLE = [
    Persona(f"p{n}", {"full_name": name, "district": where, "mobile": f"3900{n}"})
    for n, (name, where) in enumerate([("Omar", "North"), ("Müller & Söhne", "South"), ("سلام", "n"), ("Zoë", "North")])
]


class Pages:
    """A service that is told what its pages are, and answers as if it were one."""

    def __init__(
        self,
        form: Callable[[int], str],
        sent: Callable[[int], str] = lambda n: SENT,
        head: Mapping[str, str] | None = None,
    ) -> None:
        self.form, self.sent, self.head = form, sent, head or {}
        self.n = 0

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if method == "POST":
            return Answer(303, url, {"location": "/done"}, "")
        self.n += 1
        shown = self.sent(self.n) if url.endswith("/done") else self.form(self.n)
        status = 503 if shown.startswith("!") else 200
        return Answer(status, url, {"content-type": "text/html", **self.head}, shown.removeprefix("!"))


def compared(
    form: Callable[[int], str],
    done: Callable[[int], str] = lambda n: SENT,
    times: int = 40,
    steps: str = JOURNEY,
    head: Mapping[str, str] | None = None,
    sent: list[Straight] | None = None,
) -> Ready:
    """Many citizens meet ever other pages; whatever was learned, they say and send what the plain player does."""
    journey = parse_journey(steps)

    def walk(persona: Persona) -> Walk:
        steps = frozenset(step for step, _step in steps_of(journey))
        return walk_of(journey, persona, session="s", source="load", base_url=BASE, proven=steps)

    ready = Ready(journey, walk(PEOPLE[0]))
    plain, quick = Pages(form, done, head), Pages(form, done, head)
    for n in range(times):
        persona = PEOPLE[n % len(PEOPLE)]
        one, other = Straight(quick.send), Straight(plain.send)
        assert ready_rows(ready, persona, one) == plainly(walk(persona), other), n
        assert (one.sent, one.led_by) == (other.sent, other.led_by), n
        if sent is not None:
            sent.append(one)
    return ready


def filled(page: str, n: int, **more: str) -> str:
    """A page with something new in each of its holes."""
    return re.sub(r"@(\d)@", lambda hole: more.get(f"h{hole[1]}", f"{hole[1]}-{n * 7919:x}"), page)


def test_pages_that_differ_in_tokens_names_and_scripts_are_of_one_kind() -> None:
    ready = compared(lambda n: filled(FORM, n, h3=""), lambda n: filled(SENT, n))
    assert ready.tiers.wrong == 0
    assert ready.tiers.full <= 10  # learned, with each choice, and no more
    assert ready.tiers.template > 60


def test_a_message_that_appears_is_heard_although_the_form_is_the_same() -> None:
    alert = "<div role=alert>The system is under pressure</div>"
    ready = compared(lambda n: filled(FORM, n, h3=alert if n % 5 == 0 else ""))
    assert ready.tiers.wrong == 0


def test_a_text_that_a_step_depends_on_may_stand_in_a_hole() -> None:
    ready = compared(lambda n: filled(FORM, n, h2=f"{n} under Special care" if n % 7 == 3 else f"{n}", h3=""))
    assert ready.tiers.wrong == 0


@pytest.mark.parametrize(
    "changed",
    [
        lambda page, n: page.replace("Mobile", "Phone") if n % 3 == 0 else page,
        lambda page, n: page.replace("/sent", f"/sent?n={n}"),
        lambda page, n: page.replace("<input name=mobile>", "<input name=mobile disabled>") if n % 4 == 0 else page,
        lambda page, n: page.replace("<button>", f"<input name=extra{n % 3} value=1><button>"),
        lambda page, n: page.replace('value="4', f'value="&lt;{n}&amp; é" data-x="4'),
        lambda page, n: "!" + page if n % 6 == 0 else page,
        lambda page, n: "<p>" * (n % 5) + page,
        lambda page, n: page.replace("<form", f"<table><tr>{'<td>x' * (n % 7)}</table><form"),
        lambda page, n: page.replace(">Send<", ">Go<") if n % 9 == 8 else page,
        lambda page, n: "" if n % 10 == 9 else page,
    ],
)
def test_whatever_changes_on_a_page_the_same_is_said_and_sent(changed: Callable[[str, int], str]) -> None:
    ready = compared(lambda n: changed(filled(FORM, n, h3=""), n), lambda n: filled(SENT, n))
    assert ready.tiers.wrong == 0


@given(
    st.lists(st.sampled_from(["", "<p class=error>No</p>", "<input name=q>", "<b>It was received</b>", "Special care",
                              "<input type=hidden name=z value='1'>", "<!-- x -->", "<details><summary>Send</summary>",
                              "<p hidden>Special care</p>", "&amp;&#65;", "<base href=/deeper/>", "<textarea>\nx"]),
             min_size=4, max_size=4),
    st.lists(st.integers(0, 3), min_size=6, max_size=10),
)  # fmt: skip
@settings(max_examples=60)
def test_on_any_pages_the_same_is_said_and_sent(parts: list[str], order: list[int]) -> None:
    compared(lambda n: filled(FORM, n, h3=parts[order[n % len(order)]]), lambda n: filled(SENT, n), times=len(order))


def test_a_mistake_in_what_was_learned_is_found_by_reading_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadtests.compiled.shape.Shape._says_the_same", lambda self, holes: True)

    def form(n: int) -> str:
        return filled(FORM, n, h2=f"{n} under Special care" if n % 9 == 7 else f"{n} of many", h3="")

    assert compared(form, times=24).tiers.wrong > 0


def test_the_forms_are_scanned_where_the_page_around_them_is_ever_another() -> None:
    def form(n: int) -> str:
        rows = "".join(f"<tr><td>{n * k}" for k in range(n % 13))
        return filled(FORM, n, h3=f"<table>{rows}</table>")

    ready = compared(form, times=120)
    assert ready.tiers.wrong == 0
    assert ready.tiers.scan > 40


GIVEN = "  - give: {full_name: '{{citizen.full_name}}'}\n  - choose: {district: '{{citizen.district}}'}\n"
CHANGED = "  - give: {full_name: 'was {{citizen.full_name}}'}\n"
HELP, BACK, SEND = "  - ask: Help\n", "  - back: true\n", "  - submit: Send\n"


@pytest.mark.parametrize(
    ("steps", "asks"),
    [
        (GIVEN + HELP + BACK + SEND, 4),  # what was given is still there
        (GIVEN + HELP + BACK + CHANGED + HELP + BACK + SEND, 5),  # and what was changed since
        (HELP + BACK + GIVEN + SEND, 4),
        (BACK + GIVEN + SEND, 3),  # nothing lies behind
        (GIVEN + HELP + "  - press: More\n" + BACK + BACK + SEND, 5),
        (GIVEN + HELP + BACK + BACK + HELP + BACK + SEND, 5),
        (GIVEN + SEND + BACK + SEND, 5),  # sent again as it was
    ],
)
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "no-store"])
def test_whoever_goes_back_finds_a_page_as_they_left_it_unless_it_must_not_be_kept(
    steps: str, asks: int, kept: bool
) -> None:
    head, _steps, _rest = JOURNEY.partition("  - when")
    end = "  - expect: {text: It was received}\n"
    links = "<a href=/help>Help</a> <a href=/more>More</a>"
    sent: list[Straight] = []
    ready = compared(
        lambda n: filled(links + FORM, n, h3=""),
        lambda n: filled(SENT, n),
        steps=head + steps + end, head={} if kept else {"cache-control": "private, no-store"}, sent=sent,
    )  # fmt: skip
    assert ready.why_not is None and ready.tiers.wrong == 0 and ready.tiers.template > ready.tiers.full
    if kept:
        assert {len(one.sent) for one in sent} == {asks}
        assert all(b"full_name=" in (one.sent[-2][2] or b"") for one in sent)
        assert all(b"full_name=&" not in (one.sent[-2][2] or b"") for one in sent)


def test_a_journey_that_sends_what_was_recorded_is_walked_plainly_and_says_so() -> None:
    journey = parse_journey(JOURNEY + "  - send: {get: /api}\n")
    assert Ready(journey, walk_of(journey, PEOPLE[0], session="s", base_url=BASE)).why_not == "send"


def test_a_loop_is_walked_as_often_as_a_citizen_has_children() -> None:
    text = JOURNEY.replace("  - submit: Send", "  - for each: citizen.children\n    as: child\n    steps:\n"
                           "      - give: {full_name: '{{child.full_name}}'}\n  - submit: Send")  # fmt: skip
    journey = parse_journey(text)
    people = [
        Persona(f"c{n}", {**PEOPLE[0], "children": [{"full_name": f"Child {k}"} for k in range(n)]}) for n in (0, 1, 3)
    ]
    ready = Ready(journey, walk_of(journey, people[0], session="s", base_url=BASE))
    pages = Pages(lambda n: filled(FORM, n, h3=""))
    for persona in (*people, *people):
        walk = walk_of(journey, persona, session="s", base_url=BASE, source="load")
        pages.n, one = 0, Straight(pages.send)
        rows = ready_rows(ready, persona, one)
        pages.n, other = 0, Straight(pages.send)
        assert rows == plainly(walk, other)
        assert one.sent == other.sent


def test_templates_differ_only_where_nothing_is_said() -> None:
    page = b"<p class='a'>Hello</p><input type='hidden' value='1'><label>Name</label><a href='/x'>Go</a>"
    assert [(s.attribute, page[s.start : s.end]) for s in differences(page.replace(b"1", b"2"), page) or []] == [
        (b"value", b"1")
    ]
    for told, other in (
        (b"class='a'", b"class='error'"),
        (b"Name", b"Other"),
        (b">Go<", b">Stop<"),
        (b"hidden", b"text"),
    ):
        assert differences(page.replace(told, other), page) is None
