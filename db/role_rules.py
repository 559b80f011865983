"""Rules of the two-person engine for roles: one administrator proposes, another grants."""

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import identity, models, rights, staff
from db.approval_rules import Case, Prepared, ProposalKind, Rule, choice_in
from db.models import Role
from db.rights import Permission


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    office = await staff.office_of(session, case.payload["office"])
    role = choice_in(case.payload, "role", Role)
    if office.is_example != case.is_example:
        raise staff.OfficeNotFound(office.public_id)
    if office.kind not in rights.OFFICES_OF[role]:
        raise staff.RoleDoesNotFit(f"{role} at {office.kind}")
    key = identity.person_key(case.payload["email"])
    # The subject stands in the audit, which never forgets: no address in it.
    digest = hashlib.sha256(f"{key}\n{office.public_id}\n{role.value}".encode()).hexdigest()
    return Prepared(f"role:{digest[:16]}")


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:  # noqa: ARG001
    """Another administrator; but nobody grants a role to themselves."""
    return approver.role is Role.ADMINISTRATOR and approver.staff.email_key != identity.person_key(
        case.payload["email"]
    )


async def _apply(session: AsyncSession, case: Case, now: datetime) -> str:
    given = await staff.give_role(
        session,
        office=await staff.office_of(session, case.payload["office"]),
        role=choice_in(case.payload, "role", Role),
        name=case.payload["name"],
        email=case.payload["email"],
        granted_by=case.approved_by,
        now=now,
    )
    if isinstance(given, models.Invitation):
        return f"invitation:{given.public_id}"
    return f"membership:{given.id}"


RULES: Final = {
    ProposalKind.GRANT_ROLE: Rule(
        propose=frozenset({Permission.PROPOSE_ROLE}),
        approve=frozenset({Permission.APPROVE_ROLE}),
        required=frozenset({"office", "role", "name", "email"}),
        optional=frozenset(),
        prepare=_prepare,
        may_approve=_may_approve,
        apply=_apply,
    ),
}
