"""A PostgreSQL of one's own in a folder, for trying the store on it: begun, and gone again without a trace.

PostgreSQL refuses to run as root, so there it runs as whoever `postgres` is. It listens on a socket in its folder and
on no network; fsync is on, as it ships.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from studies.troubles import Failed
from studies.words import _

WITHIN: Final = 60  # seconds to begin and to end


def program(name: str) -> str | None:
    """One of PostgreSQL's programs: on the path, or where Debian puts the newest."""
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parent.parent.name or 0))
    return str(there[-1]) if there else shutil.which(name)


def why_not() -> str | None:
    """Why no PostgreSQL can be started here; None when it can."""
    if program("initdb") is None or program("pg_ctl") is None:
        return "PostgreSQL's initdb and pg_ctl are not on this machine (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL does not run as root, and setpriv is not on this machine"
    return None


@contextmanager
def postgresql() -> Iterator[str]:
    """A server for the length of a `with`; gives the address of its database `postgres`."""
    if reason := why_not():
        raise Failed(reason)
    home = Path(tempfile.mkdtemp(prefix="khutwa-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        data = home / "data"
        _as_postgres("initdb", "-D", str(data), "-U", "lab", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c max_connections=60"
        _as_postgres(
            "pg_ctl", "-D", str(data), "-l", str(home / "log"), "-w", "-t", str(WITHIN), "-o", options, "start"
        )
        try:
            yield f"postgresql+psycopg://lab@/postgres?host={quote(str(home), safe='')}"
        finally:
            _as_postgres("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "-t", str(WITHIN), "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _as_postgres(name: str, *words: str) -> None:
    whose = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    # Not pipes: the server inherits them, and reading one to its end would wait for the server's own.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [*whose, program(name) or name, *words], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            timeout=2 * WITHIN, cwd=tempfile.gettempdir(),
        )  # fmt: skip
        if done.returncode:
            said.seek(0)
            raise Failed(
                _("PostgreSQL's {name} ended with {code}: {said}").format(
                    name=name, code=done.returncode, said=said.read()[-800:].decode("utf-8", "replace")
                )
            )
