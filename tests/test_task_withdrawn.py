"""Whoever withdraws in the middle of a task is heard no more; nobody is heard before they agree, or after the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_deliveries import Clock
from test_task_ends import SITE, STUDY, agree, away, given, send, started
from visitor import Visitor

import intake
from journeys.hearing.participants import LATE, seal, seal_ended, seal_quiet
from studies import archive
from studies.compaction import OneAtATime
from studies.script import parse
from studies.store import Store
from studies.store.assignments import BESIDE, SEAT, TAG, Assignment, assignments_of, itinerary
from studies.store.erasure import erase
from studies.store.heard import Sitting, batches_of, claim, keep_batch, sitting_of, studies_heard
from studies.store.withdrawal import finish, receipt_of
from studies.workspace import Workspace
from surveys.answers import by_session, write_to_log
from surveys.invitations import door_to
from surveys.itinerary import admitting

PAGE = f"{SITE}/as_is/traffic/renew"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def store(space: Workspace, clock: Clock) -> Iterator[Store]:
    made = Store(space.database_url, clock=clock)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "study.yaml"
    found.write_text(STUDY, encoding="utf-8")
    return found


def page(clock: Clock, name: str, after: float = 0.0) -> list[dict[str, Any]]:
    """A page that arrives, by a participant's clock that is right."""
    at = clock.now.timestamp() * 1000 + after
    return [
        {"p": name, "n": 0, "t": at, "k": "hello", "u": PAGE, "o": at, "top": 1},
        {"p": name, "n": 1, "t": at + 9, "k": "usable", "u": PAGE},
    ]


def deliver(visitor: Visitor, name: str, told: list[dict[str, Any]]) -> int:
    return visitor.ask("POST", f"/r/{name}", json.dumps(told).encode()).status


def withdraws(visitor: Visitor, those: list[Assignment]) -> str:
    """Withdraw by the link on which one agreed; what the page says then."""
    link = f"/s/{admitting(those[0].itinerary)}"
    send(visitor, link, page="withdraw", withdraw="yes")
    return visitor.ask("GET", link).text


def in_mid_task(file: Path, space: Workspace, store: Store, clock: Clock) -> tuple[Visitor, list[Assignment]]:
    """Somebody who agreed, began their task on a page with the tag, and was heard there."""
    those = given(started(file, space), store, space, TAG)
    visitor = Visitor(intake.app(store, space))
    agree(visitor, those)
    away(visitor.ask("GET", f"/t/{those[0].token}/go"))
    deliver(visitor, those[0].token, page(clock, "a"))
    return visitor, those


def test_whoever_withdraws_in_mid_task_is_heard_no_more(
    file: Path, space: Workspace, store: Store, clock: Clock
) -> None:
    of = started(file, space)
    those = given(of, store, space, TAG)
    visitor = Visitor(intake.app(store, space))
    agree(visitor, those)
    first, second = those
    away(visitor.ask("GET", f"/t/{first.token}/go"))
    assert deliver(visitor, first.token, page(clock, "a")) == 204
    send(visitor, f"/t/{first.token}", do="gave_up")
    assert seal_ended(store, space, timedelta()) == [first.session]
    away(visitor.ask("GET", f"/t/{second.token}/go"))
    assert deliver(visitor, second.token, page(clock, "b")) == 204
    assert "Your answers are erased" in withdraws(visitor, those)
    assert [one for one in those if sitting_of(store, one.session) or batches_of(store, one.session)] == []
    assert assignments_of(store, "trial") == [] and archive.read("trial", space).heard() == []
    receipt = receipt_of(store, admitting(first.itinerary))
    assert receipt is not None and (receipt.erased["batches"], receipt.erased["assignments"]) == (2, 2)
    assert not receipt.pending and receipt.erased["sessions"] == 1
    for name in (second.token, second.session, first.token):
        assert deliver(visitor, name, page(clock, "c", 5000)) == 204, "acknowledged: the tab has nothing to send again"
    assert studies_heard(store) == [], "and nothing of it is kept, under any name"
    clock.now += timedelta(hours=1)
    assert seal_quiet(store, space) == [] and seal_ended(store, space) == []

    anew = given(of, store, space, TAG)
    assert anew[1].session == second.session and anew[1].token != second.token
    agree(visitor, anew)
    away(visitor.ask("GET", f"/t/{anew[1].token}/go"))
    assert deliver(visitor, anew[1].token, page(clock, "d")) == 204
    assert len(batches_of(store, second.session)) == 1, "whoever takes part in their place is heard"


def test_a_seat_hears_no_more_of_who_withdrew(file: Path, space: Workspace, store: Store, clock: Clock) -> None:
    those = given(started(file, space), store, space, SEAT)
    visitor = Visitor(intake.app(store, space))
    agree(visitor, those)
    one = those[0]
    sits = Sitting(one.session, one.study, one.participant, one.condition)
    assert keep_batch(store, sits, json.dumps(page(clock, "a")), 10_000)
    withdraws(visitor, those)
    assert keep_batch(store, sits, json.dumps(page(clock, "b")), 10_000)
    assert sitting_of(store, one.session) is None and seal(one.session, store, space) is None


def test_every_link_of_theirs_shows_the_receipt(file: Path, space: Workspace, store: Store) -> None:
    those = given(started(file, space), store, space, BESIDE)
    visitor = Visitor(intake.app(store, space))
    task = agree(visitor, those)
    away(visitor.ask("GET", f"{task}/go"))
    after = send(visitor, task, do="done")
    assert after.startswith("/s/")
    send(visitor, after, page="withdraw", withdraw="yes")
    (receipt,) = {receipt_of(store, token) and receipt_of(store, token).receipt  # type: ignore[union-attr]
                  for token in (after.removeprefix("/s/"), admitting(those[0].itinerary))}  # fmt: skip
    assert receipt and store.invitations("trial") == []


def test_what_was_being_sealed_meanwhile_is_taken_out_afterwards(
    file: Path, space: Workspace, store: Store, clock: Clock
) -> None:
    visitor, those = in_mid_task(file, space, store, clock)
    sitting = sitting_of(store, those[0].session)
    assert sitting and claim(store, sitting)
    assert "within minutes" in withdraws(visitor, those)
    told = f"session={sitting.session} source=participant participant={sitting.participant}\n 0 citizen begins renew\n"
    archive.seal(parse(told), "trial", space)
    assert finish(store, space) == 1
    clock.now += timedelta(minutes=6)
    with OneAtATime(archive.folder_of("trial", space)):
        assert finish(store, space) == 1
    assert finish(store, space) == 0 and archive.read("trial", space).heard() == []
    receipt = receipt_of(store, admitting(those[0].itinerary))
    assert receipt and not receipt.pending and all(isinstance(n, int) for n in receipt.erased.values())


def test_of_who_was_erased_by_the_team_nothing_more_is_kept(
    file: Path, space: Workspace, store: Store, clock: Clock
) -> None:
    visitor, those = in_mid_task(file, space, store, clock)
    erase(store, "trial", those[0].participant, "r", {})
    assert deliver(visitor, those[0].token, page(clock, "b")) == 204 and studies_heard(store) == []


# --- before they agreed, and after the end ----------------------------------------------------------------------------


def test_no_task_begins_before_they_agreed(file: Path, space: Workspace, store: Store, clock: Clock) -> None:
    for way, number in ((TAG, 1), (BESIDE, 2)):
        those = given(started(file, space), store, space, way, ("en", number))
        visitor = Visitor(intake.app(store, space))
        assert away(visitor.ask("GET", f"/t/{those[0].token}/go")) == f"/p/{those[0].itinerary}"
        assert deliver(visitor, those[0].token, page(clock, "a")) == 204
        assert itinerary(store, those[0].itinerary)[0].state == "waiting" and studies_heard(store) == []
        agree(visitor, those)
        assert away(visitor.ask("GET", f"/t/{those[0].token}/go")).startswith(SITE)
        assert itinerary(store, those[0].itinerary)[0].state == "begun"


def test_in_the_lab_no_task_begins_before_they_agreed(file: Path, space: Workspace, store: Store) -> None:
    those = given(started(file, space), store, space, SEAT)
    visitor = Visitor(intake.app(store, space))
    assert send(visitor, f"/t/{those[0].token}", do="begin").startswith("/s/")
    assert itinerary(store, those[0].itinerary)[0].state == "waiting"
    agree(visitor, those)
    assert send(visitor, f"/t/{those[0].token}", do="begin") == f"/t/{those[0].token}"
    assert itinerary(store, those[0].itinerary)[0].state == "begun"


@pytest.mark.parametrize("how", ["done", "gave_up"])
def test_browsing_on_after_a_task_is_no_second_sitting_of_it(
    how: str, file: Path, space: Workspace, store: Store, clock: Clock
) -> None:
    those = given(started(file, space), store, space, TAG)
    visitor = Visitor(intake.app(store, space))
    agree(visitor, those)
    token, session = those[0].token, those[0].session
    away(visitor.ask("GET", f"/t/{token}/go"))
    assert deliver(visitor, token, page(clock, "a")) == 204
    clock.now += timedelta(seconds=30)
    send(visitor, f"/t/{token}", do=how)
    clock.now += timedelta(seconds=90)
    assert seal_ended(store, space) == [], "its last pages may still have something to tell"
    bye = {"p": "b", "n": 2, "t": clock.now.timestamp() * 1000 + 900, "k": "bye"}
    assert deliver(visitor, token, [*page(clock, "b"), bye]) == 204
    clock.now += LATE
    assert seal_ended(store, space) == [session]
    log = archive.read("trial", space)
    assert [s.verb for s in log.said()][-1] == ("notes" if how == "done" else "leaves")
    # What comes after it was sealed, by hand and early, is of no task either.
    keep_batch(store, Sitting(session, "trial"), json.dumps([*page(clock, "c"), {**bye, "p": "c"}]), 10_000)
    clock.now += timedelta(hours=1)
    assert seal_quiet(store, space) == []
    assert [row.session for row in archive.read("trial", space).heard()] == [session]


def test_a_task_that_went_on_after_a_long_rest_ends_in_its_second_sitting(
    file: Path, space: Workspace, store: Store, clock: Clock
) -> None:
    those = given(started(file, space), store, space, TAG)
    visitor = Visitor(intake.app(store, space))
    agree(visitor, those)
    token, session = those[0].token, those[0].session
    away(visitor.ask("GET", f"/t/{token}/go"))
    deliver(visitor, token, page(clock, "a"))
    clock.now += timedelta(hours=1)
    assert seal_quiet(store, space) == [session]
    done = {"p": "b", "n": 2, "t": clock.now.timestamp() * 1000 + 20, "k": "done", "o": "done"}
    deliver(visitor, token, [*page(clock, "b"), done])
    clock.now += LATE
    assert seal_ended(store, space) == [session]
    log = archive.read("trial", space)
    assert [row.session for row in log.heard()] == [session, f"{session}~2"]
    said = [(s.session == session, s.verb, s.step) for s in log.said() if s.actor == "citizen" or s.verb == "concludes"]
    assert said == [
        (True, "begins", None), (True, "acts", "open"), (False, "acts", "open"), (False, "concludes", "open"),
    ]  # fmt: skip


# --- somebody else's visit --------------------------------------------------------------------------------------------


def test_by_a_link_for_anybody_nobody_speaks_for_or_erases_anothers_visit(
    file: Path, space: Workspace, store: Store, clock: Clock
) -> None:
    those = given(started(file, space), store, space, TAG)
    visitor, stranger = Visitor(intake.app(store, space)), Visitor(intake.app(store, space))
    agree(visitor, those)
    away(visitor.ask("GET", f"/t/{those[0].token}/go"))
    deliver(visitor, those[0].token, page(clock, "a"))
    after = send(visitor, f"/t/{those[0].token}", do="done")
    send(visitor, after, page="seq", seq_1="6", done="yes")
    seal_ended(store, space, timedelta())
    session = those[0].session
    for name in (session, those[1].session):
        form = stranger.open(f"/j/{door_to(store, 'trial', 'seq')}?session={name}&ending=left")
        stranger.post({**form.hidden, "agree": "yes"})
        stranger.press("done", "yes", {"seq_1": 1})
    assert deliver(stranger, those[1].session, page(clock, "x")) == 404
    write_to_log(store, "trial", space)
    log = archive.read("trial", space)
    assert [s.value for s in log.only([session]).said() if s.verb == "rates"] == [6.0]
    assert by_session(store, "trial", "seq") == {session: 6}
    for one in [one for one in store.invitations("trial") if one.entry == "door"]:
        stranger.here = f"/s/{one.token}"
        told = stranger.post({"page": "withdraw", "withdraw": "yes"}).text
        assert "somebody who takes part by another link" in told
        receipt = receipt_of(store, one.token)
        assert receipt and (receipt.erased.get("sessions"), receipt.erased.get("batches")) == (1, None)
    assert archive.read("trial", space).only([session]).said() == log.only([session]).said()
    assert len(batches_of(store, session)) == 1 and len(assignments_of(store, "trial")) == 2
    rates = [s.value for s in archive.read("trial", space).said() if s.about == "seq_1"]
    assert rates == [6.0], "their own answers go"


def test_by_a_link_for_anybody_a_visit_goes_that_is_nobodys_by_any_other_word(
    space: Workspace, store: Store, clock: Clock
) -> None:
    app = intake.app(store, space)
    row = "session={0} source=participant {1}\n 0 citizen begins renew\n"
    archive.seal(parse(row.format("brought-in", "participant=p7")), "shop", space)
    door = door_to(store, "shop", "seq")
    for session in ("p17-visit", "brought-in"):
        someone = Visitor(app)
        form = someone.open(f"/j/{door}?session={session}&ending=left")
        someone.post({**form.hidden, "agree": "yes"})
        someone.press("done", "yes", {"seq_1": 1})
        assert keep_batch(store, Sitting("p17-visit", "shop"), json.dumps(page(clock, "a")), 10_000)
        seal_quiet(store, space, timedelta())
        write_to_log(store, "shop", space)
        joined = {s.session for s in archive.read("shop", space).said() if s.verb == "rates"}
        assert ("p17-visit" in joined) == (session == "p17-visit") and "brought-in" not in joined
        someone.post({"page": "withdraw", "withdraw": "yes"})
        there = [row.session for row in archive.read("shop", space).heard()]
        assert there == ["brought-in"], "an anonymous visit goes with the one who named it, another's stays"
        assert [s.verb for s in archive.read("shop", space).said()] == ["begins"]
    assert deliver(Visitor(app), "p17-visit", page(clock, "b")) == 204 and sitting_of(store, "p17-visit") is None
