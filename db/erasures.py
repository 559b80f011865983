"""A ledger, outside the database, of who asked to be forgotten: a backup put back must not remember them.

A line holds a keyed hash of the conversation's address and the time, and nothing else.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import personal_data
from db.keys import Keys
from db.models import Conversation


def note(ledger: Path, keys: Keys, conversation: Conversation, now: datetime) -> None:
    """Write down that a conversation is being erased, before it is: rather once too often than never."""
    line = json.dumps({"who": _who(keys, conversation), "at": now.astimezone(UTC).isoformat()}) + "\n"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(ledger, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def apply(session: AsyncSession, ledger: Path, keys: Keys) -> int:
    """Erase again whatever the ledger names and is there from before; how many conversations."""
    erased = dict(_entries(ledger))
    count = 0
    for conversation in (await session.scalars(select(Conversation))).all():
        at = erased.get(_who(keys, conversation))
        if at is not None and conversation.created_at <= at:
            await personal_data.erase(session, conversation)
            count += 1
    return count


def _entries(ledger: Path) -> Iterator[tuple[str, datetime]]:
    if not ledger.exists():
        return
    for line in ledger.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            yield entry["who"], datetime.fromisoformat(entry["at"])
        except (ValueError, KeyError, TypeError):
            continue  # a line cut off by a crash: its erasure had not begun


def _who(keys: Keys, conversation: Conversation) -> str:
    return keys.hmac(f"{conversation.channel.value}:{conversation.bot_account}:{conversation.address}")
