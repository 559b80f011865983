"""SqlKnowledgeBase: what is known, from a database. Official records in memory, indicators by one query."""

import asyncio
import gc
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from db import lookups, official
from db.engine import Database
from scamcheck import knowledge
from scamcheck.knowledge import Asker, Candidates, Contact, KnowledgeUnavailable, School, SchoolCandidate
from scamcheck.memory import IdentifierKey, MemoryKnowledgeBase, identifier_keys
from scamcheck.observables import Observables

PATIENCE_SECONDS: Final = 3.0
"""How long a parent waits for records that do not come before the words alone are judged."""

A_COUNTRY: Final = 5_000
"""From so many schools on, building the indexes takes longer than a check may wait."""


class SqlKnowledgeBase:
    """The records of one database, as fresh as the last committed change, whichever process made it.

    A check asks one question of the database: which identifiers of this message are listed, and has anything
    changed? What changed of the official records is then read record by record. Only when very much changed
    at once (a whole registry was loaded) are the indexes built anew: beside the checks, which go on with what
    is held until then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._look_up_listed = lookups.look_up_in(database)
        self._records = MemoryKnowledgeBase()
        self._version: int | None = None
        self._refreshing = asyncio.Lock()
        self._rebuilding: asyncio.Task[None] | None = None

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
        wanted = set(keys)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                version, found = await self._look_up_listed(list(dict.fromkeys(key for _, key in keys)))
        except lookups.FAILURES as error:
            raise KnowledgeUnavailable(type(error).__name__) from error
        if version != self._version:
            await self._refresh(version)
        return self._records, [listed for listed in found if (listed.kind, listed.key) in wanted]

    async def _refresh(self, version: int) -> None:
        if self._rebuilding is not None:
            return
        async with self._refreshing:
            if self._version == version:  # another check did it while this one waited
                return
            try:
                if self._version is not None:
                    async with self._database.reading() as session:
                        delta = await official.since(session, self._version)
                    if delta is not None:
                        self._apply(delta)
                        return
                    if len(self._records.schools) >= A_COUNTRY:
                        self._rebuilding = asyncio.create_task(self._rebuild())
                        return
                await self._read_everything()
            except (SQLAlchemyError, OSError) as error:
                raise KnowledgeUnavailable(type(error).__name__) from error

    def _apply(self, delta: official.Delta) -> None:
        """Bring the records up to date, in one go between two checks."""
        for id_ in delta.contact_ids:
            self._records.remove_contact(id_)
        for id_ in delta.script_ids:
            self._records.remove_script(id_)
        for id_ in delta.school_ids:
            self._records.remove_school(id_)
        for school in delta.schools:
            self._records.put_school(school)
        for script in delta.scripts:
            self._records.put_script(script)
        for contact in delta.contacts:
            self._records.put_contact(contact)
        self._version = delta.version

    async def _rebuild(self) -> None:
        try:
            async with self._refreshing:
                await self._read_everything()
        except (SQLAlchemyError, OSError):
            pass  # the version still differs: the next check tries again, or finds the database gone itself
        finally:
            self._rebuilding = None

    async def _read_everything(self) -> None:
        # Millions of objects come and stay. Looking through them for garbage, now or in the middle of a
        # check, takes longer than the check.
        gc.disable()
        try:
            async with self._database.reading() as session:
                everything = await official.everything(session)
            # Indexes of a whole country take a while to build; other conversations go on meanwhile.
            self._records = await asyncio.to_thread(everything.indexed)
        finally:
            gc.enable()
        gc.freeze()
        self._version = everything.version
