"""The verdict as build servers read it: JUnit XML, one test case a gate; what is void is an error, not a failure.

It keeps to the strictest schema there is of the format (Ant's, as Windy Road wrote it down), which the others contain.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as Tree

from loadtests.verdicts import verdict_wording as wording
from loadtests.verdicts.verdict import FAILED, VOID, Verdict

#: What no XML may hold, not even as a reference.
UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(
    verdict: Verdict, journey: str, *, began: datetime, seconds: float, host: str, facts: dict[str, str] | None = None
) -> bytes:
    """The document. `host` is the machine that ran it, `facts` what else a reader should know (shape, target)."""
    void, failed = verdict.state == VOID, verdict.state == FAILED
    cases: list[tuple[str, str | None, str, str]] = []  # name, element, kind, message
    for gate in verdict.gates:
        said = gate.reason or f"{wording.measured(gate)} ({wording.interval(gate)}): {wording.rule(gate.rule)}"
        if void or gate.state == VOID:
            why = gate.reason or (verdict.reasons[0] if verdict.reasons else said)
            cases.append((gate.gate, "error", gate.rule if gate.state == VOID else "void", why))
        elif gate.state == FAILED:
            cases.append((gate.gate, "failure", gate.rule, said))
        else:
            cases.append((gate.gate, None, gate.rule, said))
    # What is wrong with the load as a whole has a case of its own: a build without one red case is green.
    whole = "error" if void else ("failure" if failed and not any(c[1] for c in cases) else None)
    cases.insert(0, ("the load", whole, verdict.state, " ".join(verdict.reasons) or wording.headline(verdict)))

    root = Tree.Element("testsuites")
    suite = Tree.SubElement(
        root,
        "testsuite",
        name=_token(journey),
        package="khutwa",
        id="0",
        timestamp=began.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        hostname=_token(host) or "localhost",
        tests=str(len(cases)),
        failures=str(sum(case[1] == "failure" for case in cases)),
        errors=str(sum(case[1] == "error" for case in cases)),
        time=f"{seconds:.3f}",
    )
    properties = Tree.SubElement(suite, "properties")
    for name, value in {**(facts or {}), "verdict": verdict.state, "runs": str(verdict.runs)}.items():
        Tree.SubElement(properties, "property", name=_token(name), value=_clean(value))
    for name, element, kind, said in cases:
        case = Tree.SubElement(suite, "testcase", name=_token(name), classname=_token(f"load.{journey}"), time="0")
        if element:
            Tree.SubElement(case, element, type=_clean(kind), message=_clean(said)).text = _clean(said)
    Tree.SubElement(suite, "system-out").text = _clean(wording.told(verdict))
    Tree.SubElement(suite, "system-err").text = ""
    Tree.indent(root)
    return Tree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", text)


def _token(text: str) -> str:
    return " ".join(_clean(text).split())
