"""What recordings alone tell of a journey: nothing that was typed gets into it, what cannot be explained is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from correlated import exchange, saved
from exchanged import beside, spoilt, text_of

from journeys.outgoing import outgoing
from journeys.reading import problems
from loadtests.correlation import correlate
from studies.troubles import WrongInput


def test_a_value_that_the_second_recording_contradicts_is_not_learned(tmp_path: Path) -> None:
    # The decoy stands where the token stands in the first recording only.
    def archive(name: str, decoy: str, token: str, sent: str) -> Path:
        html = (
            f'<form><input type="hidden" name="a" value="{decoy}"><input type="hidden" name="b" value="{token}"></form>'
        )
        entries = [
            exchange("GET", "http://127.0.0.1:1/f", "", html),
            exchange("POST", "http://127.0.0.1:1/f", f"t={sent}", "<h1>Thanks a lot</h1>"),
        ]
        return saved(tmp_path / name, entries)

    one = archive("one.har", "aaaaaaaa1", "aaaaaaaa1", "aaaaaaaa1")
    other = archive("other.har", "bbbbbbbb2", "cccccccc3", "cccccccc3")
    found = correlate(one, other)
    learned = [how.field for one in found.explanation.learns.values() for how in one.values()]
    assert learned == ["b"]
    neither = correlate(one, archive("third.har", "bbbbbbbb2", "cccccccc3", "dddddddd4"))
    assert [left["place"] for left in neither.json()["unresolved"]] == ["form t"]


def test_a_recording_saved_without_sensitive_data_is_said_to_be_one(tmp_path: Path) -> None:
    page = exchange("GET", "http://127.0.0.1:1/f", "", "<h1>Tax returns</h1>")
    assert "sensitive" in correlate(saved(tmp_path / "a.har", [page])).json()["remarks"][0]
    page["request"]["headers"] = [{"name": "Cookie", "value": "sid=1"}]
    assert correlate(saved(tmp_path / "b.har", [page])).json()["remarks"] == []


def test_what_was_typed_is_nobodys_even_if_both_recordings_are_of_one_person(tmp_path: Path) -> None:
    form = (
        '<form><input name="field_17"><input name="q" type="search"><button name="go" value="send">Send</button></form>'
    )
    page = exchange("GET", "http://127.0.0.1:1/f", "", form)
    sent = exchange(
        "POST", "http://127.0.0.1:1/f", "field_17=Somebody+Real&q=passport&go=send", "<h1>Thanks a lot</h1>"
    )
    found = correlate(saved(tmp_path / "a.har", [page, sent]), saved(tmp_path / "b.har", [page, sent]))
    assert "Somebody" not in found.text
    assert found.journey.needs == ["field_17"]
    assert "passport" in found.text and "go: send" in found.text


def test_a_document_is_asked_for_by_a_name_that_is_nobodys(tmp_path: Path) -> None:
    page = exchange("GET", "http://127.0.0.1:1/f", "", "<h1>Hand it in</h1>")
    sent = exchange("POST", "http://127.0.0.1:1/f", "x", "<h1>Thanks a lot</h1>")
    part = '--B\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    sent["request"]["postData"] = {
        "mimeType": "multipart/form-data; boundary=B",
        "text": part.format("kind", "", "car")
        + part.format("policy", '; filename="Somebody Real.PDF"', "%PDF")
        + "--B--",
    }
    found = correlate(saved(tmp_path / "a.har", [page, sent]), saved(tmp_path / "b.har", [page, sent]))
    assert found.json()["documents"] == ["policy.pdf"] and "policy.pdf" in found.told()
    assert "Somebody" not in found.text + found.told()
    (tmp_path / "policy.pdf").write_bytes(b"%PDF")
    found.journey.lying_in(tmp_path)
    upload = found.journey.steps[-1].send[-1]
    data = {"citizen": {}, "learned": {}}
    out = outgoing(upload, found.journey, "http://127.0.0.1:1", data, "en")
    assert out.kind is not None and out.kind.startswith("multipart/form-data")
    assert out.body is not None and b'name="kind"\r\n\r\ncar' in out.body and b'filename="policy.pdf"' in out.body


def test_what_others_serve_and_what_is_only_in_one_is_left_out_and_listed(tmp_path: Path) -> None:
    page = exchange("GET", "https://tax.example.gov/", "", "<h1>Tax returns</h1>")
    more = exchange("GET", "https://tax.example.gov/later", "", "<h1>Later still</h1>")
    other = exchange("GET", "https://counter.example.com/pixel", "", "")
    picture = exchange("GET", "https://tax.example.gov/logo.png", "", "") | {"_resourceType": "image"}
    found = correlate(saved(tmp_path / "a.har", [page, other, picture, more]), saved(tmp_path / "b.har", [page]))
    said = found.json()
    assert said["elsewhere"] == {"https://counter.example.com": 1}
    assert said["left_out"] == {"static": 1}
    assert [one["request"] for one in said["only_in_one"]] == ["GET later"]
    assert said["requests"] == 1


@pytest.mark.parametrize("path", beside("har"))
def test_every_archive_goes_through(path: Path, tmp_path: Path) -> None:
    archive = json.loads(text_of(path))
    for files in ([path], [path, path]):
        try:
            found = correlate(*files)
        except WrongInput as refused:
            assert str(refused)
            continue
        assert found.told()
        told = found.text + json.dumps(found.json())
        for one in archive["log"]["entries"]:
            headers = one["request"].get("headers") or []
            values = [h["value"] for h in headers if h["name"].casefold() in ("cookie", "authorization")]
            values += [c["value"] for c in one["request"].get("cookies") or [] if len(c["value"]) > 8]
            assert [value for value in values if value and value != "REDACTED" and value in told] == []


@pytest.mark.parametrize("seed", range(40))
def test_a_spoilt_archive_goes_through_or_is_refused(seed: int, tmp_path: Path) -> None:
    import random

    page = exchange("GET", "http://127.0.0.1:1/f", "", '<form><input type="hidden" name="t" value="aaaaaaaa1"></form>')
    sent = exchange("POST", "http://127.0.0.1:1/f", "t=aaaaaaaa1&full_name=Somebody", "<h1>Thanks a lot</h1>")
    whole = {"log": {"version": "1.2", "entries": [page, sent]}}
    path = tmp_path / "spoilt.har"
    path.write_text(spoilt(whole, random.Random(seed)), encoding="utf-8")
    try:
        assert correlate(path, saved(tmp_path / "whole.har", [page, sent])).told()
    except WrongInput as refused:
        assert "spoilt" in str(refused)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('{get: "/x?a={{learned.nope}}"}', "learned.nope"),
        ("{fetch: /x}", "“fetch” is not known here. There is: get, post"),
        ("{get: /x, post: /y}", "or two"),
        ('{post: /x, form: {a: b}, json: "{}"}', "two bodies"),
        ("{get: /x, learn: {a: {}}}", "says no place"),
        ('{get: "/{{made.nope}}"}', "made.nope"),
    ],
)
def test_a_mistake_in_what_is_sent_is_named_with_its_line(step: str, said: str) -> None:
    text = f"journey: j\ntitle: J\nagency: a\nbase_url: http://127.0.0.1:1\nsteps:\n  - send: {step}\n"
    found = problems(text, "j.yaml")
    assert [problem.line for problem in found] == [6]
    assert said in found[0].message
