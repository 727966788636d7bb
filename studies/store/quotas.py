"""How many places of each quota of a study are taken."""

from __future__ import annotations

import sqlalchemy as sql

from studies.store import Store, tables


def places_held(store: Store, study: str) -> dict[str, int]:
    """Quota -> how many hold a place of it now."""
    place = tables.places.c
    counted = sql.select(place.quota, sql.func.count()).where(place.study == study).group_by(place.quota)
    with store.reading() as db:
        return {str(quota): int(n) for quota, n in db.execute(counted)}
