"""HTTP archives come in: pages, forms by their fields' names, and nobody's data."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from exchanged import SAMPLES, accounted, beside, line_with, never_crashes, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.exchange import bring

SAMPLE = SAMPLES / "archive.har"


def archive(folder: Path, *requests: dict[str, Any]) -> Path:
    """An archive of requests, with as little else as an archive can have."""
    entries = [{"request": {"method": "GET", "headers": [], **request}} for request in requests]
    path = folder / "archive.har"
    path.write_text(json.dumps({"log": {"entries": entries}}, indent=1), encoding="utf-8")
    return path


def steps_in(path: Path) -> list[dict[str, Any]]:
    journey = bring(path).journeys[0][0]
    return [step.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True) for step in journey.steps]


@pytest.mark.parametrize("path", beside("har"))
def test_every_archive_comes_in(path: Path) -> None:
    _brought, said = accounted(path)
    assert said["format"] == "HTTP archive (HAR)"


@pytest.mark.parametrize("path", beside("har"))
def test_no_value_of_an_archive_is_kept(path: Path) -> None:
    brought = bring(path)
    told = json.dumps(brought.json()) + brought.told({}) + "".join(text for _j, text, _s in brought.journeys)
    for entry in json.loads(text_of(path))["log"]["entries"]:
        request = entry["request"]
        values = [c["value"] for c in request.get("cookies") or []]
        values += [
            h["value"] for h in request.get("headers") or [] if h["name"].casefold() in ("cookie", "authorization")
        ]
        values += [p.get("value") for p in (request.get("postData") or {}).get("params") or []]
        assert [value for value in values if value and len(value) > 5 and value in told] == []


def test_an_archive_is_accounted_for_line_by_line() -> None:
    _brought, said = accounted(SAMPLE)
    assert (said["steps"], said["mapped"]) == (4, 3)
    assert [(one["line"], one["what"]) for one in said["unmapped"]] == [
        (line_with(SAMPLE, "00:02Z"), "POST api/check/:id")
    ]
    assert "iban" in said["unmapped"][0]["why"]
    assert [one["what"] for one in said["breaches"]] == ["timings lacks wait."]


def test_pages_are_visits_and_forms_are_given_and_sent_in_the_order_of_time() -> None:
    assert steps_in(SAMPLE) == [
        {"visit": "/apply?national_id={{citizen.national_id}}&lang=en"},
        {
            "give": {
                "email": "{{citizen.email}}",
                "national_id": "{{citizen.national_id}}",
                "password": "{{env.PASSWORD}}",
            }
        },
        {"submit": True},
    ]


def test_what_was_sent_is_nowhere_in_what_is_kept() -> None:
    brought = bring(SAMPLE)
    told = json.dumps(brought.json()) + brought.told({}) + "".join(text for _j, text, _s in brought.journeys)
    for value in ("851234567", "rana", "hunter2secret", "cookie-5up3r", "b34r3r", "abc123def", "BH67", "4444"):
        assert value not in told


def test_a_packed_archive_comes_in_and_a_broken_pack_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress(SAMPLE.read_bytes())
    (tmp_path / "archive.har.gz").write_bytes(whole)
    assert accounted(tmp_path / "archive.har.gz")[1]["steps"] == 4
    (tmp_path / "archive.har.gz").write_bytes(whole[: len(whole) * 3 // 4])
    said = accounted(tmp_path / "archive.har.gz")[1]
    assert 0 < said["steps"] <= 4
    assert len(said["breaches"]) >= 2


def test_a_redirect_is_no_visit_of_its_own(tmp_path: Path) -> None:
    path = archive(tmp_path, {"url": "https://a.example/"}, {"url": "https://a.example/en"})
    content = json.loads(path.read_text("utf-8"))
    content["log"]["entries"][0]["response"] = {"status": 302, "redirectURL": "/en", "content": {}}
    path.write_text(json.dumps(content))
    assert steps_in(path) == [{"visit": "/"}]


def test_a_form_without_its_page_begins_where_it_was_referred_from(tmp_path: Path) -> None:
    data = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "email", "value": "a@b.example"}]}
    headers = [{"name": "Referer", "value": "https://a.example/form?t=1"}]
    path = archive(tmp_path, {"method": "POST", "url": "https://a.example/send", "headers": headers, "postData": data})
    assert steps_in(path) == [{"visit": "/form?t=1"}, {"give": {"email": "{{citizen.email}}"}}, {"submit": True}]


def test_a_multipart_form_gives_its_fields(tmp_path: Path) -> None:
    body = '--x\r\nContent-Disposition: form-data; name="mobile"\r\n\r\n39001122\r\n--x--\r\n'
    data = {"mimeType": "multipart/form-data; boundary=x", "text": body}
    path = archive(tmp_path, {"method": "POST", "url": "https://a.example/send", "postData": data})
    assert {"give": {"mobile": "{{citizen.mobile}}"}} in steps_in(path)


def test_params_and_text_at_once_are_a_breach(tmp_path: Path) -> None:
    data = {"mimeType": "application/x-www-form-urlencoded", "text": "a=1", "params": [{"name": "b", "value": "2"}]}
    path = archive(tmp_path, {"method": "POST", "url": "https://a.example/send", "postData": data})
    assert any("both" in one["what"] for one in accounted(path)[1]["breaches"])
    assert {"give": {"a": "{{citizen.a}}"}} in steps_in(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_spoilt_archive_never_crashes(tmp_path: Path, seed: int) -> None:
    never_crashes(SAMPLE, tmp_path, seed)
