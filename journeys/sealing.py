"""Walks on their way, one after another or side by side: each sealed as it ends, so that nothing later can lose it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from importlib import import_module

from journeys.walk import News, TargetMissing, Walk, found_in, play_many
from studies import archive
from studies.log import Log
from studies.troubles import Failed, Trouble
from studies.words import _, pick
from studies.workspace import Workspace

Told = Callable[[str, float], None]  # what is under way, and how far all of it is, from 0 to 1


def sealed(walks: list[Walk], player: str, study: str, space: Workspace, watch: Told, beside: int = 1) -> Iterator[Log]:
    """Each walk's log, sealed before it is handed on: in turn, or so many side by side in the order in which they end.

    Side by side, one that fails costs only itself: what happened is raised when all the others are sealed.
    """
    play = import_module(f"journeys.players.{player}").play
    if beside > 1:
        yield from _beside(walks, play, study, space, watch, beside)
        return
    done = 0

    def hear(news: News) -> None:
        setting = walks[done]
        what = " · ".join(part for part in (pick(setting.journey.title), setting.variant, news.step) if part)
        watch(what, (done + news.index / max(news.of, 1)) / len(walks))

    try:
        for log in play_many(walks, play, hear):
            archive.seal(log, study, space)
            done += 1
            yield log
    except TargetMissing as missing:
        archive.seal(missing.log, study, space)  # what was seen until then is kept, and says what was missing
        raise


@dataclass(slots=True)
class _Board:
    """How far every walk is, as one line: those under way with their steps, and the share of all."""

    of: int
    watch: Told
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _at: dict[int, tuple[float, str]] = field(default_factory=dict)

    def tell(self, nth: int, share: float, step: str) -> None:
        """Walk number `nth` is so far."""
        with self._lock:
            self._at[nth] = (share, step)
            going = [f"{n + 1}: {at}" for n, (done, at) in sorted(self._at.items()) if done < 1]
            over = sum(done >= 1 for done, _at in self._at.values())
            what = _("{over} of {of} over").format(over=over, of=self.of)
            self.watch(" · ".join([what, *going]), sum(done for done, _at in self._at.values()) / self.of)


def _beside(
    walks: list[Walk], play: Callable[..., Log], study: str, space: Workspace, watch: Told, beside: int
) -> Iterator[Log]:
    """So many walks at a time, each on a thread and in a browser of its own."""
    waiting: queue.SimpleQueue[tuple[int, Walk]] = queue.SimpleQueue()
    ended: queue.SimpleQueue[Log | Exception] = queue.SimpleQueue()
    board = _Board(len(walks), watch)
    proven: dict[tuple[str, str], frozenset[str]] = {}
    closing = threading.Event()
    for numbered in enumerate(walks):
        waiting.put(numbered)

    def one(nth: int, walk: Walk) -> Log | Exception:
        def hear(news: News) -> None:
            if closing.is_set():
                raise Failed(_("stopped by hand"))
            board.tell(nth, min(news.index / max(news.of, 1), 0.99), news.step or "")

        key = (walk.journey.journey, walk.variant)
        try:
            log = play(replace(walk, proven=walk.proven | proven.get(key, frozenset())), hear)
            proven[key] = proven.get(key, frozenset()) | found_in(log)
            archive.seal(log, study, space)
            return log
        except TargetMissing as missing:
            archive.seal(missing.log, study, space)
            return missing
        except Exception as trouble:  # noqa: BLE001 whatever it is, the others go on
            return trouble
        finally:
            board.tell(nth, 1.0, "")

    def lane() -> None:
        while not closing.is_set():
            try:
                nth, walk = waiting.get_nowait()
            except queue.Empty:
                return
            ended.put(one(nth, walk))

    lanes = [
        threading.Thread(target=copy_context().run, args=(lane,), name=f"lane-{n + 1}", daemon=True)
        for n in range(min(beside, len(walks)))
    ]
    for thread in lanes:
        thread.start()
    troubles: list[Exception] = []
    try:
        for _nth in range(len(walks)):
            match ended.get():
                case Log() as log:
                    yield log
                case Exception() as trouble:
                    troubles.append(trouble)
    finally:
        closing.set()
        for thread in lanes:
            thread.join(60)
    _raise(troubles, len(walks))


def _raise(troubles: list[Exception], of: int) -> None:
    """What went wrong in any of them, each thing once; the first kind of trouble decides how it counts."""
    if not troubles:
        return
    first = next((t for t in troubles if isinstance(t, Trouble)), None)
    if first is None:
        raise troubles[0]
    told = list(dict.fromkeys(str(t) or repr(t) for t in troubles))
    if len(troubles) == of and len(told) == 1:
        raise first
    kept = _("{n} of {of} sessions failed; the others are kept.").format(n=len(troubles), of=of)
    raise type(first)("\n".join([kept, *told])) if type(first) is not TargetMissing else first
