"""Who meets what in which order: everything equally often in each place, and after everything else."""

from __future__ import annotations

from collections import Counter
from math import lcm

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.planning.assignment import Turn, cycle, schedule, tasks_balanced, turns, williams
from studies.planning.study import Study


def study(tasks: int, conditions: int, people: int, design: str = "within", order: str = "balanced") -> Study:
    return Study.model_validate(
        {
            "study": "mine",
            "title": "Mine",
            "tasks": [f"agency/task_{n}" for n in range(tasks)],
            "conditions": [f"c{n}" for n in range(conditions)],
            "participants": {"languages": {"en": people, "ar": people}, "design": design, "order": order},
        }
    )


def by_participant(found: list[Turn]) -> dict[str, list[Turn]]:
    told: dict[str, list[Turn]] = {}
    for turn in found:
        told.setdefault(turn.participant, []).append(turn)
    return told


def even(counts: Counter, kinds: int) -> bool:
    return len(counts) == kinds and len(set(counts.values())) == 1


@pytest.mark.parametrize("things", range(1, 13))
def test_an_order_of_each_row_holds_everything_once_and_is_balanced(things: int) -> None:
    rows = williams(things)
    assert all(sorted(row) == list(range(things)) for row in rows)
    assert len(rows) == (things if things % 2 == 0 or things == 1 else 2 * things)
    places = Counter((place, one) for row in rows for place, one in enumerate(row))
    after = Counter((a, b) for row in rows for a, b in zip(row, row[1:], strict=False))
    assert even(places, things * things)
    assert things == 1 or even(after, things * (things - 1))


def test_the_square_of_four_that_textbooks_print() -> None:
    # Williams (1949): 1 2 4 3 / 2 3 1 4 / 3 4 2 1 / 4 1 3 2
    assert williams(4) == ((0, 1, 3, 2), (1, 2, 0, 3), (2, 3, 1, 0), (3, 0, 2, 1))


@settings(max_examples=40)
@given(tasks=st.integers(1, 5), conditions=st.integers(1, 5), times=st.integers(1, 2))
def test_within_each_language_tasks_and_conditions_are_balanced(tasks: int, conditions: int, times: int) -> None:
    people = times * lcm(cycle(tasks), cycle(conditions))
    asked = study(tasks, conditions, people)
    assert tasks_balanced(asked) == {}
    for language in ("en", "ar"):
        each = by_participant([turn for turn in schedule(asked) if turn.language == language])
        assert len(each) == people
        blocks = [list(dict.fromkeys(turn.condition for turn in one)) for one in each.values()]
        orders = [[turn.task for turn in one[:tasks]] for one in each.values()]
        for rows, kinds in ((blocks, conditions), (orders, tasks)):
            assert even(Counter((place, x) for row in rows for place, x in enumerate(row)), kinds * kinds)
            after = Counter(pair for row in rows for pair in zip(row, row[1:], strict=False))
            assert kinds == 1 or even(after, kinds * (kinds - 1))


@settings(max_examples=40)
@given(tasks=st.integers(1, 5), conditions=st.integers(1, 5))
def test_between_participants_each_condition_sees_the_same_orders(tasks: int, conditions: int) -> None:
    asked = study(tasks, conditions, conditions * cycle(tasks), "between")
    each = by_participant([turn for turn in schedule(asked) if turn.language == "ar"])
    orders: dict[str, list[tuple[str, ...]]] = {}
    for one in each.values():
        assert len({turn.condition for turn in one}) == 1
        orders.setdefault(one[0].condition, []).append(tuple(turn.task for turn in one))
    assert len(orders) == conditions
    assert len({tuple(sorted(rows)) for rows in orders.values()}) == 1
    assert even(Counter((place, x) for row in orders["c0"] for place, x in enumerate(row)), tasks * tasks)


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 30), st.sampled_from(["within", "between"]))
def test_a_turn_depends_on_the_protocol_and_the_number_alone(tasks: int, kinds: int, people: int, design: str) -> None:
    asked = study(tasks, kinds, people, design)
    found = schedule(asked)
    assert found == schedule(asked.model_copy(deep=True))
    assert len({turn.session for turn in found}) == len(found)
    assert turns(asked, "en", people) == [t for t in found if (t.language, t.number) == ("en", people)]
    assert found == schedule(asked)


def test_every_pair_of_orders_is_met_in_time() -> None:
    asked = study(4, 4, 16)
    each = by_participant([turn for turn in schedule(asked) if turn.language == "en"])
    pairs = {(tuple(dict.fromkeys(t.condition for t in one)), tuple(t.task for t in one[:4])) for one in each.values()}
    assert len(pairs) == 16


def test_as_told_is_as_told() -> None:
    asked = study(3, 2, 1, order="as_told")
    assert [(t.condition, t.task) for t in turns(asked, "en", 1)] == [
        (c, f"agency/task_{n}") for c in ("c0", "c1") for n in range(3)
    ]
