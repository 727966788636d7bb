"""nginx as the fast local target, in a process of its own, on a core of its own: plain, with TLS, and packed (gzip)."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtests.bench.pages import FRESH, write
from studies.troubles import Failed
from studies.words import _

CONF: Final = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 8192; }}
http {{
  access_log off; types {{ text/html html; }} default_type text/html; sendfile on; tcp_nopush off; tcp_nodelay on;
  keepalive_requests 100000000; keepalive_timeout 600s; client_body_temp_path {folder}/body; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  sub_filter_once off; sub_filter "{fresh}" $request_id;
  ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
  server {{ listen 127.0.0.1:{plain} backlog=4096; include {folder}/pages.conf; }}
  server {{ listen 127.0.0.1:{tls} ssl backlog=4096; include {folder}/pages.conf; }}
  server {{ listen 127.0.0.1:{gzip} backlog=4096; gzip on; gzip_comp_level 1; gzip_min_length 1; gzip_proxied any;
            include {folder}/pages.conf; }}
}}
"""
PAGES: Final = """
root {folder}; charset utf-8;
location = /form {{ add_header Set-Cookie "visit=$request_id; Path=/; HttpOnly"; try_files /form.html =404; }}
location = /apply {{ return 303 /done; }}
location = /done {{ try_files /done.html =404; }}
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the same service is to be found."""

    plain: str
    tls: str
    gzip: str
    version: str


@contextmanager
def served(folder: Path, core: int | None) -> Iterator[Target]:
    """The service, for as long as it is needed. Raises Failed without nginx or openssl."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        raise Failed(_("This benchmark needs nginx and openssl on this machine: apt-get install nginx openssl"))
    write(folder)
    ports = _free(3)
    facts = {"folder": folder, "fresh": FRESH, "plain": ports[0], "tls": ports[1], "gzip": ports[2]}
    (folder / "nginx.conf").write_text(CONF.format(**facts), encoding="utf-8")
    (folder / "pages.conf").write_text(PAGES.format(**facts), encoding="utf-8")
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        [*certificate, "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )
    command = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    child = subprocess.Popen([*pinned(core), *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(child, ports)
        told = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=False).stderr
        plain, tls, gzip = ports
        yield Target(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", f"http://127.0.0.1:{gzip}", told.strip())
    finally:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(5)
        child.kill()


def pinned(core: int | None) -> list[str]:
    """What keeps a command on one core, where there is a way."""
    return ["taskset", "-c", str(core)] if core is not None and shutil.which("taskset") else []


def _free(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _one in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _wait(child: subprocess.Popen[bytes], ports: list[int]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and child.poll() is None:
        with suppress(OSError):
            for port in ports:
                socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    said = child.stderr.read().decode(errors="replace") if child.poll() is not None and child.stderr else ""
    raise Failed(_("nginx did not start: {why}").format(why=said.strip() or _("it does not answer")))
