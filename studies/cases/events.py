"""The events of case files as columns: which case, which activity, when, by which group; whatever they came in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from studies.measuring.batch import NEVER


@dataclass(frozen=True, slots=True)
class Events:
    """Events sorted by case (in the order first met) and time; codes index the names."""

    cases: list[str]
    activities: list[str]
    groups: list[str]
    case: np.ndarray  # int32
    activity: np.ndarray  # int32
    group: np.ndarray  # int32, -1 where nobody is named
    when: np.ndarray  # int64 µs
    until: np.ndarray  # int64 µs, NEVER
    unsorted: int = 0  # events that stood before an earlier one of their case

    def __len__(self) -> int:
        return len(self.case)

    def group_changes(self) -> np.ndarray:
        """The events whose group is another than that of the event before, in their case."""
        changed = np.zeros(len(self), bool)
        changed[1:] = (self.case[1:] == self.case[:-1]) & (self.group[1:] != self.group[:-1])
        return np.flatnonzero(changed)

    def repeated(self) -> tuple[int, int]:
        """How many events repeat an activity of their case, and in how many cases."""
        pairs = self.case.astype(np.int64) * max(1, len(self.activities)) + self.activity
        _pairs, first, counts = np.unique(pairs, return_index=True, return_counts=True)
        again = counts > 1
        cases = len(np.unique(self.case[first[again]]))
        return int((counts - 1).sum()), cases


@dataclass(slots=True)
class Gathering:
    """Events as they are met, one after another; each name is kept once."""

    _codes: dict[str, dict[str, int]] = field(default_factory=lambda: {"case": {}, "activity": {}, "group": {}})
    _rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    _packed: list[np.ndarray] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self._rows or self._packed)

    def add(self, case: str, activity: str, when: int, until: int | None = None, group: str | None = None) -> None:
        """Keep one event."""
        cases, activities, groups = self._codes["case"], self._codes["activity"], self._codes["group"]
        self._rows.append(
            (
                cases.setdefault(case, len(cases)),
                activities.setdefault(activity, len(activities)),
                -1 if group is None else groups.setdefault(group, len(groups)),
                when,
                NEVER if until is None else until,
            )
        )
        if len(self._rows) >= 100_000:
            self._pack()

    def events(self) -> Events:
        """All that were kept, sorted."""
        self._pack()
        rows = np.concatenate(self._packed) if self._packed else np.zeros((0, 5), np.int64)
        order = np.lexsort((np.arange(len(rows)), rows[:, 3], rows[:, 0]))
        same = rows[1:, 0] == rows[:-1, 0]
        unsorted = int((same & (rows[1:, 3] < rows[:-1, 3])).sum())
        rows = rows[order]
        case, activity, group = (rows[:, column].astype(np.int32) for column in range(3))
        names = [list(codes) for codes in self._codes.values()]
        return Events(names[0], names[1], names[2], case, activity, group, rows[:, 3], rows[:, 4], unsorted)

    def _pack(self) -> None:
        if self._rows:
            self._packed.append(np.array(self._rows, np.int64))
            self._rows = []
