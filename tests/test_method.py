"""A comparison picks its method from the design, says why, and says when it is not enough to say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.method import answer, family
from analysis.method_told import sentence
from analysis.statistics.exact_shares import exact_two_proportion_test
from analysis.statistics.two_proportions import fisher_exact_test, n_minus_1_two_proportion_test
from studies.troubles import WrongInput


def _ones(x: int, n: int) -> list[float]:
    return [1.0] * x + [0.0] * (n - x)


RNG = np.random.default_rng(11)
SLOW, FAST = RNG.normal(50, 8, 40).tolist(), RNG.normal(40, 4, 40).tolist()


@pytest.mark.parametrize(
    ("kind", "groups", "more", "method"),
    [
        ("share", {"a": _ones(20, 40), "b": _ones(35, 40)}, {}, "N-1 (exact), Newcombe"),
        ("share", {"a": _ones(300, 600), "b": _ones(350, 600)}, {}, "N-1, Newcombe"),
        ("share", {"a": _ones(0, 8), "b": _ones(1, 8)}, {}, "Fisher, Newcombe"),
        ("share", {"a": _ones(4, 20), "b": _ones(15, 20)}, {"paired": True}, "McNemar (exact), Bonett-Price"),
        ("mean", {"a": SLOW, "b": FAST}, {}, "Welch"),
        ("mean", {"a": SLOW, "b": FAST}, {"paired": True}, "paired t"),
        ("time", {"a": SLOW, "b": FAST}, {}, "Welch (log)"),
        ("time", {"a": SLOW, "b": FAST}, {"gave_up": {"a": [True] * 5 + [False] * 35, "b": [False] * 40}},
         "Kaplan-Meier, restricted mean"),
        ("rating", {"a": [1, 2, 3, 2, 4, 3.0], "b": [5, 6, 7, 6, 5, 7.0]}, {}, "Mann-Whitney"),
        ("rating", {"a": [1, 2, 3, 2, 4, 3.0], "b": [5, 6, 7, 6, 5, 7.0]}, {"paired": True}, "Wilcoxon"),
        ("rating", {"a": SLOW, "b": FAST}, {}, "Welch"),
        ("mean", {"a": SLOW, "b": FAST, "c": SLOW[::-1]}, {}, "Welch ANOVA, then Welch by pairs (Holm)"),
        ("rating", {"a": [1, 2.0] * 3, "b": [3, 4.0] * 3, "c": [6, 7.0] * 3}, {}, "Kruskal-Wallis"),
        ("share", {"a": _ones(4, 20), "b": _ones(9, 20), "c": _ones(15, 20)}, {},
         "Chi-squared (N-1), then pairs (Holm)"),
        ("share", {"a": _ones(4, 20), "b": _ones(9, 20), "c": _ones(15, 20)}, {"paired": True},
         "Cochran Q, then McNemar by pairs (Holm)"),
        ("rating", {"a": [1, 2.0] * 3, "b": [3, 4.0] * 3, "c": [6, 7.0] * 3}, {"paired": True}, "Friedman"),
        ("mean", {"a": SLOW, "b": FAST, "c": SLOW[::-1]}, {"paired": True},
         "Repeated measures, then paired t by pairs (Holm)"),
    ],
)  # fmt: skip
def test_the_design_picks_the_method_and_one_sentence_says_why(kind, groups, more, method) -> None:
    found = answer(kind, groups, **more)
    assert found.method == method
    assert found.why.endswith(".")
    keys = list(found.json())
    assert keys.index("effect") < keys.index("ci_low") < keys.index("p_value")
    assert keys[-2:] == ["p_value", "p_adjusted"]


def test_shares_are_told_second_less_first_with_the_published_tests() -> None:
    found = answer("share", {"as_is": _ones(20, 40), "redesigned": _ones(35, 40)})
    assert found.effect == pytest.approx(15 / 40)
    assert found.low is not None and 0 < found.low < 15 / 40 < found.high
    table = {"successes_a": 35, "trials_a": 40, "successes_b": 20, "trials_b": 40}
    assert found.p_value == exact_two_proportion_test(**table)["p_value"]
    many = answer("share", {"a": _ones(300, 600), "b": _ones(350, 600)})
    table = {"successes_a": 350, "trials_a": 600, "successes_b": 300, "trials_b": 600}
    assert many.p_value == n_minus_1_two_proportion_test(**table)["p_value"]
    rare = answer("share", {"a": _ones(0, 8), "b": _ones(1, 8)})
    table = {"successes_a": 1, "trials_a": 8, "successes_b": 0, "trials_b": 8}
    assert rare.p_value == fisher_exact_test(**table)["p_value"]


def test_people_who_tried_both_are_compared_with_themselves() -> None:
    first, second = _ones(4, 20), [1.0] * 15 + [0.0] * 5
    found = answer("share", {"a": first, "b": second}, paired=True)
    assert found.effect == pytest.approx(11 / 20)
    assert found.low is not None and found.low > 0 and found.p_value is not None and found.p_value < 0.01


def test_times_are_a_ratio() -> None:
    found = answer("time", {"a": [10.0, 20, 40, 20, 10, 40], "b": [20.0, 40, 80, 40, 20, 80]})
    assert found.effect == pytest.approx(2.0)
    assert found.low is not None and found.low > 0


def test_who_gave_up_counts_for_as_long_as_they_stayed() -> None:
    quick, slow = [10.0 + k / 10 for k in range(20)], [30.0 + k / 10 for k in range(20)]
    left = [k < 5 for k in range(20)]
    found = answer("time", {"a": quick, "b": slow}, gave_up={"a": [False] * 20, "b": left})
    assert found.beside["gave_up_b"] == 0.25
    assert found.effect is not None and found.effect < 15  # only what both were watched for is compared
    assert found.enough


def test_a_few_ratings_tell_how_often_one_is_higher() -> None:
    found = answer("rating", {"a": [2, 3, 3, 4, 2, 5, 3.0], "b": [5, 4, 6, 7, 3, 6, 5.0]})
    assert found.effect is not None and found.effect > 0.8
    assert found.low is not None and 0.5 < found.low < found.effect < found.high < 1


def test_all_pairs_of_several_are_told_among_each_other() -> None:
    found = answer("mean", {"a": SLOW, "b": FAST, "c": SLOW[::-1]})
    assert found.p_value is not None and found.p_value < 0.01
    assert list(found.beside["pairs"]) == ["a|b", "a|c", "b|c"]
    alone = [answer("mean", {"a": SLOW, "b": FAST}).p_value, answer("mean", {"b": FAST, "c": SLOW[::-1]}).p_value]
    assert found.beside["pairs"]["a|b"] >= 2 * min(alone)
    assert found.beside["pairs"]["a|c"] == pytest.approx(1.0)


def test_a_sentence_tells_effect_and_interval_first_and_what_may_be_chance_last() -> None:
    one = family({k: answer("share", {"a": _ones(20, 40), "b": _ones(35, 40)}) for k in "xy"})["x"]
    said = sentence(one, together=2)
    assert said.startswith("difference of shares: +37.5 points, 95 % interval +")
    assert said.index("interval") < said.index("N-1 (exact)") < said.index("made exact") < said.index("p ")
    assert said.endswith("(Holm)") and "among the 2 shown together" in said
    few = answer("share", {"a": _ones(1, 3), "b": _ones(2, 3)})
    assert "not enough to say; about" in sentence(few)


def test_too_few_say_so_and_how_many_would_do() -> None:
    found = answer("share", {"a": _ones(1, 3), "b": _ones(2, 3)})
    assert not found.enough
    assert found.says.startswith("not enough to say") and found.would_do is not None and found.would_do > 3
    assert str(found.would_do) in found.says
    assert not answer("mean", {"a": [1.0, 2.0], "b": [3.0, 9.0]}).enough


def test_what_is_shown_together_is_one_family() -> None:
    every = {name: answer("share", {"a": _ones(x, 40), "b": _ones(30, 40)}) for name, x in (("p", 20), ("q", 21))}
    adjusted = family(every)
    smaller = min(a.p_value for a in every.values())
    assert min(a.p_adjusted for a in adjusted.values()) == pytest.approx(2 * smaller)


def test_alike_values_give_no_p_and_no_fault() -> None:
    for paired in (False, True):
        found = answer("mean", {"a": [3.0] * 8, "b": [3.0] * 8}, paired=paired)
        assert found.p_value is None and not found.enough
    assert math.isclose(answer("share", {"a": _ones(8, 8), "b": _ones(8, 8)}).effect, 0)


@pytest.mark.parametrize(
    ("kind", "groups", "more", "says"),
    [
        ("mood", {"a": [1.0], "b": [1.0]}, {}, "share, mean, time, rating"),
        ("mean", {"a": [1.0]}, {}, "two conditions"),
        ("mean", {"a": [1.0], "b": []}, {}, "Condition b has no values"),
        ("mean", {"a": [1.0, 2.0], "b": [1.0]}, {"paired": True}, "2, 1"),
        ("share", {"a": [0.5], "b": [1.0]}, {}, "1 .got there. and 0"),
        ("mean", {"a": [1.0], "b": [1.0, 2.0], "c": [2.0]}, {"paired": True}, "1, 2, 1"),
    ],
)
def test_what_data_cannot_bear_is_refused(kind, groups, more, says) -> None:
    with pytest.raises(WrongInput, match=says):
        answer(kind, groups, **more)
