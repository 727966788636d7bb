"""The verdict as a pull request shows it: Markdown, one row a gate, in the language in force."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.verdicts import verdict_wording as wording
from loadtests.verdicts.verdict import Verdict
from studies.words import _, direction

MARKS = {"passed": "✅", "failed": "❌", "void": "⚠️", "doubtful": "⚠️"}


def markdown(verdict: Verdict, load: str) -> str:
    """The summary; `load` says what was run: `renew_vehicle, constant, 20 citizens, 60 s`."""
    lines = [f"### {MARKS[verdict.state]} {_plain(load)}", "", _plain(wording.headline(verdict))]
    lines += [f"- {_plain(reason)}" for reason in verdict.reasons]
    if verdict.gates:
        heads = ["", _("Gate"), _("Measured"), _("Interval"), _("Limit"), _("What decided")]
        lines += ["", _row(heads), _row(["---"] * len(heads))]
        lines += [
            _row(
                [
                    MARKS[gate.state],
                    f"`{gate.gate}`",
                    wording.measured(gate),
                    wording.interval(gate),
                    wording.limit(gate),
                    gate.reason or wording.rule(gate.rule),
                ]
            )
            for gate in verdict.gates
        ]
    text = "\n".join(lines)
    # Markdown has no direction of its own; a page that shows it takes this block's.
    return f'<div dir="rtl">\n\n{text}\n\n</div>\n' if direction() == "rtl" else f"{text}\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell if cell.startswith("`") else _plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """A text that cannot be taken for markup, on one line: a step's id may hold anything."""
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
