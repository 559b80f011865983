"""What police list: by two, for a while by one; and the protected list."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    changes,
    contacts,
    due,
    indicator_desk,
    indicators,
    models,
    protection,
)
from db.approval_rules import ProposalKind, RecordNotFound
from db.engine import Database
from db.indicator_desk import SuspendedLately, TooManyWarnings, WarnedLately
from db.indicators import AlreadyConfirmed, AlreadyWarned, IndicatorNotListed, Protected
from db.models import IndicatorState, Role
from db.protection import AlreadyProtected, NotProtected
from db.recordable import KeyNotCanonical, NotAnExampleNumber
from db.rights import Actor, NotAllowed, NotEligible
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level
from tests.builders import NOW
from tests.db.builders import make_contact, make_indicator, make_organisation
from tests.db.desk import audit_of, later, make_actor, make_confirmation, make_office

KEY = "+84912000099"
NUMBER = IdentifierKind.NUMBER


async def two(session: AsyncSession) -> tuple[Actor, Actor]:
    return await make_actor(session), await make_actor(session, Role.POLICE_SUPERVISOR)


async def decide(
    session: AsyncSession,
    people: tuple[Actor, Actor],
    kind: ProposalKind,
    /,
    **payload: str,
) -> models.Proposal:
    """One proposes, the other approves."""
    proposal = await approvals.propose(
        session, actor=people[0], kind=kind, payload=payload, reason="đã xem xét", document="7/TB", now=NOW
    )
    return await agree(session, people[1], proposal)


async def agree(session: AsyncSession, supervisor: Actor, proposal: models.Proposal) -> models.Proposal:
    return await approvals.approve(
        session,
        actor=supervisor,
        proposal_id=proposal.public_id,
        version_hash=proposal.version_hash,
        reason="đồng ý",
        now=NOW,
    )


async def status_of(session: AsyncSession, indicator_id: int) -> IndicatorState:
    return (await session.get_one(models.Indicator, indicator_id, populate_existing=True)).status


async def warn(session: AsyncSession, actor: Actor, key: str = KEY, **changed: object) -> models.Indicator:
    arguments: dict[str, object] = {
        "kind": NUMBER,
        "key": key,
        "source": "tin báo",
        "reason": "nhiều người báo",
        "now": NOW,
        **changed,
    }
    return await indicator_desk.warn(session, actor=actor, **arguments)  # type: ignore[arg-type]


# By two


async def test_an_entry_is_withdrawn_and_restored_by_two(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        row = await make_indicator(session)
        wanted = {"indicator": str(row.id), "version": "1"}
        withdrawal = await decide(session, people, ProposalKind.WITHDRAW_INDICATOR, **wanted)
        assert withdrawal.result == f"indicator:{row.id}"
        withdrawn = await session.get_one(models.Indicator, row.id, populate_existing=True)
        assert (withdrawn.status, withdrawn.reason) == (IndicatorState.WITHDRAWN, "đã xem xét")
        with pytest.raises(IndicatorNotListed):
            await decide(session, people, ProposalKind.WITHDRAW_INDICATOR, **wanted)
        with pytest.raises(IndicatorNotListed):
            await decide(session, people, ProposalKind.RESTORE_INDICATOR, **wanted)
        restored = await decide(
            session, people, ProposalKind.RESTORE_INDICATOR, indicator=str(row.id), version="2"
        )
        again = await indicators.listed_indicator(session, NUMBER, KEY)
        assert again is not None
        assert restored.result == f"indicator:{again.id}"
        assert again.approved_by == f"staff:{people[0].public_id}+{people[1].public_id}"
        listed = [change.listed for change in await session.scalars(select(models.VerdictChange))]
        assert listed == [False, True]


async def test_what_changed_between_proposal_and_approval_is_not_decided(database: Database) -> None:
    async with database.transaction() as session:
        officer, supervisor = await two(session)
        row = await make_indicator(session)
        proposal = await approvals.propose(
            session,
            actor=officer,
            kind=ProposalKind.WITHDRAW_INDICATOR,
            payload={"indicator": str(row.id), "version": "1"},
            reason="nhầm chủ",
            now=NOW,
        )
        await indicator_desk.suspend(
            session, actor=supervisor, indicator_id=row.id, version=1, reason="khiếu nại", now=NOW
        )
        with pytest.raises(IndicatorNotListed):
            await agree(session, supervisor, proposal)


async def test_a_restoration_decides_on_what_was_seen(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        row = await make_indicator(session)
        await indicators.withdraw_indicator(session, row.id, version=1, reason="", now=NOW)
        proposal = await approvals.propose(
            session,
            actor=people[0],
            kind=ProposalKind.RESTORE_INDICATOR,
            payload={"indicator": str(row.id), "version": "2"},
            reason="nhầm",
            now=NOW,
        )
        row = await session.get_one(models.Indicator, row.id, populate_existing=True)
        row.version = 3
        await session.flush()
        with pytest.raises(IndicatorNotListed):
            await agree(session, people[1], proposal)


async def test_demo_staff_touch_no_real_entry(database: Database) -> None:
    async with database.transaction() as session:
        row = await make_indicator(session)
        office = await make_office(session, is_example=True)
        demo = await make_actor(session, Role.POLICE_OFFICER, office, is_example=True)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, office, is_example=True)
        with pytest.raises(RecordNotFound):
            await decide(
                session,
                (demo, demo),
                ProposalKind.WITHDRAW_INDICATOR,
                indicator=str(row.id),
                version="1",
            )
        with pytest.raises(RecordNotFound):
            await indicator_desk.suspend(
                session, actor=supervisor, indicator_id=row.id, version=1, reason="x", now=NOW
            )
        with pytest.raises(NotAnExampleNumber):
            await make_confirmation(session, demo, "+84912000001")
        confirmed = await agree(session, supervisor, await make_confirmation(session, demo, "+84530000199"))
        made = await session.get_one(models.Indicator, int(confirmed.result.partition(":")[2]))
        assert made.is_example


async def test_what_is_confirmed_is_not_proposed_again_until_it_expires(database: Database) -> None:
    async with database.transaction() as session:
        officer, supervisor = await two(session)
        await make_indicator(session)
        with pytest.raises(AlreadyConfirmed):
            await make_confirmation(session, officer)
        after = NOW + timedelta(days=180)
        await make_confirmation(session, await later(session, officer, after), now=after)
        assert supervisor.role is Role.POLICE_SUPERVISOR


async def test_a_confirmation_closes_the_reports_of_the_number(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        for number, (status, key) in enumerate(
            [
                (models.ReportStatus.RECEIVED, KEY),
                (models.ReportStatus.CLOSED, KEY),
                (models.ReportStatus.RECEIVED, "+84912000001"),
            ]
        ):
            session.add(
                models.Report(
                    case_code=f"GL-{number}",
                    status=status,
                    check_public_id=str(number),
                    level=Level.SUSPICIOUS,
                    reasons=[],
                    consent_version="1",
                    filed_at=NOW,
                    identifiers=[models.ReportIdentifier(kind=NUMBER, key=key, norm_version=1)],
                    claims=[],
                )
            )
        await session.flush()
        await agree(session, people[1], await make_confirmation(session, people[0]))
        statuses = (await session.scalars(select(models.Report.status).order_by(models.Report.id))).all()
        assert statuses == [
            models.ReportStatus.CONFIRMED,
            models.ReportStatus.CLOSED,
            models.ReportStatus.RECEIVED,
        ]


# By one


async def test_one_officer_warns_for_a_day(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        row = await warn(session, officer)
        assert (row.status, row.expires_at) == (
            IndicatorState.TEMPORARY_WARNING,
            NOW + timedelta(hours=24),
        )
        assert (row.confirmed_by, row.approved_by) == (officer.office_name, f"staff:{officer.public_id}")
        assert await audit_of(session, f"indicator:{row.id}") == [("indicator.warn", "done")]


async def test_a_warning_is_not_renewed_a_proposal_must_follow(database: Database) -> None:
    async with database.transaction() as session:
        officer, supervisor = await two(session)
        colleague = await make_actor(session)
        await warn(session, officer)
        after = NOW + timedelta(days=30) - timedelta(seconds=1)
        for actor in (officer, colleague):
            with pytest.raises(WarnedLately):
                await warn(session, await later(session, actor, after), now=after)
        proposal = await make_confirmation(session, officer)
        await agree(session, supervisor, proposal)
        listed = await indicators.listed_indicator(session, NUMBER, KEY)
        assert listed is not None
        assert listed.status is IndicatorState.CONFIRMED


async def test_after_thirty_days_a_warning_is_possible_again(database: Database) -> None:
    after = NOW + timedelta(days=30)
    async with database.transaction() as session:
        officer = await make_actor(session)
        await warn(session, officer)
        assert (await warn(session, await later(session, officer, after), now=after)).id


async def test_an_officer_warns_of_ten_a_day(database: Database) -> None:
    async with database.transaction() as session:
        officer, colleague = [await make_actor(session) for _ in range(2)]
        for number in range(10):
            await warn(session, officer, f"+8491200000{number}")
        with pytest.raises(TooManyWarnings):
            await warn(session, officer)
        await warn(session, colleague)
        tomorrow = NOW + timedelta(days=1)
        await warn(session, await later(session, officer, tomorrow), "+84912000098", now=tomorrow)


async def test_nobody_else_warns_and_not_of_what_is_official_or_listed(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        await make_contact(session, await make_organisation(session))
        await make_indicator(session, "+84912000098")
        with pytest.raises(Protected):
            await warn(session, officer, "+84912000001")
        with pytest.raises(AlreadyWarned):
            await warn(session, officer, "+84912000098")
        with pytest.raises(KeyNotCanonical):
            await warn(session, officer, "0912 000 099")
        for role in (Role.SCHOOL_STAFF, Role.EDUCATION_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR):
            with pytest.raises(NotAllowed):
                await warn(session, await make_actor(session, role))


async def test_a_supervisor_suspends_an_entry_for_72_hours_then_it_counts_again(database: Database) -> None:
    end = NOW + timedelta(hours=72)
    async with database.transaction() as session:
        officer, supervisor = await two(session)
        row = await make_indicator(session)
        with pytest.raises(NotAllowed):
            await indicator_desk.suspend(
                session, actor=officer, indicator_id=row.id, version=1, reason="x", now=NOW
            )
        with pytest.raises(RecordNotFound):
            await indicator_desk.suspend(
                session, actor=supervisor, indicator_id=999, version=1, reason="x", now=NOW
            )
        with pytest.raises(IndicatorNotListed):
            await indicator_desk.suspend(
                session, actor=supervisor, indicator_id=row.id, version=7, reason="x", now=NOW
            )
        before = await changes.version(session)
        await indicator_desk.suspend(
            session, actor=supervisor, indicator_id=row.id, version=1, reason="khiếu nại", now=NOW
        )
        assert await status_of(session, row.id) is IndicatorState.SUSPENDED
        assert await changes.version(session) > before
        assert await indicator_desk.resume_due(session, end - timedelta(seconds=1)) == 0
        assert await indicator_desk.resume_due(session, end) == 1
        assert await status_of(session, row.id) is IndicatorState.CONFIRMED
        with pytest.raises(SuspendedLately):
            await indicator_desk.suspend(
                session, actor=supervisor, indicator_id=row.id, version=3, reason="nữa", now=end
            )


async def test_a_suspended_entry_that_two_decided_on_does_not_come_back_by_itself(
    database: Database,
) -> None:
    async with database.transaction() as session:
        people = await two(session)
        withdrawn, restored = await make_indicator(session), await make_indicator(session, "+84912000098")
        for row in (withdrawn, restored):
            await indicator_desk.suspend(
                session, actor=people[1], indicator_id=row.id, version=1, reason="khiếu nại", now=NOW
            )
        with pytest.raises(AlreadyWarned):  # and meanwhile nobody warns of it
            await warn(session, people[0])
        await decide(
            session, people, ProposalKind.WITHDRAW_INDICATOR, indicator=str(withdrawn.id), version="2"
        )
        await decide(session, people, ProposalKind.RESTORE_INDICATOR, indicator=str(restored.id), version="2")
        assert await status_of(session, restored.id) is IndicatorState.CONFIRMED
        assert await indicator_desk.resume_due(session, NOW + timedelta(hours=72)) == 0
        assert await status_of(session, withdrawn.id) is IndicatorState.WITHDRAWN


async def test_what_ran_out_is_written_down(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        warned = await warn(session, officer, "+84912000098")
        confirmed = await make_indicator(session)
        lasting = await make_indicator(session, "+84912000097", expires_at=NOW + timedelta(days=400))
        soon = NOW + timedelta(days=170)
        assert [row.id for row in await indicator_desk.due_for_review(session, soon)] == [confirmed.id]
    assert await due.run(database, NOW + timedelta(days=180)) == 2
    async with database.transaction() as session:
        for row, status in (
            (warned, IndicatorState.EXPIRED),
            (confirmed, IndicatorState.EXPIRED),
            (lasting, IndicatorState.CONFIRMED),
        ):
            assert await status_of(session, row.id) is status
        people = await two(session)
        again = await decide(
            session, people, ProposalKind.RESTORE_INDICATOR, indicator=str(confirmed.id), version="2"
        )
        assert again.result != f"indicator:{confirmed.id}"


async def test_a_disabled_officer_warns_of_nothing(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        (await session.get_one(models.StaffMember, officer.staff_id)).status = models.StaffStatus.DISABLED
        await session.flush()
        with pytest.raises(NotEligible):
            await warn(session, officer)


# The protected list


async def test_a_protected_number_is_confirmed_only_by_an_override_that_is_recorded(
    database: Database,
) -> None:
    async with database.transaction() as session:
        people = await two(session)
        await decide(
            session,
            people,
            ProposalKind.PROTECT_NUMBER,
            kind="number",
            key=KEY,
            owner="Bệnh viện Ví Dụ",
            source="trang của bệnh viện",
        )
        (row,) = await protection.protected_identifiers(session)
        assert (row.owner, row.key) == ("Bệnh viện Ví Dụ", KEY)
        with pytest.raises(Protected):
            await make_confirmation(session, people[0])
        with pytest.raises(Protected):
            await warn(session, people[0])
        proposal = await make_confirmation(session, people[0], override="đã bị chiếm, bệnh viện xác nhận")
        assert "đã bị chiếm" in proposal.payload
        await agree(session, people[1], proposal)
        listed = await indicators.listed_indicator(session, NUMBER, KEY)
        assert listed is not None


async def test_a_shown_contact_is_never_confirmed_a_frozen_one_only_by_an_override(
    database: Database,
) -> None:
    async with database.transaction() as session:
        people = await two(session)
        contact = await make_contact(session, await make_organisation(session), KEY)
        with pytest.raises(Protected):
            await make_confirmation(session, people[0], override="bị chiếm")
        await contacts.freeze_contact(session, contact.id, now=NOW)
        with pytest.raises(Protected):
            await make_confirmation(session, people[0])
        await agree(session, people[1], await make_confirmation(session, people[0], override="bị chiếm"))
        assert await indicators.listed_indicator(session, NUMBER, KEY) is not None


async def test_the_protected_list_is_changed_by_two(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        wanted = {"kind": "number", "key": KEY}
        with pytest.raises(NotProtected):
            await decide(session, people, ProposalKind.UNPROTECT_NUMBER, **wanted)
        await decide(session, people, ProposalKind.PROTECT_NUMBER, **wanted, owner="x", source="y")
        with pytest.raises(AlreadyProtected):
            await decide(session, people, ProposalKind.PROTECT_NUMBER, **wanted, owner="x", source="y")
        with pytest.raises(AlreadyProtected):
            await protection.protect(
                session, kind=NUMBER, key=KEY, owner="x", source="y", approved_by="z", now=NOW
            )
        await decide(session, people, ProposalKind.UNPROTECT_NUMBER, **wanted)
        assert await protection.protected_identifiers(session) == ()
        with pytest.raises(NotProtected):
            await protection.unprotect(session, kind=NUMBER, key=KEY, now=NOW)


async def test_the_protected_list_is_searched_by_owner_and_number_and_the_demo_sees_its_own(
    database: Database,
) -> None:
    async with database.transaction() as session:
        officer, in_demo = await make_actor(session), await make_actor(session, is_example=True)
        row = await protection.protect(
            session, kind=NUMBER, key=KEY, owner="Điện lực Ví Dụ", source="y", approved_by="z", now=NOW
        )
        for words, fragment in (("", ""), ("điện LỰC", ""), ("không có", "912000")):
            found = await protection.protected_like(session, officer, words=words, fragment=fragment)
            assert found == (row,)
        assert await protection.protected_like(session, officer, words="nước", fragment="nước") == ()
        assert await protection.protected_like(session, in_demo) == ()
        await protection.unprotect(session, kind=NUMBER, key=KEY, now=NOW)
        assert await protection.protected_like(session, officer) == ()
        assert (await protection.protected_for(session, officer, row.id)).id == row.id
        for actor, id_ in ((in_demo, row.id), (officer, row.id + 1)):
            with pytest.raises(RecordNotFound):
                await protection.protected_for(session, actor, id_)


async def test_two_renew_an_entry_that_is_about_to_expire_and_not_before(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        row = await make_indicator(session, expires_at=NOW + timedelta(days=15))
        wanted = {"indicator": str(row.id), "version": "1"}
        with pytest.raises(IndicatorNotListed):
            await decide(session, people, ProposalKind.RESTORE_INDICATOR, **wanted)
        row.expires_at = NOW + timedelta(days=14)
        await session.flush()
        renewal = await decide(session, people, ProposalKind.RESTORE_INDICATOR, **wanted)
        assert renewal.result == f"indicator:{row.id}"
        renewed = await session.get_one(models.Indicator, row.id, populate_existing=True)
        assert renewed.expires_at == NOW + indicators.CONFIRMATION_LASTS
        assert (renewed.status, renewed.version) == (IndicatorState.CONFIRMED, 2)
        assert renewed.approved_by == f"staff:{people[0].public_id}+{people[1].public_id}"
        assert (await session.scalars(select(models.VerdictChange))).all() == []
        with pytest.raises(IndicatorNotListed):
            await indicators.renew_indicator(session, row.id, version=1, approved_by="x", now=NOW)
        assert not indicator_desk.is_due_for_review(renewed, NOW)


async def test_what_one_did_alone_stands_in_the_history_of_the_identifier(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        await warn(session, officer)
        await warn(session, officer, "+84912000098", reason="số khác")
        [alone] = await indicator_desk.lone_actions_of(session, NUMBER, KEY)
        assert (alone.staff_id, alone.reason, alone.until) == (
            officer.staff_id,
            "nhiều người báo",
            NOW + timedelta(hours=24),
        )
