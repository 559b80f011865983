"""One call forgets whatever is due."""

from datetime import timedelta

from sqlalchemy import func, select

from db import checks, models, outbox, reports, retention
from db.engine import Database
from db.keys import Keys
from scamcheck.verdict import Level
from tests.builders import NOW
from tests.db.builders import make_conversation
from tests.db.test_checks import make_verdict


async def test_everything_about_a_person_is_forgotten_in_the_end(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        check_id = await checks.record_check(
            session, conversation, make_verdict(), keys=Keys(b"key"), now=NOW
        )
        await reports.file_report(
            session,
            conversation,
            check_id=check_id,
            observables=reports.ReportedObservables(),
            level=Level.UNKNOWN,
            reasons=[],
            consent_version="1",
            now=NOW,
        )
        await outbox.queue(
            session, conversation=conversation, inbox_id=None, lane=models.Lane.ANSWER, payload="{}", now=NOW
        )
    await retention.forget_old(database, NOW + timedelta(days=731))
    async with database.reading() as session:
        for table in (
            models.Check,
            models.Report,
            models.Outbox,
            models.Consent,
            models.Conversation,
            models.Person,
        ):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
