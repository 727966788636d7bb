"""A field visit becomes sentences like any other session, each tap once, and two raters' agreement is computed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from visitor import Page, Visitor

import intake
from analysis import observers
from analysis.measure import measure
from studies import archive
from studies.store import Store
from studies.store.doors import keep_questionnaire
from studies.store.visits import VisitDoor, visits_of
from studies.troubles import WrongInput
from studies.workspace import Workspace
from surveys import visited
from surveys.checklists import checklist, kinds, read
from surveys.visits_listed import made

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
START = NOW.timestamp() * 1000 - 1_800_000
VISIT: list[tuple[float, dict[str, Any]]] = [
    (0, {"item": "arrives"}), (10, {"item": "ticket"}), (610, {"item": "called"}), (630, {"item": "counter"}),
    (640, {"item": "documents", "what": "asked", "datum": "national_id"}),
    (650, {"item": "documents", "what": "given", "datum": "national_id"}),
    (700, {"item": "documents", "what": "asked", "datum": "national_id"}),
    (705, {"item": "documents", "what": "asked", "words": "Your IBAN please, Mr Salem"}),
    (720, {"item": "elsewhere", "what": "another_office"}), (730, {"item": "signs", "value": 1}),
    (735, {"item": "greeted", "value": 2}), (740, {"item": "greeted", "value": 4}),
    (745, {"item": "remark", "text": "The guard was rude"}), (750, {"item": "outcome", "what": "done"}),
    (760, {"item": "done"}),
]  # fmt: skip


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def store(space: Workspace) -> Iterator[Store]:
    opened = Store(space.database_url, lambda: NOW)
    yield opened
    opened.close()


@dataclass
class Phone:
    """A telephone before the application itself."""

    app: Any

    def post(self, door: VisitDoor | str, told: Any) -> tuple[int, list[int]]:
        """Deliver a parcel: how that is answered, and which taps are kept."""
        name = door if isinstance(door, str) else door.door
        page = Visitor(self.app).ask("POST", f"/v/{name}", json.dumps(told).encode())
        return page.status, json.loads(page.html)["kept"]

    def get(self, path: str) -> Page:
        """Open an address."""
        return Visitor(self.app).ask("GET", path)


@pytest.fixture
def phone(store: Store, space: Workspace) -> Phone:
    return Phone(intake.app(store, space))


@pytest.fixture
def door(store: Store) -> VisitDoor:
    return made(store, "field", "service_centre", "Traffic centre")


def taps(told: list[tuple[float, dict[str, Any]]] = VISIT, ahead: float = 0.0) -> list[dict[str, Any]]:
    """Taps as a telephone sends them, numbered, by a clock that is so many milliseconds ahead."""
    return [{"n": n, "t": START + ahead + 1000 * at, **what} for n, (at, what) in enumerate(told)]


def parcel(
    store: Store, those: list[dict[str, Any]], rater: str = "ra", name: str = "first", **more: Any
) -> dict[str, Any]:
    """What a telephone posts."""
    digest = keep_questionnaire(store, checklist("service_centre").model_dump(mode="json"))
    number = hashlib.sha256(f"{rater} {name}".encode()).hexdigest()[:32]
    return {
        "visit": number, "rater": rater, "name": name, "language": "ar", "checklist": digest,
        "sent": NOW.timestamp() * 1000, "taps": those, **more,
    }  # fmt: skip


def test_a_visit_is_measured_as_any_session(store: Store, space: Workspace, phone: Phone, door: VisitDoor) -> None:
    hour = 3_600_000.0  # the telephone's clock is an hour ahead; the lab's counts
    body = parcel(store, taps(ahead=hour), sent=NOW.timestamp() * 1000 + hour)
    assert phone.post(door, body) == (200, list(range(15)))
    log = archive.read("field", space)
    (row,) = log.heard()
    assert (row.source, row.study, row.task, row.language) == ("observer", "field", "traffic_centre", "ar")
    assert row.started == datetime.fromtimestamp(START / 1000, UTC)
    said = log.said()
    assert {s.channel for s in said} == {"desk"} and {s.agency for s in said} == {"traffic_centre"}
    queue = next(s for s in said if s.about == "queue_ticket" and s.verb == "answers")
    assert queue.cause == "queue"
    result = measure(log).sessions[row.session]
    told = measure(log).waits[row.session][0]
    assert (told.opened, told.closed) == (10.0, 610.0)
    assert result["repeat_questions"].value == 1 and result["hand_offs"].value == 1
    assert result["outcome"].value == "concluded" and result["time_on_task"].value == 750
    assert result["silent_time"].state == "not measurable", "no sign can be tapped on this checklist"
    assert [(s.about, s.value) for s in said if s.verb == "rates"] == [("service_centre.greeted", 4.0)]
    assert [(s.about, s.value) for s in said if s.verb == "notes"] == [("signs", 1.0)]
    assert [s.about for s in said if s.verb == "requests"] == ["national_id", "national_id", "iban"]
    assert not any(word in str(log.sentences.to_pylist()) for word in ("Salem", "rude"))


def test_taps_come_late_twice_and_in_any_order(store: Store, space: Workspace, phone: Phone, door: VisitDoor) -> None:
    those = taps()
    for piece in (those[8:], those[:3], those[8:], those[:3]):
        assert phone.post(door, parcel(store, piece)) == (200, [tap["n"] for tap in piece])
    (one,) = visited.told_of(store, "field")
    assert (one.done, one.gaps) == (False, ((2, 8),)), "it is not over while taps are on their way"
    assert archive.studies_in(space) == []
    phone.post(door, parcel(store, those[2:9]))
    assert visited.into_the_log(store, "field", space) == []  # it was sealed as soon as it was whole
    assert len(archive.read("field", space).heard()) == 1
    assert len(visits_of(store, "field")[0].taps) == 15


def test_an_unfinished_visit_is_sealed_by_hand_and_says_what_is_missing(
    store: Store, space: Workspace, phone: Phone, door: VisitDoor
) -> None:
    phone.post(door, parcel(store, [tap for tap in taps() if tap["n"] not in (5, 6, 14)]))
    assert visited.into_the_log(store, "field", space) == []
    assert len(visited.into_the_log(store, "field", space, unfinished=True)) == 1
    (gap,) = [s for s in archive.read("field", space).said() if s.verb == "breaks"]
    assert (gap.about, gap.value) == ("gap", 2.0)


def test_what_is_no_visit_is_refused_and_nothing_is_kept(store: Store, phone: Phone, door: VisitDoor) -> None:
    bad: list[Any] = [
        [], {}, parcel(store, []), parcel(store, taps(), visit="x"), parcel(store, taps(), rater=" "),
        parcel(store, taps([(0, {"item": "dance"})])), parcel(store, taps([(0, {"item": "greeted", "value": 9})])),
        parcel(store, taps([(0, {"item": "documents", "what": "stolen", "datum": "iban"})])),
        parcel(store, taps(), sent="now"), parcel(store, taps(), checklist="0" * 64),
        parcel(store, [{"n": -1, "t": START, "item": "arrives"}]), parcel(store, taps(), language="xx"),
    ]  # fmt: skip
    for body in bad:
        assert phone.post(door, body) == (400, []), body
    assert phone.post("nowhere", parcel(store, taps()))[0] == 404
    assert phone.post(door, "x" * 300_000)[0] == 413
    store.close_study("field")
    assert phone.post(door, parcel(store, taps()))[0] == 410
    assert visits_of(store, "field") == []


def test_the_page_brings_everything_and_asks_nobody_else(phone: Phone, door: VisitDoor) -> None:
    page = phone.get(f"/v/{door.door}")
    assert "script-src 'self'" in page.headers["content-security-policy"][0]
    told = json.loads(page.tag("div")["data-told"] or "")
    texts = [[i["text"] for part in one["parts"] for i in part["items"]] for one in told["tongues"]]
    assert "My number is called" in texts[0] and "يُنادى رقمي" in texts[1]
    assert phone.get("/v/offline.js").headers["service-worker-allowed"] == ["/v/"]
    assert phone.get("/v/nowhere").status == 404


def rated(
    store: Store, phone: Phone, door: VisitDoor, rater: str, name: str, greeted: int, seats: int, late: float
) -> None:
    """One short visit: how the rater was greeted, whether there was a seat, when the number was called."""
    told: list[tuple[float, dict[str, Any]]] = [
        (0, {"item": "arrives"}), (5, {"item": "ticket"}), (late, {"item": "called"}),
        (late + 1, {"item": "seats", "value": seats}), (late + 2, {"item": "greeted", "value": greeted}),
        (late + 3, {"item": "outcome", "what": "done" if seats else "left"}), (late + 4, {"item": "done"}),
    ]  # fmt: skip
    phone.post(door, parcel(store, taps(told), rater, name))


def test_two_raters_agreement_is_the_one_worked_out_by_hand(store: Store, phone: Phone, door: VisitDoor) -> None:
    pairs = [((5, 1, 60), (5, 1, 62)), ((4, 1, 120), (2, 1, 121)), ((1, 0, 300), (1, 0, 320)), ((3, 1, 30), (3, 0, 30))]
    for n, (one, other) in enumerate(pairs):
        rated(store, phone, door, "ra", f"visit {n}", *one)
        rated(store, phone, door, "rb", f" Visit {n}", *other)
    rated(store, phone, door, "rc", "alone", 5, 1, 10)
    rows = {row.item: row for row in observers.of_visits(visited.told_of(store, "field"))}
    # seats: yes-yes 2, yes-no 1, no-no 1 of 4: agreed 3/4, by chance (3/4)(2/4) + (1/4)(2/4) = 1/2.
    assert (rows["seats"].measure, rows["seats"].pairs, rows["seats"].same) == ("kappa", 4, 3)
    assert rows["seats"].value == pytest.approx(0.5)
    assert rows["seats"].differs == ({"visit": "visit 3", "service": "Traffic centre", "ra": 1.0, "rb": 0.0},)
    # greeted: quadratic weights; apart by 2 once, so 4/4 = 1 on average. By chance the mean squared distance of any
    # of (5, 4, 1, 3) from any of (5, 2, 1, 3): (0+9+16+4 + 1+4+9+1 + 16+1+0+4 + 4+1+4+0) / 16 = 74/16.
    assert rows["greeted"].measure == "weighted_kappa"
    assert rows["greeted"].value == pytest.approx(1 - 1 / (74 / 16))
    assert rows["called.seconds"].measure == "icc2" and (rows["called.seconds"].value or 0) > 0.99
    assert [one["visit"] for one in rows["called.seconds"].differs] == ["visit 2"]
    assert observers.over_all(visited.told_of(store, "field"))["pairs"] == 4


def test_one_visit_by_two_is_not_enough_to_say(store: Store, phone: Phone, door: VisitDoor) -> None:
    rated(store, phone, door, "ra", "v", 5, 1, 60)
    rated(store, phone, door, "rb", "v", 3, 1, 60)
    rows = {row.item: row for row in observers.of_visits(visited.told_of(store, "field"))}
    assert rows["greeted"].value is None and "not enough to say" in str(rows["greeted"].why)
    assert len(rows["greeted"].differs) == 1
    assert observers.over_all(visited.told_of(store, "field"))["kappa"]["value"] is not None


@pytest.mark.parametrize("kind", kinds())
def test_every_checklist_is_worded_in_both_languages(kind: str) -> None:
    asked = checklist(kind)
    texts = [asked.title, asked.lead, *(p.title for p in asked.parts), *(i.text for i in asked.items)]
    texts += [option.text for item in asked.items for option in item.options]
    assert all(isinstance(text, dict) and set(text) == {"en", "ar"} for text in texts)
    assert {"begins", "acts", "answers", "gives", "submits", "requests", "refuses", "hands_off"} <= asked.hears
    assert ("responds" in asked.hears) == (kind == "mystery_shopper")


def test_a_sign_that_was_noted_parts_a_silence(store: Store, space: Workspace, phone: Phone) -> None:
    door = made(store, "field", "mystery_shopper", "Post office")
    digest = keep_questionnaire(store, checklist("mystery_shopper").model_dump(mode="json"))
    told: list[tuple[float, dict[str, Any]]] = [
        (0, {"item": "arrives"}), (5, {"item": "ticket"}), (25, {"item": "sign"}), (65, {"item": "called"}),
        (66, {"item": "counter"}), (67, {"item": "outcome", "what": "told_how"}), (70, {"item": "done"}),
    ]  # fmt: skip
    phone.post(door, parcel(store, taps(told), checklist=digest))
    (row,) = measure(archive.read("field", space)).sessions.values()
    assert row["longest_silence"].value == 40.0


def test_a_broken_checklist_says_where(space: Workspace) -> None:
    folder = space.root / "visits"
    folder.mkdir()
    text = (kinds()["service_centre"]).read_text(encoding="utf-8").replace("citizen acts counter", "citizen smiles")
    (folder / "service_centre.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongInput, match=r"service_centre.yaml, parts.1.items.0: .*smiles.* is not a sentence"):
        checklist("service_centre", space)
    with pytest.raises(WrongInput, match=r"no checklist “service_center”.*Did you mean service_centre"):
        checklist("service_center", space)
    (folder / "own.yaml").write_text("kind: [", encoding="utf-8")
    with pytest.raises(WrongInput, match=r"own.yaml.* is no YAML"):
        read(folder / "own.yaml")
