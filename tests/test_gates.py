"""Gates as people write them: what they mean, what is wrong with them and where, and the intervals behind them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.completion import adjusted_wald_ci
from analysis.statistics.times import median_ci
from loadtests.verdicts import intervals
from loadtests.verdicts.demands import Allowed, Gates, Measure, compared
from loadtests.verdicts.evidence import Evidence, Times
from loadtests.verdicts.gate_file import gates_of
from loadtests.verdicts.gates import kinds
from studies.troubles import WrongInput

WHOLE = """
gates:
  - completion >= 0.98
  - submit.silent_p95 < 2 s      # a verb: all its steps
  - errors < 0.5 %
  - throughput >= 900 /h
versus: last-good
allow: {completion: 1 %, journey_p99.9: 10 %}
repeat: 3
confidence: 99 %
generator: {start_lag: 500 ms, cpu: 80 %}
"""


def test_a_gate_file_says_what_is_demanded() -> None:
    gates = gates_of(WHOLE, "gates.yaml")
    completion, silent, errors, pace = gates.gates
    assert (completion.sign, completion.limit, completion.line) == (">=", 0.98, 3)
    assert silent.measure == Measure("silent", "submit", 0.95)
    assert (silent.limit, errors.limit, pace.limit) == (2.0, 0.005, 0.25)
    assert (gates.versus, gates.repeat, gates.confidence) == (True, 3, 0.99)
    assert gates.allowed[1] == Allowed("journey_p99.9: 10 %", Measure("journey", "", 0.999), 0.1, 8)
    assert (gates.bounds.start_lag, gates.bounds.cpu, gates.bounds.dropped) == (0.5, 0.8, 0.001)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "here stand keys"),
        ("- completion > 0.9", 1, "here stand keys"),
        ("gates: all of them", 1, "each line of it begins with a dash"),
        ("gates:\n\n- completion > 98", 3, "a share is at most 1"),
        ("gates:\n- completion < 0.9", 2, "fail when it gets better"),
        ("gates:\n- journey < 2 s", 2, "journey_p95"),
        ("gates:\n- completion_p95 > 0.9", 2, "has no level"),
        ("gates:\n- wait_p0 < 1 s", 2, "between p1 and p99.9"),
        ("gates:\n- wait_p95 < 2", 2, "2 ms or 2 s or 2 min"),
        ("gates:\n- errors < 2 s", 2, "no such unit: 2 or 2 %"),
        ("gates:\n- speed < 2 s", 2, "A gate can be set on: completion, errors, journey_p95"),
        ("gates:\n- submit.completion >= 0.98", 2, "of the whole load"),
        ("gates:\n- a: b", 2, "is no gate. Write for example"),
        ("gates:\n- completion is 1", 2, "is no gate"),
        ("gates: []", 1, "there is no gate"),
        ("gates: []\ngates: []", 2, "twice"),
        ("gates:\n  - [", 2, "no YAML"),
        ("gate: 1", 1, "“gate” is not known here. Allowed are: gates, versus"),
        ("allow: {completion: 1 %}", 1, "versus: last-good"),
        ("versus: yesterday", 1, "versus: last-good"),
        ("versus: last-good", 1, "there is neither"),  # a gate that nothing can fail
        ("versus: last-good\ngates: []\nallow: {}", 1, "allow: {completion: 1 %}"),
        ("versus: last-good\nallow: {speed: 1 %}", 2, "not known"),
        ("repeat: 0", 1, "from 1 (never again) to 9"),
        ("confidence: 100 %", 1, "between 50 % and 99.9 %"),
        ("generator: {ram: 3}", 1, "Allowed are: start_lag, cpu, dropped"),
        ("generator: {cpu: much}", 1, "no such number"),
    ],
)
def test_what_is_wrong_with_a_gate_file_is_told_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(WrongInput, match=rf"^gates\.yaml, line {line}: ") as wrong:
        gates_of(text, "gates.yaml")
    assert why in str(wrong.value)


@given(st.text(max_size=60))
def test_whatever_stands_in_a_gate_file_is_understood_or_told(text: str) -> None:
    for whole in (text, f"gates:\n  - {text}", f"generator: {text}"):
        try:
            gates_of(whole, "g.yaml")
        except WrongInput as wrong:
            assert str(wrong).startswith("g.yaml, line ")


def test_a_gate_on_a_step_that_is_not_there_names_those_that_are() -> None:
    gates = gates_of("gates:\n- wait_p95 < 1 s\n- submit.wait_p95 < 1 s\n- pay.wait_p95 < 1 s", "g.yaml")
    with pytest.raises(WrongInput, match=r"line 4: .* no step “pay”.*open_renew, submit_continue"):
        gates.fit(["open_renew", "submit_continue"])
    gates.fit(["pay", "submit_continue"])


def test_a_comparison_without_allowances_allows_a_tenth_and_a_point() -> None:
    gates = gates_of("gates:\n- completion >= 0.9\n- journey_p95 < 2 s\nversus: last-good", "g.yaml")
    assert [(str(each.measure), each.worse) for each in compared(gates)] == [("completion", 0.01), ("journey_p95", 0.1)]
    assert compared(Gates()) == ()


def test_every_kind_of_gate_says_what_it_is_and_why_it_cannot_tell() -> None:
    nothing = Evidence(0, 0, 0, 0, 0.0, Times(), {})
    for name, kind in kinds().items():
        assert kind.TITLE and kind.BETTER in ("more", "less") and kind.OF in ("load", "either"), name
        assert isinstance(kind.measure(nothing, "", 0.95, 0.95), str), name


def test_silence_without_the_probe_is_not_measurable() -> None:
    heard = Times.of([0.1] * 10)
    deaf = Evidence(10, 10, 40, 0, 10.0, Times.of([1.0] * 10), {"submit_pay": heard})
    for kind in ("silent", "silent_waits"):
        assert "--probe" in str(kinds()[kind].measure(deaf, "", 0.95, 0.95))


def test_a_verb_means_all_its_steps_and_an_id_that_step_alone() -> None:
    steps = {"submit": Times.of([1.0]), "submit_pay": Times.of([2.0]), "submit_send": Times.of([3.0])}
    load = Evidence(3, 3, 9, 0, 10.0, Times(), {**steps, "open_home": Times.of([9.0])})
    waits = kinds()["wait"]
    found = [waits.measure(load, step, 0.5, 0.95) for step in ("submit", "submit_pay", "open", "")]
    assert [each.n for each in found if not isinstance(each, str)] == [1, 1, 1, 4]
    del steps["submit"]
    both = waits.measure(Evidence(3, 3, 9, 0, 10.0, Times(), steps), "submit", 0.5, 0.95)
    assert not isinstance(both, str) and both.n == 2


# --- the intervals ----------------------------------------------------------------------------------------------------


@given(st.integers(1, 500), st.data())
def test_the_interval_of_a_share_is_the_one_that_analysis_uses(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    ours, theirs = intervals.share(part, n, 0.95), adjusted_wald_ci(successes=part, trials=n)
    assert (ours.low, ours.high) == (
        pytest.approx(min(theirs["ci_low"], part / n)),
        pytest.approx(max(theirs["ci_high"], part / n)),
    )


@given(st.lists(st.floats(0, 100), min_size=6, max_size=200))
def test_the_interval_of_a_median_holds_the_one_that_analysis_uses(values: list[float]) -> None:
    ours, theirs = intervals.percentile(Times.of(values), 0.5, 0.95), median_ci(values=[round(v, 6) for v in values])
    assert ours.low is not None and ours.high is not None
    assert ours.low == pytest.approx(theirs["ci_low"]) and ours.high == pytest.approx(theirs["ci_high"])


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)])
def test_the_interval_of_a_count_is_garwoods(count: int, low: float, high: float) -> None:
    found = intervals.pace(count, 1.0, 0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-3))


def test_few_waits_leave_a_percentile_without_an_upper_limit() -> None:
    assert intervals.percentile(Times.of(range(71)), 0.95, 0.95).high is None
    assert intervals.percentile(Times.of(range(72)), 0.95, 0.95).high == 71


def test_the_interval_of_a_percentile_holds_the_truth_as_often_as_it_says() -> None:
    chance, truth, held = random.Random(4), 2.995732, 0  # of an exponential's 95th
    for _each in range(400):
        found = intervals.percentile(Times.of(chance.expovariate(1) for _one in range(150)), 0.95, 0.95)
        held += (found.low or 0) <= truth <= (found.high or 1e9)
    assert held >= 0.93 * 400


def test_the_interval_of_a_change_holds_the_truth_as_often_as_it_says() -> None:
    chance, held = random.Random(5), 0
    for _each in range(400):
        now, then = (intervals.share(sum(chance.random() < p for _one in range(200)), 200, 0.95) for p in (0.8, 0.9))
        found = intervals.change(now, then)
        assert found.low is not None and found.high is not None
        held += found.low <= -0.1 <= found.high
    assert 0.92 * 400 <= held <= 400


@given(st.lists(st.floats(0, 100).map(lambda v: round(v, 3)), min_size=1), st.lists(st.floats(0, 100), max_size=20))
def test_times_hold_what_was_put_in(values: list[float], more: list[float]) -> None:
    times = Times.of(values)
    assert [times.at_rank(rank) for rank in range(1, times.n + 1)] == sorted(values)
    assert times.beyond(50) == sum(v > 50 for v in values)
    assert times.and_also(Times.of(more)).n == len(values) + len(more)
