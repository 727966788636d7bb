"""A study run by robots: from protocol to report, killed at any moment and gone on with, each session once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from commands.study import _robots
from commands.study._stopping import stopping
from studies import archive
from studies.planning.assignment import schedule
from studies.planning.freezing import folder_of, frozen
from studies.planning.study import Study, read_study
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace

pytestmark = pytest.mark.untimed

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
JOURNEY = """\
journey: {name}
title: {{en: Renew, ar: تجديد}}
agency: traffic
base_url: http://127.0.0.1:9
variants: {{as_is: {{path: /as_is}}, redesigned: {{path: /new, skip: [again]}}}}
steps:
  - {{id: open, visit: /renew}}
  - {{id: who, give: {{national_id: "{{{{citizen.national_id}}}}"}}}}
  - {{id: again, give: {{full_name: "{{{{citizen.full_name}}}}"}}}}
  - {{id: send, submit: {{en: Send, ar: أرسل}}}}
"""
STUDY = """\
study: mine
title: Mine
tasks: [renew, declare]
conditions: [as_is, redesigned]
participants: {languages: {en: 2, ar: 2}}
questionnaires: {after_task: [sus]}
analysis: [{measure: steps}, {measure: sus}]
stopping: {measure: steps, margin: 5, at_least: 2}
"""
#: runs a study, and dies like a power cut before its n-th file of the log is written
DYING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from commands.study import _robots
from studies import archive
from studies.workspace import Workspace
file, root, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
write = archive.write_whole
def dying(table, path):
    global left
    left -= 1
    if left == 0:
        (path.parent / f".{path.name}.part").write_bytes(b"PAR1 and then the light went out")
        os.kill(os.getpid(), signal.SIGKILL)
    write(table, path)
archive.write_whole = dying
_robots.run(file, Workspace(root), "rehearsal", 1, lambda what, share: None, datetime.now(UTC))
"""


class Heard:
    """A watch that remembers what it was told."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.shares: list[float] = []

    def __call__(self, what: str, share: float) -> None:
        self.words.append(what)
        self.shares.append(share)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for name in ("renew", "declare"):
        (tmp_path / f"{name}.yaml").write_text(JOURNEY.format(name=name), encoding="utf-8")
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def run(file: Path, space: Workspace, watch: Heard | None = None) -> _robots.Ran:
    return _robots.run(file, space, "rehearsal", 1, watch or Heard(), NOW)


def rows(study: Study, space: Workspace) -> Counter[str]:
    """How often each session has a row in the log, part by part."""
    return Counter(
        name
        for _said, sessions in archive.files_of(study.study, space)
        for name in pq.ParquetFile(sessions).read()["session"].to_pylist()
    )


@pytest.mark.slow
def test_a_study_killed_again_and_again_holds_every_session_once(file: Path, space: Workspace) -> None:
    study = read_study(file)
    wanted = Counter(turn.session for turn in schedule(study))
    seen = []
    # Between two sessions' sealing; within one, its sentences written and its row not; and while answers are written.
    for writes in (5, 6, 25):
        words = [sys.executable, "-c", DYING, str(file), str(space.root), str(writes)]
        died = subprocess.run(words, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, check=False)
        assert died.returncode == -signal.SIGKILL
        seen.append(rows(study, space))
    assert [len(one) for one in seen] == [2, 4, 16]
    assert all(one <= wanted for one in seen)
    kept = {name: archive.read("mine", space).only([name]).sentences for name in seen[0]}
    ran = run(file, space)
    assert rows(study, space) == wanted
    log = archive.read("mine", space)
    said = Counter((s.session, s.verb) for s in log.said())
    assert all(said[session, "begins"] == 1 and said[session, "rates"] == 10 for session in wanted)
    for name, before in kept.items():
        assert before.to_pylist() == [s for s in log.only([name]).sentences.to_pylist() if s["verb"] != "rates"]
    assert (ran.planned, ran.before, ran.walked) == (16, 16, 0)
    again = run(file, space)
    assert again.walked == 0
    assert archive.read("mine", space).sentences.equals(log.sentences)


def test_a_study_is_run_from_its_protocol_to_its_report(file: Path, space: Workspace) -> None:
    watch = Heard()
    ran = run(file, space, watch)
    assert (ran.planned, ran.before, ran.walked) == (16, 0, 16)
    assert sum(ran.outcomes.values()) == 16
    steps, sus = ran.analysis
    assert steps["of"] == "robots"
    assert steps["groups"]["as_is"] == {
        "n": 4, "mean": steps["groups"]["redesigned"]["mean"] + 1, "ci_low": None, "ci_high": None,
        "reason": "all are alike",
    }  # fmt: skip
    assert (steps["from"], steps["to"], steps["difference"]) == ("as_is", "redesigned", -1)
    assert sus["groups"]["as_is"]["n"] == 4 and sus["ci_low"] < sus["difference"] < sus["ci_high"]
    assert json.loads(json.dumps(ran.json()))["protocol"] == ran.protocol.hash
    assert all(path.is_file() for path in ran.reports.values()) and set(ran.reports) == {"en", "ar"}
    assert watch.shares == sorted(watch.shares) and watch.shares[-1] == 1.0
    assert any("of 16 sessions" in words and "left" in words for words in watch.words)
    of = {s.session: (s.participant, s.task, s.condition, s.language) for s in archive.read("mine", space).heard()}
    for turn in schedule(read_study(file)):
        assert of[turn.session] == (turn.participant, turn.task, turn.condition, turn.language)
    assert stopping(read_study(file), space)["stop"]


def test_a_changed_protocol_stops_the_run_before_anybody_walks(file: Path, space: Workspace) -> None:
    file.write_text(STUDY.replace("after_task: [sus]", "after_task: []").replace(", {measure: sus}", ""))
    run(file, space)
    before = rows(read_study(file), space)
    file.write_text(file.read_text().replace("{en: 2, ar: 2}", "{en: 4, ar: 2}"))
    with pytest.raises(WrongInput, match=r"frozen at .*participants\.languages\.en"):
        run(file, space)
    assert rows(read_study(file), space) == before
    assert frozen("mine", space) is not None


def test_two_runs_of_a_study_do_not_get_into_each_others_way(file: Path, space: Workspace) -> None:
    with _robots._alone(read_study(file), space), pytest.raises(WrongInput, match="being run already"):
        run(file, space)
    assert folder_of("mine", space).is_dir()


def test_one_participant_is_walked_as_the_protocol_assigns(file: Path, space: Workspace) -> None:
    study = read_study(file)
    (someone, *_others) = dict.fromkeys(turn.participant for turn in schedule(study))
    ran = _robots.run(file, space, "rehearsal", 1, Heard(), NOW, someone)
    mine = [turn.session for turn in schedule(study) if turn.participant == someone]
    assert (ran.planned, ran.walked) == (len(mine), len(mine))
    heard = archive.read("mine", space).heard()
    assert {one.session for one in heard} == set(mine) and {one.participant for one in heard} == {someone}
    with pytest.raises(WrongInput, match="no participant nobody"):
        _robots.run(file, space, "rehearsal", 1, Heard(), NOW, "nobody")


def test_all_pairs_and_the_question_before_them_are_told() -> None:
    """Three conditions of the same people, planted: the third takes far fewer steps; nothing else differs."""
    from analysis.measure import measure
    from analysis.planned import analysed, told
    from studies import script
    from studies.log import Log

    conditions = {"a": 9, "b": 9, "c": 4}
    logs = [
        script.parse(
            f"session={who}{name} start=2026-03-01T08:00:00Z source=participant condition={name} participant={who} "
            f"task=renew\n0.0 citizen begins renew\n"
            + "".join(f"{1 + n}.0 citizen acts x{n}\n{1 + n}.5 service answers y{n}\n" for n in range(steps + k % 3))
            + "60.0 service concludes renew\n"
        )
        for k, who in enumerate("pqrstuvwxyz")
        for name, steps in conditions.items()
    ]
    log = Log.together(logs)
    study = Study.model_validate({
        "study": "three", "title": "Three", "tasks": ["traffic/renew"], "conditions": list(conditions),
        "participants": {"languages": {"en": 11}, "order": "as_told"},
        "analysis": [{"measure": "steps"}, {"measure": "outcome"}],
    })  # fmt: skip
    steps, outcome = analysed(study, log, measure(log), {})
    assert steps["of"] == "people" and steps["overall"]["method"].startswith("Repeated measures")
    assert [(one["from"], one["to"]) for one in steps["pairs"]] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [one["effect"] for one in steps["pairs"]] == [0, -5, -5]
    assert steps["overall"]["p_value"] == pytest.approx(0.001)
    assert outcome["overall"]["method"].startswith("Cochran Q") and outcome["overall"]["p_value"] is None
    assert (steps["from"], steps["to"], steps["difference"]) == ("a", "c", -5)
    lines = told([steps, outcome])
    assert lines[0] == "Steps by conditions (people)" and "a to c: difference of means: −5" in "\n".join(lines)
