"""What takes a while is made beside the page: what is at hand is shown meanwhile, and the page says so.

A piece of work is known by its name and done once at a time in this program, however many readers ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSoon
from contextvars import copy_context
from threading import Lock
from typing import Final, TypeVar, cast

T = TypeVar("T")

PATIENCE: Final = 0.3  # seconds that a page waits before it shows what is at hand: less than a second in all
_under_way: dict[Hashable, Future[object]] = {}
_turn = Lock()
_beside = ThreadPoolExecutor(2, thread_name_prefix="measuring")  # so that nothing short waits for what is long


def soon(name: Hashable, make: Callable[[], T], patience: float | None = PATIENCE) -> T | None:
    """What `make` makes, or None while it is still being made; without `patience` (None) it is waited for.

    What goes wrong is raised to the first who asks after it did; whoever asks later has it made anew.
    """
    if patience is None:
        return make()
    with _turn:
        job = _under_way.get(name)
        if job is None:
            here = copy_context()  # the language in force
            job = _under_way[name] = _beside.submit(here.run, cast("Callable[[], object]", make))
    try:
        made = job.result(timeout=patience)
    except TooSoon:
        if not job.done():
            return None
        raise
    finally:
        if job.done():
            with _turn:
                _under_way.pop(name, None)
    return cast(T, made)
