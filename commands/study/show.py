"""The command that shows where a study stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, file_of, read_whole
from studies.words import _
from studies.workspace import workspace


def show(
    study: StudyName,
    participant: Annotated[str | None, typer.Option(help="Only what this participant meets, in order.")] = None,
    json: Json = False,
) -> None:
    """Show a study's protocol, who meets what in which order, what is still to be done, and every amendment."""
    from commands.study._stopping import stopping
    from studies.planning.assignment import schedule
    from studies.planning.board import done_of
    from studies.planning.freezing import frozen

    space = workspace()
    with one_document(json) as tell:
        whole, _journeys = read_whole(file_of(study, space), space)
        protocol = frozen(whole.study, space)
        turns = [one for one in schedule(whole) if participant in (None, one.participant)]
        there = {one.session for one in done_of(whole.study, turns, space)}
        found: dict[str, Any] = {
            "study": whole.study,
            "frozen": protocol.at if protocol else None,
            "protocol": protocol.hash if protocol else None,
            "changes": [dict(one) for one in protocol.changes] if protocol else [],
            "design": "within" if whole.within else "between",
            "participants": whole.languages,
            "stopping": stopping(whole, space),
            "sessions": [
                {
                    "session": one.session, "participant": one.participant, "place": one.place, "task": one.task,
                    "condition": one.condition, "language": one.language, "done": one.session in there,
                }
                for one in turns
            ],
        }  # fmt: skip
        lines = [
            _("{study}: {done} of {of} sessions are there.").format(study=whole.study, done=len(there), of=len(turns)),
            found["stopping"]["said"],
        ]
        lines += [
            _("{at} {who}: {why} ({what})").format(
                at=one["at"][:16], who=one["who"], why=one["why"], what=", ".join(c["what"] for c in one["changed"])
            )
            for one in found["changes"]
        ]
        lines += [f"{one['place']:>3}  {one['participant']}  {one['task']}  {one['condition']}"
                  for one in found["sessions"] if participant]  # fmt: skip
        tell(found, "\n".join(lines))
