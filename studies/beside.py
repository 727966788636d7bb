"""A job beside the workbench's page: it goes on when the page is left, is asked to stop, and tells what went wrong.

It speaks the language and bears the name of whoever began it, in messages and in the audit, not those of the account
that the workbench runs as.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

from studies.troubles import Failed, Trouble
from studies.words import _, language, say_in


class Job:
    """A job that is to begin, is under way or over; what it does is given to `begin`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._stopped, self._over = threading.Event(), threading.Event()
        self._trouble = ""

    @property
    def going(self) -> bool:
        """Has it not ended yet?"""
        return not self._over.is_set()

    @property
    def stopping(self) -> bool:
        """True once it was asked to end."""
        return self._stopped.is_set()

    @property
    def trouble(self) -> str:
        """What went wrong with it, in the words of whoever began it; nothing: empty."""
        return self._trouble

    def stop(self) -> None:
        """Ask it to end before its time; what it came to by then counts."""
        self._stopped.set()

    def fail(self, why: str) -> None:
        """Say why it comes to nothing, or to less than it was begun for."""
        self._trouble = why

    def wait(self, seconds: float) -> bool:
        """Wait for its end so long at most; whether it came."""
        return self._over.wait(seconds)

    def begin(self, do: Callable[[], None]) -> None:
        """Set off. Whatever `do` raises is told by `trouble`: nobody else is there to hear it."""
        words = (self._do, do, language())  # a thread begins without a language
        threading.Thread(target=copy_context().run, args=words, name=self.name, daemon=True).start()

    def _do(self, do: Callable[[], None], tongue: str) -> None:
        with say_in(tongue):
            try:
                do()
            except Trouble as trouble:
                self.fail(str(trouble))
            except Exception as mistake:  # noqa: BLE001 the thread's last door: the page must hear of it
                self.fail(str(Failed(_("The lab itself failed: {mistake!r}").format(mistake=mistake))))
            finally:
                self._over.set()
