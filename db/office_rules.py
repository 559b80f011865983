"""Rules of the two-person engine for an office's area: tied to other communes or another school, or untied.

An area is a right: whoever covers a commune approves its hotlines. So it takes two administrators.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import models, notices, offices, staff
from db.approval_rules import Case, PayloadUnreadable, Prepared, ProposalKind, Rule, number_in
from db.models import OfficeKind, Role
from db.rights import Permission

NO_SCHOOL: Final = "none"


class OfficeChanged(ValueError):
    """The office was changed since the proposer saw it."""


async def _office(session: AsyncSession, case: Case) -> models.Office:
    office = await staff.office_of(session, case.payload["office"])
    if office.is_example != case.is_example:
        raise staff.OfficeNotFound(office.public_id)
    await session.refresh(office, ["communes", "version", "school_id"])
    return office


def _codes(case: Case) -> list[str]:
    return sorted(set(case.payload["communes"].replace(",", " ").split()))


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    office = await _office(session, case)
    if office.version != number_in(case.payload, "version"):
        raise OfficeChanged(office.public_id)
    wanted = "school" if office.kind is OfficeKind.SCHOOL else "communes"
    if (office.kind is not OfficeKind.SCHOOL and office.kind not in offices.OF_COMMUNES) or set(
        case.payload
    ) - {"office", "version"} != {wanted}:
        raise PayloadUnreadable(wanted)
    if wanted == "communes":
        await offices.require_communes(session, _codes(case))
    elif case.payload["school"] != NO_SCHOOL:
        await offices.require_free_school(
            session, number_in(case.payload, "school"), is_example=case.is_example
        )
    return Prepared(f"office:{office.public_id}")


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:  # noqa: ARG001
    return approver.role is Role.ADMINISTRATOR


async def _apply(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    office = await _office(session, case)
    if office.kind is OfficeKind.SCHOOL:
        untied = case.payload["school"] == NO_SCHOOL
        office.school_id = None if untied else number_in(case.payload, "school")
    else:
        codes = _codes(case)
        kept = {one.commune_code: one for one in office.communes}
        office.communes = [
            kept.get(code) or models.OfficeCommune(office_id=office.id, commune_code=code) for code in codes
        ]
    office.version += 1
    await session.flush()
    await notices.tell(session, [office.id], topic="office.changed", subject=case.subject, now=now)
    return case.subject


RULES: Final = {
    ProposalKind.CHANGE_OFFICE: Rule(
        propose=frozenset({Permission.MANAGE_OFFICES}),
        approve=frozenset({Permission.APPROVE_ROLE}),
        required=frozenset({"office", "version"}),
        optional=frozenset({"communes", "school"}),
        prepare=_prepare,
        may_approve=_may_approve,
        apply=_apply,
    ),
}
