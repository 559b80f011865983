"""Corrections: who reported an identifier, or asked to be told, hears when it is listed or taken off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import models, outbox
from db.keys import Keys
from db.models import Lane
from db.reaching import Place, places_of
from scamcheck.knowledge import IdentifierKind

_AT_ONCE: Final = 20
"""Changes taken up in one transaction, so that none is long."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody is told: this identifier is listed now, or is not any more."""

    kind: IdentifierKind
    key: str
    listed: bool


async def note_change(
    session: AsyncSession, *, kind: IdentifierKind, key: str, listed: bool, now: datetime
) -> None:
    """Write down, in the transaction of the change, that people are to be told of it."""
    session.add(models.VerdictChange(kind=kind, key=key, listed=listed, at=now))
    await session.flush()


async def queue_corrections(
    session: AsyncSession, *, keys: Keys, payload: Callable[[Correction], str], now: datetime
) -> int:
    """Queue the messages about changes that nobody was told of yet; how many.

    Each person gets one message per change: where they asked, else on another channel that they linked, since
    a web page cannot be written to and an address may be dead. Of several changes of one identifier only the
    latest is told. To be called every few seconds; it does little when nothing changed.
    """
    waiting = (
        await session.scalars(
            select(models.VerdictChange)
            .where(models.VerdictChange.told_at.is_(None))
            .order_by(models.VerdictChange.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    ).all()
    latest = {(change.kind, change.key): change for change in waiting}
    queued = 0
    for change in latest.values():
        correction = Correction(change.kind, change.key, change.listed)
        for place in await _concerned(session, correction, keys):
            await outbox.queue(
                session,
                conversation=place,
                inbox_id=None,
                lane=Lane.BULK,
                payload=payload(correction),
                now=now,
            )
            queued += 1
    await session.execute(
        update(models.VerdictChange)
        .where(models.VerdictChange.id.in_([change.id for change in waiting]))
        .values(told_at=now)
    )
    return queued


async def _concerned(session: AsyncSession, correction: Correction, keys: Keys) -> tuple[Place, ...]:
    asked = select(models.CorrectionRequest.conversation_id).where(
        models.CorrectionRequest.kind == correction.kind,
        models.CorrectionRequest.key_hmac == keys.hmac(f"{correction.kind.value}:{correction.key}"),
    )
    reported = (
        select(models.Report.conversation_id)
        .join(models.Report.identifiers)
        .where(
            models.ReportIdentifier.kind == correction.kind,
            models.ReportIdentifier.key == correction.key,
            models.Report.conversation_id.is_not(None),
        )
    )
    concerned = asked.union(reported)
    persons = select(models.Conversation.person_id).where(models.Conversation.id.in_(concerned))
    found = await places_of(session, persons, preferred=models.Conversation.id.in_(concerned))
    return tuple(found.values())
