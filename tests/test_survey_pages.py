"""A participant goes through a whole survey with a browser that runs no scripts, and loses nothing on the way."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from visitor import Visitor

import intake
from studies.store import Store
from studies.troubles import Failed, WrongInput
from studies.words import languages
from surveys.invitations import invite
from surveys.sent import MOST_BYTES

SUS = [f"sus_{n}" for n in range(1, 11)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


@pytest.fixture
def visit(store: Store) -> Callable[..., Visitor]:
    app = intake.app(store)
    return lambda speaks="en": Visitor(app, speaks)


def answers(store: Store, study: str = "demo") -> dict[str, float]:
    return {answer.item: answer.value for answer in store.answers(study)}


def test_a_whole_survey_in_arabic(store: Store, visit: Callable[..., Visitor]) -> None:
    token = invite(store, "demo", "sus", session="a7", language="ar")
    someone = visit()
    page = someone.open(f"/s/{token}")
    assert (page.status, page.tag("html")["lang"], page.tag("html")["dir"]) == (200, "ar", "rtl")
    page = someone.press("agree", "yes")
    assert list(page.choices) == SUS and page.choices["sus_1"] == ["1", "2", "3", "4", "5"]
    assert "أعتقد أنني أودّ استخدام هذا النظام كثيرًا" in page.text and "لا أوافق بشدة" in page.text
    assert re.findall("[A-Za-z]+", page.text) == ["English"], "the button to the other language"
    page = someone.press("done", "yes", {item: n % 5 + 1 for n, item in enumerate(SUS)})
    assert page.status == 200 and not page.choices
    assert answers(store) == {item: n % 5 + 1 for n, item in enumerate(SUS)}
    assert {answer.language for answer in store.answers("demo")} == {"ar"}
    assert someone.open(f"/s/{token}").text == page.text


def test_switching_the_language_in_mid_survey_loses_no_answer(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language='en')}")
    someone.press("agree", "yes")
    page = someone.press("language", "ar", {"sus_1": 4, "sus_2": 1})
    assert (page.tag("html")["dir"], page.chosen) == ("rtl", {"sus_1": "4", "sus_2": "1"})
    page = someone.press("language", "en", {"sus_3": 5})
    assert (page.tag("html")["dir"], page.chosen) == ("ltr", {"sus_1": "4", "sus_2": "1", "sus_3": "5"})
    assert {(a.item, a.language) for a in store.answers("demo")} >= {("sus_3", "ar")}
    assert "role" not in str(page.tags), "nobody is told off for what they had no time to answer"


def test_the_stored_value_is_the_meaning_whichever_side_it_stood_on(
    store: Store, visit: Callable[..., Visitor]
) -> None:
    for language in ("en", "ar"):
        someone = visit()
        someone.open(f"/s/{invite(store, language, 'sus', language=language)}")
        page = someone.press("agree", "yes")
        says = {"en": "Strongly disagree", "ar": "لا أوافق بشدة"}[language]
        # The low end comes first in both languages; the page's direction puts it left or right.
        assert re.search(rf'value="1"[^>]*><span>1<span class="unseen">, {says}', page.html)
        someone.press("done", "yes", dict.fromkeys(SUS, 1))
    assert answers(store, "en") == answers(store, "ar") == dict.fromkeys(SUS, 1)


def test_coming_back_later_on_another_device_goes_on_where_it_was_left(
    store: Store, visit: Callable[..., Visitor]
) -> None:
    token = invite(store, "demo", "sus")
    first = visit("ar,en;q=0.5")
    assert first.open(f"/s/{token}").tag("html")["lang"] == "ar"
    first.press("agree", "yes")
    first.press("language", "en", {"sus_1": 2})
    second = visit("ar")
    page = second.open(f"/s/{token}")
    assert (page.tag("html")["lang"], page.chosen) == ("en", {"sus_1": "2"})


def test_what_is_missing_is_said_and_nothing_is_lost(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language='en')}")
    someone.press("agree", "yes")
    page = someone.press("done", "yes", dict.fromkeys(SUS[:8], 3))
    assert page.status == 422 and page.chosen == dict.fromkeys(SUS[:8], "3")
    assert "2 statements still need an answer" in page.text and page.text.count("This one is not answered yet.") == 2
    hrefs = {has.get("href") or "" for tag, has in page.tags if tag == "a"}
    assert {href for href in hrefs if href.startswith("#")} == {"#sus_9", "#sus_10"}
    assert answers(store) == dict.fromkeys(SUS[:8], 3), "kept before a word was said"
    page = someone.press("done", "yes", {"sus_9": 1, "sus_10": 5})
    assert page.status == 200 and len(answers(store)) == 10


def test_nobody_is_forced_to_answer(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    token = invite(store, "demo", "sus", language="en")
    someone.open(f"/s/{token}")
    someone.press("agree", "yes")
    assert ("skip", "yes") not in someone.page.buttons
    someone.press("done", "yes", dict.fromkeys(SUS[:9], 3))
    assert "Thank you" in someone.press("skip", "yes").text
    assert store.sent_off("demo") == {(token, "sus")} and len(answers(store)) == 9


@pytest.mark.parametrize("wrong", ["0", "6", "-1", "3.5", "٣", "five", "1e0", " 3", "", "9" * 400, "<script>"])
def test_an_answer_that_is_no_choice_is_refused_in_words(
    store: Store, visit: Callable[..., Visitor], wrong: str
) -> None:
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language='en')}")
    page = someone.press("agree", "yes")
    page = someone.post({**page.hidden, **dict.fromkeys(SUS, "4"), "sus_5": wrong, "done": "yes"})
    assert page.status == 422 and "is not one of the choices" in page.text
    assert page.chosen == {item: "4" for item in SUS if item != "sus_5"}, "the others are kept"
    assert "sus_5" not in answers(store) and len(answers(store)) == 9
    assert "<script>" not in page.html
    assert ("skip", "yes") not in page.buttons, "what went wrong is put right, not skipped"


def test_two_answers_to_one_statement_are_refused_in_words(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language='en')}")
    page = someone.press("agree", "yes")
    page = someone.post({**page.hidden, **dict.fromkeys(SUS, "4"), "sus_5": ["4", "2"], "done": "yes"})
    assert page.status == 422 and "Two different answers" in page.text
    assert "sus_5" not in answers(store)


def test_sending_the_same_page_twice_stores_it_once(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    token = invite(store, "demo", "sus", language="en")
    someone.open(f"/s/{token}")
    form = {**someone.press("agree", "yes").hidden, **dict.fromkeys(SUS, "4"), "done": "yes"}
    first = someone.post(form)
    again = someone.post(form)
    assert first.text == again.text and again.status == 200
    assert store.submissions("demo") == 1


def test_changing_what_was_sent_off_is_refused_in_words(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language='en')}")
    form = {**someone.press("agree", "yes").hidden, **dict.fromkeys(SUS, "4"), "done": "yes"}
    someone.post(form)
    page = someone.post({**form, "sus_1": "1"})
    assert page.status == 409 and "stored as you first sent them" in page.text
    assert answers(store)["sus_1"] == 4


def test_nothing_is_asked_without_consent_and_a_no_is_respected(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    token = invite(store, "demo", "sus", language="en")
    page = someone.open(f"/s/{token}")
    assert not page.choices
    page = someone.post({**page.hidden, "page": "sus", **dict.fromkeys(SUS, "4"), "done": "yes"})
    assert not page.choices and answers(store) == {}, "answers without consent are not kept"
    page = someone.press("agree", "no")
    assert "You do not take part" in page.text
    assert someone.open(f"/s/{token}").text == page.text
    assert list(someone.press("agree", "yes").choices) == SUS


def test_several_instruments_come_one_page_each(
    store: Store, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveys.instruments import Instrument, shipped
    from surveys.questionnaire import reading as questionnaire_reading

    twin = (
        shipped("sus").model_dump_json().replace("sus_", "twin_").replace('"instrument":"sus"', '"instrument":"twin"')
    )
    both = {"sus": shipped("sus"), "twin": Instrument.model_validate_json(twin)}
    monkeypatch.setattr(questionnaire_reading, "instrument_named", lambda name, space=None: both[name])
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', ['sus', 'twin'], language='en')}")
    page = someone.press("agree", "yes")
    assert "Page 2 of 3" in page.text and list(page.choices) == SUS
    page = someone.press("done", "yes", dict.fromkeys(SUS, 4))
    assert "Page 3 of 3" in page.text and page.choices.keys() == {f"twin_{n}" for n in range(1, 11)}
    assert "Thank you" in someone.press("done", "yes", dict.fromkeys(page.choices, 2)).text
    assert len(answers(store)) == 20


def test_an_unknown_link_says_so(visit: Callable[..., Visitor]) -> None:
    for path in ("/s/never-given", "/s/", "/", "/s/a/b", "/admin"):
        page = visit().open(path)
        assert page.status == 404 and "This link leads nowhere" in page.text
    someone = visit()
    someone.here = "/s/never-given"
    assert someone.post({"page": "sus", "sus_1": "3"}).status == 404


def test_a_closed_study_says_so_and_takes_nothing(store: Store, visit: Callable[..., Visitor]) -> None:
    someone = visit()
    token = invite(store, "demo", "sus", language="en")
    someone.open(f"/s/{token}")
    form = {**someone.press("agree", "yes").hidden, **dict.fromkeys(SUS, "4"), "done": "yes"}
    store.close_study("demo")
    page = someone.post(form)
    assert page.status == 410 and "This survey is closed" in page.text
    assert someone.open(f"/s/{token}").status == 410
    assert answers(store) == {}


def test_a_store_that_cannot_write_keeps_the_answers_on_the_page(
    store: Store, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_more: object) -> bool:
        raise Failed("The disk is full.")

    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language='en')}")
    someone.press("agree", "yes")
    with monkeypatch.context() as broken:
        broken.setattr(store, "take", full)
        page = someone.press("done", "yes", dict.fromkeys(SUS, 4))
    assert page.status == 503 and "could not be stored" in page.text and page.chosen == dict.fromkeys(SUS, "4")
    assert "Thank you" in someone.press("done", "yes").text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"page=sus&sus_1=%FF%FE",
        b"page=sus" * 5000,
        b"&".join(b"a%d=1" % n for n in range(900)),
        b"=&=&",
    ],
)
def test_what_no_form_would_send_stores_nothing_and_breaks_nothing(
    store: Store, visit: Callable[..., Visitor], body: bytes
) -> None:
    someone = visit()
    token = invite(store, "demo", "sus", language="en")
    someone.open(f"/s/{token}")
    someone.press("agree", "yes")
    assert someone.ask("POST", f"/s/{token}", body).status in (303, 422)
    assert answers(store) == {}


def test_more_than_any_form_is_refused_in_words(store: Store, visit: Callable[..., Visitor]) -> None:
    page = visit("ar").ask("POST", f"/s/{invite(store, 'demo', 'sus')}", b"a=" + b"x" * MOST_BYTES)
    assert page.status == 413 and page.tag("html")["lang"] in languages()


def test_every_answer_of_the_server_is_guarded_and_asks_nobody_else(
    store: Store, visit: Callable[..., Visitor]
) -> None:
    someone = visit()
    token = invite(store, "demo", "sus", language="en")
    pages = [someone.open("/s/none"), someone.open("/up"), someone.open(f"/s/{token}"), someone.press("agree", "yes")]
    pages += [someone.press("done", "yes"), visit().ask("POST", f"/s/{token}", b"x" * 2 * MOST_BYTES)]
    pages.append(visit().ask("DELETE", f"/s/{token}"))
    for page in pages:
        policy = page.headers["content-security-policy"][0]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "form-action 'self'" in policy
        assert page.headers["cache-control"] == ["no-store"]
        assert page.headers["x-content-type-options"] == ["nosniff"]
        assert page.headers["referrer-policy"] == ["no-referrer"]
        assert "set-cookie" not in page.headers
        assert "//" not in page.html, "no address of anybody else"
        assert not [tag for tag, _has in page.tags if tag in ("script", "iframe", "img", "object")]


def test_the_style_is_the_one_that_the_policy_allows(store: Store, visit: Callable[..., Visitor]) -> None:
    import base64
    import hashlib

    page = visit().open(f"/s/{invite(store, 'demo', 'sus')}")
    found = re.search(r"<style>(.*)</style>", page.html, re.S)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["content-security-policy"][0]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_can_be_used_without_seeing_it(store: Store, visit: Callable[..., Visitor], language: str) -> None:
    someone = visit()
    someone.open(f"/s/{invite(store, 'demo', 'sus', language=language)}")
    someone.press("agree", "yes")
    page = someone.press("done", "yes", {"sus_1": 2})
    tags = [tag for tag, _has in page.tags]
    assert tags.count("fieldset") == tags.count("legend") == 10 and tags.count("h1") == tags.count("main") == 1
    ids = [has["id"] for _tag, has in page.tags if "id" in has]
    assert len(ids) == len(set(ids))
    for _tag, has in page.tags:
        for names in ("aria-describedby", "aria-labelledby"):
            assert (has.get(names) or ids[0]) in ids
    assert [has for _tag, has in page.tags if has.get("role") == "alert"]
    # Enter presses the first button of a form: that must not be the one that switches the language.
    assert "name" not in page.tag("button")


def test_an_invitation_to_what_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(WrongInput, match=r"no instrument “sas”.*Did you mean sus"):
        invite(store, "demo", "sas")
    with pytest.raises(WrongInput, match="needs an instrument"):
        invite(store, "demo", [])
    with pytest.raises(WrongInput, match=r"not worded in “fr”.*en, ar"):
        invite(store, "demo", "sus", language="fr")
