"""Rows of an import become records: by the database itself, in the transaction of whoever calls.

The rules were asked by `comparing`; the lock on changes is held. Fifty thousand rows are there in a second or
two, so that nobody who writes meanwhile waits for long, and readers see all of them or none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    JSON,
    ColumnElement,
    Text,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import Select

from db import changes, models, organisations
from db.importing.drafts import TAKEN, ContactDraft, SchoolDraft, from_json
from db.indicators import CONFIRMATION_LASTS
from db.keys import NORM_VERSION
from db.models import (
    Contact,
    ImportBatch,
    ImportKind,
    ImportRow,
    Indicator,
    IndicatorState,
    Operation,
    RecordKind,
    RecordState,
    RowOutcome,
    School,
    SchoolAlias,
    SchoolAliasKind,
)
from scamcheck.claims import OwnerKind

ROWS_AT_A_TIME: Final = 10_000
"""In one statement: each must end within the time that PostgreSQL gives it."""


@dataclass(frozen=True, slots=True)
class Applying:
    """By whom, and when."""

    approved_by: str
    now: datetime


async def apply(session: AsyncSession, batch: ImportBatch, by: Applying) -> int:
    """Take in every row of an import that is new or changed; how many there were."""
    await changes.one_at_a_time(session)
    taking = _Taking(session, batch, by)
    take_in = {
        ImportKind.SCHOOLS: taking.schools,
        ImportKind.CONTACTS: taking.contacts,
        ImportKind.INDICATORS: taking.indicators,
    }
    await take_in[batch.kind]()
    return (
        await session.scalar(
            select(func.count()).where(ImportRow.batch_id == batch.id, ImportRow.outcome.in_(TAKEN))
        )
        or 0
    )


class _Taking:
    """One import on its way into the record."""

    def __init__(self, session: AsyncSession, batch: ImportBatch, by: Applying) -> None:
        self._session = session
        self._batch = batch
        self._by = by
        is_postgresql = session.get_bind().dialect.name == "postgresql"
        self._draft = sql_cast(ImportRow.draft, JSON) if is_postgresql else type_coerce(ImportRow.draft, JSON)

    async def schools(self) -> None:
        last = await self._last(School)
        names = ("level", "level_key", "name", "name_key", "commune_code", "old_district")
        await self._insert(
            School,
            {
                "status": literal(RecordState.ACTIVE, School.status.type),
                **{name: self._text(name) for name in names},
                "expires_at": ImportRow.expires_at,
            },
        )
        await self._session.execute(
            update(School)
            .where(School.id == ImportRow.target, self._rows(RowOutcome.CHANGED))
            .values(
                old_district=case(
                    (self._text("old_district") != "", self._text("old_district")), else_=School.old_district
                ),
                version=School.version + 1,
                updated_at=self._by.now,
            )
            .execution_options(synchronize_session=False)
        )
        await self._add_aliases(last)
        await self._note(RecordKind.SCHOOL, School.id, School.id > last, Operation.ADDED)
        await self._note_changed(RecordKind.SCHOOL)

    async def contacts(self) -> None:
        await self._add_owners()
        last = await self._last(Contact)
        of_school = self._text("owner_kind") == OwnerKind.SCHOOL.value
        await self._insert(
            Contact,
            {
                "status": literal(RecordState.ACTIVE, Contact.status.type),
                **{name: self._text(name) for name in ("kind", "label", "printed", "hours")},
                "key": ImportRow.key,
                "school_id": case((of_school, ImportRow.target)),
                "organisation_id": case((~of_school, ImportRow.target)),
                "is_backup": self._draft["is_backup"].as_boolean(),
                "expires_at": ImportRow.expires_at,
            },
        )
        newer = or_(Contact.verified_at.is_(None), ImportRow.verified_at > Contact.verified_at)
        await self._session.execute(
            update(Contact)
            .where(Contact.id == ImportRow.target, self._rows(RowOutcome.CHANGED))
            .values(
                label=case((self._text("label") != "", self._text("label")), else_=Contact.label),
                hours=case((self._text("hours") != "", self._text("hours")), else_=Contact.hours),
                is_backup=or_(Contact.is_backup, self._draft["is_backup"].as_boolean()),
                verified_at=case((newer, ImportRow.verified_at), else_=Contact.verified_at),
                expires_at=case((newer, ImportRow.expires_at), else_=Contact.expires_at),
                version=Contact.version + 1,
                updated_at=self._by.now,
            )
            .execution_options(synchronize_session=False)
        )
        await self._note(RecordKind.CONTACT, Contact.id, Contact.id > last, Operation.ADDED)
        await self._note_changed(RecordKind.CONTACT)

    async def indicators(self) -> None:
        # First of all: at most one row of a key is listed at a time.
        await self._session.execute(
            update(Indicator)
            .where(Indicator.id == ImportRow.target, self._rows(RowOutcome.CHANGED))
            .values(status=IndicatorState.SUPERSEDED, version=Indicator.version + 1, updated_at=self._by.now)
            .execution_options(synchronize_session=False)
        )
        last = await self._last(Indicator)
        expires = literal(self._by.now + CONFIRMATION_LASTS, Indicator.expires_at.type)
        await self._insert(
            Indicator,
            {
                "status": literal(IndicatorState.CONFIRMED, Indicator.status.type),
                **{name: self._text(name) for name in ("kind", "confirmed_by")},
                "key": ImportRow.key,
                "reason": literal(""),
                "expires_at": func.coalesce(ImportRow.expires_at, expires),
            },
            *TAKEN,
        )
        await self._note(RecordKind.INDICATOR, Indicator.key, Indicator.id > last, Operation.ADDED)

    def _rows(self, *outcomes: RowOutcome) -> ColumnElement[bool]:
        return and_(ImportRow.batch_id == self._batch.id, ImportRow.outcome.in_(outcomes))

    def _text(self, name: str) -> ColumnElement[str]:
        return self._draft[name].as_string()

    async def _last(self, table: type[School | Contact | Indicator]) -> int:
        return await self._session.scalar(select(func.coalesce(func.max(table.id), 0))) or 0

    async def _insert(
        self,
        table: type[School | Contact | Indicator],
        values: dict[str, ColumnElement[Any] | Any],
        *outcomes: RowOutcome,
    ) -> None:
        now = literal(self._by.now, table.created_at.type)
        values |= {
            "version": literal(1),
            "norm_version": literal(NORM_VERSION),
            "source": self._text("source"),
            "document": self._text("document"),
            "verified_at": ImportRow.verified_at,
            "approved_by": literal(self._by.approved_by),
            "is_example": literal(self._batch.is_example),
            "created_at": now,
            "updated_at": now,
        }
        wanted = self._rows(*(outcomes or (RowOutcome.NEW,)))
        async for part in self._parts(wanted):
            rows = select(*(column.label(name) for name, column in values.items())).where(wanted, part)
            await self._session.execute(insert(table).from_select(list(values), rows.order_by(ImportRow.id)))

    async def _parts(self, wanted: ColumnElement[bool]):  # noqa: ANN202
        """Conditions that each hold for some of the rows, and together for all."""
        start = 0
        while True:
            numbered = select(ImportRow.id).where(wanted, ImportRow.id > start).order_by(ImportRow.id)
            end = await self._session.scalar(select(func.max(numbered.limit(ROWS_AT_A_TIME).subquery().c.id)))
            if end is None:
                return
            yield and_(ImportRow.id > start, ImportRow.id <= end)
            start = end

    async def _add_owners(self) -> None:
        """Organisations that the record does not have; the same one may own several of the numbers."""
        without = and_(self._rows(RowOutcome.NEW), ImportRow.target.is_(None))
        added: dict[tuple[OwnerKind, str], int] = {}
        for id_, written in (
            await self._session.execute(select(ImportRow.id, ImportRow.draft).where(without))
        ).all():
            draft = cast("ContactDraft", from_json(ImportKind.CONTACTS, written))
            owner = draft.owner_kind, draft.owner_key
            if owner not in added:
                row = await organisations.add_organisation(
                    self._session,
                    kind=draft.owner_kind,
                    key=draft.owner_key,
                    name=draft.owner_name,
                    short_name=draft.owner_short_name,
                    commune_code=draft.commune_code or None,
                    source=draft.source,
                    document=draft.document,
                    verified_at=draft.verified_at,
                    approved_by=self._by.approved_by,
                    is_example=self._batch.is_example,
                    now=self._by.now,
                )
                added[owner] = row.id
            await self._session.execute(
                update(ImportRow).where(ImportRow.id == id_).values(target=added[owner])
            )

    async def _add_aliases(self, last: int) -> None:
        """Other names that came with schools: those just added, after `last`, and those that were there."""
        rows = await self._session.execute(
            select(ImportRow.target, ImportRow.draft).where(
                self._rows(*TAKEN), ImportRow.draft.contains('"aliases":["', autoescape=True)
            )
        )
        drafts = [
            (target, cast("SchoolDraft", from_json(ImportKind.SCHOOLS, draft))) for target, draft in rows
        ]
        if not drafts:
            return
        added = await self._session.execute(
            select(School.id, School.level_key, School.name_key, School.commune_code).where(School.id > last)
        )
        ids = {f"{level}|{name}|{commune}": id_ for id_, level, name, commune in added}
        wanted = [(target or ids[draft.key], alias) for target, draft in drafts for alias in draft.aliases]
        recorded: set[tuple[int, str]] = set()
        for some in _pieces([school for school, _ in wanted]):
            there = await self._session.execute(
                select(SchoolAlias.school_id, SchoolAlias.name).where(SchoolAlias.school_id.in_(some))
            )
            recorded.update((school, name) for school, name in there)
        missing = [
            {"school_id": school, "kind": SchoolAliasKind.OLD_NAME, "name": alias}
            for school, alias in wanted
            if (school, alias) not in recorded
        ]
        if missing:
            await self._session.execute(insert(SchoolAlias), missing)

    async def _note(
        self,
        kind: RecordKind,
        key: InstrumentedAttribute[Any],
        condition: ColumnElement[bool],
        operation: Operation,
    ) -> None:
        await self._write_down(
            kind, select(sql_cast(key, Text).label("key")).where(condition).order_by(key), operation
        )

    async def _note_changed(self, kind: RecordKind) -> None:
        keys = select(sql_cast(ImportRow.target, Text).label("key")).where(self._rows(RowOutcome.CHANGED))
        await self._write_down(kind, keys.order_by(ImportRow.id), Operation.CHANGED)

    async def _write_down(self, kind: RecordKind, keys: Select[Any], operation: Operation) -> None:
        """Write the changes down, so that every process answers from them."""
        change = models.Change
        rows = keys.add_columns(
            literal(kind, change.kind.type).label("kind"),
            literal(operation, change.operation.type).label("operation"),
            literal(self._by.now, change.changed_at.type).label("changed_at"),
        )
        await self._session.execute(
            insert(change).from_select(["key", "kind", "operation", "changed_at"], rows)
        )


def _pieces(ids: Sequence[int], size: int = 1000) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
