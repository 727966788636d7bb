"""The command that says who sees to a finding, and how far that is."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._agreeing import Since, day, opened
from commands._options import Json
from commands._terminal import one_document
from studies.workspace import Workspace, workspace


def finding(
    key: Annotated[str, typer.Argument(metavar="FINDING", help="As ./lab findings names it.")],
    state: Annotated[
        str | None, typer.Option(help="open, agreed, under way, remedied or refused; remedied from --since on.")
    ] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Who sees to it.")] = None,
    note: Annotated[str | None, typer.Option(help="Why, in a sentence.")] = None,
    since: Since = None,
    json: Json = False,
) -> None:
    """Everything that was decided about a finding; with a state, an owner or a note, that is kept first."""
    from analysis.leaders.agreed import decide, decision_history, decisions
    from studies.house.people import acting
    from studies.troubles import WrongInput
    from studies.words import _

    space = workspace()
    with one_document(json) as show, opened(space) as store:
        if any(one is not None for one in (state, owner, note, since)):
            if key not in decisions(store) and key not in _found(space):
                text = _("There is no finding {key} in any study. ./lab findings STUDY names them.")
                raise WrongInput(text.format(key=key))
            decide(store, key, acting(), state, owner, day(since), note)
        said = decision_history(store, key)
        line = _("{at:%Y-%m-%d %H:%M} {who}: {state} since {since}; owner: {owner}. {note}")
        lines = [line.format(at=d.at, who=d.who, state=_(d.state), since=d.since, owner=d.owner or "–", note=d.note)
                 for d in said]  # fmt: skip
        show({"finding": key, "decisions": [d.json() for d in said]},
             "\n".join(lines) or _("Nothing was decided about it yet: it is open."))  # fmt: skip


def _found(space: Workspace) -> set[str]:
    """The findings that there are in the studies of the workspace."""
    from analysis.found import findings_in
    from analysis.measures_kept import measured
    from studies import archive

    found = set()
    for study in archive.studies_in(space):
        kept = measured(study, space)
        found |= {one.key for one in findings_in(kept.sessions, kept.caught)}
    return found
