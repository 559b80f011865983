"""Official contacts: the only numbers an answer may show."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from db import changes, models, schools
from db.keys import NORM_VERSION
from db.recordable import phone_number, require_recordable
from scamcheck import knowledge
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import parse_duty_hours
from scamcheck.knowledge import IdentifierKind
from scamcheck.phone import PhoneKind, printed

SHOWN: Final = (models.RecordState.ACTIVE,)
KEPT: Final = (models.RecordState.ACTIVE, models.RecordState.SUSPENDED)
"""A frozen contact is not shown, and is still its owner's."""
LISTED: Final = (
    models.IndicatorState.CONFIRMED,
    models.IndicatorState.TEMPORARY_WARNING,
    models.IndicatorState.SUSPENDED,
)

NEVER_A_CONTACT: Final = frozenset({PhoneKind.FOREIGN, PhoneKind.SATELLITE})
NEVER_A_SCHOOL_HOTLINE: Final = NEVER_A_CONTACT | {PhoneKind.PAID, PhoneKind.SHORT}
"""A frightened parent must reach the school at the price of a normal call."""


class NumberCannotBeContact(ValueError):
    """Foreign and satellite numbers are nobody's contact, paid and short ones no school's."""


class ListedAsScam(ValueError):
    """Police list this identifier; it cannot be official at the same time."""


class AlreadyAContact(ValueError):
    """The identifier is an active contact already, of this owner or another."""


class ContactNotActive(ValueError):
    """There is no active contact with this id."""


async def add_contact(
    session: AsyncSession,
    *,
    owner: models.School | models.Organisation,
    kind: IdentifierKind,
    key: str,
    printed_as: str = "",
    label: str = "",
    hours: str = "",
    is_backup: bool = False,
    source: str,
    document: str = "",
    verified_at: date | None,
    expires_at: datetime | None = None,
    approved_by: str,
    is_example: bool = False,
    now: datetime,
) -> models.Contact:
    """Add an approved contact. A number is printed as its owner prints it, or in our own form.

    Raises:
        AlreadyAContact: somebody's active contact has this key.
        DutyHoursUnreadable: `hours` is not of the form "T2-T6 07:00-17:00".
        ExampleNumber, KeyNotCanonical, NotAnExampleNumber: see `db.recordable.require_recordable`.
        ListedAsScam: police list the identifier.
        NumberCannotBeContact: see there.
    """
    parse_duty_hours(hours)
    await changes.one_at_a_time(session)
    await require_possible(session, owner, kind, key, is_example=is_example)
    if await is_active_contact(session, kind, key):
        raise AlreadyAContact(key)
    if kind is IdentifierKind.NUMBER:
        printed_as = printed_as or printed(phone_number(key))
    contact = models.Contact(
        status=models.RecordState.ACTIVE,
        kind=kind,
        key=key,
        norm_version=NORM_VERSION,
        school_id=owner.id if isinstance(owner, models.School) else None,
        organisation_id=owner.id if isinstance(owner, models.Organisation) else None,
        label=label,
        printed=printed_as or key,
        hours=hours,
        is_backup=is_backup,
        source=source,
        document=document,
        verified_at=verified_at,
        expires_at=expires_at,
        approved_by=approved_by,
        is_example=is_example,
        created_at=now,
        updated_at=now,
    )
    session.add(contact)
    await session.flush()
    changes.record_change(
        session, models.RecordKind.CONTACT, str(contact.id), models.Operation.ADDED, now=now
    )
    return contact


async def require_possible(
    session: AsyncSession,
    owner: models.School | models.Organisation,
    kind: IdentifierKind,
    key: str,
    *,
    is_example: bool,
) -> None:
    """Refuse an identifier that can be no contact of this owner, whoever proposes it.

    Raises:
        ExampleNumber, KeyNotCanonical, NotAnExampleNumber: see `db.recordable.require_recordable`.
        ListedAsScam, NumberCannotBeContact: see there.
    """
    require_recordable(kind, key, for_demo=is_example)
    refused = NEVER_A_SCHOOL_HOTLINE if isinstance(owner, models.School) else NEVER_A_CONTACT
    if kind is IdentifierKind.NUMBER and phone_number(key).kind in refused:
        raise NumberCannotBeContact(key)
    if await _is_listed(session, kind, key):
        raise ListedAsScam(key)


async def withdraw_contact(
    session: AsyncSession, contact_id: int, *, version: int | None = None, now: datetime
) -> None:
    """Give a contact up, shown or frozen; its row stays. `version` is the one that whoever decided had seen.

    Raises:
        ContactNotActive: it was given up before, or changed since.
    """
    await _change(session, contact_id, KEPT, models.RecordState.WITHDRAWN, version=version, now=now)


async def freeze_contact(
    session: AsyncSession, contact_id: int, *, version: int | None = None, now: datetime
) -> None:
    """Stop showing a contact for now. It stays its owner's: nobody else can have it, nor can it be listed.

    Raises:
        ContactNotActive: it is not shown, or was changed since.
    """
    await _change(session, contact_id, SHOWN, models.RecordState.SUSPENDED, version=version, now=now)


async def unfreeze_contact(session: AsyncSession, contact_id: int, *, version: int, now: datetime) -> None:
    """Show a frozen contact again.

    Raises:
        ContactNotActive: it is not frozen, or was changed since.
    """
    frozen = (models.RecordState.SUSPENDED,)
    await _change(session, contact_id, frozen, models.RecordState.ACTIVE, version=version, now=now)


async def reconfirm_contact(
    session: AsyncSession,
    contact_id: int,
    *,
    version: int,
    verified_at: date,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Note that a shown contact is still right, and until when that counts.

    Raises:
        ContactNotActive: it is not shown, or was changed since.
    """
    await _change(
        session,
        contact_id,
        SHOWN,
        models.RecordState.ACTIVE,
        version=version,
        now=now,
        verified_at=verified_at,
        expires_at=expires_at,
    )


async def is_active_contact(session: AsyncSession, kind: IdentifierKind, key: str) -> bool:
    """Whether an active contact has this key, expired or frozen too: such a hotline is still its owner's."""
    found = await session.scalar(
        select(models.Contact.id).where(
            models.Contact.kind == kind,
            models.Contact.key == key,
            models.Contact.status.in_(KEPT),
        )
    )
    return found is not None


async def is_shown_contact(session: AsyncSession, kind: IdentifierKind, key: str) -> bool:
    """Whether a contact with this key is active and not frozen."""
    found = await session.scalar(
        select(models.Contact.id).where(
            models.Contact.kind == kind, models.Contact.key == key, models.Contact.status.in_(SHOWN)
        )
    )
    return found is not None


async def active_contacts(session: AsyncSession, now: datetime) -> tuple[knowledge.Contact, ...]:
    """Every active contact that has not expired at `now`, in the order recorded."""
    return tuple(
        contact for contact in await all_active_contacts(session) if knowledge.active(contact.expires_at, now)
    )


async def all_active_contacts(session: AsyncSession) -> tuple[knowledge.Contact, ...]:
    """Every active contact with its expiry, for a reader that outlives the moment."""
    rows = await session.scalars(
        select(models.Contact)
        .options(joinedload(models.Contact.school), joinedload(models.Contact.organisation))
        .where(models.Contact.status == models.RecordState.ACTIVE)
        .order_by(models.Contact.id)
    )
    return tuple(_to_core(rows))


def _to_core(rows: Iterable[models.Contact]) -> Iterable[knowledge.Contact]:
    for row in rows:
        owner = _owner(row)
        if owner is not None:
            yield knowledge.Contact(
                id=str(row.id),
                kind=row.kind,
                key=row.key,
                owner=owner,
                label=row.label,
                printed=row.printed,
                hours=row.hours,
                is_backup=row.is_backup,
                verified_at=row.verified_at,
                expires_at=row.expires_at,
                source=row.source,
                is_example=row.is_example,
            )


def _owner(row: models.Contact) -> knowledge.Owner | None:
    """The owner as the core knows it; None once the owner itself is out of the registry."""
    if row.school is not None and row.school.status is models.RecordState.ACTIVE:
        return knowledge.Owner(
            kind=OwnerKind.SCHOOL,
            id=str(row.school.id),
            name=f"Trường {schools.full_name(row.school)}",
            short_name=schools.full_name(row.school),
            commune_code=row.school.commune_code,
        )
    if row.organisation is not None and row.organisation.status is models.RecordState.ACTIVE:
        return knowledge.Owner(
            kind=row.organisation.kind,
            id=row.organisation.key,
            name=row.organisation.name,
            short_name=row.organisation.short_name,
            commune_code=row.organisation.commune_code,
        )
    return None


async def _change(
    session: AsyncSession,
    contact_id: int,
    from_: tuple[models.RecordState, ...],
    to: models.RecordState,
    *,
    version: int | None,
    now: datetime,
    **values: object,
) -> None:
    await changes.one_at_a_time(session)
    statement = update(models.Contact).where(
        models.Contact.id == contact_id, models.Contact.status.in_(from_)
    )
    if version is not None:
        statement = statement.where(models.Contact.version == version)
    changed = await session.scalar(
        statement.values(status=to, version=models.Contact.version + 1, updated_at=now, **values).returning(
            models.Contact.id
        )
    )
    if changed is None:
        raise ContactNotActive(contact_id)
    operation = models.Operation.CHANGED if to is models.RecordState.ACTIVE else models.Operation.REMOVED
    changes.record_change(session, models.RecordKind.CONTACT, str(contact_id), operation, now=now)


async def _is_listed(session: AsyncSession, kind: IdentifierKind, key: str) -> bool:
    found = await session.scalar(
        select(models.Indicator.id).where(
            models.Indicator.kind == kind,
            models.Indicator.key == key,
            models.Indicator.status.in_(LISTED),
        )
    )
    return found is not None
