"""Checks that were answered: what a button of the answer refers to, and counts for statistics. No text."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import models
from db.keys import Keys
from db.upsert import insert_or_ignore
from scamcheck.knowledge import IdentifierKind
from scamcheck.observables import Observables
from scamcheck.verdict import Level, Verdict

PUBLIC_ID_BYTES: Final = 9
"""72 random bits, 12 characters: short enough for a button, too many to guess."""
CHECKS_KEPT: Final = timedelta(days=30)
CORRECTION_REQUESTS_KEPT: Final = timedelta(days=90)
FEWEST_COUNTED: Final = 5
"""A smaller count could point at a person."""


_COMMUNE: Final = select(models.Commune.code).where(models.Commune.code == bindparam("code"))


class CheckNotFound(LookupError):
    """This conversation has no such check: it was forgotten, or the id came from elsewhere."""


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A check as it is kept."""

    public_id: str
    day: date
    level: Level
    reasons: tuple[str, ...]
    commune_code: str | None


def new_public_id() -> str:
    """A random id for a check."""
    return secrets.token_urlsafe(PUBLIC_ID_BYTES)


async def record_check(
    session: AsyncSession,
    conversation: models.Conversation | None,
    verdict: Verdict,
    *,
    keys: Keys,
    now: datetime,
    public_id: Callable[[], str] = new_public_id,
) -> str:
    """Record that this was answered, and return the id that buttons of the answer carry.

    Kept are the level, the codes of the reasons, the scenario, the commune, the day, and the identifiers as
    keyed hashes. `conversation` is None for a program.
    """
    commune = verdict.routing.commune
    check = models.Check(
        public_id=public_id(),
        conversation_id=None if conversation is None else conversation.id,
        day=now.astimezone(UTC).date(),
        level=verdict.level,
        reasons=list(dict.fromkeys(reason.code.value for reason in verdict.reasons)),
        scenario=None if verdict.scenario is None else verdict.scenario.value,
        commune_code=await recorded_commune(session, None if commune is None else commune.code),
        identifiers=[
            models.CheckIdentifier(kind=kind, key_hmac=keys.hmac(f"{kind.value}:{key}"))
            for kind, key in identifiers_of(verdict.observables)
        ],
    )
    # Written when the session is next flushed, together with what else this transaction records.
    session.add(check)
    return check.public_id


async def check_of(session: AsyncSession, conversation: models.Conversation, public_id: str) -> RecordedCheck:
    """The check of this conversation with this id.

    Raises:
        CheckNotFound: see there.
    """
    row = await _row(session, conversation, public_id)
    return RecordedCheck(
        public_id=row.public_id,
        day=row.day,
        level=row.level,
        reasons=tuple(row.reasons),
        commune_code=row.commune_code,
    )


async def want_correction(
    session: AsyncSession, conversation: models.Conversation, *, check_id: str, now: datetime
) -> int:
    """Tell this conversation, within 90 days, if what is known about the identifiers of a check changes.

    Returns for how many identifiers; 0 for a check that had none.

    Raises:
        CheckNotFound: this conversation has no such check.
    """
    check = await _row(session, conversation, check_id)
    identifiers = (
        await session.scalars(
            select(models.CheckIdentifier).where(models.CheckIdentifier.check_id == check.id)
        )
    ).all()
    for identifier in identifiers:
        await insert_or_ignore(
            session,
            models.CorrectionRequest,
            conversation_id=conversation.id,
            kind=identifier.kind,
            key_hmac=identifier.key_hmac,
            level=check.level,
            asked_at=now,
        )
    return len(identifiers)


async def want_no_corrections(session: AsyncSession, conversation: models.Conversation) -> None:
    """Take back every wish of this conversation to be told of a change."""
    await session.execute(
        delete(models.CorrectionRequest).where(models.CorrectionRequest.conversation_id == conversation.id)
    )


def identifiers_of(observables: Observables) -> tuple[tuple[IdentifierKind, str], ...]:
    """The identifiers of a message in their likeliest reading, each once."""
    found: Iterable[tuple[IdentifierKind, str]] = (
        *((IdentifierKind.NUMBER, seen.number.key) for seen in observables.numbers),
        *((IdentifierKind.BANK_ACCOUNT, account.key) for account in observables.accounts),
        *((IdentifierKind.LINK, link.key) for link in observables.links),
    )
    return tuple(dict.fromkeys(found))


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Turn checks older than 30 days into counts per day and level, and forget counts below five.

    Wishes for corrections are forgotten after 90 days.
    """
    oldest_kept = (now - CHECKS_KEPT).astimezone(UTC).date()
    counts = await session.execute(
        select(models.Check.day, models.Check.level, func.count())
        .where(models.Check.day < oldest_kept)
        .group_by(models.Check.day, models.Check.level)
        .having(func.count() >= FEWEST_COUNTED)
    )
    for day, level, count in counts:
        await insert_or_ignore(session, models.CheckCount, day=day, level=level, count=count)
    await session.execute(delete(models.Check).where(models.Check.day < oldest_kept))
    await session.execute(
        delete(models.CorrectionRequest).where(
            models.CorrectionRequest.asked_at < now - CORRECTION_REQUESTS_KEPT
        )
    )


async def _row(session: AsyncSession, conversation: models.Conversation, public_id: str) -> models.Check:
    row = await session.scalar(
        select(models.Check).where(
            models.Check.public_id == public_id, models.Check.conversation_id == conversation.id
        )
    )
    if row is None:
        raise CheckNotFound(public_id)
    return row


async def recorded_commune(session: AsyncSession, code: str | None) -> str | None:
    """The code if the registry still has it; a check must not fail over a commune of a moment ago."""
    if code is None:
        return None
    with session.no_autoflush:
        return await session.scalar(_COMMUNE, {"code": code})
