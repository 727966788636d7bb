"""Whatever the pieces in which a log is read and measured, the results are those of the whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

from analysis import at_scale
from analysis.measure import measure, worded
from studies import archive
from studies.events import ALL_VERBS, CAUSES, CHANNELS, VERBS, Sentence, Session
from studies.log import Log
from studies.measuring.presets import Presets
from studies.measuring.whole_cases import FOR_WAITS, pieces_of, tables_of
from studies.workspace import Workspace

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def a_log(draw: Random, cases: int, first: int = 0) -> Log:
    """Needs of one to three sittings, in every channel and by every verb; some sittings in which nothing was said."""
    said, heard = [], []
    for case in range(first, first + cases):
        for sitting in range(draw.randint(1, 3)):
            session, begins = f"s{draw.randrange(10**6):06d}-{case}-{sitting}", START + timedelta(hours=30 * sitting)
            hears = ALL_VERBS if draw.random() < 0.8 else ALL_VERBS - {"responds"}
            ended = begins + timedelta(seconds=90) if draw.random() < 0.5 else None
            heard.append(Session(session, begins, ended, source="robot", hears=frozenset(hears)))
            channel, t = draw.choice(sorted(CHANNELS)), 0.0
            for seq in range(draw.choice([0, 3, 12])):
                t += draw.choice([0.0, 0.4, 1.3, 5.0])
                verb = draw.choice(sorted(VERBS))
                about = draw.choice(["national_id", "iban", "traffic/renew", None])
                until = begins + timedelta(seconds=t + 1) if verb == "responds" and draw.random() < 0.5 else None
                cause = draw.choice([None, *sorted(CAUSES)])
                value = 3.0 if verb in ("begins", "rates") else None
                said.append(
                    Sentence(
                        session=session, case=f"c{case:04d}", when=begins + timedelta(seconds=t), until=until, seq=seq,
                        actor=VERBS[verb][0], verb=verb, about=about, channel=channel, cause=cause, value=value,
                    )
                )  # fmt: skip
    return Log.of(said, heard)


def sealed(logs: list[Log], folder: Path) -> tuple[Log, list[tuple[Path, Path]]]:
    """The logs as parts of one study, and as one log."""
    space = Workspace(folder)
    for log in logs:
        archive.seal(log, "national", space)
    return archive.read("national", space), archive.files_of("national", space)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rows", [1, 7, 100_000])
def test_pieces_give_the_results_of_the_whole(seed: int, rows: int, tmp_path: Path) -> None:
    draw = Random(seed)
    # Cases 20 to 39 have sittings in two parts.
    whole, parts = sealed([a_log(draw, 40), a_log(draw, 40, first=20), a_log(draw, 3, first=200)], tmp_path)
    found = pa.Table.from_batches(at_scale.measured(pieces_of(parts, rows=rows), Presets())).sort_by("session")
    expected = measure(whole)
    assert found["session"].to_pylist() == sorted(expected.sessions)
    for metric in expected.columns:
        told = [expected.sessions[s][metric] for s in found["session"].to_pylist()]
        assert found[f"{metric}_state"].to_pylist() == [r.state for r in told]
        values = [None if r.value is None else r.value for r in told]
        assert found[metric].to_pylist() == pytest.approx(values) if not worded(metric) else True


def test_a_case_is_never_cut(tmp_path: Path) -> None:
    draw = Random(1)
    _whole, parts = sealed([a_log(draw, 30), a_log(draw, 30, first=15)], tmp_path)
    seen: set[str] = set()
    for table in tables_of([sentences for sentences, _ in parts], rows=5):
        here = set(table["case"].to_pylist())
        assert not here & seen
        seen |= here
    assert seen == set(_whole.sentences["case"].to_pylist())


def test_silent_waits_need_no_other_columns(tmp_path: Path) -> None:
    whole, parts = sealed([a_log(Random(4), 60)], tmp_path)
    lean = pa.Table.from_batches(at_scale.measured(pieces_of(parts, FOR_WAITS), Presets(), ["silent_waits"]))
    expected = {s: row["silent_waits"].value for s, row in measure(whole).sessions.items()}
    assert dict(zip(lean["session"].to_pylist(), lean["silent_waits"].to_pylist(), strict=True)) == expected
