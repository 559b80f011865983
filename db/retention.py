"""Everything that is forgotten in time. What each rule keeps stands beside the records it is about."""

from datetime import datetime

from db import (
    appeals,
    chat_staff,
    checks,
    left_messages,
    linking,
    mailbox,
    notices,
    personal_data,
    reports,
    signing_in,
)
from db.engine import Database
from db.importing import staging


async def forget_old(database: Database, now: datetime) -> None:
    """Forget whatever has been kept long enough, and leave no bytes of it behind.

    To be called every minute or so: erasing on request is promised within sixty seconds, and on SQLite the
    journal holds what was erased until then.
    """
    async with database.transaction() as session:
        await mailbox.forget_old(session, now)
        await left_messages.forget_old(session, now)
        await checks.forget_old(session, now)
        await reports.forget_old(session, now)
        await appeals.forget_old(session, now)
        await notices.forget_old(session, now)
        await signing_in.forget_old(session, now)
        await linking.forget_old(session, now)
        await chat_staff.forget_old(session, now)
        await personal_data.forget_old(session, now)
        await staging.forget_old(session, now)
    await database.erase_traces()
