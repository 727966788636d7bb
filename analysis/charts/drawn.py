"""A chart is drawn once for as long as it shows the same things: drawing takes longer than all else on some pages.

What is shown is known by its identity, and kept as long as its drawing is, so that nothing else can take its place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Final

from analysis.charts.dress import spec
from studies.words import calendar, digits, language

MOST: Final = 64
_kept: OrderedDict[tuple[Any, ...], tuple[Any, dict[str, Any]]] = OrderedDict()
_turn = Lock()


def drawn(make: Callable[..., Any], shown: Any, *how: Any) -> dict[str, Any]:
    """What `make(shown, *how)` draws, as Vega-Lite. `shown` never changes: it is frozen, or a sequence of such things.

    `how` is what the drawing depends on besides: words, numbers, and the language in force.
    """
    things = tuple(shown) if isinstance(shown, Sequence) else (shown,)
    name = (make.__module__, make.__qualname__, *map(id, things), how, language(), digits(), calendar())
    with _turn:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name][1]
    made = spec(make(shown, *how))
    with _turn:
        _kept[name] = (things, made)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
