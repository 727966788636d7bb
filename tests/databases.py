"""The databases that the store is tried on: SQLite in a folder, and a real PostgreSQL, installed and started here.

Without PostgreSQL its tests are skipped and say why; in continuous integration (KHUTWA_CI or CI is set) they fail, and
with KHUTWA_SERVICES=install, or there, it is installed first where that is possible.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sql

from studies.store import postgresql

IN_CI = bool(os.environ.get("KHUTWA_CI") or os.environ.get("CI"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own."""
    if postgresql.why_not() and (IN_CI or os.environ.get("KHUTWA_SERVICES") == "install"):
        install()
    if reason := postgresql.why_not():
        if IN_CI:
            pytest.fail(f"{reason}; continuous integration must install it")
        pytest.skip(reason)
    with postgresql.postgresql() as address:
        yield address


def install() -> None:
    """PostgreSQL from Debian's packages, where there is apt-get and one may; its own cluster is not wanted."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "postgresql"]):
        subprocess.run(["apt-get", "-qq", *words], env=quiet, check=False, capture_output=True, timeout=600)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    address = request.getfixturevalue("postgresql_server")
    name = f"store_{uuid.uuid4().hex[:12]}"
    engine = sql.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as line:
        line.execute(sql.text(f"CREATE DATABASE {name}"))
    yield address.replace("/postgres?", f"/{name}?")
    with engine.connect() as line:
        line.execute(sql.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
