"""Counts that people would rather look at than read: reports over time, claims, waiting times, hotlines.

Only counts, of the actor's own area; nobody who reported can be told from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, case, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db import desk_lists, models, report_queue, rights
from db.approval_rules import ProposalKind
from db.models import OfficeKind
from db.rights import Actor
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import VIETNAM
from scamcheck.knowledge import IdentifierKind

DAYS: Final = 84
"""Twelve weeks."""
DECISIONS_SINCE: Final = timedelta(days=90)
WAITS: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Where one group of waiting times ends and the next begins."""
RUNS_OUT_WITHIN: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long it took from the first report of an identifier to its confirmation."""

    counts: tuple[int, ...]
    """Within a day, three days, a week, and longer."""
    median: timedelta | None


@dataclass(frozen=True, slots=True)
class Hotlines:
    """Schools of an area by how their hotline stands."""

    confirmed: int
    runs_out: int
    """Within 60 days."""
    expired: int
    missing: int


async def reports_by_day(session: AsyncSession, actor: Actor, now: datetime) -> tuple[tuple[date, int], ...]:
    """Reports of each of the last 84 days, the oldest first, by the calendar of Vietnam."""
    last = now.astimezone(VIETNAM).date()
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    starts = [datetime.combine(day, time(), VIETNAM).astimezone(UTC) for day in days]
    # Which day is found by comparing moments: the two databases write them, and convert zones, differently.
    which = case(
        *((models.Report.filed_at < end, at) for at, (_, end) in enumerate(pairwise(starts))),
        else_=len(days) - 1,
    ).label("which")
    rows = await session.execute(
        select(which, func.count())
        .where(models.Report.filed_at >= starts[0], await _area(session, actor))
        .group_by(which)
    )
    counts = dict(row for row in rows)
    return tuple((day, counts.get(at, 0)) for at, day in enumerate(days))


def by_week(days: Sequence[tuple[date, int]]) -> tuple[tuple[date, int], ...]:
    """The same by week, each under its Monday."""
    weeks: dict[date, int] = {}
    for day, count in days:
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + count
    return tuple(weeks.items())


async def claims(session: AsyncSession, actor: Actor, now: datetime) -> Mapping[OwnerKind, int]:
    """Whom the callers of the last 84 days claimed to be, the most frequent first: reports of each."""
    rows = await session.execute(
        select(models.ReportClaim.kind, func.count())
        .join(models.Report, models.Report.id == models.ReportClaim.report_id)
        .where(models.Report.filed_at >= now - timedelta(days=DAYS), await _area(session, actor))
        .group_by(models.ReportClaim.kind)
        .order_by(func.count().desc(), models.ReportClaim.kind)
    )
    return dict(row for row in rows)


async def waits(session: AsyncSession, now: datetime) -> Waits:
    """How long confirmations of the last 90 days took, of identifiers that somebody had reported."""
    decided = await session.execute(
        select(models.Proposal.subject, func.min(models.Approval.at))
        .join(models.Approval, models.Approval.proposal_id == models.Proposal.id)
        .where(
            models.Proposal.kind == ProposalKind.CONFIRM_INDICATOR.value,
            models.Approval.approved,
            models.Approval.at >= now - DECISIONS_SINCE,
        )
        .group_by(models.Proposal.subject)
    )
    at_of = dict(row for row in decided)
    first = await session.execute(
        select(models.ReportIdentifier.kind, models.ReportIdentifier.key, func.min(models.Report.filed_at))
        .join(models.Report, models.Report.id == models.ReportIdentifier.report_id)
        .where(models.ReportIdentifier.key.in_([subject.partition(":")[2] for subject in at_of]))
        .group_by(models.ReportIdentifier.kind, models.ReportIdentifier.key)
    )
    taken = sorted(
        at - filed_at
        for kind, key, filed_at in first
        if (at := at_of.get(f"{kind.value}:{key}")) is not None and at >= filed_at
    )
    edges = (timedelta(), *WAITS, timedelta.max)
    return Waits(
        counts=tuple(sum(low <= one < high for one in taken) for low, high in pairwise(edges)),
        median=taken[len(taken) // 2] if taken else None,
    )


async def hotlines(session: AsyncSession, actor: Actor, now: datetime) -> Hotlines:
    """Schools of the actor's area: their number is confirmed, runs out soon, has expired, or is missing."""
    latest = case(
        (func.count(models.Contact.id) == 0, "missing"),
        # A number without an expiry never runs out.
        (func.count(models.Contact.expires_at) < func.count(models.Contact.id), "confirmed"),
        (func.max(models.Contact.expires_at) <= now, "expired"),
        (func.max(models.Contact.expires_at) <= now + RUNS_OUT_WITHIN, "runs_out"),
        else_="confirmed",
    )
    schools = (
        select(models.School.id, latest.label("state"))
        .join(models.School.commune)
        .outerjoin(
            models.Contact,
            (models.Contact.school_id == models.School.id)
            & (models.Contact.kind == IdentifierKind.NUMBER)
            & (models.Contact.status == models.RecordState.ACTIVE),
        )
        .where(
            await desk_lists.school_area(session, actor), models.School.status == models.RecordState.ACTIVE
        )
        .group_by(models.School.id)
        .subquery()
    )
    counts = dict(
        row for row in await session.execute(select(schools.c.state, func.count()).group_by(schools.c.state))
    )
    return Hotlines(**{name: counts.get(name, 0) for name in ("confirmed", "runs_out", "expired", "missing")})


async def _area(session: AsyncSession, actor: Actor) -> ColumnElement[bool]:
    """Condition on report: it concerns the actor's office."""
    office = (await rights.standing(session, actor.membership_id)).office
    if office.kind in (OfficeKind.INFORMATION_OFFICE, OfficeKind.OPERATOR):
        return true()
    if office.kind in rights.POLICE:
        return report_queue.within(office)
    return exists().where(
        models.School.id == models.Report.school_id,
        models.Commune.code == models.School.commune_code,
        rights.covers_school(office),
    )
