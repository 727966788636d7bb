"""What participants' browsers deliver, at the door: taken once, or refused; sealed, with its gaps known."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from journeys.hearing.deliveries import gaps, read_batch
from journeys.hearing.messages import Message, in_order
from journeys.hearing.participants import AT_ONCE, MOST_BYTES, Pace, device_of, routes, seal, seal_quiet, seal_study
from journeys.hearing.sittings import left
from studies import archive
from studies.log import Log
from studies.store import Store
from studies.store.heard import batches_of, claim, sitting_of, unsealed
from studies.troubles import WrongInput
from studies.workspace import Workspace

BORN = 1_772_366_400_000.0  # epoch ms


def told(kind: str, number: int, after: float, page: str = "p", **what: Any) -> Message:
    return {"p": page, "n": number, "t": BORN + after, "k": kind, **what}


def arrival(url: str, page: str, after: float = 0.0) -> list[Message]:
    """A page that arrives, with one field."""
    field = {"l": "National ID", "n": "nid", "a": "", "ty": "text", "g": ""}
    return [
        told("hello", 0, after + 100, page, u=url, o=BORN + after, top=1, nav="navigate", ref="", lang="en"),
        told("usable", 1, after + 200, page, u=url, status=200, lang="en", dir="", ms={}),
        told("fields", 2, after + 200, page, f=[field]),
    ]


def script_of(log: Any) -> list[str]:
    return [f"{s.actor} {s.verb} {s.about or ''}".strip() for s in log.said()]


# --- what is known to be missing --------------------------------------------------------------------------------------


def test_gaps_are_between_what_came_whatever_the_order_and_however_often() -> None:
    some = [told("paint", n, n * 100.0) for n in (7, 1, 3, 0, 3, 1)]
    assert [(g.lost, g.since - BORN, g.until - BORN) for g in gaps(some)] == [(1, 100, 300), (3, 300, 700)]
    assert gaps([told("paint", 1, 50.0)])[0].lost == 1  # a page's very first message can be missing too
    assert gaps([told("paint", 0, 0.0), told("paint", 0, 0.0, "q")]) == []


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "[1]", "not JSON", "[" * 100_000, '[{"p":"a","n":0,"t":NaN,"k":"paint"}]',
        '[{"p":"a","n":-1,"t":1772366400000,"k":"paint"}]', '[{"p":"a","n":true,"t":1772366400000,"k":"paint"}]',
        '[{"p":"a","n":0,"t":5,"k":"paint"}]', '[{"p":"a","n":0,"t":1772366400000,"k":"give"}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"give","field":{"l":7}}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"hello","u":"http://x","o":"?","top":1}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"change","c":[["x"]]}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"sent","u":"http://x","f":""}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"place","u":"http://[x/y"}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"hello","u":"http://x:99999999/","o":1772366400000,"top":1}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"act","l":"Go","form":{"u":"http://x:port/","f":""}}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"usable","u":"http://x","lang":7}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"netoff","i":1,"ms":"long"}]',
        '[{"p":"a","n":0,"t":1772366400000,"k":"long","d":1' + "0" * 400 + "}]",
    ],
)  # fmt: skip
def test_what_no_recorder_says_is_not_taken(text: str) -> None:
    assert read_batch(text) is None


def test_a_label_that_was_cut_off_in_mid_character_is_heard(door: Door, store: Store, space: Workspace) -> None:
    assert post(door, [*arrival("http://x/a", "p"), told("act", 3, 900, l="Go \ud83d"), told("bye", 4, 999)]) == 204
    log = seal("s", store, space)
    assert log is not None and "citizen acts Go \ufffd" in script_of(log)


def test_a_field_without_a_name_that_is_asked_for_twice_is_heard(door: Door, store: Store, space: Workspace) -> None:
    twice = [{"l": "E-mail", "ty": "email"}, {"l": "Confirm e-mail", "ty": "email"}]
    messages = [*arrival("http://x/a", "p")[:2], told("fields", 2, 200, f=twice)]
    assert post(door, [*messages, told("give", 3, 900, field=twice[0]), told("give", 4, 990, field=twice[1])]) == 204
    log = seal("s", store, space)
    assert log is not None and script_of(log).count("service requests email") == 2


def test_when_a_citizen_has_left() -> None:
    one = arrival("http://x/a", "p")
    assert left(one) is None
    assert left([*one, told("bye", 3, 900)]) == BORN + 900
    assert left([*one, told("unload", 3, 900), told("act", 4, 5000, l="Go")]) is None  # a download, and they stayed
    assert left([*one, told("shown", 3, 800, on=0)]) == BORN + 800
    assert left([*one, told("shown", 3, 800, on=0), told("shown", 4, 900, on=1)]) is None
    assert left([*one, told("bye", 3, 900), *arrival("http://x/b", "q", 1000)]) is None


# --- the place that it is delivered to --------------------------------------------------------------------------------


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(space: Workspace, clock: Clock) -> Iterator[Store]:
    made = Store(space.database_url, clock=clock)
    yield made
    made.close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Door:
    """The place that recorders deliver to, reached in memory."""

    app: Any

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        got: dict[str, Any] = {"body": b""}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                got.update(status=message["status"], headers=message["headers"])
            else:
                got["body"] += message.get("body", b"")

        path, _sep, query = path.partition("?")
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path}
        scope |= {"raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http"}
        scope |= {"server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5), "state": {}}
        scope["headers"] = [(b"host", b"127.0.0.1"), (b"user-agent", b"X Chrome/153.0 Mobile")]
        asyncio.run(self.app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in got["headers"]}
        return Answer(got["status"], headers, got["body"].decode())


@pytest.fixture
def door(store: Store) -> Door:
    return Door(Starlette(routes=routes(store, Pace(clock=lambda: 0.0))))


def post(door: Door, messages: list[Message], session: str = "s", study: str = "wild") -> int:
    return door.ask("POST", f"/r/{session}?study={study}", json.dumps(messages).encode()).status


def test_the_recorder_is_served_to_any_site(door: Door) -> None:
    served = door.ask("GET", "/recorder.js")
    assert served.headers["content-type"].startswith("text/javascript")
    assert served.headers["cross-origin-resource-policy"] == "cross-origin"
    assert served.headers["access-control-allow-origin"] == "*"
    assert "data-session" in served.text


def test_a_batch_is_kept_once_and_those_that_overlap_count_once(door: Door, store: Store) -> None:
    one = arrival("http://x/a", "p")
    assert [post(door, one), post(door, one), post(door, one[1:])] == [204, 204, 204]
    assert len(batches_of(store, "s")) == 2
    whole = [m for body in batches_of(store, "s") for m in read_batch(body) or []]
    assert [m["n"] for m in in_order(whole)] == [0, 1, 2] and len(whole) == 5
    sitting = sitting_of(store, "s")
    assert sitting and (sitting.study, sitting.device, sitting.mobile) == ("wild", "chrome 153 mobile", True)


def test_what_is_wrong_or_too_much_is_refused_and_not_kept(door: Door, store: Store) -> None:
    assert post(door, []) == 400
    assert door.ask("POST", "/r/s", b"\xff").status == 400
    assert door.ask("POST", "/r/s", b" " * (MOST_BYTES + 1)).status == 413
    assert post(door, arrival("http://x/a", "p"), session="a~2") == 404
    assert post(door, arrival("http://x/a", "p"), session="x" * 91) == 404
    assert sitting_of(store, "s") is None


def test_nobody_delivers_faster_than_a_person_can_act(store: Store) -> None:
    now = [0.0]
    pace = Pace(clock=lambda: now[0])
    assert sum(pace.allows("s") for _ in range(500)) == AT_ONCE and pace.allows("t")
    now[0] = 1.0
    assert sum(pace.allows("s") for _ in range(500)) == 20


def test_a_store_that_takes_nothing_is_said_so_and_tried_again_later(
    door: Door, store: Store, space: Workspace
) -> None:
    store.close()
    (space.root / "store.sqlite").unlink()
    (space.root / "store.sqlite").mkdir()
    assert post(door, arrival("http://x/a", "p")) == 503


def test_the_devices_name_says_no_more_than_the_browser() -> None:
    assert device_of("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0") == ("firefox 153", False)
    assert device_of("Mozilla/5.0 (iPhone) Version/19.2 Mobile/15E148 Safari/604.1") == ("safari 19 mobile", True)
    assert device_of("curl/8") == (None, False)


# --- sealing ----------------------------------------------------------------------------------------------------------


def test_a_sitting_is_sealed_as_a_participants_session(door: Door, store: Store, space: Workspace) -> None:
    store.add_invitation("demo", ["sus"], participant="p17", session="visit", condition="as_is")
    field = {"l": "National ID", "n": "nid", "a": "", "ty": "text", "g": ""}
    messages = [*arrival("http://x/traffic/renew", "p"), told("give", 3, 900, field=field), told("bye", 4, 1500)]
    assert post(door, messages, session="visit") == 204
    log = seal("visit", store, space)
    assert log is not None and script_of(log) == [
        "citizen begins traffic/renew",
        "citizen acts traffic/renew",
        "service answers traffic/renew",
        "service requests national_id",
        "citizen gives national_id",
        "citizen leaves",
    ]
    (session,) = archive.read("demo", space).heard()
    assert (session.source, session.participant, session.condition) == ("participant", "p17", "as_is")
    assert (session.device, session.language, log.said()[0].channel) == ("chrome 153 mobile", "en", "mobile")
    assert seal("visit", store, space) is None  # there is nothing new


def test_the_page_that_settles_the_need_concludes(door: Door, store: Store, space: Workspace) -> None:
    post(door, [*arrival("http://x/renew/done", "p"), told("bye", 3, 900)])
    log = seal("s", store, space, done="renew/done")
    assert log is not None and script_of(log)[-1] == "service concludes done"
    assert "concludes" in log.heard()[0].hears


def test_gaps_are_confessed(door: Door, store: Store, space: Workspace) -> None:
    post(door, [*arrival("http://x/a", "p"), told("act", 5, 1000, l="Go")])
    log = seal("s", store, space)
    assert log is not None
    (broke,) = [s for s in log.said() if s.verb == "breaks"]
    assert (broke.about, broke.value, broke.until and (broke.until - broke.when)) == (
        "gap", 2.0, timedelta(milliseconds=800),
    )  # fmt: skip


def test_whoever_comes_back_after_sealing_begins_another_session_of_the_case(
    door: Door, store: Store, space: Workspace, clock: Clock
) -> None:
    post(door, arrival("http://x/a", "p"))
    assert seal_quiet(store, space) == []
    clock.now += timedelta(hours=1)
    assert seal_quiet(store, space) == ["s"] and unsealed(store, timedelta()) == []
    post(door, arrival("http://x/b", "q", 3_600_000))
    clock.now += timedelta(hours=1)
    assert seal_quiet(store, space) == ["s"]
    log = archive.read("wild", space)
    assert [s.session for s in log.heard()] == ["s", "s~2"] and {s.case for s in log.said()} == {"s"}
    assert len(log.said()) == len({(s.when, s.verb, s.about) for s in log.said()})


def test_two_who_seal_at_once_seal_once_and_one_who_died_is_relieved(
    door: Door, store: Store, space: Workspace, clock: Clock
) -> None:
    post(door, arrival("http://x/a", "p"))
    sitting = sitting_of(store, "s")
    assert sitting and claim(store, sitting) and not claim(store, sitting)
    assert seal("s", store, space) is None
    clock.now += timedelta(minutes=6)  # whoever had claimed it has died before it was in the log
    assert seal("s", store, space) is not None
    post(door, [told("act", 3, 9000, l="Go")])
    assert (again := sitting_of(store, "s")) and claim(store, again)
    archive.seal(_renamed(archive.read("wild", space), "s~2"), "wild", space)  # and here, after it was
    clock.now += timedelta(minutes=6)
    seal("s", store, space)
    assert [s.session for s in archive.read("wild", space).heard()] == ["s", "s~2"]
    assert (over := sitting_of(store, "s")) and over.sealed == 2


def _renamed(log: Log, name: str) -> Log:
    return Log.of([replace(s, session=name) for s in log.said()], [replace(s, session=name) for s in log.heard()])


def test_a_study_that_nobody_was_heard_in_is_named(door: Door, space: Workspace) -> None:
    post(door, arrival("http://x/a", "p"))
    with pytest.raises(WrongInput, match="in study “wyld”"):
        seal_study("wyld", space)


def test_nothing_delivered_is_nothing_to_seal(store: Store, space: Workspace) -> None:
    with pytest.raises(WrongInput, match="Nothing was delivered"):
        seal("nobody", store, space)
