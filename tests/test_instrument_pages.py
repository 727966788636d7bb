"""Every instrument that ships can be answered to its end, on its page and in the log, in every language it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from visitor import Visitor

import intake
from studies.store import Store
from surveys.answers import rated, said
from surveys.instruments import instrument, names
from surveys.invitations import invite
from surveys.questionnaire.asked import MOST_RADIOS
from surveys.questionnaire.instrument_pages import page_of
from surveys.rehearsed import pretend


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


@pytest.mark.parametrize("name", names())
def test_an_instrument_is_answered_to_its_end(store: Store, name: str) -> None:
    asked = instrument(name)
    for language in asked.wording:
        study = f"{name} {language}"
        someone = Visitor(intake.app(store))
        token = invite(store, study, name, language=language)
        someone.open(f"/s/{token}")
        page = someone.press("agree", "yes")
        wording = asked.said_in(language)
        for words in [wording.title, *wording.items.values()]:
            assert words.replace("&", "&amp;").replace("'", "&#39;").split("\n")[0] in page.html
        answers: dict[str, Any] = {item: f"{value:g}" for item, value in pretend(asked, 0.7, Random(3)).items()}
        for item in asked.items:
            if item.kind == "text":
                answers[item.id] = "انتظرت"
        assert set(answers) <= {has.get("name") for _tag, has in page.tags}
        for one in page_of(asked).questions:
            few = one.kind == "scale" and len(one.points) <= MOST_RADIOS
            assert (one.id in page.choices) == few
        end = someone.post({**page.hidden, **answers, "done": "yes"})
        assert end.status == 200 and not end.choices, end.text
        (person,) = said(store, study, name)
        assert None not in person.responses and person.language == language
        ratings = {s.about: s.value for s in rated(store, study).said()}
        assert list(ratings) == asked.ids()
        for item in asked.items:
            assert ratings[item.id] == (None if item.kind == "text" else float(answers[item.id]))


@pytest.mark.parametrize("name", [name for name in names() if instrument(name).may_not_apply])
def test_what_does_not_apply_is_no_answer(store: Store, name: str) -> None:
    asked = instrument(name)
    someone = Visitor(intake.app(store))
    someone.open(f"/s/{invite(store, 'demo', name, language='en')}")
    page = someone.press("agree", "yes")
    assert "Does not apply" in page.text
    answers = {item: f"{value:g}" for item, value in pretend(asked, 0.7, Random(3)).items()}
    first = asked.ids()[0]
    someone.post({**page.hidden, **answers, first: "-", "done": "yes"})
    (person,) = said(store, "demo", name)
    assert person.responses[0] is None and None not in person.responses[1:]
    assert first not in {s.about for s in rated(store, "demo").said()}
