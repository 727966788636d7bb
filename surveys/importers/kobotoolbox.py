"""KoboToolbox and ODK: a form's questions by name, behind the names of their groups, beside columns of the tool's."""

from __future__ import annotations

from typing import Final

from studies.words import N_
from surveys.cells import plain
from surveys.sheet import Role, Sheet, columns_of
from surveys.tables import Table

TITLE: Final = N_("KoboToolbox or ODK submissions")
_OWN: Final = frozenset(
    ["_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "_status", "__version__", "_index"]
    + ["submissiondate", "key", "meta-instanceid", "meta/instanceid", "instanceid", "formversion", "reviewstate"]
)


def recognises(table: Table) -> bool:
    """At least two of the tool's own columns are there."""
    return len(_OWN & {plain(name) for name in table.header}) >= 2


def read(table: Table) -> Sheet:
    """The questions by the last part of their names: `service/sus_1` is `sus_1`."""
    ids = [
        name for name in ("_uuid", "key", "_id", "meta-instanceid", "instanceid") if name in map(plain, table.header)
    ]

    def known(name: str) -> Role | None:
        bare = plain(name)
        if bare in _OWN | {
            "formversion",
            "reviewstate",
            "deviceid",
            "submitterid",
            "submittername",
            "attachmentspresent",
        }:
            if ids and bare == ids[0]:
                return "id"
            return "time" if bare in ("_submission_time", "submissiondate") else "system"
        return "system" if bare in ("start", "end", "today") else None

    names = [name.rsplit("/", 1)[-1] if " " not in name else name for name in table.header]
    return Sheet("kobotoolbox", columns_of(names, known=known), table.lines[1:])
