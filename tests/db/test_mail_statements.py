"""Finding what waits takes the same time after a day and after a year."""

import re
from typing import Any

import pytest
from sqlalchemy import event, text

from db import mail_statements
from db.engine import Database
from db.models import ChannelName, Lane
from tests.builders import NOW


@pytest.mark.parametrize("name", ["CLAIM_INBOX", "CLAIM_ONE", "CLAIM_OUTBOX", "RECORD_SENT", "FINISH"])
async def test_what_waits_is_found_without_reading_the_past(database: Database, name: str) -> None:
    asked = {
        "CLAIM_INBOX": {"now": NOW, "until": NOW, "most": 16},
        "CLAIM_ONE": {"now": NOW, "until": NOW, "most": 1, "only": 7},
        "CLAIM_OUTBOX": {
            "on_channel": ChannelName.TELEGRAM,
            "of_account": "bot",
            "lanes": [Lane.ANSWER],
            "now": NOW,
            "until": NOW,
            "most": 16,
        },
        "RECORD_SENT": {"ids": [1, 2], "now": NOW},
        "FINISH": {"ids": [1, 2], "now": NOW},
    }
    explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
    asked_of_the_driver: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked_of_the_driver.append((statement, parameters))

    async with database.transaction() as session:
        connection = await session.connection()
        if database.dialect == "postgresql":
            # Of a handful of rows its planner reads all; asked not to, it shows whether it could do better.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        await connection.execute(getattr(mail_statements, name), asked[name])
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        statement, parameters = asked_of_the_driver[0]
        plan = "\n".join(map(str, await connection.exec_driver_sql(f"{explain} {statement}", parameters)))
    assert not re.search(r"SCAN (?:inbox|outbox)(?!.* USING INDEX)|Seq Scan", plan), plan
