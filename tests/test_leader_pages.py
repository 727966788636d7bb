"""The leader's pages open in both languages, show what was planted, keep what is agreed, and lead to the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from leader_in_force import in_force
from leader_study import STUDY, planted
from streamlit.testing.v1 import AppTest

from analysis import page_leader
from analysis.drivers import visits_kept
from analysis.drivers.visits import rated_visits, removed
from analysis.drivers.what_if import what_if
from analysis.leaders import ground as grounds
from analysis.leaders import league_tables
from analysis.leaders.agreed import decide, decisions, set_volume, targets, volumes
from analysis.leaders.burdens import burdens
from analysis.leaders.scoreboard import worst_of
from analysis.measure import measure
from studies import archive, soon
from studies.house import audit
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace
from surveys.answers import by_session

PAGES = ["scoreboard", "findings", "league", "drivers", "cost"]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    space = Workspace(tmp_path_factory.mktemp("leader"))
    planted(space).close()
    return space


@pytest.fixture
def space(year: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The planted study, in force; a page waits here for what it would otherwise show a moment later."""
    in_force(year, monkeypatch)
    return year


def opened(page: str, **asked: str) -> AppTest:
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=90).run()
    app.switch_page(f"analysis/page_{page}.py")
    for key, value in asked.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def _words(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.subheader]
    return "\n".join([*(str(one.value) for one in parts), *(one.value.to_string() for one in app.table)])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("tongue", ["en", "ar"])
def test_every_page_opens_in_both_languages(page: str, tongue: str, space: Workspace) -> None:
    app = opened(page, study=STUDY, lang=tongue)
    assert app.title[0].value and not app.error


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_where_nothing_was_observed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    assert "Nothing has been observed yet" in opened(page).info[0].value


def test_the_scoreboard_is_read_from_top_to_bottom(space: Workspace) -> None:
    app = opened("scoreboard", study=STUDY)
    words = _words(app)
    assert "2 services, seen through 180 citizens." in words
    assert "2026 Q3 against 2026 Q2" in words and "renew: Satisfaction" in words
    assert "hypothesis about people" in words and "per 1,000 citizens" in words
    assert [one.value for one in app.subheader][:4] == [
        "Satisfaction by service", "The three findings worth most", "What changed since last quarter",
        "What citizens bear",
    ]  # fmt: skip
    assert app.code[-1].value == f"./lab scoreboard {STUDY} --period year --instrument sus"


def test_targets_and_volumes_are_kept_and_noted(space: Workspace) -> None:
    app = opened("scoreboard", study=STUDY)
    app.selectbox(key="target_service").set_value("renew")
    app.number_input(key="target_value").set_value(60.0)
    app.button(key="FormSubmitter:target-Set the target").click().run()
    app.selectbox(key="volume_service").set_value("permit")
    app.number_input(key="volume_cases").set_value(18_000.0)
    app.button(key="FormSubmitter:volume-Keep the volume").click().run()
    assert not app.exception and not app.error
    assert "18,000 cases in a year" in _words(app) and "Satisfaction 60 since" in _words(app)
    store = Store(space.database_url)
    assert targets(store)["renew", "satisfaction"].value == 60 and volumes(store)["permit"].cases_a_year == 18_000
    store.close()
    assert '"doing":"target"' in audit.file_of(space).read_text(encoding="utf-8")


def test_what_is_left_empty_stays_as_it_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    monkeypatch.setattr(page_leader, "PATIENCE", 60.0)
    page_leader.opened.clear()
    store = planted(Workspace(tmp_path), people=6)
    set_volume(store, "permit", "ann", cases_a_year=18_000)
    app = opened("scoreboard", study=STUDY)
    assert "18,000 cases in a year; nobody has said what an hour is worth" in _words(app)
    app.selectbox(key="volume_service").set_value("permit")
    app.number_input(key="volume_tariff").set_value(8.0)
    app.button(key="FormSubmitter:volume-Keep the volume").click().run()
    assert (volumes(store)["permit"].cases_a_year, volumes(store)["permit"].hourly_tariff) == (18_000, 8)
    # What was never told is not supposed to be nought: neither cases in a year nor a target.
    app.selectbox(key="volume_service").set_value("renew")
    app.button(key="FormSubmitter:volume-Keep the volume").click().run()
    assert "cases_a_year" in app.error[0].value and "renew" not in volumes(store)
    app = opened("scoreboard", study=STUDY)
    app.button(key="FormSubmitter:target-Set the target").click().run()
    assert "none was told" in app.error[0].value and not targets(store)
    store.close()
    page_leader.opened.clear()


def test_a_framework_is_worked_out_when_it_is_chosen(space: Workspace) -> None:
    app = opened("scoreboard", study=STUDY)
    assert "Completion rate" not in _words(app)
    app.selectbox(key="framework").set_value("uk_gds").run()
    assert "Completion rate" in _words(app) and "not measured here" in _words(app)
    assert "gov.uk/service-manual" in _words(app)


def test_from_a_finding_to_its_evidence_in_two_clicks_and_what_is_decided_stays(space: Workspace) -> None:
    linked = opened("scoreboard", study=STUDY).get("page_link")
    to_finding = [one for one in linked if "finding=" in str(one.proto.query_string)]
    assert len(to_finding) == 3
    key = str(to_finding[0].proto.query_string).split("finding=")[1].split("&")[0]
    app = opened("findings", study=STUDY, finding=key)
    assert app.selectbox(key="finding").value == key
    moments = [str(one.proto.query_string) for one in app.get("page_link") if "session=" in str(one.proto.query_string)]
    assert len(moments) == 5 and all("at=" in one for one in moments)
    app.selectbox(key=f"state {key}").set_value("under way")
    app.text_input(key=f"owner {key}").set_value("Registry")
    app.button(key=f"FormSubmitter:decide {key}-Keep this").click().run()
    assert not app.exception and not app.error
    store = Store(space.database_url)
    assert (decisions(store)[key].state, decisions(store)[key].owner) == ("under way", "Registry")
    store.close()
    assert "Owner: Registry" in _words(opened("scoreboard", study=STUDY))


def test_a_state_that_changes_begins_today_unless_a_day_is_chosen(space: Workspace) -> None:
    store = Store(space.database_url, clock=lambda: datetime(2026, 3, 1, 8, tzinfo=UTC))
    row = worst_of(grounds.ground(STUDY, space, store) or pytest.fail("nothing measured"))[-1]
    key = row.finding.key
    decide(store, key, "ann", state="agreed", owner="Registry", since=date(2026, 2, 1))
    app = opened("findings", study=STUDY, finding=key)
    assert "As it stands: agreed since 2026-02-01." in _words(app)
    app.text_input(key=f"note {key}").set_value("in the plan")
    app.button(key=f"FormSubmitter:decide {key}-Keep this").click().run()
    assert decisions(store)[key].since == date(2026, 2, 1), "the state is as it was, and so is its day"
    app.selectbox(key=f"state {key}").set_value("remedied")
    app.button(key=f"FormSubmitter:decide {key}-Keep this").click().run()
    now = decisions(store)[key]
    assert now.state == "remedied" and now.since is not None and now.since > date(2026, 2, 1)
    app.date_input(key=f"since {key} {now.at}").set_value(date(2026, 7, 1))
    app.button(key=f"FormSubmitter:decide {key}-Keep this").click().run()
    assert decisions(store)[key].since == date(2026, 7, 1) and not app.exception
    store.close()


def test_the_league_says_what_it_may_and_ranks_no_service_with_too_few(space: Workspace) -> None:
    app = opened("league", study=STUDY)
    assert "permit" in _words(app) and "far above what chance would do" in _words(app)
    app.number_input(key="fewest").set_value(500).run()
    assert "too few cases to rank" in _words(app) and "there is no league" in _words(app)


def test_the_league_gives_the_command_with_the_condition_that_is_looked_at(year: Workspace) -> None:
    assert league_tables.command("my study", 20, "as_is") == "./lab league 'my study' --fewest 20 --condition as_is"


def test_intervals_that_a_page_leaves_out_are_said_to_be_left_out(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Without intervals" not in _words(opened("drivers", study=STUDY))
    monkeypatch.setattr(visits_kept, "MANY", 10)
    visits_kept._ready.clear()
    app = opened("drivers", study=STUDY)
    assert "Without intervals: of 180 visits they take longer" in _words(app)
    assert f"./lab drivers {STUDY} --instrument sus" in [one.value for one in app.code]
    visits_kept._ready.clear()


def test_what_a_service_costs_stands_by_step_and_says_what_it_rests_on(space: Workspace) -> None:
    app = opened("cost", study=STUDY)
    assert [one.value for one in app.subheader][:3] == ["By service", "By step", "What a remedy would save"]
    words = _words(app)
    assert "Not said yet of: " in words and "renew" in words and "90 of them say little" in words
    said = [one.value for one in app.code]
    assert "./lab volume permit --cases-a-year N --hourly-tariff N" in said and said[-1] == f"./lab cost {STUDY}"
    assert "hypothesis about people" in words, "what robots went through stands apart, labelled"
    store = Store(space.database_url)
    set_volume(store, "renew", "ann", cases_a_year=12_000, hourly_tariff=30.0, currency="QAR")
    app = opened("cost", study=STUDY, cost_people="renew")
    minutes = app.table[0].value.set_index("Service").loc["renew"]
    assert "12,000 cases in a year; 30 QAR an hour" in minutes["What it rests on"]
    hours, money = (float(minutes[name].split()[0].replace(",", "")) for name in ("Hours in a year", "Money in a year"))
    assert money == pytest.approx(30 * hours, rel=0.02) and hours > 0
    assert minutes["Money in a year"].endswith("QAR")
    steps = app.table[1].value
    assert set(steps["Step"]) == {"“open”", "“send”", "at no named step"}
    log = archive.read(STUDY, space)
    whole = next(one for one in burdens(log, measure(log)) if (one.service, one.who) == ("renew", "people"))
    assert hours == pytest.approx(whole.minutes / 60 * 12_000, rel=0.01), "the page says what the whole log says"
    store.close()


def test_sliders_stay_within_what_was_seen_and_say_what_it_is(space: Workspace) -> None:
    app = opened("drivers", study=STUDY)
    assert "association" in _words(app)
    slider = app.slider(key="less_repeat_questions")
    assert (slider.min, slider.max) == (0.0, 1.0)
    slider.set_value(1.0).run()
    assert "Expected: +" in _words(app) and not app.error


def test_what_is_kept_gives_the_visits_that_the_log_gives(space: Workspace) -> None:
    store = Store(space.database_url)
    found = grounds.ground(STUDY, space, store)
    assert found is not None
    log = archive.read(STUDY, space)
    said = measure(log)
    visits = visits_kept.visits_of(found, "sus")
    scores = by_session(store, STUDY, "sus", space)
    for one, other in zip(sorted(visits, key=lambda v: v.session), rated_visits(log, said, scores), strict=True):
        assert replace(one, measures={}) == replace(other, measures={})
        assert one.measures == pytest.approx(dict(other.measures))
    mine = visits_kept.removed(found, visits, ["open"], ["national_id"])
    theirs = removed(said, visits, ["open"], ["national_id"])
    assert {n: pytest.approx(list(a)) for n, a in theirs.items()} == mine
    drivers = visits_kept.drivers_of(visits)
    most = visits_kept.most(visits, "repeat_questions")
    assert what_if(
        drivers, visits, {"repeat_questions": visits_kept.without(visits, "repeat_questions", most).tolist()}
    )
    with pytest.raises(WrongInput, match="nothing can be said beyond"):
        what_if(drivers, visits, {"repeat_questions": most + 1})
    store.close()


def test_what_is_not_ready_is_shown_a_moment_later(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_leader, "ground", lambda *_a: None)
    app = opened("scoreboard", study=STUDY)
    assert "being measured for the first time" in app.info[0].value and not app.table
    assert soon.soon("never", lambda: 7, None) == 7
