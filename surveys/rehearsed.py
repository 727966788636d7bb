"""Would the survey work, from link to score? Pretended respondents who answer through the real pages, without people.

What they leave is marked as a robot's wherever it is shown: rehearsed answers say nothing about the service.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Final
from urllib.parse import urlencode

from studies.store import Store
from studies.troubles import Failed
from studies.words import _
from studies.workspace import Workspace
from surveys.instruments import Instrument, names
from surveys.instruments import instrument as instrument_named
from surveys.invitations import invite, link
from surveys.questionnaire.asked import RATHER_NOT
from surveys.questionnaire.reading import questionnaire_named

MOST_PAGES: Final = 50
_opener: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy


@dataclass(frozen=True, slots=True)
class About:
    """What one pretended respondent is asked, about which session, the condition it ran under, in which language."""

    asked: str  # an instrument or a questionnaire, by name
    session: str | None = None
    condition: str | None = None
    language: str | None = None
    participant: str | None = None


def pretend(instrument: Instrument, attitude: float, rng: Random) -> dict[str, float]:
    """Answers of someone with an attitude from 0 (hated it) to 1 (loved it), each on its item's scale."""
    answers: dict[str, float] = {}
    for item in instrument.items:
        felt = min(1.0, max(0.0, rng.gauss(attitude, 0.12)))
        agrees = felt if item.reversed == (instrument.better == "lower") else 1 - felt
        points = instrument.points_of(item.id)
        answers[item.id] = points[round(agrees * (len(points) - 1))]
    return answers


def rehearse(
    store: Store,
    base_url: str,
    study: str,
    visits: Sequence[About],
    seed: int = 0,
    attitudes: Mapping[str, float] | None = None,
    space: Workspace | None = None,
    heard: Callable[[float], None] = lambda share: None,
) -> list[str]:
    """Invite a pretended respondent for each visit and let them answer; gives their tokens.

    The attitude towards a condition is the one given, else drawn from the seed: the same seed, the same answers.
    `heard` is told how far it is, 0 to 1.
    """
    tokens = []
    for number, about in enumerate(visits):
        heard(number / len(visits))
        condition = about.condition or ""
        towards = (attitudes or {}).get(condition, Random(f"{seed} {condition}").uniform(0.35, 0.85))
        token = invite(
            store,
            study,
            about.asked if about.asked in names(space) else questionnaire_named(about.asked, space),
            session=about.session,
            condition=about.condition,
            language=about.language,
            participant=about.participant,
            rehearsed=True,
            space=space,
        )
        rng = Random(f"{seed} {condition} {number}")
        respond(base_url, token, min(1.0, max(0.0, rng.gauss(towards, 0.12))), rng, space)
        tokens.append(token)
    return tokens


def respond(
    base_url: str, token: str, attitude: float, rng: Random, space: Workspace | None = None
) -> dict[str, float | str]:
    """Answer one survey from its link to its end, as a browser without scripts would; gives what was answered."""
    address = link(base_url, token)
    given: dict[str, float | str] = {}
    form = _form(_get(address))
    for _page in range(MOST_PAGES):
        name = form.hidden.get("page")
        if name is None:
            return given
        if name == "consent":
            fields = {"agree": "yes"}
        else:
            fields = _filled(name, form, attitude, rng, space)
            given |= {item: _number(value) for item, value in fields.items()}
            fields["done"] = "yes"
        form = _form(_get(address, form.hidden | fields))
    raise Failed(
        _("The survey at {base_url} did not end after {n} pages. Look at it in a browser.").format(
            base_url=base_url, n=MOST_PAGES
        )
    )


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


def _filled(name: str, form: _Form, attitude: float, rng: Random, space: Workspace | None) -> dict[str, str]:
    """What somebody with an attitude fills in: an instrument's items by it, and any choice where it tells nothing."""
    answers = pretend(instrument_named(name, space), attitude, rng) if name in names(space) else {}
    fields = {item: f"{value:g}" for item, value in answers.items() if item in form.choices or item in form.written}
    for item, choices in form.choices.items():
        if fields.get(item) not in choices:
            fields[item] = rng.choice([one for one in choices if one != RATHER_NOT])
    return fields


@dataclass
class _Form:
    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)


def _form(html: str) -> _Form:
    form = _Form()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            has = dict(attrs)
            name, value = has.get("name") or "", has.get("value") or ""
            if tag == "input" and has.get("type") == "hidden":
                form.hidden[name] = value
            elif tag == "input" and has.get("type") == "radio":
                form.choices.setdefault(name, []).append(value)
            elif tag == "input" and has.get("inputmode"):
                form.written.append(name)

    Reader().feed(html)
    return form


def _get(address: str, fields: Mapping[str, str] | None = None) -> str:
    body = urlencode(fields).encode() if fields is not None else None
    try:
        with _opener.open(address, body, timeout=30) as answer:
            return str(answer.read().decode("utf-8"))
    except urllib.error.HTTPError as cause:
        with cause:
            raise Failed(
                _("The survey refused a rehearsed answer: {code} at {address}. Open the link to see why.").format(
                    code=cause.code, address=address
                )
            ) from cause
    except OSError as cause:
        raise Failed(
            _("The survey pages do not answer at {address}: {cause}. Are they being served?").format(
                address=address, cause=cause
            )
        ) from cause
