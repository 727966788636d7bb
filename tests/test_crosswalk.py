"""Each figure of each framework: what was planted comes out, and what the lab cannot say is said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest
from leader_study import STUDY, planted

from analysis.crosswalk import Crosswalk, Row, crosswalk, frameworks, said, told
from analysis.leaders.agreed import set_volume, volumes
from analysis.leaders.ground import Ground, ground
from studies.store import Store
from studies.troubles import WrongInput
from studies.workspace import Workspace


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return planted(Workspace(tmp_path_factory.mktemp("crosswalk")))


@pytest.fixture(scope="module")
def found(store: Store) -> Ground:
    folder = Path(str(store.engine.url.database)).parent
    for k in range(4):  # GOV.UK's question, asked of four: three satisfied or very satisfied
        one = store.add_invitation(STUDY, ["govuk"], f"g{k}", session=f"renew-2026-08-{k}")
        store.submit(f"g{k}", one.token, "govuk", {"govuk_1": (5, 4, 4, 1)[k]}, "en", complete=True, finished=True)
    whole = ground(STUDY, Workspace(folder), store)
    assert whole is not None
    return whole


def _rows(chosen: Crosswalk) -> dict[str, Row]:
    return {f"{row.framework} {row.figure.id}": row for row in chosen.rows}


def test_every_framework_says_where_its_definitions_were_read_and_how_each_figure_is_made() -> None:
    assert set(frameworks()) == {"uk_gds", "omb_a11_280", "eu_egovernment_benchmark", "standard_cost_model"}
    for one in frameworks().values():
        assert one.TITLE and one.SOURCE
        for figure in one.FIGURES:
            assert figure.how.endswith(".") and (figure.made is None or figure.from_)
    assert [f.id for f in frameworks()["uk_gds"].FIGURES] == [
        "cost_per_transaction", "user_satisfaction", "completion_rate", "digital_take_up",
    ]  # fmt: skip


def test_what_was_planted_comes_out(found: Ground, store: Store) -> None:
    rows = _rows(crosswalk(found, {}))
    sure = {name: row.sure for name, row in rows.items()}
    assert sure["uk_gds user_satisfaction"].value == 0.75 and sure["uk_gds user_satisfaction"].n == 4  # type: ignore[union-attr]
    assert sure["uk_gds completion_rate"].value == pytest.approx(165 / 180)  # type: ignore[union-attr]
    # Of 165 settled, the 30 that called as well needed another channel.
    assert sure["uk_gds digital_take_up"].value == pytest.approx(135 / 165)  # type: ignore[union-attr]
    assert sure["eu_egovernment_benchmark key_enablers"].value == pytest.approx(1 - 138 / 180)  # type: ignore[union-attr]
    assert sure["uk_gds completion_rate"].low < 165 / 180 < sure["uk_gds completion_rate"].high  # type: ignore[union-attr, operator]


def test_what_cannot_be_said_is_not_measured_here(found: Ground) -> None:
    rows = _rows(crosswalk(found, {}))
    for name in ("uk_gds cost_per_transaction", "omb_a11_280 trust", "eu_egovernment_benchmark cross_border"):
        assert rows[name].sure is None and said(rows[name]) == "not measured here" and rows[name].how
    assert "--instrument omb_a11" in rows["omb_a11_280 trust"].how
    document = crosswalk(found, {}).json()
    assert all(row["value"] is None for f in document["frameworks"] for row in f["figures"] if not row["measured"])
    assert "not measured here" in told(crosswalk(found, {}))


def test_costs_in_a_year_need_one_service_with_its_volume_and_tariff(found: Ground, store: Store) -> None:
    set_volume(store, "renew", "ann", cases_a_year=1000, hourly_tariff=6)
    assert _rows(crosswalk(found, volumes(store)))["standard_cost_model administrative_cost"].sure is None
    one = _rows(crosswalk(found, volumes(store), service="renew"))
    minutes, cost = one["standard_cost_model time"].sure, one["standard_cost_model administrative_cost"].sure
    assert minutes is not None and cost is not None and minutes.value is not None
    assert cost.value == pytest.approx(minutes.value / 60 * 6 * 1000)
    with pytest.raises(WrongInput, match=r"no service renewal.*Did you mean renew"):
        crosswalk(found, {}, service="renewal")
