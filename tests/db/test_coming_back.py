"""What holds alike for a lost second factor and a forgotten password: nobody starts them anew alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db import models
from db.approval_rules import ProposalKind
from db.approvals import ProposalNotFound, SamePerson
from db.engine import Database
from db.factor_rules import OwnSecondFactor
from db.password_rules import OwnPassword
from db.rights import NotAllowed, StepUpNeeded
from tests.builders import NOW
from tests.db.resets import approve, make_desk, propose


@pytest.mark.parametrize(
    ("kind", "of_ones_own"),
    [
        (ProposalKind.RESET_SECOND_FACTOR, OwnSecondFactor),
        (ProposalKind.RESET_PASSWORD, OwnPassword),
    ],
)
async def test_nobody_does_it_alone_or_for_themselves(
    database: Database, kind: ProposalKind, of_ones_own: type[Exception]
) -> None:
    desk = await make_desk(database)
    with pytest.raises(of_ones_own):
        await propose(database, desk.first, desk.first, kind)
    with pytest.raises(NotAllowed):
        await propose(database, desk.officer, desk.first, kind)
    about_second = await propose(database, desk.first, desk.second, kind)
    with pytest.raises(SamePerson):
        await approve(database, desk.first, about_second)
    with pytest.raises(ProposalNotFound):
        await approve(database, desk.second, about_second)
    with pytest.raises(NotAllowed):
        await approve(database, desk.officer, about_second)
    async with database.transaction() as session:
        await session.execute(
            update(models.StaffSession)
            .where(models.StaffSession.id == desk.third.session_id)
            .values(stepped_up_at=NOW - timedelta(minutes=6))
        )
    with pytest.raises(StepUpNeeded):
        await approve(database, desk.third, about_second)
    async with database.reading() as session:
        assert await session.scalar(select(models.Invitation)) is None
        assert all(await session.scalars(select(models.StaffMember.totp_secret)))
        assert all(await session.scalars(select(models.StaffMember.password_hash)))
