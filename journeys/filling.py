"""What a step's texts, choices, lists and documents come to for one citizen in one language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from journeys.holes import fill, look_up, nobody_fills
from journeys.journey import Journey, Text
from studies.troubles import WrongInput
from studies.words import _, pick


def text_for(text: Text, language: str, data: Mapping[str, Any]) -> str:
    """A text in the citizen's language, its holes filled."""
    return fill(pick(text, language), data, language)


def choice_for(choice: bool | list[Text] | Text, language: str, data: Mapping[str, Any]) -> str | list[str] | bool:
    """What is chosen: words, several words, or whether a box is ticked."""
    if isinstance(choice, bool):
        return choice
    if isinstance(choice, list):
        return [text_for(one, language, data) for one in choice]
    text = text_for(choice, language, data)
    return {"true": True, "false": False}.get(text, text)


def each_of(name: str, data: Mapping[str, Any]) -> list[Any]:
    """The list that a loop goes over. Raises WrongInput when there is none."""
    try:
        found = look_up(name, data)
    except KeyError:
        raise WrongInput(nobody_fills(name, data)) from None
    if not isinstance(found, list | tuple):
        raise WrongInput(_("“for each: {name}” needs a list, and it is one thing.").format(name=name))
    return list(found)


def document(journey: Journey, file: str) -> Path:
    """The document that an upload names, beside the journey. Raises WrongInput when it is not there."""
    path = (journey.folder or Path()) / file
    if not path.is_file():
        raise WrongInput(
            _("{journey} uploads {file}, and there is no such file beside it.").format(
                journey=journey.journey, file=file
            )
        )
    return path
