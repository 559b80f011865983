"""aiosqlite with fewer changes of thread: what only touches memory runs where it is, what may wait does not.

A statement of a short transaction takes some ten microseconds; handing it to another thread and back, some
hundreds. So only what waits for a disk or a lock goes to the connection's thread: beginning to write,
committing, erasing, pragmas; and everything in a reading transaction, which may be a long one.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, Final

import aiosqlite

SHORT: Final = ("SELECT", "INSERT", "UPDATE", "WITH", "SAVEPOINT", "RELEASE")
"""How a statement begins that waits for nothing once its transaction has begun."""
BEGIN_READING: Final = "BEGIN DEFERRED"
"""How a transaction begins whose statements may take long."""


class Connection(aiosqlite.Connection):
    """A connection that changes threads only to wait."""

    _reads_long = False

    def __init__(self, connector: Callable[[], Any], iter_chunk_size: int) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True  # a process that ends does not wait for it

    async def _execute(
        self,
        fn: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - aiosqlite's own
        **kwargs: Any,  # noqa: ANN401 - aiosqlite's own
    ) -> Any:  # noqa: ANN401 - aiosqlite's own
        raw: sqlite3.Connection | None = self._connection
        if raw is None or self._waits(raw, fn, args):
            return await super()._execute(fn, *args, **kwargs)  # pyright: ignore[reportUnknownMemberType] - it has no types
        return fn(*args, **kwargs)

    def _waits(self, raw: sqlite3.Connection, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        if getattr(fn, "__self__", None) is raw and fn.__name__ != "cursor":
            # Commit, roll back, close: at the end of a connection's use there is often nothing left to end.
            return raw.in_transaction or fn.__name__ == "close"
        if fn.__name__.startswith("execute"):
            statement: str = args[0]
            if statement == BEGIN_READING:
                self._reads_long = True
            elif not raw.in_transaction:
                self._reads_long = False
            return self._reads_long or not statement.startswith(SHORT)
        return self._reads_long


def connect(database: str, **settings: Any) -> Connection:  # noqa: ANN401 - sqlite3's own
    """Like `aiosqlite.connect`; the connection may be used from the thread that awaits it as well."""
    return Connection(lambda: sqlite3.connect(database, **settings), 64)
