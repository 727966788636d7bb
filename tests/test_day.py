"""A day in the life of an agency's lab, in real browsers against its real processes, and a power cut at the end of it.

What the designer, robots, a participant, QA and the leader do follows in its order; then everything is killed at a
random moment and started again, and whatever had been acknowledged is there. KHUTWA_SEED=n repeats a moment.
"""

from __future__ import annotations

import io
import os
import random
import re
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from day_people import (
    Phone,
    bring_recording,
    desk,
    do_the_task,
    editor,
    hand_at,
    painted,
    phone,
    save,
    see,
    text_in,
    window_with,
    write,
)  # fmt: skip
from day_processes import House, house, until
from pypdf import PdfReader
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.webdriver import WebDriver
from test_page_import import CALL, PLAIN
from test_report_printed import words

from journeys import shelf, writing
from journeys.players.browser_page import Unreached
from journeys.reading import problems
from studies import archive, drafts
from studies.store import Store
from studies.workspace import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.untimed]

RECORDING = CHECKOUT / "tests" / "samples" / "day_recording.json"
#: what the designer changes of an imported recording: other words for the same things, and Arabic beside the English
EDITS = {
    r"^title: .*$": "title: {en: Renew a vehicle, ar: تجديد تسجيل مركبة}",
    r"^agency: .*$": "agency: traffic\nshortest_path: 6\n"
                     "done: {text: {en: Your registration is renewed, ar: تم تجديد التسجيل}}",
    r"CPR no\.[^:]*:": "national_id:",
    r"Vehicle plate number[^:]*:": "plate_number:",
    r"Bank account[^:]*:": "iban:",
    r"words: Continue": "words: {en: Continue, ar: متابعة}",
    r"words: Pay and renew": "words: {en: Pay and renew, ar: ادفع وجدد}",
    r"text: Your registration is renewed": "text: {en: Your registration is renewed, ar: تم تجديد التسجيل}",
}  # fmt: skip
STUDY = """\
study: {study}
title: {{en: Renewing a vehicle, ar: تجديد مركبة}}
tasks: [{task}]
conditions: {conditions}
participants: {{languages: {{en: {each}, ar: {each}}}, order: as_told}}
questionnaires: {{after_task: [seq], at_end: [sus]}}
"""
GATES = """\
gates:
  - {gate}
  - errors < 5 %
repeat: 1
generator: {{start_lag: 20 s, cpu: 100 %}}
"""
ASKED = """\
questionnaire: after
title: {en: After your visit, ar: بعد زيارتك}
asks: [{instrument: seq}, {instrument: sus}, {instrument: umux_lite}]
"""
SHIPPED = "journeys/library/traffic/renew_vehicle.yaml"


def told(line: str) -> None:
    """A line for whoever reads why it failed, or how long it took (pytest -s)."""
    sys.stdout.write(f"{line}\n")


@pytest.fixture
def chance() -> random.Random:
    """Where chance is used, it can be used again."""
    seed = int(os.environ.get("KHUTWA_SEED") or random.SystemRandom().randrange(10**6))
    told(f"KHUTWA_SEED={seed}")
    return random.Random(seed)


def test_a_day_in_the_life_and_a_power_cut(tmp_path: Path, chance: random.Random) -> None:
    began = time.monotonic()

    def done(what: str) -> None:
        told(f"{time.monotonic() - began:6.1f} s  {what}")

    with house(tmp_path) as lab, desk() as screen, phone(lab.address("intake")) as telephone:
        done("the lab is open")
        key = imported_and_edited(lab, screen, tmp_path)
        done("a recording was imported and edited")
        planned_and_walked(lab, key)
        done("a study was planned, robots walked")
        seated(lab, telephone)
        done("a participant was seated, and answered on a phone")
        loaded(lab, key, tmp_path)
        done("the redesign was loaded")
        brought_in(lab, tmp_path)
        done("calls and case files came in")
        paper = led(lab, screen)
        done("the leader has the scoreboard and the PDF")
        kept = a_power_cut(lab, screen, telephone, chance)
        done("the power was cut")
        lab.open()
        nothing_is_lost(lab, screen, telephone, kept)
        assert PdfReader(io.BytesIO(paper.read_bytes())).pages
        done("nothing is lost")


# --- the day ----------------------------------------------------------------------------------------------------------


def imported_and_edited(lab: House, screen: WebDriver, folder: Path) -> str:
    """The designer brings in what Chrome has recorded, and makes it a journey in two languages: its key."""
    recording = folder / "renewal.json"
    recording.write_text(RECORDING.read_text(encoding="utf-8").replace(":8600", f":{lab.practice}"), encoding="utf-8")
    key = bring_recording(screen, lab.address("workbench"), recording)
    field = editor(screen, f"{lab.address('workbench')}/editor?journey={key}")
    text = text_in(screen, field)
    for pattern, better in EDITS.items():
        text, count = re.subn(pattern, better, text, flags=re.MULTILINE)
        assert count == 1, (pattern, text)
    write(screen, field, text, instead=True)
    save(screen)
    file = shelf.own_folder(lab.space) / f"{key.removeprefix('own/')}.yaml"
    until("the journey is saved", lambda: file.read_text(encoding="utf-8") == text)
    painted(screen)
    assert problems(text, file.name, file.parent) == []
    assert "880101234" not in text and "BMAG" not in text, "what somebody typed came over with the recording"
    return key


def planned(lab: House, study: str, task: str, conditions: str, each: int) -> None:
    """A study begun, written, planned and frozen."""
    file = Path(lab.told("study", "new", study)["file"])
    file.write_text(STUDY.format(study=study, task=task, conditions=conditions, each=each), encoding="utf-8")
    assert lab.told("study", "plan", study)
    assert lab.told("study", "freeze", study)["study"] == study


def planned_and_walked(lab: House, key: str) -> None:
    """The designer plans a study of the journey, and robots walk it first."""
    planned(lab, "renewal", key, "[redesigned]", 1)
    ran = lab.told("study", "run", "renewal")
    assert ran["sessions"] == {"planned": 2, "before": 0, "walked": 2} and ran["outcomes"] == {"concluded": 2}, ran


def seated(lab: House, telephone: Phone) -> None:
    """A citizen does the task in the lab, in Arabic, and answers the questions on their own telephone."""
    lab.start("seat", "seat", "renewal", "--participant", "1", "--lang", "ar", "--headless", "--json")
    with hand_at(lab.temporary / "seat") as hand:
        do_the_task(hand)
        window_with(hand, "input[type=radio]")
        here = hand.current_url.partition("/s/")[2]
    telephone.open(f"{lab.address('intake')}/s/{here}")
    pages = 0
    while telephone.answer(5):
        pages += 1
        assert pages < 9, "the questions do not end"
    heard = lab.ended("seat")
    assert '"over": true' in heard and '"direct"' in heard, heard
    with open_store(lab) as store:
        given = {one.item for one in store.answers("renewal") if one.token == here}
    assert {item for token, item in telephone.taken if token == here} <= given and telephone.taken
    (sitting,) = [one for one in archive.read("renewal", lab.space).heard() if one.source == "participant"]
    assert (sitting.language, sitting.condition) == ("ar", "redesigned")


def loaded(lab: House, key: str, folder: Path) -> None:
    """QA puts the redesign under load: what it bears passes, what it cannot hold to fails the build."""
    journey = str(shelf.own_folder(lab.space) / f"{key.removeprefix('own/')}.yaml")
    for gate, code in (("completion >= 0.9", 0), ("journey_p50 < 10 ms", 3)):
        gates = folder / f"gates_{code}.yaml"
        gates.write_text(GATES.format(gate=gate), encoding="utf-8")
        found = lab.told(
            "load", journey, "--arrivals", "4/s", "--for", "3s", "--seed", "3", "--gates", str(gates), code=code
        )
        assert found["arrived"] == found["sessions"] > 4


def brought_in(lab: House, folder: Path) -> None:
    """A call and case files of the same service become sessions of the same study."""
    call, cases, who = folder / "call.vtt", folder / "cases.csv", folder / "who.yaml"
    call.write_text(CALL, encoding="utf-8")
    cases.write_text(PLAIN, encoding="utf-8")
    who.write_text("speakers: {Sara: service, Omar: citizen}\n", encoding="utf-8")
    lab.told("import", str(call), "--study", "renewal", "--mapping", str(who))
    lab.told("import", str(cases), "--study", "renewal")
    sources = Counter(one.source for one in archive.read("renewal", lab.space).heard())
    assert set(sources) == {"robot", "participant", "call", "case"} and sources["call"] == sources["case"] == 1


def led(lab: House, screen: WebDriver) -> Path:
    """The leader opens the scoreboard in Arabic, and prints two pages of Arabic: where they lie."""
    see(screen, f"{lab.address('workbench')}/scoreboard?lang=ar&study=renewal")
    assert screen.execute_script("return document.documentElement.dir") == "rtl"
    # The study is measured for the first time: the page says so, and shows the board as soon as it can.
    until("the satisfaction", lambda: "رضا" in screen.execute_script("return document.body.innerText"))
    paper = lab.folder / "leaders.pdf"
    lab.lab("report", "renewal", "--format", "pdf", "--for", "leaders", "--lang", "ar", "--out", str(paper))
    pages = PdfReader(io.BytesIO(paper.read_bytes())).pages
    assert len(pages) == 2 and "مركبة" in words(pages[0].extract_text())
    return paper


# --- the power cut ----------------------------------------------------------------------------------------------------


class Kept:
    """What the lab had acknowledged before the power was cut."""

    def __init__(self, lab: House) -> None:
        self.measured = lab.told("measure", "renewal")
        self.link = lab.told("audit")["head"]
        self.sessions: dict[str, list[dict[str, Any]]] = {}
        self.draft: tuple[str, str] | None = None  # where it is, and what was in it


def a_power_cut(lab: House, screen: WebDriver, telephone: Phone, chance: random.Random) -> Kept:
    """Robots walk, citizens answer, a designer writes; at a moment that nobody chose, everything dies at once."""
    asked = lab.folder / "asked.yaml"
    asked.write_text(ASKED, encoding="utf-8")
    door = lab.lab("survey", "after", "--questionnaire", str(asked), "--door").split()[0]
    planned(lab, "again", "traffic/renew_vehicle", "[as_is, redesigned]", 1)
    field = editor(screen, f"{lab.address('workbench')}/editor?journey=traffic/renew_vehicle")
    write(screen, field, "# remark 1\n")
    kept, dark, line = Kept(lab), threading.Event(), 1
    telephone.open(door)
    assert telephone.answer(3) and telephone.answer(3)  # agreed, and answered the first page
    kept.draft = until("what is typed is a draft", lambda: drafted(lab, "# remark 1\n"))

    def cut() -> None:
        # The robots first: a service that vanishes before a robot's eyes is a finding, and no loss.
        try:
            lab.kill("again", "practice", "intake", "workbench")
        finally:
            dark.set()

    run = lab.start("again", "study", "run", "again")
    until("a robot's first session", lambda: sealed(lab, "again"))
    moment = chance.uniform(0.5, 8.0)
    told(f"the power is cut after {moment:.2f} s")
    assert run.poll() is None
    timer = threading.Timer(moment, cut)
    timer.start()
    try:
        while not dark.is_set():
            try:
                if not (telephone.offers("[name=done]") or telephone.offers("[name=agree]")):
                    telephone.open(door)
                telephone.answer(line % 5)
            except (WebDriverException, Unreached, AssertionError):
                if not dark.wait(30):  # it failed, and not for want of power
                    raise
            kept.sessions.update(sealed(lab, "again"))
            if found := drafted(lab, f"# remark {line}\n"):
                kept.draft, line = found, line + 1
                write(screen, field, f"# remark {line}\n")
    finally:
        timer.join()
    return kept


def drafted(lab: House, end: str) -> tuple[str, str] | None:
    """The draft that ends like this: where it is, and its text."""
    kept = drafts.drafts_of(lab.space, writing.KIND)
    return next(((one.id, one.text) for one in kept if one.text.endswith(end)), None)


def nothing_is_lost(lab: House, screen: WebDriver, telephone: Phone, kept: Kept) -> None:
    """Whatever was acknowledged before is there after, and what was under way goes on."""
    found = lab.told("audit", "--still", kept.link)
    assert found["whole"] and found["broken"] == []
    assert lab.told("measure", "renewal") == kept.measured
    with open_store(lab) as store:
        there = {(one.token, one.item) for study in ("renewal", "after") for one in store.answers(study)}
    assert set(telephone.taken) <= there and len(telephone.taken) >= 12
    assert kept.draft is not None
    draft, text = kept.draft
    field = editor(screen, f"{lab.address('workbench')}/editor?journey=traffic/renew_vehicle&draft={draft}")
    assert text_in(screen, field).startswith(text) and "# remark 1" in text
    under_way = telephone.taken[-1][0]
    telephone.open(f"{lab.address('intake')}/s/{under_way}")
    while telephone.answer(2):
        pass
    with open_store(lab) as store:
        assert [one.state for one in store.invitations("after") if one.token == under_way] == ["finished"]
    ran = lab.told("study", "run", "again")
    sessions = ran["sessions"]
    assert sessions["planned"] == sessions["before"] + sessions["walked"] == 4
    assert 4 > sessions["before"] >= len(kept.sessions) >= 1
    after = sealed(lab, "again")
    walked = [name for name, said in after.items() if any(one["verb"] == "begins" for one in said)]
    assert len(walked) == 4 and set(rows(lab, "again").values()) == {1}
    assert {name: [s for s in after[name] if s["verb"] != "rates"] for name in kept.sessions} == kept.sessions


def sealed(lab: House, study: str) -> dict[str, list[dict[str, Any]]]:
    """Every session that the log holds, with its sentences."""
    if study not in archive.studies_in(lab.space):
        return {}
    log = archive.read(study, lab.space)
    said: dict[str, list[dict[str, Any]]] = {one.session: [] for one in log.heard()}
    for sentence in log.sentences.to_pylist():
        if sentence["session"] in said:  # its sentences are written first, its row last
            said[sentence["session"]].append(sentence)
    return said


def rows(lab: House, study: str) -> Counter[str]:
    """How often each session has a row in the log, part by part."""
    files = archive.files_of(study, lab.space)
    return Counter(name for _said, of in files for name in pq.ParquetFile(of).read()["session"].to_pylist())


def open_store(lab: House) -> Any:
    """The lab's store for a look."""
    return closing(Store(lab.space.database_url))
