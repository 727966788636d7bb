"""What load citizens' clients make of what a service sends: cookies, ends of answers, lines that break."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from journeys.players.transport import NoAnswer
from loadtests.clients import DEFAULT, client_named, clients
from loadtests.clients._cookies import Cookies
from loadtests.clients._framing import Broken, Unspoken, chunked
from loadtests.clients._reply import Client, Reply, place_of
from loadtests.clients._shared import Shared
from studies.troubles import WrongInput

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
CLOSE = b""


class Service:
    """Says what it is told to, an answer a request; after an empty one it closes the line."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.lines = 0
        self.asked: list[bytes] = []

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _who = listener.accept()
            except OSError:
                return
            self.lines += 1
            with line:
                while self.answers and (asked := line.recv(65536)):
                    self.asked.append(asked)
                    answer = self.answers.pop(0)
                    if answer == b"wait":
                        line.recv(1)
                        break
                    line.sendall(answer)
                    if self.answers and self.answers[0] == CLOSE:
                        self.answers.pop(0)
                        break


@contextmanager
def telling(*answers: bytes) -> Iterator[tuple[str, Service]]:
    service = Service(*answers)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=service.serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", service
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def a_client(name: str = "lean", patience: float = 5.0) -> Iterator[Client]:
    client = client_named(name)(Shared("en", "run", patience), None)
    try:
        yield client
    finally:
        client.close()


def asked(client: Client, url: str, method: str = "GET", body: bytes | None = None) -> Reply:
    return client.send(method, place_of(url), b"", body, None)


def test_the_clients_are_found_and_one_that_is_not_is_hinted_at() -> None:
    assert clients() == ("geventhttpclient", "lean", "locust")
    assert DEFAULT in clients()
    with pytest.raises(WrongInput, match="Did you mean lean"):
        client_named("leen")


@pytest.mark.parametrize("name", ["lean", "geventhttpclient"])
@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (OK, b"ok"),
        (HEAD + b"Content-Length: 0\r\n\r\n", b""),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n3\r\nays\r\n0\r\nTrailer: t\r\n\r\n", b"okays"),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(b"ok" * 99, mtime=0))
         + gzip.compress(b"ok" * 99, mtime=0), b"ok" * 99),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)  # fmt: skip
def test_an_answer_ends_where_it_says(name: str, answer: bytes, content: bytes) -> None:
    with telling(answer, OK) as (url, service), a_client(name) as client:
        assert asked(client, url).content == content
        assert asked(client, url).content == b"ok"
        assert service.lines == 1  # the line was kept


def test_an_answer_without_a_length_ends_with_the_line() -> None:
    with telling(HEAD + b"\r\nall of it", CLOSE, OK) as (url, _service), a_client() as client:
        assert asked(client, url).content == b"all of it"
        assert asked(client, url).content == b"ok"


def test_a_body_may_come_in_pieces_of_any_size() -> None:
    whole = b"4\r\nWiki\r\n7\r\npedia i\r\nB\r\nn \r\nchunks.\r\n0\r\n\r\nnext"
    for size in (1, 2, 3, 7, 100):
        pieces = iter([whole[at : at + size] for at in range(0, len(whole), size)])
        content, rest = chunked(b"", lambda most, pieces=pieces: next(pieces, b""))  # type: ignore[misc]
        assert content == b"Wikipedia in \r\nchunks."
        assert b"next".startswith(rest)
    with pytest.raises(Broken):
        chunked(b"4\r\nWi", lambda most: b"")
    with pytest.raises(Unspoken):
        chunked(b"xyz\r\n", lambda most: b"")


@pytest.mark.parametrize("name", ["lean", "geventhttpclient"])
@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((HEAD + b"Content-Length: 99\r\n\r\nshort", CLOSE), "the line broke"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nsho", CLOSE), "the line broke"),
        ((HEAD, CLOSE), "the line broke"),
        ((HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", CLOSE), "the line broke"),
    ],
)
def test_an_answer_that_is_cut_short_is_none(name: str, answers: tuple[bytes, ...], reason: str) -> None:
    with telling(*answers) as (url, _service), a_client(name) as client, pytest.raises(NoAnswer, match=reason):
        asked(client, url)


def test_an_answer_that_is_longer_than_it_says_does_not_spoil_the_next() -> None:
    with telling(HEAD + b"Content-Length: 2\r\n\r\nok and more", CLOSE, OK) as (url, service), a_client() as client:
        assert [asked(client, url).content for _time in range(2)] == [b"ok", b"ok"]
        assert service.lines == 2


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", b"a=1")])
def test_a_line_that_was_idle_for_too_long_is_opened_again_as_a_browser_does(method: str, body: bytes | None) -> None:
    with telling(OK, CLOSE, OK) as (url, service), a_client() as client:
        assert asked(client, url).content == b"ok"
        assert asked(client, url, method, body).content == b"ok"
        assert service.lines == 2
        assert len(service.asked) == 2


def test_what_a_new_line_breaks_on_is_not_sent_twice() -> None:
    with telling(HEAD, CLOSE, OK) as (url, service), a_client() as client:
        with pytest.raises(NoAnswer):
            asked(client, url, "POST", b"a=1")
        assert len(service.asked) == 1


@pytest.mark.parametrize("name", ["lean", "geventhttpclient"])
def test_patience_ends_and_is_whole_again_for_the_next(name: str) -> None:
    with telling(OK, b"wait", OK) as (url, _service), a_client(name, 0.3) as client:
        assert asked(client, url).content == b"ok"
        with pytest.raises(NoAnswer) as silence:
            asked(client, url)
        assert silence.value.too_long
        assert asked(client, url).content == b"ok"


def test_nobody_listens() -> None:
    with a_client() as client, pytest.raises(NoAnswer, match="nobody listens there") as silence:
        asked(client, "http://127.0.0.1:1/")
    assert not silence.value.reached


def test_a_gigabyte_is_not_read() -> None:
    with (
        telling(HEAD + b"Content-Length: 1073741824\r\n\r\nbegins", CLOSE) as (url, _service),
        a_client() as client,
        pytest.raises(NoAnswer, match="more came than anybody would read"),
    ):
        asked(client, url)


def test_what_the_lean_client_does_not_speak_another_may() -> None:
    odd = HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok"
    with telling(odd, CLOSE, OK, CLOSE, OK) as (url, service), a_client() as client:
        assert asked(client, url).content == b"ok"  # asked again, by the other
        assert asked(client, url, "POST", b"x").content == b"ok"
        assert service.lines == 3


# -- cookies

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def date(**more: float) -> str:
    return format_datetime(NOW + timedelta(**more), usegmt=True)


@pytest.mark.parametrize(
    ("told", "goes", "stays"),
    [
        ("a=1", ["/x/y", "/x/", "/x/deep/er"], ["/", "/xy", "/X/y"]),
        ("a=1; Path=/", ["/", "/any"], []),
        ("a=1; path=/x/p", ["/x/p", "/x/p/", "/x/p/q"], ["/x/pq", "/x"]),
        ("a=1; Path=nonsense", ["/x/y"], ["/"]),
        (f"a=1; Path=/; Expires={date(hours=1)}", ["/"], []),
        (f"a=1; Path=/; Expires={date(hours=-1)}", [], ["/"]),
        (f"a=1; Path=/; Max-Age=60; Expires={date(hours=-1)}", ["/"], []),
        (f"a=1; Path=/; Max-Age=0; Expires={date(hours=1)}", [], ["/"]),
        ("a=1; Path=/; Domain=other.test", [], ["/"]),
        ("a=1; Path=/; Secure", [], ["/"]),
        ("__Host-a=1; Path=/", [], ["/"]),
        ("; Path=/", [], ["/"]),
    ],
)
def test_a_cookie_goes_where_it_is_meant_to(told: str, goes: list[str], stays: list[str]) -> None:
    cookies = Cookies(NOW.timestamp)
    cookies.take(told.encode(), "a.test", "/x/y", secure=False)
    assert all(b"a=1" in cookies.line("a.test", path, secure=False) for path in goes)
    assert not any(cookies.line("a.test", path, secure=False) for path in stays)
    assert not cookies.line("b.test", "/x/y", secure=False)
    cookies.clear()
    assert not any(cookies.line("a.test", path, secure=False) for path in goes)


def test_a_cookie_that_expires_meanwhile_is_not_sent_any_more() -> None:
    now = [NOW.timestamp()]
    cookies = Cookies(lambda: now[0])
    cookies.take(b"a=1; Path=/; Max-Age=60", "a.test", "/", secure=False)
    cookies.take(b"b=2; Path=/", "a.test", "/", secure=False)
    assert cookies.line("a.test", "/", secure=False) == b"Cookie: a=1; b=2\r\n"
    now[0] += 61
    assert cookies.line("a.test", "/", secure=False) == b"Cookie: b=2\r\n"


def test_cookies_of_a_domain_go_to_its_hosts_and_the_more_exact_first() -> None:
    cookies = Cookies(NOW.timestamp)
    for told in (
        b"wide=1; Domain=a.test; Path=/",
        b"own=2; Path=/",
        b"deep=3; Path=/x",
        b"wide=4; Domain=a.test; Path=/",
    ):
        cookies.take(told, "www.a.test", "/", secure=False)
    assert cookies.line("www.a.test", "/x", secure=False) == b"Cookie: deep=3; wide=4; own=2\r\n"
    assert cookies.line("api.a.test", "/x", secure=False) == b"Cookie: wide=4\r\n"
    assert cookies.line("xa.test", "/x", secure=False) == b""


# -- TLS


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")
@pytest.mark.parametrize("name", ["lean", "geventhttpclient"])
def test_a_certificate_that_nobody_vouches_for_is_taken_on_this_machine_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        service = Service(HEAD + b"Content-Length: 90000\r\n\r\n" + b"x" * 90000, OK, OK)
        listener = context.wrap_socket(plain, server_side=True)
        threading.Thread(target=service.serve, args=(listener,), daemon=True).start()
        url = f"https://127.0.0.1:{plain.getsockname()[1] if plain.fileno() > 0 else listener.getsockname()[1]}"
        with a_client(name) as client:
            assert len(asked(client, url).content) == 90000
            assert asked(client, url, "POST", b"a=1").content == b"ok"
            assert service.lines == 1
        monkeypatch.setattr("loadtests.clients._shared._is_here", lambda host: False)
        with a_client(name) as client, pytest.raises(NoAnswer, match="certificate is not valid"):
            asked(client, url)
        listener.close()
