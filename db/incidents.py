"""Incidents: reports that name a school, as its staff and police see them. Who reported is never in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import Select

from db import audit, changes, models, rights, schools
from db.models import IncidentMark
from db.rights import Actor, NotAllowed, Permission
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level

LONGEST_WORDS: Final = 500


class IncidentNotFound(LookupError):
    """There is no such incident, or it is none of this office's."""


class NoteTooLong(ValueError):
    """The note is longer than 500 characters."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a school said about an incident."""

    mark: IncidentMark
    words: str
    office: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """One report that names a school."""

    case_code: str
    school_id: int
    school: str
    commune_code: str | None
    level: Level
    reasons: tuple[str, ...]
    identifiers: tuple[tuple[IdentifierKind, str], ...]
    claims: tuple[OwnerKind, ...]
    filed_at: datetime
    notes: tuple[Note, ...] = ()


async def incidents_of(session: AsyncSession, *, actor: Actor, limit: int = 100) -> tuple[Incident, ...]:
    """Incidents of the schools that the actor's office is responsible for, the latest first.

    Raises:
        NotAllowed, NotEligible: see `db.rights`.
    """
    office = await _office(session, actor, Permission.READ_INCIDENTS)
    rows = await session.execute(_named(office).order_by(models.Report.id.desc()).limit(limit))
    return await _read(session, [(report, school) for report, school in rows])


async def mark(
    session: AsyncSession, *, actor: Actor, case_code: str, mark: IncidentMark, words: str = "", now: datetime
) -> None:
    """Say what a school knows of an incident that names it. Every mark stays, for police to see.

    Raises:
        IncidentNotFound, NoteTooLong: see there.
        NotAllowed, NotEligible: see `db.rights`.
    """
    await changes.one_at_a_time(session)
    office = await _office(session, actor, Permission.MARK_INCIDENT)
    if len(words) > LONGEST_WORDS:
        raise NoteTooLong
    report = await session.scalar(_named(office).where(models.Report.case_code == case_code))
    if report is None:
        raise IncidentNotFound(case_code)
    session.add(
        models.IncidentNote(
            report_id=report.id,
            staff_id=actor.staff_id,
            office_id=office.id,
            mark=mark,
            words=" ".join(words.split()),
            at=now,
        )
    )
    await session.flush()
    await audit.record(
        session,
        actor=actor,
        action="incident.mark",
        subject=f"report:{case_code}",
        facts={"mark": mark.value},
        now=now,
    )


def _named(office: models.Office) -> Select[models.Report, models.School]:
    return (
        select(models.Report, models.School)
        .join(models.School, models.School.id == models.Report.school_id)
        .join(models.School.commune)
        .options(selectinload(models.Report.identifiers), selectinload(models.Report.claims))
        .where(rights.covers_school(office))
    )


async def _read(
    session: AsyncSession, rows: Sequence[tuple[models.Report, models.School]]
) -> tuple[Incident, ...]:
    notes: dict[int, list[Note]] = {}
    for note, office_name in await session.execute(
        select(models.IncidentNote, models.Office.name)
        .join(models.Office, models.Office.id == models.IncidentNote.office_id)
        .where(models.IncidentNote.report_id.in_([report.id for report, _ in rows]))
        .order_by(models.IncidentNote.id)
    ):
        notes.setdefault(note.report_id, []).append(Note(note.mark, note.words, office_name, note.at))
    return tuple(
        Incident(
            case_code=report.case_code,
            school_id=school.id,
            school=schools.full_name(school),
            commune_code=report.commune_code,
            level=report.level,
            reasons=tuple(report.reasons),
            identifiers=tuple((found.kind, found.key) for found in report.identifiers),
            claims=tuple(claim.kind for claim in report.claims),
            filed_at=report.filed_at,
            notes=tuple(notes.get(report.id, ())),
        )
        for report, school in rows
    )


async def _office(session: AsyncSession, actor: Actor, permission: Permission) -> models.Office:
    member = await rights.standing(session, actor.membership_id)
    if permission not in rights.RIGHTS[member.role]:
        raise NotAllowed(permission)
    return member.office
