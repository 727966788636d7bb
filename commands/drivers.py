"""The command that says what drives satisfaction in a study, and what a redesign would be expected to change."""

from __future__ import annotations

from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document
from studies.words import _, language
from studies.workspace import workspace


def drivers(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study whose participants were asked.")],
    instrument: Annotated[
        str | None, typer.Option(help="Which of their answers is satisfaction; default: most answered.")
    ] = None,
    assigned: Annotated[bool, typer.Option("--assigned", help="The study gave out its conditions by chance.")] = False,
    without_wait: Annotated[
        list[str] | None, typer.Option(metavar="STEP", help="What if the silence at this step went.")
    ] = None,
    without_question: Annotated[
        list[str] | None, typer.Option(metavar="DATUM", help="What if this was not asked for again.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    json: Json = False,
) -> None:
    """What one more repeat question, ten seconds of silence, one more step go along with; people's ratings only."""
    from analysis import answers_kept
    from analysis.drivers.effects import drivers as drivers_of
    from analysis.drivers.told import told
    from analysis.drivers.visits import rated_visits, removed
    from analysis.drivers.what_if import what_if
    from analysis.measure import measure
    from studies import archive
    from studies.store import Store
    from surveys.answers import by_session
    from surveys.instruments import instrument as instrument_named

    space = workspace()
    with one_document(json) as show:
        log = archive.read(study, space)
        measured = measure(log)
        store = Store(space.database_url)
        try:
            asked = instrument or answers_kept.answered(study, store, space).most_answered()
            scores = by_session(store, study, asked, space) if asked else {}
            title = instrument_named(asked, space).said_in(language()).title if asked else None
        finally:
            store.close()
        visits = rated_visits(log, measured, scores)
        found = drivers_of(visits, assigned=assigned, seed=seed)
        expected = None
        if without_wait or without_question:
            less = removed(measured, visits, without_wait or (), without_question or ())
            expected = what_if(found, visits, {name: amounts.tolist() for name, amounts in less.items()})
        document = {"study": study, "instrument": asked, **found.json()}
        head = [_("Satisfaction by {instrument}.").format(instrument=title)] if title else []
        lines = "\n".join([*head, told(found, expected)])
        show(document | {"what_if": expected.json() if expected else None}, lines)
