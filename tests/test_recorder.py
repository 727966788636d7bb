"""The recorder alone, in a real browser: what it tells of pages whose behaviour is known."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from delayed_service import running
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from journeys.hearing.messages import Message, in_order, listen
from journeys.players.browser_ears import RECORDER, Ears, ears_of
from journeys.players.browser_start import Browser, started

PATIENCE = 10.0


def test_it_is_small_and_needs_nothing() -> None:
    source = RECORDER.read_text(encoding="utf-8")
    assert len(gzip.compress(source.encode())) < 15_000
    assert not re.search(r"\bimport\b|\brequire\(|https?://(?!\[|\?)", source.replace("/^https?:/", ""))


def test_every_kind_of_message_is_told_at_its_head() -> None:
    source = RECORDER.read_text(encoding="utf-8")
    head = source[: source.index("*/")]
    told = set(re.findall(r"tell\('(\w+)'", source))
    assert told and all(re.search(rf"\b{kind}\b", head) for kind in told)


@dataclass
class Bench:
    """A browser, the recorder in it, and pages to try it on."""

    browser: Browser
    ears: Ears
    base: str

    def open(self, kind: str, told: str = "") -> None:
        """A page of this kind, in a tab of its own, until it can be used."""
        driver = self.browser.driver
        old = driver.current_window_handle
        driver.switch_to.new_window("tab")
        new = driver.current_window_handle
        driver.switch_to.window(old)
        driver.close()
        driver.switch_to.window(new)
        self.ears.messages.clear()
        driver.get(f"{self.base}/form?kind={kind}&{told}")
        self.until("usable")

    def until(self, kind: str, count: int = 1, **what: Any) -> list[Message]:
        """Everything told, once `count` messages of this kind are among it."""

        def told(messages: list[Message]) -> bool:
            fitting = [m for m in messages if m["k"] == kind and all(m.get(k) == v for k, v in what.items())]
            return len({(m["p"], m["n"]) for m in fitting}) >= count

        assert self.ears.wait(told, PATIENCE, self.browser.alive), f"no {kind} {what}: {self.ears.now()}"
        return in_order(self.ears.now())

    def fill(self, name: str, keys: str) -> None:
        """Type into a field, and leave it."""
        self.browser.driver.find_element(By.NAME, name).send_keys(keys + Keys.TAB)

    def press(self) -> None:
        """Press the page's first button."""
        self.browser.driver.find_element(By.TAG_NAME, "button").click()


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with running() as base, started("en", True, PATIENCE) as browser:
        yield Bench(browser, ears_of(browser), base)


def asked(messages: list[Message]) -> list[str]:
    return [f["n"] for m in messages if m["k"] == "fields" for f in m["f"]]


@pytest.mark.browser
def test_a_page_tells_where_it_is_when_it_was_usable_and_what_it_asks(bench: Bench) -> None:
    bench.open("choices")
    messages = bench.until("fields")
    hello, usable = (next(m for m in messages if m["k"] == kind) for kind in ("hello", "usable"))
    assert hello["u"] == f"{bench.base}/form" and hello["top"] == 1  # what follows the ? may be private
    assert usable["status"] == 200 and usable["lang"] == "en" and hello["o"] < usable["t"]
    assert asked(messages) == ["nid", "mail", "nat", "plate", "dob", "agree", "photo"]
    group = next(f for m in messages if m["k"] == "fields" for f in m["f"] if f["n"] == "nat")
    assert group["l"] == group["g"] == "Nationality"


@pytest.mark.browser
def test_what_is_filled_in_already_is_not_asked(bench: Bench) -> None:
    bench.open("prefilled")
    assert asked(bench.until("fields")) == ["nid", "mail"]


@pytest.mark.browser
def test_what_is_revealed_later_is_asked_then(bench: Bench) -> None:
    bench.open("reveal")
    assert asked(bench.until("fields")) == ["nid", "mail", "child"]
    bench.browser.driver.find_element(By.NAME, "child").click()
    messages = bench.until("fields", 2)
    assert asked(messages)[3:] == ["child_name"]
    give = next(m for m in messages if m["k"] == "give")
    later = [m for m in messages if m["k"] == "fields"][-1]
    assert give["field"]["n"] == "child" and give["t"] < later["t"]


@pytest.mark.browser
def test_values_are_never_told(bench: Bench) -> None:
    bench.open("secret")
    bench.fill("nid", "851234567")
    bench.fill("mail", "rana@example.test")
    bench.fill("word", "xyzzy-4711")
    bench.press()
    bench.until("usable", 2)
    told = repr(bench.ears.now())
    assert [m["field"]["n"] for m in in_order(bench.ears.now()) if m["k"] == "give"] == ["nid", "mail", "word"]
    assert not re.search(r"85123|rana|xyzzy|4711", told)


@pytest.mark.browser
def test_enter_in_a_field_sends_the_form(bench: Bench) -> None:
    bench.open("plain")
    bench.browser.driver.find_element(By.NAME, "mail").send_keys("a@b.test" + Keys.ENTER)
    messages = bench.until("usable", 2)
    sent = [m for m in messages if m["k"] == "sent"]
    give = next(m for m in messages if m["k"] == "give")
    assert len(sent) == 1 and sent[0]["f"] == "application" and sent[0]["u"] == f"{bench.base}/form"
    assert give["t"] <= sent[0]["t"]


@pytest.mark.browser
def test_nothing_is_lost_where_one_page_gives_way_to_the_next(bench: Bench) -> None:
    bench.open("plain")
    bench.press()
    messages = bench.until("usable", 2)
    first = [m for m in messages if m["p"] == messages[0]["p"]]
    assert [m["k"] for m in first if m["k"] in ("act", "sent", "unload")] == ["act", "sent", "unload"]
    assert [m["n"] for m in sorted(first, key=lambda m: m["n"])] == list(range(len(first)))


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["off", "unseen", "covered"])
def test_what_cannot_be_seen_is_no_sign(bench: Bench, kind: str) -> None:
    bench.open(kind, "wait=0.8")
    bench.press()
    heard = listen(bench.until("usable", 2))
    assert heard.signs == []
    assert heard.changes == [] or kind == "covered"  # the lid itself is a change


@pytest.mark.browser
def test_what_only_the_ear_gets_is_told_so(bench: Bench) -> None:
    bench.open("whisper", "wait=0.8")
    bench.press()
    (sign,) = listen(bench.until("usable", 2)).signs
    assert (sign.eye, sign.ear) == (False, True)


@pytest.mark.browser
def test_a_spinner_is_a_sign_from_when_it_is_drawn(bench: Bench) -> None:
    bench.open("spinner", "wait=0.9&spin=200")
    bench.press()
    heard = listen(bench.until("usable", 2))
    sent = next(m for m in heard.messages if m["k"] == "sent")
    seen = [s for s in heard.signs if s.eye]
    assert seen and all(200 <= s.since - sent["t"] < 500 for s in seen)


@pytest.mark.browser
def test_what_happens_in_a_shadow_is_seen(bench: Bench) -> None:
    bench.open("shadow")
    bench.press()
    assert asked(bench.until("fields", 2))[2:] == ["plate"]


@pytest.mark.browser
def test_a_strict_policy_does_not_silence_it(bench: Bench) -> None:
    bench.open("strict")
    assert asked(bench.until("fields")) == ["nid", "mail"]


@pytest.mark.browser
def test_a_page_that_redefines_the_browser_is_heard(bench: Bench) -> None:
    bench.open("hostile")
    bench.fill("nid", "851234567")
    bench.press()
    messages = bench.until("usable", 2)
    assert [m["k"] for m in messages if m["k"] in ("give", "act", "sent", "trouble")] == ["give", "act", "sent"]


@pytest.mark.browser
def test_it_leaves_no_name_and_no_trace_on_the_page(bench: Bench) -> None:
    bench.open("plain")
    names = "return Object.getOwnPropertyNames(window).filter(n => /khutwa/i.test(n))"
    assert bench.browser.driver.execute_script(names) == []
    assert "khutwa" not in bench.browser.driver.execute_script("return document.documentElement.outerHTML").lower()


@pytest.mark.browser
def test_a_form_whose_fields_hide_its_own_properties_is_heard(bench: Bench) -> None:
    bench.open("clobbered")
    bench.press()
    messages = bench.until("change")
    assert [m["k"] for m in messages if m["k"] in ("sent", "trouble")] == ["sent"]


@pytest.mark.browser
def test_what_is_typed_anew_over_the_same_is_given_too(bench: Bench) -> None:
    bench.open("prefilled")
    field = bench.browser.driver.find_element(By.NAME, "mobile")
    field.send_keys(Keys.CONTROL, "a")
    for keys in (Keys.BACKSPACE, "39000000", Keys.TAB):
        field.send_keys(keys)
    gives = [m for m in bench.until("give") if m["k"] == "give"]
    assert [m["field"]["n"] for m in gives] == ["mobile"]
