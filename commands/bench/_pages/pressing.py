"""Who goes from page to page of the open workbench, and how long each takes from the press to the painted page.

A page is painted when its address stands, its script has ended, nothing shown is left over from the page before and no
skeleton stands in for anything, as the eye has it: one frame later. What charts and tables draw afterwards counts too,
up to the first quarter of a second in which nothing changes any more; that quarter is not counted.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from statistics import median
from time import monotonic, sleep
from typing import Any, Final

from commands.bench._pages.page_server import EMPTY
from studies.troubles import Failed
from studies.words import _
from studies.workspace import CHECKOUT, Workspace

PATIENCE: Final = 60.0  # seconds for a page; a page that takes longer is a failure of its own
REQUIRED: Final = 1.0  # seconds, the p95 of every page

#: arguments: the address's path, most milliseconds, what to call with the milliseconds (null: never painted)
PRESS: Final = """
const [path, most, done] = arguments;
const link = [...document.querySelectorAll('[data-testid=stSidebarNavLink]')]
  .find((one) => new URL(one.href).pathname === path);
if (!link) { done(null); return; }
const main = () => document.querySelector('[data-testid=stMain]');
const ready = () => location.pathname === path
  && document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
  && !document.querySelector('[data-testid=stMain] [data-stale=true], [data-testid=stMain] [data-testid=stSkeleton]')
  && main().querySelector('[data-testid=stHeading]');
let pressed = 0, readied = 0, changed = 0;
const seen = new MutationObserver(() => { changed = performance.now(); });
seen.observe(document.body, {childList: true, subtree: true, characterData: true});
const end = (told) => { seen.disconnect(); done(told); };
const look = () => {
  const at = performance.now();
  if (at - pressed > most) { end(null); return; }
  if (!ready()) readied = 0;
  else if (!readied) readied = at;
  else if (at - Math.max(readied, changed) > 250) { end(Math.max(readied, changed) - pressed); return; }
  requestAnimationFrame(look);
};
pressed = performance.now();
link.click();
requestAnimationFrame(look);
"""
LISTED: Final = """
return [...document.querySelectorAll('[data-testid=stSidebarNavLink]')].map((one) => new URL(one.href).pathname)
"""
BROKEN: Final = "return [...document.querySelectorAll('[data-testid=stException]')].map((one) => one.innerText)"
OPEN: Final = "return !!document.querySelector('[data-test-script-state=notRunning] [data-testid=stHeading]')"


@contextmanager
def workbench(space: Workspace) -> Iterator[str]:
    """The workbench on a workspace, with its empty page, on a free port: where it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "commands.bench._pages.page_server", str(port)]
    there = {**os.environ, "KHUTWA_WORKSPACE": str(space.root)}
    there.pop("KHUTWA_DATABASE", None)  # a store of its own, whatever the lab's is
    server = subprocess.Popen(words, cwd=CHECKOUT, env=there, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        url, end = f"http://127.0.0.1:{port}", monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
                break
            except (urllib.error.URLError, OSError) as cause:
                if server.poll() is not None or monotonic() > end:
                    raise Failed(_("The workbench did not start; what it said stands above.")) from cause
                sleep(0.2)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:  # something is being counted for a page that nobody looks at any more
            server.kill()
            server.wait()


def opened(driver: Any, url: str) -> list[str]:
    """Open the workbench; the addresses of its pages, the empty one too."""
    driver.get(url)
    end = monotonic() + PATIENCE
    while not driver.execute_script(OPEN):
        if monotonic() > end:
            raise Failed(_("The workbench's first page was not painted."))
        sleep(0.1)
    return [str(path) for path in driver.execute_script(LISTED)]


def pressed(driver: Any, path: str) -> float | None:
    """Milliseconds from the press on a page's link to the painted page; None when it never was, or shows an error."""
    driver.set_script_timeout(PATIENCE + 10)
    took = driver.execute_async_script(PRESS, path, PATIENCE * 1000)
    return None if took is None or driver.execute_script(BROKEN) else float(took)


def summed(took: dict[str, list[float | None]]) -> dict[str, Any]:
    """By page p50, p95, the first opening, and how many times as long as the empty page; milliseconds."""
    nothing = f"/{EMPTY}"
    empty = [one for one in took[nothing] if one is not None]
    if not empty:
        raise Failed(_("Not even an empty page was painted."))
    pages: dict[str, Any] = {}
    for path, times in took.items():
        there = [one for one in times if one is not None]
        if len(there) < len(times):
            pages[path] = {"painted": len(there), "of": len(times), "met": False}
            continue
        p95 = at(0.95, there)
        pages[path] = {
            "p50_ms": round(median(there)), "p95_ms": round(p95), "first_ms": round(there[0]),
            "over_empty": round(median(there) / median(empty), 2), "of": len(there), "met": p95 <= REQUIRED * 1000,
        }  # fmt: skip
    return pages


def at(share: float, values: list[float]) -> float:
    """The value that so large a share of all is not above (nearest rank)."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]
