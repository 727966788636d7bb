"""A journey walked in a real browser, as a citizen would: seeing what can be seen, pressing what can be pressed.

The recorder that listens here is the one that listens to participants; the robot adds only what no page can hear.
"""

from __future__ import annotations

from journeys.players.browser_checks import checking
from journeys.players.browser_complaints import complain
from journeys.players.browser_ears import ears_of
from journeys.players.browser_hands import BrowserHands
from journeys.players.browser_har import har_of
from journeys.players.browser_notes import Notes
from journeys.players.browser_replay import refuse_unmasked, replaying
from journeys.players.browser_start import started
from journeys.walk import Walk, Watch, diary_of, go
from studies.log import Log


def play(walk: Walk, watch: Watch | None = None) -> Log:
    """Walk a journey in a browser of its own and say what was heard; the browser is gone afterwards.

    Raises Failed when no browser starts or nobody answers at the address, WrongInput when the script names what was
    never there. A browser that dies under way is a `lab breaks` in the log, with all that was heard before it.
    """
    refuse_unmasked(walk)
    with started(walk.language, walk.headless, walk.patience, walk.equipment) as browser:
        diary = diary_of(walk, device=browser.device, deaf_to=frozenset({"rates"}))
        ears = ears_of(browser)
        notes = Notes(walk, browser, ears, diary)
        complain(browser.page, notes, ears)
        har = har_of(browser.page, browser.device) if walk.equipment.har and walk.pictures else None
        try:
            with replaying(walk, browser, notes, watch) as watched:
                return go(
                    walk, BrowserHands(walk, browser, ears, notes), diary, checking(walk, browser, notes, watched)
                )
        finally:
            if har and walk.pictures:
                har.write(walk.pictures / f"{walk.session}.har", notes.given)
