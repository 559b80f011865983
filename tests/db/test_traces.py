"""What was erased is in none of the bytes of the SQLite file or its journal."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from db import checks, inbox, mailbox, outbox, people, personal_data
from db.engine import Database
from db.keys import Keys
from db.models import Lane
from db.outbox import SendOutcome
from tests.builders import NOW
from tests.db.builders import make_conversation
from tests.db.test_checks import make_verdict

PLANTED = "con tôi nằm ở phòng cấp cứu số mười bảy"
ADDRESS = "address-8412345"


def bytes_of(url: str) -> bytes:
    path = Path(make_url(url).database or "")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


async def receive(database: Database, event_id: str, *, times: int = 1) -> None:
    for time in range(times):
        async with database.transaction() as session:
            await inbox.accept(
                session,
                channel="telegram",
                bot_account="bot",
                event_id=f"{event_id}-{time}",
                address=ADDRESS,
                payload=f'{{"text": "{PLANTED}"}}' + "x" * 4000 * time,
                now=NOW,
            )


async def test_planted_text_is_not_in_the_file_after_it_was_answered(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await receive(database, "1", times=4)
    assert PLANTED.encode() in bytes_of(sqlite_url)
    for _ in range(4):
        async with database.transaction() as session:
            (item,) = await inbox.claim_inbox(session, now=NOW, limit=1)
        async with database.transaction() as session:
            conversation = await make_conversation(session, ADDRESS)
            await checks.record_check(
                session, conversation, make_verdict(PLANTED), keys=Keys(b"key"), now=NOW
            )
            await outbox.queue(
                session,
                conversation=conversation,
                inbox_id=item.id,
                lane=Lane.ANSWER,
                payload=f"echo {PLANTED}",
                now=NOW,
            )
            await inbox.finish_inbox(session, item, NOW)
        async with database.transaction() as session:
            (out,) = await outbox.claim_outbox(
                session, channel="telegram", bot_account="bot", now=NOW, limit=1
            )
        async with database.transaction() as session:
            await outbox.record_send(session, out.id, result=SendOutcome.SENT, now=NOW)
    assert await database.erase_traces()
    assert PLANTED.encode() not in bytes_of(sqlite_url)
    await database.close()


@pytest.mark.parametrize("closed", [True, False])
async def test_an_erased_person_leaves_no_bytes(sqlite_url: str, *, closed: bool) -> None:
    database = Database(sqlite_url)
    async with database.transaction() as session:
        conversation = await make_conversation(session, ADDRESS)
        people.save_dialogue(
            conversation, state="x", data={"kept": PLANTED}, expires_at=NOW + timedelta(minutes=15)
        )
    async with database.transaction() as session:
        await personal_data.erase(session, await make_conversation(session, ADDRESS))
    if closed:
        await database.close()
    else:
        assert await database.erase_traces()
    assert PLANTED.encode() not in bytes_of(sqlite_url)
    assert ADDRESS.encode() not in bytes_of(sqlite_url)
    await database.close()


async def test_a_poison_payload_leaves_no_bytes_after_a_day(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await receive(database, "1")
    for _ in range(5):
        async with database.transaction() as session:
            (item,) = await inbox.claim_inbox(session, now=NOW + timedelta(hours=1), limit=1)
            await inbox.fail_inbox(session, item, error_class="ValueError", now=NOW)
    async with database.transaction() as session:
        await mailbox.forget_old(session, NOW + timedelta(hours=25))
    assert await database.erase_traces()
    assert PLANTED.encode() not in bytes_of(sqlite_url)
    await database.close()
