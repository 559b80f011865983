"""What the desk looks through: records of one's own area, the scam list, sign-ins, the audit.

Whatever lies outside the actor's area is not found: the condition is in the query, never after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload
from sqlalchemy.sql import Select

from db import models, rights
from db.approval_rules import RecordNotFound
from db.contacts import KEPT
from db.models import OfficeKind, Outcome, Role
from db.rights import Actor
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.text import fold

Row = TypeVar("Row")

PAGE: Final = 50
"""Rows on one page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and whether more follow."""

    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of the audit; what is empty does not matter."""

    actor: str = ""
    action: str = ""
    """How the action begins, such as "proposal."."""
    subject: str = ""
    refused_only: bool = False
    before: int | None = None
    """Entries older than this number."""


async def contacts_of(session: AsyncSession, actor: Actor, *, query: str = "") -> tuple[models.Contact, ...]:
    """Contacts of the actor's area, shown and frozen: of schools there, of their own organisations."""
    area = await _contact_area(session, actor)
    rows = await session.scalars(
        _contacts(area).order_by(models.School.name, models.Organisation.name, models.Contact.id)
    )
    wanted = fold(query)
    return tuple(row for row in rows if wanted in _folded_contact(row))


async def contact_for(session: AsyncSession, actor: Actor, contact_id: int) -> models.Contact:
    """One of them.

    Raises:
        RecordNotFound: there is none of this id in the actor's area.
    """
    area = await _contact_area(session, actor)
    row = await session.scalar(_contacts(and_(area, models.Contact.id == contact_id)))
    if row is None:
        raise RecordNotFound(contact_id)
    return row


async def owned_by(session: AsyncSession, actor: Actor) -> tuple[models.Organisation, ...]:
    """Organisations for which the actor may propose contacts: the own unit, or an administrator's."""
    return tuple(
        await session.scalars(
            select(models.Organisation)
            .where(await _organisation_area(session, actor))
            .order_by(models.Organisation.name, models.Organisation.id)
        )
    )


async def schools_of(session: AsyncSession, actor: Actor) -> tuple[models.School, ...]:
    """Schools of the actor's area, by commune and name."""
    area = await school_area(session, actor)
    return tuple(
        await session.scalars(
            _schools(area).order_by(models.Commune.name, models.School.name, models.School.id)
        )
    )


async def school_for(session: AsyncSession, actor: Actor, school_id: int) -> models.School:
    """One of them.

    Raises:
        RecordNotFound: there is none of this id in the actor's area.
    """
    area = await school_area(session, actor)
    row = await session.scalar(_schools(and_(area, models.School.id == school_id)))
    if row is None:
        raise RecordNotFound(school_id)
    return row


async def hotlines_per_school(session: AsyncSession, school_ids: Iterable[int]) -> Mapping[int, int]:
    """How many shown numbers each of these schools has; schools with none are left out."""
    rows = await session.execute(
        select(models.Contact.school_id, func.count())
        .where(
            models.Contact.school_id.in_(list(school_ids)),
            models.Contact.kind == IdentifierKind.NUMBER,
            models.Contact.status == models.RecordState.ACTIVE,
        )
        .group_by(models.Contact.school_id)
    )
    return {school_id: count for school_id, count in rows if school_id is not None}


async def indicators_like(
    session: AsyncSession,
    actor: Actor,
    *,
    fragment: str = "",
    states: Sequence[models.IndicatorState] = (),
    before: int | None = None,
) -> Page[models.Indicator]:
    """Entries of the scam list whose key contains `fragment`, the latest first, whatever became of them."""
    statement = select(models.Indicator).where(models.Indicator.is_example == actor.is_example)
    if fragment:
        statement = statement.where(models.Indicator.key.contains(fragment, autoescape=True))
    if states:
        statement = statement.where(models.Indicator.status.in_(states))
    if before is not None:
        statement = statement.where(models.Indicator.id < before)
    rows = (await session.scalars(statement.order_by(models.Indicator.id.desc()).limit(PAGE + 1))).all()
    return Page(tuple(rows[:PAGE]), len(rows) > PAGE)


async def indicator_for(session: AsyncSession, actor: Actor, indicator_id: int) -> models.Indicator:
    """One entry of the scam list.

    Raises:
        RecordNotFound: there is none, or it belongs to the demo and the actor does not, or the reverse.
    """
    row = await session.get(models.Indicator, indicator_id)
    if row is None or row.is_example != actor.is_example:
        raise RecordNotFound(indicator_id)
    return row


async def entries_of_key(session: AsyncSession, row: models.Indicator) -> tuple[models.Indicator, ...]:
    """Every entry that this identifier ever had, the latest first."""
    return tuple(
        await session.scalars(
            select(models.Indicator)
            .where(models.Indicator.kind == row.kind, models.Indicator.key == row.key)
            .order_by(models.Indicator.id.desc())
        )
    )


async def sign_ins_of(
    session: AsyncSession, actor: Actor, *, since: datetime
) -> tuple[models.StaffSession, ...]:
    """The actor's own sign-ins that began after `since` and have not ended, the latest first."""
    return tuple(
        await session.scalars(
            select(models.StaffSession)
            .where(
                models.StaffSession.staff_id == actor.staff_id,
                models.StaffSession.ended_at.is_(None),
                models.StaffSession.created_at > since,
            )
            .order_by(models.StaffSession.id.desc())
        )
    )


async def roles_of(session: AsyncSession, actor: Actor) -> tuple[models.Membership, ...]:
    """Every role that the actor has now."""
    return tuple(
        await session.scalars(
            select(models.Membership)
            .join(models.Membership.staff)
            .join(models.Membership.office)
            .options(contains_eager(models.Membership.staff), contains_eager(models.Membership.office))
            .where(models.Membership.staff_id == actor.staff_id, rights.current())
            .order_by(models.Membership.id)
        )
    )


async def person_for(
    session: AsyncSession, actor: Actor, public_id: str
) -> tuple[models.StaffMember, tuple[models.Membership, ...]]:
    """One of the staff with every role of theirs now.

    Raises:
        RecordNotFound: nobody has this id and a role, or they belong to the demo and the actor does not, or
            the reverse.
    """
    roles = tuple(
        await session.scalars(
            select(models.Membership)
            .join(models.Membership.staff)
            .join(models.Membership.office)
            .options(contains_eager(models.Membership.staff), contains_eager(models.Membership.office))
            .where(
                models.StaffMember.public_id == public_id,
                models.StaffMember.is_example == actor.is_example,
                rights.current(),
            )
            .order_by(models.Membership.id)
        )
    )
    if not roles:
        raise RecordNotFound(public_id)
    return roles[0].staff, roles


async def active_offices(session: AsyncSession, actor: Actor) -> tuple[models.Office, ...]:
    """Every active office, by name; the demo's people see the demo's."""
    return tuple(
        await session.scalars(
            select(models.Office)
            .options(selectinload(models.Office.communes))
            .where(models.Office.active, models.Office.is_example == actor.is_example)
            .order_by(models.Office.name, models.Office.id)
        )
    )


async def office_for(session: AsyncSession, actor: Actor, public_id: str) -> models.Office:
    """One of them.

    Raises:
        RecordNotFound: there is none of this id.
    """
    for office in await active_offices(session, actor):
        if office.public_id == public_id:
            return office
    raise RecordNotFound(public_id)


async def audit_entries(session: AsyncSession, which: AuditFilter) -> Page[models.AuditEntry]:
    """Entries of the audit, the latest first."""
    entry = models.AuditEntry
    statement = select(entry)
    if which.actor:
        statement = statement.where(entry.actor == which.actor)
    if which.action:
        statement = statement.where(entry.action.startswith(which.action, autoescape=True))
    if which.subject:
        statement = statement.where(entry.subject == which.subject)
    if which.refused_only:
        statement = statement.where(entry.outcome == Outcome.REFUSED)
    if which.before is not None:
        statement = statement.where(entry.seq < which.before)
    rows = (await session.scalars(statement.order_by(entry.seq.desc()).limit(PAGE + 1))).all()
    return Page(tuple(rows[:PAGE]), len(rows) > PAGE)


async def names_of(session: AsyncSession, public_ids: Iterable[str]) -> Mapping[str, str]:
    """Names of staff by public id, of those that exist; also of people who left."""
    rows = await session.execute(
        select(models.StaffMember.public_id, models.StaffMember.name).where(
            models.StaffMember.public_id.in_(set(public_ids))
        )
    )
    return dict(row for row in rows)


async def decision_on(session: AsyncSession, proposal_id: int) -> models.Approval | None:
    """The second person's decision on a proposal, if there is one."""
    return await session.scalar(select(models.Approval).where(models.Approval.proposal_id == proposal_id))


async def people_with(session: AsyncSession, staff_ids: Iterable[int]) -> Mapping[int, str]:
    """Names of staff by id."""
    rows = await session.execute(
        select(models.StaffMember.id, models.StaffMember.name).where(
            models.StaffMember.id.in_(set(staff_ids))
        )
    )
    return dict(row for row in rows)


def _contacts(which: ColumnElement[bool]) -> Select[models.Contact]:
    return (
        select(models.Contact)
        .outerjoin(models.Contact.school)
        .outerjoin(models.School.commune)
        .outerjoin(models.Contact.organisation)
        .options(
            contains_eager(models.Contact.school).contains_eager(models.School.commune),
            contains_eager(models.Contact.organisation),
        )
        .where(which, models.Contact.status.in_(KEPT))
    )


def _schools(which: ColumnElement[bool]) -> Select[models.School]:
    return (
        select(models.School)
        .join(models.School.commune)
        .options(contains_eager(models.School.commune), selectinload(models.School.aliases))
        .where(which, models.School.status == models.RecordState.ACTIVE)
    )


async def _contact_area(session: AsyncSession, actor: Actor) -> ColumnElement[bool]:
    schools = and_(models.Contact.school_id.is_not(None), await school_area(session, actor))
    own = and_(models.Contact.organisation_id.is_not(None), await _organisation_area(session, actor))
    return or_(schools, own)


async def school_area(session: AsyncSession, actor: Actor) -> ColumnElement[bool]:
    """Condition on school joined with its commune: it is the actor's to look at."""
    office = (await rights.standing(session, actor.membership_id)).office
    same_world = models.School.is_example == actor.is_example
    if office.kind in (OfficeKind.OPERATOR, OfficeKind.INFORMATION_OFFICE):
        # Both look after the whole registry, or speak of it in public; neither approves anything in it.
        return same_world
    return and_(same_world, rights.covers_school(office))


async def _organisation_area(session: AsyncSession, actor: Actor) -> ColumnElement[bool]:
    member = await rights.standing(session, actor.membership_id)
    active = and_(
        models.Organisation.status == models.RecordState.ACTIVE,
        models.Organisation.is_example == actor.is_example,
    )
    if member.role is Role.ADMINISTRATOR:
        return and_(active, models.Organisation.kind.not_in((OwnerKind.POLICE, OwnerKind.SCHOOL)))
    if member.office.organisation_id is None:
        return false()
    return and_(active, models.Organisation.id == member.office.organisation_id)


def _folded_contact(row: models.Contact) -> str:
    owner = row.school or row.organisation
    name = "" if owner is None else owner.name
    return fold(f"{name} {row.label} {row.printed} {row.key}")
