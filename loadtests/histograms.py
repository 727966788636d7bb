"""How waits are spread, kept in a few hundred numbers however many there were, and added up across machines.

A time is counted in the bucket that it falls into. Buckets are 1 µs wide below 256 µs; from there on each doubling of
the time is cut into 128 of equal width (log-linear, as in G. Tene's HdrHistogram), so a bucket is never wider than
1/128 of its times and its middle is wrong by 0.4 % at most, from a microsecond to years.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

#: How many bits of a time are kept.
BITS: Final = 8
_CUT: Final = 1 << BITS


class Histogram:
    """Times in seconds: counted by `add`, read by `percentile`, added up by `merge`; the extremes are exact."""

    __slots__ = ("counts", "longest", "n", "shortest", "total")

    def __init__(self, seconds: Iterable[float] = ()) -> None:
        self.counts: dict[int, int] = {}
        self.n = 0
        self.total = 0.0
        self.shortest = math.inf
        self.longest = 0.0
        for one in seconds:
            self.add(one)

    def add(self, seconds: float) -> None:
        """Count one time; less than none, which clocks can say, is none."""
        us = int(seconds * 1e6 + 0.5) if seconds > 0 else 0
        shift = us.bit_length() - BITS
        # The upper bits alone, behind all buckets of the times that are shorter.
        key = us if shift <= 0 else (shift << (BITS - 1)) + (us >> shift)
        counts = self.counts
        counts[key] = counts.get(key, 0) + 1
        self.n += 1
        self.total += seconds
        if seconds > self.longest:
            self.longest = seconds
        if seconds < self.shortest:
            self.shortest = seconds

    def merge(self, other: Histogram) -> Histogram:
        """Take in what another has counted; the same as if all of it had been counted here."""
        counts = self.counts
        for key, count in other.counts.items():
            counts[key] = counts.get(key, 0) + count
        self.n += other.n
        self.total += other.total
        self.longest = max(self.longest, other.longest)
        self.shortest = min(self.shortest, other.shortest)
        return self

    def since(self, earlier: Histogram) -> Histogram:
        """What was counted on top of an earlier state of this one; its extremes are known to the bucket only."""
        new, before = Histogram(), earlier.counts
        new.counts = {key: n - before.get(key, 0) for key, n in self.counts.items() if n > before.get(key, 0)}
        new.n = sum(new.counts.values())
        new.total = self.total - earlier.total
        if new.n:
            new.shortest, new.longest = middle(min(new.counts)), middle(max(new.counts))
        return new

    def percentile(self, share: float) -> float | None:
        """The shortest time that at least this share of all did not exceed (nearest rank); None of nothing."""
        if not self.n:
            return None
        rank = min(self.n, max(1, math.ceil(share * self.n - 1e-9)))
        if rank == self.n:
            return self.longest
        seen = 0
        for key in sorted(self.counts):
            seen += self.counts[key]
            if seen >= rank:
                return min(max(middle(key), self.shortest), self.longest)
        return self.longest

    def mean(self) -> float | None:
        """The mean, from the times themselves."""
        return self.total / self.n if self.n else None

    def over(self, seconds: float) -> int:
        """About how many were longer: a bucket that the limit cuts counts with its middle."""
        return sum(count for key, count in self.counts.items() if middle(key) > seconds)

    def json(self) -> dict[str, Any]:
        """As it crosses from process to process."""
        return {
            "counts": [[key, count] for key, count in sorted(self.counts.items())],
            "total": self.total,
            "shortest": self.shortest if self.n else None,
            "longest": self.longest,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Histogram:
        """One that another process has told."""
        new = cls()
        new.counts = {int(key): int(count) for key, count in told["counts"]}
        new.n = sum(new.counts.values())
        new.total, new.longest = float(told["total"]), float(told["longest"])
        new.shortest = math.inf if told["shortest"] is None else float(told["shortest"])
        return new


def middle(key: int) -> float:
    """The middle of a bucket, in seconds."""
    if key < _CUT:
        return key / 1e6
    shift = (key >> (BITS - 1)) - 1
    upper = key - (shift << (BITS - 1))
    return ((upper << shift) + ((1 << shift) - 1) / 2) / 1e6
