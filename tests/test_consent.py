"""A service elsewhere is put under load when both sides agreed to it, as much as both agreed to, and while both do."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from own_address import own_address

from loadtests.permits import guard, kill_switch
from loadtests.permits.allowed import LIST, entries, project_of
from loadtests.permits.breaker import Breaker
from loadtests.permits.ceiling import Ceiling, lowest, until
from loadtests.permits.consent import PATH, fetched, text_to_publish
from loadtests.permits.permission import Ground, Resolve, Target, ceiling_of, permitted
from loadtests.permits.pinned import PinnedNames, known_of
from studies.house import audit
from studies.troubles import WrongInput
from studies.workspace import Workspace

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "http://agency.test:8080/renew"
ELSEWHERE = "198.51.100.7"


class Agency:
    """A service elsewhere as the lab sees it: the file that it serves, and the addresses that its name stands for."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self.now = NOW
        self.status = 200
        self.addresses = [ELSEWHERE]
        self.asked: list[str] = []
        self.file: Any = {
            "project": project_of(space),
            "ceiling": {"citizens": 30, "per_second": 9},
            "until": "2026-12-24",
        }

    def fetch(self, _scheme: str, host: str, port: int, address: str) -> tuple[int, bytes]:
        self.asked.append(f"{host}:{port} at {address}")
        if address not in self.addresses:
            raise ConnectionRefusedError("nobody there")
        return self.status, self.file if isinstance(self.file, bytes) else json.dumps(self.file).encode()

    def resolve(self, _host: str, _port: int) -> list[str]:
        return self.addresses

    @property
    def ground(self) -> Ground:
        return Ground(self.space, lambda: self.now, self.fetch)

    def permitted(self) -> Target:
        return permitted(URL, self.resolve, self.ground)

    def listed(self, **changed: str) -> None:
        """Put the agency on the workspace's list."""
        entry = {"origin": "http://agency.test:8080", "owner": "Ops <ops@agency.test>"}
        entry |= {"ceiling": "{citizens: 50, per_second: 5}", "until": "2026-12-31"} | changed
        lines = [f"    {key}: {value}" for key, value in entry.items() if value]
        text = "targets:\n  -" + "\n".join(lines)[3:] + "\n"
        (self.space.root / LIST).write_text(text, encoding="utf-8")


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


def watched(agency: Agency, clock: list[float], *targets: Target) -> guard.Guard:
    agency.listed()
    of = targets or (agency.permitted(),)
    return guard.Guard(of, agency.ground, NOW.timestamp(), resolve=agency.resolve, clock=lambda: clock[0])


def looked(watch: guard.Guard, clock: list[float], snapshot: dict[str, Any]) -> guard.Halt | None:
    """Let a minute pass, and see what the look at it found."""
    watch.look(snapshot)
    clock[0] += 61.0
    found = watch.look(snapshot)
    if watch._looking:
        watch._looking.join()
    return found or watch.look(snapshot)


def test_a_consent_that_is_withdrawn_ends_the_load_within_a_minute(agency: Agency) -> None:
    clock = [0.0]
    watch = watched(agency, clock)
    assert looked(watch, clock, {}) is None
    assert len(agency.asked) == 2  # before the load, and once more
    agency.status = 404
    halt = looked(watch, clock, {})
    assert halt and halt.ending == "permission withdrawn" and "status 404" in halt.why


def test_a_certificate_that_expired_is_no_permission_withdrawn(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    watch = watched(agency, clock)

    def over(*_place: Any) -> tuple[int, bytes]:
        cause = ssl.SSLCertVerificationError("certificate has expired")
        cause.verify_code = 10
        raise cause

    monkeypatch.setattr(agency, "fetch", over)
    watch.ground = agency.ground
    halt = looked(watch, clock, {})
    assert halt and halt.ending == "certificate expired" and "expired" in halt.why


@pytest.mark.parametrize("of", ["list", "file"])
def test_a_ceiling_that_is_lowered_ends_the_load_and_one_that_is_raised_does_not(agency: Agency, of: str) -> None:
    clock = [0.0]
    watch = watched(agency, clock)
    agency.file["ceiling"] = {"citizens": 99, "per_second": 99}
    assert looked(watch, clock, {}) is None
    if of == "list":
        agency.listed(ceiling="{citizens: 2, per_second: 5}")
    else:
        agency.file["ceiling"] = {"citizens": 30, "per_second": 1}
    halt = looked(watch, clock, {})
    assert halt and halt.ending == "permission withdrawn" and "lowered" in halt.why


def test_a_name_that_comes_to_mean_another_machine_ends_the_load(agency: Agency) -> None:
    clock = [0.0]
    watch = watched(agency, clock)
    agency.addresses = ["203.0.113.9"]
    halt = looked(watch, clock, {})
    assert halt and halt.ending == "address changed" and ELSEWHERE in halt.why


def test_a_permission_that_expires_ends_the_load(agency: Agency) -> None:
    watch = watched(agency, [0.0])
    assert watch.look({}) is None
    agency.now = NOW + timedelta(days=60)
    halt = watch.look({})
    assert halt and halt.ending == "permission withdrawn"


def test_the_circuit_breaker_ends_a_load_elsewhere_and_not_one_here(agency: Agency) -> None:
    here = permitted("http://127.0.0.1:1")
    for targets, ending in (((), "circuit breaker"), ((here,), None)):
        clock = [0.0]
        watch = watched(agency, clock, *targets)
        halts = []
        for second in range(12):
            clock[0] = float(second)
            halts.append(watch.look({"steps": {"submit": [20 * second, 19 * second, 0.1]}}))
        assert (halts[-1].ending if halts[-1] else None) == ending
        asked = watch.look({"retry_after": 1})
        assert (asked.ending if asked else None) == ending


def test_the_breaker_bears_a_bad_moment_and_trips_on_bad_seconds() -> None:
    breaker = Breaker(share=0.5, seconds=5.0, fewest=20)
    requests = errors = 0
    for tenth in range(400):
        requests += 10
        errors += 10 if tenth % 50 < 20 else 0  # two bad seconds in five
        assert breaker.hear(tenth / 10, requests, errors) is None
    said = None
    for tenth in range(400, 460):
        requests, errors = requests + 10, errors + 10
        said = said or breaker.hear(tenth / 10, requests, errors)
    assert said and "last 5 s went wrong" in said


def test_the_breaker_says_nothing_on_few_requests_and_begins_anew_where_totals_fall() -> None:
    breaker = Breaker()
    assert [breaker.hear(float(t), t, t) for t in range(15)] == [None] * 15
    assert breaker.hear(15.0, 5000, 5000) is not None
    assert breaker.hear(16.0, 10, 10) is None  # a worker was lost with what it had counted


def test_the_kill_switch_ends_what_is_under_way_and_nothing_later(agency: Agency) -> None:
    watch = watched(agency, [0.0], permitted("http://127.0.0.1:1"))
    assert watch.look({}) is None
    kill_switch.pull(agency.space, NOW.timestamp() - 1)
    assert watch.look({}) is None
    kill_switch.pull(agency.space, NOW.timestamp() + 1)
    halt = watch.look({})
    assert halt and halt.ending == "killed"
    assert not kill_switch.pulled_since(NOW.timestamp() + 2, agency.space)


# --- addresses and the audit ------------------------------------------------------------------------------------------


def test_pinned_names_lead_where_they_led_and_no_other_name_anywhere() -> None:
    names = PinnedNames(known_of({"http://Agency.test:80": ["127.0.0.1"], "http://[::1]:80": ["::1"]}), socket)
    assert names.getaddrinfo("agency.test", 80, type=socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 80)
    assert names.getaddrinfo(b"AGENCY.test", 80)[0][4][0] == "127.0.0.1"
    assert names.gethostbyname("agency.test") == "127.0.0.1"
    assert names.getaddrinfo("127.0.0.1", 1)[0][4][0] == "127.0.0.1"
    for other in ("localhost", "tracker.test", "127.0.0.2", ELSEWHERE, ""):
        with pytest.raises(socket.gaierror):
            names.getaddrinfo(other, 80)


def test_every_run_leaves_lines_that_say_who_what_when_and_how_it_ended(agency: Agency) -> None:
    audit.note(agency.space, "begins", "load-1", NOW, journey="renew", targets=[URL], citizens=5)
    audit.note(agency.space, "ends", "load-1", NOW + timedelta(seconds=20), ending="ran its time")
    first, last = audit.lines(agency.space)
    assert (first["what"], first["run"], first["targets"], first["when"]) == (
        "begins",
        "load-1",
        [URL],
        NOW.isoformat(),
    )
    assert first["who"] and first["host"]
    assert last["ending"] == "ran its time"
    assert audit.file_of(agency.space).stat().st_mode & 0o077 == 0


def test_lines_of_runs_side_by_side_never_mix(agency: Agency) -> None:
    def runs(name: str) -> None:
        for _each in range(25):
            audit.note(agency.space, "begins", name, NOW, journey="x" * 2000)

    threads = [threading.Thread(target=runs, args=(f"load-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(audit.lines(agency.space))) == 100


# --- over a real line -------------------------------------------------------------------------------------------------


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
