"""What a redesign changed in one journey, for robots or for people: only that journey's cases are read and compared.

Which journeys there are is asked of what was measured beside the study, so that nothing is read before it is shown.
"""

from __future__ import annotations

from functools import lru_cache

import duckdb
import pyarrow.parquet as pq

from analysis import comparison
from analysis.evidence import Compared, Study
from analysis.measure import measure, metrics
from analysis.sessions.session_list import kept_file
from studies import archive
from studies.log import SENTENCES, SESSIONS, Log
from studies.words import _, spoken
from studies.workspace import Workspace

WHO = "CASE source WHEN 'robot' THEN 'robots' WHEN 'load' THEN 'load' ELSE 'people' END"


def how_many(study: str, space: Workspace) -> int:
    """How many sessions a study has."""
    return int(pq.read_metadata(kept_file(study, space)).num_rows)


def journeys(study: str, space: Workspace) -> dict[str, tuple[str, str]]:
    """The journeys that were walked as they are or redesigned, by key, each with who walked: people or robots."""
    path = kept_file(study, space)
    return dict(_journeys(str(path), path.stat().st_mtime_ns))


@lru_cache(maxsize=16)
def _journeys(path: str, written: int) -> dict[str, tuple[str, str]]:
    asked = (
        f"SELECT DISTINCT service, {WHO} AS who FROM read_parquet(?)"
        " WHERE condition IN (?, ?) AND service IS NOT NULL AND service <> '' ORDER BY 1, 2"
    )
    with duckdb.connect() as db:
        rows = db.execute(asked, [path, comparison.AS_IS, comparison.REDESIGNED]).fetchall()
    return {f"{service} {who}": (service, who) for service, who in rows if who in comparison.EVERYONE}


def compared(study: str, key: str, space: Workspace) -> tuple[Compared, Study]:
    """One journey compared, and what it was compared by; in the language in force."""
    return _compared(study, key, space, archive.parts_of(study, space), spoken())


@lru_cache(maxsize=64)
def _compared(study: str, key: str, space: Workspace, parts: tuple[str, ...], _spoken: str) -> tuple[Compared, Study]:
    service, who = journeys(study, space)[key]
    log = _log_of(study, service, who, space)
    measured = measure(log)
    told = [comparison.Metric(m, _(one.TITLE), one.UNIT, one.BETTER) for m, one in metrics().items()]
    rows = comparison.compare(log, measured.sessions, told)
    mine = [row for row in rows if f"{row.journey} {row.who}" == key and (row.as_is.n or row.redesigned.n)]
    return Compared(service, who == "robots", tuple(mine)), Study(study, log, measured, (), tuple(mine))


def _log_of(study: str, service: str, who: str, space: Workspace) -> Log:
    """All sittings of the cases in which a service was gone through."""
    files = archive.files_of(study, space)
    paths = [str(kept_file(study, space)), service, who]
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(
            'CREATE TEMP TABLE chosen AS WITH kept AS (SELECT session, "case", service, source FROM read_parquet(?))'
            f' SELECT session FROM kept WHERE "case" IN (SELECT "case" FROM kept WHERE service = ? AND {WHO} = ?)',
            paths,
        )
        query = "SELECT * FROM read_parquet(?, hive_partitioning = false) SEMI JOIN chosen USING (session)"
        said, heard = (db.sql(query, params=[[str(pair[k]) for pair in files]]).to_arrow_table() for k in (0, 1))
    return Log.together(
        [Log(said.select(SENTENCES.names).cast(SENTENCES), heard.select(SESSIONS.names).cast(SESSIONS))]
    )
