"""What watching costs is measured where nothing, the screen, and the screen with its cover are at work."""

from __future__ import annotations

import pytest

from journeys.calibration.watched import PRESSES, WAYS, cost_of_watching, told


@pytest.mark.browser
def test_pictures_come_only_from_those_that_are_watched() -> None:
    found = cost_of_watching(lambda _what, _share: None, rounds=2)
    alone, *watched = (found["ways"][way] for way in WAYS)
    assert alone["pictures"] == 0
    for one in watched:
        assert one["pictures"] > PRESSES and 0 < one["kept"] < one["came"]
    assert all(0 < low <= middle <= high for one in found["ways"].values() for low, middle, high in [one["load"]])
    assert all(way in told(found) for way in WAYS)
