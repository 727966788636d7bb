"""The practice agency does what its flaws file says, tells what is wrong with one, and starts and ends cleanly."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from journeys.practice.flaws import VARIANTS, Flaws
from journeys.practice.reading import SHIPPED, read_flaws
from journeys.practice.serve import ROOT, is_practice, listens, running
from journeys.practice.site import app
from journeys.practice.wording import wording
from studies.topics import datum_of
from studies.troubles import Failed, WrongInput


@dataclass
class Visit:
    """A browser without a network: it keeps cookies, and writes down how long the agency made it wait."""

    flaws: Flaws
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    status: int = 0
    location: str = ""
    now: float = 0.0

    def __post_init__(self) -> None:
        self.site = app(self.flaws, self.sleep, lambda: self.now)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def get(self, path: str, **headers: str) -> str:
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, given: dict[str, str]) -> str:
        token = re.search(r'name="_token" value="([^"]+)"', self.get(path))
        body = urlencode({"_token": token[1] if token else "", **given}).encode()
        return self.ask("POST", path, body, {"content-type": "application/x-www-form-urlencoded"})

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> str:
        self.slept.clear()
        self.parts.clear()
        path, _sep, query = path.partition("?")
        sent = {
            "accept-language": self.language,
            "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "content-length": str(len(body)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        asyncio.run(self.site(scope, self.said_once(body), self.hear))
        return "".join(self.parts)

    def said_once(self, body: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
        messages = iter([{"type": "http.request", "body": body}])

        async def receive() -> dict[str, Any]:
            for message in messages:
                return message
            await asyncio.Event().wait()  # the browser stays
            return {}

        return receive

    async def hear(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            heads = [(name.decode(), value.decode()) for name, value in message["headers"]]
            self.location = dict(heads).get("location", "")
            for cookie in (value for name, value in heads if name == "set-cookie"):
                name, _sep, value = cookie.split(";")[0].partition("=")
                self.cookies[name] = value
        elif message.get("body"):
            self.parts.append(message["body"].decode())


def flaws_of(tmp_path: Path, text: str) -> Flaws:
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")
    return read_flaws(path)


def complaint(tmp_path: Path, *pages: str) -> Visit:
    """A visit to an agency whose complaint form has this page, and a last one."""
    lines = "".join(f"      - {page}\n" for page in (*pages, "{page: complaint/replied}"))
    return Visit(flaws_of(tmp_path, f"services:\n  make_complaint:\n    as_is:\n{lines}"))


FORM = "/as_is/consumer_protection/complaint"


def test_a_datum_that_a_page_asks_for_is_a_field_on_it(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [mobile, iban]}")
    shown = visit.get(FORM)
    assert 'name="call_back"' in shown and 'name="iban"' in shown and 'name="complainant"' not in shown


@pytest.mark.parametrize("silent", [0.4, 3.0, 7.5])
def test_a_page_is_silent_for_as_long_as_the_file_says(tmp_path: Path, silent: float) -> None:
    visit = complaint(tmp_path, f"{{page: complaint, asks: [mobile], silent: {silent}}}")
    visit.get(FORM)
    assert sum(visit.slept) == pytest.approx(silent)


def test_the_way_from_a_form_to_the_page_it_leads_to_is_part_of_the_silence(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [mobile]}", "{page: complaint/status, silent: 2.0}")
    visit.post(FORM, {"call_back": "39000000"})
    visit.now += 0.3
    visit.get(f"{FORM}/status")
    assert sum(visit.slept) == pytest.approx(1.7)
    visit.get(f"{FORM}/status")
    assert sum(visit.slept) == pytest.approx(2.0)


def test_a_spinner_is_sent_before_the_page_it_stands_for(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [mobile], silent: 1.5, spinner: 2.0}")
    visit.get(FORM)
    first, rest = visit.parts
    assert 'role="status"' in first and "<form" not in first and "<form" in rest
    assert visit.slept[-1] == 2.0 and sum(visit.slept) == pytest.approx(3.5)


def test_a_script_gets_the_page_in_one_piece(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [mobile], spinner: 2.0, by_fetch: true}")
    shown = visit.get(FORM, x_by_fetch="1")
    assert 'role="status"' not in shown and sum(visit.slept) == pytest.approx(2.05)


def test_a_form_that_a_script_sends_knows_how_long_its_answer_takes(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [mobile], by_fetch: true}")
    assert 'data-by-fetch data-silent="0.0" data-spinner="0.0"' in visit.get(FORM)


def test_what_is_refused_comes_back_empty_and_the_rest_filled_in(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [full_name, mobile], refuses_first: [mobile]}")
    given = {"complainant": "Somebody", "call_back": "39000000"}
    shown = visit.post(FORM, given)
    assert visit.status == 200 and 'value="Somebody"' in shown and "39000000" not in shown
    assert 'aria-invalid="true" aria-describedby="f-call_back-error"' in shown
    assert 'class="error" role="alert" id="f-call_back-error"' in shown
    visit.post(FORM, given)
    assert visit.status == 303 and visit.location == "/as_is/consumer_protection/complaint/replied"


def test_a_form_that_forgets_comes_back_empty(tmp_path: Path) -> None:
    page = "{page: complaint, asks: [full_name, mobile], refuses_first: [mobile], forgets: true}"
    shown = complaint(tmp_path, page).post(FORM, {"complainant": "Somebody", "call_back": "39000000"})
    assert "Somebody" not in shown


def test_what_the_agency_does_not_hold_has_to_be_filled_in_and_what_it_holds_need_not(tmp_path: Path) -> None:
    pages = ("{page: complaint, asks: [mobile]}", "{page: complaint/status, asks_again: [mobile], asks: [email]}")
    visit = complaint(tmp_path, *pages)
    assert "Fill this in." in visit.post(FORM, {"call_back": " "})
    visit.post(FORM, {"call_back": "39000000"})
    visit.post(f"{FORM}/status", {"call_back": "", "email": "a@example.org"})
    assert visit.status == 303


@pytest.mark.parametrize("status", [200, 500, 503])
def test_a_page_fails_the_first_time_only(tmp_path: Path, status: int) -> None:
    visit = complaint(tmp_path, f"{{page: complaint, asks: [mobile], fails_first: {status}}}")
    shown = visit.get(FORM)
    assert visit.status == status and 'class="error-summary" role="alert"' in shown and f'href="{FORM}"' in shown
    assert "<form" in visit.get(FORM) and visit.status == 200


def test_a_complaint_is_answered_when_it_is_sent_again() -> None:
    visit = Visit(read_flaws())
    given = {"complainant": "Somebody", "call_back": "39000000", "story": "Broken"}
    visit.post(FORM, given)
    assert visit.location.endswith("/complaint/received")
    visit.post(FORM, given)
    assert visit.location.endswith("/complaint/replied")


def test_no_more_pages_are_worked_on_at_once_than_there_are_servers(tmp_path: Path) -> None:
    flaws = flaws_of(tmp_path, "capacity: {servers: 3, seconds: 0.05}")
    at_work, most = 0, 0

    async def sleep(seconds: float) -> None:
        nonlocal at_work, most
        if not seconds:
            return
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1

    async def crowd() -> None:
        site = app(flaws, sleep)
        await asyncio.gather(*(_one(site, FORM) for _citizen in range(20)))

    asyncio.run(crowd())
    assert most == 3


async def _one(site: Any, path: str) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        await asyncio.sleep(0)

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": []}
    await site(scope, receive, send)


def test_a_form_without_its_token_is_not_taken() -> None:
    visit = Visit(read_flaws())
    visit.get(FORM)
    visit.ask("POST", FORM, b"call_back=1", {"content-type": "application/x-www-form-urlencoded"})
    assert visit.status == 403


def test_a_form_that_is_too_large_is_not_taken() -> None:
    visit = Visit(read_flaws())
    visit.ask("POST", FORM, b"", {"content-length": "9000000"})
    assert visit.status == 413


@pytest.mark.parametrize("path", ["/nowhere", "/as_is/traffic/nowhere", "/as_is/nobody/renew"])
def test_a_page_that_is_not_there_says_so(path: str) -> None:
    visit = Visit(read_flaws())
    assert "There is no such page" in visit.get(path) and visit.status == 404


def test_the_language_is_that_of_the_browser_until_the_visitor_switches() -> None:
    visit = Visit(read_flaws(), language="ar-BH,ar;q=0.9,en;q=0.5")
    assert '<html lang="ar" dir="rtl">' in visit.get("/")
    assert '<html lang="en" dir="ltr">' in visit.get("/?lang=en")
    assert '<html lang="en" dir="ltr">' in visit.get(FORM)


def test_what_is_given_stands_on_the_page_as_text_only(tmp_path: Path) -> None:
    visit = complaint(tmp_path, "{page: complaint, asks: [full_name, mobile], refuses_first: [mobile]}")
    shown = visit.post(FORM, {"complainant": '"><script>alert(1)</script>', "call_back": "1"})
    assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown


def test_no_page_needs_anything_from_elsewhere() -> None:
    visit = Visit(read_flaws())
    for place in read_flaws().every_place():
        shown = visit.get(place.path)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', shown), place.path


PAGE = "services:\n  renew_vehicle:\n    as_is:\n      - "


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("services:\n  renew_vehicl: {}", 2, "Did you mean renew_vehicle?"),
        ("service:\n  renew_vehicle: {}", 1, "Did you mean services?"),
        ("capacity: {servers: 0}", 1, "servers"),
        (PAGE + "page: renew\n        silnt: 3", 5, "Did you mean silent?"),
        (PAGE + "page: renew\n        silent: -3", 5, "-3"),
        (PAGE + "page: renew\n        silent: long", 5, "long"),
        (PAGE + "page: renew\n        fails_first: 404", 5, "503"),
        (PAGE + "page: renewal", 4, "There are: renew,"),
        (PAGE + "asks: [iban]", 4, "“page” is missing"),
        (PAGE + "page: renew\n        asks: [cpr]", 5, "“cpr” is no datum"),
        (PAGE + "page: renew\n        asks: [iban, iban]", 5, "twice"),
        (PAGE + "page: renew\n        asks_again: [iban]", 5, "under asks"),
        (PAGE + "page: renew\n        agency: trafic", 5, "Did you mean traffic?"),
        (PAGE + "page: renew\n        refuses_first: [iban]", 5, "cannot refuse"),
        (PAGE + "page: renew\n        asks: [iban]", 4, "The last page"),
        ("services:\n  renew_vehicle:\n    as_is: []", 3, "no pages"),
        ("services:\n  renew_vehicle:\n    agency: traffic\n    agency: customs", 4, "twice"),
        ("services:\n\trenew_vehicle: {}", 2, "tab"),
        ("services: [", 1, ""),
    ],
)
def test_a_wrong_flaws_file_is_told_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(WrongInput) as told:
        flaws_of(tmp_path, text)
    assert f"line {line} of other.yaml" in str(told.value) and says in str(told.value)


@pytest.mark.parametrize("text", ["", "nothing", "- a list"])
def test_what_is_no_flaws_file_is_told_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongInput, match=r"other\.yaml"):
        flaws_of(tmp_path, text)


def test_a_flaws_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="none_here"):
        read_flaws(tmp_path / "none_here.yaml")


def test_what_a_flaws_file_leaves_out_is_as_shipped(tmp_path: Path) -> None:
    flaws = flaws_of(tmp_path, "services:\n  renew_vehicle:\n    as_is:\n      - page: renew/done\n        silent: 5")
    shipped = read_flaws()
    assert [page.silent for page in flaws.services["renew_vehicle"].as_is] == [5.0]
    assert flaws.services["renew_vehicle"].redesigned == shipped.services["renew_vehicle"].redesigned
    assert flaws.services["renew_passport"] == shipped.services["renew_passport"]
    assert flaws.capacity == shipped.capacity


def test_the_shipped_file_read_as_a_file_from_outside_is_the_same() -> None:
    assert read_flaws(SHIPPED).model_dump() == read_flaws().model_dump()


def test_no_shipped_silence_lies_at_the_threshold_and_a_demo_stays_short() -> None:
    places = [place for place in read_flaws().every_place() if place.page.silent]
    silences = {v: [place.page.silent for place in places if place.variant == v] for v in VARIANTS}
    assert all(1.3 < seconds <= 4 for seconds in silences["as_is"] + silences["redesigned"])
    assert len(silences["as_is"]) >= 12 and silences["redesigned"]
    assert sum(silences["as_is"]) + sum(silences["redesigned"]) < 45


def test_about_one_page_in_ten_is_driven_by_a_script() -> None:
    pages = [place.page for place in read_flaws().every_place()]
    assert 0.05 < sum(page.by_fetch for page in pages) / len(pages) < 0.15


WORDED = [(agency, key) for agency, data in wording().data.items() for key in data]


@pytest.mark.parametrize(("agency", "key"), WORDED)
def test_every_wording_of_a_datum_is_recognised(agency: str, key: str) -> None:
    datum = wording().data[agency][key]
    for language in ("en", "ar"):
        assert datum_of(datum.said(language), datum.name, datum.autocomplete) == key, (agency, datum.said(language))


def test_it_opens_in_a_process_of_its_own_and_is_gone_afterwards() -> None:
    with running() as base:
        assert "Practice government services" in requests.get(base, timeout=5).text
    assert not listens(base)


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=f"Port {port}.*--port {port + 1}"), running(port=port):
            pass


def test_it_ends_when_whoever_started_it_is_gone() -> None:
    command = [sys.executable, "-m", "journeys.practice", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout
        child.stdin.write(read_flaws().model_dump_json() + "\n")
        child.stdin.flush()
        assert "http://127.0.0.1:" in child.stdout.readline()
        child.stdin.close()
        assert child.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("url", "is_it"),
    [("http://127.0.0.1:8600", True), ("http://localhost:8600/as_is", True), ("http://127.0.0.1:1", False)],
)
def test_the_practice_agency_is_known_by_its_address(url: str, is_it: bool) -> None:
    assert is_practice(url) is is_it
