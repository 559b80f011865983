"""Who may do what: roles, permissions, and the area in which they hold. What is not here is denied."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql.base import ExecutableOption

from db import models
from db.models import OfficeKind, Role

STEP_UP_LASTS: Final = timedelta(minutes=5)
"""For so long after proving the second factor a person may decide."""


class Permission(StrEnum):
    """What can be permitted. Reading and writing are always two permissions."""

    READ_CONTACTS = auto()
    PROPOSE_CONTACT = auto()
    APPROVE_SCHOOL_CONTACT = auto()
    APPROVE_POLICE_CONTACT = auto()
    RECONFIRM_CONTACT = auto()
    FREEZE_CONTACT = auto()
    READ_SCHOOLS = auto()
    CHANGE_SCHOOL = auto()
    REMIND_SCHOOLS = auto()
    READ_QUEUE = auto()
    WORK_QUEUE = auto()
    READ_INDICATORS = auto()
    PROPOSE_INDICATOR = auto()
    APPROVE_INDICATOR = auto()
    WARN_TEMPORARILY = auto()
    SUSPEND_INDICATOR = auto()
    READ_SCRIPTS = auto()
    READ_PROTECTED = auto()
    PROPOSE_PROTECTED = auto()
    APPROVE_PROTECTED = auto()
    READ_APPEALS = auto()
    DECIDE_APPEAL = auto()
    READ_INCIDENTS = auto()
    MARK_INCIDENT = auto()
    STAGE_SCHOOL_IMPORT = auto()
    STAGE_IMPORT = auto()
    ACTIVATE_IMPORT = auto()
    EXPORT = auto()
    READ_COUNTS = auto()
    READ_BULLETINS = auto()
    WRITE_BULLETIN = auto()
    ALERT_OWN_FOLLOWERS = auto()
    ALERT_AREA = auto()
    APPROVE_ALERT = auto()
    READ_STAFF = auto()
    MANAGE_STAFF = auto()
    PROPOSE_ROLE = auto()
    APPROVE_ROLE = auto()
    MANAGE_OFFICES = auto()
    READ_RETENTION = auto()
    CHANGE_RETENTION = auto()
    READ_AUDIT = auto()
    READ_NOTICES = auto()
    LINK_CHAT = auto()


_EVERYONE: Final = frozenset({Permission.READ_CONTACTS, Permission.READ_SCHOOLS, Permission.READ_NOTICES})
_POLICE: Final = frozenset(
    {
        Permission.PROPOSE_CONTACT,
        Permission.RECONFIRM_CONTACT,
        Permission.FREEZE_CONTACT,
        Permission.READ_QUEUE,
        Permission.WORK_QUEUE,
        Permission.READ_INDICATORS,
        Permission.PROPOSE_INDICATOR,
        Permission.WARN_TEMPORARILY,
        Permission.READ_SCRIPTS,
        Permission.READ_PROTECTED,
        Permission.PROPOSE_PROTECTED,
        Permission.READ_APPEALS,
        Permission.READ_INCIDENTS,
        Permission.STAGE_IMPORT,
        Permission.EXPORT,
        Permission.READ_COUNTS,
        Permission.READ_BULLETINS,
        Permission.ALERT_AREA,
        Permission.LINK_CHAT,
    }
)

RIGHTS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.SCHOOL_STAFF: _EVERYONE
    | {
        Permission.PROPOSE_CONTACT,
        Permission.RECONFIRM_CONTACT,
        Permission.FREEZE_CONTACT,
        Permission.READ_INCIDENTS,
        Permission.MARK_INCIDENT,
        Permission.READ_COUNTS,
        Permission.ALERT_OWN_FOLLOWERS,
        Permission.LINK_CHAT,
    },
    Role.EDUCATION_OFFICER: _EVERYONE
    | {
        Permission.PROPOSE_CONTACT,
        Permission.APPROVE_SCHOOL_CONTACT,
        Permission.FREEZE_CONTACT,
        Permission.CHANGE_SCHOOL,
        Permission.REMIND_SCHOOLS,
        Permission.STAGE_SCHOOL_IMPORT,
        Permission.EXPORT,
        Permission.READ_COUNTS,
        Permission.ALERT_AREA,
        Permission.APPROVE_ALERT,
    },
    Role.INFORMATION_OFFICER: _EVERYONE
    | {
        Permission.READ_INDICATORS,
        Permission.READ_SCRIPTS,
        Permission.READ_COUNTS,
        Permission.READ_BULLETINS,
        Permission.WRITE_BULLETIN,
    },
    Role.POLICE_OFFICER: _EVERYONE | _POLICE,
    Role.POLICE_SUPERVISOR: _EVERYONE
    | _POLICE
    | {
        Permission.APPROVE_POLICE_CONTACT,
        Permission.APPROVE_INDICATOR,
        Permission.SUSPEND_INDICATOR,
        Permission.APPROVE_PROTECTED,
        Permission.DECIDE_APPEAL,
        Permission.ACTIVATE_IMPORT,
        Permission.APPROVE_ALERT,
    },
    Role.ADMINISTRATOR: _EVERYONE
    | {
        Permission.PROPOSE_CONTACT,
        Permission.READ_STAFF,
        Permission.MANAGE_STAFF,
        Permission.PROPOSE_ROLE,
        Permission.APPROVE_ROLE,
        Permission.MANAGE_OFFICES,
        Permission.READ_RETENTION,
        Permission.CHANGE_RETENTION,
    },
    Role.AUDITOR: frozenset({Permission.READ_AUDIT, Permission.READ_NOTICES}),
}
"""The whole table. An administrator confirms no number, approves no contact; an auditor changes nothing."""

OFFICES_OF: Final[Mapping[Role, frozenset[OfficeKind]]] = {
    Role.SCHOOL_STAFF: frozenset({OfficeKind.SCHOOL}),
    Role.EDUCATION_OFFICER: frozenset({OfficeKind.EDUCATION_OFFICE, OfficeKind.EDUCATION_DEPARTMENT}),
    Role.INFORMATION_OFFICER: frozenset({OfficeKind.INFORMATION_OFFICE}),
    Role.POLICE_OFFICER: frozenset({OfficeKind.COMMUNE_POLICE, OfficeKind.PROVINCE_POLICE}),
    Role.POLICE_SUPERVISOR: frozenset({OfficeKind.COMMUNE_POLICE, OfficeKind.PROVINCE_POLICE}),
    Role.ADMINISTRATOR: frozenset({OfficeKind.OPERATOR}),
    Role.AUDITOR: frozenset({OfficeKind.OPERATOR, OfficeKind.PROVINCE_POLICE}),
}
"""Kinds of office at which somebody can have a role."""

POLICE: Final = frozenset({OfficeKind.COMMUNE_POLICE, OfficeKind.PROVINCE_POLICE})
EDUCATION: Final = frozenset({OfficeKind.EDUCATION_OFFICE, OfficeKind.EDUCATION_DEPARTMENT})
OF_THE_PROVINCE: Final = frozenset({OfficeKind.PROVINCE_POLICE, OfficeKind.EDUCATION_DEPARTMENT})

LEVELS_ASCENDING: Final = ("MN", "TH", "PTDTBT", "THCS", "THPT", "PTDTNT", "GDNN-GDTX")
"""Codes of school levels; a school of several belongs to the office of its highest."""
LEVELS_OF_A_COMMUNE: Final = "MN,TH,PTDTBT,THCS"
LEVELS_OF_A_PROVINCE: Final = "THPT,PTDTNT,GDNN-GDTX"


class NotAllowed(PermissionError):
    """This role, or this office, may not do that."""


class NotEligible(PermissionError):
    """The person, the role or the office is not active any more, or the sign-in has ended."""


class StepUpNeeded(PermissionError):
    """The second factor was not proven within the last five minutes."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role, as the current sign-in resolves them."""

    staff_id: int
    public_id: str
    name: str
    person_key: str
    """The same for every account of one human being, as far as we can tell."""
    membership_id: int
    office_id: int
    office_public_id: str
    office_kind: OfficeKind
    office_name: str
    role: Role
    session_id: int
    stepped_up_at: datetime
    is_example: bool = False
    chat_link_id: int | None = None
    """Set for who acts in a chat: they have no sign-in and can decide nothing."""

    def may(self, permission: Permission) -> bool:
        """Whether this role has the permission at all; the area is another question."""
        return permission in RIGHTS[self.role]

    def stepped_up(self, now: datetime) -> bool:
        """Whether the second factor was proven recently enough to decide something."""
        return now - self.stepped_up_at <= STEP_UP_LASTS


def require(actor: Actor, permission: Permission) -> None:
    """Refuse what the role does not have.

    Raises:
        NotAllowed: it does not.
    """
    if not actor.may(permission):
        raise NotAllowed(permission)


async def standing(session: AsyncSession, membership_id: int) -> models.Membership:
    """The membership with its person and office, as they are now, in this transaction.

    Raises:
        NotEligible: any of the three is not active any more.
    """
    membership = await session.scalar(
        select(models.Membership)
        .join(models.Membership.staff)
        .join(models.Membership.office)
        .options(contains_eager(models.Membership.staff), contains_eager(models.Membership.office))
        .where(models.Membership.id == membership_id, current())
        .execution_options(populate_existing=True)
    )
    if membership is None:
        raise NotEligible(membership_id)
    return membership


def with_person_and_office() -> tuple[ExecutableOption, ...]:
    """Options of a statement on memberships: load the person and the office along."""
    return joinedload(models.Membership.staff), joinedload(models.Membership.office)


def current() -> ColumnElement[bool]:
    """Condition on membership, staff member and office: all three are active."""
    return and_(
        models.Membership.until.is_(None),
        models.StaffMember.status == models.StaffStatus.ACTIVE,
        models.Office.active,
    )


async def active_people(session: AsyncSession, office_id: int, roles: frozenset[Role]) -> int:
    """How many people have one of these roles at an office now."""
    return (
        await session.scalar(
            select(func.count(models.StaffMember.id.distinct()))
            .select_from(models.Membership)
            .join(models.Membership.staff)
            .join(models.Membership.office)
            .where(models.Membership.office_id == office_id, models.Membership.role.in_(roles), current())
        )
        or 0
    )


def highest_level(level_key: str) -> str:
    """The highest of a school's levels ("THCS" of "TH&THCS"); what is unknown stays as it is."""
    parts = [part for part in level_key.split("&") if part in LEVELS_ASCENDING]
    return max(parts, key=LEVELS_ASCENDING.index, default=level_key)


def covers_school(office: models.Office) -> ColumnElement[bool]:
    """Condition on school joined with its commune: the office is responsible for it, by place and level.

    A school's own office covers that school only; police cover all schools of their place.
    """
    if office.kind is OfficeKind.SCHOOL:
        return models.School.id == office.school_id
    if office.kind not in POLICE | EDUCATION:
        return models.School.id.is_(None)
    place = covers_commune(office)
    if office.kind in POLICE:
        return place
    return and_(place, or_(*(_highest_is(level) for level in office.levels.split(","))))


def covers_commune(office: models.Office) -> ColumnElement[bool]:
    """Condition on commune: it lies within the office's area."""
    if office.kind in OF_THE_PROVINCE:
        return models.Commune.province == office.province
    return exists().where(
        models.OfficeCommune.office_id == office.id,
        models.OfficeCommune.commune_code == models.Commune.code,
    )


def _highest_is(level: str) -> ColumnElement[bool]:
    # "TH&THCS" ends with its highest stage: the codes of several stages are written in ascending order.
    return or_(
        models.School.level_key == level, models.School.level_key.endswith(f"&{level}", autoescape=True)
    )


async def responsible_for(session: AsyncSession, office: models.Office, school_id: int) -> bool:
    """Whether the school is one of this office's."""
    found = await session.scalar(
        select(models.School.id)
        .join(models.School.commune)
        .where(
            models.School.id == school_id,
            models.School.status == models.RecordState.ACTIVE,
            covers_school(office),
        )
    )
    return found is not None


async def second_for(session: AsyncSession, office: models.Office, school_id: int) -> bool:
    """Whether this is the province's education department, standing in where the commune has too few people.

    It is the second person for a school of its province whose own education office has fewer than two.
    """
    if office.kind is not OfficeKind.EDUCATION_DEPARTMENT:
        return False
    school = await session.scalar(
        select(models.School)
        .join(models.School.commune)
        .where(
            models.School.id == school_id,
            models.School.status == models.RecordState.ACTIVE,
            models.Commune.province == office.province,
        )
    )
    if school is None:
        return False
    offices = await session.scalars(
        select(models.Office)
        .join(models.OfficeCommune)
        .where(
            models.Office.kind == OfficeKind.EDUCATION_OFFICE,
            models.Office.active,
            models.OfficeCommune.commune_code == school.commune_code,
        )
    )
    for local in offices.unique():
        levels = local.levels.split(",")
        people = await active_people(session, local.id, frozenset({Role.EDUCATION_OFFICER}))
        if highest_level(school.level_key) in levels and people > 1:
            return False
    return True
