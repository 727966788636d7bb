"""A service whose certificate expires under a load: the load ends, says so, and what was measured is kept."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from one_page import JOURNEY, PAGE
from own_address import own_address

from loadtests.clients import clients
from loadtests.permits.allowed import LIST, project_of
from loadtests.permits.consent import PATH
from loadtests.result import LoadResult
from loadtests.run import load
from loadtests.telling import told
from loadtests.verdicts.demands import Gates
from loadtests.verdicts.verdict import judge
from loadtests.wording import failures_table
from studies import archive
from studies.troubles import Failed
from studies.words import say_in
from studies.workspace import Workspace

pytestmark = [pytest.mark.load, pytest.mark.slow]

#: So many requests are served before the certificate is replaced by one that has expired.
WELL_SERVED = 25
HOLDS, EXPIRED = timedelta(days=1), timedelta(minutes=-1)


@contextmanager
def serving(address: str, authority: Authority, well: int, consent: object = None) -> Iterator[str]:
    """A service that lets go of all its lines after so many requests, and goes on with an expired certificate."""
    holds, expired = authority.context(address, HOLDS), authority.context(address, EXPIRED)
    served = 0

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            nonlocal served
            with suppress(OSError), (expired if served >= well else holds).wrap_socket(self.request, True) as line:
                while served < well and (asked := line.recv(65536)):
                    served += 1
                    body = (json.dumps(consent) if PATH.encode() in asked else PAGE).encode()
                    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
                    line.sendall(head.encode() + body)

    class Service(socketserver.ThreadingTCPServer):
        daemon_threads, request_queue_size = True, 1024

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Service((address, 0), Line) as service:
        threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"https://{address}:{service.server_address[1]}"
        finally:
            service.shutdown()


def loaded(base_url: str, space: Workspace, folder: Path, **more: Any) -> LoadResult:
    file = folder / "renew.yaml"
    file.write_text(JOURNEY.format(base_url=base_url), encoding="utf-8")
    return load(
        file, variant=None, seconds=30, patience=5.0, grace=2.0, base_url=None, space=space, study="rush", **more
    )


def says_that_it_expired(result: LoadResult, space: Workspace) -> None:
    assert result.ending == "certificate expired" and result.seconds < 30
    assert "certificate" in (result.trouble or "")
    assert result.summary.done >= WELL_SERVED - 5
    why = {(one["kind"], one["why"]) for one in result.summary.failures}
    assert ("failed", "its certificate has expired") in why
    assert len(archive.read("rush", space).sessions) == result.sessions >= result.summary.done
    assert result.evidence
    verdict = judge(Gates(), [result.evidence])
    assert verdict.exit_code == 3 and verdict.reasons == (
        "The service's certificate expired while the load ran: browsers go no further.",
    )
    with say_in("ar"):
        assert "انتهت صلاحية شهادته" in told(result)
        assert "انتهت صلاحية شهادته" in failures_table(result.json()).to_string()
        assert "انتهت صلاحية شهادة الخدمة" in judge(Gates(), [result.evidence]).reasons[0]


@pytest.mark.parametrize("client", clients())
def test_a_certificate_that_expires_ends_the_load_in_words_whatever_speaks(client: str, tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    with serving("127.0.0.1", Authority(tmp_path), WELL_SERVED) as base_url:
        result = loaded(base_url, space, tmp_path, arrivals=25.0, client=client)
    says_that_it_expired(result, space)


@pytest.mark.parametrize("client", clients())
def test_so_it_does_elsewhere_where_somebody_vouches_for_it(
    client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    space = Workspace(tmp_path / "workspace")
    space.root.mkdir()
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    ceiling = {"citizens": 50, "per_second": 50}
    agreed = {"project": project_of(space), "ceiling": ceiling, "until": "2999-01-01"}
    with serving(address, authority, WELL_SERVED, agreed) as base_url:
        listed = {"origin": base_url, "owner": "me", "ceiling": ceiling, "until": "2999-01-01"}
        (space.root / LIST).write_text(json.dumps({"targets": [listed]}), encoding="utf-8")
        result = loaded(base_url, space, tmp_path, citizens=3, client=client)
    says_that_it_expired(result, space)


def test_one_that_expired_before_is_no_load_at_all(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    with (
        serving("127.0.0.1", Authority(tmp_path), 0) as base_url,
        pytest.raises(Failed, match="its certificate has expired"),
    ):
        loaded(base_url, space, tmp_path, citizens=1)
