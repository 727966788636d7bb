"""Recordings of Chrome's DevTools whose pages exist, played in a real browser: what was recorded happens again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from journeys.exchange import bring
from journeys.journey import Expect, Journey
from journeys.personas import personas_for
from journeys.players import browser
from journeys.walk import walk_of
from studies.log import Log

pytestmark = [pytest.mark.browser, pytest.mark.untimed]

PAGES = Path(__file__).parent / "samples" / "pages"
RECORDED = Path(__file__).parents[2] / "shared" / "data" / "recorder"
BELOW = "/test/e2e/resources/recorder"  # where the recordings' pages lay

#: recording -> what the page says when all of it has happened
HAPPENS = {
    "select_elements": "Chosen: O2",
    "checkbox_elements": "It is ticked",
    "capture_clicks_on_buttons": "Pressed: Test Button",
    "submit_buttons_inside_of_forms_as_click_steps": "Sent by Form Button",
    "implicit_form_submissions": "Somebody has written",
    "shadow_root_chained_selector": "Pressed in the shadow",
    "aria_selector_for_interactive_parent": "Pressed: Hello World",
    "custom_selector_attribute": "Pressed: Custom selector attribute",
    "shifts_in_text_controls": "The first is filled in",
    "popups": "Pressed in the popup",
    "navigations_asserted_events": "Nothing is pressed yet.",
    "associate_events_with_right_navigations": "Both are empty.",
}


class Pages(SimpleHTTPRequestHandler):
    """The recordings' pages, where they lay when they were recorded."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(BELOW))

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=PAGES))
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    serving.join()


def played(journey: Journey, base: str) -> Log:
    persona = personas_for(journey, 1)[0]
    return browser.play(walk_of(journey, persona, session="s", base_url=base, patience=8.0))


@pytest.mark.parametrize("name", HAPPENS)
def test_what_was_recorded_happens_again(name: str, base: str) -> None:
    recording = RECORDED / f"devtools_{name}.json"
    if not recording.exists():
        pytest.skip(f"{recording.name} is not beside this checkout")
    journey = bring(recording).journeys[0][0]
    seen = Expect.model_validate({"expect": {"text": HAPPENS[name], "within": 5}})
    log = played(journey.model_copy(update={"steps": [*journey.steps, seen]}), base)
    assert "leaves" not in [s.verb for s in log.said()], [str(s) for s in log.said()]
