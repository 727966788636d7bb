"""An agency elsewhere that agrees to a load, as the lab sees it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from loadtests.permits.allowed import LIST, project_of
from loadtests.permits.permission import Ground, Target, permitted
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
