"""Calls and chats become sentences: who is who is told, never guessed; silence is recomputed; no word said is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.measure import measure
from studies.importing import bring, importers
from studies.troubles import WrongInput

DATA = Path(__file__).parents[2] / "shared" / "data" / "conversation"

CALL = """\
WEBVTT

1
00:00:01.000 --> 00:00:03.000
<v Agent Sara>Traffic department, good morning.</v>

2
00:00:04.000 --> 00:00:06.000
<v Omar>I want to renew my car.</v>

3
00:00:07.000 --> 00:00:09.000
<v Agent Sara>May I have your CPR number?</v>

4
00:00:12.000 --> 00:00:15.000
<v Omar>880 101 234</v>

5
00:00:16.000 --> 00:00:17.500
<v Agent Sara>One moment please.</v>

6
00:00:40.000 --> 00:00:43.000
<v Agent Sara>Could you tell me your CPR number again?</v>

7
00:00:52.000 --> 00:00:54.000
<v Omar>What do you mean?</v>

8
00:00:55.000 --> 00:00:58.000
<v Agent Sara>I will transfer you to the insurance bureau.</v>
"""
WHO = "speakers: {Agent Sara: service, Omar: citizen}\nstart: 2026-03-01T08:00:00+03:00\nagency: traffic\n"


def file(tmp_path: Path, text: str | bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def said(path: Path, mapping: Path | None = None) -> list[str]:
    rows = bring(path, mapping).read.log.sentences.to_pylist()
    return [" ".join(filter(None, (r["actor"], r["verb"], r["about"]))) for r in rows]


def test_a_call_is_told_in_sentences_and_its_silence_measured(tmp_path: Path) -> None:
    path, who = file(tmp_path, CALL, "call.vtt"), file(tmp_path, WHO, "who.yaml")
    assert said(path, who) == [
        "service answers",
        "citizen begins call",
        "citizen acts",
        "service requests national_id",
        "citizen gives national_id",
        "service responds",
        "service requests national_id",
        "citizen asks clarification",
        "service hands_off",
    ]
    brought = bring(path, who)
    first = brought.read.log.sentences.to_pylist()[0]
    assert first["when"].isoformat() == "2026-03-01T05:00:01+00:00"
    assert (first["agency"], first["channel"]) == ("traffic", "phone")
    (found,) = measure(brought.read.log).sessions.values()
    assert found["repeat_questions"].value == 1
    assert found["silent_waits"].value == 1
    assert found["silent_time"].value == pytest.approx(22.5)  # from “one moment” to the question
    assert found["hand_offs"].value == 1
    (told,) = brought.json()["conversations"]
    assert told["silence_seconds"] == {"announced": 22.5, "unannounced": 4.0, "citizen": 12.0}
    assert told["clarifications"] == 1


def test_who_nobody_names_is_asked_not_guessed(tmp_path: Path) -> None:
    unknown = file(tmp_path, CALL.replace("Agent Sara", "Sara"), "call.vtt")
    told = bring(unknown).json()
    assert told["sessions"] == 0
    assert told["left_out"][0]["why"] == "nobody says whether this is the citizen or the service"
    assert "speakers:" in told["notes"][-1]
    # One of two is known: the other is the other side.
    assert said(unknown, file(tmp_path, "speakers: {Sara: service}", "half.yaml"))[1] == "citizen begins call"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("speakers: {Sara: clerk}", "a speaker is citizen, service or nobody"),
        ("start: soon", "is no time"),
        ("- x", "no mapping"),
    ],
)
def test_a_wrong_mapping_says_what_would_do(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=words):
        bring(file(tmp_path, CALL, "call.vtt"), file(tmp_path, text, "who.yaml"))


def test_nothing_that_was_said_is_kept(tmp_path: Path) -> None:
    brought = bring(file(tmp_path, CALL, "call.vtt"), file(tmp_path, WHO, "who.yaml"))
    everything = str(brought.json()) + str(brought.read.log.sentences.to_pylist())
    assert "880" not in everything
    assert "renew" not in everything


def test_srt_with_names_before_a_colon(tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nموظف: رقمك الشخصي لو سمحت؟\n\n"
        "2\n00:00:05,000 --> 00:00:07,000\nالمتصل: 880101234\n"
    )
    assert said(file(tmp_path, text, "call.srt")) == [
        "service requests national_id",
        "citizen begins call",
        "citizen gives national_id",
    ]


def test_captions_of_one_speaker_are_one_turn(tmp_path: Path) -> None:
    text = CALL.replace("00:00:03.000\n<v Agent Sara>Traffic", "00:00:02.000\n<v Agent Sara>Traffic", 1).replace(
        "2\n00:00:04.000", "1b\n00:00:02.500 --> 00:00:03.000\n<v Agent Sara>How can I help?</v>\n\n2\n00:00:04.000", 1
    )
    told = bring(file(tmp_path, text, "call.vtt"), file(tmp_path, WHO, "who.yaml")).json()
    assert told["conversations"][0]["turns"] == 8
    assert told["rows"] == 9


ANALYTICS = {
    "JobName": "c1",
    "Participants": [
        {"ParticipantId": "x1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "x2", "ParticipantRole": "CUSTOMER"},
    ],
    "ConversationCharacteristics": {
        "NonTalkTime": {"TotalTimeMillis": 0, "Instances": []},
        "TotalConversationDurationMillis": 12000,
    },
    "Transcript": [
        {
            "ParticipantId": "x1",
            "BeginOffsetMillis": 0,
            "EndOffsetMillis": 2000,
            "Content": "What is your mobile number?",
        },
        {"ParticipantId": "x2", "BeginOffsetMillis": 9000, "EndOffsetMillis": 12000, "Content": "It is 33 44 55 66."},
        {"ParticipantId": "x1", "BeginOffsetMillis": 11500, "EndOffsetMillis": 11000, "Content": "Thanks"},
    ],
}


def test_call_analytics_resolves_its_participants_and_shows_both_silences(tmp_path: Path) -> None:
    brought = bring(file(tmp_path, json.dumps(ANALYTICS), "call.json"))
    assert said(tmp_path / "call.json")[0] == "service requests mobile"
    assert "citizen gives mobile" in said(tmp_path / "call.json")
    told = brought.json()
    assert told["conversations"][0]["vendor"]["silence_seconds"] == 0
    assert told["conversations"][0]["silence_seconds"]["citizen"] == 7
    assert told["left_out"][0]["why"] == "it ends before it begins; its begin was kept"


WHATSAPP = """\
[13/4/26, 2:27:57 PM] Messages are end-to-end encrypted.
[13/4/26, 2:28:00 PM] ‎خدمة العملاء: مرحبا، كيف أقدر أساعدك؟
[13/4/26, 2:28:30 PM] Omar: أبي أجدد الرخصة
اليوم لو أمكن
[13/4/26, 2:31:00 PM] خدمة العملاء: ممكن رقم الهوية؟
"""


@pytest.mark.parametrize(
    "text",
    [
        WHATSAPP,
        WHATSAPP.replace("PM", "م").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        WHATSAPP.replace("[", "").replace("] ", " - ").replace("‎", ""),
    ],
)
def test_whatsapp_of_every_phone(text: str, tmp_path: Path) -> None:
    path = file(tmp_path, text, "chat.txt")
    assert said(path) == ["service answers", "citizen begins chat", "citizen acts", "service requests national_id"]
    log = bring(path).read.log
    assert log.sentences.to_pylist()[0]["when"].isoformat() == "2026-04-13T14:28:00+00:00"
    assert set(log.sentences["channel"].to_pylist()) == {"chat"}
    (found,) = measure(log).sessions.values()
    assert found["wait_time"].value == 150


def test_whatsapp_asks_where_day_and_month_are_in_doubt(tmp_path: Path) -> None:
    doubtful = file(tmp_path, WHATSAPP.replace("13/4", "3/4"), "chat.txt")
    with pytest.raises(WrongInput, match="day first or the month"):
        bring(doubtful)
    day_first = file(tmp_path, "dates: day_first\nzone: Asia/Bahrain", "who.yaml")
    assert bring(doubtful, day_first).json()["first"] == "2026-04-03T11:28:00Z"


def test_a_chat_as_csv(tmp_path: Path) -> None:
    text = (
        "chat id,from,message,sent at\n1,agent,Your email please?,2026-03-01T08:00:00Z\n"
        "1,customer,sara@example.org,2026-03-01T08:00:20Z\n2,agent,Hello,2026-03-01T09:00:00Z\n"
    )
    told = bring(file(tmp_path, text, "chats.csv")).json()
    assert (told["format"], told["rows"], told["sessions"]) == ("chat_csv", 3, 2)
    assert "citizen gives email" in said(tmp_path / "chats.csv")


@pytest.mark.parametrize("never", [1e300, float("inf"), float("nan"), 10**400])
def test_a_time_beyond_any_calendar_is_left_out_and_told(never: float, tmp_path: Path) -> None:
    turns = [{"role": "agent", "text": "Hello", "start": 1}, {"role": "customer", "text": "Hi", "start": never}]
    said_at = [{"ParticipantRole": "AGENT", "BeginOffsetMillis": 1, "Content": "Hello"}]
    said_at += [{"ParticipantRole": "CUSTOMER", "BeginOffsetMillis": never, "Content": "Hi"}]
    far = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hello\n\n{10**15}:00:00.000 --> 00:02.000\n<v Customer>Hi\n"
    for name, text in {
        "turns.json": json.dumps(turns),
        "call.json": json.dumps({"Participants": [], "Transcript": said_at}),
        "chat.csv": f"from,message,time\nagent,Hello,1\ncustomer,Hi,{never}\n",
        "call.vtt": far,
    }.items():
        told = bring(file(tmp_path, text, name)).json()
        assert (name, told["rows"], told["sentences"]) == (name, 2, 1)
        assert [o["why"] for o in told["left_out"]] == ["its time cannot be read, or is not told"]


def test_figures_of_a_maker_that_are_none_are_a_wrong_input(tmp_path: Path) -> None:
    odd = ANALYTICS | {"ConversationCharacteristics": {"NonTalkTime": "none"}}
    with pytest.raises(WrongInput, match="no call analytics"):
        bring(file(tmp_path, json.dumps(odd), "call.json"))


def test_a_missing_time_costs_a_chat_that_row_and_no_other(tmp_path: Path) -> None:
    text = "from,message,time\nagent,Hello,1.5\ncustomer,Hi,\ncustomer,Renew it,4\n"
    told = bring(file(tmp_path, text, "chat.csv")).json()
    assert (told["rows"], told["sessions"], len(told["left_out"])) == (3, 1, 1)
    assert (told["first"], told["last"]) == ("2000-01-01T00:00:01.500000Z", "2000-01-01T00:00:04Z")


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_chat_in_seconds_since_1970_is_dated(unit: int, tmp_path: Path) -> None:
    at = 1_772_352_000  # 2026-03-01T08:00:00Z
    text = f"from,message,timestamp\nagent,Hello,{at * unit}\ncustomer,Hi,{(at + 20) * unit}\n"
    told = bring(file(tmp_path, text, "chat.csv")).json()
    assert (told["first"], told["last"]) == ("2026-03-01T08:00:00Z", "2026-03-01T08:00:20Z")
    assert told["notes"] == []


def test_a_chat_that_goes_on_after_midnight_goes_on(tmp_path: Path) -> None:
    text = "[23:58] <agent> Hello\n[23:59] <customer> Renew it\n[00:01] <agent> Your email please?\n"
    path = file(tmp_path, text, "irc.txt")
    assert said(path) == ["service answers", "citizen begins irc", "citizen acts", "service requests email"]
    assert bring(path).json()["last"] == "2000-01-02T00:01:00Z"


def test_turns_without_times_are_left_out_not_invented(tmp_path: Path) -> None:
    told = bring(file(tmp_path, json.dumps([["agent", "Hello"], ["customer", "Hi"]]), "c.json")).json()
    assert (told["rows"], told["sessions"]) == (2, 0)
    assert "its time cannot be read, or is not told" in {o["why"] for o in told["left_out"]}


def test_every_file_beside_the_checkout_goes_in() -> None:
    if not DATA.exists():
        pytest.skip("no conversations beside this checkout (shared/data/conversation)")
    for path in sorted(DATA.iterdir()):
        assert len([name for name, i in importers().items() if i.recognises(path)]) == 1, path.name
        told = bring(path).json()
        assert told["sentences"] or told["left_out"]


def test_harper_valley_counts_from_the_call_not_the_channel() -> None:
    path = DATA / "harper_valley_0002f70f7386445b.json"
    if not path.exists():
        pytest.skip("no Harper Valley call beside this checkout (shared/data/conversation)")
    log = bring(path).read.log.sentences.to_pylist()
    assert (log[0]["when"].second, log[0]["when"].microsecond) == (3, 720_000)
