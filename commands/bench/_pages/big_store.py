"""A made-up nation's store to open pages on: sessions of eight services over a year, and what people answered after.

Written by the product's own ways of writing: sealed as sittings are, taken in as responses from elsewhere are, and
measured as the pages would have it measured. Nobody is in it; what varies is drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from analysis.proving.national import gone_through
from studies import archive
from studies.events import VERBS
from studies.log import SESSIONS, Log
from studies.script import parse
from studies.store import Store
from studies.store.imported import Elsewhere, take_in
from studies.workspace import Workspace

STUDY: Final = "nation"
ITEMS: Final = 10  # answers of one person: the items of SUS
QUARTERS: Final = tuple(datetime(2026, month, 1, 8, tzinfo=UTC) for month in (1, 4, 7, 10))
SERVICES: Final = ("vehicle", "permit", "pension", "passport", "clinic", "school", "housing", "tax")
CONDITIONS: Final = ("as_is", "redesigned")
APART: Final = 600  # seconds from one sitting's start to the next
#: Four ways that a visit can go; each sitting goes at a pace of its own.
VISITS: Final = (
    """
 0.0      citizen begins    {service} value=3
 0.1      citizen acts      {service}/open step=open
 0.4- 0.9 service responds  step=open
 1.0      service answers   {service}/open step=open
 1.0      service requests  national_id step=open
 6.1      citizen gives     national_id step=send
 7.0      citizen submits   {service}/form step=send
 7.6      service concludes done step=send
""",
    """
 0.0      citizen begins    {service} value=3
 0.1      citizen acts      {service}/open step=open
 2.4      service answers   {service}/open step=open
 2.4      service requests  national_id step=open
 8.0      citizen gives     national_id step=send
 8.2      citizen submits   {service}/form step=send
11.4      service hands_off insurance step=send
11.6      service requests  national_id step=policy
19.1      citizen gives     national_id step=policy
19.4      citizen submits   insurance/policy step=policy
21.0      service concludes done step=policy
""",
    """
 0.0      citizen begins    {service} value=3
 0.2      citizen acts      {service}/open step=open
 0.8      service answers   {service}/open step=open
 0.8      service requests  plate_number step=open
 5.0      citizen gives     plate_number step=send
 5.4      citizen submits   {service}/form step=send
 6.0      service refuses   plate_number step=send
 6.0      service requests  plate_number step=send
 9.0      citizen gives     plate_number step=send
 9.3      citizen submits   {service}/form step=send
13.9      service concludes done step=send
""",
    """
 0.0      citizen begins    {service} value=3
 0.1      citizen acts      {service}/open step=open
 4.0      service answers   {service}/open step=open
 4.0      service requests  national_id step=open
 9.0      citizen gives     national_id step=send
 9.2      citizen submits   {service}/form step=send
31.0      citizen leaves    step=send
""",
)


def make(space: Workspace, sessions: int, answers: int, told: Callable[[str, float], None]) -> None:
    """Write so many sessions and survey answers into a workspace, and have them measured; whatever is there stays."""
    from analysis import answers_kept, measures_kept

    draw = np.random.default_rng(8)
    made = 0
    everyone: list[Elsewhere] = []
    for number, quarter in enumerate(QUARTERS):
        many = sessions // len(QUARTERS) + (number < sessions % len(QUARTERS))
        told("sessions", 0.1 + 0.1 * number)
        log = _log(made, many, quarter, draw)
        archive.seal(log, STUDY, space)
        everyone += _asked(log, quarter, draw, max(0, answers // ITEMS - len(everyone)))
        made += many
    told("answers", 0.5)
    store = Store(space.database_url)
    try:
        take_in(store, STUDY, everyone)
        told("measuring", 0.7)
        measures_kept.measured(STUDY, space)
        told("answers", 0.85)
        answers_kept.answered(STUDY, store, space)
    finally:
        store.close()


def _log(first: int, many: int, start: datetime, draw: np.random.Generator) -> Log:
    """One quarter's sittings."""
    names = np.array([f"s{number:07d}" for number in range(first, first + many)])
    service, condition = draw.integers(len(SERVICES), size=many), draw.integers(len(CONDITIONS), size=many)
    odds = np.where(condition == 0, 0.25, 0.1)
    way = np.where(draw.random(many) < 4 * odds * 0.8, draw.integers(1, len(VISITS), size=many), 0)
    begun = int(start.timestamp() * 1e6) + np.arange(many) * int(APART * 1e6 * 7_776_000 / APART / max(many, 1))
    tables = list(_sentences(names, service, way, begun, draw))
    return Log.checked(pa.concat_tables(tables), _sessions(names, service, condition, begun))


def _sentences(
    names: np.ndarray, service: np.ndarray, way: np.ndarray, begun: np.ndarray, draw: np.random.Generator
) -> Iterator[pa.Table]:
    for s, title in enumerate(SERVICES):
        for w, text in enumerate(VISITS):
            mine = np.flatnonzero((service == s) & (way == w))
            if not len(mine):
                continue
            visit = parse(text.format(service=title)).sentences
            yield gone_through(visit, names[mine], begun[mine], draw.uniform(0.6, 1.8, len(mine)))


def _sessions(names: np.ndarray, service: np.ndarray, condition: np.ndarray, begun: np.ndarray) -> pa.Table:
    many = len(names)
    columns = {
        "session": pa.array(names),
        "started": pa.array(begun).cast(SESSIONS.field("started").type),
        "source": pa.array(["participant"] * many),
        "task": pa.array([SERVICES[k] for k in service]),
        "condition": pa.array([CONDITIONS[k] for k in condition]),
        "participant": pa.array(np.char.replace(names, "s", "p")),
        "language": pa.array(["ar", "en"] * (many // 2) + ["ar"] * (many % 2)),
        "hears": pa.array([list(VERBS)] * many, SESSIONS.field("hears").type),
    }
    columns |= {f.name: pa.nulls(many, f.type) for f in SESSIONS if f.name not in columns}
    return pa.table([columns[name] for name in SESSIONS.names], schema=SESSIONS)


def _asked(log: Log, quarter: datetime, draw: np.random.Generator, most: int) -> list[Elsewhere]:
    """What people answered after their sitting; those whose service was redesigned are a little more content."""
    found = []
    heard = log.sessions.select(["session", "participant", "condition", "language"]).slice(0, most).to_pylist()
    given = draw.integers(1, 5, (len(heard), ITEMS))
    for n, one in enumerate(heard):
        better = one["condition"] == "redesigned"
        said = {
            f"sus_{k + 1}": float(v + better if k % 2 == 0 else 5 - v + (not better)) for k, v in enumerate(given[n])
        }
        when = quarter + timedelta(minutes=n)
        told = one["participant"], ("sus",), {"sus": said}, one["language"]
        found.append(Elsewhere(f"r-{one['session']}", *told, True, one["session"], one["condition"], when))
    return found
