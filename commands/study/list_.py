"""The command that lists the studies there are."""

from __future__ import annotations

from commands._options import Json
from commands._terminal import one_document
from studies.words import _
from studies.workspace import workspace


def list_(json: Json = False) -> None:
    """List the studies: those that came with the lab, your own, and those that were run or observed here."""
    from studies import archive
    from studies.planning.designing import files
    from studies.planning.freezing import all_frozen
    from studies.planning.study import shipped

    space = workspace()
    started = {one.study: one for one in all_frozen(space)}
    observed = archive.studies_in(space)
    rows = []
    with one_document(json) as show:
        for name in sorted({*files(space), *started, *observed}):
            protocol = started.get(name)
            rows.append(
                {
                    "study": name,
                    "shipped": name in shipped(),
                    "sessions": len(archive.read(name, space).sessions) if name in observed else 0,
                    "frozen": protocol.at if protocol else None,
                    "protocol": protocol.hash if protocol else None,
                    "amendments": len(protocol.changes) if protocol else 0,
                }
            )
        lines = [
            _("{study}: {n} sessions, {state}").format(
                study=row["study"],
                n=row["sessions"],
                state=_("protocol {hash}").format(hash=str(row["protocol"])[:12])
                if row["protocol"]
                else _("not started"),
            )
            for row in rows
        ]
        show({"studies": rows}, "\n".join(lines))
