"""What the wire player makes of a line that goes: what is sent again, what is not, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from lines_let_go import CUT, HEAD, a_page, letting_go

from journeys.personas import Persona
from journeys.players import wire
from journeys.players.fetching import RequestsTransport
from journeys.players.transport import NoAnswer
from journeys.reading import parse_journey
from journeys.walk import walk_of
from studies.script import render

OK = a_page("ok")
FORM = a_page("<form method=post action=/sent><button>Send</button></form>")
STEPS = """journey: j
title: J
agency: a
steps:
  - visit: /one
  - submit: Send
  - visit: /two
"""


@contextmanager
def a_citizen() -> Iterator[RequestsTransport]:
    citizen = RequestsTransport(20.0)
    with citizen.session:
        yield citizen


def test_a_walk_goes_on_over_a_new_line_when_the_service_has_let_go_of_the_old_one() -> None:
    with letting_go((FORM,)) as (url, asked):
        log = wire.play(walk_of(parse_journey(STEPS), Persona("p"), session="s", base_url=url))
    assert not any(one.verb in ("leaves", "refuses") for one in log.said()), render(log)
    assert asked == ["GET /one", "POST /sent", "POST /sent", "GET /two", "GET /two"]


def test_what_a_new_line_breaks_on_is_not_sent_twice() -> None:
    with letting_go(()) as (url, asked), a_citizen() as citizen:
        with pytest.raises(NoAnswer, match="the line broke") as silence:
            citizen.send("POST", url + "/sent", {}, b"a=1")
        assert silence.value.reached
        assert asked == ["POST /sent"]


def test_it_is_sent_again_once_only() -> None:
    with letting_go((OK,), ()) as (url, asked), a_citizen() as citizen:
        citizen.send("GET", url + "/one", {}, None)
        for times in (2, 3):  # what comes then has a new line from the start
            with pytest.raises(NoAnswer, match="the line broke"):
                citizen.send("POST", url + "/sent", {}, b"a=1")
            assert asked == ["GET /one", *["POST /sent"] * times]


def test_a_line_that_the_service_said_it_would_close_was_not_kept_open() -> None:
    closing = OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    with letting_go((closing,), ()) as (url, asked), a_citizen() as citizen:
        citizen.send("GET", url + "/one", {}, None)
        with pytest.raises(NoAnswer, match="the line broke"):
            citizen.send("POST", url + "/sent", {}, b"a=1")
        assert asked == ["GET /one", "POST /sent"]


BEGUN = [
    HEAD + b"Content-Length: 99\r\n\r\nshort",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nsho",
]


@pytest.mark.parametrize("begun", [*BEGUN, HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"])
def test_an_answer_that_is_cut_short_is_not_asked_for_again(begun: bytes) -> None:
    with letting_go((OK, begun + CUT)) as (url, asked), a_citizen() as citizen:
        citizen.send("GET", url + "/one", {}, None)
        with pytest.raises(NoAnswer, match="the line broke") as silence:
            citizen.send("GET", url + "/two", {}, None)
        assert silence.value.reached and not silence.value.too_long
        assert asked == ["GET /one", "GET /two"]


@pytest.mark.parametrize("begun", [b"", HEAD, *BEGUN])
def test_an_answer_that_does_not_come_to_its_end_ends_patience_wherever_it_stops(begun: bytes) -> None:
    with letting_go((OK, begun)) as (url, asked), a_citizen() as citizen:
        citizen.send("GET", url + "/one", {}, None)
        citizen.patience = 0.3
        with pytest.raises(NoAnswer, match=r"no answer in 0\.3 seconds") as silence:
            citizen.send("GET", url + "/two", {}, None)
        assert silence.value.too_long
        assert asked.count("GET /two") < 2
