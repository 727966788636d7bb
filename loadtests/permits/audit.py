"""Who put what under load, when, and how it ended: lines of the workspace's one audit trail, `studies/house/audit.py`.

A line is written when a run begins and one when it ends, each on disk before anything else happens; a run without its
second line is one whose machine died. What was refused is told too.
"""

from __future__ import annotations

from studies.house.audit import file_of, lines, note

__all__ = ["file_of", "lines", "note"]
