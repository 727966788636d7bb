"""What a citizen gives is kept nowhere: unmistakable values are typed everywhere, then every byte written is read.

Robot and participant, browser and wire: logs with their columns decoded, the store, pictures with what is said in them,
run files, reports, what servers and the command line said. None of the values may be in any of it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pyarrow.parquet as pq
import pytest
from participant_browsers import chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tagged_service import running
from test_participants import Field, Server, acts, kinds

from analysis.report import write
from journeys.hearing.participants import seal
from studies import replays
from studies.store import Store
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.untimed

#: field -> what is typed, written or chosen there; no two share a word, and no page says any of them by itself
VALUES = {
    "nid": "Qzidnumber 851904",
    "word": "Qzpassword!7",
    "letter": "Qzletter to the office",
    "otp": "736251904",
    "dob": "1987-11-23",
    "remark": "Qzremark",
    "photo": "Qzfilename",
    "content": "Qzcontent",
    "town": "Wxtown",
    "street": "Wxstreet",
    "kind": "Wxradio",
}
#: as it may stand in bytes: as typed, encoded for an address, the date as it is shown
SHAPES = [shape.lower().encode() for v in VALUES.values() for shape in {v, quote(v), quote_plus(v)}]
SHAPES += [b"11/23/1987", b"23/11/1987", b"11231987", b"qz", b"wxt", b"wxs", b"wxr"]


def leaks(what: str, content: bytes) -> list[str]:
    """Which of the values are in these bytes."""
    small = content.lower()
    return [f"{shape!r} in {what}" for shape in SHAPES if shape in small]


def written(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte under a folder, and what it means where it is packed: names, columns, rows, words in pictures."""
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name, content = str(path.relative_to(root)), path.read_bytes()
        yield f"the name {name}", name.encode()
        if path.suffix == ".png":
            yield f"the words in {name}", b"\n".join(_chunks(content))
            continue  # its pixels are packed by chance: two bytes of a value may well stand in them
        if path.name == replays.NAME:
            told = json.loads(content)
            yield f"the words in {name}", b"\n".join(b"".join(_riff(base64.b64decode(p))) for p in told.pop("pictures"))
            yield name, json.dumps({**told, "sum": ""}).encode()  # tests/test_replay_browser.py looks at its pixels
            continue
        if path.suffix == ".html":
            content = re.sub(rb"[A-Za-z0-9+/=]{200,}", b"", content)  # pictures of a replay
        if path.suffix == ".parquet":
            yield f"the rows of {name}", repr(pq.ParquetFile(path).read().to_pylist()).encode()
        elif path.name.endswith(".sqlite"):
            yield f"the tables of {name}", repr(list(sqlite3.connect(path).iterdump())).encode()
        if path.suffix != ".parquet":
            yield name, content


def _chunks(png: bytes) -> Iterator[bytes]:
    """What a PNG says besides its pixels."""
    place = 8
    while place < len(png):
        size, kind = int.from_bytes(png[place : place + 4], "big"), png[place + 4 : place + 8]
        data = png[place + 8 : place + 8 + size]
        if kind != b"IDAT":
            yield kind + data
        if kind in (b"zTXt", b"iCCP"):
            yield zlib.decompress(data[data.index(b"\0") + 2 :])
        place += 12 + size


def _riff(webp: bytes) -> Iterator[bytes]:
    """What a WebP says besides its pixels."""
    place = 12
    while place + 8 <= len(webp):
        kind, size = webp[place : place + 4], int.from_bytes(webp[place + 4 : place + 8], "little")
        if kind not in (b"VP8 ", b"VP8L"):
            yield kind + webp[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"about": "qzPassword!7"}')
    assert [leak for what, content in written(tmp_path) for leak in leaks(what, content)]


JOURNEY = """
journey: apply
title: Apply
agency: office
base_url: {base}
needs: [nid]
steps:
  - visit: /fields?session={session}
  - give: {{nid: "{nid}", word: "{word}", letter: "{letter}", otp: "{otp}", dob: "{dob}"}}
  - choose: {{town: {town}, kind: {kind}}}
  - upload: {{photo: {photo}}}
  {press}
  - submit: Send
"""


def lab(space: Workspace, *words: str) -> bytes:
    """What a command says, on both streams."""
    env = {**os.environ, "KHUTWA_WORKSPACE": str(space.root)}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], cwd=CHECKOUT, env=env, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout + done.stderr


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / f"{VALUES['photo']}.pdf"
    path.parent.mkdir()
    path.write_text(VALUES["content"])
    return path


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("player", ["browser", "wire"])
def test_a_robots_values_are_nowhere(tmp_path: Path, photo: Path, player: str) -> None:
    space = Workspace(tmp_path / "space")
    with running("http://127.0.0.1:9") as base:
        file = photo.parent / "apply.yaml"
        given = {**VALUES, "photo": photo.name, "base": base, "session": "robot"}
        press, har = ("- press: Echo", ["--har", "--replay"]) if player == "browser" else ("", [])
        file.write_text(JOURNEY.format(**given, press=press), encoding="utf-8")
        said = lab(space, "run", str(file), "--player", player, "--study", "private", "--json", *har)
    if player == "browser":
        write("private", space, "en")
        assert list(space.root.rglob("*.har*")) and list(space.root.rglob("*.png"))
        assert list(space.root.rglob(replays.NAME)) and "<iframe" in write("private", space, "en").read_text()
    assert b"citizen gives" in said
    found = leaks("what the command said", said)
    found += [leak for what, content in written(space.root) for leak in leaks(what, content)]
    assert found == []


@pytest.mark.browser
@pytest.mark.slow
def test_a_participants_values_are_nowhere(tmp_path: Path, photo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    space = Workspace(tmp_path / "space")
    store, server = Store(space.database_url), Server(space)
    with running(server.base) as service, chromium(tmp_path / "profile") as hand:
        field, driver = Field(space, store, server, service, hand), hand.driver
        field.open("fields", "private")
        for name in ("nid", "word", "letter", "otp"):
            driver.find_element(By.NAME, name).send_keys(VALUES[name] + Keys.TAB)
        driver.find_element(By.NAME, "dob").send_keys("11231987" + Keys.TAB)
        driver.find_element(By.NAME, "photo").send_keys(str(photo))
        driver.find_element(By.NAME, "town").send_keys(VALUES["town"] + Keys.TAB)
        remark = driver.find_element(By.CSS_SELECTOR, "[contenteditable]")
        remark.send_keys(VALUES["remark"] + Keys.TAB)
        remark.click()
        driver.find_element(By.NAME, "kind").click()
        field.press("list")
        field.press("own")
        field.press("echo")
        field.press("echo")  # its words repeat what was typed by now
        field.press("send")
        field.until("private", lambda m: len(kinds(m, "usable")) == 2 and acts(5)(m))
        log = seal("private", store, space)
    server.kill()
    store.close()
    assert log is not None
    gave: list[Any] = [s.about for s in log.said() if s.verb == "gives"]
    assert len(gave) >= 8, gave
    said = "".join(capfd.readouterr())
    found = leaks("what the servers said", said.encode())
    found += [leak for what, content in written(space.root) for leak in leaks(what, content)]
    assert found == []
    assert not re.search(r"\d{4,}", " ".join(s.about or "" for s in log.said()))
