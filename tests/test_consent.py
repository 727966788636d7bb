"""A service elsewhere is put under load when both sides agreed to it, as much as both agreed to, and while both do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from consenting_agency import ELSEWHERE, NOW, Agency
from own_address import own_address

from loadtests.permits.allowed import LIST, entries, project_of
from loadtests.permits.ceiling import Ceiling, lowest, until
from loadtests.permits.consent import PATH, fetched, text_to_publish
from loadtests.permits.permission import Ground, Resolve, ceiling_of, permitted
from studies.troubles import WrongInput
from studies.workspace import Workspace


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(Workspace(tmp_path))


def test_without_either_the_refusal_holds_the_very_text_to_publish(agency: Agency) -> None:
    with pytest.raises(WrongInput, match="not on the list") as refused:
        agency.permitted()
    said = str(refused.value)
    assert f"http://agency.test:8080{PATH}" in said
    text = said[said.index("{\n") : said.rindex("}\n") + 1]
    assert json.loads(text)["project"] == project_of(agency.space)
    assert agency.asked == []  # nobody is bothered who is not on the list
    # Publishing that text, and the entry that is proposed, is enough.
    agency.file = text.encode()
    start = said.index("targets:")
    (agency.space.root / LIST).write_text(said[start : said.index("\n\n2.")], encoding="utf-8")
    assert agency.permitted().ceiling == Ceiling(20, 2.0)


def test_both_together_permit_as_much_as_the_lower_ceiling_and_until_the_earlier_day(agency: Agency) -> None:
    agency.listed()
    target = agency.permitted()
    assert (target.here, target.addresses, target.ceiling) == (False, (ELSEWHERE,), Ceiling(30, 5.0))
    assert target.until == datetime(2026, 12, 25, tzinfo=UTC)
    assert agency.asked == [f"agency.test:8080 at {ELSEWHERE}"]
    here = permitted("http://127.0.0.1:1", ground=agency.ground)
    assert (here.here, ceiling_of([target, here])) == (True, Ceiling(30, 5.0))


@pytest.mark.parametrize(
    ("status", "file", "why"),
    [
        (404, {}, r"is not there \(status 404\)"),
        (302, {}, r"is not there \(status 302\)"),
        (200, b"<html>", "is not understood"),
        (200, b"\xff\xfe\x00", "is not understood"),
        (200, b"[1]", "is not understood"),
        (200, b"{}", "does not name this project"),
        (200, {"project": "khutwa-another"}, "does not name this project"),
        (200, {"ceiling": {"citizens": 5}}, "is not understood"),
        (200, {"ceiling": {"citizens": 0, "per_second": 1}}, "is not understood"),
        (200, {"ceiling": {"citizens": 5, "per_second": True}}, "is not understood"),
        (200, {"until": "2026-11-20"}, "expired: until 2026-11-20"),
        (200, {"until": "soon"}, "is not understood"),
        (200, b" " * 70_000, "too large"),
    ],
)
def test_a_file_that_does_not_agree_is_refused_with_what_is_wrong(
    agency: Agency, status: int, file: Any, why: str
) -> None:
    agency.listed()
    agency.status = status
    agency.file = agency.file | file if isinstance(file, dict) and file else file
    if file == {}:
        agency.file = {}
    with pytest.raises(WrongInput, match=why) as refused:
        agency.permitted()
    assert project_of(agency.space) in str(refused.value)


def test_one_service_may_agree_to_several_projects(agency: Agency) -> None:
    agency.listed()
    agency.file = [{"project": "khutwa-another", "ceiling": {}, "until": "x"}, agency.file]
    assert agency.permitted().ceiling.citizens == 30


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"until": "2026-11-20"}, "has expired"),
        ({"until": "never"}, "line 2: this is not understood"),
        ({"owner": ""}, "line 2: an entry has origin, owner, ceiling, until"),
        ({"ceiling": "50"}, "line 2: this is not understood"),
        ({"ceiling": "{citizens: -1, per_second: 1}"}, "line 2: this is not understood"),
        ({"origin": "http://other.test"}, "not on the list"),
        ({"origin": "https://agency.test:8080"}, "not on the list"),
    ],
)
def test_an_entry_that_does_not_hold_is_refused(agency: Agency, changed: dict[str, str], why: str) -> None:
    agency.listed(**changed)
    with pytest.raises(WrongInput, match=why):
        agency.permitted()


def test_a_list_that_is_none_is_told_and_an_empty_one_permits_nobody(agency: Agency) -> None:
    for text in ("- a", "targets: 3", "{"):
        (agency.space.root / LIST).write_text(text, encoding="utf-8")
        with pytest.raises(WrongInput, match=LIST):
            entries(agency.space)
    (agency.space.root / LIST).write_text("", encoding="utf-8")
    assert entries(agency.space) == []


def test_a_name_that_means_this_machine_and_another_at_once_is_refused(agency: Agency) -> None:
    agency.listed()
    agency.addresses = ["127.0.0.1", ELSEWHERE]
    with pytest.raises(WrongInput, match="for this machine and for others at once"):
        agency.permitted()


def test_of_several_addresses_the_first_that_answers_is_the_one_that_is_loaded(agency: Agency) -> None:
    agency.listed()
    agency.resolve = lambda _host, _port: ["2001:db8::1", ELSEWHERE]  # type: ignore[method-assign]
    assert agency.permitted().addresses == (ELSEWHERE,)


def test_a_project_has_one_name_for_good(agency: Agency) -> None:
    assert project_of(agency.space) == project_of(agency.space)
    other = Workspace(agency.space.root / "other")
    assert project_of(other) != project_of(agency.space)


def test_ceilings_and_days() -> None:
    assert lowest([]) == Ceiling()
    assert lowest([Ceiling(5, 9.0), Ceiling(7, 2.0), Ceiling()]) == Ceiling(5, 2.0)
    assert until("2026-12-31") == datetime(2027, 1, 1, tzinfo=UTC)
    assert until("2026-12-31T10:00:00+02:00") == datetime(2026, 12, 31, 8, tzinfo=UTC)
    assert json.loads(text_to_publish("p", Ceiling(1, 0.5), NOW))["until"] == "2026-12-21"


# --- while it runs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, Any]]]:
    """A service on this machine's address towards others, and what it answers."""
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    answer: dict[str, Any] = {"status": 200, "body": b"{}", "seen": []}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer["seen"].append((self.path, self.headers["Host"], self.headers["User-Agent"]))
            self.send_response(answer["status"])
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", str(len(answer["body"])))
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer((address, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://{address}:{server.server_port}", answer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_consent_is_read_over_the_line_from_the_pinned_address(
    served: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    origin, answer = served
    address, port = origin.removeprefix("http://").split(":")
    space = Workspace(tmp_path)
    with pytest.raises(WrongInput, match="not on the list"):
        permitted(origin, ground=Ground(space))
    entry = f"origin: '{origin}', owner: me, ceiling: {{citizens: 5, per_second: 1}}, until: 2999-01-01"
    (tmp_path / LIST).write_text(f"targets:\n  - {{{entry}}}\n", encoding="utf-8")
    answer["body"] = text_to_publish(project_of(space), Ceiling(3, 2), datetime.now(UTC)).encode()
    assert permitted(origin, ground=Ground(space)).ceiling == Ceiling(3, 1.0)
    by_name: Resolve = lambda _host, _port: [address]  # noqa: E731
    with pytest.raises(WrongInput, match="not on the list"):
        permitted(f"http://agency.test:{port}", by_name, Ground(space))
    assert fetched("http", "agency.test", int(port), address)[0] == 200
    assert answer["seen"][-1] == (PATH, f"agency.test:{port}", "Khutwa (load consent)")
    answer["status"] = 302  # is not followed
    with pytest.raises(WrongInput, match="status 302"):
        permitted(origin, ground=Ground(space))
