"""What time brings about at the desk: expiries, cool-offs that end, reminders, the checkpoint."""

from datetime import datetime
from pathlib import Path

from db import audit, contact_desk, indicator_desk, proposal_clock, script_desk
from db.engine import Database
from db.sealing import Sealer


async def run(database: Database, now: datetime) -> int:
    """Do whatever is due, each kind in a transaction of its own; how much was done.

    To be called every few seconds, by any number of processes: what one did is not due any more.
    """
    done = 0
    for work in (
        proposal_clock.expire_old,
        proposal_clock.activate_due,
        indicator_desk.resume_due,
        indicator_desk.expire_old,
        script_desk.expire_old,
        contact_desk.remind,
    ):
        async with database.transaction() as session:
            done += await work(session, now)
    return done


async def anchor(database: Database, path: Path, *, sealer: Sealer, now: datetime) -> bool:
    """Write the newest hash of the audit to the checkpoint file; False when nothing was new."""
    async with database.reading() as session:
        return await audit.checkpoint(session, path, sealer=sealer, now=now) is not None
