"""What one person may do with a contact: freeze it, reconfirm it; and how an expired one is shown."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from db import audit, changes, contacts, models, notices, proposal_clock, rights
from db.approval_rules import RecordNotFound
from db.contact_rules import CONFIRMED_FOR, Owner, contact_of, may_keep
from db.models import OfficeKind, Role
from db.rights import Actor, NotAllowed, Permission
from scamcheck.showing import Showing
from scamcheck.showing import showing as shown_as

REMIND_BEFORE: Final = (timedelta(days=30), timedelta(days=7))


class ContactExpired(ValueError):
    """It has not been confirmed for so long that two persons must do so, by a change."""


def showing(contact: models.Contact, now: datetime) -> Showing:
    """How a contact is shown; what is frozen or given up is not."""
    if contact.status is not models.RecordState.ACTIVE:
        return Showing.HIDDEN
    return shown_as(contact.kind, contact.key, contact.expires_at, now)


async def freeze(session: AsyncSession, *, actor: Actor, contact_id: int, reason: str, now: datetime) -> None:
    """Stop showing a contact and stop what was to change it. Two persons unfreeze it.

    Any one of the school's staff, its education office, or police responsible for the place may.

    Raises:
        ContactNotActive: it is not shown.
        NotAllowed, NotEligible: see `db.rights`.
        RecordNotFound: there is no such contact in the actor's area.
    """
    await changes.one_at_a_time(session)
    member = await _standing(session, actor, Permission.FREEZE_CONTACT)
    contact = await contact_of(session, {"contact": str(contact_id)})
    if not await _may_freeze(session, member, contact):
        raise RecordNotFound(contact_id)
    await contacts.freeze_contact(session, contact.id, now=now)
    subject = f"contact:{contact.id}"
    await proposal_clock.stop_changes(session, actor=actor, subject=subject, now=now)
    await audit.record(session, actor=actor, action="contact.freeze", subject=subject, reason=reason, now=now)
    told = {member.office_id}
    if contact.school_id is not None:
        told.update(await notices.offices_concerned(session, contact.school_id))
    await notices.tell(session, told, topic="contact.frozen", subject=subject, now=now)


async def reconfirm(
    session: AsyncSession, *, actor: Actor, contact_id: int, version: int, now: datetime
) -> None:
    """Say that a contact of one's own is still right: it counts for another year.

    Raises:
        ContactExpired: see there.
        ContactNotActive: it is not shown, or was changed since.
        NotAllowed, NotEligible: see `db.rights`.
        RecordNotFound: it is not the actor's own.
    """
    await changes.one_at_a_time(session)
    member = await _standing(session, actor, Permission.RECONFIRM_CONTACT)
    contact = await contact_of(session, {"contact": str(contact_id)})
    own = Owner(contact.school, contact.organisation)
    same_world = own.row.is_example == member.staff.is_example
    if not (same_world and await may_keep(session, member.office, member.role, own)):
        raise RecordNotFound(contact_id)
    if contact.status is models.RecordState.ACTIVE and showing(contact, now) is Showing.HIDDEN:
        raise ContactExpired(contact_id)
    await contacts.reconfirm_contact(
        session, contact.id, version=version, verified_at=now.date(), expires_at=now + CONFIRMED_FOR, now=now
    )
    await audit.record(
        session, actor=actor, action="contact.reconfirm", subject=f"contact:{contact.id}", now=now
    )


async def due_for_reconfirmation(
    session: AsyncSession, now: datetime, *, office: models.Office | None = None
) -> tuple[models.Contact, ...]:
    """Schools' contacts that expire within 30 days or have expired; of one office, or all."""
    statement = (
        select(models.Contact)
        .join(models.Contact.school)
        .join(models.School.commune)
        .options(joinedload(models.Contact.school))
        .where(
            models.Contact.status == models.RecordState.ACTIVE,
            models.Contact.expires_at <= now + REMIND_BEFORE[0],
        )
        .order_by(models.Contact.expires_at, models.Contact.id)
    )
    if office is not None:
        statement = statement.where(rights.covers_school(office))
    return tuple(await session.scalars(statement))


async def remind(session: AsyncSession, now: datetime) -> int:
    """Tell schools and their offices, 30 and 7 days before, to reconfirm a contact; how many notices.

    Each reminder is given once; to be called daily or more often.
    """
    told = 0
    for contact in await due_for_reconfirmation(session, now):
        assert contact.expires_at is not None and contact.school_id is not None  # noqa: S101, PT018  # see the query
        passed = [before for before in REMIND_BEFORE if contact.expires_at - now <= before]
        topic = f"contact.reconfirm.{min(passed).days}"
        subject = f"contact:{contact.id}"
        given = await session.scalar(
            select(models.Notice.id)
            .where(
                models.Notice.topic == topic,
                models.Notice.subject == subject,
                models.Notice.at > contact.expires_at - REMIND_BEFORE[0] - timedelta(days=1),
            )
            .limit(1)
        )
        if given is None:
            offices = await notices.offices_concerned(session, contact.school_id)
            told += await notices.tell(session, offices, topic=topic, subject=subject, now=now)
    return told


async def _standing(session: AsyncSession, actor: Actor, permission: Permission) -> models.Membership:
    member = await rights.standing(session, actor.membership_id)
    if permission not in rights.RIGHTS[member.role]:
        raise NotAllowed(permission)
    return member


async def _may_freeze(session: AsyncSession, member: models.Membership, contact: models.Contact) -> bool:
    owner = Owner(contact.school, contact.organisation)
    if owner.row.is_example != member.staff.is_example:
        return False
    if contact.school_id is not None:
        return await rights.responsible_for(session, member.office, contact.school_id)
    if member.role is Role.POLICE_SUPERVISOR and member.office.kind is OfficeKind.PROVINCE_POLICE:
        return True
    return await may_keep(session, member.office, member.role, owner)
