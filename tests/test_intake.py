"""The public server: it starts, it says when it cannot, it dies with its parent, and it loses nothing when killed."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit

import pytest

import intake
from studies.store import Store
from studies.troubles import Failed
from studies.workspace import CHECKOUT, Workspace
from surveys.answers import scores
from surveys.invitations import invite, link
from surveys.rehearsed import About, rehearse, respond

pytestmark = pytest.mark.untimed


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def up(base_url: str) -> bool:
    """Whether the server answers."""
    place = urlsplit(base_url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    try:
        connection.request("GET", "/up")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


@pytest.mark.slow
def test_a_study_can_be_rehearsed_from_link_to_score(space: Workspace) -> None:
    store = Store(space.database_url)
    visits = [About("sus", f"a{n}", "as_is" if n % 2 else "redesigned", "ar" if n % 3 else "en") for n in range(8)]
    with intake.serving(space) as base_url:
        assert up(base_url)
        likes = {"as_is": 0.3, "redesigned": 0.85}
        tokens = rehearse(store, base_url, "demo", visits, seed=7, attitudes=likes)
        rehearse(store, base_url, "again", visits, seed=7, attitudes=likes)
    assert not up(base_url), "the server ends with the block"
    found = scores(store, "demo", "sus")
    assert (found["n"], found["missing"], found["rehearsed"]) == (8, 0, True)
    assert found["by_condition"]["as_is"]["mean"] < 50 < found["by_condition"]["redesigned"]["mean"]
    assert found["languages"] == {"en": 3, "ar": 5}
    assert found["mean"] == scores(store, "again", "sus")["mean"], "the same seed, the same answers"
    assert [store.invitation(token).rehearsed for token in tokens] == [True] * 8  # type: ignore[union-attr]
    store.close()


def test_a_port_in_use_says_what_to_do(space: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=rf"Port {port} is in use.*name another port"), intake.serving(space, port):
            pass


def test_a_server_that_cannot_open_its_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text("no database " * 500)
    with pytest.raises(Failed, match="did not start"), intake.serving(Workspace(tmp_path)):
        pass


def test_rehearsing_against_nobody_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Failed, match="Are they being served"):
        respond(f"http://127.0.0.1:{port}", "token", 0.5, Random(1))


PARENT = """
import sys, time
from pathlib import Path
import intake
from studies.workspace import Workspace
with intake.serving(Workspace(Path(sys.argv[1]))) as base_url:
    print(base_url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.slow
def test_the_server_dies_with_its_parent_however_that_ended(space: Workspace) -> None:
    words = [sys.executable, "-c", PARENT, str(space.root)]
    with subprocess.Popen(words, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        place = urlsplit(parent.stdout.readline().strip())
        with socket.create_connection((place.hostname, place.port), timeout=30) as line:
            line.sendall(b"GET /up HTTP/1.1\r\nhost: x\r\n\r\n")
            assert line.recv(4096).startswith(b"HTTP/1.1 200")
            parent.send_signal(signal.SIGKILL)
            while line.recv(4096):  # until the server hangs up
                pass


@pytest.mark.slow
def test_a_server_killed_in_mid_survey_loses_nothing_that_it_acknowledged(space: Workspace) -> None:
    store = Store(space.database_url)
    acknowledged: dict[str, int] = {}
    for kill in range(3):
        door = intake._listening(0)
        words = ["-m", "intake", "--door", str(door.fileno()), "--workspace", str(space.root)]
        server = subprocess.Popen(
            [sys.executable, *words],
            cwd=CHECKOUT,
            pass_fds=[door.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        host, port = door.getsockname()
        door.close()
        assert server.stdout is not None and server.stdin is not None
        assert server.stdout.readline() == "ready\n"
        people = {invite(store, "demo", "sus"): person % 5 + 1 for person in range(24)}
        with ThreadPoolExecutor(6) as crowd:
            sending = {crowd.submit(sent, host, port, *person): person for person in people.items()}
            for number, done in enumerate(as_completed(sending)):
                if number == 3 + 4 * kill:
                    os.kill(server.pid, signal.SIGKILL)  # while the others are in mid-survey
                if done.result():
                    acknowledged.update([sending[done]])
        server.wait()
        server.stdin.close()
        server.stdout.close()
    kept: dict[str, set[float]] = {}
    for one in store.answers("demo"):
        kept.setdefault(one.token, set()).add(one.value)
    assert len(acknowledged) >= 3 + 7 + 11
    assert {token: kept.get(token) for token in acknowledged} == {t: {float(v)} for t, v in acknowledged.items()}
    store.close()


def sent(host: str, port: int, token: str, value: int) -> bool:
    """Whether one participant's consent and answers were both acknowledged."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answers = {f"sus_{n}": str(value) for n in range(1, 11)}
    for fields in ({"page": "consent", "agree": "yes"}, {"page": "sus", **answers, "done": "yes"}):
        connection = http.client.HTTPConnection(host, port, timeout=20)
        try:
            connection.request("POST", urlsplit(link("http://x", token)).path, urlencode(fields), headers)
            if connection.getresponse().status != 303:
                return False
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
    return True
