"""The board tells what was planted: the rise, the remedy that worked, the burden, the channels; and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from leader_study import REMEDY, STUDY, planted
from typer.testing import CliRunner

import cli
from analysis.leaders import changes
from analysis.leaders.agreed import (
    decide,
    decision_history,
    decisions,
    set_target,
    set_volume,
    target_history,
    targets,
    volumes,
)
from analysis.leaders.cost import Volume
from analysis.leaders.ground import Ground, ground
from analysis.leaders.remedies import says, worked
from analysis.leaders.scoreboard import Scoreboard, Standing, worst_of
from analysis.leaders.scoreboard_told import board_of, told
from analysis.method import SHARE, answer
from analysis.statistics.two_proportions import n_minus_1_two_proportion_test
from analysis.sureness import mean_of
from studies import archive
from studies.importers import captions
from studies.script import parse
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("leader"))


@pytest.fixture(scope="module")
def store(space: Workspace) -> Store:
    return planted(space)


@pytest.fixture(scope="module")
def found(space: Workspace, store: Store) -> Ground:
    whole = ground(STUDY, space, store)
    assert whole is not None and not whole.behind
    return whole


def _board(found: Ground, store: Store, period: str = "all") -> Scoreboard:
    return board_of(found, store, period=period)


def _of(board: Scoreboard, service: str, who: str = "people") -> Standing:
    return next(one for one in board.standings if (one.service, one.who) == (service, who))


def test_satisfaction_has_n_an_interval_and_a_trend(found: Ground, store: Store) -> None:
    renew = _of(_board(found, store), "renew")
    assert renew.satisfaction.n == 90
    assert [q.name for q in renew.trend] == ["2026 Q1", "2026 Q2", "2026 Q3"]
    for quarter, truth in zip(renew.trend, (50, 50, 75), strict=True):
        sure = quarter.satisfaction
        assert sure.low is not None and sure.high is not None and sure.low < truth < sure.high
    assert "90 citizens" in renew.satisfaction.says


def test_what_changed_is_told_and_what_did_not_is_not(found: Ground, store: Store) -> None:
    board = _board(found, store)
    assert (board.quarter, board.before) == ("2026 Q3", "2026 Q2")
    renew = {one.measure: one for one in _of(board, "renew").changed}
    assert {m for m, one in renew.items() if one.verdict == changes.BETTER} >= {"satisfaction", "repeat_questions"}
    again = renew["repeat_questions"]
    assert again.low is not None and again.high is not None and again.low < -0.8 < again.high
    assert {one.verdict for one in _of(board, "permit").changed} == {changes.UNSURE}
    assert {one.verdict for one in _of(board, "renew", "robots").changed} == {changes.TOO_FEW}


def test_a_burden_is_told_of_a_thousand_until_somebody_says_how_many_there_are(found: Ground, store: Store) -> None:
    permit = _of(_board(found, store), "permit")
    assert permit.json()["per"] == "1000 citizens" and permit.borne("repeat_questions").value == pytest.approx(900)
    assert "not known" in permit.stands_for
    set_volume(store, "permit", "ann", cases_a_year=18_000)
    permit = _of(_board(found, store), "permit")
    assert permit.borne("repeat_questions").value == pytest.approx(16_200)
    silence = permit.burdens["silent_time"].value
    assert silence is not None and permit.borne("silent_time").value == pytest.approx(silence / 3600 * 18_000)
    assert "200 of the 18,000" in permit.stands_for
    assert volumes(store).keys() == {"permit"}


def test_one_line_a_need_over_all_channels(found: Ground, store: Store) -> None:
    need = _of(_board(found, store), "permit").need
    assert (need.cases, need.ways["web"], need.ways["phone"], need.ways["desk"], need.several) == (90, 90, 30, 0, 30)
    # Every citizen who left on the web had it settled on the phone: one need, however many sittings.
    assert need.settled.value == 1.0
    assert _of(_board(found, store), "renew").need.settled.value == pytest.approx(75 / 90)


def test_robots_stand_apart_and_are_labelled(found: Ground, store: Store) -> None:
    board = _board(found, store)
    robots = _of(board, "renew", "robots")
    assert robots.need.cases == 3 and "hypothesis" in robots.need.settled.says
    assert _of(board, "renew").need.cases == 90
    assert robots.satisfaction.value is None and robots.satisfaction.says == "Nobody was asked."


def test_a_period_ends_with_the_latest_quarter(found: Ground, store: Store) -> None:
    assert _of(_board(found, store, "quarter"), "renew").need.cases == 30
    assert _of(_board(found, store, "year"), "renew").need.cases == 90
    with pytest.raises(WrongInput, match="--period week is not there"):
        _board(found, store, "week")


def test_a_target_is_judged_by_what_came_since_and_by_the_whole_interval(found: Ground, store: Store) -> None:
    def verdict(value: float, since: date) -> str:
        set_target(store, "renew", "satisfaction", value, "ann", since)
        return _of(_board(found, store), "renew").against[0].verdict

    assert verdict(60, date(2026, 7, 1)) == "reached"
    assert verdict(65, date(2026, 1, 1)) == "not reached"
    assert verdict(75, date(2026, 7, 1)) == "not enough to say"
    assert verdict(60, date(2027, 1, 1)) == "not enough to say"
    assert [one.value for one in target_history(store, "renew", "satisfaction")] == [60, 65, 75, 60]
    assert targets(store)["renew", "satisfaction"].who == "ann"
    with pytest.raises(WrongInput, match=r"no measure satisfied.*Did you mean satisfaction"):
        set_target(store, "renew", "satisfied", 60, "ann")
    with pytest.raises(WrongInput, match="share from 0 to 1"):
        set_target(store, "renew", "settled", 80, "ann")


def test_a_remedy_that_worked_is_told_from_one_that_did_not(found: Ground, store: Store) -> None:
    rows = {(r.finding.rule, r.finding.service): r.finding for r in worst_of(found) if r.finding.who == "people"}
    day = date.fromisoformat(REMEDY)
    mended = worked(rows["repeat_questions", "renew"], day, found)
    assert mended.met.before == pytest.approx(0.9) and mended.met.after == pytest.approx(0.1)
    assert mended.met.verdict == changes.BETTER and "no proof" in says(mended)
    assert mended.met.low is not None and mended.met.low < -0.8
    assert mended.lost is not None and mended.lost.verdict == changes.BETTER
    # Giving up has no time of its own: whether fewer seconds are lost is not asked.
    left = worked(rows["abandonment", "renew"], day, found)
    assert left.lost is None and left.json()["seconds_lost"] is None
    same = worked(rows["repeat_questions", "permit"], day, found)
    assert same.met.verdict == changes.UNSURE and "No change" in says(same)
    early = worked(rows["repeat_questions", "renew"], date(2026, 9, 1), found)
    assert early.met.verdict == changes.TOO_FEW and "Not enough to say" in says(early)


def test_owner_and_state_are_kept_with_their_history(found: Ground, store: Store) -> None:
    key = next(r.finding.key for r in worst_of(found) if (r.finding.rule, r.finding.service)
               == ("repeat_questions", "renew"))  # fmt: skip
    assert decisions(store).get(key) is None
    decide(store, key, "ann", state="agreed", owner="Registry")
    decide(store, key, "bob", state="remedied", since=date.fromisoformat(REMEDY))
    now = decisions(store)[key]
    assert (now.state, now.owner, str(now.since), now.who) == ("remedied", "Registry", REMEDY, "bob")
    assert [one.who for one in decision_history(store, key)] == ["ann", "bob"]
    row = next(r for r in worst_of(found, decisions=decisions(store)) if r.finding.key == key)
    assert row.remedy is not None and row.json()["remedy_worked"]["met"]["verdict"] == "better"
    # What is remedied no longer stands among what is worth most.
    assert key not in [r.finding.key for r in _board(found, store).worst]
    with pytest.raises(WrongInput, match=r"“done” is no state"):
        decide(store, key, "ann", state="done")
    assert decide(store, key, "ann", state="under_way").state == "under way"


def test_findings_stay_ranked_by_severity_and_share_where_hours_are_told(found: Ground) -> None:
    told = {service: Volume(cases_a_year=12_000) for service in ("renew", "permit")}
    plain, counted = worst_of(found), worst_of(found, volumes=told)
    assert [row.finding.key for row in counted] == [row.finding.key for row in plain]
    people = [row.finding for row in counted if row.finding.who == "people"]
    assert [one.weight for one in people] == sorted((one.weight for one in people), reverse=True)
    left = next(one for one in people if one.rule == "abandonment")
    assert left.hours_saved is None and people.index(left) < len(people) - 1
    assert any(one.hours_saved for one in people[people.index(left) + 1 :])


def test_a_large_service_weighs_more_once_every_volume_is_told(found: Ground) -> None:
    small, large = Volume(cases_a_year=10), Volume(cases_a_year=1_000_000)
    for service, other in (("renew", "permit"), ("permit", "renew")):
        rows = worst_of(found, volumes={service: large, other: small})
        people = [row.finding.service for row in rows if row.finding.who == "people"]
        assert people == sorted(people, key=lambda name: name != service) and len(set(people)) == 2
    half = worst_of(found, volumes={"permit": large})
    assert [row.finding.key for row in half] == [row.finding.key for row in worst_of(found)]


def test_shares_of_two_quarters_are_compared_as_shares_are_anywhere_else() -> None:
    for before, after in (((7, 20), (14, 20)), ((0, 9), (4, 9)), ((300, 700), (360, 700))):
        sides = {"before": before, "after": after}
        rows = {name: [1.0] * x + [0.0] * (n - x) for name, (x, n) in sides.items()}
        one, other = changes.of_shares("settled", "higher", before, after), answer(SHARE, rows)
        assert one.p_value == other.p_value and (one.low, one.high) == (other.low, other.high)
    # The approximation would have called these news, over its level.
    exact = changes.of_shares("settled", "higher", (7, 20), (14, 20)).p_value
    near = n_minus_1_two_proportion_test(successes_a=14, trials_a=20, successes_b=7, trials_b=20)["p_value"]
    assert exact is not None and exact > near


def test_what_has_no_known_date_is_in_no_quarter(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    store = Store(space.database_url)
    call = tmp_path / "call.vtt"
    lines = ["WEBVTT", "", "00:00:01.000 --> 00:00:02.000", "<v Customer>I want to renew my licence.", "",
             "00:00:09.000 --> 00:00:10.000", "<v Agent>It is renewed."]  # fmt: skip
    call.write_text("\n".join(lines), encoding="utf-8")
    archive.seal(captions.read(call).log, "calls", space)
    whole = ground("calls", space, store)
    assert whole is not None and whole.cases["started"].isna().all()
    board = board_of(whole, store)
    assert (board.quarter, board.undated, len(board.standings)) == (None, 1, 1)
    assert "2000" not in told(board) and "1 case has no date" in told(board)
    dated = "session=d case=d start=2026-05-01T08:00:00Z task=x source=call\n0 citizen asks x\n1 service answers x\n"
    archive.seal(
        parse(dated + "session=u case=u task=x source=call\n0 citizen asks x\n1 service answers x\n"), "mixed", space
    )
    whole = ground("mixed", space, store)
    assert whole is not None
    board = board_of(whole, store)
    assert (board.quarter, board.undated) == ("2026 Q2", 1)
    assert "everything so far alone" in told(board) and "1970" not in told(board)
    assert sum(one.need.cases for one in board_of(whole, store, period="all").standings) == 2
    store.close()


def test_chance_is_not_told_as_news() -> None:
    rows = [changes.of_means(f"m{k}", "higher", [1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7]) for k in range(4)]
    one = changes.of_means("m", "higher", [1.0, 1.1, 0.9, 1.2, 0.8], [1.3, 1.5, 1.2, 1.6, 1.1])
    assert one.verdict == changes.BETTER and one.p_value is not None and 0.005 < one.p_value < 0.05
    assert changes.together([one, *rows])[0].verdict == changes.UNSURE
    assert changes.together([one])[0].verdict == changes.BETTER


def test_what_cannot_be_heard_is_no_zero() -> None:
    sure = mean_of([float("nan")] * 3, "people")
    assert sure.value is None and sure.n == 0 and "Not measurable" in sure.says
    assert "nothing can be said" in mean_of([1.0], "people").says


def test_the_commands_say_what_the_page_shows(
    space: Workspace, store: Store, found: Ground, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(space.root))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)

    def lab(*words: str) -> dict:
        result = CliRunner().invoke(cli.app, [*words, "--json"], catch_exceptions=False)
        assert result.exit_code == 0
        return dict(json.loads(capfd.readouterr().out))

    board = lab("scoreboard", STUDY)
    assert board == json.loads(json.dumps(board_of(found, store).json()))
    assert "permit" in told(board_of(found, store))
    assert lab("target", "permit", "steps", "4", "--since", "2026-02-01")["targets"][-1]["since"] == "2026-02-01"
    assert lab("volume", "renew", "--cases-a-year", "120")["volumes"]["renew"]["cases_a_year"] == 120
    key = board["findings"][0]["finding"]
    assert lab("finding", key, "--state", "refused", "--note", "too dear")["decisions"][-1]["note"] == "too dear"
    with pytest.raises(WrongInput, match="no finding 0000"):
        CliRunner().invoke(cli.app, ["finding", "0000", "--owner", "x"], catch_exceptions=False)
