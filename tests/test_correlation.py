"""A journey recorded twice becomes one that many can walk: played against the living service, nothing sent is stale.

The services guard themselves as well-known frameworks do (Django itself, when it is installed; ASP.NET's view state,
Rails' tokens, bearer tokens, tokens in links and scripts). What cannot be explained must be listed, never guessed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from correlated import TIMES, Visit, by_hrefs, by_rails, by_tokens, by_view_state, played, recorded, settled
from hypothesis import given, settings
from hypothesis import strategies as st
from recorder_of_requests import Recorder, entry
from served import served
from token_services import Guarded, Hrefs, Rails, Tokens, ViewState

from journeys.holes import HOLE
from journeys.learning import learned
from journeys.personas import Persona, generated, personas_for
from journeys.players import rehearsal, wire
from journeys.players.transport import Answer
from journeys.practice.serve import running
from journeys.reading import read_journey
from journeys.walk import walk_of
from loadtests.correlation import Correlated, correlate
from loadtests.correlation.sources import source
from studies import archive
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.untimed


def hows(found: Correlated) -> dict[str, set[str]]:
    """What each place was recognised as."""
    told: dict[str, set[str]] = {}
    for one in found.json()["explained"]:
        told.setdefault(one["place"], set()).add(one["how"])
    return told


# -- the frameworks


@pytest.mark.parametrize(
    ("service", "visit", "dynamic"),
    [
        (ViewState(), by_view_state, {"form __VIEWSTATE", "form __EVENTVALIDATION", "form __VIEWSTATEGENERATOR"}),
        (Rails(), by_rails, {"form authenticity_token", "path /2", "header x-csrf-token"}),
    ],
    ids=["view state", "rails"],
)
def test_forms_as_frameworks_guard_them(service: Guarded, visit: Visit, dynamic: set[str], tmp_path: Path) -> None:
    with served(service.app()) as base:  # type: ignore[attr-defined]
        found = correlate(*recorded(base, visit, tmp_path))
        assert service.wrong == []
        service.done.clear()
        logs = played(found, base)
    assert service.wrong == []
    assert len(service.done) == settled(logs) == TIMES < 2 * len(set(service.done))
    assert found.json()["unresolved"] == []
    assert {place for place, how in hows(found).items() if how == {"learned"}} == dynamic


def test_a_program_of_one_page_with_sign_in_code_and_bearer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Tokens()
    monkeypatch.setenv("PASSWORD", "correct horse")
    with served(service.app()) as base:
        recordings = recorded(base, by_tokens(service), tmp_path)
        assert service.wrong == []
        code = f"{base}/test/codes?for={{{{citizen.national_id}}}}", "$.code"
        found = correlate(*recordings, code=code)
        service.done.clear()
        logs = played(found, base)
    assert service.wrong == []
    assert len(service.done) == settled(logs) == TIMES
    said = found.json()
    assert said["unresolved"] == []
    assert said["secrets"] == ["PASSWORD"]
    told = hows(found)
    assert told["header x-signature"] == {"worked out"}
    assert told["json $.sentAt"] == {"clock"}
    assert told["json $.requestId"] == {"made up"}
    assert told["header authorization"] == told["json $.case.id"] == told["path /3"] == {"learned"}
    # In the log: what the citizen gave and sent in, nothing of the tokens, and no claim to hear what was asked for.
    sentences = [(s.actor, s.verb, s.about) for s in logs[0].said()]
    assert ("citizen", "gives", "national_id") in sentences and ("citizen", "submits", "api/cases/:id") in sentences
    assert "requests" not in logs[0].heard()[0].hears
    assert not [s for s in logs[0].said() if s.about and re.search(r"\d{4}", s.about)]


@pytest.mark.load
@pytest.mark.slow
def test_a_recorded_journey_is_put_under_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from loadtests.run import load

    service = Tokens()
    monkeypatch.setenv("PASSWORD", "correct horse")
    with served(service.app()) as base:
        code = f"{base}/test/codes?for={{{{citizen.national_id}}}}", "$.code"
        found = correlate(*recorded(base, by_tokens(service), tmp_path), code=code)
        (tmp_path / "journey.yaml").write_text(found.text, encoding="utf-8")
        service.done.clear()
        space = Workspace(tmp_path / "space")
        result = load(
            tmp_path / "journey.yaml", variant=None, arrivals=8.0, seconds=3.0, base_url=None, space=space, workers=2
        )
    assert service.wrong == []
    assert result.summary.done == result.summary.journeys == len(service.done) - 2 > 8  # two went first
    heard = archive.read(result.study, space).heard()
    assert not any("requests" in session.hears for session in heard)
    assert len({session.persona for session in heard}) == len(heard)


def test_the_command_writes_the_journey_and_tells_its_account(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import cli

    with served(ViewState().app()) as base:
        files = [str(path) for path in recorded(base, by_view_state, tmp_path)]
    out = str(tmp_path / "journey.yaml")
    monkeypatch.setattr(sys, "argv", ["./lab", "correlate", *files, "--name", "renewal", "--out", out, "--json"])
    assert cli.main() == 0
    said = json.loads(capfd.readouterr().out)
    assert (said["journey"], said["file"], said["steps"], said["unresolved"]) == ("renewal", out, 3, [])
    assert read_journey(Path(out)).done[0].text == "Renewed"
    monkeypatch.setattr(sys, "argv", ["./lab", "correlate", *files, files[0]])
    assert cli.main() == 2


VALUES = st.text("abcXYZ0189+/=_-.~<>&é ", min_size=6, max_size=30).filter(lambda v: v.strip() == v)
WRITTEN: list[Callable[[str], str]] = [
    lambda v: f'<input type="hidden" name="other" value="x"><input value="{escape(v)}" name="token">',
    lambda v: f"<head><meta name=csrf content='{escape(v)}'></head>",
    lambda v: f'<a href="/next?lang=en&amp;ticket={quote(v, safe="")}&amp;more=1">Go</a>',
    lambda v: f"<script>boot({json.dumps({'n': 1, 'key': v})})</script>",
    lambda v: json.dumps({"items": [{"id": 7}, {"token": v}], "token": "no"}),
    lambda v: f'<div data-a="1" data-key="{escape(v)}" data-b="2">',
]


@pytest.mark.parametrize("write", WRITTEN, ids=["field", "meta", "link", "script", "json", "attribute"])
@settings(max_examples=60)
@given(values=st.tuples(VALUES, VALUES, VALUES).filter(lambda all_: len(set(all_)) == 3))
def test_what_is_learned_from_two_answers_is_read_in_a_third(
    write: Callable[[str], str], values: tuple[str, str, str]
) -> None:
    one, other, third = ([Answer(200, "http://x/", {"content-type": "text/html"}, write(v))] for v in values)
    how = source("token", (values[0], one), (values[1], other))
    assert how is not None
    assert learned(how, third) == values[2]


def test_tokens_in_links_and_scripts_and_what_nobody_can_explain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Hrefs()
    monkeypatch.setenv("LEFT_FINGERPRINT", "anything")
    with served(service.app()) as base:
        found = correlate(*recorded(base, by_hrefs, tmp_path))
        service.done.clear()
        logs = played(found, base)
    assert service.wrong == []
    assert len(service.done) == settled(logs) == TIMES < 2 * len(set(service.done))
    left = found.json()["unresolved"]
    assert [(one["request"], one["place"]) for one in left] == [("POST apply", "form fingerprint")]
    assert left[0]["reason"] and left[0]["line"] > 1
    assert found.json()["secrets"] == ["LEFT_FINGERPRINT"]


def test_django_itself(tmp_path: Path) -> None:
    pytest.importorskip("django")
    from django_service import DONE, served_by_django

    def visit(visit: Recorder, who: Persona) -> None:
        visit.open("/apply/")
        page = visit.submit(national_id=who["national_id"], email=who["email"])
        number = page.url.split("/")[-3]
        visit.submit()
        token = visit.session.cookies["csrftoken"]
        visit.call("POST", f"/api/permits/{number}/send", {}, X_CSRFToken=token)

    with served_by_django() as base:
        found = correlate(*recorded(base, visit, tmp_path))
        DONE.clear()
        logs = played(found, base)
    assert len(set(DONE)) == settled(logs) == TIMES
    assert found.json()["unresolved"] == []
    told = hows(found)
    assert told["form csrfmiddlewaretoken"] == told["form version"] == told["header x-csrftoken"] == {"learned"}
    assert [how.cookie for one in found.explanation.learns.values() for how in one.values() if how.cookie]
    assert not [s for log in logs for s in log.said() if s.verb in ("refuses", "breaks", "leaves")]


@pytest.mark.slow
def test_every_journey_of_the_library_that_was_recorded_is_walked_again(tmp_path: Path) -> None:
    left: list[str] = []
    with running() as base:
        for file in sorted((CHECKOUT / "journeys" / "library").rglob("*.yaml")):
            journey = read_journey(file)
            if any(step.verb == "upload" or step.verb == "attend" for step in journey.every_step()):
                continue  # its documents are not in a recording, or nobody sends anything
            variant = [*journey.variants][-1]
            for nth, who in enumerate(personas_for(journey, 2, seed=7)):
                transport, recorder = wire.RequestsTransport(20), Recorder(base)

                def keep(reply: requests.Response, recorder: Recorder = recorder, **_more: object) -> None:
                    recorder.entries.append(entry(reply, "document", datetime.now(UTC)))

                transport.session.hooks["response"].append(keep)
                walk = walk_of(journey, who, session=f"r{nth}", base_url=base, variant=variant)
                wire.play(walk, transport=transport)
                recorder.write(tmp_path / f"{nth}.har")
            found = correlate(tmp_path / "0.har", tmp_path / "1.har")
            logs = played(found, base, 3)
            if settled(logs) < 3 or found.json()["unresolved"]:
                left.append(file.stem)
    assert left == []


def test_played_as_recorded_all_of_it_would_be_stale(tmp_path: Path) -> None:
    # The services do notice: the requests of a recording, sent again as they are, are refused.
    service = Rails()
    with served(service.app()) as base:
        recorded(base, by_rails, tmp_path, 1)
        archive = json.loads((tmp_path / "a.har").read_text())
        fresh = Recorder(base)
        for one in archive["log"]["entries"]:
            sent = one["request"].get("postData", {}).get("text")
            kind = {h["name"]: h["value"] for h in one["request"]["headers"] if h["name"].lower() != "cookie"}
            fresh._send(one["request"]["method"], one["request"]["url"], "x", data=sent, headers=kind)
    assert "authenticity token" in service.wrong


def test_one_recording_alone_is_played_and_said_to_be_less_sure(tmp_path: Path) -> None:
    service = ViewState()
    with served(service.app()) as base:
        found = correlate(recorded(base, by_view_state, tmp_path, 1)[0])
        service.done.clear()
        played(found, base, 5)
    assert service.wrong == []
    assert len(service.done) == 5
    assert not found.json()["sure"]
    assert not any(one["sure"] for one in found.json()["explained"] if one["how"] == "learned")
    assert "one recording" in found.told()


def test_nothing_that_was_typed_and_no_token_stands_in_the_journey_or_the_account(tmp_path: Path) -> None:
    service = Tokens()
    with served(service.app()) as base:
        found = correlate(*recorded(base, by_tokens(service), tmp_path))
    told = found.text + json.dumps(found.json()) + found.told()
    for who in generated(2, seed=99):
        assert not [v for v in (who["national_id"], who["email"], who["full_name"]["en"]) if v in told]
    assert not [token for token in service.bearer if token in told]
    assert "correct horse" not in told
    assert not [code for code in service.codes.values() if code in told]
    assert {"code", "secret"} <= {one["how"] for one in found.json()["explained"]}


def test_only_the_wire_plays_it_and_the_rehearsal_says_what_it_would(tmp_path: Path) -> None:
    service = ViewState()
    with served(service.app()) as base:
        found = correlate(*recorded(base, by_view_state, tmp_path))
    walk = walk_of(found.journey, generated(1)[0], session="s1", base_url="http://127.0.0.1:9")
    said = [(s.verb, s.about) for s in rehearsal.play(walk).said() if s.actor == "citizen"]
    assert said == [
        ("begins", "a"), ("acts", "renew.aspx"), ("gives", "national_id"), ("submits", "renew.aspx"),
        ("gives", "plate_number"), ("submits", "renew.aspx"),
    ]  # fmt: skip
    assert not [hole for hole in HOLE.findall(found.text) if hole.partition(".")[0] not in ("citizen", "learned")]
