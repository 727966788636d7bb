"""A load in words, from its JSON: the figures while it goes, and afterwards step by step what citizens had to bear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from loadtests.live import Live
from loadtests.shapes import shapes
from loadtests.telling import ending_name
from loadtests.titled import NOTHING, journeys_name, journeys_of, step_title, step_titles
from studies.words import _, direction, ngettext

SOON = 2.0  # seconds
Told = Mapping[str, Any]


def drawn_shapes() -> list[str]:
    """Every shape, the plainest first, the one that needs a recorded day last."""
    return sorted(shapes(), key=lambda name: (name != "constant", name == "recorded", name))


def shape_name(shape: str) -> str:
    """A shape in words; one that somebody added is called as its file is."""
    names = {
        "constant": _("the same all the time"),
        "ramp": _("ever more"),
        "steps": _("level after level"),
        "spike": _("a sudden rush"),
        "soak": _("for hours"),
        "deadline_day": _("the last day before a deadline"),
        "recorded": _("a day that was recorded"),
    }
    return names.get(shape, shape)


def verdict_name(verdict: str) -> str:
    """A verdict in words."""
    names = {
        "passed": _("passed"),
        "failed": _("failed"),
        "void": _("void"),
        "not judged": _("not judged"),
    }
    return names.get(verdict, verdict)


def going_told(seen: Live | None, stopping: bool = False) -> str:
    """How far a load is, with the time that is left."""
    if stopping:
        return _("Stopping: citizens under way may finish")
    if seen is None:
        return _("The load generator is starting")
    match seen.state:
        case "rehearsing":
            return _("One citizen goes first")
        case "finishing":
            return _("The time is over: citizens under way may finish")
    n, of, left = round(seen.t), round(seen.seconds), max(0, round(seen.left))
    return _("{n} of {of} seconds, {left} left").format(n=n, of=of, left=left)


def live_figures(seen: Live) -> list[tuple[str, str]]:
    """How a load under way is doing now: citizens, journeys, how many a second, completion, slow answers, failures."""
    now = seen.now
    ended = now.get("journeys") or 0
    return [
        (_("Citizens at once"), _number(now.get("citizens"))),
        (_("Journeys done"), _number(now.get("done"))),
        (_("Journeys a second"), _number(now.get("journeys_per_second"), 1)),
        (_("Completion"), _share(now["done"] / ended if ended else None)),
        (_("Slow answers (s)"), _number(now.get("p95"), 2)),
        (_("Came to nothing"), _number(now.get("failed"))),
        *([(_("Turned away"), _number(now.get("dropped")))] if now.get("arrived") else []),
    ]


def live_steps(seen: Live) -> list[dict[str, Any]]:
    """While it goes, of each step: answers so far and how long they took, what a browser heard of silence, failures."""
    found = []
    for step, (requests, failed, slow, *more) in (seen.now.get("steps") or {}).items():
        middle, over, ended = more if len(more) == 3 else (None, None, 0)
        waits, silent, _half, longest = seen.silences.get(step, (0, 0, None, None))
        found.append(
            {"step": step, "answers": requests, "middle": middle, "slow": slow, "over": over, "failed": failed,
             "ended": ended, "waits": waits, "silent": silent, "silence": longest}
        )  # fmt: skip
    titles = step_titles(journeys_of(seen.facts), found)
    return [{**row, "step": title} for row, title in zip(found, titles, strict=True)]


def live_table(rows: list[dict[str, Any]], threshold: float) -> pd.DataFrame:
    """The same as a table; silence only where a browser walks beside it."""
    longer = _("Longer than {n} s").format(n=f"{threshold:g}")
    columns = {"step": _("Step"), "answers": _("Answers"), "middle": _("Middle (s)"), "slow": _("95 % faster than (s)"),
               "over": longer, "failed": _("Failed"), "ended": _("Ended here")}  # fmt: skip
    if any(row["waits"] for row in rows):
        columns |= {
            "waits": _("Heard in the browser"),
            "silent": _("Silent waits"),
            "silence": _("Longest silence (s)"),
        }
    return pd.DataFrame({title: [_rounded(row[name]) for row in rows] for name, title in columns.items()})


def figures(told: Told) -> list[tuple[str, str]]:
    """The figures of a load that is over."""
    silence = told.get("silence") or {}
    return [
        (_("Citizens at once"), _number(told["citizens"])),
        (_("Journeys done"), _number(told["done"])),
        (_("Journeys a second"), _number(told["journeys_per_second"], 2)),
        (_("Completion"), _share(told["completion"])),
        (_("Journey, 95 % faster (s)"), _number(told["journey_p95"], 2)),
        *([(_("Silence a journey (s)"), _number(silence["value"], 2))] if silence.get("state") == "value" else []),
        *([(_("Turned away"), _number(told["dropped"]))] if told.get("arrivals") else []),
    ]


def steps_table(told: Told) -> pd.DataFrame:
    """Each step with who started it, its waits, the middle and the slow ones, how many ended there, and its key."""
    titles = step_titles(journeys_of(told), told["steps"])
    steps = [{**step, "key": step["step"], "step": title} for step, title in zip(told["steps"], titles, strict=True)]
    over = _("Longer than {n} s").format(n=f"{told['threshold']:g}")
    columns = {"step": _("Step"), "started": _("Started"), "waits": _("Waits"), "over_threshold": over,
               "p50": _("Middle (s)"), "p95": _("95 % faster than (s)"), "p99": _("99 % faster than (s)"),
               "failures": _("Ended here"), "key": _("Key")}  # fmt: skip
    return pd.DataFrame({title: [_rounded(step.get(name)) for step in steps] for name, title in columns.items()})


def requests_table(told: Told) -> pd.DataFrame:
    """The requests of each step, as those who know Locust know them."""
    columns = {"step": _("Step"), "requests": _("Requests"), "failures": _("Failed"),
               "per_second": _("Requests a second"), "mean": _("Mean (s)"), "p50": _("Middle (s)"),
               "p95": _("95 % faster than (s)"), "p99": _("99 % faster than (s)"),
               "longest": _("Longest (s)")}  # fmt: skip
    known = told.get("by_request") or []
    titles = step_titles(journeys_of(told), known)
    found = [{**one, "step": title} for one, title in zip(known, titles, strict=True)]
    return pd.DataFrame({title: [_rounded(one[name]) for one in found] for name, title in columns.items()})


def step_rows(told: Told) -> list[dict[str, Any]]:
    """Of each step the slow wait and the longest silences, to be drawn; the browser walks the first journey alone."""
    first = journeys_of(told)[0]
    silences = {(first, one["step"]): one for one in (told.get("probe") or {}).get("steps") or []}
    titles = step_titles(journeys_of(told), told["steps"])
    return [
        {"step": title, "slow": one["p95"], "silence": silences.get((one.get("journey") or first, one["step"]), {})
         .get("silent_p95"), "ended": one["failures"]}
        for one, title in zip(told["steps"], titles, strict=True)
    ]  # fmt: skip


def against(told: Told) -> list[dict[str, Any]]:
    """Silence and completion against how many were under way; nothing where no browser heard it."""
    return list((told.get("probe") or {}).get("against") or [])


def failures_table(told: Told) -> pd.DataFrame:
    """Why journeys came to nothing, the most frequent reason first; no rows where none did."""
    found, journeys = told["failures"], journeys_of(told)
    return pd.DataFrame(
        {
            _("How it ended"): [ending_name(str(f["kind"])) for f in found],
            _("Step"): [step_title(journeys, f["step"]) for f in found],
            _("Why"): [_(str(f["why"])) for f in found],
            _("Journeys"): [f["count"] for f in found],
        }
    )


def silence_told(told: Told) -> str:
    """What a browser beside the load heard of silence; without one, why none is shown."""
    if probe := told.get("probe"):
        if probe["trouble"]:
            return str(probe["trouble"])
        message = _("A browser beside the load walked {walks} times; {silent} of its {waits} waits were silent.")
        return message.format(walks=probe["walks"], silent=probe["silent_waits"], waits=probe["waits"])
    return _(
        "Silence is not measurable here: the wire hears no signs, so a long wait may have been a silent one or not."
    )


def run_told(told: Told) -> str:
    """What was run, in a line: journey, shape, how many, for how long."""
    journeys = journeys_name(journeys_of(told))
    many = told["citizens"]
    come = (
        _("{rate} arrivals a second").format(rate=f"{told['arrivals']:g}")
        if told.get("arrivals")
        else ngettext("{n} citizen at once", "{n} citizens at once", many).format(n=many)
    )
    lasted = ngettext("{n} second", "{n} seconds", round(told["seconds"])).format(n=round(told["seconds"]))
    return " · ".join(_whole_words(one) for one in (journeys, come, shape_name(told["shape"]), lasted))


def _whole_words(text: str) -> str:
    return f"\u2068{text}\u2069" if direction() == "rtl" else text


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def _number(value: Any, digits: int = 0) -> str:
    return NOTHING if value is None else _whole(f"{value:,.{digits}f}")


def _share(value: float | None) -> str:
    return NOTHING if value is None else _whole(f"{100 * value:.0f} %")


def _whole(text: str) -> str:
    return f"\u2066{text}\u2069" if direction() == "rtl" else text
