"""Predicted effort: the model's published sums, operators counted from a journey, and nothing claimed beyond them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import cast

import pytest

from journeys.hands import Hands, PatienceOver
from journeys.klm import OPERATOR_SECONDS, document, klm_estimate, least, pace_of, paces, predicted, told
from journeys.personas import Persona
from journeys.reading import parse_journey, read_journey
from journeys.walk import diary_of, go, walk_of
from studies.troubles import WrongInput

ROOT = Path(__file__).resolve().parent.parent

JOURNEY = """
journey: renew
title: Renew
agency: traffic
base_url: http://127.0.0.1:8600
variants: {as_is: {path: /as_is}, redesigned: {path: /new, skip: [again]}}
steps:
  - {id: open, visit: /renew}
  - {id: who, give: {national_id: "{{citizen.national_id}}", full_name: "{{citizen.full_name}}"}}
  - {id: kind, choose: {vehicle: Car}}
  - {id: paper, upload: {photo: fixtures/photo.png}}
  - {id: again, when: {text: Again}, submit: Again}
  - for each: citizen.children
    as: child
    steps:
      - {id: child, give: {name: "{{child.full_name}}"}}
  - {id: secret, give: {password: "{{env.KHUTWA_TEST_SECRET}}"}}
  - {id: send, submit: Send}
  - {id: call, call: {who: traffic, script: "0.0 citizen acts call\\n"}}
  - {id: tap, channel: mobile, press: Done}
  - {id: done, expect: {text: Renewed}}
"""
AMAL = Persona(
    "p1",
    {
        "national_id": "900101234",
        "full_name": {"en": "Amal Test", "ar": "أمل تجربة"},
        "children": [{"full_name": "Ali"}, {"full_name": "Mona"}],
    },
)


@pytest.mark.parametrize(
    ("counts", "seconds", "expected"),
    [
        ({"M": 4, "K": 15}, {"K": 0.2, "P": 1.1, "H": 0.4, "M": 1.35}, 8.4),  # Card, Moran and Newell 1980
        ({"M": 2, "K": 8, "H": 2, "P": 1}, None, 6.2),  # the same
        ({"M": 3, "H": 2, "P": 2, "BB": 2, "K": 12}, {"K": 0.28, "BB": 0.2}, 10.81),  # Kieras 2001
        ({"R": 2}, {"R": 1.5}, 3.0),
        ({}, None, 0.0),
    ],
)
def test_operators_add_up(counts: dict[str, float], seconds: dict[str, float] | None, expected: float) -> None:
    assert klm_estimate(operator_counts=counts, operator_seconds=seconds) == {"seconds": pytest.approx(expected)}


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [({"R": 1}, None), ({"X": 1}, None), ({"K": -1}, None), ({"K": float("nan")}, None), ({"K": 1}, {"K": -0.2})],
)
def test_what_is_no_operator_count_or_time_is_refused(
    counts: dict[str, float], seconds: dict[str, float] | None
) -> None:
    with pytest.raises(WrongInput, match=next(iter(counts))):
        klm_estimate(counts, seconds)


def test_each_verb_has_its_operators() -> None:
    found = {e.step: e for e in predicted(parse_journey(JOURNEY), "as_is", "en", [AMAL])}
    operators = {step: dict(effort.operators) for step, effort in found.items()}
    assert operators["open"] == {"K": len("127.0.0.1:8600/as_is/renew") + 1, "M": 1}
    assert operators["who"] == {"K": 9 + 9, "P": 2, "H": 4, "M": 2, "BB": 2}
    assert operators["kind"] == {"P": 1, "H": 1, "M": 1, "BB": 1}
    assert operators["paper"] == {"K": len("photo.png") + 1, "P": 1, "H": 1, "M": 1, "BB": 1}
    assert operators["child"] == {"K": 3 + 4, "P": 2, "H": 3, "M": 2, "BB": 2}
    assert operators["call"] == operators["done"] == {}
    assert found["again"].optional
    assert not found["send"].optional
    assert found["who"].seconds == pytest.approx(18 * 0.2 + 2 * 1.1 + 4 * 0.4 + 2 * 1.35 + 2 * 0.2)
    assert pace_of(found["who"]) == pytest.approx(18 * 0.2 + 4 * 0.4 + 2 * 1.35)


def test_nothing_is_claimed_where_the_model_knows_nothing() -> None:
    claimed = {e.step: e.seconds is not None for e in predicted(parse_journey(JOURNEY), "as_is", "ar", [AMAL])}
    assert [step for step, sure in claimed.items() if not sure] == ["who", "secret", "call", "tap"]
    assert claimed["done"]


def test_a_variant_has_its_own_steps_and_several_personas_make_a_mean() -> None:
    longer = Persona("p2", {**AMAL.data, "national_id": "90010123456"})
    found = {e.step: e for e in predicted(parse_journey(JOURNEY), "redesigned", "en", [AMAL, longer])}
    assert "again" not in found
    assert found["who"].operators["K"] == (18 + 20) / 2
    assert found["who"].operators["M"] == 2


def test_a_walk_waits_each_time_as_long_as_this_citizen_thinks_and_types() -> None:
    pace = paces(parse_journey(JOURNEY), "as_is", "en", AMAL)
    assert pace["kind"] == pytest.approx(0.4 + 1.35)
    assert pace["child"] == pytest.approx(3.5 * 0.2 + 1.5 * 0.4 + 1.35)  # the mean of both children
    assert pace["call"] == pace["done"] == 0


class Impatient:
    """Hands that open the first page and give up on the first field."""

    def visit(self, url: str) -> None:
        pass

    def give(self, datum: str, value: str) -> None:
        raise PatienceOver

    def sees(self, text: str) -> bool:
        return False

    def picture(self, name: str) -> Path | None:
        return None

    def listen(self) -> None:
        pass


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_walk_keeps_the_pace_that_is_asked_for(share: float) -> None:
    journey = parse_journey(re.sub(r".*id: secret.*\n", "", JOURNEY))
    slept: list[float] = []
    walk = walk_of(journey, AMAL, session="s", variant="as_is", pace=share)
    go(walk, cast(Hands, Impatient()), diary_of(walk, device=None), sleep=slept.append)
    pace = paces(journey, "as_is", "en", AMAL)
    assert slept == ([share * pace["open"], share * pace["who"]] if share else [])


def test_what_a_persona_lacks_is_not_claimed() -> None:
    nobody = Persona("p0", {})
    found = {e.step: e for e in predicted(parse_journey(JOURNEY), "as_is", "en", [nobody])}
    assert found["who"].seconds is None
    assert "child" not in found


def test_the_bound_leaves_out_what_may_not_be_asked_and_the_document_says_what_it_is() -> None:
    efforts = predicted(parse_journey(JOURNEY), "as_is", "en", [AMAL])
    sure = [e.seconds for e in efforts if e.seconds is not None and e.step != "again"]
    assert least(efforts) == pytest.approx(sum(sure))
    shown = json.loads(json.dumps(document(efforts)))
    assert shown["operator_seconds"] == OPERATOR_SECONDS
    assert shown["bound"].startswith("lower")
    assert [step["step"] for step in shown["steps"]] == [e.step for e in efforts]
    assert next(step for step in shown["steps"] if step["step"] == "call")["reason"]
    assert "expert" in told(efforts)


@pytest.mark.parametrize("file", sorted((ROOT / "journeys" / "library").rglob("*.yaml")), ids=lambda file: file.stem)
def test_every_journey_of_the_library_has_an_estimate(file: Path) -> None:
    journey = read_journey(file)
    for variant in journey.variants:
        for language in journey.languages:
            assert all(e.seconds is None or e.seconds >= 0 for e in predicted(journey, variant, language))
