"""A desk of three administrators and an officer who lost the phone or forgot the password."""

from dataclasses import dataclass
from datetime import timedelta

from db import approvals, invitations, models, second_factor
from db.approval_rules import ProposalKind
from db.engine import Database
from db.invitations import InvitationLink
from db.models import OfficeKind, Role
from db.rights import Actor
from tests.builders import NOW
from tests.db.desk import make_actor, make_office

EMAIL = "an@vi-du.example"
AFTER = NOW + timedelta(minutes=1)


@dataclass
class Desk:
    first: Actor
    second: Actor
    third: Actor
    officer: Actor
    recovery: str
    """One of the officer's recovery codes."""


async def make_desk(database: Database) -> Desk:
    async with database.transaction() as session:
        office = await make_office(session, OfficeKind.OPERATOR)
        first, second, third = [await make_actor(session, Role.ADMINISTRATOR, office) for _ in range(3)]
        officer = await make_actor(session, email=EMAIL)
        codes = await second_factor.new_recovery_codes(session, officer.staff_id)
        return Desk(first, second, third, officer, codes[0])


async def propose(database: Database, actor: Actor, person: Actor, kind: ProposalKind) -> models.Proposal:
    async with database.transaction() as session:
        return await approvals.propose(
            session,
            actor=actor,
            kind=kind,
            payload={"staff": person.public_id},
            reason="đã gặp tận mặt",
            now=NOW,
        )


async def approve(database: Database, actor: Actor, proposal: models.Proposal) -> str:
    """The id of the invitation that it made."""
    async with database.transaction() as session:
        approved = await approvals.approve(
            session,
            actor=actor,
            proposal_id=proposal.public_id,
            version_hash=proposal.version_hash,
            reason="đã gọi lại số của cơ quan",
            now=NOW,
        )
        return approved.result.removeprefix("invitation:")


async def reset(
    database: Database, desk: Desk, kind: ProposalKind, person: Actor | None = None
) -> InvitationLink:
    proposal = await propose(database, desk.first, person or desk.officer, kind)
    invitation = await approve(database, desk.second, proposal)
    async with database.transaction() as session:
        return await invitations.make_link(session, actor=desk.first, invitation_id=invitation, now=NOW)


def not_spoken(link: InvitationLink) -> str:
    """Six digits that were not told."""
    return "000000" if link.spoken_code != "000000" else "111111"
