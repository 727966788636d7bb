"""A protocol frozen when its study starts: what was planned cannot be bent afterwards to what was found.

Kept in the workspace with its SHA-256, which covers the study's file and what it names (journeys, questionnaires). A
later change is refused unless it is an amendment, which is written down: who, when, why, what, and both sums.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from studies.planning.study import Study
from studies.troubles import Failed, WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Frozen:
    """A protocol as it was frozen, or as it was last amended; `changes` from the first on."""

    study: str
    hash: str
    at: str  # when it was frozen, ISO
    file: str  # where it was read
    protocol: Mapping[str, Any]
    materials: Mapping[str, str]  # what the protocol names, and the SHA-256 of each
    changes: tuple[Mapping[str, Any], ...] = ()

    def json(self) -> dict[str, Any]:
        """The protocol as it is exchanged: everything but where on this machine its file lies."""
        told = asdict(self)
        del told["file"]
        return {**told, "changes": list(self.changes)}


def protocol_hash(study: Study, materials: Mapping[str, str]) -> str:
    """The SHA-256 of a protocol and of what it names; comments and layout of the file do not count."""
    return _sum({"protocol": _plain(study), "materials": dict(materials)})


def checked_hash(told: Mapping[str, Any]) -> bool:
    """Is a protocol, as it is exchanged, the one that its hash names?"""
    return bool(told["hash"] == _sum({"protocol": told["protocol"], "materials": told["materials"]}))


def frozen(study: str, space: Workspace) -> Frozen | None:
    """The frozen protocol of a study; None where it has not started. Raises Failed when its file was tampered with."""
    path = _place(study, space)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        found = Frozen(**{**told, "changes": tuple(told["changes"])})
        if not checked_hash(told):
            raise ValueError("hash")
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as cause:
        raise Failed(
            _("The frozen protocol of “{study}” in {path} is not what was frozen. Restore it from an evidence pack.")
            .format(study=study, path=path)
        ) from cause  # fmt: skip
    return found


def would_be(study: Study, materials: Mapping[str, str], file: Path) -> Frozen:
    """A protocol as it would be frozen now."""
    return Frozen(study.study, protocol_hash(study, materials), "", str(file.resolve()), _plain(study), dict(materials))


def freeze(study: Study, materials: Mapping[str, str], file: Path, space: Workspace, now: datetime) -> Frozen:
    """Freeze a protocol, or see that it is still the frozen one. Raises WrongInput naming what was changed since."""
    new = Frozen(
        study.study, protocol_hash(study, materials), now.isoformat(), str(file.resolve()),
        _plain(study), dict(materials),
    )  # fmt: skip
    old = frozen(study.study, space)
    if old is None:
        _keep(new, space)
        return new
    if old.hash != new.hash:
        what = in_a_row(dict.fromkeys(place for place, _was, _is in changed(old, new)))
        raise WrongInput(
            _("{file}: the protocol of “{study}” was frozen at {at} ({hash}) and was changed since: {what}. Put it "
              "back, or say why: ./lab study amend {path} --why …")
            .format(file=file.name, study=study.study, at=old.at[:16], hash=old.hash[:12], what=what, path=file)
        )  # fmt: skip
    return old


def amend(
    study: Study, materials: Mapping[str, str], file: Path, space: Workspace, *, who: str, why: str, now: datetime
) -> Frozen:
    """Take over a changed protocol and write the change down."""
    old = frozen(study.study, space)
    if old is None:
        raise WrongInput(
            _("“{study}” has not started: its protocol can be changed as it is.").format(study=study.study)
        )
    if not why.strip():
        raise WrongInput(_("An amendment needs a reason: --why …"))
    new = replace(
        old, hash=protocol_hash(study, materials), protocol=_plain(study), materials=dict(materials),
        file=str(file.resolve()),
    )  # fmt: skip
    if new.hash == old.hash:
        raise WrongInput(_("{file} is as it was frozen: there is nothing to amend.").format(file=file.name))
    change = {
        "at": now.isoformat(),
        "who": who,
        "why": why.strip(),
        "changed": [{"what": place, "was": was, "is": is_} for place, was, is_ in changed(old, new)],
        "was": old.hash,
        "hash": new.hash,
    }
    new = replace(new, changes=(*old.changes, change))
    _keep(new, space)
    return new


def changed(old: Frozen, new: Frozen) -> list[tuple[str, Any, Any]]:
    """What differs between two protocols: the place, what it was and what it is."""
    return [*_differs("", old.protocol, new.protocol), *_differs("", old.materials, new.materials)]


def all_frozen(space: Workspace) -> list[Frozen]:
    """Every protocol that was frozen here; without those that were tampered with, which `frozen` says of each."""
    found = []
    for path in sorted((space.root / "protocols").glob("*/protocol.json")):
        try:
            one = frozen(unquote(path.parent.name), space)
        except Failed:  # one bad file hides no other study
            continue
        found += [one] if one is not None else []
    return found


def folder_of(study: str, space: Workspace) -> Path:
    """Where a study's protocol is kept, and how far its robots are."""
    return space.root / "protocols" / quote(study, safe="").replace(".", "%2E")


def _place(study: str, space: Workspace) -> Path:
    return folder_of(study, space) / "protocol.json"


def _keep(one: Frozen, space: Workspace) -> None:
    path = _place(one.study, space)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8") as file:
        json.dump({**one.json(), "file": one.file}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _plain(study: Study) -> dict[str, Any]:
    told: dict[str, Any] = study.model_dump(mode="json", exclude_none=True)
    return told


def _differs(place: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differs(f"{place}.{key}".lstrip("."), old.get(key), new.get(key))
    elif old != new:
        yield place, old, new


def _sum(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
