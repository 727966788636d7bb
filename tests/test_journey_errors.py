"""Mistakes in a journey: each is told once, with its line, what it is and what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.reading import parse_journey, problems, read_journey
from studies.troubles import WrongInput

HEAD = "journey: renew\ntitle: Renew\nagency: traffic\nsteps:\n"  # four lines: the first step is on line 5


def told(text: str, folder: Path | None = None) -> list[str]:
    return [problem.message for problem in problems(text, "renew.yaml", folder)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("  - clik: Continue\n", "line 5 of renew.yaml: “clik” is not a verb. A step can: visit, press, give, choose,"),
        ("  - click: Continue\n", "Did you mean press?"),
        ("  - pres: Continue\n", "Did you mean press?"),
        ("  - visit: /\n  - Continue\n", "line 6 of renew.yaml: “Continue” is not a verb."),
        ("  - id: x\n", "line 5 of renew.yaml: a step without a verb. A step can: visit"),
        ("  -\n  - visit: /\n", "line 5 of renew.yaml: an empty step."),
        ("  - press: a\n    visit: /x\n", "line 6 of renew.yaml: “press” and “visit” in one step."),
        ("  - press:\n", "line 5 of renew.yaml: press needs a label: the words on the button or link."),
        ("  - press: ''\n", "line 5 of renew.yaml: press needs a label"),
        (
            "  - press: {wrods: Pay}\n",
            "line 5 of renew.yaml: “wrods” is neither a language (en, ar, …) nor a way to look",
        ),
        ("  - press: {words: Pay, rol: button}\n", "Did you mean role?"),
        ("  - press: {words: Pay, role: buton}\n", "“buton” is no role. It can be: button,"),
        ("  - visit:\n", "visit needs an address"),
        ("  - give: {}\n", "give needs what is given"),
        ("  - give: national_id\n", "give needs what is given"),
        ("  - give:\n      national_id:\n", "line 6 of renew.yaml: national_id says nothing."),
        ("  - expect: {}\n", "expect says nothing to wait for"),
        ("  - expect: {txt: a}\n", "“txt” is not known here. There is: text, page, gone, within. Did you mean text?"),
        ("  - expect: {text: a, within: soon}\n", "within is a number, not “soon”."),
        ("  - expect: {text: a, within: -1}\n", "within: -1 is too little: more than 0 is needed."),
        ("  - back: maybe\n", "back is “true” or not there at all."),
        (
            "  - press: a\n    demands: [in_prson]\n",
            "line 6 of renew.yaml: “in_prson” is no demands. It can be: in_person,",
        ),
        ("  - press: a\n    demands: in_person\n", "demands is a list"),
        ("  - press: a\n    whem: {text: b}\n", "line 6 of renew.yaml: “whem” is not known here."),
        ("  - press: a\n    when: Pay\n", "when is made of keys: text."),
        ("  - press: a\n    only: [redesigned]\n", "there is no variant “redesigned”"),
        (
            "  - press: a\n    id: x\n  - press: b\n    id: x\n",
            "line 8 of renew.yaml: two steps have the id “x”; the other is on line 6.",
        ),
        (
            "  - for each: citizen.children\n    steps:\n      - press: a\n",
            "line 5 of renew.yaml: the loop does not say “as:”",
        ),
        ("  - for each: citizen.children\n    as: child\n", "the loop has no “steps:”"),
        ("  - for each: citizen.chldren\n    as: c\n    steps:\n      - press: a\n", "Did you mean children?"),
        ("  - call: {who: traffic}\n", "“script:” is missing"),
        (
            "  - give: {national_id: '{{citizen.nam}}'}\n",
            "Nobody can fill {{citizen.nam}}. A citizen has: national_id,",
        ),
        ("  - give: {national_id: '{{citizen.national_idd}}'}\n", "Did you mean national_id?"),
        ("  - give: {national_id: '{{citzen.national_id}}'}\n", "“citzen” is nobody here."),
        ("  - give: {a: x, a: y}\n", "“a” stands here twice."),
        ("  - give: {a: {{citizen.national_id}}}\n", "needs quotes"),
    ],
)
def test_a_mistake_in_a_step(steps: str, expected: str) -> None:
    messages = told(HEAD + steps)
    assert len(messages) == 1, messages
    assert expected in messages[0]
    assert messages[0].startswith("line ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "renew.yaml is empty."),
        ("# nothing yet\n", "renew.yaml is empty."),
        ("- visit: /\n", "line 1 of renew.yaml: a journey begins with keys"),
        ("renew\n", "line 1 of renew.yaml: a journey begins with keys"),
        ("journey: renew\ntitle: Renew\n\tagency: x\n", "line 3 of renew.yaml: a tab; YAML wants spaces."),
        (HEAD + "\t- visit: /\n", "line 5 of renew.yaml: a tab; YAML wants spaces."),
        (HEAD + "  - visit:\t/\n  -\tpress: a\n", "line 5 of renew.yaml: a tab;"),
        ("title: a: b\n", "line 1 of renew.yaml: a colon where none can be."),
        ("title: 'a\nagency: b\n", "line 1 of renew.yaml: a quotation mark or bracket that is never closed."),
        (HEAD + "  - give: {a: b\n", "is never closed"),
        (HEAD + "  - ask: {en: Why?, ar: x}\n", "line 5 of renew.yaml: a question mark or colon inside braces"),
        (HEAD + "  - visit: /\n - press: a\n", "line 6 of renew.yaml: indented unlike the lines above it."),
        ("title: *x\n", "text that begins with * needs quotes"),
        ("title: @x\n", "needs quotes"),
        ("title: a\x07b\n", "line 1 of renew.yaml: a character that YAML does not allow"),
        ("a: &a [*a]\n", "unfolds without end"),
        ("{" * 2000, "renew.yaml"),
    ],
)
def test_what_is_not_yaml(text: str, expected: str) -> None:
    messages = told(text)
    assert len(messages) == 1, messages
    assert expected in messages[0]


def test_aliases_that_unfold_to_more_than_a_journey_are_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    assert "unfolds without end" in told(bomb)[0]


def test_what_a_journey_must_say() -> None:
    messages = told("journy: renew\n")
    assert [m for m in messages if "“journey:” is missing" in m]
    assert [m for m in messages if "“steps:” is missing" in m]
    assert [m for m in messages if "“journy” is not known here." in m and "Did you mean journey?" in m]
    assert all(m.startswith("line 1 of renew.yaml: ") for m in messages)


def test_several_mistakes_are_told_in_the_order_of_their_lines() -> None:
    found = problems(HEAD + "  - clik: a\n  - visit: /\n  - press:\n  - expect: {txt: a}\n", "renew.yaml")
    assert [p.line for p in found] == [5, 7, 8]
    with pytest.raises(WrongInput) as trouble:
        parse_journey(HEAD + "  - clik: a\n  - press:\n", "renew.yaml")
    assert str(trouble.value).count("of renew.yaml: ") == 2
    assert trouble.value.exit_code == 2


def test_mistakes_inside_a_conversation_have_the_line_of_the_journey() -> None:
    script = "  - call:\n      who: traffic\n      script: |\n        0.0 citizen begins\n        1.0 service smiles\n"
    (message,) = told(HEAD + script)
    assert message.startswith("line 9 of renew.yaml: ")
    assert "“service smiles” is not a sentence" in message


def test_a_variant_can_only_skip_what_is_there() -> None:
    head = HEAD.replace("steps:\n", "variants:\n  as_is: {skip: [press_pey]}\nsteps:\n")
    (message,) = told(head + "  - press: Pay\n")
    assert message.startswith("line 5 of renew.yaml: there is no step “press_pey” to skip.")
    assert message.endswith("Did you mean press_pay?")


def test_documents_and_personas_are_looked_for_beside_the_journey(tmp_path: Path) -> None:
    text = HEAD + "  - upload: {insurance_policy: policy.pdf}\n"
    assert told(text) == []
    (message,) = told(text, tmp_path)
    assert message == "line 5 of renew.yaml: there is no file policy.pdf beside the journey."
    (tmp_path / "policy.pdf").write_bytes(b"%PDF")
    assert told(text, tmp_path) == []
    own = HEAD.replace("steps:", "personas: people.csv\nsteps:") + "  - give: {national_id: '{{citizen.cpr}}'}\n"
    assert "people.csv" in told(own, tmp_path)[0]
    (tmp_path / "people.csv").write_text("id,cpr_no\na,1\n", encoding="utf-8")
    assert "Did you mean cpr_no?" in told(own, tmp_path)[0]
    (tmp_path / "people.csv").write_text("id,cpr\na,1\n", encoding="utf-8")
    assert told(own, tmp_path) == []


def test_what_a_journey_needs_may_be_asked_for() -> None:
    head = HEAD.replace("steps:", "needs: [fishing_permit]\nsteps:")
    assert told(head + "  - give: {fishing_permit: '{{citizen.fishing_permit}}'}\n") == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "renew.yaml").write_text("x", encoding="utf-8")
    with pytest.raises(WrongInput, match=r"There is no file .*renwe\.yaml\. Journeys there: renew\.yaml\."):
        read_journey(tmp_path / "renwe.yaml")
    with pytest.raises(WrongInput, match="is a folder"):
        read_journey(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("journey: x\ntitle: é\n".encode("latin-1"))
    with pytest.raises(WrongInput, match=r"line 2 of latin\.yaml is not UTF-8"):
        read_journey(tmp_path / "latin.yaml")
    (tmp_path / "marked.yaml").write_text(HEAD + "  - visit: /\n", encoding="utf-8-sig")
    assert read_journey(tmp_path / "marked.yaml").journey == "renew"
