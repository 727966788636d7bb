"""The contract that every metric keeps, and the laws that hold for all of them."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_waits import logs, results

from analysis import measure as bench
from analysis.measure import NOT_MEASURABLE, STATES, measure, metrics, worded
from studies.events import ALL_VERBS, VERBS
from studies.log import Log
from studies.script import parse, render

DESIGNED = (
    "waits wait_time silent_waits silent_time longest_silence repeat_questions corrections steps needless_steps"
    " refusals hand_offs forwards resubmissions impatience dead_acts hesitation outcome time_on_task"
).split()
#: of cases over sessions and agencies; those of TIMES have nothing to tell where nothing was asked or settled
TIMES = "first_reply first_reply_at_work resolution_time resolution_at_work instant_answers".split()
OF_CASES = [*TIMES, *"ping_pong channel_switches forced_visits failure_demand".split()]


def test_all_metrics_of_the_design_are_there():
    assert set(metrics()) >= {*DESIGNED, *OF_CASES}
    assert next(iter(metrics())) == "outcome"


@pytest.mark.parametrize("name", sorted(metrics()))
def test_a_metric_says_what_it_is(name):
    metric = metrics()[name]
    assert metric.TITLE and metric.MEANING.endswith(".") and metric.BETTER in ("lower", "higher", "none")
    assert all(verb in VERBS for need in metric.NEEDS for verb in need.split("|"))
    assert f'figure("{name}"' in metric.__doc__, "its docstring shows one play script with its answer"


@settings(max_examples=60)
@given(logs(), st.randoms(use_true_random=False))
def test_other_cases_and_the_order_of_rows_change_nothing(log: Log, random) -> None:
    whole = measure(log).json()["sessions"]
    rows = list(range(len(log.sentences)))
    random.shuffle(rows)
    assert (
        measure(Log.checked(log.sentences.take(pa.array(rows, pa.int64())), log.sessions)).json()["sessions"] == whole
    )
    for case in {s.case for s in log.said()}:
        alone = log.only({s.session for s in log.said() if s.case == case})
        for session, row in measure(alone).json()["sessions"].items():
            assert row == whole[session]


@settings(max_examples=40)
@given(logs())
def test_what_a_source_hears_in_excess_changes_nothing_and_what_it_lacks_is_said(log: Log) -> None:
    heard = measure(log)
    for name, metric in metrics().items():
        for result in heard.columns[name]:
            assert result.state in STATES
            if result.state == "value" and not worded(name):
                assert result.value >= 0
        for need in metric.NEEDS:
            lacking = ALL_VERBS - set(need.split("|"))
            deaf = Log.of(
                log.said(), [type(s)(s.session, s.started, s.ended, hears=frozenset(lacking)) for s in log.heard()]
            )
            assert {r.state for r in measure(deaf).columns[name]} == {NOT_MEASURABLE}


def test_a_metric_that_fails_costs_its_own_column(monkeypatch):
    monkeypatch.setattr(metrics()["steps"], "measure", lambda batch, presets: 1 / 0)
    row = measure(parse("0 citizen acts x\n1 service answers x")).sessions["s1"]
    assert row["steps"].json() == {"state": "broken", "reason": "ZeroDivisionError: division by zero"}
    assert row["waits"].value == 1


def test_the_summary_leaves_out_what_the_lab_broke():
    summary = measure(
        parse("session=a\n0 citizen acts x\n2 service answers x\nsession=b\n0 citizen acts x\n1 lab breaks\n")
    ).summary
    assert (summary["sessions"], summary["broken"], summary["outcomes"]) == (2, 1, {"open": 1, "broken": 1})
    assert summary["metrics"]["wait_time"]["n"] == 1 and summary["metrics"]["wait_time"]["total"] == 2
    assert summary["presets"]["silence_seconds"]["web"] == 1.0


def test_an_empty_log_has_nothing_to_say():
    assert measure(parse("")).json()["sessions"] == {}
    assert results("session=a\n") == {
        "a": {
            **dict.fromkeys(metrics(), 0),
            **dict.fromkeys(TIMES, "not applicable"),
            "outcome": "open",
            "success": "open",
            "time_on_task": "not applicable",
            "needless_steps": "not measurable",
            "lostness": "not measurable",
        }
    }


def test_the_readings_of_one_log_and_its_script_agree():
    text = "session=a case=c\n0 citizen begins x value=1\n1 citizen acts x\n4 service answers x\n"
    assert measure(parse(render(parse(text)))).json() == measure(parse(text)).json()
    assert bench.figure("wait_time", text) == 3
