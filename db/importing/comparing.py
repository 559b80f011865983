"""What drafts would change of the record as it is now: new, changed, there already, or in conflict.

It only reads. The dry run asks it, and the activation asks it again in its own transaction: what was shown to
two persons is what happens, or nothing does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from db import models, rights
from db.contacts import KEPT, LISTED
from db.importing.columns import folded
from db.importing.drafts import ContactDraft, Draft, IndicatorDraft, SchoolDraft
from db.models import IndicatorState, RecordState, RowOutcome
from scamcheck import knowledge
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind

_SHORT: Final = "short:"
_CONCERNS: Final = (*LISTED, IndicatorState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Scope:
    """For what an office may bring files; the command line may for everything."""

    is_example: bool = False
    communes: frozenset[str] | None = None
    """Codes of its communes; None for every one."""
    levels: frozenset[str] | None = None
    """Highest levels of its schools; None for all."""
    owner_kinds: frozenset[OwnerKind] = frozenset(OwnerKind)
    organisation_id: int | None = None
    """Its own organisation, for a police unit that keeps no other's contacts."""

    def has_school(self, level_key: str, commune_code: str) -> bool:
        """Whether a school of this level there is its business."""
        here = self.communes is None or commune_code in self.communes
        return here and (self.levels is None or rights.highest_level(level_key) in self.levels)


@dataclass(frozen=True, slots=True)
class Found:
    """What the record says about a draft."""

    outcome: RowOutcome
    why: str = ""
    detail: str = ""
    target: int | None = None
    """The row that a changed one is about, or the owner of a new contact; None for an owner to be added."""
    version: int = 0
    """Version of the row that would be changed."""


async def compare(session: AsyncSession, drafts: Sequence[Draft], scope: Scope, now: datetime) -> list[Found]:
    """What each of these drafts, all of one kind, would do; not more than a thousand or so at a time."""
    if not drafts:
        return []
    if isinstance(drafts[0], SchoolDraft):
        return await _schools(session, [one for one in drafts if isinstance(one, SchoolDraft)], scope)
    if isinstance(drafts[0], ContactDraft):
        return await _contacts(session, [one for one in drafts if isinstance(one, ContactDraft)], scope)
    return await _indicators(session, [one for one in drafts if isinstance(one, IndicatorDraft)], scope, now)


async def _schools(session: AsyncSession, drafts: Sequence[SchoolDraft], scope: Scope) -> list[Found]:
    rows = await session.scalars(
        select(models.School)
        .options(selectinload(models.School.aliases))
        .where(
            models.School.status == RecordState.ACTIVE,
            models.School.commune_code.in_({draft.commune_code for draft in drafts}),
            models.School.name_key.in_({draft.name_key for draft in drafts}),
        )
    )
    known = {SchoolDraft.key_of(row.level_key, row.name_key, row.commune_code): row for row in rows}
    return [_school(draft, known.get(draft.key), scope) for draft in drafts]


def _school(draft: SchoolDraft, row: models.School | None, scope: Scope) -> Found:
    if not scope.has_school(draft.level_key, draft.commune_code):
        return Found(RowOutcome.INVALID, "outside")
    if row is None:
        return Found(RowOutcome.NEW)
    if row.is_example != scope.is_example:
        return Found(RowOutcome.CONFLICT, "demo")
    differs = (
        [f"huyện cũ: {row.old_district or '–'} → {draft.old_district}"]
        if (draft.old_district and draft.old_district != row.old_district)
        else []
    )
    recorded = {alias.name for alias in row.aliases}
    if more := [alias for alias in draft.aliases if alias not in recorded]:
        differs.append(f"thêm tên khác: {', '.join(more)}")
    return _changed(differs, row)


async def _contacts(session: AsyncSession, drafts: Sequence[ContactDraft], scope: Scope) -> list[Found]:
    owners = await _Owners.among(session, drafts)
    keys = {draft.key for draft in drafts}
    rows = await session.scalars(
        select(models.Contact)
        .options(joinedload(models.Contact.school), joinedload(models.Contact.organisation))
        .where(models.Contact.key.in_(keys), models.Contact.status.in_(KEPT))
    )
    known = {(row.kind, row.key): row for row in rows}
    listed = await _keys(session, models.Indicator, keys, models.Indicator.status.in_(LISTED))
    protected = await _protected(session, keys)
    return [
        _contact(draft, owners.of(draft, scope), known.get((draft.kind, draft.key)), scope)
        if (draft.kind, draft.key) not in listed | protected
        else Found(RowOutcome.CONFLICT, "listed" if (draft.kind, draft.key) in listed else "protected")
        for draft in drafts
    ]


def _contact(draft: ContactDraft, owner: Found, row: models.Contact | None, scope: Scope) -> Found:
    if owner.outcome is not RowOutcome.NEW:
        return owner
    if row is None:
        return owner
    if row.is_example != scope.is_example:
        return Found(RowOutcome.CONFLICT, "demo")
    theirs = row.school_id if draft.owner_kind is OwnerKind.SCHOOL else row.organisation_id
    if theirs is None or theirs != owner.target:
        named = row.school.name if row.school is not None else ""
        return Found(
            RowOutcome.CONFLICT,
            "other_owner",
            row.organisation.name if row.organisation is not None else named,
        )
    if row.status is RecordState.SUSPENDED:
        return Found(RowOutcome.CONFLICT, "frozen")
    differs = [
        f"{name}: {before or '–'} → {after}"
        for name, before, after in (("nhãn", row.label, draft.label), ("giờ trực", row.hours, draft.hours))
        if after and after != before
    ]
    if draft.is_backup and not row.is_backup:
        differs.append("thành số dự phòng")
    if row.verified_at is None or draft.verified_at > row.verified_at:
        differs.append(f"ngày xác minh {draft.verified_at:%d/%m/%Y}")
    return _changed(differs, row)


class _Owners:
    """Owners that some drafts name."""

    def __init__(
        self, schools: Iterable[models.School], organisations: Iterable[models.Organisation]
    ) -> None:
        self._schools: dict[str, dict[int, models.School]] = {}
        for row in schools:
            for name in (row.name_key, *(folded(alias.name) for alias in row.aliases)):
                self._schools.setdefault(f"{row.level_key}|{name}", {})[row.id] = row
        self._organisations = {(row.kind, row.key): row for row in organisations}

    @classmethod
    async def among(cls, session: AsyncSession, drafts: Sequence[ContactDraft]) -> "_Owners":
        named = [draft for draft in drafts if draft.owner_kind is OwnerKind.SCHOOL]
        by_name = models.School.name_key.in_({_name_of(draft) for draft in named})
        schools = list(await session.scalars(_schools_with_aliases(by_name))) if named else []
        known = {row.name_key for row in schools}
        # Old names are looked for only where the present one is not found: there are many of them.
        communes = {
            draft.commune_code for draft in named if draft.commune_code and _name_of(draft) not in known
        }
        if communes:
            schools += await session.scalars(_schools_with_aliases(models.School.commune_code.in_(communes)))
        keys = {draft.owner_key for draft in drafts if draft.owner_kind is not OwnerKind.SCHOOL}
        organisations = await session.scalars(
            select(models.Organisation).where(
                models.Organisation.key.in_(keys), models.Organisation.status == RecordState.ACTIVE
            )
        )
        return cls(schools, organisations)

    def of(self, draft: ContactDraft, scope: Scope) -> Found:
        """The owner as the target of a new contact, or why there is none."""
        if draft.owner_kind not in scope.owner_kinds:
            return Found(RowOutcome.INVALID, "not_your_kind")
        if draft.owner_kind is OwnerKind.SCHOOL:
            return self._school(draft, scope)
        row = self._organisations.get((draft.owner_kind, draft.owner_key))
        here = scope.communes is None or (row.commune_code if row else draft.commune_code) in scope.communes
        own = scope.organisation_id is None or (row is not None and row.id == scope.organisation_id)
        if not (here and own):
            return Found(RowOutcome.INVALID, "outside")
        if row is not None and row.is_example != scope.is_example:
            return Found(RowOutcome.CONFLICT, "demo")
        return Found(RowOutcome.NEW, target=None if row is None else row.id)

    def _school(self, draft: ContactDraft, scope: Scope) -> Found:
        named = self._schools.get(draft.owner_key, {}).values()
        there = [row for row in named if draft.commune_code in ("", row.commune_code)]
        ours = [row for row in there if scope.has_school(row.level_key, row.commune_code)]
        if len(ours) > 1:
            return Found(RowOutcome.INVALID, "several_schools", draft.owner_name)
        if not ours:
            return Found(RowOutcome.INVALID, "outside" if there else "no_school", draft.owner_name)
        if ours[0].is_example != scope.is_example:
            return Found(RowOutcome.CONFLICT, "demo")
        return Found(RowOutcome.NEW, target=ours[0].id)


def _name_of(draft: ContactDraft) -> str:
    return draft.owner_key.partition("|")[2]


def _schools_with_aliases(condition: ColumnElement[bool]) -> Select[models.School]:
    return (
        select(models.School)
        .options(selectinload(models.School.aliases))
        .where(models.School.status == RecordState.ACTIVE, condition)
    )


async def _indicators(
    session: AsyncSession, drafts: Sequence[IndicatorDraft], scope: Scope, now: datetime
) -> list[Found]:
    keys = {draft.key for draft in drafts}
    rows = await session.scalars(
        select(models.Indicator).where(models.Indicator.key.in_(keys)).order_by(models.Indicator.id)
    )
    newest = {(row.kind, row.key): row for row in rows}
    official = await _keys(session, models.Contact, keys, models.Contact.status.in_(KEPT))
    protected = await _protected(session, keys)
    found: list[Found] = []
    for draft in drafts:
        identifier = draft.kind, draft.key
        if identifier in official:
            found.append(Found(RowOutcome.CONFLICT, "official"))
        elif identifier in protected or draft.key.startswith(_SHORT):
            found.append(Found(RowOutcome.CONFLICT, "protected"))
        else:
            found.append(_indicator(newest.get(identifier), scope, now))
    return found


def _indicator(row: models.Indicator | None, scope: Scope, now: datetime) -> Found:
    if row is not None and row.is_example != scope.is_example:
        return Found(RowOutcome.CONFLICT, "demo")
    if row is None or row.status not in _CONCERNS:
        return Found(RowOutcome.NEW)
    match row.status:
        case IndicatorState.CONFIRMED if knowledge.active(row.expires_at, now):
            return Found(RowOutcome.DUPLICATE, "confirmed", target=row.id)
        case IndicatorState.CONFIRMED | IndicatorState.TEMPORARY_WARNING:
            return Found(RowOutcome.CHANGED, "renewed", target=row.id, version=row.version)
        case decided:  # by people: an old list must not undo it
            return Found(RowOutcome.CONFLICT, decided.value)


def _changed(differs: Sequence[str], row: models.School | models.Contact) -> Found:
    if not differs:
        return Found(RowOutcome.DUPLICATE, "there", target=row.id)
    return Found(RowOutcome.CHANGED, "details", "; ".join(differs), target=row.id, version=row.version)


async def _keys(
    session: AsyncSession,
    table: type[models.Indicator | models.Contact],
    keys: Iterable[str],
    condition: object,
) -> set[tuple[IdentifierKind, str]]:
    rows = await session.execute(select(table.kind, table.key).where(table.key.in_(keys), condition))  # type: ignore[arg-type]
    return {(kind, key) for kind, key in rows}


async def _protected(session: AsyncSession, keys: Iterable[str]) -> set[tuple[IdentifierKind, str]]:
    table = models.ProtectedIdentifier
    rows = await session.execute(
        select(table.kind, table.key).where(table.key.in_(keys), table.status == RecordState.ACTIVE)
    )
    return {(kind, key) for kind, key in rows}
