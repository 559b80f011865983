"""The queue that police work: reports clustered by identifier, the most urgent first. Queries only.

Nothing here says who reported. How many reported moves a cluster up in the queue and changes nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Integer, and_, case, cast, exists, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from db import contacts, models, rights
from db.approval_rules import ProposalKind
from db.models import IndicatorState, RecordState, ReportStatus
from db.proposal_record import OPEN
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level

FRESH: Final = timedelta(hours=24)
FRESH_WEIGHT: Final = 5
SCHOOL_WEIGHT: Final = 3
SUSPICIOUS_WEIGHT: Final = 2
"""Urgency of a cluster: its reports, those of a day counted five times more, those that name a school three
times more, those whose text was suspicious twice more."""


_OPEN_REPORTS: Final = (ReportStatus.RECEIVED, ReportStatus.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Cluster:
    """All open reports of one identifier."""

    kind: IdentifierKind
    key: str
    reports: int
    fresh: int
    """Within 24 hours."""
    communes: int
    schools: int
    first_at: datetime
    last_at: datetime
    urgency: int
    listed: IndicatorState | None
    """How it is listed, if it is."""
    protected: bool
    """An official contact, or on the protected list: forged calls, not its owner's."""
    proposed: bool
    """A confirmation waits for its second person."""


@dataclass(frozen=True, slots=True)
class Story:
    """All open reports of one kind of story: a known script, or signs that make a scenario."""

    scenario: str
    script: str
    """Its name; empty when only the signs agreed."""
    reports: int
    fresh: int
    identifiers: int
    """Different numbers, accounts and links in them."""
    communes: int
    schools: int
    first_at: datetime
    last_at: datetime
    urgency: int


async def stories(
    session: AsyncSession, now: datetime, *, office: models.Office | None = None, limit: int = 50
) -> tuple[Story, ...]:
    """Kinds of story with open reports, the most urgent first; of an office's area, or of everywhere.

    A gang changes its numbers by the hour and its words by the month. Reports from before their story was
    kept, and those that tell none, are in no cluster here.
    """
    fresh, urgency = _measures(now)
    script = func.coalesce(models.Report.script, literal_column("''"))
    told: list[ColumnElement[bool]] = [
        models.Report.status.in_(_OPEN_REPORTS),
        models.Report.scenario.is_not(None),
    ]
    if office is not None:
        told.append(within(office))
    statement = (
        select(
            models.Report.scenario,
            script.label("script"),
            func.count().label("reports"),
            func.sum(fresh).label("fresh"),
            func.count(models.Report.commune_code.distinct()).label("communes"),
            func.count(models.Report.school_id.distinct()).label("schools"),
            func.min(models.Report.filed_at).label("first_at"),
            func.max(models.Report.filed_at).label("last_at"),
            func.sum(urgency).label("urgency"),
        )
        .where(*told)
        .group_by(models.Report.scenario, script)
        .order_by(func.sum(urgency).desc(), func.max(models.Report.filed_at).desc(), models.Report.scenario)
        .limit(limit)
    )
    named = await session.execute(
        select(models.Report.scenario, script, func.count(models.ReportIdentifier.key.distinct()))
        .join(models.ReportIdentifier, models.ReportIdentifier.report_id == models.Report.id)
        .where(*told)
        .group_by(models.Report.scenario, script)
    )
    identifiers = {(scenario, name): count for scenario, name, count in named}
    return tuple(
        Story(
            scenario=row.scenario,
            script=row.script,
            reports=row.reports,
            fresh=row.fresh,
            identifiers=identifiers.get((row.scenario, row.script), 0),
            communes=row.communes,
            schools=row.schools,
            first_at=row.first_at,
            last_at=row.last_at,
            urgency=row.urgency,
        )
        for row in await session.execute(statement)
    )


async def reports_telling(
    session: AsyncSession, scenario: str, script: str = "", *, limit: int = 100
) -> tuple[models.Report, ...]:
    """The reports of one kind of story with what they name, the latest first."""
    return tuple(
        await session.scalars(
            select(models.Report)
            .options(selectinload(models.Report.identifiers), selectinload(models.Report.claims))
            .where(models.Report.scenario == scenario, func.coalesce(models.Report.script, "") == script)
            .order_by(models.Report.id.desc())
            .limit(limit)
        )
    )


async def clusters(
    session: AsyncSession,
    now: datetime,
    *,
    office: models.Office | None = None,
    only: IdentifierKind | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Cluster, ...]:
    """Identifiers with open reports, the most urgent first; of an office's area, or of everywhere.

    With `only`, those of one kind.

    Confirmed ones are left out: there is nothing to do about them.
    """
    fresh, urgency = _measures(now)
    kind, key = models.ReportIdentifier.kind, models.ReportIdentifier.key
    statement = (
        select(
            kind,
            key,
            func.count().label("reports"),
            func.sum(fresh).label("fresh"),
            func.count(models.Report.commune_code.distinct()).label("communes"),
            func.count(models.Report.school_id.distinct()).label("schools"),
            func.min(models.Report.filed_at).label("first_at"),
            func.max(models.Report.filed_at).label("last_at"),
            func.sum(urgency).label("urgency"),
        )
        .join(models.Report, models.Report.id == models.ReportIdentifier.report_id)
        .where(models.Report.status.in_(_OPEN_REPORTS))
        .group_by(kind, key)
        .order_by(func.sum(urgency).desc(), func.max(models.Report.filed_at).desc(), key)
        .limit(limit)
        .offset(offset)
    )
    if office is not None:
        statement = statement.where(within(office))
    if only is not None:
        statement = statement.where(kind == only)
    rows = (await session.execute(statement)).all()
    keys = [row.key for row in rows]
    listed = await _listed(session, keys, now)
    protected = await _protected(session, keys)
    proposed = await _proposed(session)
    return tuple(
        Cluster(
            kind=row.kind,
            key=row.key,
            reports=row.reports,
            fresh=row.fresh,
            communes=row.communes,
            schools=row.schools,
            first_at=row.first_at,
            last_at=row.last_at,
            urgency=row.urgency,
            listed=listed.get((row.kind, row.key)),
            protected=(row.kind, row.key) in protected,
            proposed=f"{row.kind.value}:{row.key}" in proposed,
        )
        for row in rows
    )


async def reports_of(
    session: AsyncSession, kind: IdentifierKind, key: str, *, limit: int = 100
) -> tuple[models.Report, ...]:
    """The reports of one identifier with what they name, the latest first."""
    return tuple(
        await session.scalars(
            select(models.Report)
            .join(models.Report.identifiers)
            .options(selectinload(models.Report.identifiers), selectinload(models.Report.claims))
            .where(models.ReportIdentifier.kind == kind, models.ReportIdentifier.key == key)
            .order_by(models.Report.id.desc())
            .limit(limit)
        )
    )


async def open_codes(session: AsyncSession, office: models.Office, *, limit: int) -> tuple[str, ...]:
    """Case codes of the latest open reports of an office's area."""
    return tuple(
        await session.scalars(
            select(models.Report.case_code)
            .where(models.Report.status.in_(_OPEN_REPORTS), within(office))
            .order_by(models.Report.id.desc())
            .limit(limit)
        )
    )


async def counts(session: AsyncSession, *, office: models.Office | None = None) -> dict[ReportStatus, int]:
    """How many reports there are in each state; of an office's area, or of everywhere."""
    statement = select(models.Report.status, func.count()).group_by(models.Report.status)
    if office is not None:
        statement = statement.where(within(office))
    found = dict(row for row in await session.execute(statement))
    return {status: found.get(status, 0) for status in ReportStatus}


def within(office: models.Office) -> ColumnElement[bool]:
    """Condition on report: its commune, or that of the school it names, lies in the office's area."""
    by_place = exists().where(
        models.Commune.code == models.Report.commune_code, rights.covers_commune(office)
    )
    by_school = exists().where(
        models.School.id == models.Report.school_id,
        models.Commune.code == models.School.commune_code,
        rights.covers_commune(office),
    )
    return or_(by_place, by_school)


def _measures(now: datetime) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Of one report: whether it is of the last day, and how much it adds to the urgency."""
    fresh = cast(models.Report.filed_at > now - FRESH, Integer)
    named = cast(models.Report.school_id.is_not(None), Integer)
    suspicious = case((models.Report.level == Level.SUSPICIOUS, 1), else_=0)
    return fresh, 1 + FRESH_WEIGHT * fresh + SCHOOL_WEIGHT * named + SUSPICIOUS_WEIGHT * suspicious


async def _listed(
    session: AsyncSession, keys: list[str], now: datetime
) -> dict[tuple[IdentifierKind, str], IndicatorState]:
    rows = await session.execute(
        select(models.Indicator.kind, models.Indicator.key, models.Indicator.status).where(
            models.Indicator.key.in_(keys),
            models.Indicator.status.in_(contacts.LISTED),
            or_(models.Indicator.expires_at.is_(None), models.Indicator.expires_at > now),
        )
    )
    return {(row.kind, row.key): row.status for row in rows}


async def _protected(session: AsyncSession, keys: list[str]) -> set[tuple[IdentifierKind, str]]:
    official = select(models.Contact.kind, models.Contact.key).where(
        models.Contact.key.in_(keys), models.Contact.status.in_(contacts.KEPT)
    )
    protected = select(models.ProtectedIdentifier.kind, models.ProtectedIdentifier.key).where(
        and_(
            models.ProtectedIdentifier.key.in_(keys),
            models.ProtectedIdentifier.status == RecordState.ACTIVE,
        )
    )
    return {
        (row.kind, row.key) for statement in (official, protected) for row in await session.execute(statement)
    }


async def _proposed(session: AsyncSession) -> set[str]:
    return set(
        await session.scalars(
            select(models.Proposal.subject).where(
                models.Proposal.kind == ProposalKind.CONFIRM_INDICATOR.value,
                models.Proposal.status.in_(OPEN),
            )
        )
    )
