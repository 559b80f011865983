"""The statements that every message goes through, each built once, on the tables themselves.

Building one anew and mapping its rows to objects takes longer than the database needs to answer it.
"""

from typing import Any, Final, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Update,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from db.models import Inbox, InboxStatus, Lane, Outbox, OutboxStatus

INBOX: Final = cast("Table", Inbox.__table__)
OUTBOX: Final = cast("Table", Outbox.__table__)

WAITING: Final[ColumnElement[str]] = literal_column("'waiting'")
"""Written out: only then do the planners see that the indexes of what waits serve, and not the whole past."""


def _inbox_claim(*conditions: ColumnElement[bool]) -> Update:
    earlier = INBOX.alias()
    ready = (
        select(INBOX.c.id)
        .where(
            INBOX.c.status == WAITING,
            INBOX.c.not_before <= bindparam("now"),
            _free(INBOX.c.claimed_until),
            *conditions,
            ~exists().where(
                earlier.c.status == WAITING,
                earlier.c.channel == INBOX.c.channel,
                earlier.c.bot_account == INBOX.c.bot_account,
                earlier.c.address == INBOX.c.address,
                earlier.c.id < INBOX.c.id,
            ),
        )
        .order_by(INBOX.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(INBOX)
        .where(INBOX.c.id.in_(ready))
        .values(claim=INBOX.c.claim + 1, claimed_until=bindparam("until"))
        .returning(
            INBOX.c.id,
            INBOX.c.channel,
            INBOX.c.bot_account,
            INBOX.c.event_id,
            INBOX.c.address,
            INBOX.c.payload,
            INBOX.c.failures,
            INBOX.c.claim,
            INBOX.c.received_at,
        )
    )


def _free(claimed_until: Column[Any]) -> ColumnElement[bool]:
    return or_(claimed_until.is_(None), claimed_until < bindparam("now"))


CLAIM_INBOX: Final = _inbox_claim()
CLAIM_ONE: Final = _inbox_claim(INBOX.c.id == bindparam("only"))
FINISH: Final = (
    update(INBOX)
    .where(INBOX.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        status=InboxStatus.DONE,
        payload=None,
        address=None,
        claimed_until=None,
        finished_at=bindparam("now"),
    )
)


_TOLD: Final = (
    "id", "inbox_id", "channel", "bot_account", "address", "lane", "payload", "status", "attempts",
    "created_at",
)  # fmt: skip


def _outbox_claim() -> Update:
    earlier = OUTBOX.alias()
    urgency = case({lane: place for place, lane in enumerate(Lane)}, value=OUTBOX.c.lane)
    ready = (
        select(OUTBOX.c.id)
        .where(
            OUTBOX.c.status == WAITING,
            OUTBOX.c.channel == bindparam("on_channel"),
            OUTBOX.c.bot_account == bindparam("of_account"),
            OUTBOX.c.lane.in_(bindparam("lanes", expanding=True)),
            OUTBOX.c.not_before <= bindparam("now"),
            _free(OUTBOX.c.claimed_until),
            ~exists().where(
                earlier.c.status == WAITING,
                earlier.c.channel == OUTBOX.c.channel,
                earlier.c.bot_account == OUTBOX.c.bot_account,
                earlier.c.lane == OUTBOX.c.lane,
                earlier.c.address == OUTBOX.c.address,
                earlier.c.id < OUTBOX.c.id,
            ),
        )
        .order_by(urgency, OUTBOX.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(ready))
        .values(claim=OUTBOX.c.claim + 1, attempts=OUTBOX.c.attempts + 1, claimed_until=bindparam("until"))
        .returning(*(OUTBOX.c[name] for name in _TOLD))
    )


CLAIM_OUTBOX: Final = _outbox_claim()
RECORD_SENT: Final = (
    update(OUTBOX)
    .where(OUTBOX.c.id.in_(bindparam("ids", expanding=True)), OUTBOX.c.status == WAITING)
    .values(
        status=OutboxStatus.SENT,
        detail=None,
        payload=None,
        address=None,
        claimed_until=None,
        finished_at=bindparam("now"),
    )
)
