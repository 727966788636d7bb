"""The command that ends every load under way: the kill switch."""

from __future__ import annotations

from commands._terminal import say
from studies.words import _
from studies.workspace import workspace


def stop() -> None:
    """End every load under way in this workspace, at once, from any terminal. What was measured is kept."""
    from loadtests.permits.kill_switch import pull

    pull(workspace())
    say(_("Every load under way is being stopped. One that begins from now on is not concerned."))
