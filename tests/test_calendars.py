"""Working calendars by country: what can be confirmed elsewhere is, what is assumed says so and can be replaced."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from babel import Locale

from studies.measuring.calendars import ASSUMED, COUNTRIES, FILE, OWN, calendar_of
from studies.measuring.presets import DAYS, preset
from studies.troubles import WrongInput
from studies.workspace import Workspace

ZONES = {
    "BH": "Asia/Bahrain", "SA": "Asia/Riyadh", "AE": "Asia/Dubai", "KW": "Asia/Kuwait", "QA": "Asia/Qatar",
    "OM": "Asia/Muscat", "NL": "Europe/Amsterdam",
}  # fmt: skip


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_the_weekend_is_that_of_unicode_too(country: str, tmp_path: Path) -> None:
    code = COUNTRIES[country].code
    locale = Locale.parse(f"{'nl' if code == 'NL' else 'ar'}_{code}")
    rests = [day for n, day in enumerate(DAYS) if locale.weekend_start <= n <= locale.weekend_end]
    works = calendar_of(country, Workspace(tmp_path)).works.split()
    assert works == [day for day in DAYS if day not in rests]


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_its_clock_is_that_of_the_time_zone_database_in_winter(country: str) -> None:
    place = COUNTRIES[country]
    ahead = datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONES[place.code])).utcoffset()
    assert ahead is not None
    assert ahead.total_seconds() / 3600 == place.utc_offset_hours


def test_office_hours_are_assumed_until_the_workspace_says_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path))
    assert preset(calendar="bahrain").told()["calendar"]["hours_are"] == ASSUMED
    (tmp_path / FILE).write_text("bahrain: {hours: [8, 13], days: {Thu: [8, 12]}, ramadan: [9, 12]}\n")
    told = preset(calendar="bahrain").told()["calendar"]
    assert told["hours_are"] == OWN
    assert told["hours"]["Sun"] == [8.0, 13.0]
    assert told["hours"]["Thu"] == [8.0, 12.0]
    assert told["ramadan_hours"] == [9.0, 12.0]
    assert preset(calendar="kuwait").told()["calendar"]["hours_are"] == ASSUMED


def test_in_ramadan_an_office_may_keep_the_evening(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("bahrain: {hours: [8, 13], days: {Thu: [8, 12]}, ramadan: [21, 24]}\n")
    calendar = calendar_of("bahrain", Workspace(tmp_path))
    midnights = (
        np.array([f"2026-02-{day}" for day in range(22, 28)], "datetime64[us]").astype(np.int64) - 3 * 3_600_000_000
    )
    worked = calendar.at_work(midnights[:-1], midnights[1:]) / 3.6e9
    # Thursday's own hours and those of Ramadan share none: it stays closed.
    assert worked.tolist() == [3.0, 3.0, 3.0, 3.0, 0.0]


@pytest.mark.parametrize(
    "said",
    ["bahrain: {hours: [14, 8]}", "bahrain: {open: [8, 14]}", "bahrain: {days: {Someday: [8, 9]}}", "bahrain: 8"],
)
def test_hours_that_are_none_are_told(said: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(said)
    with pytest.raises(WrongInput, match=r"hours"):
        calendar_of("bahrain", Workspace(tmp_path))
