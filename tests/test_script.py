"""The play-script notation: read and written without loss, and clear about what it cannot read."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.events import CAUSES, CHANNELS, SOURCES, VERBS, Sentence, Session
from studies.log import Log
from studies.script import parse, render
from studies.troubles import WrongInput

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
words = st.one_of(
    st.text(string.ascii_lowercase + "_/#=.-", min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
)
maybe_words = st.none() | words
moments = st.integers(-(10**9), 10**13).map(lambda us: START + timedelta(microseconds=us))


@st.composite
def logs(draw: st.DrawFn) -> Log:
    names = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    sessions, sentences = [], []
    for name in names:
        hears = frozenset(draw(st.sets(st.sampled_from(list(VERBS)))))
        told = {k: draw(maybe_words) for k in ("study", "task", "condition", "participant", "language", "persona")}
        source = draw(st.none() | st.sampled_from(SOURCES))
        ended = draw(st.none() | moments)
        sessions.append(Session(name, draw(moments), ended, source=source, hears=hears, **told))
        case = draw(st.none() | words)
        for seq in range(draw(st.integers(0, 4))):
            verb = draw(st.sampled_from(list(VERBS)))
            when = draw(moments)
            sentences.append(
                Sentence(
                    session=name,
                    case=case,
                    when=when,
                    until=draw(
                        st.none() | st.integers(0, 10**7).map(lambda us, w=when: w + timedelta(microseconds=us))
                    ),
                    seq=draw(st.sampled_from([seq, seq + 7])),
                    actor=VERBS[verb][0],
                    verb=verb,
                    about=draw(maybe_words),
                    step=draw(maybe_words),
                    channel=draw(st.sampled_from(CHANNELS)),
                    agency=draw(maybe_words),
                    cause=draw(st.none() | st.sampled_from(CAUSES)),
                    sense=draw(st.sampled_from([None, "seen", "heard"])) if verb == "responds" else None,
                    value=draw(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
                )
            )
    return Log.of(sentences, sessions)


@given(logs())
def test_a_log_survives_its_notation(log: Log) -> None:
    again = parse(render(log))
    assert again.sentences.to_pylist() == log.sentences.to_pylist()
    assert again.sessions.to_pylist() == log.sessions.to_pylist()


def test_the_design_s_own_example() -> None:
    log = parse("""
         0.0       citizen begins    renew_vehicle value=5
         0.3- 0.9  service responds
         0.9       service answers   traffic/renew
        40.2       service requests  national_id       # asked again
    """)
    said = log.said()
    assert [s.verb for s in said] == ["begins", "responds", "answers", "requests"]
    assert said[0].value == 5 and said[0].channel == "web" and said[0].case == said[0].session
    assert (said[1].until - said[1].when).total_seconds() == 0.6
    assert "#" not in render(log)


def test_a_header_holds_until_the_next() -> None:
    log = parse("""
        session=a case=c start=2026-03-01T08:00:00+03:00 channel=phone agency=traffic
        0 citizen asks renewal
        session=b case=c channel=desk
        0 citizen asks renewal
    """)
    first, second = log.said()
    assert (first.channel, first.agency, first.when) == ("phone", "traffic", datetime(2026, 3, 1, 5, tzinfo=UTC))
    assert (second.channel, second.agency) == ("desk", None)


def test_dates_stand_for_seconds_in_case_files() -> None:
    log = parse("""
        session=a channel=post
        2026-03-01 citizen submits permit
        2026-03-15T09:30:00Z - 2026-03-15T10:00:00Z service answers permit
    """)
    submitted, answered = log.said()
    assert (answered.when - submitted.when).total_seconds() == 14 * 86400 + 9.5 * 3600
    assert log.heard()[0].started == submitted.when


def test_a_sitting_without_a_date_comes_after_the_earlier_ones_of_its_case() -> None:
    log = parse("session=a case=c\n0 citizen acts x\n9 service answers x\nsession=b case=c\n0 citizen acts y\n")
    assert [s.session for s in sorted(log.said(), key=lambda s: s.when)] == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0 service smiles", "line 1 of calls.txt: “service smiles” is not a sentence. The service can: responds"),
        ("0 service gives x", "that is what the citizen does"),
        ("0 citzen begins", "Did you mean citizen?"),
        ("0 citizen beginns", "Did you mean begins?"),
        ("just words", "neither a sentence nor a header"),
        ("0 citizen acts Pay now", "Put what it is about in double quotes"),
        ("session=a chanel=web", "Did you mean channel?"),
        ("session=a channel=fax", "It can be: web, mobile"),
        ("5-3 service responds", "it ends (3) before it begins (5)"),
        ("0 citizen rates sus_1 value=four", "value=four is not a number"),
        ("0 citizen rates sus_1 value=nan", "NaN"),
        ("0.1234567 citizen acts x", "six decimals"),
        ('0 citizen acts "x', "double quotes"),
        ("session=a\n0 citizen acts\nsession=a\n", "opened by two header lines"),
        ("session=a hears=gives,takes", "hears=takes"),
        ("2026-13-01 citizen acts x", "is no date"),
        ("0 citizen acts x step=a step=b", "stands twice"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_would_do(text: str, says: str) -> None:
    with pytest.raises(WrongInput) as trouble:
        parse(text, "calls.txt")
    assert says in str(trouble.value)
