"""Opening an office: tied to its school, or to the organisation whose contacts it keeps, and to communes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, identity, models, organisations, rights, staff
from db.approval_rules import RecordNotFound
from db.models import OfficeKind, RecordState
from db.rights import Actor, Permission
from scamcheck.claims import OwnerKind

OF_COMMUNES: Final = frozenset({OfficeKind.COMMUNE_POLICE, OfficeKind.EDUCATION_OFFICE})
"""Offices whose area is made of communes."""
LEVELS_OF: Final = {
    OfficeKind.EDUCATION_OFFICE: rights.LEVELS_OF_A_COMMUNE,
    OfficeKind.EDUCATION_DEPARTMENT: rights.LEVELS_OF_A_PROVINCE,
}


class SchoolMissing(ValueError):
    """A school's office without its school could do nothing."""


class CommunesMissing(ValueError):
    """An office of communes without a commune could do nothing, or one of the codes is no commune's."""


class ProvinceMissing(ValueError):
    """An office of a province needs the province, as communes have it."""


class OfficeExists(ValueError):
    """This school, or this organisation, has an office already; one that was closed counts too."""


async def open_office(
    session: AsyncSession,
    *,
    actor: Actor,
    kind: OfficeKind,
    name: str,
    province: str = "",
    communes: Iterable[str] = (),
    school_id: int | None = None,
    now: datetime,
) -> models.Office:
    """Add an office that can do its work: a school's with its school, police with a record of their contacts.

    Raises:
        CommunesMissing, OfficeExists, ProvinceMissing, SchoolMissing: see there.
        NotAllowed, NotEligible: see `db.rights`.
        RecordNotFound: there is no such school.
    """
    rights.require(actor, Permission.MANAGE_OFFICES)
    await changes.one_at_a_time(session)
    await rights.standing(session, actor.membership_id)
    codes = sorted(set(communes)) if kind in OF_COMMUNES else []
    if kind in OF_COMMUNES:
        await require_communes(session, codes)
    if kind in rights.OF_THE_PROVINCE:
        await _require_province(session, province)
    if kind is OfficeKind.SCHOOL:
        await require_free_school(session, school_id, is_example=actor.is_example)
    organisation_id = None
    province = province or await _province_of(session, codes, school_id)
    if kind in rights.POLICE:
        organisation_id = await _own_organisation(session, actor, name, codes, now)
    return await staff.add_office(
        session,
        actor=actor,
        kind=kind,
        name=name,
        province=province,
        communes=codes,
        levels=LEVELS_OF.get(kind, ""),
        school_id=school_id if kind is OfficeKind.SCHOOL else None,
        organisation_id=organisation_id,
        is_example=actor.is_example,
        now=now,
    )


async def require_communes(session: AsyncSession, codes: list[str]) -> None:
    """Refuse an area without a commune, or with a code that is none.

    Raises:
        CommunesMissing: see there.
    """
    known = await session.scalar(
        select(func.count()).select_from(models.Commune).where(models.Commune.code.in_(codes))
    )
    if not codes or known != len(codes):
        raise CommunesMissing(", ".join(codes))


async def _province_of(session: AsyncSession, codes: list[str], school_id: int | None) -> str:
    """The province of what an office works for; empty when it works for neither communes nor a school."""
    of_school = select(models.School.commune_code).where(models.School.id == school_id)
    return (
        await session.scalar(
            select(models.Commune.province)
            .where(or_(models.Commune.code.in_(codes), models.Commune.code.in_(of_school)))
            .order_by(models.Commune.code)
            .limit(1)
        )
        or ""
    )


async def _require_province(session: AsyncSession, province: str) -> None:
    known = await session.scalar(
        select(models.Commune.code).where(models.Commune.province == province).limit(1)
    )
    if known is None:
        raise ProvinceMissing(province)


async def require_free_school(session: AsyncSession, school_id: int | None, *, is_example: bool) -> None:
    """Refuse a school that has an office already, or is not there.

    Raises:
        OfficeExists, RecordNotFound, SchoolMissing: see there.
    """
    if school_id is None:
        raise SchoolMissing
    school = await session.get(models.School, school_id)
    if school is None or school.status is not RecordState.ACTIVE or school.is_example != is_example:
        raise RecordNotFound(school_id)
    if await session.scalar(select(models.Office.id).where(models.Office.school_id == school_id)) is not None:
        raise OfficeExists(school_id)


async def _own_organisation(
    session: AsyncSession, actor: Actor, name: str, codes: list[str], now: datetime
) -> int:
    """The record under which the unit's contacts are kept: one of its name, or a new one."""
    found = await session.scalar(
        select(models.Organisation).where(
            models.Organisation.kind == OwnerKind.POLICE,
            models.Organisation.name == name,
            models.Organisation.status == RecordState.ACTIVE,
            models.Organisation.is_example == actor.is_example,
        )
    )
    if found is None:
        found = await organisations.add_organisation(
            session,
            kind=OwnerKind.POLICE,
            key=f"unit-{identity.new_public_id()}",
            name=name,
            short_name=name,
            commune_code=codes[0] if codes else None,
            source="đơn vị do người quản trị lập",
            approved_by=f"staff:{actor.public_id}",
            is_example=actor.is_example,
            now=now,
        )
    taken = await session.scalar(select(models.Office.id).where(models.Office.organisation_id == found.id))
    if taken is not None:
        raise OfficeExists(name)
    return found.id
