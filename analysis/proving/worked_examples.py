"""Does every statistic come out as it was published? Worked examples, evaluated by the function that has their name.

A statistic is a function named as its key, in a file of `surveys/scoring/`, `analysis/statistics/` or in
`surveys/reliability.py`; writing one is enough. An example is `{id, statistic, inputs, expected, …}`: of a published
figure `expected` is as printed (`abs_tol` half its last digit) and `expected_precise` unrounded, and both must agree.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from studies.troubles import Trouble, WrongInput
from studies.words import _
from studies.workspace import CHECKOUT

#: where the statistics of a room are looked for: folders, and files
PLACES: Final = {
    "surveys": ("surveys/scoring", "surveys/reliability.py"),
    "analysis": ("analysis/statistics",),
}
#: the scores of questionnaires: what `--only surveys` means, whether somebody has written them or not
SURVEYS: Final = frozenset(
    "sus_score sus_missing_items sus_summary sus_grade sus_percentile sus_adjective sus_subscales umux umux_lite "
    "seq_summary smeq_summary csat_top_box ces_summary nps_score nps_ci_adjusted_wald nps_ci_wald nasa_tlx_raw "
    "nasa_tlx_weighted nasa_tlx_weights ueq_scales ueq_inconsistency ueq_s_scales pssuq_v3 govuk_satisfaction "
    "omb_a11_drivers".split()
)
FLOOR: Final = 1e-9  # below this two numbers are the same, unless an example says otherwise

Statistic = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One example that did not come out: the outputs that differ, and why where nothing came out at all."""

    id: str
    expected: Mapping[str, Any]
    got: Mapping[str, Any] | None
    why: str | None = None

    def json(self) -> dict[str, Any]:
        """The mismatch as it is exchanged."""
        found: dict[str, Any] = {"id": self.id, "expected": self.expected, "got": _sayable(self.got)}
        return found | ({"why": self.why} if self.why else {})


@dataclass(frozen=True, slots=True)
class Verified:
    """How many worked examples there are, and those that did not come out."""

    total: int
    mismatches: tuple[Mismatch, ...]

    def json(self) -> dict[str, Any]:
        """The outcome as it is exchanged."""
        passed = self.total - len(self.mismatches)
        return {"total": self.total, "passed": passed, "mismatches": [one.json() for one in self.mismatches]}

    def told(self) -> str:
        """The outcome for a person."""
        found = self.json()
        lines = [_("{passed} of {total} worked examples come out.").format(passed=found["passed"], total=self.total)]
        for one in self.mismatches:
            got = one.why or json.dumps(_sayable(one.got), ensure_ascii=False)
            expected = json.dumps(one.expected, ensure_ascii=False)
            lines.append(_("  {id}: expected {expected}, got {got}").format(id=one.id, expected=expected, got=got))
        return "\n".join(lines)


def read_examples(path: Path) -> list[dict[str, Any]]:
    """The examples of a file: a list, or an object that holds it. Raises WrongInput naming the one that is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as cause:
        raise WrongInput(_("There is no file {path}.").format(path=path)) from cause
    except (ValueError, OSError) as cause:
        raise WrongInput(_("{path} cannot be read as JSON: {cause}.").format(path=path, cause=cause)) from cause
    found = document.get("examples") if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise WrongInput(_("{path} holds no list of worked examples.").format(path=path))
    for number, one in enumerate(found, 1):
        there = isinstance(one, dict) and isinstance(one.get("statistic"), str)
        if not (there and isinstance(one.get("inputs"), dict) and isinstance(one.get("expected"), dict)):
            raise WrongInput(
                _("Example {number} of {path} needs statistic, inputs and expected.").format(number=number, path=path)
            )
    return found


def verify(examples: Sequence[Mapping[str, Any]], only: str | None = None) -> Verified:
    """Evaluate examples: all of them, those of questionnaires (`surveys`), of the rest (`analysis`), or of one key.

    Raises WrongInput where none is left to evaluate: nothing checked is not the same as nothing wrong.
    """
    wanted = [one for one in examples if only is None or _room(one["statistic"]) == only or one["statistic"] == only]
    if not wanted:
        raise WrongInput(
            _("There is no example of {only}. --only takes surveys, analysis, or the name of a statistic.").format(
                only=only or _("any statistic")
            )
        )
    found = [one for number, example in enumerate(wanted, 1) if (one := _evaluated(example, number, only))]
    return Verified(len(wanted), tuple(found))


def statistics_named(name: str, rooms: Sequence[str] = tuple(PLACES)) -> list[Statistic]:
    """Every function of that name among the statistics; where there are two, both must be right."""
    found: list[Statistic] = []
    for room in rooms:
        for module in _modules(room):
            one = getattr(module, name, None)
            if callable(one) and getattr(one, "__module__", "") == module.__name__ and not name.startswith("_"):
                found.append(one)
    return found


def agrees(got: Any, expected: Any, rel: float, floor: float) -> bool:
    """Numbers to within a tolerance; text, truth and null exactly; lists and objects part by part."""
    match expected:
        case bool() | str() | None:
            return type(got) is type(expected) and got == expected
        case int() | float():
            if isinstance(got, bool) or not isinstance(got, int | float) or math.isnan(got):
                return False
            return got == expected or abs(got - expected) <= max(floor, rel * abs(expected))
        case dict():
            return isinstance(got, Mapping) and all(
                key in got and agrees(got[key], part, rel, floor) for key, part in expected.items()
            )
        case list():
            return (
                isinstance(got, list | tuple)
                and len(got) == len(expected)
                and all(agrees(g, e, rel, floor) for g, e in zip(got, expected, strict=True))
            )
    return False


def _evaluated(example: Mapping[str, Any], number: int, only: str | None) -> Mismatch | None:
    name, expected = example["statistic"], example["expected"]
    known_as = str(example.get("id") or f"{name} ({number})")
    functions = statistics_named(name, ("surveys",) if only == "surveys" else tuple(PLACES))
    if not functions:
        return Mismatch(known_as, expected, None, _("nobody computes “{name}”").format(name=name))
    for function in functions:
        try:
            got = {key: _plain(value) for key, value in function(**example["inputs"]).items()}
        except (Trouble, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as cause:
            return Mismatch(known_as, expected, None, f"{type(cause).__name__}: {cause}")
        if differing := _differing(got, example):
            return Mismatch(known_as, differing, {key: got.get(key) for key in differing})
    return None


def _differing(got: Mapping[str, Any], example: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs that are not as expected, the printed figures first, then the unrounded ones."""
    floor = float(example.get("abs_tol_floor", FLOOR))
    rel = float(example.get("rel_tol", 0.0))
    printed = example["expected"].items()
    wrong = {
        k: v for k, v in printed if k not in got or not agrees(got[k], v, rel, float(example.get("abs_tol", floor)))
    }
    precise, close = example.get("expected_precise") or {}, float(example.get("precise_rel_tol", 1e-6))
    for key, value in precise.items():
        if key not in got or not agrees(got[key], value, close, floor):
            wrong[key] = value
    return wrong


def _room(name: str) -> str:
    return "surveys" if name in SURVEYS else "analysis"


@cache
def _modules(room: str) -> list[Any]:
    found = []
    for place in PLACES[room]:
        path = CHECKOUT / place
        files = [path] if path.suffix else sorted(path.glob("*.py"))
        names = [file.relative_to(CHECKOUT).with_suffix("") for file in files if not file.stem.startswith("_")]
        found += [import_module(".".join(name.parts)) for name in names]
    return found


def _plain(value: Any) -> Any:
    """What a function gave in JSON's own kinds: NumPy's numbers and arrays too."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    match value:
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
    return value


def _sayable(value: Any) -> Any:
    """The same for JSON, which has no word for what is not a number; such a thing never agrees with null."""
    match value:
        case dict():
            return {key: _sayable(part) for key, part in value.items()}
        case list():
            return [_sayable(part) for part in value]
        case float() if not math.isfinite(value):
            return str(value)
    return value
