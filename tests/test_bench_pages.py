"""The bench of the pages: the store that it makes, how openings are summed up, and what counts as painted."""

from __future__ import annotations

import pytest

from analysis import against, answers_kept, measures_kept
from commands.bench._pages import big_store
from commands.bench._pages.pressing import at, summed
from studies import archive
from studies.store import Store
from studies.store.counts import latest_people, states_of
from studies.store.kept import FINISHED
from studies.workspace import Workspace


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    big_store.make(made, 203, 1000, lambda what, share: None)
    return made


def test_the_store_holds_what_was_asked_for_and_is_measured(space: Workspace) -> None:
    kept = measures_kept.at_hand(big_store.STUDY, space)
    assert kept is not None and len(kept.sessions) == 203 and measures_kept.is_up_to_date(kept, big_store.STUDY, space)
    store = Store(space.database_url)
    try:
        answers = answers_kept.at_hand(big_store.STUDY, space)
        assert answers is not None and answers_kept.is_up_to_date(answers, store)
        assert len(answers.of("sus")) * big_store.ITEMS == 1000
        assert states_of(store, big_store.STUDY, "sus") == {FINISHED: 100}
        assert states_of(store, big_store.STUDY, "umux") == {}
        assert len(set(latest_people(store, big_store.STUDY, 7))) == 7
        (asked,) = store.invitations_of(big_store.STUDY, latest_people(store, big_store.STUDY, 1)[0])
        assert asked.session in set(kept.sessions["session"])
    finally:
        store.close()


def test_one_journey_is_compared_as_the_whole_study_would_have_it(space: Workspace) -> None:
    from analysis.comparison import Metric, compare
    from analysis.measure import measure, metrics

    log = archive.read(big_store.STUDY, space)
    told = [Metric(m, one.TITLE, one.UNIT, one.BETTER) for m, one in metrics().items()]
    whole = [row for row in compare(log, measure(log).sessions, told) if row.as_is.n or row.redesigned.n]
    there = against.journeys(big_store.STUDY, space)
    assert {(row.journey, row.who) for row in whole} == set(there.values())
    key = f"{big_store.SERVICES[0]} people"
    shown, _measured = against.compared(big_store.STUDY, key, space)
    mine = {row.metric: (row.as_is, row.redesigned, row.difference) for row in whole if f"{row.journey} people" == key}
    assert mine and {row.metric: (row.as_is, row.redesigned, row.difference) for row in shown.rows} == mine
    assert against.how_many(big_store.STUDY, space) == 203


def test_a_slow_page_and_one_that_was_never_painted_are_named() -> None:
    found = summed({"/": [100.0] * 20, "/slow": [200.0] * 18 + [1500.0] * 2, "/gone": [50.0, None], "/empty": [50.0]})
    assert {path for path, page in found.items() if not page["met"]} == {"/slow", "/gone"}
    assert found["/"]["over_empty"] == 2 and found["/gone"] == {"painted": 1, "of": 2, "met": False}
    assert at(0.95, [float(n) for n in range(1, 21)]) == 19
