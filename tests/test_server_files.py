"""What a server is set up with: nothing open that need not be, no secret in a file, every command one that there is."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from databases import postgresql_server, url

from commands._listing import every_command
from journeys.players.browser_start import _options
from studies.house import sign_in
from studies.store import Store
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.untimed

__all__ = ["postgresql_server", "url"]

SERVER = CHECKOUT / "docs" / "server"
COMPOSE: dict[str, Any] = yaml.safe_load((SERVER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "khutwa"}
CONTAINERFILE = (SERVER / "Containerfile").read_text(encoding="utf-8")


def command_of(service: dict[str, Any]) -> str:
    """The lab's command that a service runs."""
    words = service["command"]
    return str((words.split() if isinstance(words, str) else words)[0])


def test_all_that_a_server_needs_is_there() -> None:
    assert set(SERVICES) >= {"workbench", "intake", "database", "grid", "load", "worker", "proxy"}
    assert {command_of(service) for service in OURS.values()} <= set(every_command())


def test_only_the_proxy_has_a_port_and_on_this_machine_alone_unless_told() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert all(port.startswith("${LISTEN:-127.0.0.1}:") for port in SERVICES["proxy"]["ports"])
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert SERVICES["database"]["networks"] == ["back"]


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_rights_that_they_do_not_need(name: str) -> None:
    service = OURS[name]
    assert service["user"].split(":")[0] not in ("0", "root")
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_whatever_stays_up_is_looked_after() -> None:
    assert [n for n, s in SERVICES.items() if "healthcheck" not in s and "profiles" not in s] == []
    for service in SERVICES.values():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(SERVICES)
        for other in waits if isinstance(waits, dict) else ():
            assert "healthcheck" in SERVICES[other]


def test_no_secret_stands_in_a_file() -> None:
    named = re.compile(r"(?i)password|secret|token")
    for name, service in SERVICES.items():
        told = {k: v for k, v in service.get("environment", {}).items() if named.search(k)}
        assert all(str(value).startswith("/run/secrets/") for value in told.values()), name
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert not re.search(r"://[^/\s]+:[^@/\s]+@", (SERVER / "compose.yaml").read_text() + CONTAINERFILE)
    assert not re.search(r"(?m)^(COPY|ADD) \.? ?\.", CONTAINERFILE.replace("COPY .streamlit/config.toml", ""))


def test_every_volume_and_network_is_declared() -> None:
    for service in SERVICES.values():
        named = [v.split(":")[0] for v in service.get("volumes", []) if not v.startswith((".", "/", "$"))]
        assert set(named) <= set(COMPOSE["volumes"])
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])


def test_the_image_holds_everything_that_runs_and_nothing_else() -> None:
    copied = {word for line in re.findall(r"(?m)^COPY (?:--\S+ )?(.+) \S+$", CONTAINERFILE) for word in line.split()}
    assert [one for one in copied if not (CHECKOUT / one).exists()] == []
    rooms = {p.parent.name for p in CHECKOUT.glob("*/__init__.py")} - {"tests"}
    entrances = {p.name for p in CHECKOUT.glob("*.py")}
    assert rooms | entrances <= copied
    assert re.search(r"(?m)^USER khutwa$", CONTAINERFILE)
    assert not copied & {"tests", "workspace", ".git", ".streamlit", ".streamlit/secrets.toml"}


def test_a_browser_starts_in_the_container_where_its_own_sandbox_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 10001)

    def words() -> list[str]:
        return list(_options("chromium", Path("profile"), "en", headless=True).arguments)

    monkeypatch.delenv("KHUTWA_CONTAINER", raising=False)
    assert "--no-sandbox" not in words()
    told = re.search(r"(?m)^\s+KHUTWA_CONTAINER=(\w+)", CONTAINERFILE)
    assert told
    monkeypatch.setenv("KHUTWA_CONTAINER", told[1])
    assert "--no-sandbox" in words()


def test_the_example_of_the_docs_is_one_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (CHECKOUT / "docs" / "server.md").read_text(encoding="utf-8")
    secrets, roles = re.findall(r"```(?:toml|yaml)\n(.*?)```", text, re.S)
    monkeypatch.setenv("KHUTWA_SECRETS", str(tmp_path / "secrets.toml"))
    (tmp_path / "secrets.toml").write_text(secrets.replace("openssl rand -hex 32", "0" * 64))
    (tmp_path / "roles.yaml").write_text(roles)
    assert sign_in.ready(Workspace(tmp_path))
    assert [c for c in re.findall(r"\./lab ([a-z][a-z-]*)", text) if c not in {*every_command()}] == []


@pytest.mark.parametrize("unit", ["khutwa-workbench.service", "khutwa-intake.service"])
def test_a_unit_runs_a_command_that_there_is_and_not_as_root(unit: str) -> None:
    text = (SERVER / unit).read_text(encoding="utf-8")
    told = re.search(r"(?m)^ExecStart=\S+ cli\.py (\S+)", text)
    assert told and told[1] in every_command()
    assert "User=khutwa" in text


# --- for real ---------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answers(port: int, server: subprocess.Popen[Any]) -> None:
    """Wait until somebody listens on a port."""
    turn = threading.Event()
    while True:
        assert server.poll() is None, "it ended by itself"
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        turn.wait(0.05)


@pytest.fixture
def intake(url: str, tmp_path: Path) -> Iterator[int]:
    """The participants' pages as the container starts them, on each database."""
    port = free_port()
    (tmp_path / "password").write_text("not asked for here\n")
    told = {**os.environ, "KHUTWA_PYTHON": sys.executable, "KHUTWA_DATABASE": url, "FORWARDED_ALLOW_IPS": "*"}
    told |= {"KHUTWA_WORKSPACE": str(tmp_path / "workspace"), "KHUTWA_PASSWORD_FILE": str(tmp_path / "password")}
    server = subprocess.Popen(
        [str(SERVER / "entry.sh"), "intake", "--on", "127.0.0.1", "--port", str(port)],
        cwd=CHECKOUT, env=told, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr
    try:
        assert f"port {port}" in server.stderr.readline()
        answers(port, server)
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.mark.slow
def test_participants_reach_their_pages_through_the_proxy(intake: int, url: str, tmp_path: Path) -> None:
    for program in ("nginx", "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine (Debian: apt-get install {program})")
    port = free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (SERVER / "nginx.conf.template").read_text(encoding="utf-8")
    names = {"WORKBENCH_HOST": "khutwa.localhost", "SURVEY_HOST": "localhost", "TLS": str(tmp_path)}
    for name, value in {**names, "WORKBENCH": "127.0.0.1:9", "INTAKE": f"127.0.0.1:{intake}"}.items():
        text = text.replace(f"${{{name}}}", value)
    (tmp_path / "site.conf").write_text(text.replace("listen 8443", f"listen 127.0.0.1:{port}"))
    temporary = " ".join(
        f"{kind}_temp_path {tmp_path};" for kind in ("fastcgi", "uwsgi", "scgi", "proxy", "client_body")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ {temporary} include site.conf; }}\n"
    )
    words = ["nginx", "-p", str(tmp_path), "-c", "nginx.conf", "-e", "stderr"]
    tried = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    proxy = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        store = Store(url)
        token = store.add_invitation("small", ["sus"]).token
        store.close()
        trusted = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
        trusted.check_hostname = False
        answers(port, proxy)
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/s/{token}", context=trusted, timeout=10) as answer:
            assert "<form" in answer.read().decode()
    finally:
        proxy.terminate()
        proxy.wait(timeout=20)
