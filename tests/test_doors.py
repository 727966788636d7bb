"""Every way in leads to the same questions: a poster's code, the end of a journey whatever it was, a kiosk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_questionnaire import asked
from visitor import Visitor

import intake
from studies import archive
from studies.measuring.outcomes import endings
from studies.script import parse
from studies.store import Store
from studies.workspace import Workspace
from surveys.asking import links
from surveys.invitations import asked_of, door_link, door_to
from surveys.limits import Allowance
from surveys.sent import MOST_BYTES

SUS = [f"sus_{n}" for n in range(1, 11)]
CITIZEN, PART = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba98765432{:02x}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


# --- a link for whoever comes ----------------------------------------------------------------------------------------


def test_nothing_is_kept_of_who_only_looks(store: Store) -> None:
    door = door_to(store, "demo", "sus")
    assert door_to(store, "demo", "sus") == door and door_to(store, "demo", "sus", "redesigned") != door
    someone = Visitor(intake.app(store), "ar")
    page = someone.open(f"/j/{door}")
    assert page.tag("html")["lang"] == "ar" and ("agree", "yes") in page.buttons
    assert someone.press("language", "en").tag("html")["lang"] == "en"
    assert "nothing was kept" in someone.press("agree", "no").text
    assert store.invitations("demo") == []


def test_whoever_agrees_gets_a_link_of_their_own_once(store: Store) -> None:
    door = door_to(store, "demo", "sus", "as_is")
    someone = Visitor(intake.app(store))
    form = {**someone.open(f"/j/{door}").hidden, "agree": "yes"}
    page = someone.post(form)
    assert list(page.choices) == SUS and someone.here.startswith("/s/")
    mine, someone.here = someone.here, f"/j/{door}"
    someone.post(form)
    assert someone.here == mine, "a double press lets one person in"
    (one,) = store.invitations("demo")
    assert (one.entry, one.condition, one.session, one.language) == ("door", "as_is", None, "en")


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        ("concluded", "You have just used a public service"),
        ("refused", "did not accept your request"),
        ("left", "You did not go through with it"),
        ("broken", "Something failed on the way"),
    ],
)
def test_after_a_journey_whatever_its_end(store: Store, ending: str, says: str) -> None:
    door = door_to(store, "demo", "sus")
    someone = Visitor(intake.app(store))
    page = someone.open(f"/j/{door}?session=p17-visit&ending={ending}")
    assert says in page.text
    someone.post({**page.hidden, "agree": "yes"})
    (one,) = store.invitations("demo")
    assert (one.session, one.ending, one.entry) == ("p17-visit", ending, "door")


def test_a_link_that_was_tampered_with_asks_about_nothing(store: Store) -> None:
    door = door_to(store, "demo", "sus")
    someone = Visitor(intake.app(store))
    page = someone.open(f"/j/{door}?session=../../etc%20x&ending=boom")
    someone.post({**page.hidden, "agree": "yes"})
    (one,) = store.invitations("demo")
    assert (one.session, one.ending, one.entry) == (None, None, "door")


def test_a_closed_study_lets_nobody_in(store: Store) -> None:
    door = door_to(store, "demo", "sus")
    someone = Visitor(intake.app(store))
    form = {**someone.open(f"/j/{door}").hidden, "agree": "yes"}
    store.close_study("demo")
    assert someone.post(form).status == someone.open(f"/j/{door}").status == 410
    assert someone.open("/j/nowhere").status == someone.open("/k/nowhere").status == 404
    assert someone.ask("POST", f"/k/{door}", parcel(1)).status == 410


ENDS = """
session=a start=2026-03-01T12:00:00Z condition=as_is language=ar
 0 citizen begins renew
 1 citizen submits f
 2 service concludes renewed
session=b start=2026-03-01T12:00:00Z
 0 citizen begins renew
 2 service refuses f
session=c start=2026-03-01T12:00:00Z
 0 citizen begins renew
 2 citizen leaves
session=d start=2026-03-01T12:00:00Z
 0 citizen begins renew
 2 service concludes x
 3 lab breaks browser
session=e start=2026-03-01T12:00:00Z source=robot
 0 citizen begins renew
 2 service hands_off desk
 3 service responds
"""


def test_everybody_is_asked_however_it_ended(store: Store, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    archive.seal(parse(ENDS), "demo", space)
    ends = {"a": "concluded", "b": "refused", "c": "left", "d": "broken", "e": "handed_off"}
    assert endings(archive.read("demo", space)) == ends
    made = links(store, "demo", asked_of("sus"), "http://x", space, about="all")
    assert len(set(made)) == 5 and links(store, "demo", asked_of("sus"), "http://x", space, about="all") == made
    there = {one.session: one for one in store.invitations("demo")}
    assert {session: one.ending for session, one in there.items()} == ends
    assert (there["a"].condition, there["a"].language, there["e"].rehearsed) == ("as_is", "ar", True)


# --- a kiosk ---------------------------------------------------------------------------------------------------------


def parcel(*numbers: int, citizen: str = CITIZEN, **more: Any) -> bytes:
    pages = {
        1: [["page", "consent"], ["agree", "yes"], ["spoken", "ar"]],
        2: [["page", "sus"], *[[item, "4"] for item in SUS[:9]], ["done", "yes"], ["skip", "yes"], ["spoken", "ar"]],
    }
    told = [{"citizen": citizen, "part": PART.format(n), "fields": pages[n], "seconds": 30.0, **more} for n in numbers]
    return json.dumps(told).encode()


def test_what_a_kiosk_delivers_twice_is_kept_once(store: Store) -> None:
    door = door_to(store, "demo", "sus")
    kiosk = Visitor(intake.app(store))
    for sent in (parcel(1), parcel(1, 2), parcel(2), parcel(1, 2, citizen=CITIZEN[::-1])):
        answer = kiosk.ask("POST", f"/k/{door}", sent)
        assert answer.status == 200 and len(json.loads(answer.html)["kept"]) == len(json.loads(sent))
    one, other = store.invitations("demo")
    assert store.submissions("demo") == 2 and {one.state, other.state} == {"finished"} and one.entry == "kiosk"
    assert {a.language for a in store.answers("demo")} == {"ar"} and len(store.answers("demo")) == 18
    assert store.flagged("demo").keys() <= {one.token, other.token}
    assert not [f for f in store.flagged("demo").values() if "too_fast" in f], "the kiosk's own clock counts"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"[1]",
        b"[" * 100_000,
        json.dumps([{"citizen": "x", "part": "y", "fields": [], "seconds": 1}]).encode(),
        parcel(1, seconds=-1),
        parcel(1, seconds=None),
        parcel(1, fields=[["page", 5]]),
        parcel(1, fields=[["page", "x" * 6000]]),
        json.dumps([json.loads(parcel(1))[0]] * 51).encode(),
    ],
)
def test_what_no_kiosk_sends_is_refused(store: Store, body: bytes) -> None:
    answer = Visitor(intake.app(store)).ask("POST", f"/k/{door_to(store, 'demo', 'sus')}", body)
    assert answer.status == 400 and json.loads(answer.html) == {"kept": []}
    assert store.invitations("demo") == []


def test_a_kiosks_page_runs_its_own_script_and_nothing_else(store: Store) -> None:
    someone = Visitor(intake.app(store))
    page = someone.open(f"/k/{door_to(store, 'demo', asked())}")
    policy = page.headers["content-security-policy"][0]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    assert [has.get("src") for tag, has in page.tags if tag == "script"] == ["/k/kiosk.js"]
    assert not [has for _tag, has in page.tags for name in has if name.startswith("on") or name == "style"]
    ids = [has["id"] for _tag, has in page.tags if "id" in has]
    assert len(ids) == len(set(ids))
    for script in ("/k/kiosk.js", "/k/offline.js"):
        told = someone.open(script)
        assert told.status == 200 and told.headers["content-type"][0].startswith("text/javascript")
        assert "innerHTML" not in told.html and "eval" not in told.html and "http" not in told.html


# --- how much may arrive ---------------------------------------------------------------------------------------------


def test_an_address_that_floods_is_told_to_wait_and_the_others_are_not(store: Store) -> None:
    clock = [0.0]
    someone = Visitor(intake.app(store, None, Allowance(1.0, 3.0, lambda: clock[0])), "ar")
    assert [someone.open("/up").status for _n in range(5)] == [200, 200, 200, 429, 429]
    page = someone.open("/up")
    assert page.headers["retry-after"] == ["5"] and page.tag("html")["lang"] == "ar"
    someone.address = "10.0.0.9"
    assert someone.open("/up").status == 200
    someone.address, clock[0] = "127.0.0.1", 2.0
    assert [someone.open("/up").status for _n in range(3)] == [200, 200, 429]


def test_a_truncated_upload_is_not_taken_for_answers(store: Store) -> None:
    from surveys.invitations import invite

    token = invite(store, "demo", "sus", language="en")
    someone = Visitor(intake.app(store))
    someone.open(f"/s/{token}")
    someone.press("agree", "yes")
    body = b"page=sus&done=yes&" + "&".join(f"{item}=4" for item in SUS).encode()
    page = someone.ask("POST", f"/s/{token}", body[:-20], told_length=len(body))
    assert page.status == 400 and "Not all of it arrived" in page.text
    page = someone.ask("POST", f"/s/{token}", b"", told_length=MOST_BYTES + 1)
    assert page.status == 413
    assert store.answers("demo") == [] and someone.ask("POST", f"/s/{token}", body).status == 303


def test_the_links_say_where_they_lead() -> None:
    assert door_link("http://x/", "abc") == "http://x/j/abc" and door_link("http://x", "abc", True) == "http://x/k/abc"
