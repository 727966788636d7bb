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
    kinds = '<form><select name="kind"><option>car</option><option>boat</option></select></form>'
    page = exchange("GET", "http://127.0.0.1:1/f", "", f"<h1>Hand it in</h1>{kinds}")
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


# -- one person alone: what was handed over is nobody else's to send

SCRIPT = 'const kinds=["renewal","loss"];send({kind:kinds[0],step:2,size:20,channel:"web"})'


def sent_by_program(
    tmp_path: Path, mime: str, *bodies: str, answer: str = "{}", people: tuple[str, ...] = ("",)
) -> str:
    """What becomes of bodies that a page's program sends, recorded once or by several."""
    files = []
    for nth, who in enumerate(people):
        page = exchange("GET", "http://127.0.0.1:1/f", "", "<h1>Apply here</h1><p>Ask if you are ill</p>")
        script = exchange("GET", "http://127.0.0.1:1/app.js", "", SCRIPT) | {"_resourceType": "script"}
        entries = [page, script]
        for body in bodies:
            one = exchange("POST", "http://127.0.0.1:1/api", "", answer) | {"_resourceType": "fetch"}
            one["request"]["postData"] = {"mimeType": mime, "text": body.replace("WHO", who)}
            entries.append(one)
        files.append(saved(tmp_path / f"{nth}.har", entries))
    found = correlate(*files)
    assert "hunter2" not in found.told() + json.dumps(found.json())
    return found.text


REMARKS = {"remarks": "my mother Maryam is ill", "fatherName": "Hassan", "diagnosis": "ill", "age": 47}


@pytest.mark.parametrize("people", [("",), ("", "")], ids=["one recording", "two of one person"])
def test_what_one_person_told_a_program_is_a_hole_and_what_scripts_show_stays(
    tmp_path: Path, people: tuple[str, ...]
) -> None:
    own = {"kind": "renewal", "step": 2, "size": 20, "agreed": True, "note": "", "title": None}
    text = sent_by_program(tmp_path, "application/json", json.dumps(REMARKS | own), people=people)
    assert not [said for said in ("Maryam", "Hassan", '"ill"', "47") if said in text]
    assert "{{env.LEFT_FATHER_NAME}}" in text and "{{env.LEFT_AGE}}" in text
    for kept in ('"kind": "renewal"', '"step": 2', '"size": 20', '"agreed": true', '"note": ""', '"title": null'):
        assert kept in text


def test_what_two_people_sent_alike_is_the_applications_own(tmp_path: Path) -> None:
    body = json.dumps({"email": "WHO@example.org", "stage": "submitted"})
    text = sent_by_program(tmp_path, "application/json", body, people=("omar", "salma"))
    assert '"stage": "submitted"' in text and "{{citizen.email}}" in text and "env." not in text


def test_what_an_answer_repeats_is_still_the_citizens_and_what_it_tells_is_learned(tmp_path: Path) -> None:
    first, then = {"remarks": "Maryam is ill"}, {"remarks": "Maryam is ill", "fatherName": "Hassan"}
    answer = json.dumps({"saved": "Maryam is ill", "father": {"fatherName": "Hassan"}})
    text = sent_by_program(tmp_path, "application/json", json.dumps(first), json.dumps(then), answer=answer)
    assert "Maryam" not in text and "Hassan" not in text
    assert text.count('"remarks": "{{env.LEFT_REMARKS}}"') == 2 and "{{learned.fathername}}" in text


def test_several_values_of_one_name_are_several_secrets(tmp_path: Path) -> None:
    body = json.dumps([{"reason": "one of hers"}, {"reason": "another"}, {"reason": "one of hers"}])
    text = sent_by_program(tmp_path, "application/json", body)
    assert (text.count("{{env.LEFT_REASON}}"), text.count("{{env.LEFT_REASON_2}}")) == (2, 1)


SOAP = """<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body s:mustUnderstand="1">
  <login kind="renewal" by='Hassan &amp; son'><user/><password>hunter2secret</password><channel>web</channel>
  <note><![CDATA[Maryam <3]]></note><email>o@example.org</email></login></s:Body></s:Envelope>"""


@pytest.mark.parametrize("people", [("",), ("", "")], ids=["one recording", "two of one person"])
def test_xml_is_taken_apart_and_holds_nothing_of_whoever_sent_it(tmp_path: Path, people: tuple[str, ...]) -> None:
    text = sent_by_program(tmp_path, "text/xml", SOAP, people=people)
    assert not [said for said in ("hunter2", "Hassan", "Maryam", "o@example") if said in text]
    assert "<password>{{env.PASSWORD}}</password><channel>web</channel>" in text
    assert """<login kind="renewal" by='{{env.LEFT_BY}}'><user/>""" in text
    assert "<note>{{env.LEFT_NOTE}}</note><email>{{citizen.email}}</email>" in text
    assert 's:mustUnderstand="1"' in text and 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"' in text


@pytest.mark.parametrize(
    "body",
    ["<a><password>hunter2</a>", "<!DOCTYPE a [<!ENTITY b 'hunter2'>]><a>&b;</a>", "<a><!-- hunter2 --></a>"]
    + ["7|0|4|hunter2|login|", "<a>hunter2</a> more", "\x01\x02hunter2", '"hunter2"', '{"a": "hunter2"'],
)
@pytest.mark.parametrize("people", [("",), ("", "")], ids=["one recording", "two of one person"])
def test_a_body_that_cannot_be_taken_apart_is_one_secret(tmp_path: Path, body: str, people: tuple[str, ...]) -> None:
    text = sent_by_program(tmp_path, "text/plain", body, people=people)
    assert "hunter2" not in text and "text: '{{env.LEFT_BODY}}'" in text


def test_what_was_typed_into_a_field_is_the_personas_whatever_the_page_says(tmp_path: Path) -> None:
    form = '<form>Such as diabetes, or "diabetes"<input name="diagnosis"><input name="town" value="Sampleton"></form>'
    page = exchange("GET", "http://127.0.0.1:1/f", "", form)
    sent = exchange("POST", "http://127.0.0.1:1/f", "diagnosis=diabetes&town=Sampleton", "<h1>Thanks a lot</h1>")
    found = correlate(saved(tmp_path / "a.har", [page, sent]))
    assert "diabetes" not in found.text and "Sampleton" not in found.text
    assert "diagnosis: '{{citizen.diagnosis}}'" in found.text and "town: '{{learned.town}}'" in found.text
