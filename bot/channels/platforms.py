"""Which chat platforms the operator has switched on, each ready to be listened to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.channels import telegram_listening, zalo_bot_listening, zalo_oa_listening
from bot.channels.intake import Intake, ListeningChannel
from bot.channels.zalo_oa import ZaloOaChannel
from bot.settings import Settings
from db.engine import Database
from db.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: the channel that sends and reads, how it listens, how its connections end."""

    channel: ListeningChannel
    listen: Callable[[Intake, asyncio.Event], Awaitable[None]]
    close: Callable[[], Awaitable[None]]


def chat_platforms(
    settings: Settings, database: Database, secret: bytes, clock: Callable[[], datetime]
) -> list[Platform]:
    """The platforms of these settings. Opens no connection.

    Args:
        settings: what the operator set.
        database: where tokens are kept that must be renewed.
        secret: seals them.
        clock: the time, aware.
    """
    platforms: list[Platform] = []
    if telegram := telegram_listening.channel_of(settings):
        platforms.append(
            Platform(
                telegram,
                lambda intake, stop: telegram_listening.listen(telegram, intake, settings, stop),
                telegram.close,
            )
        )
    if zalo_bot := zalo_bot_listening.channel_of(settings):
        platforms.append(
            Platform(
                zalo_bot,
                lambda intake, stop: zalo_bot_listening.listen(zalo_bot, intake, settings, stop),
                zalo_bot.close,
            )
        )
    if settings.zalo_oa_id:
        platforms.append(_official_account(settings, database, Sealer(secret), clock))
    return platforms


def _official_account(
    settings: Settings, database: Database, sealer: Sealer, clock: Callable[[], datetime]
) -> Platform:
    tokens = zalo_oa_listening.tokens_of(settings, database, sealer, clock)
    account = ZaloOaChannel(settings.zalo_oa_id, tokens, api_base=settings.zalo_oa_api_base)

    async def listen(_intake: Intake, stop: asyncio.Event) -> None:
        await tokens.keep(stop)

    async def close() -> None:
        await account.close()
        await tokens.close()

    return Platform(account, listen, close)
