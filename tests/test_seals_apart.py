"""One sitting that cannot be sealed is set aside; the others, and whatever else is looked after, go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from test_deliveries import Clock, arrival

import intake
from journeys.hearing import participants
from studies import archive
from studies.store import Store
from studies.store.heard import Sitting, batches_of, keep_batch, sitting_of
from studies.troubles import Failed
from studies.workspace import Workspace


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def store(space: Workspace, clock: Clock) -> Iterator[Store]:
    made = Store(space.database_url, clock=clock)
    yield made
    made.close()


def deliver(store: Store, session: str, url: str = "http://x/a") -> None:
    assert keep_batch(store, Sitting(session, "wild"), json.dumps(arrival(url, "p")), 10_000)


def sealed(space: Workspace) -> list[str]:
    return [row.session for row in archive.read("wild", space).heard()]


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sitting called `bad` holds what nobody thought of."""
    real = participants.log_of

    def log_of(messages: Any, known: Any, done: Any = None) -> Any:
        if known.session == "bad":
            raise KeyError("of")
        return real(messages, known, done)

    monkeypatch.setattr(participants, "log_of", log_of)


@pytest.mark.usefixtures("poisoned")
def test_what_cannot_be_sealed_is_set_aside_and_said_once(
    store: Store, space: Workspace, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    for session in ("a", "bad", "c"):
        deliver(store, session)
    clock.now += timedelta(hours=1)
    aside = participants.Aside()
    intake.look(store, space, aside)
    assert sealed(space) == ["a", "c"]
    assert "“bad” cannot be sealed (KeyError" in capsys.readouterr().err
    deliver(store, "d")
    clock.now += timedelta(hours=1)
    intake.look(store, space, aside)
    assert sealed(space) == ["a", "c", "d"] and capsys.readouterr().err == ""
    assert len(batches_of(store, "bad")) == 1, "nothing of it is lost"
    assert (one := sitting_of(store, "bad")) and one.sealing is None
    deliver(store, "bad", "http://x/b")
    clock.now += timedelta(hours=1)
    intake.look(store, space, aside)
    assert "“bad” cannot be sealed" in capsys.readouterr().err, "more came of it, so it was tried again"


@pytest.mark.parametrize("trouble", [Failed("the disk is full"), ValueError("port out of range")])
def test_no_work_of_a_round_ends_the_others(
    trouble: Exception, store: Store, space: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def broken(*_given: object, **_more: object) -> None:
        raise trouble

    done: list[str] = []
    monkeypatch.setattr(participants, "seal_ended", broken)
    monkeypatch.setattr(intake, "finish", broken)
    monkeypatch.setattr(intake.visited, "into_the_log", lambda *_given: done.append("visits"))
    deliver(store, "a")
    clock.now += timedelta(hours=1)
    intake.look(store, space, participants.Aside())
    assert sealed(space) == ["a"] and done == ["visits"]
    assert capsys.readouterr().err.count(str(trouble)) == 2


def test_a_disk_that_takes_one_study_not_is_said_and_the_others_are_sealed(
    store: Store, space: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = archive.seal

    def seal(log: Any, study: str, where: Workspace) -> None:
        if log.heard()[0].session == "a":
            raise Failed("could not be written")
        real(log, study, where)

    for session in ("a", "b"):
        deliver(store, session)
    clock.now += timedelta(hours=1)
    aside = participants.Aside()
    with monkeypatch.context() as patch, pytest.raises(Failed, match="could not be written"):
        patch.setattr(archive, "seal", seal)
        participants.seal_quiet(store, space, aside=aside)
    assert sealed(space) == ["b"] and participants.seal_quiet(store, space, aside=aside) == ["a"]
