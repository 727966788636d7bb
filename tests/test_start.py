"""The first page: for whom it is, what is remembered of them, and the tour, which can be left at any stop."""

from __future__ import annotations

import pytest
from leader_study import planted
from streamlit.testing.v1 import AppTest

from analysis.charts.drawn import drawn
from studies import reader
from studies.tour import STOPS
from studies.workspace import CHECKOUT, Workspace


@pytest.fixture
def space(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path))
    return Workspace(tmp_path)  # type: ignore[arg-type]


def opened() -> AppTest:
    return AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60).run()


def test_who_somebody_is_here_as_is_remembered_and_the_tour_can_be_skipped(space: Workspace) -> None:
    app = opened()
    assert not app.exception and app.segmented_control(key="here_as").value is None
    for who, stops in STOPS.items():
        app.segmented_control(key="here_as").set_value(who).run()
        assert not app.exception and not app.error
        assert any(stops[0].title in one.value for one in app.markdown)
    assert opened().segmented_control(key="here_as").value == "leader"
    app.button(key="tour_next").click().run()
    assert any(STOPS["leader"][1].title in one.value for one in opened().markdown)  # it goes on where it was left
    app.button(key="tour_skip").click().run()
    again = opened()
    assert not any(stop.title in one.value for stop in STOPS["leader"] for one in again.markdown)
    again.button(key="tour_again").click().run()
    assert any(STOPS["leader"][0].title in one.value for one in again.markdown)


def test_a_leader_is_told_what_is_worth_most(space: Workspace) -> None:
    planted(space, people=12).close()
    reader.remember(reader_name(), space, here_as="leader", stop=reader.OVER)
    app = opened()
    assert not app.exception and any("Worth most in year" in one.value for one in app.subheader)


def reader_name() -> str:
    from studies.house.people import account

    return account()


def test_a_file_that_is_none_of_ours_is_nobodys_choice(space: Workspace) -> None:
    assert reader.remember("ann", space, here_as="qa").here_as == "qa"
    (file,) = (space.root / "readers").iterdir()
    assert "ann" not in file.name
    for text in ("", "[]", '{"here_as": "king", "stop": "x"}'):
        file.write_text(text, encoding="utf-8")
        assert reader.reader("ann", space) == reader.Reader()
    assert reader.offered_to({"qa"}) == ("qa",) and reader.offered_to({"admin"}) == reader.READERS
    assert reader.offered_to({"moderator"}) == reader.READERS


def test_a_chart_is_drawn_once_for_as_long_as_it_shows_the_same() -> None:
    times: list[object] = []

    class Chart:
        def to_dict(self, **_how: bool) -> dict[str, int]:
            return {"drawn": len(times)}

    def make(shown: object, dark: bool) -> Chart:
        times.append(shown)
        return Chart()

    one, other = object(), object()
    assert [drawn(make, [one], False), drawn(make, (one,), False)] == [{"drawn": 1}] * 2
    assert drawn(make, [one], True) == {"drawn": 2} and drawn(make, [one, other], True) == {"drawn": 3}
