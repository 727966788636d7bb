"""While a service elsewhere is loaded, what both sides agreed to is looked at again, and every run is written down."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from consenting_agency import ELSEWHERE, NOW, URL, Agency

from loadtests.permits import guard, kill_switch
from loadtests.permits.breaker import Breaker
from loadtests.permits.permission import Target, permitted
from loadtests.permits.pinned import PinnedNames, known_of
from studies.house import audit
from studies.workspace import Workspace


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(Workspace(tmp_path))


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
