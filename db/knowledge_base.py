"""SqlKnowledgeBase: what is known, from a database. Official records in memory, indicators by one query."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import Text

from db import changes, contacts, places, schools, scripts
from db.engine import Database
from db.models import Change, Indicator, IndicatorState
from scamcheck import knowledge
from scamcheck.knowledge import Asker, Candidates, Contact, KnowledgeUnavailable, School, SchoolCandidate
from scamcheck.memory import IdentifierKey, MemoryKnowledgeBase, identifier_keys
from scamcheck.observables import Observables

PATIENCE_SECONDS: Final = 3.0
"""How long a parent waits for records that do not come before the words alone are judged."""

_SHOWN_BEFORE: Final = -1
"""No version: nothing was read yet."""


@dataclass(frozen=True, slots=True)
class _Official:
    """Official records as of one version of the changes."""

    version: int
    records: MemoryKnowledgeBase


class SqlKnowledgeBase:
    """The records of one database, as fresh as the last committed change.

    A check asks one question of the database: which identifiers of this message are listed, and has anything
    changed? Official records are read again only when something other than an indicator changed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._official = _Official(_SHOWN_BEFORE, MemoryKnowledgeBase())
        self._refreshing = asyncio.Lock()
        self._statement = _statement(database.dialect)

    async def warm_up(self) -> None:
        """Read the official records before the first question.

        Raises:
            KnowledgeUnavailable: the database does not answer.
        """
        await self._now()

    async def gather(self, observables: Observables, asker: Asker, now: datetime) -> Candidates:
        """See `scamcheck.KnowledgeBase.gather`.

        Raises:
            KnowledgeUnavailable: the database does not answer, or not within three seconds.
        """
        records, indicators = await self._look_up(identifier_keys(observables))
        return records.find(observables, asker, now, indicators)

    async def search_schools(self, query: str, limit: int = 8) -> tuple[SchoolCandidate, ...]:
        """Schools that a typed name may mean, the likeliest first.

        Raises:
            KnowledgeUnavailable: the database does not answer.
        """
        return (await self._now()).school_index.search(query, limit)

    async def school(self, school_id: str) -> School | None:
        """The active school with this id; ids in buttons are input.

        Raises:
            KnowledgeUnavailable: the database does not answer.
        """
        return (await self._now()).schools.get(school_id)

    async def contacts_for_school(self, school_id: str, now: datetime) -> tuple[Contact, ...]:
        """The active, unexpired contacts of one school.

        Raises:
            KnowledgeUnavailable: the database does not answer.
        """
        return (await self._now()).contacts_for_school(school_id, now)

    async def _now(self) -> MemoryKnowledgeBase:
        records, _ = await self._look_up(())
        return records

    async def _look_up(
        self, keys: Sequence[IdentifierKey]
    ) -> tuple[MemoryKnowledgeBase, list[knowledge.Indicator]]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                version, indicators = await self._listed(keys)
        except (SQLAlchemyError, OSError) as error:  # TimeoutError is an OSError
            raise KnowledgeUnavailable(type(error).__name__) from error
        if version != self._official.version:
            await self._refresh(version)
        return self._official.records, indicators

    async def _listed(self, keys: Sequence[IdentifierKey]) -> tuple[int, list[knowledge.Indicator]]:
        wanted = set(keys)
        probes = list(dict.fromkeys(key for _, key in keys))
        async with self._database.one_statement() as connection:
            rows = (
                await connection.execute(
                    self._statement,
                    {"keys": json.dumps(probes) if self._database.dialect == "sqlite" else probes},
                )
            ).all()
        return rows[0].version, [
            _to_core(row) for row in rows if row.id is not None and (row.kind, row.key) in wanted
        ]

    async def _refresh(self, version: int) -> None:
        async with self._refreshing:
            if self._official.version >= version:  # another check did it while this one waited
                return
            try:
                async with self._database.reading() as session:
                    newest = await changes.version(session)
                    if self._official.version != _SHOWN_BEFORE and not await changes.official_records_changed(
                        session, since=self._official.version
                    ):
                        self._official = _Official(newest, self._official.records)
                        return
                    all_schools = await schools.all_schools(session)
                    all_communes = await places.all_communes(session)
                    all_contacts = await contacts.all_active_contacts(session)
                    all_scripts = await scripts.all_scripts(session)
            except (SQLAlchemyError, OSError) as error:
                raise KnowledgeUnavailable(type(error).__name__) from error
            # Indexes of a whole country take a while to build; other conversations go on meanwhile.
            records = await asyncio.to_thread(
                MemoryKnowledgeBase,
                schools=all_schools,
                communes=all_communes,
                contacts=all_contacts,
                scripts=all_scripts,
            )
            self._official = _Official(newest, records)


def _statement(dialect: str) -> Select[Any]:
    """One statement for any number of keys: one row at least, with the version; more with what is listed."""
    key_is_asked: ColumnElement[bool] = (
        Indicator.key == any_(bindparam("keys", type_=ARRAY(Text)))
        if dialect == "postgresql"
        else Indicator.key.in_(select(func.json_each(bindparam("keys")).table_valued("value").c.value))
    )
    listed = (
        select(
            Indicator.id,
            Indicator.kind,
            Indicator.key,
            Indicator.status,
            Indicator.confirmed_by,
            Indicator.verified_at,
            Indicator.expires_at,
        )
        .where(
            key_is_asked,
            or_(
                Indicator.status == IndicatorState.CONFIRMED,
                Indicator.status == IndicatorState.TEMPORARY_WARNING,
            ),
        )
        .subquery("listed")
    )
    newest = select(func.coalesce(func.max(Change.version), 0).label("version")).subquery("newest")
    return select(newest.c.version, listed).select_from(newest.outerjoin(listed, true()))


def _to_core(row: Any) -> knowledge.Indicator:  # noqa: ANN401  # a row of `_statement`
    return knowledge.Indicator(
        kind=row.kind,
        key=row.key,
        status=knowledge.IndicatorStatus(row.status.value),
        confirmed_by=row.confirmed_by,
        verified_at=row.verified_at,
        expires_at=row.expires_at,
        id=str(row.id),
    )
