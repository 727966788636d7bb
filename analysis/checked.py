"""What was found on the pages of a session besides waits and questions: accessibility, vitals, the Arabic lint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from studies.words import _, pick

GRAVEST_FIRST = ("critical", "serious", "moderate", "minor", "hint", "good")


def checks_table(path: Path) -> pd.DataFrame:
    """The findings that were kept of a session, the gravest first; empty where nobody looked."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    found.sort(key=lambda one: GRAVEST_FIRST.index(one["severity"]))
    return pd.DataFrame(
        {
            _("Severity"): [severity(one["severity"]) for one in found],
            _("Page"): [one["page"] for one in found],
            _("Step"): [one["step"] or "" for one in found],
            _("What was found"): [pick(one["what"]) for one in found],
            _("Where"): [one["where"] for one in found],
            _("How to mend it"): [pick(one["mend"]) if one["severity"] != "good" else "" for one in found],
        }
    )


def severity(of: str) -> str:
    """How grave a finding is, in words."""
    names = {
        "critical": _("critical"),
        "serious": _("serious"),
        "moderate": _("moderate"),
        "minor": _("minor"),
        "hint": _("hint"),
        "good": _("good"),
    }
    return names.get(of, of)
