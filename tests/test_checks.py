"""What the checks of a page find: the Arabic lint on words alone, and faults planted on pages in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import intake
from analysis.checked import checks_table
from journeys import checking
from journeys.checking import Checked, Finding, kinds, said, where_is, without
from journeys.checks import arabic, vitals
from journeys.checks._scripts import foreign_words, script_of, written_in
from journeys.checks._snapshot import Blank, Message, Number, Sided, Snapshot, Text
from journeys.diary import Diary
from journeys.personas import personas_for
from journeys.players import browser as player
from journeys.players.browser_checks import Standing, waiting
from journeys.players.browser_notes import Notes
from journeys.players.browser_start import Browser, started
from journeys.practice import serve
from journeys.reading import read_journey
from journeys.shelf import LIBRARY
from journeys.walk import walk_of
from studies.events import Session
from studies.store import Store
from studies.workspace import Workspace
from surveys.invitations import invite

pytestmark = pytest.mark.untimed

SENTENCE = Text("تجديد رخصة المركبة في الإدارة العامة للمرور", dir="rtl")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = {"lang": "ar", "dir": "rtl", "reads": "rtl"}


def found(*texts: Text, **more: Any) -> list[str]:
    """The ids of what the lint finds on an Arabic page with these texts."""
    return [fault[0] for fault in arabic.lint(Snapshot(**{**PAGE, "texts": (SENTENCE, *texts), **more}))]


# --- the lint, on words alone -----------------------------------------------------------------------------------------


def test_a_clean_page_has_no_fault() -> None:
    assert found(Text("المبلغ 1,234.50 دينار", dir="rtl"), Text("BenefitPay", dir="rtl")) == []


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"lang": ""}, "lang_missing"),
        ({"lang": "en"}, "lang_wrong"),
        ({"dir": "", "reads": "ltr"}, "dir_missing"),
        ({"dir": "ltr", "reads": "ltr"}, "dir_wrong"),
    ],
)
def test_language_and_direction_of_the_page(more: dict[str, str], fault: str) -> None:
    assert found(**more) == [fault]


def test_an_english_page_is_held_to_the_same() -> None:
    words = Text("Renew the registration of a vehicle")
    english = {"lang": "en", "dir": "", "reads": "ltr"}
    assert found(**english, texts=(words,)) == []
    assert found(**{**english, "dir": "rtl", "reads": "rtl"}, texts=(words,)) == ["dir_wrong"]
    assert found(**english, texts=(words, Text("متابعة"))) == ["untranslated"]
    assert found(**english, texts=(words, Text("العربية"))) == []
    assert found(**english, texts=(words, Text("متابعة", lang="ar"))) == []


def test_too_few_words_tell_nothing() -> None:
    assert found(lang="en", dir="", reads="ltr", texts=(Text("123"),)) == []


def test_a_part_that_goes_the_other_way() -> None:
    assert found(Text("يرجى إدخال رقم الهوية الوطنية", dir="ltr")) == ["part_direction"]
    assert found(Text("Ministry of Silly Walks", dir="ltr", lang="en")) == []


@pytest.mark.parametrize(
    ("texts", "faults"),
    [
        (["123", "١٢٣"], ["mixed_digits"]),
        (["123", "456 ۷"], ["mixed_digits"]),
        (["١٢٣", "٤٥٦"], []),
        (["123", "45"], []),
    ],
)
def test_digits_of_one_kind_only(texts: list[str], faults: list[str]) -> None:
    assert found(*(Text(text, dir="rtl") for text in texts)) == faults


def test_letters_stay_joined() -> None:
    assert found(Text("متابعة", dir="rtl", spacing=1.5)) == ["letter_spacing"]
    assert found(Text("متابعة", dir="rtl", transform="uppercase")) == ["capitals"]
    assert found(Text("PDF 20", dir="rtl", spacing=1.5)) == []


@pytest.mark.parametrize(
    ("number", "faults"),
    [
        (Number("##-##-####", reversed=True), ["reversed_date"]),
        (Number("####/##/##", reversed=True), ["reversed_date"]),
        (Number("##/##/####"), []),
        (Number("+### #### ####", reversed=True, sign_behind=True), ["reversed_phone"]),
        (Number("-##", sign_behind=True), ["reversed_amount"]),
        (Number("##-##", reversed=True), ["reversed_range"]),
    ],
)
def test_numbers_stand_as_they_are_written(number: Number, faults: list[str]) -> None:
    assert found(numbers=(number,)) == faults


def test_fields_that_are_written_from_the_left() -> None:
    assert found(fields=(Blank(auto="tel", dir="rtl"),)) == ["field_direction"]
    assert found(fields=(Blank(auto="tel", dir="ltr"), Blank(auto="name", dir="rtl"))) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Full Name", True),
        ("Submit", True),
        ("please wait a moment", True),
        ("Visa", False),
        ("Apple Pay", False),
        ("IBAN", False),
        ("BH-2026-00123", False),
        ("help@example.test", False),
        ("www.example.test/apply", False),
        ("English", False),
        ("أدخل رقم IBAN الخاص بك", False),
        ("ادفع عن طريق Apple Pay الآن", False),
        ("اضغط على Submit your application للمتابعة", True),
        ("123", False),
    ],
)
def test_what_was_left_untranslated(text: str, left: bool) -> None:
    assert foreign_words(text, "arabic") is left


def test_messages_and_styles() -> None:
    assert found(messages=(Message("latin"),)) == ["message_language"]
    assert found(messages=(Message("arabic"), Message("other"))) == []
    assert found(styles=(Sided("padding-left"),)) == ["physical_style"]


def test_scripts() -> None:
    assert [script_of(code) for code in ("ar-BH", "en", "ur", "", "zh")] == ["arabic", "latin", "arabic", None, None]
    assert [written_in(text, 3) for text in ("سلام abc", "abc", "ab", "")] == ["arabic", "latin", None, None]


# --- what a finding tells and does not tell ---------------------------------------------------------------------------


class Blind:
    """A page that nobody looks at, for a citizen who has typed something."""

    given = frozenset({"851234567", "Rana Haddad"})

    def run(self, script: str, *arguments: Any) -> Any:
        raise AssertionError


def test_what_was_typed_is_no_part_of_a_place() -> None:
    assert where_is({"label": "Welcome, Rana Haddad", "path": "main > a"}, Blind()) == "“Welcome, …”"
    assert where_is({"label": "٨٥١٢٣٤٥٦٧", "path": "main > a"}, Blind()) == "main > a"
    assert without("رقمك ٨٥١٢٣٤٥٦٧", Blind.given).endswith("…")


@pytest.mark.parametrize(
    ("name", "value", "rating"),
    [("lcp", 2500, "good"), ("lcp", 2501, "moderate"), ("lcp", 4001, "serious"), ("inp", 200, "good"),
     ("inp", 501, "serious"), ("cls", 0.1, "good"), ("cls", 0.26, "serious"), ("fcp", 1801, "moderate"),
     ("ttfb", 800, "good")],
)  # fmt: skip
def test_vitals_are_rated_as_everybody_rates_them(name: str, value: float, rating: str) -> None:
    assert [f.severity for f in vitals.rated({name: value})] == [rating]


def test_findings_are_kept_in_every_language_and_told_in_one(tmp_path: Path) -> None:
    finding = Finding("accessibility", "label", said("A {x}", x=1), "“Name”", "serious", said("B"))
    checked = [Checked("s", "open", "form", finding)]
    checking.keep(checked, tmp_path / "s.json")
    assert checking.kept(tmp_path / "s.json") == checked
    assert json.loads((tmp_path / "s.json").read_text("utf-8"))[0]["what"] == {"ar": "A 1", "en": "A 1"}
    assert checked[0].json()["what"] == "A 1"
    assert "a11y:label" in checking.told(checked)
    assert checking.kept(tmp_path / "nobody.json") == []
    (row,) = checks_table(tmp_path / "s.json").to_dict("records")
    assert list(row.values()) == ["serious", "form", "open", "A 1", "“Name”", "B"]
    assert checks_table(tmp_path / "nobody.json").empty


@pytest.mark.parametrize(
    ("verbs", "open_"),
    [
        ([], False),
        (["acts"], True),
        (["submits", "responds"], True),
        (["submits", "responds", "answers"], False),
        (["acts", "gives"], False),
        (["acts", "answers", "notes"], False),
        (["submits", "notes"], True),
    ],
)
def test_nobody_looks_while_the_citizen_waits(verbs: list[str], open_: bool) -> None:
    diary = Diary(Session("s", datetime(2026, 1, 1, tzinfo=UTC)), "s", "web", "traffic")
    for verb in verbs:
        diary.write("service", verb)
    assert waiting(diary) is open_


# --- real pages -------------------------------------------------------------------------------------------------------

HEAD = "<!doctype html><html {html}><meta charset=utf-8><title>{title}</title><style>{style}</style><main>{main}</main>"
CLEAN = {
    "en": HEAD.format(
        html="lang=en", title="Renew", style="p{padding-inline-start:1em}",
        main="<h1>Renew the registration of a vehicle</h1><p>Call +973 1712 3456 before 01-03-2026.</p>"
        "<form novalidate><label>Full name <input name=n required autocomplete=name></label><button>Continue</button>"
        "</form><p><a href='#' lang=ar>العربية</a></p>",
    ),
    "ar": HEAD.format(
        html="lang=ar dir=rtl", title="تجديد", style="p{padding-inline-start:1em;text-align:start}",
        main="<h1>تجديد تسجيل مركبة خصوصية</h1>"
        "<p>اتصل على <bdi dir=ltr>+973 1712 3456</bdi> قبل 01/03/2026 وادفع 1,234.50 دينار عبر BenefitPay</p>"
        "<form novalidate><label>الاسم الكامل <input name=n required autocomplete=name></label><button>متابعة</button>"
        "</form><p><a href='#' lang=en>English</a></p>",
    ),
}  # fmt: skip
FAULTY = HEAD.format(
    html="lang=en", title="تجديد",
    style="html{direction:rtl}h1{letter-spacing:2px}.l{text-align:left;padding-left:2em}",
    main="<h1>تجديد تسجيل مركبة خصوصية</h1><p class=l>الرسوم ١٢٣ دينار والموعد 01-03-2026 في المركز</p>"
    "<p>الهاتف: +973 1712 3456 للتواصل</p>"
    "<p style='color:#ccc'>نص باهت لا يقرأ بسهولة</p><img src='data:,' width=9 height=9>"
    "<form><label>Full name <input name=n required></label><input name=tel autocomplete=tel dir=rtl>"
    "<button>متابعة</button></form>",
)  # fmt: skip
PLANTED = {
    "a11y:color-contrast",
    "a11y:image-alt",
    "a11y:label",
    "arabic:lang_wrong",
    "arabic:mixed_digits",
    "arabic:letter_spacing",
    "arabic:reversed_date",
    "arabic:reversed_phone",
    "arabic:field_direction",
    "arabic:untranslated",
    "arabic:message_language",
    "arabic:physical_style",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started("en", True, 15.0) as opened:
        yield opened


def on_page(browser: Browser, *given: str) -> list[Finding]:
    """What accessibility and lint find on the page that stands in the browser."""
    page = Standing(browser, frozenset(given))
    return [f for kind in ("accessibility", "arabic") for f in kinds()[kind](page)]


def show(browser: Browser, html: str) -> None:
    browser.page.go("data:text/html;charset=utf-8," + quote(html))


@pytest.mark.browser
@pytest.mark.parametrize("language", CLEAN)
def test_a_clean_real_page_has_no_finding(browser: Browser, language: str) -> None:
    show(browser, CLEAN[language])
    assert [(f.tag, f.where) for f in on_page(browser)] == []


@pytest.mark.browser
def test_every_planted_fault_is_found_and_nothing_else(browser: Browser) -> None:
    show(browser, FAULTY)
    findings = on_page(browser)
    assert {f.tag for f in findings} == PLANTED
    assert all(f.what["en"] and f.mend["en"] and f.where for f in findings)
    # axe-core by itself leaves words of joined letters alone
    assert [f.where for f in findings if f.id == "color-contrast"] == ["main > p:nth-of-type(3)"]


@pytest.mark.browser
def test_the_page_is_left_as_it_was(browser: Browser) -> None:
    show(browser, FAULTY.replace("<main>", "<script>window.axe = 'mine'</script><main>"))
    before = browser.page.look("return document.documentElement.outerHTML")
    on_page(browser)
    left = browser.page.look(
        "return [window.axe, 'khutwaHadAxe' in window, document.documentElement.outerHTML,"
        " CanvasRenderingContext2D.prototype.measureText.toString().includes('native')]"
    )
    assert left == ["mine", False, before, True]


@pytest.mark.browser
def test_what_is_typed_stands_in_no_finding(browser: Browser) -> None:
    shown = FAULTY.replace("name=n required", "name=n required value='Unmistakable Name'")
    show(browser, shown.replace("متابعة", "Unmistakable Name").replace("باهت", "Unmistakable Name 77881234"))
    told = json.dumps([vars_of(f) for f in on_page(browser, "Unmistakable Name", "77881234")], ensure_ascii=False)
    assert "Unmistakable" not in told and "77881234" not in told


def vars_of(finding: Finding) -> dict[str, Any]:
    return Checked("s", "t", "p", finding).kept()


@pytest.mark.browser
def test_the_vitals_of_a_page(browser: Browser) -> None:
    show(browser, CLEAN["en"])
    browser.page.look("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    measured = {f.id: f for f in vitals.look(Standing(browser, frozenset()))}
    assert {"lcp", "fcp", "cls"} <= set(measured)
    assert measured["cls"].value == 0


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_practice_agency_keeps_to_what_it_teaches(browser: Browser, language: str) -> None:
    with serve.running() as base:
        browser.page.go(f"{base}/?lang={language}")
        services = browser.page.look("return Array.from(document.querySelectorAll('main a'), a => a.pathname)")
        assert len(services) >= 12
        for path in ["/", "/nowhere", *services[::4]]:
            browser.page.go(f"{base}{path}?lang={language}")
            assert browser.page.look("return document.documentElement.lang") == language
            assert [(path, f.tag, f.where) for f in on_page(browser)] == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_survey_can_be_used_by_everybody(browser: Browser, language: str, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    token = invite(store, "demo", "sus", language=language, space=space)
    store.close()
    with intake.serving(space) as pages:
        browser.page.go(f"{pages}/s/{token}")
        for press in ("[name=agree][value=yes]", "[name=done]", "[name=skip]", None):
            assert [(press, f.tag, f.where) for f in on_page(browser)] == []
            if press:
                browser.page.look(f"document.documentElement.id = 'old'; document.querySelector('{press}').click()")
                settled(browser)
        browser.page.go(f"{pages}/s/nobody")
        assert [f.tag for f in on_page(browser)] == []


def settled(browser: Browser) -> None:
    """Wait until the next page is there."""
    for _turn in range(200):
        try:
            if browser.page.look("return document.readyState === 'complete' && document.documentElement.id !== 'old'"):
                return
            browser.page.look("return new Promise(done => requestAnimationFrame(done))")
        except Exception:  # noqa: BLE001, S112 the page goes while it is being looked at
            continue
    raise AssertionError("the next page did not come")


@pytest.mark.browser
def test_a_walk_with_checks_keeps_and_notes_what_it_found(tmp_path: Path) -> None:
    journey = read_journey(LIBRARY / "traffic" / "renew_vehicle.yaml")
    with serve.running() as base:
        walk = walk_of(
            journey, personas_for(journey, 1)[0], session="w", language="ar", variant="redesigned", base_url=base,
            checks=tmp_path / "w.json",
        )  # fmt: skip
        log = player.play(walk)
    kept = checking.kept(tmp_path / "w.json")
    assert {c.finding.kind for c in kept} == {"vitals"}, "the practice agency has no faults"
    assert {c.page for c in kept} >= {"traffic/renew"}
    notes = [s for s in log.said() if s.verb == "notes"]
    assert {s.about for s in notes} >= {"vitals:lcp", "vitals:cls"}
    assert all(s.value is not None for s in notes)
    # every wait is closed before anybody looks
    assert [s.verb for s in log.said() if s.actor == "service"][-1] == "concludes"


def test_the_citizens_clock_stands_still_while_the_lab_looks() -> None:
    journey = read_journey(LIBRARY / "traffic" / "renew_vehicle.yaml")
    diary = Diary(Session("s", datetime(2026, 1, 1, tzinfo=UTC)), "s", "web", "traffic", lambda: NOON)
    walk = walk_of(journey, personas_for(journey, 1)[0], session="s", base_url="http://127.0.0.1:1")
    notes = Notes(walk, None, None, diary)  # type: ignore[arg-type]
    before, noon = diary.moment(), NOON.timestamp() * 1000
    notes.hold(noon - 800, noon)
    assert before - diary.moment() == timedelta(milliseconds=800)
    heard = [notes._ahead_at(noon + moment) / timedelta(milliseconds=1) for moment in (-1000, -800, -300, 0, 500)]
    assert heard == [0, 0, -500, -800, -800]
