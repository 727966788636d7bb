"""A load as its pages tell it: designed, drawn, permitted, watched while it goes, judged, and found again."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as some
from test_app import opened

from analysis.charts import run as charts_run
from cli import app as commands
from journeys.practice.serve import running
from loadtests import history, history_wording, live, underway, wording
from loadtests.arrivals import rate_of
from loadtests.design import Design, drawn, expected, levels_of, places_of, steps_in
from loadtests.mix import Portion, portion_of
from loadtests.permits.standing import standings
from loadtests.shapes import shapes
from loadtests.verdicts import gates_kept
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace

COMPLAINT = CHECKOUT / "journeys/library/consumer_protection/make_complaint.yaml"
RENEW = CHECKOUT / "journeys/library/traffic/renew_vehicle.yaml"
PAGE = "loadtests/page_load.py"
NAMED = some.characters(codec="utf-8", exclude_characters="\0\n\r", categories=("L", "N", "P", "Zs"))


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KHUTWA_DATABASE", raising=False)
    return Workspace(tmp_path / "workspace")


def design(**more: Any) -> Design:
    whole: dict[str, Any] = {"variant": "redesigned", "citizens": 3, "seconds": 3.0, "study": "trial"} | more
    return Design((Portion(COMPLAINT),), **whole)


def understood(command: str) -> dict[str, Any]:
    """What ./lab load makes of a command line, as its own parser reads it."""
    words = shlex.split(command)
    assert words[:2] == ["./lab", "load"]
    load = typer.main.get_command(commands).commands["load"]  # type: ignore[attr-defined]
    return dict(load.make_context("load", words[2:]).params)


# --- the command line that does the same ------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    arrivals=some.one_of(some.just(0.0), some.floats(0.01, 900).map(lambda x: float(f"{x:.6g}"))),
    citizens=some.integers(1, 5000),
    seconds=some.integers(1, 86_400),
    shape=some.sampled_from(sorted(shapes())),
    study=some.text(NAMED, min_size=1),
    weight=some.sampled_from([1.0, 3.0, 0.5]),
    probe=some.sampled_from([None, 8.0, 0.0, 2.5]),
    think=some.sampled_from([(0.0, False), (2.0, False), (0.0, True)]),
    workers=some.integers(0, 8),
    seed=some.integers(0, 99),
    levels=some.sampled_from([(), (1.0, 2.0, 4.5)]),
)  # fmt: skip
def test_the_command_that_is_shown_means_the_load_that_is_designed(
    arrivals: float, citizens: int, seconds: int, shape: str, study: str, weight: float, probe: float | None,
    think: tuple[float, bool], workers: int, seed: int, levels: tuple[float, ...],
) -> None:  # fmt: skip
    if study.startswith("-"):
        study = f"s{study}"
    told = Design(
        (Portion(COMPLAINT, weight), Portion(RENEW)), "redesigned", 0 if arrivals else citizens, arrivals,
        float(seconds), shape, levels, None, *think, gates=Path("/tmp/my gates.yaml"), probe=probe, workers=workers,
        seed=seed, base_url="http://127.0.0.1:1/a?b=c&d='e'", study=study,
    )  # fmt: skip
    heard = understood(told.command())
    assert [portion_of(one) for one in heard["files"]] == [
        Portion(COMPLAINT.relative_to(CHECKOUT), weight), Portion(RENEW.relative_to(CHECKOUT)),
    ]  # fmt: skip
    assert (rate_of(heard["arrivals"]) if heard["arrivals"] else 0.0) == pytest.approx(arrivals)
    assert (heard["citizens"] or 0) == told.citizens
    assert heard["duration"] == f"{seconds}s" and heard["shape"] == shape and heard["study"] == study
    assert heard["probe"] is (probe is not None) and levels_of(heard["levels"]) == levels
    assert probe is None or heard["probe_every"] == probe
    assert heard["think"] == ("people" if think[1] else f"{think[0]:g}s" if think[0] else None)
    assert (heard["workers"], heard["seed"], heard["variant"]) == (workers, seed, "redesigned")
    assert heard["gates"] == Path("/tmp/my gates.yaml") and heard["base_url"] == told.base_url


# --- drawn and permitted before it runs -------------------------------------------------------------------------------


def test_the_shape_is_drawn_as_the_load_will_follow_it() -> None:
    rush = drawn(design(citizens=50, seconds=10.0, shape="spike"))
    assert {point["height"] for point in rush} == {5.0, 50.0}
    assert [point["height"] for point in rush if 4.0 <= point["t"] < 6.0] == [50.0] * 48
    ramp = design(citizens=0, arrivals=4.0, seconds=60.0, shape="ramp")
    assert expected(ramp, drawn(ramp)) == pytest.approx(120, rel=0.02)
    assert expected(design(), drawn(design())) is None
    stepped = drawn(design(citizens=8, shape="steps", levels=(1.0, 2.0, 8.0)))
    assert [*dict.fromkeys(point["height"] for point in stepped)] == [1.0, 2.0, 8.0]
    told = charts_run.shape(stepped, arrivals=False, ceiling=4.0).to_dict()
    assert "Agreed to: 4 at most" in str(told)


def test_a_place_elsewhere_is_told_with_both_texts_that_would_permit_it(space: Workspace) -> None:
    here, there = standings(["http://127.0.0.1:8600", "https://agency.example"], space, lambda _h, _p: ["192.0.2.7"])[
        :2
    ]
    assert not there.may and "not on the list" in there.why
    assert "origin: https://agency.example:443" in there.entry and '"project"' in there.consent
    assert there.place == "https://agency.example:443/.well-known/khutwa-load-consent.json"
    assert not here.may  # its name was made to stand for another machine
    (local,) = standings(["http://127.0.0.1:8600"], space)
    assert local.may and local.here
    (odd,) = standings(["ftp://agency.example"], space)
    assert not odd.may and "no address of a web service" in odd.why


def test_a_target_that_did_not_agree_cannot_be_put_under_load(space: Workspace) -> None:
    app = opened(PAGE, journey="traffic/renew_vehicle")
    assert not app.button(key="load_start").disabled and any("this machine" in one.value for one in app.success)
    app.text_input(key="load_base_url").set_value("http://192.0.2.7:8080").run()
    assert not app.exception and app.button(key="load_start").disabled
    assert any("may not be put under load" in one.value for one in app.error)
    shown = "\n".join(one.value for one in app.code)
    assert '"ceiling"' in shown and "owner: who answers for it" in shown


def test_gates_are_tried_as_they_are_written_and_named_by_the_command(space: Workspace) -> None:
    app = opened(PAGE, journey="traffic/renew_vehicle")
    app.selectbox(key="load_gates").set_value("new").run()
    assert not app.exception and not app.button(key="load_start").disabled
    app.button(key="load_gates_keep").click().run()
    (kept,) = gates_kept.there(space)
    assert understood(app.code[0].value)["gates"] == kept
    app.session_state["load gates"] = "gates:\n  - dance.wait_p95 < 2 s\n"
    app.run()
    assert any("line 2" in one.value and "dance" in one.value for one in app.error)
    assert app.button(key="load_start").disabled


def test_a_gate_on_silence_asks_for_the_browser(space: Workspace) -> None:
    text = "gates:\n  - silent_waits < 5 %\n"
    steps = steps_in(design())
    assert gates_kept.checked(text, steps, probe=True)[1] == []
    (wrong,) = gates_kept.checked(text, steps, probe=False)[1]
    assert wrong.line == 2 and "browser" in wrong.message
    first = gates_kept.keep(text, "renew", space)
    assert gates_kept.keep(text + "# more\n", "renew", space) != first and first.read_text("utf-8") == text


def test_a_mix_has_weights_and_levels_make_their_own_citizens(space: Workspace) -> None:
    app = opened(PAGE, journey="traffic/renew_vehicle")
    app.multiselect(key="load_others").set_value(["consumer_protection/make_complaint"]).run()
    app.number_input(key="load_weight traffic/renew_vehicle").set_value(3.0).run()
    app.selectbox(key="load_shape").set_value("steps").run()
    app.text_input(key="load_levels").set_value("1,2,4,8,16,48").run()
    assert not app.exception
    heard = understood(app.code[0].value)
    assert heard["files"][0].endswith("renew_vehicle.yaml:3") and heard["citizens"] == 48
    app.text_input(key="load_levels").set_value("1,two").run()
    assert not app.exception and any("1,2,4,8" in one.value for one in app.error)


# --- while it goes ----------------------------------------------------------------------------------------------------


def snapshot(t: float, done: int, failed: int = 0, **more: Any) -> dict[str, Any]:
    steps = {"open": [done + failed, failed, 0.25, 0.1, 1, failed]}
    return {"state": "running", "t": t, "seconds": 10.0, "citizens": 4, "journeys": done + failed, "done": done,
            "failed": failed, "journeys_per_second": 2.0, "p95": 0.4, "dropped": 0, "arrived": 0, "steps": steps,
            **more}  # fmt: skip


def diary(space: Workspace, clock: Any = None) -> live.Diary:
    folder = space.runs / "load-20260301T080000-aaaa"
    folder.mkdir(parents=True, exist_ok=True)
    ticks = iter(range(100_000))
    return live.Diary(folder, {"run": folder.name, "threshold": 1.0}, clock=clock or (lambda: float(next(ticks)) * 2))


def test_whoever_watches_reads_the_time_left_the_pace_and_what_failed_at_each_step(space: Workspace) -> None:
    book = diary(space)
    for n in range(1, 5):
        book.hear(snapshot(float(n), 2 * n, failed=n > 2))
    seen = live.live("load-20260301T080000-aaaa", space)
    assert seen is not None and not seen.going and seen.left == 6.0
    assert "6 left" in wording.going_told(seen)
    assert [one["completion"] for one in live.moments(seen.curve)] == [1.0, 1.0, pytest.approx(2 / 3), 1.0]
    assert [one["came_to_nothing"] for one in live.moments(seen.curve)] == [0, 0, 1, 0]
    (row,) = wording.live_steps(seen)
    assert (row["step"], row["slow"], row["over"], row["ended"]) == ("“open”", 0.25, 1, True)
    assert dict(wording.live_figures(seen))["Completion"] == "89 %"
    assert charts_run.going(live.moments(seen.curve), 1.0).to_dict() and charts_run.steps([row], 1.0).to_dict()


def test_the_state_of_a_load_stays_small_however_long_it_runs(space: Workspace) -> None:
    book = diary(space)
    for n in range(5000):
        book.hear(snapshot(float(n), n))
    seen = live.live("load-20260301T080000-aaaa", space)
    assert seen is not None and 60 < len(seen.curve) <= live.POINTS
    assert seen.curve[-1]["t"] > 4900 and seen.curve[0]["t"] < 100
    assert (space.runs / "load-20260301T080000-aaaa" / live.STATE).stat().st_size < 64_000


def test_a_name_that_is_none_leads_to_no_file(space: Workspace) -> None:
    for name in ("../../etc", "load-../..", "x", ""):
        assert live.live(name, space) is None
        with pytest.raises(WrongInput, match="any more"):
            history.result_of(name, space)


def test_a_link_to_a_run_that_was_deleted_says_so(space: Workspace) -> None:
    app = opened(PAGE, run="load-20260301T080000-gone")
    assert not app.exception
    assert any("was deleted" in one.value for one in app.warning)


@pytest.mark.load
@pytest.mark.slow
def test_a_load_that_was_begun_here_is_kept_judged_listed_and_can_be_run_again(space: Workspace) -> None:
    kept: dict[str, object] = {}

    def keep(study: str, _space: Workspace, **facts: object) -> None:
        kept.update(facts, study=study)

    gates = gates_kept.keep("gates:\n  - completion >= 50 %\n  - send.wait_p50 < 60 s\n", "mine", space)
    with running() as base_url:
        asked = design(citizens=0, arrivals=4.0, base_url=base_url, gates=gates)
        assert places_of(asked) == [base_url]
        load = underway.start(asked, space, datetime.now(UTC), keep)
        assert load.wait(120)
    assert load.trouble == "" and kept["study"] == "trial"
    told = history.result_of(load.run, space)
    assert wording.steps_table(told)["Key"].tolist() == ["open", "send"]
    assert wording.requests_table(told).iloc[0, 0] == "Opens consumer_protection/complaint"
    assert wording.failures_table(told).empty and wording.against(told) == []
    assert "not measurable" in wording.silence_told(told)
    verdict = history_wording.verdict_of(told["verdict"])
    assert verdict.state in ("passed", "void") and len(history_wording.gates_table(verdict)) == 2
    (head,) = history.heads(space)
    assert (head.run, head.verdict, head.amount()) == (load.name, verdict.state, "4/s")
    again = history.design_of(load.run, space)
    assert again is not None and understood(again.command()) == understood(asked.command())
    seen = live.live(load.run, space)
    assert seen is not None and not seen.going and live.under_way(space) == []
    app = opened("loadtests/page_history.py", run=load.run)
    assert not app.exception and any(again.command() == one.value for one in app.code)
