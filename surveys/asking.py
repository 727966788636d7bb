"""Who is asked what, by which link: one person, everybody after a journey whatever its end, or whoever comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from studies import archive
from studies.events import hint
from studies.measuring.outcomes import endings
from studies.store import Store
from studies.store.heard import DOOR
from studies.troubles import WrongInput
from studies.words import _, in_a_row
from studies.workspace import Workspace
from surveys.answers import write_to_log
from surveys.invitations import asked_of, door_link, door_to, invite, link
from surveys.questionnaire.asked import Questionnaire
from surveys.questionnaire.reading import questionnaire_named


def asked(questionnaire: str | None, instrument: str, space: Workspace) -> tuple[Questionnaire, list[str]]:
    """What is asked, and what of it could not be taken over from another tool's form."""
    if questionnaire is None:
        return asked_of(instrument, space), []
    if questionnaire.lower().endswith((".xlsx", ".xls", ".xlsm")):
        from surveys.questionnaire.xlsform import read_xlsform

        return read_xlsform(Path(questionnaire))
    return questionnaire_named(questionnaire, space), []


def links(
    store: Store,
    study: str,
    what: Questionnaire,
    base_url: str,
    space: Workspace,
    about: str | None = None,
    door: bool = False,
    kiosk: bool = False,
) -> list[str]:
    """The links to hand out."""
    if door or kiosk:
        return [door_link(base_url, door_to(store, study, what, space=space), kiosk)]
    if about is None:
        return [link(base_url, invite(store, study, what, space=space))]
    heard = archive.read(study, space)
    ends = endings(heard)
    names = list(ends) if about == "all" else [about]
    if about != "all" and about not in ends:
        raise WrongInput(
            _("There is no session “{session}” in {study}.").format(session=about, study=study)
            + hint(about, list(ends))
        )
    rows = {row.session: row for row in heard.heard()}
    asked = store.invitations(study) if study in store.studies() else []
    known = {one.session: one.token for one in asked if one.entry != DOOR}  # theirs is nobody else's to be given
    return [
        link(
            base_url,
            known.get(name)
            or invite(
                store, study, what, session=name, condition=rows[name].condition, ending=ends[name], entry="after",
                language=rows[name].language if rows[name].language in what.languages else None,
                rehearsed=rows[name].source in ("robot", "load"), space=space,
            ),
        )
        for name in names
    ]  # fmt: skip


def into_the_log(store: Store, study: str, space: Workspace) -> list[str]:
    """Put the answers beside the sessions they are about; gives what happened, in words."""
    done = write_to_log(store, study, space)
    told = [_("{n} sentences are new in the log.").format(n=done.sentences)]
    if done.waiting:
        told.append(
            _("Answers about {n} sessions wait until the log holds them: {names}.").format(
                n=len(done.waiting), names=in_a_row(done.waiting[:5])
            )
        )
    return told


def written_down(questionnaire: str, out: Path, space: Workspace) -> list[str]:
    """A questionnaire as YAML that can be changed; gives what could not be taken over."""
    found, left_out = asked(questionnaire, "sus", space)
    told = found.kept()
    told["asks"] = [_shortened(one) for one in told.pop("pages")]
    moved = told.pop("shuffled", [])
    for group in moved:
        pages = [one for one in told["asks"] if one.get("page", one.get("instrument")) in group]
        place = told["asks"].index(pages[0])
        told["asks"] = [one for one in told["asks"] if one not in pages]
        told["asks"].insert(place, {"shuffled": pages})
    if "screener" in told:
        screener = told["screener"]
        told["screener"] = {**screener.pop("page"), **screener}
    out.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
    return left_out


def _shortened(page: dict[str, Any]) -> dict[str, Any]:
    """An instrument's page as its name: its words are the instrument's."""
    if not page.get("instrument"):
        return page
    return {part: page[part] for part in ("instrument", "when", "shuffled") if part in page}
