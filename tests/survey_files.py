"""Survey files as other tools write them, made in a test: answers to the SUS by column."""

from __future__ import annotations

from pathlib import Path

SUS = [f"sus_{n}" for n in range(1, 11)]
HAPPY = ["5", "1"] * 5


def csv_of(folder: Path, *lines: str, name: str = "survey.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def header(*more: str) -> str:
    return ",".join([*more, *SUS])


def row(*more: str, answers: list[str] = HAPPY) -> str:
    return ",".join([*more, *answers])
