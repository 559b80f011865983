"""Rules of the two-person engine for schools: another name, merged into another, closed.

The old name stays an alias, so whoever says it still finds the school. Followers of a merged school follow
the one it became part of. The numbers of a school that is no more are given up: nobody is sent there.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from db import changes, contacts, follower_news, models, notices, rights, schools
from db.approval_rules import Case, Prepared, ProposalKind, RecordNotFound, Rule, number_in
from db.models import RecordState, Role, SchoolNews
from db.rights import Permission
from scamcheck.text import fold


class SchoolChanged(ValueError):
    """The school was changed since the proposer saw it, or is not in the registry any more."""


class SameSchool(ValueError):
    """A school cannot be merged into itself."""


async def _school(session: AsyncSession, case: Case, field: str = "school") -> models.School:
    row = await session.scalar(
        select(models.School)
        .options(selectinload(models.School.aliases), joinedload(models.School.commune))
        .where(
            models.School.id == number_in(case.payload, field),
            models.School.status == RecordState.ACTIVE,
            models.School.is_example == case.is_example,
        )
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise RecordNotFound(case.payload[field])
    return row


async def _prepare(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    row = await _school(session, case)
    if not await rights.responsible_for(session, case.proposer.office, row.id):
        raise RecordNotFound(row.id)
    if row.version != number_in(case.payload, "version"):
        raise SchoolChanged(row.id)
    if "into" in case.payload and (await _school(session, case, "into")).id == row.id:
        raise SameSchool(row.id)
    if "name" in case.payload:
        await _require_free_name(session, row, case.payload["name"])
    if case.payload.get("was", row.name) != row.name:
        raise SchoolChanged(row.id)
    return Prepared(f"school:{row.id}", row.id)


async def _require_free_name(session: AsyncSession, row: models.School, name: str) -> None:
    taken = await session.scalar(
        select(models.School.id).where(
            models.School.status == RecordState.ACTIVE,
            models.School.level_key == row.level_key,
            models.School.name_key == fold(name),
            models.School.commune_code == row.commune_code,
            models.School.id != row.id,
        )
    )
    if taken is not None:
        raise schools.SchoolAlreadyRecorded(name)


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:
    assert case.school_id is not None  # noqa: S101  # see _prepare
    return approver.role is Role.EDUCATION_OFFICER and (
        await rights.responsible_for(session, approver.office, case.school_id)
        or await rights.second_for(session, approver.office, case.school_id)
    )


async def _rename(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    row = await _school(session, case)
    old, known_as = row.name, schools.full_name_and_place(row)
    row.name = " ".join(case.payload["name"].split())
    row.name_key = fold(row.name)
    row.version += 1
    row.updated_at = now
    _keep_names(row, [old])
    await session.flush()
    await follower_news.note_news(
        session,
        kind=SchoolNews.RENAMED,
        school_id=row.id,
        school=known_as,
        became=schools.full_name_and_place(row),
        now=now,
    )
    _note(session, row.id, models.Operation.CHANGED, now)
    return case.subject


async def _merge(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    row, into = await _school(session, case), await _school(session, case, "into")
    await follower_news.note_news(
        session,
        kind=SchoolNews.MERGED,
        school_id=row.id,
        school=schools.full_name_and_place(row),
        became=schools.full_name_and_place(into),
        now=now,
    )
    row.became_id = into.id
    _keep_names(into, [row.name, *(alias.name for alias in row.aliases)])
    already = select(models.Subscription.person_id).where(models.Subscription.school_id == into.id)
    await session.execute(
        update(models.Subscription)
        .where(models.Subscription.school_id == row.id, models.Subscription.person_id.not_in(already))
        .values(school_id=into.id)
    )
    await session.flush()
    _note(session, into.id, models.Operation.CHANGED, now)
    await _end(session, row, now)
    return f"school:{into.id}"


async def _close(session: AsyncSession, case: Case, now: datetime) -> str:
    await _prepare(session, case, now)
    row = await _school(session, case)
    await follower_news.note_news(
        session,
        kind=SchoolNews.CLOSED,
        school_id=row.id,
        school=schools.full_name_and_place(row),
        now=now,
    )
    await _end(session, row, now)
    return case.subject


async def _end(session: AsyncSession, row: models.School, now: datetime) -> None:
    kept = select(models.Contact.id).where(
        models.Contact.school_id == row.id, models.Contact.status.in_(contacts.KEPT)
    )
    for contact_id in (await session.scalars(kept)).all():
        await contacts.withdraw_contact(session, contact_id, now=now)
    await session.execute(delete(models.Subscription).where(models.Subscription.school_id == row.id))
    await schools.withdraw_school(session, row.id, now=now)


async def _tell(session: AsyncSession, case: Case, now: datetime) -> None:
    assert case.school_id is not None  # noqa: S101  # see _prepare
    offices = await notices.offices_concerned(session, case.school_id)
    await notices.tell(session, offices, topic="school.changed", subject=case.subject, now=now)


def _keep_names(row: models.School, names: list[str]) -> None:
    known = {alias.name for alias in row.aliases} | {row.name}
    for name in dict.fromkeys(names):
        if name not in known:
            row.aliases.append(models.SchoolAlias(name=name))


def _note(session: AsyncSession, school_id: int, operation: models.Operation, now: datetime) -> None:
    changes.record_change(session, models.RecordKind.SCHOOL, str(school_id), operation, now=now)


def _rule(required: frozenset[str], apply: object, optional: frozenset[str] = frozenset()) -> Rule:
    return Rule(
        propose=frozenset({Permission.CHANGE_SCHOOL}),
        approve=frozenset({Permission.APPROVE_SCHOOL_CONTACT}),
        required=required | {"school", "version"},
        optional=optional,
        prepare=_prepare,
        may_approve=_may_approve,
        on_approved=_tell,
        apply=apply,  # pyright: ignore[reportArgumentType]
    )


RULES: Final = {
    ProposalKind.RENAME_SCHOOL: _rule(frozenset({"name"}), _rename, frozenset({"was"})),
    ProposalKind.MERGE_SCHOOL: _rule(frozenset({"into"}), _merge),
    ProposalKind.CLOSE_SCHOOL: _rule(frozenset(), _close),
}
