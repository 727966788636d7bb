"""Whoever withdraws is gone from everywhere, holds a receipt, and nobody else has lost anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import postgresql_server, url
from visitor import Visitor

import intake
from studies import archive
from studies.compaction import OneAtATime
from studies.script import parse
from studies.store import Store
from studies.store.heard import Sitting, batches_of, keep_batch
from studies.store.withdrawal import finish, receipt_of, withdraw
from studies.workspace import Workspace
from surveys.answers import write_to_log
from surveys.invitations import invite

__all__ = ["postgresql_server", "url"]
SUS = [f"sus_{n}" for n in range(1, 11)]
VISIT = """
session={0} case={0} start=2026-03-01T11:59:00Z source={1} hears=begins,acts,answers
 0 citizen begins renew
"""


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = Store(url)
    yield made
    made.close()


def answered(store: Store, space: Workspace, session: str | None) -> Visitor:
    """Somebody who has answered, at their link."""
    someone = Visitor(intake.app(store, space))
    someone.open(f"/s/{invite(store, 'demo', 'sus', session=session, language='en')}")
    someone.press("agree", "yes")
    someone.press("done", "yes", dict.fromkeys(SUS, 4))
    return someone


def test_everything_of_one_person_goes_and_the_rest_stays(store: Store, space: Workspace) -> None:
    for session in ("mine", "yours"):
        archive.seal(parse(VISIT.format(session, "participant")), "demo", space)
        keep_batch(store, Sitting(session, "demo"), f'["{session}"]', 1000)
        (space.pictures / session).mkdir()
        (space.pictures / session / "1.png").write_bytes(b"x")
        (space.checks / f"{session}.json").write_text("[]")
    me, you = answered(store, space, "mine"), answered(store, space, "yours")
    write_to_log(store, "demo", space)
    page = me.open(f"{me.here}?withdraw")
    assert "This cannot be undone" in page.text
    assert "Thank you" in me.press("withdraw", "no").text
    me.open(f"{me.here}?withdraw")
    me.here = me.here.removesuffix("?withdraw")
    page = me.press("withdraw", "yes")
    assert "Your answers are erased" in page.text
    token = me.here.removeprefix("/s/")
    receipt = receipt_of(store, token)
    assert receipt is not None and receipt.receipt in page.text and not receipt.pending
    assert receipt.erased == {
        "submissions": 2, "consents": 1, "flags": 2, "batches": 1, "sentences": 11, "sessions": 1, "files": 2,
    }  # fmt: skip
    assert store.standing(token) is None and batches_of(store, "mine") == []
    log = archive.read("demo", space)
    assert {s.session for s in log.said()} == {row.session for row in log.heard()} == {"yours"}
    assert len(log.said()) == 11 and batches_of(store, "yours")
    assert not (space.pictures / "mine").exists() and (space.pictures / "yours" / "1.png").exists()
    assert write_to_log(store, "demo", space).sentences == 0, "nothing brings it back"
    assert receipt.receipt in me.open(me.here).text, "the link shows the receipt and nothing else"
    assert me.post({"page": "sus", "sus_1": "3"}).text == page.text
    assert withdraw(store, token, space) == receipt, "withdrawing twice is withdrawing once"
    assert "Thank you" in you.open(you.here).text


def test_of_what_was_heard_of_a_robot_only_the_answers_go(store: Store, space: Workspace) -> None:
    archive.seal(parse(VISIT.format("walk", "robot")), "demo", space)
    me = answered(store, space, "walk")
    write_to_log(store, "demo", space)
    withdraw(store, me.here.removeprefix("/s/"), space)
    assert [s.verb for s in archive.read("demo", space).said()] == ["begins"]


def test_answers_about_no_session_go_from_the_log_too(store: Store, space: Workspace) -> None:
    me = answered(store, space, None)
    assert write_to_log(store, "demo", space).sentences == 10
    withdraw(store, me.here.removeprefix("/s/"), space)
    assert archive.read("demo", space).said() == [] == archive.read("demo", space).heard()


def test_a_log_in_use_is_cleared_later_and_the_receipt_says_so(store: Store, space: Workspace) -> None:
    archive.seal(parse(VISIT.format("mine", "participant")), "demo", space)
    me = answered(store, space, "mine")
    with OneAtATime(archive.folder_of("demo", space)):
        receipt = withdraw(store, me.here.removeprefix("/s/"), space)
        assert receipt is not None and receipt.pending and finish(store, space) == 1
        assert "taken out of it within minutes" in me.open(me.here).text
    assert finish(store, space) == 0
    assert archive.read("demo", space).said() == []
    assert "within minutes" not in me.open(me.here).text


@pytest.mark.parametrize("where", ["studies.erasing.session.take_away", "studies.archive.put_in_place"])
def test_whoever_was_killed_while_erasing_finishes_it(
    where: str, store: Store, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.seal(parse(VISIT.format("mine", "participant")), "demo", space)
    (space.pictures / "mine").mkdir()
    (space.pictures / "mine" / "1.png").write_bytes(b"x")
    me = answered(store, space, "mine")

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(where, killed)
        withdraw(store, me.here.removeprefix("/s/"), space)
    assert finish(store, space) == 0
    assert archive.read("demo", space).heard() == [] and not (space.pictures / "mine").exists()


def test_nobody_withdraws_with_a_token_that_nobody_has(store: Store, space: Workspace) -> None:
    assert withdraw(store, "never-given", space) is None
    assert Visitor(intake.app(store, space)).open("/s/never-given?withdraw").status == 404


def test_the_database_file_keeps_no_trace(tmp_path: Path, space: Workspace) -> None:
    store = Store(f"sqlite:///{tmp_path / 'traces.sqlite'}")
    token = invite(store, "demo", "sus", participant="p-somebody-in-particular")
    store.submit("k", token, "sus", {"comment": "a very particular complaint"}, "en", True)
    there = [b"very particular", b"somebody-in-particular", token.encode()]
    withdraw(store, token, space)
    files = b"".join(path.read_bytes() for path in tmp_path.glob("traces.sqlite*"))
    store.close()
    assert not [one for one in there if one in files]
