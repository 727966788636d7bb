"""The log at its door, and what survives on disk."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studies import archive
from studies.events import Sentence, Session
from studies.log import SENTENCES, SESSIONS, Log
from studies.script import parse
from studies.troubles import Failed, WrongInput
from studies.workspace import Workspace

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TEXT = "session={} source=robot\n0 citizen acts x\n1.5 service answers x\n"


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path)


def test_a_sealed_study_reads_back_as_it_was(space):
    first, second = parse(TEXT.format("a")), parse(TEXT.format("b"))
    archive.seal(first, "renewal", space)
    archive.seal(second, "renewal", space)
    log = archive.read("renewal", space)
    assert log.sentences.equals(Log.together([first, second]).sentences)
    assert log.sessions["study"].to_pylist() == ["renewal", "renewal"]
    assert log.pandas()["verb"].tolist() == ["acts", "answers"] * 2
    assert archive.studies_in(space) == ["renewal"]


def test_a_study_s_name_may_be_anything_and_leads_nowhere(space):
    for name in ("تجديد / مركبة", "..", "a=b", "100%"):
        archive.seal(parse(TEXT.format("a")), name, space)
    assert set(archive.studies_in(space)) == {"تجديد / مركبة", "..", "a=b", "100%"}
    assert all(space.log in p.parents for p in space.root.rglob("*.parquet"))


def test_survey_answers_join_a_session_that_is_already_sealed(space):
    archive.seal(parse(TEXT.format("a")), "renewal", space)
    rated = Log.of([Sentence("a", NOW, "citizen", "rates", "sus_1", value=4.0)], [Session("a", NOW)])
    archive.seal(rated, "renewal", space)
    log = archive.read("renewal", space)
    assert log.sentences["verb"].to_pylist().count("rates") == 1
    assert log.sessions["source"].to_pylist() == ["robot"]


def test_what_was_not_sealed_to_the_end_is_not_read(space, monkeypatch):
    archive.seal(parse(TEXT.format("a")), "renewal", space)
    written = archive.write_whole

    def disk_full(table, path):
        if path.name.startswith("sessions"):
            raise OSError(28, "No space left on device")
        written(table, path)

    monkeypatch.setattr(archive, "write_whole", disk_full)
    with pytest.raises(Failed, match="No space left"):
        archive.seal(parse(TEXT.format("b")), "renewal", space)
    assert archive.read("renewal", space).sessions["session"].to_pylist() == ["a"]
    assert not [p for p in space.log.rglob("*") if p.name.endswith(".part")]


def test_a_damaged_part_is_named(space):
    archive.seal(parse(TEXT.format("a")), "renewal", space)
    part = next(space.log.rglob("sentences-*.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(Failed, match=part.name):
        archive.read("renewal", space)


def test_an_unknown_study_names_those_there_are(space):
    archive.seal(parse(TEXT.format("a")), "renewal", space)
    with pytest.raises(WrongInput, match="Studies: renewal"):
        archive.read("renewals", space)


def test_anybody_s_parquet_of_sentences_can_be_read(tmp_path):
    log = parse("0 citizen acts x\n1 service answers x\n")
    frame = log.sentences.select(["session", "when", "seq", "actor", "verb", "about", "channel"])
    pq.write_table(frame, tmp_path / "mine.parquet")
    assert archive.read_parquet(tmp_path / "mine.parquet").sentences.equals(log.sentences)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"actor": "citizen", "verb": "answers"}, "that is what the service does"),
        ({"channel": "fax"}, "It can be: web"),
        ({"session": "ghost"}, "“ghost” have no row among the sessions"),
        ({"until": datetime(2026, 2, 1, tzinfo=UTC)}, "before it begins"),
        ({"value": float("inf")}, "infinite"),
        ({"verb": "requets", "actor": "service"}, "Did you mean requests?"),
        ({"when": "yesterday"}, "does not fit the log"),
    ],
)
def test_no_wrong_sentence_comes_in(change, says):
    told = {"session": "a", "when": NOW, "actor": "citizen", "verb": "acts", **change}
    with pytest.raises(WrongInput) as trouble:
        Log.of([Sentence(**told)], [Session("a", NOW)])
    assert says in str(trouble.value)


def test_a_stranger_s_columns_are_named():
    log = parse("0 citizen acts x\n")
    with pytest.raises(WrongInput, match=r"no column “whn”.*Did you mean when\?"):
        Log.checked(log.sentences.rename_columns(["whn" if n == "when" else n for n in SENTENCES.names]), log.sessions)
    with pytest.raises(WrongInput, match="listed twice"):
        Log.checked(log.sentences, pa.concat_tables([log.sessions, log.sessions]))
    assert SESSIONS.get_field_index("hears") >= 0


def many(space, begin=0, end=70, study="renewal"):
    for i in range(begin, end):
        archive.seal(parse(TEXT.format(f"a{i:03}")), study, space)


def test_many_small_parts_become_one_and_read_the_same(space):
    many(space)
    rated = Log.of([Sentence("a001", NOW, "citizen", "rates", "sus_1", value=4.0)], [Session("a001", NOW)])
    archive.seal(rated, "renewal", space)
    assert len(archive.parts_of("renewal", space)) < 10
    log = archive.read("renewal", space)
    assert log.sessions["session"].to_pylist() == [f"a{i:03}" for i in range(70)]
    assert set(log.sessions["source"].to_pylist()) == {"robot"}
    assert len(log.sentences) == 2 * 70 + 1
    many(space, 70, 140)  # merged parts are merged again
    assert archive.read("renewal", space).sessions["session"].to_pylist() == [f"a{i:03}" for i in range(140)]


def test_killed_while_merging_a_study_reads_the_same(space, monkeypatch):
    monkeypatch.setattr(archive, "MANY", 1000)
    many(space)
    before = archive.read("renewal", space)
    monkeypatch.setattr(archive, "MANY", 2)
    with monkeypatch.context() as killed:
        killed.setattr(archive.Path, "unlink", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            archive.compact("renewal", space)
    assert len(list(space.log.rglob("sessions-*.parquet"))) == 71, "the old parts are still there"
    after = archive.read("renewal", space)
    assert after.sentences.equals(before.sentences) and after.sessions.equals(before.sessions)
