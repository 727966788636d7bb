"""Recordings of rrweb as files, whole and broken: what can be read is read, and nothing in them brings the lab down."""

from __future__ import annotations

import copy
import json
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recordings import BUTTON, FORM, START, Recording, heard, told

from analysis.measure import measure
from studies.importers import rrweb
from studies.troubles import WrongInput


def small() -> Recording:
    r = Recording()
    r.page(0, "/apply", FORM)
    r.type(3, "n", "J")
    r.click(4, "go")
    r.page(6.5, "/done", "<h1>Next</h1>")
    return r


@pytest.mark.parametrize("name", ["r.json", "r.ndjson", "r.json.gz", "r.ndjson.gz", "no_suffix"])
def test_an_array_or_lines_plain_or_zipped(tmp_path: Path, name: str) -> None:
    path = small().save(tmp_path / name)
    assert rrweb.recognises(path)
    imported = rrweb.read(path)
    assert (len(imported.log.sentences), imported.rows, imported.left_out) == (6, 6, ())


def test_an_array_in_an_object_and_events_that_were_packed(tmp_path: Path) -> None:
    events = small().events
    wrapped = tmp_path / "wrapped.json"
    wrapped.write_text(json.dumps({"events": events}, indent=1))
    packed = tmp_path / "packed.json"
    packed.write_text(json.dumps([zlib.compress(json.dumps(e).encode()).decode("latin-1") for e in events]))
    for path in (wrapped, packed):
        assert len(rrweb.read(path).log.sentences) == 6


@pytest.mark.parametrize("name", ["r.json", "r.ndjson", "r.json.gz"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_what_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path, name: str, share: float) -> None:
    path = small().save(tmp_path / name)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    try:
        imported = rrweb.read(path)
    except WrongInput:
        assert share == 0.5
        return
    assert imported.left_out
    assert imported.rows < 6 or name == "r.json.gz"  # of a zip only the check sum may be missing


def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [json.dumps(e) for e in small().events]
    lines[2:2] = ["{not json", json.dumps({"type": "x", "timestamp": START}), "[" * 100_000, "", "\ufffd"]
    path = tmp_path / "r.ndjson"
    path.write_text("\n".join(lines))
    imported = rrweb.read(path)
    assert imported.rows == 6
    assert len(imported.log.sentences) == 6
    assert {o.what for o in imported.left_out} == {"line 3", "event 4", "line 5", "line 7"}


def test_events_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    r = small()
    r.events[2], r.events[3] = r.events[3], r.events[2]
    assert len(heard(r, tmp_path).log.sentences) == 6
    assert "3.0 citizen gives full_name" in told(r, tmp_path)


def test_a_file_may_hold_several_sessions(tmp_path: Path) -> None:
    one, two = small().events, copy.deepcopy(small().events)
    both = [e | {"sessionId": "a"} for e in one] + [e | {"sessionId": "b"} for e in two]
    r = Recording()
    r.events = sorted(both, key=lambda e: e["timestamp"])
    imported = heard(r, tmp_path)
    assert (len(imported.log.sessions), len(imported.log.sentences)) == (2, 12)


def test_what_is_no_recording_is_not_recognised(tmp_path: Path) -> None:
    for place, text in enumerate(("{}", "[]", "", '[{"a": 1}]', "\x1f\x8bno")):
        path = tmp_path / f"{place}.json"
        path.write_text(text, encoding="latin-1")
        assert not rrweb.recognises(path)
        with pytest.raises(WrongInput):
            rrweb.read(path)


def test_a_very_deep_page_is_read(tmp_path: Path) -> None:
    r = Recording()
    r.page(0, "/a", "<div>" * 150 + FORM)
    assert "0.0 service requests full_name" in told(r, tmp_path)


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 60), st.floats(allow_nan=True), st.text(max_size=8),
    st.lists(st.integers(0, 9), max_size=3),
    st.dictionaries(st.sampled_from(["id", "type", "node", "x"]), st.integers()),
)  # fmt: skip


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += _spots(inner, (*path, key))
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_that_an_event_holds_brings_the_lab_down(data: st.DataObject) -> None:
    r = Recording()
    r.page(0, "/apply", FORM)
    r.type(1, "n", "J")
    r.click(2, "go")
    r.add(2.2, "f", "<p class='spinner' id='s'>Please wait</p>")
    r.set(2.4, "n", **{"aria-invalid": "true", "class": "error"})
    r.fetched(2.1, 3)
    r.remove(3, "s")
    r.mutation(3.1, texts=[{"id": 5, "value": "new"}])
    r.page(4, "/b", BUTTON)
    r.click(5, "b")
    r.custom(5.1, "lab.feedback")
    for _ in range(data.draw(st.integers(1, 4))):
        *way, last = data.draw(st.sampled_from(_spots(r.events)))
        holder: Any = r.events
        for key in way:
            holder = holder[key]
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = data.draw(ODD)
    with TemporaryDirectory() as folder:
        try:
            imported = rrweb.read(r.save(Path(folder) / data.draw(st.sampled_from(["r.json", "r.ndjson"]))))
        except WrongInput:
            return
        measure(imported.log)


@settings(max_examples=60)
@given(cut=st.integers(0, 4000), noise=st.binary(max_size=20))
def test_nothing_that_a_file_holds_brings_the_lab_down(cut: int, noise: bytes) -> None:
    with TemporaryDirectory() as folder:
        for name in ("r.json", "r.ndjson", "r.json.gz"):
            path = small().save(Path(folder) / name)
            whole = path.read_bytes()
            path.write_bytes(whole[:cut] + noise + whole[cut + len(noise) :])
            try:
                rrweb.read(path)
            except WrongInput:
                continue
