"""What a browser would send is what is sent: the same journeys in Chromium and on the wire, request by request.

Compared are method, host, path, query, body, its type, cookies, and whether it is told where the request came from.
Left out: the boundary of a form's parts, where exactly an image was pressed, and what a browser fetches besides pages.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from lines_let_go import a_page, letting_go
from parity_service import PAGES, Ears, Heard, app, listening, served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from journeys.journey import Journey
from journeys.personas import Persona, personas_for
from journeys.players import wire
from journeys.players.sending import encoded
from journeys.practice.flaws import VARIANTS, Flaws
from journeys.practice.reading import read_flaws
from journeys.practice.site import app as practice
from journeys.practice.truth import library
from journeys.reading import parse_journey
from journeys.walk import walk_of
from loadtests.clients import client_named
from loadtests.clients._shared import Shared
from loadtests.compiled.ready import Ready
from loadtests.crowd import Crowd, Plan
from loadtests.line import Line
from loadtests.stage import Stage, on_the_wire
from studies.script import render
from studies.troubles import WrongInput

pytestmark = [
    pytest.mark.untimed,
    pytest.mark.browser,
    pytest.mark.load,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on this machine"),
]

NAME = "  - give: {Name: 'Müller & Söhne ~*+=%'}\n"
SEND = "  - submit: Send\n"
USUAL = NAME + SEND
#: What is done on a page, where it is not only to give a name and send the form.
DONE = {
    "get": "  - give: {Words: 'a b&c'}\n  - submit: Search now\n",
    "boxes": "  - choose: {Two: true, Three: false, r: Second}\n  - submit: Send\n",
    "lists": "  - choose: {Many: [Uno, Cuatro], Single: Why}\n  - submit: Send\n",
    "disabled": "  - give: {Open: x}\n  - submit: Send\n",
    "buttons": NAME + "  - submit: true\n",
    "charset": "  - give: {Name: 'سلام ☺'}\n  - submit: Send\n",
    "lines": '  - give: {Text: "one\\ntwo\\n\\nthree"}\n  - submit: Send\n',
    "directed": "  - give: {Name: سلام, Note: hello}\n  - submit: Send\n",
    "suggested": "  - give: {City: Isa Town}\n  - submit: Send\n",
    "parts": NAME + "  - upload: {Document: tiny.txt}\n  - submit: Send\n",
    "links": "  - press: Go on\n  - visit: /f/links/again\n",
    "unsaid": "  - press: Go on\n",
    "quiet": "  - press: Go on\n",
    "hop": "  - expect: {text: It arrived}\n",
    "hop1": "  - expect: {text: It arrived}\n",
    "cookies": "  - press: Deep\n  - visit: /f/cookies\n  - press: Beside\n  - visit: /f/cookies\n  - press: Over\n"
    "  - visit: /f/cookies/a\n",
}
HEAD = "journey: parity\ntitle: Parity\nagency: a\nlanguages: [en]\nbase_url: http://127.0.0.1:1\nsteps:\n"
GROUPS = [sorted(PAGES)[start : start + 8] for start in range(0, len(PAGES), 8)]


def steps_for(names: list[str]) -> str:
    return "".join(f"  - visit: /f/{name}\n{DONE.get(name, USUAL)}" for name in names)


def plain(heard: list[Heard], ports: dict[int, str]) -> list[tuple[Any, ...]]:
    """What is compared of each request."""
    return [
        (
            one.method, re.sub(r":(\d+)$", lambda port: ":" + ports.get(int(port[1]), port[1]), one.host), one.path,
            re.sub(r"(^|&)([\w.]*[xy])=\d+(?=&|$)", r"\1\2=0", one.query),
            re.sub(r"boundary=\S+", "boundary", one.headers.get("content-type", "")), parts_of(one),
            one.headers.get("cookie", ""), "referer" in one.headers, "origin" in one.headers,
        )
        for one in heard
    ]  # fmt: skip


def parts_of(one: Heard) -> bytes:
    """A body without what two senders may do differently."""
    body = one.body
    if found := re.search(r"boundary=(\S+)", one.headers.get("content-type", "")):
        body = body.replace(found[1].encode(), b"boundary")
    return re.sub(rb"\bgo\.(x|y)=\d+|(?<=&)(x|y)=\d+", rb"\1\2=0", body)


def on_a_wire(client: str, journey: Journey, base_url: str, persona: Persona, origins: list[str], **more: Any) -> Ready:
    """A journey as a load citizen walks it, made ready, three times: learned, by template, and once more."""
    journey = on_the_wire(journey, 0.0)
    language = more.get("language", "en")
    plan = Plan("", base_url, language=language, patience=10)
    stage = Stage(plan, journey, base_url, None, frozenset(origins), [persona], Crowd())
    addresses = dict.fromkeys(origins, "127.0.0.1")
    line = Line(client_named(client)(Shared(language, "parity", 10.0, addresses), None), stage)
    walk = walk_of(journey, persona, session="s", base_url=base_url, source="load", **more)
    ready = Ready(journey, walk)
    assert ready.why_not is None
    line.begin(stage)
    try:
        ready.take(persona, line, time.sleep, lambda step, seconds: seconds, ready.way())
    finally:
        line.close()
    return ready


@pytest.fixture(scope="module")
def ears() -> Ears:
    return Ears()


@pytest.fixture(scope="module")
def service(ears: Ears) -> Iterator[tuple[str, str]]:
    """The service at two origins."""
    with served(app(ears, "")) as second, served(app(ears, f"http://127.0.0.1:{second}")) as first:
        yield f"http://127.0.0.1:{first}", f"http://127.0.0.1:{second}"


@pytest.fixture(scope="module")
def seen(service: tuple[str, str], ears: Ears, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a browser sends on some pages, walked once."""
    folder = tmp_path_factory.mktemp("parity")
    (folder / "tiny.txt").write_bytes(b"tiny\r\n\x00")
    known: dict[int, tuple[Journey, list[Heard]]] = {}

    def walked(group: int) -> tuple[Journey, list[Heard]]:
        if group not in known:
            journey = parse_journey(HEAD + steps_for(GROUPS[group]), folder=folder)
            known[group] = journey, in_a_browser(journey, service[0], Persona("p"), ears)
        return known[group]

    return walked


def in_a_browser(journey: Journey, base_url: str, persona: Persona, ears: Ears, **more: Any) -> list[Heard]:
    browser = pytest.importorskip("journeys.players.browser")
    ears.taken()
    browser.play(walk_of(journey, persona, session="s", base_url=base_url, **more))
    return ears.taken()


def ports(service: tuple[str, str]) -> dict[int, str]:
    return {int(url.rpartition(":")[2]): name for url, name in zip(service, ("first", "second"), strict=True)}


def alike(theirs: list[Heard], ours: list[Heard], names: dict[int, str]) -> None:
    expected, found = plain(theirs, names), plain(ours, names)
    for one, other in zip(expected, found, strict=False):
        assert other == one, one[2]
    assert [one[:3] for one in found] == [one[:3] for one in expected]


@pytest.mark.parametrize("client", ["lean", "geventhttpclient", "requests"])
@pytest.mark.parametrize("group", range(len(GROUPS)))
def test_every_feature_of_a_form_is_sent_as_a_browser_sends_it(
    seen: Any, service: tuple[str, str], ears: Ears, group: int, client: str
) -> None:
    journey, theirs = seen(group)
    assert len(theirs) >= 2 * len(GROUPS[group])  # every page was opened, and led on
    ears.taken()
    if client == "requests":
        log = wire.play(walk_of(journey, Persona("p"), session="s", base_url=service[0]))
        assert not any(one.verb in ("leaves", "breaks") for one in log.said()), render(log)  # it went to the end
    else:
        on_a_wire(client, journey, service[0], Persona("p"), list(service))
    ours = ears.taken()
    if client == "requests":  # it keeps cookies by rules of its own
        theirs, ours = ([one for one in heard if "/cookies" not in one.path] for heard in (theirs, ours))
        for one in (*theirs, *ours):
            one.headers.pop("cookie", None)
    alike(theirs, ours, ports(service))


@pytest.mark.parametrize("client", ["lean", "geventhttpclient"])
def test_a_cookie_for_a_domain_goes_to_all_its_hosts(service: tuple[str, str], ears: Ears, client: str) -> None:
    port = service[0].rpartition(":")[2]
    one, other = f"http://app.localhost:{port}", f"http://sub.app.localhost:{port}"
    steps = "".join(f"  - visit: {where}\n" for where in (f"{one}/f/domain/set", f"{one}/f/domain/see",
                    f"{other}/f/domain/see", f"{service[0]}/f/domain/see"))  # fmt: skip
    journey = parse_journey(HEAD + steps)
    theirs = in_a_browser(journey, one, Persona("p"), ears)
    on_a_wire(client, journey, one, Persona("p"), [one, other, *service])
    ours = ears.taken()
    alike(theirs, ours, ports(service))
    assert [heard.headers.get("cookie") for heard in ours] == [None, "wide=1; narrow=2", "wide=1", None]


def test_what_a_line_loses_that_the_service_let_go_of_is_sent_again_as_a_browser_sends_it(ears: Ears) -> None:
    form = "<!doctype html><link rel=icon href='data:,'><form method=post action=/sent><button>Send</button></form>"
    journey = parse_journey(HEAD + "  - visit: /one\n  - submit: Send\n  - visit: /two\n")
    with letting_go((a_page(form),)) as (url, asked):
        in_a_browser(journey, url, Persona("p"), ears)
        theirs = asked.copy()
        asked.clear()
        wire.play(walk_of(journey, Persona("p"), session="s", base_url=url))
        assert asked == theirs == ["GET /one", "POST /sent", "POST /sent", "GET /two", "GET /two"]


@pytest.mark.parametrize("client", ["lean", "requests"])
def test_who_goes_back_asks_again_only_for_what_must_not_be_kept_as_a_browser_does(ears: Ears, client: str) -> None:
    """Pages are shown as they were left; `no-store` ones are fetched anew, and what was given on them is lost."""

    async def page(request: Request) -> Response:
        kept = "no-store" not in request.url.path
        form = f"<form method=post action={request.url.path}/sent><input type=hidden name=n value=1><label>Name <input "
        form += "name=full></label><button>Send</button></form>"
        text = "It arrived." if request.method == "POST" else f"<a href=/help>Help</a>{form}"
        html = f"<!doctype html><html lang=en><link rel=icon href='data:,'><title>t</title><body>{text}"
        return HTMLResponse(html, headers={} if kept else {"cache-control": "no-store"})

    helped = "  - press: Help\n  - back: true\n"
    journey = parse_journey(
        HEAD + f"  - visit: /kept\n{NAME}{helped}{SEND}  - back: true\n{SEND}"
        f"  - visit: /no-store\n{helped}{USUAL}  - visit: /kept\n{helped}  - back: true\n"
    )
    either = ["GET", "POST"]
    with served(listening(Starlette(routes=[Route("/{rest:path}", page, methods=either)]), ears)) as port:
        url = f"http://127.0.0.1:{port}"
        theirs = in_a_browser(journey, url, Persona("p"), ears)
        if client == "requests":
            wire.play(walk_of(journey, Persona("p"), session="s", base_url=url))
        else:
            on_a_wire(client, journey, url, Persona("p"), [url])
    ours = ears.taken()
    assert [one.path for one in theirs] == [one.path for one in ours]
    alike(theirs, ours, {port: "first"})


def at_once(flaws: Flaws) -> Flaws:
    told = flaws.model_dump()
    told["capacity"]["seconds"] = 0
    for kind in told["services"].values():
        for variant in VARIANTS:
            for page in kind[variant]:
                page["silent"] = page["spinner"] = 0
    return Flaws.model_validate(told)


@pytest.fixture(scope="module")
def agency(ears: Ears) -> Iterator[str]:
    with served(listening(practice(at_once(read_flaws())), ears)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", sorted(library()))
def test_every_journey_of_the_library_is_sent_as_a_browser_sends_it(
    agency: str, ears: Ears, name: str, variant: str
) -> None:
    try:
        journey = on_the_wire(library()[name], 0.0)
    except WrongInput:
        pytest.skip("all of it is by phone or in person")
    (persona,) = personas_for(journey, 1)
    theirs = [
        as_a_form(one) for one in in_a_browser(journey, agency, persona, ears, variant=variant) if ours_to_compare(one)
    ]
    on_a_wire("lean", journey, agency, persona, [agency], variant=variant)
    assert unstamped(plain([one for one in ears.taken() if ours_to_compare(one)], {})) == unstamped(plain(theirs, {}))


def ours_to_compare(one: Heard) -> bool:
    """Pages and what is sent to them, be it by a page's script; what else a page fetches is the browser's alone."""
    return one.headers.get("sec-fetch-dest", "document") in ("document", "empty")


def as_a_form(one: Heard) -> Heard:
    """What a page's script sends in parts, as its form would be sent: the wire runs no scripts, and sends the form."""
    kind = one.headers.get("content-type", "")
    if one.headers.get("sec-fetch-mode") == "navigate" or "multipart" not in kind:
        return one
    pairs = re.findall(rb'name="([^"]*)"\r\n\r\n(.*?)\r\n--', one.body, re.S)
    body = "&".join(f"{encoded(name.decode())}={encoded(value.decode())}" for name, value in pairs)
    headers = {**one.headers, "content-type": "application/x-www-form-urlencoded"}
    return replace(one, headers=headers, body=body.encode())


def unstamped(requests: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without what the service makes up for each visitor."""
    made_up = re.compile(rb'(_token)(?:=[^&]*|"\r\n\r\n[^\r]*)')
    return [(*one[:5], made_up.sub(rb"\1", one[5]), re.sub(r"visit=[^;]*", "visit", one[6]), *one[7:])
            for one in requests]  # fmt: skip
