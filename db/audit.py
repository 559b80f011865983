"""The audit: who did what, or was refused it, written in the transaction of the effect, each entry chained.

Entries hold opaque ids. A checkpoint outside the database keeps the newest hash, so that even a chain
rewritten from end to end, or cut short, is found out.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from io import SEEK_END
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models
from db.engine import Database
from db.models import Outcome
from db.rights import Actor
from db.sealing import Sealer

GENESIS: Final = "0" * 64
_BATCH: Final = 5000
_ROWS: Final = text(
    "SELECT action, actor, at, facts, office, outcome, reason, role, seq, session, subject, "
    "previous_hash, hash FROM audit_entry WHERE seq > :after ORDER BY seq LIMIT :most"
)
"""As the driver reads them: making objects of a million entries takes longer than hashing them."""
_SEQ: Final = 8
_LAST_LINE: Final = 1024
"""More bytes than any checkpoint has: a year's file need not be read every five minutes."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Every entry is as it was written."""

    entries: int
    head: str
    anchors: int
    """Checkpoints that were compared."""


@dataclass(frozen=True, slots=True)
class Tampered:
    """The chain is broken: at entry `seq`, because of `why`."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint: the hash that the entry had when it was the newest."""

    seq: int
    hash: str
    at: str
    mac: str = ""


class AnchorUnreadable(ValueError):
    """A line of the checkpoint file is not one that this service wrote."""


def canonical(facts: Mapping[str, object]) -> str:
    """JSON with sorted keys, no spaces, and letters as they are: the same text for the same facts."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


async def record(
    session: AsyncSession,
    *,
    actor: Actor | None,
    action: str,
    subject: str,
    facts: Mapping[str, str] | None = None,
    reason: str = "",
    outcome: Outcome = Outcome.DONE,
    now: datetime,
) -> int:
    """Append an entry in this transaction, so that it is there when the effect is; its number."""
    await changes.one_at_a_time(session)
    newest = await _newest(session)
    seq = 1 if newest is None else newest[0] + 1
    values = {
        "seq": seq,
        "at": now.astimezone(UTC),
        "actor": "" if actor is None else actor.public_id,
        "office": "" if actor is None else actor.office_public_id,
        "role": "" if actor is None else actor.role.value,
        "session": "" if actor is None else _session_of(actor),
        "action": action,
        "subject": subject,
        "facts": canonical(facts or {}),
        "reason": reason,
        "outcome": outcome,
    }
    previous = GENESIS if newest is None else newest[1]
    await session.execute(
        insert(models.AuditEntry).values(**values, previous_hash=previous, hash=_hash(previous, values))
    )
    return seq


def _session_of(actor: Actor) -> str:
    return str(actor.session_id) if actor.chat_link_id is None else f"chat:{actor.chat_link_id}"


@asynccontextmanager
async def acting(
    database: Database, *, actor: Actor | None, action: str, subject: str, now: datetime
) -> AsyncGenerator[AsyncSession]:
    """A transaction in which somebody acts; when refused, nothing of it happens but an entry says so.

    What counts as refused are the exceptions that `db` names for facts: they are `ValueError`, `LookupError`
    or `PermissionError`. They are raised again after the entry is committed.
    """
    try:
        async with database.transaction() as session:
            yield session
    except (ValueError, LookupError, PermissionError) as refused:
        async with database.transaction() as session:
            await record(
                session,
                actor=actor,
                action=action,
                subject=subject,
                facts={"because": type(refused).__name__},
                outcome=Outcome.REFUSED,
                now=now,
            )
        raise


async def verify(
    session: AsyncSession, *, anchors: Iterable[Anchor] = (), sealer: Sealer | None = None
) -> Verified | Tampered:
    """Recompute the whole chain and compare it with the checkpoints; the first entry that is not right.

    With a sealer the checkpoints themselves are verified too.
    """
    expected = {anchor.seq: anchor for anchor in anchors}
    for anchor in expected.values():
        if sealer is not None and not compare_digest(anchor.mac, _mac(sealer, anchor)):
            return Tampered(anchor.seq, "the checkpoint was not written by this service")
    compared = len(expected)
    count, head = 0, GENESIS
    while True:
        rows = (await session.execute(_ROWS, {"after": count, "most": _BATCH})).all()
        for *content, previous, hash_ in rows:
            seq: int = content[_SEQ]
            if seq != count + 1:
                return Tampered(count + 1, "the entry is missing")
            if previous != head or hash_ != _hash_of_row(head, content):
                return Tampered(seq, "the entry was changed")
            if expected and (anchor := expected.pop(seq, None)) is not None and anchor.hash != hash_:
                return Tampered(seq, "the entry is not the one of the checkpoint")
            count, head = seq, hash_
        if len(rows) < _BATCH:
            break
    if expected:
        return Tampered(count + 1, "the newest entries are missing")
    return Verified(entries=count, head=head, anchors=compared)


async def checkpoint(session: AsyncSession, path: Path, *, sealer: Sealer, now: datetime) -> Anchor | None:
    """Append the newest hash to the checkpoint file, signed; None when there is nothing new to say."""
    newest = await _newest(session)
    if newest is None or any(anchor.seq == newest[0] for anchor in read_anchors(path, tail=_LAST_LINE)):
        return None
    anchor = Anchor(*newest, at=now.astimezone(UTC).isoformat())
    anchor = replace(anchor, mac=_mac(sealer, anchor))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        line = {"seq": anchor.seq, "hash": anchor.hash, "at": anchor.at, "mac": anchor.mac}
        file.write(canonical(line) + "\n")
    return anchor


def read_anchors(path: Path, *, tail: int | None = None) -> list[Anchor]:
    """The checkpoints of a file, oldest first; none when there is no file.

    With `tail` only the newest, read from so many last bytes.

    Raises:
        AnchorUnreadable: see there.
    """
    if not path.exists():
        return []
    if tail is None:
        return [_read_anchor(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open("rb") as file:
        file.seek(-min(tail, path.stat().st_size), SEEK_END)
        lines = file.read().decode("utf-8", "replace").splitlines()
    return [_read_anchor(line) for line in lines[-1:]]


def _read_anchor(line: str) -> Anchor:
    try:
        read = cast("Mapping[str, Any]", json.loads(line))
        return Anchor(int(read["seq"]), str(read["hash"]), str(read["at"]), str(read["mac"]))
    except (ValueError, KeyError, TypeError):
        raise AnchorUnreadable(line[:80]) from None


async def _newest(session: AsyncSession) -> tuple[int, str] | None:
    row = (
        await session.execute(
            select(models.AuditEntry.seq, models.AuditEntry.hash)
            .order_by(models.AuditEntry.seq.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (row.seq, row.hash)


def _hash(previous: str, values: Mapping[str, Any]) -> str:
    content = canonical({**values, "at": values["at"].isoformat(), "outcome": str(values["outcome"])})
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def _hash_of_row(previous: str, row: Sequence[Any]) -> str:
    """`_hash` of an entry as the driver reads it, six times as fast; "" for values that no entry has."""
    action, actor, at, facts, office, outcome, reason, role, seq, session, subject = row
    q = encode_basestring
    try:
        moment = _written_moment(at) if isinstance(at, str) else at.astimezone(UTC).isoformat()
        content = (
            f'{{"action":{q(action)},"actor":{q(actor)},"at":"{moment}","facts":{q(facts)},'
            f'"office":{q(office)},"outcome":{q(outcome)},"reason":{q(reason)},"role":{q(role)},'
            f'"seq":{seq},"session":{q(session)},"subject":{q(subject)}}}'
        )
        return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()
    except (
        AttributeError,
        TypeError,
    ):  # SQLite lets whoever goes around us put numbers and bytes where text belongs
        return ""


def _written_moment(at: str) -> str:
    """A moment as SQLite keeps it, without a zone and always with its microseconds, in the form hashed."""
    return f"{at.replace(' ', 'T').removesuffix('.000000')}+00:00"


def _mac(sealer: Sealer, anchor: Anchor) -> str:
    return sealer.hmac("audit-anchor", f"{anchor.seq}\n{anchor.hash}\n{anchor.at}")
