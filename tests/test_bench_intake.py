"""What was acknowledged is there, once, after any number of kills; and the bench can tell when it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from databases import postgresql_server, url

from commands.bench._crowd import at
from commands.bench._killed import compared, durability
from commands.bench._pages_a_second import throughput
from commands.bench.intake import told
from studies.store.kept import Arrived

pytestmark = pytest.mark.untimed

__all__ = ["postgresql_server", "url"]


@pytest.mark.slow
def test_a_server_killed_again_and_again_loses_nothing_and_doubles_nothing(url: str, tmp_path: Path) -> None:
    found = durability(tmp_path, url, 6.0, citizens=20, least=20)
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["kills"] >= 2 and found["acknowledged"] >= 20


def row(token: str, page: str, said: dict[str, Any], key: str, complete: bool = True) -> Arrived:
    return Arrived(key, token, page, said, complete)


@pytest.mark.parametrize(
    ("rows", "lost", "doubled"),
    [
        ([row("a", "sus", {"x": 1.0}, "k1")], 0, 0),
        ([row("a", "consent", {}, "k0"), row("a", "sus", {"x": 1.0}, "k1")], 0, 0),
        ([], 1, 0),
        ([row("a", "sus", {"x": 2.0}, "k1")], 1, 0),
        ([row("a", "sus", {"x": 1.0}, "k1", complete=False)], 1, 0),
        ([row("a", "sus", {"x": 1.0}, "k1"), row("a", "sus", {"x": 1.0}, "k2")], 0, 1),
        ([row("a", "sus", {"x": 1.0}, "k1"), row("b", "sus", {"x": 1.0}, "k1")], 0, 1),
    ],
)
def test_a_planted_loss_and_a_planted_double_are_counted(rows: list[Any], lost: int, doubled: int) -> None:
    assert compared({("a", "sus"): {"x": 1.0}}, rows) == {"lost": lost, "doubled": doubled}


@pytest.mark.slow
def test_the_bench_measures_pages_beside_their_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    found = throughput(tmp_path, 0.3)
    assert found["ratios"]["pages_over_limit"] > 0 and found["p95_ms_at_200"] > 0
    assert set(found) >= {"ratios", "p95_ms_at_200", "memory_per_1000_open_kb", "a_second"}
    limit = min(found["a_second"]["commits"], found["a_second"]["empty_posts"])
    assert found["ratios"]["pages_over_limit"] == pytest.approx(found["a_second"]["pages"] / limit, rel=0.02)
    assert json.loads(json.dumps(found)) == found
    assert "200" in told(found)


def test_the_share_of_the_quickest() -> None:
    assert at(0.95, [n / 1000 for n in range(1, 101)]) == 96.0
    assert at(0.5, []) == 0.0
