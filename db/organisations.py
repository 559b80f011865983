"""Owners of official contacts that are not schools."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models
from scamcheck.claims import OwnerKind


class OrganisationAlreadyRecorded(ValueError):
    """An active organisation of this kind has this key."""


async def add_organisation(
    session: AsyncSession,
    *,
    kind: OwnerKind,
    key: str,
    name: str,
    short_name: str = "",
    commune_code: str | None = None,
    source: str,
    document: str = "",
    verified_at: date | None = None,
    approved_by: str,
    is_example: bool = False,
    now: datetime,
) -> models.Organisation:
    """Add an organisation. `key` is a bank's BIN, or a slug of the organisation's own.

    Raises:
        OrganisationAlreadyRecorded: the key is taken.
    """
    await changes.one_at_a_time(session)
    if await organisation_with_key(session, kind, key) is not None:
        raise OrganisationAlreadyRecorded(f"{kind} {key}")
    organisation = models.Organisation(
        status=models.RecordState.ACTIVE,
        kind=kind,
        key=key,
        name=name,
        short_name=short_name,
        commune_code=commune_code,
        source=source,
        document=document,
        verified_at=verified_at,
        approved_by=approved_by,
        is_example=is_example,
        created_at=now,
        updated_at=now,
    )
    session.add(organisation)
    await session.flush()
    changes.record_change(
        session, models.RecordKind.ORGANISATION, str(organisation.id), models.Operation.ADDED, now=now
    )
    return organisation


async def organisation_with_key(
    session: AsyncSession, kind: OwnerKind, key: str
) -> models.Organisation | None:
    """The active organisation of this kind and key."""
    return await session.scalar(
        select(models.Organisation).where(
            models.Organisation.kind == kind,
            models.Organisation.key == key,
            models.Organisation.status == models.RecordState.ACTIVE,
        )
    )
