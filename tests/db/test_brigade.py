"""Very many accounts report, dispute, appeal and ask about innocent numbers for a week: no public verdict moves."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from db import appeals, checks, due, models, report_queue, reports
from db.engine import Database
from db.keys import NORM_VERSION, Keys
from db.knowledge_base import SqlKnowledgeBase
from db.models import ReportStatus
from db.reports import ReportedObservables, file_report
from scamcheck.check import check
from scamcheck.knowledge import IdentifierKind
from scamcheck.reasons import Level, ReasonCode
from tests.builders import NOW
from tests.db.builders import make_contact, make_conversation, make_school
from tests.db.test_checks import make_verdict

FRESH, AGED = 500, 50
DAYS = 7
KEYS = Keys(b"a secret of this test only")
INNOCENT = [f"+849120{number:05}" for number in range(95)]
HOTLINES = [f"+8426331112{number:02}" for number in range(5)]
EVERY_ACCOUNT_REPORTS = 10
IN_FULL = 11
"""One in so many goes through every step of a check, a report and a dispute; prime to the number of targets."""


async def verdicts(known: SqlKnowledgeBase) -> dict[str, tuple[Level, tuple[str, ...]]]:
    """What a parent is told of each number, alone and inside a message."""
    told: dict[str, tuple[Level, tuple[str, ...]]] = {}
    for key in (*INNOCENT, *HOTLINES):
        for text in (key, f"Có người gọi từ {key} hỏi thăm lớp của cháu"):
            verdict = await check(text, known, now=NOW + timedelta(days=DAYS))
            told[text] = (verdict.level, tuple(reason.code.value for reason in verdict.reasons))
    return told


async def test_550_accounts_against_100_innocent_numbers_change_no_public_verdict(
    database: Database,
) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        for key in HOTLINES:
            await make_contact(session, school, key)
    known = SqlKnowledgeBase(database)
    before = await verdicts(known)
    assert [before[key][0] for key in INNOCENT] == [Level.UNKNOWN] * len(INNOCENT)
    assert [before[key][0] for key in HOTLINES] == [Level.OFFICIAL] * len(HOTLINES)
    assert Level.CONFIRMED_SCAM not in {level for level, _ in before.values()}

    targets = [*INNOCENT, *HOTLINES]
    attackers: list[int] = []
    async with database.transaction() as session:
        for account in range(FRESH + AGED):
            seen = NOW - timedelta(days=90) if account >= FRESH else NOW
            conversation = await make_conversation(session, f"attacker-{account}", now=seen)
            attackers.append(conversation.id)
            if account % IN_FULL:
                continue
            at = NOW + timedelta(days=account % DAYS)
            key = targets[account % len(targets)]
            check_id = await checks.record_check(session, conversation, make_verdict(), keys=KEYS, now=at)
            await file_report(
                session,
                conversation,
                check_id=check_id,
                observables=ReportedObservables(identifiers=((IdentifierKind.NUMBER, key),), claims=()),
                level=Level.SUSPICIOUS,
                reasons=[ReasonCode.SCENARIO],
                school_id=school.id,
                consent_version="2026-11",
                now=at,
            )
            await reports.file_dispute(session, conversation, check_id=check_id, now=at)
        for key in targets:
            await appeals.file_appeal(
                session, kind=IdentifierKind.NUMBER, key=key, words="số của tôi", now=NOW
            )
        # The others' reports as rows: the same records, without the minutes that filing them takes.
        reported = [
            {
                "case_code": f"{account}-{number}",
                "status": ReportStatus.RECEIVED,
                "version": 1,
                "check_public_id": f"{account}-{number}",
                "conversation_id": attackers[account],
                "level": Level.SUSPICIOUS,
                "reasons": [],
                "consent_version": "2026-11",
                "filed_at": NOW + timedelta(days=number % DAYS),
            }
            for account in range(FRESH + AGED)
            for number in range(EVERY_ACCOUNT_REPORTS)
        ]
        ids = (await session.scalars(insert(models.Report).returning(models.Report.id), reported)).all()
        await session.execute(
            insert(models.ReportIdentifier),
            [
                {
                    "report_id": id_,
                    "kind": IdentifierKind.NUMBER,
                    "key": targets[at % len(targets)],
                    "norm_version": NORM_VERSION,
                }
                for at, id_ in enumerate(ids)
            ],
        )
    for day in range(DAYS + 1):
        await due.run(database, NOW + timedelta(days=day))

    assert await verdicts(known) == before
    assert await verdicts(SqlKnowledgeBase(database)) == before
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(models.Indicator)) == 0
        assert await session.scalar(select(func.count()).select_from(models.VerdictChange)) == 0
        filed = await session.scalar(select(func.count()).select_from(models.Report))
        assert filed == (FRESH + AGED) * EVERY_ACCOUNT_REPORTS + (FRESH + AGED) // IN_FULL
        queue = await report_queue.clusters(session, NOW + timedelta(days=DAYS), limit=200)
    assert {cluster.key for cluster in queue} == set(targets)
    assert {cluster.key for cluster in queue if cluster.protected} == set(HOTLINES)
