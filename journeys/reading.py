"""A journey's file, read: the journey, or every mistake in it with its line and what would do."""

from __future__ import annotations

from pathlib import Path

from journeys.journey import Journey
from journeys.lines import NotYaml, Problem, compose
from journeys.mistakes import mistakes_in
from studies.troubles import WrongInput
from studies.words import _, in_a_row

__all__ = ["Problem", "parse_journey", "problems", "read_journey"]


def read_journey(path: Path | str) -> Journey:
    """The journey in a file. Raises WrongInput naming every mistake: `line 14 of renew.yaml: …`."""
    path = Path(path)
    return parse_journey(text_of(path), path.name, path.parent)


def parse_journey(text: str, name: str = "the journey", folder: Path | None = None) -> Journey:
    """The journey that a text tells. Raises WrongInput as read_journey does."""
    found, journey = _read(text, folder)
    if journey is None:
        raise WrongInput("\n".join(told(problem, name) for problem in found))
    return journey


def problems(text: str, name: str = "the journey", folder: Path | None = None) -> list[Problem]:
    """Every mistake in a journey's text, in the order of its lines; none when it can be walked.

    `name` is what the messages call it; documents and personas are looked for where a `folder` is told.
    """
    return [Problem(p.line, told(p, name)) for p in _read(text, folder)[0]]


def told(problem: Problem, name: str) -> str:
    """A mistake as one message with its place."""
    if not problem.line:
        return f"{name} {problem.message}"
    return _("line {line} of {name}: {message}").format(line=problem.line, name=name, message=problem.message)


def text_of(path: Path) -> str:
    """The text of a journey's file. Raises WrongInput when there is none, or none that can be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise WrongInput(_("There is no file {path}.").format(path=path) + _beside(path)) from None
    except IsADirectoryError:
        raise WrongInput(_("{path} is a folder.").format(path=path) + _beside(path / "x")) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WrongInput(
            _("line {line} of {name} is not UTF-8 text. Save the file as UTF-8.").format(line=line, name=path.name)
        ) from None
    except OSError as error:
        raise WrongInput(_("{path} cannot be read: {why}.").format(path=path, why=error.strerror)) from None


def _beside(path: Path) -> str:
    journeys = sorted(p.name for p in path.parent.glob("*.y*ml"))[:12] if path.parent.is_dir() else []
    if not journeys:
        return " " + _("Name a journey (.yaml), such as journeys/library/traffic/renew_vehicle.yaml.")
    return " " + _("Journeys there: {names}.").format(names=in_a_row(journeys))


def _read(text: str, folder: Path | None) -> tuple[list[Problem], Journey | None]:
    try:
        lined = compose(text)
        found, journey = mistakes_in(lined, folder)
    except NotYaml as error:
        return [error.problem], None
    return sorted(found, key=lambda p: p.line), journey if not found else None
