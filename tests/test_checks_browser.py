"""Faults planted on real pages in a real browser: each is found, nothing else is, and the page is left as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import intake
from journeys import checking
from journeys.checking import Checked, Finding, kinds
from journeys.checks import vitals
from journeys.personas import personas_for
from journeys.players import browser as player
from journeys.players.browser_checks import Standing
from journeys.players.browser_start import Browser, started
from journeys.practice import serve
from journeys.reading import read_journey
from journeys.shelf import LIBRARY
from journeys.walk import walk_of
from studies.store import Store
from studies.workspace import Workspace
from surveys.invitations import invite

pytestmark = [pytest.mark.browser, pytest.mark.untimed]


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


@pytest.mark.parametrize("language", CLEAN)
def test_a_clean_real_page_has_no_finding(browser: Browser, language: str) -> None:
    show(browser, CLEAN[language])
    assert [(f.tag, f.where) for f in on_page(browser)] == []


def test_every_planted_fault_is_found_and_nothing_else(browser: Browser) -> None:
    show(browser, FAULTY)
    findings = on_page(browser)
    assert {f.tag for f in findings} == PLANTED
    assert all(f.what["en"] and f.mend["en"] and f.where for f in findings)
    # axe-core by itself leaves words of joined letters alone
    assert [f.where for f in findings if f.id == "color-contrast"] == ["main > p:nth-of-type(3)"]


def test_the_page_is_left_as_it_was(browser: Browser) -> None:
    show(browser, FAULTY.replace("<main>", "<script>window.axe = 'mine'</script><main>"))
    before = browser.page.look("return document.documentElement.outerHTML")
    on_page(browser)
    left = browser.page.look(
        "return [window.axe, 'khutwaHadAxe' in window, document.documentElement.outerHTML,"
        " CanvasRenderingContext2D.prototype.measureText.toString().includes('native')]"
    )
    assert left == ["mine", False, before, True]


def test_what_is_typed_stands_in_no_finding(browser: Browser) -> None:
    shown = FAULTY.replace("name=n required", "name=n required value='Unmistakable Name'")
    show(browser, shown.replace("متابعة", "Unmistakable Name").replace("باهت", "Unmistakable Name 77881234"))
    told = json.dumps([vars_of(f) for f in on_page(browser, "Unmistakable Name", "77881234")], ensure_ascii=False)
    assert "Unmistakable" not in told and "77881234" not in told


def vars_of(finding: Finding) -> dict[str, Any]:
    return Checked("s", "t", "p", finding).kept()


def test_the_vitals_of_a_page(browser: Browser) -> None:
    show(browser, CLEAN["en"])
    browser.page.look("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    measured = {f.id: f for f in vitals.look(Standing(browser, frozenset()))}
    assert {"lcp", "fcp", "cls"} <= set(measured)
    assert measured["cls"].value == 0


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
