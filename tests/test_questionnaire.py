"""A questionnaire asks each person what concerns them, keeps what they say, and says what is wrong in their words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import postgresql_server, url
from hypothesis import given
from hypothesis import strategies as st
from visitor import Page as Seen
from visitor import Visitor

import intake
from studies.store import Store
from studies.troubles import WrongInput
from surveys.answers import by_session, rated, scores
from surveys.asking import written_down
from surveys.invitations import invite
from surveys.questionnaire.asked import Questionnaire
from surveys.questionnaire.reading import keep, kept, questionnaire_of, read_questionnaire
from surveys.questionnaire.rules import holds, names_in, read_rule

__all__ = ["postgresql_server", "url"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUS = [f"sus_{n}" for n in range(1, 11)]


def both(english: str, arabic: str) -> dict[str, str]:
    return {"en": english, "ar": arabic}


YES_NO = {"yes": both("Yes", "نعم"), "no": both("No", "لا")}
ABOUT: dict[str, Any] = {
    "page": "about",
    "title": both("About your visit", "عن زيارتك"),
    "questions": [
        {"id": "age", "kind": "number", "whole": True, "low": 16, "high": 120, "required": True, "prefer_not": True,
         "text": both("How old are you?", "كم عمرك؟")},
        {"id": "channels", "kind": "multiple", "most": 2, "text": both("How did you get in touch?", "كيف تواصلت؟"),
         "choices": {"web": both("Website", "الموقع"), "phone": both("Telephone", "الهاتف"),
                     "desk": both("Service centre", "مركز الخدمة")}},
        {"id": "first", "kind": "ranking", "text": both("What matters most?", "ما الأهم؟"),
         "choices": {"speed": both("Speed", "السرعة"), "clarity": both("Clarity", "الوضوح")}},
        {"id": "ease", "kind": "scale", "low": 1, "high": 7, "text": both("How easy was it?", "كم كان سهلًا؟"),
         "anchors": {1: both("Hard", "صعب"), 7: both("Easy", "سهل")}},
        {"id": "quoted", "kind": "consent", "text": both("May we quote you?", "هل يمكننا الاقتباس؟")},
    ],
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "questionnaire": "after_renewal",
    "title": both("Renewing a vehicle", "تجديد مركبة"),
    "purposes": ["answers", "joined", "quotes"],
    "screener": {
        "takes": "used = yes",
        "title": both("First of all", "قبل أن نبدأ"),
        "questions": [
            {"id": "used", "kind": "single", "required": True, "text": both("Renewed one?", "هل جددت؟"),
             "choices": YES_NO}
        ],
    },
    "asks": [
        {"instrument": "sus"},
        ABOUT,
        {"id": "desk_wait", "kind": "number", "when": "selected(channels, 'desk')", "low": 0,
         "text": both("How many minutes at the desk?", "كم دقيقة؟")},
        {"id": "comment", "kind": "text", "most": 40, "text": both("What should change?", "ما الذي يتغير؟")},
    ],
    "quotas": [{"quota": "young", "when": "age < 30", "most": 1}],
}  # fmt: skip


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = Store(url)
    yield made
    made.close()


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


def asked(**more: Any) -> Questionnaire:
    return questionnaire_of({**WHOLE, **more}, "after_renewal.yaml")


class Person:
    """Somebody who goes through a questionnaire page by page."""

    def __init__(self, store: Store, what: Questionnaire, app: Any = None, **more: Any) -> None:
        self.token = invite(store, "demo", what, **more)
        self.visitor = Visitor(app or intake.app(store))
        self.page = self.visitor.open(f"/s/{self.token}")

    def agree(self, *purposes: str) -> Seen:
        return self.send(agree="yes", purpose=list(purposes))

    def send(self, **fields: Any) -> Seen:
        self.page = self.visitor.post({**self.visitor.page.hidden, **fields})
        return self.page


def through(store: Store, what: Questionnaire, **about: Any) -> Person:
    """Somebody who is through with the screener and the instrument."""
    one = Person(store, what, **about)
    one.agree()
    one.send(used="yes", done="yes")
    one.send(**dict.fromkeys(SUS, "4"), done="yes")
    return one


def test_a_whole_questionnaire_is_kept_as_it_was_said(store: Store) -> None:
    one = Person(store, asked(), session="visit", language="en")
    assert "My answers may be looked at together" in one.page.text and "quoted" in one.page.text
    page = one.agree("joined")
    assert "Renewed one?" in page.text and "Page 2 of" in page.text
    assert list(one.send(used="yes", done="yes").choices) == SUS
    page = one.send(**{item: str(n % 5 + 1) for n, item in enumerate(SUS)}, done="yes")
    assert "About your visit" in page.text
    page = one.send(age="٤٢", channels=["desk", "web"], **{"first.speed": "2", "first.clarity": "1"}, ease="7",
                    quoted="yes", done="yes")  # fmt: skip
    assert "minutes at the desk" in page.text, "asked because of what was said a page ago"
    page = one.send(desk_wait="12.5", done="yes")
    assert "What should change?" in page.text
    assert "Thank you" in one.send(comment='=HYPERLINK("http://x";"y")', done="yes").text
    standing = store.standing(one.token)
    assert standing is not None and standing.invitation.state == "finished"
    assert dict(standing.consents) == {"answers": True, "joined": True, "quotes": False}
    said = dict(standing.answers)
    assert {k: v for k, v in said.items() if k not in SUS} == {
        "used": "yes", "age": 42, "channels": ["web", "desk"], "first": ["clarity", "speed"], "ease": 7,
        "quoted": "yes", "desk_wait": 12.5, "comment": '=HYPERLINK("http://x";"y")',
    }  # fmt: skip
    log = {s.about: s.value for s in rated(store, "demo").said() if s.about not in SUS}
    assert log == {
        "used": 1, "age": 42, "channels_web": 1, "channels_phone": 0, "channels_desk": 1, "first_clarity": 1,
        "first_speed": 2, "ease": 7, "quoted": 1, "desk_wait": 12.5, "comment": None,
    }, "of what was written the log says that it was, never what"  # fmt: skip
    assert {s.session for s in rated(store, "demo").said()} == {"visit"}
    assert scores(store, "demo", "sus")["n"] == 1


def test_who_is_asked_nothing_more_about_a_desk_was_not_there(quick: Store) -> None:
    one = through(quick, asked())
    page = one.send(age="42", channels=["web"], done="yes")
    assert "What should change?" in page.text and "desk" not in page.text


def test_without_consent_to_joining_the_answers_stand_alone(quick: Store) -> None:
    one = through(quick, asked(), session="visit")
    (session,) = {s.session for s in rated(quick, "demo").said()}
    assert session.startswith("survey-") and one.token not in session
    assert by_session(quick, "demo", "sus") == {} and scores(quick, "demo", "sus")["n"] == 1
    Person(quick, asked(), session="other").agree("joined")
    agreed = through(quick, asked(purposes=["answers"]), session="third")
    assert set(by_session(quick, "demo", "sus")) == {"third"}, agreed.token


def test_the_screener_thanks_who_is_not_looked_for(quick: Store) -> None:
    one = Person(quick, asked())
    one.agree()
    assert "This time others are asked" in one.send(used="no", done="yes").text
    assert quick.invitation(one.token).state == "screened_out"  # type: ignore[union-attr]
    assert "others are asked" in one.send(page="sus", **dict.fromkeys(SUS, "4"), done="yes").text
    assert {a.item for a in quick.answers("demo")} == {"used"}


def test_a_quota_takes_so_many_and_no_more(store: Store) -> None:
    first, second, older = (through(store, asked()) for _n in range(3))
    assert "What should change?" in first.send(age="20", done="yes").text
    assert "Enough people in your situation" in second.send(age="21", done="yes").text
    assert "What should change?" in older.send(age="31", done="yes").text
    assert store.invitation(second.token).state == "full"  # type: ignore[union-attr]


WRONG = [
    ({"age": "12"}, "must lie between 16 and 120"),
    ({"age": "forty"}, "Write a whole number"),
    ({"age": "41.5"}, "Write a whole number"),
    ({"age": ["20", "30"]}, "Two different answers"),
    ({"channels": ["web", "phone", "desk"]}, "Choose 2 at most"),
    ({"channels": ["pigeon"]}, "is not one of the choices"),
    ({"first.speed": "1", "first.clarity": "1"}, "a place of its own"),
    ({"first.speed": "1"}, "a place of its own"),
    ({"first.speed": "9", "first.clarity": "1"}, "is not one of the choices"),
    ({"ease": "8"}, "is not one of the choices"),
    ({"ease": "-"}, "is not one of the choices"),
]


@pytest.mark.parametrize(("fields", "says"), WRONG)
def test_what_cannot_be_kept_is_said_and_the_rest_is_kept(quick: Store, fields: dict[str, Any], says: str) -> None:
    one = through(quick, asked())
    page = one.send(**{"age": "42", "ease": "6", **fields}, done="yes")
    assert page.status == 422 and says in page.text
    there = quick.standing(one.token)
    assert there is not None
    kept_well = {"age": 42.0, "ease": 6.0}.items() - {(k, v) for k, v in (("age", 42.0), ("ease", 6.0)) if k in fields}
    assert kept_well <= there.answers.items()
    assert "about" not in there.pages and not set(fields) & {k for k in there.answers if k in ("age", "ease")}


def test_what_is_required_is_asked_until_it_is_answered_or_declined(quick: Store) -> None:
    one = through(quick, asked())
    page = one.send(ease="3", done="yes")
    assert page.status == 422 and ("skip", "yes") not in page.buttons
    assert one.send(ease="3", skip="yes").status == 422, "not even by a button that is not there"
    page = one.send(**{"age.not": "yes"}, done="yes")
    assert "What should change?" in page.text
    assert quick.standing(one.token).answers["age"] is None  # type: ignore[union-attr]
    assert "age" not in {s.about for s in rated(quick, "demo").said()}, "who would rather not say has said nothing"


def test_a_text_that_is_too_long_is_said_to_be(quick: Store) -> None:
    one = through(quick, asked())
    one.send(age="42", done="yes")
    page = one.send(comment="x" * 41, done="yes")
    assert page.status == 422 and "40 characters or fewer" in page.text
    assert "Thank you" in one.send(comment="ما أطول الانتظار & <b>", done="yes").text
    assert quick.standing(one.token).answers["comment"] == "ما أطول الانتظار & <b>"  # type: ignore[union-attr]


def test_switching_the_language_keeps_words_and_choices(quick: Store) -> None:
    one = through(quick, asked(), language="en")
    page = one.send(age="42", channels=["phone"], ease="5", language="ar")
    assert page.tag("html")["dir"] == "rtl" and page.chosen == {"ease": "5"}
    assert 'value="42"' in page.html and 'value="phone" checked' in page.html


def test_the_order_is_one_persons_own_and_stays(quick: Store) -> None:
    questions = [{"id": f"q{n}", "kind": "single", "text": f"Q{n}", "choices": YES_NO} for n in range(6)]
    what = questionnaire_of({"asks": [{"shuffled": questions[:5]}, questions[5]]}, "mixed.yaml")
    orders = {tuple(page.page for page in what.order(f"token {n}")) for n in range(40)}
    assert len(orders) > 20 and {order[5] for order in orders} == {"q5"}
    assert [p.page for p in what.order("token 1")] == [p.page for p in what.order("token 1")]
    one = Person(quick, what)
    one.agree()
    for page in what.order(one.token):
        assert one.visitor.page.hidden["page"] == page.page
        one.send(**{page.page: "yes"}, done="yes")
    assert "Thank you" in one.visitor.page.text


# --- what is odd is flagged and kept ---------------------------------------------------------------------------------


def flags_of(tmp_path: Path, seconds: float, said: list[int], **more: str) -> tuple[list[str], Store]:
    clock = [NOON]
    store = Store(f"sqlite:///{tmp_path / 'flags.sqlite'}", clock=lambda: clock[0])
    token = invite(store, "demo", "sus", language="en")
    someone = Visitor(intake.app(store))
    someone.open(f"/s/{token}")
    someone.press("agree", "yes")
    clock[0] += timedelta(seconds=seconds)
    answers = {item: str(value) for item, value in zip(SUS, said, strict=True)}
    someone.post({**someone.page.hidden, **answers, **more, "done": "yes"})
    return store.flagged("demo").get(token, []), store


HONEST = [4, 2, 4, 2, 5, 1, 4, 2, 4, 2]


@pytest.mark.parametrize(
    ("seconds", "said", "more", "flags"),
    [
        (60, HONEST, {}, []),
        (19, HONEST, {}, ["too_fast"]),
        (60, [4] * 10, {}, ["all_alike"]),
        (60, HONEST, {"website": "http://buy"}, ["hidden_field"]),
        (1, [3] * 10, {"website": "x"}, ["hidden_field", "too_fast", "all_alike"]),
    ],
)
def test_what_is_odd_is_flagged_and_counted(
    tmp_path: Path, seconds: float, said: list[int], more: dict[str, str], flags: list[str]
) -> None:
    found, store = flags_of(tmp_path, seconds, said, **more)
    assert found == flags
    told = scores(store, "demo", "sus")
    assert (told["n"], told["flagged"], told["flags"]) == (1, int(bool(flags)), dict.fromkeys(flags, 1))
    assert (told["without_flagged"] is None) == (not flags)
    assert not flags or told["without_flagged"]["n"] == 0
    store.close()


def test_a_page_sent_twice_is_kept_once_and_noted(quick: Store) -> None:
    someone = Visitor(intake.app(quick))
    token = invite(quick, "demo", "sus", language="en")
    someone.open(f"/s/{token}")
    form = {**someone.press("agree", "yes").hidden, **dict.fromkeys(SUS, "4"), "done": "yes"}
    for _again in range(2):
        someone.here = f"/s/{token}"
        someone.post(form)
    assert quick.submissions("demo") == 1 and "sent_again" in quick.flagged("demo")[token]


# --- what is asked is kept, word for word ----------------------------------------------------------------------------


def test_what_was_asked_stays_whatever_becomes_of_the_file(store: Store) -> None:
    digest = keep(store, asked())
    assert keep(store, asked()) == digest and kept(store, digest) == asked()
    assert keep(store, asked(title="Another")) != digest
    assert kept(store, "nothing") is None


def test_a_questionnaire_can_be_written_down_and_read_again(tmp_path: Path) -> None:
    from studies.workspace import Workspace

    (tmp_path / "questionnaires").mkdir()
    import yaml

    (tmp_path / "questionnaires" / "after_renewal.yaml").write_text(
        yaml.safe_dump(WHOLE, allow_unicode=True, sort_keys=False)
    )
    out = tmp_path / "out.yaml"
    assert written_down("after_renewal", out, Workspace(tmp_path)) == []
    again = read_questionnaire(out)
    assert [p.page for p in again.every()] == [p.page for p in asked().every()]
    assert again.kept() == asked().kept()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"asks": []}, "asks: is a list"),
        ({"colour": "red"}, "“colour” is not known"),
        ({"asks": [{"instrument": "sas"}]}, "Did you mean sus"),
        ({"asks": [{"instrument": "sus"}, {"instrument": "sus"}]}, "two pages are called “sus”"),
        ({"quotas": [{"quota": "a", "when": "height > 2", "most": 1}]}, "looks at “height”, which is not asked"),
        ({"asks": [{"id": "a", "kind": "text", "text": "A", "when": "b = 1"}]}, "looks at “b”"),
        ({"purposes": ["answers", "spam"]}, "“spam” needs a text"),
        ({"purposes": ["joined"]}, "purposes must hold “answers”"),
        ({"asks": [{"id": "a", "kind": "single", "text": "A", "choices": {"x": "X"}}]}, "at least two choices"),
        ({"asks": [{"id": "a", "kind": "scale", "text": "A", "low": 5, "high": 1}]}, "high above low"),
        ({"asks": [{"id": "a", "kind": "text", "text": {"fr": "A"}}]}, "no language in which all of it is worded"),
        ({"asks": [{"id": "a", "kind": "text", "text": "A", "when": "used >< 3"}]}, "cannot be understood"),
    ],
)
def test_a_mistake_in_a_questionnaire_is_named(change: dict[str, Any], says: str) -> None:
    told = {**WHOLE, "quotas": [], **change}
    with pytest.raises(WrongInput, match=says):
        questionnaire_of(told, "q.yaml")


# --- rules -----------------------------------------------------------------------------------------------------------

ANSWERS: dict[str, Any] = {"used": "yes", "visits": 3.0, "channels": ["web", "desk"], "nothing": [], "silent": None}


@pytest.mark.parametrize(
    ("rule", "truth"),
    [
        ("used = yes", True),
        ("${used} = 'no'", False),
        ("used != no and visits > 2", True),
        ("visits >= 3 and visits <= 3 and not(visits < 3)", True),
        ("selected(channels, 'desk')", True),
        ("selected(${channels}, 'phone') or used = yes", True),
        ("channels = web", True),
        ("nothing = ''", True),
        ("unasked = ''", True),
        ("silent != ''", False),
        ("unasked > 0", False),
        ("unasked != yes", True),
        ("visits = 3", True),
        ("visits = '3'", True),
        ("(used = no or visits = 3) and not(used = no)", True),
        ("used = no and visits = 3 or used = yes", True),
    ],
)
def test_a_rule_means_what_it_says(rule: str, truth: bool) -> None:
    assert holds(read_rule(rule), ANSWERS) is truth


@given(st.text(alphabet="abu se=!<>()',$ {}and or not 123", max_size=40))
def test_no_rule_breaks_the_reading(text: str) -> None:
    try:
        rule = read_rule(text)
    except WrongInput:
        return
    assert names_in(rule) and holds(rule, {}) in (True, False)
