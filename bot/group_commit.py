"""One commit for whatever waits for one: under load many callers share it, alone nobody waits for another."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import Database

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 64


class GroupCommit(Generic[T, R]):
    """Does `work` for many callers in one transaction each time, and tells each its own result."""

    def __init__(
        self, database: Database, work: Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[R]]]
    ) -> None:
        self._database = database
        self._work = work
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def do(self, item: T) -> R:
        """The result for this item, once it is committed; raises what the database raised if it is not.

        Who stops waiting does not know whether it is committed.
        """
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        return await done

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                await self._commit(group)
            except Exception as error:  # noqa: BLE001 - each caller is told
                await self._commit_singly(group, error)

    async def _commit(self, group: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        async with self._database.transaction() as session:
            results = await self._work(session, [item for item, _ in group])
        for (_, done), result in zip(group, results, strict=True):
            if not done.done():
                done.set_result(result)

    async def _commit_singly(self, group: Sequence[tuple[T, asyncio.Future[R]]], error: Exception) -> None:
        """One that cannot be committed must not take the others with it."""
        for one in group:
            try:
                if len(group) == 1:
                    raise error  # noqa: TRY301 - the same end for both
                await self._commit([one])
            except Exception as alone:  # noqa: BLE001 - the caller is told
                if not one[1].done():
                    one[1].set_exception(alone)
