"""The same silent waits as window functions of a database: what measuring has to beat, and a second opinion on it.

The door to DuckDB. The definition is that of sessions on a screen which hear everything and are a case each.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import duckdb

#: A part begins at each mark that is no opening, and at each opening that follows none. A wait is a part that begins
#: with an opening, and is followed by one that closes it or by nothing. Its gaps lie between what its signs cover and
#: what comes next.
SILENT_WAITS: Final = """
with spoken as (
    select session, "when", seq, coalesce(until, "when") as till, verb = 'responds' as sign,
        case when verb in ('acts', 'asks', 'submits') then 1
             when verb in ('answers', 'requests', 'refuses', 'hands_off', 'concludes', 'leaves') then 2
             when verb = 'gives' then 3 when verb = 'breaks' then 4 end as mark
    from said
), marked as (
    select *, last_value(mark ignore nulls) over earlier as before,
        max(till) filter (sign) over earlier as shown
    from spoken where mark is not null or sign
    window earlier as (
        partition by session order by "when", seq rows between unbounded preceding and 1 preceding)
), parted as (
    select session, "when", seq, mark,
        case when mark = 1 then greatest(till, coalesce(shown, till)) else till end as covers,
        count(mark) over sitting as part, lead("when") over sitting as following
    from marked where not (mark is not distinct from 1 and before is not distinct from 1)
    window sitting as (partition by session order by "when", seq)
), ended as (
    select session, max(till) as last from spoken group by session
), covered as (
    select session, part, mark, coalesce(following, last) as following,
        max(covers) over (partition by session, part order by "when", seq) as reach
    from parted join ended using (session)
), parts as (
    select session, part, max(mark) as opens, count(*) filter (following - reach > interval '1 second') as silent
    from covered group by session, part
), waits as (
    select session, opens, silent, lead(opens) over (partition by session order by part) as fate from parts
)
select session, coalesce(sum(silent) filter (opens = 1 and (fate is null or fate = 2)), 0) as silent_waits
from waits group by session
"""


class Rival:
    """The log as a table in memory, read once, so that only the question is timed."""

    def __init__(self, sentences: Path, threads: int) -> None:
        self._database = duckdb.connect(config={"threads": threads})
        self._database.execute(
            'create table said as select session, "when", until, seq, verb from read_parquet(?)', [str(sentences)]
        )

    def silent_waits(self) -> tuple[int, float]:
        """How many silent waits there are in all, and in how many seconds that was found."""
        began = time.perf_counter()
        found = self._database.execute(f"select sum(silent_waits) from ({SILENT_WAITS})").fetchone()
        return int(found[0]) if found and found[0] is not None else 0, time.perf_counter() - began

    def by_session(self) -> dict[str, int]:
        """The silent waits of each session."""
        return dict(self._database.execute(SILENT_WAITS).fetchall())
