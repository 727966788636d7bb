"""The benchmark of the load generator: what it compares is what it says, and what is not there is told as that."""

from __future__ import annotations

from typing import Any

import pytest

from loadtests.bench.compared import REQUIRED, _document, _interval, told
from loadtests.bench.page_work import page_work
from loadtests.bench.pages import KB, form_page


def document(**times: list[float]) -> dict[str, Any]:
    usual = {"expert_plain": 0.9, "compiled_on_locust_client": 0.6, "compiled_on_geventhttpclient": 0.5}
    usual |= {"default_plain": 0.2, "expert_tls": 1.0, "default_tls": 0.3, "expert_gzip": 1.0, "default_gzip": 0.3}
    found = {name: [ms] * 7 for name, ms in usual.items()} | times
    counts = {name: [100] * 7 for name in found}
    pages = [{"kb": 24, "us": 9.0}, {"kb": 96, "us": 14.0}]
    return _document(found, counts, {}, pages, 4.0, {"kb": 11.0}, 7, 4.0, "nginx/1")


def test_a_ratio_is_of_journeys_a_processor_second_and_compares_within_a_round() -> None:
    ours, theirs = (
        [0.2, 0.4, 0.2, 0.4, 0.2, 0.4, 0.2],
        [0.8, 1.6, 0.8, 1.6, 0.8, 1.6, 0.8],
    )
    found = document(default_plain=ours, expert_plain=theirs, artillery=[4.0] * 7)
    assert found["ratios"]["default_plain"] == 4.0
    assert found["intervals"]["default_plain"] == [4.0, 4.0]
    assert found["ratios"]["default_vs_artillery"] == 20.0
    assert found["recording_share"] == pytest.approx(0.02)
    assert found["page_work_us"] == 14.0
    assert found["required"] == {"met": True, "missed": [], "limits": found["required"]["limits"]}
    assert set(found["required"]["limits"]) == set(REQUIRED)


def test_without_artillery_its_row_is_empty_with_the_reason_and_is_missed() -> None:
    found = document()
    assert found["ratios"]["default_vs_artillery"] is None
    assert "npm install" in found["without"]["artillery"]
    assert found["required"]["missed"] == ["default_vs_artillery"]


def test_what_is_missed_is_marked() -> None:
    found = document(default_tls=[0.9] * 7, artillery=[4.0] * 7)
    assert found["required"]["missed"] == ["default_tls"]
    rows = told(found).splitlines()
    assert [row.split()[1] for row in rows if "✗" in row] == ["default_tls"]


def test_seven_rounds_allow_an_interval_of_all_of_them() -> None:
    assert _interval([3, 1, 2, 5, 4, 7, 6]) == [1, 7]  # 1/64 outside; one fewer would leave 1/8
    assert _interval(list(range(1, 21))) == [6, 15]  # 20 rounds: the 6th and the 15th, 96 %


@pytest.mark.parametrize("size", [6, 24, 96])
def test_a_page_is_as_large_as_it_says(size: int) -> None:
    assert abs(len(form_page(size * KB)) - size * KB) < KB


@pytest.mark.slow
def test_the_form_that_is_measured_is_known_by_its_template() -> None:
    tiers = page_work(6 * KB)["tiers"]
    assert tiers["template"] > 0.99
    assert tiers["wrong"] == 0
