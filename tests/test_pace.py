"""The log that the pace is taken with is a log like any other."""

from __future__ import annotations

from analysis.measure import measure
from analysis.pace import ONE, many, pace
from studies.log import Log
from studies.script import parse


def test_many_sessions_are_each_the_one() -> None:
    log = many(3)
    assert Log.checked(log.sentences, log.sessions).sentences == log.sentences
    (one,) = measure(parse(ONE)).sessions.values()
    assert list(measure(log).sessions.values()) == [one] * 3


def test_the_pace_counts_every_sentence() -> None:
    found = pace(5)
    assert found["sentences"] == 5 * len(parse(ONE).sentences)
    assert found["parts"]["silent_waits"] >= 0
