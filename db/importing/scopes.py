"""For what an office may bring files, from its rows as they are now."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, rights
from db.importing.comparing import Scope
from db.models import ImportKind, OfficeKind
from db.rights import Permission
from scamcheck.claims import OwnerKind


def kinds_for(membership: models.Membership) -> tuple[ImportKind, ...]:
    """What this role may bring: the education side schools and their numbers, police what they confirmed."""
    permitted = rights.RIGHTS[membership.role]
    kinds: list[ImportKind] = []
    if Permission.STAGE_SCHOOL_IMPORT in permitted:
        kinds += [ImportKind.SCHOOLS, ImportKind.CONTACTS]
    if Permission.STAGE_IMPORT in permitted:
        kinds += [ImportKind.INDICATORS, ImportKind.CONTACTS]
    return tuple(dict.fromkeys(kinds))


async def scope_of(session: AsyncSession, membership: models.Membership) -> Scope:
    """The area of the office: its communes, its levels, and whose contacts it keeps.

    A police unit keeps its own contacts; the province's those of every unit there.
    """
    office = membership.office
    communes = frozenset(
        await session.scalars(select(models.Commune.code).where(rights.covers_commune(office)))
    )
    if office.kind in rights.EDUCATION:
        return Scope(
            office.is_example, communes, frozenset(office.levels.split(",")), frozenset({OwnerKind.SCHOOL})
        )
    return Scope(
        office.is_example,
        communes,
        None,
        frozenset({OwnerKind.POLICE}),
        None if office.kind is OfficeKind.PROVINCE_POLICE else office.organisation_id or 0,
    )
