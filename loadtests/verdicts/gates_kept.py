"""The demands that somebody wrote down in the workbench, each a file in the workspace that a command can name.

A file is never written over: its name holds a digest of its text, so that a command that named it still means the same
when the demands have been changed since.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from loadtests.verdicts.demands import Gates
from loadtests.verdicts.gate_file import KEYS, LAST_GOOD, gates_of
from loadtests.verdicts.gates import kinds
from studies.troubles import WrongInput
from studies.words import _
from studies.workspace import Workspace

#: What is proposed to whoever has no demands yet.
PROPOSED: Final = """gates:
  - completion >= 98 %
  - errors < 1 %
  - wait_p95 < 2 s
  - journey_p95 < 60 s
"""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a text of demands, and in which line; 0: in the whole."""

    line: int
    message: str


def checked(text: str, steps: Iterable[str], probe: bool) -> tuple[Gates | None, list[Mistake]]:
    """The demands of a text, or what is wrong with it; demands on silence need the browser beside the load."""
    try:
        gates = gates_of(text, "gates.yaml")
        gates.fit(steps)
    except WrongInput as wrong:
        found = re.search(r"\d+", str(wrong).partition(":")[0])
        return None, [Mistake(int(found[0]) if found else 0, str(wrong))]
    unheard = [gate for gate in gates.gates if gate.measure.kind.startswith("silent")]
    if unheard and not probe:
        said = _("“{gate}” asks for silence: let a browser walk beside the load, the wire hears no signs.")
        return None, [Mistake(gate.line, said.format(gate=gate.text)) for gate in unheard]
    return gates, []


def place_of(text: str, name: str, space: Workspace) -> Path:
    """Where these demands are kept, or would be."""
    plain = re.sub(r"[^\w-]+", "_", name)[:60]
    return space.root / "gates" / f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.yaml"


def keep(text: str, name: str, space: Workspace) -> Path:
    """Keep demands; where they are kept."""
    path = place_of(text, name, space)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    return path


def there(space: Workspace) -> list[Path]:
    """The demands that are kept, the latest first."""
    found = (space.root / "gates").glob("*.yaml")
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def schema() -> dict[str, Any]:
    """What an editor needs to know of such a file."""
    text: dict[str, Any] = {"type": "string"}
    known = {
        "gates": {"type": "array", "items": text, "description": _("demands, such as completion >= 98 %")},
        "versus": {"enum": [LAST_GOOD], "description": _("compare with the last run that passed")},
        "allow": {"type": "object", "description": _("how much worse than then it may be")},
        "repeat": {
            "type": "integer",
            "minimum": 1,
            "description": _("how often a doubt is repeated"),
        },
        "confidence": {**text, "description": _("how sure an interval is, such as 95 %")},
        "generator": {"type": "object", "description": _("beyond what the generator itself was the bottleneck")},
    }
    return {"type": "object", "properties": {key: known[key] for key in KEYS}, "additionalProperties": False}


def names(steps: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """What an editor offers: every kind of demand, for the whole load and for each step."""
    examples = {"share": {"more": ">= 98 %", "less": "< 5 %"}, "seconds": {"less": "< 2 s"}}
    offered = []
    for kind, told in kinds().items():
        how = examples.get(told.UNIT, {}).get(told.BETTER, ">= 100 /h")
        measure = f"{kind}_p95" if told.LEVEL else kind
        of = ["", *(f"{step}." for step in steps)] if told.OF == "either" else [""]
        offered += [{"name": f"{step}{measure} {how}", "told": _(told.TITLE)} for step in of]
    return {"gates": offered}
