"""A forgotten password: two others agree, all sign-ins end, and link, voice and second factor set a new one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from db import (
    factor_renewal,
    invitations,
    joining,
    models,
    password_renewal,
    signing_in,
    staff,
)
from db.approval_rules import ProposalKind
from db.coming_back import NothingToKnowThemBy
from db.engine import Database
from db.invitations import InvitationLink
from db.joining import InvitationNotValid
from db.migrate import downgrade, upgrade
from db.models import Renewal
from db.passwords import PasswordRefused
from db.signing_in import SignedIn, SignInRefused
from db.staff import StaffNotFound
from tests.builders import NOW
from tests.db.desk import ADDRESS, HASHER, PASSWORD, SEALER, audit_of, code_at, make_actor
from tests.db.resets import AFTER, EMAIL, approve, make_desk, not_spoken, propose, reset

NEW = "xôi gấc đậu xanh chín rồi"
LATER = NOW + timedelta(minutes=2)


async def renew(database: Database, link: InvitationLink, **changed: str) -> SignedIn:
    return await password_renewal.renew_password(
        database,
        link.token,
        changed.get("spoken", link.spoken_code),
        password=changed.get("password", NEW),
        code=changed.get("code", code_at(AFTER)),
        address=ADDRESS,
        sealer=SEALER,
        now=AFTER,
        hasher=HASHER,
    )


async def get_in(database: Database, password: str, *, at: timedelta = timedelta()) -> SignedIn:
    return await signing_in.sign_in(
        database,
        email=EMAIL,
        password=password,
        code=code_at(LATER + at),
        address=ADDRESS,
        sealer=SEALER,
        now=LATER + at,
        hasher=HASHER,
    )


async def test_the_person_sets_a_new_one_and_the_old_one_opens_nothing(database: Database) -> None:
    desk = await make_desk(database)
    before = await get_in(database, PASSWORD, at=-timedelta(minutes=2))
    link = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    assert await signing_in.session_of(database, before.token, AFTER) is None
    for password in (PASSWORD, ""):
        with pytest.raises(SignInRefused):
            await get_in(database, password, at=-timedelta(minutes=1))
    shown = await joining.open_invitation(database, link.token, link.spoken_code, sealer=SEALER, now=AFTER)
    assert shown.renews is Renewal.PASSWORD
    assert (shown.totp_secret, shown.totp_uri) == ("", "")  # the second factor stays
    signed_in = await renew(database, link)
    assert signed_in.actor.public_id == desk.officer.public_id
    assert await signing_in.session_of(database, signed_in.token, AFTER) == signed_in.actor
    with pytest.raises(SignInRefused):
        await get_in(database, PASSWORD)
    assert (await get_in(database, NEW)).token
    with pytest.raises(InvitationNotValid):
        await renew(database, link, code=desk.recovery)
    async with database.reading() as session:
        entries = await audit_of(session, f"staff:{desk.officer.public_id}")
        assert ("password.end", "done") in entries
        assert ("password.renew", "done") in entries
        notice = await session.scalar(select(models.Notice))
        assert notice is not None
        assert (notice.topic, notice.office_id) == ("password.reset", desk.officer.office_id)


async def test_a_recovery_code_stands_in_for_the_phone_once(database: Database) -> None:
    desk = await make_desk(database)
    assert (
        await renew(database, await reset(database, desk, ProposalKind.RESET_PASSWORD), code=desk.recovery)
    ).token
    again = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    with pytest.raises(SignInRefused):
        await renew(database, again, code=desk.recovery)


async def test_whoever_has_the_link_and_the_spoken_code_is_not_the_person(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    wrong = not_spoken(link)
    with pytest.raises(InvitationNotValid):  # link without the spoken code
        await renew(database, link, spoken=wrong)
    for code in ("000000", "", "ABCDE-FGHJK-LMNPQ"):  # both, as the administrator who made it has them
        with pytest.raises(SignInRefused):
            await renew(database, link, code=code)
    with pytest.raises(InvitationNotValid):  # nor does it set up another second factor
        await factor_renewal.renew_second_factor(
            database,
            link.token,
            link.spoken_code,
            password="",
            code="000000",
            address=ADDRESS,
            sealer=SEALER,
            now=AFTER,
            hasher=HASHER,
        )
    with pytest.raises(InvitationNotValid):  # or make a new person of them
        await joining.accept_invitation(
            database,
            link.token,
            link.spoken_code,
            password=NEW,
            code="000000",
            sealer=SEALER,
            now=AFTER,
            hasher=HASHER,
        )
    async with database.reading() as session:
        entries = await audit_of(session, f"staff:{desk.officer.public_id}")
        assert entries.count(("password.renew", "refused")) == 3
    assert (await renew(database, link)).token


async def test_a_link_for_a_new_second_factor_sets_no_password(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_SECOND_FACTOR)
    with pytest.raises(InvitationNotValid):
        await renew(database, link)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (ProposalKind.RESET_PASSWORD, ProposalKind.RESET_SECOND_FACTOR),
        (ProposalKind.RESET_SECOND_FACTOR, ProposalKind.RESET_PASSWORD),
    ],
)
async def test_never_do_both_start_anew_so_that_a_link_would_be_enough(
    database: Database, first: ProposalKind, then: ProposalKind
) -> None:
    desk = await make_desk(database)
    both = [await propose(database, desk.first, desk.officer, kind) for kind in (first, then)]
    await approve(database, desk.second, both[0])
    with pytest.raises(NothingToKnowThemBy):  # proposed while there was something left
        await approve(database, desk.third, both[1])
    with pytest.raises(NothingToKnowThemBy):
        await propose(database, desk.second, desk.officer, then)


async def test_guessing_the_code_is_limited_and_fails_closed(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await renew(database, link, code="000000")
    with pytest.raises(SignInRefused):  # not even the right one now
        await renew(database, link)
    unreachable = Database("postgresql://nobody@127.0.0.1:9/nothing")
    with pytest.raises(DBAPIError):
        await renew(unreachable, link)
    await unreachable.close()


async def test_a_password_that_is_easily_guessed_uses_nothing_up(database: Database) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    for password in ("ngắn", "matkhaucongan", "x" * 200):
        with pytest.raises(PasswordRefused):
            await renew(database, link, password=password)
    assert (await renew(database, link)).token


async def test_a_link_works_once_whoever_races_and_ends_with_a_newer_one(database: Database) -> None:
    desk = await make_desk(database)
    old = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    async with database.transaction() as session:
        link = await invitations.make_link(session, actor=desk.second, invitation_id=old.public_id, now=NOW)
    with pytest.raises(InvitationNotValid):
        await renew(database, old)
    codes = (code_at(AFTER), desk.recovery)
    outcomes = await asyncio.gather(
        *(renew(database, link, code=code) for code in codes), return_exceptions=True
    )
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvitationNotValid) for outcome in outcomes) == 1


async def test_forgetting_it_again_ends_the_link_before(database: Database) -> None:
    desk = await make_desk(database)
    first, second = (
        await reset(database, desk, ProposalKind.RESET_PASSWORD),
        await reset(database, desk, ProposalKind.RESET_PASSWORD),
    )
    with pytest.raises(InvitationNotValid):
        await renew(database, first)
    assert (await renew(database, second)).token


@pytest.mark.parametrize("ends", ["disabled", "role ended"])
async def test_who_is_put_out_meanwhile_does_not_come_back_by_the_link(database: Database, ends: str) -> None:
    desk = await make_desk(database)
    link = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    async with database.transaction() as session:
        if ends == "disabled":
            await staff.disable(
                session, actor=desk.first, public_id=desk.officer.public_id, reason="nghỉ", now=NOW
            )
        else:
            await staff.end_role(
                session,
                actor=desk.first,
                membership_id=desk.officer.membership_id,
                reason="chuyển công tác",
                now=NOW,
            )
    with pytest.raises(InvitationNotValid):
        await renew(database, link)
    with pytest.raises(StaffNotFound):
        await propose(database, desk.first, desk.officer, ProposalKind.RESET_PASSWORD)


async def test_a_link_of_the_release_before_renews_what_it_was_made_for(bare_database_url: str) -> None:
    await upgrade(bare_database_url)
    database = Database(bare_database_url)
    desk = await make_desk(database)
    password = await reset(database, desk, ProposalKind.RESET_PASSWORD)
    async with database.transaction() as session:
        other = await make_actor(session, email="binh@vi-du.example")
    factor = await reset(database, replace(desk, officer=other), ProposalKind.RESET_SECOND_FACTOR)
    await database.close()
    await downgrade(bare_database_url, "0010")
    await upgrade(bare_database_url)
    database = Database(bare_database_url)
    async with database.reading() as session:
        rows = await session.execute(text("SELECT public_id, renews, withdrawn_at FROM invitation"))
        kept = {row.public_id: (row.renews, row.withdrawn_at is None) for row in rows}
    assert kept[factor.public_id] == ("second_factor", True)
    assert kept[password.public_id] == ("second_factor", False)  # ended, before it could set up another's
    await database.close()
