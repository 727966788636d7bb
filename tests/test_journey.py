"""A journey's model, the ids of its steps, how targets are recognised and places named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from journeys.holes import Secret, fill
from journeys.journey import SCHEMA, STEPS, Journey, Press, schema_text
from journeys.reading import parse_journey, read_journey
from journeys.steps import slug, steps_of
from journeys.targets import Offered, best, masked, normal, shows, ways, which_choice, which_field
from studies.places import address, agency_of, form_key, page_key
from studies.troubles import WrongInput

LIBRARY = sorted((Path(__file__).parent.parent / "journeys" / "library").rglob("*.yaml"))

HEAD = "journey: renew\ntitle: Renew\nagency: traffic\nlanguages: [en, ar]\n"


def a_journey(steps: str, head: str = HEAD) -> Journey:
    return parse_journey(f"{head}steps:\n{steps}")


def ids(steps: str, head: str = HEAD) -> list[str]:
    return [id_ for id_, _step in steps_of(a_journey(steps, head))]


# -- the model


def test_the_published_schema_is_the_models() -> None:
    renew = 'python -c "from journeys.journey import write_schema; write_schema()"'
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), f"The model has changed. Publish it: {renew}"


def test_the_schema_names_every_verb() -> None:
    schema = json.loads(schema_text())
    verbs = {key for part in schema["$defs"].values() for key in part.get("properties", {})}
    assert set(STEPS) <= verbs


@pytest.mark.parametrize("path", LIBRARY, ids=[path.stem for path in LIBRARY])
def test_the_library_can_be_read(path: Path) -> None:
    journey = read_journey(path)
    assert journey.folder == path.parent
    told = [id_ for id_, _step in steps_of(journey)]
    assert len(told) == len(set(told))


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    journey = a_journey(
        "  - press: Yes\n  - press: No\n  - give: {date: 2026-01-01, code: 007}\n  - choose: {agree: true}\n"
    )
    steps = [step for _id, step in steps_of(journey)]
    assert [step.press for step in steps if isinstance(step, Press)] == ["Yes", "No"]
    assert steps[2].model_dump()["give"] == {"date": "2026-01-01", "code": "007"}
    assert steps[3].model_dump()["choose"] == {"agree": True}


@pytest.mark.parametrize("step", ["back: true", "back:", "submit: true", "leave: yes"])
def test_what_needs_no_target_may_say_so_in_any_way(step: str) -> None:
    (_id, read), *_more = steps_of(a_journey(f"  - {step}\n"))
    assert getattr(read, step.partition(":")[0]) is True


def test_one_outcome_or_several() -> None:
    one = a_journey("  - visit: /\n", HEAD + "done: {text: Renewed}\n")
    two = a_journey("  - visit: /\n", HEAD + "done: [{text: Renewed}, {text: Not eligible, outcome: not_eligible}]\n")
    assert [d.outcome for d in one.done] == ["done"]
    assert [d.outcome for d in two.done] == ["done", "not_eligible"]


# -- ids


def test_a_step_is_called_after_its_verb_and_target() -> None:
    assert ids(
        "  - visit: /traffic/renew?x=1\n"
        '  - give: {national_id: "{{citizen.national_id}}"}\n'
        "  - press: {ar: متابعة, en: Go on!}\n"
        "  - submit: true\n"
        "  - expect: {gone: Please wait}\n"
        "  - press: {any: [{css: .x}, {words: Last}]}\n"
        "  - call: {who: traffic, script: 0.0 citizen begins}\n"
        "  - leave: true\n"
    ) == [
        "visit_traffic_renew",
        "give_national_id",
        "press_go_on",
        "submit",
        "expect_please_wait",
        "press_x",
        "call_traffic",
        "leave",
    ]


def test_arabic_ids_keep_their_letters() -> None:
    head = HEAD.replace("[en, ar]", "[ar, en]")
    assert ids("  - press: {en: Continue, ar: مُتابَعة الطلب}\n", head) == ["press_متابعة_الطلب"]
    assert slug("ـــتـجديد") == "تجديد"


def test_ids_stay_the_same_when_other_steps_are_inserted_around() -> None:
    before = ids("  - press: Continue\n  - press: Pay\n  - press: Continue\n")
    after = ids(
        "  - visit: /\n  - press: Continue\n  - give: {a: b}\n  - press: Pay\n  - ask: Help\n  - press: Continue\n"
    )
    assert before == ["press_continue", "press_pay", "press_continue_2"]
    assert [id_ for id_ in after if id_ in before] == before


def test_an_id_of_its_own_is_never_given_to_another() -> None:
    assert ids("  - press: Pay\n    id: press_continue\n  - press: Continue\n") == [
        "press_continue",
        "press_continue_2",
    ]


VARIANTS = HEAD + "variants: {as_is: {path: /as_is}, redesigned: {skip: [press_twice]}}\n"


def test_ids_are_the_same_in_all_variants() -> None:
    journey = a_journey("  - press: Twice\n  - press: On\n    only: [as_is]\n  - press: On\n", VARIANTS)
    assert [id_ for id_, _ in steps_of(journey, "as_is")] == ["press_twice", "press_on", "press_on_2"]
    assert [id_ for id_, _ in steps_of(journey, "redesigned")] == ["press_on_2"]


def test_what_is_inside_loops_and_parts_stands_in_their_place() -> None:
    assert ids(
        "  - visit: /\n  - for each: citizen.children\n    as: child\n    steps:\n      - press: Add\n"
        "  - when: {text: More}\n    steps:\n      - press: Add\n  - leave: true\n"
    ) == ["visit", "press_add", "press_add_2", "leave"]


# -- targets


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  Pay  NOW ", "pay now"),
        ("مُتَابَعَة", "متابعة"),
        ("إلغاء", "الغاء"),
        ("مـــتابعة", "متابعة"),
        ("٣ أيام", "3 ايام"),
    ],
)
def test_what_a_reader_would_not_notice_makes_no_difference(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_the_same_is_better_than_the_beginning_and_that_than_a_part() -> None:
    assert best("Continue", ["To continue", "Continue later", "CONTINUE"]) == 2
    assert best("Continue", ["To continue", "Continue later"]) == 1
    assert best("Continue", ["Stop", "To continue"]) == 1
    assert best("Continue", ["Stop"]) is None
    assert best("Name", ["Name *:"]) == 0
    assert best("", ["Stop"]) is None


def test_alternatives_come_in_their_order() -> None:
    ((_id, step),) = steps_of(
        a_journey("  - press: {words: {en: Go, ar: انطلق}, role: button, any: [{name: go}, Start, {role: link}]}\n")
    )
    assert isinstance(step, Press)
    assert [(w.kind, w.text, w.role) for w in ways(step.press, "ar")] == [
        ("words", "انطلق", "button"),
        ("name", "go", None),
        ("words", "Start", None),
        ("role", "link", "link"),
    ]


def test_a_field_is_meant_by_its_label_name_datum_or_token() -> None:
    fields = [
        Offered("email", "E-mail", "mail", empty=False),
        Offered("email", "E-mail again", "mail2"),
        Offered("full_name", "Your name", "n", autocomplete="name"),
    ]
    assert which_field("email", fields) == 1  # of two that ask for it, the one that is still empty
    assert which_field("E-mail", fields) == 0
    assert which_field("mail2", fields) == 1
    assert which_field("name", fields) == 2
    assert which_field("again", fields) == 1
    assert which_field("iban", fields) is None


def test_a_choice_is_meant_by_its_words_or_its_value() -> None:
    assert which_choice("Car", ["Cargo bike", "Car"], ["1", "2"]) == 1
    assert which_choice("1", ["Cargo bike", "Car"], ["1", "2"]) == 0
    assert which_choice("cargo", ["Cargo bike", "Car"], ["1", "2"]) == 0
    assert which_choice("bus", ["Cargo bike", "Car"], ["1", "2"]) is None


def test_labels_lose_their_digits_and_texts_are_found_as_read() -> None:
    assert masked(" Pay\n 12.500 BHD ") == "Pay #.# BHD"
    assert masked("ادفع ١٢") == "ادفع #"
    assert shows("Your licence is   RENEWED.", "is renewed")


# -- places

BASE = "http://127.0.0.1:8600/as_is"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"{BASE}/Traffic/Renew/?step=2#top", "traffic/renew"),
        (BASE, "home"),
        (f"{BASE}/", "home"),
        (f"{BASE}//a//b", "a/b"),
        (f"{BASE}/applications/000123/edit", "applications/:id/edit"),
        (f"{BASE}/a/9f1b2c3d-0000-4000-8000-0123456789ab", "a/:id"),
        (f"{BASE}/a/KH-2026-00017", "a/:id"),
        (f"{BASE}/step-2/form1", "step-2/form1"),
        (f"{BASE}/%D8%AA%D8%AC%D8%AF%D9%8A%D8%AF", "تجديد"),
        ("http://127.0.0.1:8600/redesigned/x", "127.0.0.1:8600/redesigned/x"),
        ("http://127.0.0.1:8600/as_isolated", "127.0.0.1:8600/as_isolated"),
        ("https://u:p@pay.example.org/card?n=1", "pay.example.org/card"),
        ("HTTP://127.0.0.1:8600/as_is/x", "x"),
        ("/as_is/x", "x"),
    ],
)
def test_a_page_is_named_by_its_path_below_the_base(url: str, key: str) -> None:
    assert page_key(url, BASE) == key


def test_the_usual_port_is_the_same_as_none() -> None:
    assert page_key("https://example.org:443/a", "https://example.org") == "a"


def test_a_form_is_named_with_its_id() -> None:
    assert form_key(f"{BASE}/x?y=1", BASE, "pay") == "x#pay"
    assert form_key(f"{BASE}/x", BASE, None) == "x"


def test_an_address_is_below_the_base_unless_it_is_whole() -> None:
    assert address("/x", BASE) == f"{BASE}/x"
    assert address("x", BASE + "/") == f"{BASE}/x"
    assert address("https://example.org/x", BASE) == "https://example.org/x"


def test_a_page_belongs_to_the_agency_with_the_longest_place() -> None:
    agencies = "agencies: {insurance: /insurance, claims: /insurance/claims, bank: 'https://bank.example.org'}\n"
    journey = a_journey("  - visit: /\n", HEAD + agencies)
    told = [
        agency_of(url, journey, BASE)
        for url in (
            f"{BASE}/insurance",
            f"{BASE}/insurance/claims/1",
            f"{BASE}/insurances",
            f"{BASE}/renew",
            "https://bank.example.org/pay",
            "http://127.0.0.1:8600/insurance",
        )
    ]
    assert told == ["insurance", "claims", "traffic", "traffic", "bank", "traffic"]


def test_without_agencies_every_page_is_the_journeys_own() -> None:
    assert agency_of("https://elsewhere.example.org/", a_journey("  - visit: /\n"), BASE) == "traffic"


# -- holes


def test_holes_are_filled_in_the_citizens_language() -> None:
    data = {"citizen": {"name": {"en": "Ali", "ar": "علي"}, "children": [{"name": "Huda"}]}}
    assert fill("{{citizen.name}} + {{ citizen.children.0.name }}", data, "ar") == "علي + Huda"


def test_what_comes_from_the_environment_is_a_secret() -> None:
    filled = fill("x{{env.PIN}}", {}, "en", {"PIN": "1234"})
    assert isinstance(filled, Secret)
    assert filled == "x1234"
    assert "1234" not in repr(filled)
    assert not isinstance(fill("x", {}, "en"), Secret)


def test_an_unset_secret_is_named_with_what_to_do() -> None:
    with pytest.raises(WrongInput, match=r"export PIN="):
        fill("{{env.PIN}}", {}, "en", {})


def test_yaml_reads_the_conformance_journey_as_we_do() -> None:
    path = Path(__file__).parent / "samples" / "conformance.yaml"
    assert len(yaml.safe_load(path.read_text(encoding="utf-8"))["steps"]) == len(read_journey(path).steps)


def test_a_page_called_like_a_datum_is_not_the_datum():
    assert page_key("http://x.example/address", "http://x.example") == "/address"
    assert page_key("http://x.example/services/address", "http://x.example") == "services/address"
