"""A lost second factor: two others agree, all sign-ins end, and link, voice and password set up a new one."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from db import factor_renewal, invitations, joining, models, second_factor, signing_in, staff
from db.approval_rules import ProposalKind
from db.engine import Database
from db.invitations import InvitationLink
from db.joining import Accepted, InvitationNotValid
from db.login_limits import TRIES_PER_NAME_AND_ADDRESS, TooManyAttempts
from db.models import Renewal, Role
from db.signing_in import NotSignedIn, SignInRefused
from db.staff import StaffNotFound
from tests.builders import NOW
from tests.db.desk import ADDRESS, HASHER, PASSWORD, SEALER, audit_of, code_at
from tests.db.resets import AFTER, EMAIL, make_desk, not_spoken, propose, reset


async def renew(database: Database, link: InvitationLink, **changed: str) -> Accepted:
    spoken = changed.get("spoken", link.spoken_code)
    shown = await joining.open_invitation(database, link.token, spoken, sealer=SEALER, now=AFTER)
    assert shown.renews is Renewal.SECOND_FACTOR
    return await factor_renewal.renew_second_factor(
        database,
        link.token,
        spoken,
        password=changed.get("password", PASSWORD),
        code=changed.get("code", second_factor.code_at(shown.totp_secret, AFTER)),
        address=ADDRESS,
        sealer=SEALER,
        now=AFTER,
        hasher=HASHER,
    )


async def get_in(database: Database, code: str) -> signing_in.SignedIn:
    return await signing_in.sign_in(
        database,
        email=EMAIL,
        password=PASSWORD,
        code=code,
        address=ADDRESS,
        sealer=SEALER,
        now=AFTER + timedelta(minutes=1),
        hasher=HASHER,
    )


async def test_the_person_sets_up_a_new_one_and_the_old_one_opens_nothing(database: Database) -> None:
    desk = await make_desk(database)
    before = await signing_in.sign_in(
        database,
        email=EMAIL,
        password=PASSWORD,
        code=code_at(NOW),
        address=ADDRESS,
        sealer=SEALER,
        now=NOW,
        hasher=HASHER,
    )
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    assert await signing_in.session_of(database, before.token, AFTER) is None
    with pytest.raises(NotSignedIn):
        await signing_in.step_up(
            database, before.token, code_at(AFTER), address=ADDRESS, sealer=SEALER, now=AFTER
        )
    later = AFTER + timedelta(minutes=1)
    for old in (code_at(later), ""):
        with pytest.raises(SignInRefused):
            await get_in(database, old)
    accepted = await renew(database, link)
    assert len(accepted.recovery_codes) == second_factor.RECOVERY_CODES
    assert accepted.signed_in.actor.public_id == desk.officer.public_id
    assert await signing_in.session_of(database, accepted.signed_in.token, AFTER) == accepted.signed_in.actor
    secret = joining.enrolment_secret(link.token, link.spoken_code, SEALER)
    with pytest.raises(SignInRefused):  # the code that set it up was used, and counts once
        await get_in(database, second_factor.code_at(secret, AFTER))
    assert (await get_in(database, second_factor.code_at(secret, later))).token
    async with database.reading() as session:
        entries = await audit_of(session, f"staff:{desk.officer.public_id}")
        assert ("second_factor.end", "done") in entries
        assert ("second_factor.renew", "done") in entries
        notice = await session.scalar(select(models.Notice))
        assert notice is not None
        assert (notice.topic, notice.office_id) == ("second_factor.reset", desk.officer.office_id)


async def test_of_a_person_who_is_not_there_nothing_is_reset(database: Database) -> None:
    desk = await make_desk(database)
    async with database.transaction() as session:
        await staff.disable(
            session, actor=desk.first, public_id=desk.officer.public_id, reason="nghỉ", now=NOW
        )
    with pytest.raises(StaffNotFound):
        await propose(database, desk.first, desk.officer, ProposalKind.RESET_SECOND_FACTOR)


async def test_a_thief_of_the_link_gets_nowhere(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    wrong = not_spoken(link)
    with pytest.raises(InvitationNotValid):  # link without the spoken code
        await renew(database, link, spoken=wrong)
    with pytest.raises(InvitationNotValid):
        await factor_renewal.renew_second_factor(
            database,
            link.token,
            wrong,
            password=PASSWORD,
            code="000000",
            address=ADDRESS,
            sealer=SEALER,
            now=AFTER,
            hasher=HASHER,
        )
    with pytest.raises(SignInRefused):  # link and spoken code, as whoever made the link has them
        await renew(database, link, password="một mật khẩu đoán mò")
    with pytest.raises(SignInRefused):
        await renew(database, link, code="000000")
    with pytest.raises(InvitationNotValid):  # nor does it make a new person of them
        await joining.accept_invitation(
            database,
            link.token,
            link.spoken_code,
            password="xôi gấc đậu xanh chín rồi",
            code="000000",
            sealer=SEALER,
            now=AFTER,
            hasher=HASHER,
        )
    async with database.reading() as session:
        entries = await audit_of(session, f"staff:{desk.officer.public_id}")
        assert entries.count(("second_factor.renew", "refused")) == 2
    assert (await renew(database, link)).recovery_codes


async def test_guessing_the_password_is_limited_and_fails_closed(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    for _ in range(TRIES_PER_NAME_AND_ADDRESS):
        with pytest.raises(SignInRefused):
            await renew(database, link, password="một mật khẩu đoán mò")
    with pytest.raises(TooManyAttempts):
        await renew(database, link)
    await database.close()
    unreachable = Database("postgresql://nobody@127.0.0.1:9/nothing")
    with pytest.raises(DBAPIError):
        await factor_renewal.renew_second_factor(
            unreachable,
            link.token,
            link.spoken_code,
            password=PASSWORD,
            code="000000",
            address=ADDRESS,
            sealer=SEALER,
            now=AFTER,
            hasher=HASHER,
        )
    await unreachable.close()


async def test_of_many_who_guess_the_spoken_code_at_once_five_are_heard(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    wrong = not_spoken(link)
    outcomes = await asyncio.gather(
        *(renew(database, link, spoken=wrong) for _ in range(12)), return_exceptions=True
    )
    assert all(isinstance(outcome, InvitationNotValid) for outcome in outcomes)
    async with database.reading() as session:
        invitation = await session.scalar(select(models.Invitation))
        assert invitation is not None
        assert invitation.wrong_codes == joining.MAX_WRONG_SPOKEN_CODES
    with pytest.raises(InvitationNotValid):
        await renew(database, link)


async def test_a_link_works_once_whoever_races_and_ends_with_a_newer_one(database: Database) -> None:
    desk = await make_desk(database)
    old = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    async with database.transaction() as session:
        link = await invitations.make_link(session, actor=desk.second, invitation_id=old.public_id, now=NOW)
    with pytest.raises(InvitationNotValid):
        await renew(database, old)
    outcomes = await asyncio.gather(*(renew(database, link) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvitationNotValid) for outcome in outcomes) == 3
    with pytest.raises(InvitationNotValid):
        await renew(database, link)


async def test_who_is_put_out_meanwhile_does_not_come_back_by_the_link(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    async with database.transaction() as session:
        await staff.disable(
            session, actor=desk.first, public_id=desk.officer.public_id, reason="nghỉ", now=NOW
        )
    with pytest.raises(InvitationNotValid):
        await renew(database, link)


async def test_who_has_no_role_any_more_does_not_come_back_either(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    async with database.transaction() as session:
        await staff.end_role(
            session,
            actor=desk.first,
            membership_id=desk.officer.membership_id,
            reason="chuyển công tác",
            now=NOW,
        )
    with pytest.raises(InvitationNotValid):
        await renew(database, link)


async def test_losing_it_again_ends_the_link_before(database: Database) -> None:
    desk = await make_desk(database)
    first = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    second = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    with pytest.raises(InvitationNotValid):
        await renew(database, first)
    assert (await renew(database, second)).recovery_codes


async def test_an_invitation_of_somebody_new_renews_nobodys_second_factor(database: Database) -> None:
    desk = await make_desk(database)
    async with database.transaction() as session:
        invited = await staff.give_role(
            session,
            office=await session.get_one(models.Office, desk.officer.office_id),
            role=Role.POLICE_OFFICER,
            name="Người Mới",
            email="moi@vi-du.example",
            granted_by="operator:test",
            now=NOW,
        )
        assert isinstance(invited, models.Invitation)
        link = await invitations.make_link(
            session, actor=desk.first, invitation_id=invited.public_id, now=NOW
        )
    with pytest.raises(InvitationNotValid):
        await factor_renewal.renew_second_factor(
            database,
            link.token,
            link.spoken_code,
            password=PASSWORD,
            code=second_factor.code_at(joining.enrolment_secret(link.token, link.spoken_code, SEALER), AFTER),
            address=ADDRESS,
            sealer=SEALER,
            now=AFTER,
            hasher=HASHER,
        )
