"""The command that shows where a running study stands."""

from __future__ import annotations

from commands._options import Json
from commands._terminal import one_document
from commands.study._protocol import StudyName, file_of, read_whole
from studies.titles import service_name
from studies.words import _
from studies.workspace import workspace


def board(study: StudyName, json: Json = False) -> None:
    """Show a running study: done of planned, cell by cell, robots and people apart; dropouts, quotas, stopping."""
    from commands.study._workbench import stops
    from studies.planning.board import board as standing

    space = workspace()
    with one_document(json) as show:
        whole, _journeys = read_whole(file_of(study, space), space)
        found, rule = standing(whole, space), stops(whole, space)
        lines = [
            _("{study}: {robots} sessions of robots and {people} of people, {planned} planned.").format(
                study=found.study, robots=found.robots, people=found.people, planned=found.planned
            ),
            *([found.running] if found.running else []),
            *([found.trouble] if found.trouble else []),
            *(
                _("{task}, {condition}, {language}: robots {robots} of {planned}, people {people}").format(
                    task=service_name(one.task), condition=one.condition, language=one.language, robots=one.robots,
                    people=one.people, planned=one.planned,
                )
                for one in found.cells
            ),
            *(_("quota {name}: {held} of {most}").format(name=name, held=held, most=most)
              for name, (held, most) in found.quotas.items()),
            rule["said"],
        ]  # fmt: skip
        show({**found.json(), "stopping": rule}, "\n".join(lines))
