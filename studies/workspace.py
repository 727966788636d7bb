"""Where everything that is observed or made is kept: one folder on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one lab: logs, store, pictures, reports. Made on first use."""

    root: Path

    def _made(self, name: str) -> Path:
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def log(self) -> Path:
        """Sealed sessions, as a Parquet data set partitioned by study."""
        return self._made("log")

    @property
    def pictures(self) -> Path:
        """Screenshots, one folder a session."""
        return self._made("pictures")

    @property
    def checks(self) -> Path:
        """What was found on pages besides waits and questions, one file a session."""
        return self._made("checks")

    @property
    def reports(self) -> Path:
        """Reports, one file a study and language."""
        return self._made("reports")

    @property
    def runs(self) -> Path:
        """What long jobs write while they run: progress, load snapshots."""
        return self._made("runs")

    @property
    def database_url(self) -> str:
        """The transactional store: SQLite here unless KHUTWA_DATABASE names another."""
        self.root.mkdir(parents=True, exist_ok=True)
        return os.environ.get("KHUTWA_DATABASE") or f"sqlite:///{self.root / 'store.sqlite'}"


def workspace() -> Workspace:
    """The workspace in force: KHUTWA_WORKSPACE, else `workspace/` in the checkout."""
    return Workspace(Path(os.environ.get("KHUTWA_WORKSPACE") or CHECKOUT / "workspace").resolve())


def is_public() -> bool:
    """Whether participants reach their pages under a name of their own, served by ./lab intake."""
    return bool(os.environ.get("KHUTWA_PUBLIC_URL"))


def public_address(port: int) -> str:
    """Where participants find their pages: KHUTWA_PUBLIC_URL, where a server has a name, else this machine."""
    return (os.environ.get("KHUTWA_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
