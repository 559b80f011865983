"""The time of the record: the same for all processes of a database, and never jumping.

Claims and leases are compared across processes, and a machine's clock may be set while they run. So the time
is asked of the database's server once, and counted on from there by this machine's steady counter.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from db.engine import Database


async def record_clock(
    database: Database, clock: Callable[[], datetime], *, steady: Callable[[], float] = time.monotonic
) -> Callable[[], datetime]:
    """The clock of the database's server; on SQLite, which has none, this machine's as it is now."""
    began = steady()
    at = clock()
    if database.dialect == "postgresql":
        async with database.reading() as session:
            at = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one().astimezone(UTC)

    def now() -> datetime:
        return at + timedelta(seconds=steady() - began)

    return now
