"""What the desk does, as a process that kills itself: before a statement, at a commit, or while it reads a file."""

import asyncio
import base64
import os
import pickle
import signal
import traceback
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from db import approvals
from db.engine import Database
from db.importing import working
from db.importing.tables import Table
from db.migrate import upgrade
from db.rights import Actor

SETTING: Final = "DESK_JOB"


class Death(StrEnum):
    """What is counted until the end."""

    STATEMENT = "before a statement"
    COMMIT = "before a commit"
    READING = "while the file is read"


@dataclass(frozen=True)
class Decision:
    """What a second person says."""

    actor: Actor
    proposal_id: str
    version_hash: str


@dataclass(frozen=True)
class Job:
    """One thing to do, and when to die of it."""

    what: str
    database_url: str
    now: datetime
    death: Death
    after: int
    ended: Path
    """A file that says that it did not die: empty, or what went wrong."""
    decision: Decision | None = None

    def environment(self) -> dict[str, str]:
        return {SETTING: base64.b64encode(pickle.dumps(self)).decode("ascii")}


def main() -> int:
    job: Job = pickle.loads(base64.b64decode(os.environ[SETTING]))  # noqa: S301 - the test's own
    _plan(job)
    try:
        asyncio.run({"migrate": _migrate, "import": _import, "approve": _approve}[job.what](job))
    except Exception:  # noqa: BLE001 - for the test to read
        job.ended.write_text(traceback.format_exc(), encoding="utf-8")
        return 1
    job.ended.touch()
    return 0


def _plan(job: Job) -> None:
    left = job.after

    def counted(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    match job.death:
        case Death.STATEMENT:
            event.listen(Engine, "before_cursor_execute", counted)
        case Death.COMMIT:
            event.listen(Engine, "commit", counted)
        case Death.READING:
            read = working._table

            def killed(content: bytes) -> Table:
                counted()
                return read(content)

            working._table = killed


async def _migrate(job: Job) -> None:
    await upgrade(job.database_url)


async def _import(job: Job) -> None:
    database = Database(job.database_url)
    while await working.work(database, holder=str(os.getpid()), clock=lambda: job.now):
        pass
    await database.close()


async def _approve(job: Job) -> None:
    assert job.decision is not None
    database = Database(job.database_url)
    async with database.transaction() as session:
        await approvals.approve(
            session,
            actor=job.decision.actor,
            proposal_id=job.decision.proposal_id,
            version_hash=job.decision.version_hash,
            reason="đã xem báo cáo",
            now=job.now,
        )
    await database.close()
