"""The command that sits a participant down before a study's tasks."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer

from commands._options import BaseUrl, Json
from commands._terminal import one_document, progress, say
from commands.study._protocol import StudyName, file_of
from studies.troubles import Failed
from studies.words import _
from studies.workspace import workspace

Participant = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which participant, by pseudonym or number; default: the next.")
]
Language = Annotated[str | None, typer.Option("--lang", help="The participant's language; default: the study's first.")]


def seat(
    study: StudyName,
    participant: Participant = None,
    lang: Language = None,
    task: Annotated[str | None, typer.Option(metavar="TASK", help="This task alone.")] = None,
    base_url: BaseUrl = None,
    headless: Annotated[bool, typer.Option("--headless", help="Show no window: for trying it out.")] = False,
    json: Json = False,
) -> None:
    """Sit a participant down: consent, the tasks in their order beside the site as it is, questions after each."""
    import conduct
    import intake
    from commands import _participants as taking
    from commands._took_part import tasks_told, told
    from journeys.journey import Journey
    from journeys.players.browser_seat import has_screen
    from journeys.practice.serve import listens
    from studies.store import Store
    from studies.store.assignments import SEAT, itinerary
    from surveys.itinerary import whereabouts

    space = workspace()
    with one_document(json) as show, progress(_("The seat")) as watch, ExitStack() as stack:
        protocol = taking.started(file_of(study, space), space, datetime.now(UTC))
        name = None if task is None else taking.task_of(protocol, task)
        store = Store(space.database_url)
        stack.callback(store.close)
        who = taking.chosen(protocol, store, participant, lang)
        opened: dict[str, str] = {}

        def where(journey: Journey, condition: str) -> str:
            place = journey.variants[condition].base_url if condition in journey.variants else None
            wanted = base_url or place or journey.base_url or ""
            if wanted not in opened:
                opened[wanted] = stack.enter_context(conduct.standing(journey, condition, base_url)) or wanted
            return opened[wanted]

        if not headless and not has_screen():
            raise Failed(
                _("There is no screen to show a browser on. Sit down at one; --headless is for trying it out.")
            )
        those = taking.given_out(protocol, store, space, who, SEAT, where)
        for base in {str(one.told["base"]) for one in those if not one.over}:
            if not listens(base):
                raise Failed(
                    _("{base} does not answer. Start the service there, or name another with --base-url.").format(
                        base=base
                    )
                )
        only = next((one.token for one in those if one.told["task"] == name and not one.over), None)
        if name is not None and only is None:
            raise Failed(_("{who} has done {task} already.").format(who=those[0].participant, task=name))
        say(_("Participant {name}. Ctrl-C ends the sitting; what was heard is kept.").format(name=those[0].participant))
        from journeys.players.browser_seat_task import TaskSeat, take_part

        with intake.serving(space, a_second=0) as pages:

            def at() -> tuple[str, str, str]:
                place = whereabouts(store, itinerary(store, those[0].itinerary), space, only)
                return place.kind, place.path, place.token

            sitting = TaskSeat(pages, those[0].itinerary, at, not headless, who[0])
            take_part(sitting, store, space, watch)
            kind = at()[0]
        those = itinerary(store, those[0].itinerary)
        tasks = tasks_told([one for one in those if name in (None, one.told["task"])], protocol.study.study, space)
        lines = [*told(tasks)]
        if kind not in ("over", "turned_away"):
            lines.append(
                _("Not at the end yet. Go on: ./lab seat {study} --participant {name}").format(
                    study=study, name=those[0].participant
                )
            )
        show(
            {
                "study": protocol.study.study, "participant": those[0].participant, "language": who[0],
                "over": kind == "over", "turned_away": kind == "turned_away", "tasks": tasks,
            },
            "\n".join(lines),
        )  # fmt: skip
