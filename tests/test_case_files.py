"""Case files become sentences: whatever columns, times and formats they come in; what is wrong is told row by row."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measure import measure
from studies.cases.mapping import SHIPPED, Mapping, read_mapping, shipped, written
from studies.cases.moments import Clock, zone_named
from studies.cases.proposal import proposed
from studies.cases.written import write
from studies.importing import bring, importers
from studies.script import parse
from studies.troubles import WrongInput

DATA = Path(__file__).parents[2] / "shared" / "data"

PERMITS = """\
Case ID;Activity;Complete Timestamp;Department
7;Application received;2026-03-02 08:00:00+03:00;Desk
7;Check papers;2026-03-02 09:30:00+03:00;Desk
7;Request missing documents;2026-03-03 10:00:00+03:00;Planning
7;Documents received;2026-03-05 09:00:00+03:00;Planning
7;Send decision;2026-03-09 12:00:00+03:00;Legal
8;Application received;2026-03-02 08:10:00+03:00;Desk
8;Application withdrawn by applicant;2026-03-04 08:10:00+03:00;Desk
"""


def file(tmp_path: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def said(path: Path, mapping: Path | None = None) -> list[str]:
    """The sentences of a file, each as actor, verb and about."""
    rows = bring(path, mapping).read.log.sentences.to_pylist()
    return [f"{r['session']} {r['actor']} {r['verb']} {r['about']}" for r in rows]


def test_a_first_mapping_is_proposed_from_the_names(tmp_path: Path) -> None:
    assert said(file(tmp_path, PERMITS)) == [
        "7 citizen submits application_received",
        "7 lab notes check_papers",
        "7 service forwards planning",
        "7 service requests request_missing_documents",
        "7 citizen gives documents_received",
        "7 service forwards legal",
        "7 service answers send_decision",
        "8 citizen submits application_received",
        "8 citizen leaves application_withdrawn_by_applicant",
    ]
    told = bring(tmp_path / "log.csv").json()
    assert (told["rows"], told["cases"], told["group_changes"]) == (7, 2, 2)
    assert told["mapping"]["from"] == "proposed"
    by_name = {a["activity"]: a for a in told["mapping"]["activities"]}
    assert by_name["Send decision"]["why"] == "the name says “send”"
    assert by_name["Check papers"]["sentence"] == "lab notes"
    assert by_name["Check papers"]["example"] == "7"


def test_arabic_activities_are_proposed_too() -> None:
    mapping = proposed(["تقديم الطلب", "رفض الطلب", "إحالة إلى البلدية", "استكمال النواقص", "إغلاق المعاملة", "تدقيق"])
    verbs = [mapping.said(name)[1] for name in mapping.activities]
    assert verbs == ["submits", "refuses", "forwards", "requests", "concludes"]
    assert mapping.said("تدقيق")[:2] == ("lab", "notes")


def test_a_designer_corrects_the_proposal_in_a_file(tmp_path: Path) -> None:
    path = file(tmp_path, PERMITS)
    text = bring(path).json()["mapping"]["yaml"]
    own = file(tmp_path, text.replace("service answers", "service concludes permit"), "own.yaml")
    assert "7 service concludes permit" in said(path, own)
    assert bring(path, own).json()["mapping"]["from"] == "file"


def test_waiting_is_measured_in_working_days(tmp_path: Path) -> None:
    found = measure(bring(file(tmp_path, PERMITS)).read.log).sessions["7"]
    assert found["forwards"].value == 2
    assert found["silent_waits"].value == 1  # no letter in between, and longer than one working day
    assert found["silent_time"].value == 26 * 3600
    assert found["repeat_questions"].value == 0
    assert found["waits"].value == 1
    assert found["wait_time"].value == 26 * 3600  # until documents are asked for; after `gives` nobody waits by post


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: x\nsteps: {}", "“steps” is nothing a mapping says"),
        ("activities: {Send: service smiles}", "Send: “service smiles” is not a sentence"),
        ("activities: {Send: answers}", "write actor and verb"),
        ("columns: {who: x}", "columns: “who” is none"),
        ("dates: american", "dates: day_first or month_first"),
        ("zone: Mars/Base", "no time zone Mars/Base"),
        ("[1, 2", "is no YAML"),
        ("- a", "is no mapping"),
    ],
)
def test_a_wrong_mapping_says_what_can_stand_there(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=words):
        bring(file(tmp_path, PERMITS), file(tmp_path, text, "own.yaml"))


def test_the_shipped_mappings_are_whole() -> None:
    assert shipped().keys() == {path.stem for path in SHIPPED.glob("*.yaml")}
    for mapping in shipped().values():
        assert mapping.title
        assert mapping.activities


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=20).filter(str.strip),
        st.sampled_from(
            [("service", "answers", None), ("citizen", "submits", "traffic/renew"), ("lab", "notes", None)]
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_mapping_comes_back_from_its_file(activities: dict) -> None:
    import tempfile

    mapping = Mapping(title="Permits", activities=activities, agency="البلدية", day_first=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.yaml"
        path.write_text(written(mapping), encoding="utf-8")
        assert read_mapping(path) == mapping


# --- times ------------------------------------------------------------------------------------------------------------


def moment(text: str, **told: object) -> str | None:
    found = Clock(**told).moment(text)  # type: ignore[arg-type]
    return None if found is None else datetime.fromtimestamp(found / 1e6, UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("2026-03-02T08:00:00.250+03:00", {}, "2026-03-02T05:00:00.250000+00:00"),
        ("2026-03-02 08:00", {}, "2026-03-02T08:00:00+00:00"),
        ("2026-03-02 08:00", {"zone": zone_named("Asia/Riyadh")}, "2026-03-02T05:00:00+00:00"),
        ("03/04/2026", {"day_first": True}, "2026-04-03T00:00:00+00:00"),
        ("03/04/2026 02:27:57 PM", {"day_first": False}, "2026-03-04T14:27:57+00:00"),
        ("٠٣/٠٤/٢٠٢٦ ٠٢:٢٧ م", {"day_first": True}, "2026-04-03T14:27:00+00:00"),
        ("12/31/2026 12:05 am", {"day_first": False}, "2026-12-31T00:05:00+00:00"),
        ("31.12.26", {"day_first": True}, "2026-12-31T00:00:00+00:00"),
        ("2026-0530T09:30", {}, None),
        ("31/31/2026", {"day_first": True}, None),
        ("soon", {}, None),
    ],
)
def test_times_as_systems_write_them(text: str, told: dict, expected: str | None) -> None:
    assert moment(text, **told) == expected


def test_day_or_month_is_decided_by_the_file_or_asked_never_guessed() -> None:
    decided = Clock()
    decided.look(["03/04/2026", "25/04/2026"])
    assert decided.day_first is True
    with pytest.raises(WrongInput, match="03/04/2026"):
        Clock().look(["03/04/2026", "05/06/2026"])
    Clock().look(["2026-03-04", "04/04/2026"])  # nothing that could be mistaken


def test_times_without_a_zone_are_told(tmp_path: Path) -> None:
    mixed = PERMITS.replace("2026-03-02 09:30:00+03:00", "2026-03-02 06:30:00")
    (note, _proposal) = bring(file(tmp_path, mixed)).json()["notes"]
    assert note.startswith("1 of 7 times have no zone")


# --- rows that are wrong ----------------------------------------------------------------------------------------------


def test_each_wrong_row_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    wrong = (
        PERMITS + ";Send decision;2026-03-09 12:00:00+03:00;Legal\n9;;2026-03-09 12:00:00+03:00;Legal\n"
        "9;Close;tomorrow;Legal\n9;Close;2026-03-09\n"
    )
    told = bring(file(tmp_path, wrong)).json()
    assert told["cases"] == 2
    assert [(o["what"], o["why"]) for o in told["left_out"]] == [
        ("line 9", "it names no case, or no activity"),
        ("line 10", "it names no case, or no activity"),
        ("line 11", "its time cannot be read"),
        ("line 12", "it has 3 columns and the header 4"),
    ]


def test_what_ends_before_it_begins_keeps_its_end(tmp_path: Path) -> None:
    text = "case,activity,start_timestamp,end_timestamp\n1,Reply,2026-03-02T09:00Z,2026-03-02T08:00Z\n"
    told = bring(file(tmp_path, text)).json()
    assert told["sentences"] == 1
    assert "ends before it begins" in told["left_out"][0]["why"]


def test_events_out_of_order_are_put_in_order_and_told(tmp_path: Path) -> None:
    lines = PERMITS.splitlines()
    mixed = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    assert sorted(said(file(tmp_path, mixed))) == sorted(said(file(tmp_path, PERMITS, "b.csv")))
    assert any("stood before an earlier one" in note for note in bring(tmp_path / "log.csv").json()["notes"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1256"])
def test_arabic_in_whatever_encoding(encoding: str, tmp_path: Path) -> None:
    text = (
        "رقم المعاملة;النشاط;التاريخ\n"
        "1;تقديم الطلب;2026-03-02 08:00:00+03:00\n"
        "1;إشعار بالقرار;2026-03-05 08:00:00+03:00\n"
    )
    assert said(file(tmp_path, text.encode(encoding))) == [
        "1 citizen submits تقديم_الطلب",
        "1 service answers إشعار_بالقرار",
    ]


# --- XES --------------------------------------------------------------------------------------------------------------

XES = """<?xml version="1.0"?>
<log xes.version="1.0">
 <trace>
  <event><string key="concept:name" value="Submit"><string key="concept:name" value="a remark"/></string>
   <date key="time:timestamp" value="2026-03-02T08:00:00Z"/><string key="org:group" value="A"/></event>
  <event><string key="concept:name" value="Reply"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/>
   <string key="lifecycle:transition" value="start"/><string key="org:group" value="B"/></event>
  <event><string key="concept:name" value="Reply"/><date key="time:timestamp" value="2026-03-02T10:00:00Z"/>
   <string key="lifecycle:transition" value="complete"/><string key="org:group" value="B"/></event>
  <event><string key="concept:name" value="Reply"/><date key="time:timestamp" value="x"/></event>
  <string key="concept:name" value="c1"/>
 </trace>
</log>"""


def test_xes_is_read_as_a_stream_with_its_life_cycle(tmp_path: Path) -> None:
    for path in (file(tmp_path, XES, "a.xes"), file(tmp_path, gzip.compress(XES.encode()), "a.xes.gz")):
        read = bring(path)
        assert said(path) == ["c1 citizen submits submit", "c1 service forwards b", "c1 service answers reply"]
        reply = read.read.log.sentences.to_pylist()[-1]
        assert (reply["until"] - reply["when"]).total_seconds() == 3600
        assert [o.why for o in read.read.left_out] == ["its time cannot be read"]
        assert read.read.rows == 4


def test_a_file_that_declares_entities_is_refused(tmp_path: Path) -> None:
    bomb = XES.replace("<log", '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log', 1)
    with pytest.raises(WrongInput, match="entities"):
        bring(file(tmp_path, bomb, "bomb.xes"))


def test_a_cut_off_xes_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    told = bring(file(tmp_path, XES[: XES.index("2026-03-02T10:00:00Z")], "cut.xes")).json()
    assert told["sentences"] == 1
    assert "no XML any more" in told["left_out"][-1]["why"]


@pytest.mark.parametrize("form", ["xes", "csv"])
def test_a_log_comes_back_from_what_was_written(form: str, tmp_path: Path) -> None:
    log = parse(
        "session=a case=a start=2026-03-01T08:00:00Z channel=post agency=municipality\n"
        "0 citizen submits municipality/permit\n"
        "90-95.5 service responds\n"
        "172800 service answers permit\n"
    )
    path = tmp_path / f"out.{form}"
    assert write(log, form, path) == (4 if form == "xes" else 3)
    back = bring(path).read.log.sentences
    for column in ("case", "actor", "verb", "about", "when", "until"):
        assert back[column].to_pylist() == [None if v is None else v for v in log.sentences[column].to_pylist()]


def test_a_formula_stays_a_word(tmp_path: Path) -> None:
    log = parse('session="=evil" start=2026-03-01T08:00:00Z\n0 citizen begins x\n')
    write(log, "csv", tmp_path / "out.csv")
    cells = [
        cell for line in (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1:] for cell in line.split(",")
    ]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


# --- requests and object-centric logs ---------------------------------------------------------------------------------

REQUESTS = """\
Unique Key,Created Date,Closed Date,Agency,Complaint Type,Resolution Action Updated Date
1,10/31/2013 02:08:41 AM,11/02/2013 09:00:00 AM,NYPD,Noise - Street,11/01/2013 08:00:00 AM
2,10/31/2013 02:01:04 AM,,DOT,Street Light,
3,10/31/2013 02:00:24 AM,10/30/2013 03:00:00 AM,NYPD,Noise - Street,
2,10/31/2013 02:00:24 AM,,NYPD,Again,
"""


def test_requests_are_opened_answered_and_closed_or_left_open(tmp_path: Path) -> None:
    path = file(tmp_path, REQUESTS)
    told = bring(path).json()
    assert (told["format"], told["rows"], told["sessions"], told["open"]) == ("requests_csv", 4, 3, 1)
    assert [s for s in said(path) if s.startswith("1")] == [
        "1 citizen begins nypd/noise_street",
        "1 citizen submits nypd/noise_street",
        "1 service answers nypd/noise_street",
        "1 service concludes closed",
    ]
    assert [(o["what"], o["why"]) for o in told["left_out"]] == [
        ("line 4", "it was closed before it was opened; when it was closed is not known"),
        ("line 5", "a request of that number came before"),
    ]
    assert measure(bring(path).read.log).sessions["2"]["outcome"].value == "open"


def test_a_case_of_an_object_centric_log_is_the_type_that_fits_or_the_one_named(tmp_path: Path) -> None:
    log = {
        "objectTypes": [], "eventTypes": [],
        "objects": [{"id": "o1", "type": "order"}, {"id": "i1", "type": "item"}, {"id": "i2", "type": "item"}],
        "events": [
            {"id": "e1", "type": "Place order", "time": "2026-03-02T08:00:00Z",
             "relationships": [{"objectId": "o1"}, {"objectId": "i1"}, {"objectId": "i2"}]},
            {"id": "e2", "type": "Send item", "time": "2026-03-03T08:00:00Z",
             "relationships": [{"objectId": "o1"}, {"objectId": "i1"}]},
        ],
    }  # fmt: skip
    path = file(tmp_path, json.dumps(log), "log.jsonocel")
    assert said(path) == ["o1 citizen submits place_order", "o1 service answers send_item"]
    by_item = file(tmp_path, "case_is: item", "own.yaml")
    assert len(said(path, by_item)) == 3
    with pytest.raises(WrongInput, match="Its types are: item, order"):
        bring(path, file(tmp_path, "case_is: parcel", "other.yaml"))


# --- the files beside the checkout ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["receipt.csv.gz", "08_receipt.xes.gz"])
def test_the_receipt_log(name: str) -> None:
    path = DATA / "eventlog" / name
    if not path.exists():
        pytest.skip("the receipt log does not lie beside this checkout (shared/data/eventlog)")
    told = bring(path).json()
    assert (told["rows"], told["cases"], told["sessions"]) == (8577, 1434, 1434)
    assert (told["first"], told["last"]) == ("2010-10-02T07:20:39.266000Z", "2012-01-23T14:42:54.644000Z")
    assert told["group_changes"] == 5440
    assert told["repeated_activities"] == {"count": 245, "cases": 91}
    assert told["mapping"]["from"] == "receipt"
    measured = measure(bring(path).read.log)
    assert sum(row["forwards"].value for row in measured.sessions.values()) == 5440


@pytest.mark.parametrize("folder", ["eventlog", "requests311"])
def test_every_file_beside_the_checkout_goes_in(folder: str) -> None:
    if not (DATA / folder).exists():
        pytest.skip(f"no files beside this checkout (shared/data/{folder})")
    for path in sorted((DATA / folder).iterdir()):
        assert [name for name, i in importers().items() if i.recognises(path)] != []
        told = bring(path).json()
        assert told["sentences"] > 0 or told["left_out"] or told["rows"] == 0
