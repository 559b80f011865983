"""The composition root: opens what a process needs, in the order it depends on each other, and closes it."""

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from bot import desk_notices
from bot import follower_news as news_for_followers
from bot.channels.door import Door
from bot.channels.door import opened as door_opened
from bot.channels.intake import Intake
from bot.channels.platforms import Platform, chat_platforms
from bot.channels.records import CommittedRecords
from bot.conversation import Answering, respond_without_records
from bot.corrections import payload_of
from bot.delivery import Delivery
from bot.failpoints import clock_error, failpoint
from bot.leasing import Lease, while_held
from bot.limits import Limits
from bot.messages import Channel
from bot.record_clock import record_clock
from bot.repeating import repeated
from bot.settings import Settings
from db import chat_staff, corrections, demo, due, follower_news, mailbox, migrate, reference, retention
from db.engine import Database, accepted_url, sqlite_path
from db.health import Health, probe
from db.keys import Keys
from db.knowledge_base import SqlKnowledgeBase
from db.sealing import Sealer

FORGETTING_SECONDS: Final = 30.0
"""How often what is too old is erased, and the journal emptied of what was: promised within sixty seconds."""

ANCHORING_SECONDS: Final = 300.0
"""How often the newest hash of the audit is written outside the database."""

DUE_SECONDS: Final = 5.0
"""How often the desk's clock is looked at."""

log = structlog.get_logger(__name__)


class DemoRecordsPresent(RuntimeError):
    """Invented records in a database that answers real people."""


class SecretMissing(ValueError):
    """On PostgreSQL nothing outside the database can keep a secret for us, so the operator must set one."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the parts of one process share."""

    settings: Settings
    database: Database
    knowledge: SqlKnowledgeBase
    delivery: Delivery
    keys: Keys
    limits: Limits
    doors: Mapping[Channel, Door] = field(default_factory=dict[Channel, Door])
    """The chat platforms that are switched on."""

    async def health(self, now: datetime) -> Health:
        """The state of the record; raises what the database raises when it cannot be written to."""
        return await probe(self.database, now)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC) + clock_error()


async def prepare(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
    """Migrate the record and bring into it what this release ships; safe to repeat.

    Raises:
        DatabaseInUse: another process has the SQLite file.
        DatabaseUrlRefused: DATABASE_URL has a form that is not accepted.
        DemoRecordsPresent: demo records in the database of a service that is no demo.
        SecretMissing: PostgreSQL without SECRET.
    """
    secret_of(settings)
    await migrate.upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        async with database.transaction() as session:
            if database.dialect == "sqlite":
                # The file is ours alone, so a claim is that of a process that died: nobody need wait until it
                # runs out.
                await mailbox.release_all(session, clock())
            await reference.load_reference(session, clock())
            if settings.serves_demo:
                await demo.load_demo(session, clock())
            elif await demo.has_demo(session):
                raise DemoRecordsPresent(
                    "The database holds invented demo records, which are never shown outside the demo. "
                    "Remove them: goilai demo remove"
                )
    finally:
        await database.close()


@asynccontextmanager
async def open_services(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, prepared: bool = False
) -> AsyncGenerator[Services]:
    """Open the record (migrated, with what this release ships), the knowledge, the delivery and the channels.

    Everything in flight is finished when the block ends. `prepared`: `prepare` was called before.

    Raises:
        KnowledgeUnavailable: the database does not answer.
        DatabaseInUse, DatabaseUrlRefused, DemoRecordsPresent, SecretMissing: see `prepare`.
    """
    _write_logs(settings)
    secret = secret_of(settings)
    if not prepared:
        await prepare(settings, clock=clock)
    database = Database(settings.database_url)
    async with contextlib.AsyncExitStack() as opened:
        opened.push_async_callback(database.close)
        shared_clock = await record_clock(database, clock)
        knowledge = SqlKnowledgeBase(database)
        await knowledge.warm_up()
        keys = Keys(secret)
        limits = Limits(time.monotonic, checks_by_all=settings.checks_per_minute_by_all)
        answering = Answering(knowledge=knowledge, settings=settings, keys=keys, limits=limits)
        platforms = chat_platforms(settings, database, secret, clock)
        for platform in platforms:
            # Closed after the delivery has stopped: what is being sent would else be cut off, and sent twice.
            opened.push_async_callback(platform.close)
        channels = [platform.channel for platform in platforms]
        delivery = Delivery(
            database,
            answering,
            channels=channels,
            clock=clock,
            record_clock=shared_clock,
            sends_per_second={Channel.TELEGRAM: settings.telegram_sends_per_second},
            works=settings.does("work"),
            sends=settings.does("send"),
        )
        working = asyncio.create_task(delivery.run())
        await opened.enter_async_context(
            repeated(
                FORGETTING_SECONDS,
                lambda: retention.forget_old(database, clock()),
                failed="records.not_forgotten",  # the records are away; erasing waits for them
            )
        )
        await opened.enter_async_context(
            repeated(
                DUE_SECONDS,
                lambda: _do_what_is_due(database, keys, clock()),
                failed="desk.not_done",  # what is due stays due
            )
        )
        anchors = settings.audit_anchor_file
        if anchors is None:
            log.warning("audit.not_anchored", error="AUDIT_ANCHOR is not set")
        else:
            sealer = Sealer(secret)
            await opened.enter_async_context(
                repeated(
                    ANCHORING_SECONDS,
                    lambda: due.anchor(database, anchors, sealer=sealer, now=clock()),
                    failed="audit.not_anchored",  # the disk is full, or the records are away
                )
            )
        opened.push_async_callback(_stop, delivery, working)
        doors: dict[Channel, Door] = {}
        for platform in platforms:
            intake = Intake(
                platform.channel,
                CommittedRecords(database, delivery.accept),
                outage_replies=respond_without_records,
                now=clock,
            )
            listen = partial(platform.listen, intake)
            if _is_polled(settings, platform.channel.channel):
                listen = _one_poller(settings, database, platform, listen, shared_clock)
            door = await opened.enter_async_context(door_opened(intake, listen))
            doors[platform.channel.channel] = door
        yield Services(settings, database, knowledge, delivery, keys, limits, doors)


def _is_polled(settings: Settings, channel: Channel) -> bool:
    modes = {Channel.TELEGRAM: settings.telegram_mode, Channel.ZALO_BOT: settings.zalo_bot_mode}
    return modes.get(channel) == "polling"


def _one_poller(
    settings: Settings,
    database: Database,
    platform: Platform,
    listen: Callable[[asyncio.Event], Awaitable[None]],
    clock: Callable[[], datetime],
) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Platforms give updates to one poller of a bot; the processes agree on which, others stand by."""

    async def listen_alone(stop: asyncio.Event) -> None:
        if not settings.does("listen"):
            await stop.wait()
            return
        name = f"poll:{platform.channel.channel}:{platform.channel.bot_account}"
        await while_held(Lease(database, name, clock=clock), listen, stop)

    return listen_alone


async def _stop(delivery: Delivery, working: asyncio.Task[None]) -> None:
    delivery.stop()
    await working


async def _do_what_is_due(database: Database, keys: Keys, now: datetime) -> None:
    """At the desk: expiries, cool-offs that end, reminders; and telling people of changed verdicts."""
    await due.run(database, now)
    for tell in (
        partial(corrections.queue_corrections, keys=keys, payload=payload_of),
        partial(follower_news.queue_news, payload=news_for_followers.payload_of),
        partial(chat_staff.queue_notices, payload=desk_notices.payload_of),
    ):
        async with database.transaction() as session:
            await tell(session, now=now)
            failpoint("tell.before_commit")
        failpoint("tell.committed")


def secret_of(settings: Settings) -> bytes:
    """The operator's secret; else one made once beside the SQLite file, readable by its owner only."""
    stated = settings.secret.get_secret_value()
    if stated:
        return stated.encode()
    path = _sqlite_file(settings.database_url)
    if path is None:
        if settings.serves_demo:
            return secrets.token_bytes(32)  # nothing in a demonstration outlives its process
        raise SecretMissing("SECRET must be set when DATABASE_URL is PostgreSQL.")
    kept = path.with_name("secret")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return kept.read_bytes()


def _sqlite_file(url: str) -> Path | None:
    accepted = accepted_url(url)
    return sqlite_path(accepted) if accepted.get_backend_name() == "sqlite" else None


def _write_logs(settings: Settings) -> None:
    """One line per event. Libraries that tell everything may only speak of trouble.

    httpx tells whole addresses, bot token included; database drivers tell values, a parent's words included.
    """
    level = getattr(logging, settings.log_level)
    for talkative in ("httpx", "httpcore", "aiosqlite", "psycopg"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
