"""What do the answers in this file amount to? One instrument scored for every person, group and language of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studies.words import _, ngettext
from studies.workspace import Workspace
from surveys.amounts import amounts, caveats, validated
from surveys.columns import proposed
from surveys.instruments import Instrument, instrument
from surveys.responses import Person, responses_of
from surveys.scoring import person_scores
from surveys.sheet import laid_out
from surveys.tables import read_table


def score_file(
    path: Path,
    name: str,
    language: str | None = None,
    by: str | None = None,
    confidence: float = 0.95,
    space: Workspace | None = None,
) -> dict[str, Any]:
    """Everything that a table says by one instrument. Raises WrongInput for a file or an instrument that will not do.

    Who is asked in a language that their row names is counted there, everyone else in `language`.
    """
    asked = instrument(name, space)
    table = read_table(path)
    found = responses_of(proposed(laid_out(table), asked.instrument, space), language, by, space)
    people = found.people
    spoken = [person.language for person in people]
    wordings = validated(asked, spoken)
    return {
        "instrument": asked.instrument,
        "title": asked.said_in(language or "en").title,
        "measures": asked.measures,
        "better": asked.better,
        "range": list(asked.scoring.range),
        "file": path.name,
        "read": {
            "format": found.proposal.sheet.format,
            "encoding": table.encoding,
            "separator": table.separator,
            "rows": len(found.proposal.sheet.rows),
        },
        "confidence": confidence,
        **amounts(asked, _rows(asked, people), confidence, [person.who for person in people]),
        "validated": bool(wordings) and all(wordings.values()),
        "wordings": {
            one: {
                "validated": told,
                "source": asked.wording[one].source if one in asked.wording else None,
                "note": asked.wording[one].note if one in asked.wording else None,
            }
            for one, told in wordings.items()
        },
        "by_group": _by(asked, people, [person.group for person in people], confidence),
        "by_language": _by(asked, people, spoken, confidence),
        "persons": [_person(asked, person) for person in people],
        "caveats": caveats(asked, spoken),
        "columns": found.proposal.json()["columns"],
        "doubts": list(found.proposal.doubts),
        "problems": [problem.json() for problem in found.problems],
    }


def told(document: dict[str, Any]) -> str:
    """The same for a person."""
    lines = [f"{document['title']} ({document['instrument']}): {document['measures']}", _line(_("all"), document)]
    for kind in ("by_group", "by_language"):
        if len(document[kind]) > 1 or kind == "by_group":
            lines += [_line(name, block) for name, block in document[kind].items()]
    lines += [f"  ! {words}" for words in (*document["caveats"], *document["doubts"])]
    lines.append("")
    for person in document["persons"]:
        score = "–" if person["score"] is None else f"{person['score']:.1f}"
        who = person["participant"] or person["id"] or _("row {row}").format(row=person["row"])
        lines.append(f"  {who:<24.24} {person['group'] or '':<12.12} {person['language']:<3} {score:>6}")
    for problem in document["problems"]:
        where = ", ".join(
            part for part in (problem["row"] and _("row {row}").format(row=problem["row"]), problem["column"]) if part
        )
        lines.append(f"  {where}: {problem['why']}" if where else f"  {problem['why']}")
    return "\n".join(lines)


def _line(name: str, block: dict[str, Any]) -> str:
    n = ngettext("{n} person", "{n} people", block["n"]).format(n=block["n"])
    if block["mean"] is None:
        return f"  {name:<16} –  {n}  {block.get('reason', '')}".rstrip()
    words = [f"  {name:<16} {block['mean']:.1f}", n]
    if block["ci_low"] is not None:
        words.append(f"{block['ci_low']:.1f} … {block['ci_high']:.1f}")
    if block.get("sus_equivalent") is not None:
        words.append(f"SUS ≈ {block['sus_equivalent']:.1f}")
    words += [str(block[key]) for key in ("grade", "adjective") if block.get(key)]
    for key, label in (("nps", "NPS"), ("top_box_percent", "%"), ("percent_agree", "%"), ("percent_satisfied", "%")):
        if block.get(key) is not None:
            words.append(f"{label} {block[key]:.1f}")
    if block["missing"]:
        words.append(_("{n} without a score").format(n=block["missing"]))
    alpha = block.get("reliability", {}).get("alpha")
    return "  ".join([*words, *([f"α {alpha:.2f}"] if isinstance(alpha, float) else [])])


def _rows(asked: Instrument, people: Sequence[Person]) -> list[tuple[float | None, ...]]:
    # Who never sent the survey off is missing, whatever they had answered by then.
    return [person.answers[asked.instrument] if person.complete else () for person in people]


def _by(
    asked: Instrument, people: Sequence[Person], keys: Sequence[str | None], confidence: float
) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Person]] = defaultdict(list)
    for person, key in zip(people, keys, strict=True):
        if key is not None:
            groups[key].append(person)
    return {
        key: amounts(asked, _rows(asked, members), confidence, [person.who for person in members])
        for key, members in sorted(groups.items())
    }


def _person(asked: Instrument, person: Person) -> dict[str, Any]:
    (row,) = _rows(asked, [person])
    scores = person_scores(asked, row)
    answers = person.answers[asked.instrument]
    given = {item: _number(answer) for item, answer in zip(asked.ids(), answers, strict=True)}
    return {
        "row": person.row,
        "id": person.id,
        "participant": person.who,
        "group": person.group,
        "language": person.language,
        "complete": person.complete,
        "n_answered": sum(answer is not None for answer in answers),
        "score": next(iter(scores.values())),
        **({"scores": scores} if len(scores) > 1 else {}),
        "answers": given,
        "kept": dict(person.own),
    }


def _number(answer: float | None) -> float | int | None:
    return int(answer) if answer is not None and answer == int(answer) else answer
