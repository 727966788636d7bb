"""The last load that passed, of each study, journey and way of coming: what a later one is compared with.

A good run is kept whole or not at all, in the workspace beside the study's log; runs that were asked for otherwise
(another shape, more citizens) are no measure of one another and are kept apart.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from loadtests.verdicts.evidence import Evidence
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What tells one load from another: its study, journey and variant, the shape, and how many came."""

    study: str
    journey: str  # of a mix all, with their weights
    variant: str | None
    shape: str  # with its levels, or the day that it plays again
    amount: str  # `20 citizens`, `20/s`, and how they think


@dataclass(frozen=True, slots=True)
class GoodRun:
    """A load that passed: which, when, and what it had to say."""

    run: str
    when: str
    evidence: Evidence


def last_good(asked: Asked, space: Workspace) -> GoodRun | None:
    """The last one of its kind that passed; None when none did yet, or what is kept cannot be read any more."""
    try:
        kept: dict[str, Any] = orjson.loads(_file(asked, space).read_bytes())
        return GoodRun(kept["run"], kept["when"], Evidence.of(kept["evidence"]))
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


def keep(asked: Asked, run: str, when: datetime, evidence: Evidence, space: Workspace) -> Path:
    """Keep a load that passed, in the place of the one before; where it is kept."""
    path = _file(asked, space)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole: Mapping[str, Any] = {
        "study": asked.study,
        "journey": asked.journey,
        "variant": asked.variant,
        "shape": asked.shape,
        "amount": asked.amount,
        "run": run,
        "when": when.isoformat(),
        "evidence": evidence.json(),
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(orjson.dumps(whole))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return path


def _file(asked: Asked, space: Workspace) -> Path:
    told = orjson.dumps([asked.study, asked.journey, asked.variant, asked.shape, asked.amount])
    # The name is for people, the digest keeps apart what a file's name cannot.
    plain = re.sub(r"[^\w-]+", "_", f"{asked.journey}-{asked.variant or 'any'}-{asked.shape}")[:80]
    folder = re.sub(r"[^\w-]+", "_", asked.study)[:80]
    return space.root / "good_runs" / folder / f"{plain}-{hashlib.sha256(told).hexdigest()[:12]}.json"
