"""What was acknowledged is there, once, whatever happened to the process that took it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from databases import postgresql_server, url

from studies.store import CLOSED, DECLINED, FINISHED, OPEN, Invitation, Standing, Store
from studies.store.kept import SEEN, Decision, Entry, Turn
from studies.store.together import Together
from studies.troubles import Failed, WrongInput
from studies.workspace import CHECKOUT

pytestmark = pytest.mark.untimed

__all__ = ["postgresql_server", "url"]  # fixtures, for the databases that all of this must hold on
NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = Store(url, clock=lambda: NOON)
    yield made
    made.close()


@pytest.fixture
def asked(store: Store) -> Invitation:
    return store.add_invitation("demo", ["sus"], session="a7", condition="as_is", language="ar")


def stands(store: Store, token: str) -> Standing:
    found = store.standing(token)
    assert found is not None
    return found


def test_what_went_in_comes_out(store: Store, asked: Invitation) -> None:
    assert store.invitation(asked.token) == asked
    assert store.invitations("demo") == [asked]
    assert (asked.session, asked.condition, asked.language, asked.made) == ("a7", "as_is", "ar", NOON)
    assert store.studies() == {"demo": OPEN}
    assert store.invitation("never-given") is None


def test_the_latest_answer_counts_and_no_earlier_one_is_lost(store: Store, asked: Invitation) -> None:
    assert store.submit("k1", asked.token, "sus", {"sus_1": 3, "sus_2": 4}, "en", complete=False)
    assert store.submit("k2", asked.token, "sus", {"sus_1": 5}, "ar", complete=True, finished=True)
    assert stands(store, asked.token).answers == {"sus_1": 5, "sus_2": 4}
    told = {(a.item, a.value, a.language, a.received) for a in store.answers("demo")}
    assert told == {("sus_1", 5, "ar", NOON), ("sus_2", 4, "en", NOON)}
    assert store.submissions("demo") == 2


def test_a_double_post_is_stored_once(store: Store, asked: Invitation) -> None:
    sent = ("once", asked.token, "sus", {"sus_1": 3}, "en", True, True)
    assert store.submit(*sent) is True
    assert store.submit(*sent) is False
    assert store.submissions("demo") == 1


def test_the_same_post_twenty_times_at_once_is_stored_once(url: str, store: Store, asked: Invitation) -> None:
    others = [Store(url) for _n in range(4)]  # as other processes would open it
    with ThreadPoolExecutor(20) as people:
        went = people.map(
            lambda n: others[n % 4].submit("once", asked.token, "sus", {"sus_1": 3}, "en", True, True), range(20)
        )
        assert sorted(went) == [False] * 19 + [True]
    for other in others:
        other.close()
    assert store.submissions("demo") == 1


def test_many_people_at_once_lose_nothing(url: str, store: Store) -> None:
    people = [store.add_invitation("demo", ["sus"]) for _n in range(30)]
    other = Store(url)
    with ThreadPoolExecutor(15) as threads:
        stores = [store, other] * 15
        list(
            threads.map(
                lambda who, where: where.submit(f"k{who.token}", who.token, "sus", {"sus_1": 4}, "en", True, True),
                people,
                stores,
            )
        )
    other.close()
    assert {a.token for a in store.answers("demo")} == {who.token for who in people}
    assert {i.state for i in store.invitations("demo")} == {FINISHED}


def test_what_was_sent_off_stays_as_it_is(store: Store) -> None:
    asked = store.add_invitation("demo", ["sus", "other"])
    store.submit("k1", asked.token, "sus", {"sus_1": 3}, "en", complete=True)
    with pytest.raises(WrongInput, match="already"):
        store.submit("k2", asked.token, "sus", {"sus_1": 1}, "en", complete=True)
    store.submit("k3", asked.token, "other", {"other_1": 1}, "en", complete=True, finished=True)
    with pytest.raises(WrongInput, match=FINISHED):
        store.submit("k4", asked.token, "third", {"third_1": 1}, "en", complete=True)
    assert stands(store, asked.token).answers == {"sus_1": 3, "other_1": 1}
    assert store.sent_off("demo") == {(asked.token, "sus"), (asked.token, "other")}


def test_a_closed_study_takes_nothing_until_it_is_opened_again(store: Store, asked: Invitation) -> None:
    store.close_study("demo")
    closed = store.invitation(asked.token)
    assert closed is not None and closed.state == CLOSED
    with pytest.raises(WrongInput, match=CLOSED):
        store.submit("k1", asked.token, "sus", {"sus_1": 3}, "en", True)
    store.close_study("demo", closed=False)
    assert store.submit("k1", asked.token, "sus", {"sus_1": 3}, "en", True)


def test_consent_is_remembered_and_may_be_changed_until_the_end(store: Store, asked: Invitation) -> None:
    assert stands(store, asked.token).agreed is None
    store.consent(asked.token, "answers", False, "ar", "wording-1")
    declined = store.invitation(asked.token)
    assert declined is not None and declined.state == DECLINED
    store.consent(asked.token, "answers", True, "ar", "wording-1")
    assert stands(store, asked.token).agreed is True
    store.submit("k1", asked.token, "sus", {"sus_1": 3}, "en", True, finished=True)
    store.consent(asked.token, "answers", True, "ar", "wording-1")
    finished = store.invitation(asked.token)
    assert finished is not None and finished.state == FINISHED


def test_a_robot_and_a_person_never_share_a_name(store: Store) -> None:
    store.add_invitation("demo", ["sus"], participant="p1", rehearsed=True)
    with pytest.raises(WrongInput, match="is a robot"):
        store.add_invitation("demo", ["sus"], participant="p1")
    assert store.add_invitation("other", ["sus"], participant="p1").rehearsed is False
    assert [one.rehearsed for one in store.invitations("demo")] == [True]


def test_an_unknown_study_is_named_with_those_there_are(store: Store, asked: Invitation) -> None:
    with pytest.raises(WrongInput, match=r"no study “dem”.*Studies: demo.*Did you mean demo"):
        store.answers("dem")


def test_an_acknowledged_answer_is_on_disk(store: Store) -> None:
    with store.reading() as db:
        if db.dialect.name == "postgresql":
            assert db.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert db.exec_driver_sql("SHOW fsync").scalar() == "on"
            return
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


WRITER = """
import sys
from studies.store import Store
store, token, beginning = Store(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for n in range(beginning, 100_000):
    store.submit(f"key {n}", token, "sus", {f"sus_{n}": n, f"sus_{n}_again": n}, "en", complete=False)
    print(n, flush=True)  # acknowledged
"""


@pytest.mark.slow
def test_a_writer_killed_in_mid_stream_loses_nothing_that_it_acknowledged(
    url: str, store: Store, asked: Invitation
) -> None:
    acknowledged: list[int] = []
    for kill in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, url, asked.token, str(1000 * kill)],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        with writer.stdout as told:
            for _n in range(7 + 11 * kill):
                acknowledged.append(int(told.readline()))
            writer.kill()  # SIGKILL: no good-bye
            acknowledged += [int(line) for line in told if line.endswith("\n")]
        writer.wait()
    kept = {answer.item: answer.value for answer in store.answers("demo")}
    assert len(acknowledged) == len(set(acknowledged)) >= 5 * 7
    assert [n for n in acknowledged if f"sus_{n}" not in kept] == []
    # Whole or not at all: no submission with half of its answers.
    assert {item for item in kept if not item.endswith("_again")} == {
        item.removesuffix("_again") for item in kept if item.endswith("_again")
    }
    with store.reading() as db:
        doubled = "SELECT key FROM submissions GROUP BY key HAVING count(*) > 1"
        assert db.execute(sqlalchemy.text(doubled)).all() == []


BAD_ADDRESSES = [
    ("sqlite:////no/such/folder/store.sqlite", Failed, "cannot be written to .unable to open"),
    ("what", WrongInput, "KHUTWA_DATABASE is no database address"),
    ("oracle9://x", WrongInput, "KHUTWA_DATABASE is no database address"),
]


@pytest.mark.parametrize(("address", "trouble", "says"), BAD_ADDRESSES)
def test_a_bad_address_says_what_to_do(address: str, trouble: type[Exception], says: str) -> None:
    with pytest.raises(trouble, match=says):
        Store(address)


def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("my thesis " * 500)
    with pytest.raises(Failed, match="not a database"):
        Store(f"sqlite:///{path}")
    assert path.read_text() == "my thesis " * 500


def test_a_store_of_a_newer_lab_is_refused_and_left_alone(url: str, store: Store) -> None:
    with store.writing() as db:
        db.execute(sqlalchemy.text("INSERT INTO versions VALUES (99)"))
    with pytest.raises(Failed, match="newer version of the lab"):
        Store(url)


def test_a_password_is_never_in_a_message() -> None:
    try:
        Store("postgresql+psycopg://lab:hush@127.0.0.1:1/none")
    except Failed as trouble:
        assert "hush" not in str(trouble)


def test_the_store_speaks_no_sql_that_only_sqlite_knows() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from studies.store import tables

    for table in tables.all_tables.sorted_tables:
        made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert "TIMESTAMP WITH TIME ZONE" in made or not {"made", "at", "received"} & set(table.columns.keys())


# --- many at once, in one transaction --------------------------------------------------------------------------------


def saying(item: str, value: float, complete: bool = False) -> Any:
    """One press of a button that says one thing, whatever stands there."""

    def decide(standing: Standing | None, _count: object, _now: datetime) -> Decision:
        if standing is None:
            return Decision(None, "nobody")
        return Decision(Entry("sus", "en", {item: value}, complete), len(standing.answers))

    return decide


def test_those_who_press_at_the_same_moment_share_a_transaction_and_are_told_apart(store: Store) -> None:
    people = [store.add_invitation("demo", ["sus"]).token for _n in range(3)]
    turns = [Turn(f"k{n}", token, saying("sus_1", float(n))) for n, token in enumerate([*people, "nobody has this"])]
    again = [Turn("k0", people[0], saying("sus_1", 9.0)), Turn("k9", people[0], saying("sus_2", 5.0))]
    assert store.take([*turns, *again]) == [0, 0, 0, "nobody", SEEN, 1], "each stands where the one before left it"
    said = {(a.token, a.item): a.value for a in store.answers("demo")}
    assert said == {(people[0], "sus_1"): 0, (people[1], "sus_1"): 1, (people[2], "sus_1"): 2, (people[0], "sus_2"): 5}
    assert store.flagged("demo") == {people[0]: ["sent_again"]}, "a second arrival is noted, not dropped in silence"


def test_nothing_is_acknowledged_before_its_transaction_is_over(store: Store, asked: Invitation) -> None:
    order: list[str] = []
    really = store.take

    def slowly(turns: Any) -> Any:
        told = really(turns)
        with store.reading() as db:
            order.append(f"{db.scalar(sqlalchemy.text('SELECT count(*) FROM submissions'))} on disk")
        return told

    store.take = slowly  # type: ignore[method-assign]
    together = Together(store)

    async def everyone() -> None:
        async def one(n: int) -> None:
            await together.turn(f"k{n}", asked.token, saying(f"sus_{n}", 1.0))
            order.append("told")

        await asyncio.gather(*(one(n) for n in range(20)))

    asyncio.run(everyone())
    together.close()
    told = 0
    for what in order:
        told += what == "told"
        assert what == "told" or int(what.split()[0]) > told
    assert told == 20 and order[0] != "told"
    assert len([what for what in order if what != "told"]) < 20, "they shared transactions"


def test_one_that_breaks_does_not_cost_the_others_their_answers(store: Store, asked: Invitation) -> None:
    def breaks(*_what: object) -> Decision:
        raise ZeroDivisionError("planted")

    together = Together(store)

    async def everyone() -> list[Any]:
        turns = [together.turn(f"k{n}", asked.token, saying(f"sus_{n}", 1.0)) for n in range(5)]
        return await asyncio.gather(*turns, together.turn("bad", asked.token, breaks), return_exceptions=True)

    *fine, bad = asyncio.run(everyone())
    together.close()
    assert isinstance(bad, ZeroDivisionError) and all(isinstance(one, int) for one in fine)
    assert {a.item for a in store.answers("demo")} == {f"sus_{n}" for n in range(5)}


OLD = """
CREATE TABLE versions (version INTEGER PRIMARY KEY);
CREATE TABLE studies (study VARCHAR(200) PRIMARY KEY, state VARCHAR(20) NOT NULL, made TIMESTAMP NOT NULL);
CREATE TABLE participants (study VARCHAR(200) REFERENCES studies, participant VARCHAR(200), rehearsed BOOLEAN NOT NULL,
  made TIMESTAMP NOT NULL, PRIMARY KEY (study, participant));
CREATE TABLE invitations (token VARCHAR(64) PRIMARY KEY, study VARCHAR(200) NOT NULL, participant VARCHAR(200) NOT NULL,
  instruments JSON NOT NULL, session VARCHAR(200), condition VARCHAR(200), language VARCHAR(20),
  state VARCHAR(20) NOT NULL, made TIMESTAMP NOT NULL);
CREATE TABLE submissions (id INTEGER PRIMARY KEY, key VARCHAR(100) NOT NULL UNIQUE,
  token VARCHAR(64) NOT NULL REFERENCES invitations, page VARCHAR(100) NOT NULL, language VARCHAR(20) NOT NULL,
  complete BOOLEAN NOT NULL, received TIMESTAMP NOT NULL);
CREATE TABLE answers (submission INTEGER REFERENCES submissions, item VARCHAR(100), value FLOAT NOT NULL,
  PRIMARY KEY (submission, item));
INSERT INTO versions VALUES (1);
INSERT INTO studies VALUES ('demo', 'open', '2026-03-01 12:00:00.000000');
INSERT INTO participants VALUES ('demo', 'p1', FALSE, '2026-03-01 12:00:00.000000');
INSERT INTO invitations VALUES ('t1', 'demo', 'p1', '["sus"]', NULL, NULL, 'ar', 'open', '2026-03-01 12:00:00.000000');
INSERT INTO submissions (key, token, page, language, complete, received)
  VALUES ('k1', 't1', 'sus', 'ar', FALSE, '2026-03-01 12:00:00.000000');
INSERT INTO submissions (key, token, page, language, complete, received)
  VALUES ('k2', 't1', 'sus', 'ar', TRUE, '2026-03-01 12:01:00.000000');
INSERT INTO answers VALUES (1, 'sus_1', 2), (1, 'sus_2', 3), (2, 'sus_1', 5);
"""


def test_a_store_of_an_older_lab_is_brought_up_to_date_and_loses_nothing(url: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as db:
        old = OLD.replace("id INTEGER PRIMARY", "id SERIAL PRIMARY") if db.dialect.name == "postgresql" else OLD
        for statement in old.split(";\n"):
            if statement.strip():
                db.exec_driver_sql(statement)
    engine.dispose()
    store = Store(url)
    assert stands(store, "t1").answers == {"sus_1": 5, "sus_2": 3}
    assert store.sent_off("demo") == {("t1", "sus")} and store.submissions("demo") == 2
    assert store.submit("k3", store.add_invitation("demo", ["sus"]).token, "sus", {"sus_1": 1}, "en", True)
    store.close()
    Store(url).close()
