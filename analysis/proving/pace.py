"""How fast this machine measures a national log, beside a database asked the same, and how that grows with its size.

What is timed are columns in memory on both sides: the database's table, and the batches that metrics read. Reading
them from Parquet is timed by itself. Everything is done so often, one after another in turns, and the median told.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow.compute as pc

from analysis import at_scale
from analysis.measure import metrics
from analysis.proving import national
from studies.measuring.batch import batch_from
from studies.measuring.presets import Presets
from studies.measuring.whole_cases import FOR_WAITS, pieces_of
from studies.troubles import Failed
from studies.workspace import CHECKOUT

Watch = Callable[[str, float], None]

#: Required of silent waits (times faster than the database; at most so many times reading) and of all metrics.
FASTER: Final = 8.0
OVER_READ: Final = 4.0
ALL_FASTER: Final = 1.0
#: Memory may grow by this factor and time a sentence by that one, from the smallest to the largest log.
MEMORY_GROWS: Final = 1.5
TIME_GROWS: Final = 1.5


def pace(sessions: int, rounds: int, growth: Sequence[int], watch: Watch) -> dict[str, Any]:
    """Seconds for silent waits, all metrics, reading and the database's one query; their ratios; how they grow.

    `growth` are numbers of sessions of 100 sentences, each measured in a process of its own. Raises Failed when the
    two disagree about the silent waits.
    """
    from analysis.proving.rival import Rival

    with TemporaryDirectory(prefix="khutwa-pace-") as place:
        folder = Path(place)
        watch("writing the log", 0.0)
        files = national.write(folder, sessions)
        rival = Rival(files[0], os.cpu_count() or 1)
        seconds: dict[str, list[float]] = {name: [] for name in ("read", "silent_waits", "all_metrics", "rival")}
        for turn in range(rounds):
            watch(f"round {turn + 1} of {rounds}", 0.1 + 0.6 * turn / rounds)
            found = _turn(files, seconds)
            theirs, took = rival.silent_waits()
            seconds["rival"].append(took)
            if theirs != found:
                raise Failed(f"The database counts {theirs} silent waits where {found} were measured.")
        del rival
        grown = [_grown(folder, count, watch) for count in growth]
    return _told(sessions, rounds, seconds, found, grown)


def _turn(files: tuple[Path, Path], seconds: dict[str, list[float]]) -> int:
    """Read, silent waits, all metrics: each once. The silent waits there are in all."""
    presets, everything, found = Presets(), 0.0, 0
    began = time.perf_counter()
    batches = [batch_from(*piece) for piece in pieces_of([files], FOR_WAITS)]
    seconds["read"].append(time.perf_counter() - began)
    began = time.perf_counter()
    for result in at_scale.measured_side_by_side(batches, presets, ["silent_waits"]):
        found += int(pc.sum(result["silent_waits"]).as_py())
    seconds["silent_waits"].append(time.perf_counter() - began)
    del batches
    for piece in pieces_of([files]):  # all columns of a whole log would not fit a small machine
        batch = batch_from(*piece)
        began = time.perf_counter()
        at_scale.results(batch, presets)
        everything += time.perf_counter() - began
    seconds["all_metrics"].append(everything)
    return found


def _grown(folder: Path, sessions: int, watch: Watch) -> dict[str, Any]:
    watch(f"{sessions * national.SENTENCES_EACH:,} sentences", 0.8)
    files = national.write(folder, sessions)
    words = [sys.executable, "-m", "analysis.proving.pace", *map(str, files)]
    told = subprocess.run(words, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True).stdout
    return {"sentences": sessions * national.SENTENCES_EACH, **json.loads(told)}


def _told(
    sessions: int, rounds: int, seconds: dict[str, list[float]], found: int, grown: list[dict[str, Any]]
) -> dict[str, Any]:
    middle = {name: statistics.median(taken) for name, taken in seconds.items()}
    ratios = {
        "duckdb_over_silent_waits": middle["rival"] / middle["silent_waits"],
        "silent_waits_over_read": middle["silent_waits"] / middle["read"],
        "duckdb_over_all_metrics": middle["rival"] / middle["all_metrics"],
    }
    met = ratios["duckdb_over_silent_waits"] >= FASTER and ratios["silent_waits_over_read"] <= OVER_READ
    met &= ratios["duckdb_over_all_metrics"] > ALL_FASTER
    if len(grown) > 1:
        first, last = grown[0], grown[-1]
        met &= last["peak_mb"] <= MEMORY_GROWS * max(g["peak_mb"] for g in grown[:-1])
        met &= last["seconds"] / last["sentences"] <= TIME_GROWS * first["seconds"] / first["sentences"]
    return {
        "sentences": sessions * national.SENTENCES_EACH,
        "rounds": rounds,
        "silent_waits": found,
        "seconds": {name: round(value, 3) for name, value in middle.items()},
        "ratios": {name: round(value, 2) for name, value in ratios.items()},
        "growth": grown,
        "required": {"met": bool(met)},
        "machine": {"cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 2)},
    }


def told(found: dict[str, Any]) -> str:
    """The figures as a person reads them."""
    lines = [f"{found['sentences']:,} sentences, median of {found['rounds']}, {found['silent_waits']:,} silent waits"]
    lines += [f"  {name:<28}{value:>10.3f} s" for name, value in found["seconds"].items()]
    lines += [f"  {name:<28}{value:>10.2f}" for name, value in found["ratios"].items()]
    for size in found["growth"]:
        lines.append(
            f"  {size['sentences']:>12,} sentences: {size['seconds']:.2f} s, all metrics {size['all_seconds']:.2f} s, "
            f"at most {size['peak_mb']} MB"
        )
    return "\n".join(lines)


def _one_size(files: tuple[Path, Path]) -> dict[str, Any]:
    """From Parquet to results, in a process that does nothing else: seconds, and the most memory it took."""
    presets, taken = Presets(), {}
    for name, columns, chosen in (("seconds", FOR_WAITS, ["silent_waits"]), ("all_seconds", None, list(metrics()))):
        began = time.perf_counter()
        for _result in at_scale.measured(pieces_of([files], columns), presets, chosen):
            pass
        taken[name] = round(time.perf_counter() - began, 3)
    return {**taken, "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    """The most memory that this process took. What getrusage tells begins with its parent's, so /proc is asked."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(told.split()[1]) // 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20)  # bytes, where there is no /proc


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_one_size((Path(sys.argv[1]), Path(sys.argv[2])))))
