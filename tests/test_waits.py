"""Waits and silences: cases counted by hand, and any log against the definitions as plain code."""

from datetime import UTC, datetime, timedelta

import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measure import measure
from studies.events import CHANNELS, VERBS, Sentence, Session
from studies.log import Log
from studies.measuring.batch import batch_of
from studies.measuring.holdings import requests_of
from studies.measuring.presets import PRESETS, Presets, preset
from studies.measuring.waits import told, waits_of
from studies.script import parse

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


@st.composite
def logs(draw: st.DrawFn) -> Log:
    sessions, sentences = [], []
    for case in range(draw(st.integers(1, 2))):
        start = START
        for sitting in range(draw(st.integers(1, 3))):
            name = f"c{case}-{sitting}"
            start += timedelta(seconds=draw(st.integers(0, 20)))
            ended = draw(st.none() | st.integers(0, 40))
            channel = draw(st.sampled_from(CHANNELS))
            mixed = draw(st.booleans())
            clock = start
            for seq in range(draw(st.integers(0, 9))):
                verb = draw(st.sampled_from(list(VERBS)))
                clock += timedelta(seconds=draw(st.integers(0, 4)))
                lasts = draw(st.none() | st.integers(0, 5))
                sentences.append(
                    Sentence(
                        session=name,
                        case=f"c{case}",
                        when=clock,
                        until=clock + timedelta(seconds=lasts) if lasts is not None else None,
                        seq=seq,
                        actor=VERBS[verb][0],
                        verb=verb,
                        about=draw(st.sampled_from([None, "a", "b"])),
                        channel=draw(st.sampled_from(CHANNELS)) if mixed else channel,
                        sense=draw(st.sampled_from([None, "seen", "heard"])) if verb == "responds" else None,
                    )
                )
            sessions.append(Session(name, start, clock + timedelta(seconds=ended) if ended is not None else None))
            if draw(st.booleans()):
                start = clock
    return Log.of(sentences, sessions)


@settings(max_examples=400)
@given(logs(), st.sampled_from(list(PRESETS.values())))
def test_one_pass_over_columns_says_what_the_definitions_say(log: Log, presets: Presets) -> None:
    batch = batch_of(log)
    waits = waits_of(batch, presets)
    started = {s.session: oracle.seconds(s.started) for s in log.heard()}
    found = sorted(
        (
            (
                name,
                round(w.opened * 1e6) + started[name],
                None if w.closed is None else round(w.closed * 1e6) + started[name],
                w.closed_by,
                tuple((round(a * 1e6) + started[name], round(b * 1e6) + started[name]) for a, b, _ in w.silences),
            )
            for name, each in told(batch, presets).items()
            for w in each
        ),
        key=repr,
    )
    expected, impatient, dead = oracle.waits(log, presets.signs)
    assert found == expected
    assert (int(waits.impatient.sum()), int(waits.dead.sum())) == (impatient, dead)
    requests = requests_of(batch)
    assert (int(requests.repeats.sum()), int(requests.corrections.sum())) == oracle.repeats(log)


def results(text: str, presets: Presets | None = None) -> dict[str, dict[str, object]]:
    measured = measure(parse(text), presets)
    return {
        s: {m: r.value if r.state == "value" else r.state for m, r in row.items()}
        for s, row in measured.sessions.items()
    }


def one(text: str, presets: Presets | None = None) -> dict[str, object]:
    return next(iter(results(text, presets).values()))


def test_signs_cut_a_wait_into_silences() -> None:
    log = parse("""
         0.0       citizen submits  traffic/renew step=send
         1.5- 2.0  service responds
         2.4       citizen acts     Send          # impatience: the wait runs on
         4.0       service responds
         6.5       service answers  traffic/done cause=server
    """)
    measured = measure(log)
    (wait,) = measured.waits["s1"]
    assert wait.json() == {
        "step": "send",
        "opened": 0.0,
        "closed": 6.5,
        "closed_by": "answers",
        "silences": [[0.0, 1.5, None], [2.0, 4.0, None], [4.0, 6.5, "server"]],
    }
    row = measured.sessions["s1"]
    assert [row[m].value for m in ("waits", "wait_time", "silent_waits", "silent_time", "impatience")] == [
        1,
        6.5,
        3,
        6.0,
        1,
    ]


def test_a_silence_of_exactly_the_threshold_is_borne() -> None:
    assert one("0 citizen acts x\n1 service answers x")["silent_waits"] == 0
    assert one("0 citizen acts x\n1.000001 service answers x")["silent_waits"] == 1
    assert one("0 citizen acts x channel=phone\n3 service answers x channel=phone")["silent_waits"] == 0


def test_a_sign_only_a_screen_reader_gets_is_no_sign_to_the_eye() -> None:
    text = "0 citizen acts x\n0.5-3 service responds sense=heard\n3 service answers x"
    assert one(text)["silent_time"] == 3
    assert one(text, PRESETS["listening"])["silent_time"] == 0


def test_a_spinner_that_already_turns_covers_the_beginning() -> None:
    assert one("0-4 service responds\n1 citizen acts x\n5 service answers x")["silent_waits"] == 0
    assert one("0-4 service responds\n1 citizen acts x\n5.5 service answers x")["silent_time"] == 1.5


def test_going_on_to_give_makes_it_a_dead_act_and_no_wait() -> None:
    row = one("0 citizen acts Help\n5 citizen gives name\n6 citizen submits f\n8 service answers f")
    assert (row["dead_acts"], row["waits"], row["wait_time"], row["silent_time"]) == (1, 1, 2, 2)


def test_an_open_wait_counts_up_to_the_end_of_hearing() -> None:
    log = parse("session=a ended=9\n0 citizen acts x\n2 service responds")
    (wait,) = measure(log).waits["a"]
    assert (wait.closed, wait.closed_by, wait.lasted) == (None, None, 9.0)
    assert wait.silences == ((0.0, 2.0, None), (2.0, 9.0, None))


def test_the_lab_s_own_failure_is_no_wait() -> None:
    row = one("0 citizen acts x\n4 lab breaks\n9 service answers x")
    assert (row["waits"], row["silent_waits"], row["outcome"]) == (0, 0, "broken")


def test_on_the_phone_the_floor_decides() -> None:
    row = one("""
        session=call channel=phone
         0- 2  citizen asks     renewal
         3- 4  service requests national_id
        12-14  citizen gives    national_id     # 8 s of the citizen's own: hesitation
        34-35  service responds                 # 20 s of silence
        60-65  service answers  renewal         # 25 s more
        80-82  service answers  fee             # 15 s of silence: the service speaks next
    """)
    assert (row["silent_waits"], row["silent_time"], row["hesitation"]) == (3, 60, 8)
    assert (row["waits"], row["wait_time"]) == (3, 1 + 46 + 15)


def test_an_application_without_reply_runs_on_into_the_next_sitting() -> None:
    found = results("""
        session=first case=c channel=post start=2026-03-02T08:00:00Z
        0 citizen submits permit
        session=second case=c channel=post start=2026-03-16T08:00:00Z
        0 citizen submits permit
        3600 service concludes granted
    """)
    assert found["first"]["wait_time"] == 14 * 86400 + 3600
    assert (found["first"]["silent_waits"], found["second"]["silent_waits"]) == (1, 0)
    assert (found["second"]["resubmissions"], found["second"]["waits"]) == (1, 0)


def test_a_working_day_is_the_service_s_own() -> None:
    friday_to_sunday = """
        session=a channel=post start=2026-03-06T10:00:00Z
        0 citizen submits permit
        180000 service answers permit
    """
    assert one(friday_to_sunday)["silent_waits"] == 0
    assert one(friday_to_sunday, preset(calendar="weekend-fri-sat"))["silent_waits"] == 0
    assert one(friday_to_sunday, preset(calendar="every-day"))["silent_waits"] == 1


def test_what_was_refused_is_a_correction_until_given_again() -> None:
    row = one("""
        1 service requests iban
        2 citizen gives    iban
        3 citizen gives    name
        4 citizen submits  f
        5 service refuses  iban
        5 service requests iban            # correction
        5 service requests name            # came back empty: repeat
        6 citizen gives    iban
        7 service requests iban            # repeat
        8 service refuses  salary          # never given
        8 service requests salary
    """)
    assert (row["repeat_questions"], row["corrections"], row["refusals"]) == (2, 1, 2)


def test_sending_again() -> None:
    def again(between: str) -> object:
        return one(f"0 citizen submits a/f\n{between}\n9 citizen submits a/f\n10 service concludes done")[
            "resubmissions"
        ]

    assert again("1 service answers a/received") == 1
    assert again("1 service refuses iban") == 0  # a correction's
    assert again("1 service responds") == 0  # still waiting: impatience
    assert again("1 service concludes granted") == 0  # another need
    assert again("1 citizen gives name") == 1  # a dead act: no wait is open


def test_not_measurable_is_no_zero() -> None:
    row = one("session=a hears=begins,acts,submits,answers\n0 citizen acts x\n3 service answers x")
    assert row["waits"] == 1 and row["wait_time"] == 3
    assert (
        measure(parse("session=a hears=acts,answers\n0 citizen acts x\n3 service answers x")).waits["a"][0].silences
        == ()
    )
    for metric in ("silent_waits", "silent_time", "longest_silence", "repeat_questions", "steps", "hesitation"):
        assert row[metric] == "not measurable"
    assert one("0 citizen acts x")["needless_steps"] == "not measurable"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("0 citizen acts x\n1 service concludes not_eligible\n2 citizen leaves", "concluded"),
        ("0 citizen acts x\n1 service refuses x\n2 citizen leaves", "left"),
        ("0 citizen acts x\n1 service answers x\n1 service refuses x\n2 service responds", "refused"),
        ("0 citizen acts x\n1 service hands_off bank\n2 service forwards bank", "handed_off"),
        ("0 citizen acts x\n1 service refuses x\n2 service answers x", "open"),
        ("0 citizen begins x", "open"),
    ],
)
def test_how_it_ended(text: str, outcome: str) -> None:
    assert one(text)["outcome"] == outcome
