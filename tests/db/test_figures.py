"""Figures of the desk: counts of one's own area, by the calendar of Vietnam."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, figures, models, rights
from db.engine import Database
from db.keys import NORM_VERSION
from db.models import OfficeKind, ReportStatus, Role
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level
from tests.builders import NOW
from tests.db.builders import COMMUNE, make_commune, make_contact, make_school
from tests.db.desk import make_actor, make_confirmation, make_office

KEY = "+84912000099"
EVENING = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
"""Half past midnight of the 24th in Vietnam."""


async def make_report(
    session: AsyncSession,
    code: str,
    *,
    filed_at: datetime = NOW,
    school_id: int | None = None,
    commune: str | None = None,
    claims: tuple[OwnerKind, ...] = (),
    key: str = KEY,
) -> None:
    report = models.Report(
        case_code=code,
        status=ReportStatus.RECEIVED,
        check_public_id=code,
        level=Level.SUSPICIOUS,
        reasons=[],
        school_id=school_id,
        commune_code=commune,
        consent_version="1",
        filed_at=filed_at,
        identifiers=[models.ReportIdentifier(kind=IdentifierKind.NUMBER, key=key, norm_version=NORM_VERSION)],
        claims=[models.ReportClaim(kind=kind) for kind in claims],
    )
    session.add(report)
    await session.flush()


async def test_reports_are_counted_by_the_days_of_vietnam_and_by_week(database: Database) -> None:
    async with database.transaction() as session:
        informs = await make_actor(session, Role.INFORMATION_OFFICER)
        await make_report(session, "a", filed_at=EVENING)
        await make_report(session, "b", filed_at=EVENING - timedelta(hours=1))
        await make_report(session, "c", filed_at=EVENING - timedelta(days=figures.DAYS + 1))
        days = await figures.reports_by_day(session, informs, EVENING + timedelta(hours=1))
    assert len(days) == figures.DAYS
    assert days[-1] == (date(2026, 11, 24), 1)
    assert days[-2] == (date(2026, 11, 23), 1)
    assert sum(count for _, count in days) == 2
    weeks = figures.by_week(days)
    assert weeks[-1] == (date(2026, 11, 23), 2)
    assert all(monday.weekday() == 0 for monday, _ in weeks)


async def test_each_office_counts_its_own(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session, "Ví Dụ Một")
        elsewhere = await make_commune(session, "24737", "xã Ví Dụ Xa")
        own = await make_office(session, OfficeKind.SCHOOL, school_id=school.id)
        other = await make_school(session, "Ví Dụ Hai")
        counting = {
            "school": await make_actor(session, Role.SCHOOL_STAFF, own),
            "education": await make_actor(session, Role.EDUCATION_OFFICER),
            "police": await make_actor(session),
            "information": await make_actor(session, Role.INFORMATION_OFFICER),
        }
        await make_report(session, "a", school_id=school.id, claims=(OwnerKind.SCHOOL,))
        await make_report(session, "b", school_id=other.id, claims=(OwnerKind.SCHOOL, OwnerKind.HOSPITAL))
        await make_report(session, "c", commune=COMMUNE, claims=(OwnerKind.POLICE,))
        await make_report(session, "d", commune=elsewhere)
        counted = {
            who: (await figures.reports_by_day(session, actor, NOW))[-1][1] for who, actor in counting.items()
        }
        assert counted == {"school": 1, "education": 2, "police": 3, "information": 4}
        assert await figures.claims(session, counting["school"], NOW) == {OwnerKind.SCHOOL: 1}
        assert list(await figures.claims(session, counting["police"], NOW)) == [
            OwnerKind.SCHOOL,
            OwnerKind.HOSPITAL,
            OwnerKind.POLICE,
        ]


async def test_how_long_a_confirmation_took_counts_from_the_first_report(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        assert await figures.waits(session, NOW) == figures.Waits((0, 0, 0, 0), None)
        for number, days in enumerate((0.5, 2, 10)):
            key = f"+8491200010{number}"
            await make_report(session, f"r{number}", filed_at=NOW - timedelta(days=days), key=key)
            await make_report(session, f"s{number}", filed_at=NOW - timedelta(minutes=1), key=key)
            proposal = await make_confirmation(session, officer, key)
            await approve(session, supervisor, proposal)
        await approve(session, supervisor, await make_confirmation(session, officer, "+84912000109"))
        await make_report(session, "later", filed_at=NOW + timedelta(hours=1), key="+84912000109")
        found = await figures.waits(session, NOW)
        assert found == figures.Waits((1, 1, 0, 1), timedelta(days=2))
        assert (await figures.waits(session, NOW + timedelta(days=91))).median is None


async def approve(session: AsyncSession, supervisor: rights.Actor, proposal: models.Proposal) -> None:
    await approvals.approve(
        session,
        actor=supervisor,
        proposal_id=proposal.public_id,
        version_hash=proposal.version_hash,
        reason="đồng ý",
        now=NOW,
    )


async def test_a_school_counts_once_by_the_number_that_lasts_longest(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session, Role.EDUCATION_OFFICER)
        assert await figures.hotlines(session, officer, NOW) == figures.Hotlines(0, 0, 0, 0)
        year, month, day = timedelta(days=300), timedelta(days=30), timedelta(days=1)
        expiries = {
            "a": (NOW + year, NOW - day),
            "b": (NOW + month,),
            "c": (NOW - day,),
            "d": (),
            "e": (None,),
        }
        for at, (name, dates) in enumerate(expiries.items()):
            school = await make_school(session, f"Ví Dụ {name}")
            for also, expires_at in enumerate(dates):
                key = f"+8491200{at}0{also}0"
                await make_contact(session, school, key, expires_at=expires_at)
        assert await figures.hotlines(session, officer, NOW) == figures.Hotlines(
            confirmed=2, runs_out=1, expired=1, missing=1
        )
