"""A report in the form that somebody asks for: which file, in which language, for whom, with which digits and dates.

Every form is made from the same material, whole or not at all. A browser, which prints the PDF, is handed in: this
room knows none.
"""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from analysis.leaders.cost import Volume
from analysis.report import ReportMaterial, material_of, report
from analysis.report import place_of as whole_page
from analysis.report.leaders import leaders
from studies import archive
from studies.troubles import Failed, WrongInput
from studies.words import CALENDARS, DIGITS, N_, _, counted_in, in_a_row, languages
from studies.workspace import Workspace

#: a page that stands alone and its language, to a PDF
Printer = Callable[[str, str], bytes]
KINDS: Final = {
    "html": "text/html",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
AUDIENCES: Final = {"leaders": N_("leaders: two pages"), "designers": N_("designers: everything")}
SHIPPED: Final = "demo"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. Raises WrongInput when there is no such thing."""

    kind: str = "html"
    language: str = "en"
    audience: str = "designers"
    digits: str = DIGITS[0]
    calendar: str = CALENDARS[0]

    def __post_init__(self) -> None:
        texts = (
            (self.language, languages(), _("There is no language {asked}. There are: {there}.")),
            (self.kind, tuple(KINDS), _("There is no report as {asked}. There are: {there}.")),
            (self.audience, tuple(AUDIENCES), _("There is no report for {asked}. There are: {there}.")),
            (self.digits, DIGITS, _("There are no digits {asked}. There are: {there}.")),
            (self.calendar, CALENDARS, _("There are no dates {asked}. There are: {there}.")),
        )
        for asked, there, text in texts:
            if asked not in there:
                raise WrongInput(text.format(asked=asked, there=in_a_row(there)))

    def name(self, study: str) -> str:
        """What the file is called: `demo.ar.leaders.pdf`, `demo.ar.leaders.arabic_indic.hijri.pdf`."""
        chosen = [self.digits] * (self.digits != DIGITS[0]) + [self.calendar] * (self.calendar != CALENDARS[0])
        return ".".join([study, self.language, self.audience, *chosen, self.kind])

    def to_read(self) -> Wanted:
        """The same as a page."""
        return replace(self, kind="html")


def make(material: ReportMaterial, wanted: Wanted, printer: Printer | None = None) -> bytes:
    """The report as a file's content. Raises Failed when it is to be printed and nothing prints."""
    with counted_in(wanted.digits, wanted.calendar):
        match wanted.kind:
            case "pptx":  # what writes these is loaded when one is made: the page of the report need not wait for it
                from analysis.report.slides import slides

                return slides(material, wanted.language, wanted.audience)
            case "xlsx":
                from analysis.report import sheet

                return sheet.workbook(material, wanted.language)
            case "csv":
                from analysis.report import sheet

                return sheet.commas(material, wanted.language)
            case "pdf" if printer is None:
                raise Failed(_("A PDF is printed by a browser, and none is at hand. Take HTML, and print that."))
        page = (
            leaders(material, wanted.language)
            if wanted.audience == "leaders"
            else report(material, wanted.language, printed=wanted.kind == "pdf")
        )
        return printer(page, wanted.language) if wanted.kind == "pdf" and printer else page.encode("utf-8")


def material(
    study: str, space: Workspace, now: datetime, volumes: Mapping[str, Volume] | None = None
) -> ReportMaterial:
    """What the workspace knows of a study. Raises WrongInput when there is none, or nothing was heard in it."""
    known = list(archive.studies_in(space))
    if study not in known:
        there = in_a_row(known) or _("none yet")
        text = _("There is nothing to report of a study “{study}”: no session is kept of it. There are: {there}.")
        raise WrongInput(text.format(study=study, there=there))
    found = material_of(study, space, now, volumes)
    if not len(found.log.sessions):
        text = _("Nothing was heard in “{study}” yet. Walk it, import into it, or ask people; then report.")
        raise WrongInput(text.format(study=study))
    return found


def place_of(study: str, space: Workspace, wanted: Wanted) -> Path:
    """Where in the workspace a report is kept; the whole page in usual digits has the place that pages know."""
    plain = Wanted(language=wanted.language)
    return (
        whole_page(study, space, wanted.language)
        if wanted == plain
        else space.reports / wanted.name(quote(study, safe=" "))
    )


def save(content: bytes, out: Path) -> None:
    """Write a report so that a reader sees all of it or none. Raises Failed, saying why, where it cannot be written."""
    beside = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(out)
    except OSError as cause:
        beside.unlink(missing_ok=True) if beside.parent.is_dir() else None
        text = _("The report could not be written to {out}: {why}. Is the folder there, is there room, and may you?")
        raise Failed(text.format(out=out, why=cause.strerror or cause)) from None


def told(study: str, wanted: Wanted, out: Path, content: bytes, found: ReportMaterial) -> dict[str, Any]:
    """What was made, as it is exchanged."""
    return {
        "study": study, "out": str(out), "format": wanted.kind, "language": wanted.language, "for": wanted.audience,
        "digits": wanted.digits, "dates": wanted.calendar, "bytes": len(content), "sessions": len(found.log.sessions),
    }  # fmt: skip


def command(study: str, wanted: Wanted) -> str:
    """What to type for the same report without the workbench."""
    parts = [f"--lang {wanted.language}", f"--format {wanted.kind}", f"--for {wanted.audience}"]
    parts += [f"--digits {wanted.digits}"] * (wanted.digits != DIGITS[0])
    parts += [f"--dates {wanted.calendar}"] * (wanted.calendar != CALENDARS[0])
    return " ".join(["./lab report", shlex.quote(study), *parts])
