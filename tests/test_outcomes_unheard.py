"""Where no source hears that a need is settled, the share is not measurable: on the board, in the league, anywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analysis.crosswalk import crosswalk, said
from analysis.found import settled_in
from analysis.leaders import league_tables
from analysis.leaders.agreed import Target, set_target
from analysis.leaders.ground import Ground, ground
from analysis.leaders.league import league
from analysis.leaders.league import told as league_told
from analysis.leaders.remedies import worked
from analysis.leaders.scoreboard import Standing, scoreboard, worst_of
from analysis.leaders.scoreboard_tables import needs_table
from analysis.leaders.scoreboard_told import board_of, in_one_sentence, target_told
from studies import archive
from studies.script import parse
from studies.store import Store
from studies.workspace import Workspace

_VISIT = """
session={s} case={s} start=2026-0{month}-01T08:00:00Z source=participant task={task} channel=web{hears}
 0.0 citizen begins {task}
 0.5 citizen acts {task}
 4.5 service answers {task}
 9.0 citizen submits {task}
 9.4 service {end}
"""
DEAF = " hears=begins,acts,submits,answers,leaves"
DONE = "concludes done"
UNHEARD = "Not measurable here: nothing of this could be heard."


def _ground(tmp_path: Path, *visits: str) -> tuple[Ground, Store]:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    archive.seal(parse("".join(visits)), "year", space)
    found = ground("year", space, store)
    assert found is not None
    return found, store


def _visits(task: str, n: int, end: str, hears: str = "", month: int = 5, name: str = "") -> list[str]:
    return [_VISIT.format(s=f"{task}-{name}{k}", task=task, end=end, hears=hears, month=month) for k in range(n)]


def _of(found: Ground, service: str, **more: object) -> Standing:
    board = scoreboard(found, period="all", **more)  # type: ignore[arg-type]
    return next(one for one in board.standings if one.service == service)


def test_a_share_is_of_those_whose_outcome_could_be_heard(tmp_path: Path) -> None:
    heard = [*_visits("renew", 2, DONE, name="a"), *_visits("renew", 1, "answers renew", name="b")]
    found, store = _ground(tmp_path, *heard, *_visits("renew", 3, "answers renew", DEAF, name="c"))
    need = _of(found, "renew").need
    assert (need.cases, need.settled.n, need.settled.value) == (6, 3, pytest.approx(2 / 3))
    assert settled_in(found.kept.sessions) == {"renew": (2, 3)}
    rows = {row.figure.id: row.sure for row in crosswalk(found, {}).rows}
    for name in ("completion_rate", "effectiveness_observed", "user_centricity"):
        sure = rows[name]
        assert sure is not None and (sure.n, sure.value) == (3, pytest.approx(2 / 3)), name
    store.close()


def test_where_no_outcome_could_be_heard_it_is_not_measurable_and_never_zero(tmp_path: Path) -> None:
    visits = [*_visits("renew", 3, "answers renew", DEAF), *_visits("permit", 25, DONE)]
    found, store = _ground(tmp_path, *visits)
    target = Target("renew", "settled", 0.8, date(2026, 1, 1))
    standing = _of(found, "renew", targets={("renew", "settled"): target})
    assert (standing.need.settled.value, standing.need.settled.n, standing.need.settled.says) == (None, 0, UNHEARD)
    assert needs_table([standing])["Needs settled"][0] == UNHEARD
    assert standing.against[0].verdict == "not measurable" and target_told(standing.against[0]).endswith("measurable")
    none = replace(target, since=date(2027, 1, 1))
    assert _of(found, "renew", targets={("renew", "settled"): none}).against[0].verdict == "not enough to say"
    set_target(store, "renew", "settled", 0.8, "ann", date(2026, 1, 1))
    assert in_one_sentence(board_of(found, store)).count("0 too early to say. Not measurable: 1.") == 1

    counts = settled_in(found.kept.sessions)
    assert counts == {"renew": (0, 0), "permit": (25, 25)}
    ranked = league(counts)
    last = ranked.standings[-1]
    assert (last.service, last.share, last.group, last.says) == ("renew", None, None, UNHEARD)
    assert ranked.target == 1.0 and json.dumps(ranked.json(), allow_nan=False)
    assert league_told(ranked).splitlines()[-1] == f"–  renew: {UNHEARD}"
    table = league_tables.table(ranked).set_index("Service")
    assert table.loc["renew", "Needs settled"] == "–" and table.loc["renew", "What it says"] == UNHEARD

    rows = {row.figure.id: row for row in crosswalk(found, {}, service="renew").rows}
    for name in ("completion_rate", "effectiveness_observed", "user_centricity", "digital_take_up"):
        assert said(rows[name]) == "not measured here" and not rows[name].json()["measured"], name
    assert rows["effectiveness_observed"].how.endswith("No source here hears when a need is settled.")
    store.close()


def test_a_change_is_of_those_whose_outcome_could_be_heard(tmp_path: Path) -> None:
    early = _visits("renew", 6, DONE, month=2, name="a")
    late = [*_visits("renew", 6, DONE, name="b"), *_visits("renew", 6, "answers renew", DEAF, name="c")]
    found, store = _ground(tmp_path, *early, *late)
    changed = next(one for one in _of(found, "renew").changed if one.measure == "settled")
    assert (changed.before, changed.after, changed.n_after) == (1.0, 1.0, 6)
    store.close()


def test_a_remedy_is_judged_among_those_who_could_be_heard(tmp_path: Path) -> None:
    signs = [_VISIT.format(s=f"h{k}", task="renew", end=DONE, hears="", month=2 + 3 * (k > 5)) for k in range(12)]
    found, store = _ground(tmp_path, *signs, *_visits("renew", 20, "answers renew", DEAF, name="d"))
    silent = next(row.finding for row in worst_of(found) if row.finding.rule == "silent_waits")
    remedy = worked(silent, date(2026, 4, 1), found)
    assert (remedy.met.n_before, remedy.met.n_after, remedy.met.after) == (6, 6, 1.0)
    store.close()
