"""What a page costs between two requests: finding its form again, putting together what is sent; and the recording."""

from __future__ import annotations

import io
import time
from itertools import count
from typing import Any, Final

from journeys.personas import personas_for
from journeys.reading import parse_journey
from journeys.walk import walk_of
from loadtests.bench.pages import DONE, FRESH, JOURNEY, KB, form_page, page
from loadtests.clients._reply import Place, Reply, place_of
from loadtests.compiled.ready import Ready, address
from loadtests.compiled.sending import body_of
from loadtests.recording import RunFile, Told

BASE: Final = "http://127.0.0.1:1"
TIMES: Final = 5000
WARM: Final = 600


class _Service:
    """The service without a wire."""

    def __init__(self, size: int) -> None:
        self.form = form_page(size)
        self.done = page(f"<p>{DONE}</p>", 2 * KB).encode()
        self.fresh = (f"{n:032x}" for n in count())

    def ask(self, method: str, place: Place, more: bytes, body: bytes | None, step: str | None) -> Reply:
        if place.path == "/form":
            reply = Reply(200, b"", None, b"text/html", self.form.replace(FRESH, next(self.fresh)).encode())
        elif place.path == "/apply":
            reply = Reply(303, b"", b"/done", b"", b"")
        else:
            reply = Reply(200, b"", None, b"text/html", self.done)
        return reply


def page_work(size: int) -> dict[str, Any]:
    """Microseconds from a form's page to what is sent, in steady state: checks against the full reading included."""
    journey = parse_journey(JOURNEY)
    personas = personas_for(journey, 200)
    ready = Ready(journey, walk_of(journey, personas[0], session="bench", base_url=BASE))
    service = _Service(size)
    for n in range(WARM):
        ready.take(personas[n % 200], service, time.sleep, lambda step, seconds: 0.0, ready.way())
    cast = ready.cast(personas[0])
    url = f"{BASE}/form"
    (shelf,) = [one for (_state, where, _status, _page), one in cast.by_address.items() if where == url]
    known = [cast.values[one.id] for one in personas]
    replies = [service.ask("GET", place_of(url), b"", None, None) for _one in range(50)]
    began = time.process_time()
    for n in range(TIMES):
        values, odd = known[n % 200]
        leg, shape, holes = shelf.find(replies[n % 50], url, True, values, odd)
        assert leg.asked is not None and leg.asked.body is not None and shape is not None
        address(leg.asked, shape, url, holes, values)
        body_of(leg.asked, values, holes)
    spent = time.process_time() - began
    return {"kb": len(service.form) // KB, "us": round(spent / TIMES * 1e6, 2), "tiers": ready.tiers.json()}


def recording() -> float:
    """Microseconds that a journey takes to be told, kept and written: the moments, the tuple, its bytes."""
    file = RunFile(io.BytesIO())
    clock = time.time
    began = time.process_time()
    for n in range(20 * TIMES):
        legs: list[int] = []
        add, started = legs.append, clock()
        for leg in range(3):
            add(leg)
            add(round((clock() - started) * 1e6))
            add(round((clock() - started) * 1e6))
        file.tell(
            Told(f"load-20260101T000000-ab12-{n:06d}", round(started * 1e6), round(clock() * 1e6), "done", None, None,
                 "p-001", 3, [20, *legs], "apply", None)
        )  # fmt: skip
        if n % 1000 == 999:
            file.flush()
    return (time.process_time() - began) / (20 * TIMES) * 1e6


if __name__ == "__main__":
    import json
    import sys

    sizes = [int(size) * KB for size in sys.argv[1:]]
    sys.stdout.write(json.dumps({"pages": [page_work(size) for size in sizes], "recording_us": recording()}) + "\n")
