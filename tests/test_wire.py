"""The wire player against a small service: what it sends, what it hears, and what it does when nothing comes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from journeys.personas import Persona
from journeys.players import rehearsal, wire
from journeys.players.rehearsal import AsgiTransport
from journeys.players.transport import Answer, NoAnswer, decoded
from journeys.reading import parse_journey
from journeys.walk import News, TargetMissing, Walk, found_in, play_many, walk_of
from studies.log import Log
from studies.script import parse, render
from studies.troubles import Failed, WrongInput

BASE = "http://127.0.0.1:8699"
SEEN: list[str] = []


def html(body: str, status: int = 200, **headers: str) -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><html lang=en><body>{body}", status, headers)


FORM = "<form method=post action=/form><label>National ID <input name=nid></label><button>Send</button></form>"


async def page(request: Request) -> Response:
    """One page for each thing to try, named by its path."""
    path = request.url.path
    if path == "/form" and request.method == "POST":
        async with request.form() as form:
            SEEN.append(f"{form['nid']}")
        return RedirectResponse("/see", 303)
    match path:
        case "/form":
            return html(FORM)
        case "/see":
            return html("<h1>Thank you</h1><a href='/form'>Again</a>")
        case "/kept":  # 307 keeps method and body
            return RedirectResponse("/form", 307)
        case "/go307":
            return html(FORM.replace("/form", "/kept"))
        case "/round":
            return RedirectResponse("/round", 302)
        case "/working":
            done = request.query_params.get("n") == "2"
            n = int(request.query_params.get("n", 0)) + 1
            return html("Ready" if done else f"<meta http-equiv=refresh content='1;url=/working?n={n}'>Please wait")
        case "/hop":
            return html("<meta http-equiv=refresh content='0;url=/see'>")
        case "/broken":
            return html("<h1>Sorry</h1>", 500)
        case "/cookie":
            if request.cookies.get("seen"):
                return html("Welcome back")
            answer = html("<a href=/cookie>In</a>")
            answer.set_cookie("seen", "yes")
            return answer
        case "/script":
            return html("<button type=button>Calculate</button><a href='javascript:x()'>Script</a>")
        case "/plain":
            return PlainTextResponse("<form>")
        case "/language":
            return html(request.headers["accept-language"])
        case "/insurance":
            return html("<h1>Insurance</h1><a href=/see>Back to traffic</a>")
        case "/refused":
            return html("<div role=alert>You cannot renew here</div><a href=/see>Why?</a>")
        case "/upload":
            return html("<form method=post><input type=file name=policy></form>")
    return html(
        "<a href=/form>Apply now</a><a href=#more>More</a><a href='/insurance'>Insurance</a>"
        "<details><summary>Details</summary><label>E-mail <input name=mail></label></details>"
    )


APP = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])
HEAD = (
    "journey: try\ntitle: Try\nagency: traffic\nlanguages: [en]\nbase_url: http://127.0.0.1:8699\n"
    "agencies: {insurance: /insurance}\ndone: {text: Thank you}\n"
)


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def a_walk(steps: str, head: str = HEAD, **more: object) -> Walk:
    journey = parse_journey(f"{head}steps:\n{steps}")
    return walk_of(journey, Persona("p", {"national_id": "900199003"}), session="s1", **more)  # type: ignore[arg-type]


def played(steps: str, head: str = HEAD, **more: object) -> Log:
    clock = Clock()
    return rehearsal.play(a_walk(steps, head, **more), app=APP, clock=clock, sleep=clock.sleep)


def said(log: Log) -> list[str]:
    return [" ".join(filter(None, (s.actor, s.verb, s.about))) for s in log.said()][1:]  # without `begins`


# -- pages, forms, redirects


def test_a_form_is_filled_and_sent_and_the_redirect_followed() -> None:
    SEEN.clear()
    log = played("  - visit: /form\n  - give: {national_id: '{{citizen.national_id}}'}\n  - submit: true\n")
    assert SEEN == ["900199003"]
    assert said(log) == [
        "citizen acts form",
        "service answers form",
        "service requests national_id",
        "citizen gives national_id",
        "citizen submits form",
        "service answers see",
        "service concludes done",
    ]
    assert "900199003" not in render(log)


def test_a_307_keeps_what_is_sent() -> None:
    SEEN.clear()
    played("  - visit: /go307\n  - give: {nid: '7'}\n  - submit: Send\n")
    assert SEEN == ["7"]


@pytest.mark.parametrize(("path", "arrives"), [("/hop", "see"), ("/form", "form"), ("/plain", "plain"), ("/", "home")])
def test_where_a_visit_arrives(path: str, arrives: str) -> None:
    assert f"service answers {arrives}" in said(played(f"  - visit: {path}\n"))


def test_cookies_are_kept() -> None:
    log = played("  - visit: /cookie\n  - press: In\n  - expect: {text: Welcome back}\n")
    assert said(log)[-1] == "service answers cookie"


def test_the_citizens_language_is_asked_for() -> None:
    played("  - visit: /language\n  - expect: {text: 'ar,en;q=0.5'}\n", language="ar")


def test_the_wire_says_what_it_is_deaf_to() -> None:
    (session,) = played("  - visit: /\n").heard()
    assert not session.hears & {"responds", "rates"}
    assert {"answers", "refuses", "hands_off"} <= session.hears


def test_the_log_can_be_told_and_read_back() -> None:
    log = played("  - visit: /form\n  - give: {nid: '1'}\n  - submit: true\n")
    again = parse(render(log))
    assert (again.said(), again.heard()) == (log.said(), log.heard())


# -- what it hears


def test_an_error_page_refuses() -> None:
    assert said(played("  - visit: /broken\n")) == ["citizen acts broken", "service refuses broken"]
    assert said(played("  - visit: /refused\n"))[-1] == "service refuses refused"


def test_crossing_to_another_agency_is_a_hand_off_before_its_page() -> None:
    log = played("  - visit: /\n  - press: Insurance\n  - press: Back to traffic\n")
    told = [(s.verb, s.about, s.agency) for s in log.said()][3:]
    assert told[1:3] == [("hands_off", "insurance", "traffic"), ("answers", "insurance", "insurance")]
    assert told[4:6] == [("hands_off", "traffic", "insurance"), ("answers", "see", "traffic")]
    whens = {s.verb: s.when for s in log.said() if s.step == "press_insurance"}
    assert whens["hands_off"] == whens["answers"]


def test_going_back_is_no_hand_off() -> None:
    log = played("  - visit: /\n  - press: Insurance\n  - back: true\n")
    assert said(log)[-2:] == ["citizen acts back", "service answers home"]
    assert [s.agency for s in log.said()][-1] == "traffic"


def test_help_is_asked_for() -> None:
    log = played("  - visit: /\n  - ask: Details\n")
    assert said(log)[-3:] == ["citizen asks Details", "service answers home", "service requests email"]


def test_every_sentence_has_its_step() -> None:
    log = played("  - visit: /form\n    id: open\n  - give: {nid: '1'}\n  - submit: true\n    id: send\n")
    assert [s.step for s in log.said()] == [None, "open", "open", "open", "give_nid", "send", "send", "send"]


def test_a_page_that_moves_on_is_waited_for() -> None:
    clock = Clock()
    walk = a_walk("  - visit: /working\n  - expect: {text: Ready}\n")
    log = rehearsal.play(walk, app=APP, clock=clock, sleep=clock.sleep)
    assert said(log) == ["citizen acts working", *["service answers working"] * 3]
    assert (clock.moment - log.said()[0].when).total_seconds() == 2.0


# -- patience and what is not there


def test_patience_that_is_over_leaves() -> None:
    assert said(played("  - visit: /\n  - expect: {text: Never}\n"))[-1] == "citizen leaves"
    assert said(played("  - visit: /working\n  - expect: {text: Ready, within: 1}\n"))[-1] == "citizen leaves"


def test_what_was_never_there_is_a_wrong_script_and_names_what_was() -> None:
    with pytest.raises(TargetMissing) as trouble:
        played("  - visit: /\n  - press: Aply\n")
    message = str(trouble.value)
    assert "step press_aply: “Aply” is not on the page" in message
    assert "“Apply now”" in message
    assert trouble.value.exit_code == 2
    assert said(trouble.value.log)[-2:] == ["lab notes target_missing", "citizen leaves"]


def test_what_was_there_before_and_is_not_now_is_a_finding() -> None:
    walk = a_walk("  - visit: /\n  - press: Aply\n", proven=frozenset({"press_aply"}))
    log = rehearsal.play(walk, app=APP)
    assert said(log)[-2:] == ["lab notes target_missing", "citizen leaves"]


def test_what_a_refusing_page_lacks_is_a_finding() -> None:
    log = played("  - visit: /broken\n  - press: Continue\n")
    assert said(log)[-3:] == ["service refuses broken", "lab notes target_missing", "citizen leaves"]


def test_a_later_walk_is_expected_to_find_what_an_earlier_one_found() -> None:
    steps = "  - visit: /\n  - press: Apply now\n"
    proven: list[frozenset[str]] = []

    def player(walk: Walk, watch: object) -> Log:
        proven.append(walk.proven)
        return rehearsal.play(walk, app=APP)

    logs = list(play_many([a_walk(steps), a_walk(steps)], player))
    assert proven == [frozenset(), frozenset({"visit", "press_apply_now"})]
    assert found_in(logs[0]) == proven[1]


def test_what_needs_a_script_breaks_the_lab_not_the_service() -> None:
    for words in ("Calculate", "Script"):
        assert said(played(f"  - visit: /script\n  - press: {words}\n"))[-1] == "lab breaks needs_a_browser"


class Silent:
    """A line on which nothing comes, after so many answers."""

    def __init__(self, silence: NoAnswer, answers: int = 0) -> None:
        self.silence, self.answers = silence, answers

    def send(self, method: str, url: str, headers: object, body: bytes | None) -> Answer:
        self.answers -= 1
        if self.answers < 0:
            raise self.silence
        return Answer(200, url, {}, "<a href=/x>On</a>")


STEPS = "  - visit: /\n  - press: 'On'\n"


def test_a_dead_base_url_is_told_with_its_remedy() -> None:
    with pytest.raises(Failed, match=r"http://127\.0\.0\.1:8699 does not answer: nobody.*--base-url"):
        wire.play(a_walk(STEPS), transport=Silent(NoAnswer("nobody listens there", reached=False)))


def test_nobody_listens_on_a_port_without_a_service() -> None:
    with pytest.raises(Failed, match="does not answer: nobody listens there"):
        wire.play(a_walk(STEPS, base_url="http://127.0.0.1:1"))


def test_a_line_that_breaks_on_the_way_is_the_services_fault() -> None:
    log = wire.play(a_walk(STEPS), transport=Silent(NoAnswer("broke"), answers=1))
    assert said(log)[-3:] == ["citizen acts On", "service refuses x", "citizen leaves"]
    assert log.said()[-2].cause == "fault"


def test_a_line_that_stays_silent_ends_patience() -> None:
    log = wire.play(a_walk(STEPS), transport=Silent(NoAnswer("slow", too_long=True), answers=1))
    assert said(log)[-2:] == ["citizen acts On", "citizen leaves"]


def test_redirects_without_end_are_the_services_fault() -> None:
    log = played("  - visit: /\n  - visit: /round\n")
    assert said(log)[-2:] == ["service refuses round", "citizen leaves"]


# -- the walk


def test_a_watcher_hears_each_step_once() -> None:
    news: list[News] = []
    rehearsal.play(a_walk("  - visit: /form\n  - give: {nid: '1'}\n  - submit: true\n"), news.append, app=APP)
    assert [(n.step, n.index, n.of) for n in news] == [
        ("visit_form", 1, 3),
        ("give_nid", 2, 3),
        ("submit", 3, 3),
        (None, 3, 3),
    ]
    assert [s.verb for n in news for s in n.said].count("submits") == 1


def test_an_unset_secret_stops_the_walk_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = "  - visit: /form\n  - give: {nid: '{{env.KHUTWA_TEST_PIN}}'}\n  - submit: true\n"
    monkeypatch.delenv("KHUTWA_TEST_PIN", raising=False)
    with pytest.raises(WrongInput, match="export KHUTWA_TEST_PIN="):
        played(steps)
    monkeypatch.setenv("KHUTWA_TEST_PIN", "4711")
    SEEN.clear()
    log = played(steps)
    assert SEEN == ["4711"]
    assert "4711" not in render(log)


def test_think_is_waited_only_at_a_pace() -> None:
    steps = "  - visit: /\n    think: 10\n"
    slow, quick = Clock(), Clock()
    rehearsal.play(a_walk(steps, pace=0.5), app=APP, clock=slow, sleep=slow.sleep)
    rehearsal.play(a_walk(steps), app=APP, clock=quick, sleep=quick.sleep)
    assert (slow.moment - quick.moment).total_seconds() == 5.0


def test_variants_have_their_own_path_and_steps() -> None:
    head = HEAD + "variants: {as_is: {path: /as_is}, redesigned: {path: redesigned/, skip: [press_apply_now]}}\n"
    steps = "  - visit: /x\n  - press: Apply now\n  - visit: /y\n    only: [redesigned]\n"
    assert "service answers 127.0.0.1:8699/form" in said(played(steps, head, variant="as_is"))
    assert said(played(steps, head, variant="redesigned"))[-1] == "service answers y"
    with pytest.raises(WrongInput, match=r"no variant “asis”.*Did you mean as_is\?"):
        a_walk(steps, head, variant="asis")


def test_a_journey_that_says_nowhere_to_go() -> None:
    with pytest.raises(WrongInput, match="does not say where the service runs"):
        a_walk("  - visit: /\n", HEAD.replace("base_url", "description"))


def test_a_declared_journey_needs_no_service() -> None:
    steps = "  - call: {who: traffic, script: '0.0 citizen asks x'}\n"
    log = rehearsal.play(a_walk(steps, "journey: c\ntitle: C\nagency: traffic\nshortest_path: 2\n"))
    assert [(s.session, s.verb, s.value) for s in log.said()] == [
        ("s1-call_traffic", "begins", 2.0),
        ("s1-call_traffic", "asks", None),
    ]


def test_a_missing_document_is_told(tmp_path: Path) -> None:
    text = f"{HEAD}steps:\n  - visit: /upload\n  - upload: {{policy: p.pdf}}\n"
    (tmp_path / "p.pdf").write_bytes(b"%PDF")
    journey = parse_journey(text, folder=tmp_path)
    assert said(rehearsal.play(walk_of(journey, Persona("p"), session="s"), app=APP))[-1] == "citizen gives policy"
    shutil.rmtree(tmp_path)
    with pytest.raises(WrongInput, match="no such file"):
        rehearsal.play(walk_of(journey, Persona("p"), session="s"), app=APP)


# -- bytes


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("سلام".encode(), "text/html"),
        ("سلام".encode("windows-1256"), "text/html; charset=windows-1256"),
        ('<meta charset="windows-1256">سلام'.encode("windows-1256"), "text/html"),
        ("سلام".encode(), "text/html; charset=no-such"),
    ],
)
def test_bytes_become_text(content: bytes, kind: str) -> None:
    assert decoded(content, kind).endswith("سلام")


def test_an_application_that_fails_is_a_line_that_breaks() -> None:
    async def fails(scope: object, receive: Callable[..., object], send: Callable[..., object]) -> None:
        raise RuntimeError("oops")

    with AsgiTransport(fails) as transport, pytest.raises(NoAnswer, match="RuntimeError: oops"):
        transport.send("GET", BASE, {}, None)
