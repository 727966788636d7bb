"""Answers that arrive at the same time are put on disk together; nothing is acknowledged before it is there.

One thread writes, one reads, each a whole group at a time: while the disk takes one group, the next gathers. Whoever
waits is told when the transaction that holds their part is over, and not before.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql

from studies.store import Store
from studies.store.kept import SEEN, Decide, Standing, Turn

MOST: Final = 256  # in one group: what the first of a group waits for stays short


@dataclass(slots=True)
class _Waiting:
    """One who waits, with what they want."""

    wanted: Any
    answer: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class _Lane:
    """A thread that does what is wanted, a group at a time."""

    def __init__(self, name: str, work: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        self._work, self._queue, self._over = work, list[_Waiting](), False
        self._filled = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def wait_for(self, wanted: Any) -> Any:
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        with self._filled:
            self._queue.append(_Waiting(wanted, answer, loop))
            if len(self._queue) == 1:
                self._filled.notify()
        return await answer

    def close(self) -> None:
        with self._filled:
            self._over = True
            self._filled.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._filled:
                while not self._queue and not self._over:
                    self._filled.wait()
                group, self._queue = self._queue[:MOST], self._queue[MOST:]
            if not group:
                return
            told = self._together(group)
            for loop in {one.loop for one in group}:
                mine = [(one.answer, told) for one, told in zip(group, told, strict=True) if one.loop is loop]
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_tell, mine)

    def _together(self, group: Sequence[_Waiting]) -> Sequence[Any]:
        try:
            return self._work([one.wanted for one in group])
        except Exception as trouble:  # noqa: BLE001 whatever it is, whoever waits must hear of it
            if len(group) == 1:
                return [trouble]
        # Something is wrong with one of them: it must not cost the others their answers.
        return [told for one in group for told in self._together([one])]


def _tell(told: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
    for answer, what in told:
        if answer.done():  # whoever waited has gone
            continue
        if isinstance(what, Exception):
            answer.set_exception(what)
        else:
            answer.set_result(what)


class Together:
    """A store as a server uses it, whose many visitors share transactions."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._writing = _Lane("answers", self._write)
        self._reading = _Lane("standings", self._read)

    async def turn(self, key: str, token: str, decide: Decide) -> Any:
        """Take one press of a button; gives what its decision tells, once what it writes is on disk."""
        return await self._writing.wait_for(Turn(key, token, decide))

    async def standing(self, token: str) -> Standing | None:
        """Where one participant stands."""
        found: Standing | None = await self._reading.wait_for(token)
        return found

    def close(self) -> None:
        """Put down what is still waiting, then stop."""
        self._writing.close()
        self._reading.close()

    def _write(self, turns: Sequence[Turn]) -> list[Any]:
        try:
            return self.store.take(turns)
        except sql.exc.IntegrityError:
            if len(turns) > 1:
                raise
            return self.store.take(turns)  # another process took the very same submission a moment ago

    def _read(self, tokens: Sequence[str]) -> list[Standing | None]:
        found = self.store.standings(tokens)
        return [found.get(token) for token in tokens]


__all__ = ["SEEN", "Together"]
