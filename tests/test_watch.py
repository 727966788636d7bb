"""Scheduled looks: what must hold is judged, whoever is named is told and proves who told, and nobody's data leaves."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.comparison import Comparison, estimate
from analysis.comparison import Found as Result
from analysis.thresholds import Schedule, judged, key, read_schedule
from cli import app
from commands import _webhook
from commands._watching import crontab, file_of, look, systemd
from commands._webhook import post, signature
from studies import archive
from studies.script import parse
from studies.store import Store
from studies.troubles import Failed, WrongInput
from studies.words import say_in
from studies.workspace import Workspace
from surveys.instruments import instrument as instrument_named
from surveys.invitations import invite

pytestmark = pytest.mark.untimed

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SECRET = "between us"


class Received:
    """What a receiver heard, and what it answers: one code after another, the last for good."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers) or [204]
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.url = ""


@contextmanager
def receiving(*answers: int) -> Iterator[Received]:
    got = Received(*answers)

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.heard.append((dict(self.headers), body))
            code = got.answers.pop(0) if len(got.answers) > 1 else got.answers[0]
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("Location", got.url + "elsewhere")
            self.end_headers()

        def log_message(self, *_told: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Ear) as server:
        got.url = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield got
        finally:
            server.shutdown()


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "space")
    archive.seal(parse((HERE / "samples" / "report_study.txt").read_text(encoding="utf-8")), "sample", made)
    return made


def schedule(*hold: dict[str, Any], **more: Any) -> Schedule:
    return Schedule.model_validate({"study": "sample", "walk": "nobody", "hold": list(hold), "report": None, **more})


def rows(who: str, metric: str, *values: float) -> list[Comparison]:
    told: list[Any] = [("concluded" if v else "left") if metric == "outcome" else v for v in values]
    side = estimate(metric, [Result("value", v) for v in told])
    return [Comparison("j", who, metric, metric, "s", "lower", side, side, None)]


# --- judging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "state"),
    [
        ({"metric": "silent_time", "at_most": 3}, "held"),
        ({"metric": "silent_time", "at_most": 1.9}, "alert"),
        ({"metric": "silent_time", "at_most": 1.9, "sure": True}, "held"),  # 0.8 to 3.2: it may be chance
        ({"metric": "silent_time", "at_most": 0.5, "sure": True}, "alert"),
        ({"metric": "silent_time", "at_least": 2}, "held"),
        ({"metric": "hand_offs", "at_most": 9}, "unknown"),  # nobody could hear it: that is no zero
        ({"metric": "silent_time", "at_most": 9, "journey": "another"}, "unknown"),
        ({"metric": "silent_time", "worse_by": 0.1}, "held"),  # 1.9 the last time
        ({"metric": "silent_time", "worse_by": 0.01}, "alert"),
    ],
)
def test_a_threshold_holds_or_alerts_or_could_not_be_measured(threshold: dict[str, Any], state: str) -> None:
    asked = schedule(threshold)
    before = {key(asked.hold[0], "robots"): 1.9}
    (verdict,) = judged(asked, rows("robots", "silent_time", 1.0, 2.0, 2.0, 3.0), {}, before)
    assert verdict.state == state


def test_people_speak_before_robots_and_few_of_them_are_not_told_to_others() -> None:
    both = rows("robots", "outcome", 1, 1) + rows("people", "outcome", 0, 1, 1)
    (verdict,) = judged(schedule({"metric": "outcome", "at_least": 0.9}), both, {}, {})
    assert (verdict.who, verdict.state) == ("people", "alert")
    assert verdict.json()["withheld"] is True
    assert verdict.json()["value"] is verdict.json()["n"] is None
    many = rows("people", "outcome", 0, 1, 1, 1, 1)
    (verdict,) = judged(schedule({"metric": "outcome", "at_least": 0.9}), many, {}, {})
    assert verdict.json()["value"] == 0.8


def survey(instrument: str, **means: float) -> dict[str, Any]:
    scores = {condition: {"n": 9, "mean": mean} for condition, mean in means.items()}
    return {"instrument": instrument, "source": "participant", "conditions": scores}


def test_satisfaction_is_judged_by_condition() -> None:
    asked = schedule({"metric": "satisfaction", "at_least": 68, "condition": "redesigned"})
    (verdict,) = judged(asked, [], {None: survey("sus", as_is=50, redesigned=70)}, {})
    assert verdict.state == "held"


def test_satisfaction_is_by_the_instrument_answered_most_or_the_one_named_and_says_which() -> None:
    surveys = {None: survey("seq", as_is=5), "sus": survey("sus", as_is=50)}
    hold = {"metric": "satisfaction", "at_least": 4}
    most, named = judged(schedule(hold, {**hold, "instrument": "sus"}), [], surveys, {})
    assert most.says.startswith("satisfaction (Single Ease Question, 1 to 7), as_is: 5")
    assert named.says.startswith("satisfaction (SUS, 0 to 100), as_is: 50")
    assert (most.json()["instrument"], named.json()["instrument"]) == ("seq", "sus")
    with say_in("ar"):
        assert "سؤال السهولة الواحد" in judged(schedule(hold), [], surveys, {})[0].says


@pytest.mark.parametrize(
    ("instrument", "last", "now", "state"),
    [
        ("nasa_tlx", 50, 40, "held"),  # of a load, less is better
        ("nasa_tlx", 50, 60, "alert"),
        ("ueq_s", -1, -1, "held"),  # a scale that reaches below zero
        ("ueq_s", -1, -1.2, "alert"),
    ],
)
def test_worse_is_by_the_instruments_own_scale(instrument: str, last: float, now: float, state: str) -> None:
    asked = schedule({"metric": "satisfaction", "worse_by": 0.1})
    before = {key(asked.hold[0], "people", instrument): last, key(asked.hold[0], "people", "sus"): 1000.0}
    (verdict,) = judged(asked, [], {None: survey(instrument, as_is=now)}, before)
    assert verdict.state == state


def test_a_look_reads_the_instrument_that_its_schedule_names(space: Workspace) -> None:
    store = Store(space.database_url)
    for name, value in (("seq", 3), ("seq", 3), ("csat", 4)):
        token = invite(store, "sample", name, condition="as_is")
        store.submit(token, token, name, dict.fromkeys(instrument_named(name).ids(), value), "en", True, True)
    store.close()
    hold = {"metric": "satisfaction", "at_least": 1}
    asked = schedule(hold, *({**hold, "instrument": name} for name in ("csat", "sus")))
    found = look(asked, space, NOW, lambda _w, _s: None, None).verdicts
    assert [(one.instrument, one.one.n, one.state) for one in found] == [
        ("seq", 2, "held"), ("csat", 1, "held"), ("sus", 0, "unknown"),
    ]  # fmt: skip
    with pytest.raises(WrongInput, match="charm"):
        look(schedule({**hold, "instrument": "charm"}), space, NOW, lambda _w, _s: None, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hold: []", "study: it is missing"),
        ("study: a\nhold: []", "hold: too few are there: at least 1 are needed"),
        ("study: a\nhold: [{metric: charm, at_most: 1}]", "there is no metric charm"),
        ("study: a\nhold: [{metric: steps, at_most: 1, instrument: sus}]", "is said of satisfaction alone"),
        ("study: a\nhold: [{metric: steps}]", "say one of at_most, at_least, worse_by"),
        ("study: a\nhold: [{metric: steps, at_most: 1}]\nwebhook: file:///etc/passwd", "webhook"),
        ("study: a\nhold: [{metric: steps, at_most: 1}]\nreport: {format: doc}", "report.format"),
        ("a: [", "is no YAML"),
        ("- a", "keys with values"),
    ],
)
def test_a_wrong_schedule_is_said_to_be(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "watch.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongInput, match=says):
        read_schedule(tmp_path / "watch.yaml")


def test_the_shipped_schedule_can_be_read() -> None:
    assert read_schedule(file_of("demo")).study == "demo"
    with pytest.raises(WrongInput, match="There is no schedule nothing"):
        file_of("nothing")


# --- telling ----------------------------------------------------------------------------------------------------------


def test_an_event_is_signed_over_its_moment_and_its_body() -> None:
    with receiving() as got:
        assert post(got.url, {"event": "alert", "title": "خدمة"}, SECRET, 1000.9, lambda _s: None) == 1
    heads, body = got.heard[0]
    stamp, proof = (part.split("=", 1)[1] for part in heads["X-Khutwa-Signature"].split(","))
    assert stamp == "1000"
    assert proof == hmac.new(SECRET.encode(), b"1000." + body, hashlib.sha256).hexdigest()
    assert json.loads(body) == {"event": "alert", "title": "خدمة"}
    assert signature(body, "another", 1000) != heads["X-Khutwa-Signature"]


def test_a_receiver_that_stumbles_is_told_again_and_one_that_refuses_is_not() -> None:
    slept: list[float] = []
    with receiving(503, 429, 200) as got:
        assert post(got.url, {}, None, 0, slept.append) == 3
    assert slept == list(_webhook.WAITS) and "X-Khutwa-Signature" not in got.heard[0][0]
    with receiving(403) as got, pytest.raises(Failed, match="HTTP 403"):
        post(got.url, {}, None, 0, slept.append)
    assert len(got.heard) == 1
    with receiving(302) as got, pytest.raises(Failed, match="HTTP 302"):  # an event goes nowhere else
        post(got.url, {}, None, 0, slept.append)
    assert len(got.heard) == 1


def test_nobody_there_is_a_failure_that_keeps_the_address_to_itself() -> None:
    with receiving() as got:
        gone = got.url + "token-of-ours"
    with pytest.raises(Failed) as said:
        post(gone, {}, None, 0, lambda _s: None)
    assert "127.0.0.1" in str(said.value) and "token-of-ours" not in str(said.value)
    with pytest.raises(WrongInput, match="no address of a webhook"):
        post("ftp://x/", {}, None, 0, lambda _s: None)


# --- a whole look -----------------------------------------------------------------------------------------------------


def told(*hold: dict[str, Any], space: Workspace, tmp_path: Path, **more: Any) -> Path:
    path = tmp_path / "watch.yaml"
    path.write_text(json.dumps({"study": "sample", "walk": "nobody", "hold": list(hold), **more}), encoding="utf-8")
    return path


def test_a_look_exits_by_what_held_and_tells_alerts_only(
    space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(space.root))
    monkeypatch.setenv("KHUTWA_WEBHOOK_SECRET", SECRET)
    good, bad = {"metric": "steps", "at_most": 1000}, {"metric": "steps", "at_most": 0, "who": "robots"}
    form = {"lang": ["ar"], "format": "pptx", "for": "leaders"}
    with receiving() as got:
        file = told(good, space=space, tmp_path=tmp_path, webhook=got.url, report=form)
        done = CliRunner().invoke(app, ["watch", str(file), "--json"])
        assert done.exit_code == 0 and not got.heard
        assert (space.reports / "sample.ar.leaders.pptx").is_file()
        file = told(good, bad, space=space, tmp_path=tmp_path, webhook=got.url, report=None)
        done = CliRunner().invoke(app, ["watch", str(file), "--json"])
    assert done.exit_code == 1
    event = json.loads(got.heard[0][1])
    assert (event["event"], [v["state"] for v in event["verdicts"]]) == ("alert", ["held", "alert"])


def test_what_leaves_the_house_names_no_session_no_person_and_no_path(space: Workspace) -> None:
    with receiving() as got:
        from commands._watching import hook

        asked = schedule({"metric": "silent_time", "at_most": 0}, tell="always")
        look(asked, space, NOW, lambda _w, _s: None, hook(got.url, SECRET))
    body = got.heard[0][1].decode()
    log = archive.read("sample", space)
    names = {n for column in ("session", "participant") for n in log.sessions[column].to_pylist() if n}
    assert names and not any(f'"{name}"' in body or f"{name}/" in body for name in names)
    assert str(space.root) not in body


def test_what_held_last_is_what_the_next_look_is_compared_with(space: Workspace) -> None:
    asked = schedule({"metric": "steps", "worse_by": 0.05})
    first = look(asked, space, NOW, lambda _w, _s: None, None)
    assert first.state == "held"
    more = " ".join(f"\n {n}.0 citizen acts page{n}\n {n}.5 service answers page{n}" for n in range(1, 60))
    worse = f"session=worse start=2026-03-02T08:00:00Z source=participant task=building_permit condition=as_is{more}\n"
    archive.seal(parse(worse), "sample", space)
    again = look(asked, space, NOW, lambda _w, _s: None, None)
    assert again.state == "alert"
    assert again.verdicts[0].limit == pytest.approx(1.05 * float(first.verdicts[0].one.value or 0))


@pytest.mark.slow
def test_robots_walk_anew_and_old_looks_are_taken_out(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "space")
    study = tmp_path / "study.yaml"
    study.write_text(
        "study: small\ntitle: {en: Small}\ntasks: [consumer_protection/make_complaint]\n"
        "conditions: [as_is, redesigned]\nlanguage: en\n",
        encoding="utf-8",
    )
    hold = {"metric": "outcome", "at_least": 0.5}
    asked = Schedule.model_validate(
        {"study": str(study), "walk": "rehearsal", "hold": [hold], "report": None, "keep": 1}
    )
    for hour in (1, 2):
        seen = look(asked, space, NOW.replace(hour=hour), lambda _w, _s: None, None)
        assert (seen.state, seen.sessions) == ("held", 2)
    assert list(archive.studies_in(space)) == ["small_watch_20260302T020000"]


def test_the_line_for_cron_and_the_timer_are_whole(space: Workspace, tmp_path: Path) -> None:
    line = crontab("0 6 * * 1", tmp_path / "a watch 5%.yaml", space)
    assert line.startswith("0 6 * * 1 cd ") and "./lab watch '" in line and r"5\%.yaml" in line
    with pytest.raises(WrongInput, match="five fields"):
        crontab("daily", tmp_path / "w.yaml", space)
    assert "OnCalendar=Mon 06:00" in systemd("Mon 06:00", "demo", tmp_path / "w.yaml", space)
